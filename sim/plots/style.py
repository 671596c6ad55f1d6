"""How pictures look: colours that colour-blind readers can tell apart, titles that say what is seen, fixed bytes."""

import io
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any, TypeVar

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.clock import HOUR
from sim.history import History
from sim.metrics.measures import Facts
from sim.tables import local_milliseconds
from sim.tables.columns import NEVER, Ints, milliseconds

# The palette of Okabe and Ito (2008), "Color Universal Design".
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#000000"
GREY, PALE = "#5F6670", "#E3E6EA"
SHADES = LinearSegmentedColormap.from_list("blues", ["#D3E7F6", BLUE, "#00263F"])
"""Few to many."""

WIDTH, HEIGHT = 9.0, 4.6
"""Size of a picture in inches."""
DPI = 140
"""Pixels an inch when saved: 1,260 across, sharp at the width of a report."""


Audit = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None


class PlotData(Facts):
    """What pictures are drawn from: what metrics are taken from, and the audit's JSON (or a function that gives it, so
    that only a picture of the audit has it made)."""

    def __init__(
        self,
        history: History,
        messages: pd.DataFrame,
        policy_plain: Mapping[str, Any],
        parameters_plain: Mapping[str, Any] | None = None,
        audit_json: Audit = None,
    ) -> None:
        super().__init__(history, messages, policy_plain, parameters_plain or {})
        self._audit = audit_json

    @cached_property
    def audit(self) -> Mapping[str, Any]:
        """The audit's JSON; empty when none was made."""
        return (self._audit() if callable(self._audit) else self._audit) or {}

    def window(self) -> tuple[float, float]:
        """When the send window opens and closes, in hours of the local day (`cs-send-window`)."""
        opens = _hours(self.value("cs-send-window", "opens", "08:00"))
        return opens, _hours(self.value("cs-send-window", "closes", "20:00"))


def _hours(text: str) -> float:
    hours, _, minutes = text.partition(":")
    return int(hours) + int(minutes or 0) / 60


def clock_text(hours: float) -> str:
    """A time of day as ``08:00``."""
    return f"{int(hours):02d}:{round(hours % 1 * 60):02d}"


def local_hours(times: pd.Series, zones: pd.Series) -> pd.Series:
    """The time of day of each timestamp in its row's zone, in hours; NaN where either is missing."""
    utc_times, names = milliseconds(times), zones.astype("object").to_numpy()
    hours = np.full(len(utc_times), np.nan)
    for zone in zones.dropna().unique():
        rows = (names == zone) & (utc_times != NEVER)
        local: Ints = local_milliseconds(utc_times[rows], str(zone))
        hours[rows] = local % (24 * HOUR) / HOUR
    return pd.Series(hours, index=times.index)


@contextmanager
def _styled() -> Iterator[None]:
    """Matplotlib's defaults and our style, whatever the reader's own settings are; theirs come back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rc("font", family="DejaVu Sans", size=10.0)
        matplotlib.rc("axes", axisbelow=True, titlesize=10.0, titlelocation="left", titlecolor=GREY, edgecolor=GREY)
        matplotlib.rc("axes.spines", top=False, right=False)
        matplotlib.rc("grid", color=PALE)
        matplotlib.rc("legend", frameon=False, fontsize=9.0)
        matplotlib.rc("xtick", labelsize=9.0)
        matplotlib.rc("ytick", labelsize=9.0)
        yield


class Picture(Figure):
    """A matplotlib Figure that needs no pyplot: it shows itself in a notebook and saves to the same bytes."""

    is_empty = False
    """True where nothing happened that the picture is about."""

    def png(self, dpi: int = DPI) -> bytes:
        """The picture as PNG; the same bytes for the same data and library versions."""
        out = io.BytesIO()
        with _styled():
            self.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
        return out.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png(dpi=100)


Drawn = TypeVar("Drawn")
"""What a picture is drawn from: a run's `PlotData`, or the results of a sweep."""


def drawn(function: Callable[[Drawn], Picture]) -> Callable[[Drawn], Picture]:
    """Draw in our style."""

    @wraps(function)
    def draw(data: Drawn) -> Picture:
        with _styled():
            return function(data)

    return draw


def picture(title: str, rows: int = 1, height: float = HEIGHT, columns: int = 1, **axes: Any) -> tuple[Picture, Any]:
    """An empty picture with its title, and its axes (an array of them for more than one row or column)."""
    figure = Picture(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(textwrap.fill(title, 88), x=0.012, ha="left", fontsize=12.5, fontweight="bold")
    return figure, figure.subplots(rows, columns, **axes)


def nothing(title: str, why: str) -> Picture:
    """The picture of what did not happen."""
    figure, axes = picture(title, height=2.2)
    axes.axis("off")
    axes.text(0.0, 0.6, why, color=GREY, transform=axes.transAxes, fontsize=11)
    figure.is_empty = True
    return figure


def hour_axis(axes: Axes, label: str) -> None:
    """The day from midnight to midnight along x."""
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 2), [f"{hour:02d}:00" for hour in range(0, 25, 2)])
    axes.set_xlabel(label)


def draw_window(axes: Axes, window: tuple[float, float], text: bool = True) -> None:
    """The send window along an hour axis: two lines, and shade where nothing may be sent."""
    for edge, word in zip(window, ("opens", "closes"), strict=True):
        axes.axvline(edge, color=BLACK, linewidth=1.4, linestyle=(0, (4, 2)))
        if text:
            axes.annotate(
                f"{word} {clock_text(edge)}", (edge, 1.0), xycoords=("data", "axes fraction"), xytext=(4, 2),
                textcoords="offset points", fontsize=8.5, va="bottom",
            )  # fmt: skip
    for start, end in ((0.0, window[0]), (window[1], 24.0)):
        axes.axvspan(start, end, color=PALE, alpha=0.6, linewidth=0, zorder=0)


_ABBREVIATIONS = {"Sct": "SCT", "Sme": "SME", "sms": "SMS"}


def named(name: str) -> str:
    """A name of codes as words: ``declined_payment`` becomes ``Declined payment``, ``sme_review`` ``SME review``."""
    words = name.replace("_", " ").capitalize().split(" ")
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def day_axis(axes: Axes, numbers: Ints, label: str) -> None:
    """Days (from 1970) along x, at most about ten of them named."""
    step = max(1, -(-len(numbers) // 10))
    shown = numbers[::step]
    stamps = [pd.Timestamp(int(day), unit="D") for day in shown]
    axes.set_xticks(shown, [f"{stamp.day_name()[:3]}\n{stamp.day} {stamp.month_name()[:3]}" for stamp in stamps])
    axes.set_xlim(numbers[0] - 0.9, numbers[-1] + 0.9)
    axes.set_xlabel(label)


def thousands(number: float) -> str:
    """A count as text: ``12,345``."""
    return f"{number:,.0f}"


def percent(part: float, whole: float) -> str:
    """`part` of `whole` as text: ``4.2%``; a dash of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A counted noun: ``1 case``, ``12 cases``."""
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"
