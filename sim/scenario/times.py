"""Times as scenarios write them, as instants (ms UTC).

- ``2026-10-03T22:00:00Z``, ``2026-10-04T08:00+11:00``: an instant with its offset;
- ``2026-10-04 08:00 Australia/Perth``: what the wall clock shows in a zone; without a zone it is that of the customer
  whom the step concerns (agency time when it concerns nobody);
- ``19:59:59.999``: on the local day of the step before; ``next day 08:00``, ``2 days later 08:00``: on a later one;
- ``+59m59.999s``: so long after the step before (d, h, m, s, ms; a day here is 24 hours).

A wall-clock time that never occurs is refused with the two instants that it could mean; one that occurs twice needs
``first`` or ``second`` at its end.
"""

import re
from datetime import UTC, date, datetime, timedelta

from sim.clock import DAY, EPOCH_DAY, HOUR, MINUTE, SECOND, ZONES, clock, instant
from sim.errors import shown

FORMS = (
    "2026-10-04T08:00+11:00, 2026-10-04 08:00, 2026-10-04 08:00 Australia/Perth, 19:59:59.999, next day 08:00, "
    "2 days later 08:00, +59m59.999s"
)
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_PART = re.compile(r"([0-9]+)(?:\.([0-9]{1,3}))?(ms|d|h|m|s)")
_SPAN = re.compile(r"(?:[0-9]+(?:\.[0-9]{1,3})?(?:ms|d|h|m|s) ?)+")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+(?:Z|[+-][0-9]{2}:[0-9]{2})")
_WALL = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}) |(?P<next>next day )|(?P<days>[0-9]{1,3}) days later )?"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<ms>[0-9]{3}))?)?"
    r"(?: (?P<zone>[A-Za-z_]+/[A-Za-z_]+))?(?: (?P<which>first|second))?"
)


def duration(text: str) -> int:
    """``59m59.999s`` in ms. Raises ValueError."""
    if not _SPAN.fullmatch(text):
        raise ValueError(f"must be a duration such as 59m59.999s, 2h or 250ms (value {shown(text)})")
    total = 0
    for whole, fraction, unit in _PART.findall(text):
        part = int(whole) * _UNITS[unit]
        if fraction:
            part += int(fraction.ljust(3, "0")) * _UNITS[unit] // 1000
        total += part
    return total


def moment(text: str, zone: str, before: int | None) -> int:
    """The instant that `text` means. `zone`: of the customer concerned; `before`: the instant of the step before.

    Raises ValueError that says what is allowed.
    """
    if text.startswith("+"):
        return _needed(before, text) + duration(text[1:])
    if _INSTANT.fullmatch(text):
        try:
            return instant(text)
        except ValueError:
            raise ValueError(f"is not a time (value {shown(text)})") from None
    found = _WALL.fullmatch(text)
    if found is None:
        raise ValueError(f"is not a time (value {shown(text)}; allowed: {FORMS})")
    name = found["zone"] or zone
    if name not in ZONES:
        raise ValueError(f"unknown zone (value {shown(name)}; allowed: {', '.join(ZONES)})")
    of_day = _time_of_day(found, text)
    return _at(_day(found, text, name, before), of_day, name, found["which"], text)


def utc_text(time: int) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond."""
    moment_ = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time)
    return moment_.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _needed(before: int | None, text: str) -> int:
    if before is None:
        raise ValueError(f"the first step needs a date (value {shown(text)})")
    return before


def _time_of_day(found: re.Match[str], text: str) -> int:
    hour, minute, second, ms = (int(found[name] or 0) for name in ("hour", "minute", "second", "ms"))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"is no time of day (value {shown(text)}; allowed: 00:00 to 23:59:59.999)")
    return hour * HOUR + minute * MINUTE + second * SECOND + ms


def _day(found: re.Match[str], text: str, zone: str, before: int | None) -> int:
    if found["date"]:
        try:
            return date.fromisoformat(found["date"]).toordinal()
        except ValueError:
            raise ValueError(f"is not a date of the calendar (value {shown(text)})") from None
    later = 1 if found["next"] else int(found["days"] or 0)
    return clock(zone).day(_needed(before, text)) + later


def _at(day: int, of_day: int, zone: str, which: str | None, text: str) -> int:
    here = clock(zone)
    times = here.exists(day, of_day)
    if not times:
        wall = (day - EPOCH_DAY) * DAY + of_day
        meant = sorted({wall - here.offset(wall - DAY), wall - here.offset(wall + DAY)})
        either = " or ".join(utc_text(time) for time in meant)
        raise ValueError(f"does not exist in {zone}, the clocks skip it: write {either} (value {shown(text)})")
    if len(times) == 1:
        if which:
            raise ValueError(f"occurs once in {zone}: leave out {which!r} (value {shown(text)})")
        return times[0]
    if which is None:
        either = f"first ({utc_text(times[0])}) or second ({utc_text(times[1])})"
        raise ValueError(f"occurs twice in {zone}: add {either} (value {shown(text)})")
    return times[0 if which == "first" else 1]
