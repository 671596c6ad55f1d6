"""The open-loop replay: our systems driven over a recorded stream, plainly, without the world.

Requests keep the instants at which they were made, facts those at which they were recorded, and the transports answer
as they did. Only what the policy itself changes comes out differently.
"""

import gc
import heapq
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.dmis import Dmis, Span
from fakes.ledger import Ledger
from fakes.machinery import OURS, Machinery
from fakes.people import People
from fakes.protocols import Happening, SendingSystem, Submission
from fakes.sap import INSTALMENT_NUDGE, Sap
from fakes.sender import Surroundings
from sim.draws import Draws
from sim.history import Event
from sim.messages import Channel, Decision, Outcome, Reason, Request, System
from sim.policy.policy import Policy
from sim.replay.registers import Registers
from sim.replay.stream import FDV, Answer, Input, Stream, Turn

ALL_SYSTEMS = (System.PLUTO, System.CUBA, System.CUSTOMER_FIRST, System.DMIS, System.SAP)
CHILD_SUPPORT = ALL_SYSTEMS[:2]
CENTRELINK = ALL_SYSTEMS[2:]
_NEVER = 1 << 62


class Row(NamedTuple):
    """Something that was decided or done at `time` (ms UTC); columns as in a history."""

    time: int
    event: int
    customer: int
    message: int
    system: int
    template: int
    reasons: int
    value: int
    other: int = 0


class Outcomes(NamedTuple):
    """What a replay gave: rows in order, and the messages about which the one-hour question was asked here and not in
    the recording; their officers are assumed to go on."""

    rows: list[Row]
    assumed_to_go_on: list[int]


class _Transport:
    """Answers as the recorded one did. Its acknowledgements alone matter to the systems' decisions."""

    def __init__(self, stream: Stream, channel: Channel) -> None:
        answered = stream.transports
        self._delays = answered.delays
        self._unanswered = answered.unanswered
        self._usual = answered.usual[channel]
        self._end = stream.end
        outages = answered.outages if channel == Channel.SMS else []
        self._edges = [edge for outage in sorted(outages) for edge in outage]
        self._due: list[tuple[int, int, Submission]] = []

    def is_open(self, now: int) -> bool:
        return bisect_right(self._edges, now) % 2 == 0

    def submit(self, submission: Submission, now: int) -> None:
        message = submission.message
        delay = self._delays.get(message)
        if delay is None:
            # At the same instant as in the recording it would not be answered before the end either.
            delay = self._end - now if self._unanswered.get(message) == now else self._usual
        heapq.heappush(self._due, (now + delay, message, submission))

    def next_due(self) -> int | None:
        return self._due[0][0] if self._due else None

    def advance(self, now: int) -> list[Happening]:
        told = []
        while self._due and self._due[0][0] <= now:
            time, message, submission = heapq.heappop(self._due)
            told.append(
                Happening(time, Event.ACKNOWLEDGED, message, submission.customer, System.GATEWAY, submission.template)
            )
        return told


def replay(
    stream: Stream,
    policy: Policy,
    systems: Collection[int] = ALL_SYSTEMS,
    machinery: Machinery = OURS,
    later: Sequence[tuple[int, Policy]] = (),
) -> Outcomes:
    """What our systems make of the stream under `policy`, and under those of `later` from their instants on (ms UTC).

    `systems`: whose messages are wanted; Child Support's and Centrelink's know nothing of each other, so those of one
    programme can be replayed alone.
    """
    with _without_garbage_collection():
        return _Replay(stream, policy, systems, machinery, later).run()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause the collector of reference cycles: a replay makes many rows and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Replay:
    """One replay. Machines have places: other values of the policy come first, then the transports, then whatever wakes
    at the end of an outage, then the senders; at one instant they act in this order."""

    _POLICY, _TRANSPORT, _WAKE = 0, 1, 3

    def __init__(
        self, stream: Stream, policy: Policy, systems: Collection[int], machinery: Machinery,
        later: Sequence[tuple[int, Policy]],
    ) -> None:  # fmt: skip
        self.stream = stream
        self.registers = Registers()
        self.now = stream.start
        self.rows: list[Row] = []
        self._transports = [_Transport(stream, Channel.SMS), _Transport(stream, Channel.EMAIL)]
        self._senders = _senders(stream, policy, machinery, self.registers, self._transports, systems)
        self._place = {system: place for place, system in enumerate(self._senders, self._WAKE + 1)}
        self._list = list(self._senders.values())
        self._due = [_NEVER] * (self._WAKE + 1 + len(self._list))
        self._later = list(later)
        self._due[self._POLICY] = self._later[0][0] if self._later else _NEVER
        self._sender_of: dict[int, int] = {}  # the place of a message's sender
        self._waiting: dict[int, Request] = {}  # requests whose question waits for its answer
        self._assumed: list[int] = []
        self._suppressed_nudges: dict[int, int] = {}

    def run(self) -> Outcomes:
        """Go through the stream, and on to its end."""
        pump, take = self._pump, (None, self._fact, self._press, self._answer, self._night, self._outage_ended)
        for one in self.stream.inputs:
            if one.turn == Turn.AFTER:
                pump(one.time)
            elif one.turn == Turn.BEFORE:
                pump(one.time - 1)
            self.now = one.time
            act = take[one.kind]
            assert act is not None
            act(one)
        pump(self.stream.end - 1)
        return Outcomes(self.rows, self._assumed)

    # Time

    def _pump(self, until: int) -> None:
        """Let the machines do all that is due up to and including `until`."""
        due = self._due
        while True:
            time = min(due)
            if time > until:
                return
            self.now = now = max(time, self.now)
            place = due.index(time)
            if place > self._WAKE:
                self._advance(place, now)
            elif place == self._WAKE:
                due[place] = _NEVER
                for each in range(self._WAKE + 1, len(due)):
                    self._advance(each, now)
            elif place == self._POLICY:
                self._adopt(now)
            else:
                self._acknowledge(place, now)

    def _adopt(self, now: int) -> None:
        """Other values of the policy are in force from now on."""
        _, policy = self._later.pop(0)
        self._due[self._POLICY] = self._later[0][0] if self._later else _NEVER
        for place, sender in enumerate(self._list, self._WAKE + 1):
            sender.adopt(policy, now)
            self._set_due(place)

    def _advance(self, place: int, now: int) -> None:
        sender = self._list[place - self._WAKE - 1]
        for told in sender.advance(now):
            self._tell(told)
        self._set_due(place)
        for each, transport in enumerate(self._transports, self._TRANSPORT):
            self._due[each] = transport._due[0][0] if transport._due else _NEVER

    def _acknowledge(self, place: int, now: int) -> None:
        transport = self._transports[place - self._TRANSPORT]
        for heard in transport.advance(now):
            self._tell(heard)
            whose = self._sender_of[heard.message]
            for told in self._list[whose - self._WAKE - 1].told(heard):
                self._tell(told)
            self._set_due(whose)
        due = transport.next_due()
        self._due[place] = _NEVER if due is None else due

    def _set_due(self, place: int) -> None:
        due = self._list[place - self._WAKE - 1].next_due()
        self._due[place] = _NEVER if due is None else due

    def _tell(self, told: Happening) -> None:
        time, event, message, customer, system, template, reasons, value = told
        if event in _KEPT:
            self.rows.append(Row(time, event, customer, message, system, template, reasons, value))

    # What comes

    def _fact(self, one: Input) -> None:
        fact = one.what
        if fact.event == Event.ELIGIBILITY_INJECTED:
            dmis = self._senders.get(System.DMIS)
            if isinstance(dmis, Dmis):
                dmis.inject(fact.customer, fact.value)
            return
        self.registers.tell(fact, one.time)
        if fact.event == Event.ZONE_RECORDED:
            for place, sender in enumerate(self._list, self._WAKE + 1):
                for told in sender.zone_changed(fact.customer, one.time):
                    self._tell(told)
                self._set_due(place)

    def _outage_ended(self, one: Input) -> None:
        self._due[self._WAKE] = one.time

    def _press(self, one: Input) -> None:
        request = one.what
        if request.system in self._senders:
            self._note(Event.SEND_PRESSED, request)
            self._decide(request, confirmed=0)

    def _answer(self, one: Input) -> None:
        request = self._waiting.pop(one.what, None)
        if request is None:  # the question was not asked here
            return
        if self.stream.answers[one.what] == Answer.SENDS:
            self._goes_on(request)
        else:
            self._note(Event.CANCELLED, request)

    def _goes_on(self, request: Request) -> None:
        self._note(Event.CONFIRMED, request)
        self._decide(request, confirmed=1)

    def _decide(self, request: Request, confirmed: int) -> None:
        system, now = request.system, self.now
        said = self.stream.said.get(request.message, {})
        bars = self.registers.cuba.fdv_undiscussed(request.customer) if system in CHILD_SUPPORT else 0
        asked = request._replace(fdv_undiscussed=said.get(FDV, bars), confirmed=confirmed)
        with self.registers.as_if(request.customer, said) if said else nullcontext():
            decision = self._senders[system].handle(asked, now)
        self._note_decision(request, decision)
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            self._question(request)
        elif decision.outcome != Outcome.REFUSED:
            place = self._sender_of[request.message] = self._place[system]
            self._set_due(place)

    def _note_decision(self, request: Request, decision: Decision) -> None:
        outcome, reasons, due = decision
        if outcome == Outcome.REFUSED:
            self._note(Event.REFUSED, request, reasons=reasons)
        elif outcome == Outcome.NEEDS_CONFIRMATION:
            self._note(Event.CONFIRMATION_ASKED, request)
        else:
            self._note(Event.ISSUED, request, value=due)
            if outcome == Outcome.HELD:
                self._note(Event.HELD, request, value=due)

    def _question(self, request: Request) -> None:
        if request.message in self.stream.answers:
            self._waiting[request.message] = request
        else:
            self._assumed.append(request.message)
            self._goes_on(request)

    # Nights

    def _night(self, one: Input) -> None:
        sender = self._senders.get(one.what)
        if isinstance(sender, Dmis):
            night = sender.run(one.time)
            self._night_began(System.DMIS, night.day)
            for span in night.spans:
                self._span(span)
            for customer, template in night.picks:
                self._batch_request(System.DMIS, customer, template)
        elif isinstance(sender, Sap):
            self._instalments(sender)

    def _instalments(self, sap: Sap) -> None:
        plan = sap.plan(self.now)
        self._night_began(System.SAP, plan.day)
        for customer, winner in self._suppressed_nudges.items():
            self._span(Span(Event.SUPPRESSED_ENDED, customer, INSTALMENT_NUDGE, Reason.ONE_NUDGE, winner, plan.day - 1))
        for customer, winner in plan.suppressed:
            self._span(Span(Event.SUPPRESSED, customer, INSTALMENT_NUDGE, Reason.ONE_NUDGE, winner, plan.day))
        self._suppressed_nudges = dict(plan.suppressed)
        for customer in plan.customers:
            self._batch_request(System.SAP, customer, INSTALMENT_NUDGE)

    def _batch_request(self, system: System, customer: int, template: int) -> None:
        """What a nightly batch sends."""
        request = Request(self.stream.batch_id(system, customer, template, self.now), customer, system, template)
        self._note(Event.SEND_PRESSED, request)
        self._decide(request, confirmed=0)

    # Rows

    def _night_began(self, system: System, day: int) -> None:
        self.rows.append(Row(self.now, Event.NIGHTLY_RUN, 0, 0, system, 0, 0, day))

    def _span(self, span: Span) -> None:
        event, customer, template, reasons, winner, day = span
        system = System.SAP if template == INSTALMENT_NUDGE else System.DMIS
        self.rows.append(Row(self.now, event, customer, 0, system, template, reasons, day, winner))

    def _note(self, event: int, request: Request, reasons: int = 0, value: int = 0) -> None:
        self.rows.append(
            Row(self.now, event, request.customer, request.message, request.system, request.template, reasons, value)
        )


_KEPT = frozenset((Event.HELD_AGAIN, Event.WITHDRAWN, Event.HANDED_OVER, Event.ACKNOWLEDGED))


def _senders(
    stream: Stream, policy: Policy, made: Machinery, registers: Registers, transports: list[_Transport],
    systems: Collection[int],
) -> dict[int, SendingSystem]:  # fmt: skip
    """The sending systems of the programmes to which `systems` belong, in the order of their codes."""
    sms, email = transports
    rate, ledger = stream.transports.sms_rate, registers.ledger
    # Draws only say when Cuba lists a message, on which no decision turns.
    draws, people = Draws(0), People(0)
    senders: dict[int, SendingSystem] = {}
    if any(system in CHILD_SUPPORT for system in systems):
        around = Surroundings(made.rules, policy, registers.cuba, ledger, sms, stream.clocks, draws, rate)
        senders[System.PLUTO] = made.pluto(around, people)
        senders[System.CUBA] = made.automatic(around, email, stream.transports.email_rate)
    if any(system in CENTRELINK for system in systems):
        elsewhere = CentrelinkSurroundings(made.rules, policy, registers.centrelink, Ledger(), sms, stream.clocks, rate)
        senders[System.CUSTOMER_FIRST] = made.customer_first(elsewhere, people)
        senders[System.DMIS] = made.dmis(elsewhere)
        senders[System.SAP] = made.sap(elsewhere)
    return senders
