"""A metric against each of several factors, side by side."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.plots.style import BLACK, BLUE, GREY, ORANGE, SKY, Picture, picture

_MOST_COLUMNS = 3
_PANEL = 2.9
"""Height of a row of panels in inches."""
_BINS = 6
"""Parts of a range over which the mean is drawn, where it has many values."""
_FEW = 12
_MOST_WORDS = 6
"""Values that are no numbers are turned when there are more of them."""

Place = tuple[Any, dict[str, Any]]
"""A value of a factor, and the cell of a metric there."""


def panels(
    title: str, label: str, factors: dict[str, list[Place]], base: dict[str, Any], target: dict[str, Any], lines: bool
) -> Picture:
    """A panel a factor. With `lines` a factor's settings differ by nothing else: their means are joined and shown with
    their intervals; otherwise every setting is a dot, and the line is the mean of those nearby. `base` has the factors'
    values in the load."""
    columns = min(_MOST_COLUMNS, len(factors)) if len(factors) != 4 else 2
    rows = -(-len(factors) // columns)
    figure, axes = picture(title, rows=rows, columns=columns, height=1.3 + _PANEL * rows, sharey=True, squeeze=False)
    for each in axes.flat[len(factors) :]:
        each.axis("off")
    for (name, places), each in zip(factors.items(), axes.flat, strict=False):
        _panel(each, name, [place for place in places if place[1]["mean"] is not None], base[name], lines)
        draw_target(each.axhline, target)
    for each in axes[:, 0]:
        each.set_ylabel(label)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=4)
    return figure


def draw_target(line: Callable[..., Any], target: dict[str, Any]) -> None:
    """The bounds of a target, by what draws a line across the axes."""
    for bound in ("least", "most"):
        if target.get(bound) is not None:
            line(target[bound], color=ORANGE, linewidth=1.6, label=f"target: at {bound} {target[bound]:g}")


def _panel(axes: Axes, name: str, places: list[Place], base: Any, lines: bool) -> None:
    where, ticks = _along([value for value, _ in places])
    means = [cell["mean"] for _, cell in places]
    if lines:
        order = np.argsort(where, kind="stable")
        axes.plot(
            [where[index] for index in order], [means[index] for index in order], color=SKY, linewidth=1.2, zorder=1
        )
        for x, (value, cell) in zip(where, places, strict=True):
            color = BLACK if value == base else BLUE
            axes.plot([x], [cell["mean"]], "o", color=color, markersize=5)
            if cell["low"] is not None:
                axes.plot([x, x], [cell["low"], cell["high"]], color=color, linewidth=1.8)
        axes.plot([], [], "o-", color=BLUE, label="mean with its interval")
        axes.plot([], [], "o", color=BLACK, label="the load as it is")
    else:
        axes.plot(where, means, "o", color=GREY, markersize=3.5, alpha=0.55, label="a setting")
        axes.plot(*_nearby(where, means, ticks is not None), "o-", color=BLUE, linewidth=2, markersize=5,
                  label="mean of the settings nearby")  # fmt: skip
    if ticks is not None:
        axes.set_xticks(range(len(ticks)), ticks, rotation=30 if len(ticks) > _MOST_WORDS else 0)
        axes.set_xlim(-0.5, len(ticks) - 0.5)
    elif all(isinstance(value, int) for value, _ in places):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(name)
    axes.grid(axis="y")


def _along(values: Sequence[Any]) -> tuple[list[float], list[str] | None]:
    """Where values stand along the axis: numbers at their place, others in their order, with their names."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return [float(value) for value in values], None
    names = sorted({str(value) for value in values})
    return [float(names.index(str(value))) for value in values], names


def _nearby(where: list[float], means: list[float], named: bool) -> tuple[list[float], list[float]]:
    """The mean at each value where there are few, otherwise in each part of the range."""
    places, values = np.asarray(where), np.asarray(means)
    distinct = np.unique(places)
    if named or len(distinct) <= _FEW:
        groups, count = np.searchsorted(distinct, places), len(distinct)
    else:
        parts = (places - distinct[0]) / (distinct[-1] - distinct[0]) * _BINS
        groups, count = np.minimum(parts.astype(int), _BINS - 1), _BINS
    chosen = [groups == group for group in range(count) if (groups == group).any()]
    return [float(places[each].mean()) for each in chosen], [float(values[each].mean()) for each in chosen]
