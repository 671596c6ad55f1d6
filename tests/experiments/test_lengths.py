"""How many runs are enough, and how long a warm-up, against examples worked by hand."""

import math
import random

import pytest

from sim.experiments.lengths import (
    Chosen,
    Precision,
    half_widths,
    mser5,
    mser5_errors,
    replications_chosen,
)


def needed(values: list[float], share: float) -> int | None:
    """How many runs are needed for a half-width of this share of the mean."""
    found = replications_chosen(values, Precision(share))
    return None if found is None else found.needed


class TestReplications:
    def test_relative_half_widths(self) -> None:
        # Two values 9 and 11: t of one degree of freedom at 97.5% is 12.706, the standard error 1.
        assert half_widths([9.0, 11.0], relative=True) == pytest.approx([math.inf, 1.2706205])
        assert half_widths([0.0, 0.0, 0.0], relative=True) == [math.inf, 0.0, 0.0]
        assert half_widths([-1.0, 1.0], relative=True)[1] == math.inf

    def test_half_widths_worked_by_hand(self) -> None:
        """10, 12, 11: mean 11, deviation 1, t of two degrees of freedom at 97.5% is 4.302653; 4.302653 / sqrt(3)."""
        assert half_widths([10.0, 12.0, 11.0], relative=False)[2] == pytest.approx(2.484138, abs=1e-6)
        assert half_widths([10.0, 12.0, 11.0], relative=True)[2] == pytest.approx(2.484138 / 11, abs=1e-6)

    def test_a_precision_in_the_unit_of_the_metric(self) -> None:
        """The same runs about another mean: a share of it is reached later, a width in its unit is not."""
        near, far = ([mean + luck for luck in (-1.0, 0.0, 1.0) * 20] for mean in (10.0, 100.0))
        width = Precision(0.5, relative=False)
        assert replications_chosen(near, width) == replications_chosen(far, width) == Chosen(needed=14, made=19)
        assert needed(near, 0.05) == 14, "0.05 of about 10 is about 0.5"
        assert needed(far, 0.05) == 3

    def test_the_look_ahead_grows_above_100_runs(self) -> None:
        """A half-width that is first reached at 120 runs must last for 5 * 120 / 100 = 6 more."""
        values = [9.0, 11.0] * 100
        width = half_widths(values, relative=True)[119]
        assert replications_chosen(values, Precision(width)) == Chosen(needed=120, made=126)

    def test_equal_runs_need_the_least_number_and_the_look_ahead(self) -> None:
        assert needed([5.0] * 7, 0.05) is None
        assert replications_chosen([5.0] * 8, Precision(0.05)) == Chosen(needed=3, made=8)

    def test_a_precision_that_does_not_last_is_not_enough(self) -> None:
        """Three equal runs reach any precision; the fourth breaks it, so the search goes on behind it."""
        values = [10.0, 10.0, 10.0, 14.0, *[10.0, 10.4] * 30]
        widths = half_widths(values, relative=True)
        assert widths[2] == 0.0
        assert widths[3] > 0.1
        found = needed(values, 0.1)
        assert found is not None
        assert found > 4
        assert widths[found - 2] > 0.1
        assert max(widths[found - 1 : found + 5]) <= 0.1

    def test_a_dip_within_the_look_ahead_is_noticed(self) -> None:
        values = [10.0] * 8
        for place in range(3, 8):
            bad = [*values[:place], 30.0, *values[place + 1 :]]
            assert needed(bad, 0.05) is None
        assert needed([*values, 30.0], 0.05) == 3

    def test_the_number_is_about_what_theory_says(self) -> None:
        """Mean 100, deviation 10, precision 2%: about (1.96 × 10 / 2)² = 96 runs."""
        chance = random.Random(3)
        found = [needed([chance.gauss(100, 10) for _ in range(200)], 0.02) for _ in range(20)]
        known = [each for each in found if each is not None]
        assert len(known) == 20
        assert 80 < sum(known) / 20 < 110


def mean_square(values: list[float]) -> float:
    """The mean squared distance from the mean."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


class TestMser5:
    def test_worked_by_hand(self) -> None:
        """Batch means 10, 0, 1, 0, 1, 0, 1: without the first the squared error is 0.25 / 6; with it, or with fewer
        batches, it is larger."""
        series = [10.0] * 5 + ([0.0] * 5 + [1.0] * 5) * 3
        assert mser5_errors(series)[:2] == pytest.approx([mean_square([10, 0, 1, 0, 1, 0, 1]) / 7, 0.25 / 6])
        assert mser5(series) == 5

    def test_a_series_without_a_warm_up(self) -> None:
        assert mser5(([0.0] * 5 + [1.0] * 5) * 6) == 0

    @pytest.mark.parametrize(("high", "cut"), [(10, 50), (11, None)])
    def test_a_cut_in_the_second_half_is_none(self, high: int, cut: int | None) -> None:
        """Twenty batches: ten of another level at the start lie in the first half, eleven do not."""
        assert mser5(([9.0] * 5 * high + ([0.0] * 5 + [1.0] * 5) * 10)[:100]) == cut

    @pytest.mark.parametrize("length", [25, 50])
    def test_a_transient_is_cut_off(self, length: int) -> None:
        chance = random.Random(4)
        series = [50.0 * math.exp(-each / (length / 5)) + chance.gauss(0, 1) for each in range(400)]
        found = mser5(series)
        assert found is not None
        assert length / 3 < found < 2 * length

    def test_a_series_that_has_not_settled_gives_none(self) -> None:
        assert mser5([float(each) for each in range(100)]) is None
        assert mser5([1.0] * 9) is None
