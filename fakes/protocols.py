"""The three roles that a messaging system is composed of, and the wrapper that checks what they answer.

Fakes are timed state machines without SimPy: a world, an asyncio loop or a plain test drives the same object by
`handle(request, now)`, `next_due()` and `advance(now)`. Instants are ms UTC.
"""

from typing import NamedTuple, Protocol

from sim.history import Event
from sim.messages import Decision, Outcome, Recipient, Request
from sim.policy.policy import Policy


class Happening(NamedTuple):
    """Something that a machine did at `time`: a row of the history in the making (columns as in `sim.history`)."""

    time: int
    event: int
    message: int
    customer: int
    system: int
    template: int = 0
    reasons: int = 0
    value: int = 0


class Transport(Protocol):
    """A gateway, the Email Exchange: takes messages and reports what became of them."""

    def is_open(self, now: int) -> bool:
        """Whether it takes messages at `now` (False during an outage)."""

    def submit(self, submission: "Submission", now: int) -> None:
        """Take one message. Called only while open."""

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to tell, or None."""

    def advance(self, now: int) -> list[Happening]:
        """All that happened up to and including `now`, in order."""


class Submission(NamedTuple):
    """What a sending system offers to a transport. `ref` and `step` name the cause: they key the transport's draws."""

    message: int
    customer: int
    system: int
    template: int
    sender: str
    text: str
    ref: int
    step: int


class Register(Protocol):
    """Who the people are: the records that the rules are tested against."""

    def recipient(self, customer: int) -> Recipient:
        """The facts of this customer as recorded now. Raises KeyError for an unknown customer."""

    def fdv_undiscussed(self, customer: int) -> int:
        """1 when `cs-fdv` bars SMS to this customer now: the other party of an open process whose applicant raised
        concerns that were not yet discussed with the applicant."""


class SendingSystem(Protocol):
    """Pluto, Cuba's automatic EM, and later Customer First, DMIS and SAP."""

    def handle(self, request: Request, now: int) -> Decision:
        """One press of Send, or one automatic send."""

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do, or None."""

    def advance(self, now: int) -> list[Happening]:
        """Do all that is due up to and including `now` and tell it, in order."""

    def told(self, happening: Happening) -> list[Happening]:
        """Hear from a transport (ACKNOWLEDGED, DELIVERED, FAILED) and tell what follows at once."""

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        """The zone on record of this customer changed at `now`."""

    def adopt(self, policy: Policy, now: int) -> None:
        """From `now` on other values of the policy are in force. Facts of this millisecond are on record already."""


class ProtocolError(RuntimeError):
    """A system answered outside the protocol; the text holds the request and the answer."""


_TRANSPORTS_OWN = frozenset((Event.ARRIVED, Event.ACKNOWLEDGED, Event.DELIVERED, Event.FAILED))


class Checked:
    """A sending system whose answers are checked before anybody believes them."""

    def __init__(self, system: SendingSystem) -> None:
        self.system = system
        self._clock = -1

    def handle(self, request: Request, now: int) -> Decision:
        decision = self.system.handle(request, now)
        if not isinstance(decision, Decision):
            raise ProtocolError(f"{request} answered {decision!r}, which is no Decision")
        outcome, reasons, due = decision
        accepted = outcome in (Outcome.SENT, Outcome.HELD)
        if not accepted and outcome not in (Outcome.REFUSED, Outcome.NEEDS_CONFIRMATION):
            raise ProtocolError(f"{request} answered with the outcome {outcome}, which a Send cannot have")
        if (outcome == Outcome.REFUSED) != (reasons != 0):
            raise ProtocolError(f"{request} answered {decision}: a refusal has reasons and nothing else has")
        if accepted and due < now:
            raise ProtocolError(f"{request} answered {decision}: due before the Send at {now}")
        return decision

    def next_due(self) -> int | None:
        return self.system.next_due()

    def advance(self, now: int) -> list[Happening]:
        if now < self._clock:
            raise ProtocolError(f"time ran backwards: advance({now}) after advance({self._clock})")
        self._clock = now
        return self._checked(self.system.advance(now), now)

    def told(self, happening: Happening) -> list[Happening]:
        return self._checked(self.system.told(happening), happening.time)

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        return self._checked(self.system.zone_changed(customer, now), now)

    def adopt(self, policy: Policy, now: int) -> None:
        self.system.adopt(policy, now)

    def _checked(self, happenings: list[Happening], now: int) -> list[Happening]:
        for happening in happenings:
            if happening.event in _TRANSPORTS_OWN:
                raise ProtocolError(f"a sending system told what only a transport can know: {happening}")
            if happening.time != now:
                raise ProtocolError(f"{Event(happening.event).name} of {happening.time} told at {now}: {happening}")
            if happening.message <= 0 or happening.customer <= 0:
                raise ProtocolError(f"{Event(happening.event).name} names no message or no customer: {happening}")
        return happenings
