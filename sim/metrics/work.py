"""Work: how long it waits, and how much of their shifts officers spend on it."""

import numpy as np
import pandas as pd

from sim.clock import HOUR
from sim.history import Event
from sim.messages import ProcessKind
from sim.metrics.measures import Facts, Measures
from sim.tables import spans
from sim.tables.columns import categories
from sim.tables.people import FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER, FIRST_TEAM_LEADER


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    for name, event in (
        ("arrived", Event.WORK_ARRIVED),
        ("started", Event.WORK_STARTED),
        ("ended", Event.WORK_ENDED),
    ):
        found.put("work_items", len(np.unique(facts.rows.take("ref", event))), name)
    waits = work_waits(facts)
    found.spread("work_wait", waits["wait"])
    for name in ("kind", "team"):
        for group, rows in waits.groupby(name, observed=True):
            found.spread("work_wait", rows["wait"], str(group))
    time = officer_time(facts)
    found.put("shift_hours", time["shift"].sum() / HOUR)
    found.put("work_hours", time["work"].sum() / HOUR)
    rostered = time[time["shift"] > 0]
    found.put("officer_utilisation", rostered["work"].sum() / rostered["shift"].sum() if len(rostered) else None)
    each = rostered["work"] / rostered["shift"]
    for group, number in (("lowest", each.min()), ("median", each.median()), ("highest", each.max())):
        found.put("officer_utilisation", number, group)
    for team, rows in rostered.groupby("team"):
        found.put("officer_utilisation", rows["work"].sum() / rows["shift"].sum(), str(team))


def work_waits(facts: Facts) -> pd.DataFrame:
    """A row a work item that was started: its `kind`, `team` (of the officer who started it) and `wait` (hours from
    its arrival to its first start)."""

    def first(event: int) -> pd.DataFrame:
        columns = {name: facts.rows.take(name, event) for name in ("ref", "time", "value", "officer")}
        return pd.DataFrame(columns).drop_duplicates("ref").set_index("ref")

    arrived, started = first(Event.WORK_ARRIVED), first(Event.WORK_STARTED)
    both = arrived.merge(started, left_index=True, right_index=True, suffixes=("_arrived", "_started"))
    columns = {
        "kind": pd.Series(categories(both["value_arrived"].to_numpy(), ProcessKind), index=both.index),
        "team": both["officer_started"].map(_teams(facts)),
        "wait": (both["time_started"] - both["time_arrived"]) / HOUR,
    }
    return pd.DataFrame(columns)


def _teams(facts: Facts) -> dict[int, str]:
    """The team of each officer, as recorded with their access: ``team 1`` and so on, or ``integrated``."""
    officers, teams = (facts.rows.take(name, Event.ACCESS_RECORDED).tolist() for name in ("officer", "ref"))
    return {
        officer: "integrated" if officer >= FIRST_INTEGRATED_OFFICER else f"team {team + 1}"
        for officer, team in zip(officers, teams, strict=True)
    }


def busy_spans(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(shifts, busy): rows of `officer, start, end` (ms UTC) of those who deal with work items: Team Leaders, Service
    Support Officers and the SAS Team are left out. Busy spans are the times in which an officer had at least one work
    item open, joined where they touch or overlap, within the officer's shifts."""
    shifts = spans(facts.history, Event.SHIFT_STARTED, Event.SHIFT_ENDED)[["officer", "start", "end"]]
    integrated = shifts["officer"].between(FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER, inclusive="left")
    shifts = shifts[(shifts["officer"] < FIRST_TEAM_LEADER) | integrated]
    work = spans(facts.history, Event.WORK_STARTED, Event.WORK_ENDED, by_ref=True)
    work = work.sort_values(["officer", "start"], kind="stable")
    joined: list[tuple[int, int, int]] = []
    for officer, start, end in work[["officer", "start", "end"]].itertuples(index=False, name=None):
        if joined and joined[-1][0] == officer and start <= joined[-1][2]:
            joined[-1] = (officer, joined[-1][1], max(joined[-1][2], end))
        else:
            joined.append((officer, start, end))
    busy = pd.DataFrame(joined, columns=["officer", "start", "end"], dtype="int64")
    within = busy.merge(shifts, on="officer", suffixes=("", "_shift"))
    within["start"] = within[["start", "start_shift"]].max(axis=1)
    within["end"] = within[["end", "end_shift"]].min(axis=1)
    return shifts, within.loc[within["end"] > within["start"], ["officer", "start", "end"]]


def officer_time(facts: Facts) -> pd.DataFrame:
    """A row an officer with a shift: `shift` and `work` (ms), and `team`."""
    shifts, busy = busy_spans(facts)
    shift = (shifts["end"] - shifts["start"]).groupby(shifts["officer"]).sum()
    work = (busy["end"] - busy["start"]).groupby(busy["officer"]).sum()
    time = pd.DataFrame({"shift": shift, "work": work}).fillna(0)
    return time.assign(team=time.index.map(_teams(facts)))
