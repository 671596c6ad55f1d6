"""Email addresses that people give up: told to the agency at once, or found by a bounce back."""

from fakes.cuba import ContactChange
from sim.draws import Purpose
from sim.messages import EmailStatus
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.lives import moments
from sim.world.world import World

# Ordinals of CHANGE_DETAILS and CHANGE_CHANNEL beyond those of mobiles, and n of the agenda's keys.
_CHANGES = 500_000
_AT_START = 900_000
_GIVEN_UP = 20_000


class Addresses:
    """Puts the changes of every customer's email address on the agenda."""

    def __init__(self, world: World) -> None:
        self.world = world
        parameters = world.parameters
        self._dead_at_start: float = parameters["email.dead_at_start"]
        self._given_up: float = parameters["email.given_up_per_year"]
        self._tells: float = parameters["email.tells_new_address"]

    def schedule(self, customer: Customer) -> None:
        """Which address is dead from the start, and when the customer gives one up."""
        world = self.world
        if customer.role == Role.EMPLOYER or customer.email == EmailStatus.NONE:
            return
        if world.chance(Purpose.CHANGE_CHANNEL, customer.id, _AT_START, self._dead_at_start):
            world.dead_addresses[customer.id] = True
        times = moments(
            world.draws, Purpose.CHANGE_DETAILS, customer.id, self._given_up, world.start, world.end, _CHANGES
        )
        for ordinal, time in enumerate(times):
            world.agenda.call(time, Rank.FACT, customer.id, _GIVEN_UP + ordinal, self._gives_up, customer.id, ordinal)

    def _gives_up(self, customer: int, ordinal: int) -> None:
        world = self.world
        if world.cuba.recipient(customer).deceased:
            return
        told = world.chance(Purpose.CHANGE_CHANNEL, customer, _CHANGES + ordinal, self._tells)
        world.dead_addresses[customer] = not told
        if told:
            world.cuba.record_email(customer, EmailStatus.VALID, ContactChange.ONLINE_ACCOUNT, world.now)
