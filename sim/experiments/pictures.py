"""The pictures of a sweep."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.experiments import pictured
from sim.experiments.lengths import Precision, mser5_errors, replications_chosen
from sim.experiments.statistics import mean_interval
from sim.plots import Picture
from sim.plots.frontier import frontier
from sim.plots.heat import heat_map
from sim.plots.sensitivity import first_order, tornado
from sim.plots.sweeps import Convergence, Effect, Settling, convergence, metric_against_factor, paired_differences
from sim.plots.sweeps import warm_up as settling

if TYPE_CHECKING:
    import pandas as pd

_PRECISION = Precision(0.1)
"""What the picture of convergence looks for where the experiment names no precision."""


class SweepPlotter:
    """Draws the pictures of one sweep: ``plotter.effect("sent[pluto]")``; the first metric when none is named."""

    def __init__(self, summary: dict[str, Any], results: "pd.DataFrame") -> None:
        self._summary = summary
        self._results = results

    def effect(self, metric: str | None = None) -> Picture:
        """A metric against the settings, with its interval and target."""
        return metric_against_factor(self._effect(metric))

    def differences(self, metric: str | None = None) -> Picture:
        """The differences to the load as it is: paired by seed, and as if the runs were strangers."""
        return paired_differences(self._effect(metric))

    def convergence(self, metric: str | None = None) -> Picture:
        """How a metric's mean and interval settle as runs of the load as it is are added."""
        name = self._name(metric)
        experiment = self._summary["experiment"]
        confidence = experiment["confidence"]
        chosen = experiment["replications_chosen"] or {}
        mine = chosen.get("metric") == name
        precision = Precision(chosen["width"], chosen["relative"]) if mine else _PRECISION
        values = self._results.loc[self._results["variant"] == 0, name].dropna().tolist()
        found = replications_chosen(values, precision, confidence)
        intervals = [mean_interval(values[:n], confidence) for n in range(1, len(values) + 1)]
        means = [(each.estimate, each.low, each.high) for each in intervals if each.estimate is not None]
        unit = experiment["metrics"][name]["unit"]
        aim = f"±{precision.width:.0%} of the mean" if precision.relative else f"±{precision.width:g} {unit}"
        return convergence(Convergence(name, unit, confidence, means, found.needed if found else None, aim))

    def tornado(self, metric: str | None = None) -> Picture:
        """Factor by factor, how far it moves a metric: from settings that change one factor each."""
        name = self._name(metric)
        return tornado(pictured.tornado_of(self._summary, name))

    def first_order(self, metric: str | None = None) -> Picture:
        """How much of a metric's variance each factor explains by itself (a Latin hypercube)."""
        name = self._name(metric)
        return first_order(pictured.shares_of(self._summary, name))

    def heat_map(self, first: str | None = None, second: str | None = None, metric: str | None = None) -> Picture:
        """A metric over two factors (the first two when none are named) in every pair of their values that was run, all
        others as the load has them."""
        name = self._name(metric)
        return heat_map(pictured.heat_of(self._summary, name, *self._factors(first, second)))

    def frontier(self) -> Picture:
        """Cost against each objective, and which settings no other beats (`emsim frontier`)."""
        if "frontier" not in self._summary:
            raise ValueError("this sweep looked for no frontier: emsim frontier does")
        return frontier(pictured.frontier_of(self._summary))

    def warm_up(self) -> Picture:
        """The queue of the first run from hour to hour, and how much of its start is left out."""
        found, experiment = self._summary["warm_up"], self._summary["experiment"]
        chosen = experiment["warm_up_chosen"]
        errors = mser5_errors(found["waiting"])
        return settling(Settling(found["waiting"], errors, found["cut_hours"], found["days"], chosen))

    def pngs(self) -> dict[str, bytes]:
        """Every picture that shows something as PNG, by name."""
        found: dict[str, bytes] = {}
        searched = self._summary.get("frontier")
        if searched:
            _add(found, "frontier", self.frontier())
        for metric in self._summary["experiment"]["metrics"]:
            for kind in self._kinds(metric):
                draw: Callable[[str], Picture] = getattr(self, kind)
                _add(found, f"{kind}_{_file_name(metric)}", draw(metric))
            for first, second in self._pairs(metric):
                names = "_".join(map(_file_name, (metric, first, second)))
                _add(found, f"heat_map_{names}", self.heat_map(first, second, metric))
        _add(found, "warm_up", self.warm_up())
        return found

    def _kinds(self, metric: str) -> list[str]:
        """The pictures of a metric that say something of this design."""
        experiment = self._summary["experiment"]
        kinds = ["effect"] if "frontier" in self._summary else ["effect", "differences", "convergence"]
        kinds += ["tornado"] if experiment["design"] == "one_at_a_time" and len(experiment["factors"]) > 1 else []
        return kinds + (["first_order"] if metric in self._summary["first_order"] else [])

    def _pairs(self, metric: str) -> list[tuple[str, str]]:
        """The pairs of factors of a metric's heat maps: of a frontier, those alone that it is about."""
        searched = self._summary.get("frontier")
        about = {*self._summary["experiment"]["targets"], *searched["objectives"]} if searched else {metric}
        return pictured.pairs_of_factors(self._summary) if metric in about else []

    def _factors(self, first: str | None, second: str | None) -> tuple[str, str]:
        names = list(self._summary["experiment"]["factors"])
        if len(names) < 2:
            raise ValueError("a heat map needs two factors")
        for name in (first, second):
            if name is not None and name not in names:
                raise KeyError(f"no factor {name!r} in this sweep (one of {', '.join(names)})")
        one = first or next(name for name in names if name != second)
        return one, second or next(name for name in names if name != one)

    def _name(self, metric: str | None) -> str:
        names = list(self._summary["experiment"]["metrics"])
        if metric is not None and metric not in names:
            raise KeyError(f"no metric {metric!r} in this sweep (one of {', '.join(names)})")
        return metric or names[0]

    def _effect(self, metric: str | None) -> Effect:
        name = self._name(metric)
        experiment = self._summary["experiment"]
        return Effect(
            name, experiment["metrics"][name]["unit"], experiment["confidence"], experiment["factors"],
            self._summary["variants"], experiment["targets"].get(name, {}),
        )  # fmt: skip


def _file_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _add(found: dict[str, bytes], name: str, drawn: Picture) -> None:
    if not drawn.is_empty:
        found[name] = drawn.png()
