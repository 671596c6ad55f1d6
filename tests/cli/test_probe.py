"""``emsim probe``: which verbs of a system answer, and which answers break the protocol."""

import json
from pathlib import Path

import pytest

from sim.scenario.systems.protocol import CALLS
from tests.cli.conftest import Emsim
from tests.scenario.builder import http_system


def test_our_systems_answer_every_verb(emsim: Emsim) -> None:
    answer = emsim("probe", "ours", "--json")
    assert (answer.code, answer.error) == (0, "")
    found = json.loads(answer.out)
    assert found["system"] == "ours"
    assert list(found["verbs"]) == list(CALLS)
    assert {one["verdict"] for one in found["verbs"].values()} == {"answers"}
    assert found["verbs"]["send"]["remark"] == "sent, needs_confirmation, needs_confirmation"
    assert found["verbs"]["advance"]["remark"] == "told submitted"
    assert found["verbs"]["receipt"]["remark"] == "told sent_claimed"


def test_a_table_says_what_is_not_supported(emsim: Emsim) -> None:
    answer = emsim("probe", "small")
    assert answer.code == 0
    rows = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in answer.out.splitlines()}
    assert rows["confirm"].split() == ["answers", "sent"]
    assert rows["listing"] == rows["run_batch"] == "not supported"


@pytest.mark.parametrize(
    ("fault", "verdict", "remark"),
    [
        ("unknown_field", "breaks the protocol", "colour: unknown key"),
        ("not_json", "breaks the protocol", "the answer is not JSON"),
        ("slow", "not answered", "did not answer in time"),
    ],
)
def test_what_is_broken_or_late_is_told_and_counts(
    emsim: Emsim, tmp_path: Path, fault: str, verdict: str, remark: str
) -> None:
    answer = emsim("probe", http_system(tmp_path, fault, tries=1), "--json")
    assert answer.code == 1
    found = json.loads(answer.out)["verbs"]
    assert found["send"]["verdict"] == verdict
    assert remark in found["send"]["remark"]
    assert found["preview"]["verdict"] == "answers"
    assert found["confirm"]["verdict"] == "not asked"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody", "SYSTEM: no system has this name (allowed: ours, small, small_http"),
        ("http://192.0.2.1:80", "SYSTEM: only loopback addresses are allowed"),
        ("http://127.0.0.1:9", "SYSTEM: the system does not answer: nothing listens there"),
        ("run: false", "SYSTEM: the system does not answer: its process ended with exit code 1 before it answered"),
    ],
)
def test_a_system_that_is_not_there_is_bad_input(emsim: Emsim, name: str, said: str) -> None:
    answer = emsim("probe", name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.error.startswith(f"emsim: {said}")
    assert len(answer.error.splitlines()) == 1
