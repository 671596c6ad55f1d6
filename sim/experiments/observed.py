"""Warm-up and cool-down: what counts of a run that is longer than the time of interest.

Counted is what *begins* in the observed part: messages issued, work that arrives, shifts, reports. What becomes of it
is followed into the cool-down, so that long waits are not cut off. Facts about people always count. The audit judges
the whole run: a rule must hold from the first minute.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import AGENCY_ZONE, HOUR, clock
from sim.history import COLUMNS, Event, History

if TYPE_CHECKING:
    from sim.metrics import Metrics
    from sim.runs import Run

_BEGINNINGS = (
    Event.WORK_ARRIVED, Event.SHIFT_STARTED, Event.SHIFT_ENDED, Event.OPT_OUT_RECORDED,
    Event.CENTRELINK_OPT_OUT_RECORDED, Event.INVALID_TICKED, Event.ROUTED, Event.CLAIM_FINALISED, Event.REPORT_RECEIVED,
    Event.ESCALATED, Event.NUMBER_REMOVED, Event.INCIDENT_REPORTED, Event.SENT_TO_WRONG_CUSTOMER,
    Event.EXPLANATION_ASKED,
)  # fmt: skip
"""Events of which only those in the observed part count; at the first instant they are facts, and stay."""

WHOLE_RUN = (
    "work_items", "payment_cases", "payment_rate", "action_rate", "payment_difference", "phone_first_cases",
    "phone_first_rate",
)  # fmt: skip
"""Metrics that follow people through the whole run: they have no meaning for a part of it."""

_TIME, _EVENT, _REF = (COLUMNS.index(name) for name in ("time", "event", "ref"))


def observed_metrics(
    run: "Run", rules: Mapping[str, Mapping[str, Any]], warm_up_days: int, cool_down_days: int
) -> "Metrics":
    """The metrics of a run without its first and last agency days; `rules` has cases, breaches and unjudged of the
    rules that are to be counted."""
    import pandas as pd

    from sim.metrics import metrics

    judged = {"rules": rules}
    if not warm_up_days and not cool_down_days:
        return metrics(run.history, run.messages_table, run.policy, run.parameters, judged)
    starts, ends = run.observed
    agency = clock(AGENCY_ZONE)
    begin = agency.midnight(agency.day(starts) + warm_up_days)
    end = agency.midnight(agency.day(ends) - cool_down_days)
    table = run.messages_table
    low, high = (pd.Timestamp(instant, unit="ms", tz="UTC") for instant in (begin, end))
    messages = table[(table["issued_at"] >= low) & (table["issued_at"] < high)]
    history = _part(run.history, starts, begin, end)
    return metrics(history, messages, run.policy, run.parameters, judged)


def _part(history: History, starts: int, begin: int, end: int) -> History:
    rows = history.array()
    times = rows[:, _TIME]
    outside = (times != starts) & ((times < begin) | (times >= end))
    kept = rows[~(outside & np.isin(rows[:, _EVENT], _BEGINNINGS))]
    part = History()
    for row in kept.tolist():
        part.append(*row)
    part.contents = history.contents
    return part


def waiting_by_hour(history: History, starts: int, ends: int) -> list[int]:
    """How many work items have arrived and not been started, at the end of each hour of [starts, ends)."""
    rows = history.array()
    marks = np.arange(starts + HOUR, ends + 1, HOUR)
    counts = []
    for event in (Event.WORK_ARRIVED, Event.WORK_STARTED):
        chosen = rows[rows[:, _EVENT] == event]
        firsts = chosen[np.unique(chosen[:, _REF], return_index=True)[1], _TIME]
        counts.append(np.searchsorted(np.sort(firsts), marks, side="left"))
    return [int(waiting) for waiting in counts[0] - counts[1]]
