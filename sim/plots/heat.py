"""A heat map of two factors: a metric in every pair of settings, and where it keeps to its target."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes

from sim.plots.style import BLACK, ORANGE, SHADES, Picture, drawn, nothing, picture

_ROW = 0.62
"""Height of a row in inches."""
_MIDDLE = 0.35
"""Shades above this share of the scale are so dark that text on them is white."""


class Heat(NamedTuple):
    """A metric over two factors. `cells` has a row a value of the second factor and a column a value of the first: the
    mean with its interval, or None where nothing was run. `held` names what the other factors were held at, `here` the
    place (column, row) of the load as it is, None when it is not among them."""

    metric: str
    unit: str
    confidence: float
    factors: tuple[str, str]
    values: tuple[list[str], list[str]]
    cells: list[list[dict[str, Any] | None]]
    target: dict[str, Any]
    held: str
    here: tuple[int, int] | None


@drawn
def heat_map(data: Heat) -> Picture:
    """The mean in every cell with half its interval; the line runs between cells that keep to the target and others."""
    title = f"{data.metric} by {data.factors[0]} and {data.factors[1]}"
    means = [[None if cell is None else cell["mean"] for cell in row] for row in data.cells]
    known = [mean for row in means for mean in row if mean is not None]
    if not known:
        return nothing(title, "No run gave a number.")
    figure, axes = picture(title, height=2.2 + _ROW * len(data.cells))
    shown = [[float("nan") if mean is None else mean for mean in row] for row in means]
    low, high = min(known), max(known)
    image = axes.pcolormesh(shown, cmap=SHADES, vmin=low, vmax=high if high > low else low + 1, edgecolors="white")
    figure.colorbar(image, ax=axes, label=data.unit)
    for y, row in enumerate(data.cells):
        for x, cell in enumerate(row):
            if cell is not None and cell["mean"] is not None:
                dark = high > low and (cell["mean"] - low) / (high - low) > _MIDDLE
                axes.text(x + 0.5, y + 0.5, _words(cell, data.target), ha="center", va="center", fontsize=9,
                          color="white" if dark else BLACK)  # fmt: skip
    for axis, values, name in zip((axes.xaxis, axes.yaxis), data.values, data.factors, strict=True):
        axis.set_ticks([place + 0.5 for place in range(len(values))], values)
        axis.set_label_text(name)
        axis.set_tick_params(length=0)
    axes.set_title(_explained(data))
    _contour(axes, means, data.target)
    if data.here is not None:
        x, y = data.here
        left, right, below, above = x + 0.06, x + 0.94, y + 0.08, y + 0.92
        axes.plot([left, right, right, left, left], [below, below, above, above, below], color=BLACK, linewidth=1.2,
                  linestyle=(0, (4, 2)), label="the load as it is")  # fmt: skip
    figure.legend(loc="outside lower left", ncols=3)
    return figure


def _explained(data: Heat) -> str:
    words = f"Mean ± half the {data.confidence:.0%} interval"
    words += "; ? where that reaches over the target" if _bounds(data.target) else ""
    return f"{words}; {data.held}" if data.held else words


def _words(cell: dict[str, Any], target: dict[str, Any]) -> str:
    if cell["low"] is None:
        return f"{cell['mean']:.3g}"
    half = (cell["high"] - cell["low"]) / 2
    doubtful = any(cell["low"] < bound < cell["high"] for bound in _bounds(target).values())
    return f"{cell['mean']:.3g} ± {half:.2g}{' ?' if doubtful else ''}"


def _bounds(target: dict[str, Any]) -> dict[str, float]:
    return {name: target[name] for name in ("least", "most") if target.get(name) is not None}


def _kept(mean: float, target: dict[str, Any]) -> bool:
    bounds = _bounds(target)
    return bounds.get("least", mean) <= mean <= bounds.get("most", mean)


def _contour(axes: Axes, means: list[list[float | None]], target: dict[str, Any]) -> None:
    """The edges between cells whose mean keeps to the target and cells whose mean does not."""
    if not _bounds(target):
        return
    kept = [[None if mean is None else _kept(mean, target) for mean in row] for row in means]
    words = " and ".join(f"at {name} {bound:g}" for name, bound in _bounds(target).items())
    label: str | None = f"target: {words}"
    if all(each for row in kept for each in row if each is not None):
        label = f"target: {words}; all keep to it"
    elif not any(each for row in kept for each in row):
        label = f"target: {words}; none keeps to it"
    axes.plot([], [], color=ORANGE, linewidth=3, label=label)
    for y, row in enumerate(kept):
        for x, here in enumerate(row):
            right = row[x + 1] if x + 1 < len(row) else None
            above = kept[y + 1][x] if y + 1 < len(kept) else None
            if here is not None and right is not None and here != right:
                axes.plot([x + 1, x + 1], [y, y + 1], color=ORANGE, linewidth=3, solid_capstyle="round")
            if here is not None and above is not None and here != above:
                axes.plot([x, x + 1], [y + 1, y + 1], color=ORANGE, linewidth=3, solid_capstyle="round")
