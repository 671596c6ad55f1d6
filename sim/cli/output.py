"""Writing to stdout: JSON, and tables in plain words."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.intervals import DIFFERENCE, difference, interval, number

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = [
    "DIFFERENCE", "STYLES", "agency_date", "audit_parts", "before_after_parts", "difference", "emit", "emit_json",
    "emit_rich", "interval", "number", "profile_lines", "table", "two_columns",
]  # fmt: skip

PIPE_WIDTH = 160
"""Columns of text where nobody's terminal sets the width."""

STYLES = {"pass": "green", "fail": "bold red", "unknown": "yellow", "not_exercised": "dim"}
"""How a verdict is coloured on a terminal; its word says the same without colours."""


def emit(text: str) -> None:
    """Write to stdout; a reader who has gone (``| head``) is no error, the rest goes nowhere.

    What the reader's encoding lacks (a dash, in some places) is shown as a question mark.
    """
    encoding = sys.stdout.encoding or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit_json(data: Any) -> None:
    """Write one JSON document, in ASCII, so that any reader's encoding will do."""
    emit(json.dumps(data, indent=2, allow_nan=False, default=str) + "\n")


def emit_rich(*parts: "RenderableType") -> None:
    """Write tables and texts, coloured and as wide as the terminal, or plain in a pipe."""
    from rich.console import Console

    console = Console(soft_wrap=False, markup=False)
    if not console.is_terminal:
        console = Console(width=int(os.environ.get("COLUMNS", PIPE_WIDTH)), markup=False)
    with console.capture() as captured:
        for part in parts:
            console.print(part, highlight=False)
    emit("\n".join(line.rstrip() for line in captured.get().split("\n")))


def audit_parts(rules: Mapping[str, Mapping[str, Any]], title: str) -> list["RenderableType"]:
    """The audit from the contract's JSON: a row a rule, then the first breach of each or why it is unknown."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "enforced by", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("cases", "breaches", "unjudged", "rate"):
        table.add_column(name, justify="right", no_wrap=True)
    broken: list[RenderableType] = []
    unknown: dict[str, list[str]] = {}
    for rule, judged in rules.items():
        verdict = str(judged["verdict"])
        counts = [f"{judged[name]:,}" for name in ("cases", "breaches", "unjudged")]
        rate = f"{judged['breaches'] / judged['cases']:.2%}" if judged["cases"] else ""
        table.add_row(rule, judged["enforced_by"], Text(verdict, STYLES[verdict]), *counts, rate)
        if verdict == "fail":
            broken.append(Text.assemble((rule, STYLES[verdict]), f": {judged['evidence'][0]['why']}"))
        elif verdict == "unknown":
            unknown.setdefault(str(judged["why_unknown"]), []).append(rule)
    lines = [Text.assemble((", ".join(names), STYLES["unknown"]), f": {why}") for why, names in unknown.items()]
    parts: list[RenderableType] = [table]
    for heading, found in (("Broken (the first breach of each)", broken), ("Unknown (and why)", lines)):
        if found:
            parts += ["", Text(heading, "bold italic"), *found]
    return parts


def profile_lines(found: Mapping[str, Any]) -> list["RenderableType"]:
    """What a messages file is like (`sim.audit.profile`), in a few lines."""
    from rich.text import Text

    span, gaps, columns = found["span"], found["gaps"], found["columns"]
    zones = ", ".join(f"{zone} {rows:,}" for zone, rows in found["zones"].items())
    lines = [
        f"{found['rows']:,} rows about {found['customers']:,} customers from {span['from']} to {span['to']} "
        f"({span['days']:g} days); zones: {zones}"
    ]
    if gaps["count"]:
        longest = max(gaps["longest"], key=lambda gap: gap["days"])
        lines.append(
            f"Gaps of more than a day: {gaps['count']:,}; the longest of {longest['days']:g} days, from "
            f"{longest['from']} to {longest['to']}"
        )
    else:
        lines.append("Gaps of more than a day: none")
    times = [f"{name} {cells['resolution']}" for name, cells in columns.items() if cells["resolution"]]
    lines.append(f"Times are written in: {', '.join(times)}")
    empty = [f"{name} {cells['empty_share']:.1%}" for name, cells in columns.items() if cells["empty_share"]]
    lines.append(f"Empty cells: {', '.join(empty) or 'none'}")
    if found["missing_columns"]:
        lines.append(f"Columns that are not there: {', '.join(found['missing_columns'])}")
    if found["channels_assumed"]:
        lines.append(f"Messages of Cuba without a channel, which may be emails: {found['channels_assumed']:,}")
    partly = [rule for rule in found["not_judged"] if rule["verdict"] != "unknown"]
    if partly:
        lines.append("Judged in part: " + "; ".join(f"{rule['rule']}: {rule['why']}" for rule in partly))
    return ["", Text("The log", "bold italic"), *lines]


def table(texts: Sequence[str], numbers: Sequence[str]) -> "Table":
    """An empty table: columns of texts, then columns to the right."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in texts:
        made.add_column(name, overflow="fold")
    for name in numbers:
        made.add_column(name, justify="right", no_wrap=True)
    return made


def two_columns(rows: Sequence[tuple[str, str]], title: str) -> "RenderableType":
    """Names and values below a title."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table


def agency_date(text: str) -> str:
    """The agency date of an instant (ISO 8601)."""
    from sim.clock import AGENCY_ZONE, clock, instant

    return clock(AGENCY_ZONE).isoformat(instant(text))[:10]


def before_after_parts(found: Mapping[str, Any]) -> list["RenderableType"]:
    """The days before and after each change of the policy (`sim.metrics.before_after`), and what a twin says."""
    segments = found["segments"]
    heads = [f"{one['days']} days from {agency_date(one['from'])}" for one in segments]
    twin = bool(found["rows"]) and "differences" in found["rows"][0]
    made = table(["a day", "unit"], [*heads, *((f"less its twin, {head}" for head in heads[1:]) if twin else ())])
    for row in found["rows"]:
        cells = [_mean(one) for one in row["means"]]
        # Before the first change the twin is the run itself.
        cells += [_mean(one, signed=True) for one in row["differences"][1:]] if twin else []
        made.add_row(row["what"], row["unit"], *cells)
    told = [
        f"From {agency_date(one['from'])}: " + ", ".join(f"{name} = {value}" for name, value in one["values"].items())
        for one in segments[1:]
    ]
    return ["", "The policy changed within the run", *told, "", made, *(f"\n{note}." for note in found["notes"])]


def _mean(one: Mapping[str, Any], signed: bool = False) -> str:
    """A mean with its interval."""
    mean = number(one["mean"], signed)
    return mean if one["low"] is None else f"{mean} ({number(one['low'], signed)} … {number(one['high'], signed)})"
