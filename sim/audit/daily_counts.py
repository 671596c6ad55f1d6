"""How many SMS count for the daily limit at each attempt: sent on a local day, or issued and waiting for one.

``limit_attempts``  a row an attempt that is judged: run_id, row_id, message_id, customer_id, kind (accepted, refused,
                    asked), named (refused as daily_limit), at_ms, at_res, seq, zone, day, delivery_day, known_from (the
                    start of that local day, ms UTC).
``limit_counted``   for each attempt the messages that may count: other_row, other_id, state (sent, waiting), day, sure.
                    A message whose state or day the log leaves open has a row for each possibility, none of them sure.

Days are those of the recipient's zone on record at the attempt. Only customers with enough messages to reach the limit,
or with a refusal in its name, are looked at.
"""

from sim.audit.codes import EVER, Event, Reason
from sim.audit.limit_scope import in_scope
from sim.audit.log import Log
from sim.audit.windows import Window, prepare_holds


def prepare_counts(log: Log, window: Window) -> None:
    """Make both tables."""
    scope, limit = in_scope(log), int(log.value("cs-daily-limit.limit"))
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE limit_scope AS SELECT * FROM messages WHERE {scope};
        CREATE OR REPLACE TEMP TABLE limit_busy AS
        SELECT run_id, customer_id FROM limit_scope GROUP BY run_id, customer_id
        HAVING count(*) FILTER (WHERE accepted) >= {limit}
            OR count(*) FILTER (WHERE outcome = 'refused' AND reasons & {Reason.DAILY_LIMIT} > 0) > 0;
    """)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE limit_attempts AS
        WITH tried AS (
            SELECT *, CASE WHEN accepted THEN 'accepted' ELSE 'refused' END AS kind_of, issued_ms AS at_ms,
                issued_res AS try_res, attempt_seq AS at_seq, issued_day AS day, issued_tod AS try_tod
            FROM limit_scope SEMI JOIN limit_busy USING (run_id, customer_id)
            WHERE accepted OR outcome = 'refused'
            UNION ALL
            SELECT *, 'asked', asked_ms, 1, asked_seq, local_day(asked_ms, issued_zone),
                time_of_day(asked_ms, issued_zone)
            FROM limit_scope SEMI JOIN limit_busy USING (run_id, customer_id) WHERE asked_seq IS NOT NULL
        )
        SELECT run_id, row_id, message_id, customer_id, kind_of AS kind, issued_zone AS zone, at_ms, try_res AS at_res,
            at_seq AS seq, day, coalesce(reasons & {Reason.DAILY_LIMIT} > 0, FALSE) AND kind_of = 'refused' AS named,
            CASE WHEN {window.inside("try")} THEN day
                WHEN NOT {window.inside("try")} THEN {window.release_day("day", "try_tod")} END AS delivery_day,
            instant_at(day, 0, issued_zone) AS known_from
        FROM tried ORDER BY run_id, row_id
    """)
    log.db.execute("""
        CREATE OR REPLACE TEMP TABLE limit_counted (
            run_id INTEGER, row_id BIGINT, kind VARCHAR, other_row BIGINT, other_id VARCHAR, state VARCHAR, day DATE,
            sure BOOLEAN
        )""")
    if log.has_events:
        _count_in_a_run(log)
    else:
        _count_in_a_foreign_log(log, window)


def _count_in_a_run(log: Log) -> None:
    """The history tells the state of every message at every instant; its order settles what happened first."""
    prepare_holds(log)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE limit_waits AS
        SELECT h.run_id, h.customer_id, h.row_id, h.message_id, h.seq AS from_seq,
            coalesce(h.next_seq, {EVER}) AS to_seq, h.due, h.event
        FROM holds AS h SEMI JOIN limit_scope USING (run_id, row_id)
        UNION ALL
        SELECT run_id, customer_id, row_id, message_id, handed_seq, coalesce(sent_seq, {EVER}), NULL,
            {int(Event.HANDED_OVER)}
        FROM limit_scope WHERE handed_seq IS NOT NULL AND withdrawn_seq IS NULL
    """)
    log.db.execute("""
        INSERT INTO limit_counted
        SELECT a.run_id, a.row_id, a.kind, m.row_id, m.message_id, 'sent', local_day(m.sent_ms, a.zone), TRUE
        FROM limit_attempts AS a JOIN limit_scope AS m
            ON m.run_id = a.run_id AND m.customer_id = a.customer_id AND m.sent_seq < a.seq
            AND m.sent_ms > a.at_ms - 180000000
        UNION ALL
        SELECT a.run_id, a.row_id, a.kind, w.row_id, w.message_id, 'waiting',
            CASE WHEN w.due > a.at_ms THEN local_day(w.due, a.zone) ELSE a.day END, TRUE
        FROM limit_attempts AS a JOIN limit_waits AS w
            ON w.run_id = a.run_id AND w.customer_id = a.customer_id AND w.from_seq < a.seq AND w.to_seq > a.seq
            AND w.row_id <> a.row_id
    """)


def _count_in_a_foreign_log(log: Log, window: Window) -> None:
    """Instants are as fine as the log writes them, and when a message was held again is not in it."""
    release = window.release_day("m.issued_day", "m.issued_tod")
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE limit_before AS
        SELECT a.*, m.row_id AS other_row, m.message_id AS other_id, m.sent_ms, m.sent_res, m.outcome, m.due_ms,
            m.release_ms, m.sent_day, m.withdrawn_ms,
            m.issued_ms + m.issued_res <= a.at_ms AS surely_before,
            CASE WHEN {window.inside("issued").replace("issued_", "m.issued_")} THEN m.issued_ms
                ELSE coalesce(m.due_ms, instant_at({release}, {window.opens}, m.timezone)) END AS first_due
        FROM limit_attempts AS a JOIN limit_scope AS m
            ON m.run_id = a.run_id AND m.customer_id = a.customer_id AND m.accepted AND m.row_id <> a.row_id
            AND m.issued_ms < a.at_ms + a.at_res AND coalesce(m.sent_ms, {EVER}) > a.at_ms - 180000000
    """)
    sent_before = "sent_ms + sent_res <= at_ms"
    maybe_sent = "sent_ms < at_ms + at_res"
    waits = f"coalesce(sent_ms + sent_res, {EVER}) > at_ms"
    gone = "outcome = 'withdrawn' AND coalesce(withdrawn_ms, first_due) <= at_ms"
    surely_waits = f"surely_before AND coalesce(sent_ms, {EVER}) >= at_ms + at_res AND NOT ({gone})"
    log.db.execute(f"""
        INSERT INTO limit_counted
        SELECT run_id, row_id, kind, other_row, other_id, 'sent', local_day(sent_ms, zone),
            surely_before AND {sent_before}
        FROM limit_before WHERE {maybe_sent}
        UNION ALL
        -- Not due yet: it waits for the day on which it is due.
        SELECT run_id, row_id, kind, other_row, other_id, 'waiting', local_day(first_due, zone), {surely_waits}
        FROM limit_before WHERE {waits} AND first_due >= at_ms + at_res
        UNION ALL
        -- Due and not sent yet: it waits in the outbox and counts for today, unless it was held again.
        SELECT run_id, row_id, kind, other_row, other_id, 'waiting', day,
            {surely_waits} AND coalesce(release_ms <= at_ms, local_day(sent_ms, zone) = day, FALSE)
        FROM limit_before
        WHERE {waits} AND first_due < at_ms + at_res
            AND NOT (withdrawn_ms IS NOT NULL AND withdrawn_ms <= at_ms)
        UNION ALL
        SELECT run_id, row_id, kind, other_row, other_id, 'waiting',
            local_day(coalesce(nullif(greatest(release_ms, at_ms), at_ms), sent_ms), zone), FALSE
        FROM limit_before
        WHERE {waits} AND first_due < at_ms + at_res AND coalesce(release_ms > at_ms, sent_ms > at_ms, FALSE)
    """)
