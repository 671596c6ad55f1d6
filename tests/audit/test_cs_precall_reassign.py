"""cs-precall-reassign against hand-written histories. Alert 1 promises a call within the hour after noon."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import MINUTE, S001
from tests.audit.procedures import (
    BREACH,
    COLLEAGUE,
    CUSTOMER,
    ITEM,
    JUDGED_WELL,
    NO_CASE,
    NOON,
    OFFICER,
    UNJUDGED,
    Procedures,
    counts,
)

SENT = NOON + 50
ENDS = SENT + 60 * MINUTE
CALL, HANDED, GIVEN = Event.CALL_ATTEMPTED, Event.HANDED_TO_TEAM_LEADER, Event.REASSIGNED
THIRD = 7

Steps = list[tuple[Event, int, int]]


def alert(steps: Steps, end: str = "2026-10-19 00:00") -> Procedures:
    """A sent alert with these steps (event, time, officer) about its call."""
    history = Procedures(end=end)
    history.item(NOON - 10 * MINUTE)
    history.sms(1, template=S001, contact_time="next_hour")
    for event, time, officer in steps:
        history.step(event, time, officer=officer, message=1)
    return history


CALLS: list[tuple[str, Steps, tuple[int, int, int], str]] = [
    ("called in time by its officer", [(CALL, ENDS, OFFICER)], NO_CASE, ""),
    ("neither called nor handed over", [], BREACH, "neither made in time"),
    ("called late, not handed over", [(CALL, ENDS + 1, OFFICER)], BREACH, "neither made in time"),
    ("handed over and given on in time", [
        (HANDED, ENDS - 9, OFFICER), (GIVEN, ENDS - 8, COLLEAGUE), (CALL, ENDS - 7, COLLEAGUE),
    ], JUDGED_WELL, ""),
    ("handed over in the promise's last millisecond", [
        (HANDED, ENDS, OFFICER), (GIVEN, ENDS + MINUTE, COLLEAGUE),
    ], JUDGED_WELL, ""),
    ("handed over a millisecond late", [
        (HANDED, ENDS + 1, OFFICER), (GIVEN, ENDS + MINUTE, COLLEAGUE),
    ], BREACH, "after the promise had run out"),
    ("handed over before it was sent", [
        (HANDED, NOON + 1, OFFICER), (GIVEN, NOON + 2, COLLEAGUE), (CALL, SENT, COLLEAGUE),
    ], JUDGED_WELL, ""),
    ("handed over and given to nobody", [(HANDED, SENT, OFFICER)], BREACH, "not given to another officer"),
    ("given on before it was handed over", [
        (GIVEN, SENT, COLLEAGUE), (HANDED, SENT + 1, OFFICER),
    ], BREACH, "not given to another officer"),
    ("given back to the same officer", [
        (HANDED, SENT, OFFICER), (GIVEN, SENT + 1, OFFICER),
    ], BREACH, "given back"),
    ("given back, and then on", [
        (HANDED, SENT, OFFICER), (GIVEN, SENT + 1, OFFICER), (GIVEN, SENT + 2, COLLEAGUE),
    ], JUDGED_WELL, ""),
    ("handed over, given to nobody, called after all", [
        (HANDED, SENT, OFFICER), (CALL, ENDS, OFFICER),
    ], JUDGED_WELL, ""),
    ("a colleague called without the Team Leader", [(CALL, ENDS, COLLEAGUE)], BREACH, "without the Team Leader"),
    ("a colleague called, reassigned without a hand-over", [
        (GIVEN, SENT, COLLEAGUE), (CALL, ENDS, COLLEAGUE),
    ], BREACH, "without the Team Leader"),
    ("handed over after the call was made", [
        (CALL, SENT + 1, OFFICER), (HANDED, SENT + 2, OFFICER), (GIVEN, SENT + 3, COLLEAGUE),
    ], BREACH, "after it had been made"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "steps", "expected", "why"), CALLS, ids=[row[0] for row in CALLS])
def test_a_call_that_cannot_be_made_goes_through_the_team_leader(
    what: str, steps: Steps, expected: tuple[int, int, int], why: str
) -> None:
    audit = alert(steps).rule("cs-precall-reassign")
    assert counts(audit) == expected, what
    assert [breach.messages for breach in audit.evidence] == [(1,)] * expected[1]
    assert all(why in breach.why for breach in audit.evidence)


@pytest.mark.parametrize(("started", "ref", "expected"), [
    (NOON, ITEM, NO_CASE), (NOON + 1, ITEM, BREACH), (NOON, ITEM + 1, BREACH),
])  # fmt: skip
def test_whoever_started_the_item_before_the_alert_is_its_officer_too(
    started: int, ref: int, expected: tuple[int, int, int]
) -> None:
    history = alert([(CALL, SENT + MINUTE, COLLEAGUE)])
    history.step(Event.WORK_STARTED, started, officer=COLLEAGUE, ref=ref)
    assert counts(history.rule("cs-precall-reassign")) == expected


def test_a_stale_alert_and_a_call_given_up_for_a_cause_are_no_cases() -> None:
    assert counts(alert([(CALL, NOON + 1, OFFICER)]).rule("cs-precall-reassign")) == NO_CASE
    history = alert([(Event.CALL_PROMISE_DROPPED, SENT + 2, OFFICER)])
    history.fact(SENT + 1, Event.CUSTOMER_CONTACTED_US, CUSTOMER)
    assert counts(history.rule("cs-precall-reassign")) == NO_CASE


AT_THE_END: list[tuple[str, Steps, tuple[int, int, int]]] = [
    ("2026-10-07 13:00:00.050", [], UNJUDGED),
    ("2026-10-07 13:00:00.051", [], BREACH),
    ("2026-10-07 13:00:00.050", [(HANDED, SENT, OFFICER)], UNJUDGED),
    ("2026-10-07 13:00:00.051", [(HANDED, SENT, OFFICER)], BREACH),
    ("2026-10-07 13:00:00.050", [(HANDED, SENT, OFFICER), (GIVEN, SENT + 1, THIRD)], JUDGED_WELL),
]


@pytest.mark.parametrize(("end", "steps", "expected"), AT_THE_END)
def test_what_may_still_come_after_the_log_is_unjudged(end: str, steps: Steps, expected: tuple[int, int, int]) -> None:
    assert counts(alert(steps, end).rule("cs-precall-reassign")) == expected


def test_an_alert_without_a_contact_time_is_unjudged() -> None:
    history = Procedures()
    history.sms(1, template=S001)
    assert counts(history.rule("cs-precall-reassign")) == UNJUDGED
