"""The picture of a fit: a log against the run that was simulated with what was fitted to it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from sim.plots.style import BLUE, GREY, ORANGE, PALE, Picture, drawn, picture, thousands

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LOG_SCALE = 50.0
"""From this ratio of the 99th and the 10th of a hundred on, delays are drawn on a logarithmic scale."""

Floats = npt.NDArray[np.float64]


class Week(NamedTuple):
    """Messages in each of the 168 hours of the week (agency time)."""

    log: Floats
    simulated: Floats


class Panel(NamedTuple):
    """A distribution of both, with its name and unit."""

    what: str
    unit: str
    log: Floats
    simulated: Floats


@drawn
def log_against_simulation(data: tuple[Week, list[Panel]]) -> Picture:
    """Above the hours of the week, below the cumulative shares of the delays."""
    week, panels = data
    title, below = "The log, and a run simulated with what was fitted to it", max(len(panels), 1)
    figure, axes = picture(title, 2 if panels else 1, 7.0 if panels else 3.9, below, squeeze=False)
    grid = axes[0, 0].get_gridspec()
    for one in axes[0]:
        one.remove()
    _draw_week(figure.add_subplot(grid[0, :]), week)
    for place, panel in enumerate(panels):
        _draw_panel(axes[1, place], panel, place == 0)
    return figure


def _draw_week(axes: Axes, week: Week) -> None:
    hours = np.arange(168)
    for start in (5 * 24, 6 * 24):
        axes.axvspan(start, start + 24, color=PALE, alpha=0.6, linewidth=0, zorder=0)
    for counts, color, name in ((week.log, BLUE, "log"), (week.simulated, ORANGE, "simulated")):
        total = counts.sum()
        shares = 100 * counts / total if total else counts
        style: dict[str, Any] = {"alpha": 0.35, "linewidth": 0} if name == "log" else {}
        label = f"{name}: {thousands(total)} messages"
        if name == "log":
            axes.fill_between(np.arange(169), [*shares, shares[-1]], step="post", color=color, label=label, **style)
        else:
            axes.step(hours, shares, where="post", color=color, linewidth=1.4, label=label)
    axes.set_xlim(0, 168)
    axes.set_ylim(bottom=0)
    axes.set_xticks(range(0, 168, 24), [""] * 7)
    axes.set_xticks([24 * day + 12 for day in range(7)], [f"{day}\nnoon" for day in _DAYS], minor=True)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_ylabel("% of the week's\ndesktop messages in the hour")
    axes.set_xlabel("Hour of the week in agency time, when they were issued")
    axes.grid(axis="y")
    axes.legend(loc="upper right")


def _draw_panel(axes: Axes, panel: Panel, first: bool) -> None:
    for values, color, name in ((panel.log, BLUE, "log"), (panel.simulated, ORANGE, "simulated")):
        if len(values):
            ordered = np.sort(values)
            shares = 100 * np.arange(1, len(ordered) + 1) / len(ordered)
            style: dict[str, Any] = {"linewidth": 4, "alpha": 0.4} if name == "log" else {"linewidth": 1.4}
            axes.step(ordered, shares, where="post", color=color, label=f"{name}: {thousands(len(values))}", **style)
    both = np.concatenate([panel.log, panel.simulated])
    positive = both[both > 0]
    if len(positive) and np.quantile(positive, 0.99) > _LOG_SCALE * np.quantile(positive, 0.1):
        axes.set_xscale("log")
    axes.set_title(panel.what, fontsize=10, loc="left")
    axes.set_xlabel(panel.unit)
    axes.set_ylim(0, 100)
    axes.grid(axis="y")
    if first:
        axes.set_ylabel("% that took no longer")
    if len(both):
        axes.legend(loc="lower right", fontsize=8)
    else:
        axes.text(0.5, 0.5, "none", color=GREY, transform=axes.transAxes, ha="center")
