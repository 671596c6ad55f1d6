"""Experiments from Python: `sim.sweep`, `sim.load_sweep`, `sim.compare`."""

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.experiments.executors import Executor
from sim.experiments.points import Frontier
from tests.experiments.files import changed, experiment, write
from tests.experiments.made_up import MadeUp, no_pictures
from tests.experiments.test_compare import run_folder

__all__ = ["no_pictures"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int | None, str | None]]:
    """Rows are made up; what was asked for in their place."""
    found: list[tuple[int | None, str | None]] = []

    def made_up(workers: int | None = None, dask: str | None = None) -> Executor:
        found.append((workers, dask))
        return MadeUp()

    monkeypatch.setattr("sim.experiments.api.executor", made_up)
    return found


Asked = list[tuple[int | None, str | None]]


def test_a_sweep_in_memory(asked: Asked, tmp_path: Path) -> None:
    done = sim.sweep(write(tmp_path), replications=4, customers=70)
    assert asked == [(1, None)]
    assert len(done.results) == 12
    assert done.summary["experiment"]["load"]["customers"] == 70
    assert repr(done) == "<Sweep of small: 3 variants, 12 runs>"
    assert done.folder is None
    frame = done.frame()
    assert len(frame) == 6
    mine = frame[(frame["variant"] == "staff.officers=7") & (frame["metric"] == "work_wait_median")].iloc[0]
    assert (mine["staff.officers"], mine["n"], mine["differs"]) == (7, 4, True)
    assert (mine["difference"], mine["paired_low"], mine["paired_high"]) == pytest.approx((2, 2, 2))
    assert mine["unpaired_low"] < mine["paired_low"] < mine["unpaired_high"]
    unchanged = frame[frame["variant"] == "as it is"]
    assert unchanged["staff.officers"].tolist() == [8, 8]
    assert unchanged["difference"].isna().all()


def test_a_notebook_shows_table_and_notes(asked: Asked, tmp_path: Path) -> None:
    shown = sim.sweep(experiment(tmp_path))._repr_html_()
    assert "A small one" in shown
    assert "staff.officers=9" in shown
    assert "by chance alone" in shown


@pytest.mark.usefixtures("no_pictures")
def test_what_was_written_is_read_again(asked: Asked, tmp_path: Path) -> None:
    done = sim.sweep(write(tmp_path), out=tmp_path / "out")
    again = sim.load_sweep(tmp_path / "out")
    assert again.folder == done.folder == tmp_path / "out"
    pd.testing.assert_frame_equal(again.results, done.results)
    pd.testing.assert_frame_equal(again.frame(), done.frame())
    assert again.notes == done.notes
    assert again.plot.effect().png() == done.plot.effect().png()
    assert sim.sweep(write(tmp_path), out=tmp_path / "out", resume=True).made == 0


def test_who_makes_the_runs(asked: Asked, tmp_path: Path) -> None:
    small = write(tmp_path)
    sim.sweep(small, workers=3)
    sim.sweep(small, workers=None)
    sim.sweep(small, dask="tcp://here:1")
    sim.sweep(small, dask="tcp://here:1", workers=2)
    assert asked == [(3, None), (None, None), (None, "tcp://here:1"), (2, "tcp://here:1")]


def test_an_experiment_that_was_read_is_taken_as_it_is(asked: Asked, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="replace what a file says"):
        sim.sweep(experiment(tmp_path), days=2)


@pytest.mark.usefixtures("no_pictures")
def test_a_comparison_of_two_sweeps(asked: Asked, tmp_path: Path) -> None:
    sim.sweep(write(tmp_path), out=tmp_path / "a", replications=4)
    sim.sweep(write(tmp_path, changed(seed="3")), out=tmp_path / "b", replications=4)
    found = sim.compare(tmp_path / "a", tmp_path / "b")
    frame = found.frame()
    assert list(frame.columns) == [
        "variant", "metric", "unit", "first", "second", "difference", "low", "high", "differs", "stands",
    ]  # fmt: skip
    assert len(frame) == 6
    assert not frame["differs"].any()
    assert "They have not the same load: the variants differ by that as well" in found.notes
    assert "They have not the same load" in found._repr_html_()


def test_a_comparison_of_two_runs(tmp_path: Path) -> None:
    first, second = run_folder(tmp_path / "a", 1, wait=2.0, gone=1.0), run_folder(tmp_path / "b", 1, wait=2.5)
    frame = sim.compare(first, second).frame().set_index("metric")
    assert list(frame.columns) == ["unit", "first", "second", "difference"]
    assert frame.loc["wait", "difference"] == 0.5
    assert frame.loc["gone", ["second", "difference"]].isna().all()


def test_what_is_no_sweep(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        sim.load_sweep(tmp_path)


@pytest.mark.usefixtures("no_pictures")
def test_a_frontier_is_found_written_and_read_again(asked: Asked, tmp_path: Path) -> None:
    path = write(tmp_path, changed(design="grid", cost="sent[pluto]", targets="{work_wait_median: {most: 13}}"))
    done = sim.frontier(path, replications=4, runs=12, out=tmp_path / "out")
    again = sim.load_sweep(tmp_path / "out")
    assert isinstance(again, Frontier)
    assert again.points.equals(done.points)
    assert again.points["setting"].tolist() == ["as it is"]
    assert again.cheapest == {}
    assert again.commands() == done.found["points"][0]["commands"]
    with pytest.raises(InputError, match="runs: must be a whole number from 1 to"):
        sim.frontier(path, runs=0)
    with pytest.raises(InputError, match="cost: names no cost"):
        sim.frontier(experiment(tmp_path))
