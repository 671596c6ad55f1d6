"""``emsim sweep`` and ``emsim compare``: options, what is printed, exit codes."""

import json
import re
from pathlib import Path

import pytest

from sim.experiments import executors
from sim.experiments.experiment import shipped_experiments
from tests.cli.conftest import Emsim
from tests.experiments.files import changed, write
from tests.experiments.made_up import MadeUp


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """The executor of the next sweep; it remembers what it was asked for."""
    executor = MadeUp()
    monkeypatch.setattr(executors, "executor", lambda workers, dask: executor)
    return executor


@pytest.mark.usefixtures("made_up")
class TestSweep:
    def test_the_results_stand_where_they_are_said_to(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim("sweep", write(tmp_path), "--replications", "4")
        assert answer.code == 0
        lines = ["Report: runs/sweep-small/report.html", "Results: runs/sweep-small"]
        assert answer.out.splitlines()[-2:] == lines
        names = {path.name for path in (tmp_path / "runs/sweep-small").iterdir()}
        assert names == {"results.parquet", "summary.json", "plots", "report.html"}

    def test_paired_and_unpaired_stand_side_by_side(self, emsim: Emsim, tmp_path: Path) -> None:
        out = emsim("sweep", write(tmp_path), "--replications", "4", "--out", "here").out
        line, *_ = re.findall(r"^staff.officers=7 +1\d.*", out, re.MULTILINE)
        cells = re.split(r" {2,}", line)
        assert cells[3:5] == ["+2", "+2 … +2"]
        assert cells[5].startswith(("+1.", "+0."))
        assert cells[6:8] == ["0%", "yes"]
        assert "\nsent[pluto] (messages): SMS that the gateway acknowledged" in out
        words = r"none in 4 runs: at most 52\.7% of runs at 95% \(rule of three: 3/4\)"
        assert re.search(rf"^as it is +4 +0 +0 +{words}$", out, re.MULTILINE)
        assert "Over runs, the quantiles" not in out

    def test_options_replace_what_the_file_says(self, emsim: Emsim, tmp_path: Path) -> None:
        words = ("--customers", "70", "--days", "2", "--replications", "1", "--out", "here", "--json")
        described = json.loads(emsim("sweep", write(tmp_path), *words).out)["experiment"]
        assert (described["load"]["customers"], described["load"]["days"]) == (70, 2)
        assert described["replications"] == 1

    def test_progress_and_the_estimate_go_to_stderr(self, emsim: Emsim, tmp_path: Path) -> None:
        lines = emsim("sweep", write(tmp_path)).error.splitlines()
        assert lines[0] == (
            "emsim: the first run took 2.0 s; 5 more, 1 at a time, take at most about 10 seconds and 559 kB on disk"
        )
        assert lines[-1] == "emsim: 6 of 6 runs done"

    def test_an_estimate_alone_writes_nothing(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim("sweep", write(tmp_path), "--estimate", "--replications", "1000")
        assert (answer.code, answer.error) == (0, "")
        assert "2999 more, 1 at a time, take at most about 100.0 minutes and" in answer.out
        document = json.loads(emsim("sweep", tmp_path / "small.yaml", "--estimate", "--json").out)
        assert (document["experiment"], document["runs"], document["seconds"]) == ("small", 5, 10.0)
        assert not (tmp_path / "runs").exists()

    def test_quantiles_that_were_asked_for_are_shown(self, emsim: Emsim, tmp_path: Path) -> None:
        out = emsim("sweep", write(tmp_path, changed(quantiles="[0.5, 0.9]")), "--replications", "6").out
        head, line = out.split("the quantiles with bootstrap intervals\n")[1].splitlines()[:2]
        assert re.split(r" {2,}", head) == ["variant", "0.5", "interval", "0.9", "interval"]
        assert re.fullmatch(r"as it is +9\.\d+ +9\.\d+ … \S+ +\S+ +\S+ … \S+", line)

    def test_the_warm_up_that_was_chosen_is_shown(self, emsim: Emsim, tmp_path: Path) -> None:
        out = emsim("sweep", write(tmp_path, changed(warm_up_days="mser5"))).out
        assert (
            "Left out: 1 day of warm-up (chosen, because MSER-5 would leave out 5 hours of the first run: "
            "plots/warm_up.png), 0 days of cool-down"
        ) in out

    def test_without_an_audit_no_breach_is_spoken_of(self, emsim: Emsim, tmp_path: Path) -> None:
        assert "Breaches of rules" not in emsim("sweep", write(tmp_path, changed(audit="false"))).out

    def test_what_exists_is_refused_and_resumed(self, emsim: Emsim, tmp_path: Path) -> None:
        path = write(tmp_path)
        emsim("sweep", path, "--out", "here")
        answer = emsim("sweep", path, "--out", "here")
        assert answer.code == 2
        assert answer.error == "emsim: here: exists; add --resume to go on with it, or choose another place\n"
        again = emsim("sweep", path, "--out", "here", "--resume")
        assert (again.code, "0 runs made" in again.out) == (0, True)

    def test_targets_are_shown(self, emsim: Emsim, tmp_path: Path) -> None:
        path = write(tmp_path, changed(targets="{work_wait_median: {most: 12.2}}", replications="6"))
        out = emsim("sweep", path).out
        assert re.search(r"^as it is +\d.* met$", out, re.MULTILINE)
        assert re.search(r"^staff.officers=9 +1\d.* missed$", out, re.MULTILINE)

    def test_bad_input_is_one_line(self, emsim: Emsim, tmp_path: Path) -> None:
        path = write(tmp_path, changed(design="random"))
        answer = emsim("sweep", path)
        assert answer.code == 2
        assert answer.error.startswith(f"emsim: {path}:13: design: must be one of")
        assert answer.error.count("\n") == 1
        assert not (tmp_path / "runs").exists()

    def test_an_unknown_name_names_what_ships(self, emsim: Emsim) -> None:
        answer = emsim("sweep", "daily_limits")
        assert answer.code == 2
        assert all(name in answer.error for name in shipped_experiments())
        assert f"Ships: {', '.join(shipped_experiments())}" in " ".join(emsim("sweep", "--help").out.split())


@pytest.mark.usefixtures("made_up")
def test_first_order_indices_are_shown_the_greatest_first(emsim: Emsim, tmp_path: Path) -> None:
    text = changed(design="latin_hypercube", points="12")
    factors = "{from: 9, to: 20}\n  cs-daily-limit.limit: [4, 5]"
    answer = emsim("sweep", write(tmp_path, text.replace("[7, 8, 9]", factors)), "--replications", "2")
    assert answer.code == 0
    part = answer.out.split("work_wait_median: the share of its variance that each factor explains by itself")[1]
    shares = re.findall(r"^(?:staff.officers|cs-daily-limit.limit) +(\d\S*) +(?:\S+ … \S+|–) +12$", part, re.MULTILINE)
    assert len(shares) == 4
    assert float(shares[0]) >= float(shares[1])


def test_failed_runs_make_exit_code_1(emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "executor", lambda workers, dask: MadeUp(fails=frozenset({2})))
    answer = emsim("sweep", write(tmp_path))
    assert answer.code == 1
    assert "emsim: variant 2, seed 1 failed: it broke\n" in answer.error
    assert answer.error.endswith("emsim: 2 of 6 runs failed; --resume tries them again\n")


def test_ctrl_c_says_how_to_go_on(emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "executor", lambda workers, dask: MadeUp(stops_after=2))
    answer = emsim("sweep", write(tmp_path))
    assert answer.code == 130
    assert answer.error.endswith("emsim: stopped after 3 of 6 runs; go on with --resume\n")
    monkeypatch.setattr(executors, "executor", lambda workers, dask: MadeUp())
    again = emsim("sweep", tmp_path / "small.yaml", "--resume")
    assert (again.code, "3 runs made" in again.out) == (0, True)


def test_the_bar_shows_how_far_a_sweep_is(
    emsim: Emsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up: MadeUp
) -> None:
    monkeypatch.setattr("sim.progress.wanted", lambda: True)
    answer = emsim("sweep", write(tmp_path))
    assert answer.code == 0
    assert re.search(r"Sweeping .* 6/6 .*left", answer.error)


@pytest.mark.parametrize("command", ["sweep", "compare"])
def test_the_help_has_examples(emsim: Emsim, command: str) -> None:
    answer = emsim(command, "--help")
    assert answer.code == 0
    assert f"    emsim {command}" in answer.out.split("Examples:\n")[1]


def test_workers_and_a_cluster_are_one_too_many(emsim: Emsim, tmp_path: Path) -> None:
    answer = emsim("sweep", write(tmp_path), "--workers", "2", "--dask", "tcp://127.0.0.1:8786")
    assert (answer.code, answer.out) == (2, "")
    assert answer.error == "emsim: --dask: has workers of its own: give either --workers or --dask\n"


@pytest.mark.usefixtures("made_up")
class TestCompare:
    def test_two_sweeps(self, emsim: Emsim, tmp_path: Path) -> None:
        emsim("sweep", write(tmp_path), "--out", "here")
        answer = emsim("compare", "here", "here")
        assert answer.code == 0
        assert re.search(r"^staff.officers=7 +work_wait_median +hours +.*not seen$", answer.out, re.MULTILINE)
        assert "by chance alone about 0.3 of them would leave out 0" in answer.out
        document = json.loads(emsim("compare", "here", "here", "--json").out)
        assert list(document) == ["first", "second", "kind", "confidence", "rows", "notes"]

    def test_two_runs(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("compare", run_folder, run_folder)
        assert answer.code == 0
        assert "numbers are the same in both (--all shows them)" in answer.out
        assert "nobody can say how much of a difference is chance" in answer.out
        assert re.search(r"^held_share +share", emsim("compare", run_folder, run_folder, "--all").out, re.MULTILINE)

    def test_what_is_neither(self, emsim: Emsim, tmp_path: Path) -> None:
        answer = emsim("compare", tmp_path, "none")
        assert answer.code == 2
        assert "holds no manifest.json" in answer.error
