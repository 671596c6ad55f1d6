"""A log held against a run simulated with what was fitted to it: the same distributions of both, side by side.

The p-values take messages for independent of one another. They come in clumps (a customer's, a batch's), so that small
values mean less than they say, and in a large log the smallest difference has one: a difference is called one only when
it is also as large as `DISTANCE`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from sim.clock import HOUR, SECOND
from sim.fitting.delivery import is_held, waits
from sim.fitting.evidence import Evidence, Floats, hours_of_week
from sim.fitting.intervals import dispersion, rate, share
from sim.fitting.week import DESKTOPS

DISTANCE = 0.1
"""From this distance of Kolmogorov and Smirnov on, with a p-value below 0.01, two distributions are said to differ."""
_SURE = 0.01
_LEAST = 20
"""Values on both sides that are needed for a comparison."""
_LEAST_EXPECTED = 5.0


class Compared(NamedTuple):
    """One row of the comparison. `log` and `simulated` are words to read; `differs` is None where too few were there.
    `distance` is the greatest between the cumulative shares (Kolmogorov–Smirnov), None for a single number."""

    what: str
    log: str
    simulated: str
    distance: float | None
    p_value: float | None
    differs: bool | None


class Sample(NamedTuple):
    """A distribution as both show it, with the unit of its values."""

    what: str
    unit: str
    log: Floats
    simulated: Floats


def compare(log: Evidence, simulated: Evidence) -> list[Compared]:
    """Volumes, the hours of the week, holds, and delays of a log and of the run that was fitted to it."""
    found = [*_volumes(log, simulated), *_weeks(log, simulated), *_holds(log, simulated)]
    return found + [_distribution(sample) for sample in samples(log, simulated)]


def samples(log: Evidence, simulated: Evidence) -> list[Sample]:
    """The delays of both; those of the run are told in the steps of the log."""
    found = []
    for what, unit, begin, end in (
        ("sent to delivered (SMS)", SECOND, "sent", "delivered"),
        ("sent to failed (SMS)", SECOND, "sent", "failed"),
    ):
        if log.has(f"{end}_at"):
            name = "seconds"
            found.append(Sample(what, name, _gaps(log, log, begin, end, unit), _gaps(simulated, log, begin, end, unit)))
    if log.has("due_at") or log.has("release_at"):
        both = [waits(one.accepted) / HOUR for one in (log, simulated)]
        found.append(Sample("time held, all systems", "hours", *both))
    return found


def _gaps(one: Evidence, log: Evidence, begin: str, end: str, unit: int) -> Floats:
    rows = one.sent[(one.sent["channel"] == "sms") & one.sent[end].notna()]
    told = [(rows[name] // log.step(name) * log.step(name)).to_numpy(dtype=float) for name in (begin, end)]
    return np.asarray((told[1] - told[0]) / unit, dtype=np.float64)


def weekly_counts(one: Evidence) -> Floats:
    """Messages issued from desktops in each of the 168 hours of the week, agency time."""
    rows = one.accepted[one.accepted["system"].isin(DESKTOPS)]
    return np.bincount(hours_of_week(rows["issued"].to_numpy()), minlength=168).astype(np.float64)


def _people(one: Evidence) -> int:
    """All customers, so that a run of every programme counts as a file does."""
    return one.customers if one.run is None else int(one.run.manifest["load"]["customers"])


def _volumes(log: Evidence, simulated: Evidence) -> Iterator[Compared]:
    """Messages issued a customer and year, by system."""
    for system in sorted({*log.accepted["system"].dropna(), *simulated.accepted["system"].dropna()}):
        found = []
        for one in (log, simulated):
            rows = one.accepted[one.accepted["system"] == system]
            counts = rows.groupby("customer").size().to_numpy()
            found.append(rate(len(rows), _people(one) * one.years, dispersion(counts, _people(one))))
        apart = found[0].low > found[1].high or found[1].low > found[0].high
        words = [f"{one.value:.3g} ({one.low:.3g} to {one.high:.3g})" for one in found]
        yield Compared(f"issued a customer and year, {system}", words[0], words[1], None, None, apart)


def _weeks(log: Evidence, simulated: Evidence) -> Iterator[Compared]:
    """The hours of the week, and the chi-square test of the two rows of counts (cells with few pooled)."""
    ours, theirs = weekly_counts(simulated), weekly_counts(log)
    what = "desktop messages by hour of the week"
    words = [f"{int(counts.sum()):,} messages" for counts in (theirs, ours)]
    if min(ours.sum(), theirs.sum()) < _LEAST:
        yield Compared(what, words[0], words[1], None, None, None)
        return
    distance = float(np.abs(np.cumsum(theirs) / theirs.sum() - np.cumsum(ours) / ours.sum()).max())
    p_value = _chi_square(theirs, ours)
    yield Compared(what, words[0], words[1], distance, p_value, distance >= DISTANCE and p_value < _SURE)


def _chi_square(first: Floats, second: Floats) -> float:
    """The p-value of the chi-square test that both rows have the same shares; neighbouring hours are pooled until all
    expected counts are large enough."""
    part = min(first.sum(), second.sum()) / (first.sum() + second.sum())
    cells: list[Floats] = [np.zeros(2)]
    for pair in np.stack([first, second], axis=1):
        cells[-1] = cells[-1] + pair
        if cells[-1].sum() * part >= _LEAST_EXPECTED:
            cells.append(np.zeros(2))
    last = cells.pop()
    if not cells:
        return 1.0
    cells[-1] = cells[-1] + last
    table = np.array(cells)
    return float(stats.chi2_contingency(table).pvalue) if len(table) > 1 else 1.0


def _holds(log: Evidence, simulated: Evidence) -> Iterator[Compared]:
    """The share of issued messages that were held, by system."""
    if not (log.has("due_at") or log.has("release_at")):
        return
    for system in sorted({*log.accepted["system"].dropna()} & {*simulated.accepted["system"].dropna()}):
        found = []
        for one in (log, simulated):
            rows = one.accepted[one.accepted["system"] == system]
            found.append(share(int(is_held(rows).sum()), len(rows)))
        apart = found[0].low > found[1].high or found[1].low > found[0].high
        words = [f"{one.value:.1%} ({one.low:.1%} to {one.high:.1%})" for one in found]
        yield Compared(f"held, {system}", words[0], words[1], None, None, apart)


def _distribution(sample: Sample) -> Compared:
    """Median, 90 and 99 in 100 of both, and how far they are apart."""
    words = [_quantiles(values, sample.unit) for values in (sample.log, sample.simulated)]
    if min(len(sample.log), len(sample.simulated)) < _LEAST:
        return Compared(sample.what, words[0], words[1], None, None, None)
    found = stats.ks_2samp(sample.log, sample.simulated, method="asymp")
    distance, p_value = float(found.statistic), float(found.pvalue)
    return Compared(sample.what, words[0], words[1], distance, p_value, distance >= DISTANCE and p_value < _SURE)


def _quantiles(values: Floats, unit: str) -> str:
    if not len(values):
        return "none"
    parts = " / ".join(f"{np.quantile(values, part):.3g}" for part in (0.5, 0.9, 0.99))
    return f"{parts} {unit} (n = {len(values):,})"
