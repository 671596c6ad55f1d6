"""cs-check-history against hand-written histories."""

import pytest

from sim.audit.codes import Event
from tests.audit.builder import MINUTE, offenders
from tests.audit.procedures import NOON, Procedures, counts

LOOKS = [
    ("both", {"list": 1, "history": 1}, False),
    ("Cuba's list will do", {"list": 2, "history": 1}, False),
    ("no list", {"history": 1}, True),
    ("no case history", {"list": 1}, True),
    ("neither", {}, True),
    ("the list after the press", {"late_list": 1, "history": 1}, True),
    ("the case history after the press", {"list": 1, "late_history": 1}, True),
]


@pytest.mark.parametrize(("what", "looks", "breach"), LOOKS, ids=[row[0] for row in LOOKS])
def test_both_are_looked_at_before_sending(what: str, looks: dict[str, int], breach: bool) -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    for name, value in looks.items():
        event = Event.LIST_VIEWED if name.endswith("list") else Event.CASE_HISTORY_VIEWED
        time = NOON + 1 if name.startswith("late") else NOON - 1
        history.step(event, time, value=value if event == Event.LIST_VIEWED else 0)
    history.sms(1)
    audit = history.rule("cs-check-history")
    assert counts(audit) == (1, int(breach), 0), what
    assert offenders(audit) == [1] * breach


def test_the_sentence_says_what_was_not_looked_at_and_when() -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    history.step(Event.LIST_VIEWED, NOON - 1, value=1)
    history.sms(1)
    breach = history.rule("cs-check-history").evidence[0]
    assert "case history" in breach.why
    assert "outbound" not in breach.why
    assert "Wed 07 Oct 2026 12:00:00.000" in breach.why
