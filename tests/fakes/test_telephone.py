"""The telephone: who answers turns on the cause of the call, and an alert sent shortly before helps a little."""

import math

import pytest

from fakes.telephone import Telephone, TelephoneParameters
from sim.clock import HOUR
from sim.draws import Draws

CALLS = 20_000


def telephone(answered: float, effect: float = 0.0) -> Telephone:
    """A telephone of seed 5."""
    return Telephone(Draws(5), TelephoneParameters(answered, effect))


def share(machine: Telephone, since_alert: int | None) -> float:
    """Of the first attempts for many work items, how many are answered."""
    return sum(machine.answered(ref, 33, since_alert) for ref in range(1, CALLS + 1)) / CALLS


def test_everybody_and_nobody() -> None:
    assert [share(telephone(chance), None) for chance in (0.0, 1.0)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("since_alert", "expected"),
    [
        (None, 0.4),
        (-1, 0.4),
        (0, 0.5),
        (HOUR, 0.5),
        (2 * HOUR, 0.5),
        (2 * HOUR + 1, 0.4),
    ],
)
def test_an_alert_lasts_two_hours(since_alert: int | None, expected: float) -> None:
    found = share(telephone(0.4, 0.1), since_alert)
    assert abs(found - expected) < 4 * math.sqrt(0.25 / CALLS)
    # The same callers answer, and some more: never others.
    machine, without = telephone(0.4, 0.1), telephone(0.4)
    assert all(machine.answered(ref, 33, since_alert) for ref in range(1, 500) if without.answered(ref, 33, None))


def test_an_effect_of_nothing_changes_nothing() -> None:
    assert share(telephone(0.4), 0) == share(telephone(0.4), None)


def test_an_answer_turns_on_the_work_item_and_the_attempt() -> None:
    machine = telephone(0.5)
    answers = [[machine.answered(ref, attempt, None) for attempt in range(1, 65)] for ref in range(1, 65)]
    assert answers == [
        [telephone(0.5).answered(ref, attempt, None) for attempt in range(1, 65)] for ref in range(1, 65)
    ]
    assert len({tuple(row) for row in answers}) == 64
    assert len(set(zip(*answers, strict=True))) == 64
