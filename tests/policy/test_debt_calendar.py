"""`dr-gap`: its three readings over weekends, national public holidays and the changes of daylight saving; and
`dr-similar` where local days are counted."""

from datetime import date

import holidays
import pytest

from sim.clock import HOUR, MINUTE, ZONES, clock
from sim.policy.debt import gap_allows, previous_business_day, similar_allows

FULL_DAY, HOURS_24, BUSINESS_DAY = 0, 1, 2
READINGS = (FULL_DAY, HOURS_24, BUSINESS_DAY)
DUE = 10 * HOUR
"""The time of day at which a DMIS message is due."""

NATIONAL = frozenset(day.toordinal() for day in holidays.country_holidays("AU", years=range(2025, 2030)))


def ordinal(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def allowed(zone: str, last: str, due: str, last_at: int = DUE, due_at: int = DUE, waiting: int = 0) -> list[int]:
    """The three readings' answers for two messages at local times of these days."""
    local, last_day, due_day = clock(zone), ordinal(last), ordinal(due)
    before = previous_business_day(due_day, NATIONAL)
    last_ms, due_ms = local.at(last_day, last_at), local.at(due_day, due_at)
    return [gap_allows(last_day, last_ms, due_day, due_ms, reading, before, waiting) for reading in READINGS]


def test_the_national_public_holidays_are_those_of_no_single_state() -> None:
    in_2027 = [date.fromordinal(day).isoformat() for day in sorted(NATIONAL) if date.fromordinal(day).year == 2027]
    # Neither Labour Day nor the Melbourne Cup, nor the days that the states keep in place of one on a weekend.
    assert in_2027 == [
        "2027-01-01", "2027-01-26", "2027-03-26", "2027-03-29", "2027-04-25", "2027-12-25", "2027-12-26",
    ]  # fmt: skip


# Day, the business day before it. 2026-10-05 is a Monday, and Labour Day in New South Wales alone.
@pytest.mark.parametrize(("day", "before"), [
    ("2026-10-06", "2026-10-05"), ("2026-10-07", "2026-10-06"), ("2026-10-09", "2026-10-08"),
    # Weekends.
    ("2026-10-10", "2026-10-09"), ("2026-10-11", "2026-10-09"), ("2026-10-12", "2026-10-09"),
    ("2026-10-13", "2026-10-12"),
    # A state's holiday on Monday 5 October is a business day.
    ("2026-10-05", "2026-10-02"),
    # Good Friday 26 and Easter Monday 29 March 2027.
    ("2027-03-26", "2027-03-25"), ("2027-03-27", "2027-03-25"), ("2027-03-29", "2027-03-25"),
    ("2027-03-30", "2027-03-25"), ("2027-03-31", "2027-03-30"),
    # Christmas Day 2026 is a Friday; the states keep Boxing Day, a Saturday, on Monday 28 as well.
    ("2026-12-25", "2026-12-24"), ("2026-12-26", "2026-12-24"), ("2026-12-28", "2026-12-24"),
    ("2026-12-29", "2026-12-28"),
    # New Year's Day 2027 is a Friday.
    ("2027-01-04", "2026-12-31"), ("2027-01-05", "2027-01-04"),
    # Australia Day 2027 is a Tuesday.
    ("2027-01-26", "2027-01-25"), ("2027-01-27", "2027-01-25"), ("2027-01-28", "2027-01-27"),
    # A leap day, a Tuesday.
    ("2028-03-01", "2028-02-29"), ("2028-02-29", "2028-02-28"),
])  # fmt: skip
def test_previous_business_day(day: str, before: str) -> None:
    assert date.fromordinal(previous_business_day(ordinal(day), NATIONAL)).isoformat() == before


def test_without_holidays_only_weekends_are_left_out() -> None:
    nothing: frozenset[int] = frozenset()
    for day in range(ordinal("2026-12-20"), ordinal("2027-01-20")):
        before = previous_business_day(day, nothing)
        assert date.fromordinal(before).weekday() < 5
        assert all(date.fromordinal(between).weekday() >= 5 for between in range(before + 1, day))
    assert previous_business_day(8, frozenset({5, 4, 3, 2})) == 1


# Zone, latest message, planned one, and whether full_day, hours_24 and business_day allow it; both at 10:00 local.
GAPS = [
    # In the middle of a week: Tuesday, then the same day, Wednesday, Thursday, Friday.
    ("Australia/Sydney", "2026-10-13", "2026-10-13", [0, 0, 0]),
    ("Australia/Sydney", "2026-10-13", "2026-10-14", [0, 1, 0]),
    ("Australia/Sydney", "2026-10-13", "2026-10-15", [1, 1, 1]),
    ("Australia/Sydney", "2026-10-13", "2026-10-16", [1, 1, 1]),
    # Over a weekend: sent on Thursday, Friday, Saturday, Sunday.
    ("Australia/Sydney", "2026-10-15", "2026-10-17", [1, 1, 1]),
    ("Australia/Sydney", "2026-10-16", "2026-10-17", [0, 1, 0]),
    ("Australia/Sydney", "2026-10-16", "2026-10-18", [1, 1, 0]),
    ("Australia/Sydney", "2026-10-16", "2026-10-19", [1, 1, 0]),
    ("Australia/Sydney", "2026-10-16", "2026-10-20", [1, 1, 1]),
    ("Australia/Sydney", "2026-10-17", "2026-10-19", [1, 1, 0]),
    ("Australia/Sydney", "2026-10-17", "2026-10-20", [1, 1, 1]),
    ("Australia/Sydney", "2026-10-18", "2026-10-19", [0, 1, 0]),
    ("Australia/Sydney", "2026-10-18", "2026-10-20", [1, 1, 1]),
    # Over Easter 2027: the business day before Saturday to Tuesday is Thursday 25 March.
    ("Australia/Brisbane", "2027-03-24", "2027-03-29", [1, 1, 1]),
    ("Australia/Brisbane", "2027-03-25", "2027-03-29", [1, 1, 0]),
    ("Australia/Brisbane", "2027-03-25", "2027-03-30", [1, 1, 0]),
    ("Australia/Brisbane", "2027-03-28", "2027-03-30", [1, 1, 0]),
    ("Australia/Brisbane", "2027-03-29", "2027-03-31", [1, 1, 1]),
    ("Australia/Brisbane", "2027-03-25", "2027-03-31", [1, 1, 1]),
    # Over Christmas 2026: the business day before Monday 28 is Thursday 24.
    ("Australia/Perth", "2026-12-23", "2026-12-28", [1, 1, 1]),
    ("Australia/Perth", "2026-12-24", "2026-12-28", [1, 1, 0]),
    ("Australia/Perth", "2026-12-24", "2026-12-29", [1, 1, 1]),
    ("Australia/Perth", "2026-12-28", "2026-12-30", [1, 1, 1]),
    # A state's own holiday, Labour Day on Monday 5 October 2026 in Sydney, is a business day there too.
    ("Australia/Sydney", "2026-10-05", "2026-10-06", [0, 1, 0]),
    ("Australia/Sydney", "2026-10-02", "2026-10-06", [1, 1, 1]),
    # Daylight saving begins on Sunday 4 October 2026: 10:00 to 10:00 is 23 hours, in Lord Howe 23.5.
    ("Australia/Sydney", "2026-10-03", "2026-10-04", [0, 0, 0]),
    ("Australia/Lord_Howe", "2026-10-03", "2026-10-04", [0, 0, 0]),
    ("Australia/Brisbane", "2026-10-03", "2026-10-04", [0, 1, 0]),
    ("Australia/Sydney", "2026-10-03", "2026-10-05", [1, 1, 0]),
    ("Australia/Sydney", "2026-10-02", "2026-10-04", [1, 1, 0]),
    ("Australia/Sydney", "2026-10-04", "2026-10-05", [0, 1, 0]),
    # It ends on Sunday 4 April 2027: 25 hours, in Lord Howe 24.5.
    ("Australia/Sydney", "2027-04-03", "2027-04-04", [0, 1, 0]),
    ("Australia/Lord_Howe", "2027-04-03", "2027-04-04", [0, 1, 0]),
    ("Australia/Sydney", "2027-04-04", "2027-04-06", [1, 1, 1]),
]


@pytest.mark.parametrize(("zone", "last", "due", "expected"), GAPS)
def test_gap(zone: str, last: str, due: str, expected: list[int]) -> None:
    assert allowed(zone, last, due) == expected


# Zone, days, times of day of both, hours_24: elapsed time counts, not what the wall clock shows.
ELAPSED = [
    ("Australia/Sydney", "2026-10-13", "2026-10-14", DUE, DUE - 1, 0),
    ("Australia/Sydney", "2026-10-13", "2026-10-14", DUE, DUE, 1),
    ("Australia/Sydney", "2026-10-13", "2026-10-14", DUE, DUE + 1, 1),
    ("Australia/Sydney", "2026-10-03", "2026-10-04", DUE, DUE + HOUR - 1, 0),
    ("Australia/Sydney", "2026-10-03", "2026-10-04", DUE, DUE + HOUR, 1),
    ("Australia/Sydney", "2026-10-03", "2026-10-04", DUE, DUE + HOUR + 1, 1),
    ("Australia/Sydney", "2027-04-03", "2027-04-04", DUE, DUE - HOUR - 1, 0),
    ("Australia/Sydney", "2027-04-03", "2027-04-04", DUE, DUE - HOUR, 1),
    ("Australia/Lord_Howe", "2026-10-03", "2026-10-04", DUE, DUE + 30 * MINUTE - 1, 0),
    ("Australia/Lord_Howe", "2026-10-03", "2026-10-04", DUE, DUE + 30 * MINUTE, 1),
    ("Australia/Lord_Howe", "2027-04-03", "2027-04-04", DUE, DUE - 30 * MINUTE - 1, 0),
    ("Australia/Lord_Howe", "2027-04-03", "2027-04-04", DUE, DUE - 30 * MINUTE, 1),
    ("Indian/Cocos", "2026-10-03", "2026-10-04", DUE, DUE - 1, 0),
    ("Indian/Cocos", "2026-10-03", "2026-10-04", DUE, DUE, 1),
]


@pytest.mark.parametrize(("zone", "last", "due", "last_at", "due_at", "expected"), ELAPSED)
def test_twenty_four_elapsed_hours(zone: str, last: str, due: str, last_at: int, due_at: int, expected: int) -> None:
    assert allowed(zone, last, due, last_at, due_at)[HOURS_24] == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("last", "next_day", "day_after"), [
    ("2026-10-03", "2026-10-04", "2026-10-05"),
    ("2027-04-03", "2027-04-04", "2027-04-05"),
    ("2026-12-31", "2027-01-01", "2027-01-02"),
    ("2028-02-28", "2028-02-29", "2028-03-01"),
])  # fmt: skip
def test_a_full_day_is_a_local_day_in_every_zone(zone: str, last: str, next_day: str, day_after: str) -> None:
    # From the last instant of the window to the first: less than 36 hours can hold one full day.
    late, early = 20 * HOUR - 1, 8 * HOUR
    assert allowed(zone, last, next_day, late, early)[FULL_DAY] == 0
    assert allowed(zone, last, day_after, late, early)[FULL_DAY] == 1


def test_the_first_message_needs_no_gap_and_only_one_may_wait() -> None:
    day = ordinal("2026-10-14")
    before = previous_business_day(day, NATIONAL)
    for reading in READINGS:
        assert gap_allows(0, 0, day, 10, reading, before, 0) == 1
        assert gap_allows(0, 0, day, 10, reading, before, 1) == 0
    assert allowed("Australia/Sydney", "2026-10-01", "2026-10-14") == [1, 1, 1]
    assert allowed("Australia/Sydney", "2026-10-01", "2026-10-14", waiting=1) == [0, 0, 0]


def test_a_message_that_waits_for_a_later_day_leaves_no_gap() -> None:
    assert allowed("Australia/Sydney", "2026-10-15", "2026-10-14") == [0, 0, 0]
    assert allowed("Australia/Sydney", "2026-10-20", "2026-10-14") == [0, 0, 0]


# Sent on the first day, planned for the second: allowed with previous_days, with days_apart.
@pytest.mark.parametrize(("sent", "due", "previous", "apart"), [
    ("2026-10-01", "2026-10-07", 0, 0), ("2026-10-01", "2026-10-08", 0, 1), ("2026-10-01", "2026-10-09", 1, 1),
    ("2027-03-30", "2027-04-05", 0, 0), ("2027-03-30", "2027-04-06", 0, 1), ("2027-03-30", "2027-04-07", 1, 1),
    ("2028-02-25", "2028-03-03", 0, 1), ("2028-02-25", "2028-03-04", 1, 1), ("2026-12-28", "2027-01-04", 0, 1),
])  # fmt: skip
def test_seven_days_are_calendar_days(sent: str, due: str, previous: int, apart: int) -> None:
    between = ordinal(due) - ordinal(sent)
    assert [similar_allows(between, 7, boundary) for boundary in (0, 1)] == [previous, apart]
