"""Sweeps: which runs are made, what is kept when they stop, and that nothing else shows in the results."""

import json
import multiprocessing
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import InputError
from sim.experiments import sweep as sweeping
from sim.experiments.executors import Processes, Serial
from sim.experiments.experiment import read_experiment
from sim.experiments.store import JOURNAL, read_summary
from sim.experiments.sweep import sweep
from sim.experiments.units import Row, carry_out, unit
from tests.experiments.files import changed, experiment, write
from tests.experiments.made_up import MadeUp, Told, no_simulation

__all__ = ["no_simulation"]


def files(place: Path) -> dict[str, bytes]:
    """Every file of a sweep, by its path."""
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small experiment, run one after the other."""
    folder = tmp_path_factory.mktemp("whole")
    with Serial() as executor:
        sweep(read_experiment(write(folder)), folder / "out", executor, Told())
    return folder / "out"


class TestRealRuns:
    def test_a_row_is_what_a_run_of_that_seed_gives(self, whole: Path) -> None:
        table = pq.read_table(whole / "results.parquet").to_pandas()
        assert list(zip(table["variant"], table["replication"], strict=True)) == [
            (0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1),
        ]  # fmt: skip
        assert table["staff.officers"].tolist() == [8, 8, 7, 7, 9, 9]
        assert table["seed"].tolist() == [1, 2] * 3
        run = sim.run("four_weeks", seed=2, customers=60, days=3, set={"staff.officers": 9})
        last = table.iloc[-1]
        assert last["fingerprint"] == run.manifest["fingerprint"]
        assert last["verdict"] == run.audit.verdict
        assert last["work_wait_median"] == pytest.approx(run.metrics.value("work_wait_median"), nan_ok=True)
        assert last["sent[pluto]"] == (run.metrics.value("sent", "pluto") or 0)

    def test_the_summary_says_what_was_run(self, whole: Path) -> None:
        summary = read_summary(whole)
        assert (summary["runs"], summary["failed"]) == (6, 0)
        described = summary["experiment"]
        assert described["load"]["set"] == {"staff.officers": 8}
        assert described["factors"] == {"staff.officers": 8}
        assert described["replications"] == 2
        assert "differences" not in summary["variants"][0]

    def test_two_processes_give_the_same_bytes_though_a_worker_dies(self, whole: Path, tmp_path: Path) -> None:
        class Killer(Told):
            def done(self, row: Row) -> None:
                super().done(row)
                if len(self.rows) == 2:
                    for child in set(multiprocessing.active_children()) - before:
                        child.terminate()

        before = set(multiprocessing.active_children())
        small = read_experiment(write(tmp_path))
        place = tmp_path / "out"
        with pytest.raises(InputError, match="a worker was ended from outside"), Processes(2) as executor:
            sweep(small, place, executor, Killer())
        kept = len((place / JOURNAL).read_text(encoding="utf-8").splitlines()) - 1
        assert kept >= 2
        with Processes(2) as executor:
            done = sweep(small, place, executor, Told(), resume=True)
        assert done.made == 6 - kept
        assert files(place) == files(whole)

    def test_what_goes_wrong_is_a_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*given: object, **named: object) -> None:
            raise ZeroDivisionError("of all\nthings")

        work = unit(experiment(tmp_path), 1, 0, 0)
        monkeypatch.setattr("sim.runs.run", broken)
        row = carry_out(work)
        assert row["error"] == "ZeroDivisionError: of all things"
        assert (row["variant"], row["seed"], row["work_wait_median"], row["breaches"]) == (1, 1, None, None)


@pytest.mark.usefixtures("no_simulation")
class TestCourse:
    def test_ctrl_c_keeps_what_is_done_and_resume_makes_the_rest(self, tmp_path: Path) -> None:
        small, place = experiment(tmp_path), tmp_path / "out"
        first, second = MadeUp(stops_after=2), MadeUp()
        with pytest.raises(KeyboardInterrupt):
            sweep(small, place, first, Told())
        assert [path.name for path in place.iterdir()] == [JOURNAL]
        told = Told()
        done = sweep(small, place, second, told, resume=True)
        assert sorted([(0, 0), *first.done, *second.done]) == [(v, r) for v in range(3) for r in range(2)]
        assert (done.made, len(told.rows), told.left) == (3, 6, None)
        sweep(small, tmp_path / "at_once", MadeUp(), Told())
        assert files(place) == files(tmp_path / "at_once")

    def test_a_line_that_was_cut_short_is_run_again(self, tmp_path: Path) -> None:
        small, place = experiment(tmp_path), tmp_path / "out"
        with pytest.raises(KeyboardInterrupt):
            sweep(small, place, MadeUp(stops_after=3), Told())
        journal = place / JOURNAL
        journal.write_text(journal.read_text(encoding="utf-8")[:-20], encoding="utf-8")
        assert sweep(small, place, MadeUp(), Told(), resume=True).made == 3

    def test_a_finished_sweep_can_be_given_more_runs(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        sweep(experiment(tmp_path), place, MadeUp(), Told())
        again, more = MadeUp(), MadeUp()
        assert sweep(experiment(tmp_path), place, again, Told(), resume=True).made == 0
        assert sweep(experiment(tmp_path, replications="3"), place, more, Told(), resume=True).made == 3
        assert sorted(more.done) == [(0, 2), (1, 2), (2, 2)]
        sweep(experiment(tmp_path, replications="3"), tmp_path / "at_once", MadeUp(), Told())
        assert files(place) == files(tmp_path / "at_once")

    def test_runs_of_other_settings_are_not_taken_for_these(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        sweep(experiment(tmp_path), place, MadeUp(), Told())
        other = read_experiment(write(tmp_path), customers=61)
        assert sweep(other, place, MadeUp(), Told(), resume=True).made == 6

    def test_failed_runs_are_rows_and_are_tried_again(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        done = sweep(experiment(tmp_path), place, MadeUp(fails=frozenset({1})), Told())
        assert done.summary["failed"] == 2
        assert done.table["error"].tolist() == ["", "", "it broke", "it broke", "", ""]
        assert done.summary["variants"][1]["metrics"]["work_wait_median"]["mean"] is None
        assert "2 of 6 runs failed; the first: it broke" in done.summary["notes"]
        assert sweep(experiment(tmp_path), place, MadeUp(), Told(), resume=True).summary["failed"] == 0

    def test_the_first_run_gives_an_estimate(self, tmp_path: Path) -> None:
        told = Told()
        sweep(experiment(tmp_path), tmp_path / "out", MadeUp(), told)
        assert (told.left, told.totals) == (5, [6, 6])

    def test_the_number_of_runs_is_chosen_on_the_unchanged_load(self, tmp_path: Path) -> None:
        wanted = "{metric: work_wait_median, precision: 0.03, most: 30}"
        done = sweep(experiment(tmp_path, replications=wanted), tmp_path / "out", MadeUp(), Told())
        described = done.summary["experiment"]
        assert described["replications"] in (8, 13, 18, 23)
        assert described["replications_chosen"]["needed"] <= described["replications"] - 5
        assert set(done.table.groupby("variant").size()) == {described["replications"]}

    def test_too_few_runs_for_the_precision_are_said(self, tmp_path: Path) -> None:
        wanted = "{metric: work_wait_median, precision: 0.001, most: 4}"
        done = sweep(experiment(tmp_path, replications=wanted), tmp_path / "out", MadeUp(), Told())
        assert done.summary["experiment"]["replications"] == 4
        assert "4 runs were not enough for the precision wanted of work_wait_median" in done.summary["notes"]

    def test_a_chosen_warm_up_is_kept_for_a_resumed_sweep(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweeping, "warm_up_of", lambda run: 1)
        small, place = experiment(tmp_path, warm_up_days="mser5"), tmp_path / "out"
        with pytest.raises(KeyboardInterrupt):
            sweep(small, place, MadeUp(stops_after=2), Told())
        monkeypatch.setattr(sweeping, "warm_up_of", lambda run: 2)
        done = sweep(small, place, MadeUp(), Told(), resume=True)
        assert (done.made, done.summary["experiment"]["warm_up_days"]) == (3, 1)
        assert done.summary["experiment"]["warm_up_chosen"] is True

    def test_a_warm_up_that_cannot_be_chosen_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none(run: object) -> int:
            raise InputError("too short")

        monkeypatch.setattr(sweeping, "warm_up_of", none)
        with pytest.raises(InputError, match="too short"):
            sweep(experiment(tmp_path, warm_up_days="mser5"), tmp_path / "out", MadeUp(), Told())
        assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_simulation")
class TestPlaces:
    def test_what_exists_is_not_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
        for resume, words in ((False, "exists; add --resume"), (True, "holds no sweep that could be resumed")):
            with pytest.raises(InputError, match=words):
                sweep(experiment(tmp_path), tmp_path / "out", MadeUp(), Told(), resume)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]

    @pytest.mark.parametrize("finished", [True, False])
    def test_another_experiment_is_not_resumed(self, tmp_path: Path, finished: bool) -> None:
        place = tmp_path / "out"
        if finished:
            sweep(experiment(tmp_path), place, MadeUp(), Told())
        else:
            with pytest.raises(KeyboardInterrupt):
                sweep(experiment(tmp_path), place, MadeUp(stops_after=1), Told())
        other = read_experiment(write(tmp_path, changed(name="other")))
        with pytest.raises(InputError, match="holds a sweep of small, not of other"):
            sweep(other, place, MadeUp(), Told(), resume=True)

    def test_a_journal_of_something_else(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        place.mkdir()
        (place / JOURNAL).write_text('{"hello": 1}\n', encoding="utf-8")
        with pytest.raises(InputError, match="is not the journal of a sweep"):
            sweep(experiment(tmp_path), place, MadeUp(), Told(), resume=True)

    def test_a_summary_of_something_else(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        sweep(experiment(tmp_path), place, MadeUp(), Told())
        for change, words in (({"kind": "run"}, "was not written by emsim sweep"), ({"schema": 9}, "schema version 1")):
            other = tmp_path / words.split()[0]
            shutil.copytree(place, other)
            summary = json.loads((other / "summary.json").read_text(encoding="utf-8"))
            (other / "summary.json").write_text(json.dumps(summary | change), encoding="utf-8")
            with pytest.raises(InputError, match=words):
                read_summary(other)
