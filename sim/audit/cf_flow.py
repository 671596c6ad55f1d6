"""cf-flow: Desktop Messaging leads through the preview to Send, then shows the message as queued; the sender is
CENTRELINK."""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.text import content_code
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cf-flow"
ENFORCED_BY = "system"
CLAUSE = "EM, Sending a pre call notification using Customer First"

NO_SENDER = "the log does not name the sender"
NO_SCREENS = "what the screens of Desktop Messaging showed is not in this log"

_WHY = {
    "not previewed": "Sent on {local} local time without a preview of this text: Send Electronic Message stands in the "
    "preview.",
    "not queued": "Sent on {local} local time, and the history did not show {queued!r}.",
    "queued without Send": "On {local} local time the history showed {queued!r}, and nothing was issued then.",
}


def audit(log: Log) -> RuleAudit:
    """Judge, a message a case:

    - what an officer sent from Customer First was previewed, this very message with this text, before Send was pressed;
      what was sent automatically passes no screen;
    - at the issue, and only then, the history shows the message as queued, in the policy's words;
    - the sender of every SMS of the systems that the policy names is `CENTRELINK`.

    An attempt that was refused must have been previewed too. A foreign log shows the sender alone: with messages of
    Customer First in it the rule stays unknown.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if log.has_events:
        _judge_screens(log, tally)
    elif log.number("SELECT count(*) FROM messages WHERE system = 'customer_first'"):
        tally.missing(NO_SCREENS)
    _judge_sender(log, tally)
    return tally.close()


def _judge_screens(log: Log, tally: Tally) -> None:
    queued = str(log.value("cf-flow.queued_text"))
    code = content_code("", queued)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE flow_steps AS
        SELECT e.run_id, e.message, e.event, e.time, e.seq, e.template FROM events AS e
        JOIN (FROM messages WHERE system = 'customer_first' AND officer > 0) AS m
            ON m.run_id = e.run_id AND m.message = e.message
        WHERE e.event IN ({Event.PREVIEWED}, {Event.SEND_PRESSED}, {Event.ISSUED})
            OR (e.event = {Event.INFO_SHOWN} AND e.value = {code})""")

    def without(event: Event, other: Event, condition: str) -> str:
        return f"""
            SELECT s.run_id, s.message, s.time, s.seq FROM flow_steps AS s WHERE s.event = {event} AND NOT EXISTS (
                FROM flow_steps AS o WHERE o.run_id = s.run_id AND o.message = s.message AND o.event = {other}
                AND {condition})"""

    at_once = "o.time = s.time"
    rows = log.records(f"""
        WITH found AS (
            SELECT *, 'not previewed' AS finding FROM ({
        without(Event.SEND_PRESSED, Event.PREVIEWED, "o.seq < s.seq AND o.template IN (0, s.template)")
    })
            UNION ALL SELECT *, 'not queued' FROM ({without(Event.ISSUED, Event.INFO_SHOWN, at_once)})
            UNION ALL SELECT *, 'queued without Send' FROM ({without(Event.INFO_SHOWN, Event.ISSUED, at_once)})
        )
        SELECT f.*, m.message_id, m.customer_id, local_text(f.time, m.issued_zone) AS local FROM found AS f
        JOIN messages AS m ON m.run_id = f.run_id AND m.message = f.message ORDER BY f.run_id, f.time, f.seq""")
    for row in rows:
        why = _WHY[row["finding"]].format(**row, queued=queued)
        tally.breach(row["customer_id"], [row["message_id"]], why, row["time"], [row["seq"]], row["run_id"])
    tally.judged_rows(
        f"flow_steps AS s JOIN messages AS m USING (run_id, message) "
        f"WHERE s.event <> {Event.PREVIEWED} AND m.handed_ms IS NULL",
        "count(DISTINCT message)",
    )


def _judge_sender(log: Log, tally: Tally) -> None:
    """Each SMS that was handed over; what an officer's screens showed of it belongs to the same case."""
    expected = str(log.value("cf-flow.sender"))
    systems = ", ".join(f"'{system}'" for system in log.value("cf-flow.sender_systems"))
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, sender, handed_ms, handed_seq, local_text(handed_ms, timezone)
        FROM messages WHERE channel = 'sms' AND handed_ms IS NOT NULL AND system IN ({systems})
        ORDER BY run_id, row_id""")
    if rows and "sender" not in log.columns:
        tally.missing("the log has no column sender")
        return
    for run_id, message, customer, sender, at_ms, seq, local in rows:
        if sender is None:
            tally.leave(run_id, 1, NO_SENDER)
            continue
        tally.judged(run_id)
        if sender != expected:
            why = f"Sent on {local} local time; its sender was {sender!r} and not {expected!r}."
            tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
