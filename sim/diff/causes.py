"""Matching the messages of two runs by what caused them.

Ids are ordinals and shift as soon as one run begins a message more. The cause does not: the system, the customer, the
work item (`sim.world.refs`), the template, and the how manieth of these it is.
"""

from typing import NamedTuple

import numpy as np

from sim.history import Event, History
from sim.messages import System

Cause = tuple[int, int, int, int, int]


class Pairs(NamedTuple):
    """Message ids of two runs: `second_of` by the id in the first; those that one run alone has, in order."""

    second_of: dict[int, int]
    only_first: list[int]
    only_second: list[int]

    @property
    def first_of(self) -> dict[int, int]:
        """The id in the first run by that in the second."""
        return {second: first for first, second in self.second_of.items()}


def pair(first: History, second: History) -> Pairs:
    """Match the presses of Send of two histories."""
    ours, theirs = _causes(first), _causes(second)
    both = {message: theirs[cause] for cause, message in ours.items() if cause in theirs}
    return Pairs(
        both,
        [message for cause, message in ours.items() if cause not in theirs],
        [message for cause, message in theirs.items() if cause not in ours],
    )


def _causes(history: History) -> dict[Cause, int]:
    """The message of every cause, in the order of the first press."""
    array = history.array()
    rows = array[array[:, 1] == Event.SEND_PRESSED]
    found: dict[Cause, int] = {}
    counts: dict[tuple[int, int, int, int], int] = {}
    for _, _, customer, _, ref, message, _, recorder, template, _, _ in rows[
        np.argsort(rows[:, 0], kind="stable")
    ].tolist():
        system = int(System.PLUTO) if recorder == System.WORLD else recorder
        key = (system, customer, ref, template)
        counts[key] = counts.get(key, 0) + 1
        found[*key, counts[key]] = message
    return found
