"""Messages that were not for the one who got them, in whole runs (EM table 2, steps 6–8). Read without the rules."""

from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from sim.clock import HOUR, clock
from sim.history import Event, History
from sim.messages import Channel, MobileStatus, ProcessKind, ReportAction, ReportCase, System
from tests.world.loads import Row, load, run

MANY = {
    "behaviour.step_skipped": 0.0,
    "cuba.notices_per_year": 150.0,
    "misdirected.reassigned_at_start": 0.2,
    "misdirected.mixed_up_per_year": 1.0,
    "misdirected.reader_is_customer": 0.7,
    "misdirected.reader_record_wrong_share": 0.5,
    "misdirected.strangers_report_share": 0.4,
    "misdirected.own_report_share": 0.05,
    "misdirected.asks_why_share": 0.04,
    "misdirected.wrong_customer_share": 0.25,
    "misdirected.wrong_customer_noticed_hours": 2.0,
    "work.payment_per_year": 8.0,
}
FIRST_SAS, LAST_SAS = 10_501, 10_900

A = ReportAction
OWN = (A.NOTE_CONTENT_AND_NUMBER, A.CHECK_NUMBER, A.ASK_CONTENT_AND_TIME, A.CHECK_SUBSCRIPTION)
OTHER = (A.NOTE_CONTENT_AND_NUMBER, A.ASK_NAME_AND_CONTACT, A.ASK_CONTENT_AND_TIME, A.CHECK_REPRESENTATIVE)
AFTER_FINDING = (A.REPORT_INCIDENT, A.REMOVE_NUMBER)
# The steps of EM table 2 for each case.
STEPS: dict[ReportCase, tuple[ReportAction, ...]] = {
    ReportCase.NUMBER_WRONG_ON_RECORD: (
        A.NOTE_CONTENT_AND_NUMBER, A.CHECK_NUMBER, A.UPDATE_DETAILS, A.ASK_CONTENT_AND_TIME, A.CHECK_SUBSCRIPTION,
        A.APOLOGISE, A.CHECK_CASE_NOTES,
    ),
    ReportCase.NOT_SUBSCRIBED: (*OWN, A.APOLOGISE),
    ReportCase.WANTS_OUT: (*OWN, A.RECORD_OPT_OUT, A.CHECK_CASE_NOTES),
    ReportCase.ANOTHER_SMS_WAS_MEANT: (*OWN, A.CHECK_CASE_NOTES, A.APOLOGISE, A.EXPLAIN_CORRECT_REASON),
    ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS: (
        *OWN, A.APOLOGISE, A.CHECK_CASE_NOTES, A.ESCALATE_TO_SAS, *AFTER_FINDING,
    ),
    ReportCase.REPRESENTATIVE: (*OTHER, A.EXPLAIN_PURPOSE),
    ReportCase.NO_RELATIONSHIP: (*OTHER, A.APOLOGISE, A.ADVISE_INVESTIGATION, A.ESCALATE_TO_SAS, *AFTER_FINDING),
}  # fmt: skip
BY_STRANGERS = (
    ReportCase.NUMBER_WRONG_ON_RECORD, ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS, ReportCase.REPRESENTATIVE,
    ReportCase.NO_RELATIONSHIP,
)  # fmt: skip


@cache
def history(**changes: Any) -> History:
    """Eight days in which all of it happens often and no step is skipped, but for `changes`, whose names have __ for a
    dot."""
    parameters = {**MANY, **{name.replace("__", "."): value for name, value in changes.items()}}
    return run(load(customers=500, parameters=parameters, faults=()))


def reports(found: History) -> dict[int, list[Row]]:
    """The rows of every report, its receipt first."""
    received = {row["ref"] for row in found.select(Event.REPORT_RECEIVED)}
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in found.select():
        if row["ref"] in received:
            rows[row["ref"]].append(row)
    return rows


def closed(found: History) -> list[tuple[Row, list[Row]]]:
    """Every report that came to its end: its receipt, and the rows that follow."""
    return [
        (rows[0], rows[1:])
        for rows in reports(found).values()
        if any(row["event"] == Event.REPORT_CLOSED for row in rows)
    ]


def recipients(found: History) -> dict[int, Row]:
    """The row of issue of every message."""
    return {row["message"]: row for row in found.select(Event.ISSUED)}


# Reports


@pytest.mark.parametrize("case", list(ReportCase))
def test_every_case_is_followed_step_by_step(case: ReportCase) -> None:
    mine = [(receipt, rows) for receipt, rows in closed(history()) if receipt["value"] == case]
    assert mine, "no such report"
    for receipt, rows in mine:
        steps = [row["value"] for row in rows if row["event"] == Event.REPORT_STEP]
        assert steps == list(STEPS[case])
        assert {row["customer"] for row in rows if row["event"] == Event.REPORT_STEP} == {receipt["customer"]}
        assert rows[-1]["event"] in (Event.REPORT_CLOSED, Event.WORK_ENDED)


def test_a_report_is_received_before_its_work_and_closed_once() -> None:
    for rows in reports(history()).values():
        events = [row["event"] for row in rows]
        assert events[:2] == [Event.REPORT_RECEIVED, Event.WORK_ARRIVED]
        assert events.count(Event.REPORT_RECEIVED) == 1
        assert events.count(Event.REPORT_CLOSED) <= 1
        assert {row["message"] for row in rows if row["event"] == Event.REPORT_STEP} <= {rows[0]["message"]}


def test_who_reports_fits_the_case() -> None:
    found = history()
    to = recipients(found)
    reader: dict[int, int] = {}
    for row in found.select(Event.NUMBER_REASSIGNED, Event.REPORT_RECEIVED):
        if row["event"] == Event.NUMBER_REASSIGNED:
            reader[row["customer"]] = row["other"]
            continue
        intended = to[row["message"]]["customer"]
        if row["value"] in BY_STRANGERS:
            assert row["customer"] == reader[intended] != intended
            named = row["value"] in (ReportCase.NUMBER_WRONG_ON_RECORD, ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS)
            assert (row["customer"] > 0) == named
        else:
            assert row["customer"] == intended


def test_a_new_number_that_is_told_ends_it() -> None:
    found = history(behaviour__changes_number_per_year=25.0, behaviour__tells_new_number=1.0)
    strangers: dict[int, bool] = {}
    read_by_another: dict[int, bool] = {}
    ended = checked = 0
    for row in found.select(
        Event.NUMBER_REASSIGNED, Event.MOBILE_RECORDED, Event.DELIVERED, Event.REPORT_RECEIVED, Event.EXPLANATION_ASKED
    ):
        if row["event"] == Event.NUMBER_REASSIGNED:
            strangers[row["customer"]] = True
        elif row["event"] == Event.MOBILE_RECORDED:
            ended += strangers.pop(row["customer"], False)
        elif row["event"] == Event.DELIVERED:
            read_by_another[row["message"]] = row["customer"] in strangers
        else:
            by_stranger = row["event"] == Event.REPORT_RECEIVED and row["value"] in BY_STRANGERS
            assert by_stranger == read_by_another[row["message"]]
            checked += 1
    assert ended > 10
    assert checked > 50


def test_only_delivered_sms_are_reported_and_in_office_hours() -> None:
    found = history()
    agency = clock("Australia/Sydney")
    channel = {row["message"]: row["other"] for row in found.select(Event.ISSUED)}
    delivered = {row["message"]: row["time"] for row in found.select(Event.DELIVERED)}
    calls = list(found.select(Event.REPORT_RECEIVED, Event.EXPLANATION_ASKED))
    assert len(calls) > 100
    for row in calls:
        assert channel[row["message"]] == Channel.SMS
        assert row["time"] > delivered[row["message"]]
        day, of_day = agency.local(row["time"])
        assert (day - 1) % 7 < 5
        assert 8.5 * HOUR <= of_day <= 16.5 * HOUR
    assert len({row["message"] for row in calls}) == len(calls)


def test_effects_of_the_steps_are_recorded_with_them() -> None:
    found = history()
    facts = {
        (row["time"], row["customer"], row["event"], row["value"], row["officer"] or row["ref"])
        for row in found.select(Event.OPT_OUT_RECORDED, Event.MOBILE_RECORDED)
    }
    seen: Counter[int] = Counter()
    for receipt, rows in closed(found):
        for row in rows:
            if row["event"] == Event.REPORT_STEP and row["value"] == A.RECORD_OPT_OUT:
                assert (row["time"], receipt["customer"], Event.OPT_OUT_RECORDED, 0, row["officer"]) in facts
            elif row["event"] == Event.REPORT_STEP and row["value"] == A.UPDATE_DETAILS:
                assert (row["time"], receipt["customer"], Event.MOBILE_RECORDED, MobileStatus.VALID, 1) in facts
            else:
                continue
            seen[row["value"]] += 1
        apologies = [row for row in rows if row["event"] == Event.APOLOGISED]
        steps = [row["time"] for row in rows if row["event"] == Event.REPORT_STEP and row["value"] == A.APOLOGISE]
        assert [row["time"] for row in apologies] == steps
    assert min(seen[A.RECORD_OPT_OUT], seen[A.UPDATE_DETAILS]) > 0


# The SAS Team


def test_escalations_are_found_reported_and_the_number_removed() -> None:
    found = history()
    to = recipients(found)
    mobile = {
        (row["time"], row["customer"]): row["value"] for row in found.select(Event.MOBILE_RECORDED) if row["ref"] == 1
    }
    removed = 0
    for receipt, rows in closed(found):
        events = [row["event"] for row in rows]
        if Event.ESCALATED not in events:
            assert not {Event.SAS_FOUND, Event.INCIDENT_REPORTED, Event.NUMBER_REMOVED} & {*events}
            continue
        order = [Event.ESCALATED, Event.SAS_FOUND, Event.INCIDENT_REPORTED, Event.NUMBER_REMOVED, Event.REPORT_CLOSED]
        assert [event for event in events if event in order] == order
        one = {row["event"]: row for row in rows if row["event"] in order}
        intended = to[receipt["message"]]["customer"]
        assert one[Event.ESCALATED]["value"] == 7  # number, content and time
        assert one[Event.SAS_FOUND]["other"] == one[Event.NUMBER_REMOVED]["other"] == intended
        assert FIRST_SAS <= one[Event.SAS_FOUND]["officer"] <= LAST_SAS
        assert one[Event.INCIDENT_REPORTED]["officer"] < FIRST_SAS
        removed += mobile.get((one[Event.NUMBER_REMOVED]["time"], intended)) == MobileStatus.NONE
    assert removed > 5


def test_no_stranger_reads_anything_after_the_number_was_removed() -> None:
    off: dict[int, bool] = {}
    handed = 0
    channel = {row["message"]: row["other"] for row in history().select(Event.ISSUED)}
    for row in history().select(Event.MOBILE_RECORDED, Event.NUMBER_REMOVED, Event.HANDED_OVER):
        if row["event"] == Event.NUMBER_REMOVED:
            off[row["other"]] = True
        elif row["event"] == Event.MOBILE_RECORDED and row["value"] == MobileStatus.VALID:
            off[row["customer"]] = False
        elif row["event"] == Event.HANDED_OVER and channel[row["message"]] == Channel.SMS:
            assert not off.get(row["customer"])
            handed += 1
    assert sum(off.values()) > 5
    assert handed > 100


def test_strangers_do_not_answer_for_the_customer() -> None:
    found = history(behaviour__response_share=1.0)
    to = recipients(found)
    strangers: set[int] = set()
    read_by_another: set[int] = set()
    for row in found.select(Event.NUMBER_REASSIGNED, Event.MOBILE_RECORDED, Event.DELIVERED):
        customer = row["customer"]
        if row["event"] == Event.NUMBER_REASSIGNED:
            strangers.add(customer)
        elif row["event"] == Event.MOBILE_RECORDED:
            strangers.discard(customer)
        elif customer in strangers and to[row["message"]]["other"] == Channel.SMS:
            read_by_another.add(row["message"])
    answered = {row["message"] for row in found.select(Event.ANSWERED)}
    assert len(read_by_another) > 100
    assert len(answered) > 15
    assert not answered & read_by_another


# Skipped steps


def test_steps_are_skipped_now_and_then() -> None:
    found = history(behaviour__step_skipped=0.2)
    complete = missing = 0
    for receipt, rows in closed(found):
        steps = [row["value"] for row in rows if row["event"] == Event.REPORT_STEP]
        wanted = [step for step in STEPS[ReportCase(receipt["value"])] if step in steps]
        assert steps == wanted, "in another order"
        complete += len(steps) == len(STEPS[ReportCase(receipt["value"])])
        missing += len(steps) < len(STEPS[ReportCase(receipt["value"])])
    assert complete > 0
    assert missing > complete
    assert {row["value"] for row in found.select(Event.ESCALATED)} - {7}, "nothing was ever left out"


def test_officers_who_skip_everything_close_what_they_were_told() -> None:
    found = history(behaviour__step_skipped=1.0)
    assert closed(found)
    assert not list(found.select(Event.REPORT_STEP, Event.ESCALATED, Event.EXPLAINED, Event.APOLOGISED))


# Explanations (`cs-explain`)


def test_who_asks_why_is_told_the_four_points() -> None:
    found = history()
    points: dict[int, list[int]] = defaultdict(list)
    for row in found.select(Event.EXPLAINED):
        points[row["ref"]].append(row["value"])
    asked = {row["ref"]: row for row in found.select(Event.EXPLANATION_ASKED)}
    served = {row["ref"] for row in found.select(Event.WORK_ENDED)} & set(asked)
    assert len(served) > 20
    assert all(points[ref] == [1, 2, 3, 4] for ref in served)
    assert set(points) <= set(asked)
    to = recipients(found)
    assert all(row["customer"] == to[row["message"]]["customer"] for row in asked.values())


# The wrong customer (`cs-wrong-customer`)


def test_a_slip_is_learnt_of_after_it_was_sent() -> None:
    found = history()
    to = recipients(found)
    sent = {row["message"]: row["time"] for row in found.select(Event.ACKNOWLEDGED)}
    slips = list(found.select(Event.SENT_TO_WRONG_CUSTOMER))
    assert len(slips) > 10
    for row in slips:
        issued = to[row["message"]]
        assert row["customer"] == issued["customer"] != row["other"]
        assert issued["ref"] // 10_000_000 == row["other"]
        assert row["time"] > sent[row["message"]]
        assert issued["system"] == System.PLUTO
        assert row["officer"] == issued["officer"] > 0


def test_the_wrong_customer_is_called_and_gets_an_apology_or_a_letter() -> None:
    found = history()
    slips = {row["ref"]: row for row in found.select(Event.SENT_TO_WRONG_CUSTOMER)}
    rows: dict[int, list[Row]] = defaultdict(list)
    wanted = (Event.CALL_ATTEMPTED, Event.CALL_ANSWERED, Event.APOLOGISED, Event.LETTER_SENT)
    for row in found.select(*wanted):
        if row["ref"] in slips:
            rows[row["ref"]].append(row)
    ends: Counter[int] = Counter()
    for ref, done in rows.items():
        assert {row["customer"] for row in done} == {slips[ref]["customer"]}
        events = [row["event"] for row in done]
        assert events[0] == Event.CALL_ATTEMPTED
        assert (Event.APOLOGISED in events) == (Event.CALL_ANSWERED in events)
        if Event.APOLOGISED in events:
            assert done[-1]["message"] == slips[ref]["message"]
            assert events[-2:] == [Event.CALL_ANSWERED, Event.APOLOGISED]
        ends[events[-1]] += 1
    assert ends[Event.APOLOGISED] > 5
    assert set(ends) <= {Event.APOLOGISED, Event.LETTER_SENT, Event.CALL_ATTEMPTED}


def test_the_wrong_customer_answers_nothing_and_nobody_waits_for_it() -> None:
    found = history(behaviour__response_share=1.0)
    wrong = {row["message"] for row in found.select(Event.SENT_TO_WRONG_CUSTOMER)}
    assert len(wrong) > 10
    assert not wrong & {row["message"] for row in found.select(Event.ANSWERED)}


# All of it is parameters


def test_without_any_of_it_nothing_is_reported() -> None:
    none = dict.fromkeys(
        ("reassigned_at_start", "mixed_up_per_year", "own_report_share", "asks_why_share", "wrong_customer_share"), 0.0
    )
    found = history(**{f"misdirected__{name}": value for name, value in none.items()})
    assert not list(
        found.select(
            Event.NUMBER_REASSIGNED, Event.REPORT_RECEIVED, Event.EXPLANATION_ASKED, Event.SENT_TO_WRONG_CUSTOMER,
            Event.APOLOGISED, Event.EXPLAINED,
        )
    )  # fmt: skip
    assert not [row for row in found.select(Event.WORK_ARRIVED) if row["value"] == ProcessKind.MISDIRECTED_MESSAGE]


def test_a_number_given_up_is_somebody_elses_after_its_quarantine() -> None:
    given_up = {"behaviour__changes_number_per_year": 20.0, "behaviour__tells_new_number": 0.0}
    quiet = {"misdirected__reassigned_at_start": 0.0, "misdirected__mixed_up_per_year": 0.0, **given_up}
    soon = history(misdirected__quarantine_days=1.0, **quiet)
    assert len(list(soon.select(Event.NUMBER_REASSIGNED))) > 20
    first = min(row["time"] for row in soon.select(Event.NUMBER_REASSIGNED))
    assert first >= soon.array()[0, 0] + 24 * HOUR
    never = history(misdirected__quarantine_days=100.0, **quiet)
    assert not list(never.select(Event.NUMBER_REASSIGNED))
