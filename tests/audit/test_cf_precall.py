"""cf-precall against hand-written histories. The notification is sent at noon on Wednesday 7 October 2026 (Sydney)."""

import pytest

from sim.audit.codes import ZONES, Event
from tests.audit.builder import HOUR, MINUTE, SYDNEY, Builder, at, expect, judge_one
from tests.audit.foreign_logs import HEADER, read, rows
from tests.audit.integrated import COLLEAGUE, CUSTOMER, LATENCY, MESSAGE, NOON, OFFICER, Integrated

TODAY, REVIEW = 301, 302
SENT = NOON + LATENCY
TWO_HOURS = SENT + 2 * HOUR
MIDNIGHT = at("2026-10-08 00:00")
ONE = [MESSAGE]


def notified(template: int = TODAY, zone: str = SYDNEY, time: int = NOON, end: str = "2026-10-19 00:00") -> Integrated:
    built = Integrated(end=end)
    built.fact(built.start, Event.ZONE_RECORDED, CUSTOMER, ZONES.index(zone))
    built.em(time=time, template=template)
    return built


def called(built: Integrated, *times: int, officer: int = OFFICER, message: int = MESSAGE) -> Integrated:
    for time in times:
        built.step(Event.CALL_ATTEMPTED, time, officer, value=1, message=message)
    return built


def handed(built: Integrated, time: int, to: int = 0, given: int = 0) -> Integrated:
    built.step(Event.HANDED_TO_TEAM_LEADER, time, message=MESSAGE)
    if to:
        built.step(Event.REASSIGNED, given or time + 1, to, message=MESSAGE)
    return built


def dropped(built: Integrated, contact: int = 0) -> Integrated:
    if contact:
        built.fact(contact, Event.CUSTOMER_CONTACTED_US, CUSTOMER)
    built.step(Event.CALL_PROMISE_DROPPED, SENT + MINUTE, message=MESSAGE)
    return built


def test_the_promises() -> None:
    today, review = notified, lambda: notified(REVIEW)
    table = {
        "today, in the day's last millisecond": (called(today(), MIDNIGHT - 1), []),
        "today, on the next day": (called(today(), MIDNIGHT), ONE),
        "today, in the millisecond of sent": (called(today(), SENT), []),
        "review, just before two hours": (called(review(), TWO_HOURS - 1), []),
        "review, after two hours exactly": (called(review(), TWO_HOURS), []),
        "review, just after two hours": (called(review(), TWO_HOURS + 1), ONE),
        "review, again after two hours": (called(review(), SENT + 1, TWO_HOURS + 1), []),
        "never": (today(), ONE),
        "review, never": (review(), ONE),
        "a call about something else": (called(today(), SENT + 1, message=0), ONE),
        "before it was sent: stale": (called(today(), SENT - 1), []),
        "given up after a contact": (dropped(today(), SENT + 1), []),
        "given up without a cause": (dropped(today()), ONE),
    }
    audit = expect("cf-precall", table)
    assert audit.cases == len(table)
    assert audit.notes == {"kept": 5, "broken": 6, "dropped": 1, "stale": 1, "handed_over": 0}


def test_the_way_to_another_officer() -> None:
    now, soon = SENT + HOUR, SENT + HOUR + MINUTE
    table = {
        "told, given, called": (called(handed(notified(REVIEW), now, COLLEAGUE), soon, officer=COLLEAGUE), []),
        "told in the promise's last millisecond, and called by its own officer": (
            called(handed(notified(REVIEW), now), soon), [],
        ),
        "the Team Leader was not told": (called(notified(REVIEW), soon, officer=COLLEAGUE), ONE),
        "told after the call": (handed(called(notified(REVIEW), now), soon, COLLEAGUE), ONE),
        "told too late": (called(handed(notified(REVIEW), TWO_HOURS + 1), soon, officer=COLLEAGUE), ONE),
        "given back": (called(handed(notified(REVIEW), now, OFFICER), soon, officer=COLLEAGUE), ONE),
        "given to nobody": (called(handed(notified(REVIEW), now), soon, officer=COLLEAGUE), ONE),
        "given, and not called": (handed(notified(REVIEW), now, COLLEAGUE), ONE),
    }  # fmt: skip
    audit = expect("cf-precall", table)
    assert audit.cases == len(table)
    assert sum("the Team Leader was told" in breach.why for breach in audit.evidence) == 1


# The end of the recipient's local day, whatever the zone and however long the day.
@pytest.mark.parametrize(
    ("zone", "time", "midnight"),
    [
        ("Australia/Perth", "2026-10-07 08:00", "2026-10-08 00:00"),
        ("Australia/Eucla", "2026-10-07 19:59", "2026-10-08 00:00"),
        ("Indian/Cocos", "2026-10-07 08:00", "2026-10-08 00:00"),
        ("Australia/Sydney", "2026-10-04 08:00", "2026-10-05 00:00"),
        ("Australia/Lord_Howe", "2027-04-04 08:00", "2027-04-05 00:00"),
    ],
)
def test_today_is_the_recipients_day(zone: str, time: str, midnight: str) -> None:
    ends = at(midnight, zone)
    for moment, breaches in ((ends - 1, 0), (ends, 1)):
        built = called(notified(zone=zone, time=at(time, zone), end="2027-04-19 00:00"), moment)
        assert built.rule("cf-precall").breaches == breaches


def test_two_hours_are_elapsed_time_over_the_change_of_daylight_saving() -> None:
    time = at("2027-04-04 01:30")
    again = at("2027-04-04 02:30", fold=1)
    assert again - time == 2 * HOUR
    for moment, breaches in ((again + LATENCY, 0), (again + LATENCY + 1, 1)):
        built = called(notified(REVIEW, time=time, end="2027-04-19 00:00"), moment)
        assert built.rule("cf-precall").breaches == breaches


@pytest.mark.parametrize(("minutes", "breaches"), [(30, 0), (29, 1)])
def test_the_length_is_policy_data(minutes: int, breaches: int) -> None:
    built = Integrated(cf_precall__review_minutes=minutes)
    built.em(template=REVIEW)
    assert called(built, SENT + 30 * MINUTE).rule("cf-precall").breaches == breaches


def test_a_promise_that_is_not_over_when_the_log_ends_is_left() -> None:
    audit = notified(end="2026-10-08 00:00").rule("cf-precall")
    assert (audit.verdict, audit.breaches) == ("fail", 1)  # the day ended with the log
    audit = notified(end="2026-10-07 23:59").rule("cf-precall")
    assert (audit.verdict, audit.cases, audit.unjudged) == ("unknown", 0, 1)


def test_what_is_no_notification_of_customer_first() -> None:
    built = Integrated()
    built.em(template=303, payment=1)
    built.em(message=8, template=TODAY, refused=4)
    assert built.rule("cf-precall").verdict == "not_exercised"
    pluto = Builder()
    pluto.customer(CUSTOMER)
    pluto.send(1, CUSTOMER, NOON, template=1, contact_time="today")
    assert pluto.rule("cf-precall").verdict == "not_exercised"


def test_a_foreign_log_does_not_show_calls(tmp_path) -> None:
    line = f"m1,c1,customer_first,{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00,o1"
    assert judge_one(read(tmp_path, rows(line, header=HEADER + ",officer_id")), "cf-precall").verdict == "unknown"
