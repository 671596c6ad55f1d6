"""cs-check-history: the officer looks at what was sent before, and at the history of the case, before sending.

A case is an issued desktop message. Wanted before the first press of Send, on its work item: the outbound
correspondence in Pluto or in Cuba (LIST_VIEWED, either of the two), and the case history, notepads and complaints
(CASE_HISTORY_VIEWED). One look serves every message of a work item to the same customer. Looking without sending does
no harm, so there is no breach on the other side.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import has_step, judge_step, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-check-history"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Check outbound correspondence in Pluto or Cuba; Customer contact and SMS limits"

_LIST = has_step(Event.LIST_VIEWED)
_HISTORY = has_step(Event.CASE_HISTORY_VIEWED)


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if steps_known(log, tally):
        judge_step(log, tally, f"NOT {_LIST} AND NOT {_HISTORY}", "false", _without("either"))
        judge_step(log, tally, _HISTORY, _LIST, _without("the outbound correspondence"))
        judge_step(log, tally, f"{_LIST} AND NOT {_HISTORY}", "false", _without("the case history and notepads"))
    return tally.close()


def _without(what: str) -> str:
    if what == "either":
        what = "the outbound correspondence, the case history and notepads"
    return f"without a look at {what} first"
