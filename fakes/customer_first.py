"""Customer First: the desktop from which Integrated Service Officers send Centrelink's messages (policy.md E).

Desktop Messaging as the documents show it: name, contact details and message history, Create EM, a document
description, a text option, Preview EM, then Send Electronic Message or Cancel. After Send the history shows the
message as queued, and Customer Details, Communication History lists it. Where the CCM is available for a claim,
Customer First sends the claim message by itself. Neither Pluto's daily limit nor its one-hour question holds here
(`cf-window`).
"""

from typing import NamedTuple

from fakes.centrelink_sender import CentrelinkSender, CentrelinkSurroundings
from fakes.ledger import Record, State
from fakes.people import People
from sim.messages import Reason, Recipient, Request, System
from sim.policy.content import PAYMENTS
from sim.policy.templates import Template

MENU = ("Workspace", "Customer Communication", "Desktop Messaging")
SEND, CANCEL = "Send Electronic Message", "Cancel"
_NO_LONGER_QUEUED = {State.SENT: "Sent", State.WITHDRAWN: "Withdrawn"}


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


class CustomerFirst(CentrelinkSender):
    """The desktop. `people` is only needed to show a name or a number."""

    system = System.CUSTOMER_FIRST

    def __init__(self, around: CentrelinkSurroundings, people: People) -> None:
        super().__init__(around)
        self._people = people
        self.queued_text = str(around.policy.value("cf-flow.queued_text"))
        self._options: dict[str, dict[int, str]] = {}
        for template in self.templates.values():
            if template.system == self.system:
                self._options.setdefault(template.group, {})[template.code] = template.title

    def desktop_messaging(self, customer: int) -> DesktopMessaging:
        """The Desktop Messaging screen. Raises KeyError for somebody whom Centrelink has no record of."""
        status = self.register.recipient(customer).mobile
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
        status = _NO_LONGER_QUEUED.get(record.state, self.queued_text)
        title = self.templates[record.template].title
        return HistoryLine(record.message, title, record.issued, status, record.text)

    def _further_tests(self, request: Request, recipient: Recipient, template: Template | None, now: int) -> int:
        lacks = template is not None and "payment_type" in template.fields and request.payment_type not in PAYMENTS
        return int(Reason.MISSING_FIELD) if lacks else 0
