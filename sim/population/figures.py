"""The published figures (policy.md H) and the names of the teams, read from `figures.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from sim.messages import ProcessKind


class Figure(NamedTuple):
    """One published figure. `low` and `high` are equal unless a range was published; `parameter` is the name of the
    parameter whose default this figure is ("" for none)."""

    name: str
    low: float
    high: float
    unit: str
    source: str
    note: str
    parameter: str


class Team(NamedTuple):
    """A team as data: its name, the parameter that weighs its share of the officers, and the work that it takes."""

    name: str
    weight: str
    takes: tuple[ProcessKind, ...]


@cache
def _document() -> dict[str, Any]:
    text = files("sim.population").joinpath("figures.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


@cache
def figures() -> dict[str, Figure]:
    """Every published figure by name, in the order of the file."""
    found: dict[str, Figure] = {}
    for name, entry in _document()["figures"].items():
        value = entry["value"]
        low, high = value if isinstance(value, list) else (value, value)
        found[name] = Figure(
            name, low, high, entry["unit"], entry["source"], entry.get("note", ""), entry.get("parameter", "")
        )
    return found


@cache
def teams() -> tuple[Team, ...]:
    """The teams that work can be divided among, in the order in which they are set up."""
    return tuple(
        Team(entry["name"], entry["weight"], tuple(ProcessKind[kind] for kind in entry["takes"]))
        for entry in _document()["teams"]["teams"]
    )
