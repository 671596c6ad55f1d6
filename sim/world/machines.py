"""Driving the systems and the transports: when they are due they advance, and what they tell goes into the history."""

from collections.abc import Callable, Iterable

from fakes.protocols import Checked, Happening
from sim.history import Event
from sim.messages import Decision, Outcome, Request, System
from sim.policy.policy import Policy
from sim.world.agenda import Rank
from sim.world.world import World

Hook = Callable[[Happening], None]

CHILD_SUPPORT: tuple[System, ...] = (System.PLUTO, System.CUBA)
"""The senders of Child Support's messages."""
CENTRELINK: tuple[System, ...] = (System.CUSTOMER_FIRST, System.DMIS, System.SAP)
"""The senders of Centrelink's messages."""


class Machines:
    """The pumps of every sender and transport of the world, whichever those are.

    Hooks are called for events that people in the world react to (an alert sent, a bounce back …).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._senders = {int(system): Checked(sender) for system, sender in world.senders.items()}
        self._transports = {int(system): transport for system, transport in world.transports.items()}
        self._pending: dict[int, set[int]] = {machine: set() for machine in (*self._senders, *self._transports)}
        self._sender_of: dict[int, int] = {}
        self._hooks: dict[tuple[int, int], list[Hook]] = {}
        self._reacted: set[tuple[int, int]] = set()

    def on(self, event: Event, hook: Hook, senders: Iterable[System]) -> None:
        """Call `hook` when this event first happens to a message of one of `senders`: people react once, also where a
        broken system sends or bounces a message twice."""
        for sender in senders:
            self._hooks.setdefault((int(event), int(sender)), []).append(hook)

    def send(self, request: Request) -> Decision:
        """Press Send (or ask for an automatic send) now; the request and the answer are recorded by the caller."""
        system = request.system
        decision = self._senders[system].handle(request, self._world.now)
        if decision.outcome in (Outcome.SENT, Outcome.HELD):
            self._sender_of[request.message] = system
            self._arm(system)
        return decision

    def zone_changed(self, customer: int) -> None:
        """Tell the systems that a customer's zone on record changed."""
        for system, sender in self._senders.items():
            self._tell(sender.zone_changed(customer, self._world.now), system)
            self._arm(system)

    def adopt(self, policy: Policy) -> None:
        """Tell the systems that other values of the policy are in force from now on."""
        for system, sender in self._senders.items():
            sender.adopt(policy, self._world.now)
            self._arm(system)

    def wake_all(self) -> None:
        """Advance every sending system now: a transport came back."""
        for system in self._senders:
            self._advance_sender(system)

    def _tell(self, happenings: list[Happening], sender: int) -> None:
        """Write what happened to messages of `sender` into the history and let the world react."""
        append = self._world.history.append
        for happening in happenings:
            time, event, message, customer, system, template, reasons, value = happening
            append(time, event, customer, 0, 0, message, 0, system, template, reasons, value)
            hooks = self._hooks.get((event, sender))
            if hooks and (event, message) not in self._reacted:
                self._reacted.add((event, message))
                for hook in hooks:
                    hook(happening)

    def _arm(self, machine: int) -> None:
        world = self._world
        owner = self._senders.get(machine) or self._transports[machine]
        due = owner.next_due()
        if due is None or due >= world.end:
            return
        due = max(due, world.now)
        pending = self._pending[machine]
        # A wake that is already set for an earlier instant will look again.
        if pending and min(pending) <= due:
            return
        pending.add(due)
        rank = Rank.TRANSPORT if machine in self._transports else Rank.SYSTEM
        world.agenda.call(due, rank, machine, 0, self._wake, machine, due)

    def _wake(self, machine: int, due: int) -> None:
        self._pending[machine].discard(due)
        if machine in self._transports:
            self._advance_transport(machine)
        else:
            self._advance_sender(machine)

    def _advance_sender(self, system: int) -> None:
        now = self._world.now
        self._tell(self._senders[system].advance(now), system)
        for machine, transport in self._transports.items():
            due = transport.next_due()
            if due is not None and due <= now:  # it was handed something just now
                self._advance_transport(machine)
        self._arm(system)

    def _advance_transport(self, machine: int) -> None:
        world = self._world
        for happening in self._transports[machine].advance(world.now):
            sender = self._sender_of[happening.message]
            self._tell([happening], sender)
            if happening.event in (Event.ACKNOWLEDGED, Event.FAILED):
                self._tell(self._senders[sender].told(happening), sender)
                self._arm(sender)
        self._arm(machine)
