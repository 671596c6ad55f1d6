"""cs-subscription, cs-recipient-barred, cs-mobile-required, cs-opt-out: both sides, at issue and at hand-over."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import DOCUMENTS_RECEIVED, PAYMENT_OVERDUE, REMINDER, Builder, at, offenders, policy

NINE = at("2026-09-22 09:00")
EIGHT_NEXT = at("2026-09-23 08:00")

# rule, the reason, the fact that gives it and its value, the fact that takes it away and its value
FACTS = [
    ("cs-opt-out", Reason.OPTED_OUT, Event.OPT_OUT_RECORDED, 0, Event.OPT_OUT_LIFTED, 0),
    ("cs-subscription", Reason.DECEASED, Event.DIED, 0, None, 0),
    ("cs-subscription", Reason.SERVICE_UNSUBSCRIBED, Event.SERVICE_ENDED, 2, Event.SERVICE_RESTORED, 2),
    (
        "cs-recipient-barred", Reason.RESTRICTED_ACCESS, Event.RESTRICTED_ACCESS_SET, 1, Event.RESTRICTED_ACCESS_SET,
        0,
    ),
    ("cs-recipient-barred", Reason.EMPLOYER, Event.EMPLOYER_SET, 1, None, 0),
    ("cs-recipient-barred", Reason.OVERSEAS_MOBILE, Event.MOBILE_RECORDED, 3, Event.MOBILE_RECORDED, 1),
    ("cs-mobile-required", Reason.NO_MOBILE, Event.MOBILE_RECORDED, 0, Event.MOBILE_RECORDED, 1),
    ("cs-mobile-required", Reason.INVALID_MOBILE, Event.MOBILE_RECORDED, 2, Event.MOBILE_RECORDED, 1),
]  # fmt: skip
IDS = [reason.name.lower() for _, reason, *_ in FACTS]
every_fact = pytest.mark.parametrize(("rule", "reason", "sets", "value", "lifts", "lifted"), FACTS, ids=IDS)


def history() -> Builder:
    built = Builder()
    built.customer(1)
    return built


@every_fact
@pytest.mark.parametrize(("offset", "breaches"), [(-1, 1), (0, 1), (1, 0)], ids=["before", "same ms", "after"])
def test_issued_though_the_fact_held(rule, reason, sets, value, lifts, lifted, offset, breaches):
    built = history()
    built.fact(NINE + offset, sets, 1, value)
    built.press(7, 1, NINE)
    built.issue(7, 1, NINE)
    audit = built.rule(rule)
    assert (audit.breaches, audit.cases) == (breaches, 1)
    assert audit.verdict == ("fail" if breaches else "pass")
    if breaches:
        assert offenders(audit) == [7]
        assert "Tue 22 Sep 2026 09:00:00.000" in audit.evidence[0].why


@every_fact
@pytest.mark.parametrize("system", ["pluto", "cuba"])
def test_refused_with_and_without_the_cause(rule, reason, sets, value, lifts, lifted, system):
    built = history()
    built.customer(2)
    built.fact(NINE, sets, 1, value)
    built.refuse(7, 1, NINE, reason, system=system)
    built.refuse(8, 2, NINE, reason, system=system)
    audit = built.rule(rule)
    assert offenders(audit) == [8]
    assert audit.cases == 2
    assert reason.name.lower() in audit.evidence[0].why


@every_fact
def test_a_refusal_names_every_reason_that_held(rule, reason, sets, value, lifts, lifted):
    built = history()
    built.fact(NINE, sets, 1, value)
    built.refuse(7, 1, NINE, Reason.DAILY_LIMIT)
    built.refuse(8, 1, NINE + 1, Reason.DAILY_LIMIT | reason)
    audit = built.rule(rule)
    assert offenders(audit) == [7]
    assert f"without naming {reason.name.lower()}" in audit.evidence[0].why


@every_fact
@pytest.mark.parametrize(("offset", "breaches"), [(-1, 1), (0, 1), (1, 0)], ids=["before", "same ms", "after"])
def test_handed_over_though_the_fact_held(rule, reason, sets, value, lifts, lifted, offset, breaches):
    built = history()
    built.send(7, 1, at("2026-09-22 21:00"), held_until=EIGHT_NEXT)
    built.fact(EIGHT_NEXT + offset, sets, 1, value)
    audit = built.rule(rule)
    assert (audit.breaches, audit.cases) == (breaches, 1)


@every_fact
def test_withdrawn_with_and_without_the_cause(rule, reason, sets, value, lifts, lifted):
    built = history()
    built.customer(2)
    built.fact(EIGHT_NEXT, sets, 1, value)
    for message, customer in ((7, 1), (8, 2)):
        built.press(message, customer, at("2026-09-22 21:00"))
        built.issue(message, customer, at("2026-09-22 21:00"), EIGHT_NEXT)
        built.event(EIGHT_NEXT, Event.WITHDRAWN, message=message, customer=customer, reasons=reason, system=1)
    audit = built.rule(rule)
    assert offenders(audit) == [8]
    assert audit.evidence[0].why.startswith("Withdrawn")


@every_fact
def test_a_fact_that_was_lifted_bars_no_longer(rule, reason, sets, value, lifts, lifted):
    if lifts is None:
        pytest.skip("nothing lifts it")
    built = history()
    built.fact(NINE - 10, sets, 1, value)
    built.fact(NINE, lifts, 1, lifted)
    built.send(7, 1, NINE)
    assert built.rule(rule).verdict == "pass"
    built.refuse(8, 1, NINE + 1, reason)
    assert offenders(built.rule(rule)) == [8]


def test_an_opt_out_holds_through_a_change_of_details():
    built = history()
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.fact(NINE - 5, Event.MOBILE_RECORDED, 1, 1, ref=2)
    built.send(7, 1, NINE)
    assert offenders(built.rule("cs-opt-out")) == [7]


@pytest.mark.parametrize(("recorded", "wrong"), [(-10, [7]), (0, [7]), (5, [])])
def test_nothing_is_previewed_after_an_opt_out(recorded, wrong):
    built = history()
    built.event(NINE, Event.DIALOG_OPENED, message=7, customer=1, system=10)
    built.fact(NINE + recorded, Event.OPT_OUT_RECORDED, 1)
    built.event(NINE + 10, Event.PREVIEWED, message=7, customer=1, system=10)
    built.refuse(7, 1, NINE + 20, Reason.OPTED_OUT)
    audit = built.rule("cs-opt-out")
    assert offenders(audit) == wrong
    assert not wrong or audit.evidence[0].why.startswith("Previewed")


def test_the_last_record_of_a_millisecond_counts():
    built = history()
    built.fact(NINE, Event.MOBILE_RECORDED, 1, 2)
    built.fact(NINE, Event.MOBILE_RECORDED, 1, 1)
    built.send(7, 1, NINE)
    assert built.rule("cs-mobile-required").verdict == "pass"


def test_the_other_service_does_not_count():
    built = history()
    built.fact(NINE - 10, Event.SERVICE_ENDED, 1, 1)
    built.send(7, 1, NINE, template=DOCUMENTS_RECEIVED)
    assert built.rule("cs-subscription").verdict == "pass"
    built.send(8, 1, NINE + 1, template=PAYMENT_OVERDUE, by_date=739_900)
    assert offenders(built.rule("cs-subscription")) == [8]


@pytest.mark.parametrize(("reach", "breaches"), [("all_em", 1), ("sms_only", 0)])
def test_how_far_an_opt_out_reaches(reach, breaches):
    built = Builder(values=policy(cs_opt_out__reach=reach))
    built.customer(1)
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.fact(NINE - 10, Event.EMAIL_RECORDED, 1, 1)
    built.press(7, 1, NINE, system="cuba", channel="email", template=REMINDER)
    built.event(NINE, Event.ISSUED, message=7, customer=1, system=2, template=REMINDER, other=2, value=NINE)
    built.deliver(7, 1, NINE, system="cuba", template=REMINDER)
    assert built.rule("cs-opt-out").breaches == breaches


def test_the_mobile_is_not_asked_for_by_email():
    built = history()
    built.fact(NINE - 10, Event.MOBILE_RECORDED, 1, 0)
    built.fact(NINE - 10, Event.EMAIL_RECORDED, 1, 1)
    built.event(NINE, Event.SEND_PRESSED, message=7, customer=1, system=2, template=REMINDER, other=2)
    built.event(NINE, Event.ISSUED, message=7, customer=1, system=2, template=REMINDER, other=2, value=NINE)
    assert built.rule("cs-mobile-required").verdict == "not_exercised"
    assert built.rule("cs-subscription").verdict == "pass"


def test_the_question_about_the_last_hour_comes_after_these_tests():
    built = history()
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.press(7, 1, NINE)
    built.ask(7, 1, NINE, NINE + 5, confirmed=False)
    audit = built.rule("cs-opt-out")
    assert offenders(audit) == [7]
    assert audit.evidence[0].why.startswith("Asked about the last hour")


@pytest.mark.parametrize(
    ("reasons", "breaches"),
    [(0, 1), (Reason.VULNERABLE, 1), (Reason.DAILY_LIMIT, 0), (Reason.SEND_WINDOW, 0), (Reason.NO_ACCESS, 0)],
)
def test_a_refusal_needs_a_reason_that_a_rule_gives(reasons, breaches):
    built = history()
    built.refuse(7, 1, NINE, reasons)
    assert built.rule("cs-subscription").breaches == breaches


def test_other_systems_are_not_bound():
    built = history()
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.send(7, 1, NINE, system="customer_first")
    assert built.rule("cs-opt-out").verdict == "not_exercised"
