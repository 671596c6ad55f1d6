"""The numbers of a run: read from its history, its messages table, its policy and parameters, and its audit.

``metrics(…)`` returns `Metrics`, with every number under a metric and a group, its unit and what it means in plain
words. Where nothing happened that a number could be taken of, it is null.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.metrics import calls, debt, email, integrated, payments, reports, sending, waiting, work
from sim.metrics.definitions import DEFINITIONS, SYSTEMS
from sim.metrics.measures import Facts, Measures, Metrics

if TYPE_CHECKING:
    import pandas as pd

    from sim.history import History

__all__ = ["DEFINITIONS", "SYSTEMS", "Metrics", "metrics"]


def metrics(
    history: "History",
    messages: "pd.DataFrame",
    policy_plain: Mapping[str, Any],
    parameters_plain: Mapping[str, Any],
    audit_json: Mapping[str, Any] | None = None,
) -> Metrics:
    """All metrics of a run.

    `messages` is `sim.tables.messages_table(history, policy_plain)`, `policy_plain` and `parameters_plain` are the
    plain forms saved with the run, `audit_json` is the audit's JSON (without it the metrics of rules have no groups).
    """
    facts = Facts(history, messages, policy_plain, parameters_plain)
    found = Measures()
    _rules(found, audit_json or {})
    for part in (sending, waiting, calls, work, email, integrated, debt, payments, reports):
        part.measure(found, facts)
    return Metrics(found, facts)


def _rules(found: Measures, audit_json: Mapping[str, Any]) -> None:
    """Cases, breaches and rate of every rule, as the audit has them; the rate of a rule without cases is null."""
    for rule, row in audit_json.get("rules", {}).items():
        found.put("rule_cases", row["cases"], rule)
        found.put("rule_breaches", row["breaches"], rule)
        found.put("rule_unjudged", row["unjudged"], rule)
        found.put("rule_breach_rate", row["breaches"] / row["cases"] if row["cases"] else None, rule)
    routes = audit_json.get("rules", {}).get("cf-route", {})
    found.put("routed_right", 1 - routes["breaches"] / routes["cases"] if routes.get("cases") else None)
