"""Faults of the send window: where it opens and closes, in whose time, and when a held message is due."""

from fakes.broken.fault import Fault, child_support, given, handing_over, misreading
from fakes.dispatch import Dispatch
from fakes.machinery import OURS
from fakes.pluto import Pluto
from fakes.sender import Issue, Sender
from sim.clock import DAY, HOUR, Clock, clock
from sim.messages import Request

_RULE = "cs-send-window"
_OFFICERS_ZONE = "Australia/Brisbane"
_FRIDAY = 5  # the remainder of an ordinal day by 7; 6 is a Saturday and 0 a Sunday


class _OfficersZone(Pluto):
    """All officers are taken to sit in Brisbane."""

    def look(self, request: Request, now: int) -> Issue:
        time_of_day = clock(_OFFICERS_ZONE).time_of_day(now)
        inside = self.values.opens_ms <= time_of_day < self.values.closes_ms
        return super().look(request, now)._replace(inside=inside)


class _RestsAtWeekends(Sender):
    def look(self, request: Request, now: int) -> Issue:
        issue = super().look(request, now)
        weekday = self.clocks[issue.recipient.zone].day(now) % 7
        return issue._replace(inside=issue.inside and 1 <= weekday <= _FRIDAY)


class _ADayLater(Dispatch):
    """24 hours after the opening of the day before: an hour off where the clock changes in between."""

    def _opening(self, here: Clock, customer: int, day: int) -> int:
        return super()._opening(here, customer, day - 1) + DAY


class _OpensAtNine(Dispatch):
    def _opening(self, here: Clock, customer: int, day: int) -> int:
        return super()._opening(here, customer, day) + HOUR


def _standard_time(here: Clock) -> Clock:
    """The same zone without daylight saving: a zone of the same standard time that has none."""
    winter = 1_782_864_000_000  # 1 July 2026, UTC
    return clock(_WITHOUT_DAYLIGHT_SAVING.get(here.offset(winter), here.name))


_WITHOUT_DAYLIGHT_SAVING = {10 * HOUR: "Australia/Brisbane", 19 * HOUR // 2: "Australia/Darwin"}

FAULTS = (
    Fault(
        "open_at_closing_time",
        _RULE,
        "20:00:00.000 is inside the window.",
        OURS.with_rules(inside_window=lambda time_of_day, opens, closes: int(opens <= time_of_day <= closes)),
    ),
    Fault(
        "closed_at_opening_time",
        _RULE,
        "08:00:00.000 is outside the window.",
        OURS.with_rules(inside_window=lambda time_of_day, opens, closes: int(opens < time_of_day < closes)),
    ),
    Fault(
        "no_window",
        _RULE,
        "Messages go at any hour.",
        OURS.with_rules(inside_window=lambda time_of_day, opens, closes: 1),
    ),
    Fault("closes_at_19", _RULE, "The window closes at 19:00.", misreading(cs_send_window__closes="19:00")),
    Fault("opens_at_7", _RULE, "The window opens at 07:00.", misreading(cs_send_window__opens="07:00")),
    Fault(
        "window_in_the_officers_zone",
        _RULE,
        "The window of desktop messages is that of the officer's zone.",
        OURS._replace(pluto=_OfficersZone),
    ),
    Fault(
        "daylight_saving_forgotten",
        _RULE,
        "Every zone keeps standard time all year.",
        given(lambda around: around._replace(clocks=[_standard_time(here) for here in around.clocks])),
    ),
    Fault(
        "rests_at_weekends",
        _RULE,
        "What is issued on a Saturday or Sunday is held to the next day.",
        child_support(_RestsAtWeekends),
    ),
    Fault(
        "released_24_hours_later",
        _RULE,
        "The next opening is taken to be 24 hours after the one before, also when the clock changes.",
        handing_over(_ADayLater),
    ),
    Fault("released_at_9", _RULE, "Held messages are due at 09:00.", handing_over(_OpensAtNine)),
    Fault(
        "always_released_next_day",
        _RULE,
        "A held message always goes on the next calendar day.",
        misreading(cs_send_window__release="next_day"),
    ),
    Fault(
        "always_released_at_next_opening",
        _RULE,
        "A held message always goes at the next opening.",
        misreading(cs_send_window__release="next_opening"),
    ),
)
