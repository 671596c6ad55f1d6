"""The nightly runs of DMIS (and SAP's) as a run's history tells them: who was eligible, suppressed, picked.

`prepare` makes, once a log:

``nightly_runs``  run_id, system (dmis, sap), day (agency-time ordinal), run_ms, seq, previous_ms (of the run before).
``debt_nights``   a row a message and night that was eligible, suppressed or picked: run_id, system, customer,
                  customer_id, template, day, run_ms, run_seq, eligible, eligible_seq, suppressed_seq (NULL: not
                  suppressed), reasons, winner, pick (message id, NULL: not picked), pick_seq, zone (on record at the
                  run), due_ms, due_day (DATE): when what is planned then is due.

Spans of eligibility and suppression last from the day of their beginning to the one that their end names, or to the
last run.
"""

from sim.audit.codes import AGENCY_ZONE, EVER, ORDINAL_OF_EPOCH, SYSTEMS, Event
from sim.audit.log import Log
from sim.audit.windows import Window


def day_of(ordinal: str) -> str:
    """SQL: the DATE of an ordinal day."""
    return f"CAST(DATE '1970-01-01' + CAST({ordinal} - {ORDINAL_OF_EPOCH} AS INTEGER) AS DATE)"


def agency_ordinal(ms: str) -> str:
    """SQL: the ordinal of the agency date of an instant."""
    return f"(datediff('day', DATE '1970-01-01', local_day({ms}, '{AGENCY_ZONE}')) + {ORDINAL_OF_EPOCH})"


def planned_due(log: Log, ordinal: str, now: str, zone: str, tod: int) -> str:
    """SQL: the due instant (ms) of a message planned at `now` for the time of day `tod` of an agency date: then, at the
    next opening when that lies outside the window, and never before `now`."""
    window = Window.of(log)
    day, at = day_of(ordinal), tod
    if not window.opens <= tod < window.closes:
        day, at = (day if tod < window.opens else f"CAST({day} + 1 AS DATE)"), window.opens
    return f"greatest({now}, instant_at({day}, {at}, {zone}))"


def prepare(log: Log) -> None:
    """Make the tables of this module."""
    if log.has_table("debt_nights"):
        return
    systems = f"CASE system WHEN {SYSTEMS['dmis']} THEN 'dmis' WHEN {SYSTEMS['sap']} THEN 'sap' END"
    log.db.execute(f"""
        CREATE TEMP TABLE nightly_runs AS
        SELECT *, lag(run_ms) OVER (PARTITION BY run_id, system ORDER BY run_ms) AS previous_ms FROM (
            SELECT run_id, {systems} AS system, value AS day, min(time) AS run_ms, min(seq) AS seq FROM events
            WHERE event = {Event.NIGHTLY_RUN} AND system IN ({SYSTEMS["dmis"]}, {SYSTEMS["sap"]}) GROUP BY ALL
        )
    """)
    log.db.execute(f"""
        CREATE TEMP TABLE told_nights AS
        WITH eligible AS ({_nights(Event.ELIGIBLE, Event.ELIGIBLE_ENDED)}),
        suppressed AS ({_nights(Event.SUPPRESSED, Event.SUPPRESSED_ENDED)}),
        picked AS (
            SELECT run_id, {systems} AS system, customer, template, value AS day, message, seq FROM events
            WHERE event = {Event.PICKED}
        )
        SELECT coalesce(e.run_id, s.run_id, p.run_id) AS run_id, coalesce(e.system, s.system, p.system) AS system,
            coalesce(e.customer, s.customer, p.customer) AS customer,
            coalesce(e.template, s.template, p.template) AS template, coalesce(e.day, s.day, p.day) AS day,
            e.seq IS NOT NULL AS eligible, e.seq AS eligible_seq, s.seq AS suppressed_seq,
            coalesce(s.reasons, 0) AS reasons, coalesce(s.winner, 0) AS winner, p.message AS pick, p.seq AS pick_seq
        FROM eligible AS e
        FULL JOIN suppressed AS s USING (run_id, system, customer, template, day)
        FULL JOIN picked AS p ON p.run_id = coalesce(e.run_id, s.run_id)
            AND p.system = coalesce(e.system, s.system) AND p.customer = coalesce(e.customer, s.customer)
            AND p.template = coalesce(e.template, s.template) AND p.day = coalesce(e.day, s.day)
    """)
    _add_due(log)


def _nights(begins: Event, ends: Event) -> str:
    """SQL: a row for each night of each span."""
    systems = f"CASE system WHEN {SYSTEMS['dmis']} THEN 'dmis' WHEN {SYSTEMS['sap']} THEN 'sap' END"
    return f"""
        SELECT spans.run_id, spans.system, customer, template, nights.day, spans.seq, reasons, winner FROM (
            SELECT run_id, {systems} AS system, customer, template, seq, event, value AS first, reasons,
                other AS winner,
                CASE lead(event) OVER life WHEN {ends} THEN lead(value) OVER life
                    WHEN {begins} THEN lead(value) OVER life - 1 ELSE {EVER} END AS last
            FROM events WHERE event IN ({begins}, {ends})
            WINDOW life AS (PARTITION BY run_id, customer, template ORDER BY seq)
        ) AS spans JOIN nightly_runs AS nights ON nights.run_id = spans.run_id AND nights.system = spans.system
            AND nights.day BETWEEN spans.first AND spans.last
        WHERE spans.event = {begins}"""


def _add_due(log: Log) -> None:
    """Fill ``debt_nights``: what was told, with the run's instant, the zone then, and when a message would be due."""
    dmis = planned_due(log, "n.day", "run_ms", "zone", log.time_of_day("dr-hierarchy.due_at"))
    sap = planned_due(log, "n.day", "run_ms", "zone", log.time_of_day("dr-kind.sap_due_at"))
    log.db.execute(f"""
        CREATE TEMP TABLE debt_nights AS
        WITH zones_told AS (
            SELECT f.run_id, f.customer_id, f.from_ms, zones.name FROM facts AS f
            JOIN zones ON zones.code = f.value WHERE f.fact = 'zone'
        ), timed AS (
            SELECT n.*, CAST(n.customer AS VARCHAR) AS customer_id,
                coalesce(runs.run_ms, instant_at({day_of("n.day")}, 0, '{AGENCY_ZONE}')) AS run_ms,
                runs.seq AS run_seq
            FROM told_nights AS n LEFT JOIN nightly_runs AS runs
                ON runs.run_id = n.run_id AND runs.system = n.system AND runs.day = n.day
        ), zoned AS (
            SELECT timed.*, coalesce(z.name, '{AGENCY_ZONE}') AS zone FROM timed ASOF LEFT JOIN zones_told AS z
                ON z.run_id = timed.run_id AND z.customer_id = timed.customer_id AND timed.run_ms >= z.from_ms
        ), due AS (
            SELECT n.*, CASE n.system WHEN 'dmis' THEN {dmis} ELSE {sap} END AS due_ms FROM zoned AS n
        )
        SELECT *, local_day(due_ms, zone) AS due_day FROM due
    """)
    log.db.execute("DROP TABLE told_nights")
