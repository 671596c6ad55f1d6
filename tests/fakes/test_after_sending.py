"""After *sent*: claims, Cuba's list, receipts and the bounce back of the next agency day (`cs-status`,
`cs-bounce-back`), driven by what a gateway tells."""

import pytest

from fakes.people import ReservedOutcome
from fakes.protocols import Happening
from sim.clock import DAY, HOUR, MINUTE, instant
from sim.history import Event
from sim.messages import Status, System
from tests.fakes.builder import AUTOMATIC_NOTICE, PERTH, PLAIN, SYDNEY, Bench

MORNING = "2026-10-06T10:00:00.000+11:00"
NOON = "2026-10-06T12:00:00.000+11:00"  # inside the window in Perth too


def sent_bench(zone: str = SYDNEY, start: str = MORNING, **sets: object) -> Bench:
    """One message whose receipt never comes, so that the test may tell an error itself."""
    values = {f"cs-status.{name}": value for name, value in sets.items()}
    bench = Bench(start, values, reserved={1: ReservedOutcome.NEVER_REPORTED})
    bench.customer(zone=zone)
    bench.send()
    bench.later(10 * MINUTE)
    return bench


def fails(bench: Bench, time: int, message: int = 1) -> None:
    """The gateway learns of an error at `time`."""
    bench.until(time)
    error = Happening(time, Event.FAILED, message, 1, System.GATEWAY, PLAIN, 0, 1)
    bench.told += bench.senders[System.PLUTO].told(error)


def test_the_life_of_a_delivered_message() -> None:
    bench = Bench(MORNING)
    bench.customer()
    bench.send()
    bench.later(2 * DAY)
    start, sent = bench.now - 2 * DAY, bench.now - 2 * DAY + 1
    viewable = bench.times(Event.VIEWABLE)[0]
    assert 2 * MINUTE <= viewable - sent <= 5 * MINUTE
    code = next(iter(bench.history.contents))
    plain = (1, 1, System.PLUTO, PLAIN, 0)
    gateway = (1, 1, System.GATEWAY, PLAIN, 0)
    assert bench.told == [
        Happening(start, Event.HANDED_OVER, *plain, 0),
        Happening(start, Event.ARRIVED, *gateway, code),
        Happening(sent, Event.ACKNOWLEDGED, *gateway, 0),
        Happening(sent, Event.SENT_CLAIMED, *plain, sent),
        Happening(sent + 6000, Event.DELIVERED, *gateway, 0),
        Happening(viewable, Event.VIEWABLE, *plain, 0),
        Happening(viewable, Event.STATUS_CLAIMED, *plain, Status.COMMUNICATION_SENT),
    ]


def test_cubas_list_follows_within_two_to_five_minutes() -> None:
    bench = Bench(MORNING)
    bench.customer()
    for number in range(1, 201):
        bench.customer(number)
        bench.send(number)
    bench.later(HOUR)
    sent = {one.message: one.time for one in bench.of(Event.ACKNOWLEDGED)}
    delays = sorted(one.time - sent[one.message] for one in bench.of(Event.VIEWABLE))
    assert len(delays) == 200
    assert 2 * MINUTE <= delays[0] < 2 * MINUTE + 5000
    assert 5 * MINUTE - 5000 < delays[-1] <= 5 * MINUTE


def test_the_delay_of_cubas_list_is_data() -> None:
    bench = sent_bench(viewable_min_minutes=7, viewable_max_minutes=7)
    assert bench.times(Event.VIEWABLE) == [instant("2026-10-06T10:07:00.001+11:00")]


# When the error became known, and the first nightly run (06:00 agency time) on a later agency calendar day.
RUNS = [
    ("2026-10-06T23:59:59.999+11:00", "2026-10-07T06:00:00+11:00"),
    ("2026-10-07T00:00:00.000+11:00", "2026-10-08T06:00:00+11:00"),
    ("2026-10-07T00:00:00.001+11:00", "2026-10-08T06:00:00+11:00"),
    ("2026-10-07T05:59:59.999+11:00", "2026-10-08T06:00:00+11:00"),
    ("2026-10-07T06:00:00.000+11:00", "2026-10-08T06:00:00+11:00"),
    ("2026-10-07T12:00:00.000+11:00", "2026-10-08T06:00:00+11:00"),
]
# The same over both changes of daylight-saving time in Sydney.
CHANGES = [
    ("2026-10-03T12:00:00+10:00", "2026-10-03T23:59:59.999+10:00", "2026-10-04T06:00:00+11:00"),
    ("2026-10-03T12:00:00+10:00", "2026-10-04T00:00:00.000+10:00", "2026-10-05T06:00:00+11:00"),
    ("2026-10-03T12:00:00+10:00", "2026-10-04T23:59:59.999+11:00", "2026-10-05T06:00:00+11:00"),
    ("2026-04-04T12:00:00+11:00", "2026-04-04T23:59:59.999+11:00", "2026-04-05T06:00:00+10:00"),
    ("2026-04-04T12:00:00+11:00", "2026-04-05T23:59:59.999+10:00", "2026-04-06T06:00:00+10:00"),
]


@pytest.mark.parametrize(("start", "known", "run"), [(NOON, *row) for row in RUNS] + CHANGES)
@pytest.mark.parametrize("zone", [SYDNEY, PERTH])
def test_one_bounce_back_by_the_next_agency_days_run(start: str, known: str, run: str, zone: str) -> None:
    # The day is the agency's, wherever the customer lives.
    bench = sent_bench(zone, start)
    fails(bench, instant(known))
    at = instant(run)
    bench.until(at - 1)
    assert bench.of(Event.BOUNCED) == []
    bench.later(1)
    assert [(one.time, one.event, one.value) for one in bench.told[-3:]] == [
        (at, Event.BOUNCED, 0),
        (at, Event.MARKED_ERROR, 0),
        (at, Event.STATUS_CLAIMED, Status.BOUNCE_BACK),
    ]
    told = len(bench.told)
    bench.later(5 * DAY)
    assert len(bench.told) == told, "more than one bounce back"


def test_an_error_that_is_told_twice_bounces_once() -> None:
    bench = sent_bench()
    fails(bench, instant("2026-10-06T12:00:00+11:00"))
    fails(bench, instant("2026-10-06T13:00:00+11:00"))
    fails(bench, instant("2026-10-07T13:00:00+11:00"))
    bench.later(3 * DAY)
    assert bench.times(Event.BOUNCED) == [instant("2026-10-07T06:00:00+11:00")]
    assert bench.record(1).failed == instant("2026-10-06T12:00:00+11:00")


def test_no_bounce_back_without_an_error() -> None:
    for outcome in (ReservedOutcome.DELIVERED, ReservedOutcome.LATE, ReservedOutcome.NEVER_REPORTED):
        bench = Bench(MORNING, reserved={1: outcome})
        bench.customer()
        bench.send()
        bench.later(5 * DAY)
        assert bench.of(Event.BOUNCED) == bench.of(Event.MARKED_ERROR) == []
        assert bench.record(1).status == Status.COMMUNICATION_SENT


def test_each_failed_message_has_a_bounce_back_of_its_own() -> None:
    bench = Bench(MORNING)
    bench.customer()
    bench.working[1] = False
    bench.sends(2)
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)
    bench.later(2 * DAY)
    bounced = bench.of(Event.BOUNCED)
    assert sorted(one.message for one in bounced) == [1, 2, 3]
    assert {one.message: one.system for one in bounced} == {1: System.PLUTO, 2: System.PLUTO, 3: System.CUBA}
    assert {one.time for one in bounced} == {instant("2026-10-07T06:00:00+11:00")}


def test_a_bounce_back_is_not_overwritten_when_cubas_list_is_slow() -> None:
    bench = sent_bench(viewable_min_minutes=1440, viewable_max_minutes=1440)
    fails(bench, instant("2026-10-06T12:00:00+11:00"))
    bench.later(3 * DAY)
    assert bench.times(Event.VIEWABLE) == [instant("2026-10-07T10:00:00.001+11:00")]
    assert bench.pluto.outbound_correspondence(1)[0].status == "Bounce Back (BB)"
    assert [letter.status for letter in bench.cuba.letters_list(1)] == ["Error"]


def test_an_answer_about_an_unknown_message_is_an_error() -> None:
    bench = sent_bench()
    with pytest.raises(KeyError):
        fails(bench, bench.now, message=99)


def test_a_receipt_alone_changes_nothing_that_is_shown() -> None:
    bench = sent_bench()
    delivered = Happening(bench.now, Event.DELIVERED, 1, 1, System.GATEWAY, PLAIN)
    assert bench.senders[System.PLUTO].told(delivered) == []
    assert bench.record(1).status == Status.COMMUNICATION_SENT
