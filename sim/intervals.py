"""How numbers, intervals and differences are written, on a terminal and in a report."""

from collections.abc import Mapping
from typing import Any


def number(value: float | None, signed: bool = False) -> str:
    """A number in at most five digits; a dash where there is none."""
    if value is None:
        return "–"
    large = abs(value) >= 10_000
    return f"{value:{'+' if signed else ''},.0f}" if large else f"{value:{'+' if signed else ''}.4g}"


def interval(cell: Mapping[str, Any], signed: bool = False) -> str:
    """The ends of an interval."""
    if cell["low"] is None:
        return "–"
    return f"{number(cell['low'], signed)} … {number(cell['high'], signed)}"


DIFFERENCE = ("difference", "paired", "unpaired", "variance left", "differs")
"""The columns of `difference`."""


def difference(found: Mapping[str, Any]) -> list[str]:
    """A difference in five columns: its mean, the paired interval, the unpaired one, what pairing leaves of the
    variance, and whether it differs: not seen, yes, or only when it is looked at alone (not among so many)."""
    mean = found["paired"]["mean"] if found["paired"]["mean"] is not None else found["unpaired"]["mean"]
    intervals = [interval(found[kind], signed=True) for kind in ("paired", "unpaired")]
    ratio = found["variance_ratio"]
    left = "–" if ratio is None else f"{ratio:.0%}"
    if found["differs"] is None:
        differs = "–"
    elif found["differs"]:
        differs = "yes" if found["stands"] else "yes, alone"
    else:
        differs = "not seen"
    return [number(mean, signed=True), *intervals, left, differs]


def counted(count: int, one: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{count:,} {one if count == 1 else one + 's'}"
