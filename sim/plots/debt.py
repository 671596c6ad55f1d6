"""Pictures of debt recovery: what lost to what, how long it waited, the nudges of each day, and payment after them."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from sim.clock import EPOCH_DAY
from sim.metrics.debt import ENDINGS, WAITING_RULES, levels, nudges_by_day, suppressions, waits
from sim.metrics.payments import DAYS, counted, difference, interval, payment_cases
from sim.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SHADES,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
    PlotData,
    day_axis,
    drawn,
    named,
    nothing,
    percent,
    picture,
    plural,
    thousands,
)

_OTHER_RULES = (("gap", "gap"), ("one_nudge", "nudge\nlimit"), ("similar", "similar\nbefore"))
_BARRED = "barred"
_DARK = 0.5
"""The brightness (0 black, 1 white) below which a number is written in white."""


@drawn
def suppressed_by_winner(data: PlotData) -> Picture:
    """Nights on which an eligible debt message was suppressed: which message (rows) lost to which one by the hierarchy
    (left), and to which other rule (right)."""
    spans = suppressions(data)
    if not len(spans):
        return nothing("What suppressed debt messages", "No eligible debt message was suppressed while observed.")
    order = levels(data)
    names = [*order, *sorted(set(spans["template"].dropna()) - set(order))]
    nights = _lost_nights(spans, names, order)
    total = nights.sum()
    by_rule = (nights[:, : len(order)].sum(), nights[:, len(order)].sum(), nights[:, len(order) + 1].sum())
    hierarchy, gap, limit = (percent(number, total) for number in by_rule)
    title = (
        f"Of {plural(int(total), 'night')} on which an eligible debt message did not go, {hierarchy} were lost to the "
        f"hierarchy, {gap} to the gap and {limit} to the nudge limit"
    )
    figure, axes = picture(title, height=1.7 + 0.32 * len(names))
    edges = np.array([*range(len(order) + 1), *(len(order) + 0.35 + np.arange(len(_OTHER_RULES) + 2))])
    cells = np.insert(nights.astype(float), len(order), 0, axis=1)
    axes.pcolormesh(
        edges, np.arange(len(names) + 1), np.ma.masked_equal(cells, 0), cmap=SHADES, edgecolors="white", linewidth=1.0,
        norm=LogNorm(1, max(10.0, float(nights.max()))),
    )  # fmt: skip
    _write_counts(axes, nights, len(order))
    _name_cells(axes, names, order)
    return figure


def _lost_nights(spans: pd.DataFrame, names: list[str], order: list[str]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Nights by message (rows) and by what stopped it: the winners of the hierarchy, the other rules, then bars."""
    winners = {name: place for place, name in enumerate(order)}
    rules = {rule: len(order) + place for place, (rule, _) in enumerate(_OTHER_RULES)}
    last = len(order) + len(_OTHER_RULES)
    nights = np.zeros((len(names), last + 1), dtype=np.int64)
    columns = (spans[name].astype("object").tolist() for name in ("template", "reason", "winner", "nights"))
    for template, reason, winner, number in zip(*columns, strict=True):
        column = winners.get(winner, last) if reason == "hierarchy" else rules.get(reason, last)
        nights[names.index(template), column] += number
    return nights


def _write_counts(axes: Axes, nights: "np.ndarray[Any, np.dtype[np.int64]]", winners: int) -> None:
    """The number in each cell; a cell on the diagonal has none, because no message loses to itself."""
    shade = LogNorm(1, max(10.0, float(nights.max())))
    for row, column in zip(*np.nonzero(nights), strict=True):
        number = int(nights[row, column])
        red, green, blue, _ = SHADES(float(shade(number)))
        color = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else "black"
        x = column + (0.5 if column < winners else 0.85)
        axes.text(x, row + 0.5, thousands(number), ha="center", va="center", fontsize=8.5, color=color)
    for row in range(min(winners, len(nights))):
        axes.fill_between([row, row + 1], row, row + 1, color=PALE, linewidth=0)


def _name_cells(axes: Axes, names: list[str], order: list[str]) -> None:
    numbers = {name: place for place, name in enumerate(order, start=1)}
    labels = [f"{named(name)}  {numbers[name]}" if name in numbers else f"{named(name)} (SAP)" for name in names]
    axes.set_yticks(np.arange(len(names)) + 0.5, labels)
    heads = [*(str(number) for number in numbers.values()), *(words for _, words in _OTHER_RULES), _BARRED]
    places = [column + (0.5 if column < len(order) else 0.85) for column in range(len(heads))]
    axes.set_xticks(places, heads)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlabel("lost to this number of the hierarchy        ·        or stopped by another rule, or barred")
    axes.set_ylabel("Suppressed message and its number")


@drawn
def suppressed_waits(data: PlotData) -> Picture:
    """How many nights in a row a message lost to the hierarchy, the gap or the nudge limit: median, 95 in 100, and the
    longest, by its place in the hierarchy."""
    title = "How long suppressed messages wait"
    all_waits = waits(data)
    if not len(all_waits):
        rules = ", ".join(rule.replace("_", " ") for rule in WAITING_RULES)
        return nothing(title, f"No message had to wait for another ({rules}) while observed.")
    longest = int(all_waits["nights"].max())
    starved = all_waits.loc[all_waits["nights"] == longest, "template"]
    which = named(str(starved.iloc[0])) if starved.nunique() == 1 else f"{starved.nunique()} of the messages"
    sent = (all_waits["ending"] == ENDINGS[0]).sum()
    figure, axes = picture(
        f"The longest wait was {plural(longest, 'night')} ({which}); "
        f"{percent(sent, len(all_waits))} of {plural(len(all_waits), 'wait')} ended with the message sent",
        height=1.6 + 0.34 * len(levels(data)),
    )
    for place, name in enumerate(levels(data)):
        rows = all_waits[all_waits["template"] == name]
        if not len(rows):
            axes.text(longest * 0.01, place, "never waited", color=GREY, va="center", fontsize=9)
            continue
        most, usual = int(rows["nights"].max()), float(rows["nights"].quantile(0.95))
        axes.barh(place, most, height=0.62, color=SKY, label="longest")
        axes.barh(place, usual, height=0.62, color=BLUE, label="95 in 100")
        axes.plot([rows["nights"].median()], [place], "o", color="white", markeredgecolor=BLACK, label="median")
        ended = rows[rows["ending"] != ENDINGS[2]]
        then = f", {100 * (ended['ending'] == ENDINGS[0]).mean():.0f}% then sent" if len(ended) else ""
        axes.text(most + longest * 0.015, place, f"{plural(len(rows), 'wait')}{then}", va="center", fontsize=9)
    axes.set_yticks(range(len(levels(data))), [f"{named(name)}  {n}" for n, name in enumerate(levels(data), start=1)])
    axes.set_ylim(len(levels(data)) - 0.4, -0.6)
    axes.set_xlim(0, longest * 1.36)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("Nights in a row on which the message was eligible and lost")
    axes.set_ylabel("Message and its number in the hierarchy")
    axes.grid(axis="x")
    told = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    words = ("median", "95 in 100", "longest")
    axes.legend([told[word] for word in words], words, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    return figure


_COLORS = (VERMILION, BLUE, ORANGE, SKY, GREEN, PURPLE, YELLOW, BLACK)


@drawn
def nudges_a_day(data: PlotData) -> Picture:
    """Nudges sent on each local day: SAP's above, those of DMIS by message below."""
    counts = nudges_by_day(data)
    if not len(counts):
        return nothing("Nudges by day", "No nudge was sent while observed.")
    below = [name for name in levels(data) if name in counts]
    above = [name for name in counts if name not in below]
    numbers = counts.index.to_numpy(dtype=np.int64) - EPOCH_DAY
    a_day = counts.to_numpy().sum(axis=1)
    mean, most = thousands(a_day.mean()), thousands(a_day.max())
    figure, panels = picture(
        f"{plural(int(a_day.sum()), 'nudge')}: {mean} on an average day, {most} on the busiest", rows=2, height=6.4,
        sharex=True,
    )  # fmt: skip
    for axes, names, words in ((panels[0], above, "SAP: before an instalment"), (panels[1], below, "DMIS, by message")):
        base = np.zeros(len(numbers))
        for place, name in enumerate(names):
            of_it = counts[name].to_numpy()
            label = f"{named(str(name))} ({thousands(of_it.sum())})"
            color = GREY if axes is panels[0] else _COLORS[place % len(_COLORS)]
            axes.bar(numbers, of_it, bottom=base, width=0.86, color=color, label=label)
            base = base + of_it
        axes.set_title(words)
        axes.set_ylabel("Nudges a day")
        axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
        axes.set_ylim(0, max(1.0, float(base.max()) * 1.1))
        axes.grid(axis="y")
    handles = [part for axes in panels for part in axes.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, fontsize=8.5)
    day_axis(panels[1], numbers, "Local day of the customer")
    return figure


@drawn
def payment_after_nudge(data: PlotData) -> Picture:
    """The share of customers who paid within seven days of a night on which a nudge was due: with it and without, by
    message, with intervals."""
    cases = payment_cases(data)
    if not len(cases) or cases["nudged"].nunique() < 2:
        return nothing("Payment after a nudge, and without", "There is nobody, or nobody else, to compare with.")
    paid = counted(cases, "paid")
    found, low, high = difference(paid)
    told = "" if found is None or low is None or high is None else (
        f": {100 * found:+.1f} points with the nudge (95% interval {100 * low:+.1f} to {100 * high:+.1f})"
    )  # fmt: skip
    title = f"Payment within {DAYS} days of a night on which a nudge was due{told}"
    figure, panels = picture(title, height=2.4 + 0.42 * len(paid), columns=2, sharey=True)
    for axes, counts, words in (
        (panels[0], paid, "Paid"),
        (panels[1], counted(cases, "acted").loc[paid.index], "Paid, or set up an arrangement"),
    ):
        _shares(axes, counts)
        axes.set_title(words)
        axes.set_xlabel("Share of cases, with its 95% interval")
    labels = [
        f"{named(str(name))}\n{thousands(row['nudged'])} with, {thousands(row['none'])} without"
        for name, row in paid.iterrows()
    ]
    panels[0].set_yticks(range(len(paid)), labels, fontsize=8.5)
    panels[0].invert_yaxis()
    panels[0].set_ylabel("Nudge that was due, and cases")
    handles = panels[0].get_legend_handles_labels()[0]
    figure.legend(handles=handles, loc="outside lower left", ncols=2)
    return figure


def _shares(axes: Axes, counts: pd.DataFrame) -> None:
    """A point with its interval for the cases with a nudge and one for those without, a row a message."""
    for group, color, shift, marker, words in (
        ("nudged", BLUE, -0.17, "o", "nudge sent"),
        ("none", VERMILION, 0.17, "s", "none sent"),
    ):
        rows = [
            (place, yes / whole, *interval(int(yes), int(whole)))
            for place, (whole, yes) in enumerate(zip(counts[group], counts[f"{group}_yes"], strict=True))
            if whole
        ]
        places, shares, lows, highs = (np.array(values) for values in zip(*rows, strict=True))
        reach = [shares - lows, highs - shares]
        axes.errorbar(shares, places + shift, xerr=reach, fmt=marker, color=color, markersize=5, capsize=2.5,
                      linewidth=1.4, label=words)  # fmt: skip
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.grid(axis="x")
