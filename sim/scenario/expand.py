"""From a scenario file to its items: rows put in, every name and time checked before anything runs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

from sim.clock import AGENCY_ZONE, DAY, clock
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route, check, read_yaml, suggestion
from sim.policy.policy import Policy, load_policy
from sim.scenario.format import Pairs, ScenarioFile
from sim.scenario.reading import Reader

_PLACE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.+-]+")
_SECTIONS = ("rows", "each", "pairs")
_WATCHED_AFTER = 2  # agency days after that of the last step
MOST_ITEMS = 5_000


@dataclass(frozen=True)
class Part:
    """A thing of the section `pairs`: ``$name`` is its name, ``$name.part`` one of its parts."""

    name: str
    parts: dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One scenario ready to be played. `times` holds the instant of every time that the file writes, by its route;
    `messages` the labels of the messages that each name in the file stands for; the run is watched from `start` up to
    `until` (ms UTC, half open)."""

    path: Path
    name: str
    scenario: ScenarioFile
    marked: Marked
    times: Mapping[Route, int]
    messages: Mapping[str, tuple[str, ...]]
    start: int
    until: int

    def line(self, *route: str | int) -> int:
        """The line of a part of the file."""
        return self.marked.line(route)


def read_scenarios(path: Path | str, sets: Mapping[str, object] | None = None) -> list[Item]:
    """The items of a scenario file. `sets` are policy values for all of them; a scenario's own come before them.

    Raises InputError that names file, line and field.
    """
    marked = read_yaml(path)
    if not isinstance(marked.data, dict):
        raise marked.error("must be a mapping of names to values")
    items: list[Item] = []
    names: dict[str, bool] = {}
    for name, row in _rows(marked, Path(path).stem):
        if name in names:
            raise marked.error(f"two rows are both named {shown(name)}", ("rows",))
        names[name] = True
        data = {key: value for key, value in marked.data.items() if key not in _SECTIONS}
        filled = Marked(_filled(data, row, marked, ()), marked.file, marked.lines)
        items.append(_item(Path(path), name, filled, sets or {}))
    _check_used(marked)
    return items


# Rows


def _rows(marked: Marked, alone: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows: dict[str, dict[str, Any]] = {"": {}}
    each: dict[str, list[Any]] = {}
    if "rows" in marked.data:
        rows = check(dict[str, dict[str, Any]], marked, ("rows",))
    if "each" in marked.data:
        each = check(dict[str, list[Any]], marked, ("each",))
    if "pairs" in marked.data:
        rows = _pairs(marked, rows)
    if not rows or not all(each.values()):
        raise marked.error("must have at least one item", ("rows",) if not rows else ("each",))
    count = len(rows)
    for values in each.values():
        count *= len(values)
    if count > MOST_ITEMS:
        raise marked.error(f"makes {count} scenarios (allowed: {MOST_ITEMS})", ("each",))
    for row, values in product(rows, product(*each.values())):
        parts = [row, *(str(value).rpartition("/")[2] for value in values)]
        name = "-".join(_NOT_IN_A_NAME.sub("_", part) for part in parts if part)
        yield name or alone, {**dict(zip(each, values, strict=True)), **rows[row]}


def _pairs(marked: Marked, rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows of every pair of the section `pairs`: each of the two by its name, with its parts."""
    pairs = check(Pairs, marked, ("pairs",))
    if rows != {"": {}}:
        raise marked.error("stands beside rows (allowed: one of the two)", ("pairs",))
    (higher, lower), found = pairs.names, {}
    for one, other in combinations(pairs.of, 2):
        row = {higher: Part(one, pairs.of[one]), lower: Part(other, pairs.of[other])}
        found[f"{one}-{other}"] = row
    return found


def _check_used(marked: Marked) -> None:
    """A value of a row that nothing stands for is a mistake."""
    written = str({key: part for key, part in marked.data.items() if key not in _SECTIONS})
    used = {name: None for name, _ in _PLACE.findall(written)}
    rows = marked.data.get("rows", {})
    sections: list[tuple[Route, dict[str, Any]]] = [(("rows", row), rows[row]) for row in rows]
    for section, given in [*sections, (("each",), marked.data.get("each", {}))]:
        unused = sorted(name for name in given if name not in used)
        if unused:
            raise marked.error(f"nothing in the file uses ${unused[0]}", (*section, unused[0]))


def _filled(data: Any, row: Mapping[str, Any], marked: Marked, route: Route) -> Any:
    """`data` with every `$name` replaced: by the value itself where it stands alone, by its text within a text."""
    if isinstance(data, dict):
        filled = {}
        for key, value in data.items():
            filled[_filled(key, row, marked, (*route, key))] = _filled(value, row, marked, (*route, key))
        return filled
    if isinstance(data, list):
        return [_filled(value, row, marked, (*route, index)) for index, value in enumerate(data)]
    if not isinstance(data, str) or "$" not in data:
        return data

    def value_of(found: re.Match[str]) -> Any:
        if found[1] not in row:
            raise marked.error(f"no row has ${found[1]}{suggestion(found[1], row)}", route)
        value = row[found[1]]
        for name in found[2].split(".")[1:]:
            parts = value.parts if isinstance(value, Part) else value
            if not isinstance(parts, dict) or name not in parts:
                raise marked.error(f"{found[0]} stands for nothing: there is no part {shown(name)}", route)
            value = parts[name]
        return value.name if isinstance(value, Part) else value

    alone = _PLACE.fullmatch(data)
    return value_of(alone) if alone else _PLACE.sub(lambda found: str(value_of(found)), data)


def _check_rules(scenario: ScenarioFile, marked: Marked) -> None:
    known = load_policy().rules
    end = scenario.end
    named: list[tuple[Route, str]] = [(("end", "verdicts", rule), rule) for rule in end.verdicts]
    parts: tuple[tuple[Route, list[str]], ...] = (
        (("rules",), scenario.rules), (("end", "breaks"), end.breaks), (("end", "keeps"), end.keeps),
    )  # fmt: skip
    for route, rules in parts:
        named += [((*route, index), rule) for index, rule in enumerate(rules)]
    for route, rule in named:
        if rule not in known:
            raise marked.error(f"unknown rule {shown(rule)}{suggestion(rule, known)}", route)


# One item


def _item(path: Path, name: str, marked: Marked, sets: Mapping[str, object]) -> Item:
    scenario = check(ScenarioFile, marked)
    _check_rules(scenario, marked)
    policy = _policy(scenario, marked, sets)
    reader = Reader(scenario, marked, policy)
    reader.read_steps()
    reader.read_end()
    agency = clock(AGENCY_ZONE)
    first, last = reader.times["steps", 0, "at"], reader.times["steps", len(scenario.steps) - 1, "at"]
    # Local days that begin before agency time's must be seen whole; but a nightly run on the date before would act.
    has_debts = any(customer.debts for customer in scenario.customers.values())
    start = agency.midnight(agency.day(first) - (not has_debts))
    if scenario.start is not None:
        start = reader.time(scenario.start, ("start",), AGENCY_ZONE, first)
        if start > first:
            raise marked.error("must not be after the first step", ("start",))
    until = agency.midnight(agency.day(last) + 1 + _WATCHED_AFTER)
    if scenario.until is not None:
        until = reader.time(scenario.until, ("until",), AGENCY_ZONE, last)
        if until <= last:
            raise marked.error("must be after the last step", ("until",))
    if until - start > 400 * DAY:
        raise marked.error("a scenario spans at most 400 days", ("steps",))
    return Item(path, name, scenario, marked, reader.times, reader.messages, start, until)


def _policy(scenario: ScenarioFile, marked: Marked, sets: Mapping[str, object]) -> Policy:
    try:
        load_policy(scenario.policy)
    except InputError as error:
        raise marked.error(error.problem, ("policy", error.field or "")) from None
    return load_policy({**sets, **scenario.policy})
