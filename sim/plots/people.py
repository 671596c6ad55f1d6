"""Pictures of people: messages a customer-day, bounce backs, calls after alerts, and the officers' day."""

import numpy as np
import pandas as pd

from sim.clock import AGENCY_ZONE, DAY, ZONES
from sim.history import Event
from sim.metrics.calls import aim, alerts_and_calls
from sim.metrics.sending import answerable_for_bounces, counted_by_limit, messages_a_customer_day
from sim.metrics.work import busy_spans
from sim.plots.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    PlotData,
    day_axis,
    drawn,
    hour_axis,
    nothing,
    percent,
    picture,
    plural,
    thousands,
)
from sim.tables import local_milliseconds
from sim.tables.columns import milliseconds

_FAR = 20
"""The most bars that still have room for a number each."""


@drawn
def customer_days(data: PlotData) -> Picture:
    """How many SMS customers get on a day, against the daily limit; counts on a logarithmic scale."""
    limit = int(data.value("cs-daily-limit", "limit", 5))
    desktop_only = data.value("cs-daily-limit", "scope", "desktop") == "desktop"
    words = "desktop message" if desktop_only else "Child Support SMS"
    sizes = messages_a_customer_day(counted_by_limit(data))
    if not len(sizes):
        return nothing(f"{words.capitalize()}s a customer-day", f"No {words} was sent while observed.")
    over = int((sizes > limit).sum())
    told = "no customer got more" if not over else f"on {plural(over, 'customer-day')} there were more"
    figure, axes = picture(f"The limit is {limit} a day: {told}")
    most = max(int(sizes.max()), limit + 1 if limit < _FAR else 0)
    numbers = np.arange(1, most + 1)
    counts = np.array([int((sizes == number).sum()) for number in numbers])
    axes.bar(numbers, counts, width=0.72, color=[BLUE if number <= limit else VERMILION for number in numbers])
    axes.set_yscale("log")
    axes.set_ylim(0.7, max(counts.max() * 3, 10))
    for number, count in zip(numbers, counts, strict=True):
        if most <= _FAR:
            axes.annotate(thousands(count), (number, max(count, 0.7)), xytext=(0, 3), textcoords="offset points",
                          ha="center", fontsize=9)  # fmt: skip
    if limit <= most:
        axes.axvline(limit + 0.5, color=BLACK, linewidth=1.4, linestyle=(0, (4, 2)))
    told = f"daily limit {limit}" if limit <= most else f"daily limit {limit}, further right"
    axes.annotate(told, (min(limit, most) + 0.5, 1), xycoords=("data", "axes fraction"), xytext=(-5, -3),
                  textcoords="offset points", va="top", ha="right")  # fmt: skip
    axes.set_xticks(numbers[:: -(-most // _FAR)])
    axes.set_xlabel(f"{words[0].upper() + words[1:]}s sent to one customer on one local day")
    axes.set_ylabel("Customer-days (logarithmic)")
    axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
    return figure


@drawn
def bounce_backs(data: PlotData) -> Picture:
    """Delivery errors by the agency day on which they became known, and the bounce backs of the next day."""
    sent = answerable_for_bounces(data.sent)
    failed, bounced = sent["failed_at"].dropna(), sent["bounced_at"].dropna()
    if not len(failed) and not len(bounced):
        return nothing("Bounce-backs by day", "No delivery error became known while observed.")
    share = percent(len(bounced), len(sent))
    figure, axes = picture(f"{plural(len(bounced), 'bounce-back')} of {plural(len(sent), 'SMS', 'SMS')} ({share}), "
                           "each on the day after its error")  # fmt: skip
    days = [local_milliseconds(milliseconds(times), AGENCY_ZONE) // DAY for times in (failed, bounced)]
    first = min(int(found.min()) for found in days if len(found))
    last = max(int(found.max()) for found in days if len(found))
    numbers = np.arange(first, last + 1)
    kinds = (("error became known", SKY, -0.2), ("bounce-back created", BLUE, 0.2))
    for found, (label, color, shift) in zip(days, kinds, strict=True):
        counts = np.array([int((found == day).sum()) for day in numbers])
        axes.bar(numbers + shift, counts, width=0.4, color=color, label=f"{label} ({thousands(len(found))})")
    day_axis(axes, numbers, "Agency day (Sydney)")
    axes.set_ylabel("Messages a day")
    axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
    axes.grid(axis="y")
    axes.legend(loc="upper right", ncols=2)
    return figure


@drawn
def call_delay(data: PlotData) -> Picture:
    """How long after a pre call alert with `In the next hour` the call was attempted, against aim and promise."""
    low, high = aim(data)
    promise = int(data.value("cs-precall", "next_hour_minutes", 60))
    alerts = alerts_and_calls(data)
    soon = alerts[alerts["promise"] == "next_hour"]
    delays = soon["delay"].dropna()
    if not len(delays):
        return nothing("Calls after pre call alerts", "No call promised within the hour was attempted.")
    after = delays[~soon["stale"]]
    promised = plural(len(after), "call promised within the hour", "calls promised within the hour")
    share = percent(int(after.between(low, high).sum()), len(after))
    figure, axes = picture(f"{share} of {promised} came {low}–{high} minutes after the alert")
    width = 2.5 if promise <= 60 else promise / 24
    edges = np.arange(0, promise + width, width)
    counts = np.histogram(delays, edges)[0]
    middles = edges[:-1] + width / 2
    colors = [GREEN if low <= middle <= high else SKY for middle in middles]
    axes.bar(edges[:-1], counts, width=width, align="edge", color=colors, edgecolor="white", linewidth=0.6)
    ends = ((-3 * width, int((delays < 0).sum()), "made before\nit was sent"),
            (edges[-1] + 2 * width, int((delays > edges[-1]).sum()), f"later than\n{promise}"))  # fmt: skip
    for left, count, _ in ends:
        axes.bar([left], [count], width=width, align="edge", color=VERMILION)
        axes.annotate(thousands(count), (left + width / 2, count), xytext=(0, 3), textcoords="offset points",
                      ha="center", fontsize=9)  # fmt: skip
    axes.axvspan(low, high, color=GREEN, alpha=0.13, linewidth=0)
    axes.axvline(promise, color=BLACK, linewidth=1.4, linestyle=(0, (4, 2)))
    top = max(int(counts.max()), *(count for _, count, _ in ends), 1)
    axes.set_ylim(0, top * 1.2)
    axes.text((low + high) / 2, top * 1.18, f"aim {low}–{high} min", ha="center", va="top", color="#00664B")
    axes.text(promise - 0.6, top * 1.18, f"promise: within {promise} min", ha="right", va="top")
    ticks = [float(tick) for tick in np.linspace(0, promise, 7)]
    names = [f"{tick:g}" for tick in ticks]
    axes.set_xticks([*ticks, *(left + width / 2 for left, _, _ in ends)], [*names, *(name for _, _, name in ends)])
    axes.set_xlabel("Minutes from the alert's sending to the first call attempt")
    axes.set_ylabel(f"Calls ({width:g} minutes a bar)")
    return figure


_STEP = 10
"""Minutes a point of the officers' day."""


@drawn
def officer_load(data: PlotData) -> Picture:
    """Officers on shift and officers with a work item open, through an average working day."""
    shifts, busy = busy_spans(data)
    if not len(shifts):
        return nothing("Officer load through the day", "No shift was worked while observed.")
    zones = _officer_zones(data)
    days = np.unique(local_milliseconds(shifts["start"].to_numpy(), AGENCY_ZONE) // DAY)
    points = np.arange(0, 24 * 60, _STEP) / 60
    on_shift, working = (_through_the_day(rows, zones) / len(days) for rows in (shifts, busy))
    worked = (busy["end"] - busy["start"]).sum()
    share = percent(worked, (shifts["end"] - shifts["start"]).sum())
    figure, axes = picture(f"Officers had work open for {share} of their shift time")
    axes.fill_between(points, on_shift, step="post", color=SKY, alpha=0.45, linewidth=0)
    axes.fill_between(points, working, step="post", color=ORANGE, alpha=0.85, linewidth=0, label="with work open")
    axes.step(points, on_shift, where="post", color=BLUE, linewidth=1.6, label="on shift")
    hour_axis(axes, "Time of day in the officers' own zone")
    used = points[on_shift > 0]
    axes.set_xlim(max(0, np.floor(used.min()) - 1), min(24, np.ceil(used.max()) + 1))
    axes.set_ylim(0, on_shift.max() * 1.18)
    axes.set_ylabel(f"Officers (mean of {plural(len(days), 'working day')})")
    axes.grid(axis="y")
    axes.legend(loc="upper right", ncols=2)
    return figure


def _officer_zones(data: PlotData) -> dict[int, str]:
    """The zone of each officer as recorded with their access; others are read in agency time."""
    officers, zones = (data.rows.take(name, Event.ACCESS_RECORDED) for name in ("officer", "other"))
    return {who: ZONES[zone] for who, zone in zip(officers.tolist(), zones.tolist(), strict=True)}


def _through_the_day(rows: pd.DataFrame, zones: dict[int, str]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """How many of these spans cover each point of the local day, all days together."""
    points = 24 * 60 // _STEP
    total = np.zeros(points + 1)
    for officer, spans in rows.groupby("officer"):
        zone = zones.get(int(str(officer)), AGENCY_ZONE)
        start = local_milliseconds(spans["start"].to_numpy(), zone)
        length = spans["end"].to_numpy() - spans["start"].to_numpy()
        first = np.ceil(start % DAY / (_STEP * 60_000)).astype(int)
        last = np.ceil((start % DAY + length) / (_STEP * 60_000)).astype(int)
        np.add.at(total, np.minimum(first, points), 1)
        np.add.at(total, np.minimum(last, points), -1)
    return np.cumsum(total)[:points]
