"""A search for settings worth trying: tell it what the last ones gave, and ask for others.

The first settings spread evenly (a Latin hypercube); then optuna's tree-structured Parzen estimator proposes those that
are likely to be among the best and within the targets (Ozaki and others 2020, "Multiobjective tree-structured Parzen
estimator for computationally expensive optimization problems"; Watanabe and Hutter 2023, "c-TPE: tree-structured Parzen
estimator with inequality constraints"). What it proposes turns on the seed and on what it was told alone.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiments.designs import Levels, Point, Range, latin_hypercube

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

BATCH = 8
"""Settings that are asked for at a time, whatever the number of workers: so it changes nothing in the results."""
_DIGITS = 4
"""Significant digits of numbers from a range: they can be read and typed."""
_SEEDS = 2**32


def check_optuna() -> None:
    """Raises InputError, with what to do, where optuna is missing."""
    if find_spec("optuna") is None:
        problem = "more settings than the runs allow are searched with optuna: pip install 'emsim[search]'"
        raise InputError(problem, field="runs")


class Search:
    """Looks for settings in a space that have little of every objective and no constraint above 0."""

    def __init__(self, space: Mapping[str, Levels], objectives: int, first: int, seed: int) -> None:
        """`first` settings spread evenly before what they gave counts. Raises InputError without optuna."""
        check_optuna()
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = space
        sampler = optuna.samplers.TPESampler(seed=seed % _SEEDS, n_startup_trials=first)
        self._study = optuna.create_study(directions=["minimize"] * objectives, sampler=sampler)
        self._distributions = {name: _distribution(levels) for name, levels in space.items()}
        self._failed = optuna.trial.TrialState.FAIL
        self._open: list[Trial] = []
        for point in latin_hypercube(space, first, seed):
            self._study.enqueue_trial({name: self._coded(name, value) for name, value in point.items()})

    def ask(self) -> list[Point]:
        """`BATCH` settings to be tried next; some may have been tried before."""
        self._open = [self._study.ask(self._distributions) for _ in range(BATCH)]
        return [{name: self._decoded(name, trial.params[name]) for name in self._space} for trial in self._open]

    def tell(self, results: Sequence[tuple[Sequence[float], Sequence[float]] | None]) -> None:
        """What the settings of the last `ask` gave, one by one: objectives, and constraints (at most 0 where they are
        kept); None for what could not be run."""
        for trial, result in zip(self._open, results, strict=True):
            if result is None:
                self._study.tell(trial, state=self._failed)
                continue
            objectives, constraints = result
            for index, value in enumerate(constraints):
                trial.set_constraint(str(index), value)
            self._study.tell(trial, list(objectives))

    def _coded(self, name: str, value: Any) -> Any:
        levels = self._space[name]
        return value if isinstance(levels, Range) else list(levels).index(value)

    def _decoded(self, name: str, value: Any) -> Any:
        levels = self._space[name]
        if not isinstance(levels, Range):
            return levels[value]
        return value if levels.whole else min(max(float(f"{value:.{_DIGITS}g}"), levels.low), levels.high)


def _distribution(levels: Levels) -> "BaseDistribution":
    from optuna.distributions import FloatDistribution, IntDistribution

    if not isinstance(levels, Range):
        return IntDistribution(0, len(levels) - 1)
    low, high = levels.ends
    return IntDistribution(int(low), int(high)) if levels.whole else FloatDistribution(low, high)
