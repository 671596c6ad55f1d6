"""Pictures of sweeps: what they show is what was measured, and the same data give the same bytes."""

from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from sim.experiments.sweep import sweep
from sim.plots.sweeps import (
    Convergence,
    Effect,
    Settling,
    convergence,
    metric_against_factor,
    paired_differences,
    warm_up,
)
from tests.experiments.files import experiment
from tests.experiments.made_up import MadeUp, Told


def cell(mean: float | None, half: float | None = 1.0) -> dict[str, Any]:
    ends = (None, None) if mean is None or half is None else (mean - half, mean + half)
    return {"n": 3, "mean": mean, "low": ends[0], "high": ends[1]}


def variant(label: str, mean: float | None, sets: dict[str, Any], difference: float | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"label": label, "set": sets, "metrics": {"wait": cell(mean)}}
    if sets:
        found["differences"] = {"wait": {"paired": cell(difference, 0.5), "unpaired": cell(difference, 2.0)}}
    return found


def effect(**factors: Any) -> Effect:
    name = next(iter(factors))
    variants = [
        variant("as it is", 10.0, {}),
        variant("fewer", 14.0, {name: 2}, 4.0),
        variant("more", None, {name: 9}),
    ]
    return Effect("wait", "hours", 0.95, factors, variants, {"least": None, "most": 12.0})


def lines(figure: Figure) -> list[tuple[list[float], list[float]]]:
    return [
        ([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()])
        for line in figure.axes[0].get_lines()
        if len(line.get_xdata())
    ]


def test_one_numeric_factor_stands_along_the_axis() -> None:
    drawn = lines(metric_against_factor(effect(officers=3)))
    assert ([2.0, 3.0], [14.0, 10.0]) in drawn
    assert ([2.0, 2.0], [13.0, 15.0]) in drawn
    assert any(ys == [12.0, 12.0] for _, ys in drawn), "the target"


def test_anything_else_has_a_row_a_variant() -> None:
    figure = metric_against_factor(effect(closes="20:00"))
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["as it is", "fewer"]
    assert ([13.0, 15.0], [1.0, 1.0]) in lines(figure)


def test_differences_show_both_intervals() -> None:
    drawn = [xs for xs, _ in lines(paired_differences(effect(officers=3)))]
    assert [3.5, 4.5] in drawn
    assert [2.0, 6.0] in drawn
    assert [0.0, 0.0] in drawn


def test_convergence_marks_the_number_that_is_enough() -> None:
    means = [(10.0, None, None), (11.0, 5.0, 17.0), (10.5, 9.0, 12.0)]
    drawn = lines(convergence(Convergence("wait", "hours", 0.95, means, 3, "±10% of the mean")))
    assert ([1.0, 2.0, 3.0], [10.0, 11.0, 10.5]) in drawn
    assert any(xs == [3.0, 3.0] for xs, _ in drawn)
    without = convergence(Convergence("wait", "hours", 0.95, means, None, "±10% of the mean"))
    assert "do not show yet that ±10% of the mean is reached" in without.axes[0].get_title(loc="left")
    assert not any(xs == [3.0, 3.0] for xs, _ in lines(without))


def test_what_has_no_number_is_an_empty_picture() -> None:
    nothing = effect(officers=3)._replace(variants=[variant("as it is", None, {})])
    assert metric_against_factor(nothing).is_empty
    assert paired_differences(nothing).is_empty
    assert convergence(Convergence("wait", "hours", 0.95, [], None, "")).is_empty


def test_the_warm_up_shows_the_queue_and_where_it_is_cut() -> None:
    shown = warm_up(Settling([9, 8, 2, 1, 2, 1] * 20, [4.0, 2.0, 3.0], 5, 1, True))
    above, below = shown.axes
    assert list(above.get_lines()[0].get_ydata()) == [9, 8, 2, 1, 2, 1] * 20
    assert [float(x) for x in below.get_lines()[0].get_xdata()] == [0, 5 / 24, 10 / 24]
    assert all([5 / 24, 5 / 24] in [list(line.get_xdata()) for line in axes.get_lines()] for axes in (above, below))
    assert "leave out 5 hours" in above.get_title(loc="left")
    assert "therefore 1 whole day (grey) is left out" in above.get_title(loc="left")
    given = warm_up(Settling([1, 2], [], None, 0, False)).axes[0].get_title(loc="left")
    assert "too short to tell" in given
    assert "as the experiment says, nothing is left out" in given
    assert warm_up(Settling([0, 0], [], 0, 0, False)).is_empty


def test_a_sweep_has_three_pictures_a_metric_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    done = sweep(experiment(tmp_path, replications="4"), tmp_path / "out", MadeUp(), Told())
    found = done.plot.pngs()
    kinds = ("effect", "differences", "convergence")
    names = [f"{kind}_{name}" for name in ("work_wait_median", "sent_pluto") for kind in kinds]
    assert list(found) == [*names, "warm_up"]
    assert all(png.startswith(b"\x89PNG") for png in found.values())
    assert found == done.plot.pngs()
    assert (tmp_path / "out/plots/effect_sent_pluto.png").read_bytes() == found["effect_sent_pluto"]
    assert done.plot.effect("sent[pluto]").png() == found["effect_sent_pluto"]
    assert done.plot.convergence().png() == found["convergence_work_wait_median"]
    with pytest.raises(KeyError, match="no metric 'sent' in this sweep"):
        done.plot.effect("sent")
    size = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    told = Told()
    sweep(experiment(tmp_path, replications="4"), None, MadeUp(), told)
    assert told.estimate is not None
    assert size / 2 < told.estimate.bytes < 2 * size
