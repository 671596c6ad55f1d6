"""Readings and assumptions as Markdown: the part of the README that says what we took and what else can be chosen."""

from collections.abc import Iterable
from typing import Any, Protocol

from sim.policy.policy import Policy, Rule, Value


class PlainParameters(Protocol):
    """What this module needs of the parameters (`sim.population.parameters.Parameters`)."""

    def plain(self) -> dict[str, Any]:
        """All parameters as JSON-able data."""


def readings_markdown(policy: Policy, parameters: PlainParameters) -> str:
    """The README's part "Readings and assumptions", without its heading: four tables under headings of level 3.

    It shows defaults, whatever was set for a run, and ends with a line end.
    """
    rules = list(policy.rules.values())
    parts = [
        "### Named readings\n\nThe documents can be read in more than one way. The default is what we take; "
        "`--set NAME=READING` takes another.\n",
        _table(("Name", "Default", "Others", "What it decides"), _named(rules)),
        "### Other readings\n\nWhere the documents leave room and nothing else can be chosen, this is what we take.\n",
        _table(("Rule", "Reading"), _statements(rules)),
        "### Assumptions of the policy\n\nNobody says these; they are our choice.\n",
        _table(("Name", "Value", "Unit", "Can be set"), _assumed(rules)),
        "### Assumed parameters\n\nNot published: our choice, or centred on a weak source. All can be set and swept.\n",
        _table(("Name", "Value", "Unit", "Why"), _assumed_parameters(parameters)),
    ]
    return "\n".join(parts)


def _named(rules: Iterable[Rule]) -> Iterable[tuple[str, ...]]:
    for rule, value in _values(rules, "read"):
        if value.kind == "reading":
            others = ", ".join(f"`{other}`" for other in value.allowed[1:])
            yield f"`{rule.id}.{value.name}`", f"`{value.default}`", others, value.note


def _statements(rules: Iterable[Rule]) -> Iterable[tuple[str, ...]]:
    for rule in rules:
        if rule.status == "read":
            yield f"`{rule.id}`", rule.text
        for reading in rule.readings:
            yield f"`{rule.id}`", reading
        for _, value in _values([rule], "read"):
            if value.kind != "reading":
                named = f"`{value.name}`: {_shown(value.default)}"
                yield f"`{rule.id}`", f"{value.note} ({named})" if value.note else named


def _assumed(rules: Iterable[Rule]) -> Iterable[tuple[str, ...]]:
    for rule, value in _values(rules, "assume"):
        settable = "no" if value.fixed or value.kind in ("words", "table") else "yes"
        yield f"`{rule.id}.{value.name}`", _shown(value.default), value.unit, settable


def _assumed_parameters(parameters: PlainParameters) -> Iterable[tuple[str, ...]]:
    for name, part in parameters.plain()["parameters"].items():
        if part["status"] == "assume":
            why = "; ".join(text for text in (part["source"], part.get("note", "")) if text)
            yield f"`{name}`", _shown(part["default"]), part["unit"], why


def _values(rules: Iterable[Rule], status: str) -> Iterable[tuple[Rule, Value]]:
    return ((rule, value) for rule in rules for value in rule.values.values() if value.status == status)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"{len(value)} entries" if value else "none"
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            return f"{len(value)} entries"
        return ", ".join(str(item) for item in value)
    return str(value)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
