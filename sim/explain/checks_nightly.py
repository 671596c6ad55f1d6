"""The checks of a nightly run in words, in the order of its tests: recipient, vulnerability, disaster, conditions,
similar, hierarchy, gap, one nudge."""

from collections.abc import Iterator
from typing import Any

from sim.explain import centrelink, words
from sim.explain.checks import Teller
from sim.explain.checks_centrelink import gap_check, nudge_check, recipient_checks, similar_check
from sim.explain.conditions import condition_words
from sim.explain.explanation import Check
from sim.explain.nights import Night, Reminder
from sim.policy.debt import MESSAGES, template_of

_NOT_REACHED = "not reached"


def night_checks(tell: Teller, night: Night, message: int) -> Iterator[Check]:
    """Every rule that DMIS message 1–9 was put to at this run."""
    template = tell.law.templates[template_of(message)]
    barred = centrelink.recipient_reasons(tell.law, tell.standing, template)
    yield from recipient_checks(tell, template, barred)
    met = bool(night.met >> message & 1)
    yield _conditions(tell, night, message, met, bool(barred))
    found = night.obstacles.get(message)
    if not met or barred or found is None:
        for name, rule in (
            ("similar", "dr-similar"), ("hierarchy", "dr-hierarchy"), ("gap", "dr-gap"), ("one_nudge", "dr-one-nudge"),
        ):  # fmt: skip
            yield Check(name, rule, None, {}, _NOT_REACHED)
        return
    reasons = night.lost[message].reasons if message in night.lost else 0
    yield similar_check(tell, template, found, night.due_day, reasons)
    yield _hierarchy(tell, night, message, bool(found.similar))
    picked = message == night.picked
    rest = [gap_check(tell, found, night.due_day, reasons)]
    if template.kind == "nudge":
        rest.append(nudge_check(tell, found, night.due_day, reasons))
    for one in rest:
        yield one if picked else one._replace(passed=None, facts=_NOT_REACHED)


def _conditions(tell: Teller, night: Night, message: int, met: bool, barred: bool) -> Check:
    law = tell.law
    judged = [(law.rules.conditions(message, one, night.day, law.debt), one) for one in night.facts]
    relevant = [one for ok, one in judged if ok] or [one for _, one in judged]
    told = [condition_words(law, message, one, night.day) for one in relevant]
    saw: dict[str, Any] = {"run_day": words.day_words(night.day), "debts": told}
    facts = " | ".join(told) or "the customer has no debt"
    return Check("conditions", "dr-eligibility", met, saw, f"{_NOT_REACHED} ({facts})" if barred and not met else facts)


def _hierarchy(tell: Teller, night: Night, message: int, similar: bool) -> Check:
    order = tell.law.debt.order
    among = [number for number in order if number in night.obstacles and not night.obstacles[number].similar]
    titles = [tell.law.templates[template_of(number)].title for number in among]
    saw = {"picked": MESSAGES[night.picked - 1] if night.picked else None,
           "among": [MESSAGES[number - 1] for number in among]}  # fmt: skip
    if similar:
        return Check("hierarchy", "dr-hierarchy", None, saw, _NOT_REACHED)
    facts = f"{titles[0]} is the highest"
    facts += f", before {', '.join(titles[1:])}" if len(titles) > 1 else "; no other is in the contest"
    return Check("hierarchy", "dr-hierarchy", message == night.picked, saw, facts)


def reminder_checks(tell: Teller, reminder: Reminder) -> Iterator[Check]:
    """Every rule that SAP's nudge was put to when its run planned it."""
    day = words.day_words(reminder.instalment)
    facts = f"{'an instalment is' if reminder.is_due else 'no instalment of an arrangement in force is'} due {day}"
    yield Check("instalment", "dr-kind", reminder.is_due, {"instalment": day, "due": reminder.is_due}, facts)
    nudge = nudge_check(tell, reminder.obstacles, reminder.due_day, reminder.lost.reasons)
    yield nudge if reminder.is_due else nudge._replace(passed=None, facts=_NOT_REACHED)


def contest_words(tell: Teller, night: Night, besides: int) -> list[str]:
    """The other eligible messages of a night, and why and to which each lost, in the order of the hierarchy."""
    told = []
    for number in tell.law.debt.order:
        if number == besides or not night.met >> number & 1:
            continue
        title = tell.law.templates[template_of(number)].title
        lost = night.lost.get(number)
        if lost is None:
            told.append(f"{title} ({number}) went")
            continue
        winner = tell.law.templates.get(lost.winner)
        to = f", to {winner.title}" if winner else ""
        told.append(f"{title} ({number}) lost: {words.reasons_words(lost.reasons)}{to}")
    return told
