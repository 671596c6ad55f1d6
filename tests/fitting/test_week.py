"""The weekly profile: counts become the parameters that make them, and the reverse."""

import numpy as np
import pytest

from sim.clock import AGENCY_ZONE, DAY, HOUR, clock, instant
from sim.fitting.estimates import Estimate, Missing
from sim.fitting.evidence import Arrivals, hours_of_week
from sim.fitting.week import FACTORS, OFFICE_SHARE, occurrences, week_of_run
from sim.world.arrivals import HOURS, WEEKDAYS, week_weights

MONDAY = instant("2026-09-07T00:00:00+10:00")
FACTORS_OF_DAYS = [2.0, 1.0, 1.0, 1.0, 0.5, 0.3, 1.0]
FACTORS_OF_HOURS = [0.2 if hour == 12 else 3.0 if hour == 15 else 1.0 for hour in range(24)]


class Made:
    """The evidence of a run in which work arrived exactly as its weights say, `each` in an average hour."""

    def __init__(self, weights: list[float], each: float, days: int = 14) -> None:
        self.from_ms, self.to_ms = MONDAY, MONDAY + days * DAY
        times = []
        for hour in range(24 * days):
            count = round(weights[hour % 168] * 168 * each)
            times += [MONDAY + hour * HOUR + place * HOUR // max(count, 1) for place in range(count)]
        nothing = np.zeros(len(times), dtype=np.int64)
        self.arrivals = Arrivals(np.array(times), nothing, nothing)


def found(made: Made) -> tuple[dict[str, Estimate], list[Missing]]:
    """What is estimated by name, and what is not."""
    told = list(week_of_run(made))  # type: ignore[arg-type]
    return {one.name: one for one in told if isinstance(one, Estimate)}, [
        one for one in told if isinstance(one, Missing)
    ]


@pytest.mark.parametrize("share", [0.2, 45 / 168, 0.72, 0.95])
def test_an_even_week_gives_the_share_of_office_hours_and_no_factors(share: float) -> None:
    told, missing = found(Made(week_weights(share), 200))
    assert told.keys() == {OFFICE_SHARE}
    assert told[OFFICE_SHARE].value == pytest.approx(share, abs=0.01)
    assert told[OFFICE_SHARE].low < share < told[OFFICE_SHARE].high
    assert [one.names for one in missing] == [FACTORS]


def test_factors_come_back() -> None:
    told, missing = found(Made(week_weights(0.72, FACTORS_OF_DAYS, FACTORS_OF_HOURS), 40))
    assert not missing
    assert told[OFFICE_SHARE].value == pytest.approx(0.72, abs=0.02)
    for names, factors in ((WEEKDAYS, FACTORS_OF_DAYS), (HOURS, FACTORS_OF_HOURS)):
        mean = float(np.mean([told[f"work.{name}"].value for name in names]))
        assert mean == pytest.approx(1.0)
        for name, factor in zip(names, factors, strict=True):
            one = told[f"work.{name}"]
            assert one.value == pytest.approx(factor / np.mean(factors), abs=0.1), name
            assert one.low < factor / np.mean(factors) < one.high, name
    again = week_weights(
        told[OFFICE_SHARE].value, *[[told[f"work.{name}"].value for name in names] for names in (WEEKDAYS, HOURS)]
    )
    assert again == pytest.approx(week_weights(0.72, FACTORS_OF_DAYS, FACTORS_OF_HOURS), abs=4e-4)


def test_a_log_that_does_not_hold_whole_weeks_is_no_quieter_on_the_days_it_lacks() -> None:
    # Ten days from a Monday: Monday to Wednesday occur twice.
    told, _ = found(Made(week_weights(0.72), 20, days=10))
    assert told.keys() == {OFFICE_SHARE}
    assert told[OFFICE_SHARE].value == pytest.approx(0.72, abs=0.01)
    weeks = occurrences(MONDAY, MONDAY + 10 * DAY)
    assert weeks.tolist() == [2.0] * 72 + [1.0] * 96


def test_days_that_the_log_does_not_have_get_no_factor() -> None:
    told, missing = found(Made(week_weights(0.72, hours=FACTORS_OF_HOURS), 40, days=5))
    assert told.keys() == {OFFICE_SHARE}
    assert "shorter than a week" in missing[0].why


@pytest.mark.parametrize(("each", "says"), [(0.2, False), (0.5, True)])
def test_few_arrivals_say_nothing(each: float, says: bool) -> None:
    made = Made(week_weights(45 / 168), 1)
    made.arrivals = Arrivals(*(column[: 99 + says] for column in made.arrivals))
    told, missing = found(made)
    assert bool(told) == says
    assert says or missing[0].names == (OFFICE_SHARE, *FACTORS)


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("2026-10-05T00:00:00+11:00", 0),  # a Monday
        ("2026-10-04T23:59:59.999+11:00", 167),
        ("2026-10-04T03:00:00+11:00", 147),  # the hour after the one that is skipped
        ("2026-10-04T01:59:59+10:00", 145),
        ("2026-04-05T02:30:00+11:00", 146),  # an hour that comes twice
        ("2026-04-05T02:30:00+10:00", 146),
        ("1969-12-31T23:00:00Z", 81),  # Thursday 09:00 in Sydney
    ],
)
def test_hours_of_the_week_are_those_of_agency_time(time: str, hour: int) -> None:
    assert hours_of_week(np.array([instant(time)])).tolist() == [hour]
    day, of_day = clock(AGENCY_ZONE).local(instant(time))
    assert (day - 1) % 7 * 24 + of_day // HOUR == hour
