"""The templates of policy.yaml: the published texts word for word, and what every text of ours must keep to."""

import re
from datetime import date

import pytest

from sim.messages import Service, System
from sim.policy.content import PAYMENTS, content_problems, parts, render
from sim.policy.debt import MESSAGES
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
    alerts = [(template.code, template.promise) for template in policy.templates.values() if template.precall]
    assert alerts == [(1, "contact_time"), (2, "today"), (301, "today"), (302, "two_hours")]


def test_texts_of_customer_first_are_those_of_its_rules(policy: Policy) -> None:
    given = {301: "cf-precall.text", 302: "cf-precall.review_text", 303: "cf-claim-grant.text",
             304: "cf-claim-reject.text"}  # fmt: skip
    places = {"{payment_type}": "[PAYMENT TYPE]", "{phone_number}": "[PHONE NUMBER*]"}
    for code, name in given.items():
        text = policy.templates[code].text
        for ours, theirs in places.items():
            text = text.replace(ours, theirs)
        assert text == policy.value(name)
    fields = {code: policy.templates[code].fields for code in (301, 302, 303, 304, 305)}
    assert fields == {301: (), 302: (), 303: ("payment_type",), 304: ("payment_type", "phone_number"), 305: ()}


# Code, system, kind.
CENTRELINK = [
    (301, System.CUSTOMER_FIRST, "pre_call_advice"),
    (302, System.CUSTOMER_FIRST, "pre_call_advice"),
    (303, System.CUSTOMER_FIRST, "claim_outcome"),
    (304, System.CUSTOMER_FIRST, "claim_outcome"),
    (305, System.CUSTOMER_FIRST, "service_offer"),
    (401, System.DMIS, "confirmation"),
    *((code, System.DMIS, "nudge") for code in range(402, 410)),
    (501, System.SAP, "confirmation"),
    (502, System.SAP, "nudge"),
]


def test_systems_and_kinds(policy: Policy) -> None:
    rows = [(template.code, template.system, template.kind) for template in policy.templates.values()]
    assert [row for row in rows if row[0] > 300] == CENTRELINK
    assert {row[1] for row in rows if row[0] < 200} == {System.PLUTO}
    assert {row[1] for row in rows if 200 < row[0] < 300} == {System.CUBA}
    chosen = {template.system for template in policy.templates.values() if template.desktop}
    assert chosen == {System.PLUTO, System.CUSTOMER_FIRST}


def test_debt_messages_are_the_nine_of_the_hierarchy_in_its_order(policy: Policy) -> None:
    dmis = [template for template in policy.templates.values() if template.system == System.DMIS]
    assert [template.id for template in dmis] == policy.setting("dr-hierarchy.order").default == list(MESSAGES)
    assert [template.title for template in dmis] == list(policy.value("dr-hierarchy.titles").values())
    for kind in ("confirmations", "nudges"):
        named = [template.id for template in dmis if template.kind == kind[:-1]]
        assert named == policy.value(f"dr-kind.{kind}")


def test_groups_of_customer_first_are_its_document_descriptions(policy: Policy) -> None:
    groups = [template.group for template in policy.templates.values() if template.system == System.CUSTOMER_FIRST]
    assert list(dict.fromkeys(groups)) == policy.value("cf-flow.document_descriptions")


def test_templates_of_ours_are_enough_and_in_their_groups(policy: Policy) -> None:
    ours = [template for template in policy.templates.values() if 101 <= template.code <= 199]
    for group in policy.value("cs-templates.groups"):
        assert sum(template.group == group for template in ours) >= 2, group
    assert all(template.desktop for template in ours)
    cuba = [template for template in policy.templates.values() if template.system == System.CUBA]
    assert [(template.code, template.desktop) for template in cuba] == [(201, False), (202, False), (203, False)]
    assert any(template.prior_actions for template in ours)
    statuses = {row["code"]: row["status"] for row in policy.value("cs-templates.templates")}
    assert {code: status for code, status in statuses.items() if status != "assume"} == {
        1: "pub", 2: "pub", 301: "doc", 302: "doc", 303: "doc", 304: "doc",
    }  # fmt: skip


def test_reminders_belong_to_the_service_reminder_and_the_others_to_general(policy: Policy) -> None:
    for template in policy.templates.values():
        assert template.service == (Service.REMINDER if template.kind == "reminder" else Service.GENERAL), template.id


def test_a_template_that_asks_for_an_answer_by_a_date_has_a_by_date(policy: Policy) -> None:
    for template in policy.templates.values():
        assert template.asks_answer == ("by_date" in template.fields), template.id


def test_no_text_identifies_links_or_invites_a_reply(policy: Policy) -> None:
    by_date = date(2026, 9, 30).toordinal()
    for template in policy.templates.values():
        for payment in PAYMENTS if "payment_type" in template.fields else (0,):
            text = render(template, 1, by_date, payment)
            assert content_problems(text, template, 1, by_date, payment_type=payment) == []
            assert text.endswith(". Do not reply by SMS."), template.id
            assert parts(text) == 1, template.id


def test_no_debt_message_says_an_amount_a_number_or_a_date(policy: Policy) -> None:
    for template in policy.templates.values():
        if template.system in (System.DMIS, System.SAP) or template.kind == "service_offer":
            assert not template.fields
            assert not re.search(r"[0-9$]|dollar", template.text), template.id
            assert len(template.text) <= 160


def test_no_template_holds_an_address_or_a_number(policy: Policy) -> None:
    for template in policy.templates.values():
        assert not re.search(r"[0-9@]|www|http", template.text.replace("next 2 hours", "")), template.id
