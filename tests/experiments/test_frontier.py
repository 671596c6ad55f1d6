"""Frontiers: which settings are tried, what is said of them, and that nothing else shows in the results."""

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.experiments.executors import Serial
from sim.experiments.experiment import Experiment, read_experiment
from sim.experiments.frontier import frontier, spread
from sim.experiments.points import Frontier
from sim.experiments.store import JOURNAL, read_summary
from sim.experiments.units import Pilot, Row, Unit
from sim.start import main
from tests.experiments.files import changed, write
from tests.experiments.made_up import MadeUp, Told, no_pictures, row

__all__ = ["no_pictures"]

COST = "sent[pluto]"


def made(work: Unit) -> Row:
    """An officer costs 10 messages; waits are 60 hours by the officers, an hour more where the window closes early, and
    luck that all settings of a seed share. The limit makes no difference."""
    officers = work.load.read_parameters()["staff.officers"]
    early = work.load.read_policy().value("cs-send-window.closes") < "20:00"
    luck = (work.load.seed * 37 % 11 - 5) / 10
    return row(work) | {"work_wait_median": 60 / officers + early + luck, COST: 10 * officers}


class Known(MadeUp):
    """Makes these rows up instead, but for units of which `other` gives another row."""

    def __init__(self, other: Callable[[Unit, Row], Row] = lambda work, found: found, **given: Any) -> None:
        super().__init__(**given)
        self._other = other

    def pilot(self, work: Unit) -> Pilot:
        """The first run."""
        return super().pilot(work)._replace(row=self._other(work, made(work)))

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The rows of these units, the last first."""
        by_key = {work.key: work for work in units}
        for found in super().rows(by_key.values(), count):
            work = by_key[found["unit"]]
            yield found if found["error"] else self._other(work, made(work))


def looked_for(folder: Path, factors: str = "{staff.officers: [6, 7, 8, 9]}", **changes: str) -> Experiment:
    lines = {
        "design": "grid",
        "replications": "4",
        "cost": COST,
        "targets": "{work_wait_median: {most: 8.5}}",
        **changes,
    }
    text = changed(**lines).replace("factors:\n  staff.officers: [7, 8, 9]", f"factors: {factors}")
    return read_experiment(write(folder, text), searched=True)


def found(experiment: Experiment, executor: Any = None, place: Path | None = None, resume: bool = False) -> Frontier:
    return frontier(experiment, place, executor or Known(), Told(), resume)


def labels(done: Frontier) -> list[str]:
    return [point["label"] for point in done.found["points"]]


def verdicts(done: Frontier) -> dict[str, str]:
    return {each["label"]: each["verdict"] for each in done.found["tried"]}


class TestWholeGrid:
    def test_the_unbeaten_that_may_meet_the_targets_cheapest_first(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path))
        assert verdicts(done) == {
            "as it is": "surely", "staff.officers=6": "no", "staff.officers=7": "perhaps", "staff.officers=9": "surely",
        }  # fmt: skip
        assert labels(done) == ["staff.officers=7", "as it is", "staff.officers=9"]
        assert done.found["cheapest"] == 1
        assert done.cheapest == {}
        assert (done.found["whole"], done.found["possible"], len(done.results)) == (True, 4, 16)

    def test_each_point_says_what_it_costs_and_by_how_much_that_differs(self, tmp_path: Path) -> None:
        point = found(looked_for(tmp_path)).found["points"][0]
        assert (point["metrics"]["cost"]["mean"], point["differences"]["cost"]["paired"]["mean"]) == (70.0, -10.0)
        assert point["targets"] == {"work_wait_median": "uncertain"}
        assert point["seeds"] == [1, 2, 3, 4]
        assert point["unbeaten_share"] == 1.0

    def test_a_factor_that_makes_no_difference_is_told_as_good_as_the_smaller_change(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path, "{staff.officers: [7, 8], cs-daily-limit.limit: [4, 5]}"))
        assert labels(done) == ["staff.officers=7", "as it is"]
        same = [point["same"] for point in done.found["points"]]
        assert same == [["staff.officers=7, cs-daily-limit.limit=4"], ["cs-daily-limit.limit=4"]]

    def test_of_settings_as_good_the_surer_beats_the_other(self, tmp_path: Path) -> None:
        def shaky(work: Unit, found: Row) -> Row:
            """Without another limit the wait varies more, so that it may be too long."""
            swings = 0.5 * (-1) ** work.load.seed if work.load.read_policy().value("cs-daily-limit.limit") == 5 else 0
            return found | {"work_wait_median": found["work_wait_median"] + swings}

        factors = "{staff.officers: [8], cs-daily-limit.limit: [4, 5]}"
        done = found(looked_for(tmp_path, factors, frontier="{steps: {work_wait_median: 0.5}}"), Known(shaky))
        assert verdicts(done) == {"as it is": "perhaps", "cs-daily-limit.limit=4": "surely"}
        assert (labels(done), done.found["points"][0]["same"]) == (["cs-daily-limit.limit=4"], [])

    def test_the_cheapest_sure_setting_is_named_though_one_in_doubt_is_cheaper_and_better(self, tmp_path: Path) -> None:
        def shaky(work: Unit, found: Row) -> Row:
            """Seven officers wait less than eight on average, and nobody knows."""
            swings = 4 * (-1) ** work.load.seed - 2 if found[COST] == 70 else 0
            return found | {"work_wait_median": found["work_wait_median"] + swings}

        done = found(looked_for(tmp_path), Known(shaky))
        seven, eight, _ = done.found["points"]
        assert (seven["verdict"], eight["verdict"]) == ("perhaps", "surely")
        assert seven["metrics"]["work_wait_median"]["mean"] < eight["metrics"]["work_wait_median"]["mean"]
        assert done.cheapest == {}

    @pytest.mark.parametrize(("step", "officers"), [("0.9", [6, 7, 8, 9]), ("1.9", [6, 8]), ("6.0", [6])])
    def test_less_than_a_step_is_no_difference(self, tmp_path: Path, step: str, officers: list[int]) -> None:
        """Six and seven officers leave 2.5 and 1.07 hours more than the eight of the load, nine leave 0.83 less."""
        wanted = f"{{steps: {{work_wait_median: {step}}}}}"
        done = found(looked_for(tmp_path, targets="{work_wait_median: {most: 99}}", frontier=wanted))
        assert done.points["staff.officers"].tolist() == officers

    @pytest.mark.parametrize("design", ["grid", "one_at_a_time", "list"])
    def test_a_file_with_nothing_to_choose_from(self, tmp_path: Path, design: str) -> None:
        listed = {"variants": "[{staff.officers: 8}]"} if design == "list" else {}
        factors = "{staff.officers: }" if design == "list" else "{staff.officers: [8]}"
        done = found(looked_for(tmp_path, factors, design=design, **listed))
        assert (labels(done), done.found["whole"]) == (["as it is"], True)

    def test_a_metric_of_which_more_is_better(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path, targets="{}", frontier="{objectives: {work_wait_median: more}}"))
        assert labels(done) == ["staff.officers=6"]

    def test_when_none_meets_the_targets_the_unbeaten_of_all_are_shown(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path, targets="{work_wait_median: {most: 1}}"))
        assert len(done.found["points"]) == 4
        assert done.cheapest is None
        assert done.notes[0].startswith("No setting that was tried meets all targets; what they miss: work_wait_median")

    def test_it_is_a_sweep_too(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path), place=tmp_path / "out")
        summary = read_summary(tmp_path / "out")
        assert summary["frontier"] == json.loads(json.dumps(done.found))
        assert list(done.results["cost"])[:4] == [80.0] * 4
        names = {path.name for path in (tmp_path / "out/plots").iterdir()}
        assert {"frontier.png", "effect_work_wait_median.png"} <= names
        frame = done.points
        assert frame["staff.officers"].tolist() == [7, 8, 9]
        assert frame["meets"].tolist() == ["perhaps", "surely", "surely"]
        assert repr(done) == "<Frontier of small: 4 settings tried, 3 on the frontier, 16 runs>"
        assert "staff.officers=7" in done._repr_html_()


class TestVerdicts:
    def test_a_breach_rules_a_setting_out(self, tmp_path: Path) -> None:
        def breached(work: Unit, found: Row) -> Row:
            return found | {"breaches": int((work.variant, work.load.seed) == (3, 2))}

        done = found(looked_for(tmp_path), Known(breached))
        assert verdicts(done)["staff.officers=9"] == "no"
        assert "A rule that must hold was broken in 1 of 16 runs: settings with such a run are out" in done.notes

    @pytest.mark.parametrize(("bound", "verdict"), [("0.53", "surely"), ("0.52", "perhaps")])
    def test_no_breach_in_four_runs_rules_out_more_than_52_7_percent(
        self, tmp_path: Path, bound: str, verdict: str
    ) -> None:
        done = found(looked_for(tmp_path, frontier=f"{{breaches_at_most: {bound}}}"))
        assert verdicts(done)["staff.officers=9"] == verdict

    def test_a_run_that_failed_leaves_doubt_and_none_that_is_whole_leaves_nothing(self, tmp_path: Path) -> None:
        def broken(work: Unit, found: Row) -> Row:
            failed = {"error": "it broke", "breaches": None, "work_wait_median": None, COST: None}
            once = (work.variant, work.load.seed) == (0, 2)
            return found | failed if once or work.variant == 3 else found

        done = found(looked_for(tmp_path), Known(broken))
        assert (verdicts(done)["as it is"], verdicts(done)["staff.officers=9"]) == ("perhaps", "no")
        assert labels(done) == ["staff.officers=7", "as it is"]
        assert done.summary["failed"] == 5
        assert "5 of 16 runs failed" in " ".join(done.notes)

    def test_one_run_says_nothing_for_sure(self, tmp_path: Path) -> None:
        assert set(verdicts(found(looked_for(tmp_path, replications="1"))).values()) == {"perhaps"}


SPACE = (
    "{staff.officers: {from: 5, to: 40}, cs-daily-limit.limit: {from: 3, to: 8}, "
    'cs-send-window.closes: ["19:00", "20:00", "21:00"]}'
)


def searched(folder: Path, runs: int = 90, confirm: int = 0, step: float = 0.1, **changes: str) -> Experiment:
    wanted = f"{{runs: {runs}, confirm: {confirm}, steps: {{cost: {step}}}}}"
    return looked_for(folder, SPACE, design="latin_hypercube", points="5", replications="2", frontier=wanted, **changes)


@pytest.mark.usefixtures("no_pictures")
class TestSearch:
    def test_it_finds_good_settings_within_its_runs(self, tmp_path: Path) -> None:
        executor = Known()
        done = found(searched(tmp_path), executor)
        assert len(executor.done) + 1 == len(done.results) <= 90
        assert len({*executor.done}) == len(executor.done)
        assert (done.found["whole"], done.found["possible"]) == (False, None)
        cheapest = done.found["points"][0]
        assert cheapest["set"]["staff.officers"] <= 9
        assert cheapest["set"].get("cs-send-window.closes") != "19:00"
        assert f"{len(done.found['tried'])} settings were tried: there may be better ones" in done.notes

    def test_a_grid_that_does_not_fit_is_searched(self, tmp_path: Path) -> None:
        officers = "{staff.officers: [6, 7, 8, 9, 10, 11, 12, 13], cs-daily-limit.limit: [3, 4, 5, 6]}"
        done = found(looked_for(tmp_path, officers, frontier="{runs: 60}"))
        assert (done.found["whole"], done.found["possible"], len(done.found["tried"])) == (False, 32, 15)
        assert "15 of 32 settings were tried: there may be better ones" in done.notes

    def test_nothing_new_ends_it(self, tmp_path: Path) -> None:
        space = "{staff.officers: {from: 7, to: 9}}"
        done = found(looked_for(tmp_path, space, design="latin_hypercube", points="2"))
        assert len(done.found["tried"]) == 3

    def test_stopped_and_resumed_gives_the_same_bytes_whatever_the_number_of_workers(self, tmp_path: Path) -> None:
        experiment = searched(tmp_path)
        with pytest.raises(KeyboardInterrupt):
            found(experiment, Known(stops_after=40), tmp_path / "stopped")
        again = found(experiment, Known(workers=7), tmp_path / "stopped", resume=True)
        assert again.made == len(again.results) - 41
        found(experiment, Known(), tmp_path / "at_once")
        for name in ("results.parquet", "summary.json"):
            assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "at_once" / name).read_bytes()
        assert not (tmp_path / "stopped" / JOURNAL).exists()

    def test_settings_that_are_not_possible_together_are_passed_over(self, tmp_path: Path) -> None:
        hours = '["08:00", "19:00", "20:00", "21:00"]'
        space = f"{{cs-send-window.opens: {hours}, cs-send-window.closes: {hours}, staff.officers: [7, 8, 9, 10]}}"
        done = found(looked_for(tmp_path, space, frontier="{runs: 40}", design="latin_hypercube", points="2"))
        assert done.found["impossible"] > 0
        assert any("are not possible together: passed over" in note for note in done.notes)
        assert all(each["verdict"] in ("surely", "perhaps", "no") for each in done.found["tried"])

    def test_what_failed_is_not_proposed_for_good(self, tmp_path: Path) -> None:
        done = found(searched(tmp_path), Known(fails=frozenset({2, 3, 4})))
        assert done.summary["failed"] == 6
        assert all(point["failed"] == 0 for point in done.found["points"])


@pytest.mark.usefixtures("no_pictures")
class TestConfirmation:
    @pytest.mark.parametrize(("step", "all_of_it"), [(100.0, True), (0.1, False)])
    def test_the_frontier_is_run_again_and_judged_by_seeds_that_the_choice_had_not_seen(
        self, tmp_path: Path, step: float, all_of_it: bool
    ) -> None:
        done = found(searched(tmp_path, confirm=3, step=step))
        points = done.found["points"]
        assert (done.found["confirmed"], done.found["left_out"] == 0) == (3, all_of_it)
        assert len(done.results) <= 90
        assert all(point["seeds"] == [3, 4, 5] for point in points)
        chosen = {0, *(point["variant"] for point in points)}
        assert set(done.results.loc[done.results["replication"] >= 2, "variant"]) == chosen
        assert any("are left out" in note for note in done.notes) != all_of_it

    def test_luck_of_the_first_seeds_is_found_out(self, tmp_path: Path) -> None:
        def lucky(work: Unit, found: Row) -> Row:
            return found | {"work_wait_median": 5.0} if work.variant == 1 and work.load.seed < 5 else found

        wanted = "{runs: 60, confirm: 4}"
        done = found(looked_for(tmp_path, frontier=wanted, targets="{work_wait_median: {most: 8.5}}"), Known(lucky))
        six = next(point for point in done.found["points"] if point["label"] == "staff.officers=6")
        assert (six["on_frontier"], six["verdict"]) == (False, "no")
        assert "1 of 1 settings were beaten or missed a target then" in " ".join(done.notes)

    def test_too_few_runs_for_it_are_not_spent(self, tmp_path: Path) -> None:
        done = found(looked_for(tmp_path, frontier="{runs: 20, confirm: 5}"))
        assert (done.found["confirmed"], len(done.results)) == (0, 16)


@pytest.mark.parametrize(
    ("count", "kept"), [(9, [10, 11, 12, 13, 14]), (5, [10, 11, 12, 13, 14]), (4, [10, 11, 13, 14]), (2, [10, 14])]
)
def test_some_that_spread_over_all(count: int, kept: list[int]) -> None:
    assert spread([10, 11, 12, 13, 14], count) == kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frontier": "{runs: 7}"}, "runs: must be at least 8: 2 settings, 4 runs each .value 7."),
        ({"frontier": "{runs: 15}", "design": "one_at_a_time"}, "runs: must be at least 16: 4 settings, 4 runs each"),
    ],
)
def test_too_few_runs_are_refused_and_nothing_is_left(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        found(looked_for(tmp_path, **changes), place=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("runs", "needed"), [(16, False), (15, True)])
def test_optuna_is_needed_only_for_a_search_and_that_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int, needed: bool
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    experiment = looked_for(tmp_path, frontier=f"{{runs: {runs}}}")
    if needed:
        with pytest.raises(InputError, match=r"pip install 'emsim\[search\]'"):
            found(experiment, place=tmp_path / "out")
        assert not (tmp_path / "out").exists()
    else:
        assert found(experiment).found["whole"]


def test_a_frontier_without_the_audit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"small.yaml:\d+: audit: must be true: a setting has to keep the rules"):
        looked_for(tmp_path, audit="false")


def test_the_command_of_a_point_makes_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For real: the frontier simulates, and so does the command."""
    factors = '{staff.officers: [9], cs-send-window.closes: ["19:00"]}'
    wanted = looked_for(tmp_path, factors, replications="1", targets="{work_wait_median: {most: 1000}}")
    with Serial() as executor:
        done = frontier(wanted, None, executor)
    point = done.found["points"][-1]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.plots.Plotter.pngs", lambda plotter: {})
    monkeypatch.setattr(sys, "argv", shlex.split(point["commands"][0]))
    assert main() == 0
    capsys.readouterr()
    place = tmp_path / shlex.split(point["commands"][0])[-1]
    metrics = json.loads((place / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    (ours,) = done.results[done.results["variant"] == point["variant"]].to_dict("records")
    assert json.loads((place / "manifest.json").read_text(encoding="utf-8"))["fingerprint"] == ours["fingerprint"]
    assert metrics["work_wait_median"]["values"]["all"] == ours["work_wait_median"]
    assert metrics["sent"]["values"].get("pluto", 0) == ours[COST] == ours["cost"]
