"""When work arrives: for each customer and kind a Poisson process whose rate follows the week."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from sim.clock import HOUR, Clock
from sim.draws import Draws, Purpose, exponential
from sim.errors import InputError
from sim.messages import ProcessKind
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.refs import ORDINALS, process_ref
from sim.world.world import World

_WEEK_HOURS = 168
_YEAR_WEEKS = 365.25 / 7
_OFFICE_HOURS = range(8, 17)

KINDS_OF_PARENTS = (
    ProcessKind.NEW_REGISTRATION,
    ProcessKind.OBJECTION,
    ProcessKind.CHANGE_OF_ASSESSMENT,
    ProcessKind.CHANGE_OF_CARE,
    ProcessKind.PAYMENT,
    ProcessKind.INFORMATION_REQUEST,
)
KINDS_OF_EMPLOYERS = (ProcessKind.PAYMENT, ProcessKind.INFORMATION_REQUEST)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = tuple(f"hour_{hour:02d}" for hour in range(24))


def is_office_hour(hour: int) -> bool:
    """Whether an hour of the week (0: Monday 00:00) lies between 08:00 and 17:00 of a weekday."""
    return hour // 24 < 5 and hour % 24 in _OFFICE_HOURS


def week_weights(office_share: float, days: Sequence[float] = (), hours: Sequence[float] = ()) -> list[float]:
    """The share of a week's arrivals in each of its 168 hours.

    `office_share` of them fall on weekdays from 08:00 to 17:00, evenly, the rest evenly over all other hours; then each
    of the seven `days` and of the 24 `hours` has a factor (empty: 1). Raises InputError when nothing is left.
    """
    office_hours = 5 * len(_OFFICE_HOURS)
    weights = [
        office_share / office_hours if is_office_hour(hour) else (1 - office_share) / (_WEEK_HOURS - office_hours)
        for hour in range(_WEEK_HOURS)
    ]
    days, hours = days or [1.0] * 7, hours or [1.0] * 24
    if set(days) == set(hours) == {1.0}:
        return weights
    weights = [weight * days[hour // 24] * hours[hour % 24] for hour, weight in enumerate(weights)]
    total = sum(weights)
    if total <= 0:
        raise InputError("no hour of the week has any work (at least one must have a weight above 0)", field="work.*")
    return [weight / total for weight in weights]


def weights_of(parameters: Mapping[str, Any]) -> list[float]:
    """The share of a week's arrivals in each of its 168 hours, by the parameters in force."""
    factors = [[parameters[f"work.{name}"] for name in names] for names in (WEEKDAYS, HOURS)]
    return week_weights(parameters["work.office_hours_share"], *factors)


class WeeklyProfile:
    """Maps operational time (in weeks of average activity) to instants, by inverting the cumulative weekly rate.

    `weights` are the shares of the 168 hours of a week (`week_weights`), in local time. With a rate that is constant by
    the hour the inversion is exact, and takes one draw an arrival.
    """

    def __init__(self, weights: Sequence[float], clock: Clock, start: int) -> None:
        self._clock = clock
        first = clock.day(start)
        self._monday = first - (first - 1) % 7  # ordinal 1 was a Monday
        self._weights = weights
        self._bounds = [0.0, *accumulate(weights)]
        self.offset = self.operational(start)
        self._until = (start, self.offset)

    def operational(self, time: int) -> float:
        """Operational time of an instant, in weeks since the Monday of the start."""
        day, time_of_day = self._clock.local(time)
        weeks, weekday = divmod(day - self._monday, 7)
        hour, rest = divmod(time_of_day, HOUR)
        index = weekday * 24 + hour
        return weeks + self._bounds[index] + self._weights[index] * rest / HOUR

    def until(self, end: int) -> float:
        """Operational time of the end of a run: worked out once."""
        if self._until[0] != end:
            self._until = (end, self.operational(end))
        return self._until[1]

    def instant(self, operational: float) -> int:
        """The instant of an operational time."""
        weeks = int(operational)
        part = (operational - weeks) * self._bounds[-1]
        index = min(bisect_right(self._bounds, part) - 1, _WEEK_HOURS - 1)
        weight = self._weights[index]
        rest = (part - self._bounds[index]) / weight * HOUR if weight > 0 else 0.0
        day = self._monday + 7 * weeks + index // 24
        return self._clock.at(day, index % 24 * HOUR + min(int(rest), HOUR - 1))


def arrival_times(
    draws: Draws, profile: WeeklyProfile, entity: int, kind: int, rate_per_year: float, end: int
) -> Iterator[int]:
    """The instants before `end` at which work of `kind` arrives for `entity`, at `rate_per_year` a year on average."""
    if rate_per_year <= 0:
        return
    mean_weeks = _YEAR_WEEKS / rate_per_year
    operational, last = profile.offset, profile.until(end)
    for ordinal in range(ORDINALS):
        u = draws.uniform(Purpose.WORK_ARRIVAL, entity, kind * ORDINALS + ordinal)
        operational += exponential(u, mean_weeks)
        if operational >= last:
            return
        yield min(profile.instant(operational), end - 1)


def kinds_of(role: int) -> tuple[ProcessKind, ...]:
    """The kinds of work that a customer of this role causes."""
    return KINDS_OF_EMPLOYERS if role == Role.EMPLOYER else KINDS_OF_PARENTS


def schedule_work(
    world: World, customer: Customer, profile: WeeklyProfile, arrive: Callable[[int, int, int], None]
) -> None:
    """Put every arrival of this customer on the agenda; `arrive(customer, kind, ordinal)` is called at each."""
    parameters = world.parameters
    for kind in kinds_of(customer.role):
        rate = parameters[f"work.{kind.name.lower()}_per_year"] * customer.activity
        times = arrival_times(world.draws, profile, customer.id, kind, rate, world.end)
        for ordinal, time in enumerate(times):
            ref = process_ref(customer.id, kind, ordinal)
            world.agenda.call(max(time, world.start), Rank.ARRIVAL, ref, 0, arrive, customer.id, kind, ordinal)
