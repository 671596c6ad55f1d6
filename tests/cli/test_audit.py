"""``emsim audit``: on run folders and on files, its exit codes, and one clear line for everything that is wrong."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Emsim


class TestAudit:
    def test_a_run_folder(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder, "--json")
        document = json.loads(answer.out)
        saved = json.loads((run_folder / "audit.json").read_text(encoding="utf-8"))
        assert answer.code == 0
        assert document == {name: part for name, part in saved.items() if name != "schema"}
        wanted = {"verdict", "cases", "breaches", "unjudged", "why_unknown", "evidence"}
        assert all(wanted <= rule.keys() for rule in document["rules"].values())

    def test_a_set_value_goes_on_top_of_the_saved_policy(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder, "--set", "cs-daily-limit.limit=0", "--json")
        rule = json.loads(answer.out)["rules"]["cs-daily-limit"]
        assert answer.code == 1
        assert rule["verdict"] == "fail"
        assert rule["breaches"] > 0
        assert {"customer_id", "messages", "why"} <= rule["evidence"][0].keys()

    def test_the_messages_table_alone(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder / "messages.parquet", "--json")
        rules = json.loads(answer.out)["rules"]
        assert answer.code == 0, answer.error
        assert rules["cs-send-window"]["verdict"] == "pass"
        assert rules["cs-send-window"]["cases"] > 0
        assert rules["cs-preview"]["verdict"] == "unknown"
        assert "cs-preview" in answer.error, "an unknown is announced"
        assert emsim("audit", run_folder / "messages.parquet", "--json", "--strict").code == 1

    def test_tables_are_in_plain_words(self, emsim: Emsim, run_folder: Path) -> None:
        answer = emsim("audit", run_folder)
        assert f"Audit of {run_folder}"[:60] in answer.out
        assert "cs-send-window" in answer.out
        assert "Verdict: " in answer.out
        assert "do not decide it" in answer.out

    def test_targets_let_procedures_decide(self, emsim: Emsim, run_folder: Path) -> None:
        rules = json.loads(emsim("audit", run_folder, "--json").out)["rules"]
        procedures = [name for name, rule in rules.items() if rule["enforced_by"] == "procedure"]
        broken = next(name for name in procedures if 0 < rules[name]["breaches"] < rules[name]["cases"])
        assert emsim("audit", run_folder, "--target", f"{broken}=0").code == 1
        assert emsim("audit", run_folder, "--target", f"{broken}=1").code == 0

    def test_junit_has_a_test_case_a_rule(self, emsim: Emsim, run_folder: Path) -> None:
        document = json.loads(emsim("audit", run_folder, "--json", "--junitxml", "audit.xml").out)
        cases = ElementTree.parse("audit.xml").getroot().iter("testcase")
        names = [f"{case.get('classname')} {case.get('name')}" for case in cases]
        assert len(names) == len(document["rules"])
        assert all(any(rule in name for name in names) for rule in document["rules"])

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            (["nowhere"], "nowhere: no such run folder or messages file"),
            (["empty"], "empty: holds no manifest.json"),
            (["RUN", "--customers", "file.csv"], "--customers: is for messages files"),
            (["RUN", "--times-in", "Australia/Perth"], "--times-in: is for messages files"),
            (["RUN", "--map", "sent_at=Sent"], "--map: is for messages files"),
            (["RUN", "--set", "staff.officers=3"], "staff.officers: unknown policy value"),
            (["RUN", "--set", "cs-daily-limit.limit=x"], "cs-daily-limit.limit: must be a whole number"),
            (["RUN", "--target", "cs-precall"], "--target: must look like RULE=RATE"),
            (["RUN", "--target", "cs-precall=often"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-precall=1.1"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-precall=nan"], "--target cs-precall: the rate must be a number from 0 to 1"),
            (["RUN", "--target", "cs-once=0.1"], "--target cs-once: is not a procedure rule"),
            (["RUN", "--junitxml", "nowhere/audit.xml"], "nowhere/audit.xml: cannot be written"),
            (["file.csv"], "file.csv"),
            (["file.csv", "--map", "sent_at"], "--map: must look like OURS=THEIRS"),
            ([], "RUN_OR_MESSAGES"),
        ],
    )
    def test_bad_input_is_one_line(self, emsim: Emsim, run_folder: Path, words: list[str], complaint: str) -> None:
        Path("empty").mkdir()
        Path("file.csv").write_bytes(b"")
        answer = emsim("audit", *(run_folder if word == "RUN" else word for word in words))
        assert answer.code == 2
        assert answer.out == ""
        assert complaint in answer.error
        assert answer.error.count("\n") == 1
        assert sorted(os.listdir()) == ["empty", "file.csv"]
