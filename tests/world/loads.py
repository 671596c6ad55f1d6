"""Small loads for the tests of the world, and readings of their histories that share no code with the world."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sim.clock import ZONES, Clock, clock, instant
from sim.history import Event, History
from sim.scenario.load import Fault, Load
from sim.world import simulate

BUSY = {
    "work.payment_per_year": 8.0,
    "work.information_request_per_year": 8.0,
    "work.change_of_care_per_year": 3.0,
    "work.busy_day_share": 0.03,
    "work.follow_up_days": 1.0,
    "behaviour.second_message": 0.3,
    "behaviour.moves_zone_per_year": 6.0,
    "behaviour.removes_mobile_per_year": 12.0,
    "behaviour.changes_number_per_year": 3.0,
    "behaviour.opt_out_per_message": 0.05,
    "behaviour.service_ended_per_year": 2.0,
    "population.deaths_per_year": 0.5,
    "population.fdv_raised_by_payee": 0.5,
    "population.fdv_raised_by_payer": 0.3,
    "cuba.notices_per_year": 40.0,
}
"""Everything that is rare happens often, so that a small run meets it."""

OUTAGE = Fault("gateway_outage", instant("2026-10-01T14:30:00+10:00"), 440)
"""From 14:30 to 21:50 in Sydney: over 20:00 there, in Brisbane, Adelaide and Darwin, but not in Perth."""


def load(days: int = 8, customers: int = 500, seed: int = 1, **changes: Any) -> Load:
    """Busy days of Child Support across the start of daylight saving (4 October 2026), with an outage over 20:00 on the
    second."""
    given: dict[str, Any] = {"parameters": BUSY, "faults": (OUTAGE,), "programmes": ("child_support",), **changes}
    return Load("small", "A small run", date(2026, 9, 30), days, customers, seed, **given)


def run(one: Load, **options: Any) -> History:
    """The history of a load."""
    return simulate(one, one.read_policy(), one.read_parameters(), **options)


@cache
def busy_history() -> History:
    """The history of `load()`; not to be changed."""
    return run(load())


Row = Mapping[str, int]


def by_message(history: History) -> dict[int, list[Row]]:
    """The rows of every message in the order of recording."""
    found: dict[int, list[Row]] = {}
    for row in history.select():
        if row["message"]:
            found.setdefault(row["message"], []).append(row)
    return found


class Zones:
    """In which zone every customer is on record, at any instant."""

    def __init__(self, history: History) -> None:
        self._changes: dict[int, list[tuple[int, Clock]]] = {}
        for row in history.select(Event.ZONE_RECORDED):
            self._changes.setdefault(row["customer"], []).append((row["time"], clock(ZONES[row["value"]])))

    def at(self, customer: int, time: int) -> Clock:
        """The calendar of the customer's zone; a change at `time` itself counts."""
        return next(zone for since, zone in reversed(self._changes[customer]) if since <= time)
