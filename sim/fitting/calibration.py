"""What a file of messages tells of work only through the model: parameters are moved until simulated runs of the same
length send as much as the log.

Messages of one sort are taken to grow in proportion to the parameter behind them; two rounds are enough for that. The
intervals hold the counts of the log against those of the last round's runs, and allow for customers and runs that
differ by more than chance.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE, clock
from sim.fitting.delivery import LEAST
from sim.fitting.estimates import Estimate, Findings, Missing, estimate
from sim.fitting.evidence import Evidence
from sim.fitting.intervals import Interval, dispersion, poisson_ends, ratio, share
from sim.fitting.week import moved_week
from sim.fitting.work import BUSY, DEBTORS, INTEGRATED, NOTICES, OF_KIND, REMINDERS, monthly_code
from sim.messages import ProcessKind
from sim.population.parameters import Parameters

ROUNDS = 2
RUNS = 3
"""Runs a round, each of another seed: with few officers much turns on who sits where."""
_MANY_A_DAY = 3
_NONE = 0.5
"""What stands for none where it divides."""
_DELIVERED = {"gateway.delivered_share": "sms", "email.delivered_share": "email"}
_DEAD = 1
_INFORMATION = tuple(name for kind, name in OF_KIND.items() if kind not in (ProcessKind.PAYMENT, ProcessKind.OBJECTION))

Simulate = Callable[[Findings, int], Evidence]
"""Runs the load with what has been found so far and this number of a seed, and gives its evidence."""


class Family(NamedTuple):
    """Messages of one sort and the parameters behind them, which are moved together. `chosen` picks them; `by` tells
    what is counted: messages, customers, or days of a customer with many messages."""

    what: str
    parameters: tuple[str, ...]
    system: tuple[str, ...]
    chosen: Callable[[Evidence, pd.DataFrame], "pd.Series[bool]"]
    by: str = "messages"


def _group(name: str) -> Callable[[Evidence, pd.DataFrame], "pd.Series[bool]"]:
    def chosen(evidence: Evidence, rows: pd.DataFrame) -> "pd.Series[bool]":
        codes = [code for code, one in evidence.log.templates.items() if one.get("group") == name]
        return rows["template"].isin(codes)

    return chosen


def _named(name: str) -> Callable[[Evidence, pd.DataFrame], "pd.Series[bool]"]:
    def chosen(evidence: Evidence, rows: pd.DataFrame) -> "pd.Series[bool]":
        codes = [code for code, one in evidence.log.templates.items() if one.get("id") == name]
        return rows["template"].isin(codes)

    return chosen


def _any(evidence: Evidence, rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows["system"].notna()


def _monthly(evidence: Evidence, rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows["template"].eq(monthly_code(evidence))


def _not_monthly(evidence: Evidence, rows: pd.DataFrame) -> "pd.Series[bool]":
    return ~_monthly(evidence, rows)


_WITH_TEMPLATES = (
    Family("payment messages of Pluto", (OF_KIND[ProcessKind.PAYMENT],), ("pluto",), _group("Payment information")),
    Family("pre call alerts about objections", (OF_KIND[ProcessKind.OBJECTION],), ("pluto",), _named("S002")),
    Family("other information messages of Pluto", _INFORMATION, ("pluto",), _group("Provide/request information")),
    Family("notices of Cuba", (NOTICES,), ("cuba",), _not_monthly),
    Family("monthly reminders of Cuba", (REMINDERS,), ("cuba",), _monthly),
)
_WITHOUT = (
    Family("messages of Pluto", tuple(OF_KIND.values()), ("pluto",), _any),
    Family("messages of Cuba", (NOTICES, REMINDERS), ("cuba",), _any),
)
_ALWAYS = (
    Family(f"days on which a customer got {_MANY_A_DAY} or more of Pluto", (BUSY,), ("pluto",), _any, "days"),
    Family("messages of Customer First", (INTEGRATED,), ("customer_first",), _any),
    Family("customers with messages of DMIS or SAP", (DEBTORS,), ("dmis", "sap"), _any, "customers"),
)


class Count(NamedTuple):
    """How many there are, and how many that tells as much as (customers differ), a customer and year."""

    seen: int
    effective: float
    exposure: float


def families(evidence: Evidence) -> list[Family]:
    """The sorts of messages that this log can be calibrated by."""
    named = evidence.accepted["template"].notna()
    systems = set(evidence.accepted["system"].unique())
    chosen = [*(_WITH_TEMPLATES if len(named) and named.mean() > 0.9 else _WITHOUT), *_ALWAYS]
    return [family for family in chosen if systems & set(family.system)]


def count(family: Family, evidence: Evidence, people: int) -> Count:
    """The messages of a family in a log of `people` customers."""
    rows = evidence.accepted
    rows = rows[rows["system"].isin(family.system)]
    rows = rows[family.chosen(evidence, rows)]
    exposure = people * evidence.years
    if family.by == "customers":
        found = rows["customer"].nunique()
        return Count(found, float(found), float(people))
    if family.by == "days":
        agency = clock(AGENCY_ZONE)
        days = rows.assign(day=[agency.day(int(time)) for time in rows["issued"]]).groupby(["customer", "day"]).size()
        found = int((days >= _MANY_A_DAY).sum())
        return Count(found, float(found), exposure)
    counts = rows.groupby("customer").size().to_numpy()
    return Count(len(rows), len(rows) / dispersion(counts, people), exposure)


def calibrate(
    evidence: Evidence, found: Findings, parameters: Parameters, simulate: Simulate
) -> Iterator[Estimate | Missing]:
    """The parameters behind the messages of a file, after `ROUNDS` rounds. `found` is not changed."""
    tried = Findings([*found.estimates.values()])
    sorts = families(evidence)
    theirs = {family: count(family, evidence, evidence.customers) for family in sorts}
    for number in range(ROUNDS):
        simulated = [simulate(tried, RUNS * number + run) for run in range(1, RUNS + 1)]
        ours = {family: pooled([count(family, one, simulated_people(one)) for one in simulated]) for family in sorts}
        if number == 0:
            few = [family for family in sorts if _is_little(theirs[family].seen, ours[family].seen)]
            yield from (_too_few(family, theirs[family], ours[family]) for family in few)
            sorts = [family for family in sorts if family not in few]
        values = {**parameters, **tried.values(parameters)}
        told: list[Estimate | Missing] = [*_delivered(evidence, simulated), *moved_week(evidence, simulated, values)]
        for family in sorts:
            told += _moved(family, theirs[family], ours[family], values)
        tried.add(one for one in told if isinstance(one, Estimate))
    yield from told


def _is_little(theirs: int, ours: int) -> bool:
    """Whether counts say too little: a few in the log, or next to none in both."""
    return theirs < LEAST if theirs else ours < LEAST


def _too_few(family: Family, theirs: Count, ours: Count) -> Missing:
    why = f"{family.what}: {theirs.seen} in the log, {ours.seen} in simulated runs ({LEAST} are needed)"
    return Missing(family.parameters, why)


def pooled(counts: Sequence[Count]) -> Count:
    """The counts of several runs as one; when the runs differ by more than chance, they tell less."""
    seen = np.array([one.seen for one in counts], dtype=float)
    total, effective = float(seen.sum()), sum(one.effective for one in counts)
    if total > 0 and len(counts) > 1:
        between = float(seen.var(ddof=1)) / float(seen.mean())
        effective = min(effective, total / max(between, 1.0))
    return Count(int(total), effective, sum(one.exposure for one in counts))


def simulated_people(simulated: Evidence) -> int:
    """All customers of a simulated run, as those of a file are counted: whichever programme they are in."""
    assert simulated.run is not None
    return int(simulated.run.manifest["load"]["customers"])


def _moved(family: Family, theirs: Count, ours: Count, values: Mapping[str, Any]) -> Iterator[Estimate]:
    """The parameters of a family, each times what the log has more than the simulated runs."""
    scale = ours.exposure / theirs.exposure
    if theirs.seen:
        # Where the runs have none, the next round has more than enough.
        found = ratio(theirs.effective, max(ours.effective, _NONE))
        assert found is not None
        # What counts as how many moves the ends, not the middle.
        middle = theirs.seen / max(ours.seen, _NONE)
        found = Interval(middle, middle * found.low / found.value, middle * found.high / found.value).times(scale)
    else:
        found = Interval(0.0, 0.0, poisson_ends(0)[1] / ours.seen * scale)
    method = (
        f"moved until simulated runs have as many {family.what} as the log ({theirs.seen:,}; {RUNS} runs have "
        f"{ours.seen:,} in {scale:.3g} times as much time); exact ratio of Poisson counts"
    )
    for name in family.parameters:
        yield estimate(name, found.times(float(values[name])), theirs.seen, method)


def _delivered(evidence: Evidence, simulated: Sequence[Evidence]) -> Iterator[Estimate]:
    """The delivered share: of the failures, those to numbers that do not work are no chance of the gateway."""
    if not evidence.has("failed_at"):
        return
    for name, channel in _DELIVERED.items():
        sent = evidence.sent[evidence.sent["channel"] == channel]
        ours = pd.concat([one.sent[one.sent["channel"] == channel] for one in simulated])
        if not len(sent) or not len(ours):
            continue
        dead = float(ours["error"].eq(_DEAD).mean())
        found = share(int(sent["failed"].isna().sum()), len(sent))
        ends = (min(end / (1 - dead), 1.0) for end in found)
        method = (
            f"not failed, of those that go to numbers or addresses that work: {1 - dead:.2%} in simulated runs with "
            "the default lives of customers; Clopper–Pearson"
        )
        yield estimate(name, Interval(*ends), len(sent), method)
