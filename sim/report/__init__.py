"""Reports: one HTML file each that holds everything it shows and refers to nothing outside itself."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.report.before_after import policy_changes
from sim.report.captions import CAPTIONS, GROUPS
from sim.report.figures import all_numbers
from sim.report.key_figures import key_figures
from sim.report.origin import command, facts, what_was_run
from sim.report.page import render
from sim.report.settings import changes, parameter_groups, readings, template_texts, values
from sim.report.sweep import render_sweep
from sim.report.verdict import audit_groups, summary

if TYPE_CHECKING:
    from sim.metrics import Metrics

__all__ = ["render_report", "render_sweep"]

_GLANCE = "audit_at_a_glance"
"""The picture that stands with the audit's table."""


def render_report(
    manifest: Mapping[str, Any],
    audit_json: Mapping[str, Any],
    metrics: "Metrics | Mapping[str, Any]",
    plots_png: Mapping[str, bytes],
    policy_plain: Mapping[str, Any],
    parameters_plain: Mapping[str, Any],
    before_after: Mapping[str, Any] | None = None,
) -> str:
    """The report of a run as one HTML text.

    Takes what a run folder holds: the manifest, the audit's JSON, the metrics (or their JSON), pictures by name of
    `sim.plots.PLOTS`, the plain policy and parameters, and of a run whose policy changes the days before and after
    (`sim.metrics.before_after`). Parts of the manifest that are missing are left out.
    """
    numbers = metrics if isinstance(metrics, Mapping) else metrics.to_json()
    return render(
        "report.html",
        title=str(manifest.get("title") or manifest.get("load") or "A run"),
        what_was_run=what_was_run(manifest),
        summary=summary(audit_json, policy_plain),
        figures=key_figures(numbers),
        changed=None if before_after is None else policy_changes(before_after, policy_plain),
        groups=audit_groups(audit_json, policy_plain),
        pictures=_pictures(plots_png),
        glance=_picture(_GLANCE, plots_png[_GLANCE]) if _GLANCE in plots_png else None,
        changes=changes(policy_plain, parameters_plain),
        readings=readings(policy_plain),
        values=values(policy_plain),
        templates=template_texts(policy_plain),
        parameters=parameter_groups(parameters_plain),
        numbers=all_numbers(numbers),
        facts=facts(manifest),
        command=command(manifest),
    )


def _pictures(plots_png: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The pictures that were drawn, by what they are about."""
    known = {_GLANCE, *(name for _, names in GROUPS for name in names)}
    others = tuple(name for name in plots_png if name not in known)
    return [
        {"heading": heading, "pictures": drawn}
        for heading, names in (*GROUPS, ("More", others))
        if (drawn := [_picture(name, plots_png[name]) for name in names if name in plots_png])
    ]


def _picture(name: str, png: bytes) -> dict[str, str]:
    heading, caption = CAPTIONS.get(name, (name.replace("_", " ").capitalize(), ""))
    return {"name": name, "heading": heading, "caption": caption, "data": base64.b64encode(png).decode("ascii")}
