"""cs-daily-limit: at most 5 SMS a local day to one customer; the sixth is refused, and nobody else is."""

from sim.audit.codes import Event, Reason
from sim.audit.daily_counts import prepare_counts
from sim.audit.limit_scope import in_scope
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window

RULE = "cs-daily-limit"
ENFORCED_BY = "system"
CLAUSE = (
    "EM, Customer contact and SMS limits: the system limits SMS messages to 5 per day to a customer; Error messages"
)


def audit(log: Log) -> RuleAudit:
    """Judge, a message a case, in the policy's readings of what counts and of which messages:

    - an attempt that was accepted (or asked about the last hour) although the limit was reached;
    - one that was refused in its name although it was not, or, in a run, refused without naming it although it was;
    - more than the limit sent on one local day of the hand-over (not in the reading `attempt_day`): each further one,
      unless it is already explained by one of that day that should have been refused;
    - in a run, a message held on by the limit though there was room, or held to a day that is not the next with room;
    - a message that the limit does not bind refused or held on in its name, or one withdrawn in its name.

    A refusal on a local day that began before observation, with too few messages seen, is left.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    window, limit = Window.of(log), int(log.value("cs-daily-limit.limit"))
    prepare_counts(log, window)
    _judge_attempts(log, limit, tally)
    if log.value("cs-daily-limit.counts") != "attempt_day":
        _judge_days(log, limit, tally)
    if log.has_events:
        _judge_holds(log, window, limit, tally)
    _judge_misuse(log, tally)
    return tally.close()


_REACHED = {
    "either_day": "{0} >= {limit} OR {1} >= {limit}",
    "delivery_day": "{1} >= {limit}",
    "attempt_day": "{0} >= {limit}",
}


def _judge_attempts(log: Log, limit: int, tally: Tally) -> None:
    reached = _REACHED[str(log.value("cs-daily-limit.counts"))]
    surely = reached.format("attempt_least", "delivery_least", limit=limit)
    maybe = reached.format("attempt_most", "delivery_most", limit=limit)
    # What Cuba sent counts in one reading, unless the log leaves open whether it was an SMS.
    uncounted = "FALSE"
    if log.value("cs-daily-limit.scope") != "desktop" and log.number(
        "SELECT count(*) FROM messages WHERE channel_assumed"
    ):
        tally.missing("the log has no column channel, and what Cuba sends may be an email")
        uncounted = "TRUE"
    # A refusal that does not name the limit says nothing of it, except in a run, where it carries all that fail.
    silent = "NOT named AND kind = 'refused'"
    omission = f"CASE WHEN {surely} THEN 'omitted' ELSE 'right' END" if log.has_events else "'right'"
    counts = ", ".join(
        f"count(DISTINCT c.other_row) FILTER (WHERE c.{condition}{sure}) AS {name}_{bound}"
        for name, condition in (("attempt", "day = a.day AND c.state = 'sent'"), ("delivery", "day = a.delivery_day"))
        for bound, sure in (("least", " AND c.sure"), ("most", ""))
    )
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE limit_findings AS
        WITH counted AS (
            SELECT a.*, {counts}
            FROM limit_attempts AS a
            LEFT JOIN limit_counted AS c ON c.run_id = a.run_id AND c.row_id = a.row_id AND c.kind = a.kind
            GROUP BY ALL
        )
        SELECT counted.*, CASE
            WHEN delivery_day IS NULL THEN 'coarse'
            WHEN {silent} THEN {omission}
            WHEN named AND ({surely}) THEN 'right'
            WHEN named AND known_from < runs.observed_from THEN 'unobserved'
            WHEN named THEN CASE WHEN {maybe} OR {uncounted} THEN 'coarse' ELSE 'without cause' END
            WHEN {surely} THEN 'accepted'
            WHEN {maybe} THEN 'coarse'
            ELSE 'right' END AS finding
        FROM counted JOIN runs USING (run_id)""")
    named_or_accepted = "accepted OR outcome = 'refused'" if log.has_events else (
        f"accepted OR (outcome = 'refused' AND reasons & {Reason.DAILY_LIMIT} > 0)"
    )  # fmt: skip
    tally.judged_rows(f"limit_scope WHERE {named_or_accepted}")
    left = log.rows("""
        SELECT run_id, finding, count(DISTINCT row_id) FROM limit_findings
        WHERE finding IN ('coarse', 'unobserved') GROUP BY run_id, finding ORDER BY run_id, finding""")
    for run_id, finding, count in left:
        tally.judged(run_id, -count)
        tally.leave(run_id, count, _LEFT[finding])
    _report_attempts(log, limit, tally)


_LEFT = {
    "coarse": "the log does not tell which messages came before",
    "unobserved": "the local day of the refusal began before observation",
}
_WHY = {
    "accepted": "Accepted on {local} local time although the limit of {limit} was reached: {count} were {what}.",
    "asked": "Asked about the last hour on {local} local time although the limit of {limit} was reached: "
    "{count} were {what}.",
    "omitted": "Refused on {local} local time without naming daily_limit although {count} were {what}.",
    "without cause": "Refused as daily_limit on {local} local time although only {attempt_most} were sent that day and "
    "{delivery_most} sent on or held for {delivery_day} (limit {limit}).",
}


def _report_attempts(log: Log, limit: int, tally: Tally) -> None:
    rows = log.records("""
        SELECT f.run_id, f.row_id, any_value(f.message_id) AS message_id, any_value(f.customer_id) AS customer_id,
            f.kind, any_value(f.finding) AS finding, any_value(f.at_ms) AS at_ms, any_value(f.seq) AS seq,
            any_value(f.day) AS day, any_value(f.delivery_day) AS delivery_day,
            any_value(f.attempt_least) AS attempt_least, any_value(f.attempt_most) AS attempt_most,
            any_value(f.delivery_least) AS delivery_least, any_value(f.delivery_most) AS delivery_most,
            local_text(any_value(f.at_ms), any_value(f.zone)) AS local,
            list(c.other_id ORDER BY c.other_row) FILTER (WHERE c.sure AND c.state = 'sent' AND c.day = f.day) AS sent,
            list(c.other_id ORDER BY c.other_row) FILTER (WHERE c.sure AND c.day = f.delivery_day) AS there
        FROM limit_findings AS f
        LEFT JOIN limit_counted AS c ON c.run_id = f.run_id AND c.row_id = f.row_id AND c.kind = f.kind
        WHERE f.finding IN ('accepted', 'omitted', 'without cause')
        GROUP BY f.run_id, f.row_id, f.kind ORDER BY f.run_id, at_ms, f.row_id""")
    day_of_attempt = log.value("cs-daily-limit.counts") != "delivery_day"
    for row in rows:
        by_attempt = day_of_attempt and row["attempt_least"] >= limit
        proof = (row["sent"] if by_attempt else row["there"]) or []
        what = f"sent on {row['day']}" if by_attempt else f"sent on or held for {row['delivery_day']}"
        text = _WHY["asked" if row["kind"] == "asked" else row["finding"]]
        why = text.format(**row, limit=limit, count=len(proof), what=what)
        events = [] if row["seq"] is None else [row["seq"]]
        tally.breach(row["customer_id"], [row["message_id"], *proof], why, row["at_ms"], events, row["run_id"])


def _judge_days(log: Log, limit: int, tally: Tally) -> None:
    """More than the limit sent on one local day, counted in the zone of each hand-over."""
    rows = log.rows(f"""
        WITH sent AS (
            SELECT * FROM limit_scope SEMI JOIN limit_busy USING (run_id, customer_id) WHERE sent_ms IS NOT NULL
        )
        SELECT m.run_id, any_value(m.message_id), any_value(m.customer_id), any_value(m.sent_ms), any_value(m.sent_seq),
            any_value(m.sent_day), count(*) + 1,
            list(o.message_id ORDER BY o.sent_ms DESC, o.issued_ms DESC, o.row_id DESC)
        FROM sent AS m JOIN sent AS o ON o.run_id = m.run_id AND o.customer_id = m.customer_id
            AND (o.sent_ms, coalesce(o.sent_seq, 0), o.issued_ms, o.row_id)
                < (m.sent_ms, coalesce(m.sent_seq, 0), m.issued_ms, m.row_id)
            AND o.sent_ms > m.sent_ms - 100000000 AND local_day(o.sent_ms, m.timezone) = m.sent_day
        GROUP BY m.run_id, m.row_id HAVING count(*) >= {limit}
        ORDER BY m.run_id, any_value(m.sent_ms), m.row_id""")
    flagged = set(log.rows("SELECT run_id, message_id FROM limit_findings WHERE finding = 'accepted'"))
    for run_id, message, customer, at_ms, seq, day, number, before in rows:
        if any((run_id, other) in flagged for other in (message, *before)):
            continue
        why = f"Number {number} sent on {day} (local day of the recipient); the limit is {limit}."
        tally.breach(customer, [message, *before[: max(limit, 1)]], why, at_ms, [] if seq is None else [seq], run_id)


def _judge_holds(log: Log, window: Window, limit: int, tally: Tally) -> None:
    """Held on at hand-over: the day must be full, and the day it is held to the next one with room. With a limit of 0,
    which a policy may have come to in the meantime, no day has room: it is held from day to day."""
    enforced = log.value("cs-daily-limit.counts") != "attempt_day"
    rows = log.records(f"""
        WITH held AS (
            SELECT h.* FROM holds AS h SEMI JOIN limit_scope USING (run_id, row_id)
            WHERE h.event = {Event.HELD_AGAIN} AND h.reasons & {Reason.DAILY_LIMIT} > 0
        ), days AS (
            SELECT held.*, CAST(unnest(generate_series(held.day, local_day(due, zone), INTERVAL 1 DAY)) AS DATE) AS d
            FROM held
        ), counted AS (
            SELECT days.run_id, days.row_id, days.seq, days.d,
                (SELECT count(*) FROM limit_scope AS m WHERE m.run_id = days.run_id AND m.customer_id = days.customer_id
                    AND m.handed_seq < days.seq AND m.row_id <> days.row_id
                    AND local_day(coalesce(m.sent_ms, m.handed_ms), days.zone) = days.d) AS sent,
                (SELECT count(*) FROM limit_waits AS w WHERE w.run_id = days.run_id AND w.customer_id = days.customer_id
                    AND w.from_seq < days.seq AND w.to_seq > days.seq AND w.row_id <> days.row_id
                    AND w.due > days.time AND local_day(w.due, days.zone) = days.d) AS waiting
            FROM days
        )
        SELECT held.run_id, held.message_id, held.customer_id, held.time, held.seq,
            local_text(held.time, zone) AS local, local_text(held.due, zone) AS due,
            {window.due_is("held.due", "local_day(held.due, zone)", "zone")} AND local_day(held.due, zone) > held.day
                AS at_opening,
            (SELECT sent >= {limit} FROM counted AS c
                WHERE c.seq = held.seq AND c.run_id = held.run_id AND c.d = held.day) AS was_full,
            (SELECT count(*) FROM counted AS c WHERE c.seq = held.seq AND c.run_id = held.run_id AND c.d > held.day
                AND ({limit} > 0 AND c.waiting >= {limit}) = (c.d = local_day(held.due, zone))) AS wrong_days
        FROM held ORDER BY held.run_id, held.time, held.seq""")
    for row in rows:
        if not enforced or not row["was_full"]:
            why = f"Held on by the daily limit on {row['local']} local time although there was room that day."
        elif not row["at_opening"] or row["wrong_days"]:
            why = f"Held on by the daily limit to {row['due']} local time, which is not the next opening with room."
        else:
            continue
        tally.breach(row["customer_id"], [row["message_id"]], why, row["time"], [row["seq"]], row["run_id"])
    tally.notes["held on by the limit"] = len(rows)


def _judge_misuse(log: Log, tally: Tally) -> None:
    """The limit named where it does not bind, or as a cause to withdraw."""
    outside = f"system IN ('pluto', 'cuba') AND NOT {in_scope(log)} AND channel = 'sms'"
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, coalesce(withdrawn_ms, issued_ms), outcome,
            coalesce(withdrawn_seq, attempt_seq), NOT {in_scope(log)} AS unbound
        FROM messages WHERE reasons & {Reason.DAILY_LIMIT} > 0
            AND (({outside} AND outcome = 'refused') OR (outcome = 'withdrawn' AND system IN ('pluto', 'cuba')))
        ORDER BY run_id, row_id""")
    for run_id, message, customer, at_ms, outcome, seq, unbound in rows:
        if unbound:
            tally.judged(run_id)
        told = "which does not bind it" if unbound else "which holds a message on and never withdraws it"
        tally.breach(
            customer, [message], f"{outcome.capitalize()} in the name of the daily limit, {told}.", at_ms,
            [] if seq is None else [seq], run_id,
        )  # fmt: skip
