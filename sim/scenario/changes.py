"""Policies with a start date: values of the policy that change in the middle of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sim.clock import AGENCY_ZONE, clock
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route
from sim.policy.policy import Policy, load_policy
from sim.population.parameters import load_parameters

if TYPE_CHECKING:
    from sim.scenario.load import Load
    from sim.scenario.load_format import ChangeRow

_FIXED = {
    "cs-bounce-back.run_at": "the agenda of a run is made by it",
    "cs-fdv.processes": "processes that are open would change what they are",
    "dr-eligibility": "who is near a condition is worked out from it",
    "dr-hierarchy.due_at": "messages that wait were planned by it",
    "dr-kind": "SAP's batches are planned by it",
}
"""Values, or all of a rule's, that hold for a whole run, and why."""


@dataclass(frozen=True)
class Change:
    """From midnight of `start` in agency time on [assume], these policy values (name: value) are in force."""

    start: date
    policy: Mapping[str, object]

    @property
    def starts(self) -> int:
        """The first instant (ms UTC) at which they are in force."""
        return clock(AGENCY_ZONE).midnight(self.start.toordinal())


def check_changes(base: Mapping[str, object], changes: Sequence[Change], start: date, days: int) -> tuple[Change, ...]:
    """The changes in order of time, when all of them are possible on top of the `base` policy of a run.

    Raises InputError; its field is ``changes[N]`` and what of it is wrong, N counting from 0 as they were given.
    """
    last = start + timedelta(days=days - 1)
    in_order = sorted(enumerate(changes), key=lambda entry: entry[1].start)
    values = dict(base)
    for place, (number, change) in enumerate(in_order):
        field = f"changes[{number}]"
        if not start < change.start <= last:
            first = start + timedelta(days=1)
            problem = f"must lie within the run, after its first day: {first} to {last} (value {change.start})"
            raise InputError(problem, field=f"{field}.from")
        if place and in_order[place - 1][1].start == change.start:
            raise InputError(f"another change has this date (value {change.start})", field=f"{field}.from")
        if not change.policy:
            raise InputError("changes nothing", field=f"{field}.policy")
        for name in change.policy:
            _check_name(name, f"{field}.policy.{name}")
        values |= change.policy
        try:
            load_policy(values)
        except InputError as error:
            raise InputError(error.problem, field=f"{field}.policy.{error.field or ''}") from None
    return tuple(change for _, change in in_order)


def _check_name(name: str, field: str) -> None:
    """Raises InputError for what cannot change within a run."""
    if name in load_parameters():
        raise InputError("is a parameter: only values of the policy can change within a run", field=field)
    why = _FIXED.get(name) or _FIXED.get(name.partition(".")[0])
    if why:
        raise InputError(f"holds for a whole run ({why}); write it under policy", field=field)


def policies(base: Mapping[str, object], changes: Sequence[Change]) -> list[tuple[int, Policy]]:
    """(first instant in force, ms UTC; policy) of each change, each on top of those before it."""
    found, values = [], dict(base)
    for change in changes:
        values |= change.policy
        found.append((change.starts, load_policy(values)))
    return found


def from_start(changes: Sequence[Change], start: date) -> tuple[tuple[Change, ...], dict[str, object]]:
    """Of `changes` in order of time those after the first day of a run, and the values that the others leave in force
    from its start on."""
    earlier: dict[str, object] = {}
    for change in changes:
        if change.start <= start:
            earlier |= change.policy
    return tuple(change for change in changes if change.start > start), earlier


def as_changes(given: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Changes as a notebook gives them: ``[{"from": "2026-11-01", "policy": {NAME: VALUE}}]``. Raises InputError."""
    found = []
    for number, one in enumerate(given):
        if not isinstance(one, Mapping) or {*one} != {"from", "policy"} or not isinstance(one["policy"], Mapping):
            raise InputError(f"must have from and policy (value {shown(one)})", field=f"changes[{number}]")
        found.append(Change(_date(one["from"], f"changes[{number}].from"), one["policy"]))
    return tuple(found)


def _date(value: object, field: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"must be a date such as 2026-11-01 (value {shown(value)})", field=field) from None


def read_changes(rows: Sequence["ChangeRow"], marked: Marked, load: "Load") -> tuple[Change, ...]:
    """The changes of a load file. Raises InputError with file, line and field."""
    try:
        changes = as_changes([{"from": row.start, "policy": row.policy} for row in rows])
        return check_changes(load.policy, changes, load.start, load.days)
    except InputError as error:
        raise marked.error(error.problem, _route(error.field or "")) from None


def _route(field: str) -> Route:
    """``changes[0].policy.cs-daily-limit.limit`` as the steps to it in a file."""
    number, _, rest = field.removeprefix("changes[").partition("].")
    section, _, name = rest.partition(".")
    return ("changes", int(number), section, *([name] if name else []))
