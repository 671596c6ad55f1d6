"""Designs: which settings of the factors are tried. Every design names its points in a fixed order."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

Point = dict[str, Any]
"""The values of some factors by name."""

DESIGNS = ("grid", "one_at_a_time", "latin_hypercube", "list")


def grid(levels: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Every combination of the levels; the last factor changes fastest."""
    return [dict(zip(levels, values, strict=True)) for values in product(*levels.values())]


def one_at_a_time(levels: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Every level of every factor, with all others as the load has them."""
    return [{name: value} for name, values in levels.items() for value in values]


def latin_hypercube(ranges: Mapping[str, tuple[float, float]], points: int, seed: int) -> list[dict[str, float]]:
    """`points` settings that spread evenly over each range: each has one point in every one of `points` strips."""
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(d=len(ranges), rng=seed).random(points)
    lows, highs = zip(*ranges.values(), strict=True)
    return [dict(zip(ranges, map(float, row), strict=True)) for row in qmc.scale(unit, lows, highs)]
