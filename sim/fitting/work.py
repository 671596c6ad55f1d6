"""When work arrives, how much of it, and who does it: what a run shows outright."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE, DAY, MINUTE, clock
from sim.fitting.delivery import LEAST
from sim.fitting.estimates import Estimate, Figure, Finding, Missing, estimate, figure
from sim.fitting.evidence import YEAR, Evidence
from sim.fitting.intervals import dispersion, rate, share
from sim.history import Event
from sim.messages import ProcessKind
from sim.population.officers import ACCESS_PLUTO, FIRST_TEAM_LEADER
from sim.population.specialists import FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER
from sim.world.arrivals import KINDS_OF_EMPLOYERS, KINDS_OF_PARENTS

OF_KIND = {kind: f"work.{kind.name.lower()}_per_year" for kind in KINDS_OF_PARENTS}
"""The parameter of each kind of work."""
BUSY, NOTICES, REMINDERS, BATCH = (
    "work.busy_day_share", "cuba.notices_per_year", "cuba.payment_reminder_share", "cuba.batch_at",
)  # fmt: skip
INTEGRATED, REFERRALS, DEBTORS = "integrated.work_per_year", "integrated.referrals_per_year", "debt.debtors"
NO_ACCESS = "staff.no_access_share"
STAFF = (
    ("staff.officers", 1, FIRST_TEAM_LEADER),
    ("integrated.officers", FIRST_INTEGRATED_OFFICER, FIRST_SAS_OFFICER),
    ("misdirected.sas_officers", FIRST_SAS_OFFICER, 2 * FIRST_SAS_OFFICER),
)
"""Parameters that count staff, and the ids of theirs: from, and up to but not including."""
_FIRST_OF_BUSY_DAY = 3
_MONTH = 30 * DAY


def work_of_run(evidence: Evidence) -> Iterator[Finding]:
    """Rates of work by kind, busy days and automatic messages of a run, as it recorded them."""
    if "child_support" in evidence.programmes:
        yield from _kinds(evidence)
        yield _busy_days(evidence)
        yield from _automatic(evidence)
        yield from _staff(evidence)
    if len(evidence.events(Event.CENTRELINK_RECORDED)):
        yield from _centrelink(evidence)


def _rate(counts: pd.Series, people: int, years: float, method: str, name: str) -> Estimate:
    """A rate a customer and year from the counts of the customers who have any."""
    spread = dispersion(counts.to_numpy(), people)
    clumps = f"; customers differ, so that {int(counts.sum()):,} tell as much as {counts.sum() / spread:,.0f}"
    note = f"{method}; exact Poisson{clumps if spread > 1.005 else ''}"
    return estimate(name, rate(int(counts.sum()), people * years, spread), int(counts.sum()), note)


def _kinds(evidence: Evidence) -> Iterator[Estimate]:
    arrivals = evidence.arrivals
    employers = evidence.events(Event.EMPLOYER_SET)["customer"].nunique()
    parents = evidence.customers - employers
    for kind, name in OF_KIND.items():
        counts = pd.Series(arrivals.customers[arrivals.kinds == kind]).value_counts()
        people = evidence.customers if kind in KINDS_OF_EMPLOYERS else parents
        yield _rate(counts, people, evidence.years, "work as it arrived, without follow-ups", name)


def _busy_days(evidence: Evidence) -> Estimate:
    arrived = evidence.arrived
    busy = int(((arrived["role"] == _FIRST_OF_BUSY_DAY) & (arrived["kind"] <= max(OF_KIND))).sum())
    usual = int(np.isin(evidence.arrivals.kinds, list(OF_KIND)).sum())
    return estimate(BUSY, share(busy, usual), usual, "arrivals that brought further matters; Clopper–Pearson")


def _automatic(evidence: Evidence) -> Iterator[Finding]:
    """Cuba's messages as they came due, refused ones too."""
    rows = evidence.messages[evidence.messages["system"] == "cuba"]
    yield batch(evidence)
    if not len(rows):
        yield Missing((NOTICES, REMINDERS), "Cuba sent nothing by itself")
        return
    monthly = monthly_code(evidence)
    employers = evidence.events(Event.EMPLOYER_SET)["customer"].nunique()
    parents = evidence.customers - employers
    until = float(rows["issued"].max())
    years = (until - evidence.from_ms) / YEAR
    notices = rows[rows["template"] != monthly].groupby("customer").size()
    yield _rate(notices, parents, years, "Cuba's messages but the monthly reminder, up to its last batch", NOTICES)
    month = min(1.0, (until - evidence.from_ms) / _MONTH)
    reminded, payers = int(rows.loc[rows["template"] == monthly, "customer"].nunique()), parents // 2
    method = f"payers (half the parents) with a monthly reminder in {month:.0%} of a month; Clopper–Pearson"
    yield estimate(REMINDERS, share(reminded, payers).times(1 / month), payers, method)


def monthly_code(evidence: Evidence) -> int:
    """The template of Cuba's monthly reminder."""
    return next(
        code for code, one in evidence.log.templates.items()
        if one.get("system") == "cuba" and one.get("group") == "Payment information"
    )  # fmt: skip


def batch(evidence: Evidence) -> Finding:
    """The minute of agency time in which nearly all of Cuba's messages are issued."""
    times = evidence.messages.loc[evidence.messages["system"] == "cuba", "issued"].dropna().to_numpy()
    agency = clock(AGENCY_ZONE)
    minutes = pd.Series([agency.time_of_day(int(time)) // MINUTE for time in times], dtype="int64").value_counts()
    if len(times) < LEAST or minutes.iloc[0] < 0.9 * len(times):
        return Missing((BATCH,), "Cuba's messages are not issued at one minute of the day")
    hour, minute = divmod(int(minutes.index[0]), 60)
    method = f"{minutes.iloc[0] / len(times):.0%} of Cuba's messages are issued in this minute"
    return Estimate(BATCH, f"{hour:02d}:{minute:02d}", None, None, len(times), method)


def _staff(evidence: Evidence) -> Iterator[Estimate]:
    """Who was on the staff, and who of the officers lacks access to Pluto."""
    recorded = evidence.events(Event.ACCESS_RECORDED).drop_duplicates("officer")
    for name, first, last in STAFF:
        there = int(recorded["officer"].between(first, last - 1).sum())
        if there:
            yield Estimate(name, there, None, None, there, "staff on record")
    officers = recorded[recorded["officer"] < FIRST_TEAM_LEADER]
    lacking = int((officers["value"] & ACCESS_PLUTO == 0).sum())
    yield estimate(NO_ACCESS, share(lacking, len(officers)), len(officers), "officers on record; Clopper–Pearson")


def _centrelink(evidence: Evidence) -> Iterator[Finding]:
    recorded = evidence.events(Event.CENTRELINK_RECORDED)
    known = recorded.loc[recorded["time"] == recorded["time"].min(), "customer"].unique()
    if "customer_first" in evidence.programmes:
        arrivals = evidence.arrivals
        whose = pd.Series(arrivals.customers[arrivals.kinds == ProcessKind.INTEGRATED])
        theirs = whose.isin(known)
        what = "work of Integrated Service Officers as it arrived"
        yield _rate(whose[theirs].value_counts(), len(known), evidence.years, what, INTEGRATED)
        alone = evidence.customers - int(np.isin(known, evidence.events(Event.NUMBERS_RECORDED)["customer"]).sum())
        alone -= evidence.events(Event.EMPLOYER_SET)["customer"].nunique()
        if alone > 0:
            yield _rate(whose[~theirs].value_counts(), alone, evidence.years, what, REFERRALS)
    if evidence.programmes == ("debt_recovery",):
        yield Missing((DEBTORS,), "nobody but debtors is in the run")
    elif "debt_recovery" in evidence.programmes:
        raised = evidence.events(Event.DEBT_RAISED)
        debtors = raised.loc[raised["time"] <= evidence.from_ms, "customer"].nunique()
        method = "Centrelink's customers with a debt at the start; Clopper–Pearson"
        yield estimate(DEBTORS, share(debtors, max(len(known), debtors)), len(known), method)


def volumes(evidence: Evidence) -> Iterator[Figure]:
    """Messages issued by system, and by kind where the templates tell: a customer and year."""
    people, years = evidence.customers, evidence.years
    groups = {code: str(one.get("group")) for code, one in evidence.log.templates.items()}
    rows = evidence.accepted
    for system, issued in rows.groupby("system", observed=True, sort=True):
        named = issued["template"].map(groups)
        for group, some in ((None, issued), *issued.groupby(named, sort=True)):
            counts = some.groupby("customer").size().to_numpy()
            found = rate(len(some), people * years, dispersion(counts, people))
            name = f"issued, {system}" + (f": {group}" if group else "")
            yield figure(name, found, len(some), "a customer and year", "exact Poisson, allowing for clumps")
