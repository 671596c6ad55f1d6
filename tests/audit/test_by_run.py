"""What was judged in each run of a batch: the same as when the run is judged alone, for every rule."""

from functools import cache

import pytest

from sim.audit import RULE_MODULES, Audit, Log, judge
from sim.audit.log import Given
from sim.audit.verdicts import RunCounts
from sim.scenario.load import PROGRAMMES
from tests.audit.builder import Builder, at
from tests.world.loads import BUSY, load, run

EVERYTHING = {
    **BUSY,
    "integrated.work_per_year": 30.0,
    "misdirected.reassigned_at_start": 0.3,
    "misdirected.asks_why_share": 0.05,
    "misdirected.wrong_customer_share": 0.3,
    "debt.debtors": 0.6,
    "behaviour.views_debt_message": 0.5,
}
RULES = [name.replace("_", "-") for name in RULE_MODULES]


def given(seed: int, customers: int) -> Given:
    """A busy run of every programme, in which nearly every rule has cases."""
    one = load(programmes=PROGRAMMES, seed=seed, customers=customers, days=6, parameters=EVERYTHING)
    history = run(one)
    return Given(history.array(), history.contents, None, (one.starts, one.ends))


@cache
def audits() -> tuple[Audit, Audit, Audit]:
    """Two runs judged in one batch, and each of them alone."""
    values = load().read_policy().plain()
    runs = [given(1, 120), given(2, 100)]
    together = judge(Log.from_histories(runs, values))
    return together, *(judge(Log.from_histories([one], values)) for one in runs)  # type: ignore[return-value]


@pytest.mark.parametrize("rule", RULES)
def test_each_run_of_a_batch_is_judged_as_if_it_were_alone(rule: str) -> None:
    together, *alone = (audit.rules[rule] for audit in audits())
    for run_id, one in enumerate(alone, 1):
        counts = RunCounts(one.verdict, one.cases, one.breaches, one.unjudged, one.why_unknown)
        assert together.in_run(run_id) == counts
        assert one.in_run(1) == counts
    assert together.cases == sum(one.cases for one in alone)


def test_hardly_a_rule_has_no_case_there() -> None:
    together, first, second = audits()
    for audit in (first, second):
        assert audit.crashed == ()
    assert [rule for rule in RULES if together.rules[rule].verdict == "not_exercised"] == []
    both = [rule for rule in RULES if len(together.rules[rule].by_run) == 2]
    assert len(both) > 45


def test_a_run_without_cases_passes_nothing() -> None:
    late = Builder()
    late.customer(1)
    late.send(1, 1, at("2026-09-22 21:00"))
    batch = judge(Log.from_histories([late.given(), Builder().given()], late.values), rules=["cs-send-window"])
    found = batch.rules["cs-send-window"]
    assert (found.verdict, found.in_run(1).verdict, found.in_run(2).verdict) == ("fail", "fail", "not_exercised")
