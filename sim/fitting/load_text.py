"""The fitted load: as `emsim run` takes it, and as the file that holds it, with intervals and methods as comments."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sim import __version__
from sim.clock import AGENCY_ZONE, clock, instant
from sim.fitting.comparison import Compared
from sim.fitting.estimates import Estimate, Findings, Missing, possible
from sim.fitting.evidence import Evidence
from sim.population.parameters import Parameters, load_parameters
from sim.scenario.changes import Change, as_changes
from sim.scenario.load import Fault, Load
from sim.scenario.load_format import MOST_DAYS

_WIDTH = 118
FIRST_LINE = "# Fitted by emsim"
STAFF = {"staff.officers": 6, "integrated.officers": 1, "misdirected.sas_officers": 1}
"""Parameters that grow with the number of customers, and the fewest that there can be."""
RATES = ("gateway.rate_per_second", "email.rate_per_second")
"""Throughputs for all customers together."""


class Frame(NamedTuple):
    """What a fitted load is but its parameters."""

    name: str
    title: str
    start: date
    days: int
    customers: int
    programmes: tuple[str, ...]
    zones: tuple[str, ...] = ()
    policy: tuple[tuple[str, Any], ...] = ()
    faults: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()


def frame_of(evidence: Evidence) -> Frame:
    """The interval, customers, programmes and policy of a log."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", evidence.source.rstrip("/").rpartition("/")[2].partition(".")[0]) or "log"
    name, title = f"fitted_{stem}"[:60], f"Fitted from {evidence.source}"[:200]
    if evidence.run is None:
        days = min(evidence.days, MOST_DAYS)
        return Frame(name, title, evidence.start, days, evidence.customers, evidence.programmes)
    manifest = evidence.run.manifest
    load = manifest["load"]
    faults = tuple(_fault(one) for one in load["faults"])
    faults = tuple(fault for fault in faults if evidence.from_ms <= fault.starts < evidence.to_ms)
    policy = tuple(manifest["sets"]["policy"].items())
    changes = as_changes(load.get("changes", []))
    return Frame(
        name, title, evidence.start, load["days"], load["customers"], evidence.programmes, tuple(load["zones"]), policy,
        faults, changes,
    )  # fmt: skip


def _fault(plain: Mapping[str, Any]) -> Fault:
    """A fault as a manifest has it (`Fault.plain`)."""
    postcodes = (plain["postcodes"][0], plain["postcodes"][1]) if "postcodes" in plain else None
    return Fault(plain["kind"], instant(plain["starts"]), plain.get("minutes", 0), plain.get("days", 0), postcodes)


def as_load(frame: Frame, found: Findings, customers: int, seed: int) -> Load:
    """The load to simulate, with `customers` instead of all of them: staff and throughput shrink with them, so that a
    queue is as long."""
    parameters = load_parameters()
    values = found.values(parameters)
    part = customers / frame.customers
    for name, least in STAFF.items():
        if name in values:
            values[name] = max(least, round(values[name] * part))
    if part < 1:
        values |= {name: possible(parameters[name] * part, name, parameters) for name in RATES}
    return Load(
        frame.name, frame.title, frame.start, frame.days, customers, seed, dict(frame.policy), values, frame.faults,
        frame.zones, frame.programmes, changes=frame.changes,
    )  # fmt: skip


def text(
    frame: Frame, found: Findings, seed: int, about: str, check: Sequence[Compared], caveats: Sequence[str]
) -> str:
    """The file of a fitted load. `about` says what it was fitted to, `check` how the simulated run compares."""
    parameters = load_parameters()
    values = found.values(parameters)
    lines = [
        *_remark(f"{FIRST_LINE} {__version__} from {about}."[2:], ""),
        *_remark(
            "Run it with emsim run and this file. Above each value: its 95% interval, the default, what it rests on, "
            "and how it was found. What is not here keeps its default, an assumption; why stands at the end.",
            "",
        ),
        *(line for words in caveats for line in _remark(f"{words}.", "")),
        "emsim: 1",
        "kind: load",
        f"name: {frame.name}",
        f"title: {_plain(frame.title)}",
        f"start: {frame.start.isoformat()}",
        f"days: {frame.days}",
        f"customers: {frame.customers}",
        f"seed: {seed}",
        f"programmes: [{', '.join(frame.programmes)}]",
    ]
    if frame.zones:
        lines.append(f"zones: [{', '.join(frame.zones)}]")
    lines += ["policy:", *(f"  {name}: {_plain(value)}" for name, value in frame.policy)] if frame.policy else []
    if frame.changes:
        lines.append("changes:")
        for change in frame.changes:
            lines += [f"  - from: {change.start.isoformat()}", f"    policy: {json.dumps(dict(change.policy))}"]
    lines.append("parameters:" if values else "parameters: {}")
    before = ""
    for name, one in found.estimates.items():
        told = _told(one, parameters, one.method == before)
        lines += [*_remark(told, "  "), f"  {name}: {_plain(values[name])}"]
        before = one.method
    if frame.faults:
        lines.append("faults:")
        for fault in frame.faults:
            broken = {**fault.plain(), "starts": clock(AGENCY_ZONE).isoformat(fault.starts)}
            lines.append(f"  - {json.dumps(broken)}")
    lines += ["", *_remark("The check: the log | a run simulated with these values.", "")]
    for row in check:
        lines += _remark(f"{row.what}: {row.log} | {row.simulated} | {verdict(row)}", "", "  ")
    lines += ["", *_remark("What the log shows and no parameter holds (95% intervals).", "")]
    for figure in found.figures:
        lines += _remark(
            f"{figure.name}: {figure.value:.4g} ({_ends(figure.low, figure.high)}) {figure.unit}, n = {figure.n:,}; "
            f"{figure.method}", "", "  ",
        )  # fmt: skip
    lines += ["", *_remark("Not fitted: these keep their defaults, which are assumptions.", "")]
    for kept in [*found.missing, *rest(found, parameters)]:
        lines += _remark(f"{_names(kept.names)}: {kept.why}", "", "  ")
    return "\n".join(lines) + "\n"


def verdict(row: Compared) -> str:
    """Whether the log and the simulated run differ, in words."""
    apart = "" if row.distance is None else f"distance {row.distance:.3f}, p = {row.p_value:.2g}: "
    return apart + {None: "too few to compare", True: "DIFFERS", False: "no difference seen"}[row.differs]


_SECTIONS = {
    "staff": "the log has no roster of the staff",
    "handling": "the log does not time the steps of an officer",
    "behaviour": "what officers and customers decide is no column of the log, or is not estimated from it",
    "debt": "debts, arrangements and pauses are not estimated",
    "misdirected": "messages that went astray are not estimated",
    "integrated": "what the work of Integrated Service Officers is about is not estimated",
    "population": "this part of the record is not estimated",
    "gateway": "throughput and cost cannot be read from what was sent",
    "email": "throughput and addresses given up cannot be read from what was sent",
    "work": "this part of the work is not estimated",
    "cuba": "this part of Cuba is not estimated",
}


def rest(found: Findings, parameters: Parameters) -> list[Missing]:
    """All other parameters by section, with why nothing was said of them."""
    sections: dict[str, list[str]] = {}
    for name in found.unnamed(parameters):
        sections.setdefault(name.partition(".")[0], []).append(name)
    return [Missing(tuple(names), _SECTIONS[section]) for section, names in sections.items()]


def _told(one: Estimate, parameters: Parameters, again: bool) -> str:
    """What stands above a value; a method that was told just before is not told again."""
    default = parameters.details[one.name].default
    if one.n == 0 and one.low is None:
        return f"assumption: {one.method} (default {default})"
    ends = "" if one.low is None else f"{_ends(one.low, one.high)}, "
    return f"fitted: {ends}default {default}, n = {one.n:,}; {'as above' if again else one.method}"


def _ends(low: float | None, high: float | None) -> str:
    return "no interval" if low is None or high is None else f"{low:.4g} to {high:.4g}"


def _names(names: tuple[str, ...]) -> str:
    """Names of one section, the section once."""
    section = names[0].partition(".")[0]
    if any(name.partition(".")[0] != section for name in names):
        return ", ".join(names)
    return f"{section}.{{{', '.join(name.partition('.')[2] for name in names)}}}" if len(names) > 1 else names[0]


def _plain(value: Any) -> str:
    """A value as YAML has it."""
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0") + "0" if "e" in repr(value) else repr(value)
    return json.dumps(value, ensure_ascii=False)


def _remark(words: str, indent: str, hanging: str = "") -> list[str]:
    return textwrap.wrap(
        words, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# {hanging}", break_long_words=False
    )


def is_ours(path: Path) -> bool:
    """Whether the file at `path` was written by a fit, so that another may take its place."""
    try:
        return path.read_text(encoding="utf-8").startswith(FIRST_LINE)
    except (OSError, UnicodeDecodeError):
        return False
