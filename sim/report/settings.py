"""Policy values and parameters as the report shows them: what was changed, which readings hold, what is assumed."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.words import STATUSES, shown
from sim.tables import template_values

_LONGEST = 160
"""Characters of a value that are shown."""


def changes(policy_plain: Mapping[str, Any], parameters_plain: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every policy value and parameter that differs from its default."""
    rows = [row for row in [*_policy_rows(policy_plain), *_parameter_rows(parameters_plain)] if row["changed"]]
    return [{name: str(row[name]) for name in ("name", "value", "default", "unit")} for row in rows]


def readings(policy_plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values with named readings, the chosen one first told, with the others that could be chosen."""
    return [row for row in _policy_rows(policy_plain) if row["others"]]


def values(policy_plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All other policy values; templates have a table of their own."""
    return [row for row in _policy_rows(policy_plain) if not row["others"] and row["name"] != "cs-templates.templates"]


def template_texts(policy_plain: Mapping[str, Any]) -> list[dict[str, str]]:
    """Id, system, group, title, text and status of each template."""
    rows = template_values(policy_plain)
    return [
        {name: str(row.get(name, "")) for name in ("id", "group", "title", "text")}
        | {"system": str(row.get("system", "pluto")).replace("_", " ")}
        | {"status": str(row.get("status", "")), "status_words": STATUSES.get(str(row.get("status")), "")}
        for row in rows
    ]


def parameter_groups(parameters_plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters by the first part of their name."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in _parameter_rows(parameters_plain):
        groups.setdefault(row["name"].partition(".")[0], []).append(row)
    return [
        {"heading": name, "rows": rows, "assumed": sum(row["status"] == "assume" for row in rows)}
        for name, rows in groups.items()
    ]


def _policy_rows(policy_plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for rule, row in policy_plain.get("rules", {}).items():
        for name, value in row.get("values", {}).items():
            about = row.get("details", {}).get(name, {})
            status = str(about.get("status", row.get("status", "")))
            allowed = [] if isinstance(value, list) else about.get("allowed", [])
            yield {
                "name": f"{rule}.{name}",
                "rule": row.get("title", ""),
                "value": _text(value),
                "unit": about.get("unit", ""),
                "default": _text(about.get("default", value)),
                "changed": about.get("default", value) != value,
                "others": [_text(other) for other in allowed if other != value],
                "status": status,
                "status_words": STATUSES.get(status, status),
                "clause": about.get("clause") or row.get("clause", ""),
                "note": about.get("note", ""),
            }


def _parameter_rows(parameters_plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, row in parameters_plain.get("parameters", {}).items():
        status = str(row.get("status", ""))
        yield {
            "name": name,
            "value": _text(row["value"]),
            "unit": row.get("unit", ""),
            "default": _text(row.get("default", row["value"])),
            "changed": row.get("default", row["value"]) != row["value"],
            "status": status,
            "status_words": STATUSES.get(status, status),
            "source": row.get("source", ""),
            "note": row.get("note", ""),
        }


def _text(value: Any) -> str:
    """A value in a few words: lists by commas, structures by how many entries they have."""
    if isinstance(value, bool):
        return shown(value)
    if isinstance(value, list | tuple):
        if any(isinstance(part, list | Mapping) for part in value):
            return f"{len(value)} entries"
        text = ", ".join(str(part) for part in value) or "none"
    elif isinstance(value, Mapping):
        text = ", ".join(f"{name}: {part}" for name, part in value.items())
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
