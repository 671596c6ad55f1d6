"""What is said of the runs of a sweep."""

from pathlib import Path
from typing import Any

import pytest

from sim.experiments.experiment import Target
from sim.experiments.summary import difference, verdict
from sim.experiments.sweep import Sweep, sweep
from tests.experiments.files import experiment
from tests.experiments.made_up import MadeUp, Told


def swept(folder: Path, **changes: str) -> Sweep:
    return sweep(experiment(folder, **changes), None, MadeUp(), Told())


class TestSummary:
    def test_common_luck_leaves_the_paired_difference_without_doubt(self, tmp_path: Path) -> None:
        found = swept(tmp_path, replications="6").summary["variants"][1]["differences"]["work_wait_median"]
        assert found["paired"]["mean"] == pytest.approx(2)
        assert found["paired"]["high"] - found["paired"]["low"] == pytest.approx(0)
        assert found["unpaired"]["high"] - found["unpaired"]["low"] > 0.5
        assert found["differs"] is True
        assert found["variance_ratio"] == pytest.approx(0)
        assert found["stands"] is True

    def test_many_differences_are_warned_of(self, tmp_path: Path) -> None:
        (note,) = swept(tmp_path).summary["notes"]
        assert note == (
            "4 differences at 95% each: by chance alone about 0.2 of them would leave out 0. "
            "4 do; 4 of these stand when all are judged together (Holm), the others only alone"
        )

    def test_one_run_a_variant_has_no_intervals(self, tmp_path: Path) -> None:
        summary = swept(tmp_path, replications="1").summary
        assert summary["notes"] == ["One run a variant says nothing of chance: there are no intervals"]
        assert summary["variants"][1]["differences"]["sent[pluto]"]["differs"] is None

    def test_no_breach_is_no_proof(self, tmp_path: Path) -> None:
        found = swept(tmp_path, replications="10").summary["variants"][0]["breaches"]
        assert (found["total"], found["runs_with_any"]) == (0, 0)
        assert found["share_of_runs_at_most"] == pytest.approx(0.2589, abs=1e-4)
        assert found["words"] == "none in 10 runs: at most 25.9% of runs at 95% (rule of three: 3/10)"

    def test_targets_are_judged_by_the_whole_interval(self, tmp_path: Path) -> None:
        done = swept(tmp_path, replications="6", targets="{work_wait_median: {most: 12.2}}")
        verdicts = [each["targets"]["work_wait_median"] for each in done.summary["variants"]]
        assert verdicts == ["met", "uncertain", "missed"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(None, 10), "met"),
        (Target(None, 9.9), "uncertain"),
        (Target(None, 8), "uncertain"),
        (Target(None, 7.9), "missed"),
        (Target(8, None), "met"),
        (Target(8.1, None), "uncertain"),
        (Target(10.1, None), "missed"),
        (Target(8, 10), "met"),
    ],
)
def test_verdicts_on_each_side_of_an_interval_from_8_to_10(target: Target, words: str) -> None:
    assert verdict({"low": 8, "high": 10}, target) == words
    assert verdict({"low": None, "high": None}, target) == "uncertain"


def test_only_runs_of_one_seed_are_paired() -> None:
    found: dict[str, Any] = difference({1: 10.0, 2: 20.0, 3: 90.0}, {2: 21.0, 1: 11.0, 4: 0.0}, 0.95)
    assert found["paired"] == {"n": 2, "mean": 1.0, "low": 1.0, "high": 1.0}
    assert found["unpaired"]["mean"] == pytest.approx(32 / 3 - 40)


def test_pairing_that_gains_nothing_is_seen() -> None:
    found = difference({1: 1.0, 2: 2.0, 3: 3.0}, {1: 3.0, 2: 2.0, 3: 1.0}, 0.95)
    assert found["variance_ratio"] == 2
    assert (found["by_chance"], found["stands"]) == (1.0, None)
    assert found["differs"] is False
