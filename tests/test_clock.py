"""Instants, local days and local times, held against `zoneinfo` itself, hand-written instants and the calendar."""

import importlib.resources
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import (
    AGENCY_ZONE,
    DAY,
    EPOCH_DAY,
    HOUR,
    MINUTE,
    STATE_ZONES,
    ZONES,
    Clock,
    clock,
    instant,
    utc,
    zone_clocks,
    zone_code,
)

# The zones of the policy, and some that are harder: negative and odd offsets, a change at midnight, a day left out.
OTHERS = (
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Beirut",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
)
START, END = instant("2005-01-01T00:00:00Z"), instant("2036-01-01T00:00:00Z")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

REPEATABLE = settings(derandomize=True, database=None, deadline=None)

zones = st.sampled_from(ZONES + OTHERS)
instants = st.integers(START, END - 1)
days = st.integers(date(2006, 1, 1).toordinal(), date(2035, 1, 1).toordinal())
times_of_day = st.integers(0, DAY - 1)


@cache
def packaged(zone: str) -> ZoneInfo:
    """The zone as the pinned package `tzdata` has it; the machine's own data may be of another year."""
    with (importlib.resources.files("tzdata") / "zoneinfo" / zone).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def by_zoneinfo(zone: str, time: int) -> datetime:
    return (EPOCH + timedelta(milliseconds=time)).astimezone(packaged(zone))


def wall(day: int, time_of_day: int) -> datetime:
    """A naive wall-clock time, aware only of being no instant: in UTC, to count with."""
    return datetime.combine(date.fromordinal(day), datetime.min.time(), UTC) + timedelta(milliseconds=time_of_day)


def changes_of_offset(zone: str, first: str = "2026-06-01", last: str = "2027-06-01") -> list[int]:
    """Every instant at which the offset changes, by bisection on `zoneinfo` between days."""
    low, end = (instant(f"{day}T00:00:00Z") for day in (first, last))
    found = []
    while low < end:
        left, right = low, low + DAY
        if by_zoneinfo(zone, left).utcoffset() != by_zoneinfo(zone, right).utcoffset():
            while right - left > 1:
                middle = (left + right) // 2
                same = by_zoneinfo(zone, middle).utcoffset() == by_zoneinfo(zone, low).utcoffset()
                left, right = (middle, right) if same else (left, middle)
            found.append(right)
        low += DAY
    return found


@settings(REPEATABLE, max_examples=400)
@given(zones, instants)
def test_local_time_is_that_of_zoneinfo(zone: str, time: int) -> None:
    local, expected = clock(zone), by_zoneinfo(zone, time)
    midnight = expected.replace(tzinfo=None) - datetime.combine(expected.date(), datetime.min.time())
    assert local.local(time) == (expected.date().toordinal(), midnight // timedelta(milliseconds=1))
    assert (local.day(time), local.time_of_day(time)) == local.local(time)
    assert timedelta(milliseconds=local.offset(time)) == expected.utcoffset()
    assert local.isoformat(time) == expected.isoformat(timespec="milliseconds")


@settings(REPEATABLE, max_examples=400)
@given(zones, instants)
def test_from_an_instant_to_local_time_and_back(zone: str, time: int) -> None:
    """`at` gives the instant back, or, for the second pass of a repeated hour, its first pass."""
    local = clock(zone)
    day, time_of_day = local.local(time)
    back = local.at(day, time_of_day)
    if by_zoneinfo(zone, time).fold:
        assert back < time
        assert local.local(back) == (day, time_of_day)
    else:
        assert back == time


@settings(REPEATABLE, max_examples=400)
@given(zones, days, times_of_day)
def test_from_local_time_to_an_instant_is_that_of_zoneinfo(zone: str, day: int, time_of_day: int) -> None:
    local = clock(zone)
    there = wall(day, time_of_day).replace(tzinfo=packaged(zone))
    as_instant = (there.astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)
    found = local.exists(day, time_of_day)
    if by_zoneinfo(zone, as_instant).replace(tzinfo=None) == there.replace(tzinfo=None):
        assert local.at(day, time_of_day) == found[0] == as_instant
        assert all(local.local(time) == (day, time_of_day) for time in found)
    else:
        assert found == []
        due = local.at(day, time_of_day)
        assert local.local(due) > (day, time_of_day) > local.local(due - 1)


@settings(REPEATABLE, max_examples=200)
@given(zones, days)
def test_midnight_is_the_first_instant_of_the_day(zone: str, day: int) -> None:
    local = clock(zone)
    first = local.midnight(day)
    assert local.day(first - 1) < day <= local.day(first)
    assert local.midnight(day) == first


@pytest.mark.parametrize("zone", ZONES + OTHERS)
def test_the_milliseconds_around_every_change(zone: str) -> None:
    local = clock(zone)
    for change in changes_of_offset(zone):
        for time in range(change - 3, change + 4):
            expected = by_zoneinfo(zone, time)
            assert timedelta(milliseconds=local.offset(time)) == expected.utcoffset()
            assert local.isoformat(time) == expected.isoformat(timespec="milliseconds")


def test_the_changes_of_the_policy_are_seen() -> None:
    """What the check above goes over: both changes where daylight saving applies, none elsewhere."""
    saving = [zone for zone in ZONES if changes_of_offset(zone)]
    assert [len(changes_of_offset(zone)) for zone in saving] == [2] * 7
    assert {zone.split("/")[1] for zone in saving} == {
        "Sydney",
        "Melbourne",
        "Hobart",
        "Adelaide",
        "Broken_Hill",
        "Lord_Howe",
        "Norfolk",
    }


OCTOBER, APRIL = date(2026, 10, 4).toordinal(), date(2027, 4, 4).toordinal()


@pytest.mark.parametrize(
    ("zone", "day", "time_of_day", "expected", "exists"),
    [
        # Sydney's gap on 4 October 2026: 02:00 to 02:59:59.999 do not exist, 03:00 is the instant after 01:59:59.999.
        ("Australia/Sydney", OCTOBER, 2 * HOUR - 1, "2026-10-03T15:59:59.999Z", 1),
        ("Australia/Sydney", OCTOBER, 2 * HOUR, "2026-10-03T16:00:00.000Z", 0),
        ("Australia/Sydney", OCTOBER, 2 * HOUR + 30 * MINUTE, "2026-10-03T16:00:00.000Z", 0),
        ("Australia/Sydney", OCTOBER, 3 * HOUR - 1, "2026-10-03T16:00:00.000Z", 0),
        ("Australia/Sydney", OCTOBER, 3 * HOUR, "2026-10-03T16:00:00.000Z", 1),
        ("Australia/Sydney", OCTOBER, 3 * HOUR + 1, "2026-10-03T16:00:00.001Z", 1),
        # Its fold on 4 April 2027: 02:00 to 02:59:59.999 come twice; the first counts.
        ("Australia/Sydney", APRIL, 2 * HOUR - 1, "2027-04-03T14:59:59.999Z", 1),
        ("Australia/Sydney", APRIL, 2 * HOUR, "2027-04-03T15:00:00.000Z", 2),
        ("Australia/Sydney", APRIL, 3 * HOUR - 1, "2027-04-03T15:59:59.999Z", 2),
        ("Australia/Sydney", APRIL, 3 * HOUR, "2027-04-03T17:00:00.000Z", 1),
        # Lord Howe: half an hour, from 02:00 to 02:30 and from 02:00 back to 01:30.
        ("Australia/Lord_Howe", OCTOBER, 2 * HOUR - 1, "2026-10-03T15:29:59.999Z", 1),
        ("Australia/Lord_Howe", OCTOBER, 2 * HOUR, "2026-10-03T15:30:00.000Z", 0),
        ("Australia/Lord_Howe", OCTOBER, 2 * HOUR + 15 * MINUTE, "2026-10-03T15:30:00.000Z", 0),
        ("Australia/Lord_Howe", OCTOBER, 2 * HOUR + 30 * MINUTE - 1, "2026-10-03T15:30:00.000Z", 0),
        ("Australia/Lord_Howe", OCTOBER, 2 * HOUR + 30 * MINUTE, "2026-10-03T15:30:00.000Z", 1),
        ("Australia/Lord_Howe", APRIL, 90 * MINUTE - 1, "2027-04-03T14:29:59.999Z", 1),
        ("Australia/Lord_Howe", APRIL, 90 * MINUTE, "2027-04-03T14:30:00.000Z", 2),
        ("Australia/Lord_Howe", APRIL, 2 * HOUR - 1, "2027-04-03T14:59:59.999Z", 2),
        ("Australia/Lord_Howe", APRIL, 2 * HOUR, "2027-04-03T15:30:00.000Z", 1),
        # No daylight saving.
        ("Australia/Brisbane", OCTOBER, 2 * HOUR + 30 * MINUTE, "2026-10-03T16:30:00.000Z", 1),
        ("Australia/Eucla", OCTOBER, 8 * HOUR, "2026-10-03T23:15:00.000Z", 1),
        ("Indian/Cocos", OCTOBER, 0, "2026-10-03T17:30:00.000Z", 1),
        # 08:00 on both days, leap day.
        ("Australia/Adelaide", OCTOBER, 8 * HOUR, "2026-10-03T21:30:00.000Z", 1),
        ("Australia/Adelaide", APRIL, 8 * HOUR, "2027-04-03T22:30:00.000Z", 1),
        ("Pacific/Norfolk", OCTOBER, 8 * HOUR, "2026-10-03T20:00:00.000Z", 1),
        ("Pacific/Norfolk", date(2028, 2, 29).toordinal(), 8 * HOUR, "2028-02-28T20:00:00.000Z", 1),
        ("Australia/Perth", date(2028, 2, 29).toordinal(), DAY - 1, "2028-02-29T15:59:59.999Z", 1),
        # Midnight does not exist where daylight saving begins at it; all of 30 December 2011 is missing in Samoa.
        ("Asia/Beirut", date(2026, 3, 29).toordinal(), 0, "2026-03-28T22:00:00.000Z", 0),
        ("Pacific/Apia", date(2011, 12, 30).toordinal(), 8 * HOUR, "2011-12-30T10:00:00.000Z", 0),
    ],
)
def test_gaps_and_folds(zone: str, day: int, time_of_day: int, expected: str, exists: int) -> None:
    assert utc(clock(zone).at(day, time_of_day)) == expected
    assert len(clock(zone).exists(day, time_of_day)) == exists


@pytest.mark.parametrize(
    ("zone", "first", "second"),
    [
        ("Australia/Hobart", "2027-04-03T15:30:00Z", "2027-04-03T16:30:00Z"),
        ("Australia/Lord_Howe", "2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z"),
    ],
)
def test_both_passes_of_a_repeated_time(zone: str, first: str, second: str) -> None:
    day, time_of_day = clock(zone).local(instant(second))
    assert clock(zone).exists(day, time_of_day) == [instant(first), instant(second)]
    assert clock(zone).at(day, time_of_day) == instant(first)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("day", "sign"), [(OCTOBER, -1), (APRIL, 1), (OCTOBER - 1, 0), (APRIL + 1, 0)])
def test_the_length_of_a_day(zone: str, day: int, sign: int) -> None:
    saved = {
        "Australia/Brisbane": 0,
        "Australia/Lindeman": 0,
        "Australia/Darwin": 0,
        "Australia/Perth": 0,
        "Australia/Eucla": 0,
        "Australia/Lord_Howe": HOUR // 2,
        "Indian/Christmas": 0,
        "Indian/Cocos": 0,
    }.get(zone, HOUR)
    assert clock(zone).midnight(day + 1) - clock(zone).midnight(day) == DAY + sign * saved


def test_offsets_come_from_the_package_and_not_from_the_machine(tmp_path: Path) -> None:
    """The package `tzdata` is pinned; a machine may have data of its own, which must not win."""
    (tmp_path / "Australia").mkdir()
    wrong = (importlib.resources.files("tzdata") / "zoneinfo" / "Australia" / "Perth").read_bytes()
    (tmp_path / "Australia" / "Sydney").write_bytes(wrong)
    zoneinfo.reset_tzpath([str(tmp_path)])
    try:
        winter = datetime(2026, 7, 1, tzinfo=ZoneInfo.no_cache("Australia/Sydney"))
        assert winter.utcoffset() == timedelta(hours=8)
        assert Clock("Australia/Sydney").offset(instant("2026-07-01T00:00:00Z")) == 10 * HOUR
    finally:
        zoneinfo.reset_tzpath()


def test_a_clock_asked_in_any_order_says_the_same() -> None:
    """Offsets are worked out a span at a time and kept: the order of the questions does not show."""
    times = [START + step * 97 * DAY // 10 for step in range(1_000)]
    clock.cache_clear()
    forwards = [clock("Australia/Lord_Howe").offset(time) for time in times]
    clock.cache_clear()
    backwards = [clock("Australia/Lord_Howe").offset(time) for time in reversed(times)]
    assert forwards == backwards[::-1]
    assert set(forwards) == {21 * HOUR // 2, 11 * HOUR}


def test_one_object_a_zone() -> None:
    assert clock("Australia/Perth") is clock("Australia/Perth")
    assert [one.name for one in zone_clocks()] == list(ZONES)


@pytest.mark.parametrize(
    "name",
    ["Australia/Gotham", "", "Australia", "AEST", "+10:00", "../UTC", "/etc/localtime", "UTC\0", "UTC/x", "Ünix"],
)
def test_an_unknown_zone_is_a_clear_error(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone") as error:
        clock(name)
    assert repr(name) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("Australia/Sydney", None, 0),
        ("Indian/Cocos", None, 13),
        ("Australia/Broken_Hill", "NSW", 8),  # the zone on record wins over the state
        (None, "NSW", 0),
        (None, "vic", 1),
        ("", "TAS", 2),
        (None, "QLD", 3),
        (None, "SA", 5),
        (None, "NT", 6),
        (None, "WA", 7),
        (None, "ACT", 0),
    ],
)
def test_the_zone_on_record_or_the_one_of_the_state(name: str | None, state: str | None, expected: int) -> None:
    assert zone_code(name, state) == expected


@pytest.mark.parametrize(
    ("name", "state", "message"),
    [
        (None, None, "neither a time zone nor a state"),
        ("", "", "neither a time zone nor a state"),
        (None, "ZZ", "unknown state 'ZZ'"),
        ("Europe/Paris", "NSW", "'Europe/Paris' is not covered"),
        ("Nowhere", None, "'Nowhere' is not covered"),
    ],
)
def test_a_customer_without_a_usable_zone_is_refused(name: str | None, state: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        zone_code(name, state)


def test_the_codes_of_the_zones_never_change() -> None:
    """Histories hold them."""
    assert ZONES == (
        "Australia/Sydney", "Australia/Melbourne", "Australia/Hobart", "Australia/Brisbane", "Australia/Lindeman",
        "Australia/Adelaide", "Australia/Darwin", "Australia/Perth", "Australia/Broken_Hill", "Australia/Eucla",
        "Australia/Lord_Howe", "Pacific/Norfolk", "Indian/Christmas", "Indian/Cocos",
    )  # fmt: skip
    assert AGENCY_ZONE in ZONES
    assert set(STATE_ZONES.values()) <= set(ZONES)
    assert set(ZONES) <= zoneinfo.available_timezones()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-10-04T08:00:00+11:00", 1_791_061_200_000),
        ("2026-10-03T21:00:00.000Z", 1_791_061_200_000),
        ("2026-10-03T21:00:00.000999+00:00", 1_791_061_200_000),  # below a millisecond: cut off
    ],
)
def test_an_instant_from_text(text: str, expected: int) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize("text", ["2026-10-04T08:00:00", "2026-10-04", "yesterday", "", "2026-02-29T00:00:00Z"])
def test_a_naive_or_malformed_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        instant(text)


@settings(REPEATABLE)
@given(st.integers(instant("1900-01-01T00:00:00Z"), instant("2100-01-01T00:00:00Z")))
def test_an_instant_as_text_and_back(time: int) -> None:
    assert instant(utc(time)) == time
    assert len(utc(time)) == len("2026-10-03T21:00:00.000Z")


def test_the_epoch_day() -> None:
    assert date.fromordinal(EPOCH_DAY) == date(1970, 1, 1)
    assert clock("UTC").local(0) == (EPOCH_DAY, 0)
    assert clock("UTC").local(-1) == (EPOCH_DAY - 1, DAY - 1)
