"""A difference, or a breach of a log, as a minimal scenario: our system passes it under the changed policy and fails it
under the one in force, and nothing can be left out of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import sim.replay
from fakes.our_systems import OurMessagingSystem
from sim.clock import clock, instant
from sim.marked_yaml import read_yaml
from sim.replay.drafts import local
from sim.replay.minimal import Wanted, flow, minimal
from sim.replay.other_values import WhatIf
from sim.scenario.conversation import Conversation, leave_clock
from sim.scenario.expand import read_scenarios
from sim.scenario.expectations import Failure, judge_steps
from sim.scenario.player import play
from sim.scenario.session import Options, run_items
from tests.replay.test_foreign import DATA, row, written


@pytest.fixture(scope="module")
def full_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many messages of one customer, of which the fifth of a day and the sixth turn on others."""
    others = [row(f"0{hour}", f"{hour:02d}:30:00").replace("2026-10-06", "2026-10-05") for hour in (9, 11)]
    rows = [*others, *(row(str(hour), f"{hour:02d}:30:00") for hour in (8, 10, 12, 14, 16, 18))]
    return written(tmp_path_factory.mktemp("full_day"), *rows)


@pytest.fixture(scope="module")
def limit_three(full_day: Path) -> WhatIf:
    return sim.replay.whatif(full_day, set={"cs-daily-limit.limit": 3})


def shown(found: WhatIf, path: Path) -> dict[str, Any]:
    """The data of a finding's scenario, which is written to `path` and passes."""
    scenario = found.scenario()
    assert scenario is not None
    path.write_text(scenario.text, encoding="utf-8")
    assert failures(path) == []
    data = read_yaml(path).data
    assert isinstance(data, dict)
    return data


def fails(path: Path, data: dict[str, Any]) -> bool:
    """Whether our system fails the scenario with these data."""
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return bool(failures(path))


def failures(path: Path) -> list[Failure]:
    """The expectations of a scenario that our system does not meet."""
    (item,) = read_scenarios(path)
    return judge_steps(play(item, Conversation(OurMessagingSystem(), leave_clock))).failures


def sends(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [step["send"] for step in data["steps"] if "send" in step]


def test_a_limit_needs_as_many_messages_as_it_allows_and_one(limit_three: WhatIf, tmp_path: Path) -> None:
    path = tmp_path / "out.yaml"
    data = shown(limit_three, path)
    assert [send.get("as") for send in sends(data)] == [None, None, None, "judged"]
    assert data["customers"] == {"ana": {"zone": "Australia/Perth"}}
    assert data["policy"] == {"cs-daily-limit.limit": 3}
    assert data["steps"][-1]["expect"] == {"outcome": "refused", "reasons": ["daily_limit"]}
    assert data["rules"] == ["cs-daily-limit"]
    again = limit_three.scenario()
    assert again is not None
    assert again.text == path.read_text(encoding="utf-8")
    (result,) = run_items(read_scenarios(path), Options())  # as pytest plays it, with its audit
    assert (result.failures, result.unknown) == ([], [])
    # It fails under the policy in force, and without any of its steps.
    assert fails(path, {name: part for name, part in data.items() if name != "policy"})
    for place in range(3):
        assert fails(path, {**data, "steps": [*data["steps"][:place], *data["steps"][place + 1 :]]})


def test_a_breach_of_a_log_is_what_the_rules_demand(full_day: Path, tmp_path: Path) -> None:
    found = sim.replay.whatif(full_day)
    data = shown(found, tmp_path / "out.yaml")
    assert len(sends(data)) == 6
    assert data["steps"][-1]["expect"] == {"outcome": "refused", "reasons": ["daily_limit"]}
    assert "policy" not in data
    assert (
        (tmp_path / "out.yaml")
        .read_text(encoding="utf-8")
        .startswith("# Written by emsim whatif from log.csv, which says otherwise: message 18 of customer 70.\n")
    )


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ({"cs-send-window.release": "next_opening"}, 1),
        ({"cs-hourly-confirmation.minutes": 240}, 2),
        ({"cs-fdv.enforced": True}, 3),
        ({"dr-similar.days": 2}, 1),
        ({"dr-hierarchy.due_at": "11:00"}, 1),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_differences_of_a_run(folder: Path, tmp_path: Path, values: dict[str, object], steps: int) -> None:
    found = sim.replay.whatif(folder, set=values)
    data = shown(found, tmp_path / "out.yaml")
    assert len(data["steps"]) <= steps + 2
    assert {"ana"} <= set(data["customers"]) <= {"ana", "applicant"}
    path = tmp_path / "again.yaml"
    assert fails(path, {name: part for name, part in data.items() if name != "policy"})


@pytest.mark.parametrize(
    ("message", "last"),
    [
        ("P3", {"outcome": "needs_confirmation", "reasons": []}),
        ("F4", {"outcome": "refused", "reasons": ["overseas_mobile"]}),
        ("D7", {"picked": {}, "suppressed": {"ana": {"overdue_payment": {"reasons": ["similar"],
                                                                          "winner": "overdue_payment"}}}}),
        ("D9", None),  # a nudge of SAP is in the way, and nothing in the log says of which debt
    ],
)  # fmt: skip
def test_breaches_of_the_kept_log(tmp_path: Path, message: str, last: dict[str, Any] | None) -> None:
    found = sim.replay.whatif(DATA / "by_hand.csv", customers=DATA / "by_hand_customers.csv")
    (one,) = [each for each in found.disagreements if found.teller.message(each.message) == message]
    wanted = Wanted(None, found.recording.policy_at, (), lambda one: "A breach", lambda one: "What was seen")
    scenario = minimal(found.recording.stream, [one], [], wanted)
    if last is None:
        assert scenario is None
        return
    assert scenario is not None
    path = tmp_path / "out.yaml"
    path.write_text(scenario.text, encoding="utf-8")
    assert failures(path) == []
    assert read_yaml(path).data["steps"][-1]["expect"] == last


def test_nothing_that_differs_gives_nothing(full_day: Path) -> None:
    assert sim.replay.whatif(full_day, set={"cs-daily-limit.limit": 5}).scenario() is None


def test_a_zone_that_scenarios_do_not_have_gives_nothing(tmp_path: Path) -> None:
    log = written(tmp_path, row("1", "09:00:00").replace("Australia/Perth", "Pacific/Auckland"))
    found = sim.replay.whatif(log, set={"cs-daily-limit.limit": 0})
    assert len(found.differences) == 1
    assert found.scenario() is None


@pytest.mark.parametrize(
    "value",
    ["plain", "Australia/Perth", "yes", "none", "In the next hour", "2026-10-06", 'a "quoted" one', "20:00", None, True,
     5, ["a", 1], {"a": {"b": [False]}}],
)  # fmt: skip
def test_values_come_back_as_they_were_written(tmp_path: Path, value: object) -> None:
    path = tmp_path / "value.yaml"
    path.write_text(f"value: {flow(value)}\n", encoding="utf-8")
    assert read_yaml(path).data == {"value": value}


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-10-06T06:30:00+08:00", "2026-10-06T06:30+08:00"),
        ("2026-10-06T06:30:05+08:00", "2026-10-06T06:30:05+08:00"),
        ("2026-10-06T06:30:00.500+08:00", "2026-10-06T06:30:00.500+08:00"),
        ("2026-10-06T06:00:00+08:00", "2026-10-06T06:00+08:00"),
    ],
)
def test_instants_as_scenarios_take_them(at: str, text: str) -> None:
    assert local(clock("Australia/Perth"), instant(at)) == text
