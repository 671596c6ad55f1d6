"""``compare``: two runs, and two sweeps, side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from sim import folder
from sim.errors import InputError
from sim.experiments.compare import compare
from sim.experiments.experiment import read_experiment
from sim.experiments.sweep import sweep
from tests.experiments.files import changed, write
from tests.experiments.made_up import MadeUp, Told, no_pictures

__all__ = ["no_pictures"]


def run_folder(place: Path, seed: int, **values: float | None) -> Path:
    """What `compare` reads of a run folder."""
    place.mkdir()
    manifest = {"program": "emsim", "schema": folder.SCHEMA, "seed": seed, "load": {"name": "four_weeks"}}
    folder.write_json(place / folder.MANIFEST, manifest)
    metrics = {name: {"unit": "hours", "what": "A wait.", "values": {"all": value}} for name, value in values.items()}
    folder.write_json(place / folder.METRICS, {"schema": 1, "metrics": metrics})
    return place


def swept(place: Path, **changes: str) -> Path:
    place.mkdir()
    sweep(read_experiment(write(place, changed(**changes))), place / "out", MadeUp(), Told())
    return place / "out"


def row(found: dict[str, Any], metric: str, variant: str = "") -> dict[str, Any]:
    (mine,) = [each for each in found["rows"] if (each["metric"], each["variant"]) == (metric, variant)]
    return mine


class TestRuns:
    def test_values_side_by_side_without_intervals(self, tmp_path: Path) -> None:
        first = run_folder(tmp_path / "a", 1, wait=2.0, gone=1.0, nothing=None)
        second = run_folder(tmp_path / "b", 1, wait=2.5, nothing=None, new=4.0)
        found = compare(first, second)
        assert found["kind"] == "runs"
        assert row(found, "wait") == {
            "variant": "", "metric": "wait", "unit": "hours", "first": 2.0, "second": 2.5, "difference": None,
        }  # fmt: skip
        assert (row(found, "gone")["second"], row(found, "new")["first"]) == (None, None)
        assert len(found["rows"]) == 3
        assert len(found["notes"]) == 1

    def test_runs_of_other_seeds_are_said_to_be(self, tmp_path: Path) -> None:
        found = compare(run_folder(tmp_path / "a", 1, wait=2.0), run_folder(tmp_path / "b", 2, wait=2.0))
        assert "They have not the same seed: they differ by more than what was set" in found["notes"]

    def test_what_is_no_run(self, tmp_path: Path) -> None:
        first = run_folder(tmp_path / "a", 1, wait=2.0)
        with pytest.raises(InputError, match="no such run folder"):
            compare(first, tmp_path / "none")
        (first / folder.METRICS).write_text(json.dumps({"metrics": [1]}), encoding="utf-8")
        with pytest.raises(InputError, match="is not what emsim run wrote"):
            compare(first, first)


@pytest.mark.usefixtures("no_pictures")
class TestSweeps:
    def test_a_sweep_differs_in_nothing_from_itself(self, tmp_path: Path) -> None:
        place = swept(tmp_path / "a", replications="4")
        found = compare(place, place)
        assert len(found["rows"]) == 6
        assert all(each["difference"]["paired"]["mean"] == 0 for each in found["rows"])
        assert all(each["difference"]["differs"] is False for each in found["rows"])

    def test_variants_are_compared_seed_by_seed(self, tmp_path: Path) -> None:
        """What stands second in one file stands third in the other, and is 2 hours longer there."""
        first = swept(tmp_path / "a", replications="4", design="one_at_a_time")
        text = changed(replications="5").replace("[7, 8, 9]", "[6, 7]")
        (tmp_path / "b").mkdir()
        sweep(read_experiment(write(tmp_path / "b", text)), tmp_path / "b" / "out", MadeUp(), Told())
        found = compare(first, tmp_path / "b" / "out")
        assert {each["variant"] for each in found["rows"]} == {"as it is", "staff.officers=7"}
        mine = row(found, "work_wait_median", "staff.officers=7")["difference"]
        assert mine["paired"]["n"] == 4
        assert (mine["paired"]["low"], mine["paired"]["high"]) == pytest.approx((2, 2))
        assert mine["differs"] is True
        assert row(found, "work_wait_median", "as it is")["difference"]["differs"] is False

    def test_what_differs_besides_is_said(self, tmp_path: Path) -> None:
        first, second = swept(tmp_path / "a"), swept(tmp_path / "b", seed="100")
        notes = compare(first, second)["notes"]
        assert "They have not the same load: the variants differ by that as well" in notes
        assert "They have no seed in common: only the unpaired interval says anything" in notes

    def test_what_only_one_of_them_has_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "b").mkdir()
        text = changed().replace("  - sent[pluto]\n", "  - sent\n").replace("[7, 8, 9]", "[7, 8]")
        sweep(read_experiment(write(tmp_path / "b", text)), tmp_path / "b" / "out", MadeUp())
        notes = compare(swept(tmp_path / "a"), tmp_path / "b" / "out")["notes"]
        assert "Only in one of them: the variants staff.officers=9" in notes
        assert "Only in one of them: the metrics sent[pluto], sent" in notes

    def test_differences_are_judged_together(self, tmp_path: Path) -> None:
        """Two hours more in every run of one variant stand among all differences; nothing else differs."""
        first = swept(tmp_path / "a", replications="5")
        (tmp_path / "b").mkdir()
        text = changed(replications="5").replace("[7, 8, 9]", "[6, 7]")
        sweep(read_experiment(write(tmp_path / "b", text)), tmp_path / "b" / "out", MadeUp())
        found = compare(first, tmp_path / "b" / "out")
        assert row(found, "work_wait_median", "staff.officers=7")["difference"]["stands"] is True
        assert row(found, "work_wait_median", "as it is")["difference"]["stands"] is False
        assert any("by chance alone about 0.2 of them" in note for note in found["notes"])

    def test_a_run_and_a_sweep_cannot_be_compared(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="compare two runs or two sweeps"):
            compare(swept(tmp_path / "a"), run_folder(tmp_path / "b", 1, wait=2.0))

    def test_nothing_in_common(self, tmp_path: Path) -> None:
        first = swept(tmp_path / "a")
        text = changed().replace("  - work_wait_median\n  - sent[pluto]\n", "").replace("metrics:", "metrics: [sent]")
        sweep(read_experiment(write(tmp_path, text)), tmp_path / "b", MadeUp(), Told())
        with pytest.raises(InputError, match="has no metric in common"):
            compare(first, tmp_path / "b")
