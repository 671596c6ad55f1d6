"""Business days across the nation, for the gap between debt messages (`dr-gap`, reading `business_day`)."""

from datetime import date
from functools import lru_cache

import holidays

from sim.policy.debt import previous_business_day


@lru_cache(maxsize=32)
def _national_holidays(year: int) -> frozenset[int]:
    """The days of the national public holidays of a year and the one before it; those of single states are none."""
    return frozenset(day.toordinal() for day in holidays.country_holidays("AU", years=[year - 1, year]))


def business_day_before(day: int) -> int:
    """The last business day before `day` (both ordinals)."""
    return previous_business_day(day, _national_holidays(date.fromordinal(day).year))
