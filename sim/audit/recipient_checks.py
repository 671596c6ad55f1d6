"""The recipient tests of policy.md A: what was on record at each instant at which they are made.

The tests are made when Send is accepted or refused, when the one-hour question is asked, and at hand-over (sent or
withdrawn). `prepare` works all of them out once, in the table ``recipient_checks``; `judge_recipients` holds one rule
against it. Facts recorded at the same millisecond apply before the test. Pluto and Cuba's automatic EM are bound
alike, other systems are not.

Both sides are judged: a message that was let through although a test failed; one that was refused or withdrawn for a
reason that did not hold; and, in a run, one that was refused without naming a reason that held (the outcome carries
all that fail). On a channel other than SMS the bars and the mobile are not asked for, so naming them is judged by the
facts and leaving them out is not.
"""

from collections.abc import Callable

from sim.audit.codes import MOBILE_STATUSES, Reason
from sim.audit.log import Log
from sim.audit.two_sided import Test, judge_tests
from sim.audit.verdicts import RuleAudit, Tally

FACTS = (
    "mobile_status", "email_status", "opted_out", "deceased", "restricted_access", "employer", "reminder_ended",
    "general_ended",
)  # fmt: skip

# In a foreign log: a valid number without a date, which supports a message that went and is no proof of anything else.
UNDATED_VALID = 11

_WEAK = f"coalesce(mobile_status = {UNDATED_VALID}, FALSE)"
_SMS = "channel = 'sms'"


def _by_sms(fails: str) -> str:
    """SQL: the test fails for an SMS; nobody knows where the channel is only assumed to be one."""
    return f"CASE WHEN NOT ({fails}) THEN FALSE WHEN NOT channel_assumed THEN {fails} END"


_NONE, _INVALID, _OVERSEAS = (
    _by_sms(f"mobile_status = {MOBILE_STATUSES[status]}") for status in ("none", "invalid", "overseas")
)
MOBILE_TESTS = (
    Test(
        Reason.NO_MOBILE, _NONE, _SMS, "no mobile was recorded", "a mobile was recorded", ("mobile_status",), _WEAK,
    ),
    Test(
        Reason.INVALID_MOBILE, _INVALID, _SMS, "the mobile was marked Invalid", "the mobile was not marked Invalid",
        ("mobile_status",), _WEAK,
    ),
)  # fmt: skip
BAR_TESTS = (
    Test(
        Reason.RESTRICTED_ACCESS, _by_sms("restricted_access = 1"), _SMS,
        "the recipient was a Restricted Access Customer", "the recipient was not a Restricted Access Customer",
        ("restricted_access",),
    ),
    Test(
        Reason.EMPLOYER, _by_sms("employer = 1"), _SMS, "the recipient was an employer",
        "the recipient was not an employer", ("employer",),
    ),
    Test(
        Reason.OVERSEAS_MOBILE, _OVERSEAS, _SMS, "the mobile was an overseas one",
        "the mobile was not an overseas one", ("mobile_status",), _WEAK,
    ),
)  # fmt: skip
_ENDED = """CASE service WHEN 'reminder' THEN reminder_ended = 1 WHEN 'general' THEN general_ended = 1
    ELSE CASE reminder_ended + general_ended WHEN 0 THEN FALSE END END"""
SUBSCRIPTION_TESTS = (
    Test(
        Reason.DECEASED, "deceased = 1", "TRUE", "the recipient's death was on record", "no death was on record",
        ("deceased",),
    ),
    Test(
        Reason.SERVICE_UNSUBSCRIBED, f"{_ENDED} OR (channel = 'email' AND email_status <> 1)", "TRUE",
        "the message's service had been ended", "the message's service had not been ended",
        ("reminder_ended", "general_ended"),
    ),
)  # fmt: skip


def opt_out_test(log: Log) -> Test:
    """The opt-out in the reading of its reach: `all_em` stops every channel, `sms_only` leaves email. In the dialog it
    disables Send whatever the channel is."""
    everything = log.value("cs-opt-out.reach") == "all_em"
    fails = "opted_out = 1" if everything else _by_sms("opted_out = 1")
    binds = "TRUE" if everything else "channel = 'sms' OR (system = 'pluto' AND moment = 'issue')"
    return Test(
        Reason.OPTED_OUT, fails, binds, "an opt-out was recorded", "no opt-out was recorded", ("opted_out",),
    )  # fmt: skip


def all_recipient_tests(log: Log) -> tuple[Test, ...]:
    """Every recipient test, in the order of the dialog."""
    return (opt_out_test(log), *SUBSCRIPTION_TESTS, *BAR_TESTS, *MOBILE_TESTS)


def prepare(log: Log) -> None:
    """Make the table ``recipient_checks`` for Child Support's messages (`make_checks`)."""
    if not log.has_table("recipient_checks"):
        make_checks(log, "recipient_checks", "system IN ('pluto', 'cuba')", FACTS)


def make_checks(log: Log, name: str, scope: str, facts: tuple[str, ...], more: str = "") -> None:
    """Make the table `name` for the messages of `scope`, a row a test: run_id, row_id, message_id, customer_id, system,
    channel, channel_assumed, service, kind, zone, moment (issue, hand_over), result (accepted, asked, refused, sent,
    withdrawn), reasons, at_ms, at_res, seq, was_held, and a column a fact (NULL: unknown). `more`: SQL for further
    rows, with the columns before the facts by name."""
    # When a foreign log does not say at which instant a message was withdrawn, it was some time from its release on.
    end = log.observed_to
    same = "run_id, row_id, message_id, customer_id, system, channel, channel_assumed, service, kind"
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE check_instants AS
        WITH bound AS (SELECT * FROM messages WHERE {scope})
        SELECT {same}, issued_zone AS zone,
            'issue' AS moment, CASE WHEN accepted THEN 'accepted' ELSE 'refused' END AS result,
            coalesce(reasons, 0) AS reasons,
            issued_ms AS at_ms, issued_res AS at_res, attempt_seq AS seq, FALSE AS was_held
        FROM bound WHERE accepted OR outcome = 'refused'
        UNION ALL
        SELECT {same}, issued_zone, 'issue', 'asked', 0, asked_ms, 1, attempt_seq, FALSE
        FROM bound WHERE asked_ms IS NOT NULL
        UNION ALL
        SELECT {same}, timezone, 'hand_over', 'sent', 0, handed_ms, handed_res, handed_seq,
            coalesce(release_ms, due_ms) IS NOT NULL
        FROM bound WHERE handed_ms IS NOT NULL
        UNION ALL
        SELECT {same}, timezone, 'hand_over', 'withdrawn',
            coalesce(reasons, 0), coalesce(withdrawn_ms, release_ms, due_ms, issued_ms),
            CASE WHEN withdrawn_ms IS NOT NULL THEN 1
                ELSE greatest(1, {end} - coalesce(release_ms, due_ms, issued_ms)) END, withdrawn_seq, TRUE
        FROM bound WHERE outcome = 'withdrawn' OR withdrawn_ms IS NOT NULL
        {f"UNION ALL BY NAME {more}" if more else ""}
    """)
    joins, columns = [], []
    for fact in facts:
        joins.append(f"""
            ASOF LEFT JOIN (SELECT * FROM facts WHERE fact = '{fact}') AS {fact}
            ON c.run_id = {fact}.run_id AND c.customer_id = {fact}.customer_id
                AND c.at_ms + c.at_res - 1 >= {fact}.from_ms""")
        columns.append(f"CASE WHEN {fact}.from_ms + {fact}.from_res - 1 <= c.at_ms THEN {fact}.value END AS {fact}")
    log.db.execute(f"""
        CREATE TEMP TABLE {name} AS SELECT c.*, {", ".join(columns)} FROM check_instants AS c {"".join(joins)}
    """)


def judge_recipients(
    log: Log, rule: str, tests: tuple[Test, ...], more: Callable[[Tally], None] | None = None
) -> RuleAudit:
    """Hold the recipient tests of one rule against all checks."""
    prepare(log)
    return judge_tests(log, rule, "recipient_checks", tests, log.fact_names, more)
