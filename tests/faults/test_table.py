"""The kill table: its words, its JSON, time-outs, and what survives."""

import json
import os
import time
from pathlib import Path

import pytest

from fakes.broken import FAULTS, Fault
from fakes.machinery import OURS
from fakes.pluto import Pluto
from sim.errors import InputError
from sim.faults import table
from sim.faults.table import Verdict, chosen, kill_table
from sim.messages import Decision, Request
from tests.cli.conftest import Emsim

SUITE = Path(__file__).parents[2] / "scenarios" / "rules" / "limits" / "sixth_of_a_day_is_refused.yaml"


class _Hangs(Pluto):
    """It never answers."""

    def handle(self, request: Request, now: int) -> Decision:
        while True:
            time.sleep(1)


class _Fails(Pluto):
    """It falls over in the middle of everything."""

    def next_due(self) -> int | None:
        os._exit(7)


def planted(name: str, machinery: object = OURS, why: str = "") -> Fault:
    return Fault(name, "cs-daily-limit", "Planted for this test.", machinery, why)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit's side is tried in test_kills.py; here it answers at once."""

    def answer(fault: Fault, ours: object, *, quick: bool) -> dict[str, str]:
        return {"cs-daily-limit": "desk"} if fault.name == "six_a_day" else {}

    monkeypatch.setattr(table.trial, "rules_that_notice", answer)
    monkeypatch.setattr(table, "_our_loads", dict)


def test_what_catches_a_fault_and_what_does_not() -> None:
    faults = [FAULTS["six_a_day"], planted("none"), planted("hidden", why="Nobody sees it.")]
    caught, none, hidden = kill_table(faults, SUITE, workers=2)
    assert (caught.suite, caught.audit, caught.is_killed) == ("killed", "killed", True)
    assert caught.by[0].endswith("sixth_of_a_day_is_refused.yaml::Sydney")
    assert caught.by[-1] == "cs-daily-limit (audit, load desk)"
    assert (none.suite, none.audit, none.by, none.is_killed) == ("survived", "survived", (), False)
    assert (hidden.suite, hidden.audit, hidden.is_killed) == ("survived", "not_visible", False)


def test_a_system_that_hangs_is_a_time_out_and_stops_nobody() -> None:
    hangs = planted("hangs", OURS._replace(pluto=_Hangs))
    began = time.monotonic()
    caught, late = kill_table([FAULTS["six_a_day"], hangs], SUITE, workers=2, limit_seconds=5)
    assert (late.suite, late.audit, late.is_killed) == ("timeout", "timeout", False)
    assert caught.is_killed
    assert time.monotonic() - began < 30


def test_a_process_that_dies_is_told_apart_from_a_kill() -> None:
    (dead,) = kill_table([planted("dies", OURS._replace(pluto=_Fails))], SUITE)
    assert (dead.suite, dead.audit, dead.problem) == ("failed", "failed", "the process ended")
    assert not dead.is_killed


def test_faults_are_chosen_by_name() -> None:
    assert [fault.name for fault in chosen(["six_a_day"], FAULTS)] == ["six_a_day"]
    assert len(chosen([], FAULTS)) == len(FAULTS)
    with pytest.raises(InputError, match=r"--fault six_per_day: no fault has this name"):
        chosen(["six_per_day"], FAULTS)


def test_the_json_of_a_fault_is_that_of_the_contract() -> None:
    plain = Verdict("a", "cs-once", "killed", "not_visible", ("x",), "What.", "Why.").plain()
    assert plain == {
        "rule": "cs-once", "suite": "killed", "audit": "not_visible", "by": ["x"], "what": "What.",
        "why_not_visible": "Why.",
    }  # fmt: skip


def test_the_command_prints_the_table_or_one_document(emsim: Emsim) -> None:
    answer = emsim("faults", SUITE, "--fault", "six_a_day", "--workers", 1)
    assert answer.code == 0
    assert "six_a_day" in answer.out
    assert "Suite: 1 killed, 0 survived, 0 timeout." in answer.out
    answer = emsim("faults", SUITE, "--fault", "six_a_day", "--fault", "never_asks", "--json")
    found = json.loads(answer.out)["faults"]
    assert list(found) == ["six_a_day", "never_asks"]
    assert found["six_a_day"]["suite"] == "killed"
    assert answer.code == 1, "never_asks survives in a suite of one scenario and in an audit that says nothing"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "six"), "emsim: --fault six: no fault has this name"),
        (("no/such/folder",), "emsim: no/such/folder: no such folder or file of scenarios"),
        ((".",), "emsim: .: holds no scenario"),
    ],
)
def test_bad_input_is_told_in_one_line(emsim: Emsim, words: tuple[str, ...], said: str) -> None:
    answer = emsim("faults", *words)
    assert answer.code == 2
    assert answer.error.startswith(said)
    assert answer.error.count("\n") == 1
    assert answer.out == ""
