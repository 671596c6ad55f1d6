"""cs-once: sent exactly once or withdrawn, and claims that agree with what the transport recorded."""

import pandas as pd
import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import HOUR, Builder, at, judge_one, offenders

NOON = at("2026-09-22 12:00")
EVENING, DUE = at("2026-09-22 21:00"), at("2026-09-23 08:00")


def history():
    built = Builder()
    built.customer(1)
    return built


def row(**more):
    return {"message": 7, "customer": 1, **more}


def test_an_ordinary_life():
    built = history()
    built.send(7, 1, NOON)
    built.send(8, 1, EVENING, held_until=DUE)
    built.refuse(9, 1, NOON, 4)
    audit = built.rule("cs-once")
    assert (audit.verdict, audit.cases) == ("pass", 2)


@pytest.mark.parametrize("event", [Event.ARRIVED, Event.ACKNOWLEDGED])
def test_sent_twice(event):
    built = history()
    built.send(7, 1, NOON)
    built.event(NOON + HOUR, event, **row(system=6, value=5))
    audit = built.rule("cs-once")
    assert offenders(audit) == [7]
    assert "13:00:00.000" in audit.evidence[0].why


def test_sent_without_having_been_issued():
    built = history()
    built.deliver(7, 1, NOON)
    assert offenders(built.rule("cs-once")) == [7]


@pytest.mark.parametrize("stop", [Event.REFUSED, Event.CANCELLED])
def test_sent_although_it_was_stopped(stop):
    built = history()
    built.press(7, 1, NOON)
    built.event(NOON, stop, **row(system=10, reasons=4))
    built.deliver(7, 1, NOON + 5)
    assert offenders(built.rule("cs-once")) == [7]


def test_sent_although_it_was_withdrawn():
    built = history()
    built.press(7, 1, EVENING)
    built.issue(7, 1, EVENING, DUE)
    built.event(DUE, Event.WITHDRAWN, **row(system=1, reasons=int(Reason.OPTED_OUT)))
    assert built.rule("cs-once").verdict == "pass"
    built.deliver(7, 1, DUE + 5)
    audit = built.rule("cs-once")
    assert offenders(audit) == [7]
    assert "withdrawn" in audit.evidence[0].why


def test_issued_twice():
    built = history()
    built.send(7, 1, NOON)
    built.issue(7, 1, NOON + HOUR)
    assert offenders(built.rule("cs-once")) == [7]


@pytest.mark.parametrize(
    ("claimed_at", "claims", "wrong"), [(50, 50, False), (50, 49, True), (51, 51, True), (None, None, True)]
)
def test_the_claim_that_it_was_sent(claimed_at, claims, wrong):
    built = history()
    built.press(7, 1, NOON)
    built.issue(7, 1, NOON)
    built.event(NOON, Event.HANDED_OVER, **row(system=1))
    built.event(NOON, Event.ARRIVED, **row(system=6, value=built.content("Child Supp", "x")))
    built.event(NOON + 50, Event.ACKNOWLEDGED, **row(system=6))
    if claimed_at is not None:
        built.event(NOON + claimed_at, Event.SENT_CLAIMED, **row(system=1, value=NOON + claims))
    assert offenders(built.rule("cs-once")) == ([7] if wrong else [])


def test_a_claim_without_any_sending():
    built = history()
    built.press(7, 1, NOON)
    built.issue(7, 1, NOON)
    built.event(NOON + 50, Event.SENT_CLAIMED, **row(system=1, value=NOON + 50))
    assert offenders(built.rule("cs-once")) == [7]


def test_offered_and_never_arrived():
    built = history()
    built.press(7, 1, NOON)
    built.issue(7, 1, NOON)
    built.event(NOON, Event.HANDED_OVER, **row(system=1))
    assert offenders(built.rule("cs-once")) == [7]


@pytest.mark.parametrize(
    ("issued", "due", "finding"),
    [
        ("2026-09-22 12:00", None, "fail"),  # the window of that day has long closed
        ("2026-09-22 21:00", "2026-09-23 08:00", "fail"),
        ("2026-10-18 21:00", "2026-10-19 08:00", "unknown"),  # observation ends first
        ("2026-10-18 19:59", None, "fail"),  # closed four hours before the end
    ],
)
def test_lost_or_still_held(issued, due, finding):
    built = history()
    built.press(7, 1, at(issued))
    built.issue(7, 1, at(issued), due and at(due))
    assert built.rule("cs-once").verdict == finding


def test_held_again_is_not_lost():
    built = history()
    built.press(7, 1, at("2026-10-18 19:00"))
    built.issue(7, 1, at("2026-10-18 19:00"))
    built.event(
        at("2026-10-18 20:00"), Event.HELD_AGAIN, **row(system=1, reasons=1 << 15, value=at("2026-10-19 08:00"))
    )  # fmt: skip
    assert built.rule("cs-once").verdict == "unknown"


def test_still_with_the_transport():
    built = history()
    built.press(7, 1, NOON)
    built.issue(7, 1, NOON)
    built.event(NOON, Event.HANDED_OVER, **row(system=1))
    built.event(NOON, Event.ARRIVED, **row(system=6, value=5))
    audit = built.rule("cs-once")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


def table(**changes):
    rows = {
        7: {"outcome": "sent", "sent_at": pd.Timestamp(NOON + 50, unit="ms", tz="UTC")},
        8: {"outcome": "refused", "sent_at": pd.NaT},
    }
    frame = pd.DataFrame([{"message_id": message, "customer_id": 1, **values} for message, values in rows.items()])
    frame["sent_at"] = pd.to_datetime(frame["sent_at"], utc=True)
    return frame


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda frame: frame, []),
        (lambda frame: frame[frame.message_id == 7], [8]),
        (lambda frame: frame[frame.message_id == 8], [7]),
        (lambda frame: pd.concat([frame, frame.assign(message_id=frame.message_id + 2)]), [9, 10]),
        (lambda frame: frame.assign(outcome="sent"), [8]),
        (lambda frame: frame.assign(sent_at=frame.sent_at + pd.Timedelta(milliseconds=1)), [7]),
        (lambda frame: pd.concat([frame, frame[frame.message_id == 7]]), [7]),
    ],
)
def test_the_messages_table_agrees_with_the_history(change, wrong):
    built = history()
    built.send(7, 1, NOON)
    built.refuse(8, 1, NOON + 1, 4)
    audit = judge_one(built.log(change(table())), "cs-once")
    assert sorted(offenders(audit)) == wrong
