"""cs-daily-limit: all readings, both sides, the day's boundaries in several zones, holds by the limit."""

import pytest

from sim.audit.codes import ZONES, Event, Reason
from tests.audit.builder import HOUR, MINUTE, SYDNEY, Builder, at, expect, offenders, policy

LIMIT = Reason.DAILY_LIMIT


def history(zone=SYDNEY, **values):
    built = Builder(start="2026-09-01 00:00", end="2027-05-01 00:00", values=policy(**values))
    built.customer(1, zone)
    return built


def send_many(built, day, count, first=1, customer=1, start="09:00", zone=SYDNEY, **more):
    """`count` messages a minute apart, in the window."""
    begin = at(f"{day} {start}", zone)
    for number in range(count):
        built.send(first + number, customer, begin + number * MINUTE, **more)
    return begin + count * MINUTE


def hold_many(built, evening, due, count, first=1, customer=1):
    for number in range(count):
        built.send(first + number, customer, evening + number * MINUTE, held_until=due + number)


@pytest.mark.parametrize("counts", ["either_day", "delivery_day", "attempt_day"])
def test_more_than_the_limit_in_the_window(counts):
    table = {}
    for count, wrong in ((4, []), (5, []), (6, [6]), (8, [6, 7, 8])):
        built = history(cs_daily_limit__counts=counts)
        send_many(built, "2026-09-22", count)
        table[count] = built, wrong
    audit = expect("cs-daily-limit", table)
    assert audit.cases == 4 + 5 + 6 + 8
    assert audit.evidence[0].messages == (6, 1, 2, 3, 4, 5)


def test_refused_with_and_without_the_cause():
    table = {}
    for sent, wrong in ((4, [50]), (5, [])):
        built = history()
        built.refuse(50, 1, send_many(built, "2026-09-22", sent), LIMIT)
        table[sent] = built, wrong
    assert expect("cs-daily-limit", table).cases == 5 + 6


def test_a_refusal_names_the_limit_when_it_is_reached():
    table = {}
    for sent, wrong in ((4, []), (5, [50])):
        built = history()
        end = send_many(built, "2026-09-22", sent)
        built.fact(end, Event.OPT_OUT_RECORDED, 1)
        built.refuse(50, 1, end, Reason.OPTED_OUT)
        table[sent] = built, wrong
    expect("cs-daily-limit", table)


def test_the_question_is_not_asked_when_the_limit_is_reached():
    built = history()
    end = send_many(built, "2026-09-22", 5)
    built.press(50, 1, end)
    built.ask(50, 1, end, end + 5, confirmed=False)
    audit = built.rule("cs-daily-limit")
    assert offenders(audit) == [50]
    assert audit.evidence[0].why.startswith("Asked")


def test_the_question_is_asked_for_the_day_on_which_the_message_would_go_then():
    # Five are held for the 23rd; at 19:59 the sixth would still go on the 22nd.
    built = history()
    hold_many(built, at("2026-09-21 20:30"), at("2026-09-23 08:00"), 5)
    built.press(6, 1, at("2026-09-22 19:59:50"))
    built.ask(6, 1, at("2026-09-22 19:59:50"), at("2026-09-22 20:00:10"), confirmed=False)
    assert 6 not in offenders(built.rule("cs-daily-limit"))


def test_the_day_is_the_recipients():
    # Midnight of the recipient parts the days; the policy's window is opened so that it can be reached.
    table = {}
    for zone in ZONES:
        built = history(zone, cs_send_window__opens="00:00", cs_send_window__closes="24:00")
        midnight = at("2026-10-04 00:00", zone)
        for number in range(5):
            built.send(number + 1, 1, midnight - 10 * MINUTE + number, latency=1)
        built.send(6, 1, midnight - 1 * MINUTE, latency=1)
        built.send(7, 1, midnight, latency=1)
        table[zone] = built, [6]
    expect("cs-daily-limit", table)


def test_held_messages_count_for_the_day_of_delivery():
    evening, due = at("2026-09-22 20:30"), at("2026-09-23 08:00")
    built = history()
    hold_many(built, evening, due, 5)
    built.refuse(50, 1, evening + 30 * MINUTE, LIMIT)
    assert built.rule("cs-daily-limit").verdict == "pass"
    built.send(6, 1, evening + 31 * MINUTE, held_until=due + 10)
    audit = built.rule("cs-daily-limit")
    assert offenders(audit) == [6]
    assert "held for 2026-09-23" in audit.evidence[0].why


@pytest.mark.parametrize(("counts", "wrong"), [("either_day", [6]), ("delivery_day", []), ("attempt_day", [6])])
def test_five_sent_today_and_one_for_tomorrow(counts, wrong):
    built = history(cs_daily_limit__counts=counts)
    send_many(built, "2026-09-22", 5)
    built.send(6, 1, at("2026-09-22 21:00"), held_until=at("2026-09-23 08:00"))
    assert offenders(built.rule("cs-daily-limit")) == wrong
    built = history(cs_daily_limit__counts=counts)
    send_many(built, "2026-09-22", 5)
    built.refuse(6, 1, at("2026-09-22 21:00"), LIMIT)
    assert offenders(built.rule("cs-daily-limit")) == ([] if wrong else [6])


@pytest.mark.parametrize(("counts", "wrong"), [("either_day", [6]), ("delivery_day", [6]), ("attempt_day", [])])
def test_five_held_for_tomorrow_and_a_sixth(counts, wrong):
    built = history(cs_daily_limit__counts=counts)
    hold_many(built, at("2026-09-22 20:30"), at("2026-09-23 08:00"), 6)
    assert offenders(built.rule("cs-daily-limit")) == wrong


def test_waiting_in_the_outbox_counts_as_today():
    built = history()
    moment = at("2026-09-22 10:00")
    for number in range(1, 6):
        built.press(number, 1, moment + number)
        built.issue(number, 1, moment + number)
    built.refuse(6, 1, moment + 10, LIMIT)
    for number in range(1, 6):
        built.deliver(number, 1, moment + HOUR + number)
    assert built.rule("cs-daily-limit").verdict == "pass"


def test_withdrawn_messages_do_not_count_and_bounced_ones_do():
    built = history()
    evening, due = at("2026-09-22 21:00"), at("2026-09-23 08:00")
    for number in range(1, 6):
        built.press(number, 1, evening + number)
        built.issue(number, 1, evening + number, due)
        built.event(due, Event.WITHDRAWN, message=number, customer=1, system=1, reasons=int(Reason.OPTED_OUT))
    end = send_many(built, "2026-09-23", 5, first=11)
    assert built.rule("cs-daily-limit").verdict == "pass"
    built.event(end, Event.FAILED, message=11, customer=1, system=6, value=1)
    built.send(20, 1, end + MINUTE)
    assert offenders(built.rule("cs-daily-limit")) == [20]


@pytest.mark.parametrize(("scope", "wrong"), [("desktop", []), ("child_support_sms", [6])])
def test_which_messages_count(scope, wrong):
    built = history(cs_daily_limit__scope=scope)
    send_many(built, "2026-09-22", 5)
    built.send(6, 1, at("2026-09-22 12:00"), system="cuba", template=201)
    assert offenders(built.rule("cs-daily-limit")) == wrong
    built = history(cs_daily_limit__scope=scope)
    send_many(built, "2026-09-22", 5)
    built.refuse(6, 1, at("2026-09-22 12:00"), LIMIT, system="cuba", template=201)
    assert offenders(built.rule("cs-daily-limit")) == ([] if wrong else [6])


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_the_limit_is_policy(limit):
    built = history(cs_daily_limit__limit=limit)
    send_many(built, "2026-09-22", limit + 1)
    assert offenders(built.rule("cs-daily-limit")) == [limit + 1]


def held_on(held_at, due, also_waiting=0):
    """Five sent on the morning of the 23rd, a sixth that came from the day before is held on."""
    built = history(cs_daily_limit__counts="attempt_day" if also_waiting < 0 else "either_day")
    evening, morning = at("2026-09-22 21:00"), at("2026-09-23 08:00")
    built.press(6, 1, at("2026-09-22 19:00"))
    built.issue(6, 1, at("2026-09-22 19:00"))
    closing = at("2026-09-22 20:00")
    window = {"reasons": int(Reason.SEND_WINDOW), "value": morning}
    built.event(closing, Event.HELD_AGAIN, message=6, customer=1, system=1, **window)
    for number in range(1, 6):
        built.send(number, 1, evening + number, held_until=morning + number)
    limit = {"reasons": int(LIMIT), "value": due}
    built.event(held_at, Event.HELD_AGAIN, message=6, customer=1, system=1, **limit)
    built.deliver(6, 1, due)
    return built


def test_held_on_by_the_limit():
    built = held_on(at("2026-09-23 08:00:01"), at("2026-09-24 08:00"))
    # The fifth evening message was one too many for the 23rd (one re-held and four of them fill it).
    assert offenders(built.rule("cs-daily-limit")) == [5]


def test_held_on_to_the_next_day_with_room():
    table = {}
    for sent, due, wrong in (
        (5, "2026-09-24 08:00", []),
        (4, "2026-09-24 08:00", [9]),
        (5, "2026-09-25 08:00", [9]),
        (5, "2026-09-24 09:00", [9]),
        (5, "2026-09-23 12:00", [9]),
    ):
        built = history()
        moment = at("2026-09-23 09:00")
        built.press(9, 1, moment)
        built.issue(9, 1, moment)
        for number in range(1, sent + 1):
            built.send(number, 1, moment + number * 1000)
        row = {"message": 9, "customer": 1, "system": 1, "reasons": int(LIMIT), "value": at(due)}
        built.event(moment + HOUR, Event.HELD_AGAIN, **row)
        built.deliver(9, 1, at(due))
        # With the ninth in the outbox the fifth was one too many.
        table[sent, due] = built, ([5] if sent == 5 else []) + wrong
    expect("cs-daily-limit", table)


def test_the_limit_withdraws_nothing():
    built = history()
    moment = at("2026-09-22 21:00")
    built.press(1, 1, moment)
    built.issue(1, 1, moment, at("2026-09-23 08:00"))
    built.event(at("2026-09-23 08:00"), Event.WITHDRAWN, message=1, customer=1, system=1, reasons=int(LIMIT))
    assert offenders(built.rule("cs-daily-limit")) == [1]


def test_a_refusal_on_a_day_that_began_before_observation_is_left():
    built = Builder(start="2026-09-22 12:00", end="2026-09-30 00:00")
    built.customer(1)
    built.refuse(1, 1, at("2026-09-22 13:00"), LIMIT)
    audit = built.rule("cs-daily-limit")
    assert (audit.verdict, audit.unjudged, audit.breaches) == ("unknown", 1, 0)
    built.refuse(2, 1, at("2026-09-23 13:00"), LIMIT)
    assert offenders(built.rule("cs-daily-limit")) == [2]


def test_days_follow_a_recipient_who_moves():
    built = history()
    send_many(built, "2026-09-22", 5, start="18:00")
    moved = at("2026-09-22 23:30")
    built.fact(moved, Event.ZONE_RECORDED, 1, ZONES.index("Australia/Perth"))  # still the 22nd there, 21:30
    built.refuse(6, 1, at("2026-09-22 22:30", "Australia/Perth"), LIMIT)  # 00:30 on the 23rd in Sydney
    assert built.rule("cs-daily-limit").verdict == "pass"


def test_other_recipients_are_others():
    built = history()
    built.customer(2)
    send_many(built, "2026-09-22", 5)
    send_many(built, "2026-09-22", 5, first=11, customer=2)
    assert built.rule("cs-daily-limit").verdict == "pass"
