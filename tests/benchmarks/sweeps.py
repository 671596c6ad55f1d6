"""How fast sweeps are: runs a minute, what a second worker gains, what Dask costs, and the memory of whoever asked.

    .venv/bin/python tests/benchmarks/sweeps.py [--runs N] [--json]

Each measurement has a process of its own. Seconds of the processor (cpu) are told beside those of the clock, because
other work on the machine takes its part of the clock alone.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from sim.experiments.executors import Executor, executor
from sim.experiments.experiment import Experiment, read_experiment
from sim.experiments.units import Pilot, Row, Unit, WarmUp

EXPERIMENT = "daily_limit"
"""Its load is four_weeks with 5,000 customers and 14 days."""
RUNS = 100
WORKERS = 2
MANY = 10_000
"""Runs of the sweep that shows how the client's memory grows; they are made up."""
GOALS = {
    "speed_up": ("at least", 1.8),
    "speed_up_by_cpu": ("at least", 1.8),
    "dask_overhead_share": ("at most", 0.05),
    "client_kilobytes_a_run": ("at most", 5.0),
}
"""What the project asks for, by the name of the measurement."""


def asked(runs: int) -> Experiment:
    """So many runs of the load as it is."""
    whole = read_experiment(EXPERIMENT, replications=runs)
    return replace(whole, variants=whole.variants[:1])


def swept(runs: int, workers: int) -> dict[str, float]:
    """Seconds of a sweep with this many workers, processes started and results made included."""
    from sim.experiments.sweep import sweep

    experiment = asked(runs)
    began = time.perf_counter()
    with executor(workers) as chosen:
        sweep(experiment, None, chosen)
    seconds = time.perf_counter() - began
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "client_cpu_seconds": own.ru_utime + own.ru_stime,
        "workers_cpu_seconds": theirs.ru_utime + theirs.ru_stime,
        "client_peak_gigabytes": own.ru_maxrss / 1024**2,
        "worker_peak_gigabytes": theirs.ru_maxrss / 1024**2,
    }


def on_dask(runs: int) -> dict[str, float]:
    """The share of the workers' time in which they made no runs, from the first task to the last row."""
    from distributed import LocalCluster

    from sim.experiments.cluster import Cluster
    from sim.experiments.units import unit

    experiment = asked(runs)
    place = LocalCluster(n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0")
    with place, Cluster(place.scheduler_address) as connected:
        # Each worker imports what it needs once, and the first run tells how long they are.
        connected.pilot(unit(experiment, 0, 0, 0))
        list(connected.rows([unit(experiment, 0, each, 0) for each in range(2 * WORKERS)], 2 * WORKERS))
        before = connected.task_seconds
        began = time.perf_counter()
        list(connected.rows((unit(experiment, 0, each, 0) for each in range(runs)), runs))
        seconds = time.perf_counter() - began
        busy = connected.task_seconds - before
    return {
        "dask_seconds": seconds,
        "dask_task_seconds": busy,
        "dask_overhead_share": 1 - busy / (WORKERS * seconds),
    }


class MadeUp:
    """Rows without simulating: what is left is the work of the client."""

    workers = 2

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is under way."""

    def pilot(self, work: Unit) -> Pilot:
        return Pilot(self._row(work), WarmUp(0, 0, []), 1.0)

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        return map(self._row, units)

    def _row(self, work: Unit) -> Row:
        head = {"unit": work.key, "variant": work.variant, "replication": work.replication, "seed": work.load.seed}
        numbers = dict.fromkeys(work.metrics, work.load.seed % 7 / 7)
        return {
            **head,
            "error": "",
            "fingerprint": f"{work.load.seed:064d}",
            "verdict": "pass",
            "breaches": 0,
            **numbers,
        }


def client_memory(runs: int) -> dict[str, float]:
    """The most memory of a client that asks for this many runs and makes none, and its seconds."""
    from sim.experiments.sweep import sweep

    began = time.perf_counter()
    sweep(asked(runs), None, MadeUp())
    return {
        "seconds": time.perf_counter() - began,
        "peak_kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


MEASURES: dict[str, Callable[[int], dict[str, float]]] = {
    "one": lambda runs: swept(runs, 1),
    "two": lambda runs: swept(runs, WORKERS),
    "dask": on_dask,
    "memory": client_memory,
}


def in_a_process(what: str, runs: int) -> dict[str, float]:
    """One of `MEASURES`."""
    command = [sys.executable, __file__, "--measure", what, "--runs", str(runs)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def report(runs: int) -> dict[str, float]:
    """All measurements by name."""
    one, two = (in_a_process(what, runs) for what in ("one", "two"))
    few, many = (in_a_process("memory", number) for number in (runs, MANY))
    alone = one["client_cpu_seconds"] + one["workers_cpu_seconds"]
    # What the client does nobody can share; the rest is made by two at a time.
    together = two["client_cpu_seconds"] + two["workers_cpu_seconds"] / WORKERS
    return {
        "runs": runs,
        "runs_a_minute_one_worker": 60 * runs / one["seconds"],
        "runs_a_minute_two_workers": 60 * runs / two["seconds"],
        "speed_up": one["seconds"] / two["seconds"],
        "cpu_seconds_a_run": alone / runs,
        "cpu_seconds_a_run_two_workers": (two["client_cpu_seconds"] + two["workers_cpu_seconds"]) / runs,
        "speed_up_by_cpu": alone / together,
        "client_peak_gigabytes": two["client_peak_gigabytes"],
        "worker_peak_gigabytes": two["worker_peak_gigabytes"],
        "client_kilobytes_a_run": (many["peak_kilobytes"] - few["peak_kilobytes"]) / (MANY - runs),
        "client_milliseconds_a_run": 1000 * (many["seconds"] - few["seconds"]) / (MANY - runs),
        **in_a_process("dask", runs),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=RUNS, help="how many runs each sweep makes")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--measure", choices=sorted(MEASURES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(MEASURES[given.measure](given.runs)))
        return
    found: dict[str, Any] = report(given.runs)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        word, goal = GOALS.get(name, ("", 0.0))
        print(f"{name.replace('_', ' '):32} {value:>12,.3f}   {f'({word} {goal})' if word else ''}".rstrip())


if __name__ == "__main__":
    main()
