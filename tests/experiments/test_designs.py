"""Designs: which points they hold, in which order."""

from sim.experiments.designs import grid, latin_hypercube, one_at_a_time

LEVELS = {"a": [1, 2], "b": ["x", "y"]}


def test_a_grid_holds_every_combination() -> None:
    assert grid(LEVELS) == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_one_at_a_time_changes_one_factor() -> None:
    assert one_at_a_time(LEVELS) == [{"a": 1}, {"a": 2}, {"b": "x"}, {"b": "y"}]


def test_a_latin_hypercube_has_one_point_in_every_strip() -> None:
    points = latin_hypercube({"a": (10.0, 20.0), "b": (0.0, 1.0)}, 10, seed=7)
    assert sorted(int(point["a"] - 10) for point in points) == list(range(10))
    assert sorted(int(point["b"] * 10) for point in points) == list(range(10))
    assert points == latin_hypercube({"a": (10.0, 20.0), "b": (0.0, 1.0)}, 10, seed=7)
    assert points != latin_hypercube({"a": (10.0, 20.0), "b": (0.0, 1.0)}, 10, seed=8)
