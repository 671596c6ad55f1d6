"""cs-release-recheck: held messages at hand-over, withdrawals with and without cause, zones that change meanwhile."""

import pytest

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import HOUR, SYDNEY, Builder, at, expect, offenders, policy

PERTH = "Australia/Perth"
EVENING, DUE = at("2026-09-22 21:00"), at("2026-09-23 08:00")


def held(zone=SYDNEY, evening=EVENING, due=DUE, **values):
    built = Builder(values=policy(**values))
    built.customer(1, zone)
    built.press(7, 1, evening)
    built.issue(7, 1, evening, due)
    return built


def withdraw(built, time, reasons):
    built.event(time, Event.WITHDRAWN, message=7, customer=1, system=1, reasons=int(reasons))


def move(built, time, zone, due=None):
    built.fact(time, Event.ZONE_RECORDED, 1, ZONES.index(zone))
    if due is not None:
        built.event(time, Event.HELD_AGAIN, message=7, customer=1, system=1, value=due)


def test_handed_over_as_it_should():
    built = held()
    built.deliver(7, 1, DUE)
    audit = built.rule("cs-release-recheck")
    assert (audit.verdict, audit.cases) == ("pass", 1)


def test_handed_over_although_something_failed():
    table = {}
    for fact, value in (
        (Event.OPT_OUT_RECORDED, 0),
        (Event.DIED, 0),
        (Event.RESTRICTED_ACCESS_SET, 1),
        (Event.EMPLOYER_SET, 1),
        (Event.MOBILE_RECORDED, 0),
        (Event.MOBILE_RECORDED, 2),
        (Event.MOBILE_RECORDED, 3),
        (Event.SERVICE_ENDED, 2),
    ):
        for handed, wrong in ((DUE, [7]), (DUE - 1, [])):
            built = held()
            built.fact(DUE, fact, 1, value)
            built.deliver(7, 1, handed)
            table[fact, value, handed] = built, wrong
    assert expect("cs-release-recheck", table).cases == len(table)


def test_messages_that_were_not_held_are_no_case():
    built = Builder()
    built.customer(1)
    built.fact(DUE, Event.OPT_OUT_RECORDED, 1)
    built.send(7, 1, DUE)
    assert built.rule("cs-release-recheck").verdict == "not_exercised"


WITHDRAWALS = [
    (DUE, Reason.OPTED_OUT, None),
    (DUE + 3 * HOUR, Reason.OPTED_OUT, None),
    (DUE - 1, Reason.OPTED_OUT, "before it was due"),
    (EVENING + HOUR, Reason.OPTED_OUT, "before it was due"),
    (DUE + 12 * HOUR, Reason.OPTED_OUT, "window was closed"),
    (DUE + 12 * HOUR - 1, Reason.OPTED_OUT, None),
    (DUE, Reason.DECEASED, "nothing that it names held"),
    (DUE, 0, "without a reason"),
    (DUE, Reason.DAILY_LIMIT, "without a reason"),
    (DUE, Reason.FDV_UNDISCUSSED, "without a reason"),
    (DUE, Reason.OPTED_OUT | Reason.SEND_WINDOW, "without a reason"),
]


def test_withdrawals():
    table = {}
    for time, reasons, words in WITHDRAWALS:
        built = held()
        built.fact(EVENING + 1, Event.OPT_OUT_RECORDED, 1)
        withdraw(built, time, reasons)
        table[time, reasons] = built, [7] if words else []
    audit = expect("cs-release-recheck", table)
    assert audit.cases == len(table)
    told = {breach.run_id: breach.why for breach in audit.evidence}
    for run_id, (_, _, words) in enumerate(WITHDRAWALS, 1):
        assert words is None or words in told[run_id]


def test_withdrawn_for_concerns_when_the_system_enforces_it():
    built = held(cs_fdv__enforced=True)
    withdraw(built, DUE, Reason.FDV_UNDISCUSSED)
    assert built.rule("cs-release-recheck").verdict == "pass"


MOVES = [
    # 21:00 in Sydney is 19:00 in Perth: held there, it goes the next day, or at once.
    ("2026-09-22 21:00", "2026-09-22 23:00", PERTH, ("2026-09-23 08:00", PERTH), False),
    ("2026-09-22 21:00", "2026-09-22 21:30", PERTH, ("2026-09-22 21:30", SYDNEY), False),
    ("2026-09-22 21:00", "2026-09-22 23:00", PERTH, None, True),
    ("2026-09-22 21:00", "2026-09-22 23:00", PERTH, ("2026-09-23 08:01", PERTH), True),
    # 23:00 in Sydney is 21:00 in Perth.
    ("2026-09-22 23:00", "2026-09-22 23:10", PERTH, ("2026-09-23 08:00", PERTH), False),
    ("2026-09-22 23:00", "2026-09-22 23:10", PERTH, ("2026-09-22 23:10", SYDNEY), True),
    # The same offset: nothing changes.
    ("2026-09-22 21:00", "2026-09-22 23:00", "Australia/Hobart", None, False),
    # Half an hour behind.
    (
        "2026-09-22 21:00",
        "2026-09-22 23:00",
        "Australia/Adelaide",
        ("2026-09-23 08:00", "Australia/Adelaide"),
        False,
    ),
    ("2026-09-22 21:00", "2026-09-22 23:00", "Australia/Adelaide", None, True),
]


def test_a_zone_that_changes_while_a_message_is_held():
    table = {}
    for issued, moved, zone, due, wrong in MOVES:
        built = held(evening=at(issued))
        new_due = at(*due) if due else None
        move(built, at(moved), zone, new_due)
        built.deliver(7, 1, new_due or DUE)
        table[issued, moved, zone, due] = built, [7] if wrong else []
    expect("cs-release-recheck", table)


@pytest.mark.parametrize(("release", "due"), [("next_day", "2026-09-24 08:00"), ("next_opening", "2026-09-23 08:00")])
def test_a_move_east_past_midnight(release, due):
    # 22:30 on the 22nd in Perth is 00:30 on the 23rd in Sydney.
    built = held(PERTH, at("2026-09-22 22:30", PERTH), at("2026-09-23 08:00", PERTH), cs_send_window__release=release)
    move(built, at("2026-09-22 23:00", PERTH), SYDNEY, at(due))
    built.deliver(7, 1, at(due))
    assert built.rule("cs-release-recheck").verdict == "pass"


def test_held_again_without_a_cause():
    built = held()
    built.event(EVENING + HOUR, Event.HELD_AGAIN, message=7, customer=1, system=1, value=DUE)
    built.deliver(7, 1, DUE)
    audit = built.rule("cs-release-recheck")
    assert offenders(audit) == [7]
    assert "did not change" in audit.evidence[0].why
