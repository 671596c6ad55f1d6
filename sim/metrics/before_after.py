"""What a policy that changes within a run does: the days before and after the change side by side, and each day beside
the same day of a twin, the run of the same seed without the change.

All intervals take the days of one run for independent of each other. They are not quite: what waits on one day goes on
the next.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from sim.clock import AGENCY_ZONE, DAY, EPOCH_DAY, clock, utc
from sim.tables import local_milliseconds
from sim.tables.columns import milliseconds

CONFIDENCE = 0.95
BEFORE_AND_AFTER = (
    "The days before and after differ in more than the policy: season, weekdays, holidays, and what waits or is broken "
    "at the time. Intervals are 95% of the mean of days, which follow each other in one run"
)
NO_TWIN = "A run of the same seed without the change tells them apart: emsim run --twin"
TWIN = (
    "The twin is the same load and seed without the change. Until the change the two are the same, event by event, so "
    "that a later difference is the change's; it is that of one run, and other seeds have others"
)

Floats = npt.NDArray[np.float64]


class Measure(NamedTuple):
    """A number a day: `of` gives it for each agency day of the interval (NaN: there is none)."""

    what: str
    unit: str
    of: Callable[["Days"], Floats]


class Days:
    """The messages of a run by agency day. `starts` and `ends` (ms UTC) are midnights."""

    def __init__(self, messages: pd.DataFrame, starts: int, ends: int) -> None:
        agency = clock(AGENCY_ZONE)
        self.first = agency.day(starts)
        self.count = agency.day(ends - 1) - self.first + 1
        self.messages = messages[messages["outcome"] != "suppressed"]

    def number(self, rows: "pd.Series[bool]", at: str) -> Floats:
        """How many of `rows` have their instant `at` on each day."""
        return np.bincount(self._day(self.messages[rows], at), minlength=self.count).astype(np.float64)

    def hours_to_sent(self) -> Floats:
        """The mean of the hours from issue to sent, by the day of the issue."""
        sent = self.messages[self.messages["sent_at"].notna()]
        hours = (sent["sent_at"] - sent["issued_at"]).dt.total_seconds().to_numpy() / 3600
        day = self._day(sent, "issued_at")
        total, number = (np.bincount(day, weights, minlength=self.count) for weights in (hours, None))
        found: Floats = np.divide(total, number, out=np.full(self.count, math.nan), where=number > 0)
        return found

    def _day(self, rows: pd.DataFrame, at: str) -> npt.NDArray[np.int64]:
        times = milliseconds(rows[at][rows[at].notna()])
        days = local_milliseconds(times, AGENCY_ZONE) // DAY + EPOCH_DAY - self.first
        return np.clip(days, 0, self.count - 1)


def _outcome(name: str) -> Callable[[Days], Floats]:
    return lambda days: days.number(days.messages["outcome"] == name, "issued_at")


def _sent(system: str | None) -> Callable[[Days], Floats]:
    def of(days: Days) -> Floats:
        rows = days.messages["channel"] == "sms"
        return days.number(rows if system is None else rows & (days.messages["system"] == system), "sent_at")

    return of


def _limited(days: Days) -> Floats:
    rows = (days.messages["outcome"] == "refused") & days.messages["reasons"].str.contains("daily_limit")
    return days.number(rows, "issued_at")


MEASURES = (
    Measure("SMS sent", "a day", _sent(None)),
    Measure("SMS sent from Pluto", "a day", _sent("pluto")),
    Measure("Refused by the daily limit", "a day", _limited),
    Measure("Refused", "a day", _outcome("refused")),
    Measure("Cancelled at the one-hour question", "a day", _outcome("cancelled")),
    Measure(
        "One-hour question asked", "a day", lambda days: days.number(days.messages["confirmation_asked"], "issued_at")
    ),
    Measure("Held at the issue", "a day", lambda days: days.number(days.messages["due_at"].notna(), "issued_at")),
    Measure("Held on or again", "a day", lambda days: days.number(days.messages["held_again"] > 0, "issued_at")),
    Measure("Withdrawn", "a day", _outcome("withdrawn")),
    Measure("From issue to sent", "hours, mean of the day", Days.hours_to_sent),
)


def before_after(
    messages: pd.DataFrame,
    segments: Sequence[tuple[int, int, Mapping[str, Any]]],
    twin: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """The comparison as JSON-able data. `segments` are (from, to, values that changed), ms UTC; `messages` and `twin`
    are messages tables.

    ``segments``: from, to, days, values; ``rows``: what, unit, and by segment ``means`` (mean, low, high) and, with a
    twin, ``differences`` (this run less its twin, day by day); ``notes``. What never happened has no row.
    """
    starts, ends = segments[0][0], segments[-1][1]
    agency = clock(AGENCY_ZONE)
    days, other = Days(messages, starts, ends), None if twin is None else Days(twin, starts, ends)
    parts = [slice(agency.day(one[0]) - days.first, agency.day(one[1] - 1) - days.first + 1) for one in segments]
    rows = []
    for measure in MEASURES:
        ours = measure.of(days)
        theirs = None if other is None else measure.of(other)
        if not np.nansum(ours) and (theirs is None or not np.nansum(theirs)):
            continue
        row: dict[str, Any] = {"what": measure.what, "unit": measure.unit}
        row["means"] = [_interval(ours[part], at_least=0.0) for part in parts]
        if theirs is not None:
            row["differences"] = [_interval(ours[part] - theirs[part]) for part in parts]
        rows.append(row)
    return {
        "segments": [
            {"from": utc(one[0]), "to": utc(one[1]), "days": part.stop - part.start, "values": dict(one[2])}
            for one, part in zip(segments, parts, strict=True)
        ],
        "rows": rows,
        "notes": [BEFORE_AND_AFTER, NO_TWIN if twin is None else TWIN],
    }


def frame(found: Mapping[str, Any]) -> pd.DataFrame:
    """A comparison as a DataFrame: a row a measure and segment, with the mean of its days, and with a twin the
    difference to it."""
    rows = []
    for row in found["rows"]:
        for number, (segment, mean) in enumerate(zip(found["segments"], row["means"], strict=True)):
            one = {"what": row["what"], "unit": row["unit"], "from": segment["from"], "days": segment["days"]}
            one |= {name: mean[name] for name in ("mean", "low", "high")}
            if "differences" in row:
                difference = row["differences"][number]
                one |= {f"difference_{name}": difference[name] for name in ("mean", "low", "high")}
            rows.append(one)
    return pd.DataFrame(rows)


def _interval(values: Floats, at_least: float | None = None) -> dict[str, Any]:
    """The mean of days with Student's t interval; without an interval where there are fewer than two."""
    known = values[~np.isnan(values)]
    n = len(known)
    if n == 0:
        return {"n": 0, "mean": None, "low": None, "high": None}
    mean = float(known.mean())
    if n == 1:
        return {"n": 1, "mean": round(mean, 6), "low": None, "high": None}
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)) * float(known.std(ddof=1)) / math.sqrt(n)
    low = mean - half if at_least is None else max(mean - half, at_least)
    return {"n": n, "mean": round(mean, 6), "low": round(low, 6), "high": round(mean + half, 6)}
