"""Plays one scenario against a system: a plain loop over time that writes a history.

Facts are recorded by the register, requests and answers by the world, arrivals by the transport, and everything that
the system says of itself as its claim. At one instant, changes of facts come first, then the transports, then the
nightly runs, then the system, then what people do.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from fakes.messaging import CONTACT_TIMES, Plain
from sim.clock import AGENCY_ZONE, clock
from sim.history import Event, History
from sim.messages import Channel, System, pack_fields
from sim.policy.content import PAYMENTS
from sim.policy.policy import load_policy
from sim.scenario import facts
from sim.scenario.conversation import BrokenProtocol, Conversation, NotAnswered, NotKnown, NotSupported, SystemGone
from sim.scenario.deeds import Deeds
from sim.scenario.expand import Item
from sim.scenario.format import Customer
from sim.scenario.nightly import Calendar, named
from sim.scenario.opening import at_start
from sim.scenario.played import Attempt, Played
from sim.scenario.recorder import UNKNOWN_TEMPLATE, Recorder
from sim.scenario.refs import FIRST_OFFICER, Refs
from sim.scenario.steps import FACTS, Asked, Look, Record, ReportsOf, Send, Step
from sim.scenario.times import duration
from sim.scenario.transport import Plan

_ACCESS = {"none": 0, "cuba": 1, "pluto": 2, "both": 3}
_MOST_TURNS = 10_000
_PAYMENT_CODES: dict[str | None, int] = {None: 0, **{name: code for code, (name, _) in PAYMENTS.items()}}
_VIEWED = {"centrelink_outbound_correspondence": 1, "correspondence_history": 2, "history_summary": 3}
_AGENCY = clock(AGENCY_ZONE)


class Player(Recorder):
    """Plays one item. Use `play`."""

    def __init__(self, item: Item, conversation: Conversation, seed: int, sets: dict[str, object]) -> None:
        self.item = item
        policy, scenario, usual = load_policy({**sets, **item.scenario.policy}), item.scenario, load_policy()
        changed = [name for name in (*sets, *scenario.policy) if policy.value(name) != usual.value(name)]
        self.policy = {name: policy.value(name) for name in changed}
        played = Played(item, History(), seed, supports=conversation.supports)
        super().__init__(played, conversation, {template.id: template.code for template in policy.templates.values()})
        played.template_names = {code: name for name, code in self.codes.items()}
        self.refs = Refs(scenario)
        played.customers = self.refs.customers
        self._deeds = Deeds(self)
        self._calendar = Calendar(item, policy)
        self.plans = {self.refs.customer(name): _plan(customer) for name, customer in scenario.customers.items()}

    def play(self) -> Played:
        """Play to the end, or up to the first answer outside the protocol or missing answer that all depends on."""
        try:
            self._begin()
            for step, one in enumerate(self.item.scenario.steps):
                self.step = step
                self._until(self.item.times["steps", step, "at"], before_facts=one.verb in FACTS)
                self.awaited += [(self.now, self.refs.customer(who), name) for name, who in one.begins.items()]
                self.played.results[step] = self._do(step, one)
            self.step = -1
            self._until(self.item.until - 1, before_facts=False)
        except (BrokenProtocol, SystemGone) as error:
            self.played.broken, self.played.broken_at = str(error), self.step
            self.played.gone = isinstance(error, SystemGone)
        except NotKnown as error:
            self.played.lost = str(error)
        return self.played

    # Time

    def _begin(self) -> None:
        scenario, register = self.item.scenario, System.REGISTER
        self.system.begin(self.now, self.played.seed, self.policy)
        self.row(Event.ACCESS_RECORDED, officer=FIRST_OFFICER, system=register, value=_ACCESS["both"])
        for name, officer in scenario.officers.items():
            access = _ACCESS[officer.access]
            self.row(Event.ACCESS_RECORDED, officer=self.refs.officer(name), system=register, value=access)
        for name, customer in scenario.customers.items():
            for change in at_start(customer, lambda debt: self.refs.ref("debt", debt)):
                self.change(self.refs.customer(name), change)

    def _until(self, end: int, before_facts: bool) -> None:
        """Let time pass up to `end`; what is due at `end` itself waits for the facts of that instant."""
        for _ in range(_MOST_TURNS):
            dues = [due for one in self.transports.values() if (due := one.next_due()) is not None]
            due_of_system, run_due = self.system.next_due(self.now), self._calendar.next_due()
            if due_of_system is not None:
                dues.append(max(due_of_system, self.now))
            if run_due is not None:
                dues.append(run_due)
            due = min(dues, default=None)
            if due is None or due > end or (before_facts and due == end):
                self.now = end
                return
            self.now = due
            self.turn()
        raise BrokenProtocol(f"the system asks again and again to be advanced at {self.now}")

    def nightly(self) -> None:
        for system in self._calendar.take(self.now):
            if "run_batch" in self.system.supports:
                self.run(system)
            else:
                self.doubt(not_supported("run_batch"))

    def agency_day(self) -> int:
        return _AGENCY.day(self.now)

    def claim_fields(self, customer: int) -> int:
        return pack_fields(0, 0, self._deeds.payments.get(customer, 0))

    # Steps

    def _do(self, index: int, step: Step) -> Any:
        if step.record is not None:
            return self._record(step.record)
        if step.gateway is not None:
            return self._gateway(step.gateway == "up")
        if step.reports is not None:
            self.plans[self.refs.customer(step.reports.customer)] = _plan(step.reports)
            return None
        if step.receipt is not None:
            attempt = self.played.attempts.get(step.receipt.message)
            if attempt is not None and attempt.theirs is not None:
                way = "email" if attempt.channel == Channel.EMAIL else "sms"
                self.transports[way].tells(attempt.number, Event[step.receipt.event.upper()], self.now)
                self.turn()
            return None
        return self._by_people(index, step)

    def _by_people(self, index: int, step: Step) -> Any:
        verb = needs(step)
        if verb and verb not in self.system.supports:
            return self._left_out(step, verb)
        if step.send is not None:
            return [self._send(index, step.send, label) for label in self._labels(step.send)]
        if step.confirm is not None:
            return self._answers(step.confirm, self._confirm)
        if step.cancel is not None:
            return self._answers(step.cancel, self._cancel)
        if step.run_batch is not None:
            for system in named(step.run_batch):
                self.run(system)
            self.turn()
            return self.nights.shown({number: name for name, number in self.refs.customers.items()})
        if verb:
            try:
                return self._read(index, step)
            except NotKnown as error:
                self.played.unknown[index] = str(error)
                return None
        return self._deed(step)

    def _left_out(self, step: Step, verb: str) -> None:
        """A step that the system does not support; after most of them nobody knows what to expect."""
        self.played.unknown[self.step] = not_supported(verb)
        if step.send is not None:
            self.doubt(not_supported(verb), self.refs.customer(step.send.customer))
        elif step.verb in ("confirm", "cancel", "run_batch"):
            attempt = self.played.attempts.get(step.confirm or step.cancel or "")
            self.doubt(not_supported(verb), attempt.customer if attempt else 0)

    def _read(self, index: int, step: Step) -> Any:
        if step.look is not None:
            return self._look(index, step.look)
        if step.create_em is not None:
            return self.system.create_em(self.now, self.refs.customer(step.create_em))
        return self._view(step)

    def _deed(self, step: Step) -> Any:
        deeds, result = self._deeds, None
        if step.act is not None:
            deeds.act(step.act)
        elif step.call is not None:
            deeds.call(step.call)
        elif step.route is not None:
            result = deeds.route(step.route)
        elif step.finalise_claim is not None:
            result = deeds.claim(step.finalise_claim)
        elif step.report is not None:
            result = deeds.report(step.report)
        elif step.follow_report is not None:
            deeds.follow(step.follow_report)
        elif step.sas_finds is not None:
            deeds.finds(step.sas_finds)
        self.turn()
        return result

    def _labels(self, send: Send) -> tuple[str, ...]:
        return self.item.messages[send.name] if send.name else ("",) * send.times

    def _answers(self, name: str, press: Callable[[Attempt], Any]) -> Any:
        attempt = self.played.attempts.get(name)
        if attempt is None or attempt.theirs is None or attempt.unanswered:
            self.played.unknown[self.step] = attempt.unanswered if attempt else f"nothing is known of {name}"
            return None
        return [press(attempt)]

    def _record(self, record: Record) -> None:
        customer = self.refs.customer(record.customer) if record.customer else 0
        for change in facts.changes(record, self.refs.customer, self.refs.ref):
            self.change(customer, change)

    def change(self, customer: int, change: facts.Change) -> None:
        """A change of the registers: its rows in the history, and the system is told."""
        for columns in facts.rows(change, self.codes.__getitem__):
            self.row(columns.pop("event"), customer, system=System.REGISTER, **columns)
        if change[0] != "invalid_ticked":  # what it does to the mobile is told by itself
            self.tell_fact(change[0], customer, change[1])

    def tell_fact(self, name: str, customer: int, fields: facts.Fields) -> None:
        """Tell the system of something that is on record."""
        self.hear(self.system.fact(self.now, name, customer, fields))

    def advise(self, topic: str, customer: int, fields: facts.Fields) -> Plain | None:
        """What the system tells the officer to do; None when it gives no advice."""
        why = not_supported("advise")
        if "advise" in self.system.supports:
            try:
                return self.system.advise(self.now, topic, customer, fields)
            except NotKnown as error:
                why = str(error)
        self.played.unknown[self.step] = why
        self.doubt(why)  # what the officer then does may concern anybody
        return None

    def attempt_named(self, name: str) -> Attempt | None:
        """The message of this name; None when the system could not be asked for it."""
        return self.played.attempts.get(name)

    def _gateway(self, up: bool) -> None:
        gateway, event = self.transports["sms"], Event.OUTAGE_ENDED if up else Event.OUTAGE_STARTED
        self.row(event, system=System.GATEWAY)
        gateway.is_open = up
        if up:
            gateway.opens(self.now)
        self.hear(self.system.fact(self.now, event.name.lower(), 0, {}))
        self.turn()

    def _request(self, asked: Asked) -> Plain:
        officer = 0 if asked.system == "cuba" and not asked.officer else self.refs.officer(asked.officer)
        access = self.item.scenario.officers[asked.officer].access if asked.officer else "both"
        return {
            "system": asked.system, "customer": self.refs.customer(asked.customer), "officer": officer,
            "template": asked.template, "channel": asked.channel, "contact_time": asked.contact_time,
            "by_date": asked.by_date, "payment_type": asked.payment_type, "access": int(access == "both"),
        }  # fmt: skip

    def _attempt(self, index: int, asked: Asked, request: Plain, label: str) -> Attempt:
        by_date = date.fromisoformat(asked.by_date).toordinal() if asked.by_date else 0
        customer, officer = request["customer"], request["officer"]
        attempt = Attempt(
            len(self.attempts) + 1, customer, System[asked.system.upper()],
            self.codes.get(asked.template, UNKNOWN_TEMPLATE), officer,
            self._deeds.work(asked.work, customer, officer) or self.refs.send(index),
            pack_fields(CONTACT_TIMES[asked.contact_time], by_date, _PAYMENT_CODES[asked.payment_type]), label,
        )  # fmt: skip
        return self.enter(attempt)

    def _send(self, index: int, send: Send, label: str) -> Plain | None:
        request = self._request(send)
        attempt = self._attempt(index, send, request, label)
        by_em = send.system == "customer_first"
        if by_em if send.previewed is None else send.previewed:
            self._previewed(attempt, request)
        try:
            answer = self.system.send_em(self.now, request) if by_em else self.system.send(self.now, request)
        except NotKnown as error:
            attempt.channel = Channel[(send.channel or "sms").upper()]
            if isinstance(error, NotAnswered):
                self.note(Event.SEND_PRESSED, attempt, other=attempt.channel, value=attempt.fields)
            self.unanswered(attempt, error)
            return None
        self.known_as(attempt, answer["message"])
        attempt.channel = Channel[answer.get("channel", send.channel or "sms").upper()]
        self.note(Event.SEND_PRESSED, attempt, other=attempt.channel, value=attempt.fields)
        self.answered(attempt, answer)
        if answer["outcome"] == "needs_confirmation" and send.answer == "send":
            return self._confirm(attempt)
        if answer["outcome"] == "needs_confirmation" and send.answer == "cancel":
            return self._cancel(attempt)
        return answer

    def _previewed(self, attempt: Attempt, request: Plain) -> None:
        """The officer looks at the preview of this very message, whatever it shows."""
        self.note(Event.DIALOG_OPENED, attempt, value=attempt.fields)
        verb = "preview_em" if attempt.system == System.CUSTOMER_FIRST else "preview"
        if verb in self.system.supports:
            with suppress(NotKnown):
                getattr(self.system, verb)(self.now, request)
        self.note(Event.PREVIEWED, attempt)

    def _confirm(self, attempt: Attempt) -> Plain | None:
        try:
            answer: Plain = self._press("confirm", Event.CONFIRMED, attempt)
        except NotKnown as error:
            self.unanswered(attempt, error)
            return None
        self.answered(attempt, answer)
        return answer

    def _cancel(self, attempt: Attempt) -> Plain | None:
        try:
            self._press("cancel", Event.CANCELLED, attempt)
        except NotKnown as error:
            self.unanswered(attempt, error)
            return None
        return {**attempt.answers[-1], "outcome": "cancelled"}

    def _press(self, verb: str, event: int, attempt: Attempt) -> Any:
        """Press a button of the one-hour question, which is noted unless the system does not have it."""
        if verb not in self.system.supports:
            raise NotSupported(not_supported(verb))
        try:
            answer = getattr(self.system, verb)(self.now, attempt.theirs)
        except NotAnswered:
            self.note(event, attempt)
            raise
        self.note(event, attempt)
        return answer

    def _look(self, index: int, look: Look) -> list[Plain]:
        filters: Plain = {}
        for name in ("status", "channel", "source"):
            if getattr(look, name) is not None:
                filters[name] = getattr(look, name)
        for name in ("issued_from", "issued_to"):
            if getattr(look, name) is not None:
                filters[name] = self.item.times["steps", index, "look", name]
        customer = self.refs.customer(look.customer)
        lines = self.system.listing(self.now, look.screen, customer, filters)
        if look.screen in _VIEWED:
            shown = [self.by_theirs[line["message"]].number for line in lines if line.get("message") in self.by_theirs]
            for number in shown or [0]:
                self.row(Event.HAS_VIEWED, customer, value=_VIEWED[look.screen], message=number)
        return lines

    def _view(self, step: Step) -> Any:
        asked = step.open_dialog or step.preview
        assert asked is not None
        request = self._request(asked)
        attempt = self._attempt(0, asked, request, "")
        if step.open_dialog is not None:
            self.note(Event.DIALOG_OPENED, attempt, value=attempt.fields)
            return self.system.open_dialog(self.now, request)
        if asked.system == "customer_first":
            view = self.system.preview_em(self.now, request)
        else:
            view = {"text": self.system.preview(self.now, request), "buttons": []}
        if view["text"]:
            self.note(Event.PREVIEWED, attempt)
        return view


def play(item: Item, conversation: Conversation, seed: int = 1, sets: dict[str, object] | None = None) -> Played:
    """Play an item; `sets` are policy values of the session, which the scenario's own come before."""
    return Player(item, conversation, seed, sets or {}).play()


def not_supported(verb: str) -> str:
    """Why nothing is known of what this verb would have given."""
    return f"the system does not support {verb}"


def needs(step: Step) -> str:
    """The verb that the system must support for this step; empty when it need not be asked."""
    for asked, pluto, customer_first in (
        (step.send, "send", "send_em"), (step.open_dialog, "open_dialog", "open_dialog"),
        (step.preview, "preview", "preview_em"),
    ):  # fmt: skip
        if asked is not None:
            return customer_first if asked.system == "customer_first" else pluto
    if step.look is not None:
        return "listing"
    return step.verb if step.verb in ("confirm", "cancel", "create_em", "run_batch") else ""


def _plan(given: Customer | ReportsOf) -> Plan:
    after = -1 if given.reported_after is None else duration(given.reported_after)
    return Plan(given.reports, duration(given.acknowledged_after), after)
