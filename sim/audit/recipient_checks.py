"""The recipient tests of policy.md A: what was on record at each instant at which they are made.

The tests are made when Send is accepted or refused, when the one-hour question is asked, and at hand-over (sent or
withdrawn). `prepare` works all of them out once, in the table ``recipient_checks``; `judge_tests` holds one rule against
it. Facts recorded at the same millisecond apply before the test. Pluto and Cuba's automatic EM are bound alike, other
systems are not.

Both sides are judged: a message that was let through although a test failed; one that was refused or withdrawn for a
reason that did not hold; and, in a run, one that was refused without naming a reason that held (the outcome carries all
that fail). On a channel other than SMS the bars and the mobile are not asked for, so naming them is judged by the facts
and leaving them out is not.
"""

from collections.abc import Callable
from typing import NamedTuple

from sim.audit.codes import MOBILE_STATUSES, Reason
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

FACTS = (
    "mobile_status", "email_status", "opted_out", "deceased", "restricted_access", "employer", "reminder_ended",
    "general_ended",
)  # fmt: skip


class Test(NamedTuple):
    """One test: the reason it gives, SQL on ``recipient_checks`` that is TRUE when it fails and NULL when nobody knows,
    SQL for the channels that it binds, the facts it needs, and how a sentence says that it failed or held."""

    reason: Reason
    fails: str
    binds: str
    facts: tuple[str, ...]
    failed: str
    held: str


_MOBILE = MOBILE_STATUSES
# A valid number that is known without a date (foreign logs) supports a message that went and no more than that.
UNDATED_VALID = 11

MOBILE_TESTS = (
    Test(
        Reason.NO_MOBILE, f"mobile_status = {_MOBILE['none']}", "channel = 'sms'", ("mobile_status",),
        "no mobile was recorded", "a mobile was recorded",
    ),
    Test(
        Reason.INVALID_MOBILE, f"mobile_status = {_MOBILE['invalid']}", "channel = 'sms'", ("mobile_status",),
        "the mobile was marked Invalid", "the mobile was not marked Invalid",
    ),
)  # fmt: skip
BAR_TESTS = (
    Test(
        Reason.RESTRICTED_ACCESS, "restricted_access = 1", "channel = 'sms'", ("restricted_access",),
        "the recipient was a Restricted Access Customer", "the recipient was not a Restricted Access Customer",
    ),
    Test(
        Reason.EMPLOYER, "employer = 1", "channel = 'sms'", ("employer",),
        "the recipient was an employer", "the recipient was not an employer",
    ),
    Test(
        Reason.OVERSEAS_MOBILE, f"mobile_status = {_MOBILE['overseas']}", "channel = 'sms'", ("mobile_status",),
        "the mobile was an overseas one", "the mobile was not an overseas one",
    ),
)  # fmt: skip
SUBSCRIPTION_TESTS = (
    Test(
        Reason.DECEASED, "deceased = 1", "TRUE", ("deceased",),
        "the recipient's death was on record", "no death was on record",
    ),
    Test(
        Reason.SERVICE_UNSUBSCRIBED,
        "CASE service WHEN 'reminder' THEN reminder_ended = 1 WHEN 'general' THEN general_ended = 1 "
        "ELSE CASE reminder_ended + general_ended WHEN 0 THEN FALSE END END OR (channel = 'email' AND email_status <> 1)",
        "TRUE", ("reminder_ended", "general_ended"),
        "the message's service had been ended", "the message's service had not been ended",
    ),
)  # fmt: skip


def opt_out_test(log: Log) -> Test:
    """The opt-out in the reading of its reach: `all_em` stops every channel, `sms_only` leaves email. In the dialog it
    disables Send whatever the channel is."""
    everything = log.value("cs-opt-out.reach") == "all_em"
    binds = "TRUE" if everything else "channel = 'sms' OR (system = 'pluto' AND moment = 'issue')"
    return Test(
        Reason.OPTED_OUT, "opted_out = 1", binds, ("opted_out",),
        "an opt-out was recorded", "no opt-out was recorded",
    )  # fmt: skip


def prepare(log: Log) -> None:
    """Make the table ``recipient_checks``, a row a test: run_id, row_id, message_id, customer_id, system, channel,
    service, zone, moment (issue, hand_over), result (accepted, asked, refused, sent, withdrawn), reasons, at_ms,
    at_res, seq, was_held, and a column a fact (NULL: unknown)."""
    if log.has_table("recipient_checks"):
        return
    # When a foreign log does not say at which instant a message was withdrawn, it was some time from its release on.
    end = log.observed_to
    log.db.execute(f"""
        CREATE TEMP TABLE check_instants AS
        WITH bound AS (SELECT * FROM messages WHERE system IN ('pluto', 'cuba'))
        SELECT run_id, row_id, message_id, customer_id, system, channel, service, issued_zone AS zone, 'issue' AS moment,
            CASE WHEN accepted THEN 'accepted' ELSE 'refused' END AS result, coalesce(reasons, 0) AS reasons,
            issued_ms AS at_ms, issued_res AS at_res, attempt_seq AS seq, FALSE AS was_held
        FROM bound WHERE accepted OR outcome = 'refused'
        UNION ALL
        SELECT run_id, row_id, message_id, customer_id, system, channel, service, issued_zone, 'issue', 'asked', 0,
            asked_ms, 1, attempt_seq, FALSE
        FROM bound WHERE asked_ms IS NOT NULL
        UNION ALL
        SELECT run_id, row_id, message_id, customer_id, system, channel, service, timezone, 'hand_over', 'sent', 0,
            handed_ms, handed_res, handed_seq, release_ms IS NOT NULL
        FROM bound WHERE handed_ms IS NOT NULL
        UNION ALL
        SELECT run_id, row_id, message_id, customer_id, system, channel, service, timezone, 'hand_over', 'withdrawn',
            coalesce(reasons, 0), coalesce(withdrawn_ms, release_ms, due_ms, issued_ms),
            CASE WHEN withdrawn_ms IS NOT NULL THEN 1
                ELSE greatest(1, {end} - coalesce(release_ms, due_ms, issued_ms)) END, withdrawn_seq, TRUE
        FROM bound WHERE outcome = 'withdrawn' OR withdrawn_ms IS NOT NULL
    """)
    joins, columns = [], []
    for fact in FACTS:
        joins.append(f"""
            ASOF LEFT JOIN (SELECT * FROM facts WHERE fact = '{fact}') AS {fact}
            ON c.run_id = {fact}.run_id AND c.customer_id = {fact}.customer_id
                AND c.at_ms + c.at_res - 1 >= {fact}.from_ms""")
        columns.append(f"CASE WHEN {fact}.from_ms + {fact}.from_res - 1 <= c.at_ms THEN {fact}.value END AS {fact}")
    log.db.execute(f"""
        CREATE TEMP TABLE recipient_checks AS SELECT c.*, {", ".join(columns)} FROM check_instants AS c {"".join(joins)}
    """)


def judge_tests(log: Log, rule: str, tests: tuple[Test, ...], more: Callable[[Tally], None] | None = None) -> RuleAudit:
    """Hold the tests of one rule against all checks; `more` adds what else the rule judges.

    A case is one message: broken when any of the tests is at any of its instants, unjudged when nobody knows one of
    them, judged otherwise.
    """
    prepare(log)
    tally = Tally(log, rule, "system")
    if not log.number("SELECT count(*) FROM recipient_checks"):
        return tally.close()
    missing = sorted({fact for test in tests for fact in test.facts} - log.fact_names)
    if missing:
        tally.missing(f"the log does not hold {', '.join(missing)}")
    findings = " UNION ALL ".join(_sql(number, test, log.has_events) for number, test in enumerate(tests))
    counts = f"""
        SELECT finding, count(*) FROM (
            SELECT max(finding) AS finding FROM ({findings}) GROUP BY run_id, row_id
        ) GROUP BY finding ORDER BY finding"""
    for finding, count in log.rows(counts):
        if finding == _UNKNOWN:
            tally.leave(count, "what was on record at that instant is not known")
        else:
            tally.judged(count)
    broken = f"""
        SELECT test, run_id, message_id, customer_id, result, named, at_ms, seq, local_text(at_ms, zone) AS local
        FROM ({findings}) WHERE finding = {_BREACH} ORDER BY run_id, at_ms, row_id, test"""
    for row in log.records(broken):
        test = tests[row["test"]]
        events = [] if row["seq"] is None else [row["seq"]]
        why = _sentence(test, row["result"], row["named"], row["local"])
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], events, row["run_id"])
    if more:
        more(tally)
    return tally.close()


_RIGHT, _UNKNOWN, _BREACH = 0, 1, 2


def _sql(number: int, test: Test, has_events: bool) -> str:
    """All checks that say something about `test`, with what was found."""
    let_through = "result IN ('accepted', 'asked', 'sent')"
    # Naming a reason is judged everywhere; not naming one only in a run, where the outcome carries all that fail.
    relevant = f"({let_through} AND ({test.binds})) OR (NOT {let_through} AND named)"
    if has_events:
        relevant += f" OR (NOT {let_through} AND ({test.binds}))"
    undated = f"coalesce(mobile_status = {UNDATED_VALID}, FALSE)" if "mobile_status" in test.facts else "FALSE"
    return f"""
        SELECT {number} AS test, run_id, row_id, moment, result, message_id, customer_id, named, at_ms, seq, zone,
            CASE
                WHEN {undated} THEN CASE WHEN {let_through} THEN {_RIGHT} ELSE {_UNKNOWN} END
                WHEN failed IS NULL THEN {_UNKNOWN}
                WHEN {let_through} THEN CASE WHEN failed THEN {_BREACH} ELSE {_RIGHT} END
                WHEN named = failed THEN {_RIGHT}
                ELSE {_BREACH}
            END AS finding
        FROM (SELECT *, ({test.fails}) AS failed, reasons & {test.reason} > 0 AS named FROM recipient_checks)
        WHERE {relevant}
    """


_LET_THROUGH = {"accepted": "Issued", "asked": "Asked about the last hour", "sent": "Handed over"}


def _sentence(test: Test, result: str, named: bool, local: str) -> str:
    name = test.reason.name.lower()
    if result in _LET_THROUGH:
        return f"{_LET_THROUGH[result]} on {local} local time although {test.failed}."
    if named:
        return f"{result.capitalize()} as {name} on {local} local time although {test.held}."
    return f"{result.capitalize()} on {local} local time without naming {name} although {test.failed}."
