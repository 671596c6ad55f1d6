"""DMIS: the nightly run that finds who is to get which of the nine debt messages, and sends them (policy.md F).

Once an agency date it looks at every customer with a day that could matter. The order of its tests: recipient,
vulnerability, disaster, conditions, similar; the hierarchy picks one; then the gap and the one nudge a day. What is
eligible and what is suppressed, by which rule and winner, is told as spans: when it begins or changes, and its end.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fakes.centrelink_sender import CentrelinkSender, CentrelinkSurroundings
from fakes.debts import Debt
from fakes.ledger import Record, State
from sim.clock import AGENCY_ZONE, clock
from sim.history import Event
from sim.messages import Reason, Recipient, Request, System
from sim.policy.calendar import business_day_before
from sim.policy.debt import MESSAGES, DebtFacts
from sim.policy.debt_values import BUSINESS_DAY, DebtValues
from sim.policy.templates import Template

_FIRST_TEMPLATE = 400
_NUMBERS = range(1, len(MESSAGES) + 1)
_SPARE_DAYS = 3  # looked at beyond what any condition names, so that a rule that errs by days is seen to err


class Span(NamedTuple):
    """A row of the history in the making: a span of eligibility or suppression begins (or changes), or has ended.

    `day` is the run day of the beginning, or the last run day of a span that ended; `winner` is a template's code.
    """

    event: int
    customer: int
    template: int
    reasons: int
    winner: int
    day: int


class Night(NamedTuple):
    """What a nightly run found: the spans that changed, and the (customer, template) to send."""

    day: int
    spans: list[Span]
    picks: list[tuple[int, int]]


class Contest(NamedTuple):
    """The outcome for one customer on one night: why each eligible message loses, to whom, and which one goes (0)."""

    reasons: dict[int, tuple[int, int]]
    goes: int


class Dmis(CentrelinkSender):
    """The system. `run` is called once an agency date; what it picks is then asked of `handle`."""

    system = System.DMIS

    def __init__(self, around: CentrelinkSurroundings) -> None:
        super().__init__(around)
        self._reach = _reach(self.debt_values)
        self._agency = clock(AGENCY_ZONE)
        self._last_run = -1
        self._watched: dict[int, int] = {}  # customer: the last day that could matter, for now
        self._later: dict[int, list[int]] = {}  # day from which a customer is to be watched
        self._eligible: dict[int, int] = {}  # customer: mask of messages whose span is open
        self._suppressed: dict[int, dict[int, tuple[int, int]]] = {}
        self._injected: dict[int, int] = {}  # customer: mask of messages that count as eligible whatever is on record

    def run(self, now: int) -> Night:
        """The nightly run of the agency date of `now`."""
        day = self._agency.day(now)
        self._watch(day)
        night = Night(day, [], [])
        for customer in sorted(self._watched | self._injected):
            mask = self._eligible_mask(customer, now, day) | self._injected.get(customer, 0)
            contest = self._contest(customer, mask, now, day) if mask else Contest({}, 0)
            if mask or customer in self._eligible:
                night.spans.extend(self._changes(customer, mask, contest, day))
            if contest.goes:
                night.picks.append((customer, _FIRST_TEMPLATE + contest.goes))
        self._last_run = now
        return night

    def inject(self, customer: int, template: int) -> None:
        """Treat the customer as eligible for this template from the next run on: for tests of messages whose conditions
        exclude each other."""
        self._injected[customer] = self._injected.get(customer, 0) | 1 << template - _FIRST_TEMPLATE

    # Whom to look at

    def _watch(self, day: int) -> None:
        """Watch whoever has a day within reach: a debt that changed, or one whose day has come near."""
        due = self.register.debts.take_changed() + self._later.pop(day, [])
        expired = [customer for customer, last in self._watched.items() if last < day]
        for customer in dict.fromkeys(expired + due):
            spans = self._near(customer, day)
            if spans and spans[0][0] <= day:
                self._watched[customer] = spans[0][1]
                continue
            # One more night closes what is open.
            if customer in self._eligible:
                self._watched[customer] = day
            else:
                self._watched.pop(customer, None)
            if spans:
                self._later.setdefault(spans[0][0], []).append(customer)

    def _near(self, customer: int, day: int) -> list[tuple[int, int]]:
        """The (first, last) days around each day of the customer's debts, from today on, soonest first."""
        book, reach = self.register.debts, self._reach
        near = []
        for debt in book.of(customer):
            if debt.is_paid:
                continue
            completed = self._agency.day(debt.hardship_completed) if debt.hardship_completed >= 0 else 0
            days = (
                debt.due, debt.repayment_due, debt.declined, debt.write_off_ends, book.customer_write_off(customer)[1],
                debt.auto_setup_ends, debt.pause_ended, debt.restarted, completed,
            )  # fmt: skip
            for one, (before, after) in zip(days, reach, strict=True):
                if one and one + after >= day:
                    near.append((one + before, one + after))
        return sorted(near)

    # Eligibility

    def facts(self, debt: Debt, now: int) -> DebtFacts:
        """What the conditions turn on for one debt, as on record at `now`."""
        book, customer = self.register.debts, debt.customer
        code, ends = book.customer_write_off(customer)
        completed = debt.hardship_completed
        return DebtFacts(
            current_customer=self.register.is_current(customer),
            withholdings_eligible=self.register.withholdings_eligible(customer),
            paid=int(debt.is_paid),
            due_day=debt.due,
            arrangement=debt.arrangement,
            arrangement_status=debt.status,
            repayment_due_day=debt.repayment_due,
            declined_day=debt.declined,
            withholdable_payment=debt.withholdable,
            debt_write_off=debt.write_off,
            customer_write_off=code,
            write_off_ends_day=max(debt.write_off_ends, ends),
            pause_completed=self.rules.completed_since(completed, self._last_run, now) if completed >= 0 else 0,
            xcshsms=debt.xcshsms,
            pause_ended_day=debt.pause_ended,
            recovery_restarted_day=debt.restarted,
            auto_setup_day=debt.auto_setup_ends,
        )

    def _eligible_mask(self, customer: int, now: int, day: int) -> int:
        mask = 0
        for debt in self.register.debts.of(customer):
            mask |= self.rules.messages_met(self.facts(debt, now), day, self.debt_values)
        return mask

    # The contest

    def _contest(self, customer: int, mask: int, now: int, day: int) -> Contest:
        """Why each message of `mask` loses and to which template, and the one that goes."""
        rules, values = self.rules, self.debt_values
        due_ms = self.due(customer, (day, values.due_ms), now)
        due_day = self.clocks[self.register.recipient(customer).zone].day(due_ms)
        lost: dict[int, tuple[int, int]] = {}
        similar: dict[int, int] = {}
        recipient = self.register.recipient(customer)
        for message in _NUMBERS:
            if mask >> message & 1:
                template = self.templates[_FIRST_TEMPLATE + message]
                barred = self.recipient_reasons(customer, recipient, template)
                if barred:
                    lost[message] = (barred, 0)
                else:
                    similar[message] = self._similar(customer, message, due_day)
        allowed = sum(1 << message for message, earlier in similar.items() if not earlier)
        picked = rules.pick(allowed, values.order)
        gap_template, nudge_template = self._stopped(customer, picked, due_day, due_ms) if picked else (0, 0)
        goes = 0
        for message, earlier in similar.items():
            reasons = rules.suppressed_reasons(
                message, picked, int(not earlier), int(not gap_template), int(not nudge_template)
            )
            if reasons:
                lost[message] = (reasons, rules.winner(reasons, picked, earlier, gap_template, nudge_template))
            else:
                goes = message
        return Contest(lost, goes)

    def _similar(self, customer: int, message: int, due_day: int) -> int:
        """The template of the latest similar message that stops this one (`dr-similar`), 0 for none."""
        values = self.debt_values
        group = values.similar_group[message]
        for record in reversed(self._own(customer)):
            earlier = record.template - _FIRST_TEMPLATE
            if values.similar_group[earlier] == group:
                days = due_day - self.counted_day(record)
                if not self.rules.similar_allows(days, values.similar_days[message], values.similar_boundary):
                    return record.template
        return 0

    def _stopped(self, customer: int, picked: int, due_day: int, due_ms: int) -> tuple[int, int]:
        """The templates that stop the pick: by the gap (`dr-gap`), and by the nudge limit (`dr-one-nudge`)."""
        rules, values = self.rules, self.debt_values
        own = self._own(customer)
        gap = 0
        if own:
            waiting = [record for record in own if record.sent < 0]
            last = waiting[-1] if waiting else max(own, key=lambda record: (self.counted_day(record), record.due))
            before = business_day_before(due_day) if values.gap == BUSINESS_DAY else 0
            day = self.counted_day(last)
            if not rules.gap_allows(day, last.due, due_day, due_ms, values.gap, before, int(bool(waiting))):
                gap = last.template
        return gap, self.nudge_in_the_way(customer, _FIRST_TEMPLATE + picked, due_day)

    def _own(self, customer: int) -> list[Record]:
        """DMIS messages to the customer that were sent or wait, in the order of issue; withdrawn ones do not count."""
        return [
            record
            for record in self.ledger.of(customer)
            if record.system == self.system and record.state != State.WITHDRAWN
        ]

    # Spans

    def _changes(self, customer: int, mask: int, contest: Contest, day: int) -> Iterator[Span]:
        """What differs from the run before: spans end before others begin."""
        open_mask = self._eligible.get(customer, 0)
        held = self._suppressed.get(customer, {})
        for message in _NUMBERS:
            template, bit = _FIRST_TEMPLATE + message, 1 << message
            before, after = held.get(message), contest.reasons.get(message)
            if before is not None and before != after:
                yield Span(Event.SUPPRESSED_ENDED, customer, template, *before, day - 1)
            if open_mask & bit and not mask & bit:
                yield Span(Event.ELIGIBLE_ENDED, customer, template, 0, 0, day - 1)
            if mask & bit and not open_mask & bit:
                yield Span(Event.ELIGIBLE, customer, template, 0, 0, day)
            if after is not None and after != before:
                yield Span(Event.SUPPRESSED, customer, template, *after, day)
        if mask:
            self._eligible[customer] = mask
            self._suppressed[customer] = contest.reasons
        else:
            self._eligible.pop(customer, None)
            self._suppressed.pop(customer, None)

    # The protocol

    def _further_tests(self, request: Request, recipient: Recipient, template: Template | None, now: int) -> int:
        """The rules that hold between messages, tested again at the issue: nothing gets round them."""
        if template is None or template.system != self.system:
            return 0
        due = self.due(request.customer, self._plan(request, now), now)
        due_day = self.clocks[recipient.zone].day(due)
        message = template.code - _FIRST_TEMPLATE
        gap, nudge = self._stopped(request.customer, message, due_day, due)
        similar = self._similar(request.customer, message, due_day)
        return (Reason.SIMILAR if similar else 0) | (Reason.GAP if gap else 0) | (Reason.ONE_NUDGE if nudge else 0)

    def _plan(self, request: Request, now: int) -> tuple[int, int]:
        return self._agency.day(now), self.debt_values.due_ms


def _reach(values: DebtValues) -> tuple[tuple[int, int], ...]:
    """For each sort of day (in the order of `Dmis._near`) the first and the last day, counted from it, on which it
    could matter to a run."""
    ends = (
        -max(values.restarts[1], values.withholdings_restart[1]),
        -min(values.restarts[0], values.withholdings_restart[0]),
    )
    exact = (
        (-values.due_soon[1], values.debt_overdue[1]), values.overdue, values.declined, ends, ends,
        (-values.auto_setup[1], -values.auto_setup[0]), values.restarted, values.restarted, (0, 1),
    )  # fmt: skip
    return tuple((first - _SPARE_DAYS, last + _SPARE_DAYS) for first, last in exact)
