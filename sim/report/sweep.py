"""The report of a sweep: its summary, its tables and its pictures in one HTML file."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from sim.intervals import DIFFERENCE, counted, difference, interval, number
from sim.report.page import render

_MOST = 100
"""Variants a table; all of them are in the other files."""
_HEADINGS = {
    "effect": "Under each setting",
    "differences": "Difference to the load as it is",
    "tornado": "How far each factor moves it",
    "first_order": "How much of its variance each factor explains",
    "heat_map": "Over two factors",
    "convergence": "Were there runs enough?",
}
"""The pictures of a metric by the first part of their names, in their order, and what they show."""
_WIDE = ("frontier",)
"""Pictures that are about no single metric."""


def render_sweep(summary: Mapping[str, Any], plots_png: Mapping[str, bytes]) -> str:
    """The report of a sweep as one HTML text, from its summary (``summary.json``) and its pictures by name."""
    experiment = summary["experiment"]
    variants = summary["variants"][:_MOST]
    return render(
        "sweep.html",
        title=experiment["title"],
        lead=_lead(summary),
        notes=summary["notes"],
        wide=[_picture(name, "", plots_png[name]) for name in _WIDE if name in plots_png],
        metrics=[_metric(name, summary, variants, plots_png) for name in experiment["metrics"]],
        level=f"{experiment['confidence']:.0%}",
        breaches=[_breaches(each) for each in variants] if experiment["audited"] else [],
        more=len(summary["variants"]) - len(variants),
        warm_up=_warm_up(summary),
        warm_up_picture=_picture("warm_up", "", plots_png["warm_up"]) if "warm_up" in plots_png else None,
        facts=_facts(summary),
    )


def _lead(summary: Mapping[str, Any]) -> str:
    experiment = summary["experiment"]
    load = experiment["load"]
    failed = f", {summary['failed']} of which failed" if summary["failed"] else ""
    return (
        f"{load['name']} with {load['customers']:,} customers over {load['days']} days from {load['start']}: "
        f"{len(summary['variants'])} settings, {summary['runs']:,} runs{failed}"
    )


def _metric(
    name: str, summary: Mapping[str, Any], variants: list[dict[str, Any]], plots_png: Mapping[str, bytes]
) -> dict[str, Any]:
    meaning, target = summary["experiment"]["metrics"][name], summary["experiment"]["targets"].get(name)
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    drawn = []
    for kind, heading in _HEADINGS.items():
        names = [each for each in plots_png if each == f"{kind}_{slug}" or each.startswith(f"heat_map_{slug}_")]
        drawn += [_picture(each, heading, plots_png[each]) for each in names if each.startswith(kind)]
    return {
        "name": name, "slug": slug, **meaning, "heads": ("mean", "interval", *DIFFERENCE), "target": _target(target),
        "rows": [_row(each, name) for each in variants], "pictures": drawn,
    }  # fmt: skip


def _row(variant: Mapping[str, Any], metric: str) -> dict[str, Any]:
    cell, found = variant["metrics"][metric], variant.get("differences", {}).get(metric)
    cells = [number(cell["mean"]), interval(cell), *(difference(found) if found else [""] * len(DIFFERENCE))]
    return {"label": variant["label"], "cells": cells, "target": variant["targets"].get(metric)}


def _target(target: Mapping[str, Any] | None) -> str | None:
    """A target in words; None without one."""
    if target is None:
        return None
    return " and ".join(
        f"at {bound} {number(target[bound])}" for bound in ("least", "most") if target[bound] is not None
    )


def _breaches(variant: Mapping[str, Any]) -> dict[str, Any]:
    found = variant["breaches"]
    return {"label": variant["label"], "cells": [variant["runs"], variant["failed"], found["total"], found["words"]]}


def _warm_up(summary: Mapping[str, Any]) -> str:
    experiment, cut = summary["experiment"], summary["warm_up"]["cut_hours"]
    said = "could not tell from the first run" if cut is None else f"would leave out {cut} hours of the first run"
    how = "chosen so" if experiment["warm_up_chosen"] else "as the experiment says"
    return (
        f"MSER-5 {said}. Left out: {counted(experiment['warm_up_days'], 'day')} of warm-up ({how}) and "
        f"{counted(experiment['cool_down_days'], 'day')} of cool-down."
    )


def _facts(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of what was run."""
    experiment = summary["experiment"]
    load = experiment["load"]
    first, runs = load["seed"], experiment["replications"]
    return [
        ("Experiment", experiment["name"]),
        ("Design", experiment["design"].replace("_", " ")),
        ("Factors, as the load has them", _listed(experiment["factors"])),
        ("What all settings share", _listed(load["set"]) or "nothing is set"),
        ("Seeds", f"{first} to {first + runs - 1}, the same for every setting"),
        ("Runs a setting", str(runs)),
    ]


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _picture(name: str, heading: str, png: bytes) -> dict[str, str]:
    return {"name": name, "heading": heading, "data": base64.b64encode(png).decode("ascii")}
