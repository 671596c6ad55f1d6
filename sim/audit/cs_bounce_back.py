"""cs-bounce-back: a delivery error becomes one bounce back the next day; nothing else does."""

from sim.audit.codes import AGENCY_ZONE, DAY, STATUSES, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-bounce-back"
ENFORCED_BY = "system"
CLAUSE = "EM, Error messages: a bounce back will be created the next day and the status will be updated"

SCOPE = "system IN ('pluto', 'cuba')"


def audit(log: Log) -> RuleAudit:
    """Judge every message of Child Support that failed or bounced, a message a case.

    A run: exactly one bounce back, at the nightly run of the agency's calendar day after the one on which the error
    became known, with Pluto's status and Cuba's mark at the same instant; none for a message that did not fail. A
    foreign log: a bounce back at any time of that agency day, for a nightly run may take its time. What would be
    created after observation ends is left.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    sent = log.number(f"SELECT count(*) FROM messages WHERE {SCOPE} AND sent_ms IS NOT NULL")
    missing = [name for name in ("failed_at", "bounced_at") if name not in log.columns and not log.has_events]
    if sent and missing:
        tally.missing(f"the log has no column {' and '.join(missing)}")
        return tally.close()
    log.db.execute(f"CREATE OR REPLACE TEMP TABLE bounce_findings AS {_sql(log)}")
    tally.count_findings("bounce_findings", _LEFT)
    rows = log.records(f"""
        SELECT *, local_text(failed_ms, '{AGENCY_ZONE}') AS failed, local_text(bounced_ms, '{AGENCY_ZONE}') AS bounced
        FROM bounce_findings WHERE finding IN (SELECT unnest(?)) ORDER BY run_id, row_id""", [list(_WHY)])  # fmt: skip
    for row in rows:
        at_ms = row["failed_ms"] if row["bounced_ms"] is None else row["bounced_ms"]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["message_id"]], why, at_ms, row["seqs"] or [], row["run_id"])
    return tally.close()


_LEFT = {
    "beyond": "the next day's run lies beyond observation",
    "coarse": "the times do not tell the agency's calendar day",
}
_WHY = {
    "no failure": "Bounced on {bounced} agency time although no delivery error was known.",
    "twice": "Bounced more than once (last on {bounced} agency time).",
    "missing": "Failed on {failed} agency time and no bounce back was created the next day.",
    "wrong instant": "Failed on {failed} agency time and bounced on {bounced}, not by the next day's run.",
    "no status": "Bounced on {bounced} agency time without Pluto showing a bounce back and Cuba an error from then on.",
}


def _sql(log: Log) -> str:
    if not log.has_events:
        return _foreign_sql()
    run_at = log.time_of_day("cs-bounce-back.run_at")
    expected = f"instant_at(local_day(failed_ms, '{AGENCY_ZONE}') + 1, {run_at}, '{AGENCY_ZONE}')"
    return f"""
        WITH told AS (
            SELECT run_id, message, count(*) FILTER (WHERE event = {Event.BOUNCED}) AS bounces,
                max(time) FILTER (WHERE event = {Event.BOUNCED}) AS last_bounce,
                list(seq ORDER BY seq) FILTER (WHERE event IN ({Event.FAILED}, {Event.BOUNCED})) AS seqs,
                min(time) FILTER (WHERE event = {Event.STATUS_CLAIMED} AND value = {STATUSES["bounce_back"]}) AS shown,
                min(time) FILTER (WHERE event = {Event.MARKED_ERROR}) AS marked
            FROM events WHERE event IN ({Event.FAILED}, {Event.BOUNCED}, {Event.MARKED_ERROR}, {Event.STATUS_CLAIMED})
            GROUP BY run_id, message
        )
        SELECT m.run_id, m.row_id, m.message_id, m.customer_id, failed_ms, last_bounce AS bounced_ms, seqs, CASE
            WHEN failed_ms IS NULL THEN 'no failure'
            WHEN bounces > 1 THEN 'twice'
            WHEN bounces = 0 AND {expected} >= runs.observed_to THEN 'beyond'
            WHEN bounces = 0 THEN 'missing'
            WHEN last_bounce <> {expected} THEN 'wrong instant'
            WHEN marked IS DISTINCT FROM last_bounce THEN 'no status'
            WHEN system = 'pluto' AND shown IS DISTINCT FROM last_bounce THEN 'no status'
            ELSE 'right' END AS finding
        FROM messages AS m JOIN told ON told.run_id = m.run_id AND told.message = m.message
        JOIN runs ON runs.run_id = m.run_id
        WHERE {SCOPE} AND (failed_ms IS NOT NULL OR bounces > 0 OR shown IS NOT NULL OR marked IS NOT NULL)
        ORDER BY m.run_id, m.row_id"""


def _foreign_sql() -> str:
    next_day = f"CAST(local_day(failed_ms, '{AGENCY_ZONE}') + 1 AS DATE)"
    return f"""
        SELECT run_id, row_id, message_id, customer_id, failed_ms, bounced_ms, NULL AS seqs, CASE
            WHEN failed_ms IS NULL THEN 'no failure'
            WHEN local_day(failed_ms + failed_res - 1, '{AGENCY_ZONE}') >= {next_day} THEN 'coarse'
            WHEN bounced_ms IS NULL AND instant_at({next_day}, {DAY}, '{AGENCY_ZONE}') > runs.observed_to THEN 'beyond'
            WHEN bounced_ms IS NULL THEN 'missing'
            WHEN local_day(bounced_ms + bounced_res - 1, '{AGENCY_ZONE}') < {next_day}
                OR local_day(bounced_ms, '{AGENCY_ZONE}') > {next_day} THEN 'wrong instant'
            WHEN local_day(bounced_ms, '{AGENCY_ZONE}') < {next_day} THEN 'coarse'
            ELSE 'right' END AS finding
        FROM messages JOIN runs USING (run_id)
        WHERE {SCOPE} AND (failed_ms IS NOT NULL OR bounced_ms IS NOT NULL) ORDER BY run_id, row_id"""
