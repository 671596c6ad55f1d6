"""A sweep: every run of an experiment, wherever it is carried out, and what came of them.

Results turn on the experiment alone: they are the same, byte for byte, for any number of workers, and for a sweep that
was stopped and resumed.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import InputError
from sim.experiments.executors import Executor
from sim.experiments.experiment import MSER5, Experiment
from sim.experiments.observed import waiting_by_hour
from sim.experiments.statistics import mser5, replications_needed
from sim.experiments.store import Journal, results_table, write_results
from sim.experiments.units import Row, Unit, failed, measured, simulate, unit

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs import Run

ROUND = 5
"""Runs of the unchanged load that are added at a time while their number is being chosen."""


class Tell(Protocol):
    """What a sweep tells while it works."""

    def estimated(self, seconds_a_run: float, runs_left: int, bytes_left: int, workers: int) -> None:
        """The first run took so long; at most so many are left, with about so many bytes of results."""

    def planned(self, runs: int) -> None:
        """So many runs are known to be needed, those that are done included."""

    def done(self, row: Row) -> None:
        """A run is done, or was done by the sweep that is resumed."""


@dataclass(frozen=True)
class Sweep:
    """What came of a sweep: its table (`store.results_table`), its summary, and how many runs it made now."""

    table: "pd.DataFrame"
    summary: dict[str, Any]
    made: int


def sweep(experiment: Experiment, place: Path, executor: Executor, tell: Tell, resume: bool = False) -> Sweep:
    """Carry out the runs that are missing at `place` and write the results there. Raises InputError.

    When it is stopped (Ctrl-C), the runs that are done stay at `place`, and `resume` goes on with the others.
    """
    journal = Journal(place, experiment.name)
    journal.begin(resume)
    course = Course(experiment, journal, executor, tell)
    variants = range(len(experiment.variants))
    tell.planned(experiment.replications.least * len(variants))
    try:
        course.pilot()
    except InputError:
        journal.abandon()
        raise
    replications = course.replications()
    tell.planned(replications * len(variants))
    course.run(variants, range(replications))
    return _finish(course, place, replications)


class Course:
    """The runs of an experiment: which are there, and the others made. `experiment` may get more variants on the way,
    behind those that it has."""

    def __init__(self, experiment: Experiment, journal: Journal, executor: Executor, tell: Tell) -> None:
        self.experiment = experiment
        self.journal = journal
        self.executor = executor
        self.tell = tell
        self.made = 0
        self.warm_up_days = experiment.warm_up_days if experiment.warm_up_days is not None else journal.warm_up_days
        self._told: set[str] = set()

    def unit(self, variant: int, replication: int) -> Unit:
        return unit(self.experiment, variant, replication, self.warm_up_days or 0)

    def pilot(self) -> None:
        """The first run, here: it settles the warm-up, and tells how long all of them will take."""
        first = self.unit(0, 0)
        if self.warm_up_days is not None and first.key in self.journal.rows:
            return
        began = time.perf_counter()
        try:
            run = simulate(first)
        except Exception as error:
            if self.warm_up_days is None:
                raise InputError(f"the first run failed, so that no warm-up can be chosen: {error}") from None
            row = failed(first, error)
        else:
            first = self._settled(run)
            row = measured(first, run)
        seconds = time.perf_counter() - began
        self.add(row)
        most = self.experiment.replications.most * len(self.experiment.variants)
        left = most - len(self.journal.rows)
        self.tell.estimated(seconds, left, left * len(json.dumps(row)), self.executor.workers)

    def _settled(self, run: "Run") -> Unit:
        """The first unit, with the warm-up that its run asks for."""
        if self.warm_up_days is None:
            self.warm_up_days = warm_up_of(run)
            self.journal.settle(self.warm_up_days)
        return self.unit(0, 0)

    def replications(self) -> int:
        """How many runs each variant gets: fixed, or as many as the unchanged load needs (in steps of `ROUND`)."""
        wanted = self.experiment.replications
        number = wanted.least
        while wanted.metric:
            self.run([0], range(number))
            rows = [self.journal.rows[self.unit(0, each).key] for each in range(number)]
            values = [row[wanted.metric] for row in rows if row[wanted.metric] is not None]
            confidence = self.experiment.confidence
            if number >= wanted.most or replications_needed(values, wanted.precision, confidence) is not None:
                break
            number = min(number + ROUND, wanted.most)
        return number

    def run(self, variants: Iterable[int], replications: Iterable[int]) -> None:
        """Make what is missing of these runs. All variants of a seed come before the next seed."""
        chosen = list(variants)
        units = [self.unit(variant, replication) for replication in replications for variant in chosen]
        waiting = []
        for work in units:
            known = self.journal.rows.get(work.key)
            if known is None:
                waiting.append(work)
            else:
                # The same run may have had another place in the experiment as it was before.
                known.update(variant=work.variant, replication=work.replication)
                self._say(known)
        for row in self.executor.rows(waiting):
            self.add(row)

    def add(self, row: Row) -> None:
        self.journal.add(row)
        self.made += 1
        self._say(row)

    def _say(self, row: Row) -> None:
        if row["unit"] not in self._told:
            self._told.add(row["unit"])
            self.tell.done(row)


def warm_up_of(run: "Run") -> int:
    """The days that MSER-5 leaves out, rounded up, by how many work items wait from hour to hour.

    Raises InputError when the run is too short to tell.
    """
    hours = mser5(waiting_by_hour(run.history, *run.observed))
    if hours is None:
        raise InputError(f"{MSER5} finds no end of the warm-up: take more days, or give a number", field="warm_up_days")
    return ceil(hours / 24)


def _finish(course: Course, place: Path, replications: int) -> Sweep:
    from sim.experiments.pictures import pictures
    from sim.experiments.summary import summarise

    experiment = course.experiment
    places = product(range(len(experiment.variants)), range(replications))
    keys = [course.unit(variant, replication).key for variant, replication in places]
    table = results_table(experiment, [course.journal.rows[key] for key in keys])
    summary = summarise(experiment, table, course.warm_up_days or 0)
    write_results(place, table, summary, pictures(summary, table))
    course.journal.end()
    return Sweep(table, summary, course.made)
