"""The frontier of an experiment: the settings that meet all targets at least cost, within a given number of runs.

Every setting is run where the runs allow it; otherwise a search proposes settings. What is unbeaten may be run again
with other seeds, and is then judged by those alone: who is chosen for good numbers had some luck in them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiments.designs import Point
from sim.experiments.executors import Executor
from sim.experiments.experiment import Experiment, within
from sim.experiments.findings import Tries, found, frontier_of, judge, worth
from sim.experiments.goal import COST, Goal
from sim.experiments.points import Frontier
from sim.experiments.schema import MOST_VARIANTS
from sim.experiments.search import BATCH, Search, check_optuna
from sim.experiments.store import Journal, Memory, results_table, write_results
from sim.experiments.sweep import Course, Estimate, Silent, Tell
from sim.experiments.units import Row
from sim.experiments.variants import grid_size, values_in_force, variant_at

if TYPE_CHECKING:
    import pandas as pd

_RESERVED = 8
"""Settings for which runs are kept back where the frontier is to be confirmed: the load itself and seven others."""
_LEAST_CONFIRMED = 2
"""Of a frontier with more settings at least so many are run again, besides the load itself."""
_IN_VAIN = 20
"""So often a search may propose nothing new before it ends."""


def frontier(
    experiment: Experiment, place: Path | None, executor: Executor, tell: Tell | None = None, resume: bool = False
) -> Frontier:
    """Run what is needed, and write a sweep's files to `place`, whose summary says under `frontier` what was found;
    nothing is read or written when it is None. Raises InputError.

    When it is stopped (Ctrl-C), the runs that are done stay at `place`, and `resume` goes on with the others.
    """
    goal = within(experiment, None).goal
    assert goal is not None
    _check_runs(experiment, goal, experiment.replications.least)
    if not _fits(experiment, goal, experiment.replications.least):
        check_optuna()
    told = _Told(tell or Silent(), goal.runs)
    if place is None:
        return _carried_out(Course(experiment, Memory(), executor, told), goal)
    journal = Journal(place, experiment.name)
    journal.begin(resume)
    try:
        done = _carried_out(Course(experiment, journal, executor, told), goal)
    except InputError:
        journal.abandon()
        raise
    write_results(place, done.results, done.summary, done.plot.pngs())
    journal.end()
    done.folder = place
    return done


def _carried_out(course: Course, goal: Goal) -> Frontier:
    from sim.experiments.summary import summarise

    course.tell.planned(goal.runs)
    course.pilot()
    hunt = _Hunt(course, goal, course.replications())
    hunt.try_settings()
    tried = judge(hunt.experiment, goal, hunt.table(), range(len(hunt.experiment.variants)))
    unbeaten = [tried[place]["variant"] for place in frontier_of(tried, goal)]
    confirmed, kept = hunt.confirm(unbeaten)
    experiment, table = hunt.experiment, hunt.table()
    course.tell.planned(len(table))
    possible = grid_size(experiment.space) if experiment.design == "grid" else None
    left_out = len(unbeaten) - len(kept)
    tries = Tries(hunt.whole, possible, hunt.impossible, hunt.replications, confirmed, left_out)
    assert course.journal.warm_up is not None
    summary = summarise(experiment, table, course.journal.warm_up)
    return Frontier(table, {**summary, "frontier": found(experiment, goal, table, tried, tries, kept)}, course.made)


def spread(items: Sequence[int], count: int) -> list[int]:
    """At most `count` (2 or more) of the items, evenly over them, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    return [items[round(place * (len(items) - 1) / (count - 1))] for place in range(count)]


class _Told:
    """Tells the same as another, but that of so many runs."""

    def __init__(self, tell: Tell, runs: int) -> None:
        self._runs = runs
        self._tell = tell

    def planned(self, runs: int) -> None:
        """So many runs are known to be needed."""
        self._tell.planned(runs)

    def done(self, row: Row) -> None:
        """A run is done."""
        self._tell.done(row)

    def estimated(self, estimate: Estimate) -> None:
        """How long all runs that are allowed would take."""
        self._tell.estimated(estimate._replace(runs=self._runs - 1))


def _check_runs(experiment: Experiment, goal: Goal, replications: int) -> None:
    listed = experiment.design in ("list", "one_at_a_time")
    settings = len(experiment.variants) if listed else 2
    if goal.runs < replications * settings:
        problem = f"must be at least {replications * settings}: {settings} settings, {replications} runs each"
        raise InputError(f"{problem} (value {goal.runs})", field="runs")


def _fits(experiment: Experiment, goal: Goal, replications: int) -> bool:
    """Whether every setting can be run: the variants are all that there are, and not too many."""
    size = grid_size(experiment.space)
    named = experiment.design != "latin_hypercube" and (size is None or size <= MOST_VARIANTS)
    return named and len(experiment.variants) * replications <= goal.runs


class _Hunt:
    """The runs of a frontier, and the settings that they tried. `replications` is how many each setting gets at first,
    `whole` whether every setting was tried, `impossible` how often one was proposed that cannot be."""

    def __init__(self, course: Course, goal: Goal, replications: int) -> None:
        self.course = course
        self.goal = goal
        self.replications = replications
        self.whole = False
        self.impossible = 0
        self._rows: list[Row] = []
        self._prices: dict[int, Mapping[str, Any]] = {}

    @property
    def experiment(self) -> Experiment:
        """With the settings that were tried so far as its variants."""
        return self.course.experiment

    def try_settings(self) -> None:
        """Run all settings where the runs allow it, otherwise those that a search proposes."""
        experiment, goal = self.experiment, self.goal
        _check_runs(experiment, goal, self.replications)
        settings = len(experiment.variants)
        self.whole = _fits(experiment, goal, self.replications)
        if self.whole:
            self.course.tell.planned(settings * self.replications)
            self._run(range(settings), range(self.replications))
            return
        self.course.experiment = replace(experiment, variants=experiment.variants[:1])
        self._run([0], range(self.replications))
        self._search(max((goal.runs - _RESERVED * goal.confirm) // self.replications, 2))

    def confirm(self, variants: Sequence[int]) -> tuple[int, list[int]]:
        """Run these and the load itself again with seeds that none has seen; how often, and which. Where the runs do
        not allow it for all, some that spread over them (in their order) are chosen."""
        further = self.goal.confirm
        room = (self.goal.runs - len(self._rows)) // further if further else 0
        others = [variant for variant in variants if variant]
        if room < min(len(others), _LEAST_CONFIRMED) + 1:
            return 0, list(variants)
        kept = spread(others, room - 1)
        chosen = [0, *kept]
        self.course.tell.planned(len(self._rows) + further * len(chosen))
        self._run(chosen, range(self.replications, self.replications + further))
        return further, [variant for variant in variants if variant in chosen]

    def table(self) -> "pd.DataFrame":
        """All runs so far as a table of results, with a column of their cost."""
        rows = sorted(self._rows, key=lambda row: (row["variant"], row["replication"]))
        table = results_table(self.experiment, rows)
        table[COST] = [self.goal.cost.of(row, self._priced(row["variant"])) for row in rows]
        return table.astype({COST: "float64"})

    def _search(self, settings: int) -> None:
        """Try settings (the load itself is one) until there are so many, or nothing new is proposed."""
        first = min(max(BATCH, settings // 4), settings - 1)
        load = self.experiment.load
        search = Search(self.experiment.space, 1 + len(self.goal.objectives), first, load.seed)
        in_vain = 0
        while len(self.experiment.variants) < settings and in_vain < _IN_VAIN:
            before = len(self.experiment.variants)
            places = [self._place_of(point, settings) for point in search.ask()]
            new = range(before, len(self.experiment.variants))
            self._run(new, range(self.replications))
            judged = judge(self.experiment, self.goal, self.table(), [each for each in places if each is not None])
            told = (worth(each, self.experiment, self.goal) for each in judged)
            search.tell([None if each is None else next(told) for each in places])
            in_vain = 0 if new else in_vain + 1

    def _place_of(self, point: Point, settings: int) -> int | None:
        """Where the variant at this point stands; None when it is not possible, or new and there are enough."""
        variants = self.experiment.variants
        try:
            made = variant_at(self.experiment.load, variants[0], point)
        except InputError:
            self.impossible += 1
            return None
        for place, known in enumerate(variants):
            if known.sets == made.sets:
                return place
        if len(variants) == settings:
            return None
        self.course.experiment = replace(self.experiment, variants=(*variants, made))
        return len(variants)

    def _run(self, variants: Iterable[int], replications: range) -> None:
        chosen = list(variants)
        self.course.run(chosen, replications)
        for variant, replication in product(chosen, replications):
            self._rows.append(self.course.journal.rows[self.course.unit(variant, replication).key])

    def _priced(self, variant: int) -> Mapping[str, Any]:
        """The values in force of the parameters that have a price."""
        if variant not in self._prices:
            names = {term.name: None for term in self.goal.cost.terms if term.is_parameter}
            sets = self.experiment.variants[variant].sets
            self._prices[variant] = values_in_force(self.experiment.load.with_overrides(sets=sets), names)
        return self._prices[variant]
