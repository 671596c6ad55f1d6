"""The wrapper believes no system: each kind of answer outside the protocol ends in a ProtocolError."""

from typing import Any

import pytest

from fakes.protocols import Checked, Happening, ProtocolError
from sim.history import Event
from sim.messages import Decision, Outcome, Reason, Request, System
from tests.fakes.builder import Bench

NOW = 50_000
REQUEST = Request(1, 1, System.PLUTO, 102)
GOOD = Happening(NOW, Event.HANDED_OVER, 1, 1, System.PLUTO)


class Answers:
    """A sending system that answers whatever it was told to."""

    def __init__(self, decision: Decision | None = None, happenings: list[Happening] | None = None) -> None:
        self.decision = decision
        self.happenings = happenings or []

    def handle(self, request: Request, now: int) -> Any:
        return self.decision

    def next_due(self) -> int | None:
        return 77

    def advance(self, now: int) -> list[Happening]:
        return self.happenings

    def told(self, happening: Happening) -> list[Happening]:
        return self.happenings

    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        return self.happenings


GOOD_DECISIONS = [
    Decision(Outcome.SENT, 0, NOW),
    Decision(Outcome.HELD, 0, NOW),
    Decision(Outcome.HELD, 0, NOW + 1),
    Decision(Outcome.REFUSED, Reason.OPTED_OUT, 0),
    Decision(Outcome.NEEDS_CONFIRMATION, 0, 0),
]
BAD_DECISIONS = [
    # Outcomes that a Send cannot have.
    Decision(Outcome.CANCELLED, 0, 0),
    Decision(Outcome.WITHDRAWN, 0, 0),
    Decision(Outcome.SUPPRESSED, 0, 0),
    Decision(0, 0, 0),
    Decision(99, 0, 0),
    # A refusal without a reason, and reasons without a refusal.
    Decision(Outcome.REFUSED, 0, 0),
    Decision(Outcome.SENT, Reason.DAILY_LIMIT, NOW),
    Decision(Outcome.HELD, Reason.SEND_WINDOW, NOW + 1),
    Decision(Outcome.NEEDS_CONFIRMATION, Reason.DAILY_LIMIT, 0),
    # Due before the Send.
    Decision(Outcome.SENT, 0, NOW - 1),
    Decision(Outcome.HELD, 0, NOW - 1),
    Decision(Outcome.HELD, 0, 0),
]


@pytest.mark.parametrize("decision", GOOD_DECISIONS)
def test_a_good_answer_passes(decision: Decision) -> None:
    assert Checked(Answers(decision)).handle(REQUEST, NOW) is decision


@pytest.mark.parametrize("decision", [*BAD_DECISIONS, None, 1, (Outcome.SENT, 0, NOW)])
def test_a_bad_answer_is_a_protocol_error(decision: Any) -> None:
    with pytest.raises(ProtocolError, match="answered"):
        Checked(Answers(decision)).handle(REQUEST, NOW)


BAD_HAPPENINGS = [
    (GOOD._replace(time=NOW - 1), "told at"),
    (GOOD._replace(time=NOW + 1), "told at"),
    (GOOD._replace(message=0), "no message"),
    (GOOD._replace(message=-1), "no message"),
    (GOOD._replace(customer=0), "no customer"),
    # What only a transport can know: a system that said so itself could not be audited.
    (GOOD._replace(event=Event.ARRIVED), "transport"),
    (GOOD._replace(event=Event.ACKNOWLEDGED), "transport"),
    (GOOD._replace(event=Event.DELIVERED), "transport"),
    (GOOD._replace(event=Event.FAILED), "transport"),
]


def calls(checked: Checked) -> list[Any]:
    """The three ways in which a system tells what happened."""
    heard = Happening(NOW, Event.ACKNOWLEDGED, 1, 1, System.GATEWAY)
    return [lambda: checked.advance(NOW), lambda: checked.told(heard), lambda: checked.zone_changed(1, NOW)]


@pytest.mark.parametrize("way", [0, 1, 2])
def test_good_happenings_pass(way: int) -> None:
    assert calls(Checked(Answers(happenings=[GOOD, GOOD])))[way]() == [GOOD, GOOD]


@pytest.mark.parametrize("way", [0, 1, 2])
@pytest.mark.parametrize(("bad", "words"), BAD_HAPPENINGS)
def test_a_bad_happening_is_a_protocol_error(bad: Happening, words: str, way: int) -> None:
    with pytest.raises(ProtocolError, match=words):
        calls(Checked(Answers(happenings=[GOOD, bad])))[way]()


def test_time_does_not_run_backwards() -> None:
    checked = Checked(Answers())
    checked.advance(NOW)
    assert checked.advance(NOW) == []
    with pytest.raises(ProtocolError, match="backwards"):
        checked.advance(NOW - 1)


def test_the_wrapper_hands_on_what_is_due() -> None:
    assert Checked(Answers()).next_due() == 77


def test_our_own_systems_answer_within_the_protocol_when_they_are_late() -> None:
    # Nobody advanced them at 08:00; what they tell then has the instant at which they were asked.
    bench = Bench("2026-10-06T21:00:00+11:00")
    bench.customer()
    bench.send()
    late = bench.now + 20 * 3_600_000
    happened = bench.senders[System.PLUTO].advance(late)
    assert [(one.event, one.time) for one in happened] == [(Event.HANDED_OVER, late)]
