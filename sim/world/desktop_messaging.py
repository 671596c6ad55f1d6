"""At Customer First's Desktop Messaging: one message as an Integrated Service Officer sends it (policy.md E)."""

from collections.abc import Generator
from typing import Any

import simpy

from sim.draws import Purpose
from sim.history import Event
from sim.messages import Channel, Decision, Outcome, Request, System, pack_fields
from sim.policy.templates import Template
from sim.world.desktop import Sent, record_issue
from sim.world.machines import Machines
from sim.world.office import Desk
from sim.world.steps import Step
from sim.world.world import WorkItem, World

_AGAIN = 8  # the step of the second attempt is that of the first plus this
_WRONG_TEXT, _WHICH_TEXT = 64, 80  # n of WORK: + step


class DesktopMessaging:
    """Create EM, the text, Preview EM, then Send Electronic Message or Cancel."""

    def __init__(self, world: World, machines: Machines) -> None:
        self.world = world
        self.machines = machines
        self._skipped: float = world.parameters["behaviour.step_skipped"]
        self._wrong_text: float = world.parameters["integrated.wrong_text_share"]
        self._queued = world.customer_first.queued_text
        self._texts = [template for template in world.templates.values() if template.system == System.CUSTOMER_FIRST]

    def send(
        self, desk: Desk, item: WorkItem, template: Template, step: int, payment_type: int = 0
    ) -> Generator[simpy.Event, Any, Sent]:
        """Go through the screens for message `step` of the work item.

        Now and then the wrong text is selected: the preview shows it, the officer cancels and begins again. Without a
        look at the preview it goes.
        """
        chosen = self._selected(item, template, step)
        sent = yield from self._attempt(desk, item, chosen, step, payment_type, wrong=chosen is not template)
        if sent.outcome == Outcome.CANCELLED:
            sent = yield from self._attempt(desk, item, template, step + _AGAIN, payment_type, wrong=False)
        return sent

    def automatic(self, item: WorkItem, template: Template, step: int, payment_type: int) -> Decision:
        """Customer First sends a message by itself."""
        request = self._request(0, item, template, step, payment_type)
        return self._press(request)

    def _attempt(
        self, desk: Desk, item: WorkItem, template: Template, step: int, payment_type: int, wrong: bool
    ) -> Generator[simpy.Event, Any, Sent]:
        world = self.world
        request = self._request(desk.id, item, template, step, payment_type)
        self._note(Event.DIALOG_OPENED, request, pack_fields(0, 0, payment_type))
        yield world.pause(desk.id, world.duration("compose", item.ref, Step.COMPOSE + step))
        if not world.chance(Purpose.STEP_SKIPPED, item.ref, Step.DETAILS + step, self._skipped):
            self._note(Event.DETAILS_CHECKED, request)
        # Send and Cancel stand in the preview (`cf-flow`): nobody gets past it, but not everybody reads it.
        yield world.pause(desk.id, world.duration("preview", item.ref, Step.PREVIEW + step))
        self._note(Event.PREVIEWED, request)
        if wrong and not world.chance(Purpose.STEP_SKIPPED, item.ref, Step.PREVIEW + step, self._skipped):
            self._note(Event.CANCELLED, request)
            return Sent(request.message, Outcome.CANCELLED, 0)
        decision = self._press(request)
        return Sent(request.message, decision.outcome, decision.reasons)

    def _selected(self, item: WorkItem, template: Template, step: int) -> Template:
        draws = self.world.draws
        if draws.uniform(Purpose.WORK, item.ref, _WRONG_TEXT + step) >= self._wrong_text:
            return template
        # Another text with the same fields: one that asks for more could not be sent by mistake.
        others = [other for other in self._texts if other is not template and set(other.fields) <= set(template.fields)]
        if not others:
            return template
        return others[int(draws.uniform(Purpose.WORK, item.ref, _WHICH_TEXT + step) * len(others))]

    def _request(self, officer: int, item: WorkItem, template: Template, step: int, payment_type: int) -> Request:
        return Request(
            self.world.next_message(), item.customer, System.CUSTOMER_FIRST, template.code, officer, item.ref,
            step=step, payment_type=payment_type,
        )  # fmt: skip

    def _press(self, request: Request) -> Decision:
        """Send Electronic Message: the request and the answer go into the history, and what the screen then says."""
        self._note(Event.SEND_PRESSED, request, pack_fields(0, 0, request.payment_type), other=Channel.SMS)
        decision = self.machines.send(request)
        if decision.outcome == Outcome.REFUSED:
            self._note(Event.REFUSED, request, reasons=decision.reasons)
            return decision
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            # Nobody here knows of such a question (`cf-window`): what was not issued is let be.
            self._note(Event.CONFIRMATION_ASKED, request)
            self._note(Event.CANCELLED, request)
            return Decision(Outcome.CANCELLED, 0, 0)
        record_issue(self.world, request, decision)
        if request.officer:
            self._note(Event.INFO_SHOWN, request, self.world.history.content("", self._queued))
        return decision

    def _note(self, event: int, request: Request, value: int = 0, other: int = 0, reasons: int = 0) -> None:
        world = self.world
        world.history.append(
            world.now, event, request.customer, other, request.ref, request.message, request.officer,
            System.CUSTOMER_FIRST, request.template, reasons, value,
        )  # fmt: skip
