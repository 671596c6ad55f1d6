"""``emsim frontier``: options, what is printed, exit codes."""

import json
import re
import shlex
from pathlib import Path

import pytest

from sim.experiments import executors
from sim.experiments.experiment import shipped_experiments
from tests.cli.conftest import Emsim
from tests.experiments.files import changed, write
from tests.experiments.test_frontier import COST, Known


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    """The executor of the next frontier."""
    executor = Known()
    monkeypatch.setattr(executors, "executor", lambda workers, dask: executor)
    return executor


def file(folder: Path, **changes: str) -> Path:
    lines = {"design": "grid", "replications": "4", "targets": "{work_wait_median: {most: 8.5}}"}
    text = changed(**lines | changes).replace("[7, 8, 9]", "[6, 7, 8, 9]\n  cs-daily-limit.limit: [4, 5]")
    cost = "cost:\n  unit: dollars\n  terms:\n    - {metric: 'sent[pluto]', price: 2.0, unit: dollars a message, "
    return write(folder, f"{text}{cost}status: assume, source: our choice}}\n")


@pytest.mark.usefixtures("known", "no_pictures")
class TestFrontier:
    def test_points_are_told_with_what_is_as_good_and_the_cheapest(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim("frontier", file(tmp_path))
        assert answer.code == 0
        assert "all 8 settings tried, 4 runs each, 95% intervals" in answer.out
        assert "  2 × sent[pluto] (dollars a message; assumption: our choice)" in answer.out
        assert "Targets: work_wait_median at most 8.5 hours; no rule that must hold broken" in answer.out
        lines = answer.out.splitlines()
        place = next(number for number, line in enumerate(lines) if line.startswith("  1  staff.officers=7: "))
        assert lines[place].startswith("  1  staff.officers=7: perhaps meets all targets; unbeaten in 100% of draws")
        assert "rules broken in 0 of 4 runs: at most 53% of runs" in lines[place]
        assert lines[place + 1] == "     as good: staff.officers=7, cs-daily-limit.limit=4"
        assert "Cheapest that surely meets all targets: 2, as it is. Cheaper, and perhaps enough: 1." in answer.out
        assert lines[-1] == "Results: runs/frontier-small"
        names = {path.name for path in (tmp_path / "runs/frontier-small").iterdir()}
        assert names == {"results.parquet", "summary.json", "report.html", "plots"}

    def test_cost_and_metrics_stand_with_intervals_and_targets(self, emsim: Emsim, tmp_path: Path) -> None:
        out = emsim("frontier", file(tmp_path)).out
        (cost,) = re.findall(r"^1 +cost +dollars +(.*)$", out, re.MULTILINE)
        assert re.split(r" {2,}", cost) == ["140", "140 … 140", "-20", "-20 … -20"]
        (wait,) = re.findall(r"^ +work_wait_median +hours +(8\.\d.*)$", out, re.MULTILINE)
        assert wait.endswith("uncertain")
        assert "+1.071 … +1.071" in wait

    def test_commands_are_whole_lines(self, emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        out = emsim("frontier", file(tmp_path)).out
        (line,) = [line for line in out.splitlines() if line.startswith("  1  emsim run")]
        words = shlex.split(line)[1:]
        assert words[:3] == ["emsim", "run", "four_weeks"]
        assert words[-2:] == ["--out", "runs/small-4-seed1"]
        assert "staff.officers=7" in words

    def test_json_is_the_summary_with_all_commands(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim("frontier", file(tmp_path), "--json", "--out", "here")
        document = json.loads(answer.out)
        assert len(document["frontier"]["points"][0]["commands"]) == 4
        assert document["frontier"]["cheapest"] == 1
        written = json.loads((tmp_path / "here/summary.json").read_text(encoding="utf-8"))
        assert {name: written[name] for name in document} == document

    def test_options_replace_what_the_file_says(self, emsim: Emsim, tmp_path: Path, known: Known) -> None:
        words = ("--runs", "12", "--replications", "3", "--customers", "70", "--days", "2", "--json")
        document = json.loads(emsim("frontier", file(tmp_path), *words).out)
        described = document["experiment"]
        assert (described["load"]["customers"], described["load"]["days"]) == (70, 2)
        assert (document["frontier"]["runs"], document["frontier"]["whole"]) == (12, False)
        assert document["runs"] <= 12
        assert "--customers 70 --days 2" in document["frontier"]["points"][0]["commands"][0]

    def test_progress_and_the_estimate_go_to_stderr(self, emsim: Emsim, tmp_path: Path) -> None:
        lines = emsim("frontier", file(tmp_path), "--runs", "40").error.splitlines()
        assert "39 more" in lines[0]
        assert lines[-1] == "emsim: 32 of 32 runs done"

    def test_no_setting_that_is_good_enough(self, emsim: Emsim, tmp_path: Path) -> None:
        out = emsim("frontier", file(tmp_path, targets="{work_wait_median: {most: 1}}")).out
        assert "None of them surely meets all targets." in out
        assert "No setting that was tried meets all targets" in out

    def test_bad_input_is_one_line_and_leaves_nothing(self, emsim: Emsim, tmp_path: Path) -> None:
        path = file(tmp_path, frontier="{runs: none}")
        answer = emsim("frontier", path)
        assert answer.code == 2
        assert answer.error.startswith(f"emsim: {path}:20: frontier.runs: must be a whole number")
        assert answer.error.count("\n") == 1
        without = write(tmp_path, changed())
        assert emsim("frontier", without).error.startswith(f"emsim: {without}:1: cost: is missing")
        few = emsim("frontier", file(tmp_path), "--runs", "7")
        assert (few.code, few.error) == (2, "emsim: runs: must be at least 8: 2 settings, 4 runs each (value 7)\n")
        assert not (tmp_path / "runs").exists()

    def test_the_help_names_what_ships_and_has_examples(self, emsim: Emsim) -> None:
        out = emsim("frontier", "--help").out
        ours = [name for name in shipped_experiments() if name.startswith("frontier_")]
        assert f"Ships: {', '.join(ours)}" in out
        assert "    emsim frontier" in out.split("Examples:\n")[1]


@pytest.mark.usefixtures("no_pictures")
def test_ctrl_c_says_how_to_go_on(emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "executor", lambda workers, dask: Known(stops_after=5))
    answer = emsim("frontier", file(tmp_path))
    assert answer.code == 130
    assert answer.error.endswith("emsim: stopped after 6 runs; go on with --resume\n")
    monkeypatch.setattr(executors, "executor", lambda workers, dask: Known())
    again = emsim("frontier", tmp_path / "small.yaml", "--resume")
    assert (again.code, "26 runs made" in again.out) == (0, True)


@pytest.mark.usefixtures("no_pictures")
def test_failed_runs_make_exit_code_1(emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "executor", lambda workers, dask: Known(fails=frozenset({2})))
    answer = emsim("frontier", file(tmp_path))
    assert answer.code == 1
    assert answer.error.endswith("emsim: 4 of 32 runs failed; --resume tries them again\n")
    assert COST not in answer.error
