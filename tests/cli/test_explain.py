"""``emsim explain``: ids of all sorts, exit codes, text and JSON."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import sim
from tests.cli.conftest import Emsim


@pytest.fixture(scope="module")
def table(plain_run: Path) -> pd.DataFrame:
    return sim.load_run(plain_run).messages_table


def first(table: pd.DataFrame, **wanted: str) -> int:
    """The id of the first message with these values."""
    for name, value in wanted.items():
        table = table[table[name] == value]
    return int(table["message_id"].iloc[0])


def test_a_refused_message(emsim: Emsim, plain_run: Path, table: pd.DataFrame) -> None:
    message = first(table, outcome="refused")
    answer = emsim("explain", plain_run, message)
    assert (answer.code, answer.error) == (0, "")
    assert answer.out.startswith(f"Message {message}: refused ")
    assert "FAILED" in answer.out
    assert "Earliest Send that would go at once: " in answer.out


def test_json_is_one_document(emsim: Emsim, plain_run: Path, table: pd.DataFrame) -> None:
    message = first(table, system="cuba", outcome="sent")
    data = json.loads(emsim("explain", plain_run, message, "--json").out)
    assert (data["run"], data["message"], data["outcome"]) == (str(plain_run), str(message), "sent")
    assert data["agrees"] is True
    assert data["moments"][0]["checks"][0]["passed"] is True


def test_a_suppressed_one_by_its_id_below_0_and_by_name(
    emsim: Emsim, plain_run: Path, table: pd.DataFrame
) -> None:  # fmt: skip
    row = table[table["outcome"] == "suppressed"].iloc[0]
    by_id = json.loads(emsim("explain", plain_run, row["message_id"], "--json").out)
    night = row["issued_at"].tz_convert("Australia/Sydney").date().isoformat()
    name = f"{row['customer_id']}/{row['template']}/{night}"
    by_name = json.loads(emsim("explain", "--json", plain_run, name).out)
    assert by_id["message"] == str(row["message_id"])
    assert by_name["message"] == name
    assert by_id["summary"] == by_name["summary"]
    assert by_id["outcome"] == "suppressed"
    assert by_id["moments"][0] == by_name["moments"][0]


def test_a_narrow_terminal(
    emsim: Emsim, plain_run: Path, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "80")
    out = emsim("explain", plain_run, first(table, system="pluto", outcome="sent")).out
    assert max(len(line) for line in out.split("\n")) <= 80


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("999999", r"no message 999999 \(the run has [\d,]+, from 1 to \d+; near it: [\d, ]+\)"),
        ("0", r"no message 0 \(the run has [\d,]+, from 1 to \d+; near it: 1, 2, 3\)"),
        ("-3", r"no suppressed message -3 \(the run has \d+, from -\d+ to -\d+; near it: (-\d+(, )?)+\)"),
        ("7x", r"must be a message's id, the id of a suppressed row \(below 0\), or CUSTOMER/TEMPLATE/DATE .*'7x'\)"),
        ("1/nothing/2026-09-22", r"no nightly message 'nothing' \(allowed: pause_applied, .*\)"),
        ("1/debt_due_soon/2026-02-30", r"no such date \(value '2026-02-30'\)"),
        ("999999/debt_due_soon/2026-09-22", "Centrelink has no customer 999999 in this run"),
    ],
)
def test_what_cannot_be_explained(emsim: Emsim, plain_run: Path, message: str, problem: str) -> None:

    answer = emsim("explain", plain_run, message)
    assert (answer.code, answer.out) == (2, "")
    assert re.fullmatch(rf"emsim: MESSAGE_ID: {problem}\n", answer.error), answer.error


def test_a_night_that_was_not(emsim: Emsim, plain_run: Path, table: pd.DataFrame) -> None:
    customer = int(table.loc[table["system"] == "dmis", "customer_id"].iloc[0])
    answer = emsim("explain", plain_run, f"{customer}/debt_due_soon/2026-12-24")
    assert answer.code == 2
    assert answer.error == (
        "emsim: MESSAGE_ID: no nightly run of 2026-12-24 (the run has from 2026-09-21 to 2026-09-26)\n"
    )


def test_what_is_no_plain_run(emsim: Emsim, tmp_path: Path) -> None:
    assert emsim("explain", "nowhere", 1).error == "emsim: nowhere: no such run folder\n"
    assert emsim("explain", tmp_path, 1).code == 2


def test_an_unknown_option_is_not_taken_for_an_id(emsim: Emsim, plain_run: Path) -> None:
    answer = emsim("explain", plain_run, 1, "--jsn")
    assert (answer.code, answer.out) == (2, "")


def test_the_same_in_python(plain_run: Path, table: pd.DataFrame) -> None:
    run = sim.load_run(plain_run)
    message = first(table, outcome="refused")
    told = run.explain(message)
    assert told.outcome == "refused"
    assert str(told).startswith(f"Message {message}: refused ")
    with pytest.raises(ValueError, match="no message 999999"):
        run.explain(999999)
