"""First-order indices, against a function whose indices are known."""

from collections.abc import Sequence
from math import pi, sin
from typing import Any

import pandas as pd
import pytest

from sim.experiments.designs import Levels, Range, latin_hypercube
from sim.experiments.sensitivity import first_order, indices

_VARIANCE = 7**2 / 8 + 0.1 * pi**4 / 5 + 0.1**2 * pi**8 / 18 + 1 / 2
ISHIGAMI = {"x1": (1 + 0.1 * pi**4 / 5) ** 2 / 2 / _VARIANCE, "x2": 7**2 / 8 / _VARIANCE, "x3": 0.0}
"""First-order indices of the function of Ishigami and Homma (1990) with a = 7 and b = 0.1: 31%, 44% and 0."""


def ishigami(x1: float, x2: float, x3: float) -> float:
    return sin(x1) + 7 * sin(x2) ** 2 + 0.1 * x3**4 * sin(x1)


def designed(points: int, seed: int) -> tuple[dict[str, list[Any]], list[float]]:
    space: dict[str, Levels] = {name: Range(-pi, pi) for name in ISHIGAMI}
    found = latin_hypercube(space, points, seed)
    return {name: [point[name] for point in found] for name in ISHIGAMI}, [ishigami(**point) for point in found]


@pytest.mark.parametrize("name", list(ISHIGAMI))
def test_the_indices_of_ishigami(name: str) -> None:
    factors, metric = designed(1000, 1)
    found = first_order(factors[name], metric)
    assert found.share == pytest.approx(ISHIGAMI[name], abs=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= ISHIGAMI[name] <= found.high
    assert found.high - found.low < 0.16


def test_fewer_settings_have_honest_intervals() -> None:
    """Of ten designs with 60 settings at most two 95% intervals miss."""
    missed = dict.fromkeys(ISHIGAMI, 0)
    for seed in range(10):
        factors, metric = designed(60, seed)
        for name, share in ISHIGAMI.items():
            found = first_order(factors[name], metric)
            assert found.low is not None
            assert found.high is not None
            missed[name] += not found.low <= share <= found.high
    assert all(count <= 2 for count in missed.values())


def groups(values: Sequence[Any], each: int) -> list[Any]:
    return [value for value in values for _ in range(each)]


@pytest.mark.parametrize("values", [["19:00", "20:00"], [4, 5], [False, True]])
def test_values_that_are_few_need_no_curve(values: list[Any]) -> None:
    factor = groups(values, 10)
    noise = [0.1 * (place % 5 - 2) for place in range(20)]
    explained = [value + (5 if which == values[1] else 0) for which, value in zip(factor, noise, strict=True)]
    found = first_order(factor, explained)
    assert found.share == pytest.approx(0.9966, abs=1e-4)
    nothing = first_order(factor, noise)
    assert nothing.share == 0.0


def test_what_cannot_be_told_is_none() -> None:
    numbers = [float(place) for place in range(12)]
    assert first_order(numbers, [1.0] * 12).share is None
    assert first_order(numbers[:9], numbers[:9]).share is None
    assert first_order([str(number) for number in numbers], numbers).share is None
    assert first_order(numbers, numbers).share == pytest.approx(0.985, abs=0.01)


def test_the_indices_of_a_table_take_means_over_seeds_and_leave_the_load_itself_out() -> None:
    rows = [
        {"variant": variant, "replication": seed, "a": variant, "b": variant * 7 % 20, "wait": variant + seed}
        for variant in range(21)
        for seed in (0, 10)
    ]
    rows[0]["wait"] = 10_000
    rows += [{"variant": 21, "replication": 0, "a": 30, "b": 3, "wait": float("nan")}]
    found = indices(pd.DataFrame(rows), ["a", "b"], "wait", 0.95)
    assert found["a"].n == 20
    assert found["a"].share == pytest.approx(0.985, abs=0.01)
    assert found["b"].share is not None
    assert found["b"].share < 0.5
