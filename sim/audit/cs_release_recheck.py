"""cs-release-recheck: at hand-over a held message is tested again; what fails is withdrawn, never sent."""

from sim.audit.codes import Event, Reason
from sim.audit.log import Log
from sim.audit.recipient_checks import all_recipient_tests, prepare
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window, prepare_holds

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
    counts = dict(log.rows("SELECT finding, count(*) FROM recheck_findings GROUP BY finding"))
    if counts and missing:
        tally.missing(f"the log does not hold {', '.join(missing)}")
    tally.leave(counts.pop("unknown", 0), "what was on record at the hand-over is not known")
    tally.judged(sum(counts.values()))
    rows = log.records("""
        SELECT *, local_text(at_ms, zone) AS local FROM recheck_findings WHERE finding NOT IN ('right', 'unknown')
        ORDER BY run_id, at_ms, row_id""")
    for row in rows:
        events = [] if row["seq"] is None else [row["seq"]]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], events, row["run_id"])
    if log.has_events:
        _judge_zone_changes(log, tally)
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


def _judge_zone_changes(log: Log, tally: Tally) -> None:
    """While it is held, a message's due instant follows the recipient's zone."""
    window = Window.of(log)
    prepare_holds(log)
    for row in log.records(_zone_changes(window)):
        if row["finding"] == "no change":
            why = f"Held again on {row['local']} local time although the zone on record did not change."
        else:
            why = f"Not due anew when the zone on record changed to {row['new_zone']} on {row['local']} local time."
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], [row["seq"]], row["run_id"])


def _zone_changes(window: Window) -> str:
    """SQL: holds without a cause, and changes of zone that a hold did not follow."""

    def due_at(days: int) -> str:
        """SQL: the new due instant is the opening `days` local days after the hold, or the change if that is later."""
        opening = f"instant_at(local_day(base, new_zone) + {days}, {window.opens}, new_zone)"
        return (
            f"(due_after >= greatest(changed, {opening}) "
            f"AND due_after <= greatest(changed, {opening} + {window.spread}))"
        )

    before_opening = due_at(0 if window.release == "next_opening" else 1)
    any_opening = window.due_is("due_after", "local_day(due_after, new_zone)", "new_zone")
    right = f"""CASE WHEN base_limited THEN {any_opening} OR due_after = changed
        WHEN base_tod >= {window.closes} THEN {due_at(1)}
        WHEN base_tod < {window.opens} THEN {before_opening}
        ELSE {due_at(1)} OR due_after = changed END"""
    return f"""
        WITH changes AS (
            SELECT f.run_id, f.customer_id, f.from_ms AS changed, f.seq AS change_seq, zones.name AS new_zone,
                lag(zones.name) OVER (PARTITION BY f.run_id, f.customer_id ORDER BY f.from_ms) AS old_zone
            FROM facts AS f JOIN zones ON zones.code = f.value WHERE f.fact = 'zone'
        ), moves AS (
            SELECT * FROM changes WHERE old_zone <> new_zone
        ), anchored AS (
            -- The hold that counts is the last one with a reason of its own; the issue is the first.
            SELECT *, lead(due) OVER life AS lead_due,
                last_value(CASE WHEN step = 0 OR reasons > 0 THEN time END IGNORE NULLS) OVER life AS base,
                last_value(CASE WHEN step = 0 OR reasons > 0 THEN reasons & {Reason.DAILY_LIMIT} > 0 END IGNORE NULLS)
                    OVER life AS base_limited
            FROM holds WINDOW life AS (PARTITION BY run_id, message ORDER BY step)
        ), followed AS (
            SELECT a.*, moves.changed, moves.new_zone, moves.change_seq,
                time_of_day(a.base, moves.new_zone) AS base_tod,
                CASE WHEN a.next_event = {Event.HELD_AGAIN} AND a.next_time = moves.changed AND a.next_reasons = 0
                    THEN lead_due ELSE a.due END AS due_after
            FROM anchored AS a
            JOIN moves ON moves.run_id = a.run_id AND moves.customer_id = a.customer_id
                AND moves.changed >= a.time AND moves.changed < a.due AND moves.changed <= coalesce(a.next_time, a.due)
                AND moves.change_seq > a.seq
        )
        SELECT 'not anew' AS finding, run_id, message_id, customer_id, changed AS at_ms, change_seq AS seq, new_zone,
            local_text(changed, new_zone) AS local
        FROM followed WHERE channel = 'sms' AND NOT ({right})
        UNION ALL
        SELECT 'no change', h.run_id, h.message_id, h.customer_id, h.time, h.seq, h.zone, local_text(h.time, h.zone)
        FROM holds AS h ANTI JOIN moves ON moves.run_id = h.run_id AND moves.customer_id = h.customer_id
            AND moves.changed = h.time
        WHERE h.event = {Event.HELD_AGAIN} AND h.reasons = 0
        ORDER BY run_id, at_ms, seq
    """
