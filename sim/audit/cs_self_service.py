"""cs-self-service: a change in the online account, the app or by phone takes effect at once and lifts no opt-out."""

from sim.audit.codes import MOBILE_STATUSES, Event, Reason
from sim.audit.log import Log
from sim.audit.recipient_checks import prepare
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-self-service"
ENFORCED_BY = "system"
CLAUSE = "EM, Check EM subscription: customers can update their personal details via the Child Support online account …"

BY_THEMSELVES = "ref IN (2, 3, 4)"
"""The online account, the app, the phone (`ref` of a recorded contact detail)."""


def audit(log: Log) -> RuleAudit:
    """Judge every change of a mobile or an email that a customer made, a change a case:

    - no opt-out is lifted by it (at the same instant, by no officer), and no message goes after it to a customer whose
      opt-out was not lifted since;
    - it takes effect at once: after a change of the mobile every test until the next one is made on what it says.

    Only a history shows changes.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.has_events:
        if log.number("SELECT count(*) FROM messages WHERE system IN ('pluto', 'cuba')"):
            tally.missing("a messages table does not show who changed what")
        return tally.close()
    prepare(log)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE contact_changes AS
        SELECT run_id, customer, CAST(customer AS VARCHAR) AS customer_id, time, event, max(seq) AS seq,
            arg_max({BY_THEMSELVES}, seq) AS by_themselves
        FROM events WHERE event IN ({Event.MOBILE_RECORDED}, {Event.EMAIL_RECORDED})
        GROUP BY run_id, customer, time, event""")
    tally.judged_rows("contact_changes WHERE by_themselves")
    _judge_lifts(log, tally)
    _judge_messages(log, tally)
    return tally.close()


def _judge_lifts(log: Log, tally: Tally) -> None:
    rows = log.rows(f"""
        SELECT e.run_id, e.customer, e.time, e.seq, c.seq FROM events AS e
        JOIN contact_changes AS c ON c.run_id = e.run_id AND c.customer = e.customer AND c.time = e.time
        WHERE e.event = {Event.OPT_OUT_LIFTED} AND e.officer = 0 AND c.by_themselves
        ORDER BY e.run_id, e.time, e.seq""")
    for run_id, customer, time, seq, change in rows:
        tally.breach(customer, [], "A change of contact details lifted the opt-out.", time, [seq, change], run_id)


def _judge_messages(log: Log, tally: Tally) -> None:
    valid, overseas = MOBILE_STATUSES["valid"], MOBILE_STATUSES["overseas"]
    named = f"reasons & {Reason.NO_MOBILE | Reason.INVALID_MOBILE | Reason.OVERSEAS_MOBILE} > 0"
    stopped = f"c.result IN ('refused', 'withdrawn') AND {named}"
    through = "c.result IN ('accepted', 'sent')"
    rows = log.rows(f"""
        WITH opted AS (
            SELECT run_id, customer_id, from_ms, value FROM facts WHERE fact = 'opted_out'
        ), judged AS (
            SELECT c.*, change.seq AS change_seq, CASE
                WHEN {through} AND c.opted_out = 1 AND opted.from_ms <= change.time THEN 'although an opt-out recorded '
                    'before the change was not lifted'
                WHEN change.event <> {Event.MOBILE_RECORDED} THEN NULL
                WHEN {through} AND c.mobile_status NOT IN ({valid}, {overseas}) THEN 'although the mobile had been '
                    'removed or made invalid'
                WHEN {stopped} AND c.mobile_status = {valid} THEN 'although a valid mobile had been recorded' END AS why
            FROM recipient_checks AS c
            ASOF JOIN contact_changes AS change ON change.run_id = c.run_id AND change.customer_id = c.customer_id
                AND c.at_ms >= change.time
            ASOF LEFT JOIN opted ON opted.run_id = c.run_id AND opted.customer_id = c.customer_id
                AND c.at_ms >= opted.from_ms
            WHERE change.by_themselves AND c.channel = 'sms'
        )
        SELECT run_id, message_id, customer_id, at_ms, seq, change_seq, result, local_text(at_ms, zone), why
        FROM judged WHERE why IS NOT NULL ORDER BY run_id, at_ms, row_id""")
    for run_id, message, customer, at_ms, seq, change, result, local, why in rows:
        events = [number for number in (seq, change) if number is not None]
        told = f"{result.capitalize()} on {local} local time {why} by the customer."
        tally.breach(customer, [message], told, at_ms, events, run_id)
