"""dr-view: a sent message is found on the screens of the system that sent it, SAP's until it is archived."""

from sim.audit.codes import AGENCY_ZONE, SCREENS, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-view"
ENFORCED_BY = "system"
CLAUSE = "DR, Viewing SMS messages sent to a customer"

_OUTBOUND, _HISTORY, _SUMMARY = (
    SCREENS["outbound_correspondence"], SCREENS["correspondence_history"], SCREENS["history_summary"],
)  # fmt: skip
_SYSTEMS = "('customer_first', 'dmis', 'sap')"


def audit(log: Log) -> RuleAudit:
    """Judge every screen that was looked at for a message, a screen a case.

    Customer First's messages are on Outbound Correspondence and Correspondence History, those of DMIS and SAP on
    Correspondence History and the History Summary; SAP's are there on 120 (policy) local days of the recipient, the day
    of sending being the first, and are archived then. A message is found on no other screen, not before it was sent,
    and only on its own customer's.

    The other side: screens that were looked at in one go (one customer, one instant) were looked at for one message.
    A screen that shows it and was left without finding it is a breach. Where none of all three screens gave anything,
    it is a breach unless one of the customer's messages had been archived or none had been sent.

    What was looked for where nothing was found is otherwise not known and unjudged. A foreign log does not tell who
    looked.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.has_events:
        if log.number(f"SELECT count(*) FROM messages WHERE system IN {_SYSTEMS} AND sent_ms IS NOT NULL"):
            tally.missing("who looked at the correspondence screens is not in this log")
        return tally.close()
    days = int(log.policy.get("dr-view", {}).get("values", {}).get("sap_days", 120))
    log.db.execute(_looks(days))
    tally.count_findings("view_findings", {"unknown": "which message was looked for is not known"})
    rows = log.rows("""
        SELECT run_id, finding, customer, screen, coalesce(message, 0), looked_for, at_ms, seq,
            local_text(at_ms, zone) AS local
        FROM view_findings WHERE finding NOT IN ('right', 'unknown') ORDER BY run_id, at_ms, seq""")
    names = {code: name.replace("_", " ") for name, code in SCREENS.items()}
    for run_id, finding, customer, screen, message, looked_for, at_ms, seq, local in rows:
        why = f"On {local} local time {names.get(screen, 'an unknown screen')} {_WHY[finding]}."
        tally.breach(customer, [message or looked_for], why, at_ms, [seq], run_id)
    return tally.close()


_WHY = {
    "not sent": "showed a message that had not been sent then",
    "another's": "showed a message of another customer",
    "wrong screen": "showed a message that is not to be found there",
    "not found": "did not show a message that is to be found there",
    "nowhere": "and every other screen showed none of the messages that had been sent to the customer",
}


def _shown(screen: str, days: int) -> str:
    """SQL: the message ``m`` is to be found on `screen` at the look ``l``."""
    kept = f"local_day(l.at_ms, l.zone) - local_day(m.sent_ms, l.zone) < {days}"
    return f"""CASE m.system WHEN 'customer_first' THEN {screen} IN ({_OUTBOUND}, {_HISTORY})
        WHEN 'dmis' THEN {screen} IN ({_HISTORY}, {_SUMMARY})
        WHEN 'sap' THEN {screen} IN ({_HISTORY}, {_SUMMARY}) AND {kept} ELSE FALSE END"""


def _looks(days: int) -> str:
    """SQL that makes ``view_findings``, a row a look."""
    anywhere = f"({_shown(str(_OUTBOUND), days)} OR {_shown(str(_HISTORY), days)} OR {_shown(str(_SUMMARY), days)})"
    return f"""
        CREATE OR REPLACE TEMP TABLE view_findings AS
        WITH told AS (
            SELECT run_id, customer, time AS at_ms, seq, value AS screen, nullif(message, 0) AS message,
                max(message) OVER one AS looked_for, count(DISTINCT value) OVER one AS screens
            FROM events WHERE event = {Event.HAS_VIEWED} WINDOW one AS (PARTITION BY run_id, customer, time)
        ), looks AS (
            SELECT told.*, coalesce(zones.name, '{AGENCY_ZONE}') AS zone FROM told
            ASOF LEFT JOIN (SELECT * FROM facts WHERE fact = 'zone') AS f
                ON f.run_id = told.run_id AND f.customer_id = CAST(told.customer AS VARCHAR) AND told.at_ms >= f.from_ms
            LEFT JOIN zones ON zones.code = f.value
        ), sent AS (
            SELECT run_id, customer, message, system, sent_ms FROM messages WHERE system IN {_SYSTEMS}
        ), theirs AS (
            SELECT l.run_id, l.seq, count(*) FILTER (WHERE {anywhere}) AS findable, count(*) AS sent
            FROM looks AS l JOIN sent AS m ON m.run_id = l.run_id AND m.customer = l.customer AND m.sent_ms <= l.at_ms
            WHERE l.looked_for = 0 GROUP BY l.run_id, l.seq
        )
        SELECT l.run_id, l.customer, l.screen, l.message, l.looked_for, l.at_ms, l.seq, l.zone, CASE
            WHEN l.looked_for > 0 AND (m.sent_ms IS NULL OR m.sent_ms > l.at_ms) THEN
                CASE WHEN l.message IS NULL THEN 'unknown' ELSE 'not sent' END
            WHEN l.message IS NOT NULL AND m.customer <> l.customer THEN 'another''s'
            WHEN l.message IS NOT NULL THEN CASE WHEN {_shown("l.screen", days)} THEN 'right' ELSE 'wrong screen' END
            WHEN l.looked_for > 0 THEN CASE WHEN {_shown("l.screen", days)} THEN 'not found' ELSE 'right' END
            WHEN t.sent IS NULL THEN 'right'
            WHEN l.screens = {len(SCREENS)} AND t.findable = t.sent THEN 'nowhere'
            ELSE 'unknown' END AS finding
        FROM looks AS l
        LEFT JOIN sent AS m ON m.run_id = l.run_id AND m.message = l.looked_for AND l.looked_for > 0
        LEFT JOIN theirs AS t ON t.run_id = l.run_id AND t.seq = l.seq
        ORDER BY l.run_id, l.seq"""
