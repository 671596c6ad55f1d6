"""All scenarios of a session: played one after the other, and audited in one batch for each policy in force."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.audit import PROCEDURES, RULE_MODULES, judge
from sim.audit.log import Log
from sim.audit.verdicts import Audit
from sim.policy.policy import load_policy
from sim.scenario.expand import Item
from sim.scenario.expectations import TOLD_OF, Failure, Findings, judge_steps
from sim.scenario.played import Played
from sim.scenario.stage import Stage, staged

if TYPE_CHECKING:
    from sim.scenario.coverage import Part

_ENFORCED = tuple(name.replace("_", "-") for name in RULE_MODULES if name not in PROCEDURES)


@dataclass(frozen=True)
class Options:
    """How a session is played: `system` is a name of `sim.scenario.systems.settings` (ours when empty), `sets` are
    policy values for every scenario, before a scenario's own; with `coverage` it is measured what each exercises."""

    system: str = ""
    sets: Mapping[str, object] = field(default_factory=dict)
    seed: int = 1
    coverage: bool = False


class Result(NamedTuple):
    """One scenario's outcome: it passes with neither `failures` nor `unknown`."""

    played: Played
    failures: list[Failure]
    unknown: list[str]
    exercised: "Sequence[Part]" = ()


class Session:
    """Plays and judges its scenarios when their results are asked for. They are played in one go, and the audit of all
    of one policy is one batch: so the first result takes long. With `shares` (a number for each item) each share is
    played and judged by itself. `stage` is where they are played, when somebody has set it already.

    Raises InputError for options that cannot be used.
    """

    def __init__(
        self, items: Sequence[Item], options: Options, shares: Sequence[int] = (), stage: Stage | None = None
    ) -> None:
        self._items = items
        self._options = options
        self._stage = stage
        self._shares = shares or [0] * len(items)
        self._played: dict[int, Played] = {}
        self._found: dict[int, Findings] = {}
        self._exercised: dict[int, Sequence[Part]] = {}
        self._batches: dict[tuple[int, str], list[int]] = {}
        self._batch_of: dict[int, tuple[int, str]] = {}
        self._policies: dict[str, dict[str, Any]] = {}
        self._hashes: dict[str, str] = {}
        self._gone = ""

    def result(self, index: int) -> Result:
        """The result of the item at this place."""
        if index not in self._played:
            self._play(self._shares[index])
        key = self._batch_of.get(index, (0, ""))
        batch = self._batches.pop(key, None)
        if batch is not None:
            self._audit(batch, self._policies[key[1]])
        found = self._found[index]
        return Result(self._played[index], found.failures, found.unknown, self._exercised.get(index, ()))

    def _play(self, share: int) -> None:
        options = self._options
        set_here = staged(options.system, options.seed, options.sets, self._gone)
        with nullcontext(self._stage) if self._stage else set_here as stage:
            for index, item in enumerate(self._items):
                if self._shares[index] == share:
                    self._put(index, stage.play(item))
            self._gone = stage.gone

    def _put(self, index: int, one: Played) -> None:
        self._played[index] = one
        self._found[index] = judge_steps(one)
        # What a system did before it left the protocol, or was not heard of any more, is no evidence of anything.
        if not (one.broken or one.lost):
            key = self._batch_of[index] = (self._shares[index], self._policy_of(one.item))
            self._batches.setdefault(key, []).append(index)

    def _policy_of(self, item: Item) -> str:
        """The hash of the policy in force in this item."""
        given = repr(sorted(item.scenario.policy.items()))
        if given not in self._hashes:
            policy = load_policy({**self._options.sets, **item.scenario.policy})
            self._hashes[given] = policy.hash()
            self._policies[policy.hash()] = policy.plain()
        return self._hashes[given]

    def _audit(self, indexes: list[int], policy: dict[str, Any]) -> None:
        """Judge the histories of one policy as one log, whose runs are numbered by their place in it."""
        runs = [self._played[index] for index in indexes]
        log = _log(runs, policy)
        audit = judge(log, rules=_rules(one.item for one in runs))
        for run_id, index in enumerate(indexes, 1):
            found = self._found[index]
            found.failures.extend(_compare(self._played[index], audit, run_id, in_part=bool(found.unknown)))
        if self._options.coverage:
            from sim.scenario.coverage import measure

            parts = measure(log, audit, {run_id: one.item.scenario.rules for run_id, one in enumerate(runs, 1)})
            self._exercised.update({index: parts[run_id] for run_id, index in enumerate(indexes, 1)})


def run_items(items: Sequence[Item], options: Options) -> list[Result]:
    """Play and judge these scenarios, in their order. Raises InputError for options that cannot be used."""
    session = Session(items, options)
    return [session.result(index) for index in range(len(items))]


# The audit


def _rules(items: Iterable[Item]) -> list[str]:
    """Every rule that binds a system or a content, and the procedures that these scenarios name."""
    named = [rule for item in items for rule in (*item.scenario.rules, *item.scenario.end.rules)]
    return [*_ENFORCED, *dict.fromkeys(rule for rule in named if rule not in _ENFORCED)]


def _log(runs: list[Played], policy: dict[str, Any]) -> Log:
    """One log with a run for each of `runs`."""
    log = Log(policy, threads=1)  # a handful of rows, and other workers beside this one
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


def _compare(played: Played, audit: Audit, run_id: int, in_part: bool) -> Iterator[Failure]:
    """What the audit found in this run otherwise than expected. Of customers about whom there is doubt it proves
    nothing, and what is known `in_part` need not show what is expected."""
    end, item = played.item.scenario.end, played.item
    for rule, judged in audit.rules.items():
        counts = judged.in_run(run_id)
        breaches = [one for one in judged.evidence if one.run_id == run_id and not played.doubt(int(one.customer_id))]
        if (in_part and not breaches) or TOLD_OF.get(rule, "send") not in (*played.supports, "send"):
            continue
        why = "; ".join(one.why for one in breaches) or counts.why_unknown
        verdict = counts.verdict.replace("_", " ")
        actual = f"{verdict}: {why}" if why and counts.verdict in ("fail", "unknown") else verdict
        if rule in end.verdicts:
            if counts.verdict != end.verdicts[rule]:
                expected = end.verdicts[rule].replace("_", " ")
                yield Failure(item.line("end", "verdicts", rule), f"end.verdicts.{rule}", expected, actual)
        elif rule in end.breaks:
            if not breaches:
                yield Failure(item.line("end", "breaks"), f"audit of {rule}", "broken", f"not broken ({actual})")
        elif breaches and (rule in _ENFORCED or rule in end.keeps):
            yield Failure(item.line("end"), f"audit of {rule}", "kept", why)
        elif counts.verdict == "unknown" and rule in item.scenario.rules:
            yield Failure(item.line("rules"), f"audit of {rule}", "judged", actual)
