"""DMIS: the day and hour of a pick, the tests at hand-over, the spans that it tells, and what it is asked directly."""

from typing import Any

import pytest

from sim.clock import ZONES
from sim.history import Event
from sim.messages import Reason, System, Vulnerability
from sim.policy.bundle import RULES
from tests.fakes.builder import PERTH, SYDNEY
from tests.fakes.centrelink_bench import CentrelinkBench, accepted, day, iso, with_customer

START = "2026-06-01T00:00:00+10:00"  # a Monday


def bench(start: str = START, **options: Any) -> CentrelinkBench:
    return with_customer(start, **options)


def due_soon(made: CentrelinkBench, due: str = "2026-07-01") -> int:
    """A debt about which DMIS has one message, Debt due Soon, in the fortnight before it is due."""
    return made.debt(due)


# The day of a pick


@pytest.mark.parametrize(
    ("zone", "handed_over"),
    [
        (SYDNEY, "2026-06-10T10:00:00.000+10:00"),
        (PERTH, "2026-06-10T12:00:00.000+10:00"),
        ("Indian/Cocos", "2026-06-10T13:30:00.000+10:00"),  # at 04:00 in Sydney it is still the 9th there
        ("Pacific/Norfolk", "2026-06-10T09:00:00.000+10:00"),
    ],
)
def test_a_pick_goes_at_ten_of_the_recipients_day(zone: str, handed_over: str) -> None:
    made = CentrelinkBench(START)
    made.customer(zone=zone)
    due_soon(made, "2026-06-20")
    made.run("2026-06-10")
    made.at("2026-06-10T20:00:00+10:00")
    assert made.handed_over() == [(handed_over, 409)]
    arrived = next(one for one in made.told if one.event == Event.ARRIVED)
    assert made.history.contents[arrived.value].sender == "CENTRELINK"


def test_the_run_is_once_an_agency_date_over_the_change_of_the_clocks() -> None:
    made = bench("2026-10-01T00:00:00+10:00")
    made.debt("2026-10-20")
    assert made.days("2026-10-03", "2026-10-13") == {"2026-10-06": [409]}
    assert made.handed_over() == [("2026-10-06T10:00:00.000+11:00", 409)]


def test_a_pick_whose_hour_lies_outside_the_window_waits_for_the_opening() -> None:
    made = bench(sets={"cs-send-window.opens": "11:00"})
    due_soon(made, "2026-06-20")
    made.days("2026-06-10", "2026-06-10")
    assert made.handed_over() == [("2026-06-10T11:00:00.000+10:00", 409)]


@pytest.mark.parametrize(
    ("due_at", "issued_at", "handed_over"),
    [
        ("10:00", "2026-06-10T09:59:59.999+10:00", "2026-06-10T10:00:00.000+10:00"),
        ("10:00", "2026-06-10T15:00:00.000+10:00", "2026-06-10T15:00:00.000+10:00"),
        ("10:00", "2026-06-10T20:00:00.000+10:00", "2026-06-11T08:00:00.000+10:00"),
        ("21:00", "2026-06-10T04:00:00.000+10:00", "2026-06-11T08:00:00.000+10:00"),
    ],
)
def test_a_pick_whose_hour_has_passed_goes_when_it_may(due_at: str, issued_at: str, handed_over: str) -> None:
    made = bench(sets={"dr-hierarchy.due_at": due_at})
    made.at(issued_at)
    made.send(System.DMIS, 405)
    made.at("2026-06-11T12:00:00+10:00")
    assert made.handed_over() == [(handed_over, 405)]
    assert not made.of(Event.HELD_AGAIN)


@pytest.mark.parametrize(
    ("moment", "withdrawn"),
    [
        ("2026-06-10T09:59:59.999+10:00", [(409, ["opted_out", "vulnerable", "disaster_pause"])]),
        ("2026-06-10T10:00:00.001+10:00", []),
    ],
)
def test_recipient_vulnerability_and_disaster_are_tested_again_at_hand_over(
    moment: str, withdrawn: list[tuple[int, list[str]]]
) -> None:
    made = bench()
    due_soon(made, "2026-06-20")
    made.run("2026-06-10")
    made.at(moment)
    made.centrelink.record_opt_out(1, 7, made.now)
    made.centrelink.set_vulnerability(1, Vulnerability.RECENT_BEREAVEMENT, True, made.now)
    made.book.declare_disaster(1, 2000, 2000, day("2026-07-01"), made.now)
    made.at("2026-06-10T20:00:00+10:00")
    assert made.withdrawn() == withdrawn
    assert len(made.handed_over()) == 1 - len(withdrawn)


def test_a_withdrawn_message_keeps_nothing_back() -> None:
    made = bench()
    due_soon(made, "2026-06-20")
    made.run("2026-06-10")
    made.centrelink.record_opt_out(1, 7, made.now)
    made.at("2026-06-10T12:00:00+10:00")
    made.centrelink.lift_opt_out(1, 7, made.now)
    assert made.run("2026-06-11").picks == [(1, 409)]


def test_a_move_takes_the_planned_hour_along() -> None:
    made = bench()
    due_soon(made, "2026-06-20")
    made.run("2026-06-10")
    made.centrelink.hear_zone(1, ZONES.index(PERTH), made.now, alone=True)
    made.told += made.senders[System.DMIS].zone_changed(1, made.now)
    made.at("2026-06-10T20:00:00+10:00")
    assert made.handed_over() == [("2026-06-10T12:00:00.000+10:00", 409)]


def test_a_message_that_waits_for_the_gateway_counts_on_its_day_and_no_other_is_planned() -> None:
    made = bench(outages=[("2026-06-10T09:00:00+10:00", "2026-06-11T13:00:00+10:00")])
    due_soon(made, "2026-06-24")
    made.debt("2026-06-09", ref=900)
    assert made.run("2026-06-10").picks == [(1, 405)]
    made.at("2026-06-10T21:00:00+10:00")
    assert made.handed_over() == []  # held again at 20:00
    assert made.run("2026-06-11").picks == []
    assert made.suppressed() == [(405, ["similar"], 405), (409, ["gap", "one_nudge"], 405)]
    assert made.days("2026-06-12", "2026-06-13") == {"2026-06-13": [409]}
    assert made.handed_over()[0] == ("2026-06-11T13:00:00.000+10:00", 405)


# Spans


def test_suppressions_are_told_when_they_begin_change_and_end() -> None:
    made = bench()
    ref = due_soon(made, "2026-06-24")
    told = []
    for ordinal in range(day("2026-06-09"), day("2026-06-23")):
        if ordinal == day("2026-06-15"):
            made.centrelink.set_vulnerability(1, Vulnerability.HOMELESSNESS, True, made.now)
        if ordinal == day("2026-06-17"):
            made.centrelink.set_vulnerability(1, Vulnerability.HOMELESSNESS, False, made.now)
        if ordinal == day("2026-06-20"):
            made.book.pay(ref, made.now)
        night = made.run(iso(ordinal))
        told += [(Event(one.event).name, iso(one.day), one.reasons, one.winner) for one in night.spans]
    similar, vulnerable = int(Reason.SIMILAR), int(Reason.VULNERABLE)
    assert told == [
        ("ELIGIBLE", "2026-06-10", 0, 0),
        ("SUPPRESSED", "2026-06-11", similar, 409),
        ("SUPPRESSED_ENDED", "2026-06-14", similar, 409),
        ("SUPPRESSED", "2026-06-15", vulnerable, 0),
        ("SUPPRESSED_ENDED", "2026-06-16", vulnerable, 0),
        ("SUPPRESSED", "2026-06-17", similar, 409),
        ("SUPPRESSED_ENDED", "2026-06-17", similar, 409),  # it went again on the 18th
        ("SUPPRESSED", "2026-06-19", similar, 409),
        ("SUPPRESSED_ENDED", "2026-06-19", similar, 409),
        ("ELIGIBLE_ENDED", "2026-06-19", 0, 0),
    ]


# The protocol


def test_nothing_gets_round_the_rules_by_asking_directly() -> None:
    made = bench()
    made.at("2026-06-10T04:00:00+10:00")
    assert accepted(made.send(System.DMIS, 405))
    assert made.send(System.DMIS, 405).reasons == Reason.SIMILAR | Reason.GAP | Reason.ONE_NUDGE
    assert made.send(System.DMIS, 401).reasons == Reason.GAP
    assert made.send(System.DMIS, 502).reasons == Reason.UNKNOWN_TEMPLATE
    assert made.send(System.DMIS, 405, customer=2).reasons == Reason.NOT_A_CENTRELINK_CUSTOMER


def test_a_system_with_a_broken_rule_shows_it() -> None:
    made = bench(rules=RULES._replace(gap_allows=lambda *_: 1))
    made.debt("2026-06-26")
    made.debt("2026-06-10", ref=900)
    assert list(made.days("2026-06-12", "2026-06-13")) == ["2026-06-12", "2026-06-13"]
