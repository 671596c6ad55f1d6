"""cs-officer-access, cs-channel, cs-templates, cs-fields: the tests of the dialog, from both sides."""

from datetime import date

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import (
    DOCUMENTS_RECEIVED,
    PAYMENT_OVERDUE,
    REMINDER,
    S001,
    S002,
    Builder,
    at,
    expect,
    offenders,
)
from tests.audit.centrelink_policy import CLAIM_GRANT, DUE_SOON, INSTALMENT_NUDGE

NOON = at("2026-09-22 12:00")
TODAY = date(2026, 9, 22).toordinal()


def history(access=3):
    built = Builder()
    built.customer(1)
    built.officer(9, access)
    return built


def test_access_of_the_officer_who_issued():
    table = {}
    for access, wrong in ((3, []), (2, [1]), (1, [1]), (0, [1])):
        built = history(access)
        built.send(1, 1, NOON)
        table[access] = built, wrong
    expect("cs-officer-access", table)


def test_access_of_the_officer_who_was_refused():
    table = {}
    for access, wrong in ((3, [1]), (2, [2]), (1, [2]), (0, [2])):
        built = history(access)
        built.refuse(1, 1, NOON, Reason.NO_ACCESS)
        built.refuse(2, 1, NOON + 1, Reason.OPTED_OUT)
        table[access] = built, wrong
    expect("cs-officer-access", table)


def test_access_counts_from_when_it_is_recorded():
    table = {}
    for offset, wrong in ((-1, []), (0, []), (1, [1])):
        built = history(1)
        built.event(NOON + offset, Event.ACCESS_RECORDED, officer=9, value=3)
        built.send(1, 1, NOON)
        table[offset] = built, wrong
    expect("cs-officer-access", table)


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


def test_refused_channels():
    table = {}
    for channel, reasons, wrong in (
        ("sms", Reason.CHANNEL_NOT_APPROVED, [1]),
        ("mygov", Reason.CHANNEL_NOT_APPROVED, []),
        ("email", Reason.CHANNEL_NOT_APPROVED, []),
        ("mygov", Reason.OPTED_OUT, [1]),
    ):
        built = history()
        built.refuse(1, 1, NOON, reasons, channel=channel)
        table[channel, reasons] = built, wrong
    expect("cs-channel", table)


def test_issued_channels():
    table = {}
    for channel, wrong in ((1, []), (2, [1]), (3, [1])):
        built = history()
        row = {"message": 1, "customer": 1, "officer": 9, "template": 102, "other": channel}
        built.event(NOON, Event.SEND_PRESSED, system=10, **row)
        built.event(NOON, Event.ISSUED, system=1, value=NOON, **row)
        table[channel] = built, wrong
    expect("cs-channel", table)


def test_templates():
    table = {}
    for system, template, known in (
        ("pluto", DOCUMENTS_RECEIVED, True),
        ("pluto", REMINDER, False),
        ("pluto", 999, False),
        ("cuba", REMINDER, True),
        ("cuba", DOCUMENTS_RECEIVED, False),
        ("cuba", 999, False),
        ("customer_first", CLAIM_GRANT, True),
        ("customer_first", DUE_SOON, False),
        ("dmis", DUE_SOON, True),
        ("dmis", INSTALMENT_NUDGE, False),
        ("sap", INSTALMENT_NUDGE, True),
    ):
        built = history()
        built.press(1, 1, NOON, system=system, template=template)
        built.issue(1, 1, NOON, system=system, template=template)
        built.refuse(2, 1, NOON, Reason.UNKNOWN_TEMPLATE, system=system, template=template)
        table[system, template] = built, [2] if known else [1]
    expect("cs-templates", table)


def test_fields_of_what_was_issued():
    table = {}
    for template, contact_time, by_date, wrong in (
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
    ):
        built = history()
        built.press(1, 1, NOON, template=template, contact_time=contact_time, by_date=by_date)
        built.issue(1, 1, NOON, template=template)
        table[template, contact_time, by_date] = built, wrong
    expect("cs-fields", table)


def test_fields_of_what_was_refused():
    table = {}
    for template, contact_time, by_date, reasons, wrong in (
        (S001, "", 0, Reason.MISSING_FIELD, []),
        (S001, "today", 0, Reason.MISSING_FIELD, [1]),
        (PAYMENT_OVERDUE, "", 0, Reason.MISSING_FIELD, []),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.BY_DATE_IN_PAST, []),
        (PAYMENT_OVERDUE, "", TODAY, Reason.BY_DATE_IN_PAST, [1]),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.MISSING_FIELD, [1]),
        (PAYMENT_OVERDUE, "", TODAY - 1, Reason.OPTED_OUT, [1]),
        (999, "", 0, Reason.UNKNOWN_TEMPLATE, []),
    ):
        built = history()
        built.refuse(1, 1, NOON, reasons, template=template, contact_time=contact_time, by_date=by_date)
        table[template, contact_time, by_date, reasons] = built, wrong
    expect("cs-fields", table)


def test_a_by_date_is_past_in_the_recipients_zone():
    table = {}
    day = date(2026, 10, 4).toordinal()
    for zone in ZONES:
        built = Builder()
        built.customer(1, zone)
        for message, time in ((1, "2026-10-04 23:59:59.999"), (2, "2026-10-05 00:00:00.000")):
            built.press(message, 1, at(time, zone), template=PAYMENT_OVERDUE, by_date=day)
            built.issue(message, 1, at(time, zone), at("2026-10-06 08:00", zone), template=PAYMENT_OVERDUE)
        table[zone] = built, [2]
    expect("cs-fields", table)
