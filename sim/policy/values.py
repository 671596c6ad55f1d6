"""The policy values that the rules of every message turn on, as plain integers."""

from typing import TYPE_CHECKING, Final, NamedTuple

from sim.policy.settings import MINUTE_MS, time_ms

if TYPE_CHECKING:
    from sim.policy.policy import Policy

_DAY_MS = 24 * 60 * MINUTE_MS

# The codes of named readings. The first of each is the default and has code 0.
COUNTS: Final = ("either_day", "delivery_day", "attempt_day")
SCOPE: Final = ("desktop", "child_support_sms")
CONFIRM_FROM: Final = ("issued", "sent")
BOUNDARY: Final = ("exclusive", "inclusive")
RELEASE: Final = ("next_day", "next_opening")
REACH: Final = ("all_em", "sms_only")
PROMISE_FROM: Final = ("sent", "issued")


class RuleValues(NamedTuple):
    """Integers only, so that the rules compile. Durations and times of day are ms."""

    limit: int  # cs-daily-limit.limit, messages a customer and local day
    counts: int  # 0 either_day, 1 delivery_day, 2 attempt_day
    scope: int  # 0 desktop, 1 child_support_sms
    confirm_ms: int  # cs-hourly-confirmation.minutes
    confirm_from: int  # 0 issued, 1 sent
    confirm_inclusive: int  # 1: exactly `confirm_ms` later still asks
    opens_ms: int  # cs-send-window.opens, local time of day; inside
    closes_ms: int  # cs-send-window.closes, local time of day; outside
    release: int  # 0 next_day, 1 next_opening
    spread_ms: int  # cs-send-window.release_spread_minutes
    opt_out_reach: int  # 0 all_em, 1 sms_only
    fdv_enforced: int  # 1: the system itself enforces cs-fdv
    promise_from: int  # 0 sent, 1 issued
    unanswered_messages: int  # cs-unanswered.messages
    unanswered_ms: int  # cs-unanswered.days, as elapsed time (14 days are 336 hours)
    precall_hour_ms: int  # what "In the next hour" promises, up to and including
    bounce_run_ms: int  # cs-bounce-back.run_at, agency time of day


def rule_values(policy: "Policy") -> RuleValues:
    """The values of `policy` for the rules."""

    def whole(name: str) -> int:
        value = policy.value(name)
        assert isinstance(value, int)
        return value

    def code(name: str, readings: tuple[str, ...]) -> int:
        return readings.index(str(policy.value(name)))

    def of_day(name: str) -> int:
        return time_ms(str(policy.value(name)))

    return RuleValues(
        limit=whole("cs-daily-limit.limit"),
        counts=code("cs-daily-limit.counts", COUNTS),
        scope=code("cs-daily-limit.scope", SCOPE),
        confirm_ms=whole("cs-hourly-confirmation.minutes") * MINUTE_MS,
        confirm_from=code("cs-hourly-confirmation.from", CONFIRM_FROM),
        confirm_inclusive=code("cs-hourly-confirmation.boundary", BOUNDARY),
        opens_ms=of_day("cs-send-window.opens"),
        closes_ms=of_day("cs-send-window.closes"),
        release=code("cs-send-window.release", RELEASE),
        spread_ms=whole("cs-send-window.release_spread_minutes") * MINUTE_MS,
        opt_out_reach=code("cs-opt-out.reach", REACH),
        fdv_enforced=int(policy.value("cs-fdv.enforced") is True),
        promise_from=code("cs-precall.promise_from", PROMISE_FROM),
        unanswered_messages=whole("cs-unanswered.messages"),
        unanswered_ms=whole("cs-unanswered.days") * _DAY_MS,
        precall_hour_ms=whole("cs-precall.next_hour_minutes") * MINUTE_MS,
        bounce_run_ms=of_day("cs-bounce-back.run_at"),
    )
