"""The pictures of a sweep, as PNG by name."""

import re
from typing import TYPE_CHECKING, Any

from sim.experiments.statistics import mean_interval, replications_needed
from sim.plots.sweeps import Convergence, Effect, convergence, metric_against_factor, paired_differences

if TYPE_CHECKING:
    import pandas as pd

_PRECISION = 0.1
"""The relative half-width that the picture of convergence looks for where the experiment names none."""


def pictures(summary: dict[str, Any], table: "pd.DataFrame") -> dict[str, bytes]:
    """For each metric: itself and its differences by variant, and how its mean settles on the unchanged load."""
    experiment = summary["experiment"]
    confidence = experiment["confidence"]
    chosen = experiment["replications_chosen"] or {}
    found: dict[str, bytes] = {}
    for metric, meaning in experiment["metrics"].items():
        effect = Effect(
            metric, meaning["unit"], confidence, experiment["factors"], summary["variants"],
            experiment["targets"].get(metric, {}),
        )  # fmt: skip
        precision = chosen["precision"] if chosen.get("metric") == metric else _PRECISION
        values = table.loc[(table["variant"] == 0), metric].dropna().tolist()
        settling = Convergence(
            metric, meaning["unit"], confidence, _means(values, confidence),
            replications_needed(values, precision, confidence),
        )  # fmt: skip
        name = re.sub(r"[^a-z0-9]+", "_", metric.lower()).strip("_")
        for kind, drawn in (
            ("effect", metric_against_factor(effect)),
            ("differences", paired_differences(effect)),
            ("convergence", convergence(settling)),
        ):
            if not drawn.is_empty:
                found[f"{kind}_{name}"] = drawn.png()
    return found


def _means(values: list[float], confidence: float) -> list[tuple[float, float | None, float | None]]:
    intervals = [mean_interval(values[:n], confidence) for n in range(1, len(values) + 1)]
    return [(each.estimate, each.low, each.high) for each in intervals if each.estimate is not None]
