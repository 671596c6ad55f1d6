"""The audit at a glance: every rule with its verdict, cases and breaches."""

import textwrap
from typing import Any

from matplotlib.axes import Axes

from sim.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    VERMILION,
    Picture,
    PlotData,
    drawn,
    nothing,
    picture,
    plural,
    thousands,
)

VERDICTS = {
    "fail": ("✗", "fail", VERMILION, "white"),
    "unknown": ("?", "unknown", ORANGE, "black"),
    "pass": ("✓", "pass", BLUE, "white"),
    "not_exercised": ("–", "not exercised", PALE, "black"),
}
"""Sign, words and colours of each verdict: never told by colour alone."""

WHO = {"system": "The system makes a breach impossible", "content": "What a message may say",
       "procedure": "Officers are told to"}  # fmt: skip
"""Headings by who enforces a rule."""

_COLUMNS = ((70, "cases"), (80, "breaches"), (88, "rate"), (100, "unjudged"))
"""Where the columns of numbers end, and their names."""
_ROW = 0.245
"""Inches a rule."""


@drawn
def audit_at_a_glance(data: PlotData) -> Picture:
    """Rules by who enforces them, each with its verdict, and how many cases were judged, broken and left unjudged."""
    rules = data.audit.get("rules", {})
    if not rules:
        return nothing("The audit at a glance", "No audit was made.")
    groups = {who: [rule for rule in rules if _enforced_by(data, rule) == who] for who in WHO}
    lines = sum(len(group) + 1.6 for group in groups.values() if group)
    figure, axes = picture(_title(data), height=1.1 + _ROW * lines)
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(lines + 0.4, -0.2)
    y = 0.0
    for who, group in groups.items():
        if group:
            _heading(axes, y + 0.7, WHO[who])
            for position, rule in enumerate(group):
                _line(axes, y + 1.8 + position, _shown(data, rule), rules[rule])
            y += len(group) + 1.6
    return figure


def _enforced_by(data: PlotData, rule: str) -> str:
    found = data.audit["rules"][rule].get("enforced_by") or _of_policy(data, rule, "enforced_by")
    return found if found in WHO else "procedure"


def _of_policy(data: PlotData, rule: str, name: str) -> str:
    return str(data.policy.get("rules", {}).get(rule, {}).get(name, ""))


def _shown(data: PlotData, rule: str) -> str:
    return textwrap.shorten(f"{rule} · {_of_policy(data, rule, 'title')}", 64, placeholder=" …")


def _title(data: PlotData) -> str:
    """How many rules failed, among those that the system or the content of messages answers for, and the others."""
    rules = data.audit["rules"]
    hard = [rule for rule in rules if _enforced_by(data, rule) != "procedure"]
    failed = sum(rules[rule]["verdict"] == "fail" for rule in hard)
    soft = [rule for rule in rules if rule not in hard and rules[rule]["breaches"]]
    told = "None" if not failed else str(failed)
    return (
        f"{told} of {plural(len(hard), 'system and content rule')} failed; "
        f"{len(soft)} of {plural(len(rules) - len(hard), 'procedure')} were broken at least once"
    )


def _heading(axes: Axes, y: float, text: str) -> None:
    axes.text(0, y, text, fontweight="bold", va="center")
    if y < 1:
        for x, name in _COLUMNS:
            axes.text(x, y, name, ha="right", va="center", color=GREY, fontsize=9)
    axes.plot([0, 100], [y + 0.55, y + 0.55], color=GREY, linewidth=0.8)


def _line(axes: Axes, y: float, name: str, row: dict[str, Any]) -> None:
    sign, words, color, ink = VERDICTS[row["verdict"]]
    box = {"boxstyle": "round,pad=0.22", "facecolor": color, "edgecolor": "none"}
    axes.text(0.6, y, f"{sign} {words}", color=ink, fontsize=8, va="center", ha="left", bbox=box)
    axes.text(14, y, name, fontsize=9, va="center")
    cases, breaches = row["cases"], row["breaches"]
    rate = f"{100 * breaches / cases:.2g}%" if cases and breaches else ""
    shown = (thousands(cases), thousands(breaches), rate, thousands(row["unjudged"]))
    for (x, column), number in zip(_COLUMNS, shown, strict=True):
        strong = column in ("breaches", "rate") and breaches > 0
        axes.text(x, y, number if number not in ("0", "") else "·", ha="right", va="center", fontsize=9,
                  color=VERMILION if strong else "black", fontweight="bold" if strong else "normal")  # fmt: skip
