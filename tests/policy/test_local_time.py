"""The rules on local clocks: every zone of policy.md G, both changes of daylight-saving time, midnight, leap day.

What is expected is worked out here from offsets written by hand, not from `zoneinfo`: a local time is what the wall
shows, less the offset of its season. So the rules and `sim.clock` are tested together against a second source.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sim.clock import AGENCY_ZONE, ZONES, Clock, clock
from sim.messages import ContactTime, reason_names
from sim.policy.dialog import field_reasons
from sim.policy.limits import EITHER_DAY, daily_limit_reached, limit_at_hand_over, needs_confirmation
from sim.policy.procedures import bounce_day, counts_as_unanswered, promise_end, promise_kept
from sim.policy.window import NEXT_DAY, NEXT_OPENING, inside_window, release_day_offset, spread_offset

MINUTE, HOUR = 60_000, 3_600_000
OPENS, CLOSES = 8 * HOUR, 20 * HOUR

# Hours east of Greenwich: in winter, in summer (from 4 October 2026 to 4 April 2027).
OFFSETS: dict[str, tuple[float, float]] = {
    "Australia/Sydney": (10, 11),
    "Australia/Melbourne": (10, 11),
    "Australia/Hobart": (10, 11),
    "Australia/Brisbane": (10, 10),
    "Australia/Lindeman": (10, 10),
    "Australia/Adelaide": (9.5, 10.5),
    "Australia/Darwin": (9.5, 9.5),
    "Australia/Perth": (8, 8),
    "Australia/Broken_Hill": (9.5, 10.5),
    "Australia/Eucla": (8.75, 8.75),
    "Australia/Lord_Howe": (10.5, 11),
    "Pacific/Norfolk": (11, 12),
    "Indian/Christmas": (7, 7),
    "Indian/Cocos": (6.5, 6.5),
}
WINTER, SUMMER = 0, 1


def ms(text: str) -> int:
    """`08:00` or `07:59:59.999` as ms since midnight."""
    hours, minutes, *seconds = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds[0] if seconds else 0) * 1000)


def instant(zone: str, day: str, time: str, season: int) -> int:
    """The instant (ms UTC) at which the wall in `zone` shows this, by the offsets above."""
    wall = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(milliseconds=ms(time))
    since = wall - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=OFFSETS[zone][season])
    return since // timedelta(milliseconds=1)


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


# Local day and time of issue, season; inside; the day of release (by next_day, by next_opening), season at its opening.
W, S = WINTER, SUMMER
ISSUES = [
    # An ordinary winter day, and an ordinary summer day.
    ("2026-07-01", "00:00", W, 0, "2026-07-02", "2026-07-01", W),
    ("2026-07-01", "06:30", W, 0, "2026-07-02", "2026-07-01", W),
    ("2026-07-01", "07:59:59.999", W, 0, "2026-07-02", "2026-07-01", W),
    ("2026-07-01", "08:00", W, 1, "", "", W),
    ("2026-07-01", "08:00:00.001", W, 1, "", "", W),
    ("2026-07-01", "19:59:59.999", W, 1, "", "", W),
    ("2026-07-01", "20:00", W, 0, "2026-07-02", "2026-07-02", W),
    ("2026-07-01", "20:00:00.001", W, 0, "2026-07-02", "2026-07-02", W),
    ("2026-07-01", "23:59:59.999", W, 0, "2026-07-02", "2026-07-02", W),
    ("2026-12-25", "07:59:59.999", S, 0, "2026-12-26", "2026-12-25", S),
    ("2026-12-25", "08:00", S, 1, "", "", S),
    ("2026-12-25", "19:59:59.999", S, 1, "", "", S),
    ("2026-12-25", "20:00", S, 0, "2026-12-26", "2026-12-26", S),
    # The turn of the year.
    ("2026-12-31", "23:59:59.999", S, 0, "2027-01-01", "2027-01-01", S),
    ("2027-01-01", "00:00", S, 0, "2027-01-02", "2027-01-01", S),
    # Daylight saving begins on 4 October 2026 at 02:00.
    ("2026-10-03", "19:59:59.999", W, 1, "", "", W),
    ("2026-10-03", "20:00", W, 0, "2026-10-04", "2026-10-04", S),
    ("2026-10-03", "23:59:59.999", W, 0, "2026-10-04", "2026-10-04", S),
    ("2026-10-04", "00:00", W, 0, "2026-10-05", "2026-10-04", S),
    ("2026-10-04", "01:59:59.999", W, 0, "2026-10-05", "2026-10-04", S),
    ("2026-10-04", "03:00", S, 0, "2026-10-05", "2026-10-04", S),
    ("2026-10-04", "07:59:59.999", S, 0, "2026-10-05", "2026-10-04", S),
    ("2026-10-04", "08:00", S, 1, "", "", S),
    ("2026-10-04", "19:59:59.999", S, 1, "", "", S),
    ("2026-10-04", "20:00", S, 0, "2026-10-05", "2026-10-05", S),
    # It ends on 4 April 2027 at 03:00 (Lord Howe: 02:00).
    ("2027-04-03", "19:59:59.999", S, 1, "", "", S),
    ("2027-04-03", "20:00", S, 0, "2027-04-04", "2027-04-04", W),
    ("2027-04-03", "23:59:59.999", S, 0, "2027-04-04", "2027-04-04", W),
    ("2027-04-04", "00:00", S, 0, "2027-04-05", "2027-04-04", W),
    ("2027-04-04", "01:45", S, 0, "2027-04-05", "2027-04-04", W),
    ("2027-04-04", "03:00", W, 0, "2027-04-05", "2027-04-04", W),
    ("2027-04-04", "07:59:59.999", W, 0, "2027-04-05", "2027-04-04", W),
    ("2027-04-04", "08:00", W, 1, "", "", W),
    ("2027-04-04", "19:59:59.999", W, 1, "", "", W),
    ("2027-04-04", "20:00", W, 0, "2027-04-05", "2027-04-05", W),
    # Leap day.
    ("2028-02-28", "20:00", S, 0, "2028-02-29", "2028-02-29", S),
    ("2028-02-28", "23:59:59.999", S, 0, "2028-02-29", "2028-02-29", S),
    ("2028-02-29", "00:00", S, 0, "2028-03-01", "2028-02-29", S),
    ("2028-02-29", "07:59:59.999", S, 0, "2028-03-01", "2028-02-29", S),
    ("2028-02-29", "08:00", S, 1, "", "", S),
    ("2028-02-29", "19:59:59.999", S, 1, "", "", S),
    ("2028-02-29", "20:00", S, 0, "2028-03-01", "2028-03-01", S),
    ("2028-03-01", "06:30", S, 0, "2028-03-02", "2028-03-01", S),
]


def test_the_offsets_cover_the_zones_of_the_policy() -> None:
    assert tuple(OFFSETS) == ZONES


def release(local: Clock, issued: int, reading: int) -> int:
    """What a sending system does with the rules: 0 when the message goes at once, else the due instant."""
    day, time_of_day = local.local(issued)
    if inside_window(time_of_day, OPENS, CLOSES):
        return 0
    return local.at(day + release_day_offset(time_of_day, OPENS, CLOSES, reading), OPENS)


def wrong_releases(zone: str, rule: Callable[[Clock, int, int], int]) -> list[tuple[object, ...]]:
    wrong: list[tuple[object, ...]] = []
    for row in ISSUES:
        day, time, season, inside, next_day, next_opening, then = row
        issued = instant(zone, day, time, season)
        for reading, due_day in ((NEXT_DAY, next_day), (NEXT_OPENING, next_opening)):
            if rule(clock(zone), issued, reading) != (0 if inside else instant(zone, due_day, "08:00", then)):
                wrong.append((zone, reading, *row))
    return wrong


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_issued_goes_at_once_or_at_the_opening_of_the_right_local_day(zone: str) -> None:
    assert wrong_releases(zone, release) == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_wall_shows_what_the_tables_say(zone: str) -> None:
    for day, time, season, *_ in ISSUES:
        assert clock(zone).local(instant(zone, day, time, season)) == (ordinal(day), ms(time)), (day, time)


@pytest.mark.parametrize("zone", [zone for zone in ZONES if OFFSETS[zone] != OFFSETS[AGENCY_ZONE]])
def test_the_agency_clock_for_everybody_would_be_found(zone: str) -> None:
    assert wrong_releases(zone, lambda local, issued, reading: release(clock(AGENCY_ZONE), issued, reading))


@pytest.mark.parametrize("zone", [zone for zone in ZONES if OFFSETS[zone][WINTER] != OFFSETS[zone][SUMMER]])
def test_a_release_a_fixed_number_of_hours_later_would_be_found(zone: str) -> None:
    def counting_hours(local: Clock, issued: int, reading: int) -> int:
        time_of_day = local.time_of_day(issued)
        if inside_window(time_of_day, OPENS, CLOSES):
            return 0
        offset = release_day_offset(time_of_day, OPENS, CLOSES, reading)
        return issued - time_of_day + offset * 24 * HOUR + OPENS

    wrong = wrong_releases(zone, counting_hours)
    assert {row[2] for row in wrong} == {"2026-10-03", "2026-10-04", "2027-04-03", "2027-04-04"}


@pytest.mark.parametrize("zone", ZONES)
def test_a_message_still_waiting_at_the_closing_is_held_until_the_next_opening(zone: str) -> None:
    """The night is an hour shorter on 3 October 2026 and an hour longer on 3 April 2027; half an hour on Lord Howe."""
    winter, summer = OFFSETS[zone]
    saved = round((summer - winter) * HOUR)
    for day, season, hours in (("2026-10-03", W, 12 * HOUR - saved), ("2027-04-03", S, 12 * HOUR + saved)):
        closing = instant(zone, day, "20:00", season)
        assert clock(zone).at(ordinal(day), CLOSES) == closing
        assert [release(clock(zone), closing, reading) - closing for reading in (NEXT_DAY, NEXT_OPENING)] == [hours] * 2
        assert release(clock(zone), closing - 1, NEXT_DAY) == 0


@pytest.mark.parametrize("zone", ZONES)
def test_a_spread_release_stays_in_the_morning_of_a_day_of_change(zone: str) -> None:
    for day, season in (("2026-10-04", S), ("2027-04-04", W)):
        opening = instant(zone, day, "08:00", season)
        for customer in (1, 2, 3, 1_000_000):
            due = clock(zone).at(ordinal(day), OPENS) + spread_offset(customer, 30 * MINUTE)
            assert opening <= due < opening + 30 * MINUTE


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("day", "season", "next_day", "next_season"),
    [
        ("2026-10-03", W, "2026-10-04", W),
        ("2026-10-04", S, "2026-10-05", S),
        ("2026-12-31", S, "2027-01-01", S),
        ("2027-04-03", S, "2027-04-04", S),
        ("2027-04-04", W, "2027-04-05", W),
        ("2028-02-28", S, "2028-02-29", S),
        ("2028-02-29", S, "2028-03-01", S),
    ],
)
def test_the_daily_limit_begins_anew_at_local_midnight(
    zone: str, day: str, season: int, next_day: str, next_season: int
) -> None:
    local = clock(zone)
    sent = [instant(zone, day, f"{hour:02}:00", season) for hour in (9, 11, 13, 15, 17)]
    for now, full in (
        (instant(zone, day, "19:59:59.999", season), 1),
        (instant(zone, day, "23:59:59.999", season), 1),
        (instant(zone, next_day, "00:00", next_season), 0),
    ):
        attempt = local.day(now)
        delivery = attempt + (0 if inside_window(local.time_of_day(now), OPENS, CLOSES) else 1)
        on_attempt, on_delivery = (sum(local.day(time) == on for time in sent) for on in (attempt, delivery))
        assert daily_limit_reached(on_attempt, on_delivery, 0, 5, EITHER_DAY) == full
    handed = (instant(zone, day, "19:59:59.999", season), local.at(ordinal(next_day), OPENS))
    counts = [sum(local.day(time) == local.day(now) for time in sent) for now in handed]
    assert [limit_at_hand_over(count, 5, EITHER_DAY) for count in counts] == [1, 0]


@pytest.mark.parametrize("zone", ZONES)
def test_the_hour_of_the_confirmation_is_elapsed_time(zone: str) -> None:
    """At the end of daylight saving the wall shows the same time twice; at its beginning it jumps."""
    winter, summer = OFFSETS[zone]
    saved = round((summer - winter) * HOUR)
    twice = "01:45" if zone == "Australia/Lord_Howe" else "02:30"
    first, second = (instant(zone, "2027-04-04", twice, season) for season in (S, W))
    assert second - first == saved
    assert clock(zone).local(first) == clock(zone).local(second) == (ordinal("2027-04-04"), ms(twice))
    assert needs_confirmation(second, first, HOUR, 0) == int(saved < HOUR)
    assert needs_confirmation(second, first, HOUR, 1) == 1
    before, after = instant(zone, "2026-10-04", "01:59:59.999", W), instant(zone, "2026-10-04", "03:00", S)
    assert after - before == HOUR + 1 - saved
    assert needs_confirmation(after, before, HOUR, 1) == int(saved > 0)


@pytest.mark.parametrize("zone", ZONES)
def test_the_14_days_are_336_elapsed_hours(zone: str) -> None:
    """By the wall 14 days to the minute, which is an hour less in October and an hour more in April."""
    winter, summer = OFFSETS[zone]
    october = instant(zone, "2026-09-25", "10:00", W), instant(zone, "2026-10-09", "10:00", S)
    april = instant(zone, "2027-03-25", "10:00", S), instant(zone, "2027-04-08", "10:00", W)
    changes = int(summer > winter)
    assert counts_as_unanswered(october[0], -1, october[1], 336 * HOUR) == changes
    assert counts_as_unanswered(april[0], -1, april[1], 336 * HOUR) == 0
    assert counts_as_unanswered(april[0], -1, april[0] + 336 * HOUR - 1, 336 * HOUR) == 1


# Sent at; today and tomorrow as local days; the season at the midnight between them.
PROMISED = [
    ("2026-10-03", "08:00", W, "2026-10-04", W),
    ("2026-10-04", "08:00", S, "2026-10-05", S),
    ("2026-10-04", "19:59:59.999", S, "2026-10-05", S),
    ("2027-04-03", "19:59:59.999", S, "2027-04-04", S),
    ("2027-04-04", "08:00", W, "2027-04-05", W),
    ("2026-12-31", "19:59:59.999", S, "2027-01-01", S),
    ("2028-02-29", "08:00", S, "2028-03-01", S),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("day", "time", "season", "tomorrow", "then"), PROMISED)
def test_today_ends_at_local_midnight(zone: str, day: str, time: str, season: int, tomorrow: str, then: int) -> None:
    local = clock(zone)
    sent = instant(zone, day, time, season)
    ends = promise_end(ContactTime.TODAY, sent, local.midnight(local.day(sent) + 1), HOUR)
    midnight = instant(zone, tomorrow, "00:00", then)
    assert [promise_kept(called, sent, ends) for called in (midnight - 1, midnight)] == [1, 0]
    ends = promise_end(ContactTime.NEXT_HOUR, sent, midnight, HOUR)
    assert [promise_kept(sent + HOUR + late, sent, ends) for late in (-1, 0, 1)] == [1, 1, 0]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("by", "day", "season", "next_day", "next_season"),
    [
        ("2026-10-03", "2026-10-03", W, "2026-10-04", W),
        ("2026-10-04", "2026-10-04", S, "2026-10-05", S),
        ("2027-04-03", "2027-04-03", S, "2027-04-04", S),
        ("2027-04-04", "2027-04-04", W, "2027-04-05", W),
        ("2028-02-29", "2028-02-29", S, "2028-03-01", S),
    ],
)
def test_a_by_date_is_past_from_the_next_local_midnight(
    zone: str, by: str, day: str, season: int, next_day: str, next_season: int
) -> None:
    last, first = instant(zone, day, "23:59:59.999", season), instant(zone, next_day, "00:00", next_season)
    found = [reason_names(field_reasons(0, 1, 0, ordinal(by), clock(zone).day(now))) for now in (last, first)]
    assert found == [[], ["by_date_in_past"]]


@pytest.mark.parametrize(
    ("known", "created"),
    [
        # An ordinary day in Sydney, 06:00 winter and summer time.
        ("2026-07-01T02:00:00Z", "2026-07-01T20:00:00Z"),
        ("2026-12-01T02:00:00Z", "2026-12-01T19:00:00Z"),
        # The last and the first millisecond of an agency day.
        ("2026-07-01T13:59:59.999Z", "2026-07-01T20:00:00Z"),
        ("2026-07-01T14:00:00Z", "2026-07-02T20:00:00Z"),
        # Known before, at and after the run of a day: the run of the next day.
        ("2026-07-01T19:59:59.999Z", "2026-07-02T20:00:00Z"),
        ("2026-07-01T20:00:00Z", "2026-07-02T20:00:00Z"),
        ("2026-07-01T20:00:00.001Z", "2026-07-02T20:00:00Z"),
        # Over both changes of daylight-saving time.
        ("2026-10-03T13:59:59.999Z", "2026-10-03T19:00:00Z"),
        ("2026-10-03T14:00:00Z", "2026-10-04T19:00:00Z"),
        ("2026-10-04T12:59:59.999Z", "2026-10-04T19:00:00Z"),
        ("2026-10-04T13:00:00Z", "2026-10-05T19:00:00Z"),
        ("2027-04-03T12:59:59.999Z", "2027-04-03T20:00:00Z"),
        ("2027-04-03T13:00:00Z", "2027-04-04T20:00:00Z"),
        ("2027-04-04T13:59:59.999Z", "2027-04-04T20:00:00Z"),
        ("2027-04-04T14:00:00Z", "2027-04-05T20:00:00Z"),
        # Leap day.
        ("2028-02-28T13:00:00Z", "2028-02-29T19:00:00Z"),
        ("2028-02-29T13:00:00Z", "2028-03-01T19:00:00Z"),
    ],
)
def test_a_bounce_back_is_created_at_six_on_the_next_agency_day(known: str, created: str) -> None:
    def milliseconds(text: str) -> int:
        return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    agency = clock(AGENCY_ZONE)
    assert agency.at(bounce_day(agency.day(milliseconds(known))), 6 * HOUR) == milliseconds(created)
