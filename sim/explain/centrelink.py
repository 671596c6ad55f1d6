"""Judging a Send of Customer First, DMIS or SAP on the facts of an instant (policy.md E and F)."""

from typing import NamedTuple

from sim.explain import releases
from sim.explain.law import Law
from sim.explain.sendings import Sending
from sim.explain.standing import Standing
from sim.messages import Outcome, Reason, Recipient, Request, System
from sim.policy.calendar import business_day_before
from sim.policy.content import PAYMENTS
from sim.policy.debt import template_of
from sim.policy.debt_values import BUSINESS_DAY
from sim.policy.templates import Template

INSTALMENT_NUDGE = 502
_FIRST_TEMPLATE = template_of(0)


class Obstacles(NamedTuple):
    """What stands between messages: the earlier message that stops this one by `dr-similar`, by `dr-gap`, by
    `dr-one-nudge`; None where nothing does. `gap_last` is the message from which the gap counts, `similar_last` the
    latest of the same group, each whether it stops this one or not."""

    similar: Sending | None
    gap: Sending | None
    nudge: Sending | None
    similar_last: Sending | None
    gap_last: Sending | None


class Judged(NamedTuple):
    """A Send as the rules see it (the first fields are those of `child_support.Judged`); `due_day` is the recipient's
    local day on which it would be due, `obstacles` what DMIS and SAP's nudge test besides."""

    request: Request
    now: int
    recipient: Recipient
    template: Template | None
    reasons: int
    outcome: int
    due: int
    is_open: bool
    due_day: int
    obstacles: Obstacles


NOTHING = Obstacles(None, None, None, None, None)


def judge(law: Law, request: Request, standing: Standing, now: int) -> Judged:
    """Judge this Send at `now`."""
    recipient = standing.recipient(centrelink=True)
    clock = law.clocks[recipient.zone]
    template = law.templates.get(request.template)
    plan = plan_of(law, request.system, request.template, now)
    due = due_of(law, standing, plan, now)
    due_day = clock.day(due)
    reasons, obstacles = int(Reason.NOT_A_CENTRELINK_CUSTOMER), NOTHING
    if standing.is_centrelinks:
        reasons = recipient_reasons(law, standing, template)
        if template is None or template.system != request.system:
            reasons |= Reason.UNKNOWN_TEMPLATE
        elif request.system == System.CUSTOMER_FIRST:
            if "payment_type" in template.fields and request.payment_type not in PAYMENTS:
                reasons |= Reason.MISSING_FIELD
        else:
            obstacles = obstacles_of(law, standing, template, due_day, due)
            reasons |= _obstructed(obstacles)
    outcome = Outcome.REFUSED if reasons else Outcome.HELD if due > now else Outcome.SENT
    is_open = releases.is_open(law, request.channel, clock.time_of_day(now))
    return Judged(
        request, now, recipient, template, reasons, outcome, 0 if reasons else due, is_open, due_day, obstacles
    )  # fmt: skip


def plan_of(law: Law, system: int, template: int, now: int) -> releases.Plan | None:
    """The recipient's local (day, time of day) for which a nightly batch means a message that it issues at `now`."""
    if system == System.DMIS:
        return law.agency.day(now), law.debt.due_ms
    if system == System.SAP and template == INSTALMENT_NUDGE:
        return law.agency.day(now), law.debt.sap_due_ms
    return None


def due_of(law: Law, standing: Standing, plan: releases.Plan | None, now: int) -> int:
    """When a message issued at `now` is due: as planned, or when it may go if that has passed."""
    clock = law.clocks[standing.value("zone")]
    meant = releases.planned(law, clock, standing.customer, plan) if plan else now
    if meant > now:
        return meant
    if law.rules.inside_window(clock.time_of_day(now), law.values.opens_ms, law.values.closes_ms):
        return now
    return releases.release(law, clock, standing.customer, now)


def recipient_reasons(law: Law, standing: Standing, template: Template | None) -> int:
    """The reasons against this recipient: `cf-recipient`, and for a debt message vulnerability and disaster."""
    reasons = law.rules.centrelink_reasons(standing.recipient(centrelink=True), 1)
    if template is None or not law.is_debt_message(template):
        return reasons
    return law.rules.barred_reasons(
        reasons,
        int(template.kind == "nudge"),
        int(bool(standing.vulnerabilities)),
        int(standing.debts.disaster_of(standing.value("postcode")) is not None),
        law.debt.vulnerable_kinds,
    )


def obstacles_of(law: Law, standing: Standing, template: Template, due_day: int, due: int) -> Obstacles:
    """What stands in the way of a message of DMIS or SAP that would be due then."""
    nudge = _nudge(law, standing, template, due_day)
    if template.system != System.DMIS:
        return NOTHING._replace(nudge=nudge if template.code == INSTALMENT_NUDGE else None)
    similar, similar_last = _similar(law, standing, template.code - _FIRST_TEMPLATE, due_day)
    gap, gap_last = _gap(law, standing, due_day, due)
    return Obstacles(similar, gap, nudge, similar_last, gap_last)


def counted_day(law: Law, standing: Standing, sending: Sending) -> int:
    """The recipient's local day on which a message counts: when it was sent, or is due while it waits."""
    return law.clocks[standing.value("zone")].day(sending.sent if sending.sent >= 0 else sending.due)


def _own(standing: Standing) -> list[Sending]:
    """DMIS messages that were sent or wait, in the order of issue; withdrawn ones do not count."""
    return [one for one in standing.centrelink if one.system == System.DMIS and one.withdrawn < 0]


def _similar(law: Law, standing: Standing, message: int, due_day: int) -> tuple[Sending | None, Sending | None]:
    values, latest = law.debt, None
    for one in reversed(_own(standing)):
        if values.similar_group[one.template - _FIRST_TEMPLATE] != values.similar_group[message]:
            continue
        latest = latest or one
        days = due_day - counted_day(law, standing, one)
        if not law.rules.similar_allows(days, values.similar_days[message], values.similar_boundary):
            return one, latest
    return None, latest


def _gap(law: Law, standing: Standing, due_day: int, due: int) -> tuple[Sending | None, Sending | None]:
    own, values = _own(standing), law.debt
    if not own:
        return None, None
    waiting = [one for one in own if one.sent < 0]
    last = waiting[-1] if waiting else max(own, key=lambda one: (counted_day(law, standing, one), one.due))
    before = business_day_before(due_day) if values.gap == BUSINESS_DAY else 0
    day = counted_day(law, standing, last)
    allowed = law.rules.gap_allows(day, last.due, due_day, due, values.gap, before, int(bool(waiting)))
    return None if allowed else last, last


def _nudge(law: Law, standing: Standing, template: Template, due_day: int) -> Sending | None:
    if template.kind != "nudge":
        return None
    nudges = [
        one for one in standing.centrelink
        if one.system in (System.DMIS, System.SAP) and one.withdrawn < 0 and _is_nudge(law, one)
        and counted_day(law, standing, one) == due_day
    ]  # fmt: skip
    allowed = law.rules.nudge_allows(len(nudges), law.debt.one_nudge)
    return nudges[-1] if nudges and not allowed else None


def _is_nudge(law: Law, sending: Sending) -> bool:
    template = law.templates.get(sending.template)
    return template is not None and template.kind == "nudge"


def _obstructed(obstacles: Obstacles) -> int:
    reasons = Reason.SIMILAR if obstacles.similar else 0
    reasons |= Reason.GAP if obstacles.gap else 0
    return int(reasons | (Reason.ONE_NUDGE if obstacles.nudge else 0))
