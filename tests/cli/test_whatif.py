"""``emsim whatif``: what other values would have changed, on the terminal, as JSON, as a picture and as a scenario."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Emsim
from tests.replay.conftest import run_folder
from tests.replay.test_foreign import row, written

LIMIT = ("--set", "cs-daily-limit.limit=4")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six messages to one customer on one day."""
    return written(tmp_path, *(row(str(hour), f"{hour:02d}:30:00") for hour in (8, 10, 12, 14, 16, 18)))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_on_the_terminal(emsim: Emsim, log: Path) -> None:
    code, out, error = emsim("whatif", log.name, *LIMIT)
    assert (code, error) == (0, "")
    text = flat(out)
    assert "log.csv: 6 messages to 1 customers, replayed" in text
    assert "Under the policy in force our systems decide 5 of them as the log says." in text
    assert "the log sends it at once, our system refuses it (daily limit)." in text
    assert "1 customers of whom no record was given" in text
    assert "With cs-daily-limit.limit = 4, 1 of 6 messages (16.67%) to 1 customers" in text
    assert "1 refused (by cs-daily-limit 1)" in text
    assert "Australia/Perth 1 1" in text
    assert "2026-10-06 1 1" in text


def test_as_json(emsim: Emsim, log: Path) -> None:
    code, out, _ = emsim("whatif", log.name, *LIMIT, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["changed"]["by_zone"] == {"Australia/Perth": {"refused": 1}}
    (one,) = found["differences"]
    assert (one["message"], one["asked_at"], one["change"]) == ("16", "2026-10-06T08:30:00.000Z", "refused")
    assert found["agreement"]["differ"] == {"refused": 1}
    assert found["agreement"]["messages"][0]["message"] == "18"
    assert found["scenario"] is None
    assert {"what", "count"} == set(found["assumed"][0])


def test_a_picture_and_a_scenario_are_written(emsim: Emsim, log: Path, tmp_path: Path) -> None:
    code, out, error = emsim("whatif", log.name, *LIMIT, "--plot", "w.png", "--scenario-out", "w.yaml", "--json")
    assert code == 0
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")
    assert error == "emsim: w.yaml shows message 16; try: pytest w.yaml\n"
    assert json.loads(out)["scenario"]["message"] == "16"
    code, out, _ = emsim("validate", "w.yaml")
    assert (code, out) == (0, "w.yaml: 1 scenario\n")
    text = (tmp_path / "w.yaml").read_text(encoding="utf-8")
    assert "policy: {cs-daily-limit.limit: 4}" in text
    assert text.count("send: ") == 5


def test_no_scenario_of_no_difference(emsim: Emsim, log: Path, tmp_path: Path) -> None:
    code, _, error = emsim("whatif", log.name, "--set", "cs-daily-limit.limit=5", "--scenario-out", "w.yaml")
    assert (code, error) == (0, "emsim: nothing differs, so no scenario was written\n")
    assert not (tmp_path / "w.yaml").exists()


def test_a_run_folder(emsim: Emsim, tmp_path: Path) -> None:
    run_folder(tmp_path / "run", customers=150, days=3)
    code, out, _ = emsim("whatif", "run", "--set", "cs-send-window.closes=18:00", "--json")
    found = json.loads(out)
    assert (code, found["kind"], found["assumed"]) == (0, "run", [])
    assert found["agreement"]["differ"] == {}
    assert found["changed"]["changes"]["held"] > 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("missing.csv", *LIMIT), "missing.csv: no such run folder or messages file"),
        (("log.csv", "--set", "cs-daily-limit.limits=4"), "cs-daily-limit.limits: unknown value of the rule"),
        (("log.csv", "--set", "cs-daily-limit.limit=-1"), "cs-daily-limit.limit: must be a whole number from 0"),
        (("log.csv", "--set", "cs-daily-limit.limit"), "--set: must look like NAME=VALUE"),
        (("log.csv", "--set", "staff.officers=4"), "staff.officers: is a parameter of the simulation"),
        (("log.csv", "--plot", "w.png"), "--plot: there is nothing to draw without --set"),
        (("log.csv", *LIMIT, "--plot", "no/w.png"), "no/w.png: cannot be written"),
        (("log.csv", *LIMIT, "--scenario-out", "no/w.yaml"), "no/w.yaml: cannot be written"),
        (("log.csv", *LIMIT, "--scenario-out", "w.txt"), "w.txt: must end in .yaml or .yml"),
        (("log.csv", *LIMIT, "--scenario-out", "there.yaml"), "there.yaml: is there already"),
        (("log.csv", *LIMIT, "--customers", "nobody.csv"), "nobody.csv: no such file"),
        (("log.csv", *LIMIT, "--map", "sent_at=Gone"), "no column 'Gone' for sent_at"),
        (("short.csv", *LIMIT), "short.csv:1: required columns are missing: system"),
        (("folder", *LIMIT), "folder"),
    ],
)
def test_bad_input(emsim: Emsim, log: Path, tmp_path: Path, words: tuple[str, ...], problem: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "there.yaml").write_text("mine\n", encoding="utf-8")
    (tmp_path / "short.csv").write_text("message_id,customer_id\n1,70\n", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, error = emsim("whatif", *words)
    assert (code, out) == (2, "")
    assert problem in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "there.yaml").read_text(encoding="utf-8") == "mine\n"
