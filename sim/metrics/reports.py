"""Messages that were not for their reader: reports and how long they took, wrong customers, and explanations."""

import numpy as np
import pandas as pd

from sim.clock import HOUR
from sim.history import Event
from sim.messages import ReportCase
from sim.metrics.measures import Facts, Measures, share
from sim.tables.columns import categories

_POINTS = 4
"""What a customer is told who asks why they got an SMS (`cs-explain`)."""


def measure(found: Measures, facts: Facts) -> None:
    """All metrics of this module."""
    reports = reports_and_ends(facts)
    found.counts("reports", reports["case"])
    found.put("reports_closed", int(reports["hours"].notna().sum()))
    found.spread("report_time", reports["hours"])
    for case, rows in reports.groupby("case", observed=True):
        found.spread("report_time", rows["hours"], str(case))
    escalated, known = _firsts(facts, Event.ESCALATED), _firsts(facts, Event.SAS_FOUND)
    found.put("escalations", len(escalated))
    found.spread("escalation_time", (known - escalated) / HOUR, p95=False)
    found.put("numbers_removed", len(facts.rows.of(Event.NUMBER_REMOVED)))
    found.put("incidents_reported", len(facts.rows.of(Event.INCIDENT_REPORTED)))
    learnt = np.unique(facts.rows.take("ref", Event.SENT_TO_WRONG_CUSTOMER))
    apologised = np.isin(learnt, facts.rows.take("ref", Event.APOLOGISED))
    found.put("wrong_customer", len(learnt))
    found.put("wrong_customer_apologised", share(int(apologised.sum()), len(learnt)))
    asked = np.unique(facts.rows.take("ref", Event.EXPLANATION_ASKED))
    told = pd.DataFrame({name: facts.rows.take(name, Event.EXPLAINED) for name in ("ref", "value")})
    points = told.drop_duplicates().groupby("ref").size()
    found.put("explanations_asked", len(asked))
    found.put("explained_fully", share(int((points.reindex(asked) == _POINTS).sum()), len(asked)))


def reports_and_ends(facts: Facts) -> pd.DataFrame:
    """A row a report, in the order of receipt: `ref`, `received` (ms UTC), `case` (of `ReportCase`), `hours` until it
    was closed (missing while it is open), and whether it was `escalated` to the SAS Team."""
    columns = {name: facts.rows.take(name, Event.REPORT_RECEIVED) for name in ("ref", "time", "value")}
    received = pd.DataFrame(columns).drop_duplicates("ref")
    frame = pd.DataFrame({"ref": received["ref"].to_numpy(), "received": received["time"].to_numpy()})
    frame["case"] = categories(received["value"].to_numpy(), ReportCase)
    frame["hours"] = (frame["ref"].map(_firsts(facts, Event.REPORT_CLOSED)) - frame["received"]) / HOUR
    frame["escalated"] = frame["ref"].isin(facts.rows.take("ref", Event.ESCALATED))
    return frame


def _firsts(facts: Facts, event: int) -> pd.Series:
    """The instant (ms UTC) of the first such event of each ref."""
    frame = pd.DataFrame({name: facts.rows.take(name, event) for name in ("ref", "time")})
    firsts: pd.Series = frame.drop_duplicates("ref").set_index("ref")["time"]
    return firsts
