"""Cuba: the register records every fact and shows its windows; its automatic EM obeys the recipient rules alone."""

from collections.abc import Callable
from typing import Any

import pytest

from fakes.cuba import ContactChange, Cuba, Process
from fakes.ledger import Ledger
from fakes.people import ReservedOutcome
from sim.clock import DAY, HOUR, ZONES, instant
from sim.history import Event, History
from sim.messages import (
    Decision,
    EmailStatus,
    MobileStatus,
    Outcome,
    ProcessKind,
    Reason,
    Service,
    SpecialisedArea,
    System,
)
from sim.policy.recipients import subscribed
from tests.fakes.builder import AUTOMATIC_NOTICE, AUTOMATIC_REMINDER, PERTH, PLAIN, RECIPIENT, Bench

START = 1_000
MORNING = "2026-10-06T10:00:00.000+11:00"
PROCESS, CARE = 500, ProcessKind.CHANGE_OF_CARE


def register(**facts: int) -> tuple[Cuba, History]:
    """A register with one customer."""
    history = History()
    cuba = Cuba(history, Ledger())
    cuba.enter(1, RECIPIENT._replace(**facts), 2, SpecialisedArea.NONE, False, False, START)
    return cuba, history


def rows(history: History, *columns: str) -> list[tuple[Any, ...]]:
    """(event, time and the columns asked for) of every row after the entering of the customers."""
    return [(Event(row["event"]), *(row[name] for name in columns)) for row in history.select() if row["time"] > START]


def test_the_facts_at_the_start() -> None:
    history = History()
    cuba = Cuba(history, Ledger())
    plain = RECIPIENT._replace(email=EmailStatus.NONE)
    cuba.enter(1, plain, 1, SpecialisedArea.NONE, False, False, START)
    every = plain._replace(
        zone=7, mobile=2, email=2, opted_out=1, deceased=1, restricted_access=1, employer=1, reminder_ended=1,
        general_ended=1,
    )  # fmt: skip
    cuba.enter(2, every, 3, SpecialisedArea.OBJECTIONS, True, True, START)
    found = [(row["customer"], Event(row["event"]), row["value"]) for row in history.select()]
    # Defaults are not written, but zone, mobile and numbers always are.
    assert found[:3] == [(1, Event.ZONE_RECORDED, 0), (1, Event.MOBILE_RECORDED, 1), (1, Event.NUMBERS_RECORDED, 1)]
    assert sorted(found[3:]) == [
        (2, Event.ZONE_RECORDED, 7),
        (2, Event.MOBILE_RECORDED, MobileStatus.INVALID),
        (2, Event.EMAIL_RECORDED, EmailStatus.INVALID),
        (2, Event.OPT_OUT_RECORDED, 0),
        (2, Event.SERVICE_ENDED, Service.REMINDER),
        (2, Event.SERVICE_ENDED, Service.GENERAL),
        (2, Event.DIED, 0),
        (2, Event.RESTRICTED_ACCESS_SET, 1),
        (2, Event.EMPLOYER_SET, 1),
        (2, Event.FDV_INDICATOR_SET, 1),
        (2, Event.NEVER_CONTACTED, 0),
        (2, Event.NUMBERS_RECORDED, 3),
        (2, Event.AREA_RECORDED, SpecialisedArea.OBJECTIONS),
    ]
    assert {(row["time"], row["system"]) for row in history.select()} == {(START, System.REGISTER)}
    assert (cuba.recipient(1), cuba.recipient(2)) == (plain, every)
    assert (cuba.numbers(2), cuba.area(2), cuba.has_fdv_indicator(2), cuba.has_never_contacted(2)) == (3, 4, True, True)
    assert (cuba.numbers(1), cuba.area(1), cuba.has_fdv_indicator(1), cuba.has_never_contacted(1)) == (
        1,
        0,
        False,
        False,
    )


# What is recorded, what stands then in the Recipient, and the row (event, officer, ref, value).
Record = Callable[[Cuba], None]
CHANGES: list[tuple[Record, dict[str, int], tuple[int, int, int, int]]] = [
    (lambda cuba: cuba.record_mobile(1, 0, 2, 5_000), {"mobile": 0}, (Event.MOBILE_RECORDED, 0, 2, 0)),
    (lambda cuba: cuba.record_mobile(1, 3, 3, 5_000), {"mobile": 3}, (Event.MOBILE_RECORDED, 0, 3, 3)),
    (lambda cuba: cuba.record_email(1, 2, 4, 5_000), {"email": 2}, (Event.EMAIL_RECORDED, 0, 4, 2)),
    (lambda cuba: cuba.record_opt_out(1, 9, 5_000), {"opted_out": 1}, (Event.OPT_OUT_RECORDED, 9, 0, 0)),
    (lambda cuba: cuba.lift_opt_out(1, 9, 5_000), {"opted_out": 0}, (Event.OPT_OUT_LIFTED, 9, 0, 0)),
    (lambda cuba: cuba.end_service(1, 1, 5_000), {"reminder_ended": 1}, (Event.SERVICE_ENDED, 0, 0, 1)),
    (lambda cuba: cuba.end_service(1, 2, 5_000), {"general_ended": 1}, (Event.SERVICE_ENDED, 0, 0, 2)),
    (lambda cuba: cuba.restore_service(1, 2, 5_000), {"general_ended": 0}, (Event.SERVICE_RESTORED, 0, 0, 2)),
    (lambda cuba: cuba.record_death(1, 5_000), {"deceased": 1}, (Event.DIED, 0, 0, 0)),
    (lambda cuba: cuba.record_zone(1, 7, 5_000), {"zone": 7}, (Event.ZONE_RECORDED, 0, 0, 7)),
    (lambda cuba: cuba.record_contact(1, 5_000), {}, (Event.CUSTOMER_CONTACTED_US, 0, 0, 0)),
]


@pytest.mark.parametrize(("record", "facts", "row"), CHANGES)
def test_each_change_is_recorded_and_holds_at_once(
    record: Record, facts: dict[str, int], row: tuple[int, int, int, int]
) -> None:
    cuba, history = register()
    record(cuba)
    assert cuba.recipient(1) == RECIPIENT._replace(**facts)
    assert rows(history, "officer", "ref", "value", "customer", "time", "system") == [(*row, 1, 5_000, System.REGISTER)]


def test_ticking_invalid_is_a_deed_and_a_fact() -> None:
    cuba, history = register()
    cuba.tick_invalid(1, 9, 5_000)
    assert rows(history, "officer", "value", "ref") == [
        (Event.INVALID_TICKED, 9, 0, 0),
        (Event.MOBILE_RECORDED, 0, MobileStatus.INVALID, ContactChange.OFFICER),
    ]
    details = cuba.individual_customer_details(1)
    assert (details.mobile_status, details.invalid_ticked) == (MobileStatus.INVALID, True)


@pytest.mark.parametrize("by", list(ContactChange))
def test_no_change_of_contact_details_undoes_an_opt_out(by: ContactChange) -> None:
    cuba, _ = register()
    cuba.record_opt_out(1, 9, 2_000)
    cuba.record_mobile(1, MobileStatus.NONE, by, 3_000)
    cuba.record_mobile(1, MobileStatus.VALID, by, 4_000)
    cuba.record_email(1, EmailStatus.VALID, by, 4_000)
    cuba.restore_service(1, Service.GENERAL, 5_000)
    assert cuba.recipient(1).opted_out == 1
    assert cuba.products_and_services(1) == {"Reminder": "Unsubscribed", "General": "Unsubscribed"}


ON, OFF = "Subscribed", "Unsubscribed"
SERVICES: list[tuple[dict[str, int], str, str]] = [
    ({}, ON, ON),
    ({"email": 0}, ON, ON),
    ({"mobile": 0}, ON, ON),
    ({"mobile": 0, "email": 0}, OFF, OFF),
    ({"mobile": 2, "email": 2}, OFF, OFF),
    ({"mobile": 3, "email": 0}, ON, ON),
    ({"opted_out": 1}, OFF, OFF),
    ({"deceased": 1}, OFF, OFF),
    ({"reminder_ended": 1}, OFF, ON),
    ({"general_ended": 1}, ON, OFF),
    ({"reminder_ended": 1, "general_ended": 1}, OFF, OFF),
]


@pytest.mark.parametrize(("facts", "reminder", "general"), SERVICES)
def test_products_and_services(facts: dict[str, int], reminder: str, general: str) -> None:
    cuba, _ = register(**facts)
    assert cuba.products_and_services(1) == {"Reminder": reminder, "General": general}
    # The window says what the rule of `cs-subscription` says.
    assert subscribed(cuba.recipient(1)) == int(ON in (reminder, general) or bool(facts.get("reminder_ended")))


def test_notepads_are_kept_in_order() -> None:
    cuba, _ = register()
    cuba.note(1, "first")
    cuba.note(1, "second")
    cuba.notepads(1).append("not kept")
    assert cuba.notepads(1) == ["first", "second"]
    assert cuba.notepads(2) == []


def test_contact_is_remembered() -> None:
    history = History()
    cuba = Cuba(history, Ledger())
    cuba.enter(1, RECIPIENT, 1, 0, False, True, START)
    assert (cuba.has_never_contacted(1), cuba.last_contact(1)) == (True, -1)
    cuba.record_contact(1, 7_000)
    assert (cuba.has_never_contacted(1), cuba.last_contact(1)) == (False, 7_000)


# Family and domestic violence


def open_process(ref: int = PROCESS, applicant: int = 1, other: int = 2) -> tuple[Cuba, History]:
    """Two customers with an open process."""
    cuba, history = register()
    cuba.enter(2, RECIPIENT, 1, 0, False, False, START)
    cuba.open_process(Process(ref, CARE, applicant, other, False), 2_000)
    return cuba, history


def barred(cuba: Cuba) -> tuple[int, int]:
    """`cs-fdv` for customers 1 and 2."""
    return cuba.fdv_undiscussed(1), cuba.fdv_undiscussed(2)


def test_the_applicants_concerns_bar_the_other_party_until_discussed() -> None:
    cuba, history = open_process()
    assert barred(cuba) == (0, 0)
    cuba.raise_fdv(PROCESS, 1, 3_000)
    assert barred(cuba) == (0, 1)
    assert cuba.concerns_on(PROCESS) == [1]
    cuba.discuss_fdv(PROCESS, 9, 4_000)
    assert barred(cuba) == (0, 0)
    assert cuba.concerns_on(PROCESS) == []
    assert rows(history, "customer", "other", "ref", "officer", "value") == [
        (Event.PROCESS_OPENED, 1, 2, PROCESS, 0, CARE),
        (Event.FDV_RAISED, 1, 0, PROCESS, 0, 0),
        (Event.FDV_DISCUSSED, 1, 2, PROCESS, 9, 0),
    ]
    assert len(cuba.notepads(1)) == 1


def test_the_other_partys_concerns_bar_nobody() -> None:
    cuba, _ = open_process()
    cuba.raise_fdv(PROCESS, 2, 3_000)
    assert barred(cuba) == (0, 0)
    cuba.raise_fdv(PROCESS, 1, 3_000)
    assert barred(cuba) == (0, 1)
    cuba.close_process(PROCESS, 4_000)
    assert barred(cuba) == (0, 0)


def test_concerns_raised_twice_are_discussed_once_and_may_be_raised_again() -> None:
    cuba, history = open_process()
    for time in (3_000, 3_500):
        cuba.raise_fdv(PROCESS, 1, time)
    assert len(list(history.select(Event.FDV_RAISED))) == 1
    cuba.discuss_fdv(PROCESS, 9, 4_000)
    assert barred(cuba) == (0, 0)
    cuba.raise_fdv(PROCESS, 1, 5_000)
    assert barred(cuba) == (0, 1)
    cuba.discuss_fdv(PROCESS, 9, 6_000)
    cuba.discuss_fdv(PROCESS, 9, 6_000)
    assert barred(cuba) == (0, 0)


def test_every_process_bars_by_itself() -> None:
    cuba, _ = open_process()
    cuba.open_process(Process(PROCESS + 1, CARE, 1, 2, True), 2_000)
    for ref in (PROCESS, PROCESS + 1):
        cuba.raise_fdv(ref, 1, 3_000)
    cuba.discuss_fdv(PROCESS, 9, 4_000)
    assert barred(cuba) == (0, 1)
    cuba.close_process(PROCESS + 1, 5_000)
    assert barred(cuba) == (0, 0)


def test_closed_and_unknown_processes() -> None:
    cuba, history = open_process()
    cuba.open_process(Process(PROCESS + 1, ProcessKind.OBJECTION, 1, 2, True), 2_000)
    assert (cuba.is_out_of_time(PROCESS), cuba.is_out_of_time(PROCESS + 1)) == (False, True)
    assert [row["ref"] for row in history.select(Event.OBJECTION_OUT_OF_TIME)] == [PROCESS + 1]
    assert cuba.applicant(PROCESS) == 1
    cuba.close_process(PROCESS, 3_000)
    assert cuba.applicant(PROCESS) is None
    recorded = len(history)
    cuba.discuss_fdv(PROCESS, 9, 4_000)
    assert len(history) == recorded
    assert (cuba.applicant(99), cuba.is_out_of_time(99), cuba.concerns_on(99)) == (None, False, [])


# The Letters List


def test_the_letters_list_and_its_filters() -> None:
    bench = Bench(MORNING)
    bench.customer()
    bench.working[1] = False
    bench.send()  # 1 bounces
    bench.later(HOUR)
    bench.working[1] = True
    bench.send(confirmed=1)  # 2
    bench.send(1, AUTOMATIC_NOTICE, System.CUBA)  # 3
    bench.until("2026-10-07T10:00:00+11:00")
    bench.until("2026-10-07T21:00:00+11:00")
    bench.send(confirmed=1)  # 4 is held: no letter yet
    letters = bench.cuba.letters_list(1)
    assert [(letter.message, letter.status, letter.channel) for letter in letters] == [
        (1, "Error", "SMS"),
        (2, "Sent", "SMS"),
        (3, "Sent", "SMS"),
    ]
    assert letters[0].text.startswith("We have received your payment.")
    assert letters[0].sent == instant(MORNING) + 1

    def filtered(**filters: str) -> list[int]:
        return [letter.message for letter in bench.cuba.letters_list(1, **filters)]

    assert filtered(status="Sent") == [2, 3]
    assert filtered(status="Error") == [1]
    assert filtered(channel="SMS") == [1, 2, 3]
    assert filtered(channel="Email") == []
    assert filtered(status="Error", channel="SMS") == [1]
    assert bench.cuba.letters_list(2) == []


def test_a_message_comes_into_the_list_when_it_is_viewable() -> None:
    bench = Bench(MORNING)
    bench.customer()
    bench.send()
    bench.later(DAY)
    viewable = bench.times(Event.VIEWABLE)[0]
    again = Bench(MORNING)
    again.customer()
    again.send()
    again.until(viewable - 1)
    assert again.cuba.letters_list(1) == []
    again.later(1)
    assert [letter.status for letter in again.cuba.letters_list(1)] == ["Sent"]


def test_an_error_shows_with_the_bounce_back_and_not_before() -> None:
    bench = Bench(MORNING, reserved={1: ReservedOutcome.BOUNCED})
    bench.customer()
    bench.send()
    bench.until("2026-10-07T05:59:59.999+11:00")
    assert [letter.status for letter in bench.cuba.letters_list(1)] == ["Sent"]
    bench.later(1)
    assert [letter.status for letter in bench.cuba.letters_list(1)] == ["Error"]


# Automatic EM

AUTOMATIC: list[tuple[dict[str, int], int, int]] = [
    ({}, AUTOMATIC_NOTICE, 0),
    ({"opted_out": 1}, AUTOMATIC_NOTICE, Reason.OPTED_OUT),
    ({"deceased": 1}, AUTOMATIC_NOTICE, Reason.DECEASED),
    ({"restricted_access": 1}, AUTOMATIC_NOTICE, Reason.RESTRICTED_ACCESS),
    ({"employer": 1}, AUTOMATIC_NOTICE, Reason.EMPLOYER),
    ({"mobile": 0}, AUTOMATIC_NOTICE, Reason.NO_MOBILE),
    ({"mobile": 2}, AUTOMATIC_NOTICE, Reason.INVALID_MOBILE),
    ({"mobile": 3}, AUTOMATIC_NOTICE, Reason.OVERSEAS_MOBILE),
    ({"general_ended": 1}, AUTOMATIC_NOTICE, Reason.SERVICE_UNSUBSCRIBED),
    ({"general_ended": 1}, AUTOMATIC_REMINDER, 0),
    ({"reminder_ended": 1}, AUTOMATIC_REMINDER, Reason.SERVICE_UNSUBSCRIBED),
    ({}, PLAIN, Reason.UNKNOWN_TEMPLATE),
    ({}, 999, Reason.UNKNOWN_TEMPLATE),
    ({"opted_out": 1, "mobile": 0}, AUTOMATIC_NOTICE, Reason.OPTED_OUT | Reason.NO_MOBILE),
]


@pytest.mark.parametrize(("facts", "template", "reasons"), AUTOMATIC)
@pytest.mark.parametrize("moment", [MORNING, "2026-10-06T21:00:00.000+11:00"])
def test_automatic_messages_obey_the_recipient_rules(
    facts: dict[str, int], template: int, reasons: int, moment: str
) -> None:
    bench = Bench(moment)
    bench.customer(**facts)
    decision = bench.send(1, template, System.CUBA, access=0)
    if reasons:
        assert decision == Decision(Outcome.REFUSED, reasons, 0)
    else:
        assert decision.outcome == (Outcome.SENT if moment == MORNING else Outcome.HELD)


def test_automatic_messages_wait_for_the_window_of_their_recipient() -> None:
    # Cuba's evening batch at 21:00 in Sydney finds Perth at 18:00.
    bench = Bench("2026-10-06T21:00:00+11:00")
    bench.customer(1)
    bench.customer(2, zone=PERTH)
    decisions = [bench.send(number, AUTOMATIC_NOTICE, System.CUBA) for number in (1, 2)]
    assert [one.outcome for one in decisions] == [Outcome.HELD, Outcome.SENT]
    bench.later(DAY)
    assert bench.times(Event.HANDED_OVER, 1) == [instant("2026-10-07T08:00:00+11:00")]
    assert bench.times(Event.HANDED_OVER, 2) == [instant("2026-10-06T21:00:00+11:00")]
    assert ZONES[bench.cuba.recipient(2).zone] == PERTH
