"""The Email Exchange: takes messages, acknowledges them, and reports later which could not be delivered.

Unlike the gateway it has no binds and no outages, and there is no hour at which it may not be used (`cs-email`).
*Sent* is the acknowledgement. A receipt follows: delivered to the mailbox, or failed with an error code.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from fakes.people import People
from fakes.protocols import Submission
from fakes.transport import TimedTransport
from sim.clock import SECOND
from sim.draws import Draws, Purpose, lognormal
from sim.history import Event
from sim.messages import System

SENDER_ADDRESS = "child.support@example.com"
"""The address that mail comes from, at a domain that RFC 2606 reserves."""


class EmailError(IntEnum):
    """Why a message could not be delivered."""

    UNKNOWN_ADDRESS = 1  # nobody has this address (any more)
    REFUSED_BY_SERVER = 2  # the mailbox is full, or its server would not take the message


class EmailParameters(NamedTuple):
    """The `email.*` parameters (units in `sim/population/parameters.yaml`)."""

    acknowledgement_ms: float
    acknowledgement_sigma: float
    delivered_share: float
    receipt_seconds: float
    receipt_sigma: float
    error_known_seconds: float
    error_known_sigma: float


class Envelope(NamedTuple):
    """What a mail shows outside: both addresses are at reserved domains."""

    sender: str
    recipient: str


class EmailExchange(TimedTransport):
    """A timed state machine (`fakes.transport`).

    `works(customer)` tells whether somebody still reads the customer's address. A message travels by one channel only,
    so the draws are those of the gateway, keyed by the same cause.
    """

    system = System.EMAIL_EXCHANGE

    def __init__(
        self,
        draws: Draws,
        parameters: EmailParameters,
        content: Callable[[str, str], int],
        works: Callable[[int], bool],
        people: People,
    ) -> None:
        super().__init__(draws, content)
        self._parameters = parameters
        self._works = works
        self._people = people

    def is_open(self, now: int) -> bool:
        """Always: outages of the Email Exchange are not modelled."""
        return True

    def envelope(self, customer: int) -> Envelope:
        """The addresses on a message to this customer."""
        return Envelope(SENDER_ADDRESS, self._people.email(customer))

    def submit(self, submission: Submission, now: int) -> None:
        """Take one message; its arrival is told by the next `advance`, acknowledgement and receipt come later."""
        self._arrives(submission, now)
        self._report(self._acknowledge(submission, now, self._parameters), submission)

    def _report(self, sent: int, submission: Submission) -> None:
        parameters, draws = self._parameters, self._draws
        delay = draws.uniform(Purpose.DELIVERY_DELAY, submission.ref, submission.step)
        works = self._works(submission.customer)
        if works and draws.uniform(Purpose.DELIVERY, submission.ref, submission.step) < parameters.delivered_share:
            seconds = lognormal(delay, parameters.receipt_seconds, parameters.receipt_sigma)
            self._receipt(sent + max(1, round(seconds * SECOND)), Event.DELIVERED, submission)
            return
        seconds = lognormal(delay, parameters.error_known_seconds, parameters.error_known_sigma)
        code = EmailError.REFUSED_BY_SERVER if works else EmailError.UNKNOWN_ADDRESS
        self._receipt(sent + max(1, round(seconds * SECOND)), Event.FAILED, submission, code)
