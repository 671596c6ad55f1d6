"""Sweeps: which runs are made, what is kept when they stop, and that nothing else shows in the results."""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.experiments import sweep as sweeping
from sim.experiments.experiment import read_experiment
from sim.experiments.store import JOURNAL, read_summary
from sim.experiments.sweep import estimate, sweep
from sim.experiments.units import Row, Unit
from tests.experiments.files import changed, experiment, write
from tests.experiments.made_up import WAITING, MadeUp, Told, no_pictures, row

__all__ = ["no_pictures"]


def files(place: Path) -> dict[str, bytes]:
    """Every file of a sweep, by its path."""
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("no_pictures")
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
        assert (done.made, len(told.rows), told.estimate) == (3, 6, None)
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
        assert done.results["error"].tolist() == ["", "", "it broke", "it broke", "", ""]
        assert done.summary["variants"][1]["metrics"]["work_wait_median"]["mean"] is None
        assert "2 of 6 runs failed; the first: it broke" in done.summary["notes"]
        assert sweep(experiment(tmp_path), place, MadeUp(), Told(), resume=True).summary["failed"] == 0

    def test_the_first_run_gives_an_estimate(self, tmp_path: Path) -> None:
        told = Told()
        sweep(experiment(tmp_path), tmp_path / "out", MadeUp(), told)
        assert told.totals == [6, 6]
        assert told.estimate is not None
        assert (told.estimate.seconds_a_run, told.estimate.runs, told.estimate.workers) == (2.0, 5, 1)
        assert told.estimate.seconds == 10.0

    def test_workers_take_turns_in_the_estimate(self, tmp_path: Path) -> None:
        found = estimate(experiment(tmp_path), MadeUp(workers=4))
        assert (found.runs, found.seconds) == (5, 4.0)
        assert list(tmp_path.iterdir()) == [tmp_path / "small.yaml"]

    def test_the_number_of_runs_is_chosen_on_the_unchanged_load(self, tmp_path: Path) -> None:
        wanted = "{metric: work_wait_median, precision: 0.03, most: 30}"
        done = sweep(experiment(tmp_path, replications=wanted), tmp_path / "out", MadeUp(), Told())
        described = done.summary["experiment"]
        needed = described["replications_chosen"]["needed"]
        assert described["replications"] == needed + 5 > 8
        assert set(done.results.groupby("variant").size()) == {described["replications"]}
        assert f"{needed} runs give work_wait_median a half-width of 0.03 of the mean" in " ".join(done.notes)
        sweep(experiment(tmp_path, replications=wanted), tmp_path / "many", MadeUp(workers=16), Told())
        assert files(tmp_path / "many") == files(tmp_path / "out"), "the number turns on how many are made at a time"

    def test_a_half_width_in_the_unit_of_the_metric(self, tmp_path: Path) -> None:
        """The luck of `made_up.row` goes round every 11 seeds, so that its deviation is about 0.33 hours."""
        wanted = "{metric: work_wait_median, half_width: 0.2, most: 40}"
        chosen = sweep(experiment(tmp_path, replications=wanted), None, MadeUp()).summary["experiment"]
        assert chosen["replications_chosen"]["relative"] is False
        assert 8 <= chosen["replications_chosen"]["needed"] <= 16

    def test_too_few_runs_for_the_precision_are_said(self, tmp_path: Path) -> None:
        wanted = "{metric: work_wait_median, precision: 0.001, most: 4}"
        done = sweep(experiment(tmp_path, replications=wanted), tmp_path / "out", MadeUp(), Told())
        assert done.summary["experiment"]["replications"] == 4
        assert "4 runs were not enough for a half-width of 0.001 of the mean of work_wait_median" in done.notes

    def test_a_chosen_warm_up_is_kept_for_a_resumed_sweep(self, tmp_path: Path) -> None:
        small, place = experiment(tmp_path, warm_up_days="mser5"), tmp_path / "out"
        with pytest.raises(KeyboardInterrupt):
            sweep(small, place, MadeUp(stops_after=2, warm_up_hours=20), Told())
        done = sweep(small, place, MadeUp(warm_up_hours=30), Told(), resume=True)
        assert (done.made, done.summary["experiment"]["warm_up_days"]) == (3, 1)
        assert done.summary["experiment"]["warm_up_chosen"] is True
        assert done.summary["warm_up"] == {"days": 1, "cut_hours": 20, "waiting": WAITING}
        again = sweep(small, place, MadeUp(warm_up_hours=30), Told(), resume=True)
        assert (again.made, again.summary["warm_up"]) == (0, done.summary["warm_up"])

    def test_other_settings_have_a_warm_up_of_their_own(self, tmp_path: Path) -> None:
        place = tmp_path / "out"
        sweep(experiment(tmp_path, warm_up_days="mser5"), place, MadeUp(warm_up_hours=20), Told())
        other = read_experiment(tmp_path / "small.yaml", customers=61)
        done = sweep(other, place, MadeUp(warm_up_hours=30), Told(), resume=True)
        assert (done.made, done.summary["experiment"]["warm_up_days"]) == (6, 2)

    def test_a_warm_up_that_cannot_be_chosen_leaves_nothing(self, tmp_path: Path) -> None:
        small = experiment(tmp_path, warm_up_days="mser5")
        with pytest.raises(InputError, match="warm_up_days: no warm-up can be chosen: too short"):
            sweep(small, tmp_path / "out", MadeUp(warm_up_hours=None), Told())
        assert not (tmp_path / "out").exists()

    def test_units_are_made_when_they_are_asked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The client's memory does not hold what has still to be done."""
        waiting: list[int] = []
        made = sweeping.unit

        def counted(*given: Any) -> Unit:
            waiting.append(1)
            return made(*given)

        class OneByOne(MadeUp):
            def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
                waiting.clear()
                for work in units:
                    assert len(waiting) == 1
                    waiting.clear()
                    yield row(work)

        monkeypatch.setattr(sweeping, "unit", counted)
        done = sweep(experiment(tmp_path, replications="20"), None, OneByOne())
        assert len(done.results) == 60

    def test_in_memory_nothing_is_written_and_the_results_are_the_same(self, tmp_path: Path) -> None:
        small = experiment(tmp_path)
        done = sweep(small, None, MadeUp())
        assert done.folder is None
        assert list(tmp_path.iterdir()) == [tmp_path / "small.yaml"]
        written = sweep(small, tmp_path / "out", MadeUp())
        assert written.folder == tmp_path / "out"
        assert written.summary == done.summary
        assert written.results.equals(done.results)


@pytest.mark.usefixtures("no_pictures")
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
