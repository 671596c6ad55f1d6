"""What the system under test and the transports say in a scenario, as rows of its history.

A claim is recorded as the system's own; arrivals, acknowledgements and receipts as the transport's.
"""

from fakes.messaging import Plain
from sim.history import Event, History
from sim.messages import Channel, Reason, Status, System
from sim.scenario.conversation import BrokenProtocol, Conversation, NotKnown, NotSupported
from sim.scenario.nightly import Nights, day_value
from sim.scenario.played import Attempt, Doubt, Played
from sim.scenario.transport import Plan, Report, ScriptedTransport

UNKNOWN_TEMPLATE = 999
"""The code of a template that the policy does not know."""
_TRANSPORTS = {"sms": System.GATEWAY, "email": System.EMAIL_EXCHANGE}
_REASONS = {str(reason.name).lower(): int(reason) for reason in Reason}
_SPANS = ("eligible", "eligible_ended", "suppressed", "suppressed_ended")


class Recorder:
    """The history of a scenario in the making, at the instant `now` (ms UTC). `codes`: a template's code by name."""

    def __init__(self, played: Played, system: Conversation, codes: dict[str, int]) -> None:
        self.played = played
        self.system = system
        self.codes = codes
        self.history: History = played.history
        self.now = played.item.start
        self.step = -1
        self.claim_refs: dict[int, int] = {}
        self.nights = Nights()
        self.plans: dict[int, Plan] = {}
        self.transports = {name: ScriptedTransport() for name in _TRANSPORTS}
        self.awaited: list[tuple[int, int, str]] = []
        self.attempts: dict[int, Attempt] = {}
        self.by_theirs: dict[int | str, Attempt] = {}

    # Messages

    def enter(self, attempt: Attempt) -> Attempt:
        """Keep a new attempt, under its name when it has one."""
        self.attempts[attempt.number] = attempt
        if attempt.label:
            self.played.attempts[attempt.label] = attempt
        return attempt

    def known_as(self, attempt: Attempt, theirs: int | str) -> None:
        """The system calls this message `theirs`."""
        attempt.theirs = theirs
        if theirs in self.by_theirs:
            raise BrokenProtocol(f"the message {theirs!r} is that of an earlier Send")
        self.by_theirs[theirs] = attempt

    def doubt(self, why: str, customer: int = 0, attempt: Attempt | None = None) -> None:
        """From now on, what is seen of this customer (0: of everybody) is in doubt."""
        if self.played.doubt(customer) != why or attempt is not None:
            self.played.doubts.append(Doubt(customer, self.step, why, attempt))

    def unanswered(self, attempt: Attempt, error: NotKnown) -> None:
        """What came of a press of Send is not known; the transport may yet receive the message."""
        self.played.unknown[self.step] = attempt.unanswered = str(error)
        attempt.pressed_at, attempt.settled = self.now, False
        self.doubt(str(error), attempt.customer, attempt)
        if not isinstance(error, NotSupported):
            self.turn()

    def _adopted(self, one: Plain) -> Attempt | None:
        """The Send without an answer that gave this message, of which nobody has heard; None when there is none."""
        waiting = [attempt for attempt in self.attempts.values() if attempt.unanswered and attempt.theirs is None]
        if "customer" in one:
            waiting = [attempt for attempt in waiting if attempt.customer == one["customer"]]
        if not waiting:
            raise BrokenProtocol(f"the system told of a message that nobody sent: {one}")
        if one["event"] != "submitted" and len(waiting) > 1:
            return None  # a claim about one of them, and nobody knows which
        self.known_as(waiting[0], one["message"])
        return waiting[0]

    def _settle(self, attempt: Attempt) -> None:
        """A Send without an answer was issued after all: the transport receives its message."""
        attempt.settled = True
        held = self.now > attempt.pressed_at
        for event in (Event.ISSUED, Event.HELD)[: 1 + held]:
            self.history.append(
                attempt.pressed_at, event, attempt.customer, attempt.channel, attempt.ref, attempt.number,
                attempt.officer, attempt.system, attempt.template, 0, self.now,
            )  # fmt: skip

    def answered(self, attempt: Attempt, answer: Plain) -> None:
        """The system's answer to a press of Send."""
        attempt.answers.append(answer)
        outcome, text = answer["outcome"], answer.get("shown", "")
        # Pluto shows a refusal or a question; Customer First's history shows what was issued, and then says so.
        of_history = attempt.system == System.CUSTOMER_FIRST
        if text and not of_history:
            self.note(Event.INFO_SHOWN, attempt, value=self.history.content("", text))
        if outcome == "needs_confirmation":
            self.note(Event.CONFIRMATION_ASKED, attempt)
        elif outcome == "refused":
            self.note(Event.REFUSED, attempt, reasons=mask(answer["reasons"]))
        else:
            self._issued(attempt, answer)
            if text and of_history:
                self.note(Event.INFO_SHOWN, attempt, value=self.history.content("", text))
            self.turn()

    def _issued(self, attempt: Attempt, answer: Plain) -> None:
        for event in (Event.ISSUED, Event.HELD)[: 2 if answer["outcome"] == "held" else 1]:
            self.note(event, attempt, attempt.system, other=attempt.channel, value=answer["due"])

    # Time

    def turn(self) -> None:
        """Let everything happen that is due now."""
        self._receive()
        self.nightly()
        self.hear(self.system.advance(self.now))
        self._receive()

    def nightly(self) -> None:
        """The nightly runs that are due now."""

    def _receive(self) -> None:
        for transport in self.transports.values():
            for report in transport.advance(self.now):
                self._report(report)

    def run(self, system: str) -> None:
        """A nightly run now."""
        if system == "dmis":
            self.nights.picked = {}
        try:
            told = self.system.run_batch(self.now, system)
        except NotSupported as error:
            self.doubt(str(error))
            return
        self.row(Event.NIGHTLY_RUN, system=System[system.upper()], value=self.agency_day())
        self.hear(told)

    def agency_day(self) -> int:
        """The agency date of now, as an ordinal."""
        raise NotImplementedError

    # What the system says

    def hear(self, told: list[Plain]) -> None:
        """What the system told of itself."""
        for one in told:
            if one["event"] in _SPANS:
                self._span(one)
                continue
            if one["event"] == "begun":
                self._begun(one)
                continue
            attempt = self.by_theirs.get(one["message"]) or self._adopted(one)
            if attempt is None:
                continue
            if one["event"] == "submitted":
                self._submitted(attempt, one)
                continue
            value = one.get("value", 0)
            code = Status[value.upper()] if isinstance(value, str) else value
            reasons = mask(one.get("reasons", []))
            self.note(Event[one["event"].upper()], attempt, attempt.system, reasons=reasons, value=int(code))

    def _span(self, one: Plain) -> None:
        self._known_customer(one)
        self.nights.hear(one)
        self.row(
            Event[one["event"].upper()], one["customer"], other=self._template(one["winner"]) if one["winner"] else 0,
            system=System[one["system"].upper()], template=self._template(one["template"]),
            reasons=mask(one["reasons"]), value=day_value(one),
        )  # fmt: skip

    def _begun(self, one: Plain) -> None:
        """A message that the system sends by itself."""
        self._known_customer(one)
        system, template, customer = System[one["system"].upper()], self._template(one["template"]), one["customer"]
        number = len(self.attempts) + 1
        ref = self.claim_refs.get(customer, 0) if system == System.CUSTOMER_FIRST else 0
        attempt = Attempt(number, customer, system, template, 0, ref or number, 0, self._label(customer))
        attempt.channel = Channel[one["channel"].upper()]
        attempt.fields = self.claim_fields(customer) if system == System.CUSTOMER_FIRST else 0
        self.enter(attempt)
        self.known_as(attempt, one["message"])
        attempt.answers.append(one)
        if system == System.DMIS:
            self.nights.picked[customer] = one["template"]
            self.note(Event.PICKED, attempt, system, value=self.agency_day())
        self.note(Event.SEND_PRESSED, attempt, other=attempt.channel, value=attempt.fields)
        if one["outcome"] == "refused":
            self.note(Event.REFUSED, attempt, reasons=mask(one["reasons"]))
        else:
            self._issued(attempt, one)

    def claim_fields(self, customer: int) -> int:
        """The packed fields of an automatic claim message to this customer."""
        raise NotImplementedError

    def _label(self, customer: int) -> str:
        """The name under which a message is awaited that begins for this customer now."""
        for place, (time, who, name) in enumerate(self.awaited):
            if who == customer and time == self.now:
                del self.awaited[place]
                return name
        return ""

    def _submitted(self, attempt: Attempt, one: Plain) -> None:
        if one.get("customer") != attempt.customer:
            raise BrokenProtocol(f"a message of customer {attempt.customer} was submitted for another one: {one}")
        if attempt.unanswered and not attempt.settled:
            self._settle(attempt)
        self.note(Event.HANDED_OVER, attempt, attempt.system)
        content = self.history.content(one["sender"], one["text"])
        attempt.channel = Channel[one["channel"].upper()]
        self.transports[one["channel"]].take(attempt.number, content, self.plans[attempt.customer], self.now)

    def _known_customer(self, one: Plain) -> None:
        if one["customer"] not in self.plans:
            raise BrokenProtocol(f"the system told of a customer whom nobody entered: {one}")

    def _template(self, name: str) -> int:
        if name not in self.codes:
            raise BrokenProtocol(f"the system told of a template that there is not: {name!r}")
        return self.codes[name]

    def _report(self, report: Report) -> None:
        attempt = self.attempts[report.message]
        system = System.EMAIL_EXCHANGE if attempt.channel == Channel.EMAIL else System.GATEWAY
        self.note(report.event, attempt, system, value=report.value)
        if report.event != Event.ARRIVED:
            name = Event(report.event).name.lower()
            assert attempt.theirs is not None, "the transport has it from the system"
            self.hear(self.system.receipt(self.now, attempt.theirs, name, report.value))

    # Rows

    def note(
        self, event: int, attempt: Attempt, system: int = System.WORLD, other: int = 0, reasons: int = 0, value: int = 0
    ) -> None:
        """A row about a message."""
        if system == System.WORLD and attempt.system != System.PLUTO:
            system = attempt.system  # what officers do outside Pluto, and what systems do by themselves, is theirs
        self.history.append(
            self.now, event, attempt.customer, other, attempt.ref, attempt.number, attempt.officer, system,
            attempt.template, reasons, value,
        )  # fmt: skip

    def row(
        self, event: int, customer: int = 0, other: int = 0, ref: int = 0, officer: int = 0, system: int = System.WORLD,
        value: int = 0, template: int = 0, message: int = 0, reasons: int = 0,
    ) -> None:  # fmt: skip
        """A row about anything else."""
        self.history.append(
            self.now, event, customer, other, ref, message, officer, system, template, reasons, int(value)
        )


def mask(names: list[str]) -> int:
    """The bit mask of these reasons."""
    return sum(_REASONS[name] for name in dict.fromkeys(names))
