"""What happens to customers of its own accord: new numbers, moves, services ended or restored, opt-outs lifted, deaths.

Each is a Poisson process of the customer's own, drawn by customer and ordinal, so it is the same whatever else happens.
"""

from collections.abc import Callable

from fakes.cuba import ContactChange
from sim.clock import DAY
from sim.draws import Draws, Purpose, exponential
from sim.messages import MobileStatus, Service
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.machines import Machines
from sim.world.world import World

_YEAR = 365.25 * DAY
_MOST = 1_000
# n of the agenda's keys: kind × _MOST + ordinal.
_NUMBER, _SERVICE, _MOVE, _DEATH, _REMOVAL, _RESTORED, _LIFTED = 1, 2, 3, 4, 5, 6, 7
_INBOUND_OFFICER = 0


def moments(
    draws: Draws, purpose: int, entity: int, per_year: float, start: int, end: int, first: int = 0
) -> list[int]:
    """The instants in [start, end) of a Poisson process of `per_year` a year; its draws are numbered from `first`."""
    times: list[int] = []
    if per_year <= 0:
        return times
    time = float(start)
    for ordinal in range(first, first + _MOST):
        time += exponential(draws.uniform(purpose, entity, ordinal), _YEAR / per_year)
        if time >= end:
            break
        times.append(int(time))
    return times


class Lives:
    """Puts the events of every customer's own life on the agenda."""

    def __init__(self, world: World, machines: Machines, given_up: Callable[[int, int], None]) -> None:
        """`given_up(customer, ordinal)` is called when a number stops working and nobody tells the agency."""
        self.world = world
        self.machines = machines
        self._given_up = given_up
        self._rates: list[tuple[int, Purpose, float, Callable[[int, int], None]]] = [
            (_NUMBER, Purpose.CHANGE_DETAILS, world.parameters["behaviour.changes_number_per_year"], self._new_number),
            (
                _SERVICE,
                Purpose.SPONTANEOUS_OPT_OUT,
                world.parameters["behaviour.service_ended_per_year"],
                self._service,
            ),
            (_MOVE, Purpose.ZONE_MOVE, world.parameters["behaviour.moves_zone_per_year"], self._moves),
            (_REMOVAL, Purpose.REMOVE_MOBILE, world.parameters["behaviour.removes_mobile_per_year"], self._removes),
            (
                _RESTORED,
                Purpose.SERVICE_RESTORED,
                world.parameters["behaviour.service_restored_per_year"],
                self._restored,
            ),
            (_LIFTED, Purpose.OPT_OUT_LIFTED, world.parameters["behaviour.opt_out_lifted_per_year"], self._lifted),
        ]

    def schedule(self, customer: Customer) -> None:
        """Put this customer's events on the agenda."""
        world = self.world
        if customer.role == Role.EMPLOYER:
            return
        for kind, purpose, rate, happens in self._rates:
            for ordinal, time in enumerate(moments(world.draws, purpose, customer.id, rate, world.start, world.end)):
                world.agenda.call(time, Rank.FACT, customer.id, kind * _MOST + ordinal, happens, customer.id, ordinal)
        deaths = world.parameters["population.deaths_per_year"]
        for time in moments(world.draws, Purpose.DEATH, customer.id, deaths, world.start, world.end)[:1]:
            world.agenda.call(time, Rank.FACT, customer.id, _DEATH * _MOST, self._dies, customer.id)

    def _new_number(self, customer: int, ordinal: int) -> None:
        """A new mobile, told at once online, by app or by phone; or not told, and the one on record stops working."""
        world, parameters = self.world, self.world.parameters
        recipient = world.registers.recipient(customer)
        if recipient.deceased or recipient.mobile == MobileStatus.NONE:
            return
        u = world.draws.uniform(Purpose.CHANGE_CHANNEL, customer, 2 * ordinal)
        if u >= parameters["behaviour.tells_new_number"]:
            if customer not in world.strangers:  # the number on record is not theirs
                world.disconnected[customer] = True
                self._given_up(customer, ordinal)
            return
        u = world.draws.uniform(Purpose.CHANGE_CHANNEL, customer, 2 * ordinal + 1)
        online, app = parameters["behaviour.tells_online"], parameters["behaviour.tells_by_app"]
        if u < online:
            by = ContactChange.ONLINE_ACCOUNT
        else:
            by = ContactChange.APP if u < online + app else ContactChange.PHONE
        world.disconnected[customer] = False
        world.strangers.pop(customer, None)
        world.registers.record_mobile(customer, MobileStatus.VALID, by, world.now)
        if by == ContactChange.PHONE:
            world.registers.record_contact(customer, world.now)

    def _removes(self, customer: int, _: int) -> None:
        """The customer has the mobile taken off the record, by phone."""
        registers, now = self.world.registers, self.world.now
        if registers.recipient(customer).mobile != MobileStatus.NONE:
            self.world.strangers.pop(customer, None)
            registers.record_mobile(customer, MobileStatus.NONE, ContactChange.PHONE, now)
            registers.record_contact(customer, now)

    def _service(self, customer: int, ordinal: int) -> None:
        if customer not in self.world.customers:
            return  # the services are Child Support's
        service = Service.REMINDER if ordinal % 2 == 0 else Service.GENERAL
        self.world.cuba.end_service(customer, service, self.world.now)

    def _restored(self, customer: int, _: int) -> None:
        cuba = self.world.cuba
        if customer not in self.world.customers or cuba.recipient(customer).deceased:
            return
        for service in (Service.REMINDER, Service.GENERAL):
            if self.world.machinery.rules.service_ended(cuba.recipient(customer), service):
                cuba.restore_service(customer, service, self.world.now)

    def _lifted(self, customer: int, _: int) -> None:
        """The customer phones and wants messages again; each programme has an opt-out of its own."""
        registers, now = self.world.registers, self.world.now
        recipient = registers.recipient(customer)
        if recipient.opted_out and not recipient.deceased:
            registers.lift_opt_out(customer, _INBOUND_OFFICER, now)
            registers.record_contact(customer, now)

    def _moves(self, customer: int, ordinal: int) -> None:
        """A move to another of the mainland's zones, with the address recorded at once."""
        world = self.world
        zone = world.registers.recipient(customer).zone
        choices = [code for code in range(_MAINLAND_ZONES) if code != zone]
        u = world.draws.uniform(Purpose.ZONE_MOVE, customer, _MOST + ordinal)
        world.registers.record_zone(customer, choices[int(u * len(choices))], world.now)
        self.machines.zone_changed(customer)

    def _dies(self, customer: int) -> None:
        self.world.registers.record_death(customer, self.world.now)


_MAINLAND_ZONES = 8
"""The first zones of `sim.clock.ZONES` are the capitals' and Lindeman."""
