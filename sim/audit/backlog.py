"""SMS that went on a later local day than the one on which they were due: is there a cause?

The policy knows three: the daily limit of the day that was passed over, a message that was still waiting when the
window closed, and a zone that changed meanwhile. A run records each as a hold of its own, so a late message without one
is a breach. A foreign log shows the first by its counts; of the second it can only show that there was none: another
message of the same system that was issued later and yet sent before that day's closing. Else the case is left.
"""

from sim.audit.codes import Event
from sim.audit.limit_scope import in_scope
from sim.audit.log import Log
from sim.audit.windows import Window


def find_late(log: Log, window: Window, scope: str, plan: str) -> None:
    """Make the table ``late``: run_id, row_id, finding (late, unknown), due_day, other (the message that proves it).

    `plan` is SQL: the instant for which a message was planned, NULL for none. It was due on the day of its plan where
    its due instant says so; where the log has none, on the later of the two days.
    """
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE passed_over AS
        WITH planned AS (
            SELECT *, {window.inside("issued")} AS inside,
                CASE WHEN {plan} >= issued_ms + issued_res THEN {plan} END AS plan_ms
            FROM messages WHERE {scope} AND handed_ms IS NOT NULL
        ), ready AS (
            SELECT *, CASE WHEN inside THEN issued_day
                ELSE {window.release_day("issued_day", "issued_tod")} END AS window_day,
                local_day(plan_ms, timezone) AS plan_day
            FROM planned WHERE inside IS NOT NULL
        ), due AS (
            SELECT *, coalesce(CASE WHEN due_day = plan_day THEN plan_day
                WHEN due_ms IS NULL THEN greatest(plan_day, window_day) END, window_day) AS ready_day
            FROM ready
        )
        SELECT run_id, row_id, message, customer_id, system, kind, channel, channel_assumed, timezone, handed_ms,
            ready_day AS due_day, CASE WHEN ready_day = plan_day THEN plan_ms + {window.spread}
                WHEN inside THEN issued_ms + issued_res - 1
                ELSE instant_at(ready_day, {window.opens + window.spread}, timezone) END AS ready_ms,
            handed_day
        FROM due WHERE handed_day > ready_day
    """)
    if log.has_events:
        _late_in_a_run(log)
    else:
        _late_in_a_foreign_log(log, window)


def _late_in_a_run(log: Log) -> None:
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE late AS
        SELECT run_id, row_id, 'late' AS finding, due_day, CAST(NULL AS VARCHAR) AS other
        FROM passed_over AS p WHERE NOT EXISTS (
            FROM events AS e WHERE e.run_id = p.run_id AND e.message = p.message AND e.event = {Event.HELD_AGAIN})
    """)


def _late_in_a_foreign_log(log: Log, window: Window) -> None:
    limited = "FALSE" if log.value("cs-daily-limit.counts") == "attempt_day" else in_scope(log, "p")
    limit = int(log.value("cs-daily-limit.limit"))
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE late AS
        WITH full_days AS (
            SELECT run_id, customer_id, sent_day FROM messages WHERE sent_ms IS NOT NULL AND {in_scope(log)}
            GROUP BY ALL HAVING count(*) >= {limit}
        ), following AS (
            SELECT run_id, system, issued_ms, message_id,
                min(handed_ms + handed_res - 1) OVER later AS soonest,
                arg_min(message_id, handed_ms) OVER later AS soonest_message
            FROM messages WHERE handed_ms IS NOT NULL AND channel = 'sms' AND NOT channel_assumed
            WINDOW later AS (PARTITION BY run_id, system ORDER BY issued_ms DESC RANGE UNBOUNDED PRECEDING)
        ), judged AS (
            SELECT p.run_id, p.row_id, p.due_day, {limited} AND full_days.sent_day IS NOT NULL AS was_full,
                following.soonest < instant_at(p.due_day, {window.closes}, p.timezone) AS overtaken,
                following.soonest_message AS other
            FROM passed_over AS p
            LEFT JOIN full_days ON full_days.run_id = p.run_id AND full_days.customer_id = p.customer_id
                AND full_days.sent_day = p.due_day
            ASOF LEFT JOIN following ON following.run_id = p.run_id AND following.system = p.system
                AND p.ready_ms <= following.issued_ms
        )
        SELECT run_id, row_id, CASE WHEN overtaken THEN 'late' ELSE 'unknown' END AS finding, due_day,
            CASE WHEN overtaken THEN other END AS other
        FROM judged WHERE NOT was_full
    """)
