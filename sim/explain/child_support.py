"""Judging a Send in Pluto, or of Cuba's automatic EM, on the facts of an instant (policy.md A and B)."""

from typing import NamedTuple

from sim.explain import releases
from sim.explain.law import Law
from sim.explain.sendings import Sending
from sim.explain.standing import Standing
from sim.messages import Outcome, Reason, Recipient, Request, System
from sim.policy.templates import Template

FULL_ACCESS = 3


class Counts(NamedTuple):
    """What the daily limit saw: messages of its scope, by the recipient's local days."""

    attempt_day: int
    delivery_day: int
    sent_on_attempt_day: int
    sent_on_delivery_day: int
    waiting_for_delivery_day: int


class Judged(NamedTuple):
    """A press of Send as the rules see it: `outcome` and `reasons` are an Outcome and a mask of Reason, `due` the
    instant at which it is to be handed over (0 unless it is issued). `asks` tells whether the question of the last hour
    stands in the way of a first press, `last` names the message that it is about."""

    request: Request
    now: int
    recipient: Recipient
    template: Template | None
    reasons: int
    outcome: int
    due: int
    is_open: bool
    counts: Counts
    last: Sending | None
    asks: int


def judge(law: Law, request: Request, standing: Standing, now: int) -> Judged:
    """Judge this Send at `now`; what `request` says of access and concerns is replaced by what is on record."""
    recipient = standing.recipient()
    clock = law.clocks[recipient.zone]
    day, time_of_day = clock.local(now)
    asked = request._replace(
        access=int(standing.value("access") == FULL_ACCESS), fdv_undiscussed=int(standing.undiscussed() is not None)
    )
    template = law.templates.get(request.template)
    is_open = releases.is_open(law, request.channel, time_of_day)
    due = now if is_open else releases.release(law, clock, request.customer, now)
    counts = _counts(law, standing, recipient.zone, now, due if not is_open else now)
    reasons = _reasons(law, asked, recipient, template, day, counts)
    last, asks = None, 0
    if request.system == System.PLUTO:
        by_sent = law.values.confirm_from == 1
        last = standing.child_support.latest(System.PLUTO, by_sent)
        asks = law.rules.needs_confirmation(
            now, (last.sent if by_sent else last.issued) if last else -1, law.values.confirm_ms,
            law.values.confirm_inclusive,
        )  # fmt: skip
    if reasons:
        outcome = Outcome.REFUSED
    elif asks and not request.confirmed:
        outcome = Outcome.NEEDS_CONFIRMATION
    else:
        outcome = Outcome.SENT if is_open else Outcome.HELD
    issued = outcome in (Outcome.SENT, Outcome.HELD)
    return Judged(
        asked, now, recipient, template, reasons, outcome, due if issued else 0, is_open, counts, last, asks
    )  # fmt: skip


def _counts(law: Law, standing: Standing, zone: int, now: int, due: int) -> Counts:
    clock, sendings = law.clocks[zone], standing.child_support
    attempt, delivery = clock.day(now), clock.day(due)
    return Counts(
        attempt,
        delivery,
        sendings.sent_on(attempt, clock, law.counted),
        sendings.sent_on(delivery, clock, law.counted),
        sendings.waiting_for(delivery, clock, law.counted, now),
    )


def _reasons(
    law: Law, request: Request, recipient: Recipient, template: Template | None, today: int, counts: Counts
) -> int:
    rules, values = law.rules, law.values
    flags = 0
    if template is not None:
        flags = rules.field_reasons(
            "contact_time" in template.fields, "by_date" in template.fields, request.contact_time, request.by_date,
            today,
        )  # fmt: skip
    full = rules.daily_limit_reached(
        counts.sent_on_attempt_day, counts.sent_on_delivery_day, counts.waiting_for_delivery_day, values.limit,
        values.counts,
    )  # fmt: skip
    tests = rules.dialog_reasons if request.system == System.PLUTO else rules.automatic_reasons
    return tests(
        request, recipient, template.service if template else 0, int(is_known(request, template)),
        flags & Reason.MISSING_FIELD, flags & Reason.BY_DATE_IN_PAST, full, values,
    )  # fmt: skip


def is_known(request: Request, template: Template | None) -> bool:
    """Whether the system may send this template: Pluto what an officer may choose, Cuba its own."""
    if template is None or template.system != request.system:
        return False
    return template.desktop or request.system != System.PLUTO
