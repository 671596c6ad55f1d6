"""``emsim validate``: files and folders of every kind, and what is wrong with each."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Emsim
from tests.scenario.builder import ONE, write

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
LOAD = "emsim: 1\nkind: load\nname: a\ntitle: A\nstart: 2026-07-06\ndays: 3\ncustomers: 80\nseed: 4\n"
SYSTEM = "emsim: 1\nkind: system\nurl: http://127.0.0.1:8080\n"
EXPERIMENT = (
    "emsim: 1\nkind: experiment\nname: a\ntitle: A\nbase: {load: four_weeks}\nfactors: {staff.officers: [9, 10]}\n"
    "design: grid\nreplications: 2\nmetrics: [sent]\n"
)
EACH = {"scenario": ONE, "load": LOAD, "system": SYSTEM, "experiment": EXPERIMENT}


def test_files_of_every_kind(emsim: Emsim, tmp_path: Path) -> None:
    for kind, text in EACH.items():
        write(tmp_path, text, f"{kind}.yaml")
    answer = emsim("validate", *(f"{kind}.yaml" for kind in EACH))
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "scenario.yaml: 1 scenario", "load.yaml: load", "system.yaml: system", "experiment.yaml: experiment",
        "4 files (1 scenarios): all can be used",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        ("scenario", "customer: ana", "customer: bob", ":9: steps[0].send.customer: unknown customer 'bob'"),
        ("scenario", "kind: scenario", "kind: scenaro",
         ":2: kind: must be one of scenario, load, experiment, system (value 'scenaro')"),
        ("scenario", "emsim: 1", "emsim: 2", ":1: emsim: must be 1 (value 2)"),
        ("scenario", "emsim: 1", "emsim: true", ":1: emsim: must be 1 (value True)"),
        ("load", "days: 3", "days: 0", ":6: days: must be at least 1 (value 0)"),
        ("system", "127.0.0.1", "example.org", ":3: url: only loopback addresses are allowed"),
        ("experiment", "metrics: [sent]", "metrics: [sents]", ":9: metrics[0]: unknown metric"),
    ],
)  # fmt: skip
def test_each_error_is_one_line_with_its_place(
    emsim: Emsim, tmp_path: Path, kind: str, old: str, new: str, said: str
) -> None:
    assert old in EACH[kind]
    write(tmp_path, EACH[kind].replace(old, new), "bad.yaml")
    write(tmp_path, ONE, "good.yaml")
    answer = emsim("validate", "bad.yaml", "good.yaml")
    assert answer.code == 2
    first, second, last = answer.out.splitlines()
    assert first.startswith(f"bad.yaml{said}")
    assert second == "good.yaml: 1 scenario"
    assert last == "2 files (1 scenarios): 1 cannot be used"


def test_the_json_has_the_parts_of_an_error(emsim: Emsim, tmp_path: Path) -> None:
    write(tmp_path, LOAD.replace("days: 3", "days: 0"), "bad.yaml")
    write(tmp_path, ONE, "good.yaml")
    answer = emsim("validate", "good.yaml", "bad.yaml", "--json")
    assert answer.code == 2
    good, bad = json.loads(answer.out)["files"]
    assert good == {"file": "good.yaml", "kind": "scenario", "scenarios": 1, "error": None}
    text = "bad.yaml:6: days: must be at least 1 (value 0)"
    error = {"line": 6, "field": "days", "problem": "must be at least 1 (value 0)", "text": text}
    assert bad == {"file": "bad.yaml", "kind": "load", "scenarios": 0, "error": error}


def test_a_folder_is_searched_for_files_of_ours(emsim: Emsim, tmp_path: Path) -> None:
    deep = tmp_path / "mine" / "deep"
    deep.mkdir(parents=True)
    write(deep, ONE, "a.yaml")
    write(deep, "# a comment\n\n" + LOAD, "b.yml")
    write(deep, "openapi: 3.1.0\nemsim: 1\n", "theirs.yaml")
    write(deep, "emsim: 3\n", "newer.yaml")
    answer = emsim("validate", "mine")
    assert answer.code == 2
    assert [line.partition(":")[0] for line in answer.out.splitlines()[:-1]] == [
        "mine/deep/a.yaml", "mine/deep/b.yml", "mine/deep/newer.yaml",
    ]  # fmt: skip


def test_a_folder_without_any_is_bad_input(emsim: Emsim, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = emsim("validate", "empty")
    assert answer == (2, "", "emsim: empty: there is no file in it that begins with emsim: 1\n")


def test_whatever_ships_can_be_used(emsim: Emsim, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "scenarios")
    answer = emsim("validate", "scenarios", "--json")
    assert answer.code == 0
    rows = json.loads(answer.out)["files"]
    kinds = [row["kind"] for row in rows]
    assert {"scenario", "load", "experiment", "system"} == set(kinds)
    assert sum(row["scenarios"] for row in rows) >= 300
