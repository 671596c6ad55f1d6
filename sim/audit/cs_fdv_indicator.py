"""cs-fdv-indicator: where a customer has a family and domestic violence (FDV) indicator, or there is evidence of
concerns, the notepad is reviewed before deciding to send.

A case is an issued desktop message to a customer who, at the first press of Send, has the indicator, or has raised
FDV concerns on a process that is still open [read: evidence]. Wanted before that press, on its work item:
NOTEPAD_REVIEWED. Whether an officer was unsure cannot be seen; but one who consulted a Service Support Officer or
Team Leader on this item and sent without their answer did not follow the rule either. Reviewing without a cause
breaks nothing.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import has_step, judge_step, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-fdv-indicator"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Check for family and domestic violence (FDV)"

# Facts recorded at the millisecond of the press apply before it.
_INDICATED = """coalesce((
    SELECT arg_max(f.value, f.from_ms) FROM facts AS f
    WHERE f.run_id = m.run_id AND f.customer_id = CAST(m.customer AS VARCHAR) AND f.fact = 'fdv_indicator'
        AND f.from_ms <= m.pressed_ms
), 0) = 1"""
_EVIDENCE = f"""EXISTS (
    FROM events AS raised WHERE raised.event = {Event.FDV_RAISED} AND raised.run_id = m.run_id
        AND raised.customer = m.customer AND raised.time <= m.pressed_ms
        AND NOT EXISTS (
            FROM events AS closed WHERE closed.event = {Event.PROCESS_CLOSED} AND closed.run_id = m.run_id
                AND closed.ref = raised.ref AND closed.time >= raised.time AND closed.time <= m.pressed_ms
        )
)"""
_CONCERNED = f"({_INDICATED} OR {_EVIDENCE})"
_REVIEWED = has_step(Event.NOTEPAD_REVIEWED)
_ANSWERED = has_step(Event.CONSULT_ANSWERED, "(s.time, s.seq) > (asked.time, asked.seq)")
_WAITING = f"""EXISTS (
    FROM desktop_steps AS asked WHERE asked.run_id = m.run_id AND asked.message = m.message
        AND asked.event = {Event.CONSULTED} AND NOT {_ANSWERED}
)"""


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message to a customer with concerns."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if steps_known(log, tally):
        concerned = f"{_CONCERNED} AND NOT {_REVIEWED}"
        judge_step(log, tally, concerned, "false", "without a review of the notepad, with FDV concerns on record")
        waiting = f"{_CONCERNED} AND {_REVIEWED}"
        judge_step(log, tally, waiting, f"NOT {_WAITING}", "before the officer's question about FDV was answered")
    return tally.close()
