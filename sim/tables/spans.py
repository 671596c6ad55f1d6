"""Spans of time between two events, such as shifts and work items."""

import numpy as np
import pandas as pd

from sim.history import Event, History
from sim.tables.columns import Ints, Rows


def spans(history: History, started: int, ended: int, by_ref: bool = False) -> pd.DataFrame:
    """A row a span: `officer, ref, value` (of the start), `start`, `end` (ms UTC), sorted by (start, officer).

    A start is paired with the next end of the same officer (and, with `by_ref`, of the same work item). A shift
    without an end runs for its `value` in seconds; any other open span runs to the last instant of the history.
    """
    rows = Rows(history)
    positions = rows.of(started, ended)
    who, ref, when, value = (rows.column[name][positions] for name in ("officer", "ref", "time", "value"))
    begins = rows.column["event"][positions] == started
    order = np.lexsort((ref, who)) if by_ref else np.argsort(who, kind="stable")
    who, ref, when, value, begins = who[order], ref[order], when[order], value[order], begins[order]
    last = int(rows.column["time"][-1]) if len(rows.column["time"]) else 0
    followed = np.zeros(len(who), dtype=bool)
    followed[:-1] = (who[1:] == who[:-1]) & ~begins[1:]
    if by_ref:
        followed[:-1] &= ref[1:] == ref[:-1]
    end: Ints = np.full(len(who), last, dtype=np.int64)
    if started == Event.SHIFT_STARTED:
        end = np.minimum(when + value * 1000, last)
    end[:-1] = np.where(followed[:-1], when[1:], end[:-1])
    columns = {"officer": who, "ref": ref, "value": value, "start": when, "end": end}
    frame = pd.DataFrame({name: values[begins] for name, values in columns.items()})
    return frame.sort_values(["start", "officer", "ref"], kind="stable", ignore_index=True)
