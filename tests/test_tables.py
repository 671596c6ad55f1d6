"""The tables against histories written by hand: one message's life a test, boundaries of zones and daylight saving."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.clock import HOUR, MINUTE, ZONES, clock, instant
from sim.history import Event, History
from sim.messages import Channel, ContactTime, MobileStatus, Reason, Service, System, pack_fields
from sim.policy.content import parts
from sim.tables import (
    EXTRA_COLUMNS,
    MESSAGE_COLUMNS,
    customers_table,
    events_table,
    local_milliseconds,
    messages_table,
    officers_table,
    sms_parts,
    spans,
    with_local_times,
)
from sim.tables.people import FIRST_SUPPORT_OFFICER as SUPPORT
from sim.tables.people import FIRST_TEAM_LEADER as LEADER
from tests.synthetic import history, policy_plain, rows

POLICY = {
    "rules": {
        "cs-templates": {
            "values": {
                "templates": [
                    {"code": 1, "id": "S001", "service": "general", "promise": "contact_time"},
                    {"code": 101, "id": "payment_overdue", "service": "reminder", "asks_answer": True},
                ]
            }
        }
    }
}
TEN = "2026-10-01T10:00:00+10:00"
EVENING = "2026-10-01T21:00:00+10:00"
MORNING = "2026-10-02T08:00:00+10:00"
MESSAGE = {"message": 1, "customer": 5, "template": 1}
ASKED = {**MESSAGE, "officer": 3, "ref": 9, "other": Channel.SMS}
ZONE = ("2026-10-01T00:00:00+10:00", Event.ZONE_RECORDED, {"customer": 5, "value": 0})


def made(*lines: tuple[str, Event, dict[str, int]]) -> History:
    """A history of these rows, with the zone of customer 5 at the start."""
    return History.of(rows(ZONE, *lines))


def one(*lines: tuple[str, Event, dict[str, int]]) -> dict[str, Any]:
    """The only row of the messages table of these rows."""
    frame = messages_table(made(*lines), POLICY)
    assert len(frame) == 1
    return dict(frame.iloc[0])


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text).tz_convert("UTC")


TWO_REASONS = Reason.OPTED_OUT | Reason.NO_MOBILE
SEND = (TEN, Event.SEND_PRESSED, {**ASKED, "value": pack_fields(ContactTime.TODAY, 0), "system": System.WORLD})
ISSUE = (TEN, Event.ISSUED, {**ASKED, "value": instant(TEN), "system": System.PLUTO})
HELD_ISSUE = (EVENING, Event.ISSUED, {**ASKED, "value": instant(MORNING), "system": System.PLUTO})
HELD = (EVENING, Event.HELD, {**MESSAGE, "value": instant(MORNING), "system": System.PLUTO})
SENT = (MORNING, Event.ACKNOWLEDGED, {**MESSAGE, "system": System.GATEWAY})


def test_a_message_sent_at_once_has_its_whole_life_and_no_due_instant() -> None:
    story = made(SEND, ISSUE)
    code = story.content("Child Supp", "Please call us.")
    for seconds, event, value in (
        (1, Event.HANDED_OVER, 0),
        (1, Event.ARRIVED, code),
        (2, Event.ACKNOWLEDGED, 0),
        (180, Event.VIEWABLE, 0),
        (9, Event.DELIVERED, 0),
        (4000, Event.ANSWERED, 0),
    ):
        story.append(instant(TEN) + seconds * 1000, event, customer=5, message=1, value=value)
    row = dict(messages_table(story, POLICY).iloc[0])
    assert (row["outcome"], row["system"], row["kind"], row["channel"]) == ("sent", "pluto", "desktop", "sms")
    assert (row["template"], row["service"], row["contact_time"]) == ("S001", "general", "today")
    assert (row["sender"], row["text"], row["parts"]) == ("Child Supp", "Please call us.", 1)
    assert (row["customer_id"], row["officer_id"], row["ref"]) == (5, 3, 9)
    assert row["issued_at"] == at(TEN)
    assert row["sent_at"] - row["issued_at"] == pd.Timedelta(seconds=2)
    assert row["viewable_at"] - row["issued_at"] == pd.Timedelta(seconds=180)
    assert row["answered_at"] - row["issued_at"] == pd.Timedelta(seconds=4000)
    assert pd.isna(row["due_at"])
    assert pd.isna(row["release_at"])
    assert pd.isna(row["failed_at"])
    assert pd.isna(row["by_date"])
    assert row["timezone"] == "Australia/Sydney"


def test_a_message_held_and_sent_keeps_its_due_instant() -> None:
    row = one(HELD_ISSUE, HELD, SENT)
    assert (row["outcome"], row["due_at"], row["release_at"]) == ("sent", at(MORNING), at(MORNING))


def test_a_message_held_again_has_its_first_and_its_last_due_instant() -> None:
    next_day = instant("2026-10-03T08:00:00+10:00")
    again = (MORNING, Event.HELD_AGAIN, {**MESSAGE, "value": next_day, "reasons": Reason.DAILY_LIMIT})
    row = one(HELD_ISSUE, HELD, again)
    assert (row["outcome"], row["due_at"], row["held_again"]) == ("held", at(MORNING), 1)
    assert row["release_at"] == at("2026-10-03T08:00:00+10:00")
    assert row["reasons"] == ""


def test_a_message_held_only_at_closing_has_no_first_due_instant() -> None:
    closing = ("2026-10-01T20:00:00+10:00", Event.HELD_AGAIN, {**MESSAGE, "value": instant(MORNING)})
    row = one(ISSUE, closing, SENT)
    assert pd.isna(row["due_at"])
    assert (row["release_at"], row["outcome"]) == (at(MORNING), "sent")


def test_a_promise_without_a_hold_is_told_all_the_same() -> None:
    assert one(HELD_ISSUE)["due_at"] == at(MORNING)


@pytest.mark.parametrize(
    ("last", "outcome", "reasons"),
    [
        ((TEN, Event.REFUSED, {**MESSAGE, "reasons": TWO_REASONS}), "refused", "opted_out;no_mobile"),
        ((TEN, Event.CANCELLED, MESSAGE), "cancelled", ""),
    ],
)
def test_what_was_not_issued_is_told_at_the_instant_of_send(last: Any, outcome: str, reasons: str) -> None:
    row = one(SEND, last)
    assert (row["outcome"], row["reasons"], row["issued_at"]) == (outcome, reasons, at(TEN))
    assert pd.isna(row["sent_at"])


def test_a_withdrawn_message_has_its_reasons() -> None:
    row = one(HELD_ISSUE, HELD, (MORNING, Event.WITHDRAWN, {**MESSAGE, "reasons": Reason.DECEASED}))
    assert (row["outcome"], row["reasons"], row["withdrawn_at"]) == ("withdrawn", "deceased", at(MORNING))


def test_what_the_gateway_acknowledged_was_sent_whatever_the_system_said() -> None:
    refused = (TEN, Event.REFUSED, {**MESSAGE, "reasons": Reason.OPTED_OUT})
    row = one(SEND, refused, SENT)
    assert (row["outcome"], row["reasons"]) == ("sent", "")


def test_a_confirmed_message_is_issued_at_the_confirming_send() -> None:
    later = "2026-10-01T10:00:10+10:00"
    issue = (later, Event.ISSUED, {**ASKED, "value": instant(later), "system": System.PLUTO})
    row = one(SEND, (TEN, Event.CONFIRMATION_ASKED, MESSAGE), (later, Event.CONFIRMED, MESSAGE), issue)
    assert (row["confirmation_asked"], row["confirmed"]) == (True, True)
    assert (row["attempted_at"], row["issued_at"]) == (at(TEN), at(later))


@pytest.mark.parametrize("event", [Event.DIALOG_OPENED, Event.CONFIRMATION_ASKED])
def test_what_was_never_decided_is_no_message(event: Event) -> None:
    assert len(messages_table(made(SEND, (TEN, event, MESSAGE)), POLICY)) == 0


def test_a_message_acknowledged_twice_has_two_rows() -> None:
    again = ("2026-10-02T08:00:03+10:00", Event.ACKNOWLEDGED, {**MESSAGE, "system": System.GATEWAY})
    delivered = ("2026-10-02T08:00:05+10:00", Event.DELIVERED, MESSAGE)
    other = (TEN, Event.ISSUED, {**ASKED, "message": 2, "value": instant(TEN), "system": System.PLUTO})
    frame = messages_table(made(HELD_ISSUE, HELD, SENT, again, delivered, other), POLICY)
    assert frame["message_id"].tolist() == [1, 1, 2]
    assert frame["outcome"].tolist() == ["sent", "sent", "held"]
    assert frame.dtypes.equals(messages_table(made(ISSUE), POLICY).dtypes)
    assert (frame["sent_at"].iloc[1] - frame["sent_at"].iloc[0]) == pd.Timedelta(seconds=3)
    assert frame["delivered_at"].notna().tolist() == [True, False, False]


def test_an_automatic_message_and_an_unknown_template() -> None:
    send = (TEN, Event.SEND_PRESSED, {"message": 1, "customer": 5, "template": 999, "system": System.CUBA})
    row = one(send, (TEN, Event.REFUSED, {**MESSAGE, "reasons": Reason.UNKNOWN_TEMPLATE}))
    assert (row["system"], row["kind"], row["template"]) == ("cuba", "automatic", "unknown_999")
    assert pd.isna(row["service"])


def test_an_email_has_no_sms_parts() -> None:
    email = {**ASKED, "other": Channel.EMAIL, "system": System.CUBA, "value": instant(TEN)}
    story = made((TEN, Event.ISSUED, email), SENT)
    story.append(instant(MORNING), Event.ARRIVED, customer=5, message=1, value=story.content("Child Supp", "Hello"))
    row = messages_table(story, POLICY).iloc[0]
    assert (row["channel"], row["text"], row["parts"]) == ("email", "Hello", 0)


def test_a_by_date_is_an_iso_date() -> None:
    day = pd.Timestamp("2026-10-16").toordinal()
    send = (TEN, Event.SEND_PRESSED, {**ASKED, "value": pack_fields(ContactTime.NONE, day)})
    row = one(send, ISSUE)
    assert row["by_date"] == "2026-10-16"
    assert pd.isna(row["contact_time"])


@pytest.mark.parametrize(
    ("moved", "zone"),
    [
        ("2026-10-02T07:59:59.999+10:00", "Australia/Perth"),
        ("2026-10-02T08:00:00.000+10:00", "Australia/Perth"),
        ("2026-10-02T08:00:00.001+10:00", "Australia/Sydney"),
    ],
)
def test_the_zone_is_the_one_on_record_at_hand_over(moved: str, zone: str) -> None:
    move = (moved, Event.ZONE_RECORDED, {"customer": 5, "value": ZONES.index("Australia/Perth")})
    handed = (MORNING, Event.HANDED_OVER, MESSAGE)
    assert one(HELD_ISSUE, HELD, move, handed, SENT)["timezone"] == zone


def test_a_customer_without_a_zone_has_none() -> None:
    frame = messages_table(History.of(rows(ISSUE)), POLICY)
    assert frame["timezone"].isna().tolist() == [True]


def test_columns_stand_in_the_order_of_the_format() -> None:
    frame = messages_table(history(), policy_plain())
    assert tuple(frame.columns) == (*MESSAGE_COLUMNS, *EXTRA_COLUMNS)
    assert MESSAGE_COLUMNS[:5] == ("message_id", "customer_id", "officer_id", "system", "channel")
    assert set(frame["outcome"]) == {"sent", "held", "refused", "cancelled", "withdrawn", "suppressed"}
    assert frame["message_id"].is_monotonic_increasing


TABLES: list[Callable[[History], pd.DataFrame]] = [
    lambda story: messages_table(story, POLICY),
    lambda story: with_local_times(messages_table(story, POLICY)),
    customers_table,
    officers_table,
    lambda story: events_table(story, POLICY),
]


@pytest.mark.parametrize("table", TABLES)
def test_tables_survive_parquet(table: Callable[[History], pd.DataFrame]) -> None:
    frame, file = table(history()), io.BytesIO()
    frame.to_parquet(file)
    assert len(frame) > 2
    pd.testing.assert_frame_equal(pd.read_parquet(file), frame)
    for name in frame.columns:
        if name.endswith("_at"):
            assert str(frame[name].dtype) == "datetime64[ms, UTC]", name


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_history_has_empty_tables(table: Callable[[History], pd.DataFrame]) -> None:
    frame, file = table(History()), io.BytesIO()
    frame.to_parquet(file)
    assert len(frame) == 0
    assert list(pd.read_parquet(file).columns) == list(table(history()).columns)


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_are_the_clock_s_around_every_change(zone: str) -> None:
    changes = ("2026-04-04T15:00:00Z", "2026-04-04T16:00:00Z", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z")
    times = np.array([instant(change) + step for change in changes for step in (-1, 0, 1, -30 * MINUTE, HOUR)])
    shown = local_milliseconds(times, zone)
    assert shown.tolist() == [time + clock(zone).offset(time) for time in times.tolist()]


def test_local_times_stand_behind_each_timestamp() -> None:
    frame = with_local_times(messages_table(made(HELD_ISSUE, HELD, SENT), POLICY))
    assert frame["sent_at_local"].iloc[0] == pd.Timestamp("2026-10-02T08:00:00")
    assert list(frame.columns).index("sent_at_local") == list(frame.columns).index("sent_at") + 1
    assert frame["failed_at_local"].isna().all()
    with pytest.raises(ValueError, match="timezone"):
        with_local_times(frame.drop(columns="timezone"))


def test_customers_are_as_the_register_has_them_at_the_end() -> None:
    who = {"customer": 5}
    frame = customers_table(
        made(
            (TEN, Event.MOBILE_RECORDED, {**who, "value": MobileStatus.VALID}),
            (EVENING, Event.MOBILE_RECORDED, {**who, "value": MobileStatus.VALID}),
            (MORNING, Event.MOBILE_RECORDED, {**who, "value": MobileStatus.INVALID}),
            (TEN, Event.RESTRICTED_ACCESS_SET, {**who, "value": 1}),
            (EVENING, Event.RESTRICTED_ACCESS_SET, {**who, "value": 0}),
            (TEN, Event.SERVICE_ENDED, {**who, "value": Service.REMINDER}),
            (TEN, Event.SERVICE_ENDED, {**who, "value": Service.GENERAL}),
            (EVENING, Event.SERVICE_RESTORED, {**who, "value": Service.GENERAL}),
            (MORNING, Event.DIED, who),
        )
    )
    row = dict(frame.iloc[0])
    assert (row["customer_id"], row["timezone"]) == (5, "Australia/Sydney")
    assert (row["mobile_status"], row["mobile_status_from"]) == ("invalid", at(MORNING))
    assert (row["restricted_access"], row["employer"]) == (False, False)
    assert (row["reminder_ended"], row["general_ended"]) == (True, False)
    assert row["deceased_at"] == at(MORNING)


@pytest.mark.parametrize(
    ("changes", "opted_out", "lifted"),
    [
        ([], None, None),
        ([(TEN, True)], TEN, None),
        ([(TEN, True), (EVENING, True)], TEN, None),
        ([(TEN, True), (EVENING, False)], TEN, EVENING),
        ([(TEN, True), (EVENING, False), (MORNING, True)], MORNING, None),
    ],
)
def test_the_latest_opt_out_counts(changes: list[tuple[str, bool]], opted_out: str | None, lifted: str | None) -> None:
    lines = [
        (when, Event.OPT_OUT_RECORDED if begins else Event.OPT_OUT_LIFTED, {"customer": 5}) for when, begins in changes
    ]
    row = dict(customers_table(made(*lines)).iloc[0])
    for name, expected in (("sms_opt_out_at", opted_out), ("sms_opt_out_lifted_at", lifted)):
        assert pd.isna(row[name]) if expected is None else row[name] == at(expected), name


def test_officers_have_access_shifts_and_work() -> None:
    who = {"officer": 3}
    shift, work, end = "2026-10-01T08:00:00+10:00", "2026-10-01T09:00:00+10:00", "2026-10-01T16:00:00+10:00"
    story = made(
        (shift, Event.ACCESS_RECORDED, {**who, "value": 2, "other": 7, "ref": 1}),
        (shift, Event.SHIFT_STARTED, {"officer": LEADER, "value": 8 * 3600}),
        (shift, Event.SHIFT_STARTED, {"officer": SUPPORT, "value": 8 * 3600}),
        (shift, Event.SHIFT_STARTED, {**who, "value": 8 * 3600}),
        (work, Event.WORK_STARTED, {**who, "ref": 1}),
        (TEN, Event.WORK_STARTED, {**who, "ref": 2}),
        ("2026-10-01T10:30:00+10:00", Event.WORK_ENDED, {**who, "ref": 1}),
        (end, Event.WORK_ENDED, {**who, "ref": 2}),
        (end, Event.SHIFT_ENDED, who),
    )
    frame = officers_table(story)
    assert frame["role"].tolist() == ["officer", "team_leader", "service_support_officer"]
    assert frame["team"].tolist() == [2, 0, 0]
    row = dict(frame.iloc[0])
    assert row["timezone"] == "Australia/Perth"
    assert (row["officer_id"], row["cuba_access"], row["pluto_access"]) == (3, False, True)
    assert (row["shifts"], row["shift_hours"], row["work_items"], row["work_hours"]) == (1, 8.0, 2, 7.5)


def test_an_open_span_ends_with_the_history() -> None:
    lines = [
        (TEN, Event.SHIFT_STARTED, {"officer": 3, "value": 3600}),
        ("2026-10-01T10:20:00+10:00", Event.WORK_STARTED, {"officer": 3, "ref": 1}),
        ("2026-10-01T10:30:00+10:00", Event.SUBSCRIPTION_CHECKED, {"officer": 3, "ref": 1}),
    ]
    story = made(*lines)
    for frame, minutes in (
        (spans(story, Event.SHIFT_STARTED, Event.SHIFT_ENDED), 30),
        (spans(story, Event.WORK_STARTED, Event.WORK_ENDED, by_ref=True), 10),
    ):
        assert (frame["end"] - frame["start"]).tolist() == [minutes * MINUTE]


def test_events_are_told_in_words() -> None:
    frame = events_table(made(SEND, (TEN, Event.REFUSED, {**MESSAGE, "reasons": 4})), POLICY)
    assert frame["event"].tolist() == ["zone_recorded", "send_pressed", "refused"]
    assert frame["reasons"].tolist() == ["", "", "opted_out"]
    assert frame["template"].tolist()[1:] == ["S001", "S001"]
    assert frame["seq"].tolist() == [0, 1, 2]
    assert set(frame["timezone"]) == {"Australia/Sydney"}


@pytest.mark.parametrize(
    "text",
    [
        "a" * 160, "a" * 161, "a" * 306, "a" * 307, "€" * 80, "€" * 81, "a" * 152 + "€" * 80, "ű" * 70, "ű" * 71,
        "ű" * 134, "ű" * 135, "😀" * 35, "😀" * 36, "a" * 66 + "😀" * 40, "Please answer this call.",
    ],
)  # fmt: skip
def test_parts_are_those_of_the_policy(text: str) -> None:
    assert sms_parts(text) == parts(text)
    assert sms_parts("") == 0
