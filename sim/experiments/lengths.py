"""How many runs are enough, and how much of their start to leave out.

Sources: Hoad, Robinson and Davies 2010, "Automated selection of the number of replications for a discrete-event
simulation", Journal of the Operational Research Society 61; White 1997, "An effective truncation heuristic for bias
reduction in simulation output"; Hoad, Robinson and Davies 2010, "Automating warm-up length estimation" (MSER-5).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.experiments.statistics import mean_interval

LOOK_AHEAD = 5
"""For so many more runs a precision must last (kLimit, as Hoad, Robinson and Davies recommend)."""
_LARGE = 100
"""Above so many runs the look-ahead grows with their number."""
BATCH = 5
"""Observations a batch in MSER-5."""


class Precision(NamedTuple):
    """How short the mean's interval should be: its half-width is to be at most `width`, of the mean when `relative`,
    otherwise in the metric's unit."""

    width: float
    relative: bool = True


ANY_PRECISION = Precision(math.inf)
"""Nothing is wanted."""


class Chosen(NamedTuple):
    """So many runs are `needed`; `made` were looked at to say so."""

    needed: int
    made: int


def half_widths(values: Sequence[float], relative: bool, confidence: float = 0.95) -> list[float]:
    """For each number of runs from 1 on: the half-width of the mean's interval, as a share of the mean when `relative`.
    It is infinite for one run; a share is infinite where the mean is 0 but the values are not."""
    found = []
    for n in range(1, len(values) + 1):
        interval = mean_interval(values[:n], confidence)
        half, mean = interval.half_width, interval.estimate
        if half is None or mean is None:
            found.append(math.inf)
        elif half == 0 or not relative:
            found.append(half)
        else:
            found.append(half / abs(mean) if mean else math.inf)
    return found


def replications_chosen(
    values: Sequence[float],
    precision: Precision,
    confidence: float = 0.95,
    look_ahead: int = LOOK_AHEAD,
    least: int = 3,
) -> Chosen | None:
    """How many of these runs are enough for the precision; None: more runs must be made.

    The sequential algorithm of Hoad, Robinson and Davies (2010): the first number of runs, from `least` on, at which
    the precision is reached and kept for the next `look_ahead` runs (kLimit; in proportion above 100 runs).
    """
    widths = half_widths(values, precision.relative, confidence)
    for n in range(least, len(widths) + 1):
        last = n + (look_ahead if n <= _LARGE else look_ahead * n // _LARGE)
        if last > len(widths):
            return None
        if max(widths[n - 1 : last]) <= precision.width:
            return Chosen(n, last)
    return None


def mser5(series: Sequence[float]) -> int | None:
    """How many observations at the start to leave out: the truncation (in batches of five) with the smallest of
    `mser5_errors`. None when it lies in the second half: the series is too short."""
    errors = mser5_errors(series)
    if not errors:
        return None
    best = int(np.argmin(errors))
    return None if best > len(series) // BATCH / 2 else best * BATCH


def mser5_errors(series: Sequence[float]) -> list[float]:
    """The squared standard error of the mean of what is left when 0, 1, 2 … batches are left out; none for fewer than
    two batches. The last batches alone would always look calm, so that five of them are kept (Hoad et al.)."""
    batches = len(series) // BATCH
    if batches < 2:
        return []
    means = np.asarray(series[: batches * BATCH], dtype=float).reshape(batches, BATCH).mean(axis=1)
    return [float(np.var(means[start:])) / (batches - start) for start in range(max(batches - BATCH, 1))]
