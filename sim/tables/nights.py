"""Spans of nightly runs: for how many nights a message was eligible, or suppressed in one manner."""

import numpy as np
import pandas as pd

from sim.history import Event, History
from sim.tables.columns import Ints, Rows


def night_spans(history: History | Rows, begins: int, ends: int) -> pd.DataFrame:
    """A row a span that an event `begins` (ELIGIBLE or SUPPRESSED) tells of, in the order of recording: `seq`, `time`
    (ms UTC, of the run), `system`, `customer`, `template`, `reasons` (mask), `winner` (template code, 0 for none),
    `first_day`, `last_day` (agency ordinals of its first and last run) and `ended`.

    A span ends with the next event `ends` about the same customer and template, or on the night before another one
    begins. One that has not ended runs to the last nightly run of its system.
    """
    rows = history if isinstance(history, Rows) else Rows(history)
    positions = rows.of(begins, ends)
    column = {name: rows.column[name][positions] for name in ("customer", "template", "event", "value")}
    order = np.lexsort((column["template"], column["customer"]))
    customer, template, event, value = (column[name][order] for name in ("customer", "template", "event", "value"))
    starts = event == begins
    followed = np.zeros(len(order), dtype=bool)
    followed[:-1] = (customer[1:] == customer[:-1]) & (template[1:] == template[:-1])
    positions = positions[order]
    last = _last_runs(rows)
    open_ends = np.array([last.get(system, 0) for system in rows.column["system"][positions].tolist()], dtype=np.int64)
    last_day = np.maximum(open_ends, value)
    told = np.where(starts[1:], np.maximum(value[1:] - 1, value[:-1]), value[1:])
    last_day[:-1] = np.where(followed[:-1], told, last_day[:-1])
    kept = positions[starts]
    frame = pd.DataFrame({"seq": rows.seq[kept]})
    for name, source in (
        ("time", "time"),
        ("system", "system"),
        ("customer", "customer"),
        ("template", "template"),
        ("reasons", "reasons"),
        ("winner", "other"),
        ("first_day", "value"),
    ):
        frame[name] = rows.column[source][kept]
    frame["last_day"] = last_day[starts]
    frame["ended"] = followed[starts]
    return frame.iloc[np.argsort(kept, kind="stable")].reset_index(drop=True)


def _last_runs(rows: Rows) -> dict[int, int]:
    """The day of each system's last nightly run."""
    systems: Ints = rows.take("system", Event.NIGHTLY_RUN)
    days = rows.take("value", Event.NIGHTLY_RUN)
    return dict(zip(systems.tolist(), days.tolist(), strict=True))
