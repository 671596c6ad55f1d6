"""Policies with a start date: what a load says of them, what a command line makes of it, and what cannot be."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.clock import instant
from sim.errors import InputError
from sim.scenario.changes import Change, as_changes, check_changes, policies
from sim.scenario.load import Load, load_file

LOAD = """\
emsim: 1
kind: load
name: changing
title: A load whose policy changes
start: 2026-10-19
days: 28
customers: 100
seed: 3
policy:
  cs-daily-limit.limit: 6
changes:
  - from: 2026-11-01
    policy: {cs-daily-limit.limit: 4}
  - from: 2026-10-26
    policy:
      cs-send-window.closes: "19:00"
      cs-hourly-confirmation.minutes: 30
"""
WINDOW = {"cs-send-window.closes": "19:00", "cs-hourly-confirmation.minutes": 30}
LIMIT = {"cs-daily-limit.limit": 4}


def written(folder: Path, text: str = LOAD) -> Path:
    path = folder / "changing.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def values(load: Load) -> list[tuple[int, str, int]]:
    """The limit, the closing and the confirmation's minutes of each policy of a load."""
    names = ("cs-daily-limit.limit", "cs-send-window.closes", "cs-hourly-confirmation.minutes")
    every = [load.read_policy(), *(policy for _, policy in load.changed_policies())]
    return [tuple(policy.value(name) for name in names) for policy in every]  # type: ignore[misc]


def test_changes_come_in_order_of_time_each_on_top_of_those_before(tmp_path: Path) -> None:
    load = load_file(written(tmp_path))
    assert load.changes == (Change(date(2026, 10, 26), WINDOW), Change(date(2026, 11, 1), LIMIT))
    assert values(load) == [(6, "20:00", 60), (6, "19:00", 30), (4, "19:00", 30)]


def test_a_change_begins_at_midnight_in_agency_time(tmp_path: Path) -> None:
    # The second day of daylight saving, and an ordinary one before it.
    text = (
        LOAD.replace("2026-10-19", "2026-09-28").replace("2026-10-26", "2026-10-03").replace("2026-11-01", "2026-10-05")
    )
    instants = [starts for starts, _ in load_file(written(tmp_path, text)).changed_policies()]
    assert instants == [instant("2026-10-03T00:00:00+10:00"), instant("2026-10-05T00:00:00+11:00")]


@pytest.mark.parametrize(
    ("overrides", "found"),
    [
        ({}, [(6, "20:00", 60), (6, "19:00", 30), (4, "19:00", 30)]),
        ({"sets": {"cs-daily-limit.limit": 3}}, [(3, "20:00", 60), (3, "19:00", 30), (4, "19:00", 30)]),
        ({"days": 13}, [(6, "20:00", 60), (6, "19:00", 30)]),  # 31 October is the last day
        ({"days": 14}, [(6, "20:00", 60), (6, "19:00", 30), (4, "19:00", 30)]),
        ({"start": "2026-10-26"}, [(6, "19:00", 30), (4, "19:00", 30)]),  # in force from the first day on
        ({"start": "2026-10-25"}, [(6, "20:00", 60), (6, "19:00", 30), (4, "19:00", 30)]),
        ({"start": "2026-11-02"}, [(4, "19:00", 30)]),
        ({"start": "2026-11-02", "sets": {"cs-daily-limit.limit": 3}}, [(3, "19:00", 30)]),
        ({"changes": ()}, [(6, "20:00", 60)]),
        ({"changes": (Change(date(2026, 11, 2), {"cs-daily-limit.limit": 2}),)}, [(6, "20:00", 60), (2, "20:00", 60)]),
    ],
)
def test_what_a_command_line_makes_of_it(
    tmp_path: Path, overrides: Mapping[str, Any], found: list[tuple[int, str, int]]
) -> None:
    assert values(load_file(written(tmp_path)).with_overrides(**overrides)) == found


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("2026-11-01", "2026-11-16", "12: changes[0].from: must lie within the run, after its first day: 2026-10-20 to "
         "2026-11-15 (value 2026-11-16)"),
        ("2026-11-01", "2026-10-19", "12: changes[0].from: must lie within the run, after its first day: 2026-10-20 to "
         "2026-11-15 (value 2026-10-19)"),
        ("2026-11-01", "2026-10-26", "14: changes[1].from: another change has this date (value 2026-10-26)"),
        ("2026-11-01", "1 November", "12: changes[0].from: must be a date such as 2026-11-01 (value '1 November')"),
        ("limit: 4}", "limit: -1}", "13: changes[0].policy.cs-daily-limit.limit: must be a whole number from 0 to 1000 "
         "(value -1)"),
        ("{cs-daily-limit.limit: 4}", "{staff.officers: 4}", "13: changes[0].policy.staff.officers: is a parameter: "
         "only values of the policy can change within a run"),
        ("{cs-daily-limit.limit: 4}", "{cs-bounce-back.run_at: 05:00}", "13: changes[0].policy.cs-bounce-back.run_at: "
         "holds for a whole run (the agenda of a run is made by it); write it under policy"),
        ("{cs-daily-limit.limit: 4}", "{dr-eligibility.due_soon_to_days: 7}", "13: changes[0].policy.dr-eligibility."
         "due_soon_to_days: holds for a whole run (who is near a condition is worked out from it); write it under "
         "policy"),
        ("{cs-daily-limit.limit: 4}", "{cs-opt-out.text: No}", "13: changes[0].policy.cs-opt-out.text: is exact words "
         "and cannot be set for a run"),
        ('"19:00"', '"07:00"', "16: changes[1].policy.cs-send-window.closes: must be after cs-send-window.opens "
         "(08:00) (value 07:00)"),
        ("{cs-daily-limit.limit: 4}", "{}", "13: changes[0].policy: must have at least 1 item(s) (value {})"),
        ("policy: {cs", "values: {cs", "12: changes[0].policy: is missing (and 1 more)"),
    ],
)  # fmt: skip
def test_changes_that_cannot_be(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert LOAD.count(old) == 1
    path = written(tmp_path, LOAD.replace(old, new))
    with pytest.raises(InputError) as raised:
        load_file(path)
    assert str(raised.value) == f"{path}:{error}"


@pytest.mark.parametrize("day", ["2026-10-20", "2026-11-15"])
def test_the_first_and_the_last_date_of_a_change(tmp_path: Path, day: str) -> None:
    load = load_file(written(tmp_path, LOAD.replace("2026-11-01", day)))
    assert day in {change.start.isoformat() for change in load.changes}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([{"from": "2026-11-01"}], "changes[0]: must have from and policy (value {'from': '2026-11-01'})"),
        ([{"from": "2026-11-01", "policy": 4}], "changes[0]: must have from and policy"),
        ([{"from": "soon", "policy": LIMIT}], "changes[0].from: must be a date such as 2026-11-01 (value 'soon')"),
    ],
)
def test_changes_of_a_notebook_that_cannot_be(given: list[dict[str, Any]], error: str) -> None:
    with pytest.raises(InputError) as raised:
        as_changes(given)
    assert str(raised.value).startswith(error)


def test_changes_of_a_notebook() -> None:
    given = as_changes([{"from": date(2026, 11, 1), "policy": LIMIT}, {"from": "2026-10-26", "policy": WINDOW}])
    found = check_changes({}, given, date(2026, 10, 19), 28)
    assert [change.start.day for change in found] == [26, 1]
    assert [policy.value("cs-daily-limit.limit") for _, policy in policies({}, found)] == [5, 4]
