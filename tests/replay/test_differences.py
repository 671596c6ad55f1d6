"""What counts as a difference between two replays, of which kind, by which rule, and by how long."""

from typing import Any

import pytest

from sim.clock import AGENCY_ZONE, HOUR, clock
from sim.messages import Outcome, Reason, System
from sim.replay.differences import Change, Difference, compare, rule_of
from sim.replay.fates import Fate, Hold, Night, Told
from sim.replay.systems import ALL_SYSTEMS, CHILD_SUPPORT

PRESSED = clock(AGENCY_ZONE).at(739_900, 6 * HOUR)
OPENS = PRESSED + 2 * HOUR
NEXT_DAY = OPENS + 24 * HOUR
DEBT_DUE_SOON = 409


def fate(answer: int = Outcome.SENT, **columns: Any) -> Fate:
    """A message from Pluto, pressed and decided at PRESSED, sent at once unless it says otherwise."""
    final = {Outcome.SENT: Outcome.SENT, Outcome.HELD: Outcome.SENT}.get(answer, answer)
    due = {Outcome.SENT: PRESSED, Outcome.HELD: OPENS}.get(answer, -1)
    given = {"decided": PRESSED, "answer": answer, "final": final, "due": due, "sent": due + 900 if due > 0 else -1}
    return Fate(1, 7, System.PLUTO, 101, PRESSED)._replace(**{**given, **columns})


SENT = fate()
HELD = fate(Outcome.HELD)
HELD_TO_NEXT_DAY = fate(Outcome.HELD, due=NEXT_DAY, sent=NEXT_DAY)
REFUSED = fate(Outcome.REFUSED, reasons=int(Reason.DAILY_LIMIT))
REFUSED_ELSE = fate(Outcome.REFUSED, reasons=int(Reason.DAILY_LIMIT | Reason.NO_MOBILE))
CANCELLED = fate(Outcome.CANCELLED, asked=True)
WITHDRAWN = fate(Outcome.HELD, final=Outcome.WITHDRAWN, reasons=int(Reason.OPTED_OUT), sent=-1)
HELD_ON = fate(Outcome.HELD, holds=(Hold(NEXT_DAY, int(Reason.DAILY_LIMIT)),), sent=NEXT_DAY)
OVERTAKEN = fate(holds=(Hold(NEXT_DAY, int(Reason.SEND_WINDOW)),), sent=NEXT_DAY)
ASKED = fate(asked=True, decided=PRESSED + 20_000, due=PRESSED + 20_000)


def only(before: Fate, after: Fate) -> Difference:
    found = compare(Told({1: before}, {}), Told({1: after}, {}), ALL_SYSTEMS)
    (difference,) = found.differences
    return difference


@pytest.mark.parametrize(
    ("before", "after", "change", "rule", "by_ms"),
    [
        (SENT, REFUSED, Change.REFUSED, "cs-daily-limit", 0),
        (CANCELLED, REFUSED, Change.REFUSED, "cs-daily-limit", 0),
        (REFUSED, SENT, Change.LET_THROUGH, "cs-daily-limit", 0),
        (REFUSED, REFUSED_ELSE, Change.OTHER_REASON, "cs-mobile-required", 0),
        (SENT, HELD, Change.HELD, "cs-send-window", 2 * HOUR),
        (HELD, SENT, Change.NOT_HELD, "cs-send-window", -2 * HOUR),
        (SENT, OVERTAKEN, Change.HELD, "cs-send-window", 26 * HOUR),
        (HELD, HELD_TO_NEXT_DAY, Change.HELD_LONGER, "cs-send-window", 24 * HOUR),
        (HELD_TO_NEXT_DAY, HELD, Change.HELD_LESS, "cs-send-window", -24 * HOUR),
        (HELD, HELD_ON, Change.HELD_LONGER, "cs-daily-limit", 24 * HOUR),
        (HELD_ON, HELD, Change.HELD_LESS, "cs-daily-limit", -24 * HOUR),
        (HELD, WITHDRAWN, Change.WITHDRAWN, "cs-opt-out", 0),
        (WITHDRAWN, HELD, Change.NOT_WITHDRAWN, "cs-opt-out", 0),
        (SENT, ASKED, Change.ASKED, "cs-hourly-confirmation", 0),
        (ASKED, SENT, Change.NOT_ASKED, "cs-hourly-confirmation", 0),
        (CANCELLED, SENT, Change.NOT_ASKED, "cs-hourly-confirmation", 0),
    ],
)  # fmt: skip
def test_kinds(before: Fate, after: Fate, change: Change, rule: str, by_ms: int) -> None:
    found = only(before, after)
    assert (found.change, found.rule, found.by_ms) == (change, rule, by_ms)


@pytest.mark.parametrize("one", [SENT, HELD, REFUSED, CANCELLED, WITHDRAWN, HELD_ON, ASKED])
def test_the_same_is_no_difference(one: Fate) -> None:
    found = compare(Told({1: one}, {}), Told({1: one}, {}), ALL_SYSTEMS)
    assert found == ([], 0, 0, 0)


def test_another_place_in_the_queue_is_counted_apart() -> None:
    found = compare(Told({1: SENT}, {}), Told({1: fate(sent=SENT.sent + 1_500)}, {}), ALL_SYSTEMS)
    assert found == ([], 1, 1_500, 0)


def test_other_systems_are_not_looked_at() -> None:
    dmis = REFUSED._replace(system=System.DMIS, message=2)
    before, after = Told({1: SENT, 2: dmis._replace(answer=Outcome.SENT, reasons=0)}, {}), Told({1: REFUSED}, {})
    assert [one.message for one in compare(before, after, CHILD_SUPPORT).differences] == [1]


# Nightly runs

DAY = 739_900


def nightly(message: int, nights_later: int = 0) -> Fate:
    run = clock(AGENCY_ZONE).at(DAY + nights_later, 4 * HOUR)
    return fate(
        Outcome.HELD, message=message, system=System.DMIS, template=DEBT_DUE_SOON, pressed=run, due=run + 6 * HOUR
    )


def nights(told: Told, other: Told) -> Difference:
    (found,) = compare(told, other, ALL_SYSTEMS).differences
    return found


GAP = Night(int(Reason.GAP), 403)


def test_a_debt_message_that_goes_two_nights_later() -> None:
    waits = Told({9: nightly(9, 2)}, {(7, DEBT_DUE_SOON, DAY): GAP, (7, DEBT_DUE_SOON, DAY + 1): GAP})
    found = nights(Told({1: nightly(1)}, {}), waits)
    assert (found.change, found.rule, found.by_ms, found.night) == (Change.LATER_NIGHT, "dr-gap", 48 * HOUR, GAP)
    back = nights(waits, Told({1: nightly(1)}, {}))
    assert (back.change, back.rule, back.by_ms) == (Change.EARLIER_NIGHT, "dr-gap", -48 * HOUR)


def test_one_that_does_not_go_at_all_and_one_that_does() -> None:
    kept_back = Told({}, {(7, DEBT_DUE_SOON, DAY): GAP})
    found = nights(Told({1: nightly(1)}, {}), kept_back)
    assert (found.change, found.rule, found.reasons, found.after) == (Change.SUPPRESSED, "dr-gap", Reason.GAP, None)
    back = nights(kept_back, Told({1: nightly(1)}, {}))
    assert (back.change, back.rule, back.before) == (Change.RELEASED, "dr-gap", None)


def test_without_a_reason_its_conditions_are_not_met() -> None:
    found = nights(Told({1: nightly(1)}, {}), Told({}, {}))
    assert (found.rule, found.night) == ("dr-eligibility", None)


def test_nights_suppressed_for_another_reason() -> None:
    key = (7, DEBT_DUE_SOON, DAY)
    found = compare(Told({}, {key: GAP}), Told({}, {key: Night(int(Reason.SIMILAR), 409)}), ALL_SYSTEMS)
    assert (found.differences, found.other_nights) == ([], 1)


@pytest.mark.parametrize(
    ("system", "reasons", "rule"),
    [
        (System.PLUTO, Reason.OPTED_OUT | Reason.DAILY_LIMIT, "cs-opt-out"),
        (System.CUBA, Reason.SERVICE_UNSUBSCRIBED, "cs-subscription"),
        (System.CUSTOMER_FIRST, Reason.OPTED_OUT, "cf-recipient"),
        (System.SAP, Reason.OPTED_OUT, "dr-recipient"),
        (System.DMIS, Reason.SIMILAR | Reason.GAP, "dr-similar"),
        (System.SAP, Reason.SEND_WINDOW, "cf-window"),
        (System.PLUTO, 0, ""),
        (System.DMIS, 0, ""),
    ],
)
def test_the_rule_behind_a_reason(system: int, reasons: int, rule: str) -> None:
    assert rule_of(system, int(reasons)) == rule
