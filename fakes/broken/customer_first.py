"""Faults of Customer First: recipients, window, Pluto's limits where they do not hold, and what its screens say."""

from collections.abc import Callable

from fakes.broken.fault import Fault, misreading
from fakes.customer_first import CustomerFirst, HistoryLine
from fakes.dispatch import Dispatch
from fakes.ledger import Record
from fakes.machinery import OURS, Machinery
from sim.clock import HOUR
from sim.messages import Decision, Outcome, Reason, Recipient, Request
from sim.policy.content import PAYMENTS, render
from sim.policy.templates import Template

_RECIPIENT, _WINDOW, _FLOW = "cf-recipient", "cf-window", "cf-flow"


def _judging(change: Callable[[CustomerFirst, int, int], int]) -> Machinery:
    """Ours, where Customer First's recipient tests give what `change(system, customer, reasons)` makes of them."""

    class Judging(CustomerFirst):
        def recipient_reasons(self, customer: int, recipient: Recipient, template: Template | None) -> int:
            return change(self, customer, super().recipient_reasons(customer, recipient, template))

    return OURS._replace(customer_first=Judging)


def _without(reason: Reason) -> Machinery:
    return _judging(lambda system, customer, reasons: reasons & ~int(reason))


def _current_alone(system: CustomerFirst, customer: int, reasons: int) -> int:
    return reasons if system.register.is_current(customer) else reasons | int(Reason.NOT_A_CENTRELINK_CUSTOMER)


class _AtAnyHour(CustomerFirst):
    class _Open(Dispatch):
        def _is_open_for(self, record: Record, time_of_day: int) -> bool:
            return True

    dispatch_class = _Open

    def due(self, customer: int, plan: tuple[int, int] | None, now: int) -> int:
        return now


class _OneADay(CustomerFirst):
    def look(self, request: Request, now: int) -> int:
        reasons = super().look(request, now)
        if not self.register.knows(request.customer):
            return reasons
        day = self.clocks[self.register.recipient(request.customer).zone].day(now)
        own = [record for record in self.ledger.of(request.customer) if record.system == self.system]
        return reasons | (int(Reason.DAILY_LIMIT) if any(self.counted_day(record) == day for record in own) else 0)


class _Asks(CustomerFirst):
    def handle(self, request: Request, now: int) -> Decision:
        lately = any(now - record.issued < HOUR for record in self.ledger.of(request.customer))
        if lately and not request.confirmed and not self.look(request, now):
            return Decision(Outcome.NEEDS_CONFIRMATION, 0, 0)
        return super().handle(request, now)


class _ForgetsItsHistory(CustomerFirst):
    def communication_history(self, customer: int) -> list[HistoryLine]:
        return []


def _of_the_next_payment(template: Template, contact_time: int, by_date: int, payment_type: int = 0) -> str:
    return render(template, contact_time, by_date, payment_type % len(PAYMENTS) + 1 if payment_type else 0)


FAULTS = (
    *(
        Fault(f"customer_first_ignores_{name}", _RECIPIENT, f"Customer First sends to {whom}.", _without(reason))
        for name, whom, reason in (
            ("opt_outs", "customers who opted out of Centrelink's messages", Reason.OPTED_OUT),
            ("deaths", "customers whose death is recorded", Reason.DECEASED),
            ("restricted_access", "Restricted Access Customers", Reason.RESTRICTED_ACCESS),
            ("overseas_mobiles", "overseas mobiles", Reason.OVERSEAS_MOBILE),
        )
    ),
    Fault(
        "customer_first_refuses_former_customers",
        _RECIPIENT,
        "Customer First refuses former customers, who are on record.",
        _judging(_current_alone),
    ),
    Fault(
        "customer_first_at_any_hour",
        _WINDOW,
        "Customer First sends at any hour.",
        OURS._replace(customer_first=_AtAnyHour),
    ),
    Fault(
        "limit_in_customer_first",
        _WINDOW,
        "Customer First has a daily limit, of one message.",
        OURS._replace(customer_first=_OneADay),
    ),
    Fault(
        "question_in_customer_first",
        _WINDOW,
        "Customer First asks after a message within the hour.",
        OURS._replace(customer_first=_Asks),
    ),
    Fault(
        "not_shown_as_queued",
        _FLOW,
        "Customer First's history shows other words than `Electronic Message has been queued`.",
        misreading(cf_flow__queued_text="Electronic message queued"),
    ),
    Fault(
        "centrelink_as_child_supp",
        _FLOW,
        "Centrelink's messages come from `Child Supp`.",
        misreading(cf_flow__sender="Child Supp"),
    ),
    Fault(
        "communication_history_empty",
        _FLOW,
        "Communication History lists nothing.",
        OURS._replace(customer_first=_ForgetsItsHistory),
        "A history holds that a message was shown as queued after Send, not the lines of Communication History later.",
    ),
    Fault(
        "another_payment_named",
        "cs-content",
        "Claim messages name another payment than the claim's.",
        OURS.with_rules(render=_of_the_next_payment),
    ),
)
