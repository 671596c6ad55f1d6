"""Each named reading is tried on the same requests, and what comes out is told as a policy owner reads it."""

from pathlib import Path

import pytest

import sim.replay
from sim.errors import InputError
from sim.policy.policy import load_policy
from sim.replay.questions import systems_of
from sim.replay.results import Alternative, Counts, Question, Readings
from sim.replay.systems import ALL_SYSTEMS, CENTRELINK, CHILD_SUPPORT

RULES = Path(__file__).resolve().parents[2] / "scenarios" / "rules"
SMALL = """
emsim: 1
kind: scenario
title: One who is asked for early in the morning, and one message a minute short of an hour after it
rules: [cs-send-window]
customers:
  ana: {zone: Australia/Perth}
  ben: {zone: Australia/Sydney}
steps:
  - {at: "2026-10-06 06:30", send: {as: one, customer: ana, template: payment_received}}
  - {at: "2026-10-06 12:00", send: {as: two, customer: ben, template: payment_received}}
  - {at: +1h, send: {as: three, customer: ben, template: payment_received, answer: cancel}}
"""
ALERT = """
emsim: 1
kind: scenario
title: An alert that the gateway acknowledges half an hour late, and a call within the hour of that
rules: [cs-precall]
customers:
  ana: {zone: Australia/Perth, acknowledged_after: 30m}
steps:
  - {at: "2026-10-06 12:00", send: {as: alert, customer: ana, template: S001, contact_time: In the next hour}}
  - {at: "13:20", call: {customer: ana, message: alert}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def alternative(found: Readings, name: str, reading: str) -> tuple[Question, Alternative]:
    (question,) = [each for each in found.questions if each.name == name]
    (one,) = [each for each in question.alternatives if each.reading == reading]
    return question, one


def test_every_named_reading_is_asked_about(small: Path) -> None:
    policy, found = load_policy(), sim.replay.readings(small)
    named = [name for name in policy.names() if policy.setting(name).kind == "reading"]
    assert [question.name for question in found.questions] == named
    for question in found.questions:
        readings = [question.in_force, *(one.reading for one in question.alternatives)]
        assert sorted(readings) == sorted(policy.setting(question.name).allowed)


def test_how_many_and_by_how_long(small: Path) -> None:
    found = sim.replay.readings(small, "cs-send-window")
    assert (found.messages, found.customers, found.same, found.loop) == (3, 2, 3, "open")
    question, one = alternative(found, "cs-send-window.release", "next_opening")
    assert question.in_force == "next_day"
    assert (one.changes(), one.rules(), one.customers) == ({"held less": 1}, {"cs-send-window": 1}, 1)
    assert one.later is None
    assert one.sooner == (1, 24.0, 24.0)


def test_the_example_is_told_in_the_customers_local_time(small: Path) -> None:
    _, one = alternative(sim.replay.readings(small), "cs-send-window.release", "next_opening")
    assert one.example == (
        "Customer 1 in Perth, 'Payment received' of Pluto: asked at Tue 6 Oct 2026 06:30:00 (+08:00); next_day holds "
        "it until Wed 7 Oct 08:00:00, next_opening holds it until Tue 6 Oct 08:00:00: 24 h sooner."
    )


def test_a_question_that_nobody_was_asked_is_assumed_to_be_answered_with_send(small: Path) -> None:
    _, one = alternative(sim.replay.readings(small), "cs-hourly-confirmation.boundary", "inclusive")
    assert (one.changes(), one.assumed_to_go_on) == ({"asked": 1}, 1)
    assert "(the message before was issued Tue 6 Oct 12:00:00 and sent Tue 6 Oct 12:00:00.001)" in one.example
    assert "exclusive sends it at once, inclusive asks the one-hour question and then sends it at once" in one.example


@pytest.mark.parametrize(
    ("file", "name", "reading", "changes"),
    [
        ("recipients/opt_out_reaches_email_by_its_reading", "cs-opt-out.reach", "sms_only", {"let through": 2}),
        ("limits/reading_decides_over_the_evening", "cs-daily-limit.counts", "delivery_day", {"let through": 3}),
        ("limits/those_in_flight_count", "cs-daily-limit.counts", "attempt_day", {"let through": 1}),
        ("limits/scope_decides_whether_automatic_ones_count", "cs-daily-limit.scope", "child_support_sms",
         {"refused": 2}),
        ("confirmation/counted_from_issue_or_from_sent", "cs-hourly-confirmation.from", "sent",
         {"asked": 2, "not asked": 2}),
        ("release/the_limit_at_hand_over_holds_on", "cs-send-window.release", "next_opening", {"refused": 1}),
        ("debt/one_full_day_lies_between_two_messages", "dr-gap.reading", "hours_24", {"on an earlier night": 6}),
        ("debt/the_gap_in_hours_over_a_clock_change", "dr-gap.reading", "business_day", {"suppressed": 4}),
        ("debt/similar_for_seven_days", "dr-similar.boundary", "days_apart", {"on an earlier night": 8}),
        ("debt/vulnerable_customers_are_left_out", "dr-vulnerable.kinds", "nudges_only", {"released": 10}),
    ],
)  # fmt: skip
def test_what_the_scenarios_that_ship_show(file: str, name: str, reading: str, changes: dict[str, int]) -> None:
    _, one = alternative(sim.replay.readings(RULES / f"{file}.yaml", name.partition(".")[0]), name, reading)
    assert one.changes() == changes
    assert one.example


def test_a_reading_that_scenarios_set_themselves_is_compared_with_the_default() -> None:
    found = sim.replay.readings(RULES / "limits/reading_decides_over_the_evening.yaml", "cs-daily-limit")
    question, one = alternative(found, "cs-daily-limit.counts", "delivery_day")
    assert question.in_force == "either_day"
    assert one.differs


def test_a_reading_that_binds_officers_alone_is_tried_on_the_audit(tmp_path: Path) -> None:
    path = tmp_path / "alert.yaml"
    path.write_text(ALERT, encoding="utf-8")
    question, one = alternative(sim.replay.readings(path, "cs-precall"), "cs-precall.promise_from", "issued")
    assert (question.audit, one.audit) == (Counts(1, 0), Counts(1, 1))
    assert not one.differences


def test_frames_and_json_say_the_same(small: Path) -> None:
    found = sim.replay.readings(small)
    frame = found.frame().set_index(["name", "reading"])
    row = frame.loc[("cs-send-window.release", "next_opening")]
    assert (row["messages"], row["of_messages"], row["sooner_median_hours"], row["held_less"]) == (1, 3, 24.0, 1)
    assert frame["messages"].sum() == len(found.messages_frame())
    (release,) = [each for each in found.to_json()["questions"] if each["name"] == "cs-send-window.release"]
    assert release["readings"][0]["messages"] == 1
    (which,) = release["readings"][0]["which"]
    assert (which["recording"], which["message"], which["customer"], which["by_hours"]) == ("small", 1, 1, -24.0)
    assert release["readings"][0]["sooner"] == {"messages": 1, "median_hours": 24.0, "most_hours": 24.0}


def test_a_load_is_simulated_anew_under_each_reading() -> None:
    found = sim.replay.readings("four_weeks", "cs-send-window", closed_loop=True, customers=400, days=4)
    _, one = alternative(found, "cs-send-window.release", "next_opening")
    assert found.loop == "closed"
    assert one.closed is not None
    assert one.changes()["held less"] > 0
    assert one.sooner is not None
    assert one.sooner.most_hours == 24.0
    assert one.closed.matched + one.closed.unmatched_before == found.messages
    assert "hold_time_median" in {metric.metric for metric in one.closed.metrics}


def test_a_closed_loop_under_the_same_reading_differs_in_nothing() -> None:
    from sim.replay.closed import Before
    from sim.replay.recordings import read

    recorded = read("four_weeks", customers=300, days=3)
    assert recorded.load is not None
    again = Before(recorded.load, recorded.recordings[0].history).under({"cs-send-window.release": "next_day"})
    assert again.compared == ([], 0, 0, 0)
    assert (again.unmatched_before, again.unmatched_after, again.metrics) == (0, 0, [])
    assert again.matched > 30


@pytest.mark.parametrize(
    ("names", "systems"),
    [
        (["cs-daily-limit.limit"], CHILD_SUPPORT),
        (["dr-gap.reading"], CENTRELINK),
        (["cs-daily-limit.limit", "dr-gap.reading"], ALL_SYSTEMS),
        (["cs-send-window.opens"], ALL_SYSTEMS),
        (["cf-flow.sender"], CENTRELINK),
    ],
)
def test_whom_a_value_concerns(names: list[str], systems: tuple[int, ...]) -> None:
    assert systems_of(names) == systems


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rule": "cs-daily-limits"}, "unknown rule 'cs-daily-limits'"),
        ({"rule": "cs-once"}, "the rule cs-once has no named readings"),
        ({"closed_loop": True}, "only a load can be simulated anew"),
        ({"customers": 3}, "a scenario file names its customers"),
        ({"set": {"staff.officers": 3}}, "unknown policy value"),
    ],
)
def test_what_cannot_be_asked(small: Path, given: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        sim.replay.readings(small, **given)
