"""Systems that take other values of the policy at an instant, and what then becomes of what waits."""

import pytest

from sim.clock import instant
from sim.history import Event
from sim.messages import Outcome, Reason
from sim.policy.policy import load_policy
from tests.fakes.builder import AUTOMATIC_NOTICE, Bench, System


def limit(value: int) -> dict[str, object]:
    return {"cs-daily-limit.limit": value}


def take(bench: Bench, sets: dict[str, object]) -> None:
    """Other values are in force from now on."""
    for sender in bench.senders.values():
        sender.adopt(load_policy(sets), bench.now)


def test_the_limit_binds_from_that_instant_on_and_counts_what_went_before() -> None:
    bench = Bench("2026-09-22T10:00:00+10:00")
    bench.customer()
    assert bench.accepted(4) == 4
    bench.later(1_000)
    take(bench, limit(4))
    decision = bench.send(confirmed=1)
    assert (decision.outcome, decision.reasons) == (Outcome.REFUSED, Reason.DAILY_LIMIT)
    take(bench, limit(5))
    assert bench.accepted(2) == 1


def test_messages_that_wait_are_tested_at_hand_over_by_what_is_then_in_force() -> None:
    bench = Bench("2026-09-22T21:00:00+10:00")
    bench.customer()
    assert bench.accepted(5) == 5
    bench.until("2026-09-23T00:00:00+10:00")
    take(bench, limit(3))
    bench.until("2026-09-24T12:00:00+10:00")
    eight = [instant(f"2026-09-{day}T08:00:00+10:00") for day in (23, 24)]
    assert [sum(day <= time < day + 60_000 for time in bench.times(Event.HANDED_OVER)) for day in eight] == [3, 2]
    assert {one.reasons for one in bench.of(Event.HELD_AGAIN)} == {Reason.DAILY_LIMIT}


@pytest.mark.parametrize(("opens", "handed"), [("08:00", "08:00"), ("09:00", "09:00"), ("07:00", "08:00")])
def test_a_message_that_falls_due_while_the_window_is_closed_is_held_again_at_that_instant(
    opens: str, handed: str
) -> None:
    bench = Bench("2026-09-22T21:00:00+10:00")
    bench.customer()
    bench.send()
    bench.until("2026-09-23T00:00:00+10:00")
    take(bench, {"cs-send-window.opens": opens})
    bench.until("2026-09-23T12:00:00+10:00")
    assert bench.times(Event.HANDED_OVER) == [instant(f"2026-09-23T{handed}:00+10:00")]
    again = [instant("2026-09-23T08:00:00+10:00")] if handed == "09:00" else []
    assert bench.times(Event.HELD_AGAIN) == again


@pytest.mark.parametrize(("closes", "held"), [("20:00", "20:00"), ("18:00", "18:00"), ("21:00", "21:00")])
def test_what_waits_in_the_outbox_meets_the_new_closing(closes: str, held: str) -> None:
    bench = Bench("2026-09-22T10:00:00+10:00", outages=[("2026-09-22T09:00:00+10:00", "2026-09-22T23:00:00+10:00")])
    bench.customer()
    bench.send()
    take(bench, {"cs-send-window.closes": closes})
    bench.until("2026-09-22T22:00:00+10:00")
    assert bench.times(Event.HELD_AGAIN) == [instant(f"2026-09-22T{held}:00+10:00")]


@pytest.mark.parametrize(("scope", "accepted"), [("desktop", 5), ("child_support_sms", 4)])
def test_the_scope_of_the_limit_changes_for_both_systems(scope: str, accepted: int) -> None:
    bench = Bench("2026-09-22T10:00:00+10:00")
    bench.customer()
    bench.send(template=AUTOMATIC_NOTICE, system=System.CUBA, officer=0)
    bench.later(1_000)
    take(bench, {"cs-daily-limit.scope": scope})
    assert bench.accepted(6) == accepted


def test_the_hour_of_the_question_and_the_delay_of_the_list_change() -> None:
    bench = Bench("2026-09-22T10:00:00+10:00")
    bench.customer()
    bench.send()
    bench.until("2026-09-22T10:30:00+10:00")
    assert bench.send().outcome == Outcome.NEEDS_CONFIRMATION
    take(bench, {"cs-hourly-confirmation.minutes": 30, "cs-status.viewable_min_minutes": 60,
                 "cs-status.viewable_max_minutes": 60})  # fmt: skip
    assert bench.send().outcome == Outcome.SENT
    bench.until("2026-09-22T12:00:00+10:00")
    (sent,) = bench.times(Event.ACKNOWLEDGED, 3)
    (viewable,) = bench.times(Event.VIEWABLE, 3)
    assert viewable - sent == 3_600_000
