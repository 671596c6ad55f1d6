"""cs-subscription, cs-recipient-barred, cs-mobile-required, cs-opt-out: both sides, at issue and at hand-over."""

import pytest

from sim.audit.codes import Event, Reason
from tests.audit.builder import DOCUMENTS_RECEIVED, PAYMENT_OVERDUE, REMINDER, Builder, at, expect, offenders, policy

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
RULES = sorted({rule for rule, *_ in FACTS})
every_rule = pytest.mark.parametrize("rule", RULES)
AROUND = {"before": (-1, True), "same ms": (0, True), "after": (1, False)}


def history() -> Builder:
    built = Builder()
    built.customer(1)
    return built


def of(rule):
    """The facts that this rule turns on: (name, reason, sets, value, lifts, lifted)."""
    return [(reason.name.lower(), reason, *rest) for whose, reason, *rest in FACTS if whose == rule]


def withdraw(built, message, customer, reason):
    evening = at("2026-09-22 21:00")
    built.press(message, customer, evening)
    built.issue(message, customer, evening, EIGHT_NEXT)
    built.event(EIGHT_NEXT, Event.WITHDRAWN, message=message, customer=customer, reasons=int(reason), system=1)


@every_rule
def test_issued_though_the_fact_held(rule):
    table = {}
    for name, _, sets, value, _, _ in of(rule):
        for when, (offset, wrong) in AROUND.items():
            built = history()
            built.fact(NINE + offset, sets, 1, value)
            built.press(7, 1, NINE)
            built.issue(7, 1, NINE)
            table[name, when] = built, [7] if wrong else []
    audit = expect(rule, table)
    assert audit.cases == len(table)
    assert all("Tue 22 Sep 2026 09:00:00.000" in breach.why for breach in audit.evidence)


@every_rule
def test_refused_with_and_without_the_cause(rule):
    table = {}
    for name, reason, sets, value, _, _ in of(rule):
        for system in ("pluto", "cuba"):
            built = history()
            built.customer(2)
            built.fact(NINE, sets, 1, value)
            built.refuse(7, 1, NINE, reason, system=system)
            built.refuse(8, 2, NINE, reason, system=system)
            table[name, system] = built, [8]
    audit = expect(rule, table)
    assert audit.cases == 2 * len(table)
    named = [name for name, _ in table]
    assert all(name in breach.why for name, breach in zip(named, sorted(audit.evidence, key=_run), strict=True))


def _run(breach):
    return breach.run_id


@every_rule
def test_a_refusal_names_every_reason_that_held(rule):
    table = {}
    for name, reason, sets, value, _, _ in of(rule):
        built = history()
        built.fact(NINE, sets, 1, value)
        built.refuse(7, 1, NINE, Reason.DAILY_LIMIT)
        built.refuse(8, 1, NINE + 1, Reason.DAILY_LIMIT | reason)
        table[name] = built, [7]
    audit = expect(rule, table)
    assert all("without naming" in breach.why for breach in audit.evidence)


@every_rule
def test_handed_over_though_the_fact_held(rule):
    table = {}
    for name, _, sets, value, _, _ in of(rule):
        for when, (offset, wrong) in AROUND.items():
            built = history()
            built.send(7, 1, at("2026-09-22 21:00"), held_until=EIGHT_NEXT)
            built.fact(EIGHT_NEXT + offset, sets, 1, value)
            table[name, when] = built, [7] if wrong else []
    assert expect(rule, table).cases == len(table)


@every_rule
def test_withdrawn_with_and_without_the_cause(rule):
    table = {}
    for name, reason, sets, value, _, _ in of(rule):
        built = history()
        built.customer(2)
        built.fact(EIGHT_NEXT, sets, 1, value)
        withdraw(built, 7, 1, reason)
        withdraw(built, 8, 2, reason)
        table[name] = built, [8]
    audit = expect(rule, table)
    assert all(breach.why.startswith("Withdrawn") for breach in audit.evidence)


@every_rule
def test_a_fact_that_was_lifted_bars_no_longer(rule):
    table = {}
    for name, reason, sets, value, lifts, lifted in of(rule):
        if lifts is not None:
            built = history()
            built.fact(NINE - 10, sets, 1, value)
            built.fact(NINE, lifts, 1, lifted)
            built.send(7, 1, NINE)
            built.refuse(8, 1, NINE + 1, reason)
            table[name] = built, [8]
    assert expect(rule, table).cases == 2 * len(table)


def test_an_opt_out_holds_through_a_change_of_details():
    built = history()
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.fact(NINE - 5, Event.MOBILE_RECORDED, 1, 1, ref=2)
    built.send(7, 1, NINE)
    assert offenders(built.rule("cs-opt-out")) == [7]


def test_nothing_is_previewed_after_an_opt_out():
    table = {}
    for recorded, wrong in ((-10, [7]), (0, [7]), (5, [])):
        built = history()
        built.event(NINE, Event.DIALOG_OPENED, message=7, customer=1, system=10)
        built.fact(NINE + recorded, Event.OPT_OUT_RECORDED, 1)
        built.event(NINE + 10, Event.PREVIEWED, message=7, customer=1, system=10)
        built.refuse(7, 1, NINE + 20, Reason.OPTED_OUT)
        table[recorded] = built, wrong
    assert all(breach.why.startswith("Previewed") for breach in expect("cs-opt-out", table).evidence)


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


def test_a_refusal_needs_a_reason_that_a_rule_gives():
    table = {}
    rows = ((0, [7]), (Reason.VULNERABLE, [7]), (Reason.DAILY_LIMIT, []), (Reason.SEND_WINDOW, []))
    for reasons, wrong in (*rows, (Reason.NO_ACCESS, [])):
        built = history()
        built.refuse(7, 1, NINE, reasons)
        table[reasons] = built, wrong
    expect("cs-subscription", table)


def test_other_systems_are_not_bound():
    built = history()
    built.fact(NINE - 10, Event.OPT_OUT_RECORDED, 1)
    built.send(7, 1, NINE, system="customer_first")
    assert built.rule("cs-opt-out").verdict == "not_exercised"
