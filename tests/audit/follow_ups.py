"""What the tests of follow-ups share: one message that a customer got, and what was said and done about it."""

from sim.audit.codes import SYSTEMS, Event
from tests.audit.builder import Builder, at

CUSTOMER, READER, REF, OFFICER, MESSAGE = 1, 2, 900, 9, 7
NOON = at("2026-10-06 12:00")
LAST_DUE = at("2026-10-12 00:00")
"""The log ends on Monday, 19 October, 00:00: five whole business days before it began on Monday, the 12th."""


class FollowUp(Builder):
    """A message of yesterday to CUSTOMER; READER is a customer too."""

    def __init__(self, numbers: int = 1) -> None:
        super().__init__()
        self.customer(CUSTOMER, numbers=numbers)
        self.customer(READER, numbers=numbers)
        self.send(MESSAGE, CUSTOMER, at("2026-10-05 12:00"))

    def told(self, time: int, event: Event, customer: int = CUSTOMER, **columns: int) -> None:
        """Something that belongs to the follow-up."""
        row = {"customer": customer, "ref": REF, "message": MESSAGE, "officer": OFFICER, "system": SYSTEMS["world"]}
        self.event(time, event, **{**row, **columns})
