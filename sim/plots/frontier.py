"""The picture of a frontier: what each setting costs and gives, which ones no other beats, and how sure that is."""

import textwrap
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from sim.plots.style import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, drawn, nothing, picture

_PANEL = 3.3
"""Height of an objective's panel in inches."""
_LINE = 0.19
"""Height of a line of the key in inches."""
_KEY = 118
"""Letters of a line of the key."""
_ROOM = 1.0
"""So far to each side of what is shown is near, as a share of its length."""
_EDGE = 0.06
_NARROW = 0.02
"""It is taken to be at least this long, as a share of its numbers."""
_MOST_PANELS = 4
_MOST_POINTS = 20

Span = tuple[float, float]

_LOOKS = {
    "surely": ("o", BLUE, BLUE, "surely meets all targets"),
    "perhaps": ("o", BLUE, "white", "perhaps meets them"),
    "no": ("X", VERMILION, VERMILION, "misses a target"),
}
"""Marker, colour, filling and meaning of a verdict."""


class FrontierData(NamedTuple):
    """What a frontier found. `points`, `base` (the load as it is) and `tried` are those of the summary (their metrics
    include ``cost``); `better` says less or more of each objective, `units` and `targets` go by objective too."""

    title: str
    cost_unit: str
    confidence: float
    points: list[dict[str, Any]]
    base: dict[str, Any]
    tried: list[dict[str, Any]]
    better: dict[str, str]
    units: dict[str, str]
    targets: dict[str, dict[str, Any]]
    confirmed: bool = False
    """Whether points and base have other seeds than what was tried."""


@drawn
def frontier(data: FrontierData) -> Picture:
    """Cost against each objective: every setting that was tried, and those on the frontier with their intervals."""
    shown = [point for point in data.points if point["metrics"]["cost"]["mean"] is not None][:_MOST_POINTS]
    if not shown:
        return nothing(data.title, "No setting gave a number.")
    objectives = list(data.better)[:_MOST_PANELS]
    lines = [line for number, point in enumerate(shown, 1) for line in _key(number, point)]
    panels = len(objectives)
    heights = [_PANEL] * panels + [_LINE * len(lines) + 0.1]
    figure, axes = picture(data.title, rows=panels + 1, height=1.2 + sum(heights), squeeze=False, height_ratios=heights)
    for name, each in zip(objectives, axes[:panels, 0], strict=True):
        each.sharex(axes[0, 0])
        _panel(each, data, shown, name)
    axes[panels - 1, 0].set_xlabel(f"Cost, {data.cost_unit}")
    key = axes[panels, 0]
    key.axis("off")
    key.text(0, 1, "\n".join(lines), transform=key.transAxes, va="top", fontsize=8.5, linespacing=1.3)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=3)
    return figure


def _panel(axes: Axes, data: FrontierData, shown: list[dict[str, Any]], name: str) -> None:
    elsewhere = {each["variant"] for each in (*shown, data.base)}
    tried = [each for each in data.tried if each["variant"] not in elsewhere]
    limits = _limits(data, shown, name)
    outside = 0
    for verdict, (marker, color, filling, words) in _LOOKS.items():
        others = [each["means"] for each in tried if each["verdict"] == verdict]
        known = [(each["cost"], each[name]) for each in others if each["cost"] is not None and each[name] is not None]
        inside = [place for place in known if _is_inside(place, limits)]
        outside += len(known) - len(inside)
        if inside:
            axes.plot(*zip(*inside, strict=True), marker, color=color, markerfacecolor=filling, markersize=5,
                      alpha=0.6, linestyle="none")  # fmt: skip
        if inside or any(point["verdict"] == verdict for point in shown):
            axes.plot([], [], marker, color=color, markerfacecolor=filling, linestyle="none", label=words)
    base = data.base["metrics"]
    if base["cost"]["mean"] is not None and base[name]["mean"] is not None:
        axes.plot([base["cost"]["mean"]], [base[name]["mean"]], "s", color=BLACK, markerfacecolor="none", markersize=11,
                  markeredgewidth=1.4, label="the load as it is")  # fmt: skip
    axes.plot([], [], marker="$1$", color=BLACK, markersize=8, linewidth=1.4,
              label=f"on the frontier, with {data.confidence:.0%} intervals")  # fmt: skip
    for number, point in enumerate(shown, 1):
        _point(axes, number, point, name)
    _target(axes, data.targets.get(name, {}))
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    beyond = f"; {outside} of the settings tried lie outside the picture" if outside else ""
    seeds = "; dots had other seeds than points" if data.confirmed else ""
    axes.set_title(f"{name}: {data.better[name]} is better{seeds}{beyond}")
    axes.set_ylabel(data.units[name])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}")
    axes.grid()


def _target(axes: Axes, target: dict[str, Any]) -> None:
    for bound in ("least", "most"):
        if target.get(bound) is not None:
            axes.axhline(target[bound], color=ORANGE, linewidth=1.6, label="target")
            axes.annotate(f"at {bound} {target[bound]:g}", (1.0, target[bound]), xycoords=("axes fraction", "data"),
                          xytext=(-2, 3), textcoords="offset points", ha="right", fontsize=8.5)  # fmt: skip


def _limits(data: FrontierData, shown: list[dict[str, Any]], name: str) -> tuple[Span, Span]:
    """What is seen along x and y: all intervals of what is on the frontier, the load as it is and the target, and what
    was tried not far from there."""
    target = data.targets.get(name, {})
    bounds = [target[each] for each in ("least", "most") if target.get(each) is not None]
    found = []
    for measure, more in (("cost", []), (name, bounds)):
        cells = [each["metrics"][measure] for each in (*shown, data.base)]
        ends = [cell[end] for cell in cells for end in ("low", "mean", "high") if cell[end] is not None] + more
        low, high = min(ends), max(ends)
        room = _ROOM * max(high - low, _NARROW * max(abs(low), abs(high)))
        near = [each["means"][measure] for each in data.tried if each["means"][measure] is not None]
        near = [low, high, *(value for value in near if low - room <= value <= high + room)]
        edge = _EDGE * (max(near) - min(near)) or 1.0
        found.append((min(near) - edge, max(near) + edge))
    return found[0], found[1]


def _is_inside(place: tuple[float, float], limits: tuple[Span, Span]) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(place, limits, strict=True))


def _point(axes: Axes, number: int, point: dict[str, Any], name: str) -> None:
    cost, cell = point["metrics"]["cost"], point["metrics"][name]
    marker, color, filling, _ = _LOOKS[point["verdict"]]
    for across, along, place in ((cell, cost, 0), (cost, cell, 1)):
        if along["low"] is not None:
            ends = ([along["low"], along["high"]], [across["mean"]] * 2)
            axes.plot(*(ends if place == 0 else ends[::-1]), color=color, linewidth=1.4, zorder=2)
    axes.plot([cost["mean"]], [cell["mean"]], marker, color=color, markerfacecolor=filling, markersize=9, zorder=3)
    axes.annotate(str(number), (cost["mean"], cell["mean"]), xytext=(7, 6), textcoords="offset points",
                  fontweight="bold", color=BLACK if point["on_frontier"] else GREY)  # fmt: skip


def _key(number: int, point: dict[str, Any]) -> list[str]:
    words = f"{number}   {point['label']}"
    if point["same"]:
        words += f" (as good: {'; '.join(point['same'])})"
    if not point["on_frontier"]:
        words += ": beaten, or missed a target, when it was run again"
    return textwrap.wrap(words, _KEY, subsequent_indent="      ", max_lines=2, placeholder=" …", break_on_hyphens=False)
