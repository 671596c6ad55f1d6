"""Statistics against results that are known from elsewhere."""

import math
import random

import pytest
from scipy import stats

from sim.draws import Purpose, draw
from sim.experiments.statistics import (
    Interval,
    _resamples,
    breach_bound,
    by_chance,
    holm,
    mean_interval,
    paired_difference,
    quantile_interval,
    unpaired_difference,
    variance_ratio,
)

# W. S. Gosset, "Student", 1908: additional hours of sleep of ten patients with two drugs.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


class TestIntervals:
    def test_the_mean_of_students_sleepers(self) -> None:
        found = mean_interval(FIRST_DRUG)
        assert found.estimate == pytest.approx(0.75)
        assert (found.low, found.high) == pytest.approx((-0.5297804, 2.0297804), abs=1e-6)

    def test_the_paired_difference_of_students_sleepers(self) -> None:
        found = paired_difference(FIRST_DRUG, SECOND_DRUG)
        assert found.estimate == pytest.approx(1.58)
        assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)

    def test_welchs_interval_of_students_sleepers(self) -> None:
        found = unpaired_difference(FIRST_DRUG, SECOND_DRUG)
        assert found.estimate == pytest.approx(1.58)
        assert (found.low, found.high) == pytest.approx((-0.2054832, 3.3654832), abs=1e-6)

    @pytest.mark.parametrize("confidence", [0.8, 0.9, 0.99])
    def test_welch_with_unequal_numbers(self, confidence: float) -> None:
        first, second = FIRST_DRUG[:6], SECOND_DRUG
        known = stats.ttest_ind(second, first, equal_var=False).confidence_interval(confidence)
        found = unpaired_difference(first, second, confidence)
        assert (found.low, found.high) == pytest.approx((known.low, known.high))

    @pytest.mark.parametrize("function", [paired_difference, unpaired_difference])
    def test_too_few_runs_have_no_interval(self, function: object) -> None:
        assert callable(function)
        assert function([], []) == Interval(0, None, None, None)
        assert function([1.0], [3.0]) == Interval(1, 2.0, None, None)
        assert mean_interval([2.0]) == Interval(1, 2.0, None, None)

    def test_equal_values_have_an_interval_of_no_length(self) -> None:
        assert mean_interval([2.0, 2.0]) == Interval(2, 2.0, 2.0, 2.0)
        assert unpaired_difference([1.0, 1.0], [4.0, 4.0]) == Interval(2, 3.0, 3.0, 3.0)

    def test_intervals_hold_the_truth_as_often_as_they_say(self) -> None:
        chance = random.Random(1)
        samples = [[chance.gauss(10, 3) for _ in range(6)] for _ in range(2000)]
        intervals = [mean_interval(sample, 0.9) for sample in samples]
        held = sum(each.low is not None and each.high is not None and each.low <= 10 <= each.high for each in intervals)
        assert 0.88 < held / len(intervals) < 0.92

    def test_common_random_numbers_shorten_the_paired_interval(self) -> None:
        paired, unpaired = (f(FIRST_DRUG, SECOND_DRUG).half_width for f in (paired_difference, unpaired_difference))
        assert paired is not None
        assert unpaired is not None
        assert paired < unpaired / 2


class TestQuantiles:
    def test_the_bootstrap_holds_the_median_as_often_as_it_says(self) -> None:
        chance = random.Random(2)
        held = 0
        for _ in range(60):
            found = quantile_interval([chance.expovariate(1) for _ in range(25)], 0.5)
            assert found.low is not None
            assert found.high is not None
            held += found.low <= math.log(2) <= found.high
        assert held >= 52

    def test_it_is_the_same_each_time(self) -> None:
        found = quantile_interval(FIRST_DRUG, 0.5)
        assert found == quantile_interval(FIRST_DRUG, 0.5)
        assert found.estimate == pytest.approx(0.35)

    @pytest.mark.parametrize("cells", [1, 100, 39_999, 40_001])
    def test_it_does_not_turn_on_how_much_is_done_at_a_time(self, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
        found = quantile_interval(FIRST_DRUG * 2, 0.9)
        monkeypatch.setattr("sim.experiments.statistics._CELLS", cells)
        assert quantile_interval(FIRST_DRUG * 2, 0.9) == found

    def test_the_resamples_are_drawn_by_key(self) -> None:
        """The second resample of three values takes those that the draws of its entity name."""
        chosen = [int(draw(0, Purpose.RESAMPLE, 1, n) * 3) for n in range(3)]
        assert _resamples(range(2), 3)[1].tolist() == chosen

    def test_two_values_have_no_interval(self) -> None:
        assert quantile_interval([1.0, 3.0], 0.5) == Interval(2, 2.0, None, None)
        assert quantile_interval([], 0.5) == Interval(0, None, None, None)


class TestBreachBound:
    @pytest.mark.parametrize("runs", [10, 50, 300])
    def test_none_in_n_runs_is_not_none(self, runs: int) -> None:
        bound = breach_bound(0, runs)
        assert (1 - bound) ** runs == pytest.approx(0.05)
        assert 0.85 * 3 / runs < bound < 3 / runs

    @pytest.mark.parametrize(("breached", "runs"), [(1, 20), (3, 20), (19, 20)])
    def test_at_the_bound_so_few_would_be_seen_once_in_twenty(self, breached: int, runs: int) -> None:
        assert stats.binom.cdf(breached, runs, breach_bound(breached, runs)) == pytest.approx(0.05)

    def test_all_of_them(self) -> None:
        assert breach_bound(4, 4) == 1.0
        assert breach_bound(0, 0) == 1.0

    def test_more_than_all_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="5 of 4"):
            breach_bound(5, 4)


class TestPairing:
    def test_the_variance_that_pairing_leaves_of_students_sleepers(self) -> None:
        """By R: var(second - first) = 1.512889, var(first) = 3.200556, var(second) = 4.009."""
        assert variance_ratio(FIRST_DRUG, SECOND_DRUG) == pytest.approx(1.512889 / (3.200556 + 4.009), abs=1e-6)

    def test_common_luck_leaves_nothing_and_opposite_luck_doubles_it(self) -> None:
        assert variance_ratio([1.0, 2.0, 3.0], [5.0, 6.0, 7.0]) == 0
        assert variance_ratio([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == 2

    def test_nothing_that_varies_has_no_ratio(self) -> None:
        assert variance_ratio([1.0, 1.0], [2.0, 2.0]) is None
        assert variance_ratio([1.0], [2.0]) is None


class TestManyDifferences:
    def test_students_sleepers_by_chance(self) -> None:
        """R's t.test of the paired sleepers: p = 0.002833."""
        found = by_chance([after - before for before, after in zip(FIRST_DRUG, SECOND_DRUG, strict=True)])
        assert found == pytest.approx(0.002833, abs=1e-6)

    def test_what_never_varies_is_certain(self) -> None:
        assert by_chance([1.0, 1.0, 1.0]) == 0.0
        assert by_chance([0.0, 0.0]) == 1.0
        assert by_chance([1.0]) is None

    def test_holm_worked_by_hand(self) -> None:
        """Four tests at 5%: 0.005 <= 0.05/4, 0.01 <= 0.05/3, 0.03 > 0.05/2, so 0.04 stands no more either."""
        assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
        assert holm([0.01, None, 0.04]) == [True, None, True]
        assert holm([]) == []
