"""Cuba, the gateway, Pluto and Cuba's automatic EM on one clock that a test moves by hand: no SimPy, no luck.

The gateway acknowledges after exactly one millisecond and delivers everything, unless a test says otherwise. Times
are written as ISO 8601 texts with an offset, so that no expected instant comes from the code under test.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.cuba import Cuba, Process
from fakes.cuba_automatic import CubaAutomatic
from fakes.ledger import Ledger, Record
from fakes.people import People, ReservedOutcome
from fakes.pluto import Pluto
from fakes.protocols import Checked, Happening
from fakes.sender import Surroundings
from fakes.sms_gateway import GatewayParameters, SmsGateway
from sim.clock import ZONES, instant, zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import (
    Decision,
    EmailStatus,
    MobileStatus,
    Outcome,
    ProcessKind,
    Recipient,
    Request,
    SpecialisedArea,
    System,
)
from sim.policy.bundle import RULES, Rules
from sim.policy.policy import load_policy

PLAIN = 102
"""A desktop template without fields, of the service General."""
REMINDER = 105
"""A desktop template of the service Reminder; it needs a By date."""
ALERT = 1
"""S001, which needs a contact time."""
AUTOMATIC_REMINDER, AUTOMATIC_NOTICE = 201, 203

SYDNEY, PERTH = "Australia/Sydney", "Australia/Perth"
GATEWAY = GatewayParameters(
    rate_per_second=1000.0,
    acknowledgement_ms=1.0,
    acknowledgement_sigma=0.0,
    delivered_share=1.0,
    never_reported_share=0.0,
    receipt_seconds=6.0,
    receipt_sigma=0.0,
    error_known_seconds=1800.0,
    error_known_sigma=0.0,
)
RECIPIENT = Recipient(0, int(MobileStatus.VALID), int(EmailStatus.VALID), 0, 0, 0, 0, 0, 0)
_MOST_STEPS = 10_000


class Bench:
    """The systems of Child Support with a clock (`now`, ms UTC) and all that they told so far (`told`)."""

    def __init__(
        self,
        start: str,
        sets: Mapping[str, object] | None = None,
        *,
        rules: Rules = RULES,
        gateway: GatewayParameters = GATEWAY,
        outages: Sequence[tuple[str, str]] = (),
        reserved: Mapping[int, ReservedOutcome] | None = None,
    ) -> None:
        self.now = instant(start)
        self.history = History()
        self.ledger = Ledger()
        self.cuba = Cuba(self.history, self.ledger)
        self.working: dict[int, bool] = {}
        draws = Draws(1)
        self._outages = [(instant(starts), instant(ends)) for starts, ends in outages]
        self.gateway = SmsGateway(
            draws,
            gateway,
            self.history.content,
            lambda customer: self.working.get(customer, True),
            self._outages,
            reserved,
        )
        around = Surroundings(
            rules, load_policy(sets), self.cuba, self.ledger, self.gateway, zone_clocks(), draws,
            gateway.rate_per_second,
        )  # fmt: skip
        self.pluto = Pluto(around, People(1))
        self.automatic = CubaAutomatic(around)
        self.senders = {System.PLUTO: Checked(self.pluto), System.CUBA: Checked(self.automatic)}
        self.told: list[Happening] = []
        self._messages = 0

    # People

    def customer(self, number: int = 1, zone: str = SYDNEY, **facts: Any) -> int:
        """Enter a customer with a valid mobile; `facts` replace fields of the Recipient."""
        recipient = RECIPIENT._replace(zone=ZONES.index(zone), **facts)
        self.cuba.enter(number, recipient, 1, SpecialisedArea.NONE, False, False, self.now)
        return number

    def moves(self, customer: int, zone: str) -> list[Happening]:
        """Record a new zone and tell the systems."""
        self.cuba.record_zone(customer, ZONES.index(zone), self.now)
        happened = [one for sender in self.senders.values() for one in sender.zone_changed(customer, self.now)]
        self.told += happened
        return happened

    def concerned_process(self, ref: int, applicant: int, other: int) -> None:
        """Open a process on which the applicant raises family and domestic violence concerns."""
        self.cuba.open_process(Process(ref, ProcessKind.CHANGE_OF_CARE, applicant, other, False), self.now)
        self.cuba.raise_fdv(ref, applicant, self.now)

    # Messages

    def request(self, customer: int = 1, template: int = PLAIN, system: int = System.PLUTO, **fields: Any) -> Request:
        """A press of Send; message and step are counted up, so that every message has draws of its own."""
        self._messages += 1
        bars = self.cuba.fdv_undiscussed(customer)
        given = {"officer": 7, "ref": 1, "step": self._messages, "fdv_undiscussed": bars, **fields}
        return Request(self._messages, customer, int(system), template, **given)

    def send(self, customer: int = 1, template: int = PLAIN, system: int = System.PLUTO, **fields: Any) -> Decision:
        """Press Send now."""
        return self.ask(self.request(customer, template, system, **fields))

    def ask(self, request: Request) -> Decision:
        """Hand a request to the system that it names."""
        return self.senders[System(request.system)].handle(request, self.now)

    def sends(self, count: int, customer: int = 1, **fields: Any) -> list[Decision]:
        """Press Send `count` times now; the one-hour question is answered with Send beforehand."""
        return [self.send(customer, confirmed=1, **fields) for _ in range(count)]

    def accepted(self, count: int, customer: int = 1, **fields: Any) -> int:
        """Of `count` presses of Send now, how many the system took."""
        return sum(one.outcome in (Outcome.SENT, Outcome.HELD) for one in self.sends(count, customer, **fields))

    # Time

    def until(self, moment: str | int) -> list[Happening]:
        """Let time pass up to and including `moment`; what the systems told on the way."""
        end = instant(moment) if isinstance(moment, str) else moment
        assert end >= self.now
        before = len(self.told)
        for _ in range(_MOST_STEPS):
            due = self._next()
            if due is None or due > end:
                self.now = end
                return self.told[before:]
            self.now = max(due, self.now)
            self._step()
        raise AssertionError(f"the systems ask again and again to be advanced at {self.now}")

    def later(self, ms: int) -> list[Happening]:
        """Let `ms` milliseconds pass."""
        return self.until(self.now + ms)

    def _next(self) -> int | None:
        machines = [self.gateway, *self.senders.values()]
        dues = [due for machine in machines if (due := machine.next_due()) is not None]
        # The end of an outage wakes the systems, as whoever ends it must.
        dues += [ends for _, ends in self._outages if ends > self.now]
        return min(dues, default=None)

    def _step(self) -> None:
        self._hear()
        for sender in self.senders.values():
            self.told += sender.advance(self.now)
            self._hear()

    def _hear(self) -> None:
        for happening in self.gateway.advance(self.now):
            self.told.append(happening)
            if happening.event in (Event.ACKNOWLEDGED, Event.DELIVERED, Event.FAILED):
                system = System(self.ledger.message(happening.message).system)
                self.told += self.senders[system].told(happening)

    # What happened

    def times(self, event: int, message: int | None = None) -> list[int]:
        """The instants at which this event was told (of one message, when it is named)."""
        return [one.time for one in self.told if one.event == event and message in (None, one.message)]

    def of(self, event: int) -> list[Happening]:
        """All that was told of this event."""
        return [one for one in self.told if one.event == event]

    def record(self, message: int) -> Record:
        """The ledger's record of a message."""
        return self.ledger.message(message)
