"""dr-one-nudge against hand-written histories: over DMIS and SAP, by local day, both sides, switched off."""

import pytest

from sim.audit.codes import SYSTEMS, Event, Reason
from tests.audit.builder import at, expect
from tests.audit.centrelink_policy import (
    ARRANGEMENT_CONFIRMATION,
    DUE_SOON,
    INSTALMENT_NUDGE,
    OVERDUE,
    PAUSE_APPLIED,
)
from tests.audit.debtors import DEBTOR, Debtors, after, run_at

DAY = "2026-09-29"


def sap_first(template: int = OVERDUE, zone: str = "Australia/Sydney", **changes) -> Debtors:
    """SAP nudges at 09:00 of DAY, and DMIS plans message 2 for 10:00."""
    built = Debtors(zone, **changes)
    built.planned(1, INSTALMENT_NUDGE, DAY)
    # SAP's batch of that night stands before DMIS's.
    built.events.sort(
        key=lambda row: (row["time"], row["event"] == Event.NIGHTLY_RUN and row["system"] == SYSTEMS["dmis"])
    )
    built.night(template, DAY, 2)
    return built


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Australia/Perth", "Indian/Cocos"])
def test_two_nudges_on_one_day(zone):
    expect("dr-one-nudge", {"two": (sap_first(zone=zone), [2]), "confirmation": (sap_first(PAUSE_APPLIED, zone), [])})


def test_switched_off_nothing_is_stopped():
    stopped = suppressed(dr_one_nudge__enabled=False)
    table = {"two": (sap_first(dr_one_nudge__enabled=False), []), "stopped": (stopped, ["no message"])}
    expect("dr-one-nudge", table)


def suppressed(
    day: str = DAY,
    winner: int = INSTALMENT_NUDGE,
    reasons: int = Reason.ONE_NUDGE,
    template: int = OVERDUE,
    **changes,
) -> Debtors:
    """SAP nudges on DAY; DMIS's pick of `day` is stopped."""
    built = Debtors(**changes)
    built.planned(1, INSTALMENT_NUDGE, DAY)
    built.events.sort(
        key=lambda row: (row["time"], row["event"] == Event.NIGHTLY_RUN and row["system"] == SYSTEMS["dmis"])
    )
    built.eligible(template, day, day)
    built.suppressed(template, day, day, reasons, winner)
    return built


def test_stopped_by_the_nudge_limit():
    table = {
        "with a cause": (suppressed(), []),
        "another winner": (suppressed(winner=DUE_SOON), ["no message"]),
        "the day after": (suppressed(after(DAY, 1)), ["no message"]),
        "not named": (suppressed(reasons=Reason.HIERARCHY), []),  # that is dr-hierarchy's to say
        "with the gap": (suppressed(reasons=Reason.GAP | Reason.ONE_NUDGE, winner=DUE_SOON), []),
    }
    expect("dr-one-nudge", table)


def test_sap_gives_way_to_a_nudge_of_dmis_that_waits():
    def waiting(*, sap: bool) -> Debtors:
        built = Debtors()
        built.night(OVERDUE, after(DAY, -1), 1, sent=None)
        for day in (after(DAY, -1), DAY):
            due = at(f"{after(day, 1)} 08:00")
            built.event(at(f"{day} 20:00"), Event.HELD_AGAIN, message=1, customer=DEBTOR, value=due)
        if sap:
            built.planned(2, INSTALMENT_NUDGE, DAY)
        else:
            built.suppressed(INSTALMENT_NUDGE, DAY, DAY, Reason.ONE_NUDGE, OVERDUE)
        return built

    expect("dr-one-nudge", {"sent": (waiting(sap=True), [2]), "suppressed": (waiting(sap=False), [])})


def test_sap_suppressed_or_refused_without_cause():
    alone = Debtors()
    alone.suppressed(INSTALMENT_NUDGE, DAY, DAY, Reason.ONE_NUDGE, OVERDUE)
    refused = Debtors()
    refused.refuse(2, DEBTOR, run_at(DAY), Reason.ONE_NUDGE, template=INSTALMENT_NUDGE, system="sap")
    expect("dr-one-nudge", {"suppressed": (alone, ["no message"]), "refused": (refused, [2])})


def test_confirmations_do_not_count():
    built = Debtors()
    built.press(1, DEBTOR, at(f"{DAY} 09:00"), template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.issue(1, DEBTOR, at(f"{DAY} 09:00"), template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.went(1, ARRANGEMENT_CONFIRMATION, at(f"{DAY} 09:00"))
    built.night(OVERDUE, DAY, 2)
    expect("dr-one-nudge", {"after a confirmation": (built, [])})


def test_confirmations_are_not_stopped():
    refused = Debtors()
    template = ARRANGEMENT_CONFIRMATION
    refused.refuse(2, DEBTOR, run_at(DAY), Reason.ONE_NUDGE, template=template, system="sap")
    table = {
        "Pause applied by the nudge limit": (suppressed(template=PAUSE_APPLIED), ["no message"]),
        "Pause applied by the gap": (suppressed(template=PAUSE_APPLIED, reasons=Reason.GAP), []),
        "SAP's": (refused, [2]),
    }
    expect("dr-one-nudge", table)
