"""Driving the systems and the gateway: when they are due they advance, and what they tell goes into the history."""

from collections.abc import Callable

from fakes.protocols import Checked, Happening
from sim.history import Event
from sim.messages import Decision, Outcome, Request, System
from sim.world.agenda import Rank
from sim.world.world import World

Hook = Callable[[Happening], None]


class Machines:
    """The pumps. `hooks` are called for events that people in the world react to (an alert sent, a bounce back …)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pluto = Checked(world.pluto)
        self.automatic = Checked(world.automatic)
        self._senders: dict[int, Checked] = {System.PLUTO: self.pluto, System.CUBA: self.automatic}
        self._pending: dict[int, set[int]] = {System.PLUTO: set(), System.CUBA: set(), System.GATEWAY: set()}
        self.hooks: dict[int, list[Hook]] = {}

    def on(self, event: Event, hook: Hook) -> None:
        """Call `hook` for every happening of this event."""
        self.hooks.setdefault(int(event), []).append(hook)

    def send(self, request: Request) -> Decision:
        """Press Send (or ask for an automatic send) now; the request and the answer are recorded by the caller."""
        system = request.system
        decision = self._senders[system].handle(request, self._world.now)
        if decision.outcome in (Outcome.SENT, Outcome.HELD):
            self._arm(system)
        return decision

    def zone_changed(self, customer: int) -> None:
        """Tell the systems that a customer's zone on record changed."""
        for system, sender in self._senders.items():
            self.tell(sender.zone_changed(customer, self._world.now))
            self._arm(system)

    def wake_all(self) -> None:
        """Advance every sending system now: the gateway came back."""
        for system in self._senders:
            self._advance_sender(system)

    def tell(self, happenings: list[Happening]) -> None:
        """Write what happened into the history and let the world react."""
        append = self._world.history.append
        for happening in happenings:
            time, event, message, customer, system, template, reasons, value = happening
            append(time, event, customer, 0, 0, message, 0, system, template, reasons, value)
            for hook in self.hooks.get(event, ()):
                hook(happening)

    def _arm(self, machine: int) -> None:
        world = self._world
        owner = world.gateway if machine == System.GATEWAY else self._senders[machine]
        due = owner.next_due()
        if due is None or due >= world.end:
            return
        due = max(due, world.now)
        pending = self._pending[machine]
        # A wake that is already set for an earlier instant will look again.
        if pending and min(pending) <= due:
            return
        pending.add(due)
        rank = Rank.TRANSPORT if machine == System.GATEWAY else Rank.SYSTEM
        world.agenda.call(due, rank, machine, 0, self._wake, machine, due)

    def _wake(self, machine: int, due: int) -> None:
        self._pending[machine].discard(due)
        if machine == System.GATEWAY:
            self._advance_gateway()
        else:
            self._advance_sender(machine)

    def _advance_sender(self, system: int) -> None:
        self.tell(self._senders[system].advance(self._world.now))
        self._advance_gateway()
        self._arm(system)

    def _advance_gateway(self) -> None:
        world = self._world
        for happening in world.gateway.advance(world.now):
            self.tell([happening])
            if happening.event in (Event.ACKNOWLEDGED, Event.FAILED):
                system = world.ledger.message(happening.message).system
                self.tell(self._senders[system].told(happening))
                self._arm(system)
        self._arm(System.GATEWAY)
