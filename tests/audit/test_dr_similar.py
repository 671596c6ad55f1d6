"""dr-similar against hand-written histories: local days between similar messages, both boundaries, groups, waiting."""

import pytest

from sim.audit.codes import MINUTE, Event, Reason
from tests.audit.builder import at, expect
from tests.audit.centrelink_policy import DEBT_OVERDUE, DECLINED, DUE_SOON, OVERDUE, VALUES
from tests.audit.debtors import Debtors, after

FIRST = "2026-09-23"
GROUPS = VALUES["dr-similar"]["groups"]


def again(days: int, template: int = DUE_SOON, second: int = DUE_SOON, zone: str = "Australia/Sydney", **changes):
    """Message 1 on FIRST and message 2 so many local days later."""
    built = Debtors(zone, **changes)
    built.night(template, FIRST, 1)
    built.night(second, after(FIRST, days), 2)
    return built


def stopped(days: int, reasons: int = Reason.SIMILAR, winner: int = DUE_SOON, template: int = DUE_SOON, **changes):
    """Message 1 on FIRST; suppressed so many days later."""
    built = Debtors(**changes)
    built.night(DUE_SOON, FIRST, 1)
    day = after(FIRST, days)
    built.eligible(template, day, day)
    built.suppressed(template, day, day, reasons, winner)
    return built


@pytest.mark.parametrize(
    ("boundary", "first_right"), [("previous_days", 8), ("days_apart", 7)], ids=["previous_days", "days_apart"]
)
@pytest.mark.parametrize("zone", ["Australia/Sydney", "Australia/Perth", "Indian/Cocos", "Pacific/Norfolk"])
def test_when_the_days_are_over(boundary, first_right, zone):
    table = {
        days: (again(days, zone=zone, dr_similar__boundary=boundary), [2] if days < first_right else [])
        for days in (2, 6, 7, 8, 9)
    }
    audit = expect("dr-similar", table)
    assert audit.cases == 2 * len(table)


@pytest.mark.parametrize(
    ("boundary", "last_right"), [("previous_days", 7), ("days_apart", 6)], ids=["previous_days", "days_apart"]
)
def test_suppressed_without_cause(boundary, last_right):
    table = {
        days: (stopped(days, dr_similar__boundary=boundary), [] if days <= last_right else ["no message"])
        for days in (1, 6, 7, 8, 9)
    }
    expect("dr-similar", table)


def test_what_could_lie_before_the_log_is_left():
    built = Debtors()
    built.eligible(DUE_SOON, "2026-09-24", "2026-09-24")
    built.suppressed(DUE_SOON, "2026-09-24", "2026-09-24", Reason.SIMILAR, DUE_SOON)
    audit = built.rule("dr-similar")
    assert (audit.verdict, audit.unjudged, audit.breaches) == ("unknown", 1, 0)


def test_the_winner_is_the_similar_message():
    expect("dr-similar", {"right": (stopped(3), []), "wrong": (stopped(3, winner=DEBT_OVERDUE), ["no message"])})


def test_groups_and_days_of_single_messages():
    one_group = {**GROUPS, "debt_overdue": "debt_due_soon"}
    expect("dr-similar", {"other message": (again(3, second=DEBT_OVERDUE), [])})
    expect("dr-similar", {"same group": (again(3, second=DEBT_OVERDUE, dr_similar__groups=one_group), [2])})
    days_of = {"declined_payment": 3}
    table = {
        days: (again(days, DECLINED, DECLINED, dr_similar__days_of=days_of), wrong)
        for days, wrong in ((3, [2]), (4, []))
    }
    expect("dr-similar", table)
    expect("dr-similar", {"off": (again(2, dr_similar__days=0), [])})


def test_days_are_those_of_sending_and_not_of_the_plan():
    late = Debtors()  # planned for the 23rd, sent on the 24th
    late.night(OVERDUE, FIRST, 1, sent=at("2026-09-24 09:00"))
    late.night(OVERDUE, after(FIRST, 8), 2)
    expect("dr-similar", {"late": (late, [2])})


def test_what_waits_counts_on_its_due_day_and_what_was_withdrawn_does_not():
    waiting = Debtors()
    waiting.night(OVERDUE, FIRST, 1, sent=None)
    waiting.event(at("2026-09-23 20:00"), Event.HELD_AGAIN, message=1, customer=1, value=at("2026-09-24 08:00"))
    waiting.eligible(OVERDUE, "2026-09-24", "2026-09-24")
    waiting.suppressed(OVERDUE, "2026-09-24", "2026-09-24", Reason.SIMILAR, OVERDUE)
    withdrawn = Debtors()
    withdrawn.night(OVERDUE, FIRST, 1, sent=None)
    withdrawn.event(at("2026-09-23 10:00") + MINUTE, Event.WITHDRAWN, message=1, customer=1, reasons=Reason.OPTED_OUT)
    withdrawn.night(OVERDUE, after(FIRST, 2), 2)
    expect("dr-similar", {"waiting": (waiting, []), "withdrawn": (withdrawn, [])})


def test_what_an_earlier_test_stopped_is_not_asked_for_this():
    barred = stopped(3, Reason.OPTED_OUT, 0)
    hierarchy = stopped(3, Reason.HIERARCHY, DECLINED)
    expect("dr-similar", {"barred": (barred, []), "let into the contest": (hierarchy, ["no message"])})
