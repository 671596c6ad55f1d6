"""The recipient tests of Centrelink's messages: at the nightly run, at the issue and at hand-over.

Customer First, DMIS and SAP are bound by Centrelink's own record of the customer (`cf-recipient`, `dr-recipient`); debt
messages also by vulnerabilities (`dr-vulnerable`) and disaster pauses (`dr-disaster-pause`). `prepare` makes the table
``centrelink_checks`` (columns: `recipient_checks.make_checks`); at a nightly run of DMIS a message that met its
conditions was either let into the contest (`contested`) or `suppressed` with its reasons.

These systems need not list every reason that holds: what was stopped for one that is tested at the same time or before
is not asked to name another. What was stopped for a later one (similar, hierarchy, gap, one nudge), or for none, is.
"""

from collections.abc import Callable

from sim.audit.codes import DEBT_KINDS, MOBILE_STATUSES, Reason
from sim.audit.debt_runs import prepare as prepare_nights
from sim.audit.log import Log
from sim.audit.recipient_checks import UNDATED_VALID, make_checks
from sim.audit.two_sided import Test, judge_tests
from sim.audit.verdicts import RuleAudit, Tally

FACTS = (
    "centrelink", "centrelink_mobile", "centrelink_opted_out", "deceased", "restricted_access", "vulnerable",
    "disaster",
)  # fmt: skip
SYSTEMS = "system IN ('customer_first', 'dmis', 'sap')"
KINDS = ", ".join(f"'{kind}'" for kind in DEBT_KINDS)
IS_DEBT = f"CASE WHEN system IN ('dmis', 'sap') THEN TRUE ELSE kind IN ({KINDS}) END"
"""SQL: a debt message. All of DMIS's and SAP's are; of Customer First the service offers."""

CONTEST = Reason.SIMILAR | Reason.HIERARCHY | Reason.GAP | Reason.ONE_NUDGE
"""What is tested after the recipient, the vulnerability and the disaster pause."""
ELSEWHERE = (
    Reason.UNKNOWN_TEMPLATE | Reason.MISSING_FIELD | Reason.CHANNEL_NOT_APPROVED | Reason.SEND_WINDOW
    | Reason.DAILY_LIMIT | Reason.VULNERABLE | Reason.DISASTER_PAUSE | CONTEST
)  # fmt: skip
"""Reasons that rules of their own judge."""

_MOBILE = MOBILE_STATUSES
_WEAK = f"coalesce(centrelink_mobile = {UNDATED_VALID}, FALSE)"


def _binds(reason: Reason, condition: str = "TRUE") -> str:
    """SQL: a check that this test binds."""
    earlier = ~(int(CONTEST) | int(reason))
    return f"({condition}) AND (result IN ('accepted', 'asked', 'contested', 'sent') OR reasons & {earlier} = 0)"


def _test(
    reason: Reason, fails: str, failed: str, held: str, needs: tuple[str, ...], weak: str = "FALSE", binds: str = "TRUE"
) -> Test:
    return Test(reason, fails, _binds(reason, binds), failed, held, needs, weak)


_TESTS = (
    _test(
        Reason.OPTED_OUT, "centrelink_opted_out = 1", "an opt-out of Centrelink's messages was recorded",
        "no opt-out of Centrelink's messages was recorded", ("centrelink_opted_out",),
    ),
    _test(
        Reason.DECEASED, "deceased = 1", "the recipient's death was on record", "no death was on record",
        ("deceased",),
    ),
    _test(
        Reason.RESTRICTED_ACCESS, "restricted_access = 1", "the recipient was a Restricted Access Customer",
        "the recipient was not a Restricted Access Customer", ("restricted_access",),
    ),
    _test(
        Reason.NO_MOBILE, f"centrelink_mobile = {_MOBILE['none']}", "Centrelink had no mobile on record",
        "Centrelink had a mobile on record", ("centrelink_mobile",), _WEAK,
    ),
    _test(
        Reason.INVALID_MOBILE, f"centrelink_mobile = {_MOBILE['invalid']}",
        "the mobile on Centrelink's record was marked Invalid",
        "the mobile on Centrelink's record was not marked Invalid", ("centrelink_mobile",), _WEAK,
    ),
    _test(
        Reason.OVERSEAS_MOBILE, f"centrelink_mobile = {_MOBILE['overseas']}",
        "the mobile on Centrelink's record was an overseas one",
        "the mobile on Centrelink's record was not an overseas one", ("centrelink_mobile",), _WEAK,
    ),
)  # fmt: skip


def recipient_tests(log: Log) -> tuple[Test, ...]:
    """The tests of `cf-recipient`. Whether Centrelink knows the customer at all only a run can tell."""
    if not log.has_events:
        return _TESTS
    known = _test(
        Reason.NOT_A_CENTRELINK_CUSTOMER, "centrelink = 0", "Centrelink had no record of the recipient",
        "Centrelink had a record of the recipient", ("centrelink",),
    )  # fmt: skip
    return (*_TESTS, known)


def vulnerable_test(log: Log) -> Test:
    """The test of `dr-vulnerable` in the reading of its kinds."""
    only_nudges = log.value("dr-vulnerable.kinds") == "nudges_only"
    bound = f"{IS_DEBT} AND kind = 'nudge'" if only_nudges else IS_DEBT
    return _test(
        Reason.VULNERABLE, f"CASE WHEN NOT ({bound}) THEN FALSE WHEN {bound} THEN vulnerable = 1 END",
        "an excluding vulnerability was on record", "no excluding vulnerability stood against such a message",
        ("vulnerable",), binds=f"coalesce({bound}, TRUE)",
    )  # fmt: skip


def disaster_test() -> Test:
    """The test of `dr-disaster-pause`."""
    return _test(
        Reason.DISASTER_PAUSE, f"CASE WHEN NOT ({IS_DEBT}) THEN FALSE WHEN {IS_DEBT} THEN disaster = 1 END",
        "a disaster pause covered the recipient's postcode", "no disaster pause covered the recipient's postcode",
        ("disaster",), binds=f"coalesce({IS_DEBT}, TRUE)",
    )  # fmt: skip


_SUPPRESSED_ROWS = """
    SELECT run_id, row_id, message_id, customer_id, system, channel, channel_assumed, service, kind, timezone AS zone,
        'run' AS moment, 'suppressed' AS result, coalesce(reasons, 0) AS reasons, issued_ms AS at_ms,
        issued_res AS at_res, NULL AS seq, FALSE AS was_held
    FROM messages WHERE outcome = 'suppressed' AND system IN ('dmis', 'sap')"""
"""SQL: what a foreign log says of the nightly runs."""


def _nights() -> str:
    """SQL: the nightly runs of a run."""
    return f"""
        SELECT n.run_id, -row_number() OVER () AS row_id, CAST(n.pick AS VARCHAR) AS message_id, n.customer_id,
            n.system, 'sms' AS channel, FALSE AS channel_assumed, 'general' AS service, t.kind AS kind, n.zone,
            'run' AS moment,
            CASE WHEN n.suppressed_seq IS NULL OR n.reasons & {~int(CONTEST)} = 0 THEN 'contested'
                ELSE 'suppressed' END AS result,
            n.reasons, n.run_ms AS at_ms, 1 AS at_res,
            coalesce(n.suppressed_seq, n.pick_seq, n.eligible_seq) AS seq, FALSE AS was_held
        FROM debt_nights AS n LEFT JOIN templates AS t ON t.code = n.template
        WHERE n.eligible AND n.system = 'dmis'"""


def prepare(log: Log) -> None:
    """Make ``centrelink_checks``."""
    if log.has_table("centrelink_checks"):
        return
    if log.has_events:
        prepare_nights(log)
    make_checks(log, "centrelink_checks", SYSTEMS, FACTS, _nights() if log.has_events else _SUPPRESSED_ROWS)


def judge_centrelink(
    log: Log, rule: str, scope: str, tests: tuple[Test, ...], more: Callable[[Tally], None] | None = None
) -> RuleAudit:
    """Hold the tests of one rule against the checks of `scope` (SQL)."""
    prepare(log)
    return judge_tests(log, rule, f"(FROM centrelink_checks WHERE {scope})", tests, log.fact_names, more)


def judge_causeless(log: Log, tally: Tally, scope: str) -> None:
    """Report what was refused or withdrawn without a reason that any rule of Centrelink's messages gives."""
    known = int(ELSEWHERE) | sum(int(test.reason) for test in recipient_tests(log))
    known |= int(Reason.NOT_A_CENTRELINK_CUSTOMER)
    unnamed = "TRUE" if log.has_events else "reasons > 0"
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, at_ms, seq, result, local_text(at_ms, zone) FROM centrelink_checks
        WHERE {scope} AND result IN ('refused', 'withdrawn') AND reasons & {known} = 0 AND {unnamed}
        ORDER BY run_id, row_id""")
    for run_id, message, customer, at_ms, seq, result, local in rows:
        why = f"{result.capitalize()} on {local} local time without a reason that any rule of Centrelink's gives."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
