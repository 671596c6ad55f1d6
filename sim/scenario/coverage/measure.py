"""What each run of a judged log exercised, of the rules that it names."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from sim.audit import Audit
from sim.audit.codes import AGENCY_ZONE, DEBT_MESSAGES, DMIS_CODE, Event, Reason
from sim.audit.log import Log
from sim.clock import DAY, EPOCH_DAY, clock
from sim.policy.policy import load_policy
from sim.scenario.coverage.edges import EDGES, near
from sim.scenario.coverage.parts import (
    A_CASE,
    AT_CLOSING,
    AT_ISSUE,
    CLOCKED,
    ENDS,
    FOR_THE_LIMIT,
    HELD,
    MOVED,
    REFUSED,
    STARTS,
    WITHDRAWN,
    ZONED,
    Part,
    reading_parts,
)

Found = Iterator[tuple[int, Part]]


def measure(log: Log, audit: Audit, named: Mapping[int, Sequence[str]]) -> dict[int, list[Part]]:
    """By run the parts that it exercised; `named` are the rules that each run names.

    A rule that the audit could not judge in a run is not exercised by it. One that it judged without a case is (nobody
    was eligible, which is right), but for the part ``cases``.
    """
    counted = {
        (run_id, rule)
        for run_id, rules in named.items() for rule in rules
        if rule in audit.rules and audit.rules[rule].in_run(run_id).verdict != "unknown"
    }  # fmt: skip
    rules = {rule: None for _, rule in sorted(counted)}
    found: dict[int, dict[Part, None]] = {run_id: {} for run_id in named}
    for run_id, part in _all(log, rules):
        if (run_id, part.rule) in counted:
            found[run_id][part] = None
    for run_id, rule in counted:
        if audit.rules[rule].in_run(run_id).cases:
            found[run_id][Part(rule, "cases", A_CASE)] = None
        for part in _readings(log, rule):
            found[run_id][part] = None
    return {run_id: sorted(parts) for run_id, parts in found.items()}


def _all(log: Log, rules: Mapping[str, None]) -> Found:
    for edge in EDGES:
        if edge.rule in rules:
            for run_id, distance in edge.distances(log):
                side = near(edge, distance)
                if side:
                    yield run_id, Part(edge.rule, side, edge.name)
    yield from _refused(log, rules)
    yield from _held(log, rules)
    yield from _zones(log, rules)
    yield from _clock_changes(log, rules)


def _readings(log: Log, rule: str) -> list[Part]:
    values = log.policy[rule]["values"]
    return [
        Part(rule, "reading", f"{name}={reading}")
        for name, reading in reading_parts(load_policy()).get(rule, ())
        if str(values[name]) == reading
    ]


# What was stopped.


def _refused(log: Log, rules: Mapping[str, None]) -> Found:
    stopped = log.rows("""
        SELECT DISTINCT run_id, system, outcome, reasons FROM messages
        WHERE outcome IN ('refused', 'withdrawn') AND reasons > 0""")
    if log.has_table("debt_nights"):
        stopped += log.rows("""
            SELECT DISTINCT run_id, system, 'suppressed', reasons FROM debt_nights WHERE suppressed_seq IS NOT NULL""")
        if "dr-hierarchy" in rules:
            yield from _pairs(log)
    for run_id, system, outcome, reasons in stopped:
        for table in (WITHDRAWN,) if outcome == "withdrawn" else ():
            yield from _named(table, rules, run_id, system, reasons)
        yield from _named(REFUSED, rules, run_id, system, reasons)


def _named(
    table: Mapping[str, tuple[tuple[str, ...], tuple[Reason, ...]]],
    rules: Mapping[str, None],
    run_id: int,
    system: str,
    reasons: int,
) -> Found:
    for rule, (systems, given) in table.items():
        if rule in rules and system in systems:
            for reason in given:
                if reasons & reason:
                    yield run_id, Part(rule, "refused", reason.name.lower())


def _pairs(log: Log) -> Found:
    names = {DMIS_CODE + number: name for number, name in enumerate(DEBT_MESSAGES, start=1)}
    rows = log.rows(f"""
        SELECT DISTINCT run_id, winner, template FROM debt_nights
        WHERE system = 'dmis' AND suppressed_seq IS NOT NULL AND reasons & {Reason.HIERARCHY} > 0""")
    for run_id, winner, template in rows:
        if winner in names and template in names:
            yield run_id, Part("dr-hierarchy", "refused", f"{names[winner]} over {names[template]}")


def _held(log: Log, rules: Mapping[str, None]) -> Found:
    rows = log.rows(f"""
        SELECT DISTINCT e.run_id, m.system, CASE WHEN e.event = {Event.HELD} THEN '{AT_ISSUE}'
            WHEN e.reasons & {Reason.DAILY_LIMIT} > 0 THEN '{FOR_THE_LIMIT}'
            WHEN e.reasons & {Reason.SEND_WINDOW} > 0 THEN '{AT_CLOSING}' ELSE '{MOVED}' END
        FROM events AS e JOIN messages AS m USING (run_id, message)
        WHERE e.event IN ({Event.HELD}, {Event.HELD_AGAIN})""")
    for run_id, system, cause in rows:
        for rule, (systems, wanted) in HELD.items():
            if rule in rules and system in systems and cause == wanted:
                yield run_id, Part(rule, "held", cause)


# Zones and their clocks.


def _zones(log: Log, rules: Mapping[str, None]) -> Found:
    for run_id, zone in log.rows("SELECT DISTINCT run_id, issued_zone FROM messages WHERE issued_zone IS NOT NULL"):
        for rule in ZONED:
            if rule in rules:
                yield run_id, Part(rule, "zone", str(zone))


def _clock_changes(log: Log, rules: Mapping[str, None]) -> Found:
    instants = " UNION ALL ".join(
        f"SELECT run_id, {zone} AS zone, {name}_ms AS at_ms FROM messages WHERE {name}_ms IS NOT NULL"
        for name, zone in (("issued", "issued_zone"), ("handed", "timezone"), ("failed", "timezone"))
    )
    if log.has_table("nightly_runs"):
        instants += f" UNION ALL SELECT run_id, '{AGENCY_ZONE}', run_ms FROM nightly_runs"
    rows = log.rows(f"""
        SELECT DISTINCT run_id, zone, datediff('day', DATE '1970-01-01', local_day(at_ms, zone)) FROM ({instants})
        WHERE zone IS NOT NULL""")
    for run_id, zone, day in rows:
        for which in _changes_near(str(zone), int(day) + EPOCH_DAY):
            for rule in CLOCKED:
                if rule in rules:
                    yield run_id, Part(rule, "daylight saving", which)


@cache
def _changes_near(zone: str, day: int) -> tuple[str, ...]:
    """Which changes of the clocks there are on this local day, the one before it or the one after it."""
    here = clock(zone)
    lengths = [here.midnight(one + 1) - here.midnight(one) for one in (day - 1, day, day + 1)]
    return (STARTS,) * (min(lengths) < DAY) + (ENDS,) * (max(lengths) > DAY)
