"""What the tests of the procedure rules share: work items, officers' steps, and the policy values asked for."""

from typing import Any

from sim.audit.codes import PROCESS_KINDS, SYSTEMS, Event
from sim.audit.verdicts import RuleAudit
from tests.audit.builder import Builder, at, policy

CUSTOMER, ITEM, PROCESS, OFFICER, COLLEAGUE, LEADER = 1, 70, 60, 9, 8, 90
NOON = at("2026-10-07 12:00")
"""A Wednesday, late enough that the 14 days before it lie in the log."""

_VALUES: dict[str, Any] = {
    "cs-fdv.enforced": False,
    "cs-fdv.processes": ["new_registration", "objection", "change_of_assessment", "change_of_care"],
    "cs-contact-protocol.attempts": 1,
    "cs-contact-protocol.attempts_over_days": 1,
    "cs-contact-protocol.out_of_time_attempts": 3,
    "cs-contact-protocol.out_of_time_over_days": 2,
    "cs-contact-protocol.phone_optional_areas": ["personalised_services"],
    "cs-specialised-area.areas": [
        "personalised_services", "specialised_assessment_services", "change_of_assessment", "objections",
    ],
    "cs-precall.next_hour_minutes": 60,
    "cs-precall.aim_from_minutes": 10,
    "cs-precall.aim_to_minutes": 25,
    "cs-precall.promise_from": "sent",
    "cs-unanswered.messages": 2,
    "cs-unanswered.days": 14,
}  # fmt: skip


def values(**changes: Any) -> dict[str, Any]:
    """The shared policy values and those of the procedures; `changes` as for `policy` (``cs_fdv__enforced=True``)."""
    rules = policy()
    for name, value in _VALUES.items():
        rule, _, key = name.partition(".")
        rules.setdefault(rule, {"values": {}})["values"][key] = value
    for name, value in changes.items():
        rule, _, key = name.partition("__")
        rules[rule.replace("_", "-")]["values"][key] = value
    return rules


class Procedures(Builder):
    """A history whose officers work on items."""

    def __init__(self, start: str = "2026-09-21 00:00", end: str = "2026-10-19 00:00", **changes: Any) -> None:
        super().__init__(start, end, values(**changes))
        self.customer(CUSTOMER)

    def step(
        self, event: Event, time: int, customer: int = CUSTOMER, ref: int = ITEM, officer: int = OFFICER, **columns: int
    ) -> None:
        """Something that an officer did."""
        self.event(time, event, customer=customer, ref=ref, officer=officer, system=SYSTEMS["world"], **columns)

    def item(
        self, time: int, ref: int = ITEM, officer: int = OFFICER, kind: str = "information_request", process: int = 0,
        customer: int = CUSTOMER,
    ) -> None:  # fmt: skip
        """A work item that arrives and is started at `time`."""
        about = {"customer": customer, "ref": ref, "value": PROCESS_KINDS[kind], "other": process}
        self.step(Event.WORK_ARRIVED, time, **{**about, "officer": 0})
        self.step(Event.WORK_STARTED, time, officer=officer, **about)

    def sms(self, message: int, time: int = NOON, customer: int = CUSTOMER, ref: int = ITEM, **more: Any) -> None:
        """An ordinary message of the work item."""
        self.send(message, customer, time, ref=ref, **{"officer": OFFICER, **more})

    def steps(self, time: int, *events: Event, **columns: int) -> None:
        """Several steps at one instant."""
        for event in events:
            self.step(event, time, **columns)


def counts(audit: RuleAudit) -> tuple[int, int, int]:
    """(cases, breaches, unjudged)."""
    return audit.cases, audit.breaches, audit.unjudged


JUDGED_WELL = (1, 0, 0)
BREACH = (1, 1, 0)
UNJUDGED = (0, 0, 1)
NO_CASE = (0, 0, 0)
