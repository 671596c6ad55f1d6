"""``emsim frontier``: the settings that meet all targets at least cost, and the commands that make their runs again."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import output
from sim.cli.sweep_command import Wanted, progress
from sim.errors import Stopped

if TYPE_CHECKING:
    from rich.console import RenderableType


def run_frontier(wanted: Wanted, runs: int | None, resume: bool, as_json: bool) -> int:
    """Find the frontier of an experiment; the exit code is 1 when a run failed. Raises InputError and Stopped."""
    from sim.experiments.executors import executor
    from sim.experiments.experiment import read_experiment, within
    from sim.experiments.frontier import frontier

    read = read_experiment(wanted.file, wanted.replications, wanted.customers, wanted.days, searched=True)
    experiment = within(read, runs)
    place = wanted.out if wanted.out is not None else Path("runs") / f"frontier-{experiment.name}"
    began = time.perf_counter()
    with progress() as tell:
        try:
            with executor(wanted.workers, wanted.dask) as chosen:
                done = frontier(experiment, place, chosen, tell, resume)
        except KeyboardInterrupt:
            raise Stopped(f"stopped after {tell.count} runs; go on with --resume") from None
    minutes = (time.perf_counter() - began) / 60
    if as_json:
        output.emit_json(done.summary)
    else:
        output.emit_rich(*_shown(done.summary))
        # Not as rich text, which breaks long lines: these are to be copied.
        output.emit(_commands(done.found["points"]))
        output.emit_rich(*(f"{note}.\n" for note in done.notes), f"{done.made} runs made in {minutes:.1f} minutes")
        output.emit(f"Results: {place}\n")
    failed = done.summary["failed"]
    if failed:
        print(f"emsim: {failed} of {done.summary['runs']} runs failed; --resume tries them again", file=sys.stderr)
    return int(failed > 0)


def _shown(summary: dict[str, Any]) -> list["RenderableType"]:
    experiment, found = summary["experiment"], summary["frontier"]
    points = found["points"]
    parts: list[RenderableType] = [_head(summary), "", *_wanted(experiment, found), ""]
    names = _listed(["cost", *found["objectives"]])
    parts += [f"Settings that no other, being as sure of the targets, beats in {names}:"]
    parts += [line for number, point in enumerate(points, 1) for line in _point_lines(number, point)]
    return [*parts, "", _point_table(summary), "", _cheapest(points, found), ""]


def _commands(points: list[dict[str, Any]]) -> str:
    if not points:
        return ""
    seeds = list(map(str, points[0]["seeds"]))
    lines = [f"To make a run of a point again, here with seed {seeds[0]} of {_listed(seeds)}:"]
    lines += [f"  {number}  {point['commands'][0]}" for number, point in enumerate(points, 1)]
    return "\n".join([*lines, "", ""])


def _head(summary: dict[str, Any]) -> str:
    experiment, found = summary["experiment"], summary["frontier"]
    load, tried = experiment["load"], len(found["tried"])
    how = f"all {tried} settings" if found["whole"] else f"{tried} settings that a search proposed"
    head = (
        f"{experiment['title']}\n{load['name']}: {load['customers']:,} customers, {load['days']} days; {how} tried, "
        f"{found['replications']} runs each, {experiment['confidence']:.0%} intervals"
    )
    return f"{head}; the points run again {found['confirmed']} times" if found["confirmed"] else head


def _wanted(experiment: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Cost, targets and steps, a line each."""
    cost = found["cost"]
    lines = [f"Cost in {cost['unit']}, the sum of:"]
    for term in cost["terms"]:
        status = {"assume": "; assumption", "pub": "; published"}.get(term["status"], "")
        source = f": {term['source']}" if term["source"] else ""
        lines.append(f"  {term['price']:g} × {term['name']} ({term['unit']}{status}{source})")
    targets = [
        f"{name} at {bound} {target[bound]:g} {experiment['metrics'][name]['unit']}"
        for name, target in experiment["targets"].items()
        for bound in ("least", "most")
        if target[bound] is not None
    ]
    rules = "no rule that must hold broken"
    if found["breaches_at_most"] is not None:
        rules += f" (so that a breach in more than {found['breaches_at_most']:.0%} of runs is ruled out)"
    lines.append(f"Targets: {'; '.join([*targets, rules])}")
    if found["steps"]:
        steps = [f"{name} {step:g}" for name, step in found["steps"].items()]
        lines.append(f"Compared in steps, less is no difference: {', '.join(steps)}")
    return lines


def _point_lines(number: int, point: dict[str, Any]) -> list[str]:
    """A setting in words."""
    bound, share = point["breaches"]["share_of_runs_at_most"], point["unbeaten_share"]
    words = {"surely": "surely meets all targets", "perhaps": "perhaps meets all targets", "no": "misses a target"}
    said = [words[point["verdict"]]]
    said += [] if point["on_frontier"] else ["beaten, or missed a target, when it was run again"]
    said += [] if share is None else [f"unbeaten in {share:.0%} of draws of the seeds"]
    broken = point["breaches"]["runs_with_any"]
    said += [] if bound is None else [f"rules broken in {broken} of {point['runs']} runs: at most {bound:.0%} of runs"]
    same = [f"     as good: {each}" for each in point["same"]]
    return [f"  {number}  {point['label']}: {'; '.join(said)}", *same]


def _point_table(summary: dict[str, Any]) -> "RenderableType":
    """A row a point and measure: the cost, then metrics with a target or an objective."""
    experiment, found = summary["experiment"], summary["frontier"]
    units = {"cost": found["cost"]["unit"]} | {name: each["unit"] for name, each in experiment["metrics"].items()}
    table = output.table(["point", "measure", "unit"], ["mean", "interval", "against as it is", "paired", "target"])
    for number, point in enumerate(found["points"], 1):
        for place, (name, cell) in enumerate(point["metrics"].items()):
            words = [output.number(cell["mean"]), output.interval(cell)]
            if name in point["differences"]:
                apart = point["differences"][name]["paired"]
                words += [output.number(apart["mean"], signed=True), output.interval(apart, signed=True)]
            else:
                words += ["", ""]
            table.add_row("" if place else str(number), name, units[name], *words, point["targets"].get(name, ""))
    return table


def _cheapest(points: list[dict[str, Any]], found: dict[str, Any]) -> str:
    place = found["cheapest"]
    if place is None:
        return "None of them surely meets all targets."
    words = f"Cheapest that surely meets all targets: {place + 1}, {points[place]['label']}."
    maybe = [number for number, point in enumerate(points[:place], 1) if point["verdict"] == "perhaps"]
    return f"{words} Cheaper, and perhaps enough: {_listed(list(map(str, maybe)))}." if maybe else words


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
