"""cs-window-at-gateway: hand-over inside, held again at closing and only then."""

import pytest

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import HOUR, SYDNEY, Builder, at, offenders, policy

TEN = at("2026-10-03 10:00")
CLOSING = at("2026-10-03 20:00")
NEXT = at("2026-10-04 08:00")


def waiting(customer=1, message=7, zone=SYDNEY, values=None):
    built = Builder(values=values)
    built.customer(customer, zone)
    moment = at("2026-10-03 10:00", zone)
    built.press(message, customer, moment)
    built.issue(message, customer, moment)
    return built


def hold_again(built, time, due, reasons=Reason.SEND_WINDOW, message=7):
    built.event(time, Event.HELD_AGAIN, message=message, customer=1, system=1, reasons=int(reasons), value=due)


@pytest.mark.parametrize(
    ("time", "latency", "breaches"),
    [
        ("19:59:59.900", 150, 0),  # acknowledged at 20:00:00.050: the window is tested at hand-over
        ("19:59:59.999", 1, 0),
        ("20:00:00.000", 1, 1),
        ("07:59:59.999", 10, 1),
        ("08:00:00.000", 10, 0),
    ],
)
def test_hand_over_around_the_boundaries(time, latency, breaches):
    built = Builder()
    for customer, zone in enumerate(ZONES, 1):
        built.customer(customer, zone)
        built.send(customer, customer, at(f"2026-10-04 {time}", zone), latency=latency)
    audit = built.rule("cs-window-at-gateway")
    assert audit.breaches == breaches * len(ZONES)
    assert audit.cases == len(ZONES)


def test_held_again_at_closing():
    built = waiting()
    hold_again(built, CLOSING, NEXT)
    built.deliver(7, 1, NEXT)
    audit = built.rule("cs-window-at-gateway")
    assert (audit.verdict, audit.cases) == ("pass", 1)


@pytest.mark.parametrize(
    ("time", "due", "words"),
    [
        (CLOSING - 1, NEXT, "while it was open"),
        (CLOSING + 1, NEXT, "not at the instant"),
        (CLOSING, NEXT + 24 * HOUR, "opening of the following local day"),
        (CLOSING, NEXT - 1, "opening of the following local day"),
        (CLOSING, NEXT + 1, "opening of the following local day"),
    ],
)
def test_held_again_wrongly(time, due, words):
    built = waiting()
    hold_again(built, time, due)
    built.deliver(7, 1, max(due, NEXT))
    audit = built.rule("cs-window-at-gateway")
    assert offenders(audit) == [7]
    assert words in audit.evidence[0].why


def test_waited_past_closing_without_a_hold():
    built = waiting()
    built.deliver(7, 1, NEXT)
    audit = built.rule("cs-window-at-gateway")
    assert offenders(audit) == [7]
    assert "not held again" in audit.evidence[0].why


def test_waited_past_the_closing_of_the_day_of_release():
    built = Builder()
    built.customer(1)
    evening = at("2026-10-02 21:00")
    built.press(7, 1, evening)
    built.issue(7, 1, evening, at("2026-10-03 08:00"))
    built.deliver(7, 1, NEXT)
    assert offenders(built.rule("cs-window-at-gateway")) == [7]


def test_handed_over_at_the_last_instant():
    built = waiting()
    built.deliver(7, 1, CLOSING - 1)
    assert built.rule("cs-window-at-gateway").verdict == "pass"


def test_a_mover_is_held_when_the_new_window_is_closed():
    built = waiting()
    moved = at("2026-10-03 10:30")
    built.fact(moved, Event.ZONE_RECORDED, 1, ZONES.index("Australia/Perth"))  # 08:30 there
    later = at("2026-10-03 10:40")
    hold_again(built, later, at("2026-10-04 08:00", "Australia/Perth"))
    assert offenders(built.rule("cs-window-at-gateway")) == [7]  # open there too

    built = Builder()
    built.customer(1)
    built.press(7, 1, at("2026-10-03 08:30"))
    built.issue(7, 1, at("2026-10-03 08:30"))
    built.fact(at("2026-10-03 08:35"), Event.ZONE_RECORDED, 1, ZONES.index("Australia/Perth"))  # 06:35 there
    due = at("2026-10-03 08:00", "Australia/Perth")
    hold_again(built, at("2026-10-03 08:36"), due)
    built.deliver(7, 1, due)
    assert built.rule("cs-window-at-gateway").verdict == "pass"


@pytest.mark.parametrize(
    ("reasons", "wrong"),
    [(Reason.SEND_WINDOW, [7]), (Reason.SEND_WINDOW | Reason.OPTED_OUT, [7]), (Reason.OPTED_OUT, [])],
)
@pytest.mark.parametrize("system", ["pluto", "customer_first"])
def test_withdrawn_for_the_window(system, reasons, wrong):
    built = Builder()
    built.customer(7)
    built.press(7, 7, TEN, system=system)
    built.issue(7, 7, TEN, system=system)
    built.event(CLOSING, Event.WITHDRAWN, message=7, customer=7, system=1, reasons=int(reasons))
    assert offenders(built.rule("cs-window-at-gateway")) == wrong


def test_a_window_that_never_closes():
    built = waiting(values=policy(cs_send_window__opens="00:00", cs_send_window__closes="24:00"))
    built.deliver(7, 1, NEXT)
    assert built.rule("cs-window-at-gateway").verdict == "pass"


def test_a_window_that_closes_at_midnight():
    built = waiting(values=policy(cs_send_window__closes="24:00"))
    hold_again(built, at("2026-10-04 00:00"), NEXT)
    built.deliver(7, 1, NEXT)
    assert built.rule("cs-window-at-gateway").verdict == "pass"


def test_still_waiting_when_observation_ends_is_not_judged_here():
    built = waiting()
    assert built.rule("cs-window-at-gateway").breaches == 0
