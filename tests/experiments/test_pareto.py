"""Which settings no other beats, and how sure that is."""

import numpy as np
import pytest

from sim.experiments.pareto import unbeaten, unbeaten_shares

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([[1, 2], [2, 1], [2, 2]], [0, 1]),
        ([[1, 2], [1, 2]], [0, 1]),
        ([[1, 2], [1, 2.5]], [0]),
        ([[1, 2], [0.5, NAN], [3, 1]], [0, 2]),
        ([[NAN, NAN]], []),
        ([[5], [4], [4]], [1, 2]),
        ([[1, 5, 5], [5, 1, 5], [5, 5, 1], [5, 5, 5]], [0, 1, 2]),
    ],
)
def test_a_row_is_beaten_by_one_that_is_nowhere_worse_and_somewhere_better(
    values: list[list[float]], rows: list[int]
) -> None:
    assert unbeaten(np.array(values, dtype=float)) == rows


def runs(*settings: list[tuple[float, float]]) -> np.ndarray:
    """Of each setting, cost and wait for each seed."""
    return np.array(settings, dtype=float)


def as_it_is(means: np.ndarray) -> np.ndarray:
    return means


def test_luck_that_all_settings_share_leaves_no_doubt() -> None:
    luck = [0.0, 5.0, -5.0, 9.0]
    found = unbeaten_shares(runs([(1, 10 + each) for each in luck], [(2, 11 + each) for each in luck]), as_it_is)
    assert found == [1.0, 0.0]


def test_luck_of_their_own_does() -> None:
    first = [(1, 10), (1, 10), (1, 10), (1, 10)]
    second = [(2, 5), (2, 14), (2, 9), (2, 13)]
    found = unbeaten_shares(runs(first, second), as_it_is)
    assert found is not None
    assert found[0] == 1.0
    assert 0.3 < found[1] < 0.6


def test_a_difference_that_is_not_seen_beats_nobody() -> None:
    both = runs([(1, 10.0)] * 3, [(1, 10.2)] * 3)
    assert unbeaten_shares(both, as_it_is) == [1.0, 0.0]
    assert unbeaten_shares(both, np.round) == [1.0, 1.0]


def test_a_setting_without_numbers_is_never_unbeaten_and_a_missing_run_is_left_out() -> None:
    found = unbeaten_shares(runs([(1, 9), (1, NAN), (1, 9)], [(NAN, NAN)] * 3, [(2, 10)] * 3), as_it_is)
    assert found is not None
    assert found[1] == 0.0
    assert found[0] > 0.9
    assert found[2] < 0.1


def test_two_seeds_are_too_few() -> None:
    assert unbeaten_shares(runs([(1, 1), (1, 2)], [(2, 3), (2, 4)]), as_it_is) is None
