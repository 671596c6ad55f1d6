"""Mobiles on record that somebody else has: numbers that were given to others, and records that were mixed up.

No system knows. What is sent to such a number reaches a stranger, who may be a customer too.
"""

from sim.clock import DAY
from sim.draws import Purpose
from sim.history import Event
from sim.messages import MobileStatus, System
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.lives import moments
from sim.world.world import World

_NEIGHBOURHOOD = 1_000
"""Ids among which the stranger is drawn, so that who it is does not turn on how many are simulated."""
# n of READER: what is drawn of a number that somebody else has; the first one is that of the start.
_AT_START, _IS_CUSTOMER, _WHO, _OWN_WRONG, _PARTS = 0, 1, 2, 3, 4
_MIXED_UP, _GIVEN_AWAY = 100, 500  # ordinals, by how it came about
_MIXES = 600_000  # ordinals of CHANGE_DETAILS
_MIXED_UP_KEY, _GIVEN_AWAY_KEY = 21_000, 22_000  # n of the agenda's keys


class Strangers:
    """Puts on the agenda when a customer's number becomes somebody else's."""

    def __init__(self, world: World) -> None:
        self.world = world
        parameters = world.parameters
        self._at_start: float = parameters["misdirected.reassigned_at_start"]
        self._mixed_up: float = parameters["misdirected.mixed_up_per_year"]
        self._is_customer: float = parameters["misdirected.reader_is_customer"]
        self._own_wrong: float = parameters["misdirected.reader_record_wrong_share"]
        self._quarantine = round(float(parameters["misdirected.quarantine_days"]) * DAY)

    def schedule(self, customer: Customer) -> None:
        """Whose number this customer's record holds at the start, and when records are mixed up."""
        world = self.world
        if customer.role == Role.EMPLOYER:
            return
        if self._u(customer.id, _AT_START) < self._at_start:
            self._passes_on(customer.id, 0)
        times = moments(
            world.draws, Purpose.CHANGE_DETAILS, customer.id, self._mixed_up, world.start, world.end, _MIXES
        )
        for ordinal, time in enumerate(times):
            n = _MIXED_UP + ordinal
            world.agenda.call(time, Rank.FACT, customer.id, _MIXED_UP_KEY + ordinal, self._passes_on, customer.id, n)

    def given_up(self, customer: int, ordinal: int) -> None:
        """A customer gave a number up without telling the agency: after a quarantine somebody else gets it."""
        world = self.world
        time = world.now + self._quarantine
        if time < world.end:
            n = _GIVEN_AWAY + ordinal
            world.agenda.call(time, Rank.FACT, customer, _GIVEN_AWAY_KEY + ordinal, self._given_away, customer, n)

    def _given_away(self, customer: int, n: int) -> None:
        if self.world.disconnected.pop(customer, False):
            self._passes_on(customer, n)

    def _passes_on(self, customer: int, n: int) -> None:
        """The number on record works, and another one reads what is sent to it."""
        world = self.world
        if customer not in world.customers or customer in world.strangers or world.disconnected.get(customer):
            return
        if world.cuba.recipient(customer).mobile != MobileStatus.VALID:
            return
        reader = 0
        if self._u(customer, _PARTS * n + _IS_CUSTOMER) < self._is_customer:
            first = customer - customer % _NEIGHBOURHOOD
            chosen = first + int(self._u(customer, _PARTS * n + _WHO) * _NEIGHBOURHOOD)
            known = world.customers.get(chosen)
            if known is not None and chosen != customer and known.role != Role.EMPLOYER:
                reader = chosen
                if self._u(customer, _PARTS * n + _OWN_WRONG) < self._own_wrong:
                    # The number was meant for their own record, where the old one still stands.
                    world.disconnected[reader] = True
        world.strangers[customer] = reader
        world.history.append(world.now, Event.NUMBER_REASSIGNED, customer, reader, system=System.WORLD)

    def _u(self, customer: int, n: int) -> float:
        return self.world.draws.uniform(Purpose.READER, customer, n)
