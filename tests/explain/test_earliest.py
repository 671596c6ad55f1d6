"""The earliest instant at which a message would go, held against the real systems on the facts of each instant: then
they send it at once, and at no instant before."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from sim.clock import HOUR, SECOND, ZONES, clock
from sim.explain import Explanation, Moment
from sim.messages import Outcome, Request
from tests.explain.runs import READINGS, Facts, crowded, explained

_MOST_OF_A_KIND = 2
"""How many of one kind (system, decision, reasons, and when it goes) are tried; of those that never go, one."""


@cache
def facts(readings: str) -> Facts:
    return Facts(crowded(readings))


def chosen(readings: str) -> Iterator[tuple[Explanation, Moment]]:
    """Moments at which a message did not go, some of every kind."""
    seen = Counter[tuple[object, ...]]()
    for told in explained(readings):
        for moment in told.moments:
            found = moment.earliest
            if moment.what == "nightly_run" or found is None:
                continue
            kind = (
                told.about["system"], moment.what, moment.recorded.outcome, moment.recorded.reasons, found.at < 0,
                found.after_run, found.if_confirmed >= 0,
            )  # fmt: skip
            seen[kind] += 1
            if seen[kind] <= (1 if found.at < 0 else _MOST_OF_A_KIND):
                yield told, moment


def outcome(known: Facts, request: Request, time: int, confirmed: int = 0) -> int:
    """What the real system answers to a first press of Send at that instant."""
    systems = known.systems(request.customer, time, request.officer, without=request.message)
    return systems.ask(request, confirmed).outcome


def before(moment: Moment, at: int) -> list[int]:
    """Instants between the moment and `at`: the last millisecond and second before it, and some in the middle."""
    times = [at - 1, at - SECOND, at - HOUR, *(moment.time + (at - moment.time) * part // 4 for part in range(1, 4))]
    return sorted(dict.fromkeys(time for time in times if moment.time < time < at))


@pytest.mark.parametrize("readings", READINGS)
def test_it_goes_then_and_not_before(readings: str) -> None:
    known, kinds = facts(readings), Counter[str]()
    for told, moment in chosen(readings):
        found, request = moment.earliest, known.request(int(told.message))
        assert found is not None
        where = (told.message, moment.what, moment.recorded)
        if found.at < 0:
            kinds["never"] += 1
            noon = clock(ZONES[moment.zone])
            first = noon.day(moment.time)
            for time in [noon.at(first + ahead, 12 * HOUR) for ahead in (1, 4, 11)]:
                assert outcome(known, request, time) != Outcome.SENT, (*where, time)
            continue
        kinds["after the run" if found.after_run else "in the run"] += 1
        assert outcome(known, request, found.at) == Outcome.SENT, where
        for time in before(moment, found.at):
            assert outcome(known, request, time) != Outcome.SENT, (*where, time)
        if found.if_confirmed >= 0:
            kinds["if confirmed"] += 1
            assert outcome(known, request, found.if_confirmed) == Outcome.NEEDS_CONFIRMATION, where
            assert outcome(known, request, found.if_confirmed, confirmed=1) == Outcome.SENT, where
    least = {"never": 12, "in the run": 8, "after the run": 2}
    assert all(kinds[name] >= number for name, number in least.items()), kinds
