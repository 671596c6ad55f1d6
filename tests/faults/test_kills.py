"""Every planted fault is caught: by the scenarios of its own rule first, and by the audit alone on generated loads.

Each side stops at the first kill of a fault. `emsim faults` gives the whole table.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pytest

from fakes.broken import FAULTS, Fault
from fakes.machinery import OURS
from sim.faults import trial
from sim.faults.loads import LOADS
from sim.scenario.expand import Item

RULES = list(dict.fromkeys(fault.rule for fault in FAULTS.values()))


def of(rule: str) -> list[Fault]:
    return [fault for fault in FAULTS.values() if fault.rule == rule]


@lru_cache(maxsize=1)
def suite() -> tuple[list[Item], Mapping[str, str]]:
    """The scenarios that ship, and what our own systems do in those that pass by their steps."""
    items = trial.read_suite(trial.shipped_suite())
    return items, trial.our_scenarios(items, audited=False)


@lru_cache(maxsize=1)
def ours() -> Mapping[str, str]:
    return trial.our_loads()


def in_order(rule: str, items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: rule not in item.scenario.rules)


def test_our_own_systems_pass_the_audit_of_these_loads() -> None:
    for one in LOADS:
        log = trial.log_of(one.load, [trial.simulated(one.load, OURS)])
        assert [rule for rule, runs in trial.broken(log, trial.ENFORCED).items() if runs] == [], one.load.name


@pytest.mark.parametrize("rule", RULES)
def test_the_scenarios_catch_every_fault_of_a_rule(rule: str) -> None:
    items, passed = suite()
    survived = [
        fault.name for fault in of(rule)
        if not trial.scenarios_that_notice(fault, in_order(rule, items), passed, quick=True)
    ]  # fmt: skip
    assert survived == []


@pytest.mark.parametrize("rule", RULES)
def test_the_audit_alone_catches_every_fault_that_a_history_shows(rule: str) -> None:
    visible = [fault for fault in of(rule) if not fault.why_not_visible]
    noticed = trial.first_notices(visible, ours()) if visible else {}
    assert [fault.name for fault in visible if fault.name not in noticed] == []
