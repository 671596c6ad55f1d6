"""cs-opt-out: an opt-out holds from the instant it is recorded, through every change of details, until it is lifted."""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.recipient_checks import judge_recipients, opt_out_test
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-opt-out"
ENFORCED_BY = "system"
CLAUSE = "EM, Check EM subscription; Error messages: Customer has an SMS opt out recorded"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal by the opt-out on record at that instant, in the reading of
    its reach. In a run also: no message is previewed in a dialog that was opened after the opt-out was recorded,
    because Preview is disabled. (Which words the officer saw is judged by cs-info-messages.)"""

    def previewed(tally: Tally) -> None:
        rows = log.rows(f"""
            WITH dialogs AS (
                SELECT run_id, message, max(time) FILTER (WHERE event = {Event.DIALOG_OPENED}) AS opened,
                    max(time) FILTER (WHERE event = {Event.PREVIEWED}) AS previewed,
                    max(seq) FILTER (WHERE event = {Event.PREVIEWED}) AS seq
                FROM events WHERE event IN ({Event.DIALOG_OPENED}, {Event.PREVIEWED}) AND message > 0
                GROUP BY run_id, message
            ), desktop AS (
                SELECT d.*, m.message_id, m.customer_id, m.issued_zone FROM dialogs AS d
                JOIN messages AS m ON m.run_id = d.run_id AND m.message = d.message
                WHERE m.system = 'pluto' AND d.previewed >= d.opened
            )
            SELECT d.run_id, d.message_id, d.customer_id, d.previewed, d.seq, local_text(d.previewed, d.issued_zone)
            FROM desktop AS d ASOF JOIN (SELECT * FROM facts WHERE fact = 'opted_out') AS f
                ON f.run_id = d.run_id AND f.customer_id = d.customer_id AND d.previewed >= f.from_ms
            WHERE f.value = 1 AND f.from_ms <= d.opened ORDER BY d.run_id, d.previewed, d.seq""")
        for run_id, message, customer, at_ms, seq, local in rows:
            why = f"Previewed on {local} local time although an opt-out was recorded when the dialog was opened."
            tally.breach(customer, [message], why, at_ms, [seq], run_id)

    return judge_recipients(log, RULE, (opt_out_test(log),), previewed if log.has_events else None)
