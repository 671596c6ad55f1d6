"""What a system does not support, or does not answer, leaves what depends on it unknown: never a pass or a guess."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fakes.messaging import Plain
from fakes.our_systems import OurMessagingSystem
from sim.scenario.conversation import NotAnswered
from sim.scenario.expand import read_scenarios
from sim.scenario.session import Options, Result, run_items
from tests.scenario.builder import HEAD, ONE, play, write

LATE = "the system did not answer in time"
LOST_BEFORE, LOST_AFTER = "before", "after"
"""When a call gets lost: before the system did anything, or on the way back."""


class Lossy(OurMessagingSystem):
    """Ours, where the call number `lost` of a verb is not answered."""

    verb, lost, when = "send", 1, LOST_AFTER

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def send(self, now: int, request: Plain) -> Plain:
        return self._may_lose("send", lambda: OurMessagingSystem.send(self, now, request))

    def confirm(self, now: int, message: int | str) -> Plain:
        return self._may_lose("confirm", lambda: OurMessagingSystem.confirm(self, now, message))

    def advance(self, now: int) -> list[Plain]:
        return self._may_lose("advance", lambda: OurMessagingSystem.advance(self, now))

    def listing(self, now: int, screen: str, customer: int, filters: Mapping[str, Any]) -> list[Plain]:
        return self._may_lose("listing", lambda: OurMessagingSystem.listing(self, now, screen, customer, filters))

    def _may_lose(self, verb: str, done: Any) -> Any:
        self._count += verb == self.verb
        lost = verb == self.verb and self._count == self.lost
        if lost and self.when == LOST_BEFORE:
            raise NotAnswered(LATE)
        answer = done()
        if lost:
            raise NotAnswered(LATE)
        return answer


class LostBefore(Lossy):
    when = LOST_BEFORE


class LostConfirm(Lossy):
    verb = "confirm"


class LostAdvance(Lossy):
    verb, lost = "advance", 2


class LostListing(Lossy):
    verb = "listing"


class LostAndRefuses(Lossy):
    """The system refuses the Send whose answer gets lost."""

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        told = super().fact(now, name, customer, fields)
        if name == "mobile_recorded":
            super().fact(now, "opt_out_recorded", customer, {})
        return told


class SendsLate(Lossy):
    """It hands over a held message an hour late, and the answer to its Send gets lost."""

    def next_due(self) -> int | None:
        due = super().next_due()
        return due if due is None else due + 3_600_000


class NoConfirm(OurMessagingSystem):
    def supports(self) -> tuple[str, ...]:
        return tuple(verb for verb in super().supports() if verb not in ("confirm", "cancel"))


class OnlyLists(OurMessagingSystem):
    def supports(self) -> tuple[str, ...]:
        return ("listing",)


class NoReading(OurMessagingSystem):
    """It cannot be set to another limit."""

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> None:
        if policy:
            raise NotImplementedError(f"cannot be set to {', '.join(policy)}")
        super().begin(now, seed, policy)


def run(folder: Path, text: str, system: str) -> Result:
    """Play the only scenario of a file against a system of this module."""
    (result,) = play(folder, f"{__name__}:{system}", text)
    return result


def audited(folder: Path, text: str, system: str) -> Result:
    """The same, with the audit."""
    (result,) = run_items(read_scenarios(write(folder, text)), Options(f"{__name__}:{system}"))
    return result


def wheres(result: Result) -> list[str]:
    return [failure.where for failure in result.failures]


@pytest.mark.parametrize(
    ("system", "outcome", "failures"),
    [
        ("Lossy", "sent", []),
        # It was not even received, which is no failure: nobody knows whether it was to be sent.
        ("LostBefore", "sent", []),
        # What the transport received settles it: it was sent, and the scenario says that it must not be.
        ("Lossy", "refused", ["end.messages.one.outcome"]),
        ("LostBefore", "refused", []),
        ("LostAndRefuses", "sent", []),
    ],
)
def test_a_send_without_an_answer_is_unknown_until_the_transport_settles_it(
    tmp_path: Path, system: str, outcome: str, failures: list[str]
) -> None:
    text = ONE.replace("one: {outcome: sent, handed_over: 2026-09-22 08:00}", f"one: {{outcome: {outcome}}}")
    result = run(tmp_path, text, system)
    assert wheres(result) == failures
    assert result.unknown == [LATE]


def test_what_was_received_of_it_is_held_against_the_file_and_the_rules(tmp_path: Path) -> None:
    result = audited(tmp_path, ONE, "SendsLate")
    assert wheres(result)[0] == "end.messages.one.handed_over"
    assert result.failures[0].actual == "2026-09-22T09:00:00.000+08:00 Australia/Perth"
    assert result.unknown == [LATE]


SIX = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Perth}, bob: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 09:00
    send: {as: first, customer: ana, template: payment_received, answer: send}
  - at: +1m
    send: {as: next, customer: ana, template: payment_received, times: 4, answer: send}
  - at: +1m
    send: {as: sixth, customer: ana, template: payment_received, answer: send}
    expect: {outcome: refused, reasons: [daily_limit]}
  - at: +1m
    send: {as: other, customer: bob, template: payment_received}
    expect: {outcome: sent}
end:
  arrived: {ana: 5, bob: 1}
"""
)


def test_a_doubt_reaches_what_follows_for_this_customer_alone(tmp_path: Path) -> None:
    """Nobody knows whether the sixth is one too many, but the other customer's message is judged."""
    assert (wheres(run(tmp_path, SIX, "Lossy")), run(tmp_path, SIX, "Lossy").unknown) == ([], [LATE])
    assert wheres(run(tmp_path, SIX, "LostBefore")) == []
    wrong = SIX.replace("    expect: {outcome: sent}", "    expect: {outcome: held}")
    assert wheres(run(tmp_path, wrong, "LostBefore")) == ["steps[3].expect.outcome"]


def test_once_it_is_settled_what_follows_is_judged_again(tmp_path: Path) -> None:
    wrong = SIX.replace("outcome: refused, reasons: [daily_limit]", "outcome: sent")
    assert wheres(run(tmp_path, wrong, "Lossy")) == ["steps[2].expect.outcome"]
    assert wheres(run(tmp_path, wrong, "LostBefore")) == []


TWO = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 09:00
    send: {as: first, customer: ana, template: payment_received}
    expect: {outcome: sent}
  - at: +1m
    send: {as: second, customer: ana, template: payment_received}
    expect: {outcome: needs_confirmation}
  - at: +1m
    confirm: second
    expect: {outcome: sent}
end:
  messages: {second: {outcome: sent, arrivals: 1}}
  only: [first, second]
"""
)


@pytest.mark.parametrize(
    ("system", "unknown"),
    [("LostConfirm", LATE), ("NoConfirm", "the system does not support confirm")],
)
def test_a_confirmation_without_an_answer_or_without_support(tmp_path: Path, system: str, unknown: str) -> None:
    result = run(tmp_path, TWO, system)
    assert (wheres(result), result.unknown) == ([], [unknown])
    wrong = TWO.replace("    expect: {outcome: needs_confirmation}", "    expect: {outcome: sent}")
    assert wheres(run(tmp_path, wrong, system)) == ["steps[1].expect.outcome"]


@pytest.mark.parametrize(
    ("system", "answer", "unknown"),
    [
        ("LostConfirm", "send", LATE),
        ("NoConfirm", "send", "the system does not support confirm"),
        ("NoConfirm", "cancel", "the system does not support cancel"),
    ],
)
def test_the_answer_to_the_question_within_a_send_may_be_missing_too(
    tmp_path: Path, system: str, answer: str, unknown: str
) -> None:
    outcome = "sent" if answer == "send" else "cancelled"
    text = TWO.partition("  - at: +1m\n    confirm")[0].replace(
        "{outcome: needs_confirmation}", f"{{outcome: {outcome}}}"
    )
    text = text.replace("{as: second, ", f"{{as: second, answer: {answer}, ")
    whole = run(tmp_path, text, "OurMessagingSystem")
    assert (wheres(whole), whole.unknown) == ([], [])
    result = run(tmp_path, text, system)
    assert (wheres(result), result.unknown) == ([], [unknown])


def test_a_system_that_cannot_send_fails_nothing_and_passes_nothing(tmp_path: Path) -> None:
    for text in (ONE, SIX, TWO):
        result = run(tmp_path, text, "OnlyLists")
        assert wheres(result) == []
        assert result.unknown[0] == "the system does not support send"
    breaks = SIX.partition("\nend:")[0] + "\nend: {breaks: [cs-daily-limit]}\n"
    assert wheres(audited(tmp_path, breaks, "OnlyLists")) == []


@pytest.mark.parametrize("system", ["Lossy", "LostBefore", "LostConfirm"])
def test_the_audit_judges_nothing_about_which_there_is_doubt(tmp_path: Path, system: str) -> None:
    texts = [ONE, SIX, TWO]
    items = [item for n, text in enumerate(texts) for item in read_scenarios(write(tmp_path, text, f"{n}.yaml"))]
    results = run_items(items, Options(f"{__name__}:{system}"))
    audits = [where for result in results for where in wheres(result) if where.startswith("audit")]
    assert audits == []


LIST = TWO.partition("  - at: +1m")[0] + (
    "  - at: +1m\n    look: {screen: outbound_correspondence, customer: ana}\n    expect: {lines: []}\n"
    "end: {arrived: {ana: 2}}\n"
)


def test_a_list_without_an_answer_leaves_the_rest_known(tmp_path: Path) -> None:
    result = run(tmp_path, LIST, "LostListing")
    assert (wheres(result), result.unknown) == (["end.arrived.ana"], [LATE])


def test_what_depends_on_everything_ends_the_scenario(tmp_path: Path) -> None:
    """Without an answer to `advance` nobody knows what was sent; what was seen before stands."""
    result = run(tmp_path, ONE.replace("outcome: held", "outcome: sent"), "LostAdvance")
    assert (wheres(result), result.unknown) == (["steps[0].expect.outcome"], [LATE])
    assert (wheres(run(tmp_path, ONE, "LostAdvance"))) == []


def test_a_policy_that_a_system_cannot_be_set_to(tmp_path: Path) -> None:
    assert (run(tmp_path, ONE, "NoReading").failures, run(tmp_path, ONE, "NoReading").unknown) == ([], [])
    result = run(tmp_path, ONE.replace("rules:", "policy: {cs-daily-limit.limit: 4}\nrules:"), "NoReading")
    assert result.failures == []
    assert result.unknown == ["the system does not support begin: cannot be set to cs-daily-limit.limit"]
