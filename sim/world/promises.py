"""The promises of pre call alerts: the call that must follow and who makes it (`cs-precall`, `cs-precall-reassign`)."""

from sim.clock import MINUTE
from sim.messages import ContactTime
from sim.world.world import WorkItem


class Promise:
    """A pre call alert that was issued and whose call is not made yet.

    Instants are ms UTC; `sent` and `ends` are -1 until the alert is sent. `officer` is who is to call. `template` is
    that of a pre call notification of Customer First, 0 for an alert from Pluto.
    """

    __slots__ = ("contact_time", "customer", "ends", "issued", "item", "message", "officer", "open", "sent", "template")

    def __init__(
        self, message: int, customer: int, item: WorkItem, officer: int, contact_time: int, issued: int, template: int
    ) -> None:
        self.message = message
        self.customer = customer
        self.item = item
        self.officer = officer
        self.contact_time = contact_time
        self.issued = issued
        self.template = template
        self.sent = self.ends = -1
        self.open = True


CHECK_BEFORE_END = 20 * MINUTE
"""How long before the promise ends an officer who is still busy hands the call to the Team Leader [assume]."""

CALL_LATER_TODAY = (30.0, 180.0)
"""Minutes after an alert that promises `Today` within which the officer means to call [assume]."""


CALL_WITHIN_TWO_HOURS = (15.0, 90.0)
"""Minutes after the ARO/SME notification within which the officer means to call [assume]."""


def aim(contact_time: int, aim_from: float, aim_to: float) -> tuple[float, float]:
    """The minutes after *sent* within which the officer means to call."""
    return (aim_from, aim_to) if contact_time == ContactTime.NEXT_HOUR else CALL_LATER_TODAY
