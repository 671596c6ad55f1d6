"""The command that makes a run again says all that tells it from the load below."""

import shlex
from pathlib import Path

import pytest

from sim.experiments.experiment import read_experiment
from sim.experiments.replay import command
from tests.experiments.files import changed, experiment, write

LOAD = """emsim: 1
kind: load
name: mine
title: Of my own
start: "2026-09-21"
days: 3
customers: 60
seed: 5
parameters:
  staff.officers: 8
"""


def test_what_the_experiment_and_the_variant_change_is_said(tmp_path: Path) -> None:
    small = experiment(tmp_path)
    words = shlex.split(command(small, small.variants[1], 4, "runs/small-1-seed4"))
    assert words == [
        "emsim", "run", "four_weeks", "--customers", "60", "--days", "3", "--seed", "4", "--set", "staff.officers=7",
        "--out", "runs/small-1-seed4",
    ]  # fmt: skip


def test_what_is_as_in_a_load_of_ones_own_is_not(tmp_path: Path) -> None:
    (tmp_path / "my load.yaml").write_text(LOAD, encoding="utf-8")
    found = read_experiment(write(tmp_path, changed().replace("four_weeks", "my load.yaml")))
    words = shlex.split(command(found, found.variants[0], 5, "out"))
    assert words == ["emsim", "run", str(tmp_path / "my load.yaml"), "--seed", "5", "--out", "out"]


@pytest.mark.parametrize(
    ("factor", "value", "text"),
    [
        ("dr-one-nudge.enabled", "false", "false"),
        ("gateway.delivered_share", "0.123456789", "0.123456789"),
        ("cs-send-window.closes", '"19:00"', "19:00"),
        ("cs-daily-limit.counts", "attempt_day", "attempt_day"),
        ("cs-fdv.processes", "[objection, change_of_care]", "objection,change_of_care"),
    ],
)
def test_values_are_written_as_set_reads_them(tmp_path: Path, factor: str, value: str, text: str) -> None:
    small = read_experiment(write(tmp_path, changed().replace("staff.officers: [7, 8, 9]", f"{factor}: [{value}]")))
    words = shlex.split(command(small, small.variants[1], 1, "out"))
    assert f"{factor}={text}" in words
    ours, again = (small.load.with_overrides(sets=sets) for sets in (small.variants[1].sets, {factor: text}))
    assert again.read_policy().hash() == ours.read_policy().hash()
    assert again.read_parameters().hash() == ours.read_parameters().hash()
