"""cs-fdv-indicator against hand-written histories."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import MINUTE, offenders
from tests.audit.procedures import CUSTOMER, LEADER, NOON, PROCESS, Procedures, counts

STARTED = NOON - 10 * MINUTE

# (what, facts (event, time, value, ref, customer), is the message a case)
CONCERNS = [
    ("the indicator", [(Event.FDV_INDICATOR_SET, STARTED, 1, 0, 1)], True),
    ("the indicator, set at the press", [(Event.FDV_INDICATOR_SET, NOON, 1, 0, 1)], True),
    ("the indicator, set after the press", [(Event.FDV_INDICATOR_SET, NOON + 1, 1, 0, 1)], False),
    (
        "the indicator, lifted before",
        [(Event.FDV_INDICATOR_SET, STARTED, 1, 0, 1), (Event.FDV_INDICATOR_SET, NOON, 0, 0, 1)],
        False,
    ),
    ("concerns raised on an open process", [(Event.FDV_RAISED, STARTED, 0, PROCESS, 1)], True),
    ("concerns raised by the other party", [(Event.FDV_RAISED, STARTED, 0, PROCESS, 2)], False),
    (
        "concerns raised on a process closed at the press",
        [(Event.FDV_RAISED, STARTED, 0, PROCESS, 1), (Event.PROCESS_CLOSED, NOON, 0, PROCESS, 1)],
        False,
    ),
    (
        "concerns raised on a process closed after the press",
        [(Event.FDV_RAISED, STARTED, 0, PROCESS, 1), (Event.PROCESS_CLOSED, NOON + 1, 0, PROCESS, 1)],
        True,
    ),
    (
        "concerns raised on one process, another one closed",
        [(Event.FDV_RAISED, STARTED, 0, PROCESS, 1), (Event.PROCESS_CLOSED, NOON, 0, PROCESS + 1, 1)],
        True,
    ),
    ("none", [], False),
]


@pytest.mark.parametrize("reviewed", [True, False])
@pytest.mark.parametrize(("what", "facts", "case"), CONCERNS, ids=[row[0] for row in CONCERNS])
def test_the_notepad_is_reviewed_where_there_are_concerns(
    what: str, facts: list[tuple[Event, int, int, int, int]], case: bool, reviewed: bool
) -> None:
    history = Procedures()
    history.item(STARTED)
    if reviewed:
        history.step(Event.NOTEPAD_REVIEWED, NOON - 1)
    for event, time, value, ref, customer in facts:
        history.fact(time, event, customer, value, ref=ref)
    history.sms(1)
    audit = history.rule("cs-fdv-indicator")
    breach = case and not reviewed
    assert counts(audit) == (int(case), int(breach), 0), what
    assert offenders(audit) == [1] * breach


CONSULTATIONS = [
    ("answered before the press", [(Event.CONSULTED, NOON - 9), (Event.CONSULT_ANSWERED, NOON - 1)], False),
    ("not answered", [(Event.CONSULTED, NOON - 9)], True),
    ("answered after the press", [(Event.CONSULTED, NOON - 9), (Event.CONSULT_ANSWERED, NOON + 1)], True),
    ("asked again and not answered", [
        (Event.CONSULTED, NOON - 9), (Event.CONSULT_ANSWERED, NOON - 8), (Event.CONSULTED, NOON - 7),
    ], True),
]  # fmt: skip


@pytest.mark.parametrize("concerned", [True, False])
@pytest.mark.parametrize(("what", "asked", "breach"), CONSULTATIONS, ids=[row[0] for row in CONSULTATIONS])
def test_an_officer_who_asked_waits_for_the_answer(
    what: str, asked: list[tuple[Event, int]], breach: bool, concerned: bool
) -> None:
    history = Procedures()
    history.item(STARTED)
    if concerned:
        history.fact(STARTED, Event.FDV_INDICATOR_SET, CUSTOMER, 1)
    history.step(Event.NOTEPAD_REVIEWED, STARTED + 1)
    for event, time in asked:
        history.step(event, time, value=2, **({"officer": LEADER} if event == Event.CONSULT_ANSWERED else {}))
    history.sms(1)
    audit = history.rule("cs-fdv-indicator")
    assert counts(audit) == (int(concerned), int(breach and concerned), 0), what
