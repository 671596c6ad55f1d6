"""What the register had on record of each customer at the end: the latest fact, and spans that begin and end."""

from enum import IntEnum

import numpy as np
import pandas as pd

from sim.tables.columns import NEVER, Flags, Ints, Rows, coded, looked_up


def latest_fact(rows: Rows, event: int, subject: str = "customer", column: str = "value") -> tuple[Ints, Ints, Ints]:
    """(ids, value, since): the latest value of a fact for each id, and since when it has been that value."""
    positions = rows.of(event)
    positions = positions[rows.column[subject][positions] > 0]
    who, when, value = (rows.column[name][positions] for name in (subject, "time", column))
    order = np.argsort(who, kind="stable")
    who, when, value = who[order], when[order], value[order]
    changed = np.ones(len(who), dtype=bool)
    changed[1:] = (who[1:] != who[:-1]) | (value[1:] != value[:-1])
    who, when, value = who[changed], when[changed], value[changed]
    ids, from_end = np.unique(who[::-1], return_index=True)
    last = len(who) - 1 - from_end
    return ids, value[last], when[last]


def toggled(rows: Rows, on: int, off: int, ids: Ints) -> tuple[Ints, Ints]:
    """For each id the start of the latest span that `on` began and the instant `off` ended it (NEVER: open)."""
    positions = rows.of(on, off)
    who, when = rows.column["customer"][positions], rows.column["time"][positions]
    begins = rows.column["event"][positions] == on
    order = np.argsort(who, kind="stable")
    who, when, begins = who[order], when[order], begins[order]
    changed = np.ones(len(who), dtype=bool)
    changed[1:] = (who[1:] != who[:-1]) | (begins[1:] != begins[:-1])
    who, when, begins = who[changed], when[changed], begins[changed]
    latest_on = last_value(who[begins], when[begins], ids)
    latest_off = last_value(who[~begins], when[~begins], ids)
    ended = (latest_on != NEVER) & (latest_off >= latest_on) & ~opened(who, begins, ids)
    return latest_on, np.where(ended, latest_off, NEVER)


def opened(who: Ints, begins: Flags, ids: Ints) -> Flags:
    """Whether the last change of each id (rows sorted by id) began a span."""
    found: Flags = last_value(who, begins.astype(np.int64), ids, missing=0) == 1
    return found


def last_value(who: Ints, values: Ints, ids: Ints, missing: int = NEVER) -> Ints:
    """The last of `values` (rows sorted by `who`) for each of `ids`."""
    keys, from_end = np.unique(who[::-1], return_index=True)
    return looked_up(ids, keys, values[len(who) - 1 - from_end], missing)


def named(codes: Ints, enum: type[IntEnum]) -> "pd.Categorical[str]":
    """Lower-case names where code 0 is a value of its own (`none` on record)."""
    return coded(codes, [member.name.lower() for member in enum])
