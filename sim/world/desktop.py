"""At the desktop: the Generate Desktop Message dialog as an officer goes through it (policy.md B and C)."""

from collections.abc import Generator
from typing import Any, NamedTuple

import simpy

from sim.clock import SECOND
from sim.draws import Purpose
from sim.history import Event
from sim.messages import Channel, ContactTime, Decision, Outcome, Reason, Request, System, pack_fields
from sim.policy.templates import Template
from sim.world.machines import Machines
from sim.world.office import Desk
from sim.world.steps import Step
from sim.world.world import WorkItem, World

_FULL_ACCESS = 3
_FIELD_ORDINAL, _CHANNEL_ORDINAL = 0, 1
_ALL_FIELDS_WRONG = Reason.MISSING_FIELD | Reason.BY_DATE_IN_PAST


class Sent(NamedTuple):
    """What became of one message at the desktop: `outcome` is an Outcome; `reasons` those of a refusal."""

    message: int
    outcome: int
    reasons: int


class Desktop:
    """Sending one message by the procedure: choose, check the details, preview, Send, and the one-hour question."""

    def __init__(self, world: World, machines: Machines) -> None:
        self.world = world
        self.machines = machines
        parameters = world.parameters
        self._skipped: float = parameters["behaviour.step_skipped"]
        self._slip: float = parameters["behaviour.field_slip"]
        self._channel_slip: float = parameters["behaviour.channel_slip"]
        self._confirmed: float = parameters["behaviour.confirmed_share"]
        self._question = round(float(parameters["behaviour.confirmation_seconds"]) * SECOND)
        self._by_date_days: int = parameters["behaviour.by_date_days"]

    def send(
        self, desk: Desk, item: WorkItem, template: Template, contact_time: int, step: int
    ) -> Generator[simpy.Event, Any, Sent]:
        """Go through the dialog for message `step` of the work item. A slip is refused, and put right once."""
        sent = yield from self._attempt(desk, item, template, contact_time, step, slips=True)
        if sent.reasons and not sent.reasons & ~(_ALL_FIELDS_WRONG | Reason.CHANNEL_NOT_APPROVED):
            sent = yield from self._attempt(desk, item, template, contact_time, step, slips=False)
        return sent

    def _attempt(
        self, desk: Desk, item: WorkItem, template: Template, contact_time: int, step: int, slips: bool
    ) -> Generator[simpy.Event, Any, Sent]:
        world = self.world
        request = self._request(desk, item, template, contact_time, step, slips)
        fields = pack_fields(request.contact_time, request.by_date)
        self._note(Event.DIALOG_OPENED, request, fields)
        yield world.pause(desk.id, world.duration("compose", item.ref, Step.COMPOSE + step))
        if world.pluto.preview_enabled(request, world.now):
            yield from self._check(desk, item, request, step)
        decision = self._press(request, fields)
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            decision = yield from self._question_answered(desk, request, step)
        return Sent(request.message, decision.outcome, decision.reasons)

    def _check(self, desk: Desk, item: WorkItem, request: Request, step: int) -> Generator[simpy.Event, Any, None]:
        world = self.world
        if not world.chance(Purpose.STEP_SKIPPED, item.ref, Step.DETAILS + step, self._skipped):
            self._note(Event.DETAILS_CHECKED, request)
        if not world.chance(Purpose.STEP_SKIPPED, item.ref, Step.PREVIEW + step, self._skipped):
            yield world.pause(desk.id, world.duration("preview", item.ref, Step.PREVIEW + step))
            self._note(Event.PREVIEWED, request)

    def _request(
        self, desk: Desk, item: WorkItem, template: Template, contact_time: int, step: int, slips: bool
    ) -> Request:
        world, customer = self.world, item.customer
        today = world.clock_of(customer).day(world.now)
        by_date = today + self._by_date_days if "by_date" in template.fields else 0
        contact = contact_time if "contact_time" in template.fields else ContactTime.NONE
        channel = Channel.SMS
        if slips:
            if world.chance(Purpose.OFFICER_CHOICE, item.ref, 64 + 2 * step + _CHANNEL_ORDINAL, self._channel_slip):
                channel = Channel.MYGOV
            u = world.draws.uniform(Purpose.OFFICER_CHOICE, item.ref, 64 + 2 * step + _FIELD_ORDINAL)
            if u < self._slip:
                # Half of the slips leave the field out, half choose a day that has passed.
                contact, by_date = ContactTime.NONE, (today - 1 if by_date and u < self._slip / 2 else 0)
        return Request(
            world.next_message(), customer, System.PLUTO, template.code, desk.id, item.ref, channel, contact, by_date,
            int(desk.officer.access == _FULL_ACCESS), step=step,
        )  # fmt: skip

    def _press(self, request: Request, fields: int) -> Decision:
        """Press Send: the request and the answer go into the history. Concerns count as they are now, not as they were
        when the dialog was opened."""
        world = self.world
        request = request._replace(fdv_undiscussed=world.cuba.fdv_undiscussed(request.customer))
        self._note(Event.SEND_PRESSED, request, fields, other=request.channel)
        decision = self.machines.send(request)
        self._answered(request, decision)
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            self._info(request, world.pluto.confirmation_text)
            self._note(Event.CONFIRMATION_ASKED, request)
        return decision

    def _question_answered(self, desk: Desk, request: Request, step: int) -> Generator[simpy.Event, Any, Decision]:
        world = self.world
        yield world.pause(desk.id, self._question)
        if not world.chance(Purpose.OFFICER_CHOICE, request.ref, Step.CONFIRM + step, self._confirmed):
            self._note(Event.CANCELLED, request)
            return Decision(Outcome.CANCELLED, 0, 0)
        self._note(Event.CONFIRMED, request)
        again = request._replace(confirmed=1, fdv_undiscussed=world.cuba.fdv_undiscussed(request.customer))
        decision = self.machines.send(again)
        self._answered(again, decision)
        return decision

    def _answered(self, request: Request, decision: Decision) -> None:
        world = self.world
        if decision.outcome == Outcome.REFUSED:
            text = world.pluto.message_shown(decision.reasons)
            if text:
                self._info(request, text)
            self._note(Event.REFUSED, request, reasons=decision.reasons)
        elif decision.outcome in (Outcome.SENT, Outcome.HELD):
            record_issue(world, request, decision)

    def _info(self, request: Request, text: str) -> None:
        self._note(Event.INFO_SHOWN, request, self.world.history.content("", text))

    def _note(self, event: int, request: Request, value: int = 0, other: int = 0, reasons: int = 0) -> None:
        self.world.note(
            event,
            request.customer,
            request.ref,
            request.officer,
            value,
            request.message,
            request.template,
            other,
            reasons,
        )


def record_issue(world: World, request: Request, decision: Decision) -> None:
    """Write ISSUED, and HELD when the message waits, as the sending system answered."""
    for event in (Event.ISSUED, Event.HELD) if decision.outcome == Outcome.HELD else (Event.ISSUED,):
        world.history.append(
            world.now, event, request.customer, request.channel, request.ref, request.message, request.officer,
            request.system, request.template, 0, decision.due,
        )  # fmt: skip
