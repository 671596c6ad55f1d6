"""Judging a hand-over on the facts of an instant: window, recipient, limit (`cs-window-at-gateway`,
`cs-release-recheck`, `cs-daily-limit`)."""

from typing import NamedTuple

from sim.explain import centrelink, releases
from sim.explain.law import CHILD_SUPPORT, Law
from sim.explain.sendings import Sending
from sim.explain.standing import Standing
from sim.history import Event
from sim.messages import Channel, Reason, Recipient


class Judged(NamedTuple):
    """A hand-over as the rules see it: `event` is HANDED_OVER, WITHDRAWN (with `reasons`) or HELD_AGAIN (with the
    reason, and the new `due` instant). `sent` and `in_flight` are what the limit counts on the recipient's local `day`;
    `is_limited` tells whether it binds this message."""

    sending: Sending
    now: int
    recipient: Recipient
    event: int
    reasons: int
    due: int
    is_open: bool
    bars: int
    is_limited: bool
    day: int
    sent: int
    in_flight: int


def judge(law: Law, sending: Sending, standing: Standing, now: int) -> Judged:
    """Judge the hand-over of this message at `now`."""
    of_child_support = sending.system in CHILD_SUPPORT
    recipient = standing.recipient(centrelink=not of_child_support)
    clock = law.clocks[recipient.zone]
    day, time_of_day = clock.local(now)
    is_open = releases.is_open(law, sending.channel, time_of_day)
    bars = _bars(law, sending, standing, recipient) if is_open else 0
    is_limited = sending.system in law.counted and sending.channel == Channel.SMS
    sendings = standing.child_support
    sent = sendings.sent_on(day, clock, law.counted) if is_limited else 0
    in_flight = sendings.in_flight(law.counted) if is_limited else 0
    event, reasons, due = Event.HANDED_OVER, 0, 0
    if not is_open:
        event, reasons = Event.HELD_AGAIN, int(Reason.SEND_WINDOW)
        due = releases.opening(law, clock, sending.customer, day + (time_of_day >= law.values.opens_ms))
    elif bars:
        event, reasons = Event.WITHDRAWN, bars
    elif is_limited and law.rules.limit_at_hand_over(sent + in_flight, law.values.limit, law.values.counts):
        event, reasons = Event.HELD_AGAIN, int(Reason.DAILY_LIMIT)
        due = releases.next_room(law, clock, sendings, sending.customer, now)
    return Judged(
        sending, now, recipient, event, reasons, due, is_open, bars, is_limited, day, sent, in_flight
    )  # fmt: skip


def _bars(law: Law, sending: Sending, standing: Standing, recipient: Recipient) -> int:
    template = law.templates.get(sending.template)
    if sending.system not in CHILD_SUPPORT:
        return centrelink.recipient_reasons(law, standing, template)
    undiscussed = int(standing.undiscussed() is not None)
    service = template.service if template else 0
    return law.rules.hand_over_reasons(recipient, service, sending.channel, undiscussed, law.values)
