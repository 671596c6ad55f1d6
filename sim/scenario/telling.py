"""What a failed scenario tells: every expectation that was not met, what happened, and how to see it again."""

import re
from itertools import groupby
from pathlib import Path

from sim.scenario.expectations import Failure
from sim.scenario.session import Result
from sim.scenario.timeline import timeline

_STEP = re.compile(r"steps\[([0-9]+)\]")


def report(result: Result, replay: str) -> str:
    """Everything that went wrong in a scenario, the timelines of its customers, and the command that replays it."""
    item = result.played.item
    ordered = sorted(result.failures, key=lambda failure: failure.line)
    lines = [_headline(ordered), f"{item.scenario.title} ({item.name})", ""]
    for line, failures in groupby(ordered, key=lambda failure: failure.line):
        lines.append(f"{relative(item.path)}:{line}")
        for failure in failures:
            lines += [f"    {failure.where}", f"      expected {failure.expected}", f"      actual   {failure.actual}"]
    lines += [f"unknown: {what}" for what in result.unknown]
    if result.played.output:
        lines += ["", "What the system's process wrote:", *(f"    {one}" for one in result.played.output.splitlines())]
    marks = _marks(result, ordered)
    for name, customer in result.played.customers.items():
        lines += ["", f"What happened to {name} (customer {customer}), in local time:"]
        lines += [f"    {line}" for line in timeline(result.played, customer, marks)]
    return "\n".join([*lines, "", "Replay:", f"    {replay}"])


def _headline(failures: list[Failure]) -> str:
    """The first failure and how many more there are, for lists of failed tests."""
    first = failures[0]
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return f"line {first.line}: {first.where}: expected {first.expected}, actual {first.actual}{more}"


def _marks(result: Result, failures: list[Failure]) -> list[tuple[int, str]]:
    """The instants of the steps that did not answer as expected."""
    found: dict[int, str] = {}
    for failure in failures:
        step = _STEP.match(failure.where)
        if step:
            found.setdefault(int(step[1]), f"{step[0]} (line {result.played.item.line('steps', int(step[1]))}) failed")
    return [(result.played.item.times["steps", step, "at"], text) for step, text in sorted(found.items())]


def relative(path: Path | str) -> str:
    """A path as it is called from here."""
    here, there = Path.cwd(), Path(path)
    return str(there.relative_to(here) if there.is_relative_to(here) else there)
