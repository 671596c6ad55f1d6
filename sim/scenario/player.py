"""Plays one scenario against a system: a plain loop over time that writes a history.

Facts are recorded by the register, requests and answers by the world, arrivals by the transport, and everything that
the system says of itself as its claim. At one instant, changes of facts come first, then the transports, then the
system, then what people do.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fakes.messaging import CONTACT_TIMES, Plain
from sim.clock import STATE_ZONES
from sim.history import Event, History
from sim.messages import Channel, Reason, Status, System, pack_fields
from sim.policy.policy import load_policy
from sim.scenario import facts
from sim.scenario.conversation import BrokenProtocol, Conversation
from sim.scenario.expand import Item
from sim.scenario.format import Asked, Customer, Look, Record, ReportsOf, Send, Step
from sim.scenario.times import duration
from sim.scenario.transport import Plan, Report, ScriptedTransport

UNKNOWN_TEMPLATE = 999
"""The code of a template that the policy does not know."""
_ACCESS = {"none": 0, "cuba": 1, "pluto": 2, "both": 3}
_FIRST_OFFICER = 101
_MOST_TURNS = 10_000
_TRANSPORTS = {"sms": System.GATEWAY, "email": System.EMAIL_EXCHANGE}
_REASONS = {str(reason.name).lower(): int(reason) for reason in Reason}


@dataclass
class Attempt:
    """One press of Send: what was asked, and the answers to it in order."""

    number: int
    customer: int
    system: int
    template: int
    officer: int
    ref: int
    fields: int
    label: str
    channel: int = 0
    theirs: int | str = 0
    answers: list[Plain] = field(default_factory=list)


@dataclass
class Played:
    """What came of a scenario. `results` holds what each step gave (by index): the answers, lines, view or text of its
    verb; None when the system does not support it. `broken` is set when the system left the protocol."""

    item: Item
    history: History
    seed: int
    results: dict[int, Any] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    broken: str = ""
    broken_at: int = -1


class Player:
    """Plays one item. Use `play`."""

    def __init__(self, item: Item, conversation: Conversation, seed: int, sets: dict[str, object]) -> None:
        self.item = item
        self.system = conversation
        self.policy = {**sets, **item.scenario.policy}
        self.history = History()
        self.played = Played(item, self.history, seed)
        self.now = item.start
        scenario = item.scenario
        self._codes = {template.id: template.code for template in load_policy(self.policy).templates.values()}
        self._customers = {name: number for number, name in enumerate(scenario.customers, 1)}
        self.played.customers = self._customers
        self._officers = {name: number for number, name in enumerate(scenario.officers, _FIRST_OFFICER + 1)}
        self._processes: dict[str, int] = {}
        self._plans = {self._customers[name]: _plan(customer) for name, customer in scenario.customers.items()}
        self._transports = {name: ScriptedTransport() for name in _TRANSPORTS}
        self._attempts: dict[int, Attempt] = {}
        self._by_theirs: dict[int | str, Attempt] = {}
        self._numbers = 0

    def play(self) -> Played:
        """Play to the end, or up to the first answer outside the protocol."""
        step = -1
        try:
            self._begin()
            for step, one in enumerate(self.item.scenario.steps):
                self._until(self.item.times["steps", step, "at"], before_facts=_is_fact(one))
                self.played.results[step] = self._do(step, one)
            step = -1
            self._until(self.item.until - 1, before_facts=False)
        except BrokenProtocol as error:
            self.played.broken, self.played.broken_at = str(error), step
        return self.played

    # Time

    def _begin(self) -> None:
        scenario, now = self.item.scenario, self.now
        self.system.begin(now, self.played.seed, self.policy)
        self._row(Event.ACCESS_RECORDED, officer=_FIRST_OFFICER, system=System.REGISTER, value=_ACCESS["both"])
        for name, officer in scenario.officers.items():
            access = _ACCESS[officer.access]
            self._row(Event.ACCESS_RECORDED, officer=self._officers[name], system=System.REGISTER, value=access)
        for name, customer in scenario.customers.items():
            zone = customer.zone or STATE_ZONES[customer.state or ""]
            for change in facts.at_start(customer, zone):
                self._change(self._customers[name], change)

    def _until(self, end: int, before_facts: bool) -> None:
        """Let time pass up to `end`; what is due at `end` itself waits for the facts of that instant."""
        for _ in range(_MOST_TURNS):
            dues = [due for one in self._transports.values() if (due := one.next_due()) is not None]
            due_of_system = self.system.next_due(self.now)
            if due_of_system is not None:
                dues.append(max(due_of_system, self.now))
            due = min(dues, default=None)
            if due is None or due > end or (before_facts and due == end):
                self.now = end
                return
            self.now = due
            self._turn()
        raise BrokenProtocol(f"the system asks again and again to be advanced at {self.now}")

    def _turn(self) -> None:
        for transport in self._transports.values():
            for report in transport.advance(self.now):
                self._report(report)
        self._hear(self.system.advance(self.now))
        for transport in self._transports.values():
            for report in transport.advance(self.now):
                self._report(report)

    # Steps

    def _do(self, index: int, step: Step) -> Any:
        if step.record is not None:
            return self._record(step.record)
        if step.gateway is not None:
            return self._gateway(step.gateway == "up")
        if step.reports is not None:
            self._plans[self._customers[step.reports.customer]] = _plan(step.reports)
            return None
        if step.verb not in self.system.supports and not (step.look and "listing" in self.system.supports):
            return None
        if step.send is not None:
            return [self._send(index, step.send, label) for label in self._labels(step.send)]
        if step.confirm is not None:
            return [self._confirm(self.played.attempts[step.confirm])]
        if step.cancel is not None:
            return self._cancel(self.played.attempts[step.cancel])
        if step.look is not None:
            return self._look(index, step.look)
        return self._view(step)

    def _labels(self, send: Send) -> tuple[str, ...]:
        return self.item.messages[send.name] if send.name else ("",) * send.times

    def _record(self, record: Record) -> None:
        customer = self._customers[record.customer]
        for change in facts.changes(record, self._customers.__getitem__, self._process):
            self._change(customer, change)

    def _process(self, name: str) -> int:
        return self._processes.setdefault(name, len(self._processes) + 1)

    def _change(self, customer: int, change: facts.Change) -> None:
        fields = facts.row_fields(change)
        self._row(fields.pop("event"), customer, system=System.REGISTER, **fields)
        if change[0] != "invalid_ticked":  # what it does to the mobile is told by itself
            self._hear(self.system.fact(self.now, change[0], customer, change[1]))

    def _gateway(self, up: bool) -> None:
        gateway, event = self._transports["sms"], Event.OUTAGE_ENDED if up else Event.OUTAGE_STARTED
        self._row(event, system=System.GATEWAY)
        gateway.is_open = up
        if up:
            gateway.opens(self.now)
        self._hear(self.system.fact(self.now, event.name.lower(), 0, {}))
        self._turn()

    def _request(self, asked: Asked) -> Plain:
        automatic = asked.system == "cuba"
        officer = self._officers[asked.officer] if asked.officer else 0 if automatic else _FIRST_OFFICER
        access = self.item.scenario.officers[asked.officer].access if asked.officer else "both"
        return {
            "system": asked.system, "customer": self._customers[asked.customer], "officer": officer,
            "template": asked.template, "channel": asked.channel, "contact_time": asked.contact_time,
            "by_date": asked.by_date, "access": int(access == "both"),
        }  # fmt: skip

    def _attempt(self, index: int, asked: Asked, request: Plain, label: str) -> Attempt:
        self._numbers += 1
        by_date = date.fromisoformat(asked.by_date).toordinal() if asked.by_date else 0
        attempt = Attempt(
            self._numbers, request["customer"], System[asked.system.upper()],
            self._codes.get(asked.template, UNKNOWN_TEMPLATE), request["officer"], index + 1,
            pack_fields(CONTACT_TIMES[asked.contact_time], by_date), label,
        )  # fmt: skip
        self._attempts[attempt.number] = attempt
        if label:
            self.played.attempts[label] = attempt
        return attempt

    def _send(self, index: int, send: Send, label: str) -> Plain:
        request = self._request(send)
        attempt = self._attempt(index, send, request, label)
        answer = self.system.send(self.now, request)
        attempt.theirs = answer["message"]
        if attempt.theirs in self._by_theirs:
            raise BrokenProtocol(f"send answered with the message {attempt.theirs!r} of an earlier Send")
        self._by_theirs[attempt.theirs] = attempt
        attempt.channel = Channel[answer.get("channel", send.channel or "sms").upper()]
        self._note(Event.SEND_PRESSED, attempt, other=attempt.channel, value=attempt.fields)
        self._answered(attempt, answer)
        if answer["outcome"] == "needs_confirmation" and send.answer == "send":
            return self._confirm(attempt)
        if answer["outcome"] == "needs_confirmation" and send.answer == "cancel":
            self._cancel(attempt)
            return {**answer, "outcome": "cancelled"}
        return answer

    def _confirm(self, attempt: Attempt) -> Plain:
        self._note(Event.CONFIRMED, attempt)
        answer = self.system.confirm(self.now, attempt.theirs)
        self._answered(attempt, answer)
        return answer

    def _cancel(self, attempt: Attempt) -> None:
        self._note(Event.CANCELLED, attempt)
        self.system.cancel(self.now, attempt.theirs)

    def _answered(self, attempt: Attempt, answer: Plain) -> None:
        attempt.answers.append(answer)
        outcome, text = answer["outcome"], answer.get("shown", "")
        if text:
            self._note(Event.INFO_SHOWN, attempt, value=self.history.content("", text))
        if outcome == "needs_confirmation":
            self._note(Event.CONFIRMATION_ASKED, attempt)
        elif outcome == "refused":
            self._note(Event.REFUSED, attempt, reasons=_mask(answer["reasons"]))
        else:
            for event in (Event.ISSUED, Event.HELD)[: 2 if outcome == "held" else 1]:
                self._note(event, attempt, attempt.system, other=attempt.channel, value=answer["due"])
            self._turn()

    def _look(self, index: int, look: Look) -> list[Plain]:
        filters: Plain = {}
        for name in ("status", "channel", "source"):
            if getattr(look, name) is not None:
                filters[name] = getattr(look, name)
        for name in ("issued_from", "issued_to"):
            if getattr(look, name) is not None:
                filters[name] = self.item.times["steps", index, "look", name]
        return self.system.listing(self.now, look.screen, self._customers[look.customer], filters)

    def _view(self, step: Step) -> Any:
        asked = step.open_dialog or step.preview
        assert asked is not None
        request = self._request(asked)
        attempt = self._attempt(0, asked, request, "")
        if step.open_dialog is not None:
            self._note(Event.DIALOG_OPENED, attempt, value=attempt.fields)
            return self.system.open_dialog(self.now, request)
        text = self.system.preview(self.now, request)
        if text:
            self._note(Event.PREVIEWED, attempt)
        return text

    # What the system and the transports say

    def _hear(self, told: list[Plain]) -> None:
        for one in told:
            attempt = self._by_theirs.get(one.get("message", ""))
            if attempt is None:
                raise BrokenProtocol(f"the system told of a message that nobody sent: {one}")
            if one["event"] == "submitted":
                self._submitted(attempt, one)
                continue
            value = one.get("value", 0)
            code = Status[value.upper()] if isinstance(value, str) else value
            reasons = _mask(one.get("reasons", []))
            self._note(Event[one["event"].upper()], attempt, attempt.system, reasons=reasons, value=int(code))

    def _submitted(self, attempt: Attempt, one: Plain) -> None:
        if one.get("customer") != attempt.customer:
            raise BrokenProtocol(f"a message of customer {attempt.customer} was submitted for another one: {one}")
        self._note(Event.HANDED_OVER, attempt, attempt.system)
        content = self.history.content(one["sender"], one["text"])
        attempt.channel = Channel[one["channel"].upper()]
        self._transports[one["channel"]].take(attempt.number, content, self._plans[attempt.customer], self.now)

    def _report(self, report: Report) -> None:
        attempt = self._attempts[report.message]
        system = System.EMAIL_EXCHANGE if attempt.channel == Channel.EMAIL else System.GATEWAY
        self._note(report.event, attempt, system, value=report.value)
        if report.event != Event.ARRIVED:
            name = Event(report.event).name.lower()
            self._hear(self.system.receipt(self.now, attempt.theirs, name, report.value))

    # Rows

    def _note(
        self, event: int, attempt: Attempt, system: int = System.WORLD, other: int = 0, reasons: int = 0, value: int = 0
    ) -> None:
        if system == System.WORLD and attempt.system == System.CUBA:
            system = System.CUBA  # nobody but Cuba asks for what it sends by itself
        self.history.append(
            self.now, event, attempt.customer, other, attempt.ref, attempt.number, attempt.officer, system,
            attempt.template, reasons, value,
        )  # fmt: skip

    def _row(
        self, event: int, customer: int = 0, other: int = 0, ref: int = 0, officer: int = 0, system: int = 0,
        value: int = 0,
    ) -> None:  # fmt: skip
        self.history.append(self.now, event, customer, other, ref, 0, officer, system, value=value)


def play(item: Item, conversation: Conversation, seed: int = 1, sets: dict[str, object] | None = None) -> Played:
    """Play an item; `sets` are policy values of the session, which the scenario's own come before."""
    return Player(item, conversation, seed, sets or {}).play()


def _mask(names: list[str]) -> int:
    return sum(_REASONS[name] for name in dict.fromkeys(names))


def _is_fact(step: Step) -> bool:
    return step.verb in ("record", "gateway", "reports")


def _plan(given: Customer | ReportsOf) -> Plan:
    after = -1 if given.reported_after is None else duration(given.reported_after)
    return Plan(given.reports, duration(given.acknowledged_after), after)
