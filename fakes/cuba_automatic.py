"""Cuba's automatic EM: reminders and notices that no officer sends."""

from fakes.sender import Sender
from sim.messages import Reason, Recipient, Request, System
from sim.policy.templates import Template


class CubaAutomatic(Sender):
    """Sends the automatic templates by SMS; the recipient rules and the window bind it, the dialog does not."""

    system = System.CUBA

    def _tests(
        self, request: Request, recipient: Recipient, template: Template | None, today: int, limit_reached: int
    ) -> int:
        known = template is not None and not template.desktop
        flags = self._field_flags(request, template, today)
        return self.rules.automatic_reasons(
            request,
            recipient,
            template.service if template else 0,
            int(known),
            flags & Reason.MISSING_FIELD,
            flags & Reason.BY_DATE_IN_PAST,
            limit_reached,
            self.values,
        )
