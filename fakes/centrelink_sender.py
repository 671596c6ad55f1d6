"""What Customer First, DMIS and SAP have in common: issuing by Centrelink's rules, and where a message is seen later.

The send window binds them as it binds Child Support's systems; Pluto's limit and its one-hour question do not
(`cf-window`). After *sent* the documents say nothing of statuses or bounce backs, so a delivery error is known to the
gateway alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

from fakes.centrelink import Centrelink
from fakes.dispatch import Dispatch
from fakes.ledger import Ledger, Record, State
from fakes.protocols import Happening, Transport
from sim.clock import Clock
from sim.history import Event
from sim.messages import Decision, Outcome, Reason, Recipient, Request, Screen, Status, System, pack_fields
from sim.policy.bundle import Rules
from sim.policy.debt import DebtValues, debt_values
from sim.policy.policy import Policy
from sim.policy.templates import Template
from sim.policy.values import RuleValues, rule_values

DEBT_KINDS = ("confirmation", "nudge", "service_offer")
"""The kinds of template that are debt messages (`dr-kind`)."""
_NUDGE = "nudge"
_NUDGING = (System.DMIS, System.SAP)


class CentrelinkSurroundings(NamedTuple):
    """What a Centrelink sender is given: the rules as one bundle, policy values, records, transport and clocks."""

    rules: Rules
    policy: Policy
    register: Centrelink
    ledger: Ledger
    transport: Transport
    clocks: list[Clock]
    rate_per_second: float


class ShownMessage(NamedTuple):
    """One line of a correspondence screen; `text` is the message as it shows when the line is opened."""

    message: int
    system: int
    template: int
    sent: int
    text: str


class CentrelinkSender(ABC):
    """A sending system of Centrelink. Subclasses say which further tests bind their messages (`_further_tests`)."""

    system: System
    dispatch_class: type[Dispatch] = Dispatch

    def __init__(self, around: CentrelinkSurroundings) -> None:
        self.rules = around.rules
        self._take(around.policy)
        self.templates: Mapping[int, Template] = around.policy.templates
        self.register = around.register
        self.ledger = around.ledger
        self.clocks = around.clocks
        self.dispatch = self.dispatch_class(
            self.system, str(around.policy.value("cf-flow.sender")), self.rules, self.values, self.clocks,
            self.register, around.transport, self.ledger, around.rate_per_second, (), self._bars,
        )  # fmt: skip

    def adopt(self, policy: Policy, now: int) -> None:
        """From `now` on these values of the policy are in force; what waits is judged by them at its hand-over."""
        self._take(policy)
        self.dispatch.adopt(self.values, (), now)

    def _take(self, policy: Policy) -> None:
        """Read the values that can change within a run."""
        self.values: RuleValues = rule_values(policy)
        self.debt_values: DebtValues = debt_values(policy)

    def handle(self, request: Request, now: int) -> Decision:
        """One press of Send, or one automatic send: refused with all its reasons, sent at once, or held."""
        reasons = self.look(request, now)
        if reasons:
            return Decision(Outcome.REFUSED, reasons, 0)
        template = self.templates[request.template]
        plan = self._plan(request, now)
        due = self.due(request.customer, plan, now)
        record = Record(
            request.message, request.customer, self.system, request.template, template.service, request.channel, now,
            due,
        )  # fmt: skip
        record.officer, record.ref, record.step = request.officer, request.ref, request.step
        record.fields = pack_fields(request.contact_time, request.by_date, request.payment_type)
        record.text = self.rules.render(template, request.contact_time, request.by_date, request.payment_type)
        kept = plan is not None and due == self.dispatch.planned(request.customer, plan)
        self.dispatch.accept(record, plan if kept else None)
        return Decision(Outcome.HELD if due > now else Outcome.SENT, 0, due)

    def look(self, request: Request, now: int) -> int:
        """All reasons against this message at `now`, as a mask; nothing is issued."""
        if not self.register.knows(request.customer):
            return Reason.NOT_A_CENTRELINK_CUSTOMER
        recipient = self.register.recipient(request.customer)
        template = self.templates.get(request.template)
        reasons = self.recipient_reasons(request.customer, recipient, template)
        if template is None or template.system != self.system:
            reasons |= Reason.UNKNOWN_TEMPLATE
        return reasons | self._further_tests(request, recipient, template, now)

    def recipient_reasons(self, customer: int, recipient: Recipient, template: Template | None) -> int:
        """The reasons against this recipient: `cf-recipient`, and for a debt message vulnerability and disaster."""
        reasons = self.rules.centrelink_reasons(recipient, 1)
        if template is None or template.kind not in DEBT_KINDS:
            return reasons
        return self.rules.barred_reasons(
            reasons,
            int(template.kind == _NUDGE),
            self.register.is_vulnerable(customer),
            self.register.debts.in_disaster(self.register.postcode(customer)),
            self.debt_values.vulnerable_kinds,
        )

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do."""
        return self.dispatch.next_due()

    def advance(self, now: int) -> list[Happening]:
        """Release, hold again, hand over."""
        return self.dispatch.advance(now)

    def told(self, happening: Happening) -> list[Happening]:
        """Hear from the gateway: sent, delivered, or failed."""
        record, now = self.ledger.message(happening.message), happening.time
        if happening.event == Event.ACKNOWLEDGED:
            record.state, record.sent, record.status = State.SENT, now, Status.SENT_TO_OPEN_TEXT
            return [
                Happening(
                    now, Event.SENT_CLAIMED, record.message, record.customer, self.system, record.template, 0, now
                )
            ]
        if happening.event == Event.FAILED:
            record.failed = now
        return []

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        """The zone on record changed: due instants of held messages are computed anew."""
        return self.dispatch.zone_changed(customer, now)

    def screen(self, customer: int, screen: Screen, now: int) -> list[ShownMessage]:
        """What a correspondence screen shows at `now` of the messages sent to the customer, whichever of the three
        systems sent them, oldest first (`dr-view`)."""
        clock = self.clocks[self.register.recipient(customer).zone]
        today = clock.day(now)
        return [
            ShownMessage(record.message, record.system, record.template, record.sent, record.text)
            for record in self.ledger.of(customer)
            if 0 <= record.sent <= now
            and screen in self.rules.screens(record.system, today - clock.day(record.sent), self.debt_values.sap_days)
        ]

    def due(self, customer: int, plan: tuple[int, int] | None, now: int) -> int:
        """When a message issued at `now` is due: at its local (day, time of day), or when it may go if that has passed
        or there is no plan."""
        planned = self.dispatch.planned(customer, plan) if plan else now
        if planned > now:
            return planned
        values = self.values
        time_of_day = self.clocks[self.register.recipient(customer).zone].time_of_day(now)
        if self.rules.inside_window(time_of_day, values.opens_ms, values.closes_ms):
            return now
        return self.dispatch.release_after(customer, now)

    def counted_day(self, record: Record) -> int:
        """The recipient's local day on which a message counts: when it was sent, or is due while it waits."""
        clock = self.clocks[self.register.recipient(record.customer).zone]
        return clock.day(record.sent if record.sent >= 0 else record.due)

    def nudge_in_the_way(self, customer: int, template: int, day: int) -> int:
        """The template of the nudge that keeps this one from going on the local day `day` (`dr-one-nudge`), 0 for none.

        Nudges of DMIS and SAP count that were sent on that day or wait for it; withdrawn ones do not.
        """
        if self.templates[template].kind != _NUDGE:
            return 0
        nudges = [
            record.template
            for record in self.ledger.of(customer)
            if record.system in _NUDGING
            and record.state != State.WITHDRAWN
            and self.templates[record.template].kind == _NUDGE
            and self.counted_day(record) == day
        ]
        allowed = self.rules.nudge_allows(len(nudges), self.debt_values.one_nudge)
        return nudges[-1] if nudges and not allowed else 0

    @abstractmethod
    def _further_tests(self, request: Request, recipient: Recipient, template: Template | None, now: int) -> int:
        """The reasons of this system alone against the message."""

    def _plan(self, request: Request, now: int) -> tuple[int, int] | None:
        """The recipient's local (day, time of day) for which this message is meant; None: as soon as it may go."""
        return None

    def _bars(self, record: Record, recipient: Recipient) -> int:
        """The reasons against handing this message over now."""
        return self.recipient_reasons(record.customer, recipient, self.templates.get(record.template))
