"""How differences spread: by kind, by rule, by how much time."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from sim.clock import HOUR
from sim.replay.differences import Difference


class Shift(NamedTuple):
    """How much later (or sooner) messages go: how many, the median and the most, in hours."""

    messages: int
    median_hours: float
    most_hours: float


def shift(differences: Sequence[Difference], later: bool) -> Shift | None:
    """Of those that go later, or sooner; None when there are none."""
    hours = [abs(one.by_ms) / HOUR for one in differences if one.by_ms and (one.by_ms > 0) == later]
    return Shift(len(hours), round(median(hours), 3), round(max(hours), 3)) if hours else None


def counted(values: Sequence[Any]) -> dict[str, int]:
    """How often each value occurs, the most frequent first (ties by name)."""
    found = Counter(str(value) for value in values)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
