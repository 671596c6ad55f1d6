"""What the runs of a sweep say: a cell a variant and metric, and its difference to the unchanged load."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.clock import AGENCY_ZONE
from sim.experiments import statistics
from sim.experiments.experiment import Experiment, Target, metric_and_group
from sim.experiments.statistics import Interval
from sim.metrics.definitions import DEFINITIONS

if TYPE_CHECKING:
    import pandas as pd

LITTLE_GAIN = 0.1
"""Pairing that shortens an interval by less than this share is said to have gained little."""


def summarise(experiment: Experiment, table: "pd.DataFrame", warm_up_days: int) -> dict[str, Any]:
    """The summary of a results table as plain data: ``summary.json``."""
    variants = [_variant(experiment, table, index) for index in range(len(experiment.variants))]
    summary = {
        "experiment": _described(experiment, table, warm_up_days),
        "runs": len(table),
        "failed": int((table["error"] != "").sum()),
        "variants": variants,
    }
    return {**summary, "notes": _notes(experiment, table, variants)}


def _described(experiment: Experiment, table: "pd.DataFrame", warm_up_days: int) -> dict[str, Any]:
    load, wanted = experiment.load, experiment.replications
    chosen = None
    if wanted.metric:
        chosen = {"metric": wanted.metric, "precision": wanted.precision, "needed": _needed(experiment, table)}
    return {
        "name": experiment.name,
        "title": experiment.title,
        "load": {
            "name": load.name, "start": load.start.isoformat(), "days": load.days, "customers": load.customers,
            "seed": load.seed, "zone": AGENCY_ZONE, "set": {**load.policy, **load.parameters},
        },
        "factors": dict(experiment.variants[0].values),
        "design": experiment.design,
        "replications": len(table) // len(experiment.variants),
        "replications_chosen": chosen,
        "metrics": {name: _meaning(name) for name in experiment.metrics},
        "targets": {name: {"least": each.least, "most": each.most} for name, each in experiment.targets.items()},
        "warm_up_days": warm_up_days,
        "warm_up_chosen": experiment.warm_up_days is None,
        "cool_down_days": experiment.cool_down_days,
        "confidence": experiment.confidence,
    }  # fmt: skip


def _meaning(name: str) -> dict[str, str]:
    unit, what = DEFINITIONS[metric_and_group(name)[0]]
    return {"unit": unit, "what": what}


def _needed(experiment: Experiment, table: "pd.DataFrame") -> int | None:
    wanted = experiment.replications
    values = table.loc[table["variant"] == 0, wanted.metric].dropna().tolist()
    return statistics.replications_needed(values, wanted.precision, experiment.confidence)


def _variant(experiment: Experiment, table: "pd.DataFrame", index: int) -> dict[str, Any]:
    confidence = experiment.confidence
    rows = table[table["variant"] == index].set_index("replication")
    base = table[table["variant"] == 0].set_index("replication")
    whole = rows[rows["error"] == ""]
    found: dict[str, Any] = {
        "label": experiment.variants[index].label,
        "set": dict(experiment.variants[index].sets),
        "runs": len(whole),
        "failed": len(rows) - len(whole),
        "breaches": _breaches(whole["breaches"].tolist(), confidence),
        "metrics": {name: _cell(whole[name].dropna().tolist(), confidence) for name in experiment.metrics},
    }
    found["targets"] = {name: verdict(found["metrics"][name], target) for name, target in experiment.targets.items()}
    if index:
        found["differences"] = {
            name: difference(_by_replication(base[name]), _by_replication(rows[name]), confidence)
            for name in experiment.metrics
        }
    return found


def _by_replication(column: "pd.Series") -> dict[int, float]:
    known = column.dropna()
    return dict(zip(known.index.tolist(), known.tolist(), strict=True))


def _breaches(counts: Sequence[int], confidence: float) -> dict[str, Any]:
    """Breaches of rules that must hold, and the greatest share of runs with any that these runs do not rule out."""
    breached = sum(1 for count in counts if count)
    bound = statistics.breach_bound(breached, len(counts), confidence) if counts else None
    return {"total": sum(counts), "runs_with_any": breached, "share_of_runs_at_most": bound}


def _cell(values: Sequence[float], confidence: float) -> dict[str, Any]:
    mean = statistics.mean_interval(values, confidence)
    median = statistics.quantile_interval(values, 0.5, confidence)
    return {
        **_plain(mean),
        "median": _plain(median),
        "least": min(values, default=None),
        "most": max(values, default=None),
    }


def difference(base: dict[int, float], rows: dict[int, float], confidence: float) -> dict[str, Any]:
    """The difference of two sets of runs (a number by replication): paired by seed, and as if they were strangers.

    `differs` says whether the paired interval leaves out 0 (None without an interval); `gain` how much shorter it is
    than the unpaired one, as a share (None where there is nothing to compare).
    """
    common = [each for each in rows if each in base]
    before, after = [base[each] for each in common], [rows[each] for each in common]
    paired = statistics.paired_difference(before, after, confidence)
    unpaired = statistics.unpaired_difference(list(base.values()), list(rows.values()), confidence)
    gain = None
    if paired.half_width is not None and unpaired.half_width:
        gain = 1 - paired.half_width / unpaired.half_width
    return {"paired": _plain(paired), "unpaired": _plain(unpaired), "gain": gain, "differs": _differs(paired)}


def _differs(interval: Interval) -> bool | None:
    if interval.low is None or interval.high is None:
        return None
    return interval.low > 0 or interval.high < 0


def verdict(cell: dict[str, Any], target: Target) -> str:
    """``met`` or ``missed`` when the whole interval of the mean lies on one side of the target, else ``uncertain``."""
    low, high = cell["low"], cell["high"]
    if low is None or high is None:
        return "uncertain"
    least = float("-inf") if target.least is None else target.least
    most = float("inf") if target.most is None else target.most
    if least <= low and high <= most:
        return "met"
    return "missed" if high < least or low > most else "uncertain"


def _plain(interval: Interval) -> dict[str, Any]:
    return {"n": interval.n, "mean": interval.estimate, "low": interval.low, "high": interval.high}


def _notes(experiment: Experiment, table: "pd.DataFrame", variants: list[dict[str, Any]]) -> list[str]:
    notes = []
    errors = table.loc[table["error"] != "", "error"]
    if len(errors):
        notes.append(f"{len(errors)} of {len(table)} runs failed; the first: {errors.iloc[0]}")
    silent = [name for name in experiment.metrics if table[name].isna().all()]
    if silent:
        notes.append(f"No run gave a number for {', '.join(silent)}")
    wanted = experiment.replications
    if wanted.metric and _needed(experiment, table) is None:
        notes.append(f"{wanted.most} runs were not enough for the precision wanted of {wanted.metric}")
    if len(table) == len(variants):
        notes.append("One run a variant says nothing of chance: there are no intervals")
    compared = [
        (variant["label"], name, each)
        for variant in variants[1:]
        for name, each in variant["differences"].items()
        if each["differs"] is not None
    ]
    if len(compared) > 1:
        by_chance = (1 - experiment.confidence) * len(compared)
        each_at = f"{len(compared)} differences at {experiment.confidence:.0%} each"
        notes.append(f"{each_at}: by chance alone about {by_chance:.1f} of them would leave out 0")
    gains = [(label, name, each["gain"]) for label, name, each in compared if each["gain"] is not None]
    little = [(label, name) for label, name, gain in gains if gain < LITTLE_GAIN]
    if little:
        label, name = little[0]
        notes.append(
            f"Pairing runs by seed gained less than {LITTLE_GAIN:.0%} in {len(little)} of {len(compared)} differences "
            f"(such as {name} with {label}): where officers or queues are shared, one change shifts everybody's turn"
        )
    return notes
