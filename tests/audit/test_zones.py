"""The audit's local times (ICU data inside DuckDB) against the simulation's (tzdata), for 2025 to 2028."""

from datetime import date

import pytest

from sim.audit.schema import connect
from sim.clock import DAY, HOUR, MINUTE, ZONES, Clock, clock, instant

FIRST, LAST = instant("2025-01-01T00:00:00Z"), instant("2029-01-01T00:00:00Z")
_EPOCH = date(1970, 1, 1).toordinal()


def changes(zone: Clock) -> list[int]:
    """The instants at which the offset of `zone` changes."""
    found = []
    for hour in range(FIRST, LAST, HOUR):
        if zone.offset(hour) != zone.offset(hour + HOUR):
            low, high = hour, hour + HOUR
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if zone.offset(middle) == zone.offset(hour) else (low, middle)
            found.append(high)
    return found


def samples(zone: Clock) -> list[int]:
    every_hour = list(range(FIRST, LAST, HOUR))
    around = [
        change + shift
        for change in changes(zone)
        for shift in (-DAY, -HOUR - 1, -HOUR, -30 * MINUTE, -1, 0, 1, 30 * MINUTE, HOUR - 1, HOUR, DAY)
    ]
    return every_hour + around


@pytest.mark.parametrize("name", ZONES)
def test_days_and_times_of_day(name):
    zone, db = clock(name), connect()
    instants = samples(zone)
    import pyarrow as pa

    db.register("samples", pa.table({"ms": pa.array(instants, pa.int64())}))
    rows = db.execute(
        "SELECT ms, date_diff('day', DATE '1970-01-01', local_day(ms, ?)), time_of_day(ms, ?) FROM samples",
        [name, name],
    ).fetchall()
    assert len(rows) == len(instants)
    wrong = [ms for ms, day, tod in rows if (day + _EPOCH, tod) != zone.local(ms)]
    assert wrong == []


@pytest.mark.parametrize("name", ZONES)
def test_instants_of_local_times(name):
    zone, db = clock(name), connect()
    days = range(date(2025, 1, 1).toordinal(), date(2029, 1, 1).toordinal())
    wanted = [(day, tod) for day in days for tod in (8 * HOUR, 20 * HOUR, 6 * HOUR, 4 * HOUR)]
    import pyarrow as pa

    table = {"day": [date.fromordinal(day) for day, _ in wanted], "tod": [tod for _, tod in wanted]}
    db.register("wanted", pa.table(table))
    rows = db.execute("SELECT instant_at(day, tod, ?) FROM wanted", [name]).fetchall()
    assert [row[0] for row in rows] == [zone.at(day, tod) for day, tod in wanted]


def test_the_changes_are_the_known_ones():
    sydney = [change for change in changes(clock("Australia/Sydney")) if change >= instant("2026-01-01T00:00:00Z")]
    assert sydney[:2] == [instant("2026-04-04T16:00:00Z"), instant("2026-10-03T16:00:00Z")]
    assert changes(clock("Australia/Perth")) == []
    lord_howe = clock("Australia/Lord_Howe")
    change = changes(lord_howe)[0]
    assert lord_howe.offset(change - 1) - lord_howe.offset(change) == 30 * MINUTE


def test_times_before_1970_and_texts():
    db = connect()
    found = db.execute("SELECT time_of_day(-1, 'UTC'), local_day(-1, 'UTC'), local_text(-1, 'UTC')").fetchone()
    assert found == (DAY - 1, date(1969, 12, 31), "Wed 31 Dec 1969 23:59:59.999")


def test_the_connection_does_not_follow_the_machine(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    assert connect().execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
