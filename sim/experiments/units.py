"""The unit of work: one run of one variant with one seed, from the load to a row of results."""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import __version__, runs
from sim.errors import InputError
from sim.experiments.experiment import Experiment, metric_and_group
from sim.experiments.observed import observed_metrics
from sim.scenario.load import Load

if TYPE_CHECKING:
    from sim.metrics import Metrics
    from sim.runs import Run

Row = dict[str, Any]
"""A row of results: `unit` (its key), `variant`, `replication`, `seed`, `error` (empty when there was none),
`fingerprint` of the history, `verdict` of the audit, `breaches` (of rules that systems enforce and of content), and a
number or None by the name of each metric."""


_COUNTS = (
    "messages", "sent", "refusals", "refusals_all_reasons", "withdrawals", "customer_days", "alerts_sent", "sms_parts",
    "emails", "routed", "routed_by_work", "claims", "claim_messages", "claim_messages_automatic", "debt_messages",
    "nudges", "suppressions", "suppressed_nights", "hierarchy_losses", "suppressed_waits", "reports",
)  # fmt: skip
"""Metrics that count by group, where a group of which there was nothing is left out: that is 0, not unknown."""


@dataclass(frozen=True)
class Unit:
    """One run: everything that it turns on. It is sent to a worker as it is."""

    variant: int
    replication: int
    load: Load
    metrics: tuple[str, ...]
    warm_up_days: int
    cool_down_days: int

    @property
    def key(self) -> str:
        """What tells this run from every other: a digest of all that its row turns on, but the row's numbers."""
        load = self.load
        parts = [
            __version__, load.name, load.start.isoformat(), load.days, load.customers, load.seed,
            load.read_policy().hash(), load.read_parameters().hash(),
            [[fault.kind, fault.starts, fault.minutes] for fault in load.faults], load.zones, load.programmes,
            self.metrics, self.warm_up_days, self.cool_down_days,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def unit(experiment: Experiment, variant: int, replication: int, warm_up_days: int) -> Unit:
    """Run `replication` (from 0) of a variant. All variants share its seed: common random numbers."""
    chosen = experiment.variants[variant]
    load = experiment.load.with_overrides(seed=experiment.load.seed + replication, sets=chosen.sets)
    return Unit(variant, replication, load, experiment.metrics, warm_up_days, experiment.cool_down_days)


def simulate(work: Unit) -> "Run":
    """The run of a unit, in memory."""
    return runs.run(work.load)


def _measure(work: Unit, run: "Run") -> Row:
    audit = run.audit
    if audit.crashed:
        raise RuntimeError(f"a check of the audit crashed: {', '.join(audit.crashed)}")
    found = observed_metrics(run, work.warm_up_days, work.cool_down_days)
    must_hold = [judged for judged in audit.rules.values() if judged.enforced_by != "procedure"]
    return {
        **_head(work),
        "error": "",
        "fingerprint": run.manifest["fingerprint"],
        "verdict": audit.verdict,
        "breaches": sum(judged.breaches for judged in must_hold),
        **{name: _number(found, *metric_and_group(name)) for name in work.metrics},
    }


def _number(found: "Metrics", metric: str, group: str) -> float | None:
    value = found.value(metric, group)
    return 0 if value is None and metric in _COUNTS else value


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


def carry_out(work: Unit) -> Row:
    """Simulate, audit and measure. What goes wrong becomes a row and stops nobody else."""
    try:
        run = simulate(work)
    except Exception as error:
        return failed(work, error)
    return measured(work, run)


def measured(work: Unit, run: "Run") -> Row:
    """The row of a run; what goes wrong in the audit or the metrics becomes a row too."""
    try:
        return _measure(work, run)
    except Exception as error:
        return failed(work, error)


def _head(work: Unit) -> Row:
    return {"unit": work.key, "variant": work.variant, "replication": work.replication, "seed": work.load.seed}
