"""Pictures of single cases: reports of misdirected messages, and the work of Integrated Service Officers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from sim.messages import IntegratedWork, ReportCase
from sim.metrics.integrated import FATES, OUTCOMES, claims_and_messages, decisions
from sim.metrics.reports import reports_and_ends
from sim.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
    PlotData,
    drawn,
    named,
    nothing,
    percent,
    picture,
    plural,
    thousands,
)

_CASES = [case.name.lower() for case in ReportCase]
_TICKS = ((1 / 60, "1 minute"), (0.1, "6 minutes"), (1.0, "1 hour"), (8.0, "8 hours"), (24.0, "1 day"),
          (7 * 24.0, "1 week"), (28 * 24.0, "4 weeks"))  # fmt: skip


@drawn
def misdirected_reports(data: PlotData) -> Picture:
    """Reports of a message that was not for its reader: how many, by what was behind them, and how long each took."""
    reports = reports_and_ends(data)
    if not len(reports):
        return nothing("Reports of misdirected messages", "Nobody reported a message while observed.")
    closed = reports["hours"].dropna()
    when = f"half of those closed within {_length(closed.median())}" if len(closed) else "none closed while observed"
    title = f"{plural(len(reports), 'report')} of a message that was not for its reader, {when}"
    figure, (left, right) = picture(title, height=4.4, columns=2, sharey=True)
    base = np.zeros(len(_CASES))
    groups = (
        ("closed without the SAS Team", BLUE, reports["hours"].notna() & ~reports["escalated"]),
        ("closed after the SAS Team answered", ORANGE, reports["hours"].notna() & reports["escalated"]),
        ("open when observation ended", PALE, reports["hours"].isna()),
    )
    for words, color, chosen in groups:
        counts = reports.loc[chosen, "case"].value_counts().reindex(_CASES, fill_value=0).to_numpy()
        left.barh(range(len(_CASES)), counts, left=base, height=0.66, color=color, edgecolor=GREY, linewidth=0.5,
                  label=f"{words} ({thousands(counts.sum())})")  # fmt: skip
        base = base + counts
    for place, count in enumerate(base):
        left.text(count + base.max() * 0.02, place, thousands(count), va="center", fontsize=9)
    left.set_xlim(0, base.max() * 1.15)
    left.set_xlabel("Reports")
    left.set_ylabel("What was behind the report")
    left.set_yticks(range(len(_CASES)), [named(case).replace("right message", "right, message") for case in _CASES])
    left.xaxis.get_major_locator().set_params(integer=True)
    left.invert_yaxis()
    _times(right, reports)
    figure.legend(loc="outside lower left", ncols=3, fontsize=8.5)
    return figure


def _times(axes: Axes, reports: pd.DataFrame) -> None:
    """A point a closed report, and the median of each case."""
    closed = reports[reports["hours"].notna()]
    for place, case in enumerate(_CASES):
        rows = np.sort(closed.loc[closed["case"] == case, "hours"].to_numpy())
        if not len(rows):
            continue
        # Points of equal height would hide each other: they are spread evenly in the order of their times.
        spread = place + 0.26 * np.where(np.arange(len(rows)) % 2, 1, -1) * (np.arange(len(rows)) % 7) / 6
        axes.plot(rows, spread, "o", color=SKY, markeredgecolor=BLUE, markersize=4, linestyle="none")
        axes.plot([np.median(rows)] * 2, [place - 0.36, place + 0.36], color=VERMILION, linewidth=2.2)
    if len(closed):
        low, high = closed["hours"].min() * 0.6, closed["hours"].max() * 1.7
        shown = [(hours, words) for hours, words in _TICKS if low <= hours <= high]
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_xticks([hours for hours, _ in shown], [words for _, words in shown])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("From report to close; bar: median")
    axes.grid(axis="x")


def _length(hours: float) -> str:
    if hours < 2:
        return plural(round(60 * hours), "minute")
    return plural(round(hours), "hour") if hours < 48 else f"{hours / 24:.1f} days"


_FATE_COLORS = (BLUE, SKY, GREEN, YELLOW, VERMILION, GREY)


@drawn
def claims_and_routing(data: PlotData) -> Picture:
    """From where Integrated Service Officers sent, by what the work item was; and what became of the officer's message
    about each finalised claim."""
    routes, claims = decisions(data), claims_and_messages(data)
    if not len(routes) and not len(claims):
        return nothing("Integrated Service Officers", "No work item of theirs was dealt with while observed.")
    chosen = int((routes["system"] == "customer_first").sum())
    sent = int((claims["fate"] == FATES[0]).sum())
    title = (
        f"{percent(chosen, len(routes))} of {plural(len(routes), 'routed work item')} went by Customer First; "
        f"officers sent {plural(sent, 'message')} about {plural(len(claims), 'finalised claim')}"
    )
    figure, (upper, lower) = picture(title, rows=2, height=6.2, height_ratios=(5, 3))
    kinds = [work.name.lower() for work in IntegratedWork]
    systems = [("customer_first", "Customer First", BLUE), ("pluto", "Pluto", ORANGE)]
    _stack(upper, routes, "work", kinds, [(system, words, color) for system, words, color in systems], "system")
    upper.set_title("Routing, by work item")
    upper.set_ylabel("Work item")
    upper.set_xlabel("Work items")
    fates = [(fate, fate, color) for fate, color in zip(FATES, _FATE_COLORS, strict=True)]
    _stack(lower, claims, "outcome", list(OUTCOMES), fates, "fate")
    lower.set_title("Messages about finalised claims, by outcome")
    lower.set_ylabel("Outcome")
    lower.set_xlabel("Claims")
    return figure


def _stack(
    axes: Axes, rows: pd.DataFrame, by: str, names: list[str], parts: list[tuple[str, str, str]], column: str
) -> None:
    """Horizontal bars, a row a name of `by`, stacked by the `parts` (value, words, colour) of `column`."""
    counts = rows.groupby([by, column], observed=False).size().unstack(fill_value=0).reindex(names, fill_value=0)
    total = counts.sum(axis=1).to_numpy()
    widest = max(int(total.max()), 1)
    base = np.zeros(len(names))
    for value, words, color in parts:
        of_it = counts[value].tolist() if value in counts else [0] * len(names)
        label = f"{words} ({thousands(sum(of_it))})"
        axes.barh(range(len(names)), of_it, left=base, height=0.7, color=color, label=label)
        for place, number in enumerate(of_it):
            if number > widest * 0.04:
                ink = "white" if color in (BLUE, VERMILION, GREY, GREEN, PURPLE, BLACK) else "black"
                axes.text(base[place] + number / 2, place, thousands(number), ha="center", va="center", color=ink,
                          fontsize=9)  # fmt: skip
        base = base + of_it
    axes.set_yticks(range(len(names)), [named(name) for name in names])
    axes.invert_yaxis()
    axes.set_xlim(0, widest * 1.02)
    axes.xaxis.set_major_formatter(lambda value, _: thousands(value))
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8.5)
