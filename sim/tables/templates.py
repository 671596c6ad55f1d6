"""What the policy says of the templates that a history names by their codes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.messages import Kind, Service, System
from sim.tables.columns import Ints, categories, coded, looked_up

_DEBT_KINDS = (Kind.NUDGE, Kind.CONFIRMATION, Kind.SERVICE_OFFER)


def template_values(policy_plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The templates of the policy's plain form (`cs-templates.templates`), each with at least `code` and `id`."""
    values = policy_plain.get("rules", {}).get("cs-templates", {}).get("values", {})
    templates = values.get("templates", [])
    if isinstance(templates, Mapping):
        return [{"id": name, **template} for name, template in templates.items()]
    return [dict(template) for template in templates]


def template_column(codes: Ints, policy_plain: Mapping[str, Any]) -> "pd.Categorical[str]":
    """Template ids of template codes; `unknown_CODE` for one that the policy does not hold, missing for 0."""
    names = {int(template["code"]): str(template["id"]) for template in template_values(policy_plain)}
    for code in np.unique(codes).tolist():
        if code and code not in names:
            names[code] = f"unknown_{code}"
    known = np.array(sorted(names), dtype=np.int64)
    places = looked_up(codes, known, np.arange(len(known), dtype=np.int64), missing=-1)
    return coded(places, [names[code] for code in known.tolist()])


def service_column(codes: Ints, policy_plain: Mapping[str, Any]) -> "pd.Categorical[str]":
    """The service (`cs-subscription`) that each template code belongs to; missing for an unknown template."""
    services: dict[int, int] = {}
    for template in template_values(policy_plain):
        service = template.get("service", Service.NONE)
        services[int(template["code"])] = Service[service.upper()] if isinstance(service, str) else int(service)
    return categories(_by_code(codes, services), Service)


def senders(codes: Ints, policy_plain: Mapping[str, Any]) -> Ints:
    """The System that sends each template; 0 for an unknown one."""
    systems = {
        int(template["code"]): int(System[str(template.get("system", "pluto")).upper()])
        for template in template_values(policy_plain)
    }
    return _by_code(codes, systems)


def kind_column(codes: Ints, systems: Ints, officers: Ints, policy_plain: Mapping[str, Any]) -> "pd.Categorical[str]":
    """The kind of each message (policy.md, "Words"; `dr-kind`).

    What Pluto sends is `desktop` and what Cuba sends `automatic`. For Customer First, DMIS and SAP the template of a
    debt message says whether it is a `nudge`, a `confirmation` or a `service_offer`; whatever else Customer First sends
    is `desktop` when an officer (id above 0) issued it, and `automatic` when it went by itself. Missing for a template
    of DMIS or SAP that the policy does not hold.
    """
    names = {kind.name.lower(): int(kind) for kind in _DEBT_KINDS}
    kinds = _by_code(
        codes,
        {int(template["code"]): names.get(str(template.get("kind")), 0) for template in template_values(policy_plain)},
    )
    by_hand = np.where(officers > 0, Kind.DESKTOP, Kind.AUTOMATIC)
    kinds = np.where((systems == System.CUSTOMER_FIRST) & (kinds == 0), by_hand, kinds)
    kinds = np.where(systems == System.PLUTO, Kind.DESKTOP, kinds)
    return categories(np.where(systems == System.CUBA, Kind.AUTOMATIC, kinds).astype(np.int64), Kind)


def payment_names(policy_plain: Mapping[str, Any]) -> dict[int, str]:
    """The names of the payments that a claim message may name, by their codes (`cf-claim-grant.payments`)."""
    values = policy_plain.get("rules", {}).get("cf-claim-grant", {}).get("values", {})
    return {int(payment["code"]): str(payment["name"]) for payment in values.get("payments", [])}


def _by_code(codes: Ints, values: Mapping[int, int]) -> Ints:
    known = np.array(sorted(values), dtype=np.int64)
    return looked_up(codes, known, np.array([values[code] for code in known.tolist()], dtype=np.int64))
