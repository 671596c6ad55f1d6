"""A load whose policy changes, from the command line: run with its twin, audited, and shown by ``emsim rules``."""

import json
from pathlib import Path

import pytest

import sim
from sim.cli import output
from tests.cli.conftest import Emsim

LOAD = """\
emsim: 1
kind: load
name: changing
title: A limit of one from Thursday on
start: 2026-09-28
days: 5
customers: 150
seed: 3
programmes: [child_support]
parameters:
  work.payment_per_year: 30.0
  work.information_request_per_year: 30.0
changes:
  - from: 2026-10-01
    policy: {cs-daily-limit.limit: 1}
"""


@pytest.fixture(autouse=True)
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "changing.yaml"
    path.write_text(LOAD, encoding="utf-8")
    return path


def test_a_run_with_its_twin(emsim: Emsim) -> None:
    answer = emsim("run", "changing.yaml", "--twin", "--out", "made")
    assert answer.code == 0, answer.error
    for words in (
        "From 2026-10-01: cs-daily-limit.limit = 1", "3 days from 2026-09-28", "less its twin, 2 days from 2026-10-01",
        "Refused by the daily limit", "event by event",
    ):  # fmt: skip
        assert words in answer.out, words
    loaded = sim.load_run("made")
    saved = json.loads(Path("made/metrics.json").read_text(encoding="utf-8"))["before_after"]
    assert loaded.before_after == saved
    assert all("differences" in row for row in saved["rows"])
    assert "The policy changed within the run" in Path("made/report.html").read_text(encoding="utf-8")
    judged = json.loads(emsim("audit", "made", "--json").out)
    assert judged["verdict"] == "pass"
    assert json.loads(Path("made/audit.json").read_text(encoding="utf-8"))["rules"] == judged["rules"]


def test_without_a_twin_the_days_are_compared_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    run = sim.run("changing.yaml")
    assert run.before_after is not None
    output.emit_rich(*output.before_after_parts(run.before_after))
    shown = capsys.readouterr().out
    assert "3 days from 2026-09-28" in shown
    assert "less its twin" not in shown
    assert "emsim run --twin" in shown


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ["run", "changing.yaml", "--twin", "--days", 3],
            "--twin: the policy of this load does not change",
        ),
        (["run", "four_weeks", "--twin"], "--twin: the policy of this load does not change"),
        (["run", "broken.yaml"], "broken.yaml:14: changes[0].from: must lie within the run, after its first day"),
        (["rules", "--load", "nowhere"], "nowhere: no load has this name"),
    ],
)
def test_bad_input_is_one_line(emsim: Emsim, load: Path, words: list[str], complaint: str) -> None:
    Path("broken.yaml").write_text(LOAD.replace("2026-10-01", "2026-10-03"), encoding="utf-8")
    answer = emsim(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert complaint in answer.error
    assert answer.error.count("\n") == 1


def test_the_rules_of_a_load_show_what_changes(emsim: Emsim) -> None:
    answer = emsim("rules", "--load", "changing.yaml", "--set", "cs-unanswered.messages=3")
    limit = answer.out.index("limit = 5 messages a customer")
    assert answer.out.index("from 2026-10-01: 1 messages a customer") > limit
    assert "messages = 3 (default 2)" in answer.out
    document = json.loads(emsim("rules", "--load", "changing.yaml", "--json").out)
    assert document["changes"] == [{"from": "2026-09-30T14:00:00.000Z", "values": {"cs-daily-limit.limit": 1}}]
    plain = json.loads(emsim("rules", "--json").out)
    assert "changes" not in plain
    assert plain["policy_hash"] != document["policy_hash"]
    assert plain["rules"] == document["rules"]
