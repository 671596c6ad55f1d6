"""What had gone to a customer when a debt message was planned: the ground of `dr-similar`, `dr-gap`, `dr-one-nudge`.

`prepare` makes, once a log:

``debt_attempts``  a row for each time that a message of DMIS, or a nudge of SAP, was planned, refused or suppressed:
                   attempt, run_id, source (night, message), system, customer_id, template (code), kind, message_id,
                   seq (what was recorded before it counts), show_seq, at_ms, zone, due_ms, due_day, day (ordinal of the
                   run), reasons, winner, result (contested, sent, suppressed, refused), is_top (what the hierarchy
                   picks from among those that no earlier test stopped), goes (it was picked, or issued).
``earlier``        a row for each attempt and each message of DMIS or SAP to the same customer that went before it:
                   attempt, run_id, message_id, system, template, kind, due_ms, waits, counted_day.

In a run what went before is what was issued before the attempt and not withdrawn by then; it counts on the local day of
its sending, or of the last due instant told by then while it waits, in the zone of the attempt. Of a message that DMIS
picked in a nightly run the night is the attempt, not its issue at the same instant.

A foreign log has no nights: an attempt is a row, and `due_day` is the local day on which it was sent (or is due while
it waits; what was suppressed would have been due on the local day of `due_at`, else on the agency date of `issued_at`).
"""

from sim.audit.codes import AGENCY_ZONE, DEBT_MESSAGES, DMIS_CODE, Event, Reason
from sim.audit.debt_runs import agency_ordinal, planned_due
from sim.audit.debt_runs import prepare as prepare_nights
from sim.audit.log import Log

AFTER_SIMILAR = Reason.HIERARCHY | Reason.GAP | Reason.ONE_NUDGE


def prepare(log: Log) -> None:
    """Make the tables of this module."""
    if log.has_table("debt_attempts"):
        return
    if log.has_events:
        prepare_nights(log)
        _attempts(log)
        _earlier(log)
    else:
        _foreign(log)


def rank(log: Log, template: str) -> str:
    """SQL: the place of a DMIS template in the hierarchy, 1 the highest; NULL for another."""
    order = [DEBT_MESSAGES.index(name) + 1 + DMIS_CODE for name in log.value("dr-hierarchy.order")]
    return f"list_position({order}, {template})"


def _attempts(log: Log) -> None:
    due = planned_due(
        log, agency_ordinal("m.issued_ms"), "m.issued_ms", "m.issued_zone", log.time_of_day("dr-kind.sap_due_at")
    )
    log.db.execute(f"""
        CREATE TEMP TABLE debt_attempts AS
        WITH nights AS (
            SELECT n.run_id, 'night' AS source, n.system, n.customer_id, n.template,
                CAST(n.pick AS VARCHAR) AS message_id, n.run_seq AS seq,
                coalesce(n.suppressed_seq, n.pick_seq, n.eligible_seq) AS show_seq, n.run_ms AS at_ms, n.zone, n.due_ms,
                n.due_day, n.day, n.reasons, n.winner,
                CASE WHEN n.suppressed_seq IS NULL THEN 'contested' ELSE 'suppressed' END AS result,
                n.reasons & {~int(AFTER_SIMILAR)} = 0 AND row_number() OVER (
                    PARTITION BY n.run_id, n.customer_id, n.day, n.reasons & {~int(AFTER_SIMILAR)} = 0
                    ORDER BY {rank(log, "n.template")}
                ) = 1 AS is_top,
                n.pick IS NOT NULL AS goes
            FROM debt_nights AS n WHERE n.run_seq IS NOT NULL
        ), told AS (
            SELECT m.run_id, 'message', m.system, m.customer_id, m.template_code, m.message_id,
                m.attempt_seq, m.attempt_seq, m.issued_ms, m.issued_zone,
                coalesce(m.due_ms, CASE WHEN m.system = 'sap' AND NOT m.accepted THEN {due} ELSE m.issued_ms END),
                NULL, NULL, CASE WHEN m.accepted THEN 0 ELSE coalesce(m.reasons, 0) END, 0,
                CASE WHEN m.accepted THEN 'sent' ELSE 'refused' END, m.accepted, m.accepted
            FROM messages AS m
            WHERE (m.system = 'dmis' OR (m.system = 'sap' AND m.kind = 'nudge'))
                AND (m.accepted OR m.outcome = 'refused')
                AND NOT (m.accepted AND EXISTS (
                    FROM debt_nights AS n WHERE n.run_id = m.run_id AND n.pick = m.message AND n.run_seq IS NOT NULL))
        )
        SELECT row_number() OVER () AS attempt, a.* REPLACE (coalesce(due_day, local_day(due_ms, zone)) AS due_day),
            templates.kind
        FROM (SELECT * FROM nights UNION ALL SELECT * FROM told) AS a
        LEFT JOIN templates ON templates.code = a.template
    """)


def _earlier(log: Log) -> None:
    told = f"{Event.ISSUED}, {Event.HELD}, {Event.HELD_AGAIN}"
    log.db.execute(f"""
        CREATE TEMP TABLE earlier AS
        WITH records AS (
            SELECT run_id, message, message_id, customer_id, system, template_code AS template, kind,
                attempt_seq AS issued_seq, sent_seq, sent_ms, withdrawn_seq
            FROM messages WHERE system IN ('dmis', 'sap') AND accepted
        ), dues AS (
            SELECT e.run_id, e.message, e.seq, e.value AS due FROM events AS e SEMI JOIN records AS r
                ON r.run_id = e.run_id AND r.message = e.message
            WHERE e.event IN ({told})
        ), pairs AS (
            SELECT a.attempt, a.run_id, a.zone, a.seq, r.message, r.message_id, r.system, r.template, r.kind,
                coalesce(r.sent_seq >= a.seq, TRUE) AS waits, r.sent_ms
            FROM debt_attempts AS a JOIN records AS r
                ON r.run_id = a.run_id AND r.customer_id = a.customer_id AND r.issued_seq < a.seq
                AND coalesce(r.withdrawn_seq >= a.seq, TRUE)
        )
        SELECT p.attempt, p.run_id, p.message_id, p.system, p.template, p.kind, dues.due AS due_ms, p.waits,
            local_day(CASE WHEN p.waits THEN dues.due ELSE p.sent_ms END, p.zone) AS counted_day
        FROM pairs AS p ASOF LEFT JOIN dues
            ON dues.run_id = p.run_id AND dues.message = p.message AND p.seq > dues.seq
    """)


def _foreign(log: Log) -> None:
    """The same from a messages table: what was sent or waits, and what was suppressed or refused."""
    log.db.execute(f"""
        CREATE TEMP TABLE debt_attempts AS
        WITH rows AS (
            SELECT *, coalesce(sent_ms, release_ms, due_ms, issued_ms) AS counted_ms,
                CASE WHEN sent_ms IS NOT NULL THEN sent_day
                    WHEN outcome IN ('held', 'withdrawn') THEN coalesce(release_day, due_day, issued_day)
                    ELSE coalesce(due_day, local_day(issued_ms, '{AGENCY_ZONE}')) END AS counted_day
            FROM messages WHERE system IN ('dmis', 'sap') AND channel = 'sms'
            QUALIFY row_number() OVER (PARTITION BY run_id, message_id ORDER BY sent_ms, row_id) = 1
        )
        SELECT row_number() OVER (ORDER BY run_id, counted_ms, row_id) AS attempt, run_id, 'message' AS source, system,
            customer_id, template_code AS template, message_id, NULL AS seq, NULL AS show_seq,
            CASE WHEN outcome IN ('suppressed', 'refused') THEN issued_ms ELSE counted_ms END AS at_ms,
            timezone AS zone, coalesce(due_ms, issued_ms) AS due_ms, counted_day AS due_day, NULL AS day,
            coalesce(reasons, 0) AS reasons, 0 AS winner,
            CASE WHEN outcome IN ('suppressed', 'refused', 'withdrawn') THEN outcome ELSE 'sent' END AS result,
            TRUE AS is_top, outcome IN ('sent', 'held') OR sent_ms IS NOT NULL AS goes, kind,
            coalesce(rows.due_day, counted_day) AS planned_day
        FROM rows WHERE outcome <> 'cancelled'
    """)
    # Against what was suppressed counts also what was withdrawn in the end, and the day for which another was meant.
    log.db.execute("""
        CREATE TEMP TABLE earlier AS
        WITH pairs AS (
            SELECT a.attempt, a.run_id, a.goes, e.message_id, e.system, e.template, e.kind, e.due_ms, FALSE AS waits,
                e.due_day, e.planned_day
            FROM debt_attempts AS a JOIN debt_attempts AS e
                ON e.run_id = a.run_id AND e.customer_id = a.customer_id AND e.attempt <> a.attempt
            WHERE CASE WHEN a.goes THEN e.goes AND e.attempt < a.attempt
                ELSE e.result IN ('sent', 'withdrawn') AND e.planned_day <= a.due_day END
        )
        SELECT * EXCLUDE (goes, due_day, planned_day), due_day AS counted_day FROM pairs
        UNION ALL
        SELECT * EXCLUDE (goes, due_day, planned_day), planned_day FROM pairs WHERE NOT goes AND planned_day <> due_day
    """)
