"""Disasters: declared for a range of postcodes and ended; the arrangements that they cease are reinstated later.

While the pause covers the postcodes no debt message goes there. Arrangements come back some days after it ends, so the
notice that withholdings will restart falls into those days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fakes.debts import DISASTER
from sim.clock import DAY
from sim.draws import Choice, Purpose, exponential
from sim.messages import ArrangementStatus, Vulnerability
from sim.population.centrelink import POSTCODES
from sim.world.agenda import Rank
from sim.world.debt_lives import DebtLife, Timetable
from sim.world.interruptions import ENDS_AT, Interruptions
from sim.world.lives import moments
from sim.world.world import World

if TYPE_CHECKING:
    from sim.scenario.load import Fault

_LOOK_BACK = 120 * DAY  # disasters declared so long before the start may still be in force
_SHORTEST_DAYS = 14
_IN_FORCE = (ArrangementStatus.PND, ArrangementStatus.CUR)
_EVERYWHERE = 1  # the entity of the draws of when disasters happen
_STATE, _PLACE, _LENGTH = range(3)
# n of the agenda's keys, apart from those of customers.
_DECLARED, _ENDED, _REINSTATED = 700_000, 700_001, 700_002
_FIRST_GIVEN = 100_000  # the ref of the first disaster that a load gives; those of chance count from 1


class Plan(NamedTuple):
    """One disaster: `ref` 1, 2, 3 …; the postcodes from `first` to `last`; `ends`: the day on which its pause ends;
    `reinstated`: the day on which the arrangements that it ceased are reinstated."""

    ref: int
    first: int
    last: int
    ends: int
    reinstated: int


class Disasters:
    """The disasters of a run. `debts_of(customer)` are the lives that they may touch; `confirms(life)` is called when
    an arrangement is reinstated."""

    def __init__(
        self,
        world: World,
        timetable: Timetable,
        interruptions: Interruptions,
        debts_of: Callable[[int], list[DebtLife]],
        confirms: Callable[[DebtLife], None],
    ) -> None:
        self.world = world
        self.register = world.centrelink
        self.timetable = timetable
        self.interruptions = interruptions
        self._debts_of = debts_of
        self._confirms = confirms
        self._by_postcode: list[tuple[int, int]] = []
        self._state = Choice([world.parameters[f"population.state_{state.lower()}"] for state in POSTCODES])

    def schedule(self, customers: list[int], given: Sequence["Fault"] = ()) -> None:
        """Put the run's disasters on the agenda: those of chance, and those `given`. Those of chance that are in force
        at the start are declared at once."""
        world = self.world
        self._by_postcode = sorted((self.register.postcode(customer), customer) for customer in customers)
        rate = float(world.parameters["debt.disasters_per_year"])
        draws = self.timetable.draws
        times = moments(draws, Purpose.DISASTER, _EVERYWHERE, rate, world.start - _LOOK_BACK, world.end)
        for ordinal, time in enumerate(times):
            plan = self._plan(ordinal, world.agency.day(time))
            if time >= world.start:
                world.agenda.call(time, Rank.FACT, plan.ref, _DECLARED, self._declared, plan)
            elif plan.reinstated > self.timetable.today:
                self._declared(plan)
        after = int(world.parameters["debt.disaster_reinstated_days"])
        for number, fault in enumerate(given):
            assert fault.postcodes is not None
            ends = world.agency.day(fault.starts) + fault.days
            plan = Plan(_FIRST_GIVEN + number, *fault.postcodes, ends, ends + after)
            if world.start <= fault.starts < world.end:
                world.agenda.call(fault.starts, Rank.FACT, plan.ref, _DECLARED, self._declared, plan)

    def _plan(self, ordinal: int, day: int) -> Plan:
        parameters, uniform = self.world.parameters, self.timetable.draws.uniform
        purpose, entity = Purpose.DISASTER_EFFECT, ordinal + 1
        low, high = list(POSTCODES.values())[self._state(uniform(purpose, entity, _STATE))]
        size = min(int(parameters["debt.disaster_postcodes"]), high - low + 1)
        first = low + int(uniform(purpose, entity, _PLACE) * (high - low + 2 - size))
        length = exponential(uniform(purpose, entity, _LENGTH), float(parameters["debt.disaster_days"]))
        ends = day + _SHORTEST_DAYS + int(length)
        return Plan(entity, first, first + size - 1, ends, ends + int(parameters["debt.disaster_reinstated_days"]))

    def _declared(self, plan: Plan) -> None:
        world, now = self.world, self.world.now
        if plan.ends > self.timetable.today:
            self.register.debts.declare_disaster(plan.ref, plan.first, plan.last, plan.ends, now)
            self._later(plan.ends, plan, _ENDED, self._ended)
        share: float = world.parameters["debt.disaster_vulnerable"]
        touched = [customer for customer in self._within(plan) if not self.register.recipient(customer).deceased]
        vulnerable = []
        for customer in touched:
            if self.timetable.draws.uniform(Purpose.VULNERABLE_LATER, customer, plan.ref) < share:
                vulnerable.append(customer)
                self.register.set_vulnerability(customer, Vulnerability.NATURAL_DISASTER, True, now)
            for life in self._debts_of(customer):
                self._cease(life, plan)
        self._later(plan.reinstated, plan, _REINSTATED, self._recovered, vulnerable)

    def _within(self, plan: Plan) -> list[int]:
        places = self._by_postcode
        begin, end = bisect_left(places, (plan.first, 0)), bisect_right(places, (plan.last + 1, 0))
        return [customer for _, customer in places[begin:end]]

    def _cease(self, life: DebtLife, plan: Plan) -> None:
        """An arrangement in force ceases until the disaster's arrangements are reinstated."""
        debt = life.debt
        if life.interrupted or debt.is_paid or not debt.arrangement or debt.status not in _IN_FORCE:
            return
        self.interruptions.begin(life)
        self.register.debts.cease_by_disaster(debt.ref, plan.reinstated, self.world.now)
        self.register.debts.start_pause(debt.ref, DISASTER, plan.reinstated, self.world.now)
        self.timetable.on(life, plan.reinstated, ENDS_AT, self._reinstated)

    def _reinstated(self, life: DebtLife) -> None:
        """The pause ends and the arrangement comes back at its previous rate."""
        debt, now, today = life.debt, self.world.now, self.timetable.today
        self.register.debts.end_pause(debt.ref, today, now)
        self.register.debts.set_arrangement(debt.ref, debt.arrangement, ArrangementStatus.CUR, now)
        self._confirms(life)
        self.interruptions.restart(life)

    def _ended(self, plan: Plan) -> None:
        self.register.debts.end_disaster(plan.ref, self.world.now)

    def _recovered(self, _: Plan, vulnerable: list[int]) -> None:
        for customer in vulnerable:
            self.register.set_vulnerability(customer, Vulnerability.NATURAL_DISASTER, False, self.world.now)

    def _later(self, day: int, plan: Plan, n: int, function: Callable[..., None], *arguments: object) -> None:
        time = self.world.agency.daily(day, ENDS_AT)
        if time < self.world.end:
            self.world.agenda.call(time, Rank.FACT, plan.ref, n, function, plan, *arguments)
