"""Pluto: the desktop from which Service Officers issue SMS, as far as the documents show it.

The Generate Desktop Message dialog (open, preview, Send, the one-hour question), the Outbound Correspondence list with
its filters and status texts, and the Customer Summary.
"""

from typing import NamedTuple

from fakes.ledger import Record
from fakes.people import People
from fakes.sender import Issue, Sender, Surroundings
from sim.clock import ZONES
from sim.messages import MobileStatus, Reason, Recipient, Request, Status, System
from sim.policy.templates import Template

STATUS_TEXTS = {
    Status.HELD: "Held",
    Status.SENT_TO_OPEN_TEXT: "Sent to open text",
    Status.COMMUNICATION_SENT: "Communication sent",
    Status.BOUNCE_BACK: "Bounce Back (BB)",
    Status.WITHDRAWN: "Withdrawn",
}
SOURCES = {System.PLUTO: "Pluto", System.CUBA: "Cuba"}
CONTACT_TIMES = ("In the next hour", "Today")


class DialogView(NamedTuple):
    """What the Generate Desktop Message dialog shows (`cs-fields`, `cs-opt-out`, `cs-daily-limit`)."""

    name: str
    mobile: str
    groups: dict[str, list[str]]
    contact_times: tuple[str, ...]
    asks_by_date: bool
    last_message: str
    preview_enabled: bool
    send_enabled: bool
    red_text: str
    reasons: int


class OutboundLine(NamedTuple):
    """One line of the Outbound Correspondence list; `opened` is the message as it shows when the line is selected."""

    message: int
    status: str
    source: str
    issued: int
    template: str
    opened: str


class CustomerSummary(NamedTuple):
    """The Customer Summary screen."""

    name: str
    mobile: str
    email: str
    zone: str


class Pluto(Sender):
    """The desktop. `people` is only needed for the screens that show a name or a number."""

    system = System.PLUTO

    def __init__(self, around: Surroundings, people: People) -> None:
        super().__init__(around)
        self._people = people
        policy = around.policy
        self.opt_out_text = str(policy.value("cs-opt-out.text"))
        self.limit_text = str(policy.value("cs-daily-limit.text"))
        self.confirmation_text = str(policy.value("cs-hourly-confirmation.text"))
        self._groups: dict[str, list[str]] = {}
        for template in self.templates.values():
            if template.desktop and template.system == self.system:
                self._groups.setdefault(template.group, []).append(template.id)

    def open_dialog(self, request: Request, now: int) -> DialogView:
        """Open the dialog with the choices of `request`; nothing is issued."""
        issue = self.look(request, now)
        template, recipient = issue.template, issue.recipient
        enabled = self._enabled(issue)
        summary = self.customer_summary(request.customer)
        earlier = [record for record in self.ledger.of(request.customer) if record.sent >= 0]
        fields = template.fields if template else ()
        return DialogView(
            name=summary.name,
            mobile=summary.mobile,
            groups=self._groups,
            contact_times=CONTACT_TIMES if "contact_time" in fields else (),
            asks_by_date="by_date" in fields,
            last_message=max(earlier, key=lambda record: record.sent).text if earlier else "",
            preview_enabled=enabled,
            send_enabled=enabled,
            red_text=self.opt_out_text if recipient.opted_out else "",
            reasons=issue.reasons,
        )

    def preview_enabled(self, request: Request, now: int) -> bool:
        """Whether Preview is enabled in the dialog with these choices: not with an opt-out, nor without access."""
        return self._enabled(self.look(request, now))

    def message_shown(self, reasons: int) -> str:
        """The words that a refusal shows: the red text, the limit text, or nothing prescribed (empty)."""
        if reasons & Reason.OPTED_OUT:
            return self.opt_out_text
        if reasons & Reason.DAILY_LIMIT:
            return self.limit_text
        return ""

    def preview(self, request: Request) -> str:
        """The message as it would be sent. Raises ValueError when a field that it needs is empty, KeyError for an
        unknown template."""
        return self.rules.render(self.templates[request.template], request.contact_time, request.by_date)

    def outbound_correspondence(
        self,
        customer: int,
        status: str | None = None,
        source: str | None = None,
        issued_from: int | None = None,
        issued_to: int | None = None,
    ) -> list[OutboundLine]:
        """The list of all outbound correspondence, oldest first, filtered by letter status, source (`Pluto`, `Cuba`)
        and date range (instants of issue, half-open)."""
        lines = []
        for record in self.ledger.of(customer):
            line = self._line(record)
            if (
                status in (None, line.status)
                and source in (None, line.source)
                and (issued_from is None or record.issued >= issued_from)
                and (issued_to is None or record.issued < issued_to)
            ):
                lines.append(line)
        return lines

    def customer_summary(self, customer: int) -> CustomerSummary:
        """The Customer Summary screen; only numbers kept for fiction are ever shown."""
        recipient = self.register.recipient(customer)
        status = MobileStatus(recipient.mobile)
        return CustomerSummary(
            self._people.name(customer),
            self._people.shown_number(customer, status),
            self._people.email(customer) if recipient.email else "",
            ZONES[recipient.zone],
        )

    def _tests(
        self, request: Request, recipient: Recipient, template: Template | None, today: int, limit_reached: int
    ) -> int:
        flags = self._field_flags(request, template, today)
        return self.rules.dialog_reasons(
            request,
            recipient,
            template.service if template else 0,
            int(template is not None and template.desktop and template.system == self.system),
            flags & Reason.MISSING_FIELD,
            flags & Reason.BY_DATE_IN_PAST,
            limit_reached,
            self.values,
        )

    def _enabled(self, issue: Issue) -> bool:
        return not issue.reasons & (Reason.OPTED_OUT | Reason.NO_ACCESS)

    def _needs_confirmation(self, customer: int, now: int) -> bool:
        values = self.values
        last = self.ledger.latest(customer, System.PLUTO, by_sent=values.confirm_from == 1)
        return bool(self.rules.needs_confirmation(now, last, values.confirm_ms, values.confirm_inclusive))

    def _line(self, record: Record) -> OutboundLine:
        return OutboundLine(
            record.message,
            STATUS_TEXTS[record.status],
            SOURCES[System(record.system)],
            record.issued,
            self.templates[record.template].id,
            record.text,
        )
