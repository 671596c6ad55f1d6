"""The README says what is so: its readings are the policy's, its links lead somewhere, its examples run.

``python -m tests.test_readme`` writes the readings into it anew (``make readme``).
"""

import re
import shlex
import sys
from pathlib import Path

import pytest

from sim.policy.policy import load_policy
from sim.policy.readings import readings_markdown
from sim.population.parameters import load_parameters
from sim.start import main

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
START, END = "<!-- readings: start -->\n", "<!-- readings: end -->\n"


def text() -> str:
    return README.read_text(encoding="utf-8")


def renewed(readme: str) -> str:
    """The README with the readings as they are now."""
    head, rest = readme.split(START)
    _, tail = rest.split(END)
    return f"{head}{START}\n{readings_markdown(load_policy(), load_parameters())}\n{END}{tail}"


def blocks(language: str) -> list[str]:
    """The code blocks of this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(), re.MULTILINE | re.DOTALL)


def test_readings_and_assumptions_are_those_of_the_policy() -> None:
    assert text() == renewed(text()), "run: make readme"


def test_a_stale_reading_is_noticed() -> None:
    stale = text().replace("| `either_day` |", "| `delivery_day` |", 1)
    assert stale != text()
    assert stale != renewed(stale)


def test_links_and_paths_lead_somewhere() -> None:
    prose = text().split(START)[0]
    links = re.findall(r"\]\(([^)#]+)\)", prose)
    assert len(links) >= 2
    assert [link for link in links if not (ROOT / link).exists()] == []
    paths = re.findall(r"`((?:sim|fakes|tests|scenarios)/[A-Za-z0-9_/.]*)`", prose)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)", text().split(START)[0]))
    assert {"run", "test", "lint"} <= named <= targets


def test_pictures_are_pictures() -> None:
    pictures = sorted((ROOT / ".readme").iterdir())
    assert pictures
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
    assert all(picture.name in text() for picture in pictures)


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.strip().splitlines()[-1][:40])
def test_python_examples_run(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = re.sub(r"customers=\d+", "customers=500", block)
    names: dict[str, object] = {}
    exec(compile(small, "README.md", "exec"), names)
    assert {"run", "broken", "done"} & names.keys()


def test_the_planted_fault_of_the_example_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = [block for block in blocks("python") if "never_asks" in block]
    exec(compile(example, "README.md", "exec"), {})
    verdict, why = capsys.readouterr().out.splitlines()
    assert verdict == "fail"
    assert "without the question" in why


def commands() -> list[list[str]]:
    """The ``emsim`` commands of the examples, without their remarks."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("emsim ")]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_commands_exist_with_their_options(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["emsim", words[0], "--help"])
    assert main() == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word.startswith("--") and word not in shown] == []


def test_the_log_of_the_example_is_judged_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (log,) = blocks("csv")
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(log, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["emsim", "audit", "export.csv"])
    assert main() == 1
    out = capsys.readouterr().out
    assert re.search(r"cs-window-at-gateway +system +fail", out)
    assert "20:00:00" in out


if __name__ == "__main__":
    README.write_text(renewed(text()), encoding="utf-8")
