"""The SMS gateway ("open text"): takes messages, acknowledges them, and reports later what became of each.

Each sending system has a bind of its own. A bind takes so many messages a second; what comes faster waits in the bind's
queue. *Sent* is the acknowledgement. A receipt follows: delivered, failed with an error code, or never.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import NamedTuple

from fakes.people import ReservedOutcome
from fakes.protocols import Submission
from fakes.transport import TimedTransport
from sim.clock import SECOND
from sim.draws import Draws, Purpose, lognormal
from sim.history import Event
from sim.messages import System

LATE_FACTOR = 600
"""How much later than usual a reserved "late" recipient's receipt comes."""


class ErrorCode(IntEnum):
    """Why a message could not be delivered."""

    UNKNOWN_SUBSCRIBER = 1  # the number does not work (any more)
    EXPIRED = 2  # not delivered within the gateway's validity period


class GatewayParameters(NamedTuple):
    """The `gateway.*` parameters (units in `sim/population/parameters.yaml`)."""

    rate_per_second: float
    acknowledgement_ms: float
    acknowledgement_sigma: float
    delivered_share: float
    never_reported_share: float
    receipt_seconds: float
    receipt_sigma: float
    error_known_seconds: float
    error_known_sigma: float


class SmsGateway(TimedTransport):
    """A timed state machine (`fakes.transport`).

    `works(customer)` tells whether the customer's number really works; `reserved` names customers whose number chooses
    its outcome (`fakes.people.RESERVED_OUTCOMES`).
    """

    system = System.GATEWAY

    def __init__(
        self,
        draws: Draws,
        parameters: GatewayParameters,
        content: Callable[[str, str], int],
        works: Callable[[int], bool],
        outages: list[tuple[int, int]] | None = None,
        reserved: Mapping[int, ReservedOutcome] | None = None,
    ) -> None:
        super().__init__(draws, content)
        self._parameters = parameters
        self._works = works
        self._reserved = reserved or {}
        self._interval = max(1, round(SECOND / parameters.rate_per_second))
        self._free: dict[int, int] = {}
        bounds = sorted(outages or [])
        self._edges = [edge for outage in bounds for edge in outage]
        if self._edges != sorted(self._edges):
            raise ValueError("gateway outages overlap")

    def is_open(self, now: int) -> bool:
        """False from the start of an outage up to, not including, its end."""
        return bisect_right(self._edges, now) % 2 == 0

    def submit(self, submission: Submission, now: int) -> None:
        """Take one message; its arrival is told by the next `advance`, acknowledgement and receipt come later."""
        if not self.is_open(now):
            raise ConnectionError(f"the gateway is down at {now}")
        self._arrives(submission, now)
        begins = max(now, self._free.get(submission.system, now))
        self._free[submission.system] = begins + self._interval
        self._report(self._acknowledge(submission, begins, self._parameters), submission)

    def _report(self, sent: int, submission: Submission) -> None:
        parameters, customer = self._parameters, submission.customer
        chance = self._draws.uniform(Purpose.DELIVERY, submission.ref, submission.step)
        delay = self._draws.uniform(Purpose.DELIVERY_DELAY, submission.ref, submission.step)
        outcome = self._reserved.get(customer) or self._by_chance(customer, chance)
        if outcome == ReservedOutcome.NEVER_REPORTED:
            return
        if outcome == ReservedOutcome.BOUNCED:
            seconds = lognormal(delay, parameters.error_known_seconds, parameters.error_known_sigma)
            code = ErrorCode.EXPIRED if self._works(customer) else ErrorCode.UNKNOWN_SUBSCRIBER
            self._receipt(sent + max(1, round(seconds * SECOND)), Event.FAILED, submission, code)
            return
        seconds = lognormal(delay, parameters.receipt_seconds, parameters.receipt_sigma)
        if outcome == ReservedOutcome.LATE:
            seconds *= LATE_FACTOR
        self._receipt(sent + max(1, round(seconds * SECOND)), Event.DELIVERED, submission)

    def _by_chance(self, customer: int, chance: float) -> ReservedOutcome:
        parameters = self._parameters
        if not self._works(customer) or chance >= parameters.delivered_share:
            return ReservedOutcome.BOUNCED
        if chance < parameters.delivered_share * parameters.never_reported_share:
            return ReservedOutcome.NEVER_REPORTED
        return ReservedOutcome.DELIVERED
