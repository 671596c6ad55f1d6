"""dr-gap against hand-written histories: the three readings, holidays, daylight saving, what waits."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import at, expect
from tests.audit.centrelink_policy import DEBT_OVERDUE, DECLINED, DUE_SOON, OVERDUE
from tests.audit.debtors import Debtors, after

FIRST = "2026-09-23"  # a Wednesday


def second(day: str, first: str = FIRST, zone: str = "Australia/Sydney", start: str = "2026-09-21 00:00", **changes):
    """Message 1 is planned for the day `first` and message 2, another, for `day`."""
    built = Debtors(zone, start, end="2026-10-19 00:00", **changes)
    built.night(DUE_SOON, first, 1)
    built.night(OVERDUE, day, 2)
    return built


def stopped(days: int, reasons: int = Reason.GAP, winner: int = DUE_SOON, first: str = FIRST, **changes):
    """Message 1 on the day `first`; another suppressed so many days later."""
    built = Debtors(**changes)
    built.night(DUE_SOON, first, 1)
    day = after(first, days)
    built.eligible(OVERDUE, day, day)
    built.suppressed(OVERDUE, day, day, reasons, winner)
    return built


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Australia/Perth", "Indian/Cocos", "Pacific/Norfolk"])
def test_a_full_day_lies_between(zone):
    table = {days: (second(after(FIRST, days), zone=zone), [2] if days < 2 else []) for days in (1, 2, 3)}
    audit = expect("dr-gap", table)
    assert audit.cases == 6


@pytest.mark.parametrize("first", ["2026-10-03", "2026-10-02"])  # the clock goes forward on Sunday, 4 October
def test_a_full_day_over_daylight_saving(first):
    table = {days: (second(after(first, days), first), [2] if days < 2 else []) for days in (1, 2)}
    expect("dr-gap", table)


def test_hours_24_counts_elapsed_hours_between_due_instants():
    reading = {"dr_gap__reading": "hours_24"}
    table = {
        "an ordinary day": (second("2026-09-24", **reading), []),
        # From 10:00 on Saturday to 10:00 on Sunday are 23 hours when the clock goes forward.
        "a short day": (second("2026-10-04", "2026-10-03", **reading), [2]),
        "not in Brisbane": (second("2026-10-04", "2026-10-03", "Australia/Brisbane", **reading), []),
    }
    expect("dr-gap", table)


BUSINESS = [
    # first day, next day, whether it may go
    ("2026-09-23", "2026-09-24", False),  # Wednesday, Thursday
    ("2026-09-23", "2026-09-25", True),
    ("2026-09-25", "2026-09-28", False),  # Friday, Monday
    ("2026-09-25", "2026-09-29", True),
    ("2026-09-26", "2026-09-28", False),  # Saturday: since the previous business day
    ("2026-09-24", "2026-09-27", True),  # Thursday, Sunday: the previous business day is Friday
    ("2026-09-25", "2026-09-27", False),
    ("2026-10-02", "2026-10-06", True),  # Monday, 5 October, is a holiday of some states alone: a business day
    ("2026-10-05", "2026-10-06", False),
]


def test_business_days():
    reading = {"dr_gap__reading": "business_day"}
    table = {(first, day): (second(day, first, **reading), [] if may else [2]) for first, day, may in BUSINESS}
    expect("dr-gap", table)


def test_a_national_public_holiday_is_no_business_day():
    def built(day):
        history = Debtors(start="2026-12-14 00:00", end="2027-01-11 00:00", dr_gap__reading="business_day")
        history.night(DUE_SOON, "2026-12-24", 1)
        history.night(OVERDUE, day, 2)
        return history

    # Friday the 25th is a holiday: the business day before Monday is Thursday.
    expect("dr-gap", {"Monday": (built("2026-12-28"), [2]), "Tuesday": (built("2026-12-29"), [])})


def test_stopped_without_cause():
    table = {days: (stopped(days), [] if days < 2 else ["no message"]) for days in (1, 2, 5)}
    expect("dr-gap", table)


def test_the_winner_is_the_message_in_the_way():
    expect("dr-gap", {"right": (stopped(1), []), "wrong": (stopped(1, winner=DECLINED), ["no message"])})


def test_the_gap_is_tested_before_the_nudge_limit():
    expect("dr-gap", {"not named": (stopped(1, Reason.ONE_NUDGE, DUE_SOON), ["no message"])})


def test_only_the_pick_is_asked():
    built = stopped(1)
    day = after(FIRST, 1)
    built.eligible(DEBT_OVERDUE, day, day)
    built.suppressed(DEBT_OVERDUE, day, day, Reason.HIERARCHY, OVERDUE)
    assert expect("dr-gap", {"loser": (built, [])}).cases == 2


def test_while_one_waits_no_other_is_planned():
    built = Debtors()
    built.night(DUE_SOON, FIRST, 1, sent=None)
    built.event(at("2026-09-23 20:00"), Event.HELD_AGAIN, message=1, customer=1, value=at("2026-09-24 08:00"))
    built.event(at("2026-09-24 20:00"), Event.HELD_AGAIN, message=1, customer=1, value=at("2026-09-25 08:00"))
    built.night(OVERDUE, "2026-09-25", 2)
    expect("dr-gap", {"waiting": (built, [2])})


def test_a_late_message_counts_on_the_day_of_sending_and_a_withdrawn_one_never():
    late = Debtors()
    late.night(DUE_SOON, FIRST, 1, sent=at("2026-09-24 09:00"))
    late.night(OVERDUE, "2026-09-25", 2)
    gone = Debtors()
    gone.night(DUE_SOON, FIRST, 1, sent=None)
    gone.event(at("2026-09-23 10:00"), Event.WITHDRAWN, message=1, customer=1, reasons=Reason.DECEASED)
    gone.night(OVERDUE, "2026-09-24", 2)
    expect("dr-gap", {"late": (late, [2]), "withdrawn": (gone, [])})


def test_a_bounced_message_counts():
    built = second("2026-09-24")
    built.event(at("2026-09-23 11:00"), Event.FAILED, message=1, customer=1)
    expect("dr-gap", {"bounced": (built, [2])})


def test_days_before_the_log_are_left():
    built = Debtors()
    built.eligible(OVERDUE, "2026-09-22", "2026-09-22")
    built.suppressed(OVERDUE, "2026-09-22", "2026-09-22", Reason.GAP, DUE_SOON)
    audit = built.rule("dr-gap")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)
