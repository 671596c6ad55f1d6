"""Scenarios played and judged: what passes, what fails, and what a failure says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.scenario.expand import read_scenarios
from sim.scenario.session import Options, Result, run_items
from sim.scenario.telling import report
from tests.scenario.builder import HEAD, ONE, write

LIMIT = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 08:00
    send: {as: all, customer: ana, template: payment_received, times: 6, answer: send}
end:
  messages: {all_6: {outcome: refused, reasons: [daily_limit], arrivals: 0}}
  arrived: {ana: 5}
"""
)
LIST = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 08:00
    send: {customer: ana, template: payment_received}
    expect: {outcome: sent}
  - at: 09:00
    look: {screen: letters_list, customer: ana}
    expect: {lines: [{status: Sent}]}
"""
)
DIALOG = "\n  - at: 20:01\n    open_dialog: {customer: ana, template: payment_received}\n    expect: "
LOOK = "\n  - at: 20:01\n    look: {screen: outbound_correspondence, customer: ana}\n    expect: {lines: "


def run(folder: Path, text: str, system: str = "", **sets: object) -> Result:
    """Play the only scenario of a file."""
    name = f"tests.scenario.systems:{system}" if system else ""
    (result,) = run_items(read_scenarios(write(folder, text)), Options(name, sets))
    return result


@pytest.mark.parametrize("text", [ONE, LIMIT, LIST])
def test_our_systems_pass(tmp_path: Path, text: str) -> None:
    result = run(tmp_path, text)
    assert (result.failures, result.unknown) == ([], [])


PERTH = "Australia/Perth"
TEXT = "We have received your payment. You do not need to do anything. Do not reply by SMS."
CAN_FAIL = [
    ("outcome: held", "outcome: sent", "steps[0].expect.outcome", "sent", "held"),
    ("outcome: held", "outcome: held, reasons: [opted_out]", "steps[0].expect.reasons", "['opted_out']", "[]"),
    ("outcome: held", "outcome: held, shown: Held", "steps[0].expect.shown", "Held", ""),
    ("next day 08:00", "next day 08:01", "steps[0].expect.due", f"2026-09-22T08:01:00.000+08:00 {PERTH}",
     f"2026-09-22T08:00:00.000+08:00 {PERTH}"),
    ("outcome: sent", "outcome: withdrawn", "end.messages.one.outcome", "withdrawn", "sent"),
    ("outcome: sent", "outcome: sent, reasons: [deceased]", "end.messages.one.reasons", "['deceased']", "[]"),
    ("outcome: sent", "outcome: sent, arrivals: 2", "end.messages.one.arrivals", "2", "1"),
    ("outcome: sent", "outcome: sent, channel: email", "end.messages.one.channel", "email", "sms"),
    ("outcome: sent", "outcome: sent, sender: CENTRELINK", "end.messages.one.sender", "CENTRELINK", "Child Supp"),
    ("outcome: sent", "outcome: sent, text: Hello", "end.messages.one.text", "Hello", TEXT),
    ("outcome: sent", "outcome: sent, bounced: next day 06:00", "end.messages.one.bounced",
     f"2026-09-22T06:00:00.000+08:00 {PERTH}", "never"),
    ("handed_over: 2026-09-22 08:00", "handed_over: 2026-09-22 08:01", "end.messages.one.handed_over",
     f"2026-09-22T08:01:00.000+08:00 {PERTH}", f"2026-09-22T08:00:00.000+08:00 {PERTH}"),
    ("\nend:", "\nend:\n  arrived: {ana: 0}", "end.arrived.ana", "0", "1"),
    ("\nend:", "\nend:\n  only: []", "end.only", "[]", "['one']"),
    ("\nend:", "\nend:\n  breaks: [cs-once]", "audit of cs-once", "broken", "not broken (pass)"),
    ("\nend:", "\nend:\n  keeps: [cs-preview]", "audit of cs-preview", "kept", None),
    ("\nend:", "\nend:\n  verdicts: {cs-once: fail}", "end.verdicts.cs-once", "fail", "pass"),
    ("\nend:", "\nend:\n  verdicts: {cs-preview: pass}", "end.verdicts.cs-preview", "pass", None),
    ("\nend:", "\nend:\n  verdicts: {cs-email: pass}", "end.verdicts.cs-email", "pass", "not exercised"),
    ("\nend:", DIALOG + "{last_message: Hello}\nend:", "steps[1].expect.last_message", "Hello", ""),
    ("\nend:", DIALOG + "{send_enabled: false}\nend:", "steps[1].expect.send_enabled", "False", "True"),
    ("\nend:", DIALOG.replace("open_dialog", "preview") + "{text: Hello}\nend:", "steps[1].expect.text", "Hello", TEXT),
    ("\nend:", LOOK + "[]}\nend:", "steps[1].expect.lines", "0 line(s)", None),
    ("\nend:", LOOK + "[{status: Error}]}\nend:", "steps[1].expect.lines[0].status", "Error", "Held"),
    ("\nend:", LOOK + "[{state: Held}]}\nend:", "steps[1].expect.lines[0].state", "Held", "no field state"),
]  # fmt: skip
"""What is changed in the scenario that passes, and the only failure that comes of it."""


def test_each_expectation_can_fail(tmp_path: Path) -> None:
    items = []
    for number, (old, new, *_) in enumerate(CAN_FAIL):
        assert old in ONE
        items += read_scenarios(write(tmp_path, ONE.replace(old, new, 1), f"case_{number}.yaml"))
    for case, result in zip(CAN_FAIL, run_items(items, Options()), strict=True):
        where, expected, actual = case[2:]
        found = [(one.where, one.expected, one.actual) for one in result.failures]
        assert [(one[0], one[1]) for one in found] == [(where, expected)], case
        assert actual in (None, found[0][2]), case


def test_all_failures_are_told_with_place_timeline_and_replay(tmp_path: Path) -> None:
    text = ONE.replace("outcome: held", "outcome: refused").replace("outcome: sent", "outcome: withdrawn")
    result = run(tmp_path, text)
    told = report(result, "pytest one.yaml::one")
    path = tmp_path / "one.yaml"
    assert f"{path}:10\n    steps[0].expect.outcome\n      expected refused\n      actual   held" in told
    assert f"{path}:13\n    end.messages.one.outcome\n      expected withdrawn\n      actual   sent" in told
    assert "    2026-09-21T20:00:00.000+08:00  held one until 2026-09-22T08:00:00.000+08:00" in told
    assert told.endswith("Replay:\n    pytest one.yaml::one")


def test_a_system_without_a_limit_is_caught_by_expectations_and_by_the_audit(tmp_path: Path) -> None:
    where = [failure.where for failure in run(tmp_path, LIMIT, "unlimited").failures]
    assert set(where) == {
        "end.messages.all_6.outcome", "end.messages.all_6.reasons", "end.messages.all_6.arrivals", "end.arrived.ana",
        "audit of cs-daily-limit",
    }  # fmt: skip


def test_what_a_system_claims_is_held_against_what_arrived(tmp_path: Path) -> None:
    assert "audit of cs-once" in [failure.where for failure in run(tmp_path, ONE, "Lying").failures]


def test_a_breach_that_is_expected_passes(tmp_path: Path) -> None:
    text = LIMIT.partition("\nend:")[0] + "\nend:\n  breaks: [cs-daily-limit]\n"
    assert run(tmp_path, text, "unlimited").failures == []
    (failure,) = run(tmp_path, text).failures
    assert (failure.where, failure.actual) == ("audit of cs-daily-limit", "not broken (pass)")


def test_a_rule_that_is_named_and_cannot_be_judged_is_no_pass(tmp_path: Path) -> None:
    early = ONE.partition("\nend:")[0].replace("[cs-send-window]", "[cs-once]") + "\nuntil: 2026-09-21 22:05\n"
    (failure,) = run(tmp_path, early).failures
    assert (failure.line, failure.where, failure.expected) == (4, "audit of cs-once", "judged")
    assert failure.actual == "unknown: still held when observation ends (1)"
    assert run(tmp_path, early + "end: {verdicts: {cs-once: unknown}}\n").failures == []
    assert run(tmp_path, early.replace("[cs-once]", "[cs-content]")).failures == []


def test_a_verdict_of_one_scenario_is_its_own(tmp_path: Path) -> None:
    told = "\nend:\n  verdicts: {cs-daily-limit: fail, cs-once: pass, cs-email: not_exercised}\n"
    bad = write(tmp_path, LIMIT.partition("\nend:")[0] + told, "bad.yaml")
    good = write(tmp_path, ONE + "  verdicts: {cs-daily-limit: pass}\n", "good.yaml")
    items = [item for path in (good, bad) for item in read_scenarios(path)]
    assert [one.failures for one in run_items(items, Options("tests.scenario.systems:unlimited"))] == [[], []]


def test_a_verb_that_is_not_supported_leaves_its_expectations_unknown(tmp_path: Path) -> None:
    result = run(tmp_path, LIST, "Silent")
    assert (result.failures, result.unknown) == ([], ["the system does not support listing"])


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("Confused", "outcome: must be one of 'sent', 'held', 'refused' or 'needs_confirmation' (value 'perhaps')"),
        ("Leaving", "failed with SystemExit: enough (systems.py:"),
        ("Failing", "failed with ZeroDivisionError: no idea (systems.py:"),
    ],
)
def test_an_answer_outside_the_protocol_is_told_with_the_call(tmp_path: Path, system: str, said: str) -> None:
    (failure,) = run(tmp_path, ONE, system).failures
    assert (failure.where, failure.expected) == ("steps[0]", "answers within the protocol")
    assert failure.actual.startswith("send(")
    assert "'template': 'payment_received'" in failure.actual
    assert said in failure.actual


def test_the_wall_clock_is_bound_to_the_simulated_one(tmp_path: Path) -> None:
    assert run(tmp_path, ONE, "ReadsTheClock").failures == []


SHIPPED = Path(__file__).resolve().parents[2] / "scenarios" / "rules"


def test_the_scenario_of_the_readme_passes(tmp_path: Path) -> None:
    readme = (SHIPPED.parents[1] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", readme, re.DOTALL)
    results = run_items(read_scenarios(write(tmp_path, example)), Options())
    assert [(len(result.failures), len(result.unknown)) for result in results] == [(0, 0)] * 4


def test_values_of_the_session_come_before_the_policy_and_after_the_scenario(tmp_path: Path) -> None:
    sets: dict[str, object] = {"cs-daily-limit.limit": "4"}
    assert [one.where for one in run(tmp_path, LIMIT, **sets).failures] == ["end.arrived.ana"]
    assert run(tmp_path, LIMIT.replace("rules:", "policy: {cs-daily-limit.limit: 5}\nrules:"), **sets).failures == []


def test_each_run_of_a_batch_answers_for_itself(tmp_path: Path) -> None:
    good, bad = write(tmp_path, LIMIT, "good.yaml"), write(tmp_path, LIMIT.partition("\nend:")[0], "bad.yaml")
    few = write(tmp_path, LIMIT.partition("\nend:")[0].replace("times: 6", "times: 5"), "few.yaml")
    items = [item for path in (good, few, bad) for item in read_scenarios(path)]
    results = run_items(items, Options("tests.scenario.systems:unlimited"))
    assert [[one.where for one in result.failures if one.where.startswith("audit")] for result in results] == [
        ["audit of cs-daily-limit"], [], ["audit of cs-daily-limit"],
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_files_left(tmp_path: Path) -> Iterator[None]:
    """Playing writes nothing beside the files that the test wrote."""
    yield
    assert all(path.suffix == ".yaml" for path in tmp_path.iterdir())
