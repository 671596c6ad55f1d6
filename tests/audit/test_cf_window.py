"""cf-window: Centrelink's messages in the window, held for it, and at the hours that the nightly runs mean."""

import pytest

from sim.audit.codes import SYSTEMS, ZONES, Event, Reason
from tests.audit.builder import HOUR, SYDNEY, Builder, at, expect, judge_one, offenders, policy
from tests.audit.foreign_logs import HEADER, read, rows

PERTH = "Australia/Perth"
TEMPLATES = {"customer_first": 301, "dmis": 402, "sap": 501}
NUDGE = 502
RUN, NEXT_RUN = at("2026-10-06 04:00"), at("2026-10-07 04:00")


def sent(
    time: int, held_until: int | None = None, system: str = "dmis", zone: str = SYDNEY, template: int = 0, **values
) -> Builder:
    built = Builder(start="2026-09-01 00:00", end="2027-05-01 00:00", values=policy(**values))
    built.customer(1, zone)
    code = template or TEMPLATES[system]
    built.send(7, 1, time, held_until=held_until, system=system, template=code, text=built.text_of(code))
    return built


BOUNDARIES = [("07:59:59.999", True), ("08:00:00.000", False), ("19:59:59.999", False), ("20:00:00.000", True)]


@pytest.mark.parametrize(("time", "breach"), BOUNDARIES)
@pytest.mark.parametrize("system", ["customer_first", "sap"])
def test_sent_around_the_boundaries_in_every_zone(time: str, breach: bool, system: str) -> None:
    table = {
        (zone, day): (sent(at(f"{day} {time}", zone), system=system, zone=zone), [7] if breach else [])
        for zone in ZONES for day in ("2026-10-04", "2027-04-04")
    }  # fmt: skip
    assert expect("cf-window", table).cases == len(table)


@pytest.mark.parametrize("system", list(TEMPLATES))
def test_held_for_the_window(system: str) -> None:
    night, morning = at("2026-10-05 21:00"), at("2026-10-06 08:00")
    table = {
        "until the opening": (sent(night, morning, system), []),
        "until the next opening but one": (sent(night, morning + 24 * HOUR, system), [7]),
        "until just after the opening": (sent(night, morning + 1, system), [7]),
        "not at all": (sent(night, system=system), [7]),
    }
    assert expect("cf-window", table).cases == len(table)


@pytest.mark.parametrize(
    ("system", "template", "hour"), [("dmis", 402, "10:00"), ("dmis", 401, "10:00"), ("sap", NUDGE, "09:00")]
)
def test_the_hour_of_the_nightly_run(system: str, template: int, hour: str) -> None:
    due = at(f"2026-10-06 {hour}")
    table = {
        "at its hour": (sent(RUN, due, system, template=template), []),
        "as the window alone would have it": (sent(RUN, at("2026-10-07 08:00"), system, template=template), []),
        "just before its hour": (sent(RUN, due - 1, system, template=template), [7]),
        "just after its hour": (sent(RUN, due + 1, system, template=template), [7]),
        "on the next day": (sent(RUN, due + 24 * HOUR, system, template=template), [7]),
        "at once": (sent(RUN, None, system, template=template), [7]),
    }
    assert expect("cf-window", table).cases == len(table)


def test_what_is_not_planned_has_no_hour_of_its_own() -> None:
    for system, template in (("customer_first", 301), ("sap", 501)):
        assert sent(RUN, at("2026-10-06 10:00"), system, template=template).rule("cf-window").breaches == 1
        assert sent(RUN, at("2026-10-06 09:00"), system, template=template).rule("cf-window").breaches == 1


# 10:00 in the west, planned at 04:00 agency time of the same date: over both changes of daylight saving.
@pytest.mark.parametrize("day", ["2026-10-04", "2027-04-04", "2026-12-25"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_hour_is_the_recipients(zone: str, day: str) -> None:
    run, due = at(f"{day} 04:00"), at(f"{day} 10:00", zone)
    assert sent(run, due, zone=zone).rule("cf-window").verdict == "pass"
    if zone != SYDNEY and due != at(f"{day} 10:00"):
        assert sent(run, at(f"{day} 10:00"), zone=zone).rule("cf-window").breaches == 1


@pytest.mark.parametrize(
    ("hour", "due", "breaches"),
    [
        ("07:59", "2026-10-06 08:00", 0),
        ("07:59", "2026-10-06 07:59", 1),
        ("08:00", "2026-10-06 08:00", 0),
        ("19:59", "2026-10-06 19:59", 0),
        ("20:00", "2026-10-07 08:00", 0),
        ("20:00", "2026-10-06 20:00", 1),
    ],
)
def test_an_hour_outside_the_window_goes_at_the_next_opening(hour: str, due: str, breaches: int) -> None:
    assert sent(RUN, at(due), dr_hierarchy__due_at=hour).rule("cf-window").breaches == breaches


def test_an_hour_that_has_passed_at_the_issue_gives_way_to_the_window() -> None:
    late = at("2026-10-06 10:00:00.001")
    assert sent(late).rule("cf-window").verdict == "pass"
    assert sent(late, at("2026-10-07 10:00")).rule("cf-window").breaches == 1


def test_plutos_limits_do_not_hold_here() -> None:
    noon = at("2026-10-06 12:00")
    table = {}
    for system, code in TEMPLATES.items():
        refused = Builder()
        refused.customer(1)
        refused.refuse(7, 1, noon, Reason.DAILY_LIMIT, system=system, template=code)
        table[system, "refused"] = (refused, [7])
        asked = Builder()
        asked.customer(1)
        asked.press(7, 1, noon, system=system, template=code)
        asked.ask(7, 1, noon, noon + 1)
        asked.issue(7, 1, noon + 1, system=system, template=code)
        asked.deliver(7, 1, noon + 1, system=system)
        table[system, "asked"] = (asked, [7])
        held = Builder()
        held.customer(1)
        held.press(7, 1, noon, system=system, template=code)
        held.issue(7, 1, noon, system=system, template=code)
        row = {"message": 7, "customer": 1, "system": SYSTEMS[system], "reasons": int(Reason.DAILY_LIMIT)}
        held.event(noon, Event.HELD_AGAIN, **row, value=at("2026-10-07 08:00"))
        held.deliver(7, 1, at("2026-10-07 08:00"), system=system)
        table[system, "held"] = (held, [7])
        six = Builder()
        six.customer(1)
        for message in range(1, 7):
            six.send(message, 1, noon + message, system=system, template=code)
        table[system, "six in a day"] = (six, [])
    expect("cf-window", table)


def test_pluto_is_judged_elsewhere() -> None:
    assert sent(at("2026-10-06 21:00"), system="pluto", template=102).rule("cf-window").verdict == "not_exercised"


@pytest.mark.parametrize(
    ("issued", "sent_at", "zone", "verdict"),
    [
        ("2026-10-06T04:00:00.000+11:00", "2026-10-06T10:00:00.300+11:00", SYDNEY, "pass"),
        ("2026-10-06T04:00:00.000+11:00", "2026-10-07T08:00:00.300+11:00", SYDNEY, "pass"),
        ("2026-10-06T04:00:00.000+11:00", "2026-10-06T09:59:59.999+11:00", SYDNEY, "fail"),
        ("2026-10-06T04:00:00.000+11:00", "2026-10-06T10:00:00.300+08:00", PERTH, "pass"),
        ("2026-10-06T04:00:00.000+11:00", "2026-10-06T10:00:00.300+11:00", PERTH, "fail"),  # 07:00 there
        ("2026-10-06T12:00:00.000+11:00", "2026-10-06T20:00:00.000+11:00", SYDNEY, "fail"),
    ],
)
def test_a_foreign_log(tmp_path, issued: str, sent_at: str, zone: str, verdict: str) -> None:
    line = f"m1,c1,dmis,{zone},{issued},sent,{sent_at},overdue_payment"
    audit = judge_one(read(tmp_path, rows(line, header=HEADER + ",template")), "cf-window")
    assert (audit.verdict, offenders(audit)) == (verdict, ["m1"] if verdict == "fail" else [])
