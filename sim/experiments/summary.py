"""What the runs of a sweep say: a cell a variant and metric, and its difference to the unchanged load."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.clock import AGENCY_ZONE
from sim.experiments import statistics
from sim.experiments.experiment import Experiment, Target, metric_and_group
from sim.experiments.lengths import LOOK_AHEAD, replications_chosen
from sim.experiments.notes import notes
from sim.experiments.sensitivity import indices
from sim.experiments.statistics import Interval
from sim.experiments.units import WarmUp
from sim.metrics.definitions import DEFINITIONS

if TYPE_CHECKING:
    import pandas as pd

_RULE_OF_THREE = 0.95
"""The confidence at which none in n is at most about 3/n."""


def summarise(experiment: Experiment, table: "pd.DataFrame", warm_up: WarmUp) -> dict[str, Any]:
    """The summary of a results table as plain data: ``summary.json``."""
    variants = [_variant(experiment, table, index) for index in range(len(experiment.variants))]
    judge_together(
        [each for variant in variants[1:] for each in variant["differences"].values()], experiment.confidence
    )
    described = _described(experiment, table, warm_up.days)
    summary = {
        "experiment": described,
        "runs": len(table),
        "failed": int((table["error"] != "").sum()),
        "warm_up": warm_up._asdict(),
        "variants": variants,
        "first_order": _first_order(experiment, table),
    }
    return {**summary, "notes": notes(experiment, table, variants, described["replications_chosen"])}


def _described(experiment: Experiment, table: "pd.DataFrame", warm_up_days: int) -> dict[str, Any]:
    load = experiment.load
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
        "replications_chosen": _chosen(experiment, table),
        "metrics": {name: _meaning(name) for name in experiment.metrics},
        "targets": {name: {"least": each.least, "most": each.most} for name, each in experiment.targets.items()},
        "warm_up_days": warm_up_days,
        "warm_up_chosen": experiment.warm_up_days is None,
        "cool_down_days": experiment.cool_down_days,
        "confidence": experiment.confidence,
        "quantiles": list(experiment.quantiles),
        "audited": experiment.audited,
    }  # fmt: skip


def _first_order(experiment: Experiment, table: "pd.DataFrame") -> dict[str, Any]:
    """The first-order indices of each metric by factor, where the design is a Latin hypercube."""
    if experiment.design != "latin_hypercube":
        return {}
    found = {name: indices(table, experiment.factors, name, experiment.confidence) for name in experiment.metrics}
    return {
        metric: {factor: each._asdict() for factor, each in by_factor.items()} for metric, by_factor in found.items()
    }


def _meaning(name: str) -> dict[str, str]:
    unit, what = DEFINITIONS[metric_and_group(name)[0]]
    return {"unit": unit, "what": what}


def _chosen(experiment: Experiment, table: "pd.DataFrame") -> dict[str, Any] | None:
    """How the number of runs was chosen, and how many are enough; None when it was given."""
    wanted = experiment.replications
    if not wanted.metric:
        return None
    values = table.loc[table["variant"] == 0, wanted.metric].dropna().tolist()
    found = replications_chosen(values, wanted.precision, experiment.confidence)
    needed = None if found is None else found.needed
    return {"metric": wanted.metric, **wanted.precision._asdict(), "needed": needed, "look_ahead": LOOK_AHEAD}


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
        "breaches": _breaches(whole["breaches"].dropna().tolist(), confidence),
        "metrics": {
            name: _cell(whole[name].dropna().tolist(), experiment.quantiles, confidence) for name in experiment.metrics
        },
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
    words = "not judged"
    if bound is not None:
        many = f"{breached} of {len(counts)} runs" if breached else f"none in {len(counts)} runs"
        three = ""
        if not breached and confidence == _RULE_OF_THREE and len(counts) > 3:
            three = f" (rule of three: 3/{len(counts)})"
        words = f"{many}: at most {bound:.1%} of runs at {confidence:.0%}{three}"
    return {"total": sum(counts), "runs_with_any": breached, "share_of_runs_at_most": bound, "words": words}


def _cell(values: Sequence[float], quantiles: Sequence[float], confidence: float) -> dict[str, Any]:
    mean = statistics.mean_interval(values, confidence)
    return {
        **_plain(mean),
        "quantiles": {
            f"{share:g}": _plain(statistics.quantile_interval(values, share, confidence)) for share in quantiles
        },
        "least": min(values, default=None),
        "most": max(values, default=None),
    }


def difference(base: dict[int, float], rows: dict[int, float], confidence: float) -> dict[str, Any]:
    """The difference of two sets of runs (a number by replication): paired by seed, and as if they were strangers.

    `differs` says whether the paired interval leaves out 0 (None without an interval); `by_chance` how likely a
    difference of this size is when there is none; `variance_ratio` what pairing leaves of the variance (1 and more:
    it gains nothing; None where nothing varies). `stands` is for `judge_together`.
    """
    common = [each for each in rows if each in base]
    before, after = [base[each] for each in common], [rows[each] for each in common]
    paired = statistics.paired_difference(before, after, confidence)
    unpaired = statistics.unpaired_difference(list(base.values()), list(rows.values()), confidence)
    return {
        "paired": _plain(paired),
        "unpaired": _plain(unpaired),
        "variance_ratio": statistics.variance_ratio(before, after),
        "by_chance": statistics.by_chance([one - other for one, other in zip(after, before, strict=True)]),
        "differs": _differs(paired),
        "stands": None,
    }


def judge_together(differences: Sequence[dict[str, Any]], confidence: float) -> None:
    """Say of each difference whether it `stands` when all of them are judged together (Holm)."""
    found = statistics.holm([each["by_chance"] for each in differences], confidence)
    for each, stands in zip(differences, found, strict=True):
        each["stands"] = stands


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
