"""The pictures of a sweep."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.experiments.lengths import Precision, mser5_errors, replications_chosen
from sim.experiments.statistics import mean_interval
from sim.plots import Picture
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

    def warm_up(self) -> Picture:
        """The queue of the first run from hour to hour, and how much of its start is left out."""
        found, experiment = self._summary["warm_up"], self._summary["experiment"]
        chosen = experiment["warm_up_chosen"]
        errors = mser5_errors(found["waiting"])
        return settling(Settling(found["waiting"], errors, found["cut_hours"], found["days"], chosen))

    def pngs(self) -> dict[str, bytes]:
        """Every picture that shows something as PNG, by name."""
        found: dict[str, bytes] = {}
        for metric in self._summary["experiment"]["metrics"]:
            name = re.sub(r"[^a-z0-9]+", "_", metric.lower()).strip("_")
            for kind in ("effect", "differences", "convergence"):
                draw: Callable[[str], Picture] = getattr(self, kind)
                _add(found, f"{kind}_{name}", draw(metric))
        _add(found, "warm_up", self.warm_up())
        return found

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


def _add(found: dict[str, bytes], name: str, drawn: Picture) -> None:
    if not drawn.is_empty:
        found[name] = drawn.png()
