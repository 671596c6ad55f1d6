"""cs-unanswered against hand-written histories. PLEASE_CALL asks for an answer, DOCUMENTS_RECEIVED does not."""

from typing import Any

import pytest

from sim.audit.codes import Event
from tests.audit.builder import DOCUMENTS_RECEIVED, HOUR, MINUTE, PAYMENT_OVERDUE, PLEASE_CALL, at, offenders
from tests.audit.procedures import BREACH, CUSTOMER, JUDGED_WELL, NO_CASE, NOON, UNJUDGED, Procedures, counts

DAYS_14 = 336 * HOUR
BEFORE = NOON - 48 * HOUR


def asked(*times: int, template: int = PLEASE_CALL, **changes: Any) -> Procedures:
    """Messages that were sent to the customer before the one at noon (whose own id is 100)."""
    history = Procedures(**changes)
    # What was cleared before the log's first message makes the days before the log known.
    history.fact(history.start, Event.CUSTOMER_CONTACTED_US, CUSTOMER)
    history.item(NOON - 10 * MINUTE)
    for number, time in enumerate(times, 1):
        history.sms(number, time, template=template, ref=5)
    return history


def judged(history: Procedures, considered: int | None = None) -> tuple[int, int, int]:
    if considered is not None:
        history.step(Event.ALTERNATIVE_CONSIDERED, considered)
    history.sms(100)
    audit = history.rule("cs-unanswered")
    at_noon = [breach for breach in audit.evidence if breach.messages[0] == 100]
    assert len(at_noon) == audit.breaches
    return counts(audit)


# (what, when the earlier messages were issued, expected without an alternative)
EARLIER = [
    ("none", [], NO_CASE),
    ("one", [BEFORE], NO_CASE),
    ("two", [BEFORE, BEFORE + HOUR], BREACH),
    ("the older 336 hours before", [NOON - DAYS_14, BEFORE], NO_CASE),
    ("the older 336 hours less a millisecond before", [NOON - DAYS_14 + 1, BEFORE], BREACH),
    ("the older 336 hours and a millisecond before", [NOON - DAYS_14 - 1, BEFORE], NO_CASE),
    ("the newer sent in the millisecond of the issue", [BEFORE, NOON - 50], BREACH),
    ("the newer not sent yet", [BEFORE, NOON - 49], NO_CASE),
]


@pytest.mark.parametrize(("what", "times", "expected"), EARLIER, ids=[row[0] for row in EARLIER])
def test_two_unanswered_messages_in_14_days_ask_for_another_way(
    what: str, times: list[int], expected: tuple[int, int, int]
) -> None:
    assert judged(asked(*times)) == expected, what


def test_the_14_days_are_336_hours_over_the_change_of_daylight_saving() -> None:
    # From 23 September, 11:00 (UTC+10) to 7 October, 12:00 (UTC+11) are 336 hours.
    assert at("2026-09-23 11:00") == NOON - DAYS_14


@pytest.mark.parametrize(("time", "expected"), [
    (NOON - 1, JUDGED_WELL), (NOON - 9 * MINUTE, JUDGED_WELL), (NOON + 1, BREACH), (NOON - 11 * MINUTE, BREACH),
])  # fmt: skip
def test_the_alternative_is_considered_on_the_item_before_the_press(time: int, expected: tuple[int, int, int]) -> None:
    assert judged(asked(BEFORE, BEFORE + HOUR), considered=time) == expected


def test_considering_without_need_breaks_nothing() -> None:
    assert judged(asked(BEFORE), considered=NOON - 1) == NO_CASE


@pytest.mark.parametrize("event", [Event.ANSWERED, Event.CUSTOMER_CONTACTED_US, Event.CALL_ANSWERED])
@pytest.mark.parametrize(("time", "expected"), [
    (BEFORE, BREACH),  # in the millisecond of the issue of the first: not after it
    (BEFORE + 1, NO_CASE),  # clears the first
    (BEFORE + 2 * HOUR, NO_CASE),  # clears both
    (NOON, NO_CASE),  # facts of the issue's millisecond apply before it
    (NOON + 1, BREACH),
])  # fmt: skip
def test_an_answer_clears_all_before_it(event: Event, time: int, expected: tuple[int, int, int]) -> None:
    history = asked(BEFORE, BEFORE + HOUR)
    history.event(time, event, customer=CUSTOMER, message=2 if event == Event.ANSWERED else 0)
    assert judged(history) == expected


def test_only_templates_that_ask_for_an_answer_count() -> None:
    assert judged(asked(BEFORE, BEFORE + HOUR, template=DOCUMENTS_RECEIVED)) == NO_CASE
    assert judged(asked(BEFORE, BEFORE + HOUR, template=PAYMENT_OVERDUE)) == BREACH


def test_messages_to_others_and_withdrawn_ones_do_not_count() -> None:
    history = asked(BEFORE)
    history.customer(2)
    history.sms(50, BEFORE, customer=2, template=PLEASE_CALL)
    history.press(51, CUSTOMER, BEFORE, template=PLEASE_CALL)
    history.issue(51, CUSTOMER, BEFORE, BEFORE + 12 * HOUR, template=PLEASE_CALL)
    history.event(BEFORE + 12 * HOUR, Event.WITHDRAWN, message=51, customer=CUSTOMER, system=1, reasons=4)
    assert judged(history) == NO_CASE


def test_how_many_and_how_long_are_policy_data() -> None:
    assert judged(asked(BEFORE, BEFORE + HOUR, cs_unanswered__messages=3)) == NO_CASE
    assert judged(asked(BEFORE, cs_unanswered__messages=1)) == BREACH
    assert judged(asked(BEFORE, BEFORE + HOUR, cs_unanswered__days=2)) == NO_CASE
    assert judged(asked(BEFORE + 1, BEFORE + HOUR, cs_unanswered__days=2)) == BREACH


def test_the_breach_names_the_message_and_those_unanswered() -> None:
    history = asked(BEFORE, BEFORE + HOUR)
    history.sms(100)
    breach = history.rule("cs-unanswered").evidence[0]
    assert breach.messages == (100, 1, 2)
    assert "2 unanswered messages" in breach.why


# What may lie before the log.

START = at("2026-09-21 00:00")


@pytest.mark.parametrize(("issued", "expected"), [
    (START + DAYS_14 - 1, UNJUDGED), (START + DAYS_14, NO_CASE), (START + DAYS_14 + 1, NO_CASE),
])  # fmt: skip
def test_days_before_the_log_leave_a_message_unjudged(issued: int, expected: tuple[int, int, int]) -> None:
    history = Procedures()
    history.item(issued - MINUTE)
    history.sms(1, issued)
    assert counts(history.rule("cs-unanswered")) == expected


def test_an_answer_in_the_log_clears_what_lies_before_it_unseen() -> None:
    history = Procedures()
    history.fact(START + HOUR, Event.CUSTOMER_CONTACTED_US, CUSTOMER)
    history.item(START + 2 * HOUR)
    history.sms(1, START + 3 * HOUR)
    assert counts(history.rule("cs-unanswered")) == NO_CASE


def test_enough_seen_is_a_breach_whatever_lies_before() -> None:
    history = Procedures()
    history.item(START + 10 * HOUR)
    history.step(Event.ALTERNATIVE_CONSIDERED, START + 10 * HOUR + 1)
    for number in (1, 2, 3):
        history.sms(number, START + (10 + number) * HOUR, template=PLEASE_CALL, ref=70 if number < 3 else 71)
    history.item(START + 12 * HOUR, ref=71)
    audit = history.rule("cs-unanswered")
    assert counts(audit) == BREACH
    assert offenders(audit) == [3]
