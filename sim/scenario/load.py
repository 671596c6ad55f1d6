"""Loads: what a generated run is made of, as a file that a planner writes.

A load names the customers, the interval, the seed, what differs from the policy and the parameters, and the faults.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.clock import AGENCY_ZONE, MINUTE, ZONES, clock, instant
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route, Schema, check, read_yaml, suggestion
from sim.policy.policy import Policy, load_policy
from sim.population.parameters import Parameters, load_parameters

DEFAULT_LOAD = "four_weeks"
PROGRAMMES = ("child_support", "customer_first", "debt_recovery")
"""What a load may be restricted to. With debt recovery alone the customers are Centrelink's debtors."""
MOST_DAYS = 400
MOST_CUSTOMERS = 2_000_000
MOST_SEED = 2**63 - 1
EARLIEST, LATEST = date(2000, 1, 1), date(2098, 12, 31)

_PACKAGE = Path(__file__).parents[1]
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOUNDS = {"seed": (0, MOST_SEED), "customers": (1, MOST_CUSTOMERS), "days": (1, MOST_DAYS)}


@dataclass(frozen=True)
class Fault:
    """Something that breaks at a given time: from `starts` (ms UTC) for `minutes`. The only kind is
    ``gateway_outage``: the gateway acknowledges nothing, and what is offered to it waits."""

    kind: str
    starts: int
    minutes: int

    @property
    def ends(self) -> int:
        """The first instant (ms UTC) at which it works again."""
        return self.starts + self.minutes * MINUTE


@dataclass(frozen=True)
class Load:
    """A generated run. It is observed from midnight of `start` in agency time for `days` agency days, half open.

    `policy` and `parameters` hold what differs from the defaults (name: value); both were checked. `zones` names the
    zones that customers live in; all when it is empty. `programmes` are those of `PROGRAMMES` that run. Faults outside
    the interval have no effect.
    """

    name: str
    title: str
    start: date
    days: int
    customers: int
    seed: int
    policy: Mapping[str, object] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    zones: tuple[str, ...] = ()
    programmes: tuple[str, ...] = PROGRAMMES

    @property
    def starts(self) -> int:
        """The first instant (ms UTC) that is observed."""
        return clock(AGENCY_ZONE).midnight(self.start.toordinal())

    @property
    def ends(self) -> int:
        """The first instant (ms UTC) that is no longer observed."""
        return clock(AGENCY_ZONE).midnight(self.start.toordinal() + self.days)

    def read_policy(self) -> Policy:
        """The policy with this load's values in force."""
        return load_policy(self.policy)

    def read_parameters(self) -> Parameters:
        """The parameters with this load's values in force."""
        return load_parameters(self.parameters)

    def with_overrides(
        self,
        seed: int | None = None,
        customers: int | None = None,
        days: int | None = None,
        start: date | str | None = None,
        sets: Mapping[str, object] | None = None,
    ) -> "Load":
        """This load with what a command line changes. `sets` names policy values and parameters alike.

        Raises InputError, with the name as its field, for what is not possible.
        """
        changes: dict[str, Any] = {}
        for name, value in (("seed", seed), ("customers", customers), ("days", days)):
            if value is not None:
                changes[name] = _whole(name, value)
        if start is not None:
            try:
                changes["start"] = _date(start)
            except ValueError as error:
                raise InputError(str(error), field="start") from None
        policy, parameters = split_sets(sets or {})
        changes["policy"] = {**self.policy, **policy}
        changes["parameters"] = {**self.parameters, **parameters}
        changed = replace(self, **changes)
        changed.read_policy()
        changed.read_parameters()
        return changed


def split_sets(sets: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """`sets` as (policy values, parameters). Raises InputError for a name that is neither, with close matches."""
    rules, parameters = load_policy(), load_parameters()
    ours: dict[str, object] = {}
    others: dict[str, object] = {}
    for name, value in sets.items():
        if name.partition(".")[0] in rules.rules:
            rules.setting(name)
            ours[name] = value
        elif name in parameters:
            others[name] = value
        else:
            known = [*rules.names(), *parameters]
            raise InputError(f"neither a policy value nor a parameter{suggestion(name, known)}", field=name)
    return ours, others


class _FaultRow(Schema):
    kind: Literal["gateway_outage"]
    starts: str
    minutes: int = Field(ge=1, le=MOST_DAYS * 1440)


class _File(Schema):
    emsim: Literal[1]
    kind: Literal["load"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    start: str
    days: int = Field(ge=1, le=MOST_DAYS)
    customers: int = Field(ge=1, le=MOST_CUSTOMERS)
    seed: int = Field(ge=0, le=MOST_SEED)
    policy: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    faults: list[_FaultRow] = Field(default_factory=list)
    zones: list[str] = Field(default_factory=list)
    programmes: list[str] = Field(default_factory=lambda: list(PROGRAMMES), min_length=1)


def shipped_folder() -> Path:
    """The folder of the loads that come with emsim: inside the installed package, or in the checkout."""
    installed = _PACKAGE / "shipped" / "loads"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios" / "loads"


def shipped_loads() -> dict[str, Path]:
    """The loads that come with emsim, by name, in alphabetical order."""
    return {path.stem: path for path in sorted(shipped_folder().glob("*.yaml"))}


def load_file(path_or_name: Path | str = DEFAULT_LOAD) -> Load:
    """The load of a file, or the shipped load of a bare name (``four_weeks``).

    Raises InputError that names file, line and field.
    """
    path = Path(path_or_name)
    if isinstance(path_or_name, str) and _BARE_NAME.fullmatch(path_or_name):
        shipped = shipped_loads()
        if path_or_name not in shipped:
            names = ", ".join(shipped)
            raise InputError(f"no load has this name (allowed: {names}, or the path of a file)", path_or_name)
        path = shipped[path_or_name]
    marked = read_yaml(path)
    file = check(_File, marked)
    load = Load(
        name=file.name,
        title=file.title,
        start=_start(file, marked),
        days=file.days,
        customers=file.customers,
        seed=file.seed,
        policy=file.policy,
        parameters=file.parameters,
        zones=_names("zone", file.zones, ZONES, marked),
        programmes=_names("programme", file.programmes, PROGRAMMES, marked),
    )
    _check_sets(file, marked)
    return replace(load, faults=_faults(file, marked, load))


def _whole(name: str, value: object) -> int:
    low, high = _BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"must be a whole number from {low} to {high} (value {shown(value)})", field=name)
    return value


def _date(value: object) -> date:
    problem = f"must be a date such as 2026-09-21, from {EARLIEST} to {LATEST} (value {shown(str(value))})"
    if isinstance(value, datetime):
        raise ValueError(problem)
    if isinstance(value, str):
        if not _DATE.fullmatch(value):
            raise ValueError(problem)
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError(problem) from None
    if not isinstance(value, date) or not EARLIEST <= value <= LATEST:
        raise ValueError(problem)
    return value


def _start(file: _File, marked: Marked) -> date:
    try:
        return _date(file.start)
    except ValueError as error:
        raise marked.error(str(error), ("start",)) from None


def _names(what: str, names: list[str], known: tuple[str, ...], marked: Marked) -> tuple[str, ...]:
    """The `names` of a list in the file (its field is the plural of `what`): all known, none twice."""
    for index, name in enumerate(names):
        route: Route = (f"{what}s", index)
        if name not in known:
            raise marked.error(f"unknown {what}{suggestion(name, known)} (value {shown(name)})", route)
        if name in names[:index]:
            raise marked.error(f"stands twice (value {shown(name)})", route)
    return tuple(names)


def _check_sets(file: _File, marked: Marked) -> None:
    """Policy values and parameters are possible; a name in the wrong section is told where it belongs."""
    known_policy, known_parameters = load_policy().names(), load_parameters()
    for name in file.policy:
        if name in known_parameters:
            raise marked.error("is a parameter: write it under parameters", ("policy", name))
    for name in file.parameters:
        if name in known_policy:
            raise marked.error("is a policy value: write it under policy", ("parameters", name))
    for section, sets, read in (
        ("policy", file.policy, load_policy),
        ("parameters", file.parameters, load_parameters),
    ):
        try:
            read(sets)
        except InputError as error:
            raise marked.error(error.problem, (section, error.field or "")) from None


def _faults(file: _File, marked: Marked, load: Load) -> tuple[Fault, ...]:
    found = []
    for index, row in enumerate(file.faults):
        route: Route = ("faults", index, "starts")
        try:
            starts = _fault_start(row.starts)
        except ValueError as error:
            raise marked.error(str(error), route) from None
        if not load.starts <= starts < load.ends:
            last = load.start + timedelta(days=load.days - 1)
            raise marked.error(f"must lie within the run, {load.start} to {last} (value {shown(row.starts)})", route)
        found.append(Fault(row.kind, starts, row.minutes))
    return tuple(sorted(found, key=lambda fault: (fault.starts, fault.kind, fault.minutes)))


def _fault_start(text: str) -> int:
    """The instant (ms UTC) of an ISO time; without an offset it is agency time. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or len(text) <= len("2026-09-29") or not EARLIEST.year <= moment.year <= LATEST.year + 1:
        raise ValueError(
            f"must be a time such as 2026-09-29T19:40 (agency time) or 2026-09-29T19:40+10:00 (value {shown(text)})"
        )
    if moment.tzinfo is not None:
        return instant(text)
    time_of_day = (moment - datetime.combine(moment.date(), datetime.min.time())) // timedelta(milliseconds=1)
    found = clock(AGENCY_ZONE).exists(moment.toordinal(), time_of_day)
    if len(found) != 1:
        when = "twice" if found else "never"
        raise ValueError(f"occurs {when} in {AGENCY_ZONE}: add an offset such as +11:00 (value {shown(text)})")
    return found[0]
