"""Pictures of what matters: a tornado from settings that change one factor each, and first-order indices."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes

from sim.plots.style import BLACK, BLUE, GREY, SKY, Picture, drawn, nothing, picture

_ROW = 0.56
"""Height of a factor in inches."""
_BAR = 0.56
_APART = 0.13


class End(NamedTuple):
    """An end of a factor's bar: its value as text, and the difference to the load as it is (mean, low, high)."""

    value: str
    difference: dict[str, Any]


class Tornado(NamedTuple):
    """What a metric does when one factor at a time is changed. `base` is its mean with the load as it is; each row has
    a factor, its value in the load, and the settings that lowered and raised the metric the most (None: none did)."""

    metric: str
    unit: str
    confidence: float
    base: float | None
    rows: list[tuple[str, str, End | None, End | None]]


class Shares(NamedTuple):
    """First-order indices of a metric: a row a factor with its share of variance and the ends of the interval."""

    metric: str
    confidence: float
    points: int
    rows: list[tuple[str, float, float, float]]


@drawn
def tornado(data: Tornado) -> Picture:
    """Factor by factor, how far the metric moves from where it is with the load as it is; the widest on top."""
    title = f"{data.metric}: what moves it, one factor at a time"
    rows = sorted(data.rows, key=_span, reverse=True)
    if data.base is None or not any(_span(row) for row in rows):
        return nothing(title, "No setting moved it.")
    figure, axes = picture(title, height=1.9 + _ROW * len(rows))
    for place, (_, _, lower, higher) in enumerate(rows):
        for end, color, side in ((lower, SKY, -1), (higher, BLUE, 1)):
            if end is not None:
                _draw_end(axes, end, data.base, place, color, side)
        if lower is None and higher is None:
            axes.annotate("no difference", (data.base, place), xytext=(6, 0), textcoords="offset points", va="center",
                          fontsize=9, color=GREY)  # fmt: skip
    axes.axvline(data.base, color=BLACK, linewidth=1.2)
    axes.set_yticks(range(len(rows)), [f"{factor}\n(now {value})" for factor, value, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.14)
    axes.set_xlabel(f"{data.metric}, {data.unit}")
    axes.plot(
        [], [], color=BLACK, linewidth=1.4, label=f"{data.confidence:.0%} interval of the difference, paired by seed"
    )
    axes.plot(
        [], [], color=BLACK, linewidth=1.2, marker="|", markersize=12, linestyle="none", label="the load as it is"
    )
    axes.grid(axis="x")
    figure.legend(loc="outside lower right", ncols=2)
    return figure


@drawn
def first_order(data: Shares) -> Picture:
    """How much of the metric's variance over the design each factor explains by itself."""
    title = f"{data.metric}: what its differences come from"
    if not data.rows:
        return nothing(title, "Nothing varied, or the settings are too few.")
    rows = sorted(data.rows, key=lambda row: row[1], reverse=True)
    rest = max(0.0, 1 - sum(share for _, share, _, _ in rows))
    figure, axes = picture(title, height=2.0 + _ROW * (len(rows) + 1))
    for place, (_, share, low, high) in enumerate(rows):
        axes.barh(place, share, height=_BAR, color=BLUE)
        axes.plot([low, high], [place, place], color=BLACK, linewidth=1.4)
        axes.annotate(f"{share:.0%}", (max(share, high), place), xytext=(6, 0), textcoords="offset points",
                      va="center", fontsize=9)  # fmt: skip
    axes.barh(len(rows), rest, height=_BAR, color=GREY, alpha=0.5)
    axes.annotate(f"{rest:.0%}", (rest, len(rows)), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(rows) + 1), [*(name for name, _, _, _ in rows), "left: factors together, chance"])
    axes.set_ylim(len(rows) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.08)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel("Share of the variance over all settings that a factor explains by itself (first-order index)")
    axes.plot([], [], color=BLACK, linewidth=1.4, label=f"{data.confidence:.0%} interval, from {data.points} settings")
    axes.grid(axis="x")
    figure.legend(loc="outside lower right")
    return figure


def _draw_end(axes: Axes, end: End, base: float, place: int, color: str, side: int) -> None:
    """A bar from the load as it is, with its interval: that of the higher end runs a little below the other's, so that
    both can be told apart where they overlap."""
    cell, height = end.difference, place + side * _APART
    axes.barh(place, cell["mean"], height=_BAR, left=base, color=color)
    far = cell["mean"]
    if cell["low"] is not None:
        ends = [base + cell["low"], base + cell["high"]]
        axes.plot(ends, [height, height], "|-", color=BLACK, linewidth=1.4, markersize=7)
        far = cell["low"] if side < 0 else cell["high"]
    axes.annotate(end.value, (base + far, height), xytext=(6 * side, 0), textcoords="offset points",
                  ha="right" if side < 0 else "left", va="center", fontsize=9)  # fmt: skip


def _span(row: tuple[str, str, End | None, End | None]) -> float:
    _, _, lower, higher = row
    return sum(abs(float(end.difference["mean"])) for end in (lower, higher) if end is not None)
