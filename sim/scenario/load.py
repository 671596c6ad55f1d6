"""Loads: what a generated run is made of, as a file that a planner writes.

A load names the customers, the interval, the seed, what differs from the policy and the parameters, the faults, and
what is expected of its run.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sim.clock import AGENCY_ZONE, MINUTE, ZONES, clock, instant, utc
from sim.draws import Draws
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route, check, read_yaml, suggestion
from sim.policy.policy import Policy, load_policy
from sim.population.officers import officers
from sim.population.parameters import Parameters, load_parameters
from sim.scenario.changes import Change, check_changes, from_start, policies, read_changes
from sim.scenario.expected import Expected, read_expected
from sim.scenario.load_format import MOST_CUSTOMERS, MOST_DAYS, MOST_SEED, PROGRAMMES, LoadFile

DEFAULT_LOAD = "four_weeks"
DEBT_RECOVERY = PROGRAMMES[2]
EARLIEST, LATEST = date(2000, 1, 1), date(2098, 12, 31)

_PACKAGE = Path(__file__).parents[1]
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOUNDS = {"seed": (0, MOST_SEED), "customers": (1, MOST_CUSTOMERS), "days": (1, MOST_DAYS)}


@dataclass(frozen=True)
class Fault:
    """Something that breaks at `starts` (ms UTC).

    ``gateway_outage``: for `minutes` the gateway acknowledges nothing, and what is offered to it waits.
    ``disaster``: for `days` agency days no debt message goes to the postcodes from the first to the last of
    `postcodes`, and arrangements there cease.
    """

    kind: str
    starts: int
    minutes: int = 0
    days: int = 0
    postcodes: tuple[int, int] | None = None

    @property
    def ends(self) -> int:
        """The first instant (ms UTC) at which a gateway works again."""
        return self.starts + self.minutes * MINUTE

    def plain(self) -> dict[str, Any]:
        """Its kind, its beginning in UTC, and what else it has."""
        found: dict[str, Any] = {"kind": self.kind, "starts": utc(self.starts)}
        if self.postcodes is None:
            return {**found, "minutes": self.minutes}
        return {**found, "days": self.days, "postcodes": list(self.postcodes)}


@dataclass(frozen=True)
class Load:
    """A generated run. It is observed from midnight of `start` in agency time for `days` agency days, half open.

    `policy` and `parameters` hold what differs from the defaults (name: value); both were checked. `zones` names the
    zones that customers live in; all when it is empty. `programmes` are those of `PROGRAMMES` that run. Faults outside
    the interval have no effect. `changes` are values of the policy that change within the run, in order of time.
    `expect` is what a run of the load as it is must come to; None when nothing is said.
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
    expect: Expected | None = None
    changes: tuple[Change, ...] = ()

    @property
    def starts(self) -> int:
        """The first instant (ms UTC) that is observed."""
        return clock(AGENCY_ZONE).midnight(self.start.toordinal())

    @property
    def ends(self) -> int:
        """The first instant (ms UTC) that is no longer observed."""
        return clock(AGENCY_ZONE).midnight(self.start.toordinal() + self.days)

    def read_policy(self) -> Policy:
        """The policy with this load's values in force, before anything of it changes."""
        return load_policy(self.policy)

    @property
    def changes_within(self) -> tuple[Change, ...]:
        """The changes of the policy that come before the run ends; later ones have no effect."""
        return tuple(change for change in self.changes if change.starts < self.ends)

    def changed_policies(self) -> list[tuple[int, Policy]]:
        """(first instant in force, ms UTC; policy) of each change within the run, in order of time."""
        return policies(self.policy, self.changes_within)

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
        changes: Sequence[Change] | None = None,
    ) -> "Load":
        """This load with what a command line changes. `sets` names policy values and parameters alike; `changes` take
        the place of those of the load.

        Changes of the policy whose date is not after the first day are in force from the start, unless `sets` says
        otherwise; those after the last day have no effect. Raises InputError, with the name as its field, for what is
        not possible.
        """
        new: dict[str, Any] = {}
        for name, value in (("seed", seed), ("customers", customers), ("days", days)):
            if value is not None:
                new[name] = _whole(name, value)
        if start is not None:
            try:
                new["start"] = _date(start)
            except ValueError as error:
                raise InputError(str(error), field="start") from None
        policy, parameters = split_sets(sets or {})
        first, length = new.get("start", self.start), new.get("days", self.days)
        if changes is None:
            kept, earlier = from_start(self.changes, first)
        else:
            kept, earlier = check_changes({**self.policy, **policy}, changes, first, length), {}
        new["policy"] = {**self.policy, **earlier, **policy}
        new["parameters"] = {**self.parameters, **parameters}
        new["changes"] = kept
        changed = replace(self, **new)
        changed.read_policy()
        changed.read_parameters()
        changed.changed_policies()
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
    file = check(LoadFile, marked)
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
        expect=None if file.expect is None else read_expected(file.expect, marked),
    )
    _check_sets(file, marked)
    changes = read_changes(file.changes, marked, load)
    return replace(load, faults=_faults(file, marked, load), changes=changes)


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


def _start(file: LoadFile, marked: Marked) -> date:
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


def _check_sets(file: LoadFile, marked: Marked) -> None:
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
    try:
        officers(Draws(file.seed), load_parameters(file.parameters))
    except InputError as error:
        raise marked.error(error.problem, ("parameters", error.field or "")) from None


def _faults(file: LoadFile, marked: Marked, load: Load) -> tuple[Fault, ...]:
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
        if row.kind == "disaster" and DEBT_RECOVERY not in load.programmes:
            raise marked.error(f"a disaster concerns the programme {DEBT_RECOVERY} alone", ("faults", index, "kind"))
        postcodes = None if row.postcodes is None else (row.postcodes[0], row.postcodes[1])
        found.append(Fault(row.kind, starts, row.minutes or 0, row.days or 0, postcodes))
    return tuple(sorted(found, key=lambda fault: (fault.starts, fault.kind, fault.minutes, fault.days)))


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
