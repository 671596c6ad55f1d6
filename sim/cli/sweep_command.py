"""``emsim sweep``: every run of an experiment, with progress, and what came of it in plain words."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import output
from sim.errors import Stopped

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiments.units import Row

_MOST_SHOWN = 40
"""Variants a table on the terminal; all of them are in the files."""


def run_sweep(
    file: str,
    workers: int | None,
    replications: int | None,
    customers: int | None,
    days: int | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
) -> int:
    """Sweep the experiment `file` and return the exit code: 1 when a run failed. Raises InputError and Stopped."""
    from sim.experiments.executors import executor
    from sim.experiments.experiment import read_experiment
    from sim.experiments.sweep import sweep

    experiment = read_experiment(file, replications, customers, days)
    place = out if out is not None else Path("runs") / f"sweep-{experiment.name}"
    began = time.perf_counter()
    with _progress() as tell:
        try:
            with executor(workers or os.cpu_count() or 1) as chosen:
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
        output.emit(f"Results: {place}\n")
    if failed:
        print(f"emsim: {failed} of {done.summary['runs']} runs failed; --resume tries them again", file=sys.stderr)
    return int(failed > 0)


class _Told:
    """Counts what is done; tells the estimate, and without a terminal every tenth part of the way, on stderr."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self._parts = 0

    def estimated(self, seconds_a_run: float, runs_left: int, bytes_left: int, workers: int) -> None:
        minutes = seconds_a_run * runs_left / workers / 60
        print(
            f"emsim: the first run took {seconds_a_run:.1f} s; {runs_left} more with {workers} worker(s) take "
            f"about {minutes:.1f} minutes at most and {max(1, bytes_left // 1000):,} kB on disk",
            file=sys.stderr,
        )

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
def _progress() -> Iterator[_Told]:
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

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        yield _Bar(bar)


def _shown(summary: dict[str, Any]) -> list["RenderableType"]:
    experiment = summary["experiment"]
    level = f"{experiment['confidence']:.0%}"
    load = experiment["load"]
    head = (
        f"{experiment['title']}\n{load['name']}: {load['customers']:,} customers, {load['days']} days; "
        f"{len(summary['variants'])} variants, {experiment['replications']} runs each, {level} intervals"
    )
    if experiment["warm_up_days"] or experiment["cool_down_days"]:
        chosen = " (chosen by MSER-5)" if experiment["warm_up_chosen"] else ""
        days = experiment["warm_up_days"], experiment["cool_down_days"]
        head += f"\nLeft out: {days[0]} days of warm-up{chosen}, {days[1]} of cool-down"
    parts: list[RenderableType] = [head]
    variants = summary["variants"][:_MOST_SHOWN]
    for metric, meaning in experiment["metrics"].items():
        parts += [f"\n{metric} ({meaning['unit']}): {meaning['what']}"]
        parts += [_metric_table(variants, metric, metric in experiment["targets"])]
    parts += [f"\nBreaches of rules that must hold, with an exact upper bound at {level}", _breach_table(variants)]
    if len(summary["variants"]) > _MOST_SHOWN:
        parts.append(f"({len(summary['variants']) - _MOST_SHOWN} more variants in summary.json)")
    return [*parts, *(f"\n{note}." for note in summary["notes"])]


def _metric_table(variants: list[dict[str, Any]], metric: str, target: bool) -> "RenderableType":
    names = ["mean", "interval", "difference", "paired", "unpaired", "differs"] + ["target"] * target
    table = output.table(["variant"], names)
    for variant in variants:
        cell = variant["metrics"][metric]
        words = [output.number(cell["mean"]), output.interval(cell)]
        found = variant.get("differences", {}).get(metric)
        words += output.difference(found) if found else [""] * 4
        table.add_row(variant["label"], *words, *([variant["targets"][metric]] if target else []))
    return table


def _breach_table(variants: list[dict[str, Any]]) -> "RenderableType":
    table = output.table(["variant"], ["runs", "failed", "breaches", "runs with any", "share of runs at most"])
    for variant in variants:
        found = variant["breaches"]
        bound = found["share_of_runs_at_most"]
        counts = (variant["runs"], variant["failed"], found["total"], found["runs_with_any"])
        table.add_row(variant["label"], *map(str, counts), "" if bound is None else f"{bound:.1%}")
    return table
