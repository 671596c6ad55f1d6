"""cs-fdv against hand-written histories. Customer 1 is the applicant, customer 2 the other party of process 60."""

from typing import Any

import pytest

from sim.audit.codes import PROCESS_KINDS, Event, Reason
from tests.audit.builder import MINUTE, at, offenders
from tests.audit.procedures import BREACH, JUDGED_WELL, NO_CASE, NOON, PROCESS, Procedures, counts

APPLICANT, OTHER, THIRD = 1, 2, 3
OPENED = NOON - 60 * MINUTE
FDV = int(Reason.FDV_UNDISCUSSED)

Fact = tuple[Event, int, int]
RAISED: Fact = (Event.FDV_RAISED, OPENED + MINUTE, APPLICANT)


def process(*facts: Fact, kind: str = "objection", **changes: Any) -> Procedures:
    """A process with these facts about it."""
    history = Procedures(**changes)
    history.customer(OTHER)
    history.customer(THIRD)
    history.fact(OPENED, Event.PROCESS_OPENED, APPLICANT, PROCESS_KINDS[kind], other=OTHER, ref=PROCESS)
    for event, time, customer in facts:
        history.fact(time, event, customer, ref=PROCESS)
    history.item(NOON - 10 * MINUTE, customer=OTHER)
    return history


FACTS = [
    ("nobody raised concerns", [], NO_CASE),
    ("the other party raised them", [(Event.FDV_RAISED, OPENED + MINUTE, OTHER)], JUDGED_WELL),
    ("the applicant raised them", [RAISED], BREACH),
    ("both raised them", [RAISED, (Event.FDV_RAISED, OPENED + MINUTE, OTHER)], BREACH),
    ("raised in the millisecond of the issue", [(Event.FDV_RAISED, NOON, APPLICANT)], BREACH),
    ("raised after the issue", [(Event.FDV_RAISED, NOON + 1, APPLICANT)], NO_CASE),
    ("discussed in the millisecond of the issue", [RAISED, (Event.FDV_DISCUSSED, NOON, APPLICANT)], JUDGED_WELL),
    ("discussed after the issue", [RAISED, (Event.FDV_DISCUSSED, NOON + 1, APPLICANT)], BREACH),
    ("closed in the millisecond of the issue", [RAISED, (Event.PROCESS_CLOSED, NOON, APPLICANT)], NO_CASE),
    ("closed after the issue", [RAISED, (Event.PROCESS_CLOSED, NOON + 1, APPLICANT)], BREACH),
    ("raised again after the discussion", [
        RAISED, (Event.FDV_DISCUSSED, NOON - 9, APPLICANT), (Event.FDV_RAISED, NOON - 8, APPLICANT),
    ], BREACH),
]  # fmt: skip


@pytest.mark.parametrize(("what", "facts", "expected"), FACTS, ids=[row[0] for row in FACTS])
def test_no_sms_to_the_other_party_until_the_concerns_were_discussed(
    what: str, facts: list[Fact], expected: tuple[int, int, int]
) -> None:
    history = process(*facts)
    history.sms(1, customer=OTHER)
    audit = history.rule("cs-fdv")
    assert counts(audit) == expected, what
    assert audit.enforced_by == "procedure"
    assert offenders(audit) == [1] * expected[1]


@pytest.mark.parametrize("customer", [APPLICANT, THIRD])
def test_the_applicant_and_strangers_may_get_an_sms(customer: int) -> None:
    history = process(RAISED)
    history.sms(1, customer=customer)
    assert counts(history.rule("cs-fdv")) == NO_CASE


@pytest.mark.parametrize(("kind", "expected"), [
    ("new_registration", BREACH), ("objection", BREACH), ("change_of_assessment", BREACH), ("change_of_care", BREACH),
    ("payment", NO_CASE), ("information_request", NO_CASE),
])  # fmt: skip
def test_the_processes_are_policy_data(kind: str, expected: tuple[int, int, int]) -> None:
    history = process(RAISED, kind=kind)
    history.sms(1, customer=OTHER)
    assert counts(history.rule("cs-fdv")) == expected
    history = process(RAISED, kind=kind, cs_fdv__processes=["payment", "information_request"])
    history.sms(1, customer=OTHER)
    assert counts(history.rule("cs-fdv")) == (BREACH if expected == NO_CASE else NO_CASE)


def test_any_work_item_counts_and_automatic_messages_do_not() -> None:
    history = process(RAISED)
    history.sms(1, customer=OTHER, ref=0)
    history.send(2, OTHER, NOON, system="cuba")
    assert offenders(history.rule("cs-fdv")) == [1]


def test_the_evidence_names_the_facts() -> None:
    history = process(RAISED)
    history.sms(1, customer=OTHER)
    log = history.log()
    seqs = {event: seq for seq, event in log.rows("SELECT seq, event FROM events")}
    from sim.audit import cs_fdv

    breach = cs_fdv.audit(log).evidence[0]
    assert breach.events == (seqs[Event.ISSUED], seqs[Event.PROCESS_OPENED], seqs[Event.FDV_RAISED])
    assert breach.customer_id == OTHER


# The rule's other side: what is refused or withdrawn in its name.

ANSWERS = [
    # (facts, enforced, the reasons of the refusal, cases, breaches)
    ([RAISED], True, FDV, 1, 0),
    ([RAISED], True, FDV | Reason.DAILY_LIMIT, 1, 0),
    ([], True, FDV, 1, 1),
    ([(Event.FDV_RAISED, OPENED, OTHER)], True, FDV, 1, 1),
    ([RAISED, (Event.FDV_DISCUSSED, NOON, APPLICANT)], True, FDV, 1, 1),
    ([RAISED], True, Reason.DAILY_LIMIT, 1, 1),
    ([], True, Reason.DAILY_LIMIT, 0, 0),
    ([RAISED], False, FDV, 1, 1),
    ([], False, FDV, 1, 1),
    ([RAISED], False, Reason.DAILY_LIMIT, 0, 0),
]


@pytest.mark.parametrize(("facts", "enforced", "reasons", "cases", "breaches"), ANSWERS)
def test_refusals_in_its_name_need_its_cause(
    facts: list[Fact], enforced: bool, reasons: int, cases: int, breaches: int
) -> None:
    history = process(*facts, cs_fdv__enforced=enforced)
    history.refuse(1, OTHER, NOON, int(reasons), ref=70)
    audit = history.rule("cs-fdv")
    assert counts(audit) == (cases, breaches, 0)
    assert audit.enforced_by == ("system" if enforced else "procedure")
    assert offenders(audit) == [1] * breaches


def test_with_the_switch_an_accepted_message_is_the_systems_breach_and_counted_once() -> None:
    history = process(RAISED, cs_fdv__enforced=True)
    history.sms(1, customer=OTHER)
    audit = history.rule("cs-fdv")
    assert (counts(audit), audit.enforced_by) == (BREACH, "system")


NIGHT, MORNING = at("2026-10-06 21:00"), at("2026-10-07 08:00")


@pytest.mark.parametrize(("enforced", "raised", "expected"), [
    (True, MORNING, BREACH),  # barred at the hand-over
    (True, MORNING + 1, NO_CASE),
    (False, MORNING, NO_CASE),  # the officer sent it before anybody raised concerns
])  # fmt: skip
def test_a_held_message_is_tested_again_only_by_a_system_that_enforces(
    enforced: bool, raised: int, expected: tuple[int, int, int]
) -> None:
    history = Procedures(cs_fdv__enforced=enforced)
    history.customer(OTHER)
    history.fact(history.start, Event.PROCESS_OPENED, APPLICANT, PROCESS_KINDS["objection"], other=OTHER, ref=PROCESS)
    history.fact(raised, Event.FDV_RAISED, APPLICANT, ref=PROCESS)
    history.sms(1, NIGHT, customer=OTHER, held_until=MORNING)
    assert counts(history.rule("cs-fdv")) == expected


@pytest.mark.parametrize(("raised", "breaches"), [(MORNING, 0), (MORNING + 1, 1)])
def test_a_withdrawal_in_its_name_needs_its_cause(raised: int, breaches: int) -> None:
    history = Procedures(cs_fdv__enforced=True)
    history.customer(OTHER)
    history.fact(history.start, Event.PROCESS_OPENED, APPLICANT, PROCESS_KINDS["objection"], other=OTHER, ref=PROCESS)
    history.fact(raised, Event.FDV_RAISED, APPLICANT, ref=PROCESS)
    history.press(1, OTHER, NIGHT, ref=70)
    history.issue(1, OTHER, NIGHT, MORNING)
    history.event(MORNING, Event.WITHDRAWN, message=1, customer=OTHER, reasons=FDV, system=1)
    assert counts(history.rule("cs-fdv")) == (1, breaches, 0)
