"""Pictures of the send window: when messages were sent, held and released, and the queue at an opening."""

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE, HOUR, MINUTE, clock
from sim.metrics.waiting import planned, queue_ages
from sim.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    SHADES,
    SKY,
    VERMILION,
    Picture,
    PlotData,
    clock_text,
    draw_window,
    drawn,
    hour_axis,
    local_hours,
    nothing,
    picture,
    plural,
    thousands,
)
from sim.tables.columns import Ints, milliseconds

_ENOUGH = 50
"""Messages from which on a zone's shares set the scale of colours."""


@drawn
def sends_by_hour(data: PlotData) -> Picture:
    """SMS by local hour and zone: each row is the day of one zone, its colour the share of the zone's SMS."""
    sms = data.sent[data.sent["timezone"].notna()]
    if not len(sms):
        return nothing("SMS by local hour and zone", "No SMS was sent while observed.")
    opens, closes = window = data.window()
    hours = local_hours(sms["handed_over_at"].fillna(sms["sent_at"]), sms["timezone"])
    outside = ~((hours >= opens) & (hours < closes))
    used = sms["timezone"].cat.remove_unused_categories()
    zones, rows = list(used.cat.categories), used.cat.codes.to_numpy()
    counts = np.zeros((len(zones), 24))
    np.add.at(counts, (rows, hours.astype(int).to_numpy()), 1)
    told = "none" if not outside.any() else thousands(int(outside.sum()))
    between = f"{clock_text(opens)}–{clock_text(closes)}"
    title = f"Of {plural(len(sms), 'SMS', 'SMS')}, {told} left outside {between} local time"
    figure, axes = picture(title, height=1.9 + 0.27 * len(zones))
    shares = counts / counts.sum(axis=1, keepdims=True)
    # Zones with a handful of messages would stretch the scale so far that the others look alike.
    large = counts.sum(axis=1) >= min(_ENOUGH, counts.sum(axis=1).max())
    mesh = axes.pcolormesh(
        np.arange(25), np.arange(len(zones) + 1), np.ma.masked_equal(shares, 0), cmap=SHADES,
        vmin=0, vmax=shares[large].max(), edgecolors="white", linewidth=0.5,
    )  # fmt: skip
    places = [zone.partition("/")[2].replace("_", " ") for zone in zones]
    totals = [thousands(total) for total in counts.sum(axis=1)]
    labels = [f"{place}  {total}" for place, total in zip(places, totals, strict=True)]
    axes.set_yticks(np.arange(len(zones)) + 0.5, labels)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    late = np.zeros_like(counts)
    np.add.at(late, (rows[outside], hours[outside].astype(int).to_numpy()), 1)
    for row, hour in zip(*np.nonzero(late), strict=True):
        axes.text(hour + 0.5, row + 0.5, thousands(late[row, hour]), color=VERMILION, ha="center", va="center",
                  fontsize=8.5, fontweight="bold")  # fmt: skip
    draw_window(axes, window)
    hour_axis(axes, "Local hour of hand-over to the gateway (daylight-saving rules of each zone)")
    axes.set_ylabel("Zone of the customer, SMS sent")
    beyond = "max" if shares.max() > shares[large].max() else "neither"
    bar = figure.colorbar(mesh, ax=axes, pad=0.01, fraction=0.04, extend=beyond)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    bar.set_label("Share of the zone's SMS")
    return figure


_SLOT = 0.25


@drawn
def held_and_released(data: PlotData) -> Picture:
    """Through the local day: messages sent at once and held by the time of issue, and released ones by hand-over. What
    DMIS and SAP plan ahead for a time of day is not among them."""
    issued = data.sms[data.sms["outcome"].isin(["sent", "held", "withdrawn"]) & data.sms["timezone"].notna()]
    issued = issued[~planned(issued)]
    if not len(issued):
        return nothing("Held and released through a day", "No SMS was issued while observed.")
    held = issued["due_at"].notna()
    released = issued[issued["release_at"].notna() & issued["handed_over_at"].notna()]
    fates = [(issued["outcome"][held] == outcome).sum() for outcome in ("sent", "withdrawn", "held")]
    went, withdrawn, waiting = (thousands(number) for number in fates)
    waited = plural(int(held.sum()), "message was held", "messages were held")
    title = f"{waited}: {went} went out later, {withdrawn} withdrawn, {waiting} still waiting"
    figure, (upper, lower) = picture(title, rows=2, height=5.2, sharex=True)
    slots = np.arange(0, 24 + _SLOT, _SLOT)
    times = local_hours(issued["issued_at"], issued["timezone"])
    for rows, color, label in ((~held, SKY, "inside the window"), (held, ORANGE, "held")):
        counts = np.histogram(times[rows], slots)[0]
        upper.bar(slots[:-1], counts, width=_SLOT, align="edge", color=color,
                  label=f"{label} ({thousands(rows.sum())})")  # fmt: skip
    upper.set_title("Issued, by local time of issue", pad=18)
    left = local_hours(released["handed_over_at"], released["timezone"])
    lower.bar(slots[:-1], np.histogram(left, slots)[0], width=_SLOT, align="edge", color=BLUE)
    lower.set_title("Released, by local time of hand-over to the gateway")
    for axes in (upper, lower):
        draw_window(axes, data.window(), text=axes is upper)
        axes.set_ylabel("Messages a\nquarter-hour")
        axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
        axes.set_ylim(bottom=0)
    upper.legend(loc="upper right", bbox_to_anchor=(1.0, 1.3), ncols=2)
    hour_axis(lower, "Local time of the customer; all days together, shaded where nothing may be sent")
    return figure


@drawn
def gateway_queue(data: PlotData) -> Picture:
    """The queue towards the gateway around the opening at which most held messages become due, day by day."""
    opens = data.window()[0]
    title = f"The gateway queue around {clock_text(opens)}"
    queue = queue_ages(data.sms)
    released = queue[queue["held"]]
    if not len(released):
        return nothing(title, "No held message was released while observed.")
    due, handed = milliseconds(queue["due"]), milliseconds(queue["handed"])
    agency = clock(AGENCY_ZONE)
    minutes, counts = np.unique(milliseconds(released["due"]) // MINUTE, return_counts=True)
    busiest = int(minutes[np.argmax(counts)]) * MINUTE
    together = int(counts.max())
    of_day = agency.time_of_day(busiest)
    first, last = agency.day(int(due.min())), agency.day(int(due.max()))
    openings = [agency.at(day, of_day) for day in range(first, last + 1)]
    cleared = max(int(handed[due // MINUTE == busiest // MINUTE].max()) - busiest, 0)
    span = int(min(max(1.5 * cleared, 5 * MINUTE), 12 * HOUR))
    step = max(span // 600, 1000)
    offsets = np.arange(-span // 5, span, step, dtype=np.int64)
    curves = np.array([_waiting(due, handed, opening + offsets) for opening in openings])
    figure, axes = picture(
        f"At the busiest opening {plural(together, 'message was', 'messages were')} due at once; "
        f"the last left {_length(cleared)} later"
    )
    for opening, curve in zip(openings, curves, strict=True):
        if opening != busiest:
            axes.plot(offsets / MINUTE, curve, color=SKY, linewidth=0.9, alpha=0.7, drawstyle="steps-post")
    axes.plot([], [], color=SKY, label=f"each of the other {plural(len(openings) - 1, 'day')}")
    axes.plot(offsets / MINUTE, np.median(curves, axis=0), color=BLUE, linewidth=2, label="median of all days",
              drawstyle="steps-post")  # fmt: skip
    when = pd.Timestamp(agency.isoformat(busiest))
    axes.plot(offsets / MINUTE, curves[openings.index(busiest)], color=VERMILION, linewidth=2, drawstyle="steps-post",
              label=f"busiest: {when.day_name()[:3]} {when.day} {when.month_name()} {when.year}")  # fmt: skip
    axes.axvline(0, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)))
    shown = clock_text(of_day / HOUR)
    axes.set_xlabel(f"Minutes after {shown} agency time (Sydney), when most held messages fall due")
    axes.set_ylabel("Messages due and not yet handed over")
    axes.set_ylim(bottom=0)
    axes.set_xlim(offsets[0] / MINUTE, offsets[-1] / MINUTE)
    axes.grid(axis="y")
    axes.legend(loc="upper right")
    return figure


def _waiting(due: Ints, handed: Ints, instants: Ints) -> Ints:
    """How many messages are due and not yet handed over at each instant."""
    waiting: Ints = np.searchsorted(np.sort(due), instants, side="right") - np.searchsorted(
        np.sort(handed), instants, side="right"
    )
    return waiting


def _length(milliseconds_long: int) -> str:
    minutes = milliseconds_long / MINUTE
    if minutes < 2:
        return plural(round(milliseconds_long / 1000), "second")
    return plural(round(minutes), "minute") if minutes < 120 else f"{minutes / 60:.1f} hours"
