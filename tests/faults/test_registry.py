"""The planted faults as a whole: every rule that a system enforces has one, and so has every named reading."""

import pytest

from fakes.broken import FAULTS
from fakes.machinery import OURS
from sim.policy.policy import load_policy

ENFORCED = (
    "cs-subscription", "cs-recipient-barred", "cs-mobile-required", "cs-opt-out", "cs-officer-access", "cs-channel",
    "cs-self-service", "cs-daily-limit", "cs-hourly-confirmation", "cs-send-window", "cs-window-at-gateway",
    "cs-release-recheck", "cs-once", "cs-info-messages", "cs-templates", "cs-fields", "cs-content", "cs-sender",
    "cs-status", "cs-bounce-back", "cs-email", "cf-recipient", "cf-window", "cf-flow", "dr-kind", "dr-recipient",
    "dr-hierarchy", "dr-gap", "dr-one-nudge", "dr-similar", "dr-vulnerable", "dr-disaster-pause", "dr-eligibility",
    "dr-view",
)  # fmt: skip
"""Written from policy.md by hand: the rules that systems enforce, and those of content."""


def test_every_enforced_rule_has_a_fault() -> None:
    assert sorted({fault.rule for fault in FAULTS.values()}) == sorted(ENFORCED)


def test_the_rules_named_here_are_all_of_the_policy() -> None:
    rules = load_policy().rules
    assert [name for name in ENFORCED if name not in rules] == []
    enforced = {name for name, rule in rules.items() if rule.enforced_by in ("system", "content")}
    assert enforced - {"calendar"} == set(ENFORCED)


def test_there_are_many_and_each_is_described() -> None:
    assert len(FAULTS) >= 45
    for name, fault in FAULTS.items():
        assert fault.name == name
        assert fault.what.endswith(".")
        assert fault.machinery != OURS, f"{name} breaks nothing"
        assert not fault.why_not_visible or fault.why_not_visible.endswith(".")


def test_few_are_said_to_leave_no_trace() -> None:
    hidden = [name for name, fault in FAULTS.items() if fault.why_not_visible]
    assert len(hidden) <= len(FAULTS) // 20


@pytest.mark.parametrize("first", range(1, 9))
def test_every_two_neighbours_of_the_hierarchy_are_swapped(first: int) -> None:
    assert f"hierarchy_{first}_{first + 1}_swapped" in FAULTS
