"""Customer First: the desktop from which Integrated Service Officers send Centrelink's messages (policy.md E).

Desktop Messaging as the documents show it: name, contact details and message history, Create EM, a document
description, a text option, Preview EM, then Send Electronic Message or Cancel. After Send the history shows the
message as queued, and Customer Details, Communication History lists it. Where the CCM is available for a claim,
Customer First sends the claim message by itself. Neither Pluto's daily limit nor its one-hour question holds here
(`cf-window`).
"""

from typing import NamedTuple

from fakes.centrelink import Centrelink
from fakes.ledger import Record
from fakes.people import People
from fakes.sender import Issue, Sender, Surroundings
from sim.clock import Clock
from sim.messages import Kind, MobileStatus, Reason, Recipient, Request, Status, System
from sim.policy.content import PAYMENTS
from sim.policy.debt import debt_values
from sim.policy.templates import Template

MENU = ("Workspace", "Customer Communication", "Desktop Messaging")
SEND, CANCEL = "Send Electronic Message", "Cancel"
_AFTER_SENT = {
    Status.SENT_TO_OPEN_TEXT: "Sent",
    Status.COMMUNICATION_SENT: "Sent",
    Status.BOUNCE_BACK: "Error",
    Status.WITHDRAWN: "Withdrawn",
}
_NOBODY = Recipient(0, int(MobileStatus.NONE), 0, 0, 0, 0, 0, 0, 0)


class HistoryLine(NamedTuple):
    """One message in the history; `opened` is the message as it shows when the line is selected."""

    message: int
    text_option: str
    issued: int
    status: str
    opened: str


class DesktopMessaging(NamedTuple):
    """The Desktop Messaging screen: the customer's name, contact details and message history, oldest first."""

    name: str
    mobile: str
    history: list[HistoryLine]


class PreviewEM(NamedTuple):
    """The message as it would be sent, and what the officer may press."""

    text: str
    buttons: tuple[str, str]


class CustomerFirst(Sender):
    """The desktop. `around` holds Centrelink's register and ledger; `people` is only needed to show a name or a
    number."""

    system = System.CUSTOMER_FIRST
    named_by = "cf-flow.sender"

    def __init__(self, around: Surroundings, centrelink: Centrelink, people: People) -> None:
        super().__init__(around)
        self._centrelink = centrelink
        self._people = people
        self._vulnerable_kinds = debt_values(around.policy).vulnerable_kinds
        self.queued_text = str(around.policy.value("cf-flow.queued_text"))
        self._options: dict[str, dict[int, str]] = {}
        for template in self.templates.values():
            if template.system == self.system:
                self._options.setdefault(template.group, {})[template.code] = template.title

    def look(self, request: Request, now: int) -> Issue:
        """Make all tests at `now` without issuing anything. Nobody whom Centrelink has no record of can be chosen."""
        if self._centrelink.knows(request.customer):
            return super().look(request, now)
        reasons = self.rules.centrelink_reasons(_NOBODY, 0)
        return Issue(_NOBODY, self.templates.get(request.template), False, reasons)

    def desktop_messaging(self, customer: int) -> DesktopMessaging:
        """The Desktop Messaging screen. Raises KeyError for somebody whom Centrelink has no record of."""
        status = self._centrelink.recipient(customer).mobile
        return DesktopMessaging(
            self._people.name(customer),
            self._people.shown_number(customer, status),
            self.communication_history(customer),
        )

    def create_em(self) -> list[str]:
        """The Document Description list of Create EM."""
        return list(self._options)

    def text_options(self, document: str) -> dict[int, str]:
        """The text options of a document description: template code and what the dropdown shows. Raises KeyError for
        an unknown description."""
        return dict(self._options[document])

    def preview_em(self, request: Request) -> PreviewEM:
        """Preview EM. Raises ValueError when a field that the text needs is empty, KeyError for an unknown template."""
        template = self.templates[request.template]
        text = self.rules.render(template, request.contact_time, request.by_date, request.payment_type)
        return PreviewEM(text, (SEND, CANCEL))

    def communication_history(self, customer: int) -> list[HistoryLine]:
        """Customer Details, Communication History: this desktop's messages to the customer, oldest first."""
        return [self._line(record) for record in self.ledger.of(customer) if record.system == self.system]

    def _line(self, record: Record) -> HistoryLine:
        status = _AFTER_SENT.get(record.status, self.queued_text)
        title = self.templates[record.template].title
        return HistoryLine(record.message, title, record.issued, status, record.text)

    def _tests(
        self, request: Request, recipient: Recipient, template: Template | None, today: int, limit_reached: int
    ) -> int:
        reasons = self._barred(request.customer, recipient, template)
        if template is None or template.system != self.system:
            reasons |= Reason.UNKNOWN_TEMPLATE
        elif "payment_type" in template.fields and request.payment_type not in PAYMENTS:
            reasons |= Reason.MISSING_FIELD
        return int(reasons)

    def _bars(self, record: Record, recipient: Recipient) -> int:
        return self._barred(record.customer, recipient, self.templates.get(record.template))

    def _barred(self, customer: int, recipient: Recipient, template: Template | None) -> int:
        """Why this customer gets no such message now: `cf-recipient`, and the bars of debt messages for an offer."""
        reasons = self.rules.centrelink_reasons(recipient, 1)
        if template is None or template.kind != Kind.SERVICE_OFFER.name.lower():
            return reasons
        centrelink = self._centrelink
        disaster = centrelink.debts.in_disaster(centrelink.postcode(customer))
        vulnerable = centrelink.is_vulnerable(customer)
        return self.rules.barred_reasons(reasons, 0, vulnerable, disaster, self._vulnerable_kinds)

    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        return 0
