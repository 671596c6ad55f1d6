"""What the pictures of a sweep are drawn from, taken out of its summary."""

from itertools import combinations
from typing import Any

from sim.experiments.variants import text
from sim.plots.frontier import FrontierData
from sim.plots.heat import Heat
from sim.plots.sensitivity import End, Shares, Tornado

Summary = dict[str, Any]
"""A sweep's ``summary.json``."""


def tornado_of(summary: Summary, metric: str) -> Tornado:
    """The greatest differences that each factor by itself makes to a metric, downwards and upwards."""
    experiment = summary["experiment"]
    rows = []
    for factor, now in experiment["factors"].items():
        ends = [
            End(text(variant["set"][factor]), variant["differences"][metric]["paired"])
            for variant in summary["variants"][1:]
            if list(variant["set"]) == [factor] and variant["differences"][metric]["paired"]["mean"] is not None
        ]
        lower = min((end for end in ends if end.difference["mean"] < 0), key=_size_of, default=None)
        higher = max((end for end in ends if end.difference["mean"] > 0), key=_size_of, default=None)
        rows.append((factor, text(now), lower, higher))
    base = summary["variants"][0]["metrics"][metric]["mean"]
    return Tornado(metric, experiment["metrics"][metric]["unit"], experiment["confidence"], base, rows)


def _size_of(end: End) -> float:
    return float(end.difference["mean"])


def shares_of(summary: Summary, metric: str) -> Shares:
    """The first-order indices of a metric, where there are any."""
    found = summary["first_order"].get(metric, {})
    known = {name: each for name, each in found.items() if each["share"] is not None}
    rows = [(name, each["share"], each["low"], each["high"]) for name, each in known.items()]
    points = max((each["n"] for each in known.values()), default=0)
    return Shares(metric, summary["experiment"]["confidence"], points, rows)


def heat_of(summary: Summary, metric: str, first: str, second: str) -> Heat:
    """A metric in every pair of values of two factors, all others being as the load has them."""
    experiment = summary["experiment"]
    base = experiment["factors"]
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    seen: tuple[list[Any], list[Any]] = ([], [])
    for variant in summary["variants"]:
        if set(variant["set"]) <= {first, second}:
            values = [variant["set"].get(name, base[name]) for name in (first, second)]
            for known, value in zip(seen, values, strict=True):
                known += [] if value in known else [value]
            cells[text(values[0]), text(values[1])] = variant["metrics"][metric]
    across, along = ([text(value) for value in _ordered(values)] for values in seen)
    others = [f"{name}={text(value)}" for name, value in base.items() if name not in (first, second)]
    here = across.index(text(base[first])), along.index(text(base[second]))
    return Heat(
        metric, experiment["metrics"][metric]["unit"], experiment["confidence"], (first, second), (across, along),
        [[cells.get((x, y)) for x in across] for y in along], experiment["targets"].get(metric, {}),
        f"with {', '.join(others)}" if others else "", here,
    )  # fmt: skip


def frontier_of(summary: Summary) -> FrontierData:
    """What a frontier found."""
    experiment, found = summary["experiment"], summary["frontier"]
    units = {name: experiment["metrics"][name]["unit"] for name in found["objectives"]}
    return FrontierData(
        experiment["title"], found["cost"]["unit"], experiment["confidence"], found["points"], found["as_it_is"],
        found["tried"], found["objectives"], units, experiment["targets"], bool(found["confirmed"]),
    )  # fmt: skip


def pairs_of_factors(summary: Summary) -> list[tuple[str, str]]:
    """The pairs of factors of a grid that were changed together while all others stayed."""
    if summary["experiment"]["design"] != "grid":
        return []
    changed = [frozenset(variant["set"]) for variant in summary["variants"]]
    return [pair for pair in combinations(summary["experiment"]["factors"], 2) if frozenset(pair) in changed]


def _ordered(values: list[Any]) -> list[Any]:
    numbers = all(isinstance(value, int | float) for value in values)
    return sorted(values) if numbers or all(isinstance(value, str) and ":" in value for value in values) else values
