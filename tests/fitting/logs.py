"""Small runs with parameters that are known, and the logs that an export of them would be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import sim
from sim.fitting.estimates import Findings
from sim.fitting.evidence import Evidence
from sim.fitting.fits import estimates
from sim.runs import Run
from sim.scenario.load import load_file

CHANGED: Mapping[str, object] = {
    "gateway.delivered_share": 0.85,
    "gateway.receipt_delay_seconds.median": 20.0,
    "gateway.receipt_delay_seconds.sigma": 0.8,
    "gateway.never_reported_share": 0.05,
    "behaviour.response_share": 0.7,
    "behaviour.response_hours": 8.0,
    "behaviour.opt_out_per_message": 0.03,
    "population.opted_out": 0.1,
    "population.no_mobile": 0.04,
    "work.payment_per_year": 6.0,
    "work.objection_per_year": 0.6,
    "work.office_hours_share": 0.5,
    "work.busy_day_share": 0.03,
    "cuba.notices_per_year": 12.0,
    "cuba.payment_reminder_share": 0.25,
    "cuba.batch_at": "19:30",
    "staff.officers": 12,
}
"""Parameters that all differ from their defaults."""

REQUIRED = ("message_id", "customer_id", "system", "timezone", "issued_at", "outcome", "sent_at")


@cache
def made(seed: int, sections: tuple[str, ...] = ("",)) -> Run:
    """A run of Child Support alone with the parameters of `CHANGED` whose names begin so; not to be changed."""
    load = replace(load_file("four_weeks"), programmes=("child_support",), faults=())
    sets = {name: value for name, value in CHANGED.items() if name.startswith(sections)}
    return sim.run(load, seed=seed, customers=500, days=14, set=sets)


@cache
def found(seed: int) -> Findings:
    """What a run with the parameters of `CHANGED` allows to be estimated."""
    return Findings(estimates(Evidence.of_run(made(seed), "a run")))


def export(run: Run, path: Path, *more: str, rows: Sequence[str] = ("sent", "held", "withdrawn")) -> Path:
    """The messages of a run as somebody's CSV: the required columns and `more`, only the outcomes of `rows`."""
    table = run.messages_table
    table[table["outcome"].isin(rows)][[*REQUIRED, *more]].to_csv(path, index=False)
    return path
