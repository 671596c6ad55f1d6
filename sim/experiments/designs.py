"""Designs: which settings of the factors are tried. Every design names its points in a fixed order."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

Point = dict[str, Any]
"""The values of some factors by name."""

DESIGNS = ("grid", "one_at_a_time", "latin_hypercube", "list")


class Range(NamedTuple):
    """The numbers from `low` to `high`, both ends included; only whole ones with `whole`."""

    low: float
    high: float
    whole: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number."""
        return (int(self.low), int(self.high)) if self.whole else (self.low, self.high)

    def at(self, share: float) -> float:
        """The number that `share` (from 0, below 1) of the range lies below. Whole numbers share it equally."""
        if self.whole:
            return int(self.low) + int(share * (self.high - self.low + 1))
        return self.low + share * (self.high - self.low)


Levels = Range | Sequence[Any]
"""What a factor may be: a range of numbers, or some values."""


def grid(levels: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Every combination of the levels; the last factor changes fastest."""
    return [dict(zip(levels, values, strict=True)) for values in product(*levels.values())]


def one_at_a_time(levels: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Every level of every factor, with all others as the load has them."""
    return [{name: value} for name, values in levels.items() for value in values]


def latin_hypercube(space: Mapping[str, Levels], points: int, seed: int) -> list[Point]:
    """`points` settings that spread evenly: every one of `points` strips of a range holds one, and values and whole
    numbers come equally often (as far as `points` allows)."""
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(d=len(space), rng=seed).random(points)
    return [
        {name: _at(levels, float(share)) for (name, levels), share in zip(space.items(), row, strict=True)}
        for row in unit
    ]


def _at(levels: Levels, share: float) -> Any:
    return levels.at(share) if isinstance(levels, Range) else levels[int(share * len(levels))]
