"""What becomes of messages that were sent: delivered or not, how long it took to know, and what Send waits for."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.clock import DAY, HOUR, MINUTE, SECOND
from sim.fitting.estimates import Estimate, Figure, Finding, Missing, estimate, figure
from sim.fitting.evidence import Evidence, Floats
from sim.fitting.intervals import Delays, lognormal, median, share

LEAST = 10
"""Delays that are needed for a distribution, messages that are needed for a share."""
_SETTLED = 2 * DAY
"""How long after being sent nothing more is expected to be told of a message."""
_DEAD = 1
"""The error code of the gateway and of the Email Exchange for a number or address that nobody has any more."""
_QUIET = MINUTE
"""How long a system has sent nothing before a message that cannot have waited in its queue."""


class Transport(NamedTuple):
    """A channel and the parameters of its transport."""

    channel: str
    prefix: str
    what: str


TRANSPORTS = (Transport("sms", "gateway", "SMS"), Transport("email", "email", "emails"))


def delivery(evidence: Evidence) -> Iterator[Finding]:
    """Delivery and its delays, for each channel that the log has."""
    for transport in TRANSPORTS:
        sent = evidence.sent[evidence.sent["channel"] == transport.channel]
        if len(sent):
            yield from _shares(evidence, transport, sent)
            yield from _receipts(evidence, transport, sent)
            yield from _acknowledgement(evidence, transport, sent)
    yield from holds(evidence)


def _shares(evidence: Evidence, transport: Transport, sent: pd.DataFrame) -> Iterator[Finding]:
    name = f"{transport.prefix}.delivered_share"
    told = sent[sent["sent"] < evidence.to_ms - _SETTLED]
    if not evidence.has("failed_at"):
        yield Missing((name,), "the log does not say which messages failed (failed_at)")
    elif len(told) < LEAST:
        yield Missing((name,), f"{len(told)} {transport.what} were sent more than two days before the log ends")
    else:
        failed = told["failed"].notna()
        if evidence.run is not None:
            dead = failed & told["error"].eq(_DEAD)
            found = share(int((~failed).sum()), int((~dead).sum()))
            note = "of those whose number or address works: the error code tells the others; Clopper–Pearson"
            yield estimate(name, found, int((~dead).sum()), note)
        else:
            found = share(int((~failed).sum()), len(told))
            yield figure(
                f"{transport.what} not reported as failed", found, len(told), "share of the messages sent",
                "Clopper–Pearson; of those sent more than two days before the log ends",
            )  # fmt: skip
    if transport.prefix == "gateway":
        yield _never_reported(evidence, told)


def _never_reported(evidence: Evidence, told: pd.DataFrame) -> Finding:
    name = "gateway.never_reported_share"
    if not (evidence.has("failed_at") and evidence.has("delivered_at")):
        return Missing((name,), "the log does not tell delivered, failed and never reported apart")
    fine = told[told["failed"].isna()]
    if len(fine) < LEAST:
        return Missing((name,), f"{len(fine)} SMS did not fail")
    never = int(fine["delivered"].isna().sum())
    return estimate(name, share(never, len(fine)), len(fine), "neither delivered nor failed; Clopper–Pearson")


def _receipts(evidence: Evidence, transport: Transport, sent: pd.DataFrame) -> Iterator[Finding]:
    for event, stem, what in (
        ("delivered", "receipt_delay_seconds", "from sent to the delivery receipt"),
        ("failed", "error_known_seconds", "from sent until the error was known"),
    ):
        names = tuple(f"{transport.prefix}.{stem}.{part}" for part in ("median", "sigma"))
        if not evidence.has(f"{event}_at"):
            yield Missing(names, f"the log has no column {event}_at")
            continue
        seen = sent[sent[event].notna()]
        gaps = (seen[event] - seen["sent"]).to_numpy(dtype=float)
        limits = evidence.to_ms - seen["sent"].to_numpy(dtype=float)
        step = float(max(evidence.step("sent"), evidence.step(event)))
        yield from spread(names, Delays(gaps, limits, step), SECOND, what)


def spread(names: tuple[str, ...], delays: Delays, unit: int, what: str) -> Iterator[Estimate | Missing]:
    """Median and sigma of delays in ms, as the parameters `names` in `unit` ms have them."""
    backwards = int((delays.seen < 0).sum())
    kept = delays.seen >= (1 if delays.step == 1 else 0)
    seen, limits = delays.seen[kept], delays.limits[kept]
    if len(seen) < LEAST:
        yield Missing(names, f"{len(seen)} delays ({what}; {LEAST} are needed)")
        return
    step = 0.0 if delays.step == 1 else delays.step
    if step and float(np.median(seen)) < step:
        yield Missing(names, f"most delays ({what}) are shorter than the {step / SECOND:g} s in which times are told")
        return
    try:
        found = lognormal(Delays(seen / unit, np.maximum(limits, seen) / unit + step / unit, step / unit))
    except ValueError as error:
        yield Missing(names, f"{error} ({what})")
        return
    note = f"{what}; likeliest lognormal, profile likelihood"
    note += "; those still to come when the log ended are allowed for"
    note += f"; times are told in steps of {step / SECOND:g} s" if step else ""
    note += f"; {backwards} that run backwards left out" if backwards else ""
    yield estimate(names[0], found.median, len(seen), note)
    yield estimate(names[1], found.sigma, len(seen), note)


def _acknowledgement(evidence: Evidence, transport: Transport, sent: pd.DataFrame) -> Iterator[Finding]:
    """From hand-over to the acknowledgement; where a file has no hand-over, from issue, of messages that cannot have
    waited for others."""
    names = tuple(f"{transport.prefix}.acknowledgement_ms.{part}" for part in ("median", "sigma"))
    what = "from hand-over to the acknowledgement"
    begin = sent["handed"]
    if not evidence.has("handed_over_at"):
        what = "from issue to sent, of messages that were not held and followed a quiet minute of their system"
        before = sent.sort_values("sent", kind="stable").groupby("system", observed=True)["sent"].shift(1)
        quiet = (sent["issued"] - before.reindex(sent.index)) > _QUIET
        begin = sent["issued"].where(quiet & sent["due"].isna() & sent["release"].isna())
    seen = begin.notna()
    gaps = (sent["sent"] - begin)[seen].to_numpy(dtype=float)
    gaps = gaps[gaps < HOUR]  # what waited longer waited for something else
    step = float(max(evidence.step("issued"), evidence.step("sent")))
    yield from spread(names, Delays(gaps, np.full(len(gaps), float(HOUR)), step), 1, what)


def holds(evidence: Evidence) -> Iterator[Figure]:
    """How many issued messages were held, and for how long, by system; what makes it so is no parameter of its own."""
    if not (evidence.has("due_at") or evidence.has("release_at")):
        return
    for system, rows in evidence.accepted.groupby("system", observed=True, sort=True):
        waited = waits(rows)
        held = int(is_held(rows).sum())
        yield figure(
            f"held, {system}", share(held, len(rows)), len(rows), "share of the messages issued", "Clopper–Pearson"
        )
        if len(waited):
            yield figure(
                f"time held, {system}",
                median(waited / HOUR),
                len(waited),
                "hours (median)",
                "between two of the values",
            )


def is_held(rows: pd.DataFrame) -> pd.Series:
    """Which messages were held: they had a due instant after their issue, or were released later."""
    found: pd.Series = (rows["due"] > rows["issued"]) | (rows["release"] > rows["issued"])
    return found


def waits(rows: pd.DataFrame) -> Floats:
    """How long (ms) the held messages waited until they were sent."""
    held = rows[is_held(rows) & rows["sent"].notna()]
    return (held["sent"] - held["issued"]).to_numpy(dtype=float)
