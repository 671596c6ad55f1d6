"""A log under other values of the policy: what comes out differently, of whom, when and where."""

from datetime import date
from pathlib import Path

import pytest

import sim
import sim.replay
from sim.clock import AGENCY_ZONE, clock
from sim.errors import InputError
from sim.policy.policy import load_policy
from sim.replay.differences import MEANINGS, Change, compare
from sim.replay.fates import of_history, of_replay
from sim.replay.recordings import audited, changed, of_run
from sim.replay.results import Counts
from sim.replay.systems import ALL_SYSTEMS, CHILD_SUPPORT
from sim.scenario.changes import as_changes
from tests.replay.recorded import busy
from tests.replay.test_foreign import HEAD, row, written


@pytest.fixture
def six(tmp_path: Path) -> Path:
    """Six messages on one day in Perth, and one to somebody else; the fifth and sixth within the hour."""
    times = ("08:30:00", "10:30:00", "12:30:00", "14:30:00", "16:30:00", "17:15:00")
    rows = [row(str(number), at) for number, at in enumerate(times, 1)]
    return written(tmp_path, *rows, row("7", "18:45:00", customer="71").replace("Perth", "Eucla"))


def changes(found: "sim.replay.other_values.WhatIf") -> dict[str, tuple[str, str]]:
    return {found.teller.message(one.message): (str(one.change), one.rule) for one in found.differences}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"cs-daily-limit.limit": 6}, {"6": ("let through", "cs-daily-limit")}),
        ({"cs-daily-limit.limit": 5}, {}),
        ({"cs-daily-limit.limit": 4}, {"5": ("refused", "cs-daily-limit")}),
        ({"cs-send-window.closes": "19:30"}, {"7": ("held", "cs-send-window")}),
        ({"cs-send-window.closes": "19:31"}, {}),
        ({"cs-hourly-confirmation.minutes": 121}, dict.fromkeys("2345", ("asked", "cs-hourly-confirmation"))),
        ({"cs-hourly-confirmation.minutes": 120}, {}),
        ({"dr-gap.reading": "hours_24"}, {}),
    ],
)
def test_what_other_values_change(six: Path, values: dict[str, object], expected: dict[str, object]) -> None:
    found = sim.replay.whatif(six, set=values)
    assert changes(found) == expected
    assert found.messages == 7


def test_by_day_zone_and_rule(six: Path) -> None:
    found = sim.replay.whatif(six, set={"cs-daily-limit.limit": 3, "cs-send-window.closes": "19:00"})
    assert found.by_zone() == {"Australia/Eucla": {"held": 1}, "Australia/Perth": {"refused": 2}}
    assert found.by_rule() == {"cs-daily-limit": {"refused": 2}, "cs-send-window": {"held": 1}}
    assert found.by_day() == {"2026-10-06": {"refused": 2, "held": 1}}
    frame = found.frame().set_index("message")
    assert frame.loc["4", ["change", "reasons", "outcome_before", "outcome_after"]].tolist() == [
        "refused", "daily_limit", "sent", "refused",
    ]  # fmt: skip
    assert frame.loc["7", "by_hours"] == 12.5
    assert len(found.to_json()["differences"]) == len(frame) == 3


def test_a_question_that_the_log_does_not_hold_is_assumed_to_be_answered_with_send(six: Path) -> None:
    found = sim.replay.whatif(six, set={"cs-hourly-confirmation.minutes": 121})
    assert found.changed is not None
    assert found.changed.assumed_to_go_on == 4


def test_a_run_agrees_with_itself_and_differs_under_another_limit(folder: Path) -> None:
    found = sim.replay.whatif(folder, set={"cs-daily-limit.limit": 1})
    assert found.kind == "run"
    assert found.disagreements == []
    refused = [one for one in found.differences if one.change == Change.REFUSED]
    assert len(refused) > 5
    assert {one.rule for one in refused} == {"cs-daily-limit"}
    assert sum(sum(kinds.values()) for kinds in found.by_day().values()) == len(found.differences)


def test_what_would_have_gone_is_what_a_run_under_that_limit_would_not_send_a_second_time(folder: Path) -> None:
    """Held against another account of the same rule: how many desktop messages each customer got on each local day."""
    found = sim.replay.whatif(folder, set={"cs-daily-limit.limit": 1})
    counts: dict[tuple[int, int], int] = {}
    kept = {one.message for one in found.differences if one.change == Change.REFUSED}
    for fate in found.base.fates.values():
        if fate.system == 1 and fate.sent >= 0 and fate.message not in kept:
            day = found.teller.clock_at(fate.customer, fate.sent).day(fate.sent)
            counts[fate.customer, day] = counts.get((fate.customer, day), 0) + 1
    assert max(counts.values()) == 1


def test_a_procedures_value_is_tried_on_the_audit(folder: Path) -> None:
    found = sim.replay.whatif(folder, set={"cs-unanswered.messages": 1})
    before, after = found.audits["cs-unanswered"]
    assert isinstance(before, Counts)
    assert after.cases > before.cases
    assert found.differences == []


def test_without_other_values_only_the_agreement_is_told(six: Path) -> None:
    found = sim.replay.whatif(six)
    assert found.changed is None
    assert [found.teller.message(one.message) for one in found.disagreements] == ["6"]
    assert found.to_json()["agreement"]["same"] == 6


def test_the_picture(six: Path) -> None:
    picture = sim.replay.whatif(six, set={"cs-daily-limit.limit": 3, "cs-send-window.closes": "19:00"}).plot()
    days, zones = picture.axes
    assert picture.get_suptitle() == "3 messages of 7 (42.9%) would have come out differently"
    assert days.get_title(loc="left") == "with cs-daily-limit.limit = 3, cs-send-window.closes = 19:00"
    assert [label.get_text() for label in zones.get_yticklabels()] == ["Perth", "Eucla"]
    assert sum(bar.get_height() for bar in days.patches if bar.get_x() > 10_000) == 3
    assert picture.png() == picture.png()
    empty = sim.replay.whatif(six, set={"cs-daily-limit.limit": 5}).plot()
    assert empty.is_empty


def test_every_kind_of_change_has_a_meaning() -> None:
    assert list(MEANINGS) == list(Change)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"staff.officers": 3}, "staff.officers: is a parameter of the simulation"),
        ({"cs-daily-limit.limits": 3}, "unknown value of the rule cs-daily-limit"),
        ({"cs-daily-limit.limit": "few"}, "must be a whole number"),
        ({"cs-send-window.opens": "21:00"}, "must be before cs-send-window.closes"),
        ({"cs-daily-limit.text": "No."}, "cannot be set for a run"),
    ],
)
def test_values_that_are_not_possible(six: Path, values: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        sim.replay.whatif(six, set=values)


def test_values_that_do_not_fit_those_in_force() -> None:
    in_force = load_policy({"cs-send-window.closes": "12:00"})
    assert changed(in_force, {"cs-send-window.opens": "11:59"}).value("cs-send-window.closes") == "12:00"
    with pytest.raises(InputError, match="must be before cs-send-window"):
        changed(in_force, {"cs-send-window.opens": "13:00"})


def test_a_run_whose_policy_changes_in_the_middle(tmp_path: Path) -> None:
    changes = as_changes([{"from": "2026-10-03", "policy": {"cs-daily-limit.limit": 1}}])
    run = sim.run(busy().with_overrides(changes=changes))
    recording = of_run(run)
    since = clock(AGENCY_ZONE).midnight(date(2026, 10, 3).toordinal())
    assert [recording.policy_at(time).value("cs-daily-limit.limit") for time in (since - 1, since)] == [5, 1]
    assert [policy.value("cs-daily-limit.limit") for _, policy in recording.policies({"cs-daily-limit.limit": 2})] == [
        2
    ]
    base = of_replay(recording.replayed())
    assert compare(of_history(run.history), base, ALL_SYSTEMS).differences == []
    all_along = compare(base, of_replay(recording.replayed({"cs-daily-limit.limit": 5})), CHILD_SUPPORT)
    assert len(all_along.differences) > 5
    assert {one.change for one in all_along.differences if one.rule == "cs-daily-limit"} == {Change.LET_THROUGH}
    assert min(one.time for one in all_along.differences) >= since
    found = {limit: audited([recording], "cs-daily-limit", {"cs-daily-limit.limit": limit}) for limit in (1, 2)}
    assert found[1] != found[2]
    assert audited([recording], "cs-daily-limit", {}) == (found[1][0], 0)


def test_helps_for_files_are_refused_for_a_run(folder: Path) -> None:
    with pytest.raises(InputError, match="--times-in: is for messages files"):
        sim.replay.whatif(folder, times_in="Australia/Perth")


def test_required_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "1,70", head=",".join(HEAD.split(",")[:2]))
    with pytest.raises(InputError, match="required columns are missing: system"):
        sim.replay.whatif(path)
