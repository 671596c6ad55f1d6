"""cs-status: `Sent to open text` from sent, `Communication sent` once Cuba's list shows it a few minutes later."""

from sim.audit.codes import MINUTE, STATUSES, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-status"
ENFORCED_BY = "system"
CLAUSE = "EM, View details: Sent to open text, Communication sent; allow a few minutes for this to appear in Cuba"

SCOPE = "system IN ('pluto', 'cuba')"


def audit(log: Log) -> RuleAudit:
    """Judge every message of Child Support that was sent or is viewable, a message a case:

    - it is viewable in Cuba within the policy's minutes after it was sent, never before, and never without it;
    - in a run, Pluto's own messages show `Communication sent` at the instant at which they become viewable, and never
      otherwise. (`Sent to open text` is the claim that cs-once judges.)

    Too young a message is left. In a foreign log an empty `viewable_at` of an old one is a breach; without the column
    nothing is judged.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    touched = "(sent_ms IS NOT NULL OR viewable_ms IS NOT NULL)"
    if not log.number(f"SELECT count(*) FROM messages WHERE {SCOPE} AND {touched}"):
        return tally.close()
    if "viewable_at" not in log.columns and not log.has_events:
        tally.missing("the log has no column viewable_at")
        return tally.close()
    log.db.execute(_sql(log))
    tally.count_findings("status_findings", _LEFT)
    rows = log.records("""
        SELECT *, local_text(sent_ms, timezone) AS sent, local_text(viewable_ms, timezone) AS viewable,
            local_text(claimed_at, timezone) AS claimed
        FROM status_findings WHERE finding IN (SELECT unnest(?)) ORDER BY run_id, row_id""", [list(_WHY)])  # fmt: skip
    for row in rows:
        at_ms = next(row[name] for name in ("viewable_ms", "sent_ms", "claimed_at") if row[name] is not None)
        why = _WHY[row["finding"]].format(**row)
        events = [] if row["sent_seq"] is None else [row["sent_seq"]]
        tally.breach(row["customer_id"], [row["message_id"]], why, at_ms, events, row["run_id"])
    return tally.close()


_LEFT = {
    "young": "sent too shortly before observation ends",
    "coarse": "the times are too coarse for the minutes between sent and viewable",
}
_WHY = {
    "never sent": "Viewable in Cuba on {viewable} local time without having been sent.",
    "too early": "Sent on {sent} local time and viewable in Cuba already on {viewable}.",
    "too late": "Sent on {sent} local time and viewable in Cuba only on {viewable}.",
    "never viewable": "Sent on {sent} local time and never viewable in Cuba.",
    "no status": "Viewable in Cuba on {viewable} local time and never shown as Communication sent.",
    "wrong status": "Shown as Communication sent on {claimed} local time, when it did not become viewable.",
}


def _sql(log: Log) -> str:
    least = int(log.value("cs-status.viewable_min_minutes")) * MINUTE
    most = int(log.value("cs-status.viewable_max_minutes")) * MINUTE
    shows = str(log.has_events).upper()
    return f"""
        CREATE OR REPLACE TEMP TABLE status_findings AS
        WITH shown AS (
            SELECT run_id, message, max(time) AS claimed_at, count(*) AS claims FROM events
            WHERE event = {Event.STATUS_CLAIMED} AND value = {STATUSES["communication_sent"]} GROUP BY run_id, message
        ), sent AS (
            SELECT m.*, shown.claimed_at, shown.claims,
                viewable_ms + viewable_res - 1 - sent_ms AS longest, viewable_ms - (sent_ms + sent_res - 1) AS shortest
            FROM messages AS m LEFT JOIN shown ON shown.run_id = m.run_id AND shown.message = m.message
            WHERE {SCOPE} AND (sent_ms IS NOT NULL OR viewable_ms IS NOT NULL OR shown.claims > 0)
        )
        SELECT run_id, row_id, message_id, customer_id, timezone, sent_ms, viewable_ms, sent_seq, claimed_at, CASE
            WHEN sent_ms IS NULL AND viewable_ms IS NOT NULL THEN 'never sent'
            WHEN {shows} AND claims > 0 AND (viewable_ms IS NULL OR claimed_at <> viewable_ms OR claims > 1)
                THEN 'wrong status'
            WHEN viewable_ms IS NULL AND sent_ms + sent_res - 1 + {most} >= runs.observed_to THEN 'young'
            WHEN viewable_ms IS NULL THEN 'never viewable'
            WHEN longest < {least} THEN 'too early'
            WHEN shortest > {most} THEN 'too late'
            WHEN {shows} AND system = 'pluto' AND claims IS NULL THEN 'no status'
            WHEN shortest >= {least} AND longest <= {most} THEN 'right'
            ELSE 'coarse' END AS finding
        FROM sent JOIN runs USING (run_id) ORDER BY run_id, row_id"""
