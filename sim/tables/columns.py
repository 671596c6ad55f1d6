"""What every table is made of: the history's rows as columns, look-ups by id, and typed columns for readers."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.clock import ZONES
from sim.history import COLUMNS, Event, History

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NEVER = int(np.iinfo(np.int64).min)
"""Marks an instant that never came; the bit pattern of numpy's NaT."""


class Rows:
    """The history's rows in (time, seq) order, as columns."""

    def __init__(self, history: History) -> None:
        rows = history.array()
        order = np.argsort(rows[:, 0], kind="stable")
        rows = rows[order]
        self.seq: Ints = order.astype(np.int64)
        self.column: dict[str, Ints] = {name: rows[:, position] for position, name in enumerate(COLUMNS)}
        self.contents = history.contents
        self._positions: dict[int, Ints] = {}

    def of(self, *events: int) -> Ints:
        """Positions of the rows of these events, in order."""
        if len(events) == 1:
            found = self._positions.get(events[0])
            if found is None:
                found = self._positions[events[0]] = np.flatnonzero(self.column["event"] == events[0])
            return found
        return np.flatnonzero(np.isin(self.column["event"], [int(event) for event in events]))

    def take(self, name: str, *events: int) -> Ints:
        """The column `name` of the rows of these events, in order."""
        return self.column[name][self.of(*events)]


class ByMessage:
    """Looks up, for a sorted array of message ids, what the rows of an event say of each message."""

    def __init__(self, rows: Rows, ids: Ints) -> None:
        self.rows = rows
        self.ids = ids

    def value(self, name: str, *events: int, missing: int = 0, last: bool = False) -> Ints:
        """The column `name` of each message's first (or `last`) row of these events; `missing` without one."""
        positions = self.rows.of(*events)
        if last:
            positions = positions[::-1]
        messages, first = np.unique(self.rows.column["message"][positions], return_index=True)
        out = np.full(len(self.ids), missing, dtype=np.int64)
        place = np.searchsorted(self.ids, messages)
        known = place < len(self.ids)
        known[known] = self.ids[place[known]] == messages[known]
        out[place[known]] = self.rows.column[name][positions[first[known]]]
        return out

    def time(self, *events: int, last: bool = False) -> Ints:
        """The instant of each message's first (or `last`) row of these events; NEVER without one."""
        return self.value("time", *events, missing=NEVER, last=last)

    def count(self, event: int) -> Ints:
        """How many rows of this event each message has."""
        messages, counts = np.unique(self.rows.take("message", event), return_counts=True)
        return looked_up(self.ids, messages, counts.astype(np.int64))


def looked_up(ids: Ints, keys: Ints, values: Ints, missing: int = 0) -> Ints:
    """`values` of the sorted, unique `keys` for each of `ids`; `missing` where there is no such key."""
    if not len(keys):
        return np.full(len(ids), missing, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
    return np.where(keys[place] == ids, values[place], missing)


def instants(milliseconds: Ints) -> pd.DatetimeIndex:
    """Timezone-aware UTC timestamps of instants in ms; NEVER becomes NaT."""
    return pd.DatetimeIndex(milliseconds.astype("datetime64[ms]")).tz_localize("UTC")


def milliseconds(times: pd.Series) -> Ints:
    """The inverse of `instants`: ms UTC, NEVER for NaT."""
    found: Ints = times.dt.tz_convert(None).to_numpy(dtype="datetime64[ms]").astype(np.int64)
    return found


def coded(places: Ints, names: Sequence[str]) -> "pd.Categorical[str]":
    """A categorical column of `names` by their places; −1 is missing."""
    return pd.Categorical.from_codes(places, categories=pd.Index(list(names)))


def categories(codes: Ints, enum: type[IntEnum], last: int | None = None) -> "pd.Categorical[str]":
    """Lower-case names of the codes of `enum` up to `last`; code 0 and unknown codes become missing."""
    members = [member for member in enum if member.value > 0 and (last is None or member.value <= last)]
    keys = np.array([member.value for member in members], dtype=np.int64)
    order = np.argsort(keys)
    places = looked_up(codes, keys[order], order.astype(np.int64), missing=-1)
    return coded(places, [member.name.lower() for member in members])


def text_column(codes: Ints, names: Mapping[int, str]) -> pd.Series:
    """The text of each code by `names`; empty for code 0."""
    unique, inverse = np.unique(codes, return_inverse=True)
    texts = np.array([names.get(code, "") for code in unique.tolist()], dtype=object)
    return pd.Series(texts[inverse] if len(codes) else [], dtype="str")


def zones_at(rows: Rows, customers: Ints, times: Ints) -> Ints:
    """The zone code on record for each customer at each instant (facts of the same ms count); −1 without one."""
    facts = rows.of(Event.ZONE_RECORDED)
    facts = facts[rows.column["customer"][facts] > 0]
    if not len(facts) or not len(customers):
        return np.full(len(customers), -1, dtype=np.int64)
    who, when, zone = (rows.column[name][facts] for name in ("customer", "time", "value"))
    start = int(min(when.min(), times.min()))
    span = int(max(when.max(), times.max())) - start + 1
    keys = who * span + (when - start)
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], customers * span + (times - start), side="right") - 1
    found = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (who[found] == customers), zone[found], -1)


def zone_column(codes: Ints) -> "pd.Categorical[str]":
    """IANA names of zone codes; −1 is missing."""
    return coded(codes, ZONES)
