"""The bundle: every rule stands under its own name, so that a broken system is ours with one function replaced."""

import inspect

from sim.policy.bundle import RULES, Rules


def test_every_rule_stands_under_its_own_name() -> None:
    for name in Rules._fields:
        function = getattr(RULES, name)
        assert inspect.isfunction(function), name
        assert (function.__name__, function.__module__.startswith("sim.policy.")) == (name, True)


def test_one_rule_can_be_replaced() -> None:
    def nowhere(work: int, is_mutual: int, is_current_centrelink: int, main_issue_claim: int) -> int:
        return 0

    broken = RULES._replace(route=nowhere)
    assert (broken.route(1, 1, 1, 1), RULES.route(1, 1, 1, 1)) == (0, 1)
    assert [name for name in Rules._fields if getattr(broken, name) is not getattr(RULES, name)] == ["route"]
