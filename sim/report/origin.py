"""Where a report comes from: what was run, what it is known by, and the command that gives it again."""

import shlex
from collections.abc import Mapping
from typing import Any

from sim.clock import AGENCY_ZONE, clock, instant
from sim.report.words import shown

_FACTS = (
    ("load", "Load"),
    ("seed", "Seed"),
    ("customers", "Customers"),
    ("days", "Days"),
    ("start", "First day"),
    ("messages", "Messages"),
    ("events", "Events in the history"),
    ("version", "Version of emsim"),
    ("fingerprint", "Fingerprint of the history"),
    ("policy_hash", "Hash of the policy"),
    ("parameters_hash", "Hash of the parameters"),
)


def facts(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of what the manifest says, the observed time in agency time."""
    found = []
    for key, name in _FACTS:
        if manifest.get(key) is not None:
            number = manifest[key]
            found.append((name, str(number) if key == "seed" else shown(number)))
    if manifest.get("observed_from") and manifest.get("observed_to"):
        span = " to ".join(_agency(manifest[key]) for key in ("observed_from", "observed_to"))
        found.insert(min(len(found), 5), ("Observed", f"{span} in agency time ({AGENCY_ZONE})"))
    return found


def what_was_run(manifest: Mapping[str, Any]) -> str:
    """One line: how many customers, how long, from when, which seed."""
    parts = [
        f"{shown(manifest[key])} {words}"
        for key, words in (("customers", "customers"), ("days", "days"))
        if manifest.get(key) is not None
    ]
    parts += [f"{words} {manifest[key]}" for key, words in (("start", "from"), ("seed", "seed")) if key in manifest]
    return ", ".join(parts)


def _agency(value: str | int) -> str:
    """An instant (ISO 8601 or ms UTC) as local agency time."""
    time = value if isinstance(value, int) else instant(value)
    return clock(AGENCY_ZONE).isoformat(time)[:16].replace("T", " ")


def command(manifest: Mapping[str, Any]) -> str:
    """The command that gives this run again."""
    if manifest.get("command"):
        return str(manifest["command"])
    words = ["emsim", "run", str(manifest.get("load", "four_weeks"))]
    for name in ("seed", "customers", "days", "start"):
        if manifest.get(name) is not None:
            words += [f"--{name}", str(manifest[name])]
    for name, value in (manifest.get("set") or {}).items():
        words += ["--set", f"{name}={value}"]
    return shlex.join(words)
