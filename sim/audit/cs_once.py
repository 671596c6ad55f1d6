"""cs-once: every issued message is sent exactly once or withdrawn; what a system says of itself must agree with it."""

from sim.audit.codes import EVER, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.windows import Window

RULE = "cs-once"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: SMS will be sent … or held and sent on the next day"


def audit(log: Log) -> RuleAudit:
    """Judge every message that was issued or sent, a message a case.

    In a run, against what the transport recorded: it arrived or was acknowledged twice; it arrived without having been
    issued, or after it was refused, cancelled or withdrawn; it was offered to the transport and never arrived; the
    window of the day on which it was due has closed and nothing became of it; the system claimed that it was sent when
    it was not, at another instant, or not at all. The run's own messages table must have the same messages with the
    same outcomes and instants.

    In a foreign log: the message is there twice and sent both times; it is `sent` without an instant, or has one
    without being `sent`; it was sent before it was issued; it is `held` although the window of its release has closed.

    What is still held, or still with the transport, when observation ends is left.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    findings = _in_a_run(log) if log.has_events else _in_a_foreign_log(log)
    log.db.execute(f"CREATE OR REPLACE TEMP TABLE once_findings AS {findings}")
    tally.count_findings("once_findings", _LEFT)
    rows = log.records("""
        SELECT *, local_text(at_ms, timezone) AS local FROM once_findings
        WHERE finding IN (SELECT unnest(?)) ORDER BY run_id, at_ms, row_id""", [list(_WHY)])  # fmt: skip
    for row in rows:
        events = [] if row["seq"] is None else [row["seq"]]
        named = [row["message_id"], row["other_id"]]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], named, why, row["at_ms"], events, row["run_id"])
    if log.has_claims:
        _judge_claims(log, tally)
    return tally.close()


_LEFT = {
    "in flight": "still with the transport when observation ends",
    "still held": "still held when observation ends",
    "perhaps held": "held, and the log does not say until when",
}
_WHY = {
    "sent twice": "Sent a second time on {local} local time.",
    "never issued": "Sent on {local} local time without having been issued.",
    "stopped": "Sent on {local} local time although it was {outcome_before}.",
    "lost on its way": "Offered to the transport on {local} local time and never arrived.",
    "lost": "Due since {local} local time; the window of that day has closed and it was neither sent, withdrawn nor "
    "held again.",
    "false claim": "Claimed as sent on {local} local time, which the transport did not record.",
    "no claim": "Sent on {local} local time and never shown as sent.",
    "issued twice": "Issued a second time on {local} local time.",
    "sent without an instant": "Said to be sent, without an instant (issued on {local} local time).",
    "not sent after all": "Sent on {local} local time although it is said to be {outcome_before}.",
    "sent before issued": "Sent on {local} local time, before it was issued.",
}


def _in_a_run(log: Log) -> str:
    window = Window.of(log)
    closing = f"instant_at(local_day(due, timezone), {window.closes}, timezone)"
    claims = f"""
        SELECT e.run_id, e.message, min(e.value) AS claimed,
            bool_and(e.value = m.sent_ms AND e.time = m.sent_ms) AS agrees
        FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
        WHERE e.event = {Event.SENT_CLAIMED} GROUP BY e.run_id, e.message"""
    counts = f"""
        SELECT run_id, message, count(*) FILTER (WHERE event = {Event.ISSUED}) AS issues,
            count(*) FILTER (WHERE event IN ({Event.REFUSED}, {Event.CANCELLED}, {Event.WITHDRAWN})) AS stops,
            max(time) FILTER (WHERE event IN ({Event.ARRIVED}, {Event.ACKNOWLEDGED})) AS last_seen,
            max(time) FILTER (WHERE event = {Event.ISSUED}) AS last_issue,
            min(time) FILTER (WHERE event = {Event.HANDED_OVER}) AS offered,
            arg_min(event, seq) FILTER (WHERE event IN ({Event.REFUSED}, {Event.CANCELLED}, {Event.WITHDRAWN})) AS stop
        FROM events WHERE message > 0 GROUP BY run_id, message"""
    return f"""
        WITH claims AS ({claims}), counted AS ({counts}), lives AS (
            SELECT m.*, coalesce(m.release_ms, m.issued_ms) AS due, claims.agrees, claims.claimed, counted.issues,
                counted.stops, counted.last_seen, counted.last_issue, counted.offered, counted.stop
            FROM messages AS m
            LEFT JOIN claims ON claims.run_id = m.run_id AND claims.message = m.message
            LEFT JOIN counted ON counted.run_id = m.run_id AND counted.message = m.message
            WHERE m.accepted OR m.arrivals > 0 OR claims.claimed IS NOT NULL OR counted.offered IS NOT NULL
        )
        SELECT run_id, row_id, message_id, customer_id, timezone, NULL AS other_id,
            CASE stop WHEN {Event.REFUSED} THEN 'refused' WHEN {Event.CANCELLED} THEN 'cancelled' ELSE 'withdrawn' END
                AS outcome_before,
            CASE finding WHEN 'sent twice' THEN last_seen WHEN 'issued twice' THEN last_issue
                WHEN 'lost on its way' THEN offered WHEN 'lost' THEN due WHEN 'false claim' THEN claimed
                ELSE coalesce(sent_ms, handed_ms, issued_ms) END AS at_ms,
            coalesce(sent_seq, handed_seq, attempt_seq) AS seq, finding
        FROM (
            SELECT *, CASE
                WHEN arrivals > 1 OR acknowledgements > 1 THEN 'sent twice'
                WHEN (arrivals > 0 OR sent_ms IS NOT NULL) AND stops > 0 THEN 'stopped'
                WHEN (arrivals > 0 OR sent_ms IS NOT NULL) AND issues = 0 THEN 'never issued'
                WHEN issues > 1 THEN 'issued twice'
                WHEN claimed IS NOT NULL AND NOT coalesce(agrees, FALSE) THEN 'false claim'
                WHEN sent_ms IS NOT NULL AND claimed IS NULL THEN 'no claim'
                WHEN outcome = 'withdrawn' OR sent_ms IS NOT NULL THEN 'right'
                WHEN arrivals > 0 THEN 'in flight'
                WHEN offered IS NOT NULL THEN 'lost on its way'
                WHEN channel = 'sms' AND greatest(due, {closing}) < runs.observed_to THEN 'lost'
                ELSE 'still held' END AS finding
            FROM lives JOIN runs USING (run_id)
        ) ORDER BY run_id, row_id"""


def _in_a_foreign_log(log: Log) -> str:
    window = Window.of(log)
    # With a last due instant (`release_at`) nothing was held again after it.
    due = "coalesce(release_ms, due_ms)" if "release_at" in log.columns else "NULL"
    closing = f"instant_at(local_day({due}, timezone), {window.closes}, timezone)"
    return f"""
        WITH rows AS (
            SELECT *, row_number() OVER same AS copy, first_value(message_id) OVER same AS first_id
            FROM messages WHERE accepted
            WINDOW same AS (PARTITION BY run_id, message_id ORDER BY coalesce(sent_ms, {EVER}), row_id)
        )
        SELECT run_id, row_id, message_id, customer_id, timezone, outcome AS outcome_before,
            CASE WHEN finding = 'sent twice' THEN first_id END AS other_id,
            CASE finding WHEN 'lost' THEN {due} ELSE coalesce(sent_ms, issued_ms) END AS at_ms, NULL AS seq, finding
        FROM (
            SELECT *, CASE
                WHEN copy > 1 THEN 'sent twice'
                WHEN outcome = 'sent' AND sent_ms IS NULL THEN 'sent without an instant'
                WHEN outcome <> 'sent' AND sent_ms IS NOT NULL THEN 'not sent after all'
                WHEN sent_ms + sent_res <= issued_ms THEN 'sent before issued'
                WHEN outcome IN ('sent', 'withdrawn') THEN 'right'
                WHEN {due} IS NULL THEN 'perhaps held'
                WHEN channel = 'sms' AND {closing} < runs.observed_to THEN 'lost'
                ELSE 'still held' END AS finding
            FROM rows JOIN runs USING (run_id)
        ) ORDER BY run_id, row_id"""


def _judge_claims(log: Log, tally: Tally) -> None:
    """The run's own messages table against the events: the same messages, outcomes and instants of sending."""
    rows = log.rows("""
        WITH truth AS (SELECT * FROM messages WHERE outcome IS NOT NULL), said AS (
            SELECT run_id, message_id, any_value(customer_id) AS customer_id, list(DISTINCT outcome) AS outcomes,
                min(sent_ms) AS sent_ms, count(*) AS copies
            FROM claims WHERE outcome IS DISTINCT FROM 'suppressed' GROUP BY run_id, message_id
        )
        SELECT coalesce(truth.run_id, said.run_id) AS run_id, coalesce(truth.message_id, said.message_id) AS message_id,
            coalesce(truth.customer_id, said.customer_id), coalesce(truth.issued_ms, said.sent_ms) AS at_ms,
            truth.attempt_seq,
            CASE WHEN said.message_id IS NULL THEN 'is in the history and missing from the messages table'
                WHEN truth.message_id IS NULL THEN 'is in the messages table and not in the history'
                WHEN said.outcomes <> [truth.outcome] THEN 'has another outcome in the messages table'
                WHEN said.copies <> greatest(truth.acknowledgements, 1) THEN 'is in the messages table too often'
                ELSE 'was sent at another instant than the messages table says' END AS what
        FROM truth FULL JOIN said ON said.run_id = truth.run_id AND said.message_id = truth.message_id
        WHERE truth.message_id IS NULL OR said.message_id IS NULL OR said.outcomes <> [truth.outcome]
            OR said.copies <> greatest(truth.acknowledgements, 1) OR said.sent_ms IS DISTINCT FROM truth.sent_ms
        ORDER BY 1, at_ms, 2""")
    for run_id, message, customer, at_ms, seq, what in rows:
        events = [] if seq is None else [seq]
        tally.breach(customer, [message], f"The message {what}.", at_ms, events, run_id)
