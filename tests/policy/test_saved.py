"""The policy saved with a run is the policy that was in force, read back."""

import json

import pytest

from sim.errors import InputError
from sim.policy.debt import debt_values
from sim.policy.policy import Policy, load_policy
from sim.policy.saved import saved_policy
from sim.policy.values import rule_values

CHANGED = {"cs-daily-limit.limit": 2, "cs-send-window.release": "next_opening", "dr-gap.reading": "business_day"}


def saved(policy: Policy) -> dict:
    """The plain form as it comes back from a file."""
    return json.loads(json.dumps(policy.plain()))


@pytest.mark.parametrize("sets", [{}, CHANGED])
def test_what_was_in_force_comes_back(sets: dict) -> None:
    policy = load_policy(sets)
    read = saved_policy(saved(policy))
    assert rule_values(read) == rule_values(policy)
    assert debt_values(read) == debt_values(policy)
    assert (read.templates, read.hash()) == (policy.templates, policy.hash())


def test_a_template_of_that_time_is_kept() -> None:
    plain = saved(load_policy())
    plain["rules"]["cs-templates"]["values"]["templates"][3]["text"] = "We have your payment. Do not reply by SMS."
    template = saved_policy(plain).templates[102]
    assert (template.id, template.text) == ("payment_received", "We have your payment. Do not reply by SMS.")


def test_a_value_that_is_missing_is_named() -> None:
    plain = saved(load_policy())
    del plain["rules"]["dr-gap"]["values"]["reading"]
    with pytest.raises(InputError, match=r"^dr-gap\.reading: the policy saved with this run has no such value$"):
        saved_policy(plain)


def test_a_template_that_cannot_be_used_is_told() -> None:
    plain = saved(load_policy())
    plain["rules"]["cs-templates"]["values"]["templates"][0]["fields"] = []
    with pytest.raises(InputError, match="a template that cannot be used"):
        saved_policy(plain)
