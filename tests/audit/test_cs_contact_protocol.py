"""cs-contact-protocol against hand-written histories."""

from typing import Any

import pytest

from sim.audit.codes import AREAS, Event
from tests.audit.builder import HOUR, MINUTE, at
from tests.audit.procedures import (
    BREACH,
    CUSTOMER,
    ITEM,
    JUDGED_WELL,
    NO_CASE,
    NOON,
    PROCESS,
    UNJUDGED,
    Procedures,
    counts,
)

CALL, LETTER = Event.CALL_ATTEMPTED, Event.LETTER_SENT
TUESDAY, WEDNESDAY = at("2026-10-06 10:00"), at("2026-10-07 10:00")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (at(f"2026-10-{day} 10:00") for day in ("09", "10", "11", "12"))

Calls = list[tuple[int, int]]


def letter(
    calls: Calls, time: int = NOON, numbers: int = 1, kind: str = "payment", late: bool = False, area: str = "none",
    **changes: Any,
) -> Procedures:  # fmt: skip
    """A work item with these calls (time, number) and a letter at `time`."""
    history = Procedures(**changes)
    history.fact(history.start, Event.NUMBERS_RECORDED, CUSTOMER, numbers)
    history.fact(history.start, Event.AREA_RECORDED, CUSTOMER, AREAS[area])
    process = PROCESS if kind == "objection" else 0
    if late:
        history.fact(history.start, Event.OBJECTION_OUT_OF_TIME, CUSTOMER, ref=PROCESS)
    history.item(TUESDAY - HOUR, kind=kind, process=process)
    for moment, number in calls:
        history.step(CALL, moment, value=number)
    history.step(LETTER, time)
    return history


ORDINARY = [
    ("one call on one number", [(NOON - 1, 1)], 1, JUDGED_WELL),
    ("no call", [], 1, BREACH),
    ("the call after the letter", [(NOON + 1, 1)], 1, BREACH),
    ("one of two numbers", [(NOON - 1, 2)], 2, BREACH),
    ("both numbers, days apart", [(TUESDAY, 2), (NOON - 1, 1)], 2, JUDGED_WELL),
    ("no number to call", [], 0, JUDGED_WELL),
]


@pytest.mark.parametrize(("what", "calls", "numbers", "expected"), ORDINARY, ids=[row[0] for row in ORDINARY])
def test_each_number_is_tried_before_the_letter(
    what: str, calls: Calls, numbers: int, expected: tuple[int, int, int]
) -> None:
    assert counts(letter(calls, numbers=numbers).rule("cs-contact-protocol")) == expected, what


THREE_IN_TWO = [(TUESDAY, 1), (TUESDAY + HOUR, 1), (WEDNESDAY, 1)]
OUT_OF_TIME = [
    ("three on two days", THREE_IN_TWO, JUDGED_WELL, ""),
    ("one", [(TUESDAY, 1)], BREACH, "1 of 3"),
    ("two on two days", [(TUESDAY, 1), (WEDNESDAY, 1)], BREACH, "2 of 3"),
    ("three on one day", [(WEDNESDAY, 1), (WEDNESDAY + 1, 1), (WEDNESDAY + 2, 1)], BREACH, "1 of 2 business days"),
    ("four on three days", [(MONDAY - 168 * HOUR, 1), *THREE_IN_TWO], JUDGED_WELL, ""),
    ("the third after the letter", [*THREE_IN_TWO[:2], (NOON + 1, 1)], BREACH, "2 of 3"),
]


@pytest.mark.parametrize(("what", "calls", "expected", "why"), OUT_OF_TIME, ids=[row[0] for row in OUT_OF_TIME])
def test_an_objection_out_of_time_asks_for_three_attempts_over_two_business_days(
    what: str, calls: Calls, expected: tuple[int, int, int], why: str
) -> None:
    audit = letter(calls, kind="objection", late=True).rule("cs-contact-protocol")
    assert counts(audit) == expected, what
    assert all(why in breach.why for breach in audit.evidence)


WEEKEND = [
    ("Friday and Saturday", [(FRIDAY, 1), (FRIDAY + 1, 1), (SATURDAY, 1)], BREACH),
    ("Saturday and Sunday", [(SATURDAY, 1), (SUNDAY, 1), (SUNDAY + 1, 1)], BREACH),
    ("Friday and Monday", [(FRIDAY, 1), (FRIDAY + 1, 1), (MONDAY, 1)], JUDGED_WELL),
]


@pytest.mark.parametrize(("what", "calls", "expected"), WEEKEND, ids=[row[0] for row in WEEKEND])
def test_weekends_are_no_business_days(what: str, calls: Calls, expected: tuple[int, int, int]) -> None:
    history = letter(calls, time=MONDAY + HOUR, kind="objection", late=True)
    assert counts(history.rule("cs-contact-protocol")) == expected, what


@pytest.mark.parametrize(("zone", "expected"), [("Australia/Sydney", JUDGED_WELL), ("Australia/Perth", BREACH)])
def test_days_are_the_customers_own(zone: str, expected: tuple[int, int, int]) -> None:
    # Half past midnight on Wednesday in Sydney is still Tuesday in Perth.
    midnight = at("2026-10-07 00:30")
    history = letter([(TUESDAY, 1), (TUESDAY + HOUR, 1), (midnight, 1)], kind="objection", late=True)
    history.customer(CUSTOMER, zone=zone)
    assert counts(history.rule("cs-contact-protocol")) == expected


def test_every_number_needs_its_own_three() -> None:
    calls = [(time, number) for time, _ in THREE_IN_TWO for number in (1, 2)]
    assert counts(letter(calls, numbers=2, kind="objection", late=True).rule("cs-contact-protocol")) == JUDGED_WELL
    assert counts(letter(calls[:-1], numbers=2, kind="objection", late=True).rule("cs-contact-protocol")) == BREACH


@pytest.mark.parametrize(("recorded", "expected"), [(NOON, BREACH), (NOON + 1, JUDGED_WELL)])
def test_out_of_time_counts_from_its_record(recorded: int, expected: tuple[int, int, int]) -> None:
    history = letter([(NOON - 1, 1)], kind="objection")
    history.fact(recorded, Event.OBJECTION_OUT_OF_TIME, CUSTOMER, ref=PROCESS)
    assert counts(history.rule("cs-contact-protocol")) == expected


@pytest.mark.parametrize(("kind", "late"), [("objection", False), ("payment", True)])
def test_only_an_objection_that_is_out_of_time_asks_for_more(kind: str, late: bool) -> None:
    assert counts(letter([(NOON - 1, 1)], kind=kind, late=late).rule("cs-contact-protocol")) == JUDGED_WELL


@pytest.mark.parametrize(("area", "expected"), [
    ("personalised_services", JUDGED_WELL), ("specialised_assessment_services", BREACH),
    ("change_of_assessment", BREACH), ("objections", BREACH), ("none", BREACH),
])  # fmt: skip
def test_phone_contact_is_not_mandatory_for_personalised_services(area: str, expected: tuple[int, int, int]) -> None:
    assert counts(letter([], area=area).rule("cs-contact-protocol")) == expected


def test_the_numbers_of_attempts_and_days_are_policy_data() -> None:
    more: dict[str, Any] = {"cs_contact_protocol__attempts": 2}
    assert counts(letter([(NOON - 1, 1)], **more).rule("cs-contact-protocol")) == BREACH
    assert counts(letter([(NOON - 2, 1), (NOON - 1, 1)], **more).rule("cs-contact-protocol")) == JUDGED_WELL
    days: dict[str, Any] = {**more, "cs_contact_protocol__attempts_over_days": 2}
    assert counts(letter([(NOON - 2, 1), (NOON - 1, 1)], **days).rule("cs-contact-protocol")) == BREACH
    assert counts(letter([(TUESDAY, 1), (NOON - 1, 1)], **days).rule("cs-contact-protocol")) == JUDGED_WELL


@pytest.mark.parametrize(("answered", "expected"), [(NOON - 1, BREACH), (NOON + 1, JUDGED_WELL)])
@pytest.mark.parametrize("area", ["none", "personalised_services"])
def test_a_letter_is_the_fallback_and_not_for_someone_who_answered(
    answered: int, expected: tuple[int, int, int], area: str
) -> None:
    history = letter([(NOON - 2, 1)], area=area)
    history.step(Event.CALL_ANSWERED, answered, value=1)
    assert counts(history.rule("cs-contact-protocol")) == expected


def test_calls_on_other_items_or_to_others_do_not_count() -> None:
    history = letter([])
    history.step(CALL, NOON - 1, value=1, ref=ITEM + 1)
    history.step(CALL, NOON - 1, value=1, customer=2)
    assert counts(history.rule("cs-contact-protocol")) == BREACH


def test_an_item_is_one_case_however_many_letters() -> None:
    history = letter([(NOON - 1, 1)])
    history.step(LETTER, NOON + HOUR)
    assert counts(history.rule("cs-contact-protocol")) == JUDGED_WELL


@pytest.mark.parametrize("ref", [0, 99])
def test_a_letter_whose_item_is_not_in_the_log_is_unjudged(ref: int) -> None:
    history = Procedures()
    history.step(LETTER, NOON, ref=ref)
    assert counts(history.rule("cs-contact-protocol")) == UNJUDGED


def test_without_a_letter_there_is_no_case() -> None:
    history = Procedures()
    history.item(NOON - MINUTE)
    history.step(CALL, NOON, value=1)
    assert counts(history.rule("cs-contact-protocol")) == NO_CASE
