"""From a scenario file to its items: rows put in, every name and time checked before anything runs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from sim.clock import AGENCY_ZONE, DAY, STATE_ZONES, ZONES, clock
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route, check, read_yaml, suggestion
from sim.policy.policy import Policy, load_policy
from sim.scenario.format import ScenarioFile, Step
from sim.scenario.times import duration, moment

_PLACE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.+]+")
_SECTIONS = ("rows", "each")
_WATCHED_AFTER = 2  # agency days after that of the last step
MOST_ITEMS = 5_000


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


def _check_used(marked: Marked) -> None:
    """A value of a row that nothing stands for is a mistake."""
    used = set(_PLACE.findall(str({key: part for key, part in marked.data.items() if key not in _SECTIONS})))
    rows = marked.data.get("rows", {})
    sections: list[tuple[Route, dict[str, Any]]] = [(("rows", row), rows[row]) for row in rows]
    for section, given in [*sections, (("each",), marked.data.get("each", {}))]:
        unused = sorted(set(given) - used)
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
        return row[found[1]]

    alone = _PLACE.fullmatch(data)
    return value_of(alone) if alone else _PLACE.sub(lambda found: str(value_of(found)), data)


def _check_rules(scenario: ScenarioFile, marked: Marked) -> None:
    known = load_policy().rules
    end = scenario.end
    parts: list[tuple[Route, list[str]]] = [
        (("rules",), scenario.rules), (("end", "breaks"), end.breaks), (("end", "keeps"), end.keeps),
    ]  # fmt: skip
    for route, rules in parts:
        for index, rule in enumerate(rules):
            if rule not in known:
                raise marked.error(f"unknown rule {shown(rule)}{suggestion(rule, known)}", (*route, index))


# One item


def _item(path: Path, name: str, marked: Marked, sets: Mapping[str, object]) -> Item:
    scenario = check(ScenarioFile, marked)
    _check_rules(scenario, marked)
    policy = _policy(scenario, marked, sets)
    reader = _Reader(scenario, marked, policy)
    reader.read_steps()
    reader.read_end()
    agency = clock(AGENCY_ZONE)
    first, last = reader.times["steps", 0, "at"], reader.times["steps", len(scenario.steps) - 1, "at"]
    # Local days that begin before agency time's must be seen whole.
    start = agency.midnight(agency.day(first) - 1)
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


class _Reader:
    """Walks a scenario in order: whose zone is which at each step, what each name stands for."""

    def __init__(self, scenario: ScenarioFile, marked: Marked, policy: Policy) -> None:
        self.scenario = scenario
        self.marked = marked
        self.times: dict[Route, int] = {}
        self.messages: dict[str, tuple[str, ...]] = {}
        self._templates = [template.id for template in policy.templates.values()]
        self._zones = {
            name: customer.zone or STATE_ZONES[customer.state or ""] for name, customer in scenario.customers.items()
        }
        self._customer_of: dict[str, str] = {}
        self._processes: dict[str, str] = {}
        for name, customer in scenario.customers.items():
            for field in ("acknowledged_after", "reported_after"):
                self._duration(getattr(customer, field), ("customers", name, field))

    def time(self, text: str, route: Route, zone: str, before: int | None) -> int:
        """The instant of `text`, kept under its route. Raises InputError."""
        try:
            found = moment(text, zone, before)
        except ValueError as error:
            raise self.marked.error(str(error), route) from None
        self.times[route] = found
        return found

    def read_steps(self) -> None:
        before: int | None = None
        for index, step in enumerate(self.scenario.steps):
            route: Route = ("steps", index)
            customer = self._concerned(step, route)
            zone = self._zones[customer] if customer else AGENCY_ZONE
            now = self.time(step.at, (*route, "at"), zone, before)
            if before is not None and now < before:
                raise self.marked.error(f"is before the step that precedes it (value {shown(step.at)})", (*route, "at"))
            self._read_verb(step, route, zone, now)
            if step.expect and step.expect.due:
                self.time(step.expect.due, (*route, "expect", "due"), zone, now)
            before = now

    def read_end(self) -> None:
        end, last = self.scenario.end, self.times["steps", len(self.scenario.steps) - 1, "at"]
        for name, message in end.messages.items():
            route: Route = ("end", "messages", name)
            self._message(name, route)
            zone = self._zones[self._customer_of[name]]
            for field in ("handed_over", "bounced"):
                text = getattr(message, field)
                if text not in (None, "never"):
                    self.time(text, (*route, field), zone, last)
        for name in end.arrived:
            self._known_customer(name, ("end", "arrived", name))
        for index, name in enumerate(end.only or ()):
            self._message(name, ("end", "only", index))

    def _concerned(self, step: Step, route: Route) -> str | None:
        part = getattr(step, step.verb)
        if step.verb in ("confirm", "cancel"):
            self._message(part, (*route, step.verb))
            return self._customer_of[part]
        if step.verb == "gateway":
            return None
        self._known_customer(part.customer, (*route, step.verb, "customer"))
        return str(part.customer)

    def _read_verb(self, step: Step, route: Route, zone: str, now: int) -> None:
        route = (*route, step.verb)
        for asked in (step.send, step.open_dialog, step.preview):
            if asked is not None:
                if asked.officer and asked.officer not in self.scenario.officers:
                    raise self._unknown("officer", asked.officer, self.scenario.officers, (*route, "officer"))
                if asked.template not in self._templates and asked.template != "none":
                    raise self._unknown("template", asked.template, self._templates, (*route, "template"))
        if step.send is not None:
            self._name_messages(step.send.name, step.send.times, step.send.customer, route)
        if step.look is not None:
            for field in ("issued_from", "issued_to"):
                if getattr(step.look, field):
                    self.time(getattr(step.look, field), (*route, field), zone, now)
        if step.reports is not None:
            for field in ("acknowledged_after", "reported_after"):
                self._duration(getattr(step.reports, field), (*route, field))
        if step.record is not None:
            self._read_record(step, route)

    def _read_record(self, step: Step, route: Route) -> None:
        from sim.scenario.facts import check_value

        record = step.record
        assert record is not None
        try:
            check_value(record)
        except ValueError as error:
            raise self.marked.error(str(error), (*route, "value")) from None
        if record.event == "zone_recorded":
            self._zones[record.customer] = ZONES[ZONES.index(str(record.value))]
        if record.other is not None:
            self._known_customer(record.other, (*route, "other"))
        if record.event == "process_opened":
            self._processes[str(record.process)] = record.customer
        elif record.process is not None and record.process not in self._processes:
            raise self._unknown("process", record.process, self._processes, (*route, "process"))

    def _name_messages(self, name: str | None, times: int, customer: str, route: Route) -> None:
        if name is None:
            return
        labels = (name,) if times == 1 else tuple(f"{name}_{number}" for number in range(1, times + 1))
        for label in dict.fromkeys((name, *labels)):
            if label in self.messages:
                raise self.marked.error(f"another message has this name (value {shown(label)})", (*route, "as"))
            self.messages[label] = labels if label == name else (label,)
            self._customer_of[label] = customer

    def _message(self, name: str, route: Route) -> None:
        if name not in self.messages:
            raise self._unknown("message", name, self.messages, route)

    def _known_customer(self, name: str, route: Route) -> None:
        if name not in self.scenario.customers:
            raise self._unknown("customer", name, self.scenario.customers, route)

    def _unknown(self, what: str, name: str, known: Mapping[str, Any] | list[str], route: Route) -> InputError:
        return self.marked.error(f"unknown {what} {shown(name)}{suggestion(name, known)}", route)

    def _duration(self, text: str | None, route: Route) -> None:
        if text is None:
            return
        try:
            duration(text)
        except ValueError as error:
            raise self.marked.error(str(error), route) from None
