"""cs-email against hand-written histories and foreign logs."""

import pytest

from sim.audit.codes import SYSTEMS, Event, Reason
from tests.audit.builder import HOUR, REMINDER, SYDNEY, Builder, at, expect, judge_one, offenders, policy
from tests.audit.foreign_logs import HEADER, read, rows

NOON, NIGHT = at("2026-09-22 12:00"), at("2026-09-22 23:00")
NO_MOBILE, VALID, INVALID, OVERSEAS = range(4)
NO_EMAIL, GOOD_EMAIL, BAD_EMAIL = range(3)


def customer(mobile: int, email: int, **values) -> Builder:
    built = Builder(values=policy(**values))
    built.customer(1, mobile=mobile)
    built.fact(built.start, Event.EMAIL_RECORDED, 1, email)
    return built


def automatic(
    built: Builder, channel: str, time: int = NOON, held_until: int | None = None, system: str | None = None
) -> Builder:
    """Cuba's message 7 by this channel, recorded by the transport of the channel (or by `system`)."""
    first = len(built.events)
    built.send(7, 1, time, system="cuba", template=REMINDER, channel=channel, held_until=held_until)
    transport = SYSTEMS[system or ("email_exchange" if channel == "email" else "gateway")]
    for row in built.events[first:]:
        if row["event"] in (Event.ARRIVED, Event.ACKNOWLEDGED):
            row["system"] = transport
        if row["event"] == Event.ISSUED:
            row["other"] = {"sms": 1, "email": 2, "mygov": 3}[channel]
    return built


def stopped(built: Builder, channel: str, reasons: int) -> Builder:
    built.refuse(7, 1, NOON, reasons, system="cuba", template=REMINDER, channel=channel)
    return built


BY_EMAIL = {(mobile, GOOD_EMAIL) for mobile in (NO_MOBILE, INVALID, OVERSEAS)}
RECORDS = [(mobile, email) for mobile in range(4) for email in range(3)]


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_email_is_for_those_without_a_usable_mobile(channel):
    table = {
        record: (automatic(customer(*record), channel), [7] if (record in BY_EMAIL) != (channel == "email") else [])
        for record in RECORDS
    }
    assert expect("cs-email", table).cases == len(table)


def test_a_refused_message_had_a_channel_too():
    table = {
        "no mobile, but an email": (stopped(customer(NO_MOBILE, GOOD_EMAIL), "sms", Reason.NO_MOBILE), [7]),
        "neither": (stopped(customer(NO_MOBILE, NO_EMAIL), "sms", Reason.NO_MOBILE), []),
        "opted out, by SMS": (stopped(customer(VALID, GOOD_EMAIL), "sms", Reason.OPTED_OUT), []),
        "opted out, by email": (stopped(customer(VALID, GOOD_EMAIL), "email", Reason.OPTED_OUT), [7]),
        "by myGov": (automatic(customer(VALID, GOOD_EMAIL), "mygov"), [7]),
    }
    expect("cs-email", table)


def test_records_of_the_same_millisecond_apply():
    def changed(offset: int, event: Event, value: int, channel: str, mobile: int = NO_MOBILE) -> Builder:
        built = customer(mobile, GOOD_EMAIL)
        built.fact(NOON + offset, event, 1, value, ref=2)
        return automatic(built, channel)

    table = {
        "a mobile just before": (changed(-1, Event.MOBILE_RECORDED, VALID, "sms"), []),
        "a mobile at the issue": (changed(0, Event.MOBILE_RECORDED, VALID, "sms"), []),
        "a mobile just after": (changed(1, Event.MOBILE_RECORDED, VALID, "sms"), [7]),
        "the email gone before": (changed(-1, Event.EMAIL_RECORDED, BAD_EMAIL, "email"), [7]),
        "the email gone after": (changed(1, Event.EMAIL_RECORDED, BAD_EMAIL, "email"), []),
    }
    expect("cs-email", table)


@pytest.mark.parametrize("zone", [SYDNEY, "Australia/Perth"])
def test_email_goes_at_any_hour(zone):
    def history(held_until: int | None, channel: str = "email", mobile: int = NO_MOBILE) -> Builder:
        built = customer(mobile, GOOD_EMAIL)
        built.fact(built.start, Event.ZONE_RECORDED, 1, 0 if zone == SYDNEY else 7)
        return automatic(built, channel, NIGHT, held_until)

    morning = at("2026-09-23 08:00", zone)
    table = {
        "at once in the night": (history(None), []),
        "held for the window": (history(morning), [7]),
        "an SMS is held": (history(morning, "sms", VALID), []),
    }
    assert expect("cs-email", table).cases == 3


SMS_ALONE = [Reason.RESTRICTED_ACCESS, Reason.EMPLOYER, Reason.NO_MOBILE, Reason.INVALID_MOBILE, Reason.OVERSEAS_MOBILE,
             Reason.DAILY_LIMIT, Reason.SEND_WINDOW]  # fmt: skip


@pytest.mark.parametrize(("reach", "wrong"), [("all_em", []), ("sms_only", [7])])
def test_what_stops_an_email(reach, wrong):
    values = {"cs_opt_out__reach": reach}
    table = {
        reason.name: (stopped(customer(NO_MOBILE, GOOD_EMAIL, **values), "email", reason), [7]) for reason in SMS_ALONE
    }
    for reason in (Reason.DECEASED, Reason.SERVICE_UNSUBSCRIBED):
        table[reason.name] = (stopped(customer(NO_MOBILE, GOOD_EMAIL, **values), "email", reason), [])
    table["OPTED_OUT"] = (stopped(customer(NO_MOBILE, GOOD_EMAIL, **values), "email", Reason.OPTED_OUT), wrong)
    expect("cs-email", table)


@pytest.mark.parametrize(("reach", "wrong"), [("all_em", [7]), ("sms_only", [])])
def test_an_email_to_one_who_opted_out(reach, wrong):
    built = customer(NO_MOBILE, GOOD_EMAIL, cs_opt_out__reach=reach)
    built.fact(NOON - HOUR, Event.OPT_OUT_RECORDED, 1)
    late = customer(NO_MOBILE, GOOD_EMAIL, cs_opt_out__reach=reach)
    late.fact(NOON + HOUR, Event.OPT_OUT_RECORDED, 1)
    table = {"before": (automatic(built, "email"), wrong), "after": (automatic(late, "email"), [])}
    expect("cs-email", table)


def test_each_channel_has_its_transport():
    table = {
        "email": (automatic(customer(NO_MOBILE, GOOD_EMAIL), "email", system="gateway"), [7]),
        "SMS": (automatic(customer(VALID, GOOD_EMAIL), "sms", system="email_exchange"), [7]),
    }
    expect("cs-email", table)


def test_an_email_bounces_the_next_day():
    def failed(*bounces: str, channel: str = "email") -> Builder:
        built = automatic(customer(NO_MOBILE if channel == "email" else VALID, GOOD_EMAIL), channel)
        row = {"message": 7, "customer": 1}
        built.event(NOON + HOUR, Event.FAILED, **row, system=SYSTEMS["email_exchange"], value=1)
        for bounce in bounces:
            built.event(at(bounce), Event.BOUNCED, **row, system=SYSTEMS["cuba"])
            built.event(at(bounce), Event.MARKED_ERROR, **row, system=SYSTEMS["cuba"])
        return built

    table = {
        "the next day": (failed("2026-09-23 06:00"), []),
        "never": (failed(), [7]),
        "the same day": (failed("2026-09-22 18:00"), [7]),
        "twice": (failed("2026-09-23 06:00", "2026-09-24 06:00"), [7]),
        "an SMS is another rule's": (failed(channel="sms"), []),
    }
    assert expect("cs-email", table).cases == 5


def test_desktop_messages_are_no_case():
    built = customer(VALID, GOOD_EMAIL)
    built.send(7, 1, NOON)
    assert built.rule("cs-email").verdict == "not_exercised"


# Foreign logs

WITH_CHANNEL = HEADER + ",channel,due_at"
STATUS = "customer_id,mobile_status,mobile_status_from\nc1,{status},{since}\n"


def line(channel: str, outcome: str = "sent", due: str = "") -> str:
    sent = "2026-10-06T22:00:00.200+11:00" if outcome == "sent" else ""
    return f"m1,c1,cuba,{SYDNEY},2026-10-06T22:00:00.000+11:00,{outcome},{sent},{channel},{due}"


@pytest.mark.parametrize(
    ("channel", "status", "since", "verdict"),
    [
        ("email", "valid", "2026-10-01T00:00:00+10:00", "fail"),
        ("email", "valid", "", "unknown"),
        ("email", "none", "2026-10-01T00:00:00+10:00", "unknown"),
        ("sms", "valid", "2026-10-01T00:00:00+10:00", "pass"),
        ("sms", "valid", "", "pass"),
        ("sms", "overseas", "", "unknown"),
        ("", "valid", "2026-10-01T00:00:00+10:00", "unknown"),
    ],
)
def test_channels_of_a_foreign_log(tmp_path, channel, status, since, verdict):
    companion = STATUS.format(status=status, since=since)
    log = read(tmp_path, rows(line(channel), header=WITH_CHANNEL), companion)
    assert judge_one(log, "cs-email").verdict == verdict


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (line("email"), []),
        (line("email", due="2026-10-07T08:00:00.000+11:00"), ["m1"]),
        (line("email", "held"), ["m1"]),
        (line("sms", "held", "2026-10-07T08:00:00.000+11:00"), []),
    ],
)
def test_emails_of_a_foreign_log_are_not_held(tmp_path, text, wrong):
    assert offenders(judge_one(read(tmp_path, rows(text, header=WITH_CHANNEL)), "cs-email")) == wrong
