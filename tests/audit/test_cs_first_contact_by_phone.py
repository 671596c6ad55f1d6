"""cs-first-contact-by-phone against hand-written histories."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import HOUR, MINUTE, offenders
from tests.audit.procedures import BREACH, COLLEAGUE, CUSTOMER, JUDGED_WELL, NO_CASE, NOON, Procedures, counts

CALL = Event.CALL_ATTEMPTED
EARLY = NOON - 48 * HOUR


def newcomer(numbers: int = 2, never: bool = True) -> Procedures:
    """A customer with `numbers` phone numbers who never contacted Child Support."""
    history = Procedures()
    history.fact(history.start, Event.NUMBERS_RECORDED, CUSTOMER, numbers)
    if never:
        history.fact(history.start, Event.NEVER_CONTACTED, CUSTOMER)
    history.item(NOON - 10 * MINUTE)
    return history


# (what, numbers, calls (time, number), expected)
CALLS = [
    ("no call", 2, [], BREACH),
    ("one number of two", 2, [(NOON - 1, 1)], BREACH),
    ("the same number twice", 2, [(NOON - 2, 1), (NOON - 1, 1)], BREACH),
    ("both numbers", 2, [(NOON - 2, 1), (NOON - 1, 2)], JUDGED_WELL),
    ("both numbers, days before", 2, [(EARLY, 2), (EARLY + 1, 1)], JUDGED_WELL),
    ("the second after the press", 2, [(NOON - 1, 1), (NOON + 1, 2)], BREACH),
    ("one number of one", 1, [(NOON - 1, 1)], JUDGED_WELL),
    ("two numbers of three", 3, [(NOON - 2, 1), (NOON - 1, 2)], BREACH),
    ("no number to call", 0, [], JUDGED_WELL),
]


@pytest.mark.parametrize(("what", "numbers", "calls", "expected"), CALLS, ids=[row[0] for row in CALLS])
def test_all_numbers_are_tried_first(
    what: str, numbers: int, calls: list[tuple[int, int]], expected: tuple[int, int, int]
) -> None:
    history = newcomer(numbers)
    for time, number in calls:
        history.step(CALL, time, value=number, ref=5, officer=COLLEAGUE)
    history.sms(1)
    audit = history.rule("cs-first-contact-by-phone")
    assert counts(audit) == expected, what
    assert offenders(audit) == [1] * expected[1]


CONTACTS = [
    (Event.CUSTOMER_CONTACTED_US, NOON, NO_CASE),  # facts of the press's millisecond apply before it
    (Event.CUSTOMER_CONTACTED_US, NOON + 1, BREACH),
    (Event.CALL_ANSWERED, NOON - 1, NO_CASE),
    (Event.ANSWERED, NOON - 1, BREACH),  # doing what a message asked is no contact
]


@pytest.mark.parametrize(("event", "time", "expected"), CONTACTS)
def test_a_contact_ends_the_need(event: Event, time: int, expected: tuple[int, int, int]) -> None:
    history = newcomer()
    history.step(event, time)
    history.sms(1)
    assert counts(history.rule("cs-first-contact-by-phone")) == expected


def test_customers_who_were_in_contact_before_are_no_case() -> None:
    history = newcomer(never=False)
    history.fact(history.start, Event.NEVER_CONTACTED, CUSTOMER + 1)
    history.sms(1)
    assert counts(history.rule("cs-first-contact-by-phone")) == NO_CASE


def test_one_round_is_enough_for_all_later_messages_and_numbers() -> None:
    history = newcomer(1)
    history.step(CALL, EARLY, value=1)
    history.fact(EARLY + 1, Event.NUMBERS_RECORDED, CUSTOMER, 2)
    history.sms(1)
    history.sms(2, NOON + MINUTE)
    assert counts(history.rule("cs-first-contact-by-phone")) == (2, 0, 0)


def test_a_number_that_is_gone_need_not_be_tried() -> None:
    history = newcomer(2)
    history.step(CALL, NOON - 2, value=1)
    history.fact(NOON - 1, Event.NUMBERS_RECORDED, CUSTOMER, 1)
    history.sms(1)
    assert counts(history.rule("cs-first-contact-by-phone")) == JUDGED_WELL


def test_calls_to_others_and_automatic_messages_do_not_count() -> None:
    history = newcomer(1)
    history.customer(2)
    history.step(CALL, NOON - 1, customer=2, value=1)
    history.send(1, CUSTOMER, NOON, system="cuba")
    assert counts(history.rule("cs-first-contact-by-phone")) == NO_CASE
    history.sms(2)
    assert offenders(history.rule("cs-first-contact-by-phone")) == [2]
