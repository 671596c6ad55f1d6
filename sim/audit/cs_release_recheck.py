"""cs-release-recheck: at hand-over a held message is tested again; what fails is withdrawn, never sent."""

from sim.audit.codes import Reason
from sim.audit.log import Log
from sim.audit.recipient_checks import all_recipient_tests, prepare
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window
from sim.audit.zone_moves import judge_zone_changes

RULE = "cs-release-recheck"
ENFORCED_BY = "system"
CLAUSE = "EM, Check EM subscription: EM will stop for customers if …; Send new desktop message: … will be held"

RECIPIENT = (
    Reason.OPTED_OUT | Reason.DECEASED | Reason.RESTRICTED_ACCESS | Reason.EMPLOYER | Reason.NO_MOBILE
    | Reason.INVALID_MOBILE | Reason.OVERSEAS_MOBILE | Reason.SERVICE_UNSUBSCRIBED
)  # fmt: skip


def audit(log: Log) -> RuleAudit:
    """Judge every message that was held and handed over or withdrawn, a message a case:

    - handed over although a recipient test failed on the facts of that instant;
    - withdrawn without a reason, for one that no recipient test gives (the daily limit holds a message on; FDV counts
      only when the system enforces it), or for one that did not hold;
    - in a run, withdrawn at an instant that is no hand-over: before it was due, or outside the window;
    - in a run, not due anew when the recipient's zone on record changed while it was held, or held again without any
      reason although it did not change. The new due instant is the opening that the rules give for the same hold in the
      new zone, or the instant of the change itself when that has passed.

    Recipient tests that nobody can make (a foreign log without its customers) leave the case. Whether FDV concerns were
    undiscussed is judged by cs-fdv.
    """
    prepare(log)
    tally = Tally(log, RULE, ENFORCED_BY)
    tests = all_recipient_tests(log)
    missing = sorted({name for test in tests for name in test.needs} - log.fact_names)
    _find(log, tests)
    if missing and log.number("SELECT count(*) FROM recheck_findings"):
        tally.missing(f"the log does not hold {', '.join(missing)}")
    tally.count_findings("recheck_findings", {"unknown": "what was on record at the hand-over is not known"})
    rows = log.records("""
        SELECT *, local_text(at_ms, zone) AS local FROM recheck_findings WHERE finding NOT IN ('right', 'unknown')
        ORDER BY run_id, at_ms, row_id""")
    for row in rows:
        events = [] if row["seq"] is None else [row["seq"]]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], events, row["run_id"])
    if log.has_events:
        judge_zone_changes(log, tally, "system IN ('pluto', 'cuba')")
    return tally.close()


_WHY = {
    "sent": "Held, and handed over on {local} local time although {failed}.",
    "no reason": "Withdrawn on {local} local time without a reason that a recipient test gives.",
    "no cause": "Withdrawn on {local} local time although nothing that it names held.",
    "before due": "Withdrawn on {local} local time, before it was due.",
    "outside": "Withdrawn on {local} local time, when the send window was closed and nothing is handed over.",
}


def _find(log: Log, tests: tuple[Test, ...]) -> None:
    """Make the table ``recheck_findings``, a row a message that was held and handed over, or withdrawn."""
    window = Window.of(log)
    words = {test: test.failed.replace("'", "''") for test in tests}
    fails = [f"WHEN ({test.binds}) AND ({test.fails}) AND NOT {test.weak} THEN '{words[test]}'" for test in tests]
    failing = f"CASE {' '.join(fails)} END"
    unknown = " OR ".join(f"(({test.binds}) AND ({test.fails}) IS NULL)" for test in tests)
    named = " OR ".join(f"(reasons & {test.reason} > 0 AND coalesce({test.fails}, TRUE))" for test in tests)
    unsure = " OR ".join(f"(reasons & {test.reason} > 0 AND (({test.fails}) IS NULL OR {test.weak}))" for test in tests)
    allowed = int(RECIPIENT) | (int(Reason.FDV_UNDISCUSSED) if log.value("cs-fdv.enforced") else 0)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE recheck_findings AS
        WITH handed AS (
            SELECT r.*, m.withdrawn_ms, m.release_ms, {failing} AS failed FROM recipient_checks AS r
            JOIN (SELECT run_id, row_id, withdrawn_ms, release_ms FROM messages) AS m USING (run_id, row_id)
            WHERE moment = 'hand_over' AND (was_held OR result = 'withdrawn')
        )
        SELECT run_id, row_id, message_id, customer_id, at_ms, seq, zone, failed, CASE
            WHEN result = 'sent' AND failed IS NOT NULL THEN 'sent'
            WHEN result = 'sent' AND ({unknown}) THEN 'unknown'
            WHEN result = 'sent' THEN 'right'
            WHEN NOT {str("reasons" in log.columns).upper()} THEN 'unknown'
            WHEN reasons = 0 OR (reasons & ~{allowed}) > 0 THEN {"'no reason'" if log.has_events else "'unknown'"}
            WHEN NOT ({named}) AND reasons & {Reason.FDV_UNDISCUSSED} = 0 THEN 'no cause'
            WHEN withdrawn_ms < release_ms THEN 'before due'
            WHEN withdrawn_ms IS NOT NULL AND channel = 'sms'
                AND time_of_day(at_ms, zone) NOT BETWEEN {window.opens} AND {window.closes - 1} THEN 'outside'
            WHEN {unsure} THEN 'unknown'
            ELSE 'right' END AS finding
        FROM handed
    """)
