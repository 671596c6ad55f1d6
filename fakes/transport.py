"""What the SMS gateway and the Email Exchange have in common: they tell in order what comes due.

*Sent* is the acknowledgement. Arrivals are told by the transport, so that nobody has to believe a sender's claims.
"""

import heapq
from collections.abc import Callable
from typing import Protocol

from fakes.protocols import Happening, Submission
from sim.draws import Draws, Purpose, lognormal
from sim.history import Event
from sim.messages import System


class Acknowledging(Protocol):
    """The parameters of an acknowledgement: the median (ms) and the standard deviation of its logarithm."""

    @property
    def acknowledgement_ms(self) -> float: ...

    @property
    def acknowledgement_sigma(self) -> float: ...


class TimedTransport:
    """Arrivals, acknowledgements and receipts on a timeline. `content(sender, text)` is the code of the exact words."""

    system: System

    def __init__(self, draws: Draws, content: Callable[[str, str], int]) -> None:
        self._draws = draws
        self._content = content
        self._due: list[tuple[int, int, int, Happening]] = []

    def next_due(self) -> int | None:
        """The next arrival, acknowledgement or receipt."""
        return self._due[0][0] if self._due else None

    def advance(self, now: int) -> list[Happening]:
        """Arrivals, acknowledgements and receipts up to and including `now`, in order of (time, message)."""
        happened: list[Happening] = []
        while self._due and self._due[0][0] <= now:
            happened.append(heapq.heappop(self._due)[3])
        return happened

    def _arrives(self, submission: Submission, now: int) -> None:
        self._push(now, 0, Event.ARRIVED, submission, self._content(submission.sender, submission.text))

    def _acknowledge(self, submission: Submission, begins: int, parameters: Acknowledging) -> int:
        """Acknowledge a message that is taken up at `begins`; the instant at which it is sent."""
        latency = lognormal(
            self._draws.uniform(Purpose.ACKNOWLEDGEMENT, submission.ref, submission.step),
            parameters.acknowledgement_ms,
            parameters.acknowledgement_sigma,
        )
        sent = begins + max(1, round(latency))
        self._push(sent, 1, Event.ACKNOWLEDGED, submission)
        return sent

    def _receipt(self, time: int, event: Event, submission: Submission, code: int = 0) -> None:
        self._push(time, 2, event, submission, code)

    def _push(self, time: int, rank: int, event: int, submission: Submission, value: int = 0) -> None:
        message, customer, _, template = submission[:4]
        happening = Happening(time, event, message, customer, self.system, template, 0, value)
        heapq.heappush(self._due, (time, message, rank, happening))
