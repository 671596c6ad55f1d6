"""Instants, local days and local times: the only time-zone code outside the audit.

An *instant* is an integer count of milliseconds since 1970-01-01T00:00:00Z. A *local day* is a proleptic Gregorian
ordinal (`datetime.date.toordinal`). A *time of day* is an integer count of milliseconds since local midnight as the
wall clock shows it (08:00 is 28 800 000 on every day, also on those of 23 or 25 hours). Offsets come from IANA data
through `zoneinfo`; the `tzdata` package is a dependency, so that they do not depend on the machine.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH_DAY = date(1970, 1, 1).toordinal()

AGENCY_ZONE = "Australia/Sydney"
"""Agency time (policy.md, "Words") [assume]."""

ZONES: tuple[str, ...] = (
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Hobart",
    "Australia/Brisbane",
    "Australia/Lindeman",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Perth",
    "Australia/Broken_Hill",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Pacific/Norfolk",
    "Indian/Christmas",
    "Indian/Cocos",
)
"""The zones of policy.md G. Their index is the code that histories hold."""

STATE_ZONES: dict[str, str] = {
    "NSW": "Australia/Sydney",
    "VIC": "Australia/Melbourne",
    "QLD": "Australia/Brisbane",
    "SA": "Australia/Adelaide",
    "WA": "Australia/Perth",
    "TAS": "Australia/Hobart",
    "NT": "Australia/Darwin",
    "ACT": "Australia/Sydney",
}
"""The zone of a customer who has none on record but a state (policy.md G)."""

# Offsets are worked out for a span of 2**35 ms (398 days) at a time and kept.
_SPAN_BITS = 35


class Clock:
    """The local calendar of one zone. Use `clock(name)`; there is one object a zone.

    >>> sydney = clock("Australia/Sydney")
    >>> sydney.at(date(2026, 10, 4).toordinal(), 8 * HOUR) == instant("2026-10-03T21:00:00Z")
    True
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = _zone_info(name)
        self._spans: dict[int, tuple[list[int], list[int]]] = {}
        self._kept: dict[tuple[int, int], int] = {}

    def offset(self, time: int) -> int:
        """UTC offset in ms at the instant `time` (east is positive)."""
        span = self._spans.get(time >> _SPAN_BITS)
        if span is None:
            span = self._work_out(time >> _SPAN_BITS)
        changes, offsets = span
        if not changes:
            return offsets[0]
        return offsets[bisect_right(changes, time)]

    def local(self, time: int) -> tuple[int, int]:
        """(local day, time of day in ms) at the instant `time`."""
        days, of_day = divmod(time + self.offset(time), DAY)
        return days + EPOCH_DAY, of_day

    def day(self, time: int) -> int:
        """The local day at the instant `time`."""
        return (time + self.offset(time)) // DAY + EPOCH_DAY

    def time_of_day(self, time: int) -> int:
        """What the wall clock shows at the instant `time`, in ms since midnight."""
        return (time + self.offset(time)) % DAY

    def at(self, day: int, time_of_day: int) -> int:
        """The instant at which the wall clock shows `time_of_day` on the local day `day`.

        A time that occurs twice means its first occurrence. A time that is skipped means the first instant after
        the gap, because whatever was due at it is due as soon as the clock has passed it.
        """
        wall = (day - EPOCH_DAY) * DAY + time_of_day
        # Offsets lie within a day of UTC, so one of the two below holds at the instant that is sought.
        early, late = self.offset(wall - DAY), self.offset(wall + DAY)
        if early == late:
            middle = self.offset(wall - early)
            if middle == early:
                return wall - early
            late = middle
        if self.offset(wall - early) == early:
            return wall - early
        if self.offset(wall - late) == late:
            return wall - late
        return self._change_between(wall - max(early, late), wall - min(early, late))

    def midnight(self, day: int) -> int:
        """The first instant of the local day `day`."""
        return self.daily(day, 0)

    def daily(self, day: int, time_of_day: int) -> int:
        """The same as `at`, and remembered: for times of day that are asked again and again (openings, midnights)."""
        found = self._kept.get((day, time_of_day))
        if found is None:
            found = self._kept[day, time_of_day] = self.at(day, time_of_day)
        return found

    def exists(self, day: int, time_of_day: int) -> list[int]:
        """All instants at which the wall clock shows `time_of_day` on `day`: none in a gap, two in a fold."""
        wall = (day - EPOCH_DAY) * DAY + time_of_day
        found = {wall - offset for offset in (self.offset(wall - DAY), self.offset(wall + DAY))}
        return sorted(time for time in found if time + self.offset(time) == wall)

    def isoformat(self, time: int) -> str:
        """ISO 8601 in local time with the offset, to the millisecond."""
        return datetime.fromtimestamp(time / 1000, self._info).isoformat(timespec="milliseconds")

    def _change_between(self, low: int, high: int) -> int:
        """The instant of the change of offset in (low, high]."""
        before = self.offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def _raw_offset(self, time: int) -> int:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time)
        offset = moment.astimezone(self._info).utcoffset()
        assert offset is not None
        return offset // timedelta(milliseconds=1)

    def _work_out(self, span: int) -> tuple[list[int], list[int]]:
        start, end = span << _SPAN_BITS, (span + 1) << _SPAN_BITS
        changes: list[int] = []
        offsets = [self._raw_offset(start)]
        low = start
        while low < end:
            # No zone changes twice within a week in the years that we cover.
            high = min(low + 7 * DAY, end)
            after = self._raw_offset(high)
            if after != offsets[-1]:
                left, right = low, high
                while right - left > 1:
                    middle = (left + right) // 2
                    if self._raw_offset(middle) == offsets[-1]:
                        left = middle
                    else:
                        right = middle
                if right < end:
                    changes.append(right)
                    offsets.append(after)
            low = high
        self._spans[span] = (changes, offsets)
        return self._spans[span]


def _zone_info(name: str) -> ZoneInfo:
    """The zone from the `tzdata` package alone: `ZoneInfo(name)` would prefer the machine's own files."""
    parts = name.split("/")
    if not all(part and part not in {".", ".."} for part in parts):
        raise ValueError(f"not an IANA name: {name!r}")
    with files("tzdata").joinpath("zoneinfo", *parts).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def clock(name: str) -> Clock:
    """The calendar of the IANA zone `name`. Raises ValueError for a name that IANA does not know."""
    try:
        return Clock(name)
    except (OSError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r} (an IANA name such as 'Australia/Perth')") from error


def zone_clocks() -> list[Clock]:
    """The calendars of `ZONES`, by zone code."""
    return [clock(name) for name in ZONES]


def zone_code(name: str | None, state: str | None = None) -> int:
    """The code of a zone of `ZONES`; without a name, of the state's zone (policy.md G).

    Raises ValueError when the zone is not among `ZONES` or when neither is given.
    """
    if not name:
        if not state:
            raise ValueError("neither a time zone nor a state is on record")
        try:
            name = STATE_ZONES[state.upper()]
        except KeyError:
            raise ValueError(f"unknown state {state!r} (one of {', '.join(STATE_ZONES)})") from None
    try:
        return ZONES.index(name)
    except ValueError:
        raise ValueError(f"time zone {name!r} is not covered (one of {', '.join(ZONES)})") from None


def instant(text: str) -> int:
    """The instant of an ISO 8601 text with an offset or ``Z``. Raises ValueError for a naive or malformed one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an ISO 8601 time ({error})") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def utc(time: int) -> str:
    """ISO 8601 in UTC, to the millisecond, with ``Z``."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
