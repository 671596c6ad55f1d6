"""The procedure that an officer follows with one work item, step by step (policy.md A and C, EM tables 1 and 2).

Each step may be skipped with the probability `behaviour.step_skipped`, so that the audit's procedural rates mean
something.
"""

from collections.abc import Callable, Generator
from typing import Any

import simpy

from fakes.cuba import ContactChange
from sim.clock import HOUR
from sim.draws import Purpose
from sim.history import Event
from sim.messages import (
    Channel,
    ContactTime,
    EmailStatus,
    MobileStatus,
    Outcome,
    ProcessKind,
    Recipient,
    SpecialisedArea,
    Status,
    System,
)
from sim.policy.procedures import alternative_first, notepad_first, phone_first, required_attempts, resend_barred
from sim.policy.templates import Template
from sim.world.agenda import Rank
from sim.world.calls import Calls
from sim.world.desktop import Desktop, Sent
from sim.world.office import FOLLOW_UP, Desk, Office, Steps
from sim.world.promises import Promise
from sim.world.requests import Requests
from sim.world.steps import Step
from sim.world.world import WorkItem, World
from sim.world.wrong_customer import WrongCustomer

Answer = Generator[simpy.Event, Any, bool]

_GROUP_OF_KIND = {
    ProcessKind.PAYMENT: "Payment information",
    ProcessKind.NEW_REGISTRATION: "Provide/request information",
    ProcessKind.OBJECTION: "Provide/request information",
    ProcessKind.CHANGE_OF_ASSESSMENT: "Provide/request information",
    ProcessKind.CHANGE_OF_CARE: "Provide/request information",
    ProcessKind.INFORMATION_REQUEST: "Provide/request information",
    ProcessKind.BOUNCE_BACK_FOLLOW_UP: "Request for contact",
    ProcessKind.INTEGRATED: "Request for contact",
}
_CONTACT_GROUP = "Request for contact"
_APPLICANT, _OTHER_PARTY = 1, 2
# Ordinals of OFFICER_CHOICE within a work item (64 and up belong to the dialog).
_WANTS_TO_PHONE, _HOUR_OR_TODAY, _ALERT_ANYWAY, _CALLS_ANYWAY, _MISSED_CALL, _SECOND, _TEMPLATE, _NO_ACCESS, _BARRED = (
    range(9)
)
_UNSURE, _PREFERS_OTHER_WAY = 9, 10
_LAST_HOUR_OF_SHIFT = HOUR
# Rounds of calls (1 is the promised call, 2 and the following are those of the contact protocol).
_FIRST_CONTACT_ROUND, _PROTOCOL_ROUND, _LAST_ROUND, _DISCUSSION_ROUND = 0, 2, 7, 8


class Procedure:
    """What officers do with work. One object serves all officers; what is theirs stands on their desk."""

    def __init__(
        self, world: World, office: Office, desktop: Desktop, calls: Calls, requests: Requests, slips: WrongCustomer
    ) -> None:
        self.world = world
        self.office = office
        self.desktop = desktop
        self.calls = calls
        self.requests = requests
        parameters = world.parameters
        self._slips = slips
        self.others: dict[int, Callable[[Desk, WorkItem], Steps]] = {}  # kinds with a procedure of their own
        self._skipped: float = parameters["behaviour.step_skipped"]
        self._share = {name: parameters[f"behaviour.{name}"] for name in (
            "precall_share", "next_hour_share", "alert_outside_window", "call_despite_hold", "missed_call_message",
            "second_message", "tries_without_access", "tries_despite_bar", "unsure_about_fdv", "sms_not_appropriate",
        )}  # fmt: skip
        self._by_group: dict[str, list[Template]] = {}
        templates = [template for template in world.templates.values() if template.system == System.PLUTO]
        for template in templates:
            if template.desktop and not template.precall:
                self._by_group.setdefault(template.group, []).append(template)
        self._alert = {template.promise: template for template in templates if template.precall}

    def day(self, desk: Desk) -> Steps:
        """An officer's shift: promised calls first, then the team's queue."""
        world, queue = self.world, self.office.queues[desk.officer.team]
        while world.now < desk.shift_ends:
            promise = desk.next_call()
            if promise is not None:
                yield from self._promised_call(desk, promise)
                continue
            item = yield queue.take(desk.id)
            if item is not None:
                yield from self.serve(desk, item)

    def leave(self, desk: Desk) -> None:
        """At the end of a shift the calls still owed go to the Team Leader."""
        for promise in desk.open_calls():
            if promise.officer == desk.id:
                self.calls.hand_over(promise)

    def serve(self, desk: Desk, item: WorkItem) -> Steps:
        """One work item from start to end."""
        self._note(Event.WORK_STARTED, desk, item, value=item.kind, other=item.process)
        yield self._pause(desk, item, "read", Step.READ)
        if item.kind in self.others:
            yield from self.others[item.kind](desk, item)
        elif item.stage:
            yield from self.last_round(desk, item)
        elif item.kind == ProcessKind.BOUNCE_BACK_FOLLOW_UP:
            yield from self._bounced(desk, item)
        elif not self.world.cuba.recipient(item.customer).deceased:
            yield from self.contact(desk, item)
        yield self._pause(desk, item, "wrap_up", Step.WRAP_UP)
        self._note(Event.WORK_ENDED, desk, item, value=item.kind)

    # Before deciding to send (EM, Prepare to send EM to customer from desktop)

    def contact(self, desk: Desk, item: WorkItem) -> Steps:
        """Contact the customer of a work item from Pluto or by phone."""
        cuba, customer = self.world.cuba, item.customer
        subscribed = True
        if not self._skips(item, Step.SUBSCRIPTION):
            yield self._pause(desk, item, "check", Step.SUBSCRIPTION)
            self._note(Event.SUBSCRIPTION_CHECKED, desk, item)
            subscribed = self._may_get_sms(cuba.recipient(customer)) or self._chooses(
                item, _BARRED, "tries_despite_bar"
            )
        appropriate = yield from self._concerns(desk, item)
        if cuba.area(customer) != SpecialisedArea.NONE and not self._skips(item, Step.AREA):
            yield self._pause(desk, item, "check", Step.AREA)
            self._note(Event.AREA_INSTRUCTIONS_CHECKED, desk, item)
        yield from self._history(desk, item)
        first_contact = phone_first(int(cuba.has_never_contacted(customer)), 0)
        rings_first = first_contact and not self._skips(item, Step.FIRST_CONTACT)
        if rings_first and (yield from self.calls.round(desk, item, customer, _FIRST_CONTACT_ROUND)):
            yield from self._talked(desk, item)
            return
        if not appropriate or not subscribed or self._lacks_access(desk, item):
            yield from self._by_phone(desk, item)
            return
        if (yield from self._other_way(desk, item)):
            return
        yield from self._by_sms(desk, item)

    def _concerns(self, desk: Desk, item: WorkItem) -> Answer:
        """Family and domestic violence: notepad, consultation, and discussing the applicant's concerns with them."""
        cuba = self.world.cuba
        indicator = int(cuba.has_fdv_indicator(item.customer))
        if notepad_first(indicator, int(cuba.has_raised_concerns(item.customer))):
            if not self._skips(item, Step.NOTEPAD):
                yield self._pause(desk, item, "notepad", Step.NOTEPAD)
                self._note(Event.NOTEPAD_REVIEWED, desk, item)
            unsure = self._chooses(item, _UNSURE, "unsure_about_fdv")
            if unsure and not (yield from self.office.consult(desk, item)):
                return False
            if item.role != _APPLICANT and self.world.chance(
                Purpose.OFFICER_CHOICE, item.ref, Step.APPROPRIATE, self._share["sms_not_appropriate"]
            ):
                return False
        if cuba.fdv_undiscussed(item.customer) and not self._skips(item, Step.FDV_DISCUSSION):
            # On another matter than the process that bars SMS the officer phones instead.
            return item.role == _OTHER_PARTY and (yield from self._discuss(desk, item))
        return True

    def _discuss(self, desk: Desk, item: WorkItem) -> Answer:
        """Phone the applicant about their concerns before the other party gets an SMS (`cs-fdv`)."""
        applicant = self.world.cuba.applicant(item.process)
        if applicant is None:
            return False
        if self.world.cuba.area(applicant) != SpecialisedArea.NONE and not self._skips(item, Step.AREA):
            yield self._pause(desk, item, "check", Step.FDV_DISCUSSION)
            self.world.note(Event.AREA_INSTRUCTIONS_CHECKED, applicant, item.ref, desk.id)
        if (yield from self.calls.round(desk, item, applicant, _DISCUSSION_ROUND)):
            self.world.cuba.discuss_fdv(item.process, desk.id, self.world.now)
        return not self.world.cuba.fdv_undiscussed(item.customer)

    def _history(self, desk: Desk, item: WorkItem) -> Steps:
        if not self._skips(item, Step.PLUTO_LIST):
            yield self._pause(desk, item, "check", Step.PLUTO_LIST)
            self._note(Event.LIST_VIEWED, desk, item, value=1)
        if not self._skips(item, Step.CASE_HISTORY):
            yield self._pause(desk, item, "check", Step.CASE_HISTORY)
            self._note(Event.CASE_HISTORY_VIEWED, desk, item)

    def _lacks_access(self, desk: Desk, item: WorkItem) -> bool:
        return desk.officer.access != 3 and not self._chooses(item, _NO_ACCESS, "tries_without_access")

    def _other_way(self, desk: Desk, item: WorkItem) -> Answer:
        """After several unanswered messages another way of contact is considered first, and half the time taken."""
        if not self._considers_other_way(item):
            return False
        if self.world.draws.uniform(Purpose.OFFICER_CHOICE, item.ref, _PREFERS_OTHER_WAY) < 0.5:
            return False
        self._note(Event.ALTERNATIVE_CONSIDERED, desk, item)
        yield from self._by_phone(desk, item)
        return True

    def _considers_other_way(self, item: WorkItem) -> bool:
        unanswered = self.requests.unanswered(item.customer, self.world.now)
        considers = alternative_first(unanswered, self.world.values.unanswered_messages)
        return bool(considers) and not self._skips(item, Step.ALTERNATIVE)

    # By SMS

    def _by_sms(self, desk: Desk, item: WorkItem) -> Steps:
        if self._chooses(item, _WANTS_TO_PHONE, "precall_share"):
            yield from self._alert_and_call(desk, item)
            return
        template = self._choose(item, _GROUP_OF_KIND[ProcessKind(item.kind)], _TEMPLATE)
        sent = yield from self._send(desk, item, template, ContactTime.NONE, 1)
        if sent.outcome == Outcome.REFUSED:
            yield from self._by_phone(desk, item)
        elif self._chooses(item, _SECOND, "second_message"):
            yield from self._send(desk, item, self._choose(item, _CONTACT_GROUP, _SECOND), ContactTime.NONE, 2)

    def _alert_and_call(self, desk: Desk, item: WorkItem) -> Steps:
        world, values = self.world, self.world.values
        time_of_day = world.clock_of(item.customer).time_of_day(world.now)
        closed = not values.opens_ms <= time_of_day < values.closes_ms
        late = desk.shift_ends - world.now < _LAST_HOUR_OF_SHIFT
        if late or (closed and not self._chooses(item, _ALERT_ANYWAY, "alert_outside_window")):
            yield from self._by_phone(desk, item)
            return
        # S002 is only for an objection whose call can be made the same day.
        template = self._alert["today" if item.kind == ProcessKind.OBJECTION else "contact_time"]
        next_hour = item.kind != ProcessKind.OBJECTION and self._chooses(item, _HOUR_OR_TODAY, "next_hour_share")
        contact_time = ContactTime.NEXT_HOUR if next_hour else ContactTime.TODAY
        sent = yield from self._send(desk, item, template, contact_time, 1)
        if sent.outcome in (Outcome.SENT, Outcome.HELD):
            promise = self.calls.promised(desk, item, sent.message, contact_time)
            if sent.outcome == Outcome.HELD and self._chooses(item, _CALLS_ANYWAY, "call_despite_hold"):
                self.calls.plan(promise, world.now)
        elif sent.outcome == Outcome.REFUSED:
            yield from self._by_phone(desk, item)

    def _send(
        self, desk: Desk, item: WorkItem, template: Template, contact_time: int, step: int
    ) -> Generator[simpy.Event, Any, Sent]:
        """Complete the prior actions that the template names, then the dialog; but not while the same message is not
        yet in Cuba's list (`cs-no-resend`)."""
        if self._is_awaited(item.customer, template.code) and not self._skips(item, Step.NO_RESEND + step):
            return Sent(0, Outcome.CANCELLED, 0)
        if self._considers_other_way(item):
            self._note(Event.ALTERNATIVE_CONSIDERED, desk, item)
        for number in range(1, len(template.prior_actions) + 1):
            action = Step.PRIOR_ACTION + 8 * step + number
            if not self._skips(item, action):
                yield self._pause(desk, item, "prior_action", action)
                self._note(Event.PRIOR_ACTION_DONE, desk, item, value=number, template=template.code)
        to = item if template.precall else self._slips.addressed(item, step)
        sent = yield from self.desktop.send(desk, to, template, contact_time, step)
        if to is not item:
            self._slips.sent_to(item, to, sent, step)
        elif sent.outcome in (Outcome.SENT, Outcome.HELD) and template.asks_answer:
            self.requests.asked(item, sent.message)
        return sent

    def _is_awaited(self, customer: int, template: int) -> bool:
        now = self.world.now
        return any(
            record.template == template and record.status != Status.WITHDRAWN
            and resend_barred(record.issued, record.viewable, now)
            for record in self.world.ledger.of(customer)
        )  # fmt: skip

    # By phone

    def _promised_call(self, desk: Desk, promise: Promise) -> Steps:
        item = promise.item
        self._note(Event.WORK_STARTED, desk, item, value=item.kind, other=item.process, message=promise.message)
        if (yield from self.calls.keep(desk, promise)):
            yield from self._talked(desk, item)
        elif promise.template:  # promised from Customer First
            yield from self.letter(desk, item)
        else:
            yield from self._missed(desk, item)
        self._note(Event.WORK_ENDED, desk, item, value=item.kind, message=promise.message)

    def _by_phone(self, desk: Desk, item: WorkItem) -> Steps:
        if (yield from self.calls.round(desk, item, item.customer, _PROTOCOL_ROUND)):
            yield from self._talked(desk, item)
        else:
            yield from self._missed(desk, item)

    def _talked(self, desk: Desk, item: WorkItem) -> Steps:
        """The customer was reached: an applicant's concerns are discussed on this call."""
        cuba = self.world.cuba
        concerned = item.role == _APPLICANT and item.customer in cuba.concerns_on(item.process)
        if concerned and not self._skips(item, Step.FDV_DISCUSSION):
            yield self._pause(desk, item, "notepad", Step.FDV_DISCUSSION)
            cuba.discuss_fdv(item.process, desk.id, self.world.now)

    def _missed(self, desk: Desk, item: WorkItem) -> Steps:
        """Nobody answered: a request for contact, or the contact protocol to its end and then a letter."""
        recipient = self.world.cuba.recipient(item.customer)
        wants = self._chooses(item, _MISSED_CALL, "missed_call_message") and desk.officer.access == 3
        if wants and self._may_get_sms(recipient) and not self.world.cuba.fdv_undiscussed(item.customer):
            sent = yield from self._send(
                desk, item, self._choose(item, _CONTACT_GROUP, _MISSED_CALL), ContactTime.NONE, 3
            )
            if sent.outcome != Outcome.REFUSED:
                return
        attempts, days = required_attempts(
            self.world.cuba.area(item.customer), item.kind, int(self.world.cuba.is_out_of_time(item.process)),
            self._attempts(""), self._attempts("out_of_time_"),
        )  # fmt: skip
        if attempts > 1 and not self._skips(item, Step.CONTACT_PROTOCOL):
            for number in range(1, attempts - days + 1):
                if (yield from self.calls.round(desk, item, item.customer, _PROTOCOL_ROUND + number)):
                    return
            opens = self.office.next_opening(desk.officer.team, self.world.now)
            self.world.agenda.call(
                opens, Rank.ARRIVAL, item.ref, 1, self.office.put, item._replace(stage=1), FOLLOW_UP, False
            )
            return
        yield from self.letter(desk, item)

    def last_round(self, desk: Desk, item: WorkItem) -> Steps:
        """The contact protocol's last round of calls, on a later business day; then the letter."""
        if not (yield from self.calls.round(desk, item, item.customer, _LAST_ROUND)):
            yield from self.letter(desk, item)

    def letter(self, desk: Desk, item: WorkItem) -> Steps:
        """A "please contact" letter, the fallback."""
        yield self._pause(desk, item, "letter", Step.LETTER)
        self._note(Event.LETTER_SENT, desk, item)

    # After a bounce-back (`cs-bounce-followup`)

    def _bounced(self, desk: Desk, item: WorkItem) -> Steps:
        world, cuba, customer = self.world, self.world.cuba, item.customer
        yield self._pause(desk, item, "check", Step.NUMBER_CHECK)
        if world.ledger.message(item.message).channel == Channel.EMAIL:
            self._note(Event.DETAILS_CHECKED, desk, item, message=item.message)
            if world.dead_addresses.get(customer) and not self._skips(item, Step.NUMBER_CHECK):
                cuba.record_email(customer, EmailStatus.INVALID, ContactChange.OFFICER, world.now)
            return
        working = not world.disconnected.get(customer, False)
        already = cuba.recipient(customer).mobile != MobileStatus.VALID
        self._note(Event.NUMBER_CHECKED, desk, item, value=1 if working else 2, message=item.message)
        if not working and not already and not self._skips(item, Step.NUMBER_CHECK):
            cuba.tick_invalid(customer, desk.id, world.now)

    # Small words

    def _note(
        self,
        event: int,
        desk: Desk,
        item: WorkItem,
        value: int = 0,
        other: int = 0,
        message: int = 0,
        template: int = 0,
    ) -> None:
        self.world.note(event, item.customer, item.ref, desk.id, value, message, template, other)

    def _pause(self, desk: Desk, item: WorkItem, name: str, step: int) -> simpy.Event:
        return self.world.pause(desk.id, self.world.duration(name, item.ref, step + 32 * item.stage))

    def _skips(self, item: WorkItem, step: int) -> bool:
        return self.world.chance(Purpose.STEP_SKIPPED, item.ref, step, self._skipped)

    def _chooses(self, item: WorkItem, ordinal: int, name: str) -> bool:
        return self.world.chance(Purpose.OFFICER_CHOICE, item.ref, ordinal, self._share[name])

    def _choose(self, item: WorkItem, group: str, ordinal: int) -> Template:
        templates = self._by_group[group]
        return templates[int(self.world.draws.uniform(Purpose.OFFICER_CHOICE, item.ref, 32 + ordinal) * len(templates))]

    def _attempts(self, which: str) -> tuple[int, int]:
        """How many rounds of calls the contact protocol asks for, and over how many days."""
        value = self.world.policy.value
        over = f"cs-contact-protocol.{which or 'attempts_'}over_days"
        return int(value(f"cs-contact-protocol.{which}attempts")), int(value(over))

    @staticmethod
    def _may_get_sms(recipient: Recipient) -> bool:
        return (
            recipient.mobile == MobileStatus.VALID
            and not recipient.opted_out
            and not recipient.restricted_access
            and not recipient.employer
        )
