"""`cs-subscription`, `cs-recipient-barred`, `cs-mobile-required`, `cs-opt-out`: who may get a message."""

from itertools import product

import pytest

from sim.messages import Channel, EmailStatus, MobileStatus, Reason, Recipient, Service, reason_names
from sim.policy import values
from sim.policy.recipients import ALL_EM, SMS_ONLY, recipient_reasons, service_ended, subscribed

SMS, EMAIL, MYGOV = Channel.SMS, Channel.EMAIL, Channel.MYGOV
REMINDER, GENERAL = Service.REMINDER, Service.GENERAL
ANYBODY = Recipient(
    zone=0,
    mobile=MobileStatus.VALID,
    email=EmailStatus.VALID,
    opted_out=0,
    deceased=0,
    restricted_access=0,
    employer=0,
    reminder_ended=0,
    general_ended=0,
)

# What differs from ANYBODY, service, channel, reach of an opt-out, reasons in the order of the tests.
ROWS = [
    ({}, GENERAL, SMS, ALL_EM, []),
    ({}, GENERAL, EMAIL, ALL_EM, []),
    ({}, GENERAL, MYGOV, ALL_EM, []),
    # cs-opt-out: `all_em` reaches every channel, `sms_only` SMS alone.
    ({"opted_out": 1}, GENERAL, SMS, ALL_EM, ["opted_out"]),
    ({"opted_out": 1}, GENERAL, SMS, SMS_ONLY, ["opted_out"]),
    ({"opted_out": 1}, GENERAL, EMAIL, ALL_EM, ["opted_out"]),
    ({"opted_out": 1}, GENERAL, EMAIL, SMS_ONLY, []),
    ({"opted_out": 1}, REMINDER, SMS, ALL_EM, ["opted_out"]),
    # cs-subscription: death ends it on every channel.
    ({"deceased": 1}, GENERAL, SMS, ALL_EM, ["deceased"]),
    ({"deceased": 1}, GENERAL, EMAIL, SMS_ONLY, ["deceased"]),
    # cs-recipient-barred: no SMS.
    ({"restricted_access": 1}, GENERAL, SMS, ALL_EM, ["restricted_access"]),
    ({"restricted_access": 1}, GENERAL, EMAIL, ALL_EM, []),
    ({"employer": 1}, GENERAL, SMS, ALL_EM, ["employer"]),
    ({"employer": 1}, GENERAL, EMAIL, ALL_EM, []),
    ({"mobile": MobileStatus.OVERSEAS}, GENERAL, SMS, ALL_EM, ["overseas_mobile"]),
    ({"mobile": MobileStatus.OVERSEAS}, GENERAL, EMAIL, ALL_EM, []),
    # cs-mobile-required.
    ({"mobile": MobileStatus.NONE}, GENERAL, SMS, ALL_EM, ["no_mobile"]),
    ({"mobile": MobileStatus.NONE}, GENERAL, EMAIL, ALL_EM, []),
    ({"mobile": MobileStatus.INVALID}, GENERAL, SMS, ALL_EM, ["invalid_mobile"]),
    ({"mobile": MobileStatus.INVALID}, GENERAL, EMAIL, ALL_EM, []),
    # The email on record is nothing to an SMS; an email needs a valid one.
    ({"email": EmailStatus.NONE}, GENERAL, SMS, ALL_EM, []),
    ({"email": EmailStatus.INVALID}, GENERAL, SMS, ALL_EM, []),
    ({"email": EmailStatus.NONE}, GENERAL, EMAIL, ALL_EM, ["service_unsubscribed"]),
    ({"email": EmailStatus.INVALID}, REMINDER, EMAIL, ALL_EM, ["service_unsubscribed"]),
    # cs-subscription: each service is ended by itself.
    ({"reminder_ended": 1}, REMINDER, SMS, ALL_EM, ["service_unsubscribed"]),
    ({"reminder_ended": 1}, GENERAL, SMS, ALL_EM, []),
    ({"general_ended": 1}, GENERAL, SMS, ALL_EM, ["service_unsubscribed"]),
    ({"general_ended": 1}, REMINDER, SMS, ALL_EM, []),
    ({"general_ended": 1}, GENERAL, EMAIL, ALL_EM, ["service_unsubscribed"]),
    ({"reminder_ended": 1, "general_ended": 1}, Service.NONE, SMS, ALL_EM, []),
    # All reasons are carried.
    (
        {"opted_out": 1, "deceased": 1, "restricted_access": 1, "employer": 1, "mobile": 0, "general_ended": 1},
        GENERAL,
        SMS,
        ALL_EM,
        ["opted_out", "deceased", "restricted_access", "employer", "no_mobile", "service_unsubscribed"],
    ),
    (
        {"opted_out": 1, "deceased": 1, "restricted_access": 1, "employer": 1, "mobile": 0, "general_ended": 1},
        GENERAL,
        EMAIL,
        SMS_ONLY,
        ["deceased", "service_unsubscribed"],
    ),
]


@pytest.mark.parametrize(("facts", "service", "channel", "reach", "reasons"), ROWS)
def test_the_reasons_of_a_recipient(
    facts: dict[str, int], service: int, channel: int, reach: int, reasons: list[str]
) -> None:
    assert reason_names(recipient_reasons(ANYBODY._replace(**facts), service, channel, reach)) == reasons


def test_one_mobile_has_one_reason_at_most() -> None:
    mobile = Reason.NO_MOBILE | Reason.INVALID_MOBILE | Reason.OVERSEAS_MOBILE
    found = [
        recipient_reasons(ANYBODY._replace(mobile=status), GENERAL, SMS, ALL_EM) & mobile for status in MobileStatus
    ]
    assert sorted(found) == [0, Reason.NO_MOBILE, Reason.INVALID_MOBILE, Reason.OVERSEAS_MOBILE]


def test_the_facts_do_not_hide_each_other() -> None:
    """Every combination of the flags gives exactly the sum of what each gives alone."""
    flags = ("opted_out", "deceased", "restricted_access", "employer", "reminder_ended", "general_ended")
    for channel, reach in product((SMS, EMAIL), (ALL_EM, SMS_ONLY)):
        alone = {flag: recipient_reasons(ANYBODY._replace(**{flag: 1}), GENERAL, channel, reach) for flag in flags}
        for chosen in product((0, 1), repeat=len(flags)):
            facts = dict(zip(flags, chosen, strict=True))
            expected = sum(alone[flag] for flag in flags if facts[flag])
            assert recipient_reasons(ANYBODY._replace(**facts), GENERAL, channel, reach) == expected


def test_the_answers_are_plain_integers() -> None:
    """Enum members would not compile, and cost a microsecond an operation."""
    worst = ANYBODY._replace(opted_out=1, deceased=1, employer=1, mobile=MobileStatus.OVERSEAS, general_ended=1)
    assert type(recipient_reasons(worst, GENERAL, SMS, ALL_EM)) is int
    assert type(recipient_reasons(ANYBODY, GENERAL, SMS, ALL_EM)) is int
    assert type(subscribed(ANYBODY)) is int
    assert type(service_ended(ANYBODY, GENERAL)) is int


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 1),
        ({"mobile": MobileStatus.NONE}, 1),
        ({"email": EmailStatus.NONE}, 1),
        ({"mobile": MobileStatus.NONE, "email": EmailStatus.NONE}, 0),
        ({"mobile": MobileStatus.INVALID, "email": EmailStatus.NONE}, 0),
        ({"mobile": MobileStatus.INVALID, "email": EmailStatus.INVALID}, 0),
        ({"mobile": MobileStatus.INVALID, "email": EmailStatus.VALID}, 1),
        ({"mobile": MobileStatus.OVERSEAS, "email": EmailStatus.NONE}, 1),
        ({"opted_out": 1}, 0),
        ({"deceased": 1}, 0),
        # Bars and ended services stop messages, not the subscription as such.
        ({"restricted_access": 1, "employer": 1}, 1),
        ({"reminder_ended": 1, "general_ended": 1}, 1),
    ],
)
def test_subscribed(facts: dict[str, int], expected: int) -> None:
    assert subscribed(ANYBODY._replace(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "reminder", "general"),
    [
        ({}, 0, 0),
        ({"reminder_ended": 1}, 1, 0),
        ({"general_ended": 1}, 0, 1),
        ({"reminder_ended": 1, "general_ended": 1}, 1, 1),
    ],
)
def test_each_service_ends_by_itself(facts: dict[str, int], reminder: int, general: int) -> None:
    recipient = ANYBODY._replace(**facts)
    assert (service_ended(recipient, REMINDER), service_ended(recipient, GENERAL)) == (reminder, general)


def test_the_codes_of_the_reach_are_those_of_the_policy_values() -> None:
    assert (values.REACH[ALL_EM], values.REACH[SMS_ONLY]) == ("all_em", "sms_only")
