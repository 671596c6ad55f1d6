"""The edges of the rules: where each changes its answer, and how far from it what happened was.

A distance is what happened less the edge, in the edge's unit: 0 is on the edge, and up to `NEAR` units away is just
before (negative) or just after it. An edge that is the first instant, day or count at which the answer is another one
has "on" for that one. Rules without an edge are not in the table. A side that nobody can aim at, or that a history
cannot show, is left out: the instant at which a message becomes viewable is the system's, and where a screen shows
nothing nobody knows what was looked for.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.audit.log import Log
from sim.scenario.coverage import debts, messages, procedures

SIDES = ("before", "on", "after")
BEFORE_AND_ON, ON_AND_AFTER, BEFORE_AND_AFTER = ("before", "on"), ("on", "after"), ("before", "after")
NEAR = {
    "ms": 1_000,
    "minutes": 5,
    "hours": 1,
    "days": 1,
    "business days": 1,
    "messages": 1,
    "numbers": 1,
    "attempts": 1,
}
"""How far from an edge, in its unit, is still just before or just after it."""

Distances = Callable[[Log], Iterable[tuple[int, int]]]
"""From a judged log: (run, distance) of whatever came near an edge."""


class Edge(NamedTuple):
    """An edge of a rule; `sides` are those that there are."""

    rule: str
    name: str
    unit: str
    distances: Distances
    sides: tuple[str, ...] = SIDES


_FACTS = {
    "cs-subscription": ("deceased", "reminder_ended", "general_ended"),
    "cs-recipient-barred": ("restricted_access", "employer"),
    "cs-mobile-required": ("mobile_status",),
    "cs-opt-out": ("opted_out",),
}
_BEGINS = {"recovery_restarted": ("on",)}
"""Recovery cannot have restarted on the day before it does."""
_OF_CENTRELINK = ("centrelink_mobile", "centrelink_opted_out", "deceased", "restricted_access")

EDGES: tuple[Edge, ...] = (
    # A. Facts at the millisecond of a test come before it.
    *(Edge(rule, "a fact is recorded", "ms", messages.facts(*facts)) for rule, facts in _FACTS.items()),
    Edge("cs-fdv", "concerns are raised", "ms", procedures.concerns("raised")),
    Edge("cs-fdv", "concerns are discussed", "ms", procedures.concerns("discussed")),
    Edge("cs-first-contact-by-phone", "all numbers were called", "numbers", procedures.first_round, BEFORE_AND_ON),
    Edge("cs-unanswered", "messages without an answer", "messages", procedures.unanswered),
    Edge("cs-unanswered", "days that count", "ms", procedures.unanswered_age),
    Edge("cs-contact-protocol", "attempts on each number", "attempts", procedures.attempts, BEFORE_AND_ON),
    Edge("cs-contact-protocol", "days of the attempts", "business days", procedures.attempt_days, BEFORE_AND_ON),
    Edge("cs-self-service", "the customer changes a detail", "ms", messages.own_changes),
    # B. Limits and the window.
    Edge("cs-daily-limit", "the last message that is allowed", "messages", messages.limit),
    Edge("cs-daily-limit", "local midnight after a full day", "ms", messages.midnight),
    Edge("cs-hourly-confirmation", "the hour", "ms", messages.hour),
    Edge("cs-send-window", "opening", "ms", messages.window("opens", "pluto", "cuba")),
    Edge("cs-send-window", "closing", "ms", messages.window("closes", "pluto", "cuba")),
    Edge("cs-window-at-gateway", "an outage ends at closing", "ms", messages.outage_end),
    Edge("cs-release-recheck", "a fact is recorded", "ms", messages.facts_at_release),
    # C. The message.
    Edge("cs-fields", "By date and today", "days", messages.by_date),
    Edge("cs-precall", "the hour of the promise", "ms", procedures.promise("pluto", hour=True)),
    Edge("cs-precall", "the day of the promise", "ms", procedures.promise("pluto", hour=False)),
    Edge("cs-precall-reassign", "the end of the promise", "ms", procedures.handed_over),
    # D. After sending.
    Edge("cs-no-resend", "it is in Cuba's list", "minutes", messages.again, BEFORE_AND_AFTER),
    Edge("cs-bounce-back", "midnight in agency time", "ms", messages.failure),
    Edge("cs-email", "closing", "ms", messages.email_at_closing),
    # E. Integrated Service Officers.
    Edge("cf-recipient", "a fact is recorded", "ms", messages.centrelink_facts("customer_first", *_OF_CENTRELINK)),
    Edge("cf-window", "opening", "ms", messages.window("opens", "customer_first")),
    Edge("cf-window", "closing", "ms", messages.window("closes", "customer_first")),
    Edge("cf-precall", "the hours of the promise", "ms", procedures.promise("customer_first", hour=True)),
    Edge("cf-precall", "the day of the promise", "ms", procedures.promise("customer_first", hour=False)),
    # F. Debt recovery.
    Edge("dr-kind", "SAP's nudge before an instalment", "days", debts.sap_nudge),
    Edge("dr-recipient", "a fact is recorded", "ms", messages.centrelink_facts("dmis", *_OF_CENTRELINK)),
    Edge("dr-gap", "full_day", "days", debts.full_day),
    Edge("dr-gap", "hours_24", "hours", debts.hours_24),
    Edge("dr-gap", "business_day", "business days", debts.business_day),
    Edge("dr-one-nudge", "the day of another nudge", "days", debts.one_nudge, ON_AND_AFTER),
    Edge("dr-similar", "the days are over", "days", debts.similar),
    Edge("dr-vulnerable", "a vulnerability is recorded", "ms", messages.centrelink_facts("dmis", "vulnerable")),
    Edge("dr-disaster-pause", "a pause begins or ends", "ms", messages.centrelink_facts("dmis", "disaster")),
    *(
        Edge("dr-eligibility", f"{which} day of {name}", "days", debts.condition(name, which), sides)
        for name in debts.CONDITIONS
        for which, sides in (("first", _BEGINS.get(name, BEFORE_AND_ON)), ("last", ON_AND_AFTER))
    ),
    Edge("dr-eligibility", "a pause is completed at the run", "ms", debts.completion),
    Edge("dr-view", "SAP's messages are archived", "days", debts.archived, ("before",)),
)  # fmt: skip


def near(edge: Edge, distance: int) -> str:
    """The side of an edge on which something lies, empty when it is not near or there is no such side."""
    if abs(distance) > NEAR[edge.unit]:
        return ""
    side = SIDES[(distance >= 0) + (distance > 0)]
    return side if side in edge.sides else ""
