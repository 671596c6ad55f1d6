"""The office: desks of officers, Team Leaders and Service Support Officers, their shifts, and the team queues."""

import heapq
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim.clock import DAY, SECOND
from sim.history import Event
from sim.messages import ProcessKind
from sim.population.officers import Officer, OfficerRole, is_working_day, team_of
from sim.world.agenda import Rank
from sim.world.promises import Promise
from sim.world.teams import TeamQueue
from sim.world.world import WorkItem, World

Steps = Generator[simpy.Event, Any, None]

# What else may happen to an officer at the instant at which a pause ends (n of the key; a pause has 0, `take` has 1).
_SHIFT_STARTS, _SHIFT_ENDS, _CONSULT_ANSWERED, _CONSULT_GIVEN_UP = 3, 4, 5, 6

URGENT, FOLLOW_UP, ORDINARY = 1, 2, 3
"""Priorities in the team queues."""

_SERVING = (OfficerRole.SERVICE_OFFICER, OfficerRole.INTEGRATED_SERVICE_OFFICER)
_OWN_QUEUES = 2  # Integrated Service Officers and the SAS Team


class Desk:
    """One member of staff: whether they are on shift, and the calls that they promised."""

    def __init__(self, officer: Officer) -> None:
        self.officer = officer
        self.id = officer.id
        self.on_shift = False
        self.shift_ends = -1
        self._calls: list[tuple[int, int, Promise]] = []

    def promise_due(self, due: int, promise: Promise) -> None:
        """A promised call is to be made from `due` on."""
        heapq.heappush(self._calls, (due, promise.message, promise))

    def next_call(self) -> Promise | None:
        """The promised call that is due longest and still open, taken from the desk."""
        while self._calls:
            promise = heapq.heappop(self._calls)[2]
            if promise.open and promise.officer == self.id:
                return promise
        return None

    def open_calls(self) -> list[Promise]:
        """All promised calls that are due at this desk and still open, longest due first."""
        return [call for _, _, call in sorted(self._calls, key=lambda entry: entry[:2]) if call.open]


class Consultation:
    """A question to a Service Support Officer or Team Leader; `answered` happens with its answer or is given up."""

    def __init__(self, ref: int, customer: int, asker: int, answered: simpy.Event) -> None:
        self.ref = ref
        self.customer = customer
        self.asker = asker
        self.answered = answered
        self.open = True


class Office:
    """All desks and queues. Work of a kind goes to the team that takes it (`sim.population.officers.team_of`).

    Behind the queues of Child Support's teams stand those of the Integrated Service Officers and of the Specialised
    Assessment Services (SAS) Team (`sim.population.specialists`).
    """

    def __init__(self, world: World, staff: list[Officer]) -> None:
        self.world = world
        self.desks = {officer.id: Desk(officer) for officer in staff}
        self.team_count = int(world.parameters["staff.teams"])
        self.queues: list[TeamQueue[Any]] = [TeamQueue(world.agenda) for _ in range(self.team_count + _OWN_QUEUES)]
        self.sas = self.queues[self.team_count + 1]
        self.leaders: TeamQueue[Promise] = TeamQueue(world.agenda)
        self.support: TeamQueue[Consultation] = TeamQueue(world.agenda)
        self._waits = self.world.parameters["handling.lookup_wait_minutes"]

    def put(self, item: WorkItem, priority: int, arrived: bool = True) -> None:
        """Put work into its team's queue; `arrived` records the arrival (not for work that was only put back)."""
        if arrived:
            self.world.note(
                Event.WORK_ARRIVED, item.customer, item.ref, value=item.kind, other=item.process, message=item.message
            )
        own_queue = item.kind == ProcessKind.INTEGRATED
        team = self.team_count if own_queue else team_of(item.kind, self.team_count)
        self.queues[team].put(item, priority, item.ref)

    def wake(self, desk: Desk) -> None:
        """Let an idle officer look at their promised calls."""
        self.queues[desk.officer.team].dismiss(desk.id)

    def available(self, instead_of: Officer) -> Desk | None:
        """The officer on shift with the fewest promised calls, of the same sort: of this team, else of any."""
        best = None
        for desk in self.desks.values():
            officer = desk.officer
            if not desk.on_shift or officer.role != instead_of.role or desk.id == instead_of.id:
                continue
            key = (officer.team != instead_of.team, len(desk.open_calls()), desk.id)
            if best is None or key < best[0]:
                best = (key, desk)
        return best[1] if best else None

    def consult(self, desk: Desk, item: WorkItem) -> Generator[simpy.Event, Any, bool]:
        """Ask the Service Support Officers; True when an answer came before the officer gave up waiting."""
        world = self.world
        question = Consultation(item.ref, item.customer, desk.id, simpy.Event(world.agenda))
        world.note(Event.CONSULTED, item.customer, item.ref, desk.id, value=1)
        self.support.put(question, ORDINARY, item.ref)
        patience = round(float(self._waits) * 60 * SECOND)
        world.agenda.call(world.now + patience, Rank.STAFF, desk.id, _CONSULT_GIVEN_UP, self._give_up, question)
        answer = yield question.answered
        return bool(answer)

    def answer(self, question: Consultation) -> None:
        """Tell the officer who asked."""
        if question.open:
            question.open = False
            self.world.agenda.trigger(
                question.answered, self.world.now, Rank.STAFF, question.asker, _CONSULT_ANSWERED, True
            )

    def _give_up(self, question: Consultation) -> None:
        if question.open:
            question.open = False
            self.world.agenda.trigger(
                question.answered, self.world.now, Rank.STAFF, question.asker, _CONSULT_ANSWERED, False
            )

    def shifts(
        self, desk: Desk, work: Callable[[Desk], Steps], queue: TeamQueue[Any], leaves: Callable[[Desk], None]
    ) -> Steps:
        """A member of staff's life: every working day of their office `work` until the end of the shift."""
        world, officer = self.world, desk.officer
        own = world.clocks[officer.zone]
        day = own.day(world.now)
        while own.midnight(day) < world.end:
            starts, ends = own.at(day, officer.starts), own.at(day, officer.ends)
            if is_working_day(officer, day) and world.now <= starts < world.end:
                yield world.agenda.at(starts, Rank.STAFF, desk.id, _SHIFT_STARTS)
                desk.on_shift, desk.shift_ends = True, ends
                world.note(Event.SHIFT_STARTED, officer=desk.id, value=(ends - starts) // SECOND)
                world.agenda.call(ends, Rank.STAFF, desk.id, _SHIFT_ENDS, queue.dismiss, desk.id)
                yield from work(desk)
                desk.on_shift = False
                leaves(desk)
                world.note(Event.SHIFT_ENDED, officer=desk.id)
            day += 1

    def next_opening(self, team: int, after: int) -> int:
        """The first start of a shift of this team at least twelve hours after `after`: the next business day."""
        starts = []
        for desk in self.desks.values():
            officer = desk.officer
            if officer.team != team or officer.role not in _SERVING:
                continue
            own = self.world.clocks[officer.zone]
            day = own.day(after) + 1
            while not is_working_day(officer, day):
                day += 1
            starts.append(own.at(day, officer.starts))
        return max(min(starts), after + DAY // 2)
