"""What a log shows, read by the audit's reader, as columns: of somebody's export, of a run, and of the run that a fit
is held against, all in the same form.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.audit import Log
from sim.clock import AGENCY_ZONE, DAY, EPOCH_DAY, HOUR, MINUTE, SECOND, clock
from sim.errors import InputError
from sim.history import Event
from sim.messages import ProcessKind
from sim.policy.policy import load_policy
from sim.runs import Run, load_run, stoppable
from sim.tables import local_milliseconds
from sim.world.refs import parts

YEAR = 365.25 * DAY
PROGRAMME_OF = {
    "pluto": "child_support",
    "cuba": "child_support",
    "customer_first": "customer_first",
    "dmis": "debt_recovery",
    "sap": "debt_recovery",
}
"""Which programme of a load sends by which system."""

Floats = npt.NDArray[np.float64]

_COLUMNS = (
    "row_id", "message", "customer_id", "officer_id", "system", "channel", "template_code", "kind", "accepted",
    "issued_ms", "due_ms", "release_ms", "handed_ms", "sent_ms", "delivered_ms", "failed_ms",
)  # fmt: skip
_TIMES = {"issued": "issued_at", "sent": "sent_at", "delivered": "delivered_at", "failed": "failed_at"}
_STEPS = (HOUR, MINUTE, SECOND)
_MOST_OFF = 0.01
"""Share of the times that may lie between the steps in which the others are written."""


class Arrivals(NamedTuple):
    """Work that arrived for the first time: instant (ms UTC), ProcessKind and customer of each."""

    times: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int64]
    customers: npt.NDArray[np.int64]


class Evidence:
    """A log as columns.

    ``source``      what it is called.
    ``messages``    a row a message: customer, officer, system, channel, template (code; missing when unknown), kind,
                    accepted, and ms UTC (NaN: never) of issued, due, release, handed, sent, delivered, failed; of a
                    run also the code of the error.
    ``run``         the run that it is, None for a file.
    ``known``       columns that the file has (all, for a run).
    ``from_ms``, ``to_ms``  the observed interval, whole agency days.
    """

    def __init__(self, source: str, log: Log, run: Run | None = None, population: int | None = None) -> None:
        self.source = source
        self.log = log
        self.run = run
        self._population = population
        rows = log.db.execute(f"SELECT {', '.join(_COLUMNS)} FROM messages ORDER BY row_id").df()
        rows = rows.rename(columns=lambda name: name.removesuffix("_ms").removesuffix("_id"))
        rows = rows.rename(columns={"template_code": "template"})
        times = ["issued", "due", "release", "handed", "sent", "delivered", "failed"]
        self.messages = rows.astype(dict.fromkeys(times, "float64") | {"template": "Int64", "accepted": "boolean"})
        if run is not None:
            errors = self.events(Event.FAILED).groupby("message")["value"].first()
            self.messages["error"] = self.messages["message"].map(errors)
        agency = clock(AGENCY_ZONE)
        first = agency.day(log.observed_from)
        self.start = date.fromordinal(first)
        self.days = agency.day(log.observed_to - 1) - first + 1
        self.from_ms, self.to_ms = agency.midnight(first), agency.midnight(first + self.days)

    @classmethod
    def of_run(cls, run: Run, source: str) -> "Evidence":
        """The evidence of a run, in memory or from its folder."""
        history = run.history
        with stoppable():
            # The messages as the audit derives them from the events; the run's own table is not needed for that.
            log = Log.from_history(history.frame(), history.contents, None, run.policy, run.observed)
            return cls(source, log, run)

    @property
    def years(self) -> float:
        """How long it was observed."""
        return (self.to_ms - self.from_ms) / YEAR

    def has(self, column: str) -> bool:
        """Whether the log has a column of the format (``delivered_at``)."""
        return self.run is not None or column in self.log.columns

    @property
    def sent(self) -> pd.DataFrame:
        """The messages that were sent."""
        return self.messages[self.messages["sent"].notna()]

    @property
    def accepted(self) -> pd.DataFrame:
        """The messages that were issued: sent, held or withdrawn later."""
        return self.messages[self.messages["accepted"].fillna(False).astype(bool) & self.messages["issued"].notna()]

    @cached_property
    def programmes(self) -> tuple[str, ...]:
        """The programmes of a load that the log holds, in the order of loads."""
        if self.run is not None:
            found = (("child_support", Event.NUMBERS_RECORDED), ("debt_recovery", Event.DEBT_RAISED))
            there = {name for name, event in found if len(self.events(event))}
            there |= {"customer_first"} if (self.arrived["value"] == ProcessKind.INTEGRATED).any() else set()
        else:
            there = {PROGRAMME_OF[system] for system in self.messages["system"].unique()}
        return tuple(name for name in ("child_support", "customer_first", "debt_recovery") if name in there)

    @cached_property
    def customers(self) -> int:
        """How many customers the rates are for: those of Child Support in a run, as many as somebody says, those of the
        companion table, or those who are in the file."""
        if self._population is not None:
            return self._population
        if self.run is not None:
            recorded = self.events(Event.NUMBERS_RECORDED)
            return len(recorded["customer"].unique()) or int(self.run.manifest["load"]["customers"])
        table = "facts" if self.has_companion else "messages"
        return self.log.number(f"SELECT count(DISTINCT customer_id) FROM {table}")

    @property
    def has_companion(self) -> bool:
        """Whether a table of customers came with a file."""
        return self.run is None and bool(self.log.fact_names)

    @property
    def only_the_seen(self) -> bool:
        """Whether nobody knows how many customers got no message."""
        return self.run is None and not self.has_companion and self._population is None

    def step(self, name: str) -> int:
        """In which steps (ms) the instants `name` (issued, sent, delivered, failed) are written: 1, a second …"""
        times = self.messages[name].dropna().to_numpy().astype(np.int64)
        for step in _STEPS:
            if len(times) and float((times % step != 0).mean()) <= _MOST_OFF:
                return step
        return 1

    # What only a run shows.

    def events(self, *wanted: Event) -> pd.DataFrame:
        """The rows of a run's history with these events; empty for a file."""
        codes = ", ".join(str(int(event)) for event in wanted)
        return self.log.db.execute(f"SELECT * FROM events WHERE event IN ({codes}) ORDER BY time, seq").df()

    @cached_property
    def arrived(self) -> pd.DataFrame:
        """Everything that arrived in the queues of a run, with the parts of its ref."""
        found = self.events(Event.WORK_ARRIVED)
        return found.assign(**parts(found["ref"].to_numpy())._asdict())

    @cached_property
    def arrivals(self) -> Arrivals:
        """The work that arrived in a run of itself: no follow-ups, no second party, no busy day."""
        found = self.arrived
        own = found[(found["role"] == 1) & (found["round"] == 0) & (found["kind"] == found["value"])]
        own = own[own["kind"] != ProcessKind.BOUNCE_BACK_FOLLOW_UP]
        return Arrivals(*(own[name].to_numpy() for name in ("time", "kind", "customer")))

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Answers, opt-outs by customers themselves, and numbers that somebody else has, of a run."""
        return self.events(Event.ANSWERED, Event.OPT_OUT_RECORDED, Event.NUMBER_REASSIGNED)


def read(
    path: Path, customers: Path | None, mapping: Mapping[str, str], times_in: str | None, population: int | None
) -> Evidence:
    """The evidence of a run folder or of somebody's messages table. Raises InputError."""
    if not path.exists():
        raise InputError("no such run folder or messages file", path)
    if path.is_dir():
        for name, value in (
            ("--customers", customers), ("--map", mapping), ("--times-in", times_in), ("--population", population),
        ):  # fmt: skip
            if value:
                raise InputError("is for messages files; a run folder needs no such help", field=name)
        return Evidence.of_run(load_run(path), str(path))
    with stoppable():
        policy = load_policy().plain()
        log = Log.from_messages(path, customers, policy=policy, mapping=mapping, times_in=times_in)
        found = Evidence(str(path), log, population=population)
    seen = log.number("SELECT count(DISTINCT customer_id) FROM messages")
    if population is not None and population < seen:
        raise InputError(
            f"the log has more customers than that (value {population}; at least {seen})", field="--population"
        )
    return found


def hours_of_week(times: Floats | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The hour of the week (0: Monday 00:00, agency time) of each instant."""
    local = local_milliseconds(np.asarray(times).astype(np.int64), AGENCY_ZONE)
    return ((local // DAY + EPOCH_DAY - 1) % 7 * 24 + local % DAY // HOUR).astype(np.int64)
