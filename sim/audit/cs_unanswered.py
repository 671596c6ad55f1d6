"""cs-unanswered: after several unanswered messages in the last 14 days another way of contact is considered first.

A case is an issued desktop message before which at least `cs-unanswered.messages` messages to its customer counted. A
message counts when its template asks for an answer (Pluto's or Cuba's), it was issued less than `cs-unanswered.days`
× 24 hours before (exactly 336 hours is no longer "in the last 14 days" [read, as with the hour of the confirmation])
and sent by then, and nothing has cleared it since its issue: ANSWERED, CUSTOMER_CONTACTED_US or an answered call
clears all that were issued before it. Bounced messages count, for they were sent. Wanted before the first press of
Send, on the work item: ALTERNATIVE_CONSIDERED.

Where fewer than the limit were seen but the days before reach beyond the start of the log, and no answer in the log
has cleared what lies there, the message is unjudged, unless an alternative was considered. Considering without need
breaks nothing.
"""

from sim.audit.codes import DAY, Event
from sim.audit.log import Log
from sim.audit.procedure_cases import CONTACTS, blame, cases, codes, has_step, prepare, steps_known, whole_item
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-unanswered"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Customer contact and SMS limits"

_CLEARING = (Event.ANSWERED, *CONTACTS)
_EARLIER = "the days that count began before the log"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    enough = int(log.value("cs-unanswered.messages"))
    prepare(log)
    _count_unanswered(log, int(log.value("cs-unanswered.days")) * DAY)
    counted = "EXISTS (FROM unanswered AS u WHERE u.run_id = m.run_id AND u.message = m.message AND {})"
    due = counted.format(f"len(u.messages) >= {enough}")
    unseen = counted.format(f"len(u.messages) < {enough} AND u.reaches_back")
    considered = has_step(Event.ALTERNATIVE_CONSIDERED)
    tally.judged_rows(f"desktop_cases AS m WHERE {due} AND {considered}")
    tally.leave_rows(f"desktop_cases AS m WHERE {unseen} AND NOT {considered}", _EARLIER)
    unanswered = {
        (run_id, message): messages
        for run_id, message, messages in log.rows("SELECT run_id, message, messages FROM unanswered")
    }
    for case in cases(log, f"{due} AND NOT {considered}"):
        if whole_item(tally, case):
            tally.judged(case.run_id)
            proof = unanswered[case.run_id, case.message]
            lacking = f"without considering another way of contact first, after {len(proof)} unanswered messages"
            blame(tally, case, lacking, proof)
    return tally.close()


def _count_unanswered(log: Log, span: int) -> None:
    """Fill ``unanswered``: run_id, message, messages (that count, in order of issue), reaches_back (the span began
    before the log and nothing has cleared what lies there)."""
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE unanswered AS
        WITH clearings AS (
            SELECT run_id, customer, time FROM events WHERE event IN ({codes(_CLEARING)})
        ), answers AS (
            SELECT m.run_id, m.message, m.customer, m.issued_ms, clearings.time AS cleared_ms
            FROM desktop_cases AS m ASOF LEFT JOIN clearings ON m.run_id = clearings.run_id
                AND m.customer = clearings.customer AND m.issued_ms >= clearings.time
        ), asking AS (
            SELECT m.run_id, m.message, m.customer, m.issued_ms, m.sent_ms
            FROM messages AS m JOIN templates ON templates.code = m.template_code
            WHERE templates.asks_answer AND m.sent_ms IS NOT NULL
        )
        SELECT a.run_id, a.message,
            coalesce(list(asking.message ORDER BY asking.issued_ms, asking.message)
                FILTER (WHERE asking.message IS NOT NULL), []) AS messages,
            any_value(a.cleared_ms IS NULL AND a.issued_ms - {span} < runs.observed_from) AS reaches_back
        FROM answers AS a
        JOIN runs USING (run_id)
        LEFT JOIN asking ON asking.run_id = a.run_id AND asking.customer = a.customer AND asking.message <> a.message
            AND asking.sent_ms <= a.issued_ms AND a.issued_ms - asking.issued_ms < {span}
            AND (a.cleared_ms IS NULL OR asking.issued_ms >= a.cleared_ms)
        GROUP BY a.run_id, a.message
    """)
