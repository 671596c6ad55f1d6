"""What a handful of runs allows to be said: intervals, differences, bounds, and which of many differences stand.

Sources: Law, "Simulation Modeling and Analysis" (intervals, common random numbers); Clopper and Pearson 1934 (exact
bound); Efron 1979 (bootstrap); Holm 1979 (many tests at once).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.draws import Purpose, table

RESAMPLES = 2000
_CELLS = 400_000
"""Values that are resampled at a time, so that many runs need no more memory than few."""


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


def variance_ratio(first: Sequence[float], second: Sequence[float]) -> float | None:
    """The variance of the paired difference by that of the difference of strangers: 0 where pairing takes away all
    chance, 1 where it gains nothing, more where it harms. None where nothing varies or there is one pair."""
    if len(first) < 2:
        return None
    apart = sum(float(np.var(values, ddof=1)) for values in (first, second))
    together = float(np.var(np.subtract(second, first), ddof=1))
    return together / apart if apart else None


def by_chance(differences: Sequence[float]) -> float | None:
    """How likely a mean at least as far from 0 is when there is no difference (Student's t test); None for fewer than
    two differences."""
    from scipy import stats

    n = len(differences)
    if n < 2:
        return None
    mean = math.fsum(differences) / n
    error = float(np.std(differences, ddof=1)) / math.sqrt(n)
    if error == 0:
        return 0.0 if mean else 1.0
    return float(2 * stats.t.sf(abs(mean) / error, n - 1))


def holm(chances: Sequence[float | None], confidence: float = 0.95) -> list[bool | None]:
    """Which of many differences stand when all are judged together (Holm 1979): with `confidence` not one of those
    named is chance alone. None where there was no test."""
    known = sorted((chance, place) for place, chance in enumerate(chances) if chance is not None)
    found: list[bool | None] = [None if chance is None else False for chance in chances]
    for passed, (chance, place) in enumerate(known):
        if chance > (1 - confidence) / (len(known) - passed):
            break
        found[place] = True
    return found


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
    step = max(1, _CELLS // n)
    parts = [range(start, min(start + step, RESAMPLES)) for start in range(0, RESAMPLES, step)]
    found = np.concatenate([np.quantile(sample[_resamples(part, n)], share, axis=1) for part in parts])
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(n, estimate, float(low), float(high))


@lru_cache(maxsize=4)
def _resamples(numbers: range, n: int) -> np.ndarray:
    """Which of `n` values each of these resamples takes, with replacement: a row a resample."""
    return (table(0, Purpose.RESAMPLE, numbers, n) * n).astype(np.intp)


def breach_bound(breached: int, runs: int, confidence: float = 0.95) -> float:
    """The greatest share of runs with a breach that `breached` of `runs` does not rule out (Clopper and Pearson,
    one-sided). None in n runs is about 3/n at 95%, and never 0. Raises ValueError unless 0 <= breached <= runs."""
    from scipy import stats

    if not 0 <= breached <= runs:
        raise ValueError(f"{breached} of {runs} runs")
    return 1.0 if breached == runs else float(stats.beta.ppf(confidence, breached + 1, runs - breached))


def _t(freedom: float, confidence: float) -> float:
    from scipy import stats

    return float(stats.t.ppf((1 + confidence) / 2, freedom))
