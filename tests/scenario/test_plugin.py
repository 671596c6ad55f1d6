"""The pytest plugin in sessions of its own."""

import tomllib
from pathlib import Path

import pytest

from sim.scenario import collected
from tests.scenario.builder import HEAD, ONE
from tests.scenario.loaded import PYTESTER

pytest_plugins = [PYTESTER]
ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    HEAD.replace("cs-send-window", "cs-send-window, cs-once")
    + """\
rows:
  morning: {at: "08:00", outcome: sent}
  evening: {at: "20:00", outcome: held}
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 $at
    send: {customer: ana, template: payment_received}
    expect: {outcome: $outcome}
"""
)


def lay_out(pytester: pytest.Pytester, **texts: str) -> None:
    """Write files NAME.yaml, and settings as strict as ours."""
    pytester.makefile(".yaml", **texts)
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    pytester.syspathinsert(ROOT)


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"emsim": "sim.scenario.plugin"}


def test_items_rows_and_other_files(pytester: pytest.Pytester) -> None:
    lay_out(pytester, one=ONE, rows=ROWS, load="emsim: 1\nkind: load\n", other="a: 1\n", late="a: 1\nemsim: 1\n")
    result = pytester.runpytest_inprocess("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["one.yaml::one PASSED*", "rows.yaml::morning PASSED*", "rows.yaml::evening PASSED*"])
    result.stdout.no_fnmatch_line("*coverage of the policy*")


@pytest.mark.parametrize(
    ("words", "passed"), [(("-k", "evening"), 1), (("-m", "cs-once"), 2), (("-m", "not cs-once"), 1)]
)
def test_selection_by_name_and_by_rule(pytester: pytest.Pytester, words: tuple[str, ...], passed: int) -> None:
    lay_out(pytester, one=ONE, rows=ROWS)
    pytester.runpytest_inprocess(*words).assert_outcomes(passed=passed, deselected=3 - passed)


def test_a_failure_shows_place_timeline_and_replay(pytester: pytest.Pytester) -> None:
    lay_out(pytester, rows=ROWS.replace("outcome: held", "outcome: sent"))
    words = ("--emsim-set", "cs-daily-limit.limit=4", "--emsim-seed", "7")
    result = pytester.runpytest_inprocess(*words)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "rows.yaml:12",
            "*steps*expect.outcome",
            "*expected sent",
            "*actual   held",
            "What happened to ana (customer 1), in local time:",
            "*2026-09-21T20:00:00.000+08:00  issued*",
            "Replay:",
            "    pytest rows.yaml::evening --emsim-set cs-daily-limit.limit=4 --emsim-seed 7",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_another_system_under_test(pytester: pytest.Pytester) -> None:
    six = ROWS.replace("send: {customer: ana", "send: {customer: ana, times: 6, answer: send").partition("    expect")[
        0
    ]
    lay_out(pytester, six=six.replace(", outcome: sent", "").replace(", outcome: held", ""))
    pytester.runpytest_inprocess().assert_outcomes(passed=2)
    result = pytester.runpytest_inprocess("--emsim-system", "tests.scenario.systems:unlimited")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*audit of cs-daily-limit", "*expected kept"])


def test_unknown_is_never_a_pass(pytester: pytest.Pytester) -> None:
    step = "\n  - at: next day 09:00\n    look: {screen: letters_list, customer: ana}"
    step += "\n    expect: {lines: [{status: Sent}]}\nend:"
    lay_out(pytester, look=ONE.replace("\nend:", step))
    result = pytester.runpytest_inprocess("-rs", "--emsim-system", "tests.scenario.systems:Silent")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1[]] look.yaml:1: unknown: the system does not support listing"])


def test_a_bad_file_is_one_line(pytester: pytest.Pytester) -> None:
    lay_out(pytester, bad=ONE.replace("customer: ana", "customer: bob"), rows=ROWS)
    result = pytester.runpytest_inprocess("--continue-on-collection-errors")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*bad.yaml:9: steps*.send.customer: unknown customer 'bob' (allowed: ana)"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--emsim-set", "cs-daily-limit.limt=4"), "*cs-daily-limit.limt*"),
        (("--emsim-set", "cs-daily-limit.limit"), "*must look like NAME=VALUE*"),
        (("--emsim-system", "nowhere:make"), "*--emsim-system: cannot be loaded*"),
    ],
)
def test_bad_options_are_one_line(pytester: pytest.Pytester, words: tuple[str, ...], said: str) -> None:
    lay_out(pytester, one=ONE)
    result = pytester.runpytest_inprocess(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_workers_with_another_distribution_and_junit(pytester: pytest.Pytester) -> None:
    lay_out(pytester, one=ONE, rows=ROWS.replace("outcome: held", "outcome: sent"))
    result = pytester.runpytest_subprocess("-n", "auto", "--dist", "worksteal", "--junitxml", "out.xml")
    result.assert_outcomes(passed=2, failed=1)
    text = (pytester.path / "out.xml").read_text(encoding="utf-8")
    assert 'tests="3"' in text
    assert "actual   held" in text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("emsim: 1\nkind: scenario\n", "scenario"),
        ("# a comment\n\nemsim: 1  # format\nkind: scenario # kind\n", "scenario"),
        ("emsim: 1\nkind: load\nexpect: {}\n", "load"),
        ("emsim: 1\nkind: load\nother:\n  expect: {}\n", ""),
        ("emsim: 1\nkind: load\n", ""),
        ("emsim: 1\nkind: experiment\n", ""),
        ("emsim: 10\nkind: scenario\n", ""),
        ("kind: scenario\nemsim: 1\n", ""),
        ("emsim: 1\nother:\n  kind: scenario\n", ""),
        ("", ""),
    ],
)
def test_which_files_are_ours(tmp_path: Path, text: str, kind: str) -> None:
    for name in ("a.yaml", "a.yml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert collected.kind_of(path) == kind
    assert collected.kind_of(tmp_path / "a.txt") == ""
