"""``emsim readings``: the questions for a policy owner on the terminal and as JSON, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Emsim
from tests.replay.conftest import run_folder
from tests.replay.test_questions import SMALL


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_questions_on_the_terminal(emsim: Emsim, small: Path) -> None:
    code, out, error = emsim("readings", small)
    assert (code, error) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert any(
        line.startswith("cs-send-window.release next_day next_opening 1 1 1: 24 h, at most 24 h") for line in lines
    )
    assert "1 of 3 messages (33.33%) to 1 of 2 customers come out differently: 1 held less" in " ".join(lines)
    assert "Customer 1 in Perth" in out
    assert "No difference here:" in out
    assert "dr-vulnerable.kinds = nudges_only" in " ".join(lines)


def test_one_rule_as_json(emsim: Emsim, small: Path) -> None:
    code, out, _ = emsim("readings", small, "--rule", "cs-hourly-confirmation", "--json")
    found = json.loads(out)
    assert code == 0
    assert [question["name"] for question in found["questions"]] == [
        "cs-hourly-confirmation.from", "cs-hourly-confirmation.boundary",
    ]  # fmt: skip
    boundary = found["questions"][1]["readings"][0]
    assert (boundary["reading"], boundary["changes"], boundary["assumed_to_go_on"]) == ("inclusive", {"asked": 1}, 1)


def test_a_run_folder_is_read_as_it_is(emsim: Emsim, tmp_path: Path) -> None:
    run_folder(tmp_path / "run", customers=300, days=4)
    code, out, _ = emsim("readings", "run", "--rule", "cs-send-window", "--json")
    found = json.loads(out)
    assert (code, found["kind"]) == (0, "run")
    assert found["same_as_recorded"] == found["messages"] > 30
    assert found["questions"][0]["readings"][0]["messages"] > 0


def test_a_closed_loop_tells_the_metrics_that_move(emsim: Emsim) -> None:
    words = ("four_weeks", "--customers", 300, "--days", 3, "--rule", "cs-send-window", "--closed-loop")
    code, out, _ = emsim("readings", *words)
    assert code == 0
    text = " ".join(out.split())
    assert "simulated anew under each reading" in text
    assert "messages were matched by their cause" in text
    assert "metrics that move most: " in text


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("small.yaml", "--rule", "cs-sendwindow"), "--rule: unknown rule 'cs-sendwindow'"),
        (("small.yaml", "--rule", "cs-once"), "--rule: the rule cs-once has no named readings"),
        (("small.yaml", "--closed-loop"), "--closed-loop: only a load can be simulated anew"),
        (("small.yaml", "--days", "3"), "--days: a scenario file names its customers and times"),
        (("small.yaml", "--set", "cs-daily-limit.limit=many"), "cs-daily-limit.limit: must be a whole number"),
        (("no_such_load",), "no load has this name"),
        (("missing.yaml",), "no such file"),
        (("daily.yaml",), "daily.yaml:2: kind: must be scenario or load (value 'experiment')"),
        (("folder",), "folder"),
    ],
)
def test_bad_input(emsim: Emsim, small: Path, tmp_path: Path, words: tuple[str, ...], problem: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "daily.yaml").write_text("emsim: 1\nkind: experiment\nname: daily\n", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, error = emsim("readings", *words)
    assert (code, out) == (2, "")
    assert problem in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
