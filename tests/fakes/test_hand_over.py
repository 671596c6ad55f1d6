"""At hand-over every message is tested again on the facts of that instant (`cs-release-recheck`, `cs-daily-limit`)."""

from collections.abc import Callable

import pytest

from fakes.cuba import ContactChange
from fakes.protocols import Happening
from sim.clock import DAY, HOUR, MINUTE, instant
from sim.history import Event
from sim.messages import MobileStatus, Outcome, Reason, Service, Status, System
from sim.policy.bundle import RULES
from tests.fakes.builder import AUTOMATIC_NOTICE, AUTOMATIC_REMINDER, GATEWAY, PERTH, PLAIN, SYDNEY, Bench

Change = Callable[[Bench], object]

EVENING, OPENING = "2026-10-06T21:00:00.000+11:00", "2026-10-07T08:00:00.000+11:00"
OUT = Reason.OPTED_OUT


def mobile(status: MobileStatus) -> Change:
    return lambda bench: bench.cuba.record_mobile(1, status, ContactChange.OFFICER, bench.now)


def opts_out(bench: Bench) -> None:
    bench.cuba.record_opt_out(1, 7, bench.now)


def dies(bench: Bench) -> None:
    bench.cuba.record_death(1, bench.now)


def ends(service: Service) -> Change:
    return lambda bench: bench.cuba.end_service(1, service, bench.now)


def several(*changes: Change) -> Change:
    return lambda bench: [change(bench) for change in changes]


# What changes while a message of the service General is held, and the reasons of its withdrawal (0: it goes).
CHANGES: list[tuple[str, Change, int]] = [
    ("nothing", several(), 0),
    ("opts out", opts_out, OUT),
    ("opt-out lifted again", several(opts_out, lambda bench: bench.cuba.lift_opt_out(1, 7, bench.now)), 0),
    ("opt-out, then a new mobile", several(opts_out, mobile(MobileStatus.VALID)), OUT),
    ("dies", dies, Reason.DECEASED),
    ("removed", mobile(MobileStatus.NONE), Reason.NO_MOBILE),
    ("invalid", mobile(MobileStatus.INVALID), Reason.INVALID_MOBILE),
    ("Invalid ticked", lambda bench: bench.cuba.tick_invalid(1, 7, bench.now), Reason.INVALID_MOBILE),
    ("overseas", mobile(MobileStatus.OVERSEAS), Reason.OVERSEAS_MOBILE),
    ("removed, then a new one", several(mobile(MobileStatus.NONE), mobile(MobileStatus.VALID)), 0),
    ("its service ended", ends(Service.GENERAL), Reason.SERVICE_UNSUBSCRIBED),
    ("the other service ended", ends(Service.REMINDER), 0),
    (
        "its service restored",
        several(ends(Service.GENERAL), lambda bench: bench.cuba.restore_service(1, Service.GENERAL, bench.now)),
        0,
    ),
    (
        "everything",
        several(ends(Service.GENERAL), mobile(MobileStatus.NONE), dies, opts_out),
        OUT | Reason.DECEASED | Reason.NO_MOBILE | Reason.SERVICE_UNSUBSCRIBED,
    ),
]


@pytest.mark.parametrize(("change", "reasons"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
@pytest.mark.parametrize("system", [System.PLUTO, System.CUBA])
def test_what_changed_while_it_was_held(change: Change, reasons: int, system: System) -> None:
    template = PLAIN if system == System.PLUTO else AUTOMATIC_NOTICE
    bench = Bench(EVENING)
    bench.customer()
    bench.send(1, template, system)
    bench.later(HOUR)
    change(bench)
    bench.until(instant(OPENING) - 1)
    assert bench.told == []
    bench.later(1)
    gone = Happening(bench.now, Event.WITHDRAWN, 1, 1, system, template, reasons)
    assert bench.of(Event.WITHDRAWN) == ([gone] if reasons else [])
    assert bench.times(Event.HANDED_OVER) == ([] if reasons else [instant(OPENING)])
    assert bench.record(1).status == (Status.WITHDRAWN if reasons else Status.HELD)
    told = len(bench.told)
    bench.later(3 * DAY)
    if reasons:
        assert len(bench.told) == told, "a withdrawn message comes back"


def test_an_automatic_reminder_belongs_to_the_service_reminder() -> None:
    bench = Bench(EVENING)
    bench.customer()
    bench.send(1, AUTOMATIC_REMINDER, System.CUBA)
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)
    bench.cuba.end_service(1, Service.REMINDER, bench.now)
    bench.until(OPENING)
    assert [(one.message, one.reasons) for one in bench.of(Event.WITHDRAWN)] == [(1, Reason.SERVICE_UNSUBSCRIBED)]
    assert [one.message for one in bench.of(Event.HANDED_OVER)] == [2]


# A fact at the same millisecond as the test applies before it; one millisecond later it comes too late.
@pytest.mark.parametrize(("offset", "withdrawn"), [(-1, True), (0, True), (1, False)])
def test_facts_up_to_the_instant_of_the_hand_over_count(offset: int, withdrawn: bool) -> None:
    bench = Bench(EVENING)
    bench.customer()
    bench.send()
    due = instant(OPENING)
    bench.until(due - 1 if offset <= 0 else due)
    bench.now = due + offset
    opts_out(bench)
    bench.later(DAY)
    assert bool(bench.of(Event.WITHDRAWN)) == withdrawn
    assert bool(bench.of(Event.HANDED_OVER)) != withdrawn


def test_a_message_that_waits_inside_the_window_is_tested_again_too() -> None:
    bench = Bench("2026-10-06T10:00:00+11:00", gateway=GATEWAY._replace(rate_per_second=1 / 60))
    bench.customer()
    assert [one.outcome for one in bench.sends(2)] == [Outcome.SENT, Outcome.SENT]
    bench.later(MINUTE - 1)
    bench.cuba.record_mobile(1, MobileStatus.NONE, ContactChange.PHONE, bench.now)
    bench.later(1)
    assert [(one.message, one.reasons) for one in bench.of(Event.WITHDRAWN)] == [(2, Reason.NO_MOBILE)]


def test_a_withdrawn_message_leaves_its_slot_to_the_next() -> None:
    bench = Bench(EVENING, gateway=GATEWAY._replace(rate_per_second=1 / 60))
    bench.customer(1)
    bench.customer(2)
    bench.send(1)
    bench.send(2)
    opts_out(bench)
    bench.until(OPENING)
    assert [one.message for one in bench.of(Event.WITHDRAWN)] == [1]
    assert bench.times(Event.HANDED_OVER, 2) == [instant(OPENING)]


@pytest.mark.parametrize(
    ("enforced", "discussed", "withdrawn"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_concerns_raised_while_it_was_held(enforced: bool, discussed: bool, withdrawn: bool) -> None:
    bench = Bench(EVENING, {"cs-fdv.enforced": enforced})
    bench.customer(1)
    bench.customer(2)
    bench.send(1)
    bench.send(2)
    bench.concerned_process(50, applicant=2, other=1)
    if discussed:
        bench.cuba.discuss_fdv(50, 7, bench.now)
    bench.until(instant(OPENING) + MINUTE)
    reasons = [(one.message, one.reasons) for one in bench.of(Event.WITHDRAWN)]
    assert reasons == ([(1, Reason.FDV_UNDISCUSSED)] if withdrawn else [])
    assert len(bench.of(Event.HANDED_OVER)) == (1 if withdrawn else 2)


# The daily limit at hand-over: what exceeds it is held on to the next day with room, never withdrawn, never sent.


def outage_bench(counts: str = "either_day", limit: int = 5, **sets: object) -> Bench:
    """An outage from 09:00 of the 6th until midnight."""
    outage = ("2026-10-06T09:00:00+11:00", "2026-10-07T00:00:00+11:00")
    values = {"cs-daily-limit.counts": counts, "cs-daily-limit.limit": limit, **sets}
    bench = Bench("2026-10-06T06:30:00+11:00", values, outages=[outage])
    bench.customer()
    return bench


def days_of(bench: Bench, event: int) -> list[str]:
    """The local day and hour of every such event, in Sydney."""
    marks = {instant(f"2026-10-{day:02}T08:00:00+11:00"): f"{day:02}T08" for day in range(5, 15)}
    return [marks.get(time - time % 1000, str(time)) for time in bench.times(event)]


@pytest.mark.parametrize("counts", ["either_day", "delivery_day"])
def test_what_exceeds_the_limit_is_held_on_to_the_next_day(counts: str) -> None:
    bench = outage_bench(counts)
    # Five before the opening, due tomorrow; five during the outage, overtaken by 20:00 and so due tomorrow too.
    assert bench.accepted(5) == 5
    bench.until("2026-10-06T10:00:00+11:00")
    assert bench.accepted(5) == 5
    bench.until("2026-10-06T20:00:00+11:00")
    assert len(bench.of(Event.HELD_AGAIN)) == 5
    bench.until("2026-10-12T00:00:00+11:00")
    held_on = [one for one in bench.of(Event.HELD_AGAIN) if one.reasons == Reason.DAILY_LIMIT]
    assert [one.message for one in held_on] == [6, 7, 8, 9, 10]
    assert {one.value for one in held_on} == {instant("2026-10-08T08:00:00+11:00")}
    assert days_of(bench, Event.HANDED_OVER) == ["07T08"] * 5 + ["08T08"] * 5
    assert bench.of(Event.WITHDRAWN) == []


def test_the_attempt_day_reading_holds_nothing_on() -> None:
    bench = outage_bench("attempt_day")
    bench.sends(5)
    bench.until("2026-10-06T10:00:00+11:00")
    assert bench.accepted(5) == 5
    bench.until("2026-10-12T00:00:00+11:00")
    assert days_of(bench, Event.HANDED_OVER) == ["07T08"] * 10


def test_the_next_day_with_room_is_not_always_the_next_day() -> None:
    bench = outage_bench(limit=1)
    bench.send()  # 1: due on the 7th
    bench.until("2026-10-06T10:00:00+11:00")
    bench.send(confirmed=1)  # 2: overtaken, due on the 7th
    bench.until("2026-10-07T06:30:00+11:00")
    assert bench.send(confirmed=1).due == instant("2026-10-08T08:00:00+11:00")  # 3
    bench.until("2026-10-12T00:00:00+11:00")
    held_on = [one for one in bench.of(Event.HELD_AGAIN) if one.reasons == Reason.DAILY_LIMIT]
    assert [(one.message, one.value) for one in held_on] == [(2, instant("2026-10-09T08:00:00+11:00"))]
    assert [one.message for one in bench.of(Event.HANDED_OVER)] == [1, 3, 2]
    assert days_of(bench, Event.HANDED_OVER) == ["07T08", "08T08", "09T08"]


def test_what_is_held_on_is_tested_again_when_its_day_comes() -> None:
    bench = outage_bench(limit=1)
    bench.send()
    bench.until("2026-10-06T10:00:00+11:00")
    bench.send(confirmed=1)
    bench.until("2026-10-07T09:00:00+11:00")
    dies(bench)
    bench.later(2 * DAY)
    withdrawn = bench.of(Event.WITHDRAWN)
    assert [(one.message, one.reasons, one.time) for one in withdrawn] == [
        (2, Reason.DECEASED, instant("2026-10-08T08:00:00+11:00"))
    ]


def test_a_message_under_way_to_the_gateway_takes_its_place() -> None:
    # Acknowledged after two seconds only: the second is due for hand-over before the first counts as sent.
    slow_answer = GATEWAY._replace(acknowledgement_ms=2000.0)
    bench = Bench("2026-10-06T06:30:00+11:00", {"cs-daily-limit.limit": 1}, gateway=slow_answer,
                  outages=[("2026-10-06T09:00:00+11:00", "2026-10-07T00:00:00+11:00")])  # fmt: skip
    bench.customer()
    bench.send()
    bench.until("2026-10-06T10:00:00+11:00")
    bench.send(confirmed=1)
    bench.until("2026-10-07T08:00:01+11:00")
    assert bench.times(Event.ACKNOWLEDGED) == []
    assert [one.message for one in bench.of(Event.HANDED_OVER)] == [1]
    assert [one.message for one in bench.of(Event.HELD_AGAIN) if one.reasons == Reason.DAILY_LIMIT] == [2]


def test_days_are_counted_in_the_zone_of_the_hand_over() -> None:
    # Five held at 21:00 in Perth are due there on the 7th. After a move to Sydney, where it was midnight already, they
    # are due on the 8th, with the one that was issued there.
    bench = Bench("2026-10-06T21:00:00+08:00")
    bench.customer(zone=PERTH)
    assert bench.accepted(5) == 5
    bench.later(HOUR)
    bench.moves(1, SYDNEY)
    assert {one.value for one in bench.of(Event.HELD_AGAIN)} == {instant("2026-10-08T08:00:00+11:00")}
    bench.until("2026-10-07T09:00:00+11:00")
    assert bench.accepted(1) == 1
    bench.later(3 * DAY)
    assert days_of(bench, Event.HANDED_OVER)[1:] == ["08T08"] * 5


@pytest.mark.parametrize(
    ("scope", "days", "held_on"),
    [("desktop", ["07T08"] * 4, 0), ("child_support_sms", ["07T08"] * 2 + ["08T08"] * 2, 2)],
)
def test_automatic_messages_at_hand_over(scope: str, days: list[str], held_on: int) -> None:
    bench = outage_bench(limit=2, **{"cs-daily-limit.scope": scope})
    assert bench.accepted(2) == 2
    bench.until("2026-10-06T10:00:00+11:00")
    assert bench.accepted(2, template=AUTOMATIC_NOTICE, system=System.CUBA) == 2
    bench.until("2026-10-12T00:00:00+11:00")
    # With the wider scope the two binds fill the day between them.
    assert days_of(bench, Event.HANDED_OVER) == days
    assert sum(one.reasons == Reason.DAILY_LIMIT for one in bench.of(Event.HELD_AGAIN)) == held_on


def test_a_limit_of_nothing_lets_nothing_through() -> None:
    bench = Bench("2026-10-06T10:00:00+11:00", {"cs-daily-limit.limit": 0})
    bench.customer()
    assert bench.send() == (Outcome.REFUSED, Reason.DAILY_LIMIT, 0)


def test_a_system_that_never_refuses_still_sends_nothing_beyond_the_limit() -> None:
    careless = RULES._replace(daily_limit_reached=lambda *_: 0)
    for limit, sent in ((0, 0), (2, 6)):
        bench = Bench(EVENING, {"cs-daily-limit.limit": limit}, rules=careless)
        bench.customer()
        assert bench.accepted(7) == 7
        bench.until("2026-10-09T23:00:00+11:00")
        assert len(bench.of(Event.HANDED_OVER)) == sent
