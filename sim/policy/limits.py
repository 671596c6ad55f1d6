"""The daily limit and the hourly confirmation (policy.md B). Counts and instants in, 0 or 1 out."""

EITHER_DAY = 0
"""`cs-daily-limit.counts`: the day of the attempt or the day of delivery is full."""
DELIVERY_DAY = 1
"""`cs-daily-limit.counts`: the day of delivery is full."""
ATTEMPT_DAY = 2
"""`cs-daily-limit.counts`: the day of the attempt is full."""

DESKTOP = 0
"""`cs-daily-limit.scope`: only desktop messages count and are limited."""
CHILD_SUPPORT_SMS = 1
"""`cs-daily-limit.scope`: Cuba's automatic SMS count and are limited too."""


def daily_limit_reached(
    sent_on_attempt_day: int, sent_on_delivery_day: int, held_for_delivery_day: int, limit: int, counts: int
) -> int:
    """1 when one more SMS to this customer must be refused (`cs-daily-limit`).

    All numbers are messages of the rule's scope to this customer on one of *their* local days: sent on the day of the
    attempt; sent on the day on which this one would be delivered (the same day inside the window); and issued but not
    yet sent, due on that day (waiting in the outbox or at the gateway included). Bounced ones count; refused,
    cancelled and withdrawn ones do not.
    """
    attempt_full = sent_on_attempt_day >= limit
    delivery_full = sent_on_delivery_day + held_for_delivery_day >= limit
    if counts == ATTEMPT_DAY:
        return int(attempt_full)
    if counts == DELIVERY_DAY:
        return int(delivery_full)
    return int(attempt_full or delivery_full)


def limit_at_hand_over(sent_on_day: int, limit: int, counts: int) -> int:
    """1 when a message must be held on to the next day with room (`cs-daily-limit` at hand-over).

    `sent_on_day`: messages of the rule's scope that were sent to this customer on the local day of the hand-over, those
    handed over and not yet acknowledged included. With ATTEMPT_DAY only refusals are judged, so nothing is held on.
    """
    return int(counts != ATTEMPT_DAY and sent_on_day >= limit)


def needs_confirmation(now: int, last: int, confirm_ms: int, inclusive: int) -> int:
    """1 when Send must ask whether to send another one (`cs-hourly-confirmation`).

    `now`: the instant of the press of Send. `last`: the instant at which the latest counted desktop message to this
    customer was issued (or sent, by the reading `from`), -1 for none; held and sent ones count, withdrawn ones do not.
    `inclusive`: 1 when a message exactly `confirm_ms` old asks too.
    """
    if last < 0:
        return 0
    age = now - last
    return int(age < confirm_ms or (inclusive != 0 and age == confirm_ms))
