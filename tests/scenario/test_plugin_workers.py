"""What pytest does besides: several workers, and which of the items are run. Ids are those that one reads in a file."""

import re

import pytest

from sim.scenario import plugin
from sim.scenario.shares import A_WORKER, file_of, shares
from tests.scenario.loaded import PYTESTER
from tests.scenario.test_coverage import LIMIT, WINDOW
from tests.scenario.test_plugin_loads import LOAD

pytest_plugins = [PYTESTER]
IDS = [f"window.yaml::{name}" for name in ("far", "before", "on", "after", "next", "too_late")]
IDS = [f"limit.yaml::{name}" for name in ("four", "five", "six", "seven")] + ["small.yaml::load"] + IDS
WORKERS = ("-n", "2", "--tx", "2*popen")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".yaml", window=WINDOW, limit=LIMIT, small=LOAD)
    pytester.makepyfile(test_other="def test_one(): pass\ndef test_two(): pass\n")
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    return pytester


def test_ids_are_those_of_the_rows(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--collect-only", "-q")
    assert [line for line in result.outlines if ".yaml" in line] == IDS
    assert result.ret == 0


def test_two_workers_get_whole_shares_and_nothing_else_differs(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-n", "2", "-v", "--junitxml", "out.xml", "--emsim-coverage=two.json")
    result.assert_outcomes(passed=13)
    named = re.findall(r'<testcase classname="([^"]*)" name="([^"]*)"', (suite.path / "out.xml").read_text("utf-8"))
    expected = sorted([*(one.partition("::")[2] for one in IDS), "test_one", "test_two"])
    assert sorted(name for _, name in named) == expected
    ran = re.findall(r"\[(gw\d)\].*PASSED (\S+::\S+)", result.stdout.str())
    assert len(ran) == 13
    by_share: dict[int, set[str]] = {}
    found = shares(IDS, 2 * A_WORKER)
    for worker, one in ran:
        if file_of(one):
            by_share.setdefault(found[file_of(one)], set()).add(worker)
    assert [len(workers) for workers in by_share.values()] == [1, 1]
    suite.runpytest_inprocess("--emsim-coverage=one.json").assert_outcomes(passed=13)
    two, one = ((suite.path / f"{name}.json").read_text("utf-8") for name in ("two", "one"))
    assert two == one


def test_the_first_failure_ends_the_session_and_the_last_failed_come_first(suite: pytest.Pytester) -> None:
    wrong = WINDOW.replace("payment_received}", "payment_received}\n    expect: {outcome: held}")
    (suite.path / "window.yaml").write_text(wrong, encoding="utf-8")
    result = suite.runpytest_inprocess("-x", "window.yaml::far", "window.yaml::before")
    result.assert_outcomes(failed=1)
    (suite.path / "window.yaml").write_text(WINDOW, encoding="utf-8")
    result = suite.runpytest_inprocess("--lf", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["window.yaml::far PASSED*"])


@pytest.mark.parametrize(
    ("words", "name", "ours"),
    [
        ((*WORKERS, "--dist", "load"), "a.yaml", True),
        ((*WORKERS, "--dist", "loadfile"), "a.yaml", False),
        ((*WORKERS, "--dist", "load"), "a.txt", False),
        ((*WORKERS, "--dist", "load"), "build/a.yaml", False),
        ((*WORKERS, "--dist", "load", "a.yaml"), "a.yaml", True),
        ((*WORKERS, "--dist", "load", "a.yaml::on"), "a.yaml", True),
        ((*WORKERS, "--dist", "load", "other"), "a.yaml", False),
    ],
)
def test_others_keep_their_scheduler(pytester: pytest.Pytester, words: tuple[str, ...], name: str, ours: bool) -> None:
    pytester.mkdir("other")
    file = pytester.path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(WINDOW, encoding="utf-8")
    config = pytester.parseconfig(*words)
    made = plugin.pytest_xdist_make_scheduler(config, None)
    assert (made is not None) is ours


@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_shares_are_contiguous_and_even(count: int) -> None:
    ids = [f"{file:02}.yaml::{row}" for file in range(40) for row in range(1 + file % 5)]
    ids += ["load.yaml::load", "test_a.py::test_b"]
    found = shares(ids, count)
    order = list(found.values())
    assert order == sorted(order)
    assert set(order) == set(range(count))
    sizes = [sum(found.get(file_of(one)) == share for one in ids) for share in range(count)]
    assert max(sizes) - min(sizes) <= 10
    assert file_of("load.yaml::load") == file_of("test_a.py::test_b") == ""
    assert "00.yaml" in found
