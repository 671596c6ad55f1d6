"""``emsim faults``: which planted faults the scenarios and the audit notice, as a kill table."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import output

if TYPE_CHECKING:
    from sim.faults.table import Tell, Verdict

_MOST_NAMED = 2


def print_faults(
    suite: Path | None, names: list[str], workers: int | None, quick: bool, limit: float, as_json: bool
) -> int:
    """Put the faults on trial and print what caught each. Returns 1 when one was not caught. Raises InputError."""
    from fakes.broken import FAULTS
    from sim.faults.table import chosen, kill_table
    from sim.faults.trial import shipped_suite

    faults = chosen(names, FAULTS)
    with _progress() as tell:
        table = kill_table(
            faults, suite or shipped_suite(), workers=workers or os.cpu_count() or 1, quick=quick,
            limit_seconds=limit, tell=tell,
        )  # fmt: skip
    if as_json:
        output.emit_json({"faults": {verdict.name: verdict.plain() for verdict in table}})
    else:
        _show(table)
    return int(not all(verdict.is_killed for verdict in table))


def _show(table: list["Verdict"]) -> None:
    shown = output.table(["fault", "rule", "suite", "audit", "caught by"], [])
    for verdict in table:
        shown.add_row(verdict.name, verdict.rule, verdict.suite, verdict.audit, _by(verdict))
    hidden = [verdict for verdict in table if verdict.audit == "not_visible"]
    lines: list[str] = ["", *(f"{one.name} is not visible in a history: {one.why_not_visible}" for one in hidden)]
    for one in table:
        if one.problem:
            lines.append(f"{one.name}: the trial failed ({one.problem})")
        elif not one.is_killed:
            lines.append(f"{one.name} was not caught by both: {one.what}")
    counts = ", ".join(
        f"{sum(one.suite == word for one in table)} {word}" for word in ("killed", "survived", "timeout")
    )
    audits = ", ".join(
        f"{sum(one.audit == word for one in table)} {word.replace('_', ' ')}"
        for word in ("killed", "survived", "not_visible", "timeout")
    )
    output.emit_rich(shown, *lines, f"Suite: {counts}. Audit alone: {audits}.")


def _by(verdict: "Verdict") -> str:
    if not verdict.by:
        return "–"
    scenarios = [one for one in verdict.by if "(audit" not in one]
    audits = [one.partition(" ")[0] for one in verdict.by if "(audit" in one]
    named = [one.rpartition("/")[2] for one in scenarios[:_MOST_NAMED]]
    more = f" and {len(scenarios) - _MOST_NAMED} more" if len(scenarios) > _MOST_NAMED else ""
    own = "" if not audits or verdict.rule in audits else " (not by its own rule)"
    return "; ".join(
        part for part in (", ".join(named) + more, f"audit: {', '.join(audits)}{own}" if audits else "") if part
    )


@contextmanager
def _progress() -> "Iterator[Tell | None]":
    """A bar where somebody looks."""
    from sim.progress import wanted

    if not wanted():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("faults on trial", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name)
