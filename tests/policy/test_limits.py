"""`cs-daily-limit` and `cs-hourly-confirmation`: rows just before, on and just after each boundary."""

from collections.abc import Callable
from itertools import product

import pytest

from sim.policy import values
from sim.policy.limits import (
    ATTEMPT_DAY,
    CHILD_SUPPORT_SMS,
    DELIVERY_DAY,
    DESKTOP,
    EITHER_DAY,
    daily_limit_reached,
    limit_at_hand_over,
    needs_confirmation,
)

HOUR = 3_600_000
EXCLUSIVE, INCLUSIVE = 0, 1

# Sent on the day of the attempt, sent on the day of delivery, held for it; limit; either, delivery, attempt.
LIMIT = [
    # Inside the window both days are one.
    (0, 0, 0, 5, 0, 0, 0),
    (4, 4, 0, 5, 0, 0, 0),
    (5, 5, 0, 5, 1, 1, 1),
    (6, 6, 0, 5, 1, 1, 1),
    # Some still wait in the outbox: they count for delivery, and are not "already sent".
    (3, 3, 1, 5, 0, 0, 0),
    (3, 3, 2, 5, 1, 1, 0),
    (4, 4, 1, 5, 1, 1, 0),
    (0, 0, 4, 5, 0, 0, 0),
    (0, 0, 5, 5, 1, 1, 0),
    # At 21:00: five were sent today, none is held for tomorrow.
    (4, 0, 0, 5, 0, 0, 0),
    (5, 0, 0, 5, 1, 0, 1),
    (6, 0, 0, 5, 1, 0, 1),
    # At 21:00: few were sent today, tomorrow is nearly full.
    (0, 0, 6, 5, 1, 1, 0),
    (4, 0, 4, 5, 0, 0, 0),
    (4, 0, 5, 5, 1, 1, 0),
    (4, 1, 4, 5, 1, 1, 0),
    # Other limits.
    (0, 0, 0, 1, 0, 0, 0),
    (1, 1, 0, 1, 1, 1, 1),
    (0, 0, 0, 0, 1, 1, 1),
    (5, 5, 0, 6, 0, 0, 0),
    (6, 6, 0, 6, 1, 1, 1),
]

# Sent on the day of the hand-over; limit; held on with either_day, delivery_day, attempt_day.
HAND_OVER = [
    (0, 5, 0, 0, 0),
    (4, 5, 0, 0, 0),
    (5, 5, 1, 1, 0),
    (6, 5, 1, 1, 0),
    (0, 1, 0, 0, 0),
    (1, 1, 1, 1, 0),
    (0, 0, 1, 1, 0),
]

# Now, the latest message, minutes of the rule in ms; exclusive, inclusive.
CONFIRMATION = [
    (10 * HOUR, -1, HOUR, 0, 0),
    (0, -1, HOUR, 0, 0),
    (10 * HOUR, 10 * HOUR, HOUR, 1, 1),
    (10 * HOUR, 10 * HOUR - 1, HOUR, 1, 1),
    (10 * HOUR, 9 * HOUR + 1, HOUR, 1, 1),
    (10 * HOUR, 9 * HOUR, HOUR, 0, 1),
    (10 * HOUR, 9 * HOUR - 1, HOUR, 0, 0),
    (10 * HOUR, 0, HOUR, 0, 0),
    (HOUR, 0, HOUR, 0, 1),
    (HOUR - 1, 0, HOUR, 1, 1),
    (HOUR + 1, 0, HOUR, 0, 0),
    (10 * HOUR, 10 * HOUR - 1_799_999, HOUR // 2, 1, 1),
    (10 * HOUR, 10 * HOUR - 1_800_000, HOUR // 2, 0, 1),
    (10 * HOUR, 10 * HOUR - 1_800_001, HOUR // 2, 0, 0),
    # Switched off: only with the inclusive boundary does a message of the same millisecond ask.
    (10 * HOUR, 10 * HOUR, 0, 0, 1),
    (10 * HOUR, 10 * HOUR - 1, 0, 0, 0),
]


def wrong_limits(rule: Callable[[int, int, int, int, int], int]) -> list[tuple[int, ...]]:
    return [
        row
        for row in LIMIT
        if tuple(rule(*row[:4], counts) for counts in (EITHER_DAY, DELIVERY_DAY, ATTEMPT_DAY)) != row[4:]
    ]


def wrong_hand_overs(rule: Callable[[int, int, int], int]) -> list[tuple[int, ...]]:
    return [
        row
        for row in HAND_OVER
        if tuple(rule(*row[:2], counts) for counts in (EITHER_DAY, DELIVERY_DAY, ATTEMPT_DAY)) != row[2:]
    ]


def wrong_confirmations(rule: Callable[[int, int, int, int], int]) -> list[tuple[int, ...]]:
    return [
        row for row in CONFIRMATION if tuple(rule(*row[:3], boundary) for boundary in (EXCLUSIVE, INCLUSIVE)) != row[3:]
    ]


def test_the_daily_limit() -> None:
    assert wrong_limits(daily_limit_reached) == []


def test_the_limit_at_hand_over() -> None:
    assert wrong_hand_overs(limit_at_hand_over) == []


def test_the_hourly_confirmation() -> None:
    assert wrong_confirmations(needs_confirmation) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(attempt, delivery, held, limit + 1, counts),
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(attempt, delivery, held, limit - 1, counts),
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(attempt, delivery, 0, limit, counts),
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(attempt, 0, held, limit, counts),
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(
            attempt + held, delivery, held, limit, counts
        ),
        lambda attempt, delivery, held, limit, counts: daily_limit_reached(attempt, delivery, held, limit, EITHER_DAY),
        lambda attempt, delivery, held, limit, counts: 0,
        lambda attempt, delivery, held, limit, counts: 1,
    ],
)
def test_a_wrong_limit_fails_the_table(fault: Callable[[int, int, int, int, int], int]) -> None:
    assert wrong_limits(fault)


@pytest.mark.parametrize(
    "fault",
    [
        lambda sent, limit, counts: int(sent >= limit),
        lambda sent, limit, counts: int(counts != ATTEMPT_DAY and sent > limit),
        lambda sent, limit, counts: int(counts == EITHER_DAY and sent >= limit),
        lambda sent, limit, counts: 0,
    ],
)
def test_a_wrong_limit_at_hand_over_fails_the_table(fault: Callable[[int, int, int], int]) -> None:
    assert wrong_hand_overs(fault)


@pytest.mark.parametrize(
    "fault",
    [
        lambda now, last, confirm_ms, inclusive: needs_confirmation(now, last, confirm_ms, 1 - inclusive),
        lambda now, last, confirm_ms, inclusive: needs_confirmation(now, last, confirm_ms, EXCLUSIVE),
        lambda now, last, confirm_ms, inclusive: needs_confirmation(now, last, confirm_ms, INCLUSIVE),
        lambda now, last, confirm_ms, inclusive: needs_confirmation(now, last, HOUR, inclusive),
        lambda now, last, confirm_ms, inclusive: needs_confirmation(now, last // 1000 * 1000, confirm_ms, inclusive),
        lambda now, last, confirm_ms, inclusive: int(now - last < confirm_ms + inclusive),  # -1 taken for an instant
    ],
)
def test_a_wrong_confirmation_fails_the_table(fault: Callable[[int, int, int, int], int]) -> None:
    assert wrong_confirmations(fault)


def test_the_default_reading_is_both_others_together() -> None:
    for attempt, delivery, held, limit in product(range(7), range(7), range(4), range(7)):
        either = daily_limit_reached(attempt, delivery, held, limit, EITHER_DAY)
        single = [daily_limit_reached(attempt, delivery, held, limit, counts) for counts in (DELIVERY_DAY, ATTEMPT_DAY)]
        assert either == max(single)


def test_the_answers_are_plain_integers() -> None:
    assert type(daily_limit_reached(5, 5, 0, 5, EITHER_DAY)) is int
    assert type(limit_at_hand_over(5, 5, EITHER_DAY)) is int
    assert type(needs_confirmation(1, 0, HOUR, EXCLUSIVE)) is int


def test_the_codes_of_the_readings_are_those_of_the_policy_values() -> None:
    assert [values.COUNTS[code] for code in (EITHER_DAY, DELIVERY_DAY, ATTEMPT_DAY)] == [
        "either_day",
        "delivery_day",
        "attempt_day",
    ]
    assert [values.SCOPE[code] for code in (DESKTOP, CHILD_SUPPORT_SMS)] == ["desktop", "child_support_sms"]
    assert [values.BOUNDARY[code] for code in (EXCLUSIVE, INCLUSIVE)] == ["exclusive", "inclusive"]
