"""cs-send-window: inside 08:00–20:00 local an SMS goes at once; outside it is held and goes the next day."""

from sim.audit.backlog import find_late
from sim.audit.codes import Event, Reason
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window

RULE = "cs-send-window"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: SMS will be sent instantly between 8:00am to 8:00pm (recipient local time) …"

SCOPE = "system IN ('pluto', 'cuba') AND channel = 'sms'"
"""Child Support's own SMS; the other systems' window is cf-window, and email has none."""


def audit(log: Log) -> RuleAudit:
    """Judge for every SMS of Child Support, both ways:

    - it is not sent outside the window (the local time of the hand-over; of `sent_at` where that is not known);
    - issued inside the window, it is not held, nor held again for the window while it is open;
    - issued outside, it is held, due at the opening (spread included) of the local day that the reading of "the next
      day" names, and not sent before it is due;
    - outside is no reason to refuse;
    - sent on a later day than the one it was due, it shows a cause (`sim.audit.backlog`).

    A case is one message. The day of the issue is counted in the zone on record at issue. What all instants within the
    log's resolution agree on is judged, the rest is left.
    """
    window = Window.of(log)
    tally = Tally(log, RULE, ENFORCED_BY)
    find_late(log, window, SCOPE)
    _judge_issued(log, window, tally)
    _judge_refused(log, tally)
    return tally.close()


def _findings(log: Log, window: Window) -> str:
    """SQL: every issued SMS with what was found of it."""
    day = window.release_day("issued_day", "issued_tod")
    # A run always tells what was held; a foreign log may leave it to be read off the day of sending.
    not_held = "'not held'" if log.has_events else "CASE WHEN handed_ms IS NULL THEN 'unknown' ELSE 'right' END"
    return f"""
        WITH issues AS (
            SELECT *, {window.inside("issued")} AS inside, {window.inside("handed")} AS sent_inside,
                {day} AS right_day, coalesce(due_res, 1) AS slack
            FROM messages WHERE {SCOPE} AND accepted
        ), again AS (
            SELECT DISTINCT e.run_id, e.message FROM events AS e JOIN issues AS i
                ON i.run_id = e.run_id AND i.message = e.message
            WHERE e.event = {Event.HELD_AGAIN} AND e.reasons & {Reason.SEND_WINDOW} > 0
                AND time_of_day(e.time, i.timezone) BETWEEN {window.opens} AND {window.closes - 1}
                AND i.issued_zone = i.timezone
        )
        SELECT issues.*, late.due_day, late.other, CASE
            WHEN NOT sent_inside THEN 'sent outside'
            WHEN inside AND due_ms >= issued_ms + issued_res THEN 'held inside'
            WHEN again.message IS NOT NULL THEN 'held again inside'
            WHEN NOT inside AND due_ms IS NULL AND handed_day < right_day THEN 'early'
            WHEN NOT inside AND due_ms IS NOT NULL
                AND NOT {window.due_is("due_ms", "right_day", "issued_zone", "slack")} THEN 'wrong due'
            WHEN handed_ms + handed_res <= coalesce(release_ms, due_ms) THEN 'before due'
            WHEN late.finding = 'late' THEN 'late'
            WHEN inside IS NULL OR (handed_ms IS NOT NULL AND sent_inside IS NULL) THEN 'coarse'
            WHEN late.finding = 'unknown' THEN 'late for an unknown cause'
            WHEN NOT inside AND due_ms IS NULL THEN {not_held}
            ELSE 'right' END AS finding
        FROM issues
        LEFT JOIN late ON late.run_id = issues.run_id AND late.row_id = issues.row_id
        LEFT JOIN again ON again.run_id = issues.run_id AND again.message = issues.message"""


_LEFT = {
    "coarse": "the times are too coarse for the window",
    "late for an unknown cause": "sent on a later day than due, and the log does not show whether it had to wait",
    "perhaps email": "the log does not name the channel, and an email goes at any hour",
    "unknown": "issued outside the window, and the log has neither a due instant nor a sending",
}
_WHY = {
    "sent outside": "Sent on {sent} local time ({timezone}), outside the send window.",
    "held inside": "Issued on {issued} local time, inside the send window, yet held until {due}.",
    "held again inside": "Held again for the send window while it was open (issued on {issued} local time).",
    "not held": "Issued on {issued} local time, outside the send window, and not held.",
    "early": "Issued on {issued} local time, outside the send window, and sent on {sent}, before {right_day}.",
    "wrong due": "Issued on {issued} local time, outside the send window; due on {due} and not at the opening of "
    "{right_day}.",
    "before due": "Held until {last_due} local time and sent before that, on {sent}.",
    "late": "Issued on {issued} local time and due on {due_day}, yet sent on {sent} without a cause.",
}


def _judge_issued(log: Log, window: Window, tally: Tally) -> None:
    broken = ", ".join(f"'{finding}'" for finding in _WHY)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE window_findings AS
        SELECT * REPLACE (CASE WHEN channel_assumed AND finding IN ({broken}) THEN 'perhaps email' ELSE finding END
            AS finding)
        FROM ({_findings(log, window)})""")
    for finding, count in log.rows("SELECT finding, count(*) FROM window_findings GROUP BY finding ORDER BY finding"):
        if finding in _LEFT:
            tally.leave(count, _LEFT[finding])
        else:
            tally.judged(count)
    rows = log.records(f"""
        SELECT finding, run_id, message_id, customer_id, timezone, issued_ms, handed_ms, attempt_seq, handed_seq, other,
            right_day, due_day, local_text(issued_ms, issued_zone) AS issued, local_text(handed_ms, timezone) AS sent,
            local_text(due_ms, timezone) AS due, local_text(coalesce(release_ms, due_ms), timezone) AS last_due
        FROM window_findings WHERE finding IN ({broken}) ORDER BY run_id, row_id""")
    for row in rows:
        events = [seq for seq in (row["attempt_seq"], row["handed_seq"]) if seq is not None]
        at_ms = row["handed_ms"] if row["finding"] == "sent outside" else row["issued_ms"]
        named = [row["message_id"], row["other"]]
        tally.breach(row["customer_id"], named, _WHY[row["finding"]].format(**row), at_ms, events, row["run_id"])


def _judge_refused(log: Log, tally: Tally) -> None:
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, issued_ms, attempt_seq, local_text(issued_ms, issued_zone)
        FROM messages WHERE {SCOPE} AND outcome = 'refused' AND reasons & {Reason.SEND_WINDOW} > 0
        ORDER BY run_id, row_id""")
    tally.judged(len(rows))
    for run_id, message, customer, at_ms, seq, local in rows:
        why = f"Refused on {local} local time because of the send window; outside it a message is held."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
