"""What the tests of section E share: an Integrated Service Officer's work item and what is sent from Customer First."""

from typing import Any

from sim.audit.codes import CHANNELS, INTEGRATED_WORK, SYSTEMS, Event
from tests.audit.builder import Builder, at, policy

CUSTOMER, ITEM, OFFICER, COLLEAGUE, MESSAGE = 1, 70, 9, 8, 7
NOON = at("2026-10-07 12:00")
LATENCY = 50
QUEUED = "Electronic Message has been queued"
POST, ONLINE = 1, 2
GRANT, REJECT = 1, 2


class Integrated(Builder):
    """A mutual customer who is a current customer of Centrelink's and gets mail by post, unless told otherwise."""

    def __init__(
        self, mutual: int = 1, current: int | None = 1, mail: int | None = POST, item: bool = True, **changes: Any
    ) -> None:
        super().__init__(end=changes.pop("end", "2026-10-19 00:00"), values=policy(**changes))
        self.customer(CUSTOMER)
        if mutual:
            self.fact(self.start, Event.MUTUAL_CUSTOMER_SET, CUSTOMER, 1)
        if current is not None:
            self.fact(self.start, Event.CENTRELINK_RECORDED, CUSTOMER, current)
        if mail is not None:
            self.fact(self.start, Event.MAIL_CHANNEL_RECORDED, CUSTOMER, mail)
        if item:
            self.step(Event.WORK_ARRIVED, NOON - 5000, officer=0)
            self.step(Event.WORK_STARTED, NOON - 4000)

    def step(self, event: Event, time: int, officer: int = OFFICER, **columns: int) -> None:
        """Something on the work item."""
        row = {"customer": CUSTOMER, "ref": ITEM, "officer": officer, "system": SYSTEMS["world"], **columns}
        self.event(time, event, **row)

    def routed(self, work: str, chosen: str, time: int = NOON - 1000) -> None:
        """The officer's decision."""
        self.step(Event.ROUTED, time, value=SYSTEMS[chosen], other=INTEGRATED_WORK[work])

    def em(
        self, message: int = MESSAGE, time: int = NOON, *, template: int = 301, officer: int = OFFICER,
        payment: int = 0, preview: int | None = None, queued: str | None = QUEUED, refused: int = 0,
        sender: str = "CENTRELINK", held_until: int | None = None, system: str = "customer_first",
    ) -> None:  # fmt: skip
        """An electronic message from Customer First; `preview` is the template that was previewed (0: none)."""
        row = {
            "message": message, "customer": CUSTOMER, "template": template, "officer": officer, "ref": ITEM,
            "system": SYSTEMS[system],
        }  # fmt: skip
        previewed = template if preview is None else preview
        if officer and previewed:
            self.event(time, Event.PREVIEWED, **{**row, "template": previewed})
        self.event(time, Event.SEND_PRESSED, **row, other=CHANNELS["sms"], value=payment << 22)
        if refused:
            self.event(time, Event.REFUSED, **row, reasons=refused)
            return
        told = {"template": template, "officer": officer, "ref": ITEM}
        self.issue(message, CUSTOMER, time, held_until, system=system, **told)
        if officer and queued is not None:
            self.event(time, Event.INFO_SHOWN, **row, value=self.content("", queued))
        handed = time if held_until is None else held_until
        words = self.text_of(template)
        self.deliver(
            message, CUSTOMER, handed, text=words, sender=sender, system=system, latency=LATENCY, viewable=None
        )
