"""Cuba's automatic EM: reminders and notices that no officer sends, by SMS or by email (`cs-email`)."""

from fakes.dispatch import Dispatch
from fakes.protocols import Happening, Transport
from fakes.sender import Sender, Surroundings
from sim.messages import Channel, Reason, Recipient, Request, System
from sim.policy.policy import Policy
from sim.policy.templates import Template


class CubaAutomatic(Sender):
    """Sends the automatic templates; the recipient rules bind them, and SMS the window; the dialog does not.

    Email leaves by an outbox of its own, `email_rate_per_second` a second, so an outage of the SMS gateway does not
    hold it up. Without an Email Exchange all messages are SMS.
    """

    system = System.CUBA

    def __init__(
        self, around: Surroundings, email_exchange: Transport | None = None, email_rate_per_second: float = 1.0
    ) -> None:
        super().__init__(around)
        self._email: Dispatch | None = None
        if email_exchange is not None:
            # No daily limit: it counts SMS.
            self._email = self.dispatch_class(
                self.system, self.dispatch.sender, self.rules, self.values, self.clocks, self.register, email_exchange,
                self.ledger, email_rate_per_second, (), self._bars,
            )  # fmt: skip

    def adopt(self, policy: Policy, now: int) -> None:
        """From `now` on these values of the policy are in force, for emails too."""
        super().adopt(policy, now)
        if self._email:
            self._email.adopt(self.values, (), now)

    def channel(self, customer: int) -> int:
        """The Channel by which an automatic message to this customer goes now."""
        return self.rules.preferred_channel(self.register.recipient(customer)) if self._email else int(Channel.SMS)

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do."""
        due = super().next_due()
        email = self._email.next_due() if self._email else None
        return due if email is None else email if due is None else min(due, email)

    def advance(self, now: int) -> list[Happening]:
        """Timers that ran out, then the SMS outbox, then the email outbox."""
        happened = super().advance(now)
        if self._email:
            happened += self._email.advance(now)
        return happened

    def _route(self, channel: int) -> Dispatch:
        return self._email if self._email and channel == Channel.EMAIL else self.dispatch

    def _tests(
        self, request: Request, recipient: Recipient, template: Template | None, today: int, limit_reached: int
    ) -> int:
        known = template is not None and template.system == self.system
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
