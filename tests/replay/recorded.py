"""Small recordings for the tests of replays, and what was decided in them as plain rows."""

from functools import cache
from typing import Any

from sim.history import Event, History
from sim.replay.stream import Stream, recorded
from sim.replay.systems import Outcomes, Row
from sim.scenario.load import PROGRAMMES, Load
from tests.world.loads import BUSY, load, run

DECISIONS = (
    Event.CONFIRMATION_ASKED, Event.CONFIRMED, Event.REFUSED, Event.ISSUED, Event.HELD, Event.HELD_AGAIN,
    Event.WITHDRAWN, Event.HANDED_OVER, Event.ACKNOWLEDGED, Event.ELIGIBLE, Event.ELIGIBLE_ENDED, Event.SUPPRESSED,
    Event.SUPPRESSED_ENDED,
)  # fmt: skip
"""What the systems decided and did."""
_WITH_VALUE = (Event.ISSUED, Event.HELD, Event.HELD_AGAIN)
_SPANS = DECISIONS[-4:]
DEBTS = {**BUSY, "debt.two_debts": 0.6, "debt.raised_per_year": 3.0, "debt.disasters_per_year": 200.0}
"""Debts befall many, so that a small run has the hierarchy, gaps and disasters."""

Decided = tuple[int, int, int, int, int, int, int]


def busy(**changes: Any) -> Load:
    """All programmes, with an outage over 20:00 and the start of daylight saving."""
    given: dict[str, Any] = {"days": 9, "customers": 500, "parameters": DEBTS, **changes}
    return load(programmes=PROGRAMMES, **given)


@cache
def busy_history() -> History:
    """The history of `busy()`; not to be changed."""
    return run(busy())


def stream_of(one: Load, history: History) -> Stream:
    """The stream of a load's history."""
    parameters = one.read_parameters()
    rate = float(parameters["gateway.rate_per_second"]) * int(parameters["gateway.binds"])
    return recorded(history, (one.starts, one.ends), rate, parameters["email.rate_per_second"])


@cache
def busy_stream() -> Stream:
    """The stream of `busy()`."""
    return stream_of(busy(), busy_history())


def decided(history: History) -> list[Decided]:
    """What was decided in a recording, sorted."""
    return sorted(
        _plain(row["time"], row["event"], row["customer"], row["message"], row["reasons"], row["value"], row["other"])
        for row in history.select(*DECISIONS)
    )


def replayed(outcomes: Outcomes) -> list[Decided]:
    """The same of a replay."""
    rows: list[Row] = [row for row in outcomes.rows if row.event in DECISIONS]
    return sorted(
        _plain(row.time, row.event, row.customer, row.message, row.reasons, row.value, row.other) for row in rows
    )


def _plain(time: int, event: int, customer: int, message: int, reasons: int, value: int, other: int) -> Decided:
    kept = value if event in _WITH_VALUE or event in _SPANS else 0
    return time, int(event), customer, message, int(reasons), kept, other if event in _SPANS else 0
