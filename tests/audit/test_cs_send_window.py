"""cs-send-window: in every zone, around both boundaries, in both readings, over both daylight-saving changes."""

import pytest

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import HOUR, MINUTE, SYDNEY, Builder, at, offenders, policy

PERTH = "Australia/Perth"
EUCLA = "Australia/Eucla"
LORD_HOWE = "Australia/Lord_Howe"


def history(zone=SYDNEY, **values):
    built = Builder(start="2026-09-01 00:00", end="2027-05-01 00:00", values=policy(**values))
    built.customer(1, zone)
    return built


BOUNDARIES = [("07:59:59.999", True), ("08:00:00.000", False), ("19:59:59.999", False), ("20:00:00.000", True)]


@pytest.mark.parametrize(("time", "breach"), BOUNDARIES)
@pytest.mark.parametrize("day", ["2026-10-03", "2026-10-04", "2027-04-04", "2026-12-25"])
def test_sent_around_the_boundaries_in_every_zone(time, breach, day):
    built = Builder(start="2026-09-01 00:00", end="2027-05-01 00:00")
    for customer, zone in enumerate(ZONES, 1):
        built.customer(customer, zone)
        built.send(customer, customer, at(f"{day} {time}", zone))
    audit = built.rule("cs-send-window")
    assert sorted(offenders(audit)) == (list(range(1, len(ZONES) + 1)) if breach else [])
    assert audit.cases == len(ZONES)
    assert all(time in found.why for found in audit.evidence)


@pytest.mark.parametrize(
    ("release", "issued", "day_of_release"),
    [
        ("next_day", "2026-10-03 20:00:00.000", "2026-10-04"),
        ("next_day", "2026-10-03 23:59:59.999", "2026-10-04"),
        ("next_day", "2026-10-04 00:00:00.000", "2026-10-05"),
        ("next_day", "2026-10-04 06:30", "2026-10-05"),
        ("next_day", "2027-04-03 21:00", "2027-04-04"),
        ("next_opening", "2026-10-03 20:00:00.000", "2026-10-04"),
        ("next_opening", "2026-10-04 00:00:00.000", "2026-10-04"),
        ("next_opening", "2026-10-04 07:59:59.999", "2026-10-04"),
        ("next_opening", "2028-02-28 20:00", "2028-02-29"),
    ],
)
def test_the_day_of_release_in_every_zone(release, issued, day_of_release):
    built = Builder(start="2026-09-01 00:00", end="2028-05-01 00:00", values=policy(cs_send_window__release=release))
    wrong = []
    for customer, zone in enumerate(ZONES, 1):
        built.customer(customer, zone)
        moment, right = at(issued, zone), at(f"{day_of_release} 08:00", zone)
        for number, shift in enumerate((0, -24 * HOUR, 24 * HOUR, MINUTE, -1)):
            message = customer * 10 + number
            built.send(message, customer, moment, held_until=right + shift)
            if shift:
                wrong.append(message)
    audit = built.rule("cs-send-window")
    assert sorted(offenders(audit)) == wrong
    assert audit.cases == 5 * len(ZONES)


def test_held_though_issued_inside():
    built = history()
    built.send(7, 1, at("2026-09-22 10:00"), held_until=at("2026-09-23 08:00"))
    audit = built.rule("cs-send-window")
    assert offenders(audit) == [7]
    assert "yet held until Wed 23 Sep 2026 08:00:00.000" in audit.evidence[0].why


def test_not_held_though_issued_outside():
    built = history()
    moment = at("2026-09-22 21:00")
    built.press(7, 1, moment)
    built.issue(7, 1, moment)
    built.deliver(7, 1, at("2026-09-23 08:00"))
    assert offenders(built.rule("cs-send-window")) == [7]


def test_refused_because_of_the_window():
    built = history()
    built.refuse(7, 1, at("2026-09-22 21:00"), Reason.SEND_WINDOW)
    assert offenders(built.rule("cs-send-window")) == [7]


def test_sent_before_it_was_due():
    built = history(cs_send_window__release_spread_minutes=30)
    moment, due = at("2026-09-22 21:00"), at("2026-09-23 08:20")
    built.press(7, 1, moment)
    built.issue(7, 1, moment, due)
    built.deliver(7, 1, due - 1)
    assert offenders(built.rule("cs-send-window")) == [7]


@pytest.mark.parametrize(("minutes", "breaches"), [(0, 0), (30, 0), (31, 1)])
def test_the_spread_of_releases(minutes, breaches):
    built = history(cs_send_window__release_spread_minutes=30)
    built.send(7, 1, at("2026-09-22 21:00"), held_until=at("2026-09-23 08:00") + minutes * MINUTE)
    assert built.rule("cs-send-window").breaches == breaches


def test_backlog_within_the_window_is_no_breach():
    built = history()
    moment = at("2026-09-22 10:00")
    built.press(7, 1, moment)
    built.issue(7, 1, moment)
    built.deliver(7, 1, at("2026-09-22 19:59:59.999"), latency=200)
    assert built.rule("cs-send-window").verdict == "pass"


@pytest.mark.parametrize(("held_at", "breaches"), [("2026-09-22 20:00:00.000", 0), ("2026-09-22 15:00", 1), (None, 1)])
def test_sent_on_a_later_day_needs_a_hold_at_closing(held_at, breaches):
    built = history()
    moment, due = at("2026-09-22 10:00"), at("2026-09-23 08:00")
    built.press(7, 1, moment)
    built.issue(7, 1, moment)
    if held_at:
        row = {"message": 7, "customer": 1, "system": 1, "reasons": int(Reason.SEND_WINDOW), "value": due}
        built.event(at(held_at), Event.HELD_AGAIN, **row)
    built.deliver(7, 1, due)
    assert built.rule("cs-send-window").breaches == breaches


def test_email_and_other_systems_have_no_such_window():
    built = history()
    moment = at("2026-09-22 21:00")
    built.send(7, 1, moment, system="dmis")
    built.press(8, 1, moment, system="cuba", channel="email")
    built.event(moment, Event.ISSUED, message=8, customer=1, system=2, other=2, value=moment, template=201)
    built.deliver(8, 1, moment, system="cuba")
    assert built.rule("cs-send-window").verdict == "not_exercised"
    assert offenders(built.rule("cs-window-at-gateway")) == [7]


def test_a_message_still_held_at_the_end_is_judged_by_its_due_instant():
    built = history()
    moment = at("2027-04-30 21:00")
    built.press(7, 1, moment)
    built.issue(7, 1, moment, at("2027-05-01 08:00"))
    built.press(8, 1, moment)
    built.issue(8, 1, moment, at("2027-05-02 08:00"))
    assert offenders(built.rule("cs-send-window")) == [8]


def test_opening_hours_are_policy():
    built = history(cs_send_window__opens="09:00", cs_send_window__closes="24:00")
    built.send(7, 1, at("2026-09-22 08:30"))
    built.send(8, 1, at("2026-09-22 23:59:59.999"))
    assert offenders(built.rule("cs-send-window")) == [7]


@pytest.mark.parametrize("zone", [LORD_HOWE, EUCLA, PERTH])
def test_the_zone_is_the_one_on_record_at_issue(zone):
    built = history()
    built.fact(at("2026-09-22 12:00"), Event.ZONE_RECORDED, 1, ZONES.index(zone))
    built.send(7, 1, at("2026-09-23 19:59:59.999", zone))
    built.send(8, 1, at("2026-09-24 20:00", zone), held_until=at("2026-09-25 08:00", zone))
    assert built.rule("cs-send-window").verdict == "pass"
