"""Tests that are judged from both sides: what was let through although a test failed, and what was stopped without it.

A *check* is one instant at which tests are made: Send accepted or refused, the one-hour question asked, the hand-over
(sent or withdrawn), a nightly run (contested or suppressed). Checks stand in a table that each caller makes, with at
least run_id, row_id, message_id, customer_id, zone, moment (issue, hand_over, run), result (accepted, asked, refused,
sent, withdrawn, contested, suppressed), reasons, at_ms, seq.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.audit.codes import Reason
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally


class Test(NamedTuple):
    """One test: the reason it gives, SQL on the checks that is TRUE when it fails and NULL when nobody knows, SQL for
    the checks that it binds, how a sentence says that it failed or held, and what of the log it needs."""

    reason: Reason
    fails: str
    binds: str
    failed: str
    held: str
    needs: tuple[str, ...] = ()
    # SQL: TRUE where the facts support what was let through and are no proof against what was stopped.
    weak: str = "FALSE"


def judge_tests(
    log: Log,
    rule: str,
    checks: str,
    tests: tuple[Test, ...],
    known: Iterable[str],
    more: Callable[[Tally], None] | None = None,
) -> RuleAudit:
    """Hold the tests of one rule against the table `checks`; `known` is what the log holds, `more` adds what else the
    rule judges.

    A case is one message: broken when any of the tests is at any of its instants, unjudged when nobody knows one of
    them, judged otherwise.
    """
    tally = Tally(log, rule, "system")
    findings = " UNION ALL ".join(_sql(number, test, checks, log.has_events) for number, test in enumerate(tests))
    counts = f"""
        SELECT run_id, finding, count(*) FROM (
            SELECT run_id, max(finding) AS finding FROM ({findings}) GROUP BY run_id, row_id
        ) GROUP BY run_id, finding ORDER BY run_id, finding"""
    counted = log.rows(counts)
    missing = sorted({name for test in tests for name in test.needs} - set(known))
    if missing and counted:
        tally.missing(f"the log does not hold {', '.join(missing)}")
    for run_id, finding, count in counted:
        if finding == _UNKNOWN:
            tally.leave(run_id, count, "what held at that instant is not known")
        else:
            tally.judged(run_id, count)
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


def _sql(number: int, test: Test, checks: str, has_events: bool) -> str:
    """All checks that say something about `test`, with what was found."""
    let_through = "result IN ('accepted', 'asked', 'contested', 'sent')"
    # Naming a reason is judged everywhere; not naming one only in a run, where the outcome carries all that fail.
    relevant = f"({let_through} AND ({test.binds})) OR (NOT {let_through} AND named)"
    if has_events:
        relevant += f" OR (NOT {let_through} AND ({test.binds}))"
    return f"""
        SELECT {number} AS test, run_id, row_id, moment, result, message_id, customer_id, named, at_ms, seq, zone,
            CASE
                WHEN {test.weak} THEN CASE WHEN {let_through} THEN {_RIGHT} ELSE {_UNKNOWN} END
                WHEN failed IS NULL THEN {_UNKNOWN}
                WHEN {let_through} THEN CASE WHEN failed THEN {_BREACH} ELSE {_RIGHT} END
                WHEN named = failed THEN {_RIGHT}
                ELSE {_BREACH}
            END AS finding
        FROM (SELECT *, ({test.fails}) AS failed, reasons & {test.reason} > 0 AS named FROM {checks})
        WHERE {relevant}
    """


_LET_THROUGH = {
    "accepted": "Issued",
    "asked": "Asked about the last hour",
    "contested": "Let into the nightly run's contest",
    "sent": "Handed over",
}


def _sentence(test: Test, result: str, named: bool, local: str) -> str:
    name = test.reason.name.lower()
    if result in _LET_THROUGH:
        return f"{_LET_THROUGH[result]} on {local} local time although {test.failed}."
    if named:
        return f"{result.capitalize()} as {name} on {local} local time although {test.held}."
    return f"{result.capitalize()} on {local} local time without naming {name} although {test.failed}."
