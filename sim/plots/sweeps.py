"""Pictures of a sweep: a metric against the settings, differences to the unchanged load, and convergence."""

import textwrap
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from sim.plots.factors import Place, draw_target, panels
from sim.plots.style import BLACK, BLUE, GREY, ORANGE, PALE, SKY, Picture, drawn, nothing, picture, plural

_LABEL = 42
"""Letters of a label on one line."""
_ROW = 0.34
"""Height of a row in inches."""
_MOST_LINES = 60
MOST_ROWS = 40
"""Variants that have a row each."""
_HOURS = 24
_BATCH = 5
"""Hours a batch in MSER-5."""


class Effect(NamedTuple):
    """A metric and what each variant made of it. `variants` are the summary's, `factors` the unchanged values."""

    metric: str
    unit: str
    confidence: float
    factors: dict[str, Any]
    variants: list[dict[str, Any]]
    target: dict[str, Any]


class Convergence(NamedTuple):
    """A metric's mean with its interval after 1, 2, 3 … runs of the unchanged load; the ends are None where there is no
    interval. So many runs are `needed` for the interval that `aim` describes; None when that is not known."""

    metric: str
    unit: str
    confidence: float
    means: list[tuple[float, float | None, float | None]]
    needed: int | None
    aim: str


class Settling(NamedTuple):
    """How many work items waited at the end of each hour of a run, MSER-5's error for every truncation by five hours,
    how many hours it leaves out (None: the run is too short), how many days are left out, and whether because of it."""

    waiting: list[int]
    errors: list[float]
    cut_hours: int | None
    days: int
    chosen: bool


@drawn
def metric_against_factor(effect: Effect) -> Picture:
    """The mean of a metric with its interval: along the factor where there is one and it is a number; a panel a factor
    where several were changed one at a time, or in too many settings for a row each; else a row a variant."""
    title = f"{effect.metric} under each setting"
    shown = [each for each in effect.variants if each["metrics"][effect.metric]["mean"] is not None]
    if not shown:
        return nothing(title, "No run gave a number.")
    cells = [each["metrics"][effect.metric] for each in shown]
    label = f"{effect.metric}\n{effect.unit}, mean and {effect.confidence:.0%} interval"
    several = len(effect.factors) > 1
    apart = all(len(each["set"]) <= 1 for each in shown)
    if several and (apart or len(shown) > MOST_ROWS):
        label = label if apart else f"{effect.metric}\n{effect.unit}, mean of each setting"
        return panels(title, label, _by_factor(effect, shown, apart), effect.factors, effect.target, apart)
    factor = next(iter(effect.factors))
    places = [each["set"].get(factor, effect.factors[factor]) for each in shown]
    numbers = all(isinstance(place, int | float) and not isinstance(place, bool) for place in places)
    if several or not numbers:
        figure, axes = _rows(title, [each["label"] for each in shown])
        _bars(axes, cells, BLUE, 0.0)
        axes.set_xlabel(label)
        draw_target(axes.axvline, effect.target)
        if axes.get_legend_handles_labels()[1]:
            figure.legend(loc="outside lower right")
        return figure
    figure, axes = picture(title)
    order = np.argsort(places, kind="stable")
    means = [cells[index]["mean"] for index in order]
    axes.plot([places[index] for index in order], means, color=SKY, linewidth=1.2, zorder=1)
    for place, cell, variant in zip(places, cells, shown, strict=True):
        color = BLUE if variant["set"] else BLACK
        axes.plot([place], [cell["mean"]], "o", color=color, markersize=6)
        if cell["low"] is not None:
            axes.plot([place, place], [cell["low"], cell["high"]], color=color, linewidth=2)
    axes.plot([], [], "o", color=BLACK, label="as it is")
    axes.set_xlabel(factor)
    axes.set_ylabel(label)
    axes.set_xticks(sorted(set(places)))
    axes.grid(axis="y")
    draw_target(axes.axhline, effect.target)
    axes.legend(loc="best")
    return figure


@drawn
def paired_differences(effect: Effect) -> Picture:
    """The difference of each variant to the unchanged load: paired by seed, and as if the runs were strangers."""
    title = f"{effect.metric}: difference to the load as it is"
    shown = [each for each in effect.variants if _difference(each, effect.metric)["mean"] is not None]
    if not shown:
        return nothing(title, "No two runs of one seed gave a number.")
    if len(shown) > MOST_ROWS:
        return nothing(title, f"{len(shown)} settings are too many for a picture; the summary has them.")
    figure, axes = _rows(title, [each["label"] for each in shown])
    for kind, color, shift in (("unpaired", GREY, 0.16), ("paired", BLUE, -0.16)):
        _bars(axes, [each["differences"][effect.metric][kind] for each in shown], color, shift)
        axes.plot([], [], "o-", color=color, label=f"{kind}, {effect.confidence:.0%} interval")
    axes.axvline(0, color=BLACK, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.set_xlabel(f"{effect.metric}, {effect.unit}")
    figure.legend(loc="outside lower right", ncols=2)
    return figure


@drawn
def convergence(data: Convergence) -> Picture:
    """How a metric's mean and its interval settle as runs are added."""
    title = f"{data.metric}: the mean as runs of the load as it is are added"
    if not data.means:
        return nothing(title, "No run gave a number.")
    figure, axes = picture(title)
    means = [mean for mean, _, _ in data.means]
    axes.plot(range(1, len(means) + 1), means, "o-", color=BLUE, markersize=4, label="mean")
    known = [(n, low, high) for n, (_, low, high) in enumerate(data.means, 1) if low is not None]
    if known:
        where, lows, highs = zip(*known, strict=True)
        label = f"{data.confidence:.0%} interval"
        axes.fill_between(where, lows, highs, color=SKY, alpha=0.35, linewidth=0, label=label)
    if len(known) > 1:
        # The interval of two runs is so wide that nothing else could be seen.
        bottom, top = min(*lows[1:], *means), max(*highs[1:], *means)
        if bottom < top:
            axes.set_ylim(bottom, top)
    if data.needed is None:
        axes.set_title(f"So many runs do not show yet that {data.aim} is reached and lasts")
    else:
        axes.axvline(data.needed, color=ORANGE, linewidth=1.6, label=f"{data.needed} runs are enough for {data.aim}")
    axes.set_xlabel("Runs")
    axes.set_ylabel(f"{data.metric}\n{data.unit}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="y")
    axes.legend(loc="best")
    return figure


@drawn
def warm_up(data: Settling) -> Picture:
    """The queue from hour to hour, what is left out of it, and what MSER-5 says of every other choice."""
    title = "Warm-up: work items that wait in the first run"
    if not any(data.waiting):
        return nothing(title, "No work waited.")
    figure, (above, below) = picture(title, rows=2, height=5.6, sharex=True, height_ratios=[3, 2])
    days = np.arange(1, len(data.waiting) + 1) / _HOURS
    above.plot(days, data.waiting, color=BLUE, linewidth=1.2)
    above.set_ylabel("Work items waiting\nat the end of the hour")
    below.plot(np.arange(len(data.errors)) * _BATCH / _HOURS, data.errors, color=BLUE, linewidth=1.2)
    if data.cut_hours is not None:
        below.plot([data.cut_hours / _HOURS], [data.errors[data.cut_hours // _BATCH]], "o", color=ORANGE, zorder=3)
    below.set_ylim(bottom=0)
    below.set_ylabel("MSER-5: squared error\nof the mean of the rest")
    below.set_xlabel("Days left out at the start" if data.errors else "Days")
    for axes in (above, below):
        if data.days:
            axes.axvspan(0, data.days, color=PALE, linewidth=0, zorder=0)
        if data.cut_hours is not None:
            axes.axvline(data.cut_hours / _HOURS, color=ORANGE, linewidth=1.8)
        axes.grid(axis="y")
    above.set_title(_of_warm_up(data))
    below.set_xlim(0, len(data.waiting) / _HOURS)
    return figure


def _of_warm_up(data: Settling) -> str:
    found = "the run is too short to tell" if data.cut_hours is None else f"leave out {data.cut_hours} hours"
    left_out = f"{plural(data.days, 'whole day')} (grey)" if data.days else "nothing"
    because = "therefore" if data.chosen else "as the experiment says,"
    return f"MSER-5: {found} (the lowest point below); {because} {left_out} {'is' if data.days < 2 else 'are'} left out"


def _by_factor(effect: Effect, shown: list[dict[str, Any]], apart: bool) -> dict[str, list[Place]]:
    """Of each factor, its value and the metric's cell in every setting: those that differ by it alone, if `apart`."""
    return {
        name: [
            (each["set"].get(name, value), each["metrics"][effect.metric])
            for each in shown
            if not apart or not each["set"] or name in each["set"]
        ]
        for name, value in effect.factors.items()
    }


def _difference(variant: dict[str, Any], metric: str) -> dict[str, Any]:
    found: dict[str, Any] = variant.get("differences", {}).get(metric, {}).get("paired", {"mean": None})
    return found


def _rows(title: str, labels: list[str]) -> tuple[Picture, Any]:
    """A picture with a row a variant, the first on top."""
    texts = [textwrap.fill(label, _LABEL, break_on_hyphens=False) for label in labels]
    lines = sum(text.count("\n") + 1 for text in texts)
    figure, axes = picture(title, height=1.6 + _ROW * min(lines, _MOST_LINES))
    axes.set_yticks(range(len(texts)), texts)
    axes.set_ylim(len(texts) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    return figure, axes


def _bars(axes: Axes, cells: list[dict[str, Any]], color: str, shift: float) -> None:
    for row, cell in enumerate(cells):
        if cell["mean"] is None:
            continue
        axes.plot([cell["mean"]], [row + shift], "o", color=color, markersize=5)
        if cell["low"] is not None:
            axes.plot([cell["low"], cell["high"]], [row + shift] * 2, color=color, linewidth=2)
