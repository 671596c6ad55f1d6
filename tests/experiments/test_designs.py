"""Designs: which points they hold, in which order."""

from collections import Counter
from typing import Any

import pytest

from sim.experiments.designs import Levels, Range, grid, latin_hypercube, one_at_a_time

LEVELS = {"a": [1, 2], "b": ["x", "y"]}


def test_a_grid_holds_every_combination() -> None:
    assert grid(LEVELS) == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_one_at_a_time_changes_one_factor() -> None:
    assert one_at_a_time(LEVELS) == [{"a": 1}, {"a": 2}, {"b": "x"}, {"b": "y"}]


def test_a_latin_hypercube_has_one_point_in_every_strip() -> None:
    space: dict[str, Levels] = {"a": Range(10.0, 20.0), "b": Range(0.0, 1.0)}
    points = latin_hypercube(space, 10, seed=7)
    assert sorted(int(point["a"] - 10) for point in points) == list(range(10))
    assert sorted(int(point["b"] * 10) for point in points) == list(range(10))
    assert points == latin_hypercube(space, 10, seed=7)
    assert points != latin_hypercube(space, 10, seed=8)


def test_a_latin_hypercube_deals_whole_numbers_and_values_out_equally() -> None:
    points = latin_hypercube({"a": Range(3, 6, whole=True), "b": ["x", "y"]}, 20, seed=7)
    assert Counter(point["a"] for point in points) == {3: 5, 4: 5, 5: 5, 6: 5}
    assert all(isinstance(point["a"], int) for point in points)
    assert Counter(point["b"] for point in points) == {"x": 10, "y": 10}


@pytest.mark.parametrize(
    ("share", "whole", "number"),
    [(0.0, True, 3), (0.2499, True, 3), (0.25, True, 4), (0.9999, True, 6), (0.0, False, 3.0), (0.5, False, 4.5)],
)
def test_a_share_of_a_range_from_3_to_6(share: float, whole: bool, number: Any) -> None:
    assert Range(3, 6, whole).at(share) == number
