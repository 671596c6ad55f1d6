"""The metrics of reports, Integrated Service Officers and email, and what the other systems change in the core's."""

from typing import Any

import pytest

from sim.clock import MINUTE, instant
from sim.history import Event, History
from sim.messages import Channel, IntegratedWork, Reason, ReportCase, System
from sim.metrics import Metrics, metrics
from sim.tables import messages_table
from tests.synthetic import history, policy_plain

POLICY = policy_plain()
NINE = instant("2026-10-05T09:00:00+11:00")
Row = dict[str, int]


def row(event: Event, minutes: float = 0, **columns: int) -> Row:
    """A row so many minutes after nine."""
    return {"time": NINE + round(minutes * MINUTE), "event": event, "customer": 5, **columns}


def measured(*rows: Row | list[Row], audit: dict[str, Any] | None = None) -> Metrics:
    flat = [one for part in rows for one in (part if isinstance(part, list) else [part])]
    zones = [{"time": 0, "event": Event.ZONE_RECORDED, "customer": customer, "value": 0} for customer in (5, 6)]
    story = History.of(sorted([*zones, *flat], key=lambda one: one["time"]))
    return metrics(story, messages_table(story, POLICY), POLICY, {}, audit)


def message(number: int, template: int, system: int, minutes: float = 0, due: float = 0, **columns: int) -> list[Row]:
    """A message issued at `minutes` after nine for `due` minutes later, handed over and sent then."""
    who = {"message": number, "template": template, "system": system, "other": Channel.SMS} | columns
    sent = {name: value for name, value in who.items() if name in ("message", "customer")}
    at = NINE + round((minutes + due) * MINUTE)
    return [
        row(Event.SEND_PRESSED, minutes, **who),
        row(Event.ISSUED, minutes, **who, value=at),
        *([row(Event.HELD, minutes, **sent, value=at)] if due else []),
        row(Event.HANDED_OVER, minutes + due, **sent),
        row(Event.ACKNOWLEDGED, minutes + due + 0.01, **sent),
    ]


# Reports


def report(ref: int, case: ReportCase, closed: float | None, escalated: float | None = None) -> list[Row]:
    """A report at nine that is closed, and answered by the SAS Team, so many minutes later."""
    rows = [row(Event.REPORT_RECEIVED, ref=ref, value=case, message=1)]
    if escalated is not None:
        rows += [row(Event.ESCALATED, 5, ref=ref, value=7), row(Event.SAS_FOUND, 5 + escalated, ref=ref, other=6)]
        rows += [row(Event.INCIDENT_REPORTED, 300, ref=ref), row(Event.NUMBER_REMOVED, 300, ref=ref, other=6)]
    return rows if closed is None else [*rows, row(Event.REPORT_CLOSED, closed, ref=ref)]


def test_reports_by_case_and_the_time_until_they_are_closed() -> None:
    found = measured(
        report(1, ReportCase.WANTS_OUT, 30),
        report(2, ReportCase.WANTS_OUT, 90),
        report(3, ReportCase.WANTS_OUT, None),
        report(4, ReportCase.NO_RELATIONSHIP, 360, escalated=120),
    )
    assert (found.value("reports"), found.value("reports", "wants_out"), found.value("reports_closed")) == (4, 3, 3)
    assert (found.value("report_time_median"), found.value("report_time_median", "wants_out")) == (1.5, 1)
    assert found.value("report_time_median", "no_relationship") == 6
    assert (found.value("escalations"), found.value("escalation_time_median")) == (1, 2)
    assert (found.value("numbers_removed"), found.value("incidents_reported")) == (1, 1)


@pytest.mark.parametrize(
    ("points", "share"), [([], 0), ([1, 2, 3], 0), ([1, 2, 3, 3], 0), ([1, 2, 3, 4], 1), ([4, 3, 2, 1, 1], 1)]
)
def test_an_explanation_has_four_points(points: list[int], share: int) -> None:
    told = [row(Event.EXPLAINED, 5, ref=7, value=point) for point in points]
    others = [row(Event.EXPLAINED, 5, ref=8, value=point) for point in (1, 2, 3, 4)]
    found = measured(row(Event.EXPLANATION_ASKED, ref=7, message=1), told, others)
    assert (found.value("explanations_asked"), found.value("explained_fully")) == (1, share)


def test_wrong_customers_who_got_an_apology() -> None:
    slips = [row(Event.SENT_TO_WRONG_CUSTOMER, ref=ref, message=ref, other=6) for ref in (1, 2, 3, 4)]
    found = measured(slips, row(Event.APOLOGISED, 9, ref=1), row(Event.APOLOGISED, 9, ref=9))
    assert (found.value("wrong_customer"), found.value("wrong_customer_apologised")) == (4, 0.25)


# Integrated Service Officers


def test_the_route_that_was_taken_in_the_end_counts() -> None:
    found = measured(
        row(Event.ROUTED, ref=1, value=System.PLUTO, other=IntegratedWork.OTHER),
        row(Event.ROUTED, ref=2, value=System.PLUTO, other=IntegratedWork.SME_REVIEW),
        row(Event.ROUTED, 1, ref=2, value=System.CUSTOMER_FIRST, other=IntegratedWork.SME_REVIEW),
    )
    assert [found.value("routed", group) for group in ("all", "pluto", "customer_first")] == [2, 1, 1]
    assert found.value("routed_by_work", "sme_review: customer_first") == 1
    assert found.value("routed_by_work", "sme_review: pluto") is None


@pytest.mark.parametrize(("cases", "breaches", "right"), [(8, 2, 0.75), (5, 0, 1), (0, 0, None)])
def test_the_audit_tells_which_choices_were_right(cases: int, breaches: int, right: float | None) -> None:
    judged = {"cases": cases, "breaches": breaches, "unjudged": 0}
    assert measured(audit={"rules": {"cf-route": judged}}).value("routed_right") == right
    assert measured().value("routed_right") is None


GRANT, REJECT = 303, 304


def claim(outcome: int) -> Row:
    return row(Event.CLAIM_FINALISED, ref=9, value=outcome, other=2)


def withheld(why: int) -> Row:
    return row(Event.CLAIM_MESSAGE_WITHHELD, 1, ref=9, value=why)


def refusal(template: int) -> list[Row]:
    who = {"message": 1, "ref": 9, "officer": 10_001, "system": System.CUSTOMER_FIRST, "template": template}
    return [row(Event.SEND_PRESSED, 1, **who), row(Event.REFUSED, 1, **who, reasons=Reason.OPTED_OUT)]


@pytest.mark.parametrize(
    ("rows", "fate"),
    [
        ([claim(1), message(1, GRANT, System.CUSTOMER_FIRST, ref=9, officer=10_001)], "grant: sent by an officer"),
        ([claim(2), message(1, REJECT, System.CUSTOMER_FIRST, ref=9, officer=10_001)], "reject: sent by an officer"),
        ([claim(1), withheld(1)], "grant: withheld, the CCM is available"),
        ([claim(1), withheld(2)], "grant: withheld, mail is online"),
        ([claim(2), withheld(3)], "reject: withheld, reached by phone"),
        ([claim(1), message(1, GRANT, System.CUSTOMER_FIRST, ref=9), withheld(1)],
         "grant: withheld, the CCM is available"),
        ([claim(1), message(1, GRANT, System.CUSTOMER_FIRST, ref=9)], "grant: nothing on record"),
        ([claim(1), refusal(GRANT)], "grant: not sent, barred"),
        ([claim(1), message(1, 301, System.CUSTOMER_FIRST, ref=9, officer=10_001)], "grant: nothing on record"),
        ([claim(1), message(1, GRANT, System.CUSTOMER_FIRST, ref=8, officer=10_001)], "grant: nothing on record"),
    ],
)  # fmt: skip
def test_what_became_of_the_message_about_a_claim(rows: list[Row | list[Row]], fate: str) -> None:
    found = measured(*rows)
    assert found.to_json()["metrics"]["claim_messages"]["values"] == {"all": 1, fate: 1}


def test_messages_that_went_by_themselves_are_counted_apart() -> None:
    found = measured(claim(2), message(1, REJECT, System.CUSTOMER_FIRST, ref=9))
    assert (found.value("claims", "reject"), found.value("claim_messages_automatic", "claim_reject")) == (1, 1)


# Email, and what the core counts


def test_emails_are_counted_apart_from_sms() -> None:
    reminders = [message(number, 201, System.CUBA, other=Channel.EMAIL) for number in (1, 2, 3)]
    found = measured(
        *reminders, message(4, 201, System.CUBA), row(Event.DELIVERED, 1, message=1), row(Event.BOUNCED, 9, message=2)
    )
    assert (found.value("emails"), found.value("emails", "automatic_payment_reminder")) == (3, 3)
    assert (found.value("email_bounces"), found.value("email_bounce_rate")) == (1, pytest.approx(1 / 3))
    assert found.value("email_delivered_share") == pytest.approx(1 / 3)
    assert (found.value("sent"), found.value("bounce_rate")) == (1, 0)


def test_what_nightly_runs_plan_ahead_is_not_held_for_the_window() -> None:
    found = measured(
        message(1, 402, System.DMIS, due=60),
        message(2, 502, System.SAP, due=60),
        message(3, 501, System.SAP, due=60),
        message(4, 101, System.PLUTO),
    )
    assert found.value("held_share") == 0.5
    assert found.value("releases_at_opening_max") == 1
    assert [found.value("queue_age_max", group) for group in ("planned", "released", "at_once")] == [0, 0, 0]


def test_pluto_s_limit_and_rounds_of_calls_do_not_count_customer_first() -> None:
    messages = [message(number, 301, System.CUSTOMER_FIRST, number, officer=10_001) for number in (1, 2, 3)]
    found = measured(row(Event.NEVER_CONTACTED), *messages, message(4, 101, System.PLUTO, 5, officer=1))
    assert found.value("messages_a_customer_day_max") == 1
    assert found.value("phone_first_cases") == 1
    assert measured(row(Event.NEVER_CONTACTED), *messages).value("phone_first_cases") == 0


def test_calls_promised_within_two_hours_have_a_group_of_their_own() -> None:
    alert = message(1, 302, System.CUSTOMER_FIRST, officer=10_001)
    found = measured(alert, row(Event.CALL_ATTEMPTED, 50.01, message=1, value=1))
    assert found.value("alerts_sent", "two_hours") == 1
    assert found.value("call_delay_median", "two_hours") == pytest.approx(50, abs=0.1)
    assert found.value("call_delay_median", "next_hour") is None


def test_integrated_officers_are_a_team_and_the_sas_team_deals_with_no_work_items() -> None:
    shifts = [
        [
            row(Event.ACCESS_RECORDED, officer=officer, value=3, ref=3),
            row(Event.SHIFT_STARTED, officer=officer, value=3600),
            row(Event.SHIFT_ENDED, 60, officer=officer),
        ]
        for officer in (1, 10_001, 10_501, 9_001)
    ]
    work = [row(Event.WORK_STARTED, 0, officer=10_001, ref=1), row(Event.WORK_ENDED, 30, officer=10_001, ref=1)]
    found = measured(*shifts, work)
    assert found.value("shift_hours") == 2
    assert (found.value("officer_utilisation", "integrated"), found.value("officer_utilisation", "team 4")) == (0.5, 0)


def test_opt_outs_of_either_programme_count_once() -> None:
    found = measured(
        row(Event.OPT_OUT_RECORDED, 1), row(Event.CENTRELINK_OPT_OUT_RECORDED, 2),
        row(Event.CENTRELINK_OPT_OUT_RECORDED, 3, customer=6),
    )  # fmt: skip
    assert found.value("opt_outs") == 2


def test_the_made_up_run_has_a_number_for_every_metric() -> None:
    story = history()
    found = metrics(story, messages_table(story, POLICY), POLICY, {"parameters": {}}).to_json()["metrics"]
    audit_or_price = {"rule_cases", "rule_breaches", "rule_unjudged", "rule_breach_rate", "routed_right", "sms_cost"}
    empty = [
        name for name, metric in found.items()
        if name not in audit_or_price and not any(value is not None for value in metric["values"].values())
    ]  # fmt: skip
    assert empty == []
