"""cs-bounce-followup against hand-written histories."""

from typing import Any

import pytest

from sim.audit.codes import MOBILE_STATUSES, Event
from tests.audit.builder import HOUR, MINUTE, at
from tests.audit.procedures import BREACH, CUSTOMER, JUDGED_WELL, NO_CASE, UNJUDGED, Procedures, counts

SENT, BOUNCED = at("2026-10-06 12:00"), at("2026-10-07 06:00")
CHECKED = at("2026-10-07 09:00")
VALID, INVALID = MOBILE_STATUSES["valid"], MOBILE_STATUSES["invalid"]
FOUND_VALID, FOUND_INVALID = 1, 2


def bounced(time: int = BOUNCED, message: int = 1, **how: Any) -> Procedures:
    """A message that bounced back at `time`. The log ends on Monday, 19 October, 00:00."""
    history = Procedures()
    history.send(message, CUSTOMER, SENT, **how)
    bounce(history, time, message)
    return history


def bounce(history: Procedures, time: int = BOUNCED, message: int = 1) -> None:
    history.event(time - HOUR, Event.FAILED, message=message, customer=CUSTOMER, system=6, value=1)
    history.event(time, Event.BOUNCED, message=message, customer=CUSTOMER, system=1)


def check(history: Procedures, time: int = CHECKED, value: int = FOUND_VALID, message: int = 1, **who: int) -> None:
    history.step(Event.NUMBER_CHECKED, time, value=value, message=message, **who)


def tick(history: Procedures, time: int = CHECKED, takes_effect: bool = True, **columns: int) -> None:
    """Invalid is ticked, as the register records it."""
    history.fact(time, Event.INVALID_TICKED, CUSTOMER, officer=9, **columns)
    if takes_effect:
        history.fact(time, Event.MOBILE_RECORDED, CUSTOMER, INVALID, ref=1)


def test_a_number_found_valid_ends_the_follow_up() -> None:
    history = bounced()
    check(history)
    assert counts(history.rule("cs-bounce-followup")) == JUDGED_WELL


def test_a_number_found_not_valid_is_ticked() -> None:
    history = bounced()
    check(history, value=FOUND_INVALID)
    tick(history)
    assert counts(history.rule("cs-bounce-followup")) == JUDGED_WELL


@pytest.mark.parametrize("how", [{}, {"system": "cuba"}])
def test_a_bounce_back_of_either_system_is_followed_by_a_check(how: dict[str, Any]) -> None:
    audit = bounced(**how).rule("cs-bounce-followup")
    assert counts(audit) == BREACH
    assert "not followed by a check" in audit.evidence[0].why


CHECKS: list[tuple[str, dict[str, int]]] = [
    ("before the bounce back", {"time": BOUNCED - 1}),
    ("of another message", {"message": 2}),
    ("by nobody", {"officer": 0}),
]


@pytest.mark.parametrize(("what", "columns"), CHECKS, ids=[row[0] for row in CHECKS])
def test_a_check_that_is_none(what: str, columns: dict[str, int]) -> None:
    history = bounced()
    check(history, **columns)
    assert counts(history.rule("cs-bounce-followup")) == BREACH, what


# The log ends on Monday 19 October 00:00: the five business days before are Monday 12 to Friday 16.
ENDS = [
    ("2026-10-12 00:00", BREACH),
    ("2026-10-12 00:00:00.001", UNJUDGED),
    ("2026-10-11 23:59:59.999", BREACH),
    ("2026-10-16 06:00", UNJUDGED),
]


@pytest.mark.parametrize(("time", "expected"), ENDS)
def test_five_business_days_are_left_for_the_check(time: str, expected: tuple[int, int, int]) -> None:
    assert counts(bounced(at(time)).rule("cs-bounce-followup")) == expected


def test_the_business_days_are_counted_in_agency_time_over_the_change_and_a_weekend() -> None:
    # The log ends on Wednesday 7 October at noon; five business days before is Wednesday 30 September at noon.
    for time, expected in (("2026-09-30 12:00", BREACH), ("2026-09-30 12:00:00.001", UNJUDGED)):
        history = Procedures(end="2026-10-07 12:00")
        history.send(1, CUSTOMER, at("2026-09-29 12:00"))
        bounce(history, at(time))
        assert counts(history.rule("cs-bounce-followup")) == expected


NOT_TICKED = [
    ("the item ended", CHECKED, CHECKED + MINUTE, BREACH),
    ("the item did not end, days ago", CHECKED, None, BREACH),
    ("near the end of the log, the item ended with it", at("2026-10-16 09:00"), at("2026-10-16 09:00"), BREACH),
    ("near the end of the log, the item ended before", at("2026-10-16 09:00"), at("2026-10-16 08:59"), UNJUDGED),
    ("near the end of the log, the item ended", at("2026-10-16 09:00"), at("2026-10-16 09:01"), BREACH),
    ("near the end of the log, the item did not end", at("2026-10-16 09:00"), None, UNJUDGED),
]


@pytest.mark.parametrize(("what", "checked", "ended", "expected"), NOT_TICKED, ids=[row[0] for row in NOT_TICKED])
def test_a_number_found_not_valid_and_not_ticked(
    what: str, checked: int, ended: int | None, expected: tuple[int, int, int]
) -> None:
    history = bounced()
    check(history, checked, FOUND_INVALID)
    if ended:
        history.step(Event.WORK_ENDED, ended)
    audit = history.rule("cs-bounce-followup")
    assert counts(audit) == expected, what
    assert all("not ticked" in breach.why for breach in audit.evidence)


@pytest.mark.parametrize("status", ["none", "invalid", "overseas"])
def test_nothing_is_ticked_where_no_valid_number_is_on_record_any_more(status: str) -> None:
    history = bounced()
    history.fact(CHECKED, Event.MOBILE_RECORDED, CUSTOMER, MOBILE_STATUSES[status], ref=2)
    check(history, value=FOUND_INVALID)
    assert counts(history.rule("cs-bounce-followup")) == JUDGED_WELL


@pytest.mark.parametrize("later", [0, 1])
def test_the_tick_takes_effect_at_the_same_instant(later: int) -> None:
    history = bounced()
    check(history, value=FOUND_INVALID)
    tick(history, CHECKED + MINUTE, takes_effect=False)
    history.fact(CHECKED + MINUTE + later, Event.MOBILE_RECORDED, CUSTOMER, INVALID, ref=1)
    assert counts(history.rule("cs-bounce-followup")) == (1, later, 0)


def test_a_check_without_a_finding_is_unjudged() -> None:
    history = bounced()
    check(history, value=0)
    assert counts(history.rule("cs-bounce-followup")) == UNJUDGED


# The other side: ticked without a cause.


def test_ticked_without_a_check() -> None:
    history = bounced(at("2026-10-16 06:00"))
    tick(history, at("2026-10-16 09:00"))
    audit = history.rule("cs-bounce-followup")
    assert counts(audit) == (1, 1, 1)
    assert audit.evidence[0].messages == (1,)
    assert "without a check" in audit.evidence[0].why


def test_ticked_though_found_valid() -> None:
    history = bounced()
    check(history)
    tick(history, CHECKED + MINUTE)
    assert counts(history.rule("cs-bounce-followup")) == (2, 1, 0)


@pytest.mark.parametrize(("renewed", "breaches"), [(CHECKED - 1, 0), (CHECKED, 0), (CHECKED + MINUTE, 1)])
def test_ticked_though_a_new_number_was_recorded_after_the_check(renewed: int, breaches: int) -> None:
    history = bounced()
    history.fact(renewed, Event.MOBILE_RECORDED, CUSTOMER, VALID, ref=3)
    check(history, value=FOUND_INVALID)
    tick(history, CHECKED + 2 * MINUTE)
    assert counts(history.rule("cs-bounce-followup")) == (1 + breaches, breaches, 0)


def test_an_earlier_tick_or_one_for_another_message_does_not_serve() -> None:
    history = bounced()
    tick(history, CHECKED - 2 * MINUTE)
    history.fact(CHECKED - MINUTE, Event.MOBILE_RECORDED, CUSTOMER, VALID, ref=4)
    check(history, value=FOUND_INVALID)
    assert ["not ticked" in breach.why for breach in history.rule("cs-bounce-followup").evidence] == [True]
    history = bounced()
    check(history, value=FOUND_INVALID)
    tick(history, CHECKED + MINUTE, message=2)
    assert ["not ticked" in breach.why for breach in history.rule("cs-bounce-followup").evidence] == [True]


def test_a_tick_without_a_bounce_back_is_not_in_the_name_of_this_rule() -> None:
    history = Procedures()
    tick(history)
    assert counts(history.rule("cs-bounce-followup")) == NO_CASE


def test_one_tick_serves_two_bounce_backs_and_emails_need_none() -> None:
    history = bounced()
    history.send(2, CUSTOMER, SENT + MINUTE)
    bounce(history, message=2)
    history.press(3, CUSTOMER, SENT, system="cuba", channel="email")
    history.event(SENT, Event.ISSUED, message=3, customer=CUSTOMER, system=2, other=2, value=SENT)
    bounce(history, message=3)
    check(history, value=FOUND_INVALID)
    tick(history)
    check(history, CHECKED + HOUR, FOUND_INVALID, message=2)
    assert counts(history.rule("cs-bounce-followup")) == (2, 0, 0)
