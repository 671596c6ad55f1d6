"""How fast emsim is and how much memory it takes, beside a bare SimPy model on the same machine.

    .venv/bin/python tests/benchmarks/measure.py [--repeat N] [--json]

Each measurement has a process of its own, so that peak memory is its own; the world and the bare model that it is held
against share one. Reported is the best of the repetitions: other work on the machine can only make them slower.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOAD = "four_weeks"
CUSTOMERS = 20_000
BARE_UNTIL = 60_000.0
GOALS = {
    "simulation_seconds": ("at most", 60.0),
    "simulation_peak_gigabytes": ("at most", 1.5),
    "bare_events_for_a_row": ("at most", 5.0),
    "doubling_ratio": ("at most", 2.2),
    "help_seconds": ("at most", 0.5),
}
"""What the project asks for, by the name of the measurement."""


def simulated(customers: int) -> dict[str, float]:
    """Seconds, rows and peak memory of the default load with this many customers, and the bare model's speed.

    The bare model is timed before and after, because other work on the machine comes and goes.
    """
    from sim.runs import plan
    from sim.world import simulate

    before = bare_events_a_second()
    planned = plan(LOAD, customers=customers)
    began = time.perf_counter()
    history = simulate(planned.load, planned.policy, planned.parameters)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows = len(history)
    del history
    bare = (before + bare_events_a_second()) / 2
    return {
        "simulation_seconds": seconds,
        "simulation_peak_gigabytes": peak,
        "history_rows": rows,
        "history_rows_a_second": rows / seconds,
        "bare_events_a_second": bare,
        "bare_events_for_a_row": bare / (rows / seconds),
    }


def bare_events_a_second() -> float:
    """Events a second of an M/M/1 queue in plain SimPy: counted in one run, timed in another one of the same draws."""
    counted = queue()
    events = 0
    while counted.peek() < BARE_UNTIL:
        counted.step()
        events += 1
    timed = queue()
    began = time.perf_counter()
    timed.run(until=BARE_UNTIL)
    seconds = time.perf_counter() - began
    return events / seconds


def queue() -> Any:
    """A server that is busy 80% of the time, customers as processes, exponential times."""
    import simpy

    env = simpy.Environment()
    server = simpy.Resource(env, capacity=1)
    chance = random.Random(1)

    def customer() -> Iterator[Any]:
        with server.request() as turn:
            yield turn
            yield env.timeout(chance.expovariate(1.0))

    def arrivals() -> Iterator[Any]:
        while True:
            yield env.timeout(chance.expovariate(0.8))
            env.process(customer())

    env.process(arrivals())
    return env


def whole_job() -> dict[str, float]:
    """Seconds and peak memory of ``emsim run`` with the default load: simulated, audited, drawn and written."""
    import sim

    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        sim.run(LOAD, customers=CUSTOMERS, out=Path(place) / "run")
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"whole_job_seconds": seconds, "whole_job_peak_gigabytes": peak}


def help_time() -> dict[str, float]:
    """Seconds until ``emsim --help`` has answered."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "sim.start", "--help"], check=True, capture_output=True)
    return {"help_seconds": time.perf_counter() - began}


def in_a_process(what: str, repeat: int) -> list[dict[str, float]]:
    """The measurements of `what`, each in a process of its own."""
    command = [sys.executable, __file__, "--measure", what]
    return [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeat)]


def best(measured: list[dict[str, float]], by: str) -> dict[str, float]:
    """The repetition with the fewest seconds."""
    return min(measured, key=lambda one: one[by])


def report(repeat: int) -> dict[str, float]:
    """All measurements by name."""
    usual = best(in_a_process(str(CUSTOMERS), repeat), "simulation_seconds")
    double = best(in_a_process(str(2 * CUSTOMERS), repeat), "simulation_seconds")
    found = {**usual, "doubled_customers_seconds": double["simulation_seconds"]}
    found["doubling_ratio"] = double["simulation_seconds"] / usual["simulation_seconds"]
    found |= best(in_a_process("job", 1), "whole_job_seconds")
    return found | best([help_time() for _ in range(max(5, repeat))], "help_seconds")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(whole_job() if given.measure == "job" else simulated(int(given.measure))))
        return
    found = report(given.repeat)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        word, goal = GOALS.get(name, ("", 0.0))
        print(f"{name.replace('_', ' '):28} {value:>14,.3f}   {f'({word} {goal})' if word else ''}".rstrip())


if __name__ == "__main__":
    main()
