"""``emsim sweep``: every run of an experiment, with progress, and what came of it in plain words."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli import output
from sim.errors import Stopped
from sim.intervals import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiments.experiment import Experiment
    from sim.experiments.sweep import Estimate
    from sim.experiments.units import Row

_WHOLE_SWEEP = 7 * 86_400.0
"""Seconds of which the bar remembers how fast it went."""
_MOST_SHOWN = 40
"""Variants a table on the terminal; all of them are in the files."""


class Wanted(NamedTuple):
    """What the command line asks for: the experiment with what replaces its own numbers, who does it, and where the
    results go (None: the usual place)."""

    file: str
    replications: int | None
    customers: int | None
    days: int | None
    workers: int | None
    dask: str | None
    out: Path | None


def run_sweep(wanted: Wanted, resume: bool, as_json: bool) -> int:
    """Sweep an experiment and return the exit code: 1 when a run failed. Raises InputError and Stopped."""
    from sim import folder
    from sim.experiments.executors import executor
    from sim.experiments.sweep import sweep

    experiment = _read(wanted)
    place = wanted.out if wanted.out is not None else Path("runs") / f"sweep-{experiment.name}"
    began = time.perf_counter()
    with progress() as tell:
        try:
            with executor(wanted.workers, wanted.dask) as chosen:
                done = sweep(experiment, place, chosen, tell, resume)
        except KeyboardInterrupt:
            raise Stopped(f"stopped after {tell.count} of {tell.total} runs; go on with --resume") from None
    minutes = (time.perf_counter() - began) / 60
    failed = done.summary["failed"]
    if as_json:
        output.emit_json(done.summary)
    else:
        pace = f", {done.made / minutes:.0f} runs a minute" if done.made else ""
        output.emit_rich(*_shown(done.summary), "", f"{done.made} runs made in {minutes:.1f} minutes{pace}")
        output.emit(f"Report: {place / folder.REPORT}\nResults: {place}\n")
    if failed:
        print(f"emsim: {failed} of {done.summary['runs']} runs failed; --resume tries them again", file=sys.stderr)
    return int(failed > 0)


def show_estimate(wanted: Wanted, as_json: bool) -> int:
    """Make the first run, say what the whole sweep would take, and write nothing. Raises InputError."""
    from sim.experiments.executors import executor
    from sim.experiments.sweep import estimate

    experiment = _read(wanted)
    with executor(wanted.workers, wanted.dask) as chosen:
        found = estimate(experiment, chosen)
    if as_json:
        output.emit_json({"experiment": experiment.name, **found._asdict(), "seconds": found.seconds})
    else:
        output.emit(f"{experiment.title}\n{_of_estimate(found)}\n")
    return 0


def _read(wanted: Wanted) -> "Experiment":
    from sim.experiments.experiment import read_experiment

    return read_experiment(wanted.file, wanted.replications, wanted.customers, wanted.days)


def _of_estimate(found: "Estimate") -> str:
    return (
        f"the first run took {found.seconds_a_run:.1f} s; {found.runs} more, {found.workers} at a time, take at most "
        f"about {_span(found.seconds)} and {_size(found.bytes)} on disk"
    )


def _span(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _size(size: int) -> str:
    """A number of bytes in the unit that suits it."""
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"


class _Told:
    """Counts what is done; tells the estimate, and without a terminal every tenth part of the way, on stderr."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self._parts = 0

    def estimated(self, estimate: "Estimate") -> None:
        print(f"emsim: {_of_estimate(estimate)}", file=sys.stderr)

    def planned(self, runs: int) -> None:
        self.total = runs

    def done(self, row: "Row") -> None:
        self.count += 1
        if row["error"]:
            print(f"emsim: variant {row['variant']}, seed {row['seed']} failed: {row['error']}", file=sys.stderr)
        parts = 10 * self.count // max(self.total, 1)
        if parts > self._parts:
            self._parts = parts
            self.told_part()

    def told_part(self) -> None:
        """Another tenth is done."""
        print(f"emsim: {self.count} of {self.total} runs done", file=sys.stderr)


class _Bar(_Told):
    """The same on a terminal: a bar with the time left."""

    def __init__(self, bar: Any) -> None:
        super().__init__()
        self._bar = bar
        self._task = bar.add_task("Sweeping", total=None)

    def planned(self, runs: int) -> None:
        super().planned(runs)
        self._bar.update(self._task, total=runs)

    def done(self, row: "Row") -> None:
        super().done(row)
        self._bar.update(self._task, completed=self.count)

    def told_part(self) -> None:
        """The bar shows it."""


@contextmanager
def progress() -> Iterator[_Told]:
    """Shows how far it is on stderr, while inside: a bar on a terminal, otherwise a line now and then."""
    from sim.progress import wanted

    if not wanted():
        yield _Told()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    words = TextColumn("{task.description}"), TextColumn("left")
    columns = words[0], BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), words[1], TimeRemainingColumn()
    # Runs are done some at a time and far between: the time left is taken from all of them.
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=_WHOLE_SWEEP) as bar:
        yield _Bar(bar)


def _shown(summary: dict[str, Any]) -> list["RenderableType"]:
    experiment = summary["experiment"]
    level = f"{experiment['confidence']:.0%}"
    load = experiment["load"]
    head = (
        f"{experiment['title']}\n{load['name']}: {load['customers']:,} customers, {load['days']} days; "
        f"{len(summary['variants'])} variants, {experiment['replications']} runs each, {level} intervals"
    )
    parts: list[RenderableType] = [head + _left_out(summary)]
    variants = summary["variants"][:_MOST_SHOWN]
    for metric, meaning in experiment["metrics"].items():
        parts += [f"\n{metric} ({meaning['unit']}): {meaning['what']}"]
        parts += [_metric_table(variants, metric, metric in experiment["targets"])]
        if experiment["quantiles"] != [0.5]:
            parts += ["\nOver runs, the quantiles with bootstrap intervals", _quantile_table(variants, metric)]
    for metric, factors in summary["first_order"].items():
        parts += [f"\n{metric}: the share of its variance that each factor explains by itself (first-order index)"]
        parts += [_index_table(factors)]
    if experiment["audited"]:
        parts += ["\nBreaches of rules that must hold, and what so many runs say of others", _breach_table(variants)]
    if len(summary["variants"]) > _MOST_SHOWN:
        parts.append(f"({len(summary['variants']) - _MOST_SHOWN} more variants in summary.json)")
    return [*parts, *(f"\n{note}." for note in summary["notes"])]


def _left_out(summary: dict[str, Any]) -> str:
    """A line about warm-up and cool-down; empty when there is neither and none was looked for."""
    experiment, cut = summary["experiment"], summary["warm_up"]["cut_hours"]
    days = experiment["warm_up_days"], experiment["cool_down_days"]
    if not any(days) and not experiment["warm_up_chosen"]:
        return ""
    said = "cannot tell from the first run" if cut is None else f"would leave out {cut} hours of the first run"
    how = "chosen, because MSER-5" if experiment["warm_up_chosen"] else "given; MSER-5"
    warm_up, cool_down = (counted(number, "day") for number in days)
    return f"\nLeft out: {warm_up} of warm-up ({how} {said}: plots/warm_up.png), {cool_down} of cool-down"


def _metric_table(variants: list[dict[str, Any]], metric: str, target: bool) -> "RenderableType":
    table = output.table(["variant"], ["mean", "interval", *output.DIFFERENCE] + ["target"] * target)
    for variant in variants:
        cell = variant["metrics"][metric]
        words = [output.number(cell["mean"]), output.interval(cell)]
        found = variant.get("differences", {}).get(metric)
        words += output.difference(found) if found else [""] * len(output.DIFFERENCE)
        table.add_row(variant["label"], *words, *([variant["targets"][metric]] if target else []))
    return table


def _quantile_table(variants: list[dict[str, Any]], metric: str) -> "RenderableType":
    shares = list(variants[0]["metrics"][metric]["quantiles"])
    table = output.table(["variant"], [word for share in shares for word in (share, "interval")])
    for variant in variants:
        cells = variant["metrics"][metric]["quantiles"].values()
        words = [word for cell in cells for word in (output.number(cell["mean"]), output.interval(cell))]
        table.add_row(variant["label"], *words)
    return table


def _index_table(factors: dict[str, dict[str, Any]]) -> "RenderableType":
    table = output.table(["factor"], ["share", "interval", "settings"])
    for name, each in sorted(factors.items(), key=lambda item: -(item[1]["share"] or 0.0)):
        table.add_row(name, output.number(each["share"]), output.interval(each), str(each["n"]))
    return table


def _breach_table(variants: list[dict[str, Any]]) -> "RenderableType":
    table = output.table(["variant"], ["runs", "failed", "breaches", "runs with a breach"])
    for variant in variants:
        found = variant["breaches"]
        counts = (variant["runs"], variant["failed"], found["total"], found["words"])
        table.add_row(variant["label"], *map(str, counts))
    return table
