"""SAP: confirmations when an arrangement is set up or changed, and the nudge the day before an instalment."""

import pytest

from sim.history import Event
from sim.messages import Arrangement, ArrangementStatus, Outcome, Reason, Screen, System, Vulnerability
from tests.fakes.builder import PERTH, SYDNEY
from tests.fakes.centrelink_bench import CentrelinkBench, day

VOL, CSH, IRR, WITHHELD = Arrangement.VOL, Arrangement.CSH, Arrangement.IRR, Arrangement.WITHHOLDINGS
PND, CUR, BKN, CEASED = (
    ArrangementStatus.PND, ArrangementStatus.CUR, ArrangementStatus.BKN, ArrangementStatus.CEASED,
)  # fmt: skip
START = "2026-06-01T00:00:00+10:00"
LONG_AGO = "2025-06-01"
CONFIRMATION, NUDGE = 501, 502


@pytest.mark.parametrize(
    ("moment", "outcome", "handed_over"),
    [
        ("2026-06-10T07:59:59.999+10:00", Outcome.HELD, "2026-06-11T08:00:00.000+10:00"),
        ("2026-06-10T08:00:00.000+10:00", Outcome.SENT, "2026-06-10T08:00:00.000+10:00"),
        ("2026-06-10T19:59:59.999+10:00", Outcome.SENT, "2026-06-10T19:59:59.999+10:00"),
        ("2026-06-10T20:00:00.000+10:00", Outcome.HELD, "2026-06-11T08:00:00.000+10:00"),
    ],
)
def test_a_confirmation_goes_at_once_inside_the_window(moment: str, outcome: Outcome, handed_over: str) -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.at(moment)
    assert made.send(System.SAP, CONFIRMATION).outcome == outcome
    made.at("2026-06-11T12:00:00+10:00")
    assert made.handed_over() == [(handed_over, CONFIRMATION)]


@pytest.mark.parametrize(
    ("zone", "handed_over"),
    [(SYDNEY, "2026-06-10T09:00:00.000+10:00"), (PERTH, "2026-06-10T11:00:00.000+10:00")],
)
def test_the_nudge_goes_at_nine_of_the_recipients_day_before_the_instalment(zone: str, handed_over: str) -> None:
    made = CentrelinkBench(START)
    made.customer(zone=zone)
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    made.days("2026-06-08", "2026-06-12")
    assert [one.customers for one in made.reminders] == [[], [], [1], [], []]
    assert made.handed_over() == [(handed_over, NUDGE)]


@pytest.mark.parametrize(
    ("kind", "status", "nudged"),
    [
        (VOL, CUR, True), (VOL, PND, True), (VOL, BKN, False), (VOL, CEASED, False), (CSH, CUR, True),
        (IRR, PND, True), (WITHHELD, CUR, False), (Arrangement.NONE, ArrangementStatus.NONE, False),
    ],
)  # fmt: skip
def test_instalments_are_nudged_while_their_arrangement_is_in_force(
    kind: Arrangement, status: ArrangementStatus, nudged: bool
) -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.arranged(LONG_AGO, kind, status, "2026-06-11")
    made.run("2026-06-10")
    assert made.reminders[-1].customers == ([1] if nudged else [])


@pytest.mark.parametrize(("before", "nudged_on"), [("0", "2026-06-11"), ("1", "2026-06-10"), ("3", "2026-06-08")])
def test_how_many_days_before_is_policy(before: str, nudged_on: str) -> None:
    made = CentrelinkBench(START, {"dr-kind.sap_nudge_days_before": before})
    made.customer()
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    made.days("2026-06-07", "2026-06-12")
    assert [one.day for one in made.reminders if one.customers] == [day(nudged_on)]


def test_a_paid_debt_or_a_moved_instalment_is_not_nudged() -> None:
    made = CentrelinkBench(START)
    made.customer()
    paid = made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    moved = made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    made.book.pay(paid, made.now)
    made.book.set_repayment_due(moved, day("2026-06-12"), made.now)
    made.days("2026-06-09", "2026-06-12")
    assert [one.day for one in made.reminders if one.customers] == [day("2026-06-11")]


def test_two_instalments_of_one_day_are_one_nudge() -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    made.arranged(LONG_AGO, VOL, CUR, "2026-06-11")
    made.days("2026-06-10", "2026-06-10")
    assert [template for _, template in made.handed_over()] == [NUDGE]


def test_a_nudge_of_dmis_that_waited_overnight_stands_in_the_way() -> None:
    made = CentrelinkBench(START, outages=[("2026-06-10T09:30:00+10:00", "2026-06-11T07:00:00+10:00")])
    made.customer()
    made.debt("2026-06-20")
    made.run("2026-06-10")
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-12")
    made.run("2026-06-11")
    assert made.reminders[-1].customers == []
    assert made.reminders[-1].suppressed == [(1, 409)]


def test_one_nudge_can_be_switched_off() -> None:
    made = CentrelinkBench(
        START, {"dr-one-nudge.enabled": False}, outages=[("2026-06-10T09:30:00+10:00", "2026-06-11T07:00:00+10:00")]
    )
    made.customer()
    made.debt("2026-06-20")
    made.run("2026-06-10")
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-12")
    made.run("2026-06-11")
    assert made.reminders[-1].customers == [1]


def test_nothing_gets_round_the_one_nudge_by_asking_directly() -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.at("2026-06-10T04:00:00+10:00")
    assert made.send(System.SAP, NUDGE).outcome == Outcome.HELD
    assert made.send(System.SAP, NUDGE).reasons == Reason.ONE_NUDGE
    assert made.send(System.SAP, CONFIRMATION).outcome == Outcome.HELD
    assert made.send(System.SAP, 405).reasons == Reason.UNKNOWN_TEMPLATE


@pytest.mark.parametrize(
    ("template", "kinds", "reasons"),
    [
        (NUDGE, "all", Reason.VULNERABLE),
        (NUDGE, "nudges_only", Reason.VULNERABLE),
        (CONFIRMATION, "all", Reason.VULNERABLE),
        (CONFIRMATION, "nudges_only", 0),
    ],
)
def test_vulnerable_customers(template: int, kinds: str, reasons: int) -> None:
    made = CentrelinkBench(START, {"dr-vulnerable.kinds": kinds})
    made.customer(vulnerabilities=(int(Vulnerability.HOMELESSNESS),))
    assert made.send(System.SAP, template).reasons == reasons


def test_no_confirmation_while_a_disaster_covers_the_postcode() -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.book.declare_disaster(1, 2000, 2001, day("2026-07-01"), made.now)
    assert made.send(System.SAP, CONFIRMATION).reasons == Reason.DISASTER_PAUSE


@pytest.mark.parametrize(
    ("moment", "found"), [("2026-10-07T23:59:59+11:00", True), ("2026-10-08T00:00:00+11:00", False)]
)
def test_its_messages_are_archived_after_120_days(moment: str, found: bool) -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.at("2026-06-10T09:00:00+10:00")
    made.send(System.SAP, CONFIRMATION)
    made.at("2026-06-10T12:00:00+10:00")
    assert day("2026-10-08") - day("2026-06-10") == 120
    made.at(moment)
    shown = [bool(made.dmis.screen(1, screen, made.now)) for screen in Screen]
    assert shown == [False, found, found]


def test_what_dmis_sent_is_seen_on_two_screens_and_what_waits_on_none() -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.debt("2026-06-20")
    made.run("2026-06-10")
    assert [made.sap.screen(1, screen, made.now) for screen in Screen] == [[], [], []]
    made.at("2026-06-10T12:00:00+10:00")
    lines = [made.sap.screen(1, screen, made.now) for screen in Screen]
    assert [len(found) for found in lines] == [0, 1, 1]
    assert lines[1][0].text.startswith("Your debt is due soon.")


def test_sent_is_claimed_at_the_gateways_acknowledgement() -> None:
    made = CentrelinkBench(START)
    made.customer()
    made.at("2026-06-10T09:00:00+10:00")
    made.send(System.SAP, CONFIRMATION)
    told = made.at("2026-06-10T09:10:00+10:00")
    events = [Event(one.event).name for one in told]
    assert events == ["HANDED_OVER", "ARRIVED", "ACKNOWLEDGED", "SENT_CLAIMED", "DELIVERED"]
    claimed, acknowledged = told[3], told[2]
    assert claimed.value == claimed.time == acknowledged.time
