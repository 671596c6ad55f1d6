"""The options for the coverage of the policy, in sessions of their own."""

import json

import pytest

from tests.scenario.loaded import PYTESTER
from tests.scenario.test_coverage import LIMIT, WINDOW
from tests.scenario.test_plugin_loads import LOAD

pytest_plugins = [PYTESTER]


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".yaml", window=WINDOW, limit=LIMIT)
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    return pytester


def test_the_table_is_shown_when_it_is_asked_for(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--emsim-coverage", "window.yaml", "limit.yaml")
    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(
        [
            "*coverage of the policy*",
            "rule *cases *before *on *after *refused *held *zone *daylight saving *reading",
            "cs-daily-limit  *4 *1/2 *1/2 *1/2 *1/1 *0/1 *0/1 *1/2 *2/5",
            "cs-send-window  *6 *1/2 *1/2 *1/2 *– *1/1 *0/1 *0/2 *1/2",
            "cf-route  *not exercised *– *– *– *– *– *– *– *–",
            "Not exercised:",
            "  cs-send-window: before: opening; on: opening; *",
            "  no case at all: cs-subscription, *",
            "Coverage of the policy: * of * parts, *%",
        ]
    )


def test_it_is_written_and_loads_count_too(suite: pytest.Pytester) -> None:
    suite.makefile(".yaml", small=LOAD.replace("{cs-once: pass}", "{cs-once: pass, cs-send-window: pass}"))
    suite.runpytest_inprocess("--emsim-coverage=out.json").assert_outcomes(passed=11)
    found = json.loads((suite.path / "out.json").read_text(encoding="utf-8"))
    parts = {(part["column"], part["part"]): part for part in found["rules"]["cs-send-window"]["parts"]}
    assert parts["on", "closing"] == {
        "column": "on", "part": "closing", "unit": "ms", "items": 1, "example": "window.yaml::on",
    }  # fmt: skip
    assert parts["cases", "a case"]["items"] == 7
    assert found["rules"]["cs-once"]["state"] == "exercised"
    assert found["percent"] == pytest.approx(100 * found["exercised"] / found["parts"], abs=0.01)


@pytest.mark.parametrize(("least", "code", "compared"), [("1", 0, "at least"), ("50", 1, "less than")])
def test_too_little_fails_the_session(suite: pytest.Pytester, least: str, code: int, compared: str) -> None:
    result = suite.runpytest_inprocess("--emsim-fail-under", least, "limit.yaml")
    assert result.ret == code
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines([f"emsim: *% is {compared} the {least}% of --emsim-fail-under"])


def test_what_was_not_run_is_not_exercised(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--emsim-coverage", "-k", "too_late or four")
    result.assert_outcomes(passed=2, deselected=8)
    result.stdout.fnmatch_lines(["cs-send-window  *1 *0/2 *0/2 *0/2 *"])


def test_collecting_alone_measures_nothing(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--collect-only", "--emsim-coverage=out.json", "--emsim-fail-under", "90")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*coverage of the policy*")
    assert not (suite.path / "out.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--emsim-fail-under", "101"), "--emsim-fail-under: must be a number from 0 to 100 (value 101)"),
        (("--emsim-fail-under", "nan"), "--emsim-fail-under: must be a number from 0 to 100 (value nan)"),
        (("--emsim-coverage=out.txt",), "--emsim-coverage: must be the name of a .json file (value 'out.txt')"),
        (("--emsim-coverage=no/out.json",), "--emsim-coverage: there is no folder for it (value 'no/out.json')"),
    ],
)
def test_bad_options_are_one_line(suite: pytest.Pytester, words: tuple[str, ...], said: str) -> None:
    result = suite.runpytest_inprocess(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
