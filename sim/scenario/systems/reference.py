"""What each verb gets and answers, as tables for people: a part of `scenarios/systems/README.md`."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from fakes.messaging import TELLINGS
from sim.scenario.facts import told_forms
from sim.scenario.systems.protocol import CALLS, SCREEN_FIELDS, Request, Told

_MANY = 6


def reference_markdown() -> str:
    """The tables."""
    parts = [
        "### The verbs\n",
        _table(("verb", "gets, besides `now`", "answers", "what it does"), _verbs()),
        "`begin`, `fact`, `next_due`, `advance` and `receipt` are needed; a system says with `supports` which of the "
        f"others it has, and which of {_names(TELLINGS)} it tells.\n",
        "### A request\n",
        _fields_of(Request.model_json_schema()),
    ]
    for verb in ("send", "open_dialog", "preview_em", "create_em"):
        schema = TypeAdapter(CALLS[verb].answers).json_schema()
        parts += [f"### The answer to `{verb}`\n", schema["description"].replace("\n", " ") + "\n", _fields_of(schema)]
    lines = [(f"`{screen}`", _names(fields)) for screen, fields in SCREEN_FIELDS.items()]
    parts += ["### The lines of a screen\n", _table(("screen", "fields"), lines)]
    parts += ["### What is told\n", "What happened at `now`, in order; every one has an `event`.\n"]
    parts.append(_table(("event", "other fields", "what it means"), _events(TypeAdapter(Told).json_schema())))
    parts += ["### Facts\n", _table(("fact", "value", "other fields"), _facts())]
    return "\n".join(parts)


def _verbs() -> Iterable[tuple[str, ...]]:
    for verb, call in CALLS.items():
        gets = call.gets.model_json_schema()
        yield f"`{verb}`", _names(gets.get("properties", {})) or "nothing", _answers(call.answers), call.does


def _answers(expected: Any) -> str:
    if expected is None:
        return "nothing"
    schema = TypeAdapter(expected).json_schema()
    if schema.get("type") == "array":
        return "a list of what is told" if "$ref" in schema["items"] else "a list of lines"
    if "properties" in schema:
        return f"a mapping: {_names(schema['properties'])}"
    if "$defs" in schema:
        options = [_names(one["properties"]) for one in schema["$defs"].values()]
        return "a mapping: " + ", or ".join(options)
    return _type(schema)


def _events(told: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for reference in told["oneOf"]:
        schema = told["$defs"][reference["$ref"].rpartition("/")[2]]
        event = schema["properties"]["event"]
        names = event.get("enum", [event.get("const")])
        rest = {name: field for name, field in schema["properties"].items() if name != "event"}
        needed = schema["required"]
        fields = ", ".join(f"`{name}`" if name in needed else f"`{name}` (may be missing)" for name in rest)
        yield ", ".join(f"`{name}`" for name in names), fields, schema["description"].replace("\n", " ")


def _fields_of(schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = [
        (f"`{name}`" + ("" if name in needed else " (may be missing)"), _type(field))
        for name, field in schema["properties"].items()
    ]
    return _table(("field", "holds"), rows)


def _type(field: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "enum" in field:
        values = [str(value) for value in field["enum"]]
        more = f", … ({len(values)} in all, see the OpenAPI description)" if len(values) > _MANY else ""
        return "one of " + ", ".join(f"`{value}`" for value in values[:_MANY]) + more
    if field.get("type") == "array":
        return f"a list, each {_type(field['items'])}"
    if field.get("type") == "object":
        return f"a mapping of names, each {_type(field['additionalProperties'])}"
    return {"string": "text", "integer": "a whole number", "boolean": "true or false", "null": "null"}[field["type"]]


def _facts() -> Iterable[tuple[str, ...]]:
    for name, (values, fields) in told_forms().items():
        yield f"`{name}`", values or "–", _names(fields) or "–"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
