"""What a handful of runs allows to be said: intervals, differences, bounds, how many runs, and how long to warm up.

Sources: Law, "Simulation Modeling and Analysis" (intervals, common random numbers); Clopper and Pearson 1934 (exact
bound); Efron 1979 (bootstrap); Hoad, Robinson and Davies 2010, "Automated selection of the number of replications for
a discrete-event simulation"; White 1997 and Hoad, Robinson and Davies 2010, "Automating warm-up length estimation"
(MSER-5).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

RESAMPLES = 2000
_BATCH = 5
"""Observations a batch in MSER-5."""
_LARGE = 100
"""From so many runs on the look-ahead of Hoad, Robinson and Davies grows with their number."""


class Interval(NamedTuple):
    """An estimate with the ends of its interval; both are None where `n` values do not allow one."""

    n: int
    estimate: float | None
    low: float | None
    high: float | None

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The mean with Student's t interval. One value has no interval, none have no mean."""
    n = len(values)
    if n == 0:
        return Interval(0, None, None, None)
    mean = math.fsum(values) / n
    if n == 1:
        return Interval(1, mean, None, None)
    half = _t(n - 1, confidence) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(n, mean, mean - half, mean + half)


def paired_difference(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Interval:
    """`second` less `first`, value by value (runs of one seed), with the t interval of the differences."""
    return mean_interval([after - before for before, after in zip(first, second, strict=True)], confidence)


def unpaired_difference(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Interval:
    """`second` less `first` as if they had nothing in common, with Welch's interval. `n` is the smaller number."""
    n = min(len(first), len(second))
    if n == 0:
        return Interval(0, None, None, None)
    estimate = math.fsum(second) / len(second) - math.fsum(first) / len(first)
    if n == 1:
        return Interval(1, estimate, None, None)
    parts = [float(np.var(values, ddof=1)) / len(values) for values in (first, second)]
    spread = sum(parts)
    if spread == 0:
        return Interval(n, estimate, estimate, estimate)
    sizes = (len(first), len(second))
    freedom = spread**2 / sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True))
    half = _t(freedom, confidence) * math.sqrt(spread)
    return Interval(n, estimate, estimate - half, estimate + half)


def quantile_interval(values: Sequence[float], share: float, confidence: float = 0.95) -> Interval:
    """The quantile that `share` of the values do not exceed, with the percentile interval of a bootstrap.

    The resamples are the same each time. Fewer than three values have no interval.
    """
    n = len(values)
    if n == 0:
        return Interval(0, None, None, None)
    sample = np.asarray(values, dtype=float)
    estimate = float(np.quantile(sample, share))
    if n <= 2:
        return Interval(n, estimate, None, None)

    def quantile(chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.quantile(chosen, share, axis=axis))

    found = stats.bootstrap(
        (sample,), quantile, confidence_level=confidence, n_resamples=RESAMPLES, method="percentile", rng=1
    ).confidence_interval
    return Interval(n, estimate, float(found.low), float(found.high))


def breach_bound(breached: int, runs: int, confidence: float = 0.95) -> float:
    """The greatest share of runs with a breach that `breached` of `runs` does not rule out (Clopper and Pearson,
    one-sided). None in n runs is about 3/n at 95%, and never 0. Raises ValueError unless 0 <= breached <= runs."""
    if not 0 <= breached <= runs:
        raise ValueError(f"{breached} of {runs} runs")
    return 1.0 if breached == runs else float(stats.beta.ppf(confidence, breached + 1, runs - breached))


def relative_half_widths(values: Sequence[float], confidence: float = 0.95) -> list[float]:
    """For each number of runs from 1 on: the half-width of the mean's interval as a share of the mean. It is infinite
    for one run, and where the mean is 0 but the values are not."""
    found = []
    for n in range(1, len(values) + 1):
        interval = mean_interval(values[:n], confidence)
        half, mean = interval.half_width, interval.estimate
        if half is None or mean is None:
            found.append(math.inf)
        elif half == 0:
            found.append(0.0)
        else:
            found.append(half / abs(mean) if mean else math.inf)
    return found


def replications_needed(
    values: Sequence[float], precision: float, confidence: float = 0.95, look_ahead: int = 5, least: int = 3
) -> int | None:
    """How many of these runs are enough for a relative half-width of `precision`; None: more runs must be made.

    The sequential algorithm of Hoad, Robinson and Davies (2010): the first number of runs, from `least` on, at which
    the half-width is reached and kept for the next `look_ahead` runs (in proportion above 100 runs).
    """
    widths = relative_half_widths(values, confidence)
    for n in range(least, len(widths) + 1):
        ahead = look_ahead if n <= _LARGE else look_ahead * n // _LARGE
        if n + ahead > len(widths):
            return None
        if max(widths[n - 1 : n + ahead]) <= precision:
            return n
    return None


def mser5(series: Sequence[float]) -> int | None:
    """How many observations at the start to leave out, by MSER-5: the truncation (in batches of five) that makes the
    squared standard error of what is left smallest. None when it lies in the second half: the series is too short."""
    batches = len(series) // _BATCH
    if batches < 2:
        return None
    means = np.asarray(series[: batches * _BATCH], dtype=float).reshape(batches, _BATCH).mean(axis=1)
    # The last batches alone would always look calm, so that at least five of them are kept (Hoad et al.).
    last = max(batches - _BATCH, 1)
    errors = [float(np.var(means[start:])) / (batches - start) for start in range(last)]
    best = int(np.argmin(errors))
    return None if best > batches / 2 else best * _BATCH


def _t(freedom: float, confidence: float) -> float:
    return float(stats.t.ppf((1 + confidence) / 2, freedom))
