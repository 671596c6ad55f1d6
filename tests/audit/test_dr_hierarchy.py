"""dr-hierarchy against hand-written histories: the pick, the losers, what a stopped pick leaves, what DMIS issues."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import at, expect
from tests.audit.centrelink_policy import DEBT_OVERDUE, DECLINED, DUE_SOON, OVERDUE, PAUSE_APPLIED, VALUES
from tests.audit.debtors import DEBTOR, Debtors, run_at

DAY = "2026-09-29"
ORDER = VALUES["dr-hierarchy"]["order"]
NO_MESSAGE = ["no message"]


def night(*eligible: int, **changes) -> Debtors:
    """These are eligible on DAY alone."""
    built = Debtors(**changes)
    for template in eligible:
        built.eligible(template, DAY, DAY)
    return built


def contest(picked: int, *losers: int, winner: int = 0, reasons: int = Reason.HIERARCHY, **changes) -> Debtors:
    """Message 1 of the template `picked` goes; the losers are suppressed."""
    built = night(picked, *losers, **changes)
    for loser in losers:
        built.suppressed(loser, DAY, DAY, reasons, winner or picked)
    built.planned(1, picked, DAY)
    return built


def test_the_highest_goes():
    table = {
        "alone": (contest(DUE_SOON), []),
        "of two": (contest(DECLINED, OVERDUE), []),
        "of three": (contest(PAUSE_APPLIED, DECLINED, DUE_SOON), []),
        "the lower one": (contest(OVERDUE, DECLINED), [1]),
    }
    audit = expect("dr-hierarchy", table)
    assert audit.cases >= len(table)


def test_the_order_is_data():
    turned = list(reversed(ORDER))
    table = {
        "turned": (contest(OVERDUE, DECLINED, dr_hierarchy__order=turned), []),
        "as before": (contest(DECLINED, OVERDUE, dr_hierarchy__order=turned), [1]),
    }
    expect("dr-hierarchy", table)


def test_losers():
    unrecorded = night(DECLINED, OVERDUE)
    unrecorded.planned(1, DECLINED, DAY)
    table = {
        "another winner": (contest(DECLINED, OVERDUE, winner=PAUSE_APPLIED), NO_MESSAGE),
        "by the gap": (contest(DECLINED, OVERDUE, reasons=Reason.GAP), NO_MESSAGE),
        "similar before": (contest(DECLINED, OVERDUE, reasons=Reason.SIMILAR, winner=OVERDUE), []),
        "not recorded": (unrecorded, NO_MESSAGE),
    }
    expect("dr-hierarchy", table)


def test_two_picks_of_one_night():
    built = contest(DECLINED)
    built.eligible(OVERDUE, DAY, DAY)
    built.planned(2, OVERDUE, DAY)
    expect("dr-hierarchy", {"two": (built, [2])})


def stopped(*reasons: tuple[int, int, int], picked: int = 0) -> Debtors:
    """(template, reasons, winner) of each suppression on DAY."""
    built = night(*(template for template, _, _ in reasons))
    for template, why, winner in reasons:
        built.suppressed(template, DAY, DAY, why, winner)
    if picked:
        built.planned(1, picked, DAY)
    return built


def test_a_pick_that_is_stopped_leaves_nothing():
    gap = (DECLINED, Reason.GAP, DUE_SOON)
    lost = (OVERDUE, Reason.HIERARCHY, DECLINED)
    table = {
        "nothing goes": (stopped(gap, lost), []),
        "nor by the nudge limit": (stopped((DECLINED, Reason.ONE_NUDGE, 502), lost), []),
        "the next one goes": (stopped(gap, (OVERDUE, Reason.HIERARCHY, DECLINED), picked=OVERDUE), [1]),
        "all by the hierarchy": (stopped((DECLINED, Reason.HIERARCHY, PAUSE_APPLIED)), NO_MESSAGE),
    }
    expect("dr-hierarchy", table)


def test_who_was_barred_is_not_in_the_contest():
    built = stopped((DECLINED, Reason.OPTED_OUT, 0))
    built.eligible(OVERDUE, DAY, DAY)
    built.planned(1, OVERDUE, DAY)
    sent = stopped((DECLINED, Reason.VULNERABLE, 0), picked=DECLINED)
    expect("dr-hierarchy", {"the next one": (built, []), "sent all the same": (sent, [1])})


def test_nobody_who_was_eligible_is_forgotten():
    expect("dr-hierarchy", {"forgotten": (night(DUE_SOON), NO_MESSAGE)})


def test_spans_are_judged_night_by_night():
    built = Debtors()
    built.eligible(DECLINED, "2026-09-28", "2026-09-30")
    built.eligible(OVERDUE, "2026-09-29", "2026-10-01")
    built.planned(1, DECLINED, "2026-09-28")
    built.suppressed(DECLINED, "2026-09-29", "2026-09-30", Reason.SIMILAR, DECLINED)
    built.suppressed(OVERDUE, "2026-09-29", "2026-09-29", Reason.GAP, DECLINED)
    built.planned(2, OVERDUE, "2026-09-30")
    built.suppressed(OVERDUE, "2026-10-01", "2026-10-01", Reason.SIMILAR, OVERDUE)
    assert expect("dr-hierarchy", {"right": (built, [])}).cases == 4


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Australia/Perth", "Indian/Cocos", "Pacific/Norfolk"])
def test_the_pick_is_due_at_ten(zone):
    def due(local):
        built = Debtors(zone)
        built.eligible(DUE_SOON, DAY, DAY)
        built.planned(1, DUE_SOON, DAY, due=local)
        return built

    table = {
        local: (due(local), [] if local == "10:00" else [1]) for local in ("09:59:59.999", "10:00", "10:00:00.001")
    }
    expect("dr-hierarchy", table)


def test_what_is_issued_was_picked_and_what_is_picked_is_issued():
    unpicked = Debtors()
    unpicked.planned(1, DUE_SOON, DAY, picked=False)
    twice = contest(DUE_SOON)
    twice.eligible(OVERDUE, "2026-10-02", "2026-10-02")
    twice.event(
        run_at("2026-10-02"), Event.PICKED, customer=DEBTOR, message=1, template=OVERDUE, system=4, value=739_891
    )
    lost = night(DUE_SOON)
    lost.event(run_at(DAY), Event.PICKED, customer=DEBTOR, message=1, template=DUE_SOON, system=4, value=739_888)
    refused = night(DUE_SOON)
    refused.event(run_at(DAY), Event.PICKED, customer=DEBTOR, message=1, template=DUE_SOON, system=4, value=739_888)
    refused.refuse(1, DEBTOR, run_at(DAY), Reason.OPTED_OUT, template=DUE_SOON, system="dmis")
    table = {"unpicked": (unpicked, [1]), "twice": (twice, [1]), "lost": (lost, [1]), "refused": (refused, [])}
    expect("dr-hierarchy", table)


def test_a_held_message_keeps_its_first_due_instant():
    built = Debtors()
    built.eligible(DUE_SOON, DAY, DAY)
    built.planned(1, DUE_SOON, DAY, sent=None)
    built.event(at(f"{DAY} 20:00"), Event.HELD_AGAIN, message=1, customer=DEBTOR, value=at("2026-09-30 08:00"))
    built.went(1, DUE_SOON, at("2026-09-30 08:00"))
    expect("dr-hierarchy", {"held again": (built, [])})


def test_the_days_written_out():
    from datetime import date

    assert (date(2026, 9, 29).toordinal(), date(2026, 10, 2).toordinal()) == (739_888, 739_891)
    assert DEBT_OVERDUE == 405
