"""Factors: any policy value that may be set, and any parameter."""

from typing import Any

import pytest

from sim.errors import InputError
from sim.experiments.variants import unchanged, values_in_force, variant_at
from sim.policy.policy import load_policy
from sim.policy.settings import kind_of
from sim.population.parameters import load_parameters
from sim.scenario.load import load_file

LOAD = load_file("four_weeks")
POLICY = load_policy()


def may_be_set(name: str) -> bool:
    """Neither fixed by its clause nor exact words or a table."""
    known = POLICY.setting(name)
    return not known.fixed and kind_of(known.default, list(known.allowed)) not in ("words", "table")


FACTORS = [*(name for name in POLICY.names() if may_be_set(name)), *load_parameters()]


def test_every_policy_value_that_may_be_set_and_every_parameter_is_a_factor() -> None:
    assert len(FACTORS) > 250
    base = unchanged(LOAD, dict.fromkeys(FACTORS))
    assert base.sets == {}
    for name in FACTORS:
        same = variant_at(LOAD, base, {name: base.values[name]})
        assert (same.sets, same.label) == ({}, "as it is")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cs-daily-limit.limit", 4),
        ("cs-daily-limit.counts", "attempt_day"),
        ("cs-send-window.closes", "19:00"),
        ("dr-one-nudge.enabled", False),
        ("dr-gap.reading", "hours_24"),
        ("population.opted_out", 0.5),
        ("work.payment_per_year", 3.0),
        ("staff.officers", 20),
        ("gateway.rate_per_second", 0.3),
        ("behaviour.precall_effect", 0.0),
        ("misdirected.sas_officers", 3),
        ("debt.pays_by_due", 0.3),
    ],
)
def test_a_factor_of_each_kind_changes_what_is_in_force(name: str, value: Any) -> None:
    made = variant_at(LOAD, unchanged(LOAD, {name: None}), {name: value})
    assert made.sets == {name: value}
    assert values_in_force(LOAD.with_overrides(sets=made.sets), {name: None}) == {name: value}


@pytest.mark.parametrize("name", ["cs-hourly-confirmation.hours", "staff.oficers", "cs-nothing.limit"])
def test_an_unknown_name_is_no_factor(name: str) -> None:
    with pytest.raises(InputError):
        unchanged(LOAD, {name: None})
