"""Calls: rounds on all available numbers, the promised calls of pre call alerts, and their hand-over."""

from collections.abc import Generator
from typing import Any

import simpy

from fakes.protocols import Happening
from sim.clock import MINUTE
from sim.draws import Purpose, between
from sim.history import Event
from sim.messages import ContactTime
from sim.policy.procedures import promise_end
from sim.policy.routing import PRE_CALL_REVIEW, review_promise_end
from sim.world.agenda import Rank
from sim.world.office import Desk, Office
from sim.world.promises import CALL_WITHIN_TWO_HOURS, CHECK_BEFORE_END, Promise, aim
from sim.world.steps import Step
from sim.world.world import WorkItem, World

_PLANNED, _PLANNED_UNSENT, _CHECKED = 1, 2, 3
_ATTEMPTS_A_ROUND = 16

Call = Generator[simpy.Event, Any, bool]


class Calls:
    """The telephone work of the officers."""

    def __init__(self, world: World, office: Office) -> None:
        self.world = world
        self.office = office
        self._promises: dict[int, Promise] = {}
        self.rounds: dict[int, int] = {}

    def round(
        self, desk: Desk, item: WorkItem, customer: int, number_of_round: int, promise: Promise | None = None
    ) -> Call:
        """One attempt on each available number until the customer answers; True when they did."""
        world = self.world
        alert = promise.message if promise else 0
        since = world.now - promise.sent if promise and promise.sent >= 0 else None
        numbers = world.cuba.numbers(customer) if customer in world.customers else 1
        for number in range(1, numbers + 1):
            attempt = number_of_round * _ATTEMPTS_A_ROUND + number
            world.note(Event.CALL_ATTEMPTED, customer, item.ref, desk.id, number, alert)
            if world.telephone.answered(item.ref, attempt, since):
                world.note(Event.CALL_ANSWERED, customer, item.ref, desk.id, number, alert)
                world.registers.record_contact(customer, world.now)
                yield world.pause(desk.id, world.duration("conversation", item.ref, Step.CALL + attempt))
                return True
            yield world.pause(desk.id, world.duration("ring", item.ref, Step.CALL + attempt))
        return False

    # Promised calls

    def promised(self, desk: Desk, item: WorkItem, message: int, contact_time: int, template: int = 0) -> Promise:
        """An alert was issued: its call is owed. `template`: that of a notification from Customer First."""
        promise = Promise(message, item.customer, item, desk.id, contact_time, self.world.now, template)
        self._promises[message] = promise
        return promise

    def plan(self, promise: Promise, from_: int) -> None:
        """Plan the call of an alert that was sent (or issued, if the officer does not wait for it) at `from_`."""
        world, item = self.world, promise.item
        review = promise.template == PRE_CALL_REVIEW
        low, high = CALL_WITHIN_TWO_HOURS if review else aim(promise.contact_time, *self._aim())
        wait = round(between(world.draws.uniform(Purpose.CALL_DELAY, item.ref, item.stage), low, high) * MINUTE)
        desk = self.office.desks[promise.officer]
        if promise.template and desk.on_shift:  # before the shift ends, while there is somebody to hand it to
            wait = max(MINUTE, min(wait, desk.shift_ends - from_ - CHECK_BEFORE_END))
        n = _PLANNED if promise.sent >= 0 else _PLANNED_UNSENT
        world.agenda.call(from_ + wait, Rank.REMINDER, promise.message, n, self._due, promise)

    def _aim(self) -> tuple[float, float]:
        """Within how many minutes a call of the next hour is aimed at."""
        value = self.world.policy.value
        return float(value("cs-precall.aim_from_minutes")), float(value("cs-precall.aim_to_minutes"))

    def alert_sent(self, happening: Happening) -> None:
        """The gateway acknowledged a message: if it is an alert, its promise begins."""
        promise = self._promises.get(happening.message)
        if promise is None or not promise.open:
            return
        world = self.world
        promise.sent = happening.time
        by_issue = world.values.promise_from and not promise.template
        promised_at = promise.issued if by_issue else happening.time
        here = world.clock_of(promise.customer)
        day_ends = here.midnight(here.day(promised_at) + 1)
        if promise.template:
            review_ms = int(world.policy.value("cf-precall.review_minutes")) * MINUTE
            promise.ends = review_promise_end(promise.template, promised_at, day_ends, review_ms)
        else:
            promise.ends = promise_end(promise.contact_time, promised_at, day_ends, world.values.precall_hour_ms)
        self.plan(promise, happening.time)
        check = promise.ends - CHECK_BEFORE_END
        if check > world.now:
            world.agenda.call(check, Rank.REMINDER, promise.message, _CHECKED, self._check, promise)

    def alert_withdrawn(self, happening: Happening) -> None:
        """A held alert was withdrawn: there is nothing to keep."""
        promise = self._promises.pop(happening.message, None)
        if promise is not None and promise.open:
            promise.open = False
            self.world.note(
                Event.CALL_PROMISE_DROPPED, promise.customer, officer=promise.officer, message=promise.message
            )

    def keep(self, desk: Desk, promise: Promise) -> Call:
        """Make a promised call."""
        promise.open = False
        item = promise.item
        return (yield from self.round(desk, item, promise.customer, 1, promise))

    def hand_over(self, promise: Promise) -> None:
        """The officer cannot call in time: the call goes to the Team Leader at once, unless that step is skipped."""
        world, item = self.world, promise.item
        if world.chance(Purpose.STEP_SKIPPED, item.ref, Step.HAND_OVER, world.parameters["behaviour.step_skipped"]):
            return
        world.note(Event.HANDED_TO_TEAM_LEADER, promise.customer, item.ref, promise.officer, message=promise.message)
        self.office.leaders.put(promise, 1, promise.message)

    def reassign(self, promise: Promise) -> None:
        """The Team Leader gives the call to another officer on shift; with nobody there it stays where it was."""
        if not promise.open:
            return
        world, item = self.world, promise.item
        former = self.office.desks[promise.officer]
        desk = self.office.available(former.officer) or former
        promise.officer = desk.id
        if desk is not former:
            world.note(Event.REASSIGNED, promise.customer, item.ref, desk.id, message=promise.message)
        desk.promise_due(world.now, promise)
        self.office.wake(desk)

    def _due(self, promise: Promise) -> None:
        if not promise.open:
            return
        desk = self.office.desks[promise.officer]
        if not desk.on_shift:
            self.hand_over(promise)
        desk.promise_due(self.world.now, promise)
        self.office.wake(desk)

    def _check(self, promise: Promise) -> None:
        if promise.open and promise.contact_time == ContactTime.NEXT_HOUR:
            self.hand_over(promise)
