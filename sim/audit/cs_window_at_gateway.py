"""cs-window-at-gateway: the window is tested at hand-over; what waits at closing is held again at that instant."""

from sim.audit.codes import DAY, Event, Reason
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window, prepare_holds

RULE = "cs-window-at-gateway"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: the window is the recipient's local time, so it is tested where the SMS leaves"


def audit(log: Log) -> RuleAudit:
    """Judge for every SMS of every system, a message a case:

    - it is handed over inside the window (`sent_at` stands for the hand-over where a log has no better);
    - in a run: it does not wait past a closing without being held again at that very instant, due at the opening of the
      following local day, and it is not held for the window while that is open. A hold at another instant is right
      where the recipient moved to a zone whose window is closed, or where the message fell due while it was closed;
    - it is not withdrawn in the window's name, which only ever holds a message again;
    - in a foreign log: a message that was held twice (`release_at` on a later day than `due_at`) is not due outside.

    Waiting inside the window is no breach.
    """
    window = Window.of(log)
    tally = Tally(log, RULE, ENFORCED_BY)
    if log.has_events:
        prepare_holds(log)
        waits = _waits(window)
    else:
        waits = f"""
            SELECT run_id, row_id, release_ms AS at_ms, NULL AS seq, 'due outside' AS finding, timezone AS zone
            FROM messages WHERE channel = 'sms' AND NOT channel_assumed AND release_day > due_day
                AND NOT ({window.inside("release")})"""
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE gateway_findings AS
        SELECT run_id, row_id, handed_ms AS at_ms, handed_seq AS seq, timezone AS zone, CASE
            WHEN inside THEN 'right' WHEN inside IS NULL THEN 'coarse' WHEN channel_assumed THEN 'perhaps email'
            ELSE 'sent outside' END AS finding
        FROM (
            SELECT *, {window.inside("handed")} AS inside FROM messages
            WHERE channel = 'sms' AND handed_ms IS NOT NULL
        )
        UNION ALL BY NAME {waits}
        UNION ALL BY NAME
        SELECT run_id, row_id, coalesce(withdrawn_ms, release_ms, due_ms, issued_ms) AS at_ms, withdrawn_seq AS seq,
            timezone AS zone, 'withdrawn' AS finding
        FROM messages WHERE channel = 'sms' AND outcome = 'withdrawn' AND reasons & {Reason.SEND_WINDOW} > 0""")
    rank = "CASE WHEN finding = 'right' THEN 2 WHEN finding IN ('coarse', 'perhaps email') THEN 1 ELSE 0 END"
    worst = f"SELECT run_id, arg_min(finding, {rank}) AS finding FROM gateway_findings GROUP BY run_id, row_id"
    tally.count_findings(f"({worst})", _LEFT)
    _report(log, tally)
    return tally.close()


def _waits(window: Window) -> str:
    """SQL: what a run's holds show, a row a hold."""
    closing = f"instant_at(local_day(greatest(due, time), zone), {window.closes}, zone)"
    always_open = window.opens == 0 and window.closes == DAY
    # A hold for the window that came too late is a finding of its own.
    held_next = f"next_event = {Event.HELD_AGAIN} AND next_reasons & {Reason.SEND_WINDOW} > 0"
    past = f"next_time > {closing} AND greatest(due, time) < {closing}"
    waited = "FALSE" if always_open else f"zone = next_zone AND {past} AND NOT ({held_next})"
    for_window = f"event = {Event.HELD_AGAIN} AND reasons & {Reason.SEND_WINDOW} > 0"
    # The day that closed is the one of the last instant inside; a window that closes at 24:00 closes the day before.
    following = "CAST(local_day(time - 1, zone) + 1 AS DATE)"
    return f"""
        SELECT run_id, row_id, time AS at_ms, seq, zone, CASE
            WHEN {for_window} AND tod >= {window.opens} AND tod < {window.closes} THEN 'held though open'
            WHEN {for_window} AND tod <> {window.closes % DAY} AND NOT was_moved AND due_before <> time
                THEN 'not at closing'
            WHEN {for_window} AND NOT {window.due_is("due", following, "zone")}
                AND NOT (tod < {window.opens} AND {window.due_is("due", "day", "zone")}
                    AND (was_moved OR due_before = time)) THEN 'wrong due'
            WHEN {waited} THEN 'waited past closing'
            ELSE 'right' END AS finding
        FROM (
            SELECT *, lag(zone) OVER life <> zone AS was_moved, coalesce(lag(due) OVER life, 0) AS due_before FROM holds
            WINDOW life AS (PARTITION BY run_id, message ORDER BY step)
        ) WHERE channel = 'sms'
    """


_LEFT = {
    "coarse": "the time of sending is too coarse for the window",
    "perhaps email": "the log does not name the channel, and an email goes at any hour",
}
_WHY = {
    "sent outside": "Handed over on {local} local time ({zone}), outside the send window.",
    "held though open": "Held again for the send window on {local} local time ({zone}), while it was open.",
    "not at closing": "Held again on {local} local time ({zone}) and not at the instant at which the window closed.",
    "wrong due": "Held again on {local} local time ({zone}) and not due at the opening of the following local day.",
    "waited past closing": "Waiting since {local} local time ({zone}), and not held again when the window closed.",
    "withdrawn": "Withdrawn for the send window on {local} local time ({zone}), and not held again.",
    "due outside": "Held again until {local} local time ({zone}), which lies outside the send window.",
}


def _report(log: Log, tally: Tally) -> None:
    rows = log.records("""
        SELECT g.run_id, g.finding, g.at_ms, g.seq, g.zone, m.message_id, m.customer_id,
            local_text(g.at_ms, g.zone) AS local
        FROM gateway_findings AS g JOIN messages AS m ON m.run_id = g.run_id AND m.row_id = g.row_id
        WHERE g.finding NOT IN ('right', 'coarse', 'perhaps email') ORDER BY g.run_id, g.at_ms, g.row_id""")
    for row in rows:
        events = [] if row["seq"] is None else [row["seq"]]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["message_id"]], why, row["at_ms"], events, row["run_id"])
