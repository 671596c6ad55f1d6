"""The tests of the Generate Desktop Message dialog, of automatic messages and of the hand-over, in their order."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import product
from typing import NamedTuple

import pytest

from sim.messages import Channel, ContactTime, EmailStatus, MobileStatus, Recipient, Request, Service, System
from sim.messages import reason_names as names
from sim.policy.dialog import automatic_reasons, dialog_reasons, field_reasons, hand_over_reasons
from sim.policy.limits import CHILD_SUPPORT_SMS, DESKTOP
from sim.policy.recipients import ALL_EM, SMS_ONLY
from sim.policy.values import RuleValues

HOUR = 3_600_000
VALUES = RuleValues(
    limit=5,
    counts=0,
    scope=DESKTOP,
    confirm_ms=HOUR,
    confirm_from=0,
    confirm_inclusive=0,
    opens_ms=8 * HOUR,
    closes_ms=20 * HOUR,
    release=0,
    spread_ms=0,
    opt_out_reach=ALL_EM,
    fdv_enforced=0,
    promise_from=0,
    unanswered_messages=2,
    unanswered_ms=336 * HOUR,
    precall_hour_ms=HOUR,
    bounce_run_ms=6 * HOUR,
)
ENFORCED = VALUES._replace(fdv_enforced=1)
ANYBODY = Recipient(0, MobileStatus.VALID, EmailStatus.VALID, 0, 0, 0, 0, 0, 0)
PLUTO = Request(message=1, customer=1, system=System.PLUTO, template=1)
CUBA = Request(message=2, customer=1, system=System.CUBA, template=201)

# Copied from policy.md B, "Order of the tests in the Generate Desktop Message dialog".
ORDER = [
    "no_access", "channel_not_approved", "opted_out", "deceased", "restricted_access", "employer", "no_mobile",
    "invalid_mobile", "overseas_mobile", "service_unsubscribed", "fdv_undiscussed", "unknown_template", "missing_field",
    "by_date_in_past", "daily_limit",
]  # fmt: skip

Change = dict[str, int]
# One cause for each reason: what it changes in the request, the recipient, and the flags that the caller worked out.
CAUSES: dict[str, tuple[Change, Change, Change]] = {
    "no_access": ({"access": 0}, {}, {}),
    "channel_not_approved": ({"channel": Channel.MYGOV}, {}, {}),
    "opted_out": ({}, {"opted_out": 1}, {}),
    "deceased": ({}, {"deceased": 1}, {}),
    "restricted_access": ({}, {"restricted_access": 1}, {}),
    "employer": ({}, {"employer": 1}, {}),
    "no_mobile": ({}, {"mobile": MobileStatus.NONE}, {}),
    "invalid_mobile": ({}, {"mobile": MobileStatus.INVALID}, {}),
    "overseas_mobile": ({}, {"mobile": MobileStatus.OVERSEAS}, {}),
    "service_unsubscribed": ({}, {"general_ended": 1}, {}),
    "fdv_undiscussed": ({"fdv_undiscussed": 1}, {}, {}),
    "unknown_template": ({}, {}, {"known_template": 0}),
    "missing_field": ({}, {}, {"missing_field": 1}),
    "by_date_in_past": ({}, {}, {"by_date_in_past": 1}),
    "daily_limit": ({}, {}, {"limit_reached": 1}),
}
MOBILE = {"no_mobile", "invalid_mobile", "overseas_mobile"}
SMS_ALONE = MOBILE | {"restricted_access", "employer"}

Rule = Callable[[Request, Recipient, int, int, int, int, int, RuleValues], int]


class Flags(NamedTuple):
    """What the caller of the rule works out, as it stands for a faultless message."""

    known_template: int = 1
    missing_field: int = 0
    by_date_in_past: int = 0
    limit_reached: int = 0


def asked(rule: Rule, causes: Iterable[str], values: RuleValues, base: Request = PLUTO) -> list[str]:
    """The reasons that `rule` gives when all these causes hold at once."""
    request, recipient, flags = base, ANYBODY, Flags()
    for cause in causes:
        of_request, of_recipient, of_caller = CAUSES[cause]
        request, recipient = request._replace(**of_request), recipient._replace(**of_recipient)
        flags = flags._replace(**of_caller)
    return names(rule(request, recipient, Service.GENERAL, *flags, values))


def test_a_faultless_message_has_no_reason() -> None:
    assert asked(dialog_reasons, [], ENFORCED) == []
    assert asked(automatic_reasons, [], ENFORCED, CUBA) == []


@pytest.mark.parametrize("cause", ORDER)
def test_each_cause_gives_its_own_reason_alone(cause: str) -> None:
    assert asked(dialog_reasons, [cause], ENFORCED) == [cause]


def together(first: str, second: str) -> bool:
    """Whether both can hold of one message: a mobile has one status, and what bars an SMS needs an SMS."""
    return not ({first, second} <= MOBILE or (first == "channel_not_approved" and second in SMS_ALONE))


PAIRS = [(a, b) for position, a in enumerate(ORDER) for b in ORDER[position + 1 :] if together(a, b)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_causes_are_both_carried_in_the_order_of_the_policy(first: str, second: str) -> None:
    assert asked(dialog_reasons, [first, second], ENFORCED) == [first, second]
    assert asked(dialog_reasons, [second, first], ENFORCED) == [first, second]


@pytest.mark.parametrize("mobile", sorted(MOBILE))
def test_all_causes_at_once_are_all_carried(mobile: str) -> None:
    causes = [cause for cause in ORDER if cause not in MOBILE - {mobile} and cause != "channel_not_approved"]
    assert asked(dialog_reasons, causes, ENFORCED) == causes


def test_what_bars_an_sms_alone_is_not_a_reason_on_another_channel() -> None:
    causes = [cause for cause in ORDER if cause not in MOBILE - {"no_mobile"}]
    assert asked(dialog_reasons, causes, ENFORCED) == [cause for cause in causes if cause not in SMS_ALONE]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [(Channel.SMS, []), (Channel.EMAIL, ["channel_not_approved"]), (Channel.MYGOV, ["channel_not_approved"])],
)
def test_only_sms_is_approved_on_the_desktop(channel: int, expected: list[str]) -> None:
    request = PLUTO._replace(channel=channel)
    assert names(dialog_reasons(request, ANYBODY, Service.GENERAL, 1, 0, 0, 0, VALUES)) == expected


@pytest.mark.parametrize(("channel", "reach"), list(product(Channel, (ALL_EM, SMS_ONLY))))
def test_an_opt_out_disables_send_whatever_else_is_wrong(channel: int, reach: int) -> None:
    request = PLUTO._replace(channel=channel, access=0)
    values = VALUES._replace(opt_out_reach=reach)
    found = names(dialog_reasons(request, ANYBODY._replace(opted_out=1), Service.GENERAL, 0, 1, 0, 1, values))
    assert "opted_out" in found


@pytest.mark.parametrize(
    ("enforced", "undiscussed", "expected"),
    [(0, 0, []), (0, 1, []), (1, 0, []), (1, 1, ["fdv_undiscussed"])],
)
def test_fdv_is_a_reason_only_when_the_system_enforces_it(enforced: int, undiscussed: int, expected: list[str]) -> None:
    values = VALUES._replace(fdv_enforced=enforced)
    request = PLUTO._replace(fdv_undiscussed=undiscussed)
    assert names(dialog_reasons(request, ANYBODY, Service.GENERAL, 1, 0, 0, 0, values)) == expected
    assert names(automatic_reasons(request, ANYBODY, Service.GENERAL, 1, 0, 0, 0, values)) == expected
    assert names(hand_over_reasons(ANYBODY, Service.GENERAL, Channel.SMS, undiscussed, values)) == expected


@pytest.mark.parametrize("cause", ORDER)
def test_the_reasons_of_an_automatic_message(cause: str) -> None:
    """Nobody sits at a desktop, and by default the daily limit is the desktop's."""
    expected = [] if cause in {"no_access", "channel_not_approved", "daily_limit"} else [cause]
    assert asked(automatic_reasons, [cause], ENFORCED, CUBA) == expected


@pytest.mark.parametrize(
    ("scope", "channel", "reached", "expected"),
    [
        (DESKTOP, Channel.SMS, 0, []),
        (DESKTOP, Channel.SMS, 1, []),
        (CHILD_SUPPORT_SMS, Channel.SMS, 0, []),
        (CHILD_SUPPORT_SMS, Channel.SMS, 1, ["daily_limit"]),
        (CHILD_SUPPORT_SMS, Channel.EMAIL, 1, []),
    ],
)
def test_the_scope_of_the_daily_limit(scope: int, channel: int, reached: int, expected: list[str]) -> None:
    request, values = CUBA._replace(channel=channel), VALUES._replace(scope=scope)
    assert names(automatic_reasons(request, ANYBODY, Service.GENERAL, 1, 0, 0, reached, values)) == expected
    desktop = names(dialog_reasons(PLUTO, ANYBODY, Service.GENERAL, 1, 0, 0, reached, values))
    assert desktop == (["daily_limit"] if reached else [])


@pytest.mark.parametrize(
    ("facts", "channel", "undiscussed", "reach", "expected"),
    [
        ({}, Channel.SMS, 0, ALL_EM, []),
        ({"opted_out": 1}, Channel.SMS, 0, ALL_EM, ["opted_out"]),
        ({"opted_out": 1}, Channel.EMAIL, 0, ALL_EM, ["opted_out"]),
        ({"opted_out": 1}, Channel.EMAIL, 0, SMS_ONLY, []),
        ({"deceased": 1, "mobile": MobileStatus.INVALID}, Channel.SMS, 0, ALL_EM, ["deceased", "invalid_mobile"]),
        ({"mobile": MobileStatus.OVERSEAS}, Channel.SMS, 1, ALL_EM, ["overseas_mobile", "fdv_undiscussed"]),
        ({"general_ended": 1}, Channel.SMS, 0, ALL_EM, ["service_unsubscribed"]),
        ({"reminder_ended": 1}, Channel.SMS, 0, ALL_EM, []),
        # cs-fdv speaks of SMS.
        ({}, Channel.EMAIL, 1, ALL_EM, []),
    ],
)
def test_the_reasons_to_withdraw(
    facts: Change, channel: int, undiscussed: int, reach: int, expected: list[str]
) -> None:
    values = ENFORCED._replace(opt_out_reach=reach)
    found = hand_over_reasons(ANYBODY._replace(**facts), Service.GENERAL, channel, undiscussed, values)
    assert names(found) == expected


NONE, NEXT_HOUR, TODAY = ContactTime.NONE, ContactTime.NEXT_HOUR, ContactTime.TODAY
MISSING, PAST = ["missing_field"], ["by_date_in_past"]
LEAP_DAY = date(2028, 2, 29)

# Needs a contact time, needs a By date, contact time, By date, today; reasons.
FIELDS: list[tuple[int, int, int, date | None, date, list[str]]] = [
    (0, 0, NONE, None, date(2026, 10, 4), []),
    # What the template does not ask for is not looked at.
    (0, 0, NEXT_HOUR, date(2020, 1, 1), date(2026, 10, 4), []),
    (1, 0, NONE, None, date(2026, 10, 4), MISSING),
    (1, 0, NEXT_HOUR, None, date(2026, 10, 4), []),
    (1, 0, TODAY, None, date(2026, 10, 4), []),
    (1, 0, 3, None, date(2026, 10, 4), MISSING),
    (1, 0, NONE, date(2020, 1, 1), date(2026, 10, 4), MISSING),
    (0, 1, NONE, None, date(2026, 10, 4), MISSING),
    # Just before, on, just after today; over a month, a year and the leap day.
    (0, 1, NONE, date(2026, 10, 3), date(2026, 10, 4), PAST),
    (0, 1, NONE, date(2026, 10, 4), date(2026, 10, 4), []),
    (0, 1, NONE, date(2026, 10, 5), date(2026, 10, 4), []),
    (0, 1, NONE, date(2026, 12, 31), date(2027, 1, 1), PAST),
    (0, 1, NONE, date(2027, 1, 1), date(2027, 1, 1), []),
    (0, 1, NONE, date(2028, 2, 28), LEAP_DAY, PAST),
    (0, 1, NONE, LEAP_DAY, LEAP_DAY, []),
    (0, 1, NONE, LEAP_DAY, date(2028, 2, 28), []),
    (0, 1, NONE, LEAP_DAY, date(2028, 3, 1), PAST),
    # Both fields.
    (1, 1, NONE, None, date(2026, 10, 4), MISSING),
    (1, 1, TODAY, None, date(2026, 10, 4), MISSING),
    (1, 1, NONE, date(2026, 10, 5), date(2026, 10, 4), MISSING),
    (1, 1, NONE, date(2026, 10, 3), date(2026, 10, 4), MISSING + PAST),
    (1, 1, TODAY, date(2026, 10, 4), date(2026, 10, 4), []),
]


def wrong_fields(rule: Callable[[int, int, int, int, int], int]) -> list[tuple[object, ...]]:
    wrong: list[tuple[object, ...]] = []
    for contact, by, time, day, today, expected in FIELDS:
        if names(rule(contact, by, time, day.toordinal() if day else 0, today.toordinal())) != expected:
            wrong.append((contact, by, time, day, today))
    return wrong


def test_the_fields() -> None:
    assert wrong_fields(field_reasons) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda contact, by, time, day, today: field_reasons(contact, by, time, day, today + 1),
        lambda contact, by, time, day, today: field_reasons(contact, by, time, day, today - 1),
        lambda contact, by, time, day, today: field_reasons(contact, by, time, day or today, today),
        lambda contact, by, time, day, today: field_reasons(1, 1, time, day, today),
        lambda contact, by, time, day, today: field_reasons(contact, 0, time, day, today),
        lambda contact, by, time, day, today: field_reasons(0, by, time, day, today),
        lambda contact, by, time, day, today: field_reasons(contact, by, min(time, 2), day, today),
    ],
)
def test_wrong_fields_fail_the_table(fault: Callable[[int, int, int, int, int], int]) -> None:
    assert wrong_fields(fault)


def test_the_answers_are_plain_integers() -> None:
    worst = ANYBODY._replace(opted_out=1, deceased=1, mobile=MobileStatus.INVALID)
    request = PLUTO._replace(access=0, channel=Channel.MYGOV, fdv_undiscussed=1)
    assert type(dialog_reasons(request, worst, Service.GENERAL, 0, 1, 1, 1, ENFORCED)) is int
    assert type(automatic_reasons(request, worst, Service.GENERAL, 0, 1, 1, 1, ENFORCED)) is int
    assert type(hand_over_reasons(worst, Service.GENERAL, Channel.SMS, 1, ENFORCED)) is int
    assert type(field_reasons(1, 1, 0, 0, 1)) is int
