"""By what a run is explained: our rules, with the values and readings that were saved with it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.clock import AGENCY_ZONE, Clock, clock, zone_clocks
from sim.messages import System
from sim.policy.bundle import RULES, Rules
from sim.policy.debt_values import DebtValues, debt_values
from sim.policy.limits import CHILD_SUPPORT_SMS
from sim.policy.policy import Policy
from sim.policy.saved import saved_policy
from sim.policy.templates import Template
from sim.policy.values import RuleValues, rule_values

CHILD_SUPPORT = (System.PLUTO, System.CUBA)
"""The senders of Child Support's messages; they share a record of what was sent, and the others share another."""
DEBT_KINDS = ("confirmation", "nudge", "service_offer")
"""The kinds of template that are debt messages where Centrelink sends them (`dr-kind`)."""


class Law(NamedTuple):
    """`counted`: the systems whose SMS the daily limit counts and binds (`cs-daily-limit.scope`); `clocks` by the code
    of a zone."""

    rules: Rules
    policy: Policy
    values: RuleValues
    debt: DebtValues
    templates: Mapping[int, Template]
    counted: tuple[int, ...]
    clocks: list[Clock]
    agency: Clock

    def is_debt_message(self, template: Template | None) -> bool:
        """Whether the rules of debt recovery bind this template of Centrelink's."""
        return template is not None and template.system not in CHILD_SUPPORT and template.kind in DEBT_KINDS


def law_of(policy_plain: Mapping[str, Any]) -> Law:
    """The law of a run, from the policy saved with it. Raises InputError when that lacks what a rule needs."""
    policy = saved_policy(policy_plain)
    values = rule_values(policy)
    counted: tuple[int, ...] = CHILD_SUPPORT if values.scope == CHILD_SUPPORT_SMS else (System.PLUTO,)
    return Law(RULES, policy, values, debt_values(policy), policy.templates, counted, zone_clocks(), clock(AGENCY_ZONE))
