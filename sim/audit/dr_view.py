"""dr-view: where a sent debt message can be found, by the system that sent it and by archiving."""

from sim.audit.codes import SCREENS, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-view"
ENFORCED_BY = "system"
CLAUSE = "DR, Viewing SMS messages sent to a customer"

_NAMES = {
    "Outbound Correspondence": "outbound_correspondence",
    "Correspondence History": "correspondence_history",
    "History Summary (HS)": "history_summary",
}


def audit(log: Log) -> RuleAudit:
    """Judge every look at a correspondence screen (HAS_VIEWED) that found a message, a look a case: the message is the
    customer's, it was sent by then, its system's messages are shown on that screen, and SAP's are not archived yet (the
    policy's days are counted in the recipient's local days; on that many days after it was sent it is archived).

    A look that found nothing is held against what it should have shown: the message for which the screens were looked
    through at that instant must not have been on that screen. Where nothing was found at all, it is not known for
    which message they looked.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.has_events:
        if log.number("SELECT count(*) FROM messages WHERE system IN ('dmis', 'sap') AND sent_ms IS NOT NULL"):
            tally.missing("what was seen on the correspondence screens is not in this log")
        return tally.close()
    log.db.execute(f"CREATE OR REPLACE TEMP TABLE view_findings AS {_sql(log)}")
    for finding, count in log.rows("SELECT finding, count(*) FROM view_findings GROUP BY ALL ORDER BY ALL"):
        if finding == "unsure":
            tally.leave(count, "for which message the screens were looked through is not known")
        else:
            tally.judged(count)
    rows = log.records("""
        SELECT *, local_text(time, coalesce(timezone, 'UTC')) AS local FROM view_findings
        WHERE finding NOT IN ('right', 'unsure') ORDER BY run_id, time, seq""")
    for row in rows:
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer"], [row["message"]], why, row["time"], [row["seq"]], row["run_id"])
    return tally.close()


_WHY = {
    "no message": "Seen on {screen} on {local} local time although no such message was sent to the customer by then.",
    "wrong screen": "Seen on {screen} on {local} local time, where messages of {system} are not shown.",
    "archived": "Seen on {screen} on {local} local time although it was archived by then.",
    "not shown": "Not found on {screen} on {local} local time, where it should have been shown.",
}


def _sql(log: Log) -> str:
    shown = []
    for system in ("customer_first", "dmis", "sap"):
        screens = [SCREENS[_NAMES[name]] for name in log.value(f"dr-view.{system}_screens") if name in _NAMES]
        shown.append(f"WHEN '{system}' THEN list_contains({screens}::BIGINT[], v.value)")
    archived = f"(m.system = 'sap' AND datediff('day', m.sent_day, local_day(v.time, m.timezone)) >= {_days(log)})"
    names = " ".join(f"WHEN {SCREENS[word]} THEN '{name}'" for name, word in _NAMES.items())
    return f"""
        WITH looks AS (
            -- One search: the looks of a customer's screens at one instant; the message is the one that it found.
            SELECT run_id, customer, time, seq, value, message, max(message) OVER search AS wanted
            FROM events WHERE event = {Event.HAS_VIEWED} WINDOW search AS (PARTITION BY run_id, customer, time)
        ), judged AS (
            SELECT v.*, m.system, m.timezone, m.sent_ms, CASE m.system {" ".join(shown)} ELSE FALSE END AS on_screen,
                {archived} AS archived
            FROM looks AS v LEFT JOIN messages AS m
                ON m.run_id = v.run_id AND m.message = v.wanted AND m.customer = v.customer AND m.sent_ms <= v.time
        )
        SELECT *, CASE value {names} ELSE 'an unknown screen' END AS screen, CASE
            WHEN wanted = 0 THEN 'unsure'
            WHEN system IS NULL THEN CASE WHEN message > 0 THEN 'no message' ELSE 'right' END
            WHEN message > 0 AND NOT on_screen THEN 'wrong screen'
            WHEN message > 0 AND archived THEN 'archived'
            WHEN message = 0 AND on_screen AND NOT archived THEN 'not shown'
            ELSE 'right' END AS finding
        FROM judged"""


def _days(log: Log) -> int:
    return int(log.value("dr-view.sap_days"))
