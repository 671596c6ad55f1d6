"""Closed loop: the whole load simulated again under another reading, with everything that follows from it.

Message ids shift when officers' queues do, so messages are matched by their cause: system, customer, ref, template, and
the how manieth of these it is. What happens in one run alone stays unmatched and is counted.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim import runs
from sim.history import Event, History
from sim.messages import System
from sim.metrics import metrics
from sim.replay.differences import Compared, compare
from sim.replay.fates import Told, of_history
from sim.replay.results import Metric
from sim.replay.stream import asked_of
from sim.replay.systems import ALL_SYSTEMS
from sim.scenario.load import Load

Cause = tuple[int, int, int, int, int]
_BATCHES = (System.DMIS, System.SAP)


class Again(NamedTuple):
    """A load simulated again: messages that were matched and what differs of them, how many of each run were not, and
    the metrics that move, the one that moves most first."""

    compared: Compared
    matched: int
    unmatched_before: int
    unmatched_after: int
    metrics: list[Metric]
    history: History


class Before:
    """The load as it is, ready to be compared."""

    def __init__(self, load: Load, history: History) -> None:
        self.load = load
        self.told = of_history(history)
        self.causes = _causes(history)
        self._numbers = _numbers(load, history)

    def under(self, changes: Mapping[str, object]) -> Again:
        """The same load with these values of the policy."""
        planned = runs.plan(self.load, sets=changes)
        history = runs.carry_out(planned).history
        messages = {cause: message for message, cause in self.causes.items()}
        told, alone = _numbered(of_history(history), _causes(history), messages)
        both = [message for message in self.told.fates if message in told.fates]
        fates = self.told.fates
        kept = {message: fate for message, fate in fates.items() if message in told.fates or fate.system in _BATCHES}
        before = Told(kept, self.told.nights)
        moved = _moved(self._numbers, _numbers(planned.load, history))
        found = compare(before, told, ALL_SYSTEMS)
        return Again(found, len(both), len(fates) - len(kept), alone, moved, history)


def _causes(history: History) -> dict[int, Cause]:
    """The cause of every press of Send, by message."""
    array = history.array()
    rows = array[array[:, 1] == Event.SEND_PRESSED]
    found: dict[int, Cause] = {}
    counts: dict[tuple[int, int, int, int], int] = {}
    for _, _, customer, _, ref, message, _, recorder, template, _, _ in rows[
        np.argsort(rows[:, 0], kind="stable")
    ].tolist():
        key = (asked_of(recorder), customer, ref, template)
        counts[key] = counts.get(key, 0) + 1
        found[message] = (*key, counts[key])
    return found


def _numbered(told: Told, causes: Mapping[int, Cause], messages: Mapping[Cause, int]) -> tuple[Told, int]:
    """The fates numbered by the messages of the same causes. What nightly batches alone send here gets new numbers, and
    other messages that are here alone are left out and counted."""
    new = max(messages.values(), default=0)
    fates = {}
    alone = 0
    for message, fate in told.fates.items():
        number = messages.get(causes[message])
        if number is None:
            if fate.system not in _BATCHES:
                alone += 1
                continue
            new += 1
            number = new
        fates[number] = fate._replace(message=number)
    return Told(fates, told.nights), alone


_Numbers = dict[tuple[str, str], tuple[str, float | None]]


def _numbers(load: Load, history: History) -> _Numbers:
    """Every metric that needs no audit, by metric and group."""
    from sim.tables import messages_table

    policy, parameters = load.read_policy().plain(), load.read_parameters().plain()
    data = metrics(history, messages_table(history, policy), policy, parameters).to_json()["metrics"]
    return {
        (metric, group): (each["unit"], value)
        for metric, each in data.items() for group, value in each["values"].items()
    }  # fmt: skip


def _moved(before: _Numbers, after: _Numbers) -> list[Metric]:
    """The metrics that differ, the one that moves most (as a share of itself) first."""
    found = []
    for key in dict.fromkeys((*before, *after)):
        unit, was = before.get(key, ("", None))
        other, now = after.get(key, (unit, None))
        if was != now:
            found.append(Metric(*key, unit or other, was, now))
    return sorted(found, key=lambda one: (-_relative(one), one.metric, one.group))


def _relative(one: Metric) -> float:
    if one.before is None or one.after is None or not one.before:
        return float("inf")
    return abs(one.after - one.before) / abs(one.before)
