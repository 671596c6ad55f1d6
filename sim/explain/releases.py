"""When a message is due: at once, at an opening of the window, or at the time for which a batch meant it.

Every function takes the law, the code of the recipient's zone on record, and the customer, whose share of a spread
release is their own.
"""

from sim.clock import Clock
from sim.explain.law import Law
from sim.explain.sendings import Sending, Sendings
from sim.messages import Channel

Plan = tuple[int, int]
"""The recipient's local (day, time of day in ms) for which a batch means a message."""


def is_open(law: Law, channel: int, time_of_day: int) -> bool:
    """Whether a message of this channel may go at this local time of day."""
    values = law.values
    return channel != Channel.SMS or bool(law.rules.inside_window(time_of_day, values.opens_ms, values.closes_ms))


def opening(law: Law, clock: Clock, customer: int, day: int) -> int:
    """The instant at which this customer's held messages are due on a local day."""
    return clock.daily(day, law.values.opens_ms) + law.rules.spread_offset(customer, law.values.spread_ms)


def release(law: Law, clock: Clock, customer: int, held_at: int) -> int:
    """When a message goes that was held at `held_at`, by the reading of "the next day" in force."""
    values = law.values
    day, time_of_day = clock.local(held_at)
    offset = 1  # inside the window it was held in another zone, or by the limit
    if not law.rules.inside_window(time_of_day, values.opens_ms, values.closes_ms):
        offset = law.rules.release_day_offset(time_of_day, values.opens_ms, values.closes_ms, values.release)
    return opening(law, clock, customer, day + offset)


def planned(law: Law, clock: Clock, customer: int, plan: Plan) -> int:
    """When a message is due that a batch means for this local day and time: then, or at the next opening."""
    day, time_of_day = plan
    if law.rules.inside_window(time_of_day, law.values.opens_ms, law.values.closes_ms):
        return clock.daily(day, time_of_day)
    return opening(law, clock, customer, day + (time_of_day >= law.values.opens_ms))


def due_anew(law: Law, clock: Clock, sending: Sending, plan: Plan | None) -> int:
    """The due instant of a held message by the zone that is on record now; `plan` is what a batch meant it for and held
    it until."""
    if plan is not None and sending.held_at == sending.issued:
        return planned(law, clock, sending.customer, plan)
    return release(law, clock, sending.customer, sending.held_at)


def next_room(law: Law, clock: Clock, sendings: Sendings, customer: int, now: int) -> int:
    """The opening of the next local day on which fewer than the limit wait; of the next day with a limit of 0."""
    day, limit = clock.day(now), law.values.limit
    while True:
        day += 1
        if limit == 0 or sendings.waiting_for(day, clock, law.counted, now) < limit:
            return opening(law, clock, customer, day)
