"""What to mind about the results of a sweep or a comparison, in words."""

from statistics import median
from typing import TYPE_CHECKING, Any

from sim.experiments.experiment import Experiment

if TYPE_CHECKING:
    import pandas as pd

LITTLE_GAIN = 0.8
"""Pairing that leaves more than this share of the variance of unpaired differences is said to gain little."""


def notes(
    experiment: Experiment, table: "pd.DataFrame", variants: list[dict[str, Any]], chosen: dict[str, Any] | None
) -> list[str]:
    """What to mind about a sweep: failed runs, numbers that are not there, chance, and what pairing gained. `chosen`
    is the summary's ``replications_chosen``."""
    found = []
    errors = table.loc[table["error"] != "", "error"]
    if len(errors):
        found.append(f"{len(errors)} of {len(table)} runs failed; the first: {errors.iloc[0]}")
    silent = [name for name in experiment.metrics if table[name].isna().all()]
    if silent:
        found.append(f"No run gave a number for {', '.join(silent)}")
    if chosen:
        found.append(_of_replications(chosen, experiment.replications.most))
    if len(table) == len(variants):
        found.append("One run a variant says nothing of chance: there are no intervals")
    differences = {
        name: [variant["differences"][name] for variant in variants[1:]] for name in experiment.metrics
    }  # fmt: skip
    return found + of_chance(differences, experiment.confidence) + of_pairing(differences)


def of_chance(differences: dict[str, list[dict[str, Any]]], confidence: float) -> list[str]:
    """Many differences at once: some leave out 0 by chance alone."""
    known = [each for some in differences.values() for each in some if each["differs"] is not None]
    if len(known) < 2:
        return []
    seen, stand = (sum(1 for each in known if each[what]) for what in ("differs", "stands"))
    expected = (1 - confidence) * len(known)
    return [
        f"{len(known)} differences at {confidence:.0%} each: by chance alone about {expected:.1f} of them would leave "
        f"out 0. {seen} do; {stand} of these stand when all are judged together (Holm), the others only alone"
    ]


def of_pairing(differences: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Where pairing runs by seed gained little, and why that can be."""
    little = []
    for name, some in differences.items():
        ratios = [each["variance_ratio"] for each in some if each["variance_ratio"] is not None]
        if ratios and median(ratios) > LITTLE_GAIN:
            little.append(f"{name} ({median(ratios):.2f})")
    if not little:
        return []
    return [
        f"Pairing runs by seed gains little for {', '.join(little)}: in brackets the variance of a paired difference "
        "as a share of that of unpaired runs, the median over the variants. Where officers and queues are shared one "
        "change shifts everybody's turn, and what is rare in one setting has little luck in common with the other"
    ]


def _of_replications(chosen: dict[str, Any], most: int) -> str:
    width = f"a half-width of {chosen['width']:g}" + (" of the mean" if chosen["relative"] else "")
    if chosen["needed"] is None:
        return f"{most} runs were not enough for {width} of {chosen['metric']}"
    return (
        f"{chosen['needed']} runs give {chosen['metric']} {width}; those after them show that it lasts (Hoad, Robinson "
        "and Davies 2010)"
    )
