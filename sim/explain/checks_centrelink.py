"""The checks of Centrelink's messages in words: a Send, a hand-over, and what stands between debt messages."""

from collections.abc import Iterator
from typing import Any

from sim.explain import centrelink, hand_over, words
from sim.explain.checks import Teller, check, window_check
from sim.explain.explanation import Check
from sim.explain.sendings import Sending
from sim.messages import Outcome, Reason, System
from sim.policy.content import PAYMENTS
from sim.policy.debt import template_of
from sim.policy.templates import Template

WINDOW = "cf-window"


def recipient_checks(tell: Teller, template: Template | None, mask: int) -> Iterator[Check]:
    """The tests of the recipient; for a debt message vulnerability and disaster besides."""
    is_debt = tell.law.is_debt_message(template)
    rule = "dr-recipient" if is_debt else "cf-recipient"
    known = tell.standing.is_centrelinks
    facts = "Centrelink has a record of the customer" if known else "Centrelink has no record of the customer"
    yield check(Reason.NOT_A_CENTRELINK_CUSTOMER, rule, mask, {"on_record": known}, facts)
    if not known:
        return
    opt_out = ("no opt-out of Centrelink's messages", "an opt-out of Centrelink's messages on record")
    yield tell.flag(Reason.OPTED_OUT, rule, "centrelink_opted_out", *opt_out, mask)
    yield tell.flag(Reason.DECEASED, rule, "deceased", "no death on record", "a death on record", mask)
    yield tell.flag(
        Reason.RESTRICTED_ACCESS, rule, "restricted_access", "no restricted access", "restricted access", mask
    )  # fmt: skip
    saw, facts = tell.mobile("centrelink_mobile")
    for reason in (Reason.NO_MOBILE, Reason.INVALID_MOBILE, Reason.OVERSEAS_MOBILE):
        yield check(reason, rule, mask, saw, facts)
    if is_debt:
        yield _vulnerable(tell, mask)
        yield _disaster(tell, mask)


def _vulnerable(tell: Teller, mask: int) -> Check:
    held = {words.vulnerability_words(code): since for code, since in tell.standing.vulnerabilities.items()}
    facts = ", ".join(f"{name} {tell.since_time(since)}" for name, since in held.items())
    saw = {"vulnerabilities": {name: tell.iso(since) for name, since in held.items()}}
    facts = facts or "no excluding vulnerability on record"
    if held and not mask & Reason.VULNERABLE:
        facts += "; nudges alone are excluded (dr-vulnerable.kinds = nudges_only)"
    return check(Reason.VULNERABLE, "dr-vulnerable", mask, saw, facts)


def _disaster(tell: Teller, mask: int) -> Check:
    postcode = tell.standing.value("postcode")
    row = tell.standing.debts.disaster_of(postcode)
    saw: dict[str, Any] = {"postcode": postcode, "declared": tell.iso(row.time) if row else None}
    facts = f"no disaster pause covers postcode {postcode}"
    if row:
        facts = f"a disaster pause covers postcode {postcode} (of {row.value}–{row.other}) {tell.since_time(row.time)}"
    return check(Reason.DISASTER_PAUSE, "dr-disaster-pause", mask, saw, facts)


def send_checks(tell: Teller, judged: centrelink.Judged) -> Iterator[Check]:
    """Every rule that this Send was put to, in order."""
    asked, template, mask = judged.request, judged.template, judged.reasons
    yield from recipient_checks(tell, template, mask)
    if not tell.standing.is_centrelinks:
        return
    name = template.id if template else f"code {asked.template}"
    own = template is not None and template.system == asked.system
    sends = f"{name} is {'one' if own else 'none'} that {words.SYSTEMS[System(asked.system)]} sends"
    yield check(Reason.UNKNOWN_TEMPLATE, "cs-templates", mask, {"template": name, "known": own}, sends)
    if asked.system == System.CUSTOMER_FIRST:
        if template is not None and "payment_type" in template.fields:
            payment = PAYMENTS.get(asked.payment_type, ("none",))[0]
            yield check(Reason.MISSING_FIELD, "cs-fields", mask, {"payment": payment}, f"payment: {payment}")
    else:
        yield from obstacle_checks(tell, asked.system, template, judged.obstacles, judged.due_day, mask)
    yield _due(tell, judged)


def _due(tell: Teller, judged: centrelink.Judged) -> Check:
    """The window; a message that a batch means for a later time waits for that, window or not."""
    now, due = judged.now, judged.due
    plan = centrelink.plan_of(tell.law, judged.request.system, judged.request.template, now)
    issued = judged.outcome != Outcome.REFUSED
    if plan is None or (issued and due == now):
        return window_check(tell, WINDOW, judged.request.channel, now, judged.is_open if issued else None, due)
    meant = f"meant for {words.day_words(plan[0])} {words.of_day(plan[1])} local time"
    saw = {"local": tell.iso(now), "meant_for": meant, "due": tell.iso(due or -1)}
    if not issued:
        return Check("window", WINDOW, None, saw, f"not reached ({meant})")
    return Check("window", WINDOW, False, saw, f"{meant}; due {tell.at(due)}")


def obstacle_checks(
    tell: Teller, system: int, template: Template | None, found: centrelink.Obstacles, due_day: int, mask: int
) -> Iterator[Check]:
    """The rules between debt messages: similar, gap, one nudge."""
    if system == System.DMIS and template is not None:
        yield similar_check(tell, template, found, due_day, mask)
        yield gap_check(tell, found, due_day, mask)
    if template is not None and template.kind == "nudge":
        yield nudge_check(tell, found, due_day, mask)


def similar_check(
    tell: Teller, template: Template, found: centrelink.Obstacles, due_day: int, mask: int
) -> Check:  # fmt: skip
    """`dr-similar` for a message that would be due on this local day."""
    law, last = tell.law, found.similar or found.similar_last
    days = law.debt.similar_days[template.code - template_of(0)]
    boundary = str(law.policy.value("dr-similar.boundary"))
    saw = {**_earlier(tell, last, due_day), "days": days, "boundary": boundary}
    facts = f"no similar message before ({days} days, {boundary})"
    if last is not None:
        facts = f"{_named(tell, last)}, {_apart(tell, last, due_day)} ({days} days, {boundary})"
    return check(Reason.SIMILAR, "dr-similar", mask, saw, facts)


def gap_check(tell: Teller, found: centrelink.Obstacles, due_day: int, mask: int) -> Check:
    """`dr-gap` for a message that would be due on this local day."""
    reading = str(tell.law.policy.value("dr-gap.reading"))
    saw = {**_earlier(tell, found.gap_last, due_day), "reading": reading}
    facts = f"no DMIS message before ({reading})"
    if found.gap_last is not None:
        facts = f"{_named(tell, found.gap_last)}, {_apart(tell, found.gap_last, due_day)} ({reading})"
    return check(Reason.GAP, "dr-gap", mask, saw, facts)


def nudge_check(tell: Teller, found: centrelink.Obstacles, due_day: int, mask: int) -> Check:
    """`dr-one-nudge` for a nudge that would be due on this local day."""
    saw = {**_earlier(tell, found.nudge, due_day), "enabled": bool(tell.law.debt.one_nudge)}
    day = words.day_words(due_day)
    facts = f"no other nudge on {day}" if tell.law.debt.one_nudge else "dr-one-nudge.enabled = no"
    if found.nudge is not None:
        facts = f"{_named(tell, found.nudge)} is the nudge of {day}"
    return check(Reason.ONE_NUDGE, "dr-one-nudge", mask, saw, facts)


def _earlier(tell: Teller, sending: Sending | None, due_day: int) -> dict[str, Any]:
    """The earlier message for programs, and the local day on which this one would be due."""
    day = words.day_words(due_day)
    if sending is None:
        return {"due_day": day, "earlier": None, "earlier_template": None, "earlier_day": None}
    template = tell.law.templates.get(sending.template)
    return {
        "due_day": day,
        "earlier": sending.message,
        "earlier_template": template.id if template else None,
        "earlier_day": words.day_words(centrelink.counted_day(tell.law, tell.standing, sending)),
    }


def _named(tell: Teller, sending: Sending) -> str:
    """``Declined payment (message 12), sent Mon 5 Oct 2026``, or due then while it waits."""
    template = tell.law.templates.get(sending.template)
    day = words.day_words(centrelink.counted_day(tell.law, tell.standing, sending))
    verb = "sent" if sending.sent >= 0 else "waiting, due"
    return f"{template.title if template else sending.template} (message {sending.message}), {verb} {day}"


def _apart(tell: Teller, sending: Sending, due_day: int) -> str:
    days = due_day - centrelink.counted_day(tell.law, tell.standing, sending)
    return f"{words.count(days, 'day')} before {words.day_words(due_day)}"


def hand_over_checks(tell: Teller, judged: hand_over.Judged) -> Iterator[Check]:
    """The tests at a hand-over: window, recipient."""
    yield window_check(tell, WINDOW, judged.sending.channel, judged.now, judged.is_open, judged.due)
    if judged.is_open:
        yield from recipient_checks(tell, tell.law.templates.get(judged.sending.template), judged.bars)
