"""The report's fixed words: what verdicts mean, what pictures show, and how numbers are written."""

import re
from typing import Any

from markupsafe import Markup, escape

VERDICTS = {
    "pass": ("✓", "pass", "Cases were judged and none broke the rule."),
    "fail": ("✗", "fail", "At least one case broke the rule."),
    "unknown": ("?", "unknown", "What is on record cannot settle it; this is not a pass."),
    "not_exercised": ("–", "not exercised", "Nothing happened that the rule is about."),
}
"""Sign, words and meaning of each verdict."""

GROUPS = {
    "system": (
        "Rules that the system enforces",
        "The sending system must make a breach impossible. Any breach is a failure, and so is a refusal, a hold or a "
        "withdrawal without its cause.",
    ),
    "content": (
        "Rules about what a message says",
        "Checked on every message that reached the gateway. Any breach is a failure.",
    ),
    "procedure": (
        "Procedures that officers follow",
        "Officers are told to do these, and people are not perfect: the rate is reported and each breach listed. They "
        "decide the verdict only where the scenario sets a target.",
    ),
}
"""Heading and explanation by who enforces a rule, in the order of the report."""

STATUSES = {
    "doc": "the source documents say it",
    "pub": "published elsewhere",
    "read": "our reading of an ambiguous text",
    "assume": "assumption",
}
"""What the status of a value means."""

CAPTIONS = {
    "audit_at_a_glance": (
        "The audit at a glance",
        "Every rule with its verdict, how many cases were judged, how many broke the rule (and their share), and "
        "how many could not be judged. Look for ✗ (broken) and ? (cannot be told); a dot means none.",
    ),
    "sends_by_hour": (
        "When messages left",
        "Each row is a time zone and each column an hour of the day there; the darker a cell, the larger its share of "
        "the zone's messages. The dashed lines are the send window. Nothing may stand in the grey outside them; what "
        "does is counted in red. The dark column after the opening is what waited overnight.",
    ),
    "held_and_released": (
        "Held and released through the day",
        "Above, messages by the customer's local time at which they were issued: blue ones could go, orange ones were "
        "outside the window and had to wait. Below, when held messages were handed to the gateway: nearly all of them "
        "when the window opens.",
    ),
    "gateway_queue": (
        "The gateway's queue when the window opens",
        "How many messages were due and not yet handed over, minute by minute around the opening that releases most. "
        "Thin lines are single days, the dark blue line is the median day, the orange-red line the busiest. The slope "
        "is the gateway's throughput.",
    ),
    "customer_days": (
        "Messages a customer gets on a day",
        "How many customer-days had one, two, three … messages. The scale is logarithmic: each step up is ten times as "
        "many. Bars right of the dashed line exceed the daily limit.",
    ),
    "call_delay": (
        "Calls after alerts that promise one within the hour",
        "How long after the alert the officer called. Green bars lie within the aim; the dashed line is the end of the "
        "promise. Calls made before the alert was sent stand at the far left: those alerts came too late, they were "
        "stale.",
    ),
    "bounce_backs": (
        "Delivery errors and bounce-backs by day",
        "Light bars: errors that became known on that day. Dark bars: bounce-backs that the nightly run created from "
        "the errors of the day before, so the dark bars repeat the light ones one day later.",
    ),
    "officer_load": (
        "Officers through the day",
        "The blue line is how many officers are on shift on an average working day; the orange area is how many of "
        "them have work open. The gap between them is free time.",
    ),
}
"""Heading and caption of each picture; the caption is its alternative text too."""


def shown(value: Any, unit: str = "") -> str:
    """A number as a reader wants it: ``12,345``, ``4.2%`` for shares, ``$12.30``; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if unit.startswith("share"):
        return f"{100 * value:.1f}%"
    if unit == "Australian dollars":
        return f"${value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def breakable(name: str) -> Markup:
    """A dotted name that a narrow column may break after its dots, underscores and hyphens."""
    return Markup(re.sub(r"([._-])", r"\1<wbr>", str(escape(name))))
