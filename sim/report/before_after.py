"""A policy that changed within the run: what changed when, and the days before and after, as the report shows them."""

from collections.abc import Mapping
from typing import Any

from sim.clock import AGENCY_ZONE, clock, instant


def policy_changes(found: Mapping[str, Any], policy_plain: Mapping[str, Any]) -> dict[str, Any]:
    """The changes in words, the heads of the table (a segment each), its rows and the notes.

    A row has what, unit, a cell a segment, and with a twin a cell a segment with the difference to it.
    """
    segments = found["segments"]
    has_twin = bool(found["rows"]) and "differences" in found["rows"][0]
    return {
        "steps": _steps(segments, policy_plain),
        "heads": [_head(number, segment) for number, segment in enumerate(segments)],
        "has_twin": has_twin,
        "rows": [
            {
                "what": row["what"],
                "unit": row["unit"],
                "means": [_cell(one) for one in row["means"]],
                # Before the first change the twin is the run itself.
                "differences": [_cell(one, signed=True) for one in row["differences"][1:]] if has_twin else [],
            }
            for row in found["rows"]
        ],
        "notes": found["notes"],
    }


def _steps(segments: list[dict[str, Any]], policy_plain: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row a value that changes: from when, its name, the value before and the one after."""
    rows = []
    now: dict[str, Any] = {}
    for segment in segments[1:]:
        for name, value in segment["values"].items():
            rule, _, key = name.partition(".")
            before = now.get(name, policy_plain["rules"][rule]["values"][key])
            rows.append({"from": _date(segment["from"]), "name": name, "before": str(before), "after": str(value)})
            now[name] = value
    return rows


def _head(number: int, segment: Mapping[str, Any]) -> str:
    start = f"{'' if number else 'before: '}{segment['days']} days from {_date(segment['from'])}"
    return start if not number else f"after: {start}"


def _date(text: str) -> str:
    """The agency date of an instant."""
    return clock(AGENCY_ZONE).isoformat(instant(text))[:10]


def _cell(one: Mapping[str, Any], signed: bool = False) -> str:
    if one["mean"] is None:
        return "–"
    sign = "+" if signed else ""
    mean = f"{one['mean']:{sign},.2f}"
    return mean if one["low"] is None else f"{mean} ({one['low']:{sign},.2f} to {one['high']:{sign},.2f})"
