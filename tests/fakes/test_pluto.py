"""Pluto's answers to Send: all outcomes, reasons in their order, the daily limit and the hourly confirmation."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fakes.people import ReservedOutcome
from sim.clock import DAY, HOUR, MINUTE, instant
from sim.history import Event
from sim.messages import (
    Channel,
    ContactTime,
    Decision,
    EmailStatus,
    MobileStatus,
    Outcome,
    Reason,
    Service,
    System,
    reason_names,
)
from tests.fakes.builder import ALERT, AUTOMATIC_NOTICE, AUTOMATIC_REMINDER, PERTH, PLAIN, REMINDER, SYDNEY, Bench

MORNING = "2026-10-06T10:00:00.000+11:00"
TODAY = date(2026, 10, 6).toordinal()


def bench_at(moment: str = MORNING, **sets: object) -> Bench:
    """One customer in Sydney; `sets` names the limit and the confirmation's values."""
    rule = "cs-daily-limit" if sets.keys() & {"counts", "limit", "scope"} else "cs-hourly-confirmation"
    bench = Bench(moment, {f"{rule}.{name.rstrip('_')}": value for name, value in sets.items()})
    bench.customer()
    return bench


# Facts of the recipient, what is asked for, and all reasons of the refusal in their order.
REFUSALS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"access": 0}, "no_access"),
    ({}, {"channel": Channel.MYGOV}, "channel_not_approved"),
    ({}, {"channel": Channel.EMAIL}, "channel_not_approved"),
    ({"opted_out": 1}, {}, "opted_out"),
    ({"deceased": 1}, {}, "deceased"),
    ({"restricted_access": 1}, {}, "restricted_access"),
    ({"employer": 1}, {}, "employer"),
    ({"mobile": MobileStatus.NONE}, {}, "no_mobile"),
    ({"mobile": MobileStatus.INVALID}, {}, "invalid_mobile"),
    ({"mobile": MobileStatus.OVERSEAS}, {}, "overseas_mobile"),
    ({"general_ended": 1}, {}, "service_unsubscribed"),
    ({"reminder_ended": 1}, {"template": REMINDER, "by_date": TODAY}, "service_unsubscribed"),
    ({}, {"template": 999}, "unknown_template"),
    ({}, {"template": AUTOMATIC_REMINDER}, "unknown_template"),
    ({}, {"template": ALERT}, "missing_field"),
    ({}, {"template": REMINDER}, "missing_field"),
    ({}, {"template": REMINDER, "by_date": TODAY - 1}, "by_date_in_past"),
    ({"opted_out": 1}, {"channel": Channel.MYGOV, "access": 0}, "no_access;channel_not_approved;opted_out"),
    (
        {"opted_out": 1, "deceased": 1, "restricted_access": 1, "employer": 1, "mobile": MobileStatus.NONE,
         "reminder_ended": 1},
        {"template": REMINDER, "access": 0, "by_date": 1},
        "no_access;opted_out;deceased;restricted_access;employer;no_mobile;service_unsubscribed;by_date_in_past",
    ),
]  # fmt: skip

ACCEPTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"reminder_ended": 1}, {}),
    ({"general_ended": 1}, {"template": REMINDER, "by_date": TODAY}),
    ({"email": EmailStatus.NONE}, {}),
    ({}, {"template": ALERT, "contact_time": ContactTime.NEXT_HOUR}),
    ({}, {"template": REMINDER, "by_date": TODAY}),
    ({}, {"template": REMINDER, "by_date": TODAY + 1}),
]


@pytest.mark.parametrize(("facts", "asked", "names"), REFUSALS)
def test_refused_with_all_reasons_in_their_order(facts: dict[str, Any], asked: dict[str, Any], names: str) -> None:
    bench = Bench(MORNING)
    bench.customer(**facts)
    decision = bench.send(**asked)
    assert decision.outcome == Outcome.REFUSED
    assert decision.due == 0
    assert ";".join(reason_names(decision.reasons)) == names
    bench.later(2 * DAY)
    assert bench.told == []
    assert bench.ledger.of(1) == []


@pytest.mark.parametrize(("facts", "asked"), ACCEPTED)
def test_sent_when_nothing_stands_against_it(facts: dict[str, Any], asked: dict[str, Any]) -> None:
    bench = Bench(MORNING)
    bench.customer(**facts)
    assert bench.send(**asked) == Decision(Outcome.SENT, 0, bench.now)


def test_reasons_are_the_same_outside_the_window() -> None:
    bench = bench_at("2026-10-06T21:00:00+11:00")
    bench.customer(2, opted_out=1)
    assert bench.send(1).outcome == Outcome.HELD
    assert bench.send(2) == Decision(Outcome.REFUSED, Reason.OPTED_OUT, 0)


# The By date is not in the past on the recipient's own day: at 01:00 of the 7th in Sydney it is the 6th in Perth.
@pytest.mark.parametrize(
    ("zone", "by_date", "refused"),
    [(SYDNEY, TODAY, True), (SYDNEY, TODAY + 1, False), (PERTH, TODAY, False), (PERTH, TODAY - 1, True)],
)
def test_by_date_is_judged_by_the_recipients_day(zone: str, by_date: int, refused: bool) -> None:
    bench = Bench("2026-10-07T01:00:00+11:00")
    bench.customer(zone=zone)
    decision = bench.send(template=REMINDER, by_date=by_date)
    assert decision.reasons == (Reason.BY_DATE_IN_PAST if refused else 0)


def test_the_facts_of_the_confirming_send_decide() -> None:
    bench = bench_at()
    bench.send()
    assert bench.send().outcome == Outcome.NEEDS_CONFIRMATION
    bench.cuba.record_opt_out(1, 7, bench.now)
    assert bench.send(confirmed=1) == Decision(Outcome.REFUSED, Reason.OPTED_OUT, 0)


@pytest.mark.parametrize(("enforced", "barred"), [(False, 0), (True, Reason.FDV_UNDISCUSSED)])
def test_undiscussed_concerns_bar_only_where_the_system_enforces_it(enforced: bool, barred: int) -> None:
    bench = Bench(MORNING, {"cs-fdv.enforced": enforced})
    bench.customer(1)
    bench.customer(2)
    bench.concerned_process(50, applicant=2, other=1)
    assert bench.send(1).reasons == barred
    assert bench.send(2).reasons == 0
    bench.cuba.discuss_fdv(50, 7, bench.now)
    assert bench.send(1, confirmed=1).reasons == 0


# The daily limit -----------------------------------------------------------------------------------------------------

FULL = Reason.DAILY_LIMIT


@pytest.mark.parametrize("counts", ["either_day", "delivery_day", "attempt_day"])
@pytest.mark.parametrize("limit", [4, 5, 6])
def test_the_limit_on_one_day(counts: str, limit: int) -> None:
    bench = bench_at(counts=counts, limit=limit)
    for number in range(1, limit + 3):
        decision = bench.sends(1)[0]
        assert decision.reasons == (FULL if number > limit else 0), f"message {number}"
        bench.later(MINUTE)
    assert len(bench.of(Event.ACKNOWLEDGED)) == limit


# When five of them were accepted; when one more is pressed; refused by either_day, delivery_day, attempt_day.
DAYS = [
    # Sent on the 6th; the sixth of the evening is delivered tomorrow.
    ("06T10:00", "06T19:59", (1, 1, 1)),
    ("06T10:00", "06T20:00", (1, 0, 1)),
    ("06T10:00", "06T23:59", (1, 0, 1)),
    # The next local day begins at midnight.
    ("06T10:00", "07T00:00", (0, 0, 0)),
    ("06T10:00", "07T08:00", (0, 0, 0)),
    # Held for the 7th: they count for the day of delivery, and for the attempt once they were sent.
    ("06T21:00", "06T21:30", (1, 1, 0)),
    ("06T21:00", "07T07:59", (0, 0, 0)),
    ("06T21:00", "07T08:05", (1, 1, 1)),
    ("06T21:00", "07T20:00", (1, 0, 1)),
    # Pressed at 06:30 of the 6th they are delivered on the 7th, so they leave room on the 6th.
    ("06T06:30", "06T10:00", (0, 0, 0)),
    ("06T06:30", "06T20:00", (1, 1, 0)),
]


@pytest.mark.parametrize(("five", "sixth", "refused"), DAYS)
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(("zone", "offset"), [(SYDNEY, "+11:00"), (PERTH, "+08:00"), ("Indian/Cocos", "+06:30")])
def test_which_day_is_full(
    five: str, sixth: str, refused: tuple[int, int, int], place: int, zone: str, offset: str
) -> None:
    counts = ("either_day", "delivery_day", "attempt_day")[place]
    bench = Bench(f"2026-10-{five}:00{offset}", {"cs-daily-limit.counts": counts})
    bench.customer(zone=zone)
    assert bench.accepted(5) == 5
    bench.until(f"2026-10-{sixth}:00{offset}")
    assert bench.send(confirmed=1).reasons == (FULL if refused[place] else 0)


@pytest.mark.parametrize(("pressed", "refused"), [("23:59:59.998", False), ("23:59:59.999", True)])
def test_a_day_begins_at_its_first_millisecond(pressed: str, refused: bool) -> None:
    # With a window of the whole day a message is sent one millisecond after it was issued: before, or at midnight.
    sets = {"cs-send-window.opens": "00:00", "cs-send-window.closes": "24:00", "cs-daily-limit.limit": 1}
    bench = Bench(f"2026-10-06T{pressed}+11:00", sets)
    bench.customer()
    bench.send()
    bench.until("2026-10-07T00:00:00.000+11:00")
    assert len(bench.of(Event.ACKNOWLEDGED)) == 1
    assert bench.send(confirmed=1).reasons == (FULL if refused else 0)


def test_the_day_is_the_recipients() -> None:
    # 22:30 on the 6th in Perth is 01:30 on the 7th in Sydney.
    bench = Bench("2026-10-06T10:00:00+08:00")
    bench.customer(1, zone=PERTH)
    bench.customer(2, zone=SYDNEY)
    assert [bench.accepted(5, number) for number in (1, 2)] == [5, 5]
    bench.until("2026-10-06T22:30:00+08:00")
    assert [bench.send(number).reasons for number in (1, 2)] == [FULL, 0]


@pytest.mark.parametrize(("counts", "refused"), [("either_day", True), ("delivery_day", True), ("attempt_day", False)])
def test_messages_that_wait_at_the_gateway_count_for_today(counts: str, refused: bool) -> None:
    bench = Bench(MORNING, {"cs-daily-limit.counts": counts}, outages=[(MORNING, "2026-10-06T12:00:00+11:00")])
    bench.customer()
    assert bench.accepted(5) == 5
    bench.later(HOUR)
    assert bench.send(confirmed=1).reasons == (FULL if refused else 0)


def spoil_refused(bench: Bench) -> None:
    bench.send(template=999)


def spoil_cancelled(bench: Bench) -> None:
    # The question was asked and the officer stopped there: nothing more reaches the system.
    bench.send()
    assert bench.send().outcome == Outcome.NEEDS_CONFIRMATION


def spoil_withdrawn(bench: Bench) -> None:
    bench.cuba.end_service(1, Service.GENERAL, bench.now)
    bench.until("2026-10-07T08:00:01+11:00")
    assert len(bench.of(Event.WITHDRAWN)) == 1
    bench.cuba.restore_service(1, Service.GENERAL, bench.now)


@pytest.mark.parametrize(
    ("start", "spoil", "room"),
    [
        (MORNING, spoil_refused, 5),
        (MORNING, spoil_cancelled, 4),
        ("2026-10-06T21:00:00+11:00", spoil_withdrawn, 5),
    ],
)
def test_what_came_to_nothing_does_not_count(start: str, spoil: Callable[[Bench], None], room: int) -> None:
    bench = bench_at(start)
    if spoil is spoil_withdrawn:
        bench.send()
    spoil(bench)
    assert bench.accepted(8) == room


def test_bounced_messages_count() -> None:
    bench = Bench(MORNING, reserved={1: ReservedOutcome.BOUNCED})
    bench.customer()
    assert bench.accepted(5) == 5
    bench.later(HOUR)
    assert len(bench.of(Event.FAILED)) == 5
    assert bench.send(confirmed=1).reasons == FULL


@pytest.mark.parametrize(("scope", "room", "cuba_room"), [("desktop", 5, 9), ("child_support_sms", 2, 0)])
def test_automatic_messages_count_by_the_scope(scope: str, room: int, cuba_room: int) -> None:
    bench = bench_at(scope=scope)
    assert bench.accepted(3, template=AUTOMATIC_NOTICE, system=System.CUBA) == 3
    bench.later(MINUTE)
    assert bench.accepted(8) == room
    bench.later(MINUTE)
    # Cuba's own are limited only when the scope is wide.
    assert bench.accepted(9, template=AUTOMATIC_NOTICE, system=System.CUBA) == cuba_room


# The hourly confirmation ---------------------------------------------------------------------------------------------

# Ms after the first message; asked by exclusive, by inclusive.
HOURS = [
    (0, True, True),
    (1, True, True),
    (30 * MINUTE, True, True),
    (HOUR - 1, True, True),
    (HOUR, False, True),
    (HOUR + 1, False, False),
    (5 * HOUR, False, False),
]


@pytest.mark.parametrize(("age", "exclusive", "inclusive"), HOURS)
@pytest.mark.parametrize("boundary", ["exclusive", "inclusive"])
@pytest.mark.parametrize("from_", ["issued", "sent"])
def test_the_hour(age: int, exclusive: bool, inclusive: bool, boundary: str, from_: str) -> None:
    bench = bench_at(from_=from_, boundary=boundary)
    assert bench.send().outcome == Outcome.SENT
    if from_ == "sent":
        bench.later(1)  # sent one millisecond after its issue: the hour runs from there
    bench.later(age)
    asked = exclusive if boundary == "exclusive" else inclusive
    assert (bench.send().outcome == Outcome.NEEDS_CONFIRMATION) == asked


def test_a_held_message_counts_from_its_issue_or_not_until_it_is_sent() -> None:
    for from_, in_the_evening, in_the_morning in (("issued", True, False), ("sent", False, True)):
        bench = bench_at("2026-10-06T21:00:00+11:00", from_=from_)
        bench.send()
        bench.later(10 * MINUTE)
        assert (bench.send().outcome == Outcome.NEEDS_CONFIRMATION) == in_the_evening
        bench = bench_at("2026-10-06T21:00:00+11:00", from_=from_)
        bench.send()
        bench.until("2026-10-07T08:10:00+11:00")
        assert (bench.send().outcome == Outcome.NEEDS_CONFIRMATION) == in_the_morning


def test_the_question_is_answered_by_sending_or_not_at_all() -> None:
    bench = bench_at()
    bench.send()
    question = Decision(Outcome.NEEDS_CONFIRMATION, 0, 0)
    assert [bench.send(), bench.send()] == [question, question]
    assert bench.send(confirmed=1) == Decision(Outcome.SENT, 0, bench.now)
    # The confirmed one is itself counted for the next hour.
    bench.later(HOUR - 1)
    assert bench.send() == question
    bench.later(1)
    assert bench.send().outcome == Outcome.SENT


def test_a_refusal_comes_before_the_question() -> None:
    bench = bench_at()
    bench.sends(5)
    assert bench.send() == Decision(Outcome.REFUSED, FULL, 0)


def test_only_desktop_messages_to_the_same_customer_are_asked_about() -> None:
    bench = bench_at()
    bench.customer(2)
    bench.send(2)
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)
    assert bench.send(1).outcome == Outcome.SENT
    # Cuba's automatic messages are never asked about.
    assert bench.send(1, AUTOMATIC_NOTICE, System.CUBA).outcome == Outcome.SENT


def test_a_withdrawn_message_is_not_asked_about() -> None:
    bench = bench_at("2026-10-06T08:30:00+11:00", minutes=1440)
    bench.customer(2)
    for number in (1, 2):
        bench.send(number)
    assert bench.record(1).state == bench.record(2).state
    bench.cuba.record_opt_out(1, 7, bench.now)
    bench.later(0)
    bench.cuba.lift_opt_out(1, 7, bench.now)
    assert [one.message for one in bench.of(Event.WITHDRAWN)] == [1]
    assert bench.send(1).outcome == Outcome.SENT
    assert bench.send(2).outcome == Outcome.NEEDS_CONFIRMATION


def test_the_length_of_the_hour_is_data() -> None:
    bench = bench_at(minutes=30)
    bench.send()
    bench.later(30 * MINUTE - 1)
    assert bench.send().outcome == Outcome.NEEDS_CONFIRMATION
    bench.later(1)
    assert bench.send().outcome == Outcome.SENT


def test_handing_over_comes_later_than_the_answer() -> None:
    bench = bench_at()
    bench.send(template=PLAIN)
    assert bench.told == []
    bench.later(0)
    assert bench.times(Event.HANDED_OVER) == [instant(MORNING)]
