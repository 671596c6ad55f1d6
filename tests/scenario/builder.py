"""A scenario in few words, for tests that change one part of it."""

import textwrap
from pathlib import Path

from sim.scenario.expand import read_scenarios
from sim.scenario.expectations import judge_steps
from sim.scenario.session import Result
from sim.scenario.stage import staged

HEAD = """\
emsim: 1
kind: scenario
title: A scenario for a test
rules: [cs-send-window]
"""
ONE = (
    HEAD
    + """\
customers:
  ana: {zone: Australia/Perth}
steps:
  - at: 2026-09-21 20:00
    send: {as: one, customer: ana, template: payment_received}
    expect: {outcome: held, due: next day 08:00}
end:
  messages:
    one: {outcome: sent, handed_over: 2026-09-22 08:00}
"""
)

HTTP_SYSTEMS = Path(__file__).with_name("http_systems.py")


def write(folder: Path, text: str, name: str = "one.yaml") -> Path:
    """Write a scenario file."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def http_system(folder: Path, fault: str, **settings: object) -> str:
    """The file of a server with this fault, which is given little time."""
    given = {"answer_seconds": 0.4, "start_seconds": 10, "tries": 2, **settings}
    lines = "".join(f"{name}: {value}\n" for name, value in given.items())
    command = f"command: \"{{python}} '{HTTP_SYSTEMS}' {{port}} {fault}\"\n"
    return str(write(folder, "emsim: 1\nkind: system\n" + command + lines, f"{fault}.yaml"))


def play(folder: Path, system: str, *texts: str) -> list[Result]:
    """Play these scenarios against a system and hold them against what they expect; no audit, which takes longest."""
    results = []
    with staged(system, 1, {}) as stage:
        for number, text in enumerate(texts):
            for item in read_scenarios(write(folder, text, f"scenario_{number}.yaml")):
                played = stage.play(item)
                found = judge_steps(played)
                results.append(Result(played, found.failures, found.unknown))
    return results
