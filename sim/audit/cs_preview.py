"""cs-preview: the message is previewed and checked before it is sent.

A case is an issued desktop message. Wanted before the first press of Send: PREVIEWED of this very message, with the
template that was issued. A preview of another template shows other words and does not count. Previewing without
sending breaks nothing.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import has_step, judge_step, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-preview"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Create SMS message in Pluto (View message preview)"

_PREVIEWED = has_step(Event.PREVIEWED, "s.step_message = m.message AND s.template IN (0, m.template)")
_OTHER = has_step(Event.PREVIEWED, "s.step_message = m.message AND s.template NOT IN (0, m.template)")


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if steps_known(log, tally):
        other = f"{_OTHER} AND NOT {_PREVIEWED}"
        judge_step(log, tally, other, "false", "after a preview of another template", by_message=True)
        judge_step(log, tally, f"NOT ({other})", _PREVIEWED, "without a preview", by_message=True)
    return tally.close()
