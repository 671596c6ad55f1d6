"""Whether two runs are about the same people: the facts on record of customers at the start."""

import numpy as np

from sim.explain.chronicle import FACTS
from sim.history import COLUMNS, Event, History
from sim.tables.columns import Ints

_WHAT = ("event", "customer", "other", "ref", "value")
_OF_CUSTOMERS = tuple(int(event) for event in FACTS if event != Event.ACCESS_RECORDED)


def same_people(first: History, second: History, start: int) -> bool:
    """Whether both histories begin at `start` (ms UTC) with the same facts about the same customers."""
    facts = [_facts(history, start) for history in (first, second)]
    return facts[0].shape == facts[1].shape and bool((facts[0] == facts[1]).all())


def _facts(history: History, start: int) -> Ints:
    rows = history.array()
    event = rows[:, COLUMNS.index("event")]
    chosen = rows[(rows[:, 0] == start) & np.isin(event, _OF_CUSTOMERS)]
    columns = [chosen[:, COLUMNS.index(name)] for name in _WHAT]
    found: Ints = np.stack(columns, axis=1)
    return found[np.lexsort(columns[::-1])]
