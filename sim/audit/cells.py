"""What the cells of a foreign table mean: instants with their resolution, choices, booleans, zones and ids.

Times are taken as truncated: the true instant lies in [t, t + resolution). A column is as fine as the finest value in
it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sim.audit.codes import DAY, MINUTE, REASONS, SECOND
from sim.audit.files import Table, plain_name
from sim.errors import InputError, shown

# What a wall clock shows is kept as if it were UTC until its offset is known.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|UTC|[+-]\d\d(?::?\d\d)?)?",
    re.IGNORECASE,
)
ALLOWED_TIMES = "allowed ISO 8601 with an offset or Z, such as 2026-10-04T08:00:00+11:00"
_YES = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_NO = frozenset({"false", "f", "no", "n", "0", "0.0"})


class Instants:
    """A column of instants: `ms` UTC and `res` (ms) a row, both None where the cell is empty."""

    def __init__(self, rows: int) -> None:
        self.ms: list[int | None] = [None] * rows
        self.res: list[int | None] = [None] * rows


def instants(table: Table, name: str, times_in: str | None) -> Instants:
    """The instants of a column. A local time that occurs twice has the first instant, and both within its resolution.

    Raises InputError for what cannot be read, for a time without an offset unless `times_in` names its zone, and for
    one that the clock of that zone skipped.
    """
    found = Instants(len(table))
    column = table.columns[name]
    zone = zone_info(times_in) if times_in else None
    if column.kind == "instant":
        for row, value in table.cells(name):
            found.ms[row], found.res[row] = value, 1
        return found
    if column.kind == "naive":
        for row, value in table.cells(name):
            found.ms[row], found.res[row] = _localised(table, row, name, value, 1, zone, str(_wall(value)))
        return found
    parsed = [(row, value, _parsed(table, row, name, value)) for row, value in table.cells(name)]
    finest = min((part.res for _, _, part in parsed), default=1)
    for row, value, part in parsed:
        res = max(finest, part.res) if part.res == DAY else finest
        if part.offset is not None:
            found.ms[row], found.res[row] = part.wall - part.offset, res
        else:
            found.ms[row], found.res[row] = _localised(table, row, name, part.wall, res, zone, value)
    return found


class _Part:
    __slots__ = ("offset", "res", "wall")

    def __init__(self, wall: int, offset: int | None, res: int) -> None:
        self.wall = wall
        self.offset = offset
        self.res = res


@cache
def _part(text: str) -> _Part | None:
    """The wall time, offset and written resolution of a text (ms); None when it is no time."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        day_of = datetime(int(year), int(month), int(day), tzinfo=UTC)
        wall = day_of.replace(hour=int(hour or 0), minute=int(minute or 0), second=int(second or 0))
    except ValueError:
        return None
    milliseconds = (wall - _EPOCH) // timedelta(milliseconds=1) + int((fraction or "0").ljust(3, "0")[:3])
    res = 1 if fraction else SECOND if second else MINUTE if hour else DAY
    if offset is None:
        return _Part(milliseconds, None, res)
    if offset.upper() in ("Z", "UTC"):
        return _Part(milliseconds, 0, res)
    minutes = int(offset[1:3]) * 60 + int(offset[-2:] if len(offset) > 3 else 0)
    if minutes >= 24 * 60:
        return None
    return _Part(milliseconds, (-1 if offset[0] == "-" else 1) * minutes * MINUTE, res)


def _parsed(table: Table, row: int, name: str, value: str) -> _Part:
    part = _part(value)
    if part is None:
        raise table.error(f"not a time (value {shown(value)}; {ALLOWED_TIMES})", row, name)
    return part


def _wall(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _localised(
    table: Table, row: int, name: str, wall: int, res: int, zone: ZoneInfo | None, value: str
) -> tuple[int, int]:
    """(instant, resolution) of a wall-clock time in `zone`, both ms."""
    if zone is None:
        raise table.error(
            f"a time without an offset (value {shown(value)}; {ALLOWED_TIMES}, or --times-in ZONE)", row, name
        )
    earlier, later = (_instant(wall, zone, fold) for fold in (0, 1))
    if res == DAY:
        return earlier, _instant(wall + DAY, zone, 0) - earlier
    if later < earlier:
        raise table.error(
            f"the clock of {zone.key} skipped this time (value {shown(value)}; {ALLOWED_TIMES})", row, name
        )
    return earlier, later - earlier + res


def _instant(wall: int, zone: ZoneInfo, fold: int) -> int:
    moment = _wall(wall).replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


@cache
def _iana() -> frozenset[str]:
    """All names that IANA knows; finding them takes a tenth of a second."""
    return frozenset(available_timezones())


def zone_info(name: str) -> ZoneInfo:
    """The zone that `--times-in` names. Raises InputError for an unknown one."""
    try:
        if name in _iana():
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        pass
    raise InputError(unknown_zone(name), None, None, "--times-in")


def unknown_zone(name: str) -> str:
    """How an unknown zone is told, with the names that come close."""
    close = get_close_matches(name, sorted(_iana()), 1, 0.75)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"unknown time zone (value {shown(name)}; allowed an IANA name such as Australia/Perth{hint})"


def zones(table: Table, name: str, known_to_audit: frozenset[str]) -> list[str]:
    """A column of IANA names; no cell may be empty."""
    usable = _iana() & known_to_audit
    for row, value in enumerate(required(table, name)):
        if value not in usable:
            raise table.error(unknown_zone(value), row, name)
    return table.columns[name].values


def required(table: Table, name: str) -> list[str]:
    """A column without empty cells."""
    for row, value in enumerate(table.columns[name].values):
        if value is None:
            raise table.error("the cell is empty (a value is required)", row, name)
    return table.columns[name].values


def choices(table: Table, name: str, allowed: Sequence[str], also: Mapping[str, str] | None = None) -> list[str | None]:
    """A column of one of several words, whatever their case; `also` gives other spellings."""
    words = {plain_name(word): word for word in allowed} | dict(also or {})
    found: list[str | None] = [None] * len(table)
    for row, value in table.cells(name):
        word = words.get(plain_name(str(value)))
        if word is None:
            raise table.error(f"unknown {name} (value {shown(value)}; allowed {', '.join(allowed)})", row, name)
        found[row] = word
    return found


def booleans(table: Table, name: str) -> list[bool | None]:
    """A column of true and false."""
    found: list[bool | None] = [None] * len(table)
    for row, value in table.cells(name):
        word = str(value).lower()
        if word not in _YES | _NO:
            raise table.error(f"neither true nor false (value {shown(value)}; allowed true, false)", row, name)
        found[row] = word in _YES
    return found


def reasons(table: Table, name: str) -> list[int]:
    """A column of reasons by name, joined by semicolons, as bit masks."""
    found = [0] * len(table)
    for row, value in table.cells(name):
        for word in re.split(r"[;,|]", str(value)):
            bit = REASONS.get(plain_name(word)) if word.strip() else 0
            if bit is None:
                close = get_close_matches(plain_name(word), REASONS, 3) or list(REASONS)
                problem = f"unknown reason (value {shown(word.strip())}; allowed {', '.join(close)})"
                raise table.error(problem, row, name)
            found[row] |= bit
    return found


def whole_numbers(table: Table, name: str) -> list[int | None]:
    """A column of whole numbers of 0 or more."""
    found: list[int | None] = [None] * len(table)
    for row, value in table.cells(name):
        if not re.fullmatch(r"\d{1,9}(?:\.0+)?", str(value)):
            raise table.error(f"not a whole number (value {shown(value)}; allowed 0, 1, 2 …)", row, name)
        found[row] = int(float(value))
    return found


def dates(table: Table, name: str) -> list[date | None]:
    """A column of calendar dates; a time of day behind them is left out."""
    found: list[date | None] = [None] * len(table)
    naive = table.columns[name].kind != "text"
    for row, value in table.cells(name):
        part = _Part(value, None, 1) if naive else _part(value)
        if part is None:
            raise table.error(f"not a date (value {shown(value)}; allowed a date such as 2026-10-16)", row, name)
        found[row] = _wall(part.wall).date()
    return found


def are_numbers(values: Sequence[str]) -> bool:
    """Whether every id is written as a whole number, so that it can be given back as one."""
    return all(re.fullmatch(r"0|-?[1-9]\d{0,17}", value) for value in values)
