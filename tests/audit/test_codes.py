"""The audit's restated codes against those that histories are written with, and the values it asks for."""

from enum import IntEnum
from importlib import import_module

import pytest

from sim import clock, history, messages
from sim.audit import RULE_MODULES, codes
from sim.audit.text import content_code
from sim.policy.policy import load_policy
from tests.audit.builder import policy


def test_events():
    theirs = {member.name: int(member) for member in history.Event}
    assert all(theirs[member.name] == member for member in codes.Event)


def test_reasons():
    assert {member.name.lower(): int(member) for member in messages.Reason} == codes.REASONS


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (codes.SYSTEMS, messages.System),
        (codes.CHANNELS, messages.Channel),
        (codes.KINDS, messages.Kind),
        (codes.SERVICES, messages.Service),
        (codes.MOBILE_STATUSES, messages.MobileStatus),
        (codes.EMAIL_STATUSES, messages.EmailStatus),
        (codes.CONTACT_TIMES, messages.ContactTime),
        (codes.STATUSES, messages.Status),
        (codes.PROCESS_KINDS, messages.ProcessKind),
        (codes.AREAS, messages.SpecialisedArea),
        (codes.VULNERABILITIES, messages.Vulnerability),
        (codes.ARRANGEMENTS, messages.Arrangement),
        (codes.ARRANGEMENT_STATUSES, messages.ArrangementStatus),
        (codes.WRITE_OFFS, messages.WriteOff),
        (codes.SCREENS, messages.Screen),
        (codes.INTEGRATED_WORK, messages.IntegratedWork),
        (codes.REPORT_CASES, messages.ReportCase),
        (codes.REPORT_ACTIONS, messages.ReportAction),
    ],
)
def test_names(ours: dict[str, int], theirs: type[IntEnum]):
    named = {member.name.lower(): int(member) for member in theirs}
    assert {name: code for name, code in named.items() if code or "none" in ours} == ours


def test_outcomes():
    named = {member.name.lower() for member in messages.Outcome} - {"needs_confirmation"}
    assert set(codes.OUTCOMES) == named


def test_zones_and_fields():
    zones, agency_zone = codes.ZONES, codes.AGENCY_ZONE
    assert (zones, agency_zone) == (clock.ZONES, clock.AGENCY_ZONE)
    fields = messages.pack_fields(2, 700_000, 9) & codes.FIELD_MASK
    assert fields == 700_000 * codes.FIELD_BASE + 2
    assert messages.pack_fields(2, 700_000, 9) >> codes.PAYMENT_SHIFT == 9
    names = codes.reason_names(0b101_0000_0000_0001)
    assert names == messages.reason_names(0b101_0000_0000_0001)


def test_the_code_of_exact_words():
    for sender, text in (("Child Supp", "We will call you."), ("", "Zoë – 16 October"), ("x", "")):
        assert content_code(sender, text) == history.content_code(sender, text)


def test_rules_are_modules_in_policy_order():
    order = list(load_policy().rules)
    ids = [name.replace("_", "-") for name in RULE_MODULES]
    assert ids == sorted(ids, key=order.index)
    for name, rule in zip(RULE_MODULES, ids, strict=True):
        module = import_module(f"sim.audit.{name}")
        assert rule == module.RULE
        assert load_policy().rules[rule].enforced_by == module.ENFORCED_BY
        assert module.CLAUSE


def test_the_policy_has_every_value_that_the_audit_asks_for():
    plain = load_policy().plain()["rules"]
    for rule, entry in policy().items():
        assert set(entry["values"]) <= set(plain[rule]["values"]), rule


def test_the_defaults_are_those_of_the_tests():
    plain = load_policy().plain()["rules"]
    for rule, entry in policy().items():
        for name, value in entry["values"].items():
            if name != "templates":
                assert plain[rule]["values"][name] == value, f"{rule}.{name}"
