"""Coverage of the policy: what is exercised follows from what was played and judged."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from sim.scenario.coverage import Covered, Part
from sim.scenario.coverage.edges import EDGES, NEAR, SIDES, near
from sim.scenario.coverage.parts import RULES, TWO_ZONES
from sim.scenario.expand import read_scenarios
from sim.scenario.session import Options, run_items
from tests.scenario.builder import write

HEAD = "emsim: 1\nkind: scenario\ntitle: A scenario for a test\n"
WINDOW = (
    HEAD
    + """\
rules: [cs-send-window]
rows:
  far: {at: "19:59:58.999"}
  before: {at: "19:59:59.999"}
  on: {at: "20:00:00.000"}
  after: {at: "20:00:00.001"}
  next: {at: "20:00:01.000"}
  too_late: {at: "20:00:01.001"}
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 $at
    send: {customer: ana, template: payment_received}
"""
)
LIMIT = (
    HEAD
    + """\
rules: [cs-daily-limit]
rows: {four: {times: 4}, five: {times: 5}, six: {times: 6}, seven: {times: 7}}
customers: {ana: {zone: Australia/Sydney}}
steps:
  - at: 2026-10-04 09:00
    send: {customer: ana, template: payment_received, times: $times, answer: send}
"""
)
HOUR = (
    HEAD
    + """\
rules: [cs-hourly-confirmation]
rows: {before: {at: +59m59.999s}, on: {at: +1h}, after: {at: +1h 1ms}}
policy: {cs-hourly-confirmation.boundary: inclusive}
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 09:00
    send: {customer: ana, template: payment_received}
  - at: $at
    send: {customer: ana, template: payment_received, answer: send}
"""
)
FACT = (
    HEAD
    + """\
rules: [cs-opt-out]
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 09:00
    look: {screen: letters_list, customer: ana}
"""
)
RECORD = "record: {event: opt_out_recorded, customer: ana}"
SEND = "send: {customer: ana, template: payment_received}"
DATE = (
    HEAD
    + """\
rules: [cs-fields]
rows: {before: {date: 2026-09-20}, on: {date: 2026-09-21}, after: {date: 2026-09-22}, far: {date: 2026-09-23}}
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 09:00
    send: {customer: ana, template: contact_request, by_date: $date}
"""
)


def exercised(folder: Path, *texts: str) -> dict[str, list[Part]]:
    """What each item of these files exercises, but the part ``cases``, by the item's name."""
    items = []
    for number, text in enumerate(texts):
        items += read_scenarios(write(folder, text, f"file_{number}.yaml"))
    results = run_items(items, Options(coverage=True))
    return {
        result.played.item.name: [part for part in result.exercised if part.column != "cases"] for result in results
    }


def sides(parts: Iterable[Part], name: str) -> list[str]:
    return [part.column for part in parts if part.name == name]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (WINDOW, "closing", {"far": [], "before": ["before"], "on": ["on"], "after": ["after"], "next": ["after"],
                             "too_late": []}),
        (LIMIT, "the last message that is allowed", {"four": [], "five": ["before", "on"],
                                                     "six": ["after", "before", "on"],
                                                     "seven": ["after", "before", "on"]}),
        (HOUR, "the hour", {"before": ["before"], "on": ["on"], "after": ["after"]}),
        (DATE, "By date and today", {"before": ["before"], "on": ["on"], "after": ["after"], "far": []}),
    ],
)  # fmt: skip
def test_the_side_of_an_edge_is_that_of_what_happened(
    tmp_path: Path, text: str, name: str, expected: dict[str, list[str]]
) -> None:
    found = exercised(tmp_path, text)
    assert {item: sorted(sides(parts, name)) for item, parts in found.items()} == expected


@pytest.mark.parametrize(
    ("first", "second", "side"),
    [((RECORD, "001"), (SEND, "002"), "after"), ((RECORD, "002"), (SEND, "002"), "on"),
     ((SEND, "001"), (RECORD, "002"), "before")],
)  # fmt: skip
def test_a_fact_and_the_test_of_a_message(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], side: str
) -> None:
    steps = [f"  - at: 09:00:00.{ms}\n    {verb}\n" for verb, ms in (first, second)]
    text = FACT + "".join(steps)
    (parts,) = exercised(tmp_path, text).values()
    assert sides(parts, "a fact is recorded") == [side]
    assert (Part("cs-opt-out", "refused", "opted_out") in parts) == (side != "before")


def test_refusals_holds_readings_zones_and_changes_of_the_clocks(tmp_path: Path) -> None:
    found = exercised(tmp_path, LIMIT, WINDOW)
    assert Part("cs-daily-limit", "refused", "daily_limit") in found["six"]
    assert Part("cs-daily-limit", "refused", "daily_limit") not in found["five"]
    assert Part("cs-send-window", "held", "at issue") in found["on"]
    assert Part("cs-send-window", "held", "at issue") not in found["before"]
    assert Part("cs-send-window", "reading", "release=next_day") in found["on"]
    assert Part("cs-send-window", "zone", "Australia/Perth") in found["on"]
    assert [part.name for part in found["six"] if part.column == "daylight saving"] == ["starts"]
    assert [part.name for part in found["on"] if part.column == "daylight saving"] == []
    policy = "policy: {cs-daily-limit.counts: attempt_day}\nrows:"
    other = exercised(tmp_path, LIMIT.replace("rows:", policy))
    readings = [part.name for part in other["four"] if part.column == "reading"]
    assert readings == ["counts=attempt_day", "scope=desktop"]


def test_what_an_item_does_not_name_it_does_not_exercise(tmp_path: Path) -> None:
    found = exercised(tmp_path, WINDOW.replace("[cs-send-window]", "[cs-sender]"))
    assert {part.rule for parts in found.values() for part in parts} <= {"cs-sender"}


def test_what_could_not_be_judged_is_not_exercised(tmp_path: Path) -> None:
    early = WINDOW.replace("[cs-send-window]", "[cs-once, cs-send-window]") + "until: 2026-09-21 22:05\n"
    (result,) = [
        one for one in run_items(read_scenarios(write(tmp_path, early)), Options(coverage=True))
        if one.played.item.name == "on"
    ]  # fmt: skip
    assert {part.rule for part in result.exercised} == {"cs-send-window"}


def test_nothing_is_measured_unless_it_is_asked_for(tmp_path: Path) -> None:
    results = run_items(read_scenarios(write(tmp_path, WINDOW)), Options())
    assert [result.exercised for result in results] == [()] * len(results)


SHIPPED = Path(__file__).resolve().parents[2] / "scenarios" / "rules"
ROWS = {
    "debt/days_of_the_conditions_of_each_message.yaml": {
        "declined-6_days": [("before", "first day of declined_payment")],
        "declined-7_days": [("on", "first day of declined_payment")],
        "declined-10_days": [("on", "last day of declined_payment")],
        "declined-11_days": [("after", "last day of declined_payment")],
    },
    "debt/one_full_day_lies_between_two_messages.yaml": {
        "full_day-Perth": [("before", "full_day"), ("on", "full_day")],
        "hours_24-Perth": [("on", "hours_24")],
    },
    "debt/similar_over_a_clock_change.yaml": {
        "october-D+7-Sydney": [("before", "the days are over")],
        "october-D+8-Sydney": [("before", "the days are over"), ("on", "the days are over")],
    },
    "procedures/the_promised_call_comes_in_time.yaml": {
        "hour-just_before-Perth": [("before", "the hour of the promise")],
        "hour-on-Perth": [("on", "the hour of the promise")],
        "hour-just_after-Perth": [("after", "the hour of the promise")],
        "today-midnight-Perth": [("after", "the day of the promise")],
    },
    "procedures/the_call_is_handed_over_up_to_the_end_of_the_promise.yaml": {
        "on-Perth": [("on", "the end of the promise")],
    },
    "window/outage_over_the_closing_holds_again.yaml": {
        "back_in_time": [("before", "an outage ends at closing")],
        "back_at_closing": [("on", "an outage ends at closing")],
        "back_at_night": [],
    },
    "after_sending/a_failure_bounces_the_next_day.yaml": {
        "same_morning": [],
        "last_of_the_day": [("before", "midnight in agency time")],
        "midnight": [("on", "midnight in agency time")],
    },
    "limits/a_millisecond_after_midnight_is_a_new_day.yaml": {
        "Perth": [("after", "local midnight after a full day")],
    },
}
"""What rows of shipped scenarios come near to: all their edges but those of the limit's count."""


def test_edges_of_shipped_rows() -> None:
    rows = [(file, row, near_to) for file, found in ROWS.items() for row, near_to in found.items()]
    items = [next(item for item in read_scenarios(SHIPPED / file) if item.name == row) for file, row, _ in rows]
    for (file, row, expected), result in zip(rows, run_items(items, Options(coverage=True)), strict=True):
        found = [(part.column, part.name) for part in result.exercised if part.column in SIDES]
        assert [one for one in found if "allowed" not in one[1]] == expected, (file, row)


# The table.


def test_edges_are_those_of_known_rules_and_have_units() -> None:
    assert {edge.rule for edge in EDGES} <= set(RULES)
    names = [(edge.rule, edge.name) for edge in EDGES]
    assert len(names) == len(set(names))
    for edge in EDGES:
        assert edge.unit in NEAR
        assert edge.sides == tuple(side for side in SIDES if side in edge.sides) != ()


@pytest.mark.parametrize(
    ("unit", "distance", "side"),
    [("ms", -1001, ""), ("ms", -1000, "before"), ("ms", -1, "before"), ("ms", 0, "on"), ("ms", 1, "after"),
     ("ms", 1000, "after"), ("ms", 1001, ""), ("days", -2, ""), ("days", -1, "before"), ("days", 2, "")],
)  # fmt: skip
def test_how_near_is_just_before_and_just_after(unit: str, distance: int, side: str) -> None:
    edge = EDGES[0]._replace(unit=unit)
    assert near(edge, distance) == side
    assert near(edge._replace(sides=("on",)), distance) == (side if side == "on" else "")


def test_a_rule_without_a_case_is_not_exercised_whatever_happened() -> None:
    covered = Covered()
    covered.add("one", [Part("cs-channel", "refused", "channel_not_approved")])
    assert covered.percent() == 0
    assert covered.to_json()["rules"]["cs-channel"]["state"] == "not_exercised"
    row = next(line for line in covered.lines() if line.startswith("cs-channel "))
    assert row.split()[1:3] == ["not", "exercised"]
    covered.add("two", [Part("cs-channel", "cases", "a case")])
    assert covered.percent() > 0
    assert covered.to_json()["rules"]["cs-channel"]["state"] == "exercised"


def test_two_zones_must_have_different_clocks() -> None:
    covered = Covered()
    covered.add("one", [Part("cs-send-window", "cases", "a case")])
    for zone, there in (("Australia/Sydney", 0), ("Australia/Hobart", 0), ("Australia/Brisbane", 3)):
        covered.add(f"in {zone}", [Part("cs-send-window", "zone", zone)])
        assert covered.parts()[Part("cs-send-window", "zone", TWO_ZONES)][0] == there
    assert covered.zones("cs-send-window") == ["Australia/Brisbane", "Australia/Hobart", "Australia/Sydney"]


def test_workers_add_up() -> None:
    here, there, together = Covered(), Covered(), Covered()
    part = Part("cs-once", "cases", "a case")
    here.add("b", [part])
    there.add("a", [part])
    for one in (here, there):
        together.merge(one.plain())
    assert together.plain() == [["cs-once", "cases", "a case", 2, "a"]]


def test_the_percentage_is_that_of_the_parts_and_what_is_missing_is_told() -> None:
    covered = Covered()
    parts = list(covered.parts())
    covered.add("all", [part for part in parts if part.column != "zone"])
    for zone in ("Australia/Perth", "Australia/Sydney"):
        covered.add("all", [part._replace(name=zone) for part in parts if part.column == "zone"])
    assert covered.percent() == 100
    assert covered.lines()[-1] == f"Coverage of the policy: {len(parts)} of {len(parts)} parts, 100.0%"
    assert "Not exercised:" not in covered.lines()
    less = Covered()
    less.merge([row for row in covered.plain() if row[:3] != ["cs-send-window", "on", "closing"]])
    assert less.percent() == pytest.approx(100 * (len(parts) - 1) / len(parts))
    assert "  cs-send-window: on: closing" in less.lines()
