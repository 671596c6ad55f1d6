"""Intervals against values of tables, and lognormal delays against distributions that are known."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.draws import draw, lognormal
from sim.fitting.intervals import (
    Delays,
    dispersion,
    expected_seen,
    median,
    rate,
    ratio,
    share,
)
from sim.fitting.intervals import lognormal as fit_lognormal


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (0, 1, 0.0, 0.975),
        (95, 100, 0.8872, 0.9836),
    ],
)
def test_shares_have_the_exact_interval_of_clopper_and_pearson(part: int, whole: int, low: float, high: float) -> None:
    found = share(part, whole)
    assert found == pytest.approx((part / whole, low, high), abs=5e-5)
    # An independent implementation says the same.
    other = stats.binomtest(part, whole).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-9)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (0, 0), (11, 10), (-1, 10)])
def test_a_share_of_nothing_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match=f"{part} of {whole}"):
        share(part, whole)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)]
)
def test_rates_have_the_exact_poisson_interval(count: int, low: float, high: float) -> None:
    assert rate(count, 1.0) == pytest.approx((count, low, high), abs=5e-5)
    assert rate(count, 4.0) == pytest.approx((count / 4, low / 4, high / 4), abs=5e-5)


def test_clumps_widen_the_interval_of_a_rate_and_leave_its_value() -> None:
    plain, clumped = rate(100, 10.0), rate(100, 10.0, 4.0)
    assert clumped.value == plain.value == 10.0
    assert (clumped.low, clumped.high) == pytest.approx([4 * end / 10 for end in rate(25, 1.0)[1:]])
    assert rate(100, 10.0, 0.5) == plain, "less than Poisson is no reason to be surer"


@pytest.mark.parametrize(
    ("counts", "customers", "expected"),
    [
        ([1] * 10, 1_000_000, 1.0),  # rare and alone: Poisson
        ([3] * 10, 1_000_000, 3.0),  # always three at once
        ([1, 1, 1, 1], 4, 1.0),  # everybody the same: no more than 1
        ([], 10, 1.0),
        ([5], 1, 1.0),
    ],
)
def test_dispersion_is_variance_to_mean_over_all_customers(counts: list[int], customers: int, expected: float) -> None:
    assert dispersion(np.array(counts, dtype=np.int64), customers) == pytest.approx(expected, abs=1e-4)


def test_dispersion_counts_those_without_any() -> None:
    # Half have two, half have none: mean 1, variance 10/9 with the divisor n - 1.
    assert dispersion(np.array([2] * 5), 10) == pytest.approx(10 / 9)


def test_a_ratio_holds_one_count_against_another() -> None:
    found = ratio(30, 20)
    assert found is not None
    assert found.value == 1.5
    # The conditional test gives the ends: 30 of 50 with the exact interval of a share.
    ends = share(30, 50)
    assert (found.low, found.high) == pytest.approx((ends.low / (1 - ends.low), ends.high / (1 - ends.high)))
    assert ratio(0, 20) is None
    assert ratio(20, 0) is None


@pytest.mark.parametrize("n", [1, 5, 6, 20, 101])
def test_the_interval_of_a_median_lies_between_two_values(n: int) -> None:
    values = [float(3 * value) for value in range(n)]
    found = median(values)
    assert found.low in values
    assert found.high in values
    assert found.low <= found.value <= found.high
    covered = stats.binom.cdf(values.index(found.high), n, 0.5) - stats.binom.cdf(values.index(found.low), n, 0.5)
    assert covered >= 0.95 or (found.low, found.high) == (values[0], values[-1])


def quantiles(n: int, middle: float, sigma: float) -> np.ndarray:
    """A sample without chance: the middles of n equal shares of a lognormal distribution."""
    return np.array([lognormal((place + 0.5) / n, middle, sigma) for place in range(n)])


def test_a_whole_sample_gives_back_its_distribution() -> None:
    found = fit_lognormal(Delays(quantiles(400, 6.0, 1.2), np.full(400, 1e9), 0.0))
    assert found.median.value == pytest.approx(6.0, rel=1e-4)
    assert found.sigma.value == pytest.approx(1.2, rel=0.01)
    # The exact interval of the mean of a normal sample, on the logarithms.
    half = stats.t.ppf(0.975, 399) * 1.2 / math.sqrt(400)
    assert math.log(found.median.low / 6) == pytest.approx(-half, rel=0.02)
    assert math.log(found.median.high / 6) == pytest.approx(half, rel=0.02)
    exact = [1.2 * math.sqrt(399 / stats.chi2.ppf(end, 399)) for end in (0.975, 0.025)]
    assert (found.sigma.low, found.sigma.high) == pytest.approx(exact, rel=0.02)


def cut_off(n: int, limit: float, seed: int) -> Delays:
    """Delays of median 20 and sigma 1.2 of which only those up to the limit (even in 0 to `limit`) were seen."""
    delays = np.array([lognormal(draw(seed, 1, place), 20.0, 1.2) for place in range(n)])
    limits = np.array([limit * draw(seed, 2, place) for place in range(n)])
    seen = delays <= limits
    return Delays(delays[seen], limits[seen], 0.0)


def test_delays_that_the_end_of_the_log_cut_off_are_allowed_for() -> None:
    delays = cut_off(6_000, 60.0, 3)
    found = fit_lognormal(delays)
    assert found.median.low < 20.0 < found.median.high
    assert found.sigma.low < 1.2 < found.sigma.high
    # Without that the median would be far too short: the planted fault.
    naive = fit_lognormal(delays._replace(limits=np.full(len(delays.seen), 1e9)))
    assert naive.median.high < 15.0
    assert naive.sigma.high < 1.2


def test_so_many_are_expected_to_be_seen() -> None:
    limits = np.array([20.0, 20.0, 1e9, 0.0])
    assert expected_seen(limits, 20.0, 1.2) == pytest.approx(2.0)


def test_whole_seconds_of_delays_of_seconds() -> None:
    begins = np.array([draw(5, 7, place) for place in range(3_000)])
    ends = begins + quantiles(3_000, 6.0, 1.2)
    # Both instants are cut to the second, as a log tells them.
    seen = np.floor(ends) - np.floor(begins)
    found = fit_lognormal(Delays(seen, np.full(3_000, 1e9), 1.0))
    assert found.median.value == pytest.approx(6.0, rel=0.03)
    assert found.sigma.value == pytest.approx(1.2, rel=0.04)


@pytest.mark.parametrize("seen", [[5.0] * 20, [5.0]])
def test_delays_that_do_not_vary_are_refused(seen: list[float]) -> None:
    with pytest.raises(ValueError, match="do not vary"):
        fit_lognormal(Delays(np.array(seen), np.full(len(seen), 1e9), 0.0))


def test_the_interval_covers_what_was_drawn_about_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(1, 41):
        values = np.array([lognormal(draw(seed, 9, place), 350.0, 0.5) for place in range(60)])
        found = fit_lognormal(Delays(values, np.full(60, 1e9), 0.0))
        inside += (found.median.low < 350.0 < found.median.high) + (found.sigma.low < 0.5 < found.sigma.high)
    assert 70 <= inside <= 80
