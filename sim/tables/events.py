"""The history for readers: names in place of codes, timestamps in place of milliseconds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.history import Event, History
from sim.messages import System, reason_names
from sim.tables.columns import Ints, Rows, categories, instants, text_column, zone_column, zones_at
from sim.tables.templates import template_column


def events_table(history: History, policy_plain: Mapping[str, Any]) -> pd.DataFrame:
    """A row an event in (time, seq) order, with names in place of codes.

    `at` is the instant (UTC), `timezone` the customer's zone on record at that instant (missing for events that
    concern no customer), `reasons` are joined by ``;``. `seq, customer, other, ref, message, officer, value` are
    integers as in the history (0: none); what `value`, `ref` and `other` mean stands behind each `Event`.
    """
    rows = Rows(history)
    column = rows.column
    masks: Ints = column["reasons"]
    frame = pd.DataFrame({"seq": rows.seq})
    frame["at"] = instants(column["time"])
    frame["event"] = categories(column["event"], Event)
    for name in ("customer", "other", "ref", "message", "officer"):
        frame[name] = column[name]
    frame["system"] = categories(column["system"], System)
    frame["template"] = template_column(column["template"], policy_plain)
    frame["reasons"] = text_column(masks, {mask: ";".join(reason_names(mask)) for mask in np.unique(masks).tolist()})
    frame["value"] = column["value"]
    frame["timezone"] = zone_column(zones_at(rows, column["customer"], column["time"]))
    return frame
