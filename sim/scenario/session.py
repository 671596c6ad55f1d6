"""All scenarios of a session: played one after the other, and audited in one batch for each policy in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.audit import PROCEDURES, RULE_MODULES, judge
from sim.audit.log import Log
from sim.audit.verdicts import Audit
from sim.policy.policy import load_policy
from sim.scenario.expand import Item
from sim.scenario.expectations import TOLD_OF, Failure, Findings, judge_steps
from sim.scenario.played import Played
from sim.scenario.stage import staged
from sim.scenario.timeline import timeline

_ENFORCED = tuple(name.replace("_", "-") for name in RULE_MODULES if name not in PROCEDURES)


@dataclass(frozen=True)
class Options:
    """How a session is played: `system` is a name of `sim.scenario.systems.settings` (ours when empty), `sets` are
    policy values for every scenario, before a scenario's own."""

    system: str = ""
    sets: Mapping[str, object] = field(default_factory=dict)
    seed: int = 1


class Result(NamedTuple):
    """One scenario's outcome: it passes with neither `failures` nor `unknown`."""

    played: Played
    failures: list[Failure]
    unknown: list[str]


class Session:
    """Plays its scenarios when it is made. The audit of all scenarios of one policy is one batch, judged when the first
    of their results is asked for: so workers that share a session's items also share its audits.

    Raises InputError for options that cannot be used.
    """

    def __init__(self, items: Sequence[Item], options: Options) -> None:
        self._options = options
        with staged(options.system, options.seed, options.sets) as stage:
            self._played = [stage.play(item) for item in items]
        self._found: list[Findings] = [judge_steps(one) for one in self._played]
        self._batches: dict[str, list[int]] = {}
        self._policies: dict[str, dict[str, Any]] = {}
        self._batch_of: dict[int, str] = {}
        for index, one in enumerate(self._played):
            # What a system did before it left the protocol, or was not heard of any more, is no evidence of anything.
            if not (one.broken or one.lost):
                self._put(index, one)

    def result(self, index: int) -> Result:
        """The result of the item at this place."""
        batch = self._batches.pop(self._batch_of.get(index, ""), None)
        if batch is not None:
            self._audit(batch, self._policies[self._batch_of[index]])
        found = self._found[index]
        return Result(self._played[index], found.failures, found.unknown)

    def _put(self, index: int, one: Played) -> None:
        policy = load_policy({**self._options.sets, **one.item.scenario.policy})
        key = self._batch_of[index] = policy.hash()
        self._policies.setdefault(key, policy.plain())
        self._batches.setdefault(key, []).append(index)

    def _audit(self, indexes: list[int], policy: dict[str, Any]) -> None:
        """Judge the histories of one policy as one log, whose runs are numbered by their place in it."""
        judged = judge(_log([self._played[index] for index in indexes], policy), rules=_rules(self._played, indexes))
        for place, index in enumerate(indexes, 1):
            found = self._found[index]
            found.failures.extend(_compare(self._played[index], judged, place, in_part=bool(found.unknown)))


def run_items(items: Sequence[Item], options: Options) -> list[Result]:
    """Play and judge these scenarios, in their order. Raises InputError for options that cannot be used."""
    session = Session(items, options)
    return [session.result(index) for index in range(len(items))]


# The audit


def _rules(played: list[Played], indexes: list[int]) -> list[str]:
    """Every rule that binds a system or a content, and the procedures that these scenarios name."""
    named = [rule for index in indexes for rule in _named(played[index].item)]
    return [*_ENFORCED, *dict.fromkeys(rule for rule in named if rule not in _ENFORCED)]


def _named(item: Item) -> list[str]:
    return [*item.scenario.end.breaks, *item.scenario.end.keeps]


def _log(runs: list[Played], policy: dict[str, Any]) -> Log:
    """One log with a run for each of `runs`."""
    log = Log(policy)
    contents: dict[int, tuple[str, str]] = {}
    parts = []
    for place, one in enumerate(runs, 1):
        rows = one.history.array()
        seq = np.arange(len(rows), dtype=np.int64)
        parts.append(np.column_stack([np.full(len(rows), place, dtype=np.int64), seq, rows]))
        contents.update(one.history.contents)
        log.db.execute("INSERT INTO runs VALUES (?, ?, ?)", [place, one.item.start, one.item.until])
    frame = pd.DataFrame(np.concatenate(parts))
    log.db.register("given_events", frame)
    log.db.execute("INSERT INTO events SELECT * FROM given_events")
    log.db.unregister("given_events")
    log.observed_from = min(one.item.start for one in runs)
    log.observed_to = max(one.item.until for one in runs)
    log.fill_from_events(contents)
    return log


def _compare(played: Played, audit: Audit, place: int, in_part: bool) -> Iterator[Failure]:
    """What the audit found otherwise than expected. Of customers about whom there is doubt it proves nothing, and what
    is known `in_part` need not show what is expected."""
    end, item = played.item.scenario.end, played.item
    for rule in audit.rules.values():
        breaches = [one for one in rule.evidence if one.run_id == place and not played.doubt(int(one.customer_id))]
        expected = rule.rule in end.breaks
        if (in_part and not breaches) or TOLD_OF.get(rule.rule, "send") not in (*played.supports, "send"):
            continue
        if expected and not breaches:
            why = f"unknown: {rule.why_unknown}" if rule.verdict == "unknown" else "not broken"
            yield Failure(item.line("end", "breaks"), f"audit of {rule.rule}", "broken", why)
        elif breaches and not expected and (rule.rule in _ENFORCED or rule.rule in end.keeps):
            yield Failure(item.line("end"), f"audit of {rule.rule}", "kept", "; ".join(one.why for one in breaches))
        elif rule.verdict == "unknown" and rule.rule in item.scenario.rules:
            yield Failure(item.line("rules"), f"audit of {rule.rule}", "judged", f"unknown: {rule.why_unknown}")


# Telling


def report(result: Result, replay: str) -> str:
    """Everything that went wrong in a scenario, the timelines of its customers, and the command that replays it."""
    item = result.played.item
    lines = [f"{item.scenario.title} ({item.name})", ""]
    ordered = sorted(result.failures, key=lambda failure: failure.line)
    for line, failures in groupby(ordered, key=lambda failure: failure.line):
        lines.append(f"{_relative(item.path)}:{line}")
        for failure in failures:
            lines += [f"    {failure.where}", f"      expected {failure.expected}", f"      actual   {failure.actual}"]
    lines += [f"unknown: {what}" for what in result.unknown]
    if result.played.output:
        lines += ["", "What the system's process wrote:", *(f"    {one}" for one in result.played.output.splitlines())]
    for name, customer in result.played.customers.items():
        lines += ["", f"What happened to {name}, in local time:"]
        lines += [f"    {line}" for line in timeline(result.played, customer)]
    return "\n".join([*lines, "", "Replay:", f"    {replay}"])


def _relative(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
