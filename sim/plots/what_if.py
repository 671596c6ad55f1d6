"""What other values of the policy would have changed: by local day, and by zone."""

import textwrap
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.clock import EPOCH_DAY
from sim.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
    day_axis,
    drawn,
    named,
    nothing,
    percent,
    picture,
    plural,
    thousands,
)

Groups = Mapping[str, Mapping[str, int]]
"""How many messages, by group (a local day as ISO date, a zone) and kind of change."""

_COLOURS = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW)
_OTHERS = "other changes"


class Changed(NamedTuple):
    """What is drawn: what was set in words, how many messages were replayed, how many come out differently by day and
    zone, and the first and last local day (ordinals) of the log. `meanings` say each kind in words."""

    called: str
    messages: int
    first_day: int
    last_day: int
    by_day: Groups
    by_zone: Groups
    meanings: Mapping[str, str]


@drawn
def what_would_change(data: Changed) -> Picture:
    """Messages that come out differently: stacked by kind, for each local day (left) and each zone (right)."""
    totals: dict[str, int] = {}
    for counts in data.by_day.values():
        for kind, count in counts.items():
            totals[kind] = totals.get(kind, 0) + count
    total = sum(totals.values())
    if not total:
        return nothing("Nothing would have been different", f"{thousands(data.messages)} messages, {data.called}")
    whole, part = thousands(data.messages), percent(total, data.messages)
    title = f"{plural(total, 'message')} of {whole} ({part}) would have come out differently"
    figure, (left, right) = picture(title, columns=2, width_ratios=[2.2, 1])
    left.set_title(textwrap.fill(f"with {data.called}", 80))
    kinds = sorted(totals, key=lambda kind: (-totals[kind], kind))
    shown = kinds if len(kinds) <= len(_COLOURS) else [*kinds[: len(_COLOURS)], _OTHERS]
    colours = dict(zip(shown, [*_COLOURS, GREY], strict=False))
    _days(left, data, shown, colours)
    _zones(right, data, shown, colours)
    labels = [f"{named(kind)}: {data.meanings.get(kind, '')}".removesuffix(": ") for kind in shown]
    handles = [left.bar([0], [0], color=colours[kind]) for kind in shown]
    figure.legend(handles, labels, loc="outside lower left", ncols=1 if len(shown) < 4 else 2)
    return figure


def _of(kinds: Mapping[str, int], kind: str, shown: list[str]) -> int:
    if kind == _OTHERS:
        return sum(count for name, count in kinds.items() if name not in shown)
    return kinds.get(kind, 0)


def _days(axes: Axes, data: Changed, shown: list[str], colours: Mapping[str, str]) -> None:
    known = [date.fromisoformat(day).toordinal() for day in data.by_day]
    first, last = min([data.first_day, *known]), max([data.last_day, *known])
    days = np.arange(first, last + 1)
    below = np.zeros(len(days))
    texts = [(date.fromordinal(first) + timedelta(days=place)).isoformat() for place in range(len(days))]
    for kind in shown:
        counts = np.array([_of(data.by_day.get(text, {}), kind, shown) for text in texts])
        axes.bar(days - EPOCH_DAY, counts, bottom=below, color=colours[kind], width=0.8)
        below += counts
    day_axis(axes, days - EPOCH_DAY, "Local day on which the message was asked for")
    axes.set_ylabel("Messages")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")


def _zones(axes: Axes, data: Changed, shown: list[str], colours: Mapping[str, str]) -> None:
    zones = sorted(data.by_zone, key=lambda zone: (-sum(data.by_zone[zone].values()), zone))
    left = np.zeros(len(zones))
    for kind in shown:
        counts = np.array([_of(data.by_zone[zone], kind, shown) for zone in zones])
        axes.barh(range(len(zones)), counts, left=left, color=colours[kind], height=0.7)
        left += counts
    axes.set_yticks(range(len(zones)), [zone.rpartition("/")[2].replace("_", " ") for zone in zones])
    axes.set_ylim(len(zones) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.grid(axis="x")
    axes.set_xlabel("Messages, by the customer's zone")
