"""cs-hourly-confirmation: asked exactly within the hour, in all readings; only an explicit Send goes on."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import HOUR, MINUTE, Builder, at, expect, offenders, policy

NOON = at("2026-09-22 12:00")


def history(**values):
    built = Builder(values=policy(**values))
    built.customer(1)
    return built


def asked(built, message, time, answered, confirmed=True, customer=1):
    built.press(message, customer, time)
    built.ask(message, customer, time, answered, confirmed)
    if confirmed:
        built.issue(message, customer, answered)
        built.deliver(message, customer, answered)


BOUNDARIES = {
    "exclusive": ((1, True), (HOUR - 1, True), (HOUR, False), (HOUR + 1, False)),
    "inclusive": ((1, True), (HOUR - 1, True), (HOUR, True), (HOUR + 1, False)),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_not_asked(boundary):
    table = {}
    for after, asks in BOUNDARIES[boundary]:
        built = history(cs_hourly_confirmation__boundary=boundary)
        built.send(1, 1, NOON)
        built.send(2, 1, NOON + after)
        table[after] = built, [2] if asks else []
    audit = expect("cs-hourly-confirmation", table)
    assert audit.cases == 2 * len(table)
    assert {breach.messages for breach in audit.evidence} == {(2, 1)}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_asked(boundary):
    table = {}
    for after, asks in BOUNDARIES[boundary]:
        built = history(cs_hourly_confirmation__boundary=boundary)
        built.send(1, 1, NOON)
        asked(built, 2, NOON + after, NOON + after + 20_000)
        table[after] = built, [] if asks else [2]
    assert expect("cs-hourly-confirmation", table).notes["confirmed"] == len(table)


@pytest.mark.parametrize("confirmed", [True, False])
def test_asked_without_a_message_before(confirmed):
    built = history()
    asked(built, 2, NOON, NOON + 20_000, confirmed)
    assert offenders(built.rule("cs-hourly-confirmation")) == [2]


def test_issued_without_an_answer():
    built = history()
    built.send(1, 1, NOON)
    built.press(2, 1, NOON + MINUTE)
    built.ask(2, 1, NOON + MINUTE)
    built.issue(2, 1, NOON + 2 * MINUTE)
    built.deliver(2, 1, NOON + 2 * MINUTE)
    audit = built.rule("cs-hourly-confirmation")
    assert offenders(audit) == [2]
    assert "not answered with Send" in audit.evidence[0].why


def test_cancelled_after_a_rightful_question():
    built = history()
    built.send(1, 1, NOON)
    asked(built, 2, NOON + MINUTE, NOON + 2 * MINUTE, confirmed=False)
    built.send(3, 1, NOON + HOUR)  # the cancelled one does not count
    assert built.rule("cs-hourly-confirmation").verdict == "pass"


@pytest.mark.parametrize(("reading", "wrong"), [("issued", [2]), ("sent", [])])
def test_held_messages_count_from_their_issue(reading, wrong):
    built = history(cs_hourly_confirmation__from=reading)
    built.send(1, 1, at("2026-09-22 20:10"), held_until=at("2026-09-23 08:00"))
    built.send(2, 1, at("2026-09-22 20:40"), held_until=at("2026-09-23 08:00"))
    assert offenders(built.rule("cs-hourly-confirmation")) == wrong


@pytest.mark.parametrize(("reading", "wrong"), [("issued", []), ("sent", [3])])
def test_the_hour_after_sending(reading, wrong):
    built = history(cs_hourly_confirmation__from=reading)
    built.send(1, 1, at("2026-09-22 20:10"), held_until=at("2026-09-23 08:00"))
    built.send(3, 1, at("2026-09-23 08:30"))
    assert offenders(built.rule("cs-hourly-confirmation")) == wrong


@pytest.mark.parametrize(("withdrawn", "wrong"), [(NOON + 10, []), (NOON + 30, [2])])
def test_withdrawn_messages_do_not_count(withdrawn, wrong):
    built = history()
    built.press(1, 1, NOON)
    built.issue(1, 1, NOON)
    built.event(withdrawn, Event.WITHDRAWN, message=1, customer=1, system=1, reasons=4)
    built.send(2, 1, NOON + 20)
    assert offenders(built.rule("cs-hourly-confirmation")) == wrong


def test_others_do_not_count():
    built = history()
    built.customer(2)
    built.send(1, 2, NOON)
    built.send(2, 1, NOON + 1, system="cuba", template=201)
    built.refuse(3, 1, NOON + 2, 4)
    built.send(4, 1, NOON + 3)
    assert built.rule("cs-hourly-confirmation").verdict == "pass"


def test_an_hour_that_began_before_observation_is_left():
    built = history()
    asked(built, 2, built.start + HOUR - 1, built.start + HOUR)
    audit = built.rule("cs-hourly-confirmation")
    assert (audit.verdict, audit.unjudged) == ("unknown", 1)


def test_the_first_send_counts_and_not_the_confirming_one():
    built = history()
    built.send(1, 1, NOON)
    asked(built, 2, NOON + HOUR - 1, NOON + HOUR + 5 * MINUTE)
    assert built.rule("cs-hourly-confirmation").verdict == "pass"


def test_send_on_the_question_goes_on():
    table = {}
    for name, wrong in (("issued", []), ("refused", []), ("nothing", [2]), ("asked again", [2]), ("later", [2])):
        built = history()
        built.send(1, 1, NOON)
        built.press(2, 1, NOON + MINUTE)
        answered = NOON + 2 * MINUTE
        built.ask(2, 1, NOON + MINUTE, answered)
        if name == "refused":
            built.event(answered, Event.REFUSED, message=2, customer=1, system=10, reasons=4)
        elif name == "asked again":
            built.ask(2, 1, answered)
        elif name != "nothing":
            built.issue(2, 1, answered + (name == "later"))
        table[name] = built, wrong
    expect("cs-hourly-confirmation", table)


@pytest.mark.parametrize(("minutes", "wrong"), [(30, []), (31, [2])])
def test_the_hour_is_policy(minutes, wrong):
    built = history(cs_hourly_confirmation__minutes=minutes)
    built.send(1, 1, NOON)
    built.send(2, 1, NOON + 30 * MINUTE)
    assert offenders(built.rule("cs-hourly-confirmation")) == wrong
