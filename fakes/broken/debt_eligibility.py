"""Faults of the conditions of the nine debt messages: each span of days one too long or too short, at each end."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fakes.broken.fault import Fault
from fakes.machinery import OURS, Machinery
from sim.clock import DAY
from sim.messages import Arrangement, WriteOff
from sim.policy.debt import DebtFacts, completed_since, conditions, messages_met
from sim.policy.debt_values import DebtValues

_RULE = "dr-eligibility"
_MESSAGES = range(1, 10)


class _Span(NamedTuple):
    """Days that a condition allows: `field` of DebtValues, and how a sentence names the message."""

    field: str
    message: str


_SPANS = (
    _Span("declined", "Declined payment"),
    _Span("overdue", "Overdue payment"),
    _Span("restarted", "Recovery Restarted"),
    _Span("debt_overdue", "Debt Overdue"),
    _Span("restarts", "Recovery will Restart"),
    _Span("withholdings_restart", "Withholdings will Restart"),
    _Span("auto_setup", "Withholdings will Restart (Auto Setup)"),
    _Span("due_soon", "Debt due Soon"),
)


def _by(change: Callable[[DebtValues], DebtValues]) -> Machinery:
    return OURS.with_rules(messages_met=lambda facts, day, values: messages_met(facts, day, change(values)))


def _of(change: Callable[[DebtFacts, int], DebtFacts]) -> Machinery:
    """Ours, where the conditions of each message are held against `change(facts, message)`."""

    def met(facts: DebtFacts, day: int, values: DebtValues) -> int:
        return sum(conditions(message, change(facts, message), day, values) << message for message in _MESSAGES)

    return OURS.with_rules(messages_met=met)


def _moved(field: str, first: int, last: int) -> Machinery:
    def change(values: DebtValues) -> DebtValues:
        low, high = getattr(values, field)
        changed: dict[str, Any] = {field: (low + first, high + last)}
        return values._replace(**changed)

    return _by(change)


def _off_by_one(span: _Span) -> tuple[Fault, ...]:
    return tuple(
        Fault(f"{span.field}_{name}", _RULE, f"{span.message} {what}.", _moved(span.field, first, last))
        for name, what, first, last in (
            ("from_a_day_less", "is eligible on one day before its first too", -1, 0),
            ("from_a_day_more", "is not eligible on its first day", 1, 0),
            ("to_a_day_less", "is not eligible on its last day", 0, -1),
            ("to_a_day_more", "is eligible on one day after its last too", 0, 1),
        )
        # What ends today is the first to have ended: no day of a pause's end lies before that.
        if (span.field, first) != ("restarted", -1)
    )


def _completed_lately(completed: int, last_run: int, run: int) -> int:
    return completed_since(completed, last_run - DAY, run)


def _completed_before_midnight(completed: int, last_run: int, run: int) -> int:
    return completed_since(completed, last_run, run - DAY // 6)


FAULTS = (
    *(fault for span in _SPANS for fault in _off_by_one(span)),
    Fault(
        "pause_applied_on_two_nights",
        _RULE,
        "Pause applied is eligible on the night after its run too.",
        OURS.with_rules(completed_since=_completed_lately),
    ),
    Fault(
        "pause_applied_before_midnight_alone",
        _RULE,
        "A pause completed in the last four hours before the run is never seen.",
        OURS.with_rules(completed_since=_completed_before_midnight),
    ),
    Fault(
        "xcshsms_ignored",
        _RULE,
        "The debt attribute XCSHSMS does not exclude from Pause applied.",
        _of(lambda facts, message: facts._replace(xcshsms=0)),
    ),
    Fault(
        "paid_debts_nudged",
        _RULE,
        "A debt that was paid still meets conditions.",
        _of(lambda facts, message: facts._replace(paid=0)),
    ),
    Fault(
        "harmless_write_offs_exclude",
        _RULE,
        "The write-offs WUN, NCE and DOS exclude from Declined and Overdue payment.",
        _by(lambda values: values._replace(harmless_write_offs=0)),
    ),
    Fault(
        "withholdable_payments_forgotten",
        _RULE,
        "Declined and Overdue payment go for debts on a withholdable payment.",
        _of(lambda facts, message: facts._replace(withholdable_payment=0)),
    ),
    Fault(
        "pending_arrangements_forgotten",
        _RULE,
        "A repayment of a pending arrangement is never overdue.",
        _by(lambda values: values._replace(overdue_states=values.overdue_states & ~(1 << 1))),
    ),
    Fault(
        "arrangements_forgotten",
        _RULE,
        "Debt Overdue and Debt due Soon go for debts with an arrangement.",
        _of(lambda facts, message: facts._replace(arrangement=Arrangement.NONE) if message in (5, 9) else facts),
    ),
    Fault(
        "write_offs_forgotten",
        _RULE,
        "Debt Overdue and Debt due Soon go for debts that are written off.",
        _of(
            lambda facts, message: (
                facts._replace(debt_write_off=WriteOff.NONE, customer_write_off=WriteOff.NONE)
                if message in (5, 9)
                else facts
            )
        ),
    ),
    Fault(
        "current_taken_for_former",
        _RULE,
        "Recovery will Restart goes to current customers too.",
        _of(lambda facts, message: facts._replace(current_customer=0) if message == 6 else facts),
    ),
    Fault(
        "due_soon_despite_withholdings",
        _RULE,
        "Debt due Soon goes to customers who are eligible for withholdings.",
        _of(lambda facts, message: facts._replace(withholdings_eligible=0) if message == 9 else facts),
    ),
)
