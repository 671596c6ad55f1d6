"""dr-one-nudge: at most one debt nudge a local day goes to a customer, over DMIS and SAP."""

from sim.audit.codes import DAY, Reason
from sim.audit.contest import ASKED, Contest, judge
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-one-nudge"
ENFORCED_BY = "system"
CLAUSE = (
    "DR, Eligibility for multiple debt recovery SMS messages: nudge messages are typically restricted to one per day"
)


def audit(log: Log) -> RuleAudit:
    """Judge every pick of DMIS and every nudge of SAP, an attempt a case, by the nudges that went before it to the same
    customer on the same local day, or wait for it. Confirmations and service offers neither count nor are stopped: one
    that is stopped in the rule's name is a breach. With the rule switched off nothing is stopped in its name.

    In a foreign log a row's kind follows from its template where the log does not say it; rows without either are left.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    unknown = "messages WHERE system IN ('dmis', 'sap') AND kind IS NULL AND outcome IN ('sent', 'held')"
    if not log.columns & {"kind", "template"} and log.number(f"SELECT count(*) FROM {unknown}"):
        tally.missing("the log has neither a column kind nor a column template")
        return tally.close()
    tally.leave_rows(unknown, "whether it is a nudge is not known")
    enabled = "TRUE" if log.value("dr-one-nudge.enabled") else "FALSE"
    # The gap is tested before; the pick that it stops is not asked for this.
    before = f"a.reasons & {Reason.GAP} = 0"
    test = Contest(
        reason=Reason.ONE_NUDGE,
        scope="a.kind = 'nudge'",
        blocks=f"{enabled} AND e.kind = 'nudge' AND e.counted_day = a.due_day",
        asked=f"{ASKED} AND {before}",
        winner_told=before,
        reach_ms=2 * DAY,
        words="another nudge on that day",
    )
    judge(log, tally, test)
    _judge_others(log, tally)
    return tally.close()


def _judge_others(log: Log, tally: Tally) -> None:
    """What is no nudge and was suppressed, refused or withdrawn as one."""
    rows = log.rows(f"""
        WITH stopped AS (
            SELECT run_id, message_id, customer_id, at_ms, show_seq AS seq, zone, kind, reasons FROM debt_attempts
            WHERE NOT goes
            UNION ALL
            SELECT run_id, message_id, customer_id, coalesce(withdrawn_ms, issued_ms),
                coalesce(withdrawn_seq, attempt_seq), timezone, kind, reasons
            FROM messages WHERE system IN ('sap', 'customer_first') AND outcome IN ('refused', 'withdrawn')
        )
        SELECT run_id, message_id, customer_id, at_ms, seq, replace(kind, '_', ' '), local_text(at_ms, zone)
        FROM stopped WHERE reasons & {Reason.ONE_NUDGE} > 0 AND kind <> 'nudge' ORDER BY run_id, at_ms, seq""")
    for run_id, message, customer, at_ms, seq, kind, local in rows:
        tally.judged(run_id)
        why = f"Stopped by the nudge limit on {local} local time although it is a {kind} and no nudge."
        events = [] if seq is None else [seq]
        tally.breach(customer, [] if message is None else [message], why, at_ms, events, run_id)
