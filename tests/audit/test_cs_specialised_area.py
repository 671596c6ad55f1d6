"""cs-specialised-area against hand-written histories."""

import pytest

from sim.audit.codes import AREAS, Event
from tests.audit.builder import MINUTE
from tests.audit.procedures import BREACH, CUSTOMER, JUDGED_WELL, NO_CASE, NOON, UNJUDGED, Procedures, counts

STARTED = NOON - 10 * MINUTE
CHECK, CALL, LETTER = Event.AREA_INSTRUCTIONS_CHECKED, Event.CALL_ATTEMPTED, Event.LETTER_SENT


def contacted(area: int | None, *steps: tuple[Event, int], sms: bool = False, **columns: int) -> Procedures:
    """A work item of a customer of `area` with these steps, and perhaps an SMS at noon."""
    history = Procedures()
    if area is not None:
        history.fact(history.start, Event.AREA_RECORDED, CUSTOMER, area)
    history.item(STARTED)
    for event, time in steps:
        history.step(event, time, **columns)
    if sms:
        history.sms(1, **columns)
    return history


@pytest.mark.parametrize("area", [AREAS[name] for name in sorted(AREAS) if name != "none"])
def test_every_specialised_area_asks_for_its_instructions(area: int) -> None:
    assert counts(contacted(area, (CHECK, NOON - 1), sms=True).rule("cs-specialised-area")) == JUDGED_WELL
    audit = contacted(area, sms=True).rule("cs-specialised-area")
    assert counts(audit) == BREACH
    assert audit.evidence[0].messages == (1,)
    assert "instructions of " in audit.evidence[0].why
    assert " Of " not in audit.evidence[0].why


@pytest.mark.parametrize("area", [0, None])
def test_other_customers_are_no_case(area: int | None) -> None:
    assert counts(contacted(area, sms=True).rule("cs-specialised-area")) == NO_CASE


ORDERS = [
    ("checked before the call", [(CHECK, NOON - 2), (CALL, NOON - 1)], JUDGED_WELL, ""),
    ("checked in the call's millisecond, before it", [(CHECK, NOON - 1), (CALL, NOON - 1)], JUDGED_WELL, ""),
    ("checked in the call's millisecond, after it", [(CALL, NOON - 1), (CHECK, NOON - 1)], BREACH, "was called"),
    ("checked between the call and the SMS", [(CALL, NOON - 9), (CHECK, NOON - 1)], BREACH, "was called"),
    ("a letter without a check", [(LETTER, NOON - 1)], BREACH, "was sent a letter"),
    ("a call and a letter are one case", [(CALL, NOON - 9), (LETTER, NOON - 1)], BREACH, "was called"),
    ("a check without contact", [(CHECK, NOON - 1)], NO_CASE, ""),
]


@pytest.mark.parametrize(("what", "steps", "expected", "why"), ORDERS, ids=[row[0] for row in ORDERS])
def test_the_first_contact_of_the_item_counts(
    what: str, steps: list[tuple[Event, int]], expected: tuple[int, int, int], why: str
) -> None:
    history = contacted(4, *steps, sms="SMS" in what)
    audit = history.rule("cs-specialised-area")
    assert counts(audit) == expected, what
    assert all(why in breach.why and "Objections" in breach.why for breach in audit.evidence)


def test_the_area_is_the_one_at_the_contact() -> None:
    history = contacted(4, sms=True)
    history.fact(NOON - 1, Event.AREA_RECORDED, CUSTOMER, 0)
    assert counts(history.rule("cs-specialised-area")) == NO_CASE


@pytest.mark.parametrize(("kind", "expected"), [("integrated", NO_CASE), ("payment", BREACH)])
def test_calls_about_centrelink_work_do_not_count(kind: str, expected: tuple[int, int, int]) -> None:
    history = Procedures()
    history.fact(history.start, Event.AREA_RECORDED, CUSTOMER, 4)
    history.item(STARTED, kind=kind)
    history.step(CALL, NOON)
    assert counts(history.rule("cs-specialised-area")) == expected


def test_a_contact_without_a_work_item_is_unjudged() -> None:
    history = Procedures()
    history.fact(history.start, Event.AREA_RECORDED, CUSTOMER, 4)
    history.step(CALL, NOON, ref=0)
    assert counts(history.rule("cs-specialised-area")) == UNJUDGED


def test_an_item_that_began_before_the_log_is_unjudged() -> None:
    history = Procedures()
    history.fact(history.start, Event.AREA_RECORDED, CUSTOMER, 4)
    history.step(CALL, NOON)
    assert counts(history.rule("cs-specialised-area")) == UNJUDGED


def test_the_areas_are_policy_data() -> None:
    history = contacted(4, sms=True)
    history.values["cs-specialised-area"]["values"]["areas"] = ["personalised_services"]
    assert counts(history.rule("cs-specialised-area")) == NO_CASE
