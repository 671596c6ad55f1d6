"""The lists and tables of the policy, pinned by hand, and held against the fixed codes that stand for their entries."""

import pytest

from sim.clock import AGENCY_ZONE, STATE_ZONES, ZONES
from sim.messages import (
    Arrangement,
    ArrangementStatus,
    ProcessKind,
    Reason,
    SpecialisedArea,
    System,
    Vulnerability,
    WriteOff,
    reason_names,
)
from sim.policy.content import AGENCY_NUMBERS, CENTRELINK_SENDER, PAYMENTS, SENDER, SENDERS
from sim.policy.policy import Policy, load_policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def test_the_tests_of_the_dialog_stand_in_the_order_of_the_reasons(policy: Policy) -> None:
    refusals = [reason for reason in Reason if reason <= Reason.DAILY_LIMIT]
    assert policy.value("cs-info-messages.tests_in_order") == reason_names(sum(refusals))


def test_lists_agree_with_the_fixed_codes(policy: Policy) -> None:
    areas = [area.name.lower() for area in SpecialisedArea if area]
    assert policy.value("cs-specialised-area.areas") == areas
    assert policy.value("cs-fdv.processes") == [kind.name.lower() for kind in ProcessKind if kind <= 4]
    assert policy.value("calendar.zones") == list(ZONES)
    assert policy.value("calendar.state_zones") == STATE_ZONES
    assert policy.value("calendar.agency_zone") == AGENCY_ZONE
    assert policy.value("cs-sender.sender") == SENDER
    assert policy.value("cf-flow.sender") == CENTRELINK_SENDER
    centrelink = [System[name.upper()] for name in policy.value("cf-flow.sender_systems")]
    assert [system for system, sender in SENDERS.items() if sender == CENTRELINK_SENDER] == centrelink
    assert [system for system, sender in SENDERS.items() if sender == SENDER] == [System.PLUTO, System.CUBA]
    assert tuple(policy.value("cs-content.agency_numbers")) == AGENCY_NUMBERS
    assert policy.value("dr-vulnerable.vulnerabilities") == [kind.name.lower() for kind in Vulnerability]
    named = [("declined_arrangements", Arrangement), ("overdue_repayments", Arrangement),
             ("declined_arrangement_states", ArrangementStatus), ("overdue_arrangement_states", ArrangementStatus),
             ("harmless_write_offs", WriteOff)]  # fmt: skip
    for name, codes in named:
        assert set(policy.value(f"dr-eligibility.{name}")) < set(codes.__members__), name


def test_payments_that_a_claim_message_names(policy: Policy) -> None:
    payments = policy.setting("cf-claim-grant.payments")
    assert payments.value == [
        {"code": 1, "name": "JobSeeker Payment", "phone": "132 850"},
        {"code": 2, "name": "Age Pension", "phone": "132 300"},
        {"code": 3, "name": "Youth Allowance", "phone": "132 490"},
        {"code": 4, "name": "Parenting Payment", "phone": "136 150"},
        {"code": 5, "name": "Disability Support Pension", "phone": "132 717"},
    ]
    assert payments.status == "assume"
    assert {row["code"]: (row["name"], row["phone"]) for row in payments.value} == PAYMENTS


def test_zones_of_the_calendar(policy: Policy) -> None:
    assert policy.value("calendar.zones") == [
        "Australia/Sydney", "Australia/Melbourne", "Australia/Hobart", "Australia/Brisbane", "Australia/Lindeman",
        "Australia/Adelaide", "Australia/Darwin", "Australia/Perth", "Australia/Broken_Hill", "Australia/Eucla",
        "Australia/Lord_Howe", "Pacific/Norfolk", "Indian/Christmas", "Indian/Cocos",
    ]  # fmt: skip
    assert policy.value("calendar.state_zones") == {
        "NSW": "Australia/Sydney", "VIC": "Australia/Melbourne", "QLD": "Australia/Brisbane",
        "SA": "Australia/Adelaide", "WA": "Australia/Perth",
        "TAS": "Australia/Hobart", "NT": "Australia/Darwin", "ACT": "Australia/Sydney",
    }  # fmt: skip


def test_titles_of_the_debt_messages(policy: Policy) -> None:
    assert list(policy.value("dr-hierarchy.titles").items()) == [
        ("pause_applied", "Immediate SMS Debt Refresh – Pause applied"),
        ("declined_payment", "Declined payment"),
        ("overdue_payment", "Overdue payment"),
        ("recovery_restarted", "Recovery Restarted"),
        ("debt_overdue", "Debt Overdue"),
        ("recovery_will_restart", "Recovery will Restart"),
        ("withholdings_will_restart", "Withholdings will Restart"),
        ("withholdings_will_restart_auto", "Withholdings will Restart (Auto Setup)"),
        ("debt_due_soon", "Debt due Soon"),
    ]


def test_lists_that_are_ours(policy: Policy) -> None:
    assert len(policy.value("cs-explain.points")) == 4
    assert policy.setting("cs-explain.points").status == "doc"
    vulnerabilities = policy.setting("dr-vulnerable.vulnerabilities")
    assert (vulnerabilities.status, len(vulnerabilities.value) > 0) == ("assume", True)
