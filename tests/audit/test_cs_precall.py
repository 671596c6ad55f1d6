"""cs-precall against hand-written histories.

Alert 1 is sent at noon on Wednesday 7 October 2026 (Sydney), unless a test says otherwise.
"""

from typing import Any

import pytest

from sim.audit.codes import Event
from tests.audit.builder import HOUR, MINUTE, S001, S002, SYDNEY, at
from tests.audit.procedures import (
    BREACH,
    COLLEAGUE,
    CUSTOMER,
    JUDGED_WELL,
    NO_CASE,
    NOON,
    OFFICER,
    UNJUDGED,
    Procedures,
    counts,
)

LATENCY = 50
SENT = NOON + LATENCY
HOUR_ENDS = SENT + 60 * MINUTE


def alert(
    contact_time: str = "next_hour", time: int = NOON, template: int = S001, zone: str = SYDNEY,
    held_until: int | None = None, **changes: Any,
) -> Procedures:  # fmt: skip
    """A sent alert."""
    history = Procedures(**changes)
    history.customer(CUSTOMER, zone=zone)
    fields: dict[str, Any] = {"contact_time": contact_time} if contact_time else {}
    history.sms(1, time, template=template, held_until=held_until, **fields)
    return history


def call(history: Procedures, *times: int, message: int = 1, officer: int = OFFICER) -> Procedures:
    for time in times:
        history.step(Event.CALL_ATTEMPTED, time, value=1, message=message, officer=officer)
    return history


def result(history: Procedures) -> tuple[tuple[int, int, int], dict[str, Any]]:
    audit = history.rule("cs-precall")
    return counts(audit), audit.notes


HOUR_CALLS = [
    (SENT, JUDGED_WELL),
    (SENT + 10 * MINUTE, JUDGED_WELL),
    (HOUR_ENDS - 1, JUDGED_WELL),
    (HOUR_ENDS, JUDGED_WELL),  # 60:00.000 is inside
    (HOUR_ENDS + 1, BREACH),
]


@pytest.mark.parametrize(("time", "expected"), HOUR_CALLS)
def test_in_the_next_hour_lasts_60_minutes_from_sent(time: int, expected: tuple[int, int, int]) -> None:
    audit = call(alert(), time).rule("cs-precall")
    assert counts(audit) == expected
    assert [breach.messages for breach in audit.evidence] == [(1,)] * expected[1]


def test_never_called_is_broken_and_an_earlier_attempt_keeps_it() -> None:
    audit = alert().rule("cs-precall")
    assert counts(audit) == BREACH
    assert "never attempted" in audit.evidence[0].why
    assert result(call(alert(), SENT + MINUTE, HOUR_ENDS + 1))[0] == JUDGED_WELL


def test_another_officers_call_keeps_the_promise_and_a_call_about_something_else_does_not() -> None:
    assert result(call(alert(), SENT + MINUTE, officer=COLLEAGUE))[0] == JUDGED_WELL
    assert result(call(alert(), SENT + MINUTE, message=0))[0] == BREACH


# `Today` lasts to the end of the recipient's local day, whatever its zone and however long the day.
TODAY = [
    ("Australia/Sydney", "2026-10-07 12:00", "2026-10-08 00:00"),
    ("Australia/Perth", "2026-10-07 12:00", "2026-10-08 00:00"),
    ("Australia/Darwin", "2026-10-07 19:59", "2026-10-08 00:00"),
    ("Australia/Lord_Howe", "2026-10-04 08:00", "2026-10-05 00:00"),  # a day of 23.5 hours
    ("Indian/Cocos", "2026-10-07 08:00", "2026-10-08 00:00"),
    ("Australia/Sydney", "2026-10-04 08:00", "2026-10-05 00:00"),  # a day of 23 hours
    ("Australia/Sydney", "2027-04-04 08:00", "2027-04-05 00:00"),  # a day of 25 hours
    ("Pacific/Norfolk", "2027-04-04 19:00", "2027-04-05 00:00"),
]


@pytest.mark.parametrize(("template", "contact_time"), [(S001, "today"), (S002, "")])
@pytest.mark.parametrize(("zone", "issued", "midnight"), TODAY, ids=[f"{row[0]} {row[1]}" for row in TODAY])
def test_today_lasts_to_the_end_of_the_recipients_day(
    zone: str, issued: str, midnight: str, template: int, contact_time: str
) -> None:
    ends = at(midnight, zone)
    for time, expected in ((ends - 1, JUDGED_WELL), (ends, BREACH)):
        history = alert(
            contact_time, at(issued, zone), template, zone, start="2026-09-21 00:00", end="2027-04-19 00:00"
        )
        assert result(call(history, time))[0] == expected


def test_the_hour_is_elapsed_time_over_the_change_of_daylight_saving() -> None:
    issued = at("2027-04-04 02:30", SYDNEY, fold=0)
    history = alert(time=issued, start="2027-03-21 00:00", end="2027-04-19 00:00")
    # An hour later the clock shows 02:30 again.
    again = at("2027-04-04 02:30", SYDNEY, fold=1) + LATENCY
    assert again - issued == HOUR + LATENCY
    assert result(call(history, again))[0] == JUDGED_WELL


def test_the_length_of_the_hour_is_policy_data() -> None:
    assert result(call(alert(cs_precall__next_hour_minutes=30), SENT + 30 * MINUTE))[0] == JUDGED_WELL
    assert result(call(alert(cs_precall__next_hour_minutes=30), SENT + 30 * MINUTE + 1))[0] == BREACH


# Held alerts: promised from sent, or from the issue.

NIGHT, MORNING = at("2026-10-06 21:00"), at("2026-10-07 08:00")
MORNING_SENT = MORNING + LATENCY

HELD = [
    # (promise_from, contact time, call, fate)
    ("sent", "next_hour", MORNING_SENT + 60 * MINUTE, "kept"),
    ("sent", "next_hour", MORNING_SENT + 60 * MINUTE + 1, "broken"),
    ("sent", "next_hour", MORNING_SENT - 1, "stale"),
    ("sent", "next_hour", MORNING_SENT, "kept"),
    ("sent", "today", NIGHT + MINUTE, "stale"),
    ("sent", "today", at("2026-10-07 23:59:59.999"), "kept"),
    ("issued", "next_hour", MORNING_SENT + MINUTE, "stale"),  # the promise ran out at night
    ("issued", "today", MORNING_SENT + MINUTE, "stale"),
]


@pytest.mark.parametrize(("promise_from", "contact_time", "time", "fate"), HELD)
def test_a_held_alert_is_kept_broken_or_stale(promise_from: str, contact_time: str, time: int, fate: str) -> None:
    history = alert(contact_time, NIGHT, held_until=MORNING, cs_precall__promise_from=promise_from)
    result_counts, notes = result(call(history, time))
    assert result_counts == (BREACH if fate == "broken" else JUDGED_WELL)
    assert {name: notes[name] for name in ("kept", "broken", "stale")} == {
        name: int(name == fate) for name in ("kept", "broken", "stale")
    }


@pytest.mark.parametrize(("time", "expected"), [(NOON + 60 * MINUTE, JUDGED_WELL), (NOON + 60 * MINUTE + 1, BREACH)])
def test_promised_from_the_issue(time: int, expected: tuple[int, int, int]) -> None:
    assert result(call(alert(cs_precall__promise_from="issued"), time))[0] == expected


def test_sent_in_the_last_millisecond_of_its_promise_is_not_stale() -> None:
    for minutes, name in ((60, "broken"), (59, "stale")):
        history = alert(cs_precall__promise_from="issued", cs_precall__next_hour_minutes=minutes)
        history.events = [row for row in history.events if row["event"] != Event.ACKNOWLEDGED]
        history.event(NOON + 60 * MINUTE, Event.ACKNOWLEDGED, message=1, customer=CUSTOMER, system=6)
        assert result(history)[1][name] == 1


# Given up.

DROPS = [
    ("with a contact before", [(Event.CUSTOMER_CONTACTED_US, SENT + 1)], SENT + MINUTE, "dropped"),
    ("with a contact in its millisecond", [(Event.CUSTOMER_CONTACTED_US, SENT + MINUTE)], SENT + MINUTE, "dropped"),
    ("with a call answered before", [(Event.CALL_ANSWERED, NOON + 1)], SENT + MINUTE, "dropped"),
    ("with a contact after", [(Event.CUSTOMER_CONTACTED_US, SENT + MINUTE + 1)], SENT + MINUTE, "broken"),
    ("with a contact in the millisecond of the issue", [(Event.CUSTOMER_CONTACTED_US, NOON)], SENT + MINUTE, "dropped"),
    ("in the promise's last millisecond", [(Event.CUSTOMER_CONTACTED_US, SENT + 1)], HOUR_ENDS, "dropped"),
    ("with a contact before the issue", [(Event.CUSTOMER_CONTACTED_US, NOON - 1)], SENT + MINUTE, "broken"),
    ("after a death", [(Event.DIED, SENT + 1)], SENT + MINUTE, "dropped"),
    ("without a cause", [], SENT + MINUTE, "broken"),
    ("after the promise", [(Event.CUSTOMER_CONTACTED_US, SENT + 1)], HOUR_ENDS + 1, "broken"),
    ("not at all", [(Event.CUSTOMER_CONTACTED_US, SENT + 1)], None, "broken"),
]


@pytest.mark.parametrize(("what", "facts", "dropped", "fate"), DROPS, ids=[row[0] for row in DROPS])
def test_a_call_is_given_up_only_for_a_cause(
    what: str, facts: list[tuple[Event, int]], dropped: int | None, fate: str
) -> None:
    history = alert()
    for event, time in facts:
        history.fact(time, event, CUSTOMER)
    if dropped:
        history.step(Event.CALL_PROMISE_DROPPED, dropped, message=1)
    audit = history.rule("cs-precall")
    assert counts(audit) == (BREACH if fate == "broken" else JUDGED_WELL), what
    assert audit.notes[fate] == 1
    assert what != "without a cause" or "given up without a cause" in audit.evidence[0].why


def test_somebody_elses_contact_is_no_cause() -> None:
    history = alert()
    history.fact(SENT + 1, Event.CUSTOMER_CONTACTED_US, CUSTOMER + 1)
    history.step(Event.CALL_PROMISE_DROPPED, SENT + MINUTE, message=1)
    assert result(history)[0] == BREACH


# What the log cannot show.


@pytest.mark.parametrize(("end", "expected"), [
    ("2026-10-07 13:00:00.050", UNJUDGED),  # the promise's last instant is the first that is not observed
    ("2026-10-07 13:00:00.051", BREACH),
])  # fmt: skip
def test_a_promise_that_outlives_the_log_is_unjudged(end: str, expected: tuple[int, int, int]) -> None:
    assert result(alert(end=end))[0] == expected
    assert result(call(alert(end=end), SENT + MINUTE))[0] == JUDGED_WELL


def test_an_alert_without_a_contact_time_is_unjudged() -> None:
    assert result(call(alert(""), SENT + MINUTE))[0] == UNJUDGED


def test_alerts_that_were_not_sent_are_no_case() -> None:
    history = Procedures()
    history.press(1, CUSTOMER, NIGHT, template=S001, contact_time="today")
    history.issue(1, CUSTOMER, NIGHT, MORNING, template=S001)
    history.event(MORNING, Event.WITHDRAWN, message=1, customer=CUSTOMER, system=1, reasons=4)
    history.sms(2)
    assert counts(history.rule("cs-precall")) == NO_CASE


AIM = [(10 * MINUTE - 1, 0), (10 * MINUTE, 1), (25 * MINUTE, 1), (25 * MINUTE + 1, 0)]


@pytest.mark.parametrize(("delay", "inside"), AIM)
def test_the_aim_of_10_to_25_minutes_is_counted(delay: int, inside: int) -> None:
    notes = result(call(alert(), SENT + delay))[1]
    assert (notes["hour_calls"], notes["hour_calls_in_aim"], notes["aim_share"]) == (1, inside, float(inside))


def test_calls_today_have_no_aim() -> None:
    notes = result(call(alert("today"), SENT + 15 * MINUTE))[1]
    assert (notes["kept"], notes["hour_calls"], notes["aim_share"]) == (1, 0, None)
