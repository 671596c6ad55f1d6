"""Two runs, or two sweeps, side by side: every metric of both, the difference, and whether chance explains it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sim import folder
from sim.errors import InputError
from sim.experiments.notes import of_chance, of_pairing
from sim.experiments.store import RESULTS, is_sweep, plain_rows, read_summary
from sim.experiments.summary import difference, judge_together


def compare(first: Path, second: Path) -> dict[str, Any]:
    """What differs from `first` to `second`: two run folders, or two folders of sweeps.

    ``kind`` is "runs" or "sweeps"; ``rows`` holds a row a metric (and variant): `variant`, `metric`, `unit`, `first`,
    `second` (values or means), `difference` (of `summary.difference`; None for single runs, of which nobody knows how
    much is chance); ``notes`` say what to mind. Raises InputError.
    """
    kinds = [is_sweep(place) for place in (first, second)]
    if kinds[0] != kinds[1]:
        sweep, other = (first, second) if kinds[0] else (second, first)
        raise InputError(f"is a sweep and {other} is not: compare two runs or two sweeps", sweep)
    return _sweeps(first, second) if kinds[0] else _runs(first, second)


def _runs(first: Path, second: Path) -> dict[str, Any]:
    manifests = [folder.read_manifest(place) for place in (first, second)]
    values = [_run_metrics(place) for place in (first, second)]
    rows = []
    for name, (unit, before) in values[0].items():
        after = values[1].get(name, (unit, None))[1]
        if before is not None or after is not None:
            rows.append(_row("", name, unit, before, after, None))
    for name, (unit, after) in values[1].items():
        if name not in values[0] and after is not None:
            rows.append(_row("", name, unit, None, after, None))
    notes = ["One run of each: nobody can say how much of a difference is chance; emsim sweep tells"]
    for what in ("seed", "load"):
        before, after = manifests[0].get(what), manifests[1].get(what)
        if before != after:
            notes.append(f"They have not the same {what}: they differ by more than what was set")
    return {"kind": "runs", "confidence": None, "rows": rows, "notes": notes}


def _run_metrics(place: Path) -> dict[str, tuple[str, float | None]]:
    data = folder.read_json(place, folder.METRICS)
    try:
        return {
            metric if group == "all" else f"{metric}[{group}]": (each["unit"], value)
            for metric, each in data["metrics"].items()
            for group, value in each["values"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"is not what emsim run wrote ({error})", place / folder.METRICS) from None


def _sweeps(first: Path, second: Path) -> dict[str, Any]:
    summaries = [read_summary(place) for place in (first, second)]
    tables = [plain_rows(folder.read_table(place, RESULTS)) for place in (first, second)]
    one, other = (summary["experiment"] for summary in summaries)
    metrics = {name: each["unit"] for name, each in one["metrics"].items() if name in other["metrics"]}
    if not metrics:
        raise InputError(f"has no metric in common with {first}", second)
    places = [{variant["label"]: index for index, variant in enumerate(each["variants"])} for each in summaries]
    labels = [label for label in places[0] if label in places[1]]
    if not labels:
        raise InputError(f"has no variant in common with {first}", second)
    rows, shared = [], 0
    for label in labels:
        for metric, unit in metrics.items():
            before, after = (
                {row["seed"]: row[metric] for row in table if row["variant"] == at[label] and row[metric] is not None}
                for table, at in zip(tables, places, strict=True)
            )
            shared += len(before.keys() & after.keys())
            found = difference(before, after, one["confidence"])
            rows.append(_row(label, metric, unit, _mean(before), _mean(after), found))
    judge_together([row["difference"] for row in rows], one["confidence"])
    notes = _sweep_notes(one, other, rows, (places, [each["metrics"] for each in (one, other)]))
    if not shared:
        notes.append("They have no seed in common: only the unpaired interval says anything")
    return {"kind": "sweeps", "confidence": one["confidence"], "rows": rows, "notes": notes}


def _sweep_notes(
    one: dict[str, Any], other: dict[str, Any], rows: list[dict[str, Any]], names: Sequence[Sequence[Iterable[str]]]
) -> list[str]:
    """What to mind; `names` has the variants of both sweeps, and the metrics of both."""
    notes = []
    for what in ("load", "warm_up_days", "cool_down_days"):
        if one[what] != other[what]:
            notes.append(f"They have not the same {what.replace('_', ' ')}: the variants differ by that as well")
    compared = {row["variant"] for row in rows}, {row["metric"] for row in rows}
    for what, known, places in zip(("variants", "metrics"), compared, names, strict=True):
        lonely = [name for each in places for name in each if name not in known]
        if lonely:
            notes.append(f"Only in one of them: the {what} {', '.join(lonely)}")
    differences: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        differences.setdefault(row["metric"], []).append(row["difference"])
    return notes + of_chance(differences, one["confidence"]) + of_pairing(differences)


def _mean(values: dict[int, float]) -> float | None:
    return sum(values.values()) / len(values) if values else None


def _row(
    variant: str, metric: str, unit: str, first: float | None, second: float | None, found: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "variant": variant, "metric": metric, "unit": unit, "first": first, "second": second, "difference": found,
    }  # fmt: skip
