"""How long messages wait: held for the window, and in the queue towards the gateway."""

import numpy as np
import pandas as pd

from sim.history import Event
from sim.messages import Reason
from sim.metrics.measures import Facts, Measures, local_days, minutes, share
from sim.tables import local_milliseconds
from sim.tables.columns import milliseconds

_ACCEPTED = ["sent", "held", "withdrawn"]


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    issued = facts.sms[facts.sms["outcome"].isin(_ACCEPTED)]
    at_will = issued[~planned(issued)]
    _holds(found, at_will)
    _releases(found, at_will)
    _held_again(found, facts)
    _clock_changes(found, issued)
    queue = queue_ages(issued)
    groups = ("released", queue["held"]), ("at_once", ~queue["held"] & ~queue["planned"]), ("planned", queue["planned"])
    for group, rows in (("all", queue), *((name, queue[chosen]) for name, chosen in groups)):
        found.spread("queue_age", rows["age"], group)
        found.put("queue_age_max", rows["age"].max() if len(rows) else None, group)


def planned(messages: pd.DataFrame) -> pd.Series:
    """Which of these messages a nightly run planned for a later time of day: they wait for that, not for the window."""
    return (messages["system"] == "dmis") | ((messages["system"] == "sap") & (messages["kind"] == "nudge"))


def _holds(found: Measures, issued: pd.DataFrame) -> None:
    """Held at issue because of the window; a message held again for the limit or a backlog is not among them."""
    held = issued["due_at"].notna()
    found.put("held_share", share(int(held.sum()), len(issued)))
    waits = minutes(issued["handed_over_at"] - issued["issued_at"])[held]
    found.spread("hold_time", waits)
    for zone, rows in issued.groupby("timezone", observed=True):
        held_here = rows["due_at"].notna()
        found.put("held_share", share(int(held_here.sum()), len(rows)), str(zone))
        found.spread("hold_time", waits[waits.index.isin(rows.index)], str(zone))


def _releases(found: Measures, issued: pd.DataFrame) -> None:
    """An opening is a zone's local day on which held messages become due."""
    held = issued[issued["release_at"].notna()]
    days = pd.Series(local_days(held["release_at"], held["timezone"]), index=held.index, name="day")
    openings = held.groupby(["timezone", days], observed=True).size()
    found.put("releases_at_opening_mean", openings.mean() if len(openings) else None)
    for zone, sizes in openings.groupby(level="timezone", observed=True):
        found.put("releases_at_opening_mean", sizes.mean(), str(zone))
    found.put("releases_at_opening_max", _busiest_minute(held["release_at"]))
    found.put("releases_busiest_minute", _busiest_minute(held["handed_over_at"]))


def _held_again(found: Measures, facts: Facts) -> None:
    """A hold names what it is for; one without a reason follows a change of the recipient's zone."""
    reasons = facts.rows.take("reasons", Event.HELD_AGAIN)
    found.put("held_again", len(reasons))
    found.put("held_again", int((reasons & Reason.SEND_WINDOW > 0).sum()), "closing")
    found.put("held_again", int((reasons & Reason.DAILY_LIMIT > 0).sum()), "daily_limit")
    found.put("held_again", int((reasons == 0).sum()), "moved")


def _clock_changes(found: Measures, issued: pd.DataFrame) -> None:
    """The clocks changed where the local and the elapsed time from issue to release differ."""
    held = issued[issued["release_at"].notna()]
    found.put("held_over_clock_change", 0)
    total = 0
    for zone, rows in held.groupby("timezone", observed=True):
        begun, due = milliseconds(rows["issued_at"]), milliseconds(rows["release_at"])
        by_clock = local_milliseconds(due, str(zone)) - local_milliseconds(begun, str(zone))
        count = int(np.count_nonzero(by_clock != due - begun))
        if count:
            found.put("held_over_clock_change", count, str(zone))
        total += count
    found.put("held_over_clock_change", total)


def _busiest_minute(times: pd.Series) -> int | None:
    counts = times.dropna().dt.floor("min").value_counts()
    return int(counts.max()) if len(counts) else None


def queue_ages(issued: pd.DataFrame) -> pd.DataFrame:
    """Messages handed over, with `due` (the last due instant: the issue's for what was never held), `handed`, `age`
    (seconds between them), `held` (whether it was released from being held) and `planned` (by a nightly run)."""
    handed = issued[issued["handed_over_at"].notna()]
    due = handed["release_at"].fillna(handed["issued_at"])
    age = (handed["handed_over_at"] - due).dt.total_seconds()
    by_plan = planned(handed)
    columns = {"due": due, "handed": handed["handed_over_at"], "age": age, "planned": by_plan}
    return pd.DataFrame(columns).assign(held=handed["release_at"].notna() & ~by_plan)
