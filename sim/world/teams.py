"""Team queues: work waits by priority, officers wait by their id.

SimPy's own stores hand out items in the order of insertion; here both sides of the match have a documented order.
"""

import heapq
from typing import Any, Generic, NamedTuple, TypeVar

import simpy

from sim.world.agenda import Agenda, Rank

Item = TypeVar("Item")

# n of the keys: a pause of the same officer that ends at the same instant has 0.
_GIVEN, _DISMISSED = 1, 2


class Waiting(NamedTuple):
    """A place in the queue: the smallest goes first. `ref` makes it unique."""

    priority: int
    since: int
    ref: int


class TeamQueue(Generic[Item]):
    """Work items for one team. Lower `priority` first, then the longest wait, then the smallest `ref`."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._items: list[tuple[Waiting, Item]] = []
        self._idle: dict[int, simpy.Event] = {}

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item, priority: int, ref: int) -> None:
        """Add work; the idle officer with the smallest id takes it at once."""
        heapq.heappush(self._items, (Waiting(priority, int(self._agenda.now), ref), item))
        if self._idle:
            officer = min(self._idle)
            self._give(self._idle.pop(officer), officer)

    def take(self, officer: int) -> simpy.Event:
        """An event whose value is the next item for this officer (None when `dismiss` ended the wait)."""
        event = simpy.Event(self._agenda)
        if self._items:
            self._give(event, officer)
        else:
            self._idle[officer] = event
        return event

    def dismiss(self, officer: int) -> None:
        """End an officer's wait without an item; nothing happens when they are not waiting."""
        event = self._idle.pop(officer, None)
        if event is not None:
            self._agenda.trigger(event, int(self._agenda.now), Rank.STAFF, officer, _DISMISSED)

    def _give(self, event: simpy.Event, officer: int) -> None:
        item: Any = heapq.heappop(self._items)[1]
        self._agenda.trigger(event, int(self._agenda.now), Rank.STAFF, officer, _GIVEN, item)
