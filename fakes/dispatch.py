"""Holding, releasing and handing over: what every sending system does with a message that it has issued.

A message is *held* until its due instant, then waits in the *outbox* for a free slot of the system's bind, is tested
again on the facts of that instant (`cs-release-recheck`), and is handed over. One that still waits when its recipient's
window closes is held again at that instant (`cs-window-at-gateway`).
"""

import heapq
from collections import deque
from collections.abc import Callable

from fakes.ledger import Ledger, Record, State
from fakes.protocols import Happening, Register, Submission, Transport
from sim.clock import SECOND, Clock
from sim.history import Event
from sim.messages import Channel, Reason, Recipient, Status
from sim.policy.bundle import Rules
from sim.policy.values import RuleValues


class Dispatch:
    """The held messages and the throttled outbox of one sending system.

    `rate` is the number of messages a second that its bind takes; `counted` are the systems whose messages the daily
    limit counts for this one (empty: no limit here); `bars` are the reasons against handing a message over to its
    recipient as on record at that instant.
    """

    def __init__(
        self,
        system: int,
        sender: str,
        rules: Rules,
        values: RuleValues,
        clocks: list[Clock],
        register: Register,
        transport: Transport,
        ledger: Ledger,
        rate: float,
        counted: tuple[int, ...],
        bars: Callable[[Record, Recipient], int],
    ) -> None:
        self.system = system
        self.sender = sender
        self.rules = rules
        self.values = values
        self.clocks = clocks
        self.register = register
        self.transport = transport
        self.ledger = ledger
        self.counted = counted
        self._bars = bars
        self._plans: dict[int, tuple[int, int]] = {}
        self._interval = max(1, round(SECOND / rate))
        self._held: list[tuple[int, int, Record]] = []
        self._outbox: deque[Record] = deque()
        self._next_slot = 0
        self._now = 0
        self._closes_at = -1  # no recipient in the outbox sees the window close before this instant

    def adopt(self, values: RuleValues, counted: tuple[int, ...], now: int) -> None:
        """From `now` on other values are in force, and the limit counts these systems: when the windows of those who
        wait in the outbox close is worked out anew."""
        self.values = values
        self.counted = counted
        if self._outbox:
            self._closes_at = min(
                self._closes_for(record, self._clock(record.customer), now) for record in self._outbox
            )

    def accept(self, record: Record, plan: tuple[int, int] | None = None) -> None:
        """Take an issued message: into the outbox when it is due at its issue, otherwise among the held ones. `plan` is
        the local (day, time of day in ms) for which a batch meant it: it moves with the zone on record."""
        self.ledger.add(record)
        if plan is not None:
            self._plans[record.message] = plan
        if record.due <= record.issued:
            self._to_outbox(record, record.issued)
        else:
            self._hold(record)

    def next_due(self) -> int | None:
        """The next instant at which something is to be done."""
        due = self._held[0][0] if self._held else None
        if self._outbox:
            closes = self._closes_at
            # During an outage nothing can be handed over; whoever ends it advances the systems.
            slot = max(self._next_slot, self._now)
            slot = slot if self.transport.is_open(slot) else closes
            waiting = min(slot, closes)
            due = waiting if due is None else min(due, waiting)
        return due

    def advance(self, now: int) -> list[Happening]:
        """Release what is due, hold again what the window's end overtook, hand over what the bind takes."""
        self._now = now
        happened: list[Happening] = []
        while self._held and self._held[0][0] <= now:
            due, _, record = heapq.heappop(self._held)
            if record.state == State.HELD and record.due == due:
                self._fall_due(record, now, happened)
        if self._outbox and self._closes_at <= now:
            self._hold_overtaken(now, happened)
        while self._outbox and self._next_slot <= now and self.transport.is_open(now):
            self._hand_over(self._outbox.popleft(), now, happened)
        return happened

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        """Compute the due instants of the customer's held messages anew, in the zone now on record."""
        happened: list[Happening] = []
        records = self.ledger.of(customer)
        if not records:
            return happened  # nor need the register know the customer
        clock = self._clock(customer)
        for record in records:
            if record.system != self.system:
                continue
            if record.state == State.OUTBOX:
                self._closes_at = min(self._closes_at, self._closes_for(record, clock, now))
            if record.state == State.HELD:
                due = max(now, self._due_anew(clock, record))
                if due != record.due:
                    record.due = due
                    self._hold(record)
                    happened.append(self._happening(now, Event.HELD_AGAIN, record, value=due))
        return happened

    def release_after(self, customer: int, now: int) -> int:
        """The due instant of a message that is issued outside the window at `now`."""
        return self._release(self._clock(customer), customer, now)

    def planned(self, customer: int, plan: tuple[int, int]) -> int:
        """The due instant of a message meant for this local (day, time of day): then, or at the next opening."""
        return self._planned(self._clock(customer), customer, plan)

    def _planned(self, clock: Clock, customer: int, plan: tuple[int, int]) -> int:
        day, time_of_day = plan
        if self.rules.inside_window(time_of_day, self.values.opens_ms, self.values.closes_ms):
            return clock.daily(day, time_of_day)
        return self._opening(clock, customer, day + (time_of_day >= self.values.opens_ms))

    def _due_anew(self, clock: Clock, record: Record) -> int:
        plan = self._plans.get(record.message)
        if plan is not None and record.held_at == record.issued:
            return self._planned(clock, record.customer, plan)
        return self._release(clock, record.customer, record.held_at)

    def _clock(self, customer: int) -> Clock:
        return self.clocks[self.register.recipient(customer).zone]

    def _release(self, clock: Clock, customer: int, held_at: int) -> int:
        """The opening at which a message held at `held_at` goes, by the reading of "the next day" in force."""
        values = self.values
        day, time_of_day = clock.local(held_at)
        if self.rules.inside_window(time_of_day, values.opens_ms, values.closes_ms):
            offset = 1  # it was held in another zone, or by the limit: the next day it is
        else:
            offset = self.rules.release_day_offset(time_of_day, values.opens_ms, values.closes_ms, values.release)
        return self._opening(clock, customer, day + offset)

    def _opening(self, clock: Clock, customer: int, day: int) -> int:
        return clock.daily(day, self.values.opens_ms) + self.rules.spread_offset(customer, self.values.spread_ms)

    def _closes_for(self, record: Record, clock: Clock, now: int) -> int:
        """When the recipient's window closes, so that what waits in the outbox is looked at then."""
        day, time_of_day = clock.local(now)
        # What may go after closing time (email, or whatever a system's rule lets it send) is looked at again tomorrow,
        # and not for ever at this instant.
        open_after = time_of_day >= self.values.closes_ms and self._is_open_for(record, time_of_day)
        return clock.daily(day + open_after, self.values.closes_ms)

    def _fall_due(self, record: Record, now: int, happened: list[Happening]) -> None:
        """A message is due: into the outbox, or held again at once when the window has been moved in the meantime."""
        clock = self._clock(record.customer)
        day, time_of_day = clock.local(now)
        if self._is_open_for(record, time_of_day):
            self._to_outbox(record, now)
        else:
            self._hold_for_window(record, clock, day, time_of_day, now, happened)

    def _to_outbox(self, record: Record, now: int) -> None:
        record.state = State.OUTBOX
        closes = self._closes_for(record, self._clock(record.customer), now)
        self._closes_at = closes if not self._outbox else min(self._closes_at, closes)
        self._outbox.append(record)

    def _hold(self, record: Record) -> None:
        record.state = State.HELD
        heapq.heappush(self._held, (record.due, record.message, record))

    def _hold_again(self, record: Record, due: int, now: int, reason: int, happened: list[Happening]) -> None:
        record.due, record.held_at = due, now
        record.status = Status.HELD
        self._hold(record)
        happened.append(self._happening(now, Event.HELD_AGAIN, record, reasons=reason, value=due))

    def _hold_overtaken(self, now: int, happened: list[Happening]) -> None:
        waiting, self._outbox = self._outbox, deque()
        self._closes_at = -1
        for record in waiting:
            clock = self._clock(record.customer)
            day, time_of_day = clock.local(now)
            if self._is_open_for(record, time_of_day):
                self._to_outbox(record, now)
            else:
                self._hold_for_window(record, clock, day, time_of_day, now, happened)

    def _is_open_for(self, record: Record, time_of_day: int) -> bool:
        if record.channel != Channel.SMS:
            return True
        return bool(self.rules.inside_window(time_of_day, self.values.opens_ms, self.values.closes_ms))

    def _hold_for_window(
        self, record: Record, clock: Clock, day: int, time_of_day: int, now: int, happened: list[Happening]
    ) -> None:
        # Before the opening only a message whose recipient moved can be here: it has waited its day already.
        due = self._opening(clock, record.customer, day + (time_of_day >= self.values.opens_ms))
        if due <= now:  # the hour of the opening comes twice that day, and a spread led into its second pass
            due = clock.exists(day, self.values.opens_ms)[-1]
        self._hold_again(record, due, now, Reason.SEND_WINDOW, happened)

    def _hand_over(self, record: Record, now: int, happened: list[Happening]) -> None:
        customer = record.customer
        recipient = self.register.recipient(customer)
        clock = self.clocks[recipient.zone]
        day, time_of_day = clock.local(now)
        if not self._is_open_for(record, time_of_day):
            self._hold_for_window(record, clock, day, time_of_day, now, happened)
            return
        reasons = self._bars(record, recipient)
        if reasons:
            record.state, record.status = State.WITHDRAWN, Status.WITHDRAWN
            happened.append(self._happening(now, Event.WITHDRAWN, record, reasons=reasons))
            return
        if self.counted and self._limit_is_full(customer, day, clock):
            self._hold_again(record, self._next_room(record, clock, day), now, Reason.DAILY_LIMIT, happened)
            return
        record.state = State.IN_FLIGHT
        self._next_slot = max(self._next_slot, now) + self._interval
        happened.append(self._happening(now, Event.HANDED_OVER, record))
        self.transport.submit(
            Submission(
                record.message,
                customer,
                self.system,
                record.template,
                self.sender,
                record.text,
                record.ref,
                record.step,
            ),
            now,
        )

    def _limit_is_full(self, customer: int, day: int, clock: Clock) -> bool:
        sent = self.ledger.sent_on(customer, day, clock, self.counted) + self.ledger.in_flight(customer, self.counted)
        return bool(self.rules.limit_at_hand_over(sent, self.values.limit, self.values.counts))

    def _next_room(self, record: Record, clock: Clock, day: int) -> int:
        """The opening of the next local day on which fewer than the limit are waiting (with a limit of 0 no day has
        room, and it is held from day to day)."""
        customer, today = record.customer, day
        while True:
            day += 1
            waiting = self.ledger.waiting_for(customer, day, today, clock, self.counted)
            if waiting < self.values.limit or self.values.limit == 0:
                return self._opening(clock, customer, day)

    def _happening(self, now: int, event: int, record: Record, reasons: int = 0, value: int = 0) -> Happening:
        return Happening(now, event, record.message, record.customer, self.system, record.template, int(reasons), value)
