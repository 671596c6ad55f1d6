"""What a scenario expects, held against what came of it: all failures, not only the first."""

from dataclasses import dataclass
from typing import Any

from sim.clock import ZONES, clock
from sim.history import Event
from sim.marked_yaml import Route, field_name
from sim.messages import Channel, reason_names
from sim.scenario.format import MessageEnd
from sim.scenario.played import Played
from sim.scenario.player import needs
from sim.scenario.steps import Expect, Step

TOLD_OF = {"cs-status": "viewable", "cs-bounce-back": "bounced"}
"""The rules that turn on what a system may leave out of what it tells (`fakes.messaging.TELLINGS`)."""


@dataclass(frozen=True)
class Failure:
    """One expectation that was not met; `line` is that of the file."""

    line: int
    where: str
    expected: str
    actual: str


@dataclass
class Findings:
    """What is wrong with a played scenario, and what could not be known because the system lacks a verb or did not
    answer."""

    failures: list[Failure]
    unknown: list[str]


def judge_steps(played: Played) -> Findings:
    """Hold every expectation of the file but the audit's against what was recorded."""
    judge = _Judge(played)
    for index, step in enumerate(played.item.scenario.steps):
        if step.expect is not None and index in played.results:
            judge.step(index, step)
    untold = [f"the system does not tell {what}" for rule, what in TOLD_OF.items() if _untold(played, rule, what)]
    for why in (*played.unknown.values(), *(doubt.why for doubt in played.doubts), played.lost, *untold):
        if why:
            judge.unknown(why)
    if played.broken:
        route: Route = ("steps", played.broken_at) if played.broken_at >= 0 else ("steps",)
        judge.fail(route, "an answer" if played.gone else "answers within the protocol", played.broken)
    elif not played.lost:
        judge.end()
    return judge.findings


def _untold(played: Played, rule: str, what: str) -> bool:
    """Whether the scenario is about a rule that turns on something that the system does not tell."""
    scenario = played.item.scenario
    about = rule in (*scenario.rules, *scenario.end.rules)
    return about and what not in played.supports and not played.broken


class _Judge:
    def __init__(self, played: Played) -> None:
        self.played = played
        self.item = played.item
        self.findings = Findings([], [])
        self.rows = list(played.history.select())
        self.doubt = ""

    def fail(self, route: Route, expected: object, actual: object) -> None:
        if self.doubt:  # what is expected need not be so any more
            self.unknown(self.doubt)
            return
        self.findings.failures.append(Failure(self.item.line(*route), field_name(route), str(expected), str(actual)))

    def same(self, route: Route, expected: object, actual: object) -> None:
        if type(expected) is not type(actual) or expected != actual:
            self.fail(route, _shown(expected), _shown(actual))

    def unknown(self, what: str) -> None:
        if what not in self.findings.unknown:
            self.findings.unknown.append(what)

    def step(self, index: int, step: Step) -> None:
        result, expect = self.played.results[index], step.expect
        assert expect is not None
        if result is None:
            self.unknown(self.played.unknown.get(index) or f"nothing is known of what {step.verb} gave")
            return
        self.doubt = self.played.doubt(self._customer_of(step), index)
        route: Route = ("steps", index, "expect")
        fields = sorted(expect.model_fields_set)
        if step.verb in ("send", "confirm"):
            for answer in result:
                for name in fields if answer is not None else ():
                    self._answer((*route, name), name, getattr(expect, name), answer)
        elif expect.lines is not None:
            self._lines((*route, "lines"), expect.lines, result)
        else:
            for name in fields:
                if step.open_dialog is not None and name not in result:
                    self.unknown(f"the system's dialog does not show {name}")
                    continue
                self.same((*route, name), _wanted(expect, name), result.get(name))
        self.doubt = ""

    def _customer_of(self, step: Step) -> int | None:
        """The customer whom a step concerns; None for several of them, or for nobody on record."""
        if step.confirm is not None:
            attempt = self.played.attempts.get(step.confirm)
            return attempt.customer if attempt else None
        return self.played.customers.get(getattr(getattr(step, step.verb), "customer", None) or "")

    def _answer(self, route: Route, name: str, expected: Any, answer: dict[str, Any]) -> None:
        if name == "due":
            zone = self._zone(route)
            self.same(route, _local(self.item.times[route], zone), _local(answer.get("due"), zone))
        elif name == "shown":
            self.same(route, expected, answer.get("shown", ""))
        else:
            self.same(route, expected, answer[name])

    def _lines(self, route: Route, expected: list[dict[str, Any]], actual: list[dict[str, Any]]) -> None:
        if len(expected) != len(actual):
            self.fail(route, f"{len(expected)} line(s)", f"{len(actual)} line(s): {actual}")
            return
        for index, (wanted, line) in enumerate(zip(expected, actual, strict=True)):
            for name, value in wanted.items():
                self.same((*route, index, name), value, line.get(name, f"no field {name}"))

    # The end

    def end(self) -> None:
        end = self.item.scenario.end
        for name, expected in end.messages.items():
            for label in self.item.messages[name]:
                self._message(("end", "messages", name), label, expected)
        arrived = [row for row in self.rows if row["event"] == Event.ARRIVED]
        for name, count in end.arrived.items():
            customer = self.played.customers[name]
            self.doubt = self.played.doubt(customer)
            self.same(("end", "arrived", name), count, sum(row["customer"] == customer for row in arrived))
        if end.only is not None:
            self.doubt = self.played.doubt(None)
            self._only(end.only, [row["message"] for row in arrived])

    def _only(self, names: list[str], arrived: list[int]) -> None:
        labels = {attempt.number: label for label, attempt in self.played.attempts.items()}
        actual = sorted(labels.get(number) or f"#{number}" for number in arrived)
        self.same(("end", "only"), sorted(label for name in names for label in self.item.messages[name]), actual)

    def _message(self, route: Route, label: str, expected: MessageEnd) -> None:
        attempt = self.played.attempts.get(label)
        if attempt is None:
            self.doubt = self.played.doubt(None)
            self._never_begun(route, label, expected)
            return
        self.doubt = self.played.doubt(attempt.customer)
        rows = [row for row in self.rows if row["message"] == attempt.number]
        actual = _final(rows)
        arrivals = [row for row in rows if row["event"] == Event.ARRIVED]
        contents = [self.played.history.contents[row["value"]] for row in arrivals]
        actual["arrivals"] = len(arrivals)
        actual["channel"] = Channel(attempt.channel).name.lower()
        actual["template"] = self.played.template_names.get(attempt.template, "unknown")
        actual["sender"] = contents[0].sender if contents else "nothing arrived"
        actual["text"] = contents[0].text if contents else "nothing arrived"
        zone = self._zone_of(attempt.customer)
        for name in sorted(expected.model_fields_set):
            wanted, found = getattr(expected, name), actual[name]
            if name == "bounced" and name not in self.played.supports:
                self.unknown("the system does not tell bounced")
                continue
            if name in ("handed_over", "bounced"):
                if wanted != "never":
                    wanted = _local(self.item.times[(*route, name)], zone)
                found = _local(found, zone) if found is not None else "never"
            self.same((*route, name), wanted, found)

    def _never_begun(self, route: Route, label: str, expected: MessageEnd) -> None:
        """A message that there is not: was the system able to send it?"""
        verb = self._verb_of(label)
        if verb not in self.played.supports:
            self.unknown(f"the system does not support {verb}")
        elif expected.outcome != "nothing":
            self.fail((*route, "outcome"), expected.outcome or "a message", "nothing")

    def _verb_of(self, label: str) -> str:
        """What the system must support for the message of this name to be sent."""
        for step in self.item.scenario.steps:
            if step.send is not None and step.send.name and label in self.item.messages[step.send.name]:
                return needs(step)
            if label in step.begins and step.finalise_claim is not None:
                return "send_em"
        return "run_batch"

    def _zone(self, route: Route) -> str:
        send = self.item.scenario.steps[int(route[1])].send
        return self._zone_of(self.played.customers[send.customer]) if send else ZONES[0]

    def _zone_of(self, customer: int) -> str:
        zones = [r["value"] for r in self.rows if r["event"] == Event.ZONE_RECORDED and r["customer"] == customer]
        return ZONES[zones[-1]]


_OUTCOMES = (
    (Event.WITHDRAWN, "withdrawn"),
    (Event.ACKNOWLEDGED, "sent"),
    (Event.ISSUED, "held"),
    (Event.REFUSED, "refused"),
    (Event.CANCELLED, "cancelled"),
    (Event.CONFIRMATION_ASKED, "needs_confirmation"),
)


def _wanted(expect: Expect, name: str) -> Any:
    """What is written of a field, in the form in which the player gives it."""
    wanted = getattr(expect, name)
    if name == "eligible":
        return {who: sorted(templates) for who, templates in wanted.items()}
    if name == "suppressed":
        return {who: {template: lost.model_dump() for template, lost in lots.items()} for who, lots in wanted.items()}
    return wanted


def _final(rows: list[dict[str, int]]) -> dict[str, Any]:
    """What became of a message: outcome, reasons, and the instants of its last hand-over and of its bounce back."""
    by_event = {row["event"]: row for row in rows}
    outcome = next((name for event, name in _OUTCOMES if event in by_event), "nothing")
    why = by_event.get(Event.WITHDRAWN) or by_event.get(Event.REFUSED)
    found: dict[str, Any] = {"outcome": outcome, "reasons": reason_names(why["reasons"]) if why else []}
    for name, event in (("handed_over", Event.HANDED_OVER), ("bounced", Event.BOUNCED)):
        found[name] = by_event[event]["time"] if event in by_event else None
    return found


def _local(time: int | None, zone: str) -> str:
    return "none" if time is None else f"{clock(zone).isoformat(time)} {zone}"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else str(value)
