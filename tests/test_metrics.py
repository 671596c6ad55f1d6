"""The metrics against histories small enough to count by hand."""

import json
import math
from typing import Any

import pytest

from sim.history import Event, History
from sim.messages import Channel, ContactTime, ProcessKind, Reason, System, pack_fields
from sim.metrics import DEFINITIONS, Metrics, metrics
from sim.tables import messages_table
from tests.synthetic import audit_json, history, parameters_plain, policy_plain, rows

DAY = "2026-10-01"
ALERT, QUESTION, REMINDER = 1, 101, 201


def policy(**values: Any) -> dict[str, Any]:
    """The smallest policy that the metrics turn on; `values` are of `cs-daily-limit` and `cs-precall`."""
    templates = [
        {"code": ALERT, "id": "S001", "service": "general", "promise": "contact_time"},
        {"code": QUESTION, "id": "question", "service": "general", "asks_answer": True},
        {"code": REMINDER, "id": "reminder", "service": "reminder"},
    ]
    return {
        "rules": {
            "cs-templates": {"values": {"templates": templates}},
            "cs-daily-limit": {"values": {"limit": 2, "scope": "desktop"} | values},
            "cs-precall": {"values": {"aim_from_minutes": 10, "aim_to_minutes": 25, "next_hour_minutes": 60} | values},
        }
    }


def when(clock: str, day: str = DAY) -> str:
    """A time of day in Sydney, as ``HH:MM`` or longer."""
    return f"{day}T{clock}{':00' if len(clock) == 5 else ''}+10:00"


Line = tuple[str, Event, dict[str, int]]


def message(number: int, sent: str, template: int = QUESTION, day: str = DAY, **columns: Any) -> list[Line]:
    """A message that was issued and sent within the same second; `system` and `issued` may differ."""
    issued = columns.pop("issued", when(sent, day))
    who = {"message": number, "customer": columns.pop("customer", 5), "template": template}
    fields = pack_fields(columns.pop("contact_time", ContactTime.NEXT_HOUR if template == ALERT else 0), 0)
    system = columns.pop("system", System.PLUTO)
    assert not columns
    return [
        (issued, Event.SEND_PRESSED, {**who, "other": Channel.SMS, "value": fields, "system": system}),
        (issued, Event.ISSUED, {**who, "other": Channel.SMS, "system": system}),
        (when(sent, day), Event.ACKNOWLEDGED, {**who, "system": System.GATEWAY}),
    ]


def measured(*lines: Line, audit: dict[str, Any] | None = None, **values: Any) -> Metrics:
    """The metrics of these rows, put in order of time; customer 5 lives in Sydney, 6 in Perth."""
    zones = [(when("00:00"), Event.ZONE_RECORDED, {"customer": who, "value": zone}) for who, zone in ((5, 0), (6, 7))]
    story = History.of(sorted(rows(*zones, *lines), key=lambda row: row["time"]))
    plain = policy(**values)
    return metrics(story, messages_table(story, plain), plain, {"parameters": PRICE}, audit)


PRICE = {"gateway.cost_cents_per_part": {"value": 3.5}}


def test_every_metric_is_defined_and_there() -> None:
    found = measured(*message(1, "10:00"))
    assert list(found.to_json()["metrics"]) == list(DEFINITIONS)
    for metric, (unit, what) in DEFINITIONS.items():
        assert unit, metric
        assert what.endswith("."), metric
    plain = policy_plain()
    full = metrics(history(), messages_table(history(), plain), plain, parameters_plain(), audit_json(plain))
    without = [metric for metric, row in full.to_json()["metrics"].items() if not row["values"]]
    assert without == []


@pytest.mark.parametrize("story", [History(), history()], ids=["empty", "made-up"])
def test_json_holds_numbers_or_null_and_the_frame_holds_the_same(story: History) -> None:
    plain = policy_plain()
    found = metrics(story, messages_table(story, plain), plain, parameters_plain(), audit_json(plain))
    text = json.dumps(found.to_json(), allow_nan=False)
    numbers = [value for row in json.loads(text)["metrics"].values() for value in row["values"].values()]
    frame = found.frame()
    assert list(frame.columns) == ["metric", "group", "value", "unit"]
    assert len(frame) == len(numbers)
    assert frame["value"].isna().sum() == sum(number is None for number in numbers)
    assert all(number is None or math.isfinite(number) for number in numbers)


def test_nothing_is_null_and_counts_are_zero() -> None:
    found = metrics(History(), messages_table(History(), policy()), policy(), {})
    assert found.value("sent") == 0
    assert found.value("refusals") == 0
    for metric in ("held_share", "bounce_rate", "response_rate", "officer_utilisation", "queue_age_p95", "sms_cost"):
        assert found.value(metric) is None, metric
    assert found.to_json()["first_event"] is None


def test_rules_are_those_of_the_audit() -> None:
    rule = {"cases": 8, "breaches": 2, "unjudged": 1, "verdict": "fail"}
    never = {"cases": 0, "breaches": 0, "unjudged": 0, "verdict": "not_exercised"}
    found = measured(audit={"rules": {"cs-daily-limit": rule, "cs-fdv": never}})
    assert found.value("rule_breach_rate", "cs-daily-limit") == 0.25
    assert found.value("rule_unjudged", "cs-daily-limit") == 1
    assert found.value("rule_cases", "cs-fdv") == 0
    assert found.value("rule_breach_rate", "cs-fdv") is None


def test_refusals_by_first_and_by_all_reasons() -> None:
    def refused(number: int, reasons: int) -> Line:
        return (when("10:00"), Event.REFUSED, {"message": number, "customer": 5, "reasons": reasons})

    found = measured(
        refused(1, Reason.OPTED_OUT | Reason.DAILY_LIMIT), refused(2, Reason.DAILY_LIMIT), refused(3, Reason.OPTED_OUT)
    )
    assert (found.value("refusals"), found.value("refusals", "opted_out")) == (3, 2)
    assert found.value("refusals", "daily_limit") == 1
    assert found.value("refusals_all_reasons", "daily_limit") == 2
    assert found.value("messages", "refused") == 3


def test_confirmations_asked_sent_and_cancelled() -> None:
    asked = [(when("10:00"), Event.CONFIRMATION_ASKED, {"message": number, "customer": 5}) for number in (1, 2)]
    found = measured(
        *message(1, "10:01"),
        *asked,
        (when("10:01"), Event.CONFIRMED, {"message": 1, "customer": 5}),
        (when("10:01"), Event.CANCELLED, {"message": 2, "customer": 5}),
    )
    expected = {"asked": 2, "confirmed": 1, "sent": 1, "cancelled": 1}
    assert {name: found.value("confirmations", name) for name in expected} == expected


def test_customer_days_are_counted_in_local_days_by_the_limit_s_scope() -> None:
    lines = [
        *message(1, "10:00"),
        *message(2, "11:00"),
        *message(3, "12:00"),
        *message(4, "13:00", REMINDER, system=System.CUBA),
        *message(5, "00:30", customer=6, day="2026-10-02"),
        *message(6, "12:00", customer=6),
    ]
    found = measured(*lines)
    assert found.value("customer_days") == 2
    assert [found.value("customer_days", size) for size in ("1", "2", "3")] == [0, 1, 1]
    assert found.value("customer_days_over_limit") == 1
    assert found.value("messages_a_customer_day_max") == 3
    assert found.value("messages_a_customer_day_mean") == 2.5
    assert measured(*lines, scope="child_support_sms").value("messages_a_customer_day_max") == 4


def test_bounces_and_the_time_to_invalid() -> None:
    lines: list[Line] = [line for number in range(1, 5) for line in message(number, f"1{number}:00")]
    bounced = [
        (when("06:00", "2026-10-02"), Event.BOUNCED, {"message": 1, "customer": 5}),
        (when("06:00", "2026-10-03"), Event.BOUNCED, {"message": 2, "customer": 5}),
        (when("10:30", "2026-10-03"), Event.INVALID_TICKED, {"customer": 5}),
    ]
    found = measured(*lines, *bounced)
    assert found.value("bounce_rate") == 0.5
    assert found.value("bounced_then_invalid") == 0.5
    assert found.value("time_to_invalid_median") == 4.5
    assert found.value("delivered_share") == 0


def test_parts_cost_answers_and_opt_outs() -> None:
    story = [
        *message(1, "10:00"),
        *message(2, "11:00", customer=6),
        *message(3, "11:00", REMINDER, system=System.CUBA),
        (when("12:00"), Event.ANSWERED, {"message": 1, "customer": 5}),
        (when("12:00"), Event.OPT_OUT_RECORDED, {"customer": 6}),
        (when("00:00"), Event.OPT_OUT_RECORDED, {"customer": 7}),
        (when("09:00"), Event.OPT_OUT_RECORDED, {"customer": 5}),
    ]
    found = measured(*story)
    assert (found.value("sent"), found.value("sent", "cuba")) == (3, 1)
    assert (found.value("response_rate"), found.value("response_delay_median")) == (0.5, 2)
    assert found.value("response_rate", "question") == 0.5
    assert (found.value("opt_outs"), found.value("opt_out_rate")) == (2, 0.5)
    arrived = History.of(rows(*story))
    code = arrived.content("Child Supp", "a" * 161)
    arrived.append(0, Event.ARRIVED, message=1, value=code)
    table = messages_table(arrived, policy())
    priced = metrics(arrived, table, policy(), {"parameters": PRICE})
    assert (priced.value("sms_parts"), priced.value("sms_cost")) == (2, 0.07)


def test_holds_by_zone_and_the_queue_at_the_gateway() -> None:
    evening, morning = when("21:00"), when("08:00", "2026-10-02")
    lines = []
    for number, seconds in ((1, "08:00:00"), (2, "08:00:20"), (3, "08:01:40")):
        who = {"message": number, "customer": 5, "template": REMINDER}
        due = next(rows((morning, Event.HELD, who)))["time"]
        lines += [
            (evening, Event.ISSUED, {**who, "other": Channel.SMS, "system": System.CUBA, "value": due}),
            (evening, Event.HELD, {**who, "value": due}),
            (when(seconds, "2026-10-02"), Event.HANDED_OVER, who),
            (when(seconds, "2026-10-02"), Event.ACKNOWLEDGED, who),
        ]
    now = (when("10:00"), Event.HANDED_OVER, {"message": 4, "customer": 6})
    found = measured(*lines, *message(4, "10:00", customer=6), now)
    assert found.value("held_share") == 0.75
    assert found.value("held_share", "Australia/Sydney") == 1
    assert found.value("held_share", "Australia/Perth") == 0
    assert found.value("hold_time_median") == pytest.approx(660 + 1 / 3)
    assert found.value("hold_time_median", "Australia/Perth") is None
    assert (found.value("releases_at_opening_max"), found.value("releases_busiest_minute")) == (3, 2)
    assert found.value("releases_at_opening_mean", "Australia/Sydney") == 3
    assert (found.value("queue_age_median", "released"), found.value("queue_age_max", "released")) == (20, 100)
    assert found.value("queue_age_max", "at_once") == 0


def test_holds_that_were_prolonged_and_holds_over_a_change_of_the_clocks() -> None:
    lines = []
    for number, customer, evening, morning in (
        (1, 5, "2026-10-02", "2026-10-03"), (2, 5, "2026-10-03", "2026-10-04"), (3, 6, "2026-10-03", "2026-10-04"),
    ):  # fmt: skip
        who = {"message": number, "customer": customer, "template": REMINDER}
        due = next(rows((when("08:00", morning), Event.HELD, who)))["time"]
        issued = {**who, "other": Channel.SMS, "system": System.CUBA, "value": due}
        lines += [(when("21:00", evening), Event.ISSUED, issued), (when("21:00", evening), Event.HELD, issued)]
        for reasons in (0, Reason.SEND_WINDOW, Reason.SEND_WINDOW, Reason.DAILY_LIMIT)[:number]:
            lines.append((when("21:00", evening), Event.HELD_AGAIN, {**issued, "reasons": reasons}))
    found = measured(*lines)
    assert [found.value("held_again", group) for group in ("all", "closing", "daily_limit", "moved")] == [6, 3, 0, 3]
    assert found.value("held_over_clock_change") == 1  # not over the night before, nor in Perth
    assert found.groups("held_over_clock_change") == ["all", "Australia/Sydney"]
    assert measured().value("held_over_clock_change") == 0


@pytest.mark.parametrize(
    ("called", "stale", "delay", "in_aim"),
    [
        ("09:59:59", 1, None, None),
        ("10:00:00", 0, 0, 0),
        ("10:09:59", 0, pytest.approx(9 + 59 / 60), 0),
        ("10:10:00", 0, 10, 1),
        ("10:25:00", 0, 25, 1),
        ("10:25:01", 0, pytest.approx(25 + 1 / 60), 0),
        (None, 0, None, None),
    ],
)
def test_calls_after_alerts(called: str | None, stale: int, delay: Any, in_aim: int | None) -> None:
    calls = [(when(called), Event.CALL_ATTEMPTED, {"message": 1, "customer": 5, "value": 1})] if called else []
    found = measured(*message(1, "10:00", ALERT, issued=when("09:30")), *calls)
    assert found.value("alerts_sent", "next_hour") == 1
    assert found.value("stale_alerts") == stale
    assert found.value("alerts_without_call") == (called is None)
    assert found.value("call_delay_median") == delay
    assert found.value("call_delay_in_aim", "next_hour") == in_aim


@pytest.mark.parametrize(
    ("issued", "contact_time", "stale"),
    [
        (when("09:00:00"), ContactTime.NEXT_HOUR, 0),
        (when("08:59:59"), ContactTime.NEXT_HOUR, 1),
        (when("00:00:00"), ContactTime.TODAY, 0),
        (when("23:59:59", "2026-09-30"), ContactTime.TODAY, 1),
    ],
)
def test_a_promise_counted_from_the_issue_can_run_out(issued: str, contact_time: int, stale: int) -> None:
    zone = (when("00:00", "2026-09-30"), Event.ZONE_RECORDED, {"customer": 5, "value": 0})
    alert = message(1, "10:00", ALERT, issued=issued, contact_time=contact_time)
    assert measured(zone, *alert, promise_from="issued").value("stale_alerts") == stale
    assert measured(zone, *alert, promise_from="sent").value("stale_alerts") == 0


NEVER = (when("00:00"), Event.NEVER_CONTACTED, {"customer": 5})
TWO_NUMBERS = (when("00:00"), Event.NUMBERS_RECORDED, {"customer": 5, "value": 2})


def call(clock: str, number: int) -> Line:
    """An attempt on one of customer 5's numbers."""
    return (when(clock), Event.CALL_ATTEMPTED, {"customer": 5, "value": number})


@pytest.mark.parametrize(
    ("before", "cases", "rate"),
    [
        ([call("09:00", 1), call("09:05", 2)], 1, 1),
        ([call("09:00", 1), call("09:05", 1)], 1, 0),
        ([call("09:00", 1), call("10:01", 2)], 1, 0),
        ([], 1, 0),
        ([(when("09:00"), Event.CUSTOMER_CONTACTED_US, {"customer": 5})], 0, None),
        ([call("09:00", 1), (when("09:00"), Event.CALL_ANSWERED, {"customer": 5, "value": 1})], 0, None),
    ],
)
def test_phone_first(before: list[Line], cases: int, rate: int | None) -> None:
    found = measured(NEVER, TWO_NUMBERS, *before, *message(1, "10:00"), *message(2, "11:00"))
    assert (found.value("phone_first_cases"), found.value("phone_first_rate")) == (cases, rate)


def test_work_and_officers() -> None:
    def item(number: int, arrived: str, started: str, ended: str, kind: int) -> list[Line]:
        who = {"ref": number, "officer": 3}
        return [
            (when(arrived), Event.WORK_ARRIVED, {"ref": number, "value": kind}),
            (when(started), Event.WORK_STARTED, {**who, "value": kind}),
            (when(ended), Event.WORK_ENDED, {**who, "value": kind}),
        ]

    found = measured(
        (when("09:00"), Event.SHIFT_STARTED, {"officer": 3, "value": 8 * 3600}),
        *item(1, "08:00", "10:00", "11:00", ProcessKind.PAYMENT),
        *item(2, "10:00", "10:30", "12:00", ProcessKind.OBJECTION),
        *item(3, "12:00", "16:00", "18:00", ProcessKind.PAYMENT),
        (when("11:00"), Event.WORK_ARRIVED, {"ref": 4, "value": ProcessKind.PAYMENT}),
        (when("17:00"), Event.SHIFT_ENDED, {"officer": 3}),
        (when("09:00"), Event.ACCESS_RECORDED, {"officer": 3, "value": 3, "ref": 1}),
        (when("09:00"), Event.SHIFT_STARTED, {"officer": 9001, "value": 8 * 3600}),
        (when("09:00"), Event.SHIFT_STARTED, {"officer": 4, "value": 8 * 3600}),
        (when("17:00"), Event.SHIFT_ENDED, {"officer": 4}),
    )
    assert [found.value("work_items", name) for name in ("arrived", "started", "ended")] == [4, 3, 3]
    assert (found.value("work_wait_median"), found.value("work_wait_median", "payment")) == (2, 3)
    assert found.value("work_wait_p95", "objection") == 0.5
    # Open items that overlap count once, and only inside the shift: 10:00–12:00 and 16:00–17:00.
    assert (found.value("shift_hours"), found.value("work_hours")) == (16, 3)
    assert found.value("officer_utilisation") == pytest.approx(3 / 16)
    assert found.value("officer_utilisation", "team 2") == 0.375
    assert found.value("work_wait_median", "team 2") == 2
    assert (found.value("officer_utilisation", "lowest"), found.value("officer_utilisation", "highest")) == (0, 0.375)


def test_an_unknown_metric_is_an_error() -> None:
    with pytest.raises(KeyError):
        measured().value("no_such_metric")
