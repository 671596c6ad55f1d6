"""`cs-send-window` on the face of the clock. Zones and days stand in test_local_time.py."""

from collections.abc import Callable

import pytest
from scipy.stats import chisquare

from sim.policy import values
from sim.policy.window import NEXT_DAY, NEXT_OPENING, inside_window, release_day_offset, spread_offset

HOUR, MINUTE = 3_600_000, 60_000
OPENS, CLOSES, MIDNIGHT = 8 * HOUR, 20 * HOUR, 24 * HOUR

# Time of day, opens, closes; inside.
INSIDE = [
    (0, OPENS, CLOSES, 0),
    (OPENS - 1, OPENS, CLOSES, 0),
    (OPENS, OPENS, CLOSES, 1),
    (OPENS + 1, OPENS, CLOSES, 1),
    (12 * HOUR, OPENS, CLOSES, 1),
    (CLOSES - 1, OPENS, CLOSES, 1),
    (CLOSES, OPENS, CLOSES, 0),
    (CLOSES + 1, OPENS, CLOSES, 0),
    (MIDNIGHT - 1, OPENS, CLOSES, 0),
    # Other windows, up to the whole day.
    (9 * HOUR - 1, 9 * HOUR, 21 * HOUR, 0),
    (9 * HOUR, 9 * HOUR, 21 * HOUR, 1),
    (21 * HOUR - 1, 9 * HOUR, 21 * HOUR, 1),
    (21 * HOUR, 9 * HOUR, 21 * HOUR, 0),
    (0, 0, MIDNIGHT, 1),
    (MIDNIGHT - 1, 0, MIDNIGHT, 1),
]

# Time of day; days to the release by next_day, by next_opening.
RELEASE = [
    (0, 1, 0),
    (1, 1, 0),
    (6 * HOUR + 30 * MINUTE, 1, 0),
    (OPENS - 1, 1, 0),
    (CLOSES, 1, 1),
    (CLOSES + 1, 1, 1),
    (MIDNIGHT - 1, 1, 1),
    # Inside the window only the daily limit holds a message: until the next day, whatever the reading.
    (OPENS, 1, 1),
    (CLOSES - 1, 1, 1),
]


def wrong_insides(rule: Callable[[int, int, int], int]) -> list[tuple[int, ...]]:
    return [row for row in INSIDE if rule(*row[:3]) != row[3]]


def wrong_releases(rule: Callable[[int, int, int, int], int]) -> list[tuple[int, ...]]:
    return [
        row
        for row in RELEASE
        if tuple(rule(row[0], OPENS, CLOSES, reading) for reading in (NEXT_DAY, NEXT_OPENING)) != row[1:]
    ]


def test_inside_the_window() -> None:
    assert wrong_insides(inside_window) == []


def test_the_day_of_release() -> None:
    assert wrong_releases(release_day_offset) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda time, opens, closes: int(opens < time < closes),
        lambda time, opens, closes: int(opens <= time <= closes),
        lambda time, opens, closes: int(OPENS <= time < CLOSES),
        lambda time, opens, closes: int(opens // MINUTE <= time // MINUTE <= closes // MINUTE),
        lambda time, opens, closes: 1,
        lambda time, opens, closes: 0,
    ],
)
def test_a_wrong_window_fails_the_table(fault: Callable[[int, int, int], int]) -> None:
    assert wrong_insides(fault)


@pytest.mark.parametrize(
    "fault",
    [
        lambda time, opens, closes, release: release_day_offset(time, opens, closes, NEXT_DAY),
        lambda time, opens, closes, release: release_day_offset(time, opens, closes, NEXT_OPENING),
        lambda time, opens, closes, release: int(release == NEXT_DAY or time > opens),
        lambda time, opens, closes, release: int(release == NEXT_DAY or time >= closes),
        lambda time, opens, closes, release: 0,
    ],
)
def test_a_wrong_release_fails_the_table(fault: Callable[[int, int, int, int], int]) -> None:
    assert wrong_releases(fault)


def test_without_a_spread_everybody_is_due_at_the_opening() -> None:
    assert {spread_offset(customer, 0) for customer in range(1, 10_000)} == {0}


@pytest.mark.parametrize("spread", [1, MINUTE, 30 * MINUTE, 12 * HOUR])
def test_the_spread_stays_inside_its_span(spread: int) -> None:
    offsets = [spread_offset(customer, spread) for customer in (*range(1, 5_000), 2**31 - 1, 2**32 - 1, 2**40 + 7)]
    assert min(offsets) >= 0
    assert max(offsets) < spread


@pytest.mark.parametrize("customers", [range(1, 20_001), range(1_000_000, 1_020_000), range(1, 200_001, 10)])
def test_the_spread_is_even_over_customers(customers: range) -> None:
    """In each of 30 minutes a thirtieth; golden-ratio hashing is more even than chance, so far above the usual 1%."""
    minutes = [0] * 30
    for customer in customers:
        minutes[spread_offset(customer, 30 * MINUTE) // MINUTE] += 1
    assert chisquare(minutes).pvalue > 0.5


def test_an_uneven_spread_would_be_seen() -> None:
    minutes = [0] * 30
    for customer in range(1, 20_001):
        minutes[spread_offset(customer % 400, 30 * MINUTE) // MINUTE] += 1
    assert chisquare(minutes).pvalue < 0.5


@pytest.mark.parametrize(
    ("customer", "offset"),
    # floor(frac(customer × 2654435769 / 2**32) × 1 800 000), worked out in fractions.
    [(1, 1_112_461), (2, 424_922), (3, 1_537_383), (1_000, 61_179)],
)
def test_a_customer_keeps_its_place(customer: int, offset: int) -> None:
    assert spread_offset(customer, 30 * MINUTE) == offset


def test_the_answers_are_plain_integers() -> None:
    assert type(inside_window(OPENS, OPENS, CLOSES)) is int
    assert type(release_day_offset(0, OPENS, CLOSES, NEXT_DAY)) is int
    assert type(spread_offset(1, MINUTE)) is int


def test_the_codes_of_the_readings_are_those_of_the_policy_values() -> None:
    assert (values.RELEASE[NEXT_DAY], values.RELEASE[NEXT_OPENING]) == ("next_day", "next_opening")
