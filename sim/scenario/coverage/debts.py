"""How far from the edges of their rules debt messages were: the gap, similar messages, the days of the conditions."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sim.audit.codes import AGENCY_ZONE, DAY, DEBT_MESSAGES, DMIS_CODE, HOUR, Event
from sim.audit.debt_runs import agency_ordinal
from sim.audit.log import Log
from sim.audit.procedure_cases import is_business_day
from sim.scenario.coverage.messages import query

Distances = Callable[[Log], Iterable[tuple[int, int]]]

_NEAR_MS = 1_000
_ATTEMPTS = ("debt_attempts", "earlier")
_OF_DMIS = "debt_attempts AS a JOIN earlier AS e USING (attempt) WHERE a.system = 'dmis' AND e.system = 'dmis'"
_DAYS = "datediff('day', e.counted_day, a.due_day)"


# The gap, by its reading.


def full_day(log: Log) -> list[tuple[int, int]]:
    """The days from a message of DMIS to the next less 2, at which it may go."""
    return _gap(log, "full_day", f"{_DAYS} - 2")


def hours_24(log: Log) -> list[tuple[int, int]]:
    """The hours between two due instants, rounded down, less 24: what is planned for a time of day of its own is apart
    by a day, or by one over which the clocks changed."""
    return _gap(log, "hours_24", f"CAST(floor((a.due_ms - e.due_ms - {DAY}) / {HOUR}.0) AS BIGINT)")


def _gap(log: Log, reading: str, distance: str) -> list[tuple[int, int]]:
    if log.value("dr-gap.reading") != reading:
        return []
    return query(log, f"SELECT a.run_id, {distance} FROM {_OF_DMIS}", *_ATTEMPTS)


def business_day(log: Log) -> list[tuple[int, int]]:
    """The business days between two messages of DMIS less 1, with which the later may go."""
    if log.value("dr-gap.reading") != "business_day" or not all(map(log.has_table, _ATTEMPTS)):
        return []
    rows = log.rows(f"SELECT a.run_id, e.counted_day, a.due_day FROM {_OF_DMIS} AND {_DAYS} BETWEEN 1 AND 14")
    return [(run_id, _business_days_between(first, last) - 1) for run_id, first, last in rows]


def _business_days_between(first: date, last: date) -> int:
    """The business days after `first` and before `last`."""
    return sum(is_business_day(first + timedelta(days=days)) for days in range(1, (last - first).days))


# Nudges and similar messages.


def one_nudge(log: Log) -> list[tuple[int, int]]:
    """The days from another nudge, of whichever system, to this one."""
    return query(log, f"""
        SELECT a.run_id, {_DAYS} FROM debt_attempts AS a JOIN earlier AS e USING (attempt)
        WHERE a.kind = 'nudge' AND e.kind = 'nudge'""", *_ATTEMPTS)  # fmt: skip


def similar(log: Log) -> list[tuple[int, int]]:
    """The days from a similar message less those after which it may go again."""
    groups, days_of = dict(log.value("dr-similar.groups")), dict(log.value("dr-similar.days_of"))
    apart = log.value("dr-similar.boundary") == "days_apart"
    days, group = [], []
    for number, name in enumerate(DEBT_MESSAGES, start=1):
        length = int(days_of.get(name, log.value("dr-similar.days")))
        days.append(f"WHEN {DMIS_CODE + number} THEN {length if apart or not length else length + 1}")
        group.append(f"WHEN {DMIS_CODE + number} THEN '{groups.get(name, name)}'")
    of = f"CASE {{}}.template {' '.join(group)} END"
    return query(log, f"""
        SELECT a.run_id, {_DAYS} - CASE a.template {" ".join(days)} END FROM {_OF_DMIS}
            AND {of.format("a")} = {of.format("e")}""", *_ATTEMPTS)  # fmt: skip


def sap_nudge(log: Log) -> list[tuple[int, int]]:
    """The agency date of a run of SAP, so many days on, less that of an instalment."""
    ahead = int(log.value("dr-kind.sap_nudge_days_before"))
    return _nights(log, "sap", f"f.day + {ahead} - d.repayment_due")


# The conditions.


class Condition(NamedTuple):
    """The days of a condition: SQL for how many lie between it and the run, on a state ``d`` and a night ``f``, and
    the name of its first and last day in the policy."""

    days: str
    name: str


CONDITIONS = {
    "declined_payment": Condition("f.day - d.declined", "declined"),
    "overdue_payment": Condition("f.day - d.repayment_due", "overdue"),
    "recovery_restarted": Condition(f"f.day - {agency_ordinal('d.ended_ms')}", "restarted"),
    "debt_overdue": Condition("f.day - d.due", "debt_overdue"),
    "recovery_will_restart": Condition("d.debt_ends - f.day", "recovery_restarts"),
    "withholdings_will_restart": Condition("d.debt_ends - f.day", "withholdings_restart"),
    "withholdings_will_restart_auto": Condition("d.auto_ends - f.day", "auto_setup"),
    "debt_due_soon": Condition("d.due - f.day", "due_soon"),
}
"""By message, what its days are counted from. (Pause applied has an instant: `completion`.)"""
_WHOSE = {
    "recovery_will_restart": "d.debt_ends > 0 AND d.current = 0",
    "withholdings_will_restart": "d.debt_ends > 0 AND d.current = 1 AND d.withholdings = 1",
}


def condition(message: str, which: str) -> Distances:
    """The days at a run less the first, or the last, of those of the condition."""
    found = CONDITIONS[message]
    edge = f"dr-eligibility.{found.name}_{'from' if which == 'first' else 'to'}_days"
    whose = _WHOSE.get(message, "TRUE")
    return lambda log: _nights(log, "dmis", f"{found.days} - {int(log.value(edge))}", whose)


def _nights(log: Log, system: str, distance: str, whose: str = "TRUE") -> list[tuple[int, int]]:
    """A distance for each debt (``d``: its state then) that is not paid, and each nightly run (``f``)."""
    return query(log, f"""
        WITH facing AS (
            SELECT n.run_id, n.day, n.run_ms, d.ref FROM nightly_runs AS n
            JOIN (SELECT DISTINCT run_id, ref FROM debt_states) AS d USING (run_id) WHERE n.system = '{system}'
        )
        SELECT f.run_id, {distance} FROM facing AS f ASOF JOIN debt_states AS d
            ON d.run_id = f.run_id AND d.ref = f.ref AND f.run_ms >= d.time
        WHERE d.raised AND NOT d.paid AND ({whose})""", "debt_states", "nightly_runs")  # fmt: skip


def completion(log: Log) -> list[tuple[int, int]]:
    """The instant at which a customer completed the Situational Hardship pause service less that of a nightly run."""
    return query(log, f"""
        SELECT e.run_id, e.time - n.run_ms FROM events AS e JOIN nightly_runs AS n USING (run_id)
        WHERE e.event = {Event.HARDSHIP_PAUSE_COMPLETED} AND n.system = 'dmis'
            AND abs(e.time - n.run_ms) <= {_NEAR_MS}""", "nightly_runs")  # fmt: skip


def archived(log: Log) -> list[tuple[int, int]]:
    """The local days from the sending of a message of SAP to a look at a screen less those until it is archived."""
    days = int(log.policy.get("dr-view", {}).get("values", {}).get("sap_days", 120))
    return query(log, f"""
        SELECT l.run_id, datediff('day', m.sent_day, local_day(l.time, coalesce(m.timezone, '{AGENCY_ZONE}'))) - {days}
        FROM events AS l JOIN messages AS m ON m.run_id = l.run_id AND m.customer = l.customer
        WHERE l.event = {Event.HAS_VIEWED} AND m.system = 'sap' AND m.sent_ms <= l.time""")  # fmt: skip
