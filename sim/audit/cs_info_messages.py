"""cs-info-messages: the red text, the one-hour question and the limit use exactly the policy's words, and a refusal
names tests of the dialog."""

from sim.audit.codes import REASONS, Event, Reason
from sim.audit.log import Log
from sim.audit.text import content_code
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-info-messages"
ENFORCED_BY = "system"
CLAUSE = "EM, Error messages: the message … will display"


DIALOG_TESTS = 2 * int(Reason.DAILY_LIMIT) - 1
"""The reasons that a refusal may name: those up to the daily limit, in the order of the tests."""


def audit(log: Log) -> RuleAudit:
    """Judge in a run, a message a case, what the officer saw at that instant:

    - a refusal for an opt-out shows the red text, whatever else is wrong; one by the daily limit shows its text;
    - the one-hour question shows its words;
    - none of the three is shown without its cause;
    - a refusal names nothing but the tests of the dialog, `fdv_undiscussed` only when the system enforces that rule.

    A messages table does not hold what was shown.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.has_events:
        shown = f"confirmation_asked OR reasons & {Reason.OPTED_OUT | Reason.DAILY_LIMIT} > 0"
        if log.number(f"SELECT count(*) FROM messages WHERE system = 'pluto' AND ({shown})"):
            tally.missing("a messages table does not hold the words that were shown")
        return tally.close()
    words = {
        "red": str(log.value("cs-opt-out.text")),
        "limit": str(log.value("cs-daily-limit.text")),
        "question": str(log.value("cs-hourly-confirmation.text")),
    }
    log.db.execute(_sql({name: content_code("", text) for name, text in words.items()}))
    tally.judged_rows("info_findings", "count(DISTINCT message)")
    rows = log.records("""
        SELECT f.*, m.customer_id, local_text(f.time, m.issued_zone) AS local FROM info_findings AS f
        JOIN messages AS m ON m.run_id = f.run_id AND m.message = f.message
        WHERE finding <> 'right' ORDER BY f.run_id, f.time, f.seq""")
    for row in rows:
        text = words[row["needed"]]
        if row["finding"] == "not shown":
            seen = log.contents.get(row["seen"] or 0)
            instead = f" but {seen.text!r}" if seen else ""
            why = f"On {row['local']} local time the officer was not shown {text!r}{instead}."
        else:
            why = f"On {row['local']} local time the officer was shown {text!r} without its cause."
        tally.breach(row["customer_id"], [row["message"]], why, row["time"], [row["seq"]], row["run_id"])
    _judge_names(log, tally)
    return tally.close()


def _judge_names(log: Log, tally: Tally) -> None:
    """What Pluto or Cuba's automatic EM refused for something that is no test of theirs."""
    tests = DIALOG_TESTS
    if not log.value("cs-fdv.enforced"):
        tests &= ~int(Reason.FDV_UNDISCUSSED)
    rows = log.rows(f"""
        SELECT e.run_id, m.message_id, m.customer_id, e.time, e.seq, e.reasons & ~{tests},
            local_text(e.time, m.issued_zone)
        FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
        WHERE e.event = {Event.REFUSED} AND m.system IN ('pluto', 'cuba') AND e.reasons & ~{tests} > 0
        ORDER BY e.run_id, e.time, e.seq""")
    for run_id, message, customer, at_ms, seq, others, local in rows:
        tally.judged(run_id)
        named = ", ".join(name for name, bit in REASONS.items() if others & bit)
        why = f"Refused on {local} local time for {named}, which is no test that the system makes."
        tally.breach(customer, [message], why, at_ms, [seq], run_id)


def _sql(codes: dict[str, int]) -> str:
    """Make the table ``info_findings``: what had to be shown and was or was not, and what was shown without cause."""
    named = " ".join(f"WHEN {code} THEN '{name}'" for name, code in codes.items())
    return f"""
        CREATE OR REPLACE TEMP TABLE info_findings AS
        WITH desktop AS (
            SELECT e.* FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
            WHERE m.system = 'pluto' AND e.event IN ({Event.REFUSED}, {Event.CONFIRMATION_ASKED}, {Event.INFO_SHOWN})
        ), needed AS (
            SELECT *, CASE
                WHEN event = {Event.CONFIRMATION_ASKED} THEN 'question'
                WHEN reasons & {Reason.OPTED_OUT} > 0 THEN 'red'
                ELSE 'limit' END AS needed
            FROM desktop WHERE event = {Event.CONFIRMATION_ASKED}
                OR (event = {Event.REFUSED} AND reasons & {Reason.OPTED_OUT | Reason.DAILY_LIMIT} > 0)
        ), shown AS (
            SELECT *, CASE value {named} END AS text FROM desktop WHERE event = {Event.INFO_SHOWN}
        )
        SELECT n.run_id, n.message, n.time, n.seq, n.needed, max(s.value) AS seen,
            CASE WHEN bool_or(s.text = n.needed) THEN 'right' ELSE 'not shown' END AS finding
        FROM needed AS n LEFT JOIN shown AS s ON s.run_id = n.run_id AND s.message = n.message AND s.time = n.time
        GROUP BY ALL
        UNION ALL
        SELECT s.run_id, s.message, s.time, s.seq, s.text, s.value, 'no cause' FROM shown AS s
        WHERE s.text IS NOT NULL AND NOT EXISTS (
            FROM desktop AS d WHERE d.run_id = s.run_id AND d.message = s.message AND d.time = s.time AND CASE s.text
                WHEN 'question' THEN d.event = {Event.CONFIRMATION_ASKED}
                WHEN 'red' THEN d.event = {Event.REFUSED} AND d.reasons & {Reason.OPTED_OUT} > 0
                ELSE d.event = {Event.REFUSED} AND d.reasons & {Reason.DAILY_LIMIT} > 0 END)
    """
