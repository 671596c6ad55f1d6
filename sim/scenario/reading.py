"""Reads the steps of a scenario in order: every time becomes an instant, and every name must stand for something."""

from collections.abc import Mapping
from typing import Any

from sim.clock import AGENCY_ZONE, STATE_ZONES, ZONES
from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Route, suggestion
from sim.policy.policy import Policy
from sim.scenario.acts import check_act
from sim.scenario.facts import check_record
from sim.scenario.format import ScenarioFile
from sim.scenario.steps import Record, Step
from sim.scenario.times import duration, moment

_OF_A_MESSAGE = ("confirm", "cancel")
_PARTS = ("customer", "other", "officer", "template", "message", "report")
"""The fields of a step's verb that name something which must be known."""


class Reader:
    """Walks a scenario in order: whose zone is which at each step, what each name stands for. `times` are the instants
    (ms UTC) by their routes in the file, `messages` the labels that each name of a message stands for."""

    def __init__(self, scenario: ScenarioFile, marked: Marked, policy: Policy) -> None:
        self.scenario = scenario
        self.marked = marked
        self.times: dict[Route, int] = {}
        self.messages: dict[str, tuple[str, ...]] = {}
        self._zones = {
            name: customer.zone or STATE_ZONES[customer.state or ""] for name, customer in scenario.customers.items()
        }
        self._customer_of: dict[str, str] = {}
        self._reporters: dict[str, str | None] = {}
        self._known: dict[str, dict[str, Any]] = {
            "customer": dict(scenario.customers),
            "officer": dict(scenario.officers),
            "template": {"none": None, **{template.id: None for template in policy.templates.values()}},
            "report": self._reporters,
            "process": {},
            "debt": {},
            "disaster": {},
        }
        for name, customer in scenario.customers.items():
            for field in ("acknowledged_after", "reported_after"):
                self._duration(getattr(customer, field), ("customers", name, field))
            for index, template in enumerate(customer.injected):
                self._must_be_known("template", template, ("customers", name, "injected", index))
            for debt in customer.debts:
                self._new("debt", debt, ("customers", name, "debts", debt))

    def time(self, text: str, route: Route, zone: str, before: int | None) -> int:
        """The instant of `text`, kept under its route. Raises InputError."""
        try:
            found = moment(text, zone, before)
        except ValueError as error:
            raise self.marked.error(str(error), route) from None
        self.times[route] = found
        return found

    def read_steps(self) -> None:
        """Read all steps. Raises InputError."""
        before: int | None = None
        for index, step in enumerate(self.scenario.steps):
            route: Route = ("steps", index)
            part = getattr(step, step.verb)
            self._names(part, (*route, step.verb))
            customer = self._concerned(step, part, (*route, step.verb))
            zone = self._zones[customer] if customer else AGENCY_ZONE
            now = self.time(step.at, (*route, "at"), zone, before)
            if before is not None and now < before:
                raise self.marked.error(f"is before the step that precedes it (value {shown(step.at)})", (*route, "at"))
            self._read_verb(step, (*route, step.verb), zone, now)
            for name, whom in step.begins.items():
                self._must_be_known("customer", whom, (*route, "begins", name))
                self._name_messages(name, 1, whom, (*route, "begins", name))
            if step.expect:
                self._read_expected(step, route, zone, now)
            before = now

    def read_end(self) -> None:
        """Read what is expected in the end. Raises InputError."""
        end, last = self.scenario.end, self.times["steps", len(self.scenario.steps) - 1, "at"]
        for name, message in end.messages.items():
            route: Route = ("end", "messages", name)
            self._message(name, route)
            zone = self._zones[self._customer_of[name]]
            for field in ("handed_over", "bounced"):
                text = getattr(message, field)
                if text not in (None, "never"):
                    self.time(text, (*route, field), zone, last)
            if message.template is not None:
                self._must_be_known("template", message.template, (*route, "template"))
        for name in end.arrived:
            self._must_be_known("customer", name, ("end", "arrived", name))
        for index, name in enumerate(end.only or ()):
            self._message(name, ("end", "only", index))

    # One step

    def _names(self, part: Any, route: Route) -> None:
        for field in _PARTS:
            name = getattr(part, field, None)
            if not isinstance(name, str):
                continue
            if field == "message":
                self._message(name, (*route, field))
            else:
                self._must_be_known("customer" if field == "other" else field, name, (*route, field))

    def _concerned(self, step: Step, part: Any, route: Route) -> str | None:
        """The customer whose zone a step's times are in; None for agency time."""
        if step.verb in _OF_A_MESSAGE:
            self._message(part, route)
            return self._customer_of[part]
        if step.verb == "create_em":
            self._must_be_known("customer", part, route)
            return str(part)
        if step.follow_report is not None:
            return self._reporters[step.follow_report.report]
        if step.sas_finds is not None:
            return None
        customer = getattr(part, "customer", None)
        if customer is None and getattr(part, "message", None) and step.report is None:
            return self._customer_of[part.message]
        return customer

    def _read_verb(self, step: Step, route: Route, zone: str, now: int) -> None:
        if step.send is not None:
            self._name_messages(step.send.name, step.send.times, step.send.customer, (*route, "as"))
        if step.report is not None:
            self._new("report", step.report.name, (*route, "as"))
            self._reporters[step.report.name] = step.report.customer
        if step.look is not None:
            for field in ("issued_from", "issued_to"):
                if getattr(step.look, field):
                    self.time(getattr(step.look, field), (*route, field), zone, now)
        if step.reports is not None:
            for field in ("acknowledged_after", "reported_after"):
                self._duration(getattr(step.reports, field), (*route, field))
        if step.record is not None:
            self._read_record(step.record, route)
        if step.act is not None:
            self._refuse(check_act(step.act), route)
            if step.act.process is not None:
                self._must_be_known("process", step.act.process, (*route, "process"))

    def _read_record(self, record: Record, route: Route) -> None:
        self._refuse(check_record(record), route)
        if record.event == "zone_recorded" and record.customer:
            self._zones[record.customer] = ZONES[ZONES.index(str(record.value))]
        for sort, first in (("process", "process_opened"), ("debt", "debt_raised"), ("disaster", "disaster_declared")):
            name = getattr(record, sort)
            if name is None:
                continue
            if record.event == first:
                self._new(sort, name, (*route, sort))
            else:
                self._must_be_known(sort, name, (*route, sort))

    def _read_expected(self, step: Step, route: Route, zone: str, now: int) -> None:
        expect = step.expect
        assert expect is not None
        if expect.due:
            self.time(expect.due, (*route, "expect", "due"), zone, now)
        for field in ("picked", "eligible", "suppressed"):
            for name in getattr(expect, field) or ():
                self._must_be_known("customer", name, (*route, "expect", field, name))

    # Names

    def _refuse(self, found: tuple[str, str], route: Route) -> None:
        field, problem = found
        if problem:
            raise self.marked.error(problem, (*route, field))

    def _name_messages(self, name: str | None, times: int, customer: str, route: Route) -> None:
        if name is None:
            return
        labels = (name,) if times == 1 else tuple(f"{name}_{number}" for number in range(1, times + 1))
        for label in dict.fromkeys((name, *labels)):
            if label in self.messages:
                raise self.marked.error(f"another message has this name (value {shown(label)})", route)
            self.messages[label] = labels if label == name else (label,)
            self._customer_of[label] = customer

    def _message(self, name: str, route: Route) -> None:
        if name not in self.messages:
            raise self._unknown("message", name, self.messages, route)

    def _new(self, sort: str, name: str, route: Route) -> None:
        if name in self._known[sort]:
            raise self.marked.error(f"another {sort} has this name (value {shown(name)})", route)
        self._known[sort][name] = None

    def _must_be_known(self, sort: str, name: str, route: Route) -> None:
        if name not in self._known[sort]:
            raise self._unknown(sort, name, self._known[sort], route)

    def _unknown(self, what: str, name: str, known: Mapping[str, Any], route: Route) -> InputError:
        return self.marked.error(f"unknown {what} {shown(name)}{suggestion(name, known)}", route)

    def _duration(self, text: str | None, route: Route) -> None:
        if text is None:
            return
        try:
            duration(text)
        except ValueError as error:
            raise self.marked.error(str(error), route) from None
