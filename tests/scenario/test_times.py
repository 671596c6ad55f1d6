"""Times as scenarios write them."""

import pytest

from sim.clock import instant
from sim.scenario.times import duration, moment

SYDNEY, PERTH, LORD_HOWE = "Australia/Sydney", "Australia/Perth", "Australia/Lord_Howe"
BEFORE = "2026-09-21T20:00:00+10:00"


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-10-03T22:00:00Z", PERTH, "2026-10-03T22:00:00Z"),
        ("2026-10-04T08:00+11:00", PERTH, "2026-10-03T21:00:00Z"),
        ("2026-09-21 08:00", SYDNEY, "2026-09-20T22:00:00Z"),
        ("2026-09-21 08:00", PERTH, "2026-09-21T00:00:00Z"),
        ("2026-09-21 08:00 Australia/Perth", SYDNEY, "2026-09-21T00:00:00Z"),
        ("19:59:59.999", SYDNEY, "2026-09-21T09:59:59.999Z"),
        ("next day 08:00", SYDNEY, "2026-09-21T22:00:00Z"),
        ("2 days later 08:00", SYDNEY, "2026-09-22T22:00:00Z"),
        ("next day 08:00 Australia/Perth", SYDNEY, "2026-09-22T00:00:00Z"),
        ("+59m59.999s", SYDNEY, "2026-09-21T10:59:59.999Z"),
        ("+1d", SYDNEY, "2026-09-22T10:00:00Z"),
        # The clocks go forward at 02:00 on 4 October 2026 and back at 03:00 on 4 April 2027.
        ("2026-10-04 01:59:59.999", SYDNEY, "2026-10-03T15:59:59.999Z"),
        ("2026-10-04 03:00", SYDNEY, "2026-10-03T16:00:00Z"),
        ("2027-04-04 02:30 first", SYDNEY, "2027-04-03T15:30:00Z"),
        ("2027-04-04 02:30 second", SYDNEY, "2027-04-03T16:30:00Z"),
        ("2027-04-04 01:45 second", LORD_HOWE, "2027-04-03T15:15:00Z"),
    ],
)
def test_what_a_time_means(text: str, zone: str, expected: str) -> None:
    assert moment(text, zone, instant(BEFORE)) == instant(expected)


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-10-04 02:30", SYDNEY, "write 2026-10-03T15:30:00.000Z or 2026-10-03T16:30:00.000Z"),
        ("2026-10-04 02:00", SYDNEY, "does not exist in Australia/Sydney"),
        ("2026-10-04 02:15", LORD_HOWE, "write 2026-10-03T15:15:00.000Z or 2026-10-03T15:45:00.000Z"),
        ("2027-04-04 02:30", SYDNEY, "first (2027-04-03T15:30:00.000Z) or second (2027-04-03T16:30:00.000Z)"),
        ("2026-09-21 08:00 first", SYDNEY, "occurs once"),
        ("2026-09-31 08:00", SYDNEY, "not a date"),
        ("2026-09-21 24:00", SYDNEY, "no time of day"),
        ("2026-09-21 08:00 Australia/Sidney", SYDNEY, "unknown zone"),
        ("2026-09-21T08:00", SYDNEY, "is not a time"),
        ("2026-13-21T08:00Z", SYDNEY, "is not a time"),
        ("tomorrow", SYDNEY, "allowed: "),
        ("+5 minutes", SYDNEY, "must be a duration"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_it_could_be(text: str, zone: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        moment(text, zone, instant(BEFORE))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["08:00", "next day 08:00", "+1h"])
def test_the_first_time_needs_a_date(text: str) -> None:
    with pytest.raises(ValueError, match="needs a date"):
        moment(text, SYDNEY, None)


@pytest.mark.parametrize(
    ("text", "ms"), [("250ms", 250), ("59m59.999s", 3_599_999), ("1d2h", 93_600_000), ("1.5h", 5_400_000)]
)
def test_durations(text: str, ms: int) -> None:
    assert duration(text) == ms
