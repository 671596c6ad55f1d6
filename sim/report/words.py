"""The report's fixed words: what verdicts mean, and how numbers are written."""

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
