"""``emsim diff``: exit codes, text, JSON, bad input."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Emsim, without_pictures


@pytest.fixture(scope="module")
def limit_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of `plain_run` with the limit at 1."""
    return without_pictures(tmp_path_factory.mktemp("other") / "limit_one", **{"cs-daily-limit.limit": 1})


def test_the_same_folder_twice(emsim: Emsim, plain_run: Path) -> None:
    answer = emsim("diff", plain_run, plain_run)
    assert (answer.code, answer.error) == (0, "")
    assert answer.out == f"First: {plain_run}, second: {plain_run}\n\nThe runs are identical.\n"


def test_what_differs_and_the_first_decision(emsim: Emsim, plain_run: Path, limit_one: Path) -> None:
    answer = emsim("diff", plain_run, limit_one)
    assert (answer.code, answer.error) == (1, "")
    assert "value of the policy  cs-daily-limit.limit  5      1" in answer.out
    assert "The first divergent decision" in answer.out
    assert "Explained by cs-daily-limit.limit: 5 in the first, 1 in the second." in answer.out


def test_json_is_one_document(emsim: Emsim, plain_run: Path, limit_one: Path) -> None:
    answer = emsim("diff", plain_run, limit_one, "--json", "--limit", 1)
    data = json.loads(answer.out)
    assert (answer.code, data["same"], data["kind"]) == (1, False, "comparable")
    assert (data["first"], data["second"]) == (str(plain_run), str(limit_one))
    assert all(len(group["examples"]) == 1 for group in data["groups"])


def test_the_messages_named_can_be_explained(emsim: Emsim, plain_run: Path, limit_one: Path) -> None:
    first = json.loads(emsim("diff", plain_run, limit_one, "--json").out)["first_divergent_decision"]
    told = [
        json.loads(emsim("explain", place, first[name], "--json").out)
        for place, name in ((plain_run, "first_message"), (limit_one, "second_message"))
    ]
    assert told[0]["about"] == told[1]["about"]
    assert told[1]["outcome"] == "refused"
    assert told[1]["moments"][0]["decided"]["reasons"] == ["daily_limit"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nowhere",), "emsim: nowhere: no such run folder\n"),
        (("{run}", "--limit", "-1"), "--limit"),
        (("{run}", "--limit", "x"), "--limit"),
        ((), "RUN_B"),
    ],
)
def test_bad_input(emsim: Emsim, plain_run: Path, words: tuple[str, ...], problem: str) -> None:
    answer = emsim("diff", plain_run, *(word.format(run=plain_run) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert problem in answer.error


def test_help_says_what_diff_and_compare_are_for(emsim: Emsim) -> None:
    assert "emsim compare" in " ".join(emsim("diff", "--help").out.split())
    assert "emsim diff" in " ".join(emsim("compare", "--help").out.split())
