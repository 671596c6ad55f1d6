"""Two-sided: inside the send window an SMS goes at once; outside it is held and goes the next day.

`judge_window` is what `cs-send-window` asks of Child Support's SMS and `cf-window` of those of Customer First, DMIS and
SAP. Some of the latter are planned for an hour of their own: that hour, while it lies ahead at the issue, is a due
instant as right as the one that the window names.
"""

from sim.audit.backlog import find_late
from sim.audit.codes import Event, Reason
from sim.audit.log import Log
from sim.audit.verdicts import Tally
from sim.audit.windows import Window

NO_PLAN = "CAST(NULL AS BIGINT)"


def judge_window(log: Log, tally: Tally, scope: str, plan: str = NO_PLAN) -> None:
    """Judge for every SMS of `scope` (SQL), both ways:

    - it is not sent outside the window (the local time of the hand-over; of `sent_at` where that is not known);
    - issued inside the window, it is not held, nor held again for the window while it is open;
    - issued outside, it is held, due at the opening (spread included) of the local day that the reading of "the next
      day" names, and not sent before it is due;
    - outside is no reason to refuse;
    - sent on a later day than the one it was due, it shows a cause (`sim.audit.backlog`).

    A case is one message. `plan` is SQL: the instant (ms) for which a row of ``messages`` was planned when it was
    issued, NULL for none. The day of the issue is counted in the zone on record at issue. What all instants within the
    log's resolution agree on is judged, the rest is left.
    """
    window = Window.of(log)
    find_late(log, window, scope, plan)
    _judge_issued(log, window, tally, scope, plan)
    _judge_refused(log, tally, scope)


def _findings(log: Log, window: Window, scope: str, plan: str) -> str:
    """SQL: every issued SMS with what was found of it."""
    day = window.release_day("issued_day", "issued_tod")
    # A run always tells what was held; a foreign log may leave it to be read off the day of sending.
    not_held = "'not held'" if log.has_events else "CASE WHEN handed_ms IS NULL THEN 'unknown' ELSE 'right' END"
    # A plan for an hour outside the window goes at an opening, which may be spread.
    as_planned = (
        f"due_ms + slack > plan_ms AND due_ms <= plan_ms + CASE WHEN plan_ms = {_opening(window)} "
        f"THEN {window.spread} ELSE 0 END"
    )
    return f"""
        WITH issues AS (
            SELECT *, {window.inside("issued")} AS inside, {window.inside("handed")} AS sent_inside,
                {day} AS right_day, coalesce(due_res, 1) AS slack,
                CASE WHEN {plan} >= issued_ms + issued_res THEN {plan} END AS plan_ms
            FROM messages WHERE {scope} AND accepted
        ), kept AS (
            SELECT *, coalesce({as_planned}, FALSE) AS as_planned FROM issues
        ), again AS (
            SELECT e.run_id, e.message, min(e.time) AS again_ms, min(e.seq) AS again_seq
            FROM events AS e JOIN issues AS i ON i.run_id = e.run_id AND i.message = e.message
            WHERE e.event = {Event.HELD_AGAIN} AND e.reasons & {Reason.SEND_WINDOW} > 0
                AND time_of_day(e.time, i.timezone) BETWEEN {window.opens} AND {window.closes - 1}
                AND i.issued_zone = i.timezone
            GROUP BY e.run_id, e.message
        )
        SELECT kept.*, again_ms, again_seq, late.due_day AS late_day, late.other, CASE
            WHEN NOT sent_inside THEN 'sent outside'
            WHEN inside AND due_ms >= issued_ms + issued_res AND NOT as_planned THEN 'held inside'
            WHEN again.message IS NOT NULL THEN 'held again inside'
            WHEN NOT inside AND due_ms IS NULL AND handed_day < right_day
                AND coalesce(handed_ms + handed_res <= plan_ms, TRUE) THEN 'early'
            WHEN NOT inside AND due_ms IS NOT NULL AND NOT as_planned
                AND NOT {window.due_is("due_ms", "right_day", "issued_zone", "slack")} THEN 'wrong due'
            WHEN handed_ms + handed_res <= coalesce(release_ms, due_ms) THEN 'before due'
            WHEN late.finding = 'late' THEN 'late'
            WHEN inside IS NULL OR (handed_ms IS NOT NULL AND sent_inside IS NULL) THEN 'coarse'
            WHEN late.finding = 'unknown' THEN 'late for an unknown cause'
            WHEN NOT inside AND due_ms IS NULL THEN {not_held}
            ELSE 'right' END AS finding
        FROM kept
        LEFT JOIN late ON late.run_id = kept.run_id AND late.row_id = kept.row_id
        LEFT JOIN again ON again.run_id = kept.run_id AND again.message = kept.message"""


def _opening(window: Window) -> str:
    return f"instant_at(local_day(plan_ms, issued_zone), {window.opens}, issued_zone)"


_LEFT = {
    "coarse": "the times are too coarse for the window",
    "late for an unknown cause": "sent on a later day than due, and the log does not show whether it had to wait",
    "perhaps email": "the log does not name the channel, and an email goes at any hour",
    "perhaps moved": "the recipient's zone may have changed, and the one at the issue is not in the log",
    "unknown": "issued outside the window, and the log has neither a due instant nor a sending",
}
_AT_HAND_OVER = ("sent outside", "early", "before due", "late")
"""Findings about the instant of the hand-over; the others are about the issue, or about a hold of its own."""
_WHY = {
    "sent outside": "Sent on {sent} local time ({timezone}), outside the send window.",
    "held inside": "Issued on {issued} local time, inside the send window, yet held until {due}.",
    "held again inside": "Held again for the send window while it was open (issued on {issued} local time).",
    "not held": "Issued on {issued} local time, outside the send window, and not held.",
    "early": "Issued on {issued} local time, outside the send window, and sent on {sent}, before {right_day}.",
    "wrong due": "Issued on {issued} local time, outside the send window; due on {due} and not at the opening of "
    "{right_day}.",
    "before due": "Held until {last_due} local time and sent before that, on {sent}.",
    "late": "Issued on {issued} local time and due on {late_day}, yet sent on {sent} without a cause.",
}


def _judge_issued(log: Log, window: Window, tally: Tally, scope: str, plan: str) -> None:
    broken = ", ".join(f"'{finding}'" for finding in _WHY)
    # A foreign log names one zone a message, the one of the hand-over. Where the recipient has been in two zones, or
    # the due instant changed after the issue, the zone at the issue is not known.
    moved = "FALSE"
    if not log.has_events:
        moved = """finding IN ('held inside', 'wrong due', 'late', 'early') AND (
            (release_ms IS NOT NULL AND due_known AND release_ms IS DISTINCT FROM due_ms)
            OR (run_id, customer_id) IN (
                SELECT (run_id, customer_id) FROM messages GROUP BY run_id, customer_id
                HAVING count(DISTINCT timezone) > 1))""".replace("due_known", str("due_at" in log.columns).upper())
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE window_findings AS
        SELECT * REPLACE (CASE WHEN channel_assumed AND finding IN ({broken}) THEN 'perhaps email'
            WHEN {moved} THEN 'perhaps moved' ELSE finding END AS finding)
        FROM ({_findings(log, window, scope, plan)})""")
    tally.count_findings("window_findings", _LEFT)
    rows = log.records(f"""
        SELECT finding, run_id, message_id, customer_id, timezone, issued_ms, handed_ms, again_ms,
            attempt_seq, handed_seq, again_seq, other, right_day, late_day,
            local_text(issued_ms, issued_zone) AS issued, local_text(handed_ms, timezone) AS sent,
            local_text(due_ms, timezone) AS due, local_text(coalesce(release_ms, due_ms), timezone) AS last_due
        FROM window_findings WHERE finding IN ({broken}) ORDER BY run_id, row_id""")
    for row in rows:
        held_again = row["finding"] == "held again inside"
        seqs = (row["attempt_seq"], row["again_seq"] if held_again else row["handed_seq"])
        events = [seq for seq in seqs if seq is not None]
        at_ms = row["handed_ms"] if row["finding"] in _AT_HAND_OVER else row["issued_ms"]
        at_ms = row["again_ms"] if held_again else at_ms
        named = [row["message_id"], row["other"]]
        tally.breach(row["customer_id"], named, _WHY[row["finding"]].format(**row), at_ms, events, row["run_id"])


def _judge_refused(log: Log, tally: Tally, scope: str) -> None:
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, issued_ms, attempt_seq, local_text(issued_ms, issued_zone)
        FROM messages WHERE {scope} AND outcome = 'refused' AND reasons & {Reason.SEND_WINDOW} > 0
        ORDER BY run_id, row_id""")
    for run_id, message, customer, at_ms, seq, local in rows:
        tally.judged(run_id)
        why = f"Refused on {local} local time because of the send window; outside it a message is held."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
