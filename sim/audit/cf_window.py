"""cf-window: the send window and its release rules hold for Customer First, DMIS and SAP; Pluto's limits do not."""

from sim.audit.codes import Event, Reason
from sim.audit.debt_runs import agency_ordinal, planned_due
from sim.audit.log import Log
from sim.audit.send_window import judge_window
from sim.audit.verdicts import RuleAudit, Tally
from sim.audit.zone_moves import judge_zone_changes

RULE = "cf-window"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: … between 8:00am to 8:00pm (recipient local time) …"

SYSTEMS = "system IN ('customer_first', 'dmis', 'sap')"
SCOPE = f"{SYSTEMS} AND channel = 'sms'"
PLANNED = "(system = 'dmis' OR (system = 'sap' AND kind IS DISTINCT FROM 'confirmation'))"
"""SQL: what a nightly run means for a time of day of its own; the rest goes as soon as it may."""


def audit(log: Log) -> RuleAudit:
    """Judge every SMS of Customer First, DMIS and SAP as cs-send-window judges Child Support's, a message a case
    (`sim.audit.send_window`).

    What the nightly runs plan for a time of day of its own may be due then; whether it had to be is dr-hierarchy's and
    dr-kind's. A recipient who moves while a message is held gets it at the opening, or the planned time, of the new
    zone. What still waits at closing is judged by cs-window-at-gateway for every system.

    Neither the daily limit nor the one-hour question of Pluto holds here: a refusal or a hold in the limit's name, and
    a question, are breaches.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    judge_window(log, tally, SCOPE, _planned(log, agency_ordinal("issued_ms"), "issued_ms", "issued_zone"))
    _judge_limits(log, tally)
    if log.has_events:
        moved = _planned(log, agency_ordinal("base"), "changed", "new_zone")
        judge_zone_changes(log, tally, SYSTEMS, PLANNED, moved)
    return tally.close()


def _planned(log: Log, day: str, now: str, zone: str) -> str:
    """SQL: the instant for which a nightly run of the agency date `day` plans a message; NULL for what is not planned.
    SAP's kind may be unknown in a foreign log: it may have been planned then."""
    dmis = planned_due(log, day, now, zone, log.time_of_day("dr-hierarchy.due_at"))
    sap = planned_due(log, day, now, zone, log.time_of_day("dr-kind.sap_due_at"))
    return f"CASE WHEN NOT {PLANNED} THEN NULL WHEN system = 'dmis' THEN {dmis} ELSE {sap} END"


def _judge_limits(log: Log, tally: Tally) -> None:
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, issued_ms AS at_ms, attempt_seq, issued_zone,
            CASE WHEN coalesce(confirmation_asked, FALSE) THEN 'Asked about the last hour'
                ELSE 'Refused for the daily limit' END
        FROM messages WHERE {SYSTEMS} AND (coalesce(confirmation_asked, FALSE)
            OR (outcome IN ('refused', 'withdrawn', 'suppressed') AND reasons & {Reason.DAILY_LIMIT} > 0))
        UNION ALL
        SELECT e.run_id, m.message_id, m.customer_id, e.time, e.seq, m.timezone, 'Held again for the daily limit'
        FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
        WHERE e.event = {Event.HELD_AGAIN} AND e.reasons & {Reason.DAILY_LIMIT} > 0 AND m.{SYSTEMS}
        ORDER BY 1, 4, 2""")
    for run_id, message, customer, at_ms, seq, zone, what in rows:
        tally.judged(run_id)
        why = (
            f"{what} on {log.local_text(at_ms, zone)} local time; Pluto's limits do not hold for Centrelink's messages."
        )
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
