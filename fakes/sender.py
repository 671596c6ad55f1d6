"""What Pluto and Cuba's automatic EM have in common: issuing by the rules, and what follows after a message was sent.

After *sent*: the status `Sent to open text`, Cuba's Letters List a few minutes later (`cs-status`), and for a delivery
error one bounce back by the first nightly run on a later agency day (`cs-bounce-back`).
"""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

from fakes.dispatch import Dispatch
from fakes.ledger import Ledger, Record, State
from fakes.protocols import Happening, Register, Transport
from sim.clock import AGENCY_ZONE, MINUTE, Clock, clock
from sim.draws import Draws, Purpose, between
from sim.history import Event
from sim.messages import Channel, Decision, Outcome, Recipient, Request, Status, System, pack_fields
from sim.policy.bundle import Rules
from sim.policy.policy import Policy
from sim.policy.templates import Template
from sim.policy.values import RuleValues, rule_values


class Surroundings(NamedTuple):
    """What a sending system is given: the rules as one bundle, policy values, records, transport and clocks."""

    rules: Rules
    policy: Policy
    register: Register
    ledger: Ledger
    transport: Transport
    clocks: list[Clock]
    draws: Draws
    rate_per_second: float


class Issue(NamedTuple):
    """What a system worked out about one press of Send before it answers."""

    recipient: Recipient
    template: Template | None
    inside: bool
    reasons: int


class Sender(ABC):
    """A sending system of Child Support. Subclasses say which tests bind their messages (`_tests`)."""

    system: System
    dispatch_class: type[Dispatch] = Dispatch

    def __init__(self, around: Surroundings) -> None:
        self.rules = around.rules
        self._take(around.policy)
        self.templates: Mapping[int, Template] = around.policy.templates
        self.register = around.register
        self.ledger = around.ledger
        self.clocks = around.clocks
        self._draws = around.draws
        self._agency = clock(AGENCY_ZONE)
        self.dispatch = self.dispatch_class(
            self.system,
            str(around.policy.value("cs-sender.sender")),
            self.rules,
            self.values,
            self.clocks,
            self.register,
            around.transport,
            self.ledger,
            around.rate_per_second,
            self._limited(),
            self._bars,
        )
        self._timers: list[tuple[int, int, int]] = []

    def adopt(self, policy: Policy, now: int) -> None:
        """From `now` on these values of the policy are in force; what waits is judged by them at its hand-over."""
        self._take(policy)
        self.dispatch.adopt(self.values, self._limited(), now)

    def handle(self, request: Request, now: int) -> Decision:
        """One press of Send: refused with all its reasons, asked about the hour, sent at once, or held."""
        issue = self.look(request, now)
        if issue.reasons:
            return Decision(Outcome.REFUSED, issue.reasons, 0)
        if not request.confirmed and self._needs_confirmation(request.customer, now):
            return Decision(Outcome.NEEDS_CONFIRMATION, 0, 0)
        due = now if issue.inside else self.dispatch.release_after(request.customer, now)
        self._issue(request, issue, now, due)
        return Decision(Outcome.SENT if issue.inside else Outcome.HELD, 0, due)

    def look(self, request: Request, now: int) -> Issue:
        """Make all tests at `now` without issuing anything (what the dialog shows)."""
        values, rules = self.values, self.rules
        recipient = self.register.recipient(request.customer)
        here = self.clocks[recipient.zone]
        day, time_of_day = here.local(now)
        inside = request.channel != Channel.SMS or bool(
            rules.inside_window(time_of_day, values.opens_ms, values.closes_ms)
        )
        template = self.templates.get(request.template)
        reasons = self._tests(request, recipient, template, day, self._limit_reached(request, now, here, inside))
        return Issue(recipient, template, inside, reasons)

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do."""
        timer = self._timers[0][0] if self._timers else None
        due = self.dispatch.next_due()
        if timer is None or due is None:
            return due if timer is None else timer
        return min(timer, due)

    def advance(self, now: int) -> list[Happening]:
        """Timers that ran out (Cuba's list, the bounce-back run), then the dispatch."""
        happened: list[Happening] = []
        while self._timers and self._timers[0][0] <= now:
            _, message, event = heapq.heappop(self._timers)
            self._ran_out(self.ledger.message(message), event, now, happened)
        happened += self.dispatch.advance(now)
        return happened

    def told(self, happening: Happening) -> list[Happening]:
        """Hear from the gateway: sent, delivered, or failed."""
        record, now = self.ledger.message(happening.message), happening.time
        if happening.event == Event.ACKNOWLEDGED:
            record.state, record.sent, record.status = State.SENT, now, Status.SENT_TO_OPEN_TEXT
            low, high = self._viewable_after
            delay = between(self._draws.uniform(Purpose.CUBA_DELAY, record.ref, record.step), low, high)
            heapq.heappush(self._timers, (now + round(delay), record.message, Event.VIEWABLE))
            return [self._happening(now, Event.SENT_CLAIMED, record, value=now)]
        if happening.event == Event.FAILED and record.failed < 0:
            record.failed = now
            day = self.rules.bounce_day(self._agency.day(now))
            run = self._agency.at(day, self.values.bounce_run_ms)
            heapq.heappush(self._timers, (run, record.message, Event.BOUNCED))
        return []

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        """The zone on record changed: due instants of held messages are computed anew."""
        return self.dispatch.zone_changed(customer, now)

    @abstractmethod
    def _tests(
        self, request: Request, recipient: Recipient, template: Template | None, today: int, limit_reached: int
    ) -> int:
        """The reasons against this message on the recipient's local day `today`."""

    def _route(self, channel: int) -> Dispatch:
        """The outbox by which messages of this channel leave."""
        return self.dispatch

    def _bars(self, record: Record, recipient: Recipient) -> int:
        """The reasons against handing this message over now (`cs-release-recheck`)."""
        fdv = self.register.fdv_undiscussed(record.customer) if self.values.fdv_enforced else 0
        return self.rules.hand_over_reasons(recipient, record.service, record.channel, fdv, self.values)

    def _take(self, policy: Policy) -> None:
        """Read the values that can change within a run."""
        self.values: RuleValues = rule_values(policy)
        self._viewable_after = (
            int(policy.value("cs-status.viewable_min_minutes")) * MINUTE,
            int(policy.value("cs-status.viewable_max_minutes")) * MINUTE,
        )
        scope_all = self.values.scope == 1
        self.counted: tuple[int, ...] = (System.PLUTO, System.CUBA) if scope_all else (System.PLUTO,)

    def _limited(self) -> tuple[int, ...]:
        """The systems whose messages the daily limit counts for this one (empty: it does not bind it)."""
        return self.counted if self.system in self.counted else ()

    def _needs_confirmation(self, customer: int, now: int) -> bool:
        return False

    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        if not self.ledger.of(request.customer) and self.values.limit > 0:
            return 0
        values, rules, customer = self.values, self.rules, request.customer
        today = here.day(now)
        delivery = today if inside else here.day(self.dispatch.release_after(customer, now))
        return rules.daily_limit_reached(
            self.ledger.sent_on(customer, today, here, self.counted),
            self.ledger.sent_on(customer, delivery, here, self.counted),
            self.ledger.waiting_for(customer, delivery, today, here, self.counted),
            values.limit,
            values.counts,
        )

    def _field_flags(self, request: Request, template: Template | None, today: int) -> int:
        if template is None:
            return 0
        fields = template.fields
        return self.rules.field_reasons(
            "contact_time" in fields, "by_date" in fields, request.contact_time, request.by_date, today
        )

    def _issue(self, request: Request, issue: Issue, now: int, due: int) -> None:
        assert issue.template is not None  # an unknown template is a reason to refuse
        record = Record(
            request.message, request.customer, self.system, request.template, issue.template.service, request.channel,
            now, due,
        )  # fmt: skip
        record.officer, record.ref, record.step = request.officer, request.ref, request.step
        record.fields = pack_fields(request.contact_time, request.by_date)
        record.text = self.rules.render(issue.template, request.contact_time, request.by_date)
        self._route(record.channel).accept(record)

    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        if event == Event.VIEWABLE:
            record.viewable = now
            happened.append(self._happening(now, Event.VIEWABLE, record))
            if record.bounced >= 0:  # the bounce back was faster than Cuba's list, and its status stays
                return
            record.status = Status.COMMUNICATION_SENT
        else:
            record.bounced = now
            record.status = Status.BOUNCE_BACK
            happened.append(self._happening(now, Event.BOUNCED, record))
            happened.append(self._happening(now, Event.MARKED_ERROR, record))
        happened.append(self._happening(now, Event.STATUS_CLAIMED, record, value=record.status))

    def _happening(self, time: int, event: int, record: Record, value: int = 0) -> Happening:
        return Happening(time, event, record.message, record.customer, self.system, record.template, 0, int(value))
