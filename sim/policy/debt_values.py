"""The policy values of debt recovery (policy.md F) as plain integers, and tuples of them."""

from typing import TYPE_CHECKING, Final, NamedTuple

from sim.messages import Arrangement, ArrangementStatus, WriteOff
from sim.policy.settings import time_ms

if TYPE_CHECKING:
    from sim.policy.policy import Policy

MESSAGES: Final = (
    "pause_applied", "declined_payment", "overdue_payment", "recovery_restarted", "debt_overdue",
    "recovery_will_restart", "withholdings_will_restart", "withholdings_will_restart_auto", "debt_due_soon",
)  # fmt: skip
"""The nine DMIS messages as the policy numbers them, from 1 on."""

# The codes of named readings. The first of each is the default and has code 0.
GAP: Final = ("full_day", "hours_24", "business_day")
SIMILAR_BOUNDARY: Final = ("previous_days", "days_apart")
VULNERABLE_KINDS: Final = ("all", "nudges_only")
HOURS_24: Final = 1
BUSINESS_DAY: Final = 2
DAYS_APART: Final = 1
NUDGES_ONLY: Final = 1


class DebtValues(NamedTuple):
    """Integers, pairs of bounds (first and last day, both inside) and masks, so that the rules compile.

    Masks of messages have bit ``1 << message``; masks of arrangements, their states and write-offs bit ``1 << code``.
    """

    run_ms: int  # dr-eligibility.run_at, agency time of day
    due_ms: int  # dr-hierarchy.due_at, recipient's local time of day
    sap_due_ms: int  # dr-kind.sap_due_at, recipient's local time of day
    sap_nudge_days_before: int  # days before the instalment's due day
    order: tuple[int, ...]  # dr-hierarchy.order, message numbers, the highest first
    nudges: int  # mask of the messages that are nudges
    gap: int  # 0 full_day, 1 hours_24, 2 business_day
    one_nudge: int  # 1: dr-one-nudge is enabled
    similar_days: tuple[int, ...]  # by message; index 0 is unused
    similar_group: tuple[int, ...]  # by message, the lowest message of its group; index 0 is unused
    similar_boundary: int  # 0 previous_days, 1 days_apart
    vulnerable_kinds: int  # 0 all, 1 nudges_only
    due_after_issue_days: int  # from a debt's issue to its due day
    declined: tuple[int, int]  # days before the run, as the next four
    overdue: tuple[int, int]
    restarted: tuple[int, int]
    debt_overdue: tuple[int, int]
    restarts: tuple[int, int]  # days after the run, as the next three
    withholdings_restart: tuple[int, int]
    auto_setup: tuple[int, int]
    due_soon: tuple[int, int]
    declined_arrangements: int  # masks
    declined_states: int
    overdue_arrangements: int
    overdue_states: int
    harmless_write_offs: int
    sap_days: int  # dr-view.sap_days: local days after sent until SAP's messages are archived


def debt_values(policy: "Policy") -> DebtValues:
    """The values of `policy` for the debt rules."""
    groups: dict[str, str] = policy.value("dr-similar.groups")
    days_of: dict[str, int] = policy.value("dr-similar.days_of")
    days: int = policy.value("dr-similar.days")
    named = [groups.get(name, name) for name in MESSAGES]

    def bounds(name: str) -> tuple[int, int]:
        return (
            int(policy.value(f"dr-eligibility.{name}_from_days")),
            int(policy.value(f"dr-eligibility.{name}_to_days")),
        )

    def mask(name: str, codes: type[Arrangement] | type[ArrangementStatus] | type[WriteOff]) -> int:
        return sum(1 << int(codes[each]) for each in policy.value(f"dr-eligibility.{name}"))

    return DebtValues(
        run_ms=time_ms(policy.value("dr-eligibility.run_at")),
        due_ms=time_ms(policy.value("dr-hierarchy.due_at")),
        sap_due_ms=time_ms(policy.value("dr-kind.sap_due_at")),
        sap_nudge_days_before=int(policy.value("dr-kind.sap_nudge_days_before")),
        order=tuple(MESSAGES.index(name) + 1 for name in policy.value("dr-hierarchy.order")),
        nudges=sum(1 << MESSAGES.index(name) + 1 for name in policy.value("dr-kind.nudges")),
        gap=GAP.index(policy.value("dr-gap.reading")),
        one_nudge=int(policy.value("dr-one-nudge.enabled") is True),
        similar_days=(0, *(int(days_of.get(name, days)) for name in MESSAGES)),
        similar_group=(0, *(named.index(group) + 1 for group in named)),
        similar_boundary=SIMILAR_BOUNDARY.index(policy.value("dr-similar.boundary")),
        vulnerable_kinds=VULNERABLE_KINDS.index(policy.value("dr-vulnerable.kinds")),
        due_after_issue_days=int(policy.value("dr-eligibility.due_after_issue_days")),
        declined=bounds("declined"),
        overdue=bounds("overdue"),
        restarted=bounds("restarted"),
        debt_overdue=bounds("debt_overdue"),
        restarts=bounds("recovery_restarts"),
        withholdings_restart=bounds("withholdings_restart"),
        auto_setup=bounds("auto_setup"),
        due_soon=bounds("due_soon"),
        declined_arrangements=mask("declined_arrangements", Arrangement),
        declined_states=mask("declined_arrangement_states", ArrangementStatus),
        overdue_arrangements=mask("overdue_repayments", Arrangement),
        overdue_states=mask("overdue_arrangement_states", ArrangementStatus),
        harmless_write_offs=mask("harmless_write_offs", WriteOff),
        sap_days=int(policy.value("dr-view.sap_days")),
    )
