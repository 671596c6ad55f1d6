"""``emsim fit``: from a log to a load that runs, and one clear line for everything that is wrong."""

import json
import os
from pathlib import Path

import pytest

from sim.scenario.load import load_file
from tests.cli.conftest import Emsim

EXPORT = Path(__file__).parents[1] / "audit" / "data" / "by_hand.csv"


class TestFit:
    def test_a_run_becomes_a_load_that_runs(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("fit", run_folder, "--out", "fitted.yaml", "--check-customers", 60, "--json")
        document = json.loads(answer.out)
        assert answer.code == 0, answer.error
        assert document["customers"] == 600
        assert (document["out"], document["picture"]) == ("fitted.yaml", "fitted.png")
        assert document["check"]["customers"] == 60
        for name, row in document["fitted"].items():
            assert {"value", "low", "high", "n", "default", "unit", "method"} <= row.keys(), name
        assert Path("fitted.png").read_bytes().startswith(b"\x89PNG")
        fitted = {name: row["value"] for name, row in document["fitted"].items()}
        assert load_file(Path("fitted.yaml")).parameters == fitted
        run = emsim("run", "fitted.yaml", "--customers", 60, "--days", 2, "--out", "again", "--json")
        assert run.code == 0, run.error
        sets = json.loads(Path("again/manifest.json").read_text(encoding="utf-8"))["sets"]
        assert sets["parameters"] == fitted

    def test_an_export_in_plain_words(self, emsim: Emsim) -> None:
        answer = emsim("fit", EXPORT)
        assert answer.code == 0, answer.error
        assert sorted(os.listdir()) == ["fitted-by_hand.png", "fitted-by_hand.yaml"]
        for words in ("95% interval", "Not fitted: work.office_hours_share", "the check", "--population", "emsim run"):
            assert words in answer.out
        assert "assumed" in answer.out

    def test_only_an_earlier_fit_is_replaced(self, emsim: Emsim) -> None:
        Path("mine.yaml").write_text("emsim: 1\n", encoding="utf-8")
        for more in ([], ["--force"]):
            answer = emsim("fit", EXPORT, "--out", "mine.yaml", *more)
            assert answer.code == 2
            assert "mine.yaml: exists and was not written by emsim fit" in answer.error
        assert Path("mine.yaml").read_text(encoding="utf-8") == "emsim: 1\n"
        assert emsim("fit", EXPORT).code == 0
        assert "fitted-by_hand.yaml: exists; add --force" in emsim("fit", EXPORT).error
        assert emsim("fit", EXPORT, "--force").code == 0

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            (["nowhere"], "nowhere: no such run folder or messages file"),
            (["empty"], "empty: holds no manifest.json"),
            (["RUN", "--customers", "file.csv"], "--customers: is for messages files"),
            (["RUN", "--population", 9], "--population: is for messages files"),
            (["RUN", "--map", "sent_at=Sent"], "--map: is for messages files"),
            (
                ["EXPORT", "--population", 3],
                "--population: the log has more customers than that (value 3; at least",
            ),
            (["EXPORT", "--out", "empty"], "empty: is a folder, not a file"),
            (["EXPORT", "--out", "nowhere/fitted.yaml"], "nowhere/fitted.yaml: cannot be written"),
            (["EXPORT", "--times-in", "Mars"], "Mars"),
            (["EXPORT", "--map", "sent_at"], "--map: must look like OURS=THEIRS"),
            (["EXPORT", "--out", "taken.yaml"], "taken.png: exists, and the picture of the fit would replace it"),
            (["file.csv"], "file.csv: the file is empty"),
            ([], "LOG"),
        ],
    )
    def test_bad_input_is_one_line(self, emsim: Emsim, run_folder: Path, words: list[str], complaint: str) -> None:
        Path("empty").mkdir()
        Path("file.csv").write_bytes(b"")
        Path("taken.png").write_bytes(b"")
        names = {"RUN": run_folder, "EXPORT": EXPORT}
        answer = emsim("fit", *(names.get(word, word) for word in words))
        assert answer.code == 2
        assert answer.out == ""
        assert complaint in answer.error
        assert answer.error.count("\n") == 1
        assert sorted(os.listdir()) == ["empty", "file.csv", "taken.png"]
