"""`cf-recipient`, `cf-route`, `cf-precall`, `cf-claim-grant`, `cf-claim-reject`: Centrelink messages from officers."""

from itertools import product

import pytest

from sim.clock import HOUR, clock, instant
from sim.messages import IntegratedWork, MobileStatus, Recipient, System, reason_names
from sim.policy.policy import load_policy
from sim.policy.procedures import promise_kept
from sim.policy.routing import (
    CLAIM_GRANT,
    CLAIM_REJECT,
    GRANTED,
    PRE_CALL,
    PRE_CALL_REVIEW,
    REJECTED,
    SERVICE_OFFER,
    automatic_claim_message,
    centrelink_reasons,
    claim_message,
    claim_withheld,
    pre_call_template,
    review_promise_end,
    route,
)

ANYBODY = Recipient(
    zone=0, mobile=MobileStatus.VALID, email=0, opted_out=0, deceased=0, restricted_access=0, employer=0,
    reminder_ended=0, general_ended=0,
)  # fmt: skip

# What differs from ANYBODY, on Centrelink's record, reasons.
RECIPIENTS: list[tuple[dict[str, int], int, list[str]]] = [
    ({}, 1, []),
    ({"opted_out": 1}, 1, ["opted_out"]),
    ({"deceased": 1}, 1, ["deceased"]),
    ({"restricted_access": 1}, 1, ["restricted_access"]),
    ({"mobile": MobileStatus.NONE}, 1, ["no_mobile"]),
    ({"mobile": MobileStatus.INVALID}, 1, ["invalid_mobile"]),
    ({"mobile": MobileStatus.OVERSEAS}, 1, ["overseas_mobile"]),
    ({}, 0, ["not_a_centrelink_customer"]),
    ({"mobile": MobileStatus.NONE}, 0, ["no_mobile", "not_a_centrelink_customer"]),
    # What bars at Child Support and is not Centrelink's rule.
    ({"employer": 1}, 1, []),
    ({"reminder_ended": 1, "general_ended": 1}, 1, []),
    ({"email": 2}, 1, []),
    ({"zone": 13}, 1, []),
    # All that fail are carried.
    ({"opted_out": 1, "deceased": 1, "restricted_access": 1, "mobile": MobileStatus.OVERSEAS}, 1,
     ["opted_out", "deceased", "restricted_access", "overseas_mobile"]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "centrelink", "reasons"), RECIPIENTS)
def test_recipients_of_centrelink_messages(facts: dict[str, int], centrelink: int, reasons: list[str]) -> None:
    assert reason_names(centrelink_reasons(ANYBODY._replace(**facts), centrelink)) == reasons


# Columns: (mutual customer, current Centrelink customer, main issue claim progression) from 000 to 111.
# P: Pluto, C: Customer First.
ROUTES = {
    IntegratedWork.SCT_DISAGREED_REFERRAL: "PPPP PPPP",
    IntegratedWork.CENTRELINK_WORK_TYPE: "CCCC PPCC",
    IntegratedWork.CLAIM_PROGRESSION: "CCCC PPCC",
    IntegratedWork.SME_REVIEW: "CCCC PPCC",
    IntegratedWork.OTHER: "CCCC PPPC",
}


def test_the_tests_of_the_routing_are_made_in_their_order_for_every_combination() -> None:
    systems = {int(System.PLUTO): "P", int(System.CUSTOMER_FIRST): "C"}
    found = {}
    for work in IntegratedWork:
        answers = [systems[route(work, *facts)] for facts in product((0, 1), repeat=3)]
        found[work] = "".join(answers[:4]) + " " + "".join(answers[4:])
    assert found == ROUTES


@pytest.mark.parametrize(("work", "template"), [
    (IntegratedWork.SCT_DISAGREED_REFERRAL, PRE_CALL), (IntegratedWork.CENTRELINK_WORK_TYPE, PRE_CALL),
    (IntegratedWork.CLAIM_PROGRESSION, PRE_CALL), (IntegratedWork.SME_REVIEW, PRE_CALL_REVIEW),
    (IntegratedWork.OTHER, PRE_CALL),
])  # fmt: skip
def test_only_an_sme_work_item_takes_the_aro_sme_text(work: int, template: int) -> None:
    assert pre_call_template(work) == template


# Zone, sent, template, called, kept. The promise of 301 ends with the local day of sent, that of 302 two hours after.
CALLS = [
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 302, "2026-10-06T11:59:59.999+11:00", 1),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 302, "2026-10-06T12:00:00.000+11:00", 1),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 302, "2026-10-06T12:00:00.001+11:00", 0),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 302, "2026-10-06T10:00:00.000+11:00", 1),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 302, "2026-10-06T09:59:59.999+11:00", 0),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 301, "2026-10-06T23:59:59.999+11:00", 1),
    ("Australia/Sydney", "2026-10-06T10:00:00+11:00", 301, "2026-10-07T00:00:00.000+11:00", 0),
    # Two elapsed hours, also where the wall clock jumps (02:00 becomes 03:00, 03:00 becomes 02:00).
    ("Australia/Sydney", "2026-10-04T01:30:00+10:00", 302, "2026-10-04T04:30:00.000+11:00", 1),
    ("Australia/Sydney", "2026-10-04T01:30:00+10:00", 302, "2026-10-04T04:30:00.001+11:00", 0),
    ("Australia/Sydney", "2027-04-04T01:30:00+11:00", 302, "2027-04-04T02:30:00.000+10:00", 1),
    ("Australia/Sydney", "2027-04-04T01:30:00+11:00", 302, "2027-04-04T02:30:00.001+10:00", 0),
    # The local day is the recipient's, of 23 or 25 hours too.
    ("Australia/Perth", "2026-10-06T19:59:00+08:00", 301, "2026-10-06T23:59:59.999+08:00", 1),
    ("Australia/Perth", "2026-10-06T19:59:00+08:00", 301, "2026-10-07T00:00:00.000+08:00", 0),
    ("Australia/Lord_Howe", "2026-10-04T08:00:00+11:00", 301, "2026-10-04T23:59:59.999+11:00", 1),
    ("Australia/Lord_Howe", "2026-10-04T08:00:00+11:00", 301, "2026-10-05T00:00:00.000+11:00", 0),
    ("Australia/Lord_Howe", "2027-04-04T08:00:00+10:30", 301, "2027-04-04T23:59:59.999+10:30", 1),
    ("Australia/Lord_Howe", "2027-04-04T08:00:00+10:30", 301, "2027-04-05T00:00:00.000+10:30", 0),
]


@pytest.mark.parametrize(("zone", "sent", "template", "called", "kept"), CALLS)
def test_promise_of_a_pre_call_notification(zone: str, sent: str, template: int, called: str, kept: int) -> None:
    local, at = clock(zone), instant(sent)
    ends = review_promise_end(template, at, local.midnight(local.day(at) + 1), 2 * HOUR)
    assert promise_kept(instant(called), at, ends) == kept


def test_the_two_hours_are_the_policys() -> None:
    assert load_policy().value("cf-precall.review_minutes") * 60_000 == 2 * HOUR
    assert review_promise_end(PRE_CALL_REVIEW, 1_000, 99_000, 45) == 1_045
    assert review_promise_end(PRE_CALL, 1_000, 99_000, 45) == 98_999


# Columns: (CCM available, mail online, reached by phone, phone tried) from 0000 to 1111; G: Grant, R: Reject is sent.
CLAIMS = {
    GRANTED: "GGGG ---- ---- ----",
    REJECTED: "-R-- -R-- ---- ----",
    0: "---- ---- ---- ----",
}
# Columns: (CCM available, mail online, reached by phone); 1 CCM, 2 online mail, 3 reached.
WITHHELD = {GRANTED: "0022 1111", REJECTED: "0303 1111", 0: "0000 1111"}


def grouped(answers: list[str]) -> str:
    """Answers in groups of four."""
    return " ".join("".join(answers[at : at + 4]) for at in range(0, len(answers), 4))


def test_claim_messages_for_every_combination() -> None:
    letters = {0: "-", CLAIM_GRANT: "G", CLAIM_REJECT: "R"}
    for outcome, expected in CLAIMS.items():
        answers = [letters[claim_message(outcome, *facts)] for facts in product((0, 1), repeat=4)]
        assert grouped(answers) == expected, outcome


def test_why_claim_messages_are_withheld_for_every_combination() -> None:
    for outcome, expected in WITHHELD.items():
        answers = [str(claim_withheld(outcome, *facts)) for facts in product((0, 1), repeat=3)]
        assert grouped(answers) == expected, outcome


def test_a_finalised_claim_is_answered_withheld_or_waits_for_its_call() -> None:
    for outcome, ccm, online, reached, tried in product((GRANTED, REJECTED), *[(0, 1)] * 4):
        sent = claim_message(outcome, ccm, online, reached, tried) != 0
        withheld = claim_withheld(outcome, ccm, online, reached) != 0
        call_first = outcome == REJECTED and not ccm and not reached and not tried
        assert sent + withheld + call_first == 1, (outcome, ccm, online, reached, tried)


@pytest.mark.parametrize(("outcome", "ccm", "template"), [
    (GRANTED, 1, CLAIM_GRANT), (GRANTED, 0, 0), (REJECTED, 1, CLAIM_REJECT), (REJECTED, 0, 0), (0, 1, 0),
])  # fmt: skip
def test_with_the_ccm_a_message_goes_automatically(outcome: int, ccm: int, template: int) -> None:
    assert automatic_claim_message(outcome, ccm) == template


def test_the_codes_are_those_of_the_templates() -> None:
    templates = load_policy().templates
    named = [templates[code].id for code in (PRE_CALL, PRE_CALL_REVIEW, CLAIM_GRANT, CLAIM_REJECT, SERVICE_OFFER)]
    assert named == ["clk_pre_call", "clk_pre_call_review", "claim_grant", "claim_reject", "repayment_service_offer"]
