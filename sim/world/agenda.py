"""Time in the world: one keyed event on SimPy's heap.

Simultaneous events happen in a documented total order that does not depend on who was scheduled first: by (time, rank,
entity, n). The key is coded as SimPy's integer priority and must be unique at its time, which is asserted. SimPy's own
`timeout` is never used, because its ties are broken by the order of insertion.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import simpy
from simpy.events import NORMAL, EventPriority


class Rank(IntEnum):
    """The order of kinds at the same millisecond. Facts come before the tests that turn on them (policy.md, Words)."""

    OUTAGE = 1
    FACT = 2  # entity: customer
    POLICY = 3  # other values of the policy are in force; entity: number of the change
    ANSWER = 4  # what customers do about a message; entity: message
    TRANSPORT = 5
    SYSTEM = 6
    NIGHTLY = 7
    REMINDER = 8  # what officers do about a message later; entity: message
    ARRIVAL = 9  # entity: ref
    STAFF = 10  # entity: officer


_N_BITS = 20
_ENTITY_BITS = 48


class Agenda(simpy.Environment):
    """A SimPy environment in integer ms UTC whose events are keyed."""

    def __init__(self, start: int) -> None:
        super().__init__(initial_time=start)
        self._last: tuple[float, int] = (-1, -1)

    def at(self, time: int, rank: int, entity: int, n: int = 0, value: Any = None) -> simpy.Event:
        """An event that happens at `time`; a process may yield it. Raises ValueError for a time that has passed."""
        event = simpy.Event(self)
        self.trigger(event, time, rank, entity, n, value)
        return event

    def trigger(self, event: simpy.Event, time: int, rank: int, entity: int, n: int = 0, value: Any = None) -> None:
        """Let an event that nobody has triggered yet happen at `time`."""
        delay = time - self._now
        if delay < 0:
            raise ValueError(f"{Rank(rank).name} of {entity} lies {-delay} ms in the past")
        event._ok = True
        event._value = value
        key = ((rank << _ENTITY_BITS | entity) << _N_BITS) | n
        self.schedule(event, EventPriority(key), delay)

    def call(self, time: int, rank: int, entity: int, n: int, function: Callable[..., None], *arguments: Any) -> None:
        """Call `function(*arguments)` at `time`."""
        event = self.at(time, rank, entity, n)
        assert event.callbacks is not None
        event.callbacks.append(lambda _: function(*arguments))

    def step(self) -> None:
        """Process the next event; two events with the same key at the same time are a fault of ours."""
        time, key, _, event = self._queue[0]
        if key > NORMAL:
            assert (time, key) != self._last, f"two events share the key {key:#x} at {time}: {event}"
            self._last = (time, key)
        super().step()
