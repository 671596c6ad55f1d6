"""The unit of work: one run of one variant with one seed, from the load to a row of results."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from sim import __version__, runs
from sim.errors import InputError
from sim.experiments.experiment import MSER5, RULE_METRICS, Experiment, metric_and_group
from sim.experiments.lengths import mser5
from sim.experiments.observed import observed_metrics, waiting_by_hour
from sim.scenario.load import Load

if TYPE_CHECKING:
    from sim.metrics import Metrics
    from sim.runs import Run

Row = dict[str, Any]
"""A row of results: `unit` (its key), `variant`, `replication`, `seed`, `error` (empty when there was none),
`fingerprint` of the history, `verdict` of the audit, `breaches` (of rules that systems enforce and of content; None
when they were not judged), and a number or None by the name of each metric."""


_COUNTS = (
    "messages", "sent", "refusals", "refusals_all_reasons", "withdrawals", "customer_days", "alerts_sent", "sms_parts",
    "emails", "routed", "routed_by_work", "claims", "claim_messages", "claim_messages_automatic", "debt_messages",
    "nudges", "suppressions", "suppressed_nights", "hierarchy_losses", "suppressed_waits", "reports",
)  # fmt: skip
"""Metrics that count by group, where a group of which there was nothing is left out: that is 0, not unknown."""

MOST_TOGETHER = 10
"""Runs that are audited together; more gain little."""
_MOST_EVENTS = 1_000_000
"""When so many have happened in the runs that wait for their audit, none is added: they are in memory."""
_HOURS_A_DAY = 24


@dataclass(frozen=True)
class Unit:
    """One run: everything that it turns on. It is sent to a worker as it is.

    `warm_up_days` is None only in a pilot, which chooses it. With `audited` every rule that must hold is judged;
    without, only rules that a metric names.
    """

    variant: int
    replication: int
    load: Load
    metrics: tuple[str, ...]
    warm_up_days: int | None
    cool_down_days: int
    audited: bool = True

    @property
    def key(self) -> str:
        """What tells this run from every other: a digest of all that its row turns on, but the row's numbers."""
        return key_of(self.asked, self.load.seed)

    @property
    def asked(self) -> str:
        """A digest of the same, but of the seed: all runs of a variant share it."""
        load = self.load
        parts = [
            __version__, load.name, load.start.isoformat(), load.days, load.customers,
            load.read_policy().hash(), load.read_parameters().hash(),
            [fault.plain() for fault in load.faults], load.zones, load.programmes,
            self.metrics, self.warm_up_days, self.cool_down_days, self.audited,
        ]  # fmt: skip
        if load.changes_within:
            parts.append([(starts, policy.hash()) for starts, policy in load.changed_policies()])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def key_of(asked: str, seed: int) -> str:
    """The key of a unit with this digest and seed."""
    return hashlib.sha256(f"{asked} {seed}".encode()).hexdigest()[:16]


class WarmUp(NamedTuple):
    """What is left out at the start of every run: so many agency days. The first run shows whether that is enough:
    `waiting` is how many of its work items waited at the end of each hour, `cut_hours` how many of those hours MSER-5
    leaves out (None: the run is too short to tell)."""

    days: int
    cut_hours: int | None
    waiting: list[int]


class Pilot(NamedTuple):
    """What the first run tells: its row, the warm-up, and the seconds that it took."""

    row: Row
    warm_up: WarmUp
    seconds: float


class Judged(NamedTuple):
    """The audit of one run: `verdict` and `breaches` of the rules that must hold (empty and None when they were not
    judged), and the counts of every rule that was asked for, by its id."""

    verdict: str
    breaches: int | None
    rules: dict[str, dict[str, Any]]


def unit(experiment: Experiment, variant: int, replication: int, warm_up_days: int | None) -> Unit:
    """Run `replication` (from 0) of a variant. All variants share its seed: common random numbers."""
    chosen = experiment.variants[variant]
    load = experiment.load.with_overrides(seed=experiment.load.seed + replication, sets=chosen.sets)
    days = experiment.cool_down_days
    return Unit(variant, replication, load, experiment.metrics, warm_up_days, days, experiment.audited)


def simulate(work: Unit) -> "Run":
    """The run of a unit, in memory."""
    return runs.run(work.load)


def carry_out(work: Unit) -> Row:
    """Simulate, audit and measure. What goes wrong becomes a row and stops nobody else."""
    (row,) = carry_out_all([work])
    return row


def carry_out_all(units: Sequence[Unit]) -> list[Row]:
    """The rows of these units, in their order.

    Runs that follow each other under one policy are audited together: what takes the time of a small audit is to ask
    the questions, of however many runs.
    """
    rows: list[Row] = []
    for _, alike in groupby(units, _asked):
        waiting = list(alike)
        while waiting:
            rows += _together(waiting)
    return rows


def carry_out_timed(units: Sequence[Unit]) -> tuple[list[Row], float]:
    """The rows of these units, and the seconds that they took."""
    began = time.perf_counter()
    return carry_out_all(units), time.perf_counter() - began


def _asked(work: Unit) -> tuple[Any, ...]:
    """What an audit asks: it can be shared by units for which this is the same."""
    return work.load.read_policy().hash(), work.metrics, work.audited


def _together(waiting: list[Unit]) -> list[Row]:
    """The rows of the first units of `waiting`, as many as are audited together; they are taken from it."""
    rows: dict[int, Row] = {}
    done: dict[int, tuple[Unit, Run]] = {}
    events = 0
    for place in range(min(len(waiting), MOST_TOGETHER)):
        if events > _MOST_EVENTS:
            break
        work = waiting.pop(0)
        try:
            run = simulate(work)
        except Exception as error:
            rows[place] = failed(work, error)
        else:
            done[place] = (work, run)
            events += len(run.history)
    measured = _measured(list(done.values()))
    return [row for _, row in sorted([*rows.items(), *zip(done, measured, strict=True)])]


def pilot(work: Unit) -> Pilot:
    """Carry out the first run of a sweep, and look at what it tells of all others.

    Where the warm-up is still to be chosen and the run does not allow it, the row has an error.
    """
    prepare()
    began = time.perf_counter()
    warm_up = WarmUp(work.warm_up_days or 0, None, [])
    try:
        run = simulate(work)
        waiting = waiting_by_hour(run.history, *run.observed)
        warm_up = warm_up._replace(waiting=waiting, cut_hours=mser5(waiting))
        if work.warm_up_days is None:
            warm_up = warm_up._replace(days=chosen_days(warm_up.cut_hours))
            work = replace(work, warm_up_days=warm_up.days)
        (row,) = _measured([(work, run)])
    except Exception as error:
        row = failed(work, error)
    return Pilot(row, warm_up, time.perf_counter() - began)


def chosen_days(cut_hours: int | None) -> int:
    """The whole days that hold what MSER-5 leaves out. Raises InputError when it found no end."""
    if cut_hours is None:
        raise InputError(f"{MSER5} finds no end of the warm-up: take more days, or give a number")
    return ceil(cut_hours / _HOURS_A_DAY)


def prepare() -> None:
    """Import what a run needs, so that the first one takes no longer than the others."""
    for name in ("sim.audit", "sim.metrics", "sim.tables", "sim.world"):
        import_module(name)
    import_module("sim.audit").rule_modules()


def failed(work: Unit, error: BaseException) -> Row:
    """The row of a run that came to nothing."""
    words = " ".join(str(error).split())
    return {
        **_head(work),
        "error": words if isinstance(error, InputError) else f"{type(error).__name__}: {words}",
        "fingerprint": "",
        "verdict": "",
        "breaches": None,
        **dict.fromkeys(work.metrics),
    }


def _measured(done: Sequence[tuple[Unit, "Run"]]) -> list[Row]:
    """The rows of these runs, which were asked the same. What goes wrong in the audit or the metrics becomes a row of
    the run that it is about."""
    try:
        audits = _judged(done)
    except Exception as error:
        if len(done) > 1:
            return [row for each in done for row in _measured([each])]
        return [failed(work, error) for work, _ in done]
    rows = []
    for (work, run), audit in zip(done, audits, strict=True):
        try:
            rows.append(_row(work, run, audit))
        except Exception as error:
            rows.append(failed(work, error))
    return rows


def _row(work: Unit, run: "Run", audit: Judged) -> Row:
    found = observed_metrics(run, audit.rules, work.warm_up_days or 0, work.cool_down_days)
    return {
        **_head(work),
        "error": "",
        "fingerprint": run.manifest["fingerprint"],
        "verdict": audit.verdict,
        "breaches": audit.breaches,
        **{name: _number(found, *metric_and_group(name)) for name in work.metrics},
    }


def _judged(done: Sequence[tuple[Unit, "Run"]]) -> list[Judged]:
    """The audit of what is asked for, run by run. One thread: other runs of the sweep have the other cores."""
    from sim.audit import PROCEDURES, RULE_MODULES
    from sim.audit.verdicts import SEVERITY

    work = done[0][0]
    named = {group for metric, group in map(metric_and_group, work.metrics) if metric in RULE_METRICS}
    if "routed_right" in work.metrics:
        named.add("cf-route")
    rules = [name.replace("_", "-") for name in RULE_MODULES if work.audited and name not in PROCEDURES]
    rules += sorted(named.difference(rules))
    if not rules:
        return [Judged("", None, {})] * len(done)
    if len(done) > 1 and work.load.changes_within:
        # A policy that changes is judged run by run.
        return [one for each in done for one in _judged([each])]
    if work.load.changes_within:
        audit = done[0][1].judged(rules=rules)
    else:
        audit = runs.judge_log(runs.log_of([run for _, run in done], threads=1), rules=rules)
    if audit.crashed:
        raise RuntimeError(f"a check of the audit crashed: {', '.join(audit.crashed)}")
    found = []
    for run_id in range(1, len(done) + 1):
        counts = {rule: each.in_run(run_id) for rule, each in audit.rules.items()}
        must_hold = [each for rule, each in counts.items() if audit.rules[rule].enforced_by != "procedure"]
        verdict = max((each.verdict for each in must_hold), key=SEVERITY.index, default="not_exercised")
        breaches = sum(each.breaches for each in must_hold)
        plain = {rule: asdict(each) for rule, each in counts.items()}
        found.append(Judged(verdict if work.audited else "", breaches if work.audited else None, plain))
    return found


def _number(found: "Metrics", metric: str, group: str) -> float | None:
    value = found.value(metric, group)
    return 0 if value is None and metric in _COUNTS else value


def _head(work: Unit) -> Row:
    return {"unit": work.key, "variant": work.variant, "replication": work.replication, "seed": work.load.seed}
