"""Intervals of what a log shows: shares, rates, medians, lognormal delays, ratios of counts.

Sources: Clopper and Pearson 1934 (shares); Garwood 1936 (Poisson rates); Lawless, "Statistical Models and Methods for
Lifetime Data" (truncated delays, profile likelihood; distribution-free intervals of quantiles).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

CONFIDENCE = 0.95
Floats = npt.NDArray[np.float64]

_DROP = float(stats.chi2.ppf(CONFIDENCE, 1)) / 2
"""By how much the log-likelihood falls from its top to the ends of a profile interval."""
_LEAST_SIGMA, _MOST_SIGMA = 1e-3, 6.0
_FAR = 8.0
"""Limits so many standard deviations beyond the delays need not be looked at."""
_WIDEST = 60.0
"""How many standard errors from the estimate an end of a profile interval is looked for."""


class Interval(NamedTuple):
    """An estimate with the ends of its 95% interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Interval":
        """All three in another unit."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)


def share(part: int, whole: int) -> Interval:
    """`part` of `whole` with the exact interval of Clopper and Pearson. Raises ValueError for a share of nothing."""
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole}")
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.beta.ppf(tail, part, whole - part + 1)) if part else 0.0
    high = float(stats.beta.ppf(1 - tail, part + 1, whole - part)) if part < whole else 1.0
    return Interval(part / whole, low, high)


def rate(count: int, exposure: float, dispersion: float = 1.0) -> Interval:
    """`count` events in so much `exposure`, with the exact Poisson interval (Garwood).

    Events that come in clumps (`dispersion` is variance to mean of the counts of customers) tell less: the interval is
    that of `count` ÷ `dispersion` events.
    """
    low, high = poisson_ends(count / max(dispersion, 1.0))
    scale = max(dispersion, 1.0) / exposure
    return Interval(count / exposure, low * scale, high * scale)


def poisson_ends(count: float) -> tuple[float, float]:
    """The ends of the exact interval for the mean of a Poisson count."""
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.chi2.ppf(tail, 2 * count)) / 2 if count > 0 else 0.0
    return low, float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2


def dispersion(counts: "npt.NDArray[Any]", customers: int) -> float:
    """Variance to mean of the counts of `customers` of whom only those with any are in `counts`; at least 1."""
    total = float(counts.sum())
    if total == 0 or customers < 2:
        return 1.0
    mean = total / customers
    variance = (float((counts.astype(float) ** 2).sum()) - customers * mean**2) / (customers - 1)
    return max(1.0, variance / mean)


def ratio(first: float, second: float) -> Interval | None:
    """`first` ÷ `second`, two Poisson counts (after their dispersion), with the exact conditional interval.

    None when one of them is nothing.
    """
    if first <= 0 or second <= 0:
        return None
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.beta.ppf(tail, first, second + 1))
    high = float(stats.beta.ppf(1 - tail, first + 1, second))
    return Interval(first / second, low / (1 - low), high / (1 - high))


def median(values: Sequence[float] | Floats) -> Interval:
    """The median with a distribution-free interval between two of the values. Raises ValueError for none."""
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n == 0:
        raise ValueError("the median of nothing")
    place = int(stats.binom.ppf((1 - CONFIDENCE) / 2, n, 0.5))
    low, high = max(place - 1, 0), min(n - place, n - 1)
    return Interval(float(np.median(ordered)), float(ordered[low]), float(ordered[high]))


class Delays(NamedTuple):
    """Delays that were seen to their end, each with the longest that could have been seen (until the log ended), and
    the step in which they are told; all in one unit."""

    seen: Floats
    limits: Floats
    step: float


class Lognormal(NamedTuple):
    """A lognormal distribution: its median, and the standard deviation of the logarithm (sigma)."""

    median: Interval
    sigma: Interval


def lognormal(delays: Delays) -> Lognormal:
    """The lognormal that makes the delays likeliest, with intervals by profile likelihood.

    A delay that would have ended after the log is not seen, so each counts as one of those shorter than its limit.
    Delays told in steps lie somewhere within half a step. Raises ValueError when they do not vary.
    """
    logs = np.log(np.maximum(delays.seen, delays.step / 2 or 1e-9))
    if len(logs) < 2 or float(np.ptp(logs)) == 0.0:
        raise ValueError("the delays do not vary")
    start = np.array([float(logs.mean()), math.log(max(float(logs.std()), _LEAST_SIGMA))])
    worse = _negative_likelihood(delays, start[0] + _FAR * math.exp(start[1]))
    best = optimize.minimize(
        lambda at: worse(at[0], math.exp(at[1])), start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-6}
    )
    mean, sigma, least = float(best.x[0]), math.exp(float(best.x[1])), float(best.fun)
    error = sigma / math.sqrt(len(logs))

    def of_mean(at: float) -> float:
        ends = (math.log(_LEAST_SIGMA), math.log(_MOST_SIGMA))
        return _least(lambda spread: worse(at, math.exp(spread)), ends) - least - _DROP

    def of_sigma(at: float) -> float:
        room = 10 * max(sigma, at)
        return _least(lambda place: worse(place, at), (mean - room, mean + room)) - least - _DROP

    low, high = _ends(of_mean, mean, error, -math.inf)
    narrow, wide = _ends(of_sigma, sigma, error, _LEAST_SIGMA)
    return Lognormal(
        Interval(math.exp(mean), math.exp(low), math.exp(high)), Interval(sigma, narrow, min(wide, _MOST_SIGMA))
    )


def _negative_likelihood(delays: Delays, far: float) -> Callable[[float, float], float]:
    """(mean, sigma of the logarithm) → the negative log-likelihood. A limit whose logarithm is above `far` cuts nothing
    off."""
    seen, limits, step = delays
    tight = np.log(limits)
    tight = tight[tight < far]
    if step == 0:
        logs = np.log(seen)

        def exact(mean: float, sigma: float) -> float:
            scaled = (logs - mean) / sigma
            inside = float(stats.norm.logcdf((tight - mean) / sigma).sum())
            return float((scaled**2).sum()) / 2 + len(logs) * math.log(sigma) + inside

        return exact
    low, high = np.log(np.maximum(seen - step / 2, 1e-12)), np.log(seen + step / 2)

    def stepped(mean: float, sigma: float) -> float:
        chance = stats.norm.cdf((high - mean) / sigma) - stats.norm.cdf((low - mean) / sigma)
        inside = float(stats.norm.logcdf((tight - mean) / sigma).sum())
        return inside - float(np.log(np.maximum(chance, 1e-300)).sum())

    return stepped


def expected_seen(limits: Floats, middle: float, sigma: float) -> float:
    """How many of as many delays as there are `limits` end before their limit, by a lognormal of this median."""
    with np.errstate(divide="ignore"):
        scaled = (np.log(limits) - math.log(middle)) / sigma
    return float(stats.norm.cdf(scaled).sum())


def _least(function: Callable[[float], float], bounds: tuple[float, float]) -> float:
    return float(optimize.minimize_scalar(function, bounds=bounds, method="bounded", options={"xatol": 1e-4}).fun)


def _ends(function: Callable[[float], float], at: float, error: float, least: float) -> tuple[float, float]:
    """Where `function` (below 0 at `at`) becomes 0 on both sides; where it does not, the furthest that was looked."""
    found = []
    for sign in (-1, 1):
        reach = 3 * error
        while reach < _WIDEST * error and at + sign * reach > least and function(at + sign * reach) < 0:
            reach *= 2
        end = max(at + sign * reach, least)
        found.append(end if function(end) < 0 else float(optimize.brentq(function, at, end, xtol=1e-4)))
    return found[0], found[1]
