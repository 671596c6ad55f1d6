"""What a load expects of its run: what can be written, and what is told of what was not met."""

from pathlib import Path

import pytest

from sim.audit.verdicts import Audit, Breach, RuleAudit
from sim.errors import InputError
from sim.metrics import Metrics
from sim.metrics.measures import Facts, Measures
from sim.policy.policy import load_policy
from sim.scenario.expected import Expected, missed
from sim.scenario.load import load_file, shipped_loads
from tests.synthetic import history, parameters_plain, policy_plain

LOAD = """\
emsim: 1
kind: load
name: small
title: A small load
start: 2026-09-21
days: 7
customers: 100
seed: 3
expect:
  verdict: pass
  verdicts:
    cs-once: pass
    cs-email: not_exercised
  targets:
    cs-preview: 0.04
  metrics:
    held_share: {min: 0.25, max: 0.5}
    refusals[daily_limit]: {max: 3}
"""


def read(folder: Path, text: str = LOAD) -> Expected:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    found = load_file(path).expect
    assert found is not None
    return found


def judged(rule: str, verdict: str, cases: int, breaches: int = 0, unjudged: int = 0) -> RuleAudit:
    evidence = [Breach(7, (number,), "because.") for number in range(breaches)]
    enforced_by = load_policy().rules[rule].enforced_by
    return RuleAudit(rule, enforced_by, verdict, cases, breaches, unjudged, "no column" * (not cases), evidence)


def audit(**changes: RuleAudit) -> Audit:
    rules = {
        "once": judged("cs-once", "pass", 5), "email": judged("cs-email", "not_exercised", 0),
        "preview": judged("cs-preview", "fail", 100, 4), **changes,
    }  # fmt: skip
    return Audit(list(rules.values()))


def measured(held: float | None = 0.25, refused: int | None = 3) -> Metrics:
    found = Measures()
    found.put("held_share", held)
    if refused is not None:
        found.put("refusals", refused, "daily_limit")
    written = history()
    from sim.tables import messages_table

    return Metrics(found, Facts(written, messages_table(written, policy_plain()), policy_plain(), parameters_plain()))


@pytest.fixture(scope="module")
def numbers() -> Metrics:
    return measured()


def test_what_is_met_is_not_told(tmp_path: Path, numbers: Metrics) -> None:
    expected = read(tmp_path)
    assert len(expected) == 6
    assert expected.rules == ("cs-once", "cs-email", "cs-preview")
    assert missed(expected, audit(), numbers) == []
    assert missed(expected, audit(), measured(held=0.5, refused=0)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"once": judged("cs-once", "fail", 5, 1)},
         [(10, "expect.verdict", "pass", "fail (cs-once)"), (12, "expect.verdicts.cs-once", "pass", "fail")]),
        ({"once": judged("cs-once", "unknown", 0)},
         [(10, "expect.verdict", "pass", "unknown (cs-once)"),
          (12, "expect.verdicts.cs-once", "pass", "unknown (no column)")]),
        ({"once": judged("cs-once", "not_exercised", 0)},
         [(12, "expect.verdicts.cs-once", "pass", "not_exercised")]),
        ({"email": judged("cs-email", "pass", 2)}, [(13, "expect.verdicts.cs-email", "not_exercised", "pass")]),
        ({"preview": judged("cs-preview", "fail", 99, 4)},
         [(10, "expect.verdict", "pass", "fail (cs-preview)"),
          (15, "expect.targets.cs-preview", "at most 0.04 of the cases broken", "0.0404 (4 of 99 cases)")]),
        ({"preview": judged("cs-preview", "pass", 99)}, []),
        ({"preview": judged("cs-preview", "not_exercised", 0)},
         [(15, "expect.targets.cs-preview", "at most 0.04 of the cases broken", "no case was judged (no column)")]),
    ],
)  # fmt: skip
def test_verdicts_and_targets(
    tmp_path: Path, numbers: Metrics, changes: dict[str, RuleAudit], told: list[tuple[int, str, str, str]]
) -> None:
    found = missed(read(tmp_path), audit(**changes), numbers)
    assert [(one.line, one.field, one.expected, one.actual) for one in found] == told


@pytest.mark.parametrize(
    ("held", "refused", "told"),
    [
        (0.2499, 3, [(17, "at least 0.25 and at most 0.5 (share of messages issued)", "0.2499")]),
        (0.5001, 3, [(17, "at least 0.25 and at most 0.5 (share of messages issued)", "0.5001")]),
        (None, 3, [(17, "at least 0.25 and at most 0.5 (share of messages issued)", "nothing (groups: all)")]),
        (0.3, 4, [(18, "at most 3 (messages)", "4")]),
        (0.3, None, [(18, "at most 3 (messages)", "nothing (groups: none)")]),
    ],
)
def test_metrics(tmp_path: Path, held: float | None, refused: int | None, told: list[tuple[int, str, str]]) -> None:
    found = missed(read(tmp_path), audit(), measured(held, refused))
    assert [(one.line, one.expected, one.actual) for one in found] == told


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("verdict: pass", "verdict: good",
         "10: expect.verdict: must be one of 'pass', 'fail', 'unknown' or 'not_exercised' (value 'good')"),
        ("cs-once: pass", "cs-onse: pass",
         "12: expect.verdicts.cs-onse: unknown rule 'cs-onse' (did you mean cs-once?)"),
        ("cs-preview: 0.04", "cs-once: 0.04",
         "15: expect.targets.cs-once: is enforced by a system or a content, so that every breach counts already"),
        ("cs-preview: 0.04", "cs-preview: 4",
         "15: expect.targets.cs-preview: must be a share from 0 to 1 (value 4)"),
        ("held_share: {min", "held_shares: {min",
         "17: expect.metrics.held_shares: unknown metric (did you mean held_share?)"),
        ("held_share: {min", "held_share.all: {min",
         "17: expect.metrics.held_share.all: must look like METRIC or METRIC[GROUP] (value 'held_share.all')"),
        ("min: 0.25, max: 0.5", "min: 0.6, max: 0.5",
         "17: expect.metrics.held_share: min must not be more than max (values 0.6 and 0.5)"),
        ("{min: 0.25, max: 0.5}", "{}", "17: expect.metrics.held_share: needs min or max, or both"),
        ("min: 0.25, max", "mim: 0.25, max", "17: expect.metrics.held_share.mim: unknown key (did you mean min?)"),
    ],
)  # fmt: skip
def test_expectations_that_cannot_be(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in LOAD
    with pytest.raises(InputError) as raised:
        read(tmp_path, LOAD.replace(old, new, 1))
    assert str(raised.value) == f"{tmp_path / 'small.yaml'}:{error}"


def test_every_shipped_load_says_what_must_come_of_it() -> None:
    for path in shipped_loads().values():
        expected = load_file(path).expect
        assert expected is not None
        assert expected.verdict == "pass"
        assert expected.metrics
