"""The gateway and the Email Exchange of a scenario: no chance, no bind; what happens is written in the file.

Acknowledged one millisecond after it was taken, delivered six seconds later or failed half an hour later, unless the
scenario says otherwise. What is offered during an outage waits and is taken when the gateway is back.
"""

import heapq
from typing import NamedTuple

from sim.clock import MINUTE, SECOND
from sim.history import Event

DELIVERED_AFTER, FAILED_AFTER = 6 * SECOND, 30 * MINUTE
UNKNOWN_SUBSCRIBER = 1


class Plan(NamedTuple):
    """What becomes of messages to one customer; durations in ms, `reported_after` counts from sent (-1: as usual)."""

    reports: str
    acknowledged_after: int
    reported_after: int


class Report(NamedTuple):
    """What the transport tells of a message."""

    time: int
    message: int
    event: int
    value: int


class ScriptedTransport:
    """One channel. Instants are ms UTC."""

    def __init__(self) -> None:
        self.is_open = True
        self._waiting: list[tuple[int, int, Plan]] = []
        self._due: list[tuple[int, int, int, Report]] = []
        self._count = 0

    def take(self, message: int, content: int, plan: Plan, now: int) -> None:
        """Take a message (`content`: the code of sender and text), or let it wait for the end of an outage."""
        if not self.is_open:
            self._waiting.append((message, content, plan))
            return
        self._push(now, message, Event.ARRIVED, content)
        sent = now + plan.acknowledged_after
        self._push(sent, message, Event.ACKNOWLEDGED)
        failed = plan.reports == "failed"
        after = plan.reported_after if plan.reported_after >= 0 else FAILED_AFTER if failed else DELIVERED_AFTER
        for _ in range({"nothing": 0, "twice": 2}.get(plan.reports, 1)):
            if failed:
                self._push(sent + after, message, Event.FAILED, UNKNOWN_SUBSCRIBER)
            else:
                self._push(sent + after, message, Event.DELIVERED)

    def opens(self, now: int) -> None:
        """The outage ends."""
        self.is_open = True
        waiting, self._waiting = self._waiting, []
        for message, content, plan in waiting:
            self.take(message, content, plan, now)

    def tells(self, message: int, event: int, now: int) -> None:
        """Tell of a message now, whatever was planned for it."""
        self._push(now, message, event, UNKNOWN_SUBSCRIBER if event == Event.FAILED else 0)

    def next_due(self) -> int | None:
        """The next report."""
        return self._due[0][0] if self._due else None

    def advance(self, now: int) -> list[Report]:
        """The reports up to and including `now`, in order."""
        reports = []
        while self._due and self._due[0][0] <= now:
            reports.append(heapq.heappop(self._due)[3])
        return reports

    def _push(self, time: int, message: int, event: int, value: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._due, (time, message, self._count, Report(time, message, int(event), value)))
