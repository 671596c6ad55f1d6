"""What a failed scenario tells: every expectation that was not met, what happened, and how to see it again."""

from itertools import groupby
from pathlib import Path

from sim.scenario.session import Result
from sim.scenario.timeline import timeline


def report(result: Result, replay: str) -> str:
    """Everything that went wrong in a scenario, the timelines of its customers, and the command that replays it."""
    item = result.played.item
    lines = [f"{item.scenario.title} ({item.name})", ""]
    ordered = sorted(result.failures, key=lambda failure: failure.line)
    for line, failures in groupby(ordered, key=lambda failure: failure.line):
        lines.append(f"{relative(item.path)}:{line}")
        for failure in failures:
            lines += [f"    {failure.where}", f"      expected {failure.expected}", f"      actual   {failure.actual}"]
    lines += [f"unknown: {what}" for what in result.unknown]
    if result.played.output:
        lines += ["", "What the system's process wrote:", *(f"    {one}" for one in result.played.output.splitlines())]
    for name, customer in result.played.customers.items():
        lines += ["", f"What happened to {name}, in local time:"]
        lines += [f"    {line}" for line in timeline(result.played, customer)]
    return "\n".join([*lines, "", "Replay:", f"    {replay}"])


def relative(path: Path | str) -> str:
    """A path as it is called from here."""
    here, there = Path.cwd(), Path(path)
    return str(there.relative_to(here) if there.is_relative_to(here) else there)
