"""Suppressed debt messages, kinds of the debt systems' messages, and Centrelink's record in the tables."""

import io
from typing import Any

import pandas as pd
import pytest

from sim.clock import instant
from sim.history import Event, History
from sim.messages import Channel, MobileStatus, Reason, System, Vulnerability, pack_fields
from sim.population.officers import FIRST_SUPPORT_OFFICER, FIRST_TEAM_LEADER
from sim.population.specialists import FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER
from sim.tables import customers_table, messages_table, night_spans, officers_table
from sim.tables import people as people_table
from tests.synthetic import history, policy_plain, rows

POLICY = policy_plain()
DAY = pd.Timestamp("2026-10-01").toordinal()
PERTH = 7
Line = tuple[str, Event, dict[str, int]]


def night(number: int) -> str:
    """04:00 in Sydney, `number` days after 1 October 2026."""
    return f"2026-10-{1 + number:02d}T04:00:00+{11 if number >= 3 else 10}:00"


def run(number: int, system: int = System.DMIS) -> Line:
    return (night(number), Event.NIGHTLY_RUN, {"system": system, "value": DAY + number})


def begins(number: int, reasons: int, winner: int = 402, template: int = 403, **columns: int) -> Line:
    who = {"customer": 5, "system": System.DMIS, "template": template} | columns
    return (night(number), Event.SUPPRESSED, {**who, "reasons": reasons, "other": winner, "value": DAY + number})


def ended(number: int, last: int, template: int = 403, **columns: int) -> Line:
    """A span that the run of night `number` finds ended, with its last night."""
    who = {"customer": 5, "system": System.DMIS, "template": template} | columns
    return (night(number), Event.SUPPRESSED_ENDED, {**who, "value": DAY + last})


def made(*lines: Line) -> History:
    zone = (night(0), Event.ZONE_RECORDED, {"customer": 5, "value": PERTH})
    return History.of(sorted(rows(zone, *lines), key=lambda row: row["time"]))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([run(0), begins(0, Reason.GAP), run(1)], [(0, 1, False)]),
        ([run(0), begins(0, Reason.GAP), run(1), ended(1, 0)], [(0, 0, True)]),
        ([run(0), begins(0, Reason.GAP), run(4), ended(4, 3)], [(0, 3, True)]),
        ([run(0), begins(0, Reason.GAP), run(1), ended(1, 0), begins(1, Reason.SIMILAR), run(5)],
         [(0, 0, True), (1, 5, False)]),
        ([run(1), begins(1, Reason.GAP), begins(1, Reason.GAP, template=404), ended(2, 1, template=404), run(2)],
         [(1, 2, False), (1, 1, True)]),
        ([run(1), begins(1, Reason.GAP), begins(1, Reason.GAP, customer=6), ended(2, 1, customer=6), run(2)],
         [(1, 2, False), (1, 1, True)]),
        ([run(0), begins(0, Reason.GAP), begins(3, Reason.SIMILAR), run(5)], [(0, 2, True), (3, 5, False)]),
        ([run(0), begins(0, Reason.GAP), begins(0, Reason.SIMILAR), run(0)], [(0, 0, True), (0, 0, False)]),
        # SAP's runs end nothing of DMIS.
        ([run(1), begins(1, Reason.GAP), run(3, System.SAP)], [(1, 1, False)]),
        ([begins(1, Reason.GAP)], [(1, 1, False)]),
        ([], []),
    ],
)  # fmt: skip
def test_spans_of_nights(lines: list[Line], expected: list[tuple[int, int, bool]]) -> None:
    spans = night_spans(made(*lines), Event.SUPPRESSED, Event.SUPPRESSED_ENDED)
    found = zip(spans["first_day"] - DAY, spans["last_day"] - DAY, spans["ended"], strict=True)
    assert [(int(first), int(last), bool(over)) for first, last, over in found] == expected


def test_a_suppressed_message_is_a_row_with_its_reason_and_winner() -> None:
    story = made(run(0), begins(0, Reason.HIERARCHY | Reason.SEND_WINDOW), run(1), run(2))
    frame = messages_table(story, POLICY)
    row = dict(frame.iloc[0])
    assert len(frame) == 1
    assert (row["outcome"], row["reasons"], row["winner"]) == (
        "suppressed", "send_window;hierarchy", "declined_payment",
    )  # fmt: skip
    assert (row["system"], row["template"], row["kind"], row["channel"]) == ("dmis", "overdue_payment", "nudge", "sms")
    assert (row["customer_id"], row["officer_id"], row["nights"]) == (5, 0, 3)
    assert row["issued_at"] == pd.Timestamp(night(0)).tz_convert("UTC")
    assert row["timezone"] == "Australia/Perth"
    assert all(pd.isna(row[name]) for name in ("due_at", "sent_at", "attempted_at", "by_date", "payment_type"))
    assert (row["sender"], row["text"], row["parts"], row["confirmation_asked"]) == ("", "", 0, False)


def test_its_id_is_the_negative_number_of_its_event_and_survives_saving(tmp_path: Any) -> None:
    story = made(run(0), begins(0, Reason.GAP), begins(0, Reason.VULNERABLE, 0, 404), run(1))
    events = [row["seq"] for row in story.select(Event.SUPPRESSED)]
    frame = messages_table(story, POLICY)
    assert frame["message_id"].tolist() == sorted(-seq for seq in events)
    assert frame["winner"].isna().tolist() == [True, False]
    story.save(tmp_path / "events.parquet")
    pd.testing.assert_frame_equal(messages_table(History.load(tmp_path / "events.parquet"), POLICY), frame)


def test_suppressed_rows_stand_before_the_messages_and_change_no_type() -> None:
    asked = {"message": 9, "customer": 5, "template": 402, "system": System.DMIS}
    issue = (night(0), Event.ISSUED, {**asked, "value": instant(night(0)) + 1000})
    alone = messages_table(made(issue), POLICY)
    both = messages_table(made(issue, run(0), begins(0, Reason.GAP, template=999)), POLICY)
    assert both["message_id"].tolist() == [-3, 9]
    assert both["template"].tolist() == ["unknown_999", "declined_payment"]
    assert both["kind"].isna().tolist() == [True, False]
    assert both.drop(columns="template").dtypes.equals(alone.drop(columns="template").dtypes)
    file = io.BytesIO()
    both.to_parquet(file)
    pd.testing.assert_frame_equal(pd.read_parquet(file), both)


@pytest.mark.parametrize(
    ("system", "template", "officer", "kind"),
    [
        (System.DMIS, 401, 0, "confirmation"),
        (System.DMIS, 402, 0, "nudge"),
        (System.DMIS, 409, 0, "nudge"),
        (System.SAP, 501, 0, "confirmation"),
        (System.SAP, 502, 0, "nudge"),
        (System.CUSTOMER_FIRST, 305, 10_001, "service_offer"),
        (System.CUSTOMER_FIRST, 301, 10_001, "desktop"),
        (System.CUSTOMER_FIRST, 303, 10_001, "desktop"),
        (System.CUSTOMER_FIRST, 303, 0, "automatic"),
        (System.PLUTO, 102, 3, "desktop"),
        (System.CUBA, 203, 0, "automatic"),
    ],
)
def test_the_kind_of_a_message(system: int, template: int, officer: int, kind: str) -> None:
    asked = {"message": 1, "customer": 5, "template": template, "officer": officer, "other": Channel.SMS}
    send = (night(0), Event.SEND_PRESSED, {**asked, "system": System.WORLD})
    refused = (night(0), Event.REFUSED, {**asked, "reasons": Reason.OPTED_OUT})
    for lines in ([(night(0), Event.ISSUED, {**asked, "system": system})], [send, refused]):
        row = messages_table(made(*lines), POLICY).iloc[0]
        assert (row["system"], row["kind"]) == (system.name.lower(), kind)


def test_a_claim_message_names_its_payment_and_no_date() -> None:
    asked = {"message": 1, "customer": 5, "template": 303, "value": pack_fields(0, 0, 2)}
    row = messages_table(made((night(0), Event.SEND_PRESSED, asked), (night(0), Event.REFUSED, asked)), POLICY).iloc[0]
    assert row["payment_type"] == "Age Pension"
    assert pd.isna(row["by_date"])
    assert pd.isna(row["contact_time"])


def customer(*lines: Line) -> dict[str, Any]:
    frame = customers_table(made(*lines))
    return dict(frame[frame["customer_id"] == 5].iloc[0])


def fact(event: Event, number: int = 0, **columns: int) -> Line:
    return (night(number), event, {"customer": 5, **columns})


def test_centrelink_s_record_has_its_own_mobile_and_opt_out() -> None:
    row = customer(
        fact(Event.CENTRELINK_RECORDED, value=1),
        fact(Event.CENTRELINK_RECORDED, 2, value=0),
        fact(Event.MOBILE_RECORDED, value=MobileStatus.VALID),
        fact(Event.CENTRELINK_MOBILE_RECORDED, value=MobileStatus.VALID),
        fact(Event.CENTRELINK_MOBILE_RECORDED, 1, value=MobileStatus.NONE),
        fact(Event.CENTRELINK_OPT_OUT_RECORDED, 1),
        fact(Event.CENTRELINK_OPT_OUT_LIFTED, 2),
        fact(Event.MAIL_CHANNEL_RECORDED, value=2),
        fact(Event.MUTUAL_CUSTOMER_SET, value=1),
        fact(Event.POSTCODE_RECORDED, value=6000),
        fact(Event.WITHHOLDINGS_ELIGIBLE_SET, value=1),
    )
    assert (row["centrelink"], row["mutual"], row["mail_channel"], row["postcode"]) == ("former", True, "online", 6000)
    assert (row["mobile_status"], row["centrelink_mobile_status"]) == ("valid", "none")
    assert row["centrelink_mobile_status_from"] == pd.Timestamp(night(1)).tz_convert("UTC")
    assert row["centrelink_opt_out_at"] == pd.Timestamp(night(1)).tz_convert("UTC")
    assert row["centrelink_opt_out_lifted_at"] == pd.Timestamp(night(2)).tz_convert("UTC")
    assert pd.isna(row["sms_opt_out_at"])
    assert row["withholdings_eligible"]


def test_who_is_only_in_one_programme() -> None:
    child_support = customer(fact(Event.MOBILE_RECORDED, value=MobileStatus.NONE))
    assert (child_support["mobile_status"], child_support["centrelink"]) == ("none", "none")
    assert pd.isna(child_support["centrelink_mobile_status"])
    assert pd.isna(child_support["mail_channel"])
    centrelink = customer(fact(Event.CENTRELINK_RECORDED, value=1))
    assert centrelink["centrelink"] == "current"
    assert pd.isna(centrelink["mobile_status"])


VIOLENCE, ILLNESS = Vulnerability.FAMILY_AND_DOMESTIC_VIOLENCE, Vulnerability.SERIOUS_ILLNESS


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([], ""),
        ([(VIOLENCE, 1)], "family_and_domestic_violence"),
        ([(ILLNESS, 1), (VIOLENCE, 1)], "family_and_domestic_violence;serious_illness"),
        ([(ILLNESS, 1), (VIOLENCE, 1), (ILLNESS, 0)], "family_and_domestic_violence"),
        ([(ILLNESS, 1), (ILLNESS, 0)], ""),
        ([(ILLNESS, 1), (ILLNESS, 0), (ILLNESS, 1)], "serious_illness"),
    ],
)
def test_vulnerabilities_are_those_that_were_not_lifted(changes: list[tuple[int, int]], names: str) -> None:
    lines = [fact(Event.VULNERABILITY_SET, n, value=which, other=is_set) for n, (which, is_set) in enumerate(changes)]
    row = customer(*lines)
    assert (row["vulnerabilities"], row["vulnerable"]) == (names, bool(names))
    latest = [pd.Timestamp(instant) for instant, _, _ in lines][-1:]
    assert [row["vulnerable_from"]] == latest if changes else pd.isna(row["vulnerable_from"])


def test_debts_are_counted_once_each() -> None:
    row = customer(
        fact(Event.DEBT_RAISED, ref=1, value=DAY),
        fact(Event.DEBT_RAISED, ref=2, value=DAY),
        fact(Event.DEBT_PAID, 1, ref=1),
        fact(Event.DEBT_PAID, 2, ref=1),
    )
    assert (row["debts"], row["debts_paid"]) == (2, 1)


def test_roles_are_told_by_the_ids_of_the_staff() -> None:
    ours = [getattr(people_table, f"FIRST_{name}") for name in (
        "TEAM_LEADER", "SUPPORT_OFFICER", "INTEGRATED_OFFICER", "SAS_OFFICER",
    )]  # fmt: skip
    assert ours == [FIRST_TEAM_LEADER, FIRST_SUPPORT_OFFICER, FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER]
    ids = [1, *(first + offset for first in ours for offset in (-1, 0))]
    story = made(*((night(0), Event.ACCESS_RECORDED, {"officer": officer, "value": 3}) for officer in ids))
    assert officers_table(story)["role"].tolist() == [
        "officer", "officer", "team_leader", "team_leader", "service_support_officer", "service_support_officer",
        "integrated_service_officer", "integrated_service_officer", "specialised_assessment_officer",
    ]  # fmt: skip


def test_the_made_up_run_has_all_of_it() -> None:
    frame = messages_table(history(), POLICY)
    assert set(frame["system"]) == {"pluto", "cuba", "customer_first", "dmis", "sap"}
    assert set(frame["channel"]) == {"sms", "email"}
    assert set(frame["kind"].dropna()) == {"desktop", "automatic", "nudge", "confirmation", "service_offer"}
    suppressed = frame[frame["outcome"] == "suppressed"]
    assert {"hierarchy", "gap", "similar", "opted_out"} <= set(suppressed["reasons"])
    assert (suppressed["message_id"] < 0).all()
    assert (frame.loc[frame["outcome"] != "suppressed", "message_id"] > 0).all()
    assert frame["message_id"].is_unique
