"""cs-officer-access, cs-channel, cs-templates, cs-fields: the tests of the dialog, from both sides."""

from datetime import date

import pytest

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import DOCUMENTS_RECEIVED, PAYMENT_OVERDUE, REMINDER, S001, S002, Builder, at, offenders

NOON = at("2026-09-22 12:00")
TODAY = date(2026, 9, 22).toordinal()


def history(access=3):
    built = Builder()
    built.customer(1)
    built.officer(9, access)
    return built


@pytest.mark.parametrize(("access", "wrong"), [(3, []), (2, [1]), (1, [1]), (0, [1])])
def test_access_of_the_officer_who_issued(access, wrong):
    built = history(access)
    built.send(1, 1, NOON)
    assert offenders(built.rule("cs-officer-access")) == wrong


@pytest.mark.parametrize(("access", "wrong"), [(3, [1]), (2, []), (1, []), (0, [])])
def test_access_of_the_officer_who_was_refused(access, wrong):
    built = history(access)
    built.refuse(1, 1, NOON, Reason.NO_ACCESS)
    assert offenders(built.rule("cs-officer-access")) == wrong
    built.refuse(2, 1, NOON + 1, Reason.OPTED_OUT)
    assert offenders(built.rule("cs-officer-access")) == (wrong or [2])


@pytest.mark.parametrize(("offset", "wrong"), [(-1, []), (0, []), (1, [1])])
def test_access_counts_from_when_it_is_recorded(offset, wrong):
    built = history(1)
    built.event(NOON + offset, Event.ACCESS_RECORDED, officer=9, value=3)
    built.send(1, 1, NOON)
    assert offenders(built.rule("cs-officer-access")) == wrong


def test_access_that_is_nowhere_recorded():
    built = Builder()
    built.customer(1)
    built.send(1, 1, NOON)
    audit = built.rule("cs-officer-access")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


def test_nobody_needs_access_to_an_automatic_message():
    built = history()
    built.send(1, 1, NOON, system="cuba", template=REMINDER)
    assert built.rule("cs-officer-access").verdict == "not_exercised"
    built.refuse(2, 1, NOON, Reason.NO_ACCESS, system="cuba", template=REMINDER)
    assert offenders(built.rule("cs-officer-access")) == [2]


@pytest.mark.parametrize(
    ("channel", "reasons", "wrong"),
    [
        ("sms", Reason.CHANNEL_NOT_APPROVED, [1]),
        ("mygov", Reason.CHANNEL_NOT_APPROVED, []),
        ("email", Reason.CHANNEL_NOT_APPROVED, []),
        ("mygov", Reason.OPTED_OUT, [1]),
    ],
)
def test_refused_channels(channel, reasons, wrong):
    built = history()
    built.refuse(1, 1, NOON, reasons, channel=channel)
    assert offenders(built.rule("cs-channel")) == wrong


@pytest.mark.parametrize(("channel", "wrong"), [(1, []), (2, [1]), (3, [1])])
def test_issued_channels(channel, wrong):
    built = history()
    built.event(NOON, Event.SEND_PRESSED, message=1, customer=1, officer=9, system=10, template=102, other=channel)
    built.event(NOON, Event.ISSUED, message=1, customer=1, officer=9, system=1, template=102, other=channel, value=NOON)
    assert offenders(built.rule("cs-channel")) == wrong


@pytest.mark.parametrize(
    ("system", "template", "known"),
    [
        ("pluto", DOCUMENTS_RECEIVED, True),
        ("pluto", REMINDER, False),
        ("pluto", 999, False),
        ("cuba", REMINDER, True),
        ("cuba", DOCUMENTS_RECEIVED, False),
        ("cuba", 999, False),
    ],
)
def test_templates(system, template, known):
    built = history()
    built.press(1, 1, NOON, system=system, template=template)
    built.issue(1, 1, NOON, system=system, template=template)
    built.refuse(2, 1, NOON, Reason.UNKNOWN_TEMPLATE, system=system, template=template)
    assert offenders(built.rule("cs-templates")) == ([2] if known else [1])


@pytest.mark.parametrize(
    ("template", "contact_time", "by_date", "wrong"),
    [
        (S001, "next_hour", 0, []),
        (S001, "today", 0, []),
        (S001, "", 0, [1]),
        (S002, "", 0, []),
        (PAYMENT_OVERDUE, "", TODAY, []),
        (PAYMENT_OVERDUE, "", TODAY + 1, []),
        (PAYMENT_OVERDUE, "", TODAY - 1, [1]),
        (PAYMENT_OVERDUE, "", 0, [1]),
        (DOCUMENTS_RECEIVED, "", 0, []),
        (DOCUMENTS_RECEIVED, "", TODAY - 1, []),
    ],
)
def test_fields_of_what_was_issued(template, contact_time, by_date, wrong):
    built = history()
    built.press(1, 1, NOON, template=template, contact_time=contact_time, by_date=by_date)
    built.issue(1, 1, NOON, template=template)
    assert offenders(built.rule("cs-fields")) == wrong


@pytest.mark.parametrize(
    ("template", "contact_time", "by_date", "reasons", "wrong"),
    [
        (S001, "", 0, Reason.MISSING_FIELD, []),
        (S001, "today", 0, Reason.MISSING_FIELD, [1]),
        (PAYMENT_OVERDUE, "", 0, Reason.MISSING_FIELD, []),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.BY_DATE_IN_PAST, []),
        (PAYMENT_OVERDUE, "", TODAY, Reason.BY_DATE_IN_PAST, [1]),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.MISSING_FIELD, [1]),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.OPTED_OUT, [1]),
        (999, "", 0, Reason.UNKNOWN_TEMPLATE, []),
    ],
)
def test_fields_of_what_was_refused(template, contact_time, by_date, reasons, wrong):
    built = history()
    built.refuse(1, 1, NOON, reasons, template=template, contact_time=contact_time, by_date=by_date)
    assert offenders(built.rule("cs-fields")) == wrong


def test_a_by_date_is_past_in_the_recipients_zone():
    for zone in ZONES:
        built = Builder()
        built.customer(1, zone)
        for message, time in ((1, "2026-10-04 23:59:59.999"), (2, "2026-10-05 00:00:00.000")):
            day = date(2026, 10, 4).toordinal()
            built.press(message, 1, at(time, zone), template=PAYMENT_OVERDUE, by_date=day)
            built.issue(message, 1, at(time, zone), at("2026-10-06 08:00", zone), template=PAYMENT_OVERDUE)
        assert offenders(built.rule("cs-fields")) == [2], zone
