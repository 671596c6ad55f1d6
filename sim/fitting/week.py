"""The hours of the week in which work arrives, as the parameters of `sim.world.arrivals` have them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.clock import AGENCY_ZONE, clock
from sim.fitting.estimates import Estimate, Finding, Missing
from sim.fitting.evidence import Evidence, Floats, hours_of_week
from sim.fitting.intervals import Interval, poisson_ends, ratio, share
from sim.world.arrivals import HOURS, WEEKDAYS, is_office_hour, week_weights

OFFICE_SHARE = "work.office_hours_share"
FACTORS = tuple(f"work.{name}" for name in (*WEEKDAYS, *HOURS))
LEAST = 100
"""Arrivals that are needed before anything is said of the week."""
DESKTOPS = ("pluto", "customer_first")
_FIRST = "first desktop messages of a customer and day"
_SURE = 0.005
"""The chance, if the week were as `work.office_hours_share` alone makes it, below which factors are fitted."""
_ROUNDS = 200

_WEEK = np.arange(168)
_DAY, _HOUR = _WEEK // 24, _WEEK % 24
_OFFICE = np.array([is_office_hour(int(hour)) for hour in _WEEK])


def week_of_run(evidence: Evidence) -> Iterator[Finding]:
    """The weekly profile of the work that arrived in a run: the share of office hours, and factors of days and hours
    where that share is not enough."""
    times, what = evidence.arrivals.times, "arrivals of work"
    if len(times) < LEAST:
        yield Missing((OFFICE_SHARE, *FACTORS), f"{len(times)} {what} ({LEAST} are needed)")
        return
    counts = np.bincount(hours_of_week(times), minlength=168).astype(float)
    weeks = occurrences(evidence.from_ms, evidence.to_ms)
    office = _office_share(counts, weeks, what)
    expected = weeks * week_weights(office.value)
    expected *= counts.sum() / expected.sum()
    chances = [_chance(counts, expected, by) for by in (_DAY, _HOUR)]
    if min(chances) > _SURE / 2:
        yield office
        yield Missing(
            FACTORS, f"{len(times):,} {what} do not differ from an even spread over office hours and the rest "
            f"(days p = {chances[0]:.2g}, hours p = {chances[1]:.2g})",
        )  # fmt: skip
    elif (weeks < 1).any():
        yield office
        yield Missing(FACTORS, "the log is shorter than a week")
    else:
        yield from _factors(counts, weeks, office.value, what)


def occurrences(start: int, end: int) -> Floats:
    """How often each hour of the week occurs in [start, end), whole agency days (ms UTC)."""
    agency = clock(AGENCY_ZONE)
    days = np.arange(agency.day(start), agency.day(end - 1) + 1)
    return np.repeat(np.bincount((days - 1) % 7, minlength=7), 24).astype(float)


def _office_share(counts: Floats, weeks: Floats, what: str) -> Estimate:
    """The share of a whole week's arrivals that fall into office hours, whichever days the log has."""
    n, inside = int(counts.sum()), int(counts[_OFFICE].sum())
    # Weeks that the log has of office hours, and of all the others.
    had = float(weeks[_OFFICE].mean()), float(weeks[~_OFFICE].mean())

    def of_week(part: float) -> float:
        scaled = part / had[0] if had[0] else 0.0
        return scaled / (scaled + (1 - part) / had[1]) if scaled else 0.0

    value, low, high = (of_week(part) for part in share(inside, n))
    return Estimate(OFFICE_SHARE, value, low, high, n, f"{what}; Clopper–Pearson")


def _chance(counts: Floats, expected: Floats, by: npt.NDArray[np.int64]) -> float:
    """The p-value of a chi-square test of the sums of the hours of the week by day or by hour."""
    seen, hoped = _sums(counts, by), _sums(expected, by)
    kept = hoped > 0
    statistic = float(((seen[kept] - hoped[kept]) ** 2 / hoped[kept]).sum())
    return float(stats.chi2.sf(statistic, int(kept.sum()) - 1))


def _factors(counts: Floats, weeks: Floats, office: float, what: str) -> Iterator[Estimate]:
    """The likeliest factors of days, of hours and of office hours: iterative proportional fitting of their sums."""
    office = min(max(office, 0.001), 0.999)
    base = weeks * week_weights(office)
    base *= counts.sum() / base.sum()
    blocks = _OFFICE.astype(np.int64)
    days, hours, inside = np.ones(7), np.ones(24), np.ones(2)
    for _ in range(_ROUNDS):
        days *= _step(counts, base * days[_DAY] * hours[_HOUR] * inside[blocks], _DAY)
        hours *= _step(counts, base * days[_DAY] * hours[_HOUR] * inside[blocks], _HOUR)
        inside *= _step(counts, base * days[_DAY] * hours[_HOUR] * inside[blocks], blocks)
    rest = base * hours[_HOUR] * inside[blocks], base * days[_DAY] * inside[blocks]
    odds = office / (1 - office) * (inside[1] / inside[0] if inside[0] > 0 else 1e3)
    n = int(counts.sum())
    yield _office_factor(odds, int(counts[_OFFICE].sum()), n, what)
    for names, values, by, alone in ((WEEKDAYS, days, _DAY, rest[0]), (HOURS, hours, _HOUR, rest[1])):
        yield from _one_margin(names, values, _sums(counts, by), _sums(alone, by), what)


def _sums(values: Floats, by: npt.NDArray[np.int64]) -> Floats:
    return np.bincount(by, values).astype(np.float64)


def _step(counts: Floats, fitted: Floats, by: npt.NDArray[np.int64]) -> Floats:
    seen, now = _sums(counts, by), _sums(fitted, by)
    return np.divide(seen, now, out=np.ones_like(seen), where=now > 0)


def _office_factor(odds: float, inside: int, n: int, what: str) -> Estimate:
    """`work.office_hours_share` as it is before the factors; its interval is as wide as that of the share itself."""
    seen = share(inside, n)

    def moved(end: float) -> float:
        middle = min(max(seen.value, 1e-6), 1 - 1e-6)
        end = min(max(end, 1e-9), 1 - 1e-9)
        there = odds * (end / (1 - end)) / (middle / (1 - middle))
        return there / (1 + there)

    value = odds / (1 + odds)
    note = f"{what}; before the factors of days and hours, of which it is the likeliest"
    return Estimate(OFFICE_SHARE, value, moved(seen.low), moved(seen.high), n, note)


def _one_margin(names: Sequence[str], values: Floats, seen: Floats, alone: Floats, what: str) -> Iterator[Estimate]:
    """The factors of the days or of the hours, with mean 1; each with the exact Poisson interval of its arrivals."""
    mean = float(values.mean())
    for name, value, count, hoped in zip(names, values, seen, alone, strict=True):
        ends = [end / hoped / mean if hoped > 0 else 1.0 for end in poisson_ends(float(count))]
        method = f"{what}; likeliest product of days and hours, exact Poisson"
        yield Estimate(f"work.{name}", float(value / mean), ends[0], ends[1], int(count), method)


def desktop_hours(evidence: Evidence) -> Floats:
    """How many first desktop messages of a customer and day were issued in each hour of the week."""
    rows = evidence.accepted
    rows = rows[rows["system"].isin(DESKTOPS)]
    agency = clock(AGENCY_ZONE)
    first = rows.assign(day=[agency.day(int(time)) for time in rows["issued"]]).drop_duplicates(["customer", "day"])
    return np.bincount(hours_of_week(first["issued"].to_numpy()), minlength=168).astype(np.float64)


def moved_week(log: Evidence, simulated: Sequence[Evidence], values: Mapping[str, Any]) -> Iterator[Estimate | Missing]:
    """The weekly profile of a file: factors moved until simulated runs issue as much as the log on each day and in each
    hour. `values` are those of the simulated runs. What differs by no more than chance is not moved."""
    theirs, ours = desktop_hours(log), np.sum([desktop_hours(one) for one in simulated], axis=0)
    n = int(theirs.sum())
    if n < LEAST or not ours.sum():
        yield Missing((OFFICE_SHARE, *FACTORS), f"{n} {_FIRST} ({LEAST} are needed)")
        return
    why = "what arrives while nobody is in the office is not told from what arrives in the morning"
    yield Missing((OFFICE_SHARE,), why)
    chances = [_alike(_sums(theirs, by), _sums(ours, by)) for by in (_DAY, _HOUR)]
    if min(chances) > _SURE / 2 and all(values[name] == 1 for name in FACTORS):
        days, hours = (f"{chance:.2g}" for chance in chances)
        why = f"{n:,} {_FIRST} are spread over days (p = {days}) and hours (p = {hours}) as in runs without them"
        yield Missing(FACTORS, why)
        return
    scale = ours.sum() / theirs.sum()
    for names, by in ((WEEKDAYS, _DAY), (HOURS, _HOUR)):
        for name, seen, had in zip(names, _sums(theirs, by), _sums(ours, by), strict=True):
            if had > 0:
                yield _moved_factor(f"work.{name}", float(values[f"work.{name}"]), float(seen), float(had), scale)


def _moved_factor(name: str, value: float, seen: float, had: float, scale: float) -> Estimate:
    found = ratio(seen, had) or Interval(0.0, 0.0, poisson_ends(0)[1] / had)
    found = found.times(value * scale)
    method = f"moved until simulated runs issue as many {_FIRST} then as the log; exact ratio of Poisson counts"
    return Estimate(name, found.value, found.low, found.high, int(seen), method)


def _alike(first: Floats, second: Floats) -> float:
    """The p-value of the chi-square test that both have the same shares."""
    there = (first + second) > 0
    table = np.stack([first[there], second[there]])
    return float(stats.chi2_contingency(table).pvalue) if table.shape[1] > 1 else 1.0
