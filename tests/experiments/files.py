"""Small experiments, as files and as objects."""

from pathlib import Path

from sim.experiments.experiment import Experiment, read_experiment

SMALL = """emsim: 1
kind: experiment
name: small
title: A small one
base:
  load: four_weeks
  customers: 60
  days: 3
  set:
    staff.officers: 8
factors:
  staff.officers: [7, 8, 9]
design: one_at_a_time
replications: 2
metrics:
  - work_wait_median
  - sent[pluto]
"""


def write(folder: Path, text: str = SMALL, name: str = "small.yaml") -> Path:
    """The path of a new file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def experiment(folder: Path, **changes: str) -> Experiment:
    """The small experiment with lines replaced: ``experiment(folder, replications="3")``."""
    return read_experiment(write(folder, changed(**changes)))


def changed(**changes: str) -> str:
    """The text of the small experiment with top-level lines of one line replaced or added."""
    lines = SMALL.splitlines()
    for name, value in changes.items():
        places = [index for index, line in enumerate(lines) if line.startswith(f"{name}:")]
        if places:
            lines[places[0]] = f"{name}: {value}"
        else:
            lines.append(f"{name}: {value}")
    return "\n".join(lines) + "\n"
