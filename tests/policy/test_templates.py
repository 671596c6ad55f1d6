"""The templates of policy.yaml: the published texts word for word, and what every text of ours must keep to."""

import re
from datetime import date

import pytest

from sim.messages import Service
from sim.policy.content import content_problems, parts, render
from sim.policy.policy import Policy, load_policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def test_published_texts(policy: Policy) -> None:
    alert, objection = policy.templates[1], policy.templates[2]
    assert (alert.id, alert.text) == (
        "S001",
        "A Services Australia Service Officer will call you {contact_time} from a private number. "
        "Please answer this call. Do not reply by SMS.",
    )
    assert (objection.id, objection.text) == (
        "S002",
        "We will call you today from a private number about an objection. Please answer this call. "
        "Do not reply by SMS.",
    )
    assert (alert.fields, alert.promise) == (("contact_time",), "contact_time")
    assert (objection.fields, objection.promise) == ((), "today")
    assert [template.id for template in policy.templates.values() if template.precall] == ["S001", "S002"]


def test_templates_of_ours_are_enough_and_in_their_groups(policy: Policy) -> None:
    ours = [template for template in policy.templates.values() if 101 <= template.code <= 199]
    for group in policy.value("cs-templates.groups"):
        assert sum(template.group == group for template in ours) >= 2, group
    assert all(template.desktop for template in ours)
    assert [(template.code, template.desktop) for template in policy.templates.values() if template.code >= 200] == [
        (201, False), (202, False), (203, False),
    ]  # fmt: skip
    assert any(template.prior_actions for template in ours)
    assert {row["status"] for row in policy.value("cs-templates.templates") if row["code"] > 2} == {"assume"}


def test_reminders_belong_to_the_service_reminder_and_the_others_to_general(policy: Policy) -> None:
    for template in policy.templates.values():
        assert template.service == (Service.REMINDER if template.kind == "reminder" else Service.GENERAL), template.id


def test_a_template_that_asks_for_an_answer_by_a_date_has_a_by_date(policy: Policy) -> None:
    for template in policy.templates.values():
        assert template.asks_answer == ("by_date" in template.fields), template.id


def test_no_text_identifies_links_or_invites_a_reply(policy: Policy) -> None:
    by_date = date(2026, 9, 30).toordinal()
    for template in policy.templates.values():
        text = render(template, 1, by_date)
        assert content_problems(text, template, 1, by_date) == []
        assert text.endswith(". Do not reply by SMS."), template.id
        assert parts(text) == 1, template.id
        assert not re.search(r"[0-9@]|www|http", template.text), template.id
