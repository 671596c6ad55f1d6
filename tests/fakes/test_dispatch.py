"""Holding and releasing, driven by hand: the window in every zone, its end at the gateway, outages, moves, the spread.

Instants are written with their offset from UTC, so that they do not come from the code under test.
"""

import pytest

from fakes.protocols import Happening
from sim.clock import DAY, HOUR, MINUTE, SECOND, ZONES, instant
from sim.history import Event
from sim.messages import Outcome, Reason, Status, System
from sim.policy.bundle import RULES
from sim.policy.window import spread_offset
from tests.fakes.builder import AUTOMATIC_NOTICE, GATEWAY, PERTH, SYDNEY, Bench

# Zone, offset in winter, offset in summer (equal where there is no daylight saving).
OFFSETS = [
    ("Australia/Sydney", "+10:00", "+11:00"),
    ("Australia/Melbourne", "+10:00", "+11:00"),
    ("Australia/Hobart", "+10:00", "+11:00"),
    ("Australia/Brisbane", "+10:00", "+10:00"),
    ("Australia/Lindeman", "+10:00", "+10:00"),
    ("Australia/Adelaide", "+09:30", "+10:30"),
    ("Australia/Darwin", "+09:30", "+09:30"),
    ("Australia/Perth", "+08:00", "+08:00"),
    ("Australia/Broken_Hill", "+09:30", "+10:30"),
    ("Australia/Eucla", "+08:45", "+08:45"),
    ("Australia/Lord_Howe", "+10:30", "+11:00"),
    ("Pacific/Norfolk", "+11:00", "+12:00"),
    ("Indian/Christmas", "+07:00", "+07:00"),
    ("Indian/Cocos", "+06:30", "+06:30"),
]
SLOW = GATEWAY._replace(rate_per_second=1 / 60)  # one message a minute


def test_every_zone_has_its_offsets() -> None:
    assert [zone for zone, _, _ in OFFSETS] == list(ZONES)


def held_and_released(zone: str, pressed: str, due: str, **sets: str) -> None:
    """A message sent at `pressed` is held, is handed over at `due` and at no earlier millisecond."""
    bench = Bench(pressed, {f"cs-send-window.{name}": value for name, value in sets.items()})
    bench.customer(zone=zone)
    decision = bench.send()
    assert decision == (Outcome.HELD, 0, instant(due))
    bench.until(instant(due) - 1)
    assert bench.told == []
    bench.until(due)
    assert bench.times(Event.HANDED_OVER) == [instant(due)]
    assert bench.times(Event.ARRIVED) == [instant(due)]
    bench.later(1)
    assert bench.times(Event.ACKNOWLEDGED) == [instant(due) + 1]


@pytest.mark.parametrize(("zone", "winter", "summer"), OFFSETS)
def test_held_overnight_into_daylight_saving(zone: str, winter: str, summer: str) -> None:
    held_and_released(zone, f"2026-10-03T20:00:00.000{winter}", f"2026-10-04T08:00:00.000{summer}")


@pytest.mark.parametrize(("zone", "winter", "summer"), OFFSETS)
def test_held_overnight_out_of_daylight_saving(zone: str, winter: str, summer: str) -> None:
    held_and_released(zone, f"2026-04-04T23:59:59.999{summer}", f"2026-04-05T08:00:00.000{winter}")


# Local time of the press on Tuesday 6 October 2026; due by "the next day" as the document says, and by the next
# opening; None: goes at once.
EDGES = [
    ("00:00:00.000", "07T08:00:00", "06T08:00:00"),
    ("06:30:00.000", "07T08:00:00", "06T08:00:00"),
    ("07:59:59.999", "07T08:00:00", "06T08:00:00"),
    ("08:00:00.000", None, None),
    ("08:00:00.001", None, None),
    ("19:59:59.999", None, None),
    ("20:00:00.000", "07T08:00:00", "07T08:00:00"),
    ("20:00:00.001", "07T08:00:00", "07T08:00:00"),
    ("23:59:59.999", "07T08:00:00", "07T08:00:00"),
]


@pytest.mark.parametrize("release", ["next_day", "next_opening"])
@pytest.mark.parametrize(("pressed", "next_day", "next_opening"), EDGES)
@pytest.mark.parametrize(("zone", "offset"), [(SYDNEY, "+11:00"), ("Indian/Cocos", "+06:30")])
def test_edges_of_the_window(
    zone: str, offset: str, pressed: str, next_day: str | None, next_opening: str | None, release: str
) -> None:
    at = f"2026-10-06T{pressed}{offset}"
    due = next_day if release == "next_day" else next_opening
    if due is not None:
        held_and_released(zone, at, f"2026-10-{due}.000{offset}", release=release)
        return
    bench = Bench(at, {"cs-send-window.release": release})
    bench.customer(zone=zone)
    assert bench.send() == (Outcome.SENT, 0, instant(at))
    bench.later(0)
    assert bench.times(Event.HANDED_OVER) == [instant(at)]


@pytest.mark.parametrize(("closes", "outcome"), [("19:59", Outcome.HELD), ("20:00", Outcome.SENT)])
def test_the_window_is_data(closes: str, outcome: Outcome) -> None:
    bench = Bench("2026-10-06T19:59:30+11:00", {"cs-send-window.closes": closes})
    bench.customer()
    assert bench.send().outcome == outcome


def test_a_window_of_the_whole_day_never_holds() -> None:
    slow = GATEWAY._replace(rate_per_second=1 / 60)
    sets = {"cs-send-window.opens": "00:00", "cs-send-window.closes": "24:00"}
    bench = Bench("2026-10-06T23:59:30+11:00", sets, gateway=slow)
    bench.customer()
    bench.sends(3)
    bench.later(10 * MINUTE)
    assert bench.of(Event.HELD_AGAIN) == []
    assert bench.times(Event.HANDED_OVER) == [
        instant(f"2026-10-07T00:0{minute}:30+11:00") - MINUTE for minute in range(3)
    ]


def test_a_system_that_ignores_the_window_sends_on() -> None:
    # A planted fault must be a breach in the history, not an end of the run.
    bench = Bench("2026-10-06T19:59:30+11:00", gateway=SLOW, rules=RULES._replace(inside_window=lambda *_: 1))
    bench.customer()
    bench.sends(3)
    bench.later(2 * DAY)
    assert bench.of(Event.HELD_AGAIN) == []
    assert bench.times(Event.HANDED_OVER) == [
        instant(f"2026-10-06T{text}:30+11:00") for text in ("19:59", "20:00", "20:01")
    ]


def test_releases_are_spread_by_customer() -> None:
    bench = Bench("2026-10-06T21:00:00+11:00", {"cs-send-window.release_spread_minutes": 60})
    opening = instant("2026-10-07T08:00:00+11:00")
    dues = []
    for number in range(1, 41):
        bench.customer(number)
        dues.append(bench.send(number).due - opening)
    assert dues == [spread_offset(number, HOUR) for number in range(1, 41)]
    assert len(set(dues)) == 40
    assert 0 <= min(dues) < 3 * MINUTE
    assert 57 * MINUTE < max(dues) < HOUR
    bench.until("2026-10-07T09:00:00+11:00")
    assert bench.times(Event.HANDED_OVER) == [opening + due for due in sorted(dues)]


def test_what_is_due_together_goes_in_the_order_of_issue_as_fast_as_the_bind_takes_it() -> None:
    bench = Bench("2026-10-06T21:00:00+11:00", gateway=GATEWAY._replace(rate_per_second=4.0))
    for number in range(1, 6):
        bench.customer(number)
        bench.send(number)
    bench.later(DAY)
    opening = instant("2026-10-07T08:00:00+11:00")
    assert bench.times(Event.HANDED_OVER) == [opening + 250 * place for place in range(5)]
    assert [one.message for one in bench.of(Event.HANDED_OVER)] == [1, 2, 3, 4, 5]


# The end of the window at the gateway (`cs-window-at-gateway`): when the first of two messages is sent with a bind that
# takes one a second, and when the second goes. 20:00:00.000 is outside.
CLOSINGS = [
    ("19:59:58.998", "06T19:59:59.998"),
    ("19:59:58.999", "06T19:59:59.999"),
    ("19:59:59.000", "07T08:00:00.000"),
    ("19:59:59.001", "07T08:00:00.000"),
]


@pytest.mark.parametrize(("first", "second"), CLOSINGS)
@pytest.mark.parametrize(("zone", "offset"), [(SYDNEY, "+11:00"), (PERTH, "+08:00"), ("Indian/Cocos", "+06:30")])
def test_a_backlog_meets_the_end_of_the_window(zone: str, offset: str, first: str, second: str) -> None:
    bench = Bench(f"2026-10-06T{first}{offset}", gateway=GATEWAY._replace(rate_per_second=1.0))
    bench.customer(zone=zone)
    assert [one.outcome for one in bench.sends(2)] == [Outcome.SENT, Outcome.SENT]
    bench.later(DAY)
    goes = instant(f"2026-10-{second}{offset}")
    assert bench.times(Event.HANDED_OVER, 2) == [goes]
    closing = instant(f"2026-10-06T20:00:00.000{offset}")
    again = [Happening(closing, Event.HELD_AGAIN, 2, 1, System.PLUTO, 102, Reason.SEND_WINDOW, goes)]
    assert bench.of(Event.HELD_AGAIN) == (again if goes > closing else [])


def test_the_end_of_the_window_holds_only_those_for_whom_it_ends() -> None:
    # 20:00 in Sydney is 17:00 in Perth.
    bench = Bench("2026-10-06T19:59:30+11:00", gateway=SLOW)
    bench.customer(1)
    bench.customer(2, zone=PERTH)
    for customer in (1, 1, 2, 1, 2):
        bench.send(customer, confirmed=1)
    bench.later(DAY)
    closing = instant("2026-10-06T20:00:00+11:00")
    assert [(one.time, one.message) for one in bench.of(Event.HELD_AGAIN)] == [(closing, 2), (closing, 4)]
    assert bench.times(Event.HANDED_OVER, 3) == [instant("2026-10-06T20:00:30+11:00")]
    assert bench.times(Event.HANDED_OVER, 5) == [instant("2026-10-06T20:01:30+11:00")]
    assert bench.times(Event.HANDED_OVER, 2) == [instant("2026-10-07T08:00:00+11:00")]
    assert bench.times(Event.HANDED_OVER, 4) == [instant("2026-10-07T08:01:00+11:00")]


def test_a_message_is_held_again_evening_after_evening() -> None:
    gateway = GATEWAY._replace(rate_per_second=1 / (10 * 3600))  # one in ten hours
    bench = Bench("2026-10-06T19:00:00+11:00", gateway=gateway)
    bench.customer()
    bench.sends(3)
    bench.later(4 * DAY)
    # The bind's slots are ten hours apart: 19:00 on the 6th, 08:00 and 18:00 on the 7th.
    assert bench.times(Event.HANDED_OVER) == [
        instant(f"2026-10-{text}:00:00+11:00") for text in ("06T19", "07T08", "07T18")
    ]
    assert bench.times(Event.HELD_AGAIN) == [instant("2026-10-06T20:00:00+11:00")] * 2


def test_an_outage_meets_the_end_of_the_window() -> None:
    outage = ("2026-10-06T18:00:00+11:00", "2026-10-06T21:30:00+11:00")
    bench = Bench("2026-10-06T18:00:00+11:00", outages=[outage])
    bench.customer(1)
    bench.customer(2, zone=PERTH)
    for customer, template, system in (
        (1, 102, System.PLUTO),
        (1, AUTOMATIC_NOTICE, System.CUBA),
        (2, 102, System.PLUTO),
    ):
        assert bench.send(customer, template, system).outcome == Outcome.SENT
    bench.later(DAY)
    closing, opening = instant("2026-10-06T20:00:00+11:00"), instant("2026-10-07T08:00:00+11:00")
    assert [one[:7] for one in bench.of(Event.HELD_AGAIN)] == [
        (closing, Event.HELD_AGAIN, 1, 1, System.PLUTO, 102, Reason.SEND_WINDOW),
        (closing, Event.HELD_AGAIN, 2, 1, System.CUBA, AUTOMATIC_NOTICE, Reason.SEND_WINDOW),
    ]
    assert [one.value for one in bench.of(Event.HELD_AGAIN)] == [opening, opening]
    assert bench.times(Event.HANDED_OVER, 1) == bench.times(Event.HANDED_OVER, 2) == [opening]
    # In Perth it is 18:30 when the gateway comes back: nothing but a delay.
    assert bench.times(Event.HANDED_OVER, 3) == [instant(outage[1])]


def test_an_outage_that_ends_at_closing_time_lets_nothing_through() -> None:
    outage = ("2026-10-06T18:00:00+11:00", "2026-10-06T20:00:00+11:00")
    bench = Bench("2026-10-06T18:00:00+11:00", outages=[outage])
    bench.customer()
    bench.send()
    bench.later(DAY)
    assert bench.times(Event.HELD_AGAIN) == [instant(outage[1])]
    assert bench.times(Event.HANDED_OVER) == [instant("2026-10-07T08:00:00+11:00")]


def test_an_outage_at_the_opening_delays_without_holding_again() -> None:
    outage = ("2026-10-07T07:00:00+11:00", "2026-10-07T09:15:00+11:00")
    bench = Bench("2026-10-06T21:00:00+11:00", outages=[outage])
    bench.customer()
    bench.send()
    bench.until("2026-10-07T09:14:59.999+11:00")
    assert bench.told == []
    assert bench.record(1).status == Status.HELD
    bench.later(1)
    assert bench.times(Event.HANDED_OVER) == [instant(outage[1])]


def test_the_bind_is_free_again_after_a_pause() -> None:
    bench = Bench("2026-10-06T10:00:00+11:00", gateway=SLOW)
    bench.customer()
    start = bench.now
    bench.send()
    bench.later(59 * SECOND)
    bench.send(confirmed=1)
    bench.later(10 * MINUTE)
    bench.send(confirmed=1)
    bench.later(MINUTE)
    third = start + 59 * SECOND + 10 * MINUTE
    assert bench.times(Event.HANDED_OVER) == [start, start + MINUTE, third]


# A move while a message is held: from and to, when it was sent and when the move is recorded, and when it goes then.
# Perth is three hours behind Sydney in October.
MOVES = [
    # 20:30 in Sydney is 17:30 in Perth: the next day there, three hours later than it was due.
    (SYDNEY, PERTH, "06T20:30:00.000+11:00", "06T23:00:00.000+11:00", "07T08:00:00.000+08:00"),
    # Just before, and at, the instant at which it was due: facts come before tests.
    (SYDNEY, PERTH, "06T20:30:00.000+11:00", "07T07:59:59.999+11:00", "07T08:00:00.000+08:00"),
    (SYDNEY, PERTH, "06T20:30:00.000+11:00", "07T08:00:00.000+11:00", "07T08:00:00.000+08:00"),
    # 20:30 in Perth is 23:30 in Sydney: due three hours earlier than it was.
    (PERTH, SYDNEY, "06T20:30:00.000+08:00", "06T21:00:00.000+08:00", "07T08:00:00.000+11:00"),
    # 22:00 in Perth is 01:00 of the 7th in Sydney, so the next day there is the 8th.
    (PERTH, SYDNEY, "06T22:00:00.000+08:00", "06T23:00:00.000+08:00", "08T08:00:00.000+11:00"),
    # Recorded when it would have gone already in Sydney: it goes at once.
    (PERTH, SYDNEY, "06T20:30:00.000+08:00", "07T07:30:00.000+08:00", "07T07:30:00.000+08:00"),
    # Half an hour: Sydney to Lord Howe keeps the offset in summer, to Adelaide it does not.
    (SYDNEY, "Australia/Adelaide", "06T20:30:00.000+11:00", "06T23:00:00.000+11:00", "07T08:00:00.000+10:30"),
]


@pytest.mark.parametrize(("zone", "to", "pressed", "moved", "goes"), MOVES)
def test_a_move_computes_the_due_instant_anew(zone: str, to: str, pressed: str, moved: str, goes: str) -> None:
    bench = Bench(f"2026-10-{pressed}")
    bench.customer(zone=zone)
    bench.send()
    at, due = instant(f"2026-10-{moved}"), instant(f"2026-10-{goes}")
    # The fact is recorded before anything that is due at the same millisecond.
    bench.until(at - 1)
    bench.now = at
    told = bench.moves(1, to)
    assert told == [Happening(at, Event.HELD_AGAIN, 1, 1, System.PLUTO, 102, 0, due)]
    bench.later(3 * DAY)
    assert bench.times(Event.HANDED_OVER) == [due]
    assert bench.of(Event.HELD_AGAIN) == told


def test_a_move_after_a_message_was_held_again_counts_from_that_hold() -> None:
    # Held again at 20:00 of the 6th in Perth, which is midnight on Norfolk Island: the day after the 7th is the 8th.
    outage = ("2026-10-06T10:00:00+08:00", "2026-10-06T21:00:00+08:00")
    bench = Bench("2026-10-06T10:00:00+08:00", outages=[outage])
    bench.customer(zone=PERTH)
    bench.send()
    bench.until("2026-10-06T22:00:00+08:00")
    assert bench.times(Event.HELD_AGAIN) == [instant("2026-10-06T20:00:00+08:00")]
    told = bench.moves(1, "Pacific/Norfolk")
    assert [one.value for one in told] == [instant("2026-10-08T08:00:00+12:00")]


def test_a_move_that_changes_nothing_is_not_told() -> None:
    bench = Bench("2026-10-06T20:30:00+11:00")
    bench.customer()
    bench.send()
    assert bench.moves(1, "Australia/Melbourne") == []
    # There and back again: the old due instant holds, and the message goes once.
    bench.moves(1, PERTH)
    bench.moves(1, SYDNEY)
    assert len(bench.of(Event.HELD_AGAIN)) == 2
    bench.later(2 * DAY)
    assert bench.times(Event.HANDED_OVER) == [instant("2026-10-07T08:00:00+11:00")]


def test_a_move_out_of_the_window_while_a_message_waits_in_the_outbox() -> None:
    # 08:30 in Sydney is 05:30 in Perth: held again until the window opens there, on the same day.
    bench = Bench("2026-10-06T08:30:00+11:00", gateway=SLOW)
    bench.customer()
    bench.sends(2)
    bench.later(10 * SECOND)
    bench.moves(1, PERTH)
    bench.later(DAY)
    opening = instant("2026-10-06T08:00:00+08:00")
    assert [(one.message, one.reasons, one.value) for one in bench.of(Event.HELD_AGAIN)] == [
        (2, Reason.SEND_WINDOW, opening)
    ]
    assert bench.times(Event.HANDED_OVER, 2) == [opening]


def test_a_move_past_the_end_of_the_window_holds_what_waits_at_once() -> None:
    # 18:00 in Perth is 21:00 in Sydney.
    bench = Bench("2026-10-06T18:00:00+08:00", gateway=SLOW)
    bench.customer(zone=PERTH)
    bench.sends(2)
    bench.later(10 * SECOND)
    moved = bench.now
    bench.moves(1, SYDNEY)
    bench.later(DAY)
    opening = instant("2026-10-07T08:00:00+11:00")
    assert [(one.time, one.message, one.value) for one in bench.of(Event.HELD_AGAIN)] == [(moved, 2, opening)]
    assert bench.times(Event.HANDED_OVER, 2) == [opening]


def test_nothing_is_due_when_nothing_waits() -> None:
    bench = Bench("2026-10-06T10:00:00+11:00")
    bench.customer()
    assert bench.pluto.next_due() is None
    bench.send()
    assert bench.pluto.next_due() is not None
    bench.later(DAY)
    assert bench.pluto.next_due() is None
    assert bench.automatic.next_due() is None
