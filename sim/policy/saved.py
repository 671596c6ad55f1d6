"""The policy that was saved with a run, for the rules: `Policy.plain` read back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sim.errors import InputError
from sim.policy.policy import Policy, load_policy
from sim.policy.segments import only_one
from sim.policy.templates import TemplateRow

_TEMPLATES = "cs-templates.templates"


def saved_policy(plain: Mapping[str, Any]) -> Policy:
    """The policy whose plain form this is: today's rules with the values that were in force then, templates included.

    Raises InputError for a value that today's rules need and the plain form lacks, and for a policy that changes
    within its run.
    """
    only_one(plain)
    ours = load_policy()
    rules = {}
    for name, rule in ours.rules.items():
        saved = plain.get("rules", {}).get(name, {}).get("values", {})
        missing = [value for value in rule.values if value not in saved]
        if missing:
            raise InputError("the policy saved with this run has no such value", field=f"{name}.{missing[0]}")
        values = {key: replace(value, value=saved[key]) for key, value in rule.values.items()}
        rules[name] = replace(rule, values=values)
    policy = Policy(rules, {})
    try:
        rows = [TemplateRow.model_validate(row) for row in policy.value(_TEMPLATES)]
    except ValidationError as error:
        problem = error.errors()[0]["msg"]
        raise InputError(f"the policy saved with this run has a template that cannot be used ({problem})") from None
    return replace(policy, templates={row.code: row.template() for row in rows})
