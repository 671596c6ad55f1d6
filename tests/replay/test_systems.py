"""A run's own stream under its own policy gives exactly the run's own decisions; under another one, others."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.machinery import OURS
from sim.clock import DAY
from sim.history import Event
from sim.messages import System
from sim.replay.recordings import of_scenarios
from sim.replay.stream import Kind, Stream
from sim.replay.systems import CENTRELINK, CHILD_SUPPORT, replay
from sim.scenario.changes import as_changes
from tests.replay.recorded import busy, busy_history, busy_stream, decided, replayed, stream_of
from tests.world.loads import run

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios" / "rules"
OTHER_POLICIES = (
    {"cs-daily-limit.limit": 1, "cs-daily-limit.scope": "child_support_sms", "cs-send-window.closes": "17:00"},
    {"cs-fdv.enforced": True, "cs-send-window.release": "next_opening", "cs-hourly-confirmation.from": "sent"},
    {"dr-gap.reading": "business_day", "dr-similar.boundary": "days_apart", "dr-vulnerable.kinds": "nudges_only"},
    {
        "cs-opt-out.reach": "sms_only",
        "cs-daily-limit.counts": "attempt_day",
        "cs-send-window.release_spread_minutes": 60,
    },
)


def test_a_runs_own_stream_gives_the_runs_own_decisions() -> None:
    outcomes = replay(busy_stream(), busy().read_policy())
    assert replayed(outcomes) == decided(busy_history())
    assert outcomes.assumed_to_go_on == []


def test_the_run_met_whatever_is_decided() -> None:
    """So that the equality above says something."""
    found = Counter(Event(event) for _, event, *_ in decided(busy_history()))
    missing = [
        event.name
        for event in (
            Event.REFUSED, Event.CONFIRMATION_ASKED, Event.HELD, Event.HELD_AGAIN, Event.WITHDRAWN, Event.SUPPRESSED,
        )
        if not found[event]
    ]  # fmt: skip
    assert missing == []
    systems = {row["system"] for row in busy_history().select(Event.HANDED_OVER)}
    assert systems == {System.PLUTO, System.CUBA, System.CUSTOMER_FIRST, System.DMIS, System.SAP}


@pytest.mark.parametrize("values", OTHER_POLICIES, ids=lambda values: "-".join(values))
def test_under_other_policies_too(values: dict[str, object]) -> None:
    one = busy(policy=values, seed=3)
    history = run(one)
    assert replayed(replay(stream_of(one, history), one.read_policy())) == decided(history)


CHANGES = as_changes(
    [
        {"from": "2026-10-03", "policy": {"cs-daily-limit.limit": 1, "cs-send-window.closes": "15:00"}},
        {
            "from": "2026-10-06",
            "policy": {"cs-daily-limit.limit": 4, "dr-similar.days": 2, "cs-send-window.opens": "10:00"},
        },
    ]
)


def test_a_policy_that_changes_in_the_middle_changes_in_the_replay() -> None:
    one = busy().with_overrides(changes=CHANGES)
    history = run(one)
    stream, policy, later = stream_of(one, history), one.read_policy(), one.changed_policies()
    assert replayed(replay(stream, policy, later=later)) == decided(history)
    assert replayed(replay(stream, policy)) != decided(history)
    a_day_late = [(time + DAY, changed) for time, changed in later]
    assert replayed(replay(stream, policy, later=a_day_late)) != decided(history)


def test_every_scenario_that_ships_is_replayed_as_it_was_played() -> None:
    wrong = [
        f"{path.stem}: {one.name}"
        for path in sorted(SCENARIOS.rglob("*.yaml"))
        for one in of_scenarios(path, {}, 1)
        if replayed(replay(one.stream, one.policy())) != decided(one.history)
    ]
    assert wrong == []


def test_one_programme_alone_is_decided_as_with_the_other() -> None:
    whole = replayed(replay(busy_stream(), busy().read_policy()))
    parts = [replayed(replay(busy_stream(), busy().read_policy(), systems)) for systems in (CHILD_SUPPORT, CENTRELINK)]
    assert sorted(parts[0] + parts[1]) == whole
    assert all(parts)


def test_the_same_replay_twice() -> None:
    values = busy(policy={"dr-gap.reading": "hours_24"}).read_policy()
    assert replay(busy_stream(), values).rows == replay(busy_stream(), values).rows


# Planted faults: the equality notices them.


def _without(stream: Stream, *events: int) -> Stream:
    kept = [one for one in stream.inputs if one.kind != Kind.FACT or one.what.event not in events]
    return replace(stream, inputs=kept)


@pytest.mark.parametrize(
    "event",
    [
        Event.OPT_OUT_RECORDED, Event.SERVICE_ENDED, Event.RESTRICTED_ACCESS_SET, Event.EMPLOYER_SET,
        Event.VULNERABILITY_SET, Event.WRITE_OFF_SET, Event.ARRANGEMENT_SET, Event.CENTRELINK_OPT_OUT_RECORDED,
    ],
    ids=lambda event: event.name.lower(),
)  # fmt: skip
def test_a_fact_that_is_left_out_is_missed(event: Event) -> None:
    outcomes = replay(_without(busy_stream(), event), busy().read_policy())
    assert replayed(outcomes) != decided(busy_history())


def test_an_outage_that_is_left_out_is_missed() -> None:
    stream = busy_stream()
    ended = [one for one in stream.inputs if one.kind != Kind.OUTAGE_ENDED]
    open_all_day = replace(stream, inputs=ended, transports=stream.transports._replace(outages=[]))
    assert replayed(replay(open_all_day, busy().read_policy())) != decided(busy_history())


def test_another_system_decides_otherwise() -> None:
    never_asks = OURS.with_rules(needs_confirmation=lambda now, last, confirm_ms, inclusive: 0)
    outcomes = replay(busy_stream(), busy().read_policy(), machinery=never_asks)
    assert not [row for row in outcomes.rows if row.event == Event.CONFIRMATION_ASKED]
    assert replayed(outcomes) != decided(busy_history())
