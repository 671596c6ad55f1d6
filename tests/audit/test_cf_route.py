"""cf-route against hand-written histories: the four tests in their order, the system that sent, and the text."""

import pytest

from sim.audit.codes import INTEGRATED_WORK, Event
from tests.audit.builder import Builder, expect, judge_one, offenders
from tests.audit.foreign_logs import HEADER, SYDNEY, read, rows
from tests.audit.integrated import CUSTOMER, NOON, Integrated

SCT, CENTRELINK, CLAIM, SME, OTHER = INTEGRATED_WORK
PLUTO, CUSTOMER_FIRST = "pluto", "customer_first"

# (work, mutual, current, main issue) → the system; the first test that answers decides.
DECISIONS = [
    (SCT, 1, 1, 1, PLUTO),
    (SCT, 0, 1, 1, PLUTO),
    (SCT, 0, 0, 0, PLUTO),
    (OTHER, 0, 1, 0, CUSTOMER_FIRST),
    (OTHER, 0, 0, 0, CUSTOMER_FIRST),
    (OTHER, 0, None, 0, CUSTOMER_FIRST),
    (CENTRELINK, 0, 0, 1, CUSTOMER_FIRST),
    (CENTRELINK, 1, 0, 1, PLUTO),
    (CLAIM, 1, None, 1, PLUTO),
    (SME, 1, 0, 0, PLUTO),
    (CENTRELINK, 1, 1, 0, CUSTOMER_FIRST),
    (CLAIM, 1, 1, 0, CUSTOMER_FIRST),
    (SME, 1, 1, 0, CUSTOMER_FIRST),
    (OTHER, 1, 1, 1, CUSTOMER_FIRST),
    (OTHER, 1, 1, 0, PLUTO),
]


def decided(work: str, mutual: int, current: int | None, main_issue: int, chosen: str) -> Integrated:
    built = Integrated(mutual, current)
    if main_issue:
        built.step(Event.MAIN_ISSUE_SET, NOON - 3000, officer=0, value=1)
    built.routed(work, chosen)
    return built


def test_each_decision_and_the_other_one() -> None:
    table = {}
    for work, mutual, current, main_issue, right in DECISIONS:
        for chosen in (PLUTO, CUSTOMER_FIRST):
            row = (work, mutual, current, main_issue, chosen)
            table[row] = (decided(work, mutual, current, main_issue, chosen), [] if chosen == right else ["no message"])
    audit = expect("cf-route", table)
    assert audit.cases == 2 * len(DECISIONS)
    assert "which goes to Customer First" in next(
        breach.why for breach in audit.evidence if "centrelink work type" in breach.why
    )


# What was recorded at the very millisecond of the decision counts; what came after it does not.
@pytest.mark.parametrize(("moment", "breaches"), [(-1, 0), (0, 0), (1, 1)])
def test_the_facts_are_those_of_the_instant(moment: int, breaches: int) -> None:
    built = Integrated(mutual=0)
    built.fact(NOON - 1000 + moment, Event.MUTUAL_CUSTOMER_SET, CUSTOMER, 1)
    built.routed(OTHER, PLUTO)
    assert built.rule("cf-route").breaches == breaches


def test_a_main_issue_that_the_log_cannot_show_is_left() -> None:
    built = Integrated(item=False)
    built.routed(OTHER, CUSTOMER_FIRST)
    audit = built.rule("cf-route")
    assert (audit.verdict, audit.cases, audit.unjudged) == ("unknown", 0, 1)


# (work, decided on, sent from, template) → whether the message breaks the rule
MESSAGES = [
    (SME, CUSTOMER_FIRST, CUSTOMER_FIRST, 302, False),
    (SME, CUSTOMER_FIRST, CUSTOMER_FIRST, 301, True),
    (CLAIM, CUSTOMER_FIRST, CUSTOMER_FIRST, 301, False),
    (CLAIM, CUSTOMER_FIRST, CUSTOMER_FIRST, 302, True),
    (CLAIM, CUSTOMER_FIRST, PLUTO, 102, True),
    (OTHER, PLUTO, PLUTO, 102, False),
    (OTHER, PLUTO, CUSTOMER_FIRST, 301, True),
]


def test_the_message_goes_from_the_system_decided_on_with_its_text() -> None:
    table = {}
    for work, chosen, system, template, broken in MESSAGES:
        built = Integrated()
        built.routed(work, chosen)
        built.em(system=system, template=template)
        table[work, chosen, system, template] = (built, [7] if broken else [])
    audit = expect("cf-route", table)
    assert audit.cases == 2 * len(MESSAGES)


def test_only_the_last_decision_before_the_message_binds_it() -> None:
    built = Integrated()
    built.routed(CLAIM, PLUTO, NOON - 1000)
    built.routed(CLAIM, CUSTOMER_FIRST, NOON - 900)
    built.em()
    built.routed(CLAIM, PLUTO, NOON + 1)
    audit = built.rule("cf-route")
    assert (audit.cases, audit.breaches) == (4, 2)
    assert not any(breach.messages for breach in audit.evidence)


@pytest.mark.parametrize(("system", "breaches"), [(CUSTOMER_FIRST, 0), (PLUTO, 1), ("dmis", 1)])
@pytest.mark.parametrize("template", [303, 304])
def test_claim_outcome_messages_exist_only_in_customer_first(template: int, system: str, breaches: int) -> None:
    built = Integrated()
    built.em(template=template, system=system, payment=1)
    assert offenders(built.rule("cf-route")) == [7] * breaches


def test_nothing_decided_nothing_judged() -> None:
    built = Builder()
    built.customer(CUSTOMER)
    built.send(1, CUSTOMER, NOON)
    assert built.rule("cf-route").verdict == "not_exercised"


def test_a_foreign_log_shows_claim_messages_alone(tmp_path) -> None:
    header = HEADER + ",template"
    line = f"m1,c1,{{}},{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00,{{}}"
    audit = judge_one(read(tmp_path, rows(line.format("pluto", "claim_grant"), header=header)), "cf-route")
    assert audit.breaches == 1
    audit = judge_one(read(tmp_path, rows(line.format("pluto", "please_call"), header=header)), "cf-route")
    assert audit.verdict == "unknown"
