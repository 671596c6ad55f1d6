"""A sweep: every run of an experiment, wherever it is carried out, and what came of them.

Results turn on the experiment alone: they are the same, byte for byte, for any number of workers, and for a sweep that
was stopped and resumed.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from math import ceil
from pathlib import Path
from typing import NamedTuple, Protocol

from sim.errors import InputError
from sim.experiments.executors import Executor
from sim.experiments.experiment import Experiment
from sim.experiments.lengths import replications_chosen
from sim.experiments.results import Sweep
from sim.experiments.store import Journal, Memory, results_table, write_results
from sim.experiments.units import MOST_TOGETHER, Row, Unit, key_of, unit

ROUND = 5
"""Runs of the unchanged load that are added at a time, at least, while their number is being chosen."""
PICTURES_A_METRIC = 3
PICTURE_BYTES = 93_000
"""A picture as a file, and once more in the report, where it is a third longer."""


class Estimate(NamedTuple):
    """What a sweep will take, by its first run: `seconds_a_run`, `runs` that are left at most, `bytes` on disk, and how
    many are made at a time."""

    seconds_a_run: float
    runs: int
    bytes: int
    workers: int

    @property
    def seconds(self) -> float:
        """How long all of it takes."""
        return self.seconds_a_run * ceil(self.runs / self.workers)


class Tell(Protocol):
    """What a sweep tells while it works."""

    def estimated(self, estimate: Estimate) -> None:
        """The first run is done."""

    def planned(self, runs: int) -> None:
        """So many runs are known to be needed, those that are done included."""

    def done(self, row: Row) -> None:
        """A run is done, or was done by the sweep that is resumed."""


class Silent:
    """Tells nobody; remembers the estimate."""

    estimate: Estimate | None = None

    def estimated(self, estimate: Estimate) -> None:
        """Nothing is shown."""
        self.estimate = estimate

    def planned(self, runs: int) -> None:
        """Nothing is shown."""

    def done(self, row: Row) -> None:
        """Nothing is shown."""


def sweep(
    experiment: Experiment, place: Path | None, executor: Executor, tell: Tell | None = None, resume: bool = False
) -> Sweep:
    """Carry out the runs that are missing at `place` and write the results there; nothing is read or written when it is
    None. Raises InputError.

    When it is stopped (Ctrl-C), the runs that are done stay at `place`, and `resume` goes on with the others.
    """
    if place is None:
        return _carried_out(Course(experiment, Memory(), executor, tell or Silent()))
    journal = Journal(place, experiment.name)
    journal.begin(resume)
    try:
        done = _carried_out(Course(experiment, journal, executor, tell or Silent()))
    except InputError:
        journal.abandon()
        raise
    write_results(place, done.results, done.summary, done.plot.pngs())
    journal.end()
    done.folder = place
    return done


def estimate(experiment: Experiment, executor: Executor) -> Estimate:
    """What a whole sweep will take: its first run is made for that, and forgotten. Raises InputError."""
    tell = Silent()
    Course(experiment, Memory(), executor, tell).pilot()
    assert tell.estimate is not None
    return tell.estimate


def _carried_out(course: "Course") -> Sweep:
    from sim.experiments.summary import summarise

    experiment = course.experiment
    variants = range(len(experiment.variants))
    course.tell.planned(experiment.replications.least * len(variants))
    course.pilot()
    replications = course.replications()
    course.tell.planned(replications * len(variants))
    course.run(variants, range(replications))
    keys = [course.key(*place) for place in product(variants, range(replications))]
    table = results_table(experiment, [course.journal.rows[key] for key in keys])
    assert course.journal.warm_up is not None
    return Sweep(table, summarise(experiment, table, course.journal.warm_up), course.made)


class Course:
    """The runs of an experiment: which are there, and the others made. `experiment` may get more variants on the way,
    behind those that it has."""

    def __init__(self, experiment: Experiment, journal: Memory, executor: Executor, tell: Tell) -> None:
        self.experiment = experiment
        self.journal = journal
        self.executor = executor
        self.tell = tell
        self.made = 0
        self._told: set[str] = set()
        self._asked: dict[tuple[int, int | None], str] = {}

    @property
    def warm_up_days(self) -> int | None:
        """As the experiment has it, or as the first run settled it; None before."""
        given, settled = self.experiment.warm_up_days, self.journal.warm_up
        return given if given is not None or settled is None else settled.days

    def unit(self, variant: int, replication: int) -> Unit:
        return unit(self.experiment, variant, replication, self.warm_up_days)

    def key(self, variant: int, replication: int) -> str:
        """The key of the unit, without making one."""
        place = (variant, self.warm_up_days)
        if place not in self._asked:
            self._asked[place] = self.unit(variant, 0).asked
        return key_of(self._asked[place], self.experiment.load.seed + replication)

    def pilot(self) -> None:
        """The first run: it settles the warm-up, and tells how long all of them will take."""
        wanted = self.experiment.warm_up_days
        if self.journal.warm_up is not None and self.key(0, 0) in self.journal.rows:
            return
        found = self.executor.pilot(replace(self.unit(0, 0), warm_up_days=wanted))
        if wanted is None and found.row["error"]:
            raise InputError(f"no warm-up can be chosen: {found.row['error']}", field="warm_up_days")
        self.journal.settle(found.warm_up)
        most = self.experiment.replications.most * len(self.experiment.variants)
        left = most - len(self.journal.rows) - 1
        size = left * len(json.dumps(found.row)) + len(self.experiment.metrics) * PICTURES_A_METRIC * PICTURE_BYTES
        self.tell.estimated(Estimate(found.seconds, left, size, self.executor.workers))
        self.add(found.row)

    def replications(self) -> int:
        """How many runs each variant gets: fixed, or as many as the unchanged load needs.

        The number does not turn on how many were made at a time while it was being chosen.
        """
        wanted = self.experiment.replications
        number = wanted.least
        while wanted.metric:
            self.run([0], range(number))
            values = [self.journal.rows[self.key(0, each)][wanted.metric] for each in range(number)]
            known = [each for each, value in enumerate(values) if value is not None]
            found = replications_chosen(
                [values[each] for each in known], wanted.precision, self.experiment.confidence
            )  # fmt: skip
            if found is not None:
                return known[found.made - 1] + 1
            if number >= wanted.most:
                break
            number = min(number + max(ROUND, self.executor.workers), wanted.most)
        return number

    def run(self, variants: Iterable[int], replications: Iterable[int]) -> None:
        """Make what is missing of these runs. Runs of one variant follow each other, so that they share an audit."""
        chosen, numbers = list(variants), list(replications)
        missing = []
        for first in range(0, len(numbers), MOST_TOGETHER):
            for variant, replication in product(chosen, numbers[first : first + MOST_TOGETHER]):
                known = self.journal.rows.get(self.key(variant, replication))
                if known is None:
                    missing.append((variant, replication))
                else:
                    # The same run may have had another place in the experiment as it was before.
                    known.update(variant=variant, replication=replication)
                    self._say(known)
        for row in self.executor.rows((self.unit(*place) for place in missing), len(missing)):
            self.add(row)

    def add(self, row: Row) -> None:
        self.journal.add(row)
        self.made += 1
        self._say(row)

    def _say(self, row: Row) -> None:
        if row["unit"] not in self._told:
            self._told.add(row["unit"])
            self.tell.done(row)
