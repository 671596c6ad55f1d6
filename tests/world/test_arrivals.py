"""When work arrives: the inversion of the week's rates is exact, and what is drawn has the rates asked for."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from scipy.stats import chisquare, kstest

from sim.clock import DAY, HOUR, MINUTE, clock, instant
from sim.draws import Draws, Purpose
from sim.errors import InputError
from sim.messages import ProcessKind
from sim.population.customers import Role
from sim.population.parameters import load_parameters
from sim.world.arrivals import WeeklyProfile, arrival_times, kinds_of, week_weights, weights_of
from sim.world.lives import moments

SYDNEY = clock("Australia/Sydney")
# A week before the start of daylight saving (Sunday 4 October 2026, 02:00), and before its end (Sunday 4 April 2027).
SPRING, AUTUMN = "2026-09-28T00:00:00+10:00", "2027-03-29T00:00:00+11:00"
WEEK = 7 * DAY
SHARE = 0.72


def profile(
    start: str = SPRING, share: float = SHARE, days: Sequence[float] = (), hours: Sequence[float] = ()
) -> WeeklyProfile:
    """The week from a Monday in Sydney."""
    return WeeklyProfile(week_weights(share, days, hours), SYDNEY, instant(start))


def in_office(time: int) -> bool:
    """Whether an instant falls on a weekday between 08:00 and 17:00 in Sydney."""
    day, of_day = SYDNEY.local(time)
    return (day - 1) % 7 < 5 and 8 * HOUR <= of_day < 17 * HOUR


# The inversion


@pytest.mark.parametrize("start", [SPRING, AUTUMN, "2026-10-01T00:00:00+10:00"])
@pytest.mark.parametrize("share", [SHARE, 0.2, 45 / 168])
def test_an_instant_comes_back_to_the_millisecond(start: str, share: float) -> None:
    week = profile(start, share)
    first = instant(start)
    fold = (instant("2027-04-04T02:00:00+10:00"), instant("2027-04-04T03:00:00+10:00"))
    for step in range(0, 4 * WEEK, 17 * MINUTE + 12_345):
        time = first + step
        if fold[0] <= time < fold[1]:
            # An hour that comes twice is one hour of the week: its first coming.
            assert abs(week.instant(week.operational(time)) - (time - HOUR)) <= 1
        else:
            assert abs(week.instant(week.operational(time)) - time) <= 1


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
def test_operational_time_comes_back(start: str) -> None:
    week = profile(start)
    # One ms of the rarest hours is so much of a week.
    least = (1 - SHARE) / (168 - 45) / HOUR
    gap = (
        week.operational(instant("2026-10-03T23:59:59+10:00")),
        week.operational(instant("2026-10-04T03:00:00+11:00")),
    )
    for step in range(1, 20_000):
        operational = week.offset + step * 4 / 20_000
        time = week.instant(operational)
        back = week.operational(time)
        if start == SPRING and gap[0] < operational < gap[1] and time == instant("2026-10-04T03:00:00+11:00"):
            # The hour that is skipped: what was due in it happens when the clock has passed it.
            assert back - HOUR * least * 1.001 <= operational <= back
        else:
            assert back - 1e-12 <= operational <= back + 1.001 * 5.0 * least


def test_order_is_kept() -> None:
    for start in (SPRING, AUTUMN):
        week = profile(start)
        times = [week.instant(week.offset + step / 5_000) for step in range(5_000 * 3)]
        assert times == sorted(times)
        assert times[0] == instant(start)


@pytest.mark.parametrize("start", ["2026-09-29T00:00:00+10:00", "2026-10-03T00:00:00+10:00"])
def test_the_day_on_which_a_run_starts_does_not_shift_the_week(start: str) -> None:
    monday, other = profile(SPRING), profile(start)
    assert monday.offset == 0 < other.offset < 1
    for hours in range(0, 1_000, 7):
        time = instant("2026-10-05T00:00:00+11:00") + hours * HOUR
        assert other.operational(time) == monday.operational(time)


@pytest.mark.parametrize("share", [0.0, 0.3, SHARE, 1.0])
def test_so_much_of_a_week_falls_into_office_hours(share: float) -> None:
    week = profile(share=share)
    steps = 20_000
    inside = sum(in_office(week.instant(2 + (step + 0.5) / steps)) for step in range(steps))
    assert inside / steps == pytest.approx(share, abs=2 / steps)


def test_work_is_even_over_the_hours_of_the_office() -> None:
    week, steps = profile(share=1.0), 45 * 200
    hours = Counter(SYDNEY.local(week.instant(2 + (step + 0.5) / steps))[1] // HOUR for step in range(steps))
    assert hours == dict.fromkeys(range(8, 17), 5 * 200)


# Factors of days and hours

MONDAYS = [3.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.5]
MORNINGS = [2.0 if 8 <= hour < 10 else 0.0 if hour < 6 else 1.0 for hour in range(24)]


def test_factors_of_one_leave_the_week_as_it_is_to_the_last_bit() -> None:
    assert week_weights(SHARE, [1.0] * 7, [1.0] * 24) == week_weights(SHARE) == weights_of(load_parameters())
    assert week_weights(SHARE, [1.0] * 6 + [1.01]) != week_weights(SHARE)


def test_a_factor_multiplies_the_hours_of_its_day_and_the_days_of_its_hour() -> None:
    usual, changed = week_weights(SHARE), week_weights(SHARE, MONDAYS, MORNINGS)
    assert sum(changed) == pytest.approx(1, abs=1e-12)
    ratio = changed[24 + 12] / usual[24 + 12]  # Tuesday noon, where both factors are 1
    for hour, (before, after) in enumerate(zip(usual, changed, strict=True)):
        assert after / before == pytest.approx(ratio * MONDAYS[hour // 24] * MORNINGS[hour % 24], abs=1e-9), hour


def test_the_parameters_name_days_and_hours_in_agency_time() -> None:
    weights = weights_of(load_parameters({"work.monday": 3, "work.hour_09": 2}))
    assert weights == week_weights(SHARE, [3.0] + [1.0] * 6, [2.0 if hour == 9 else 1.0 for hour in range(24)])


def test_arrivals_follow_the_factors() -> None:
    week, steps = profile(days=MONDAYS, hours=MORNINGS), 20_000
    times = [week.instant(2 + (step + 0.5) / steps) for step in range(steps)]
    assert times == sorted(times)
    expected, found = week_weights(SHARE, MONDAYS, MORNINGS), Counter()
    for time in times:
        day, of_day = SYDNEY.local(time)
        found[(day - 1) % 7 * 24 + of_day // HOUR] += 1
    for hour in range(168):
        assert abs(found[hour] / steps - expected[hour]) <= 2 / steps, hour


@pytest.mark.parametrize(("days", "hours"), [([0.0] * 7, ()), ((), [0.0] * 24), ([0.0] * 5 + [1.0, 1.0], [0.0] * 24)])
def test_a_week_without_any_work_is_refused(days: Sequence[float], hours: Sequence[float]) -> None:
    with pytest.raises(InputError, match=r"work\.\*: no hour of the week has any work"):
        week_weights(SHARE, days, hours)


# What is drawn


def drawn(rate: float, weeks: int, entities: int, share: float = SHARE, seed: int = 11) -> list[list[int]]:
    """Arrivals of work of kind 5 for each entity."""
    week, draws = profile(share=share), Draws(seed)
    end = SYDNEY.midnight(date(2026, 9, 28).toordinal() + 7 * weeks)
    return [list(arrival_times(draws, week, entity, 5, rate, end)) for entity in range(1, entities + 1)]


@pytest.mark.parametrize("rate", [0.5, 4.0, 120.0])
def test_the_rate_is_the_one_asked_for(rate: float) -> None:
    weeks, entities = 8, 1_500
    found = sum(map(len, drawn(rate, weeks, entities)))
    expected = entities * rate * weeks * 7 / 365.25
    assert abs(found - expected) < 4 * math.sqrt(expected)


def test_arrivals_are_a_poisson_process_of_the_weeks_shape() -> None:
    times = drawn(60.0, 4, 800)
    counts = Counter(map(len, times))
    mean = 60 * 28 / 365.25
    # Poisson counts, the tails pooled.
    cells = [range(2), range(2, 4), range(4, 6), range(6, 8), range(8, 100)]
    chances = [sum(math.exp(-mean) * mean**n / math.factorial(n) for n in cell) for cell in cells]
    observed = [sum(counts[n] for n in cell) for cell in cells]
    assert chisquare(observed, [800 * chance / sum(chances) for chance in chances]).pvalue > 0.001
    # Even in operational time.
    week = profile()
    places = [week.operational(time) / 4 for entity in times for time in entity]
    assert kstest(places, "uniform").pvalue > 0.001
    inside = sum(in_office(time) for entity in times for time in entity)
    assert abs(inside / len(places) - SHARE) < 4 * math.sqrt(SHARE * (1 - SHARE) / len(places))


def test_a_poisson_process_with_half_the_rate_is_told_apart() -> None:
    # The bounds above can fail.
    found = sum(map(len, drawn(2.0, 8, 1_500)))
    expected = 1_500 * 4.0 * 56 / 365.25
    assert abs(found - expected) > 4 * math.sqrt(expected)


def test_arrivals_lie_in_the_half_open_interval_and_a_longer_one_only_adds() -> None:
    short, long = drawn(100.0, 1, 300), drawn(100.0, 2, 300)
    start, end = instant(SPRING), instant("2026-10-05T00:00:00+11:00")
    for few, many in zip(short, long, strict=True):
        assert all(start <= time < end for time in few)
        assert few == [time for time in many if time < end]
        assert many == sorted(many)
    assert sum(map(len, long)) > sum(map(len, short))


def test_no_rate_no_arrivals() -> None:
    assert drawn(0.0, 4, 50) == [[]] * 50


def test_arrivals_turn_on_the_entity_and_the_kind_alone() -> None:
    draws, week, end = Draws(11), profile(), instant(SPRING) + 4 * WEEK
    crowd = {
        (entity, kind): list(arrival_times(draws, week, entity, kind, 100.0, end))
        for entity in range(1, 40)
        for kind in (2, 5)
    }
    assert list(arrival_times(Draws(11), profile(), 17, 5, 100.0, end)) == crowd[17, 5]
    assert len({tuple(times) for times in crowd.values()}) == len(crowd)
    assert crowd[17, 5] != list(arrival_times(Draws(12), week, 17, 5, 100.0, end))


def test_kinds_of_work() -> None:
    assert kinds_of(Role.EMPLOYER) == (ProcessKind.PAYMENT, ProcessKind.INFORMATION_REQUEST)
    # Follow-ups to bounce-backs are caused by messages.
    every = set(kinds_of(Role.PAYER))
    assert kinds_of(Role.PAYEE) == kinds_of(Role.PAYER)
    assert ProcessKind.BOUNCE_BACK_FOLLOW_UP not in every
    assert {ProcessKind(code) for code in range(1, 7)} == every


# What happens to customers of its own accord


@pytest.mark.parametrize("rate", [0.5, 12.0])
def test_moments_have_the_rate_asked_for(rate: float) -> None:
    draws, start, end = Draws(4), 1_000_000, 1_000_000 + 60 * DAY
    times = [moments(draws, Purpose.DEATH, entity, rate, start, end) for entity in range(1, 2_001)]
    expected = 2_000 * rate * 60 / 365.25
    assert abs(sum(map(len, times)) - expected) < 4 * math.sqrt(expected)
    places = [(time - start) / (end - start) for entity in times for time in entity]
    assert kstest(places, "uniform").pvalue > 0.001
    assert all(0 <= place < 1 for place in places)
    # A longer interval only adds.
    longer = [moments(draws, Purpose.DEATH, entity, rate, start, end + DAY) for entity in range(1, 2_001)]
    assert times == [[time for time in entity if time < end] for entity in longer]


def test_no_moments_without_a_rate() -> None:
    assert moments(Draws(4), Purpose.DEATH, 1, 0.0, 0, 10**15) == []
