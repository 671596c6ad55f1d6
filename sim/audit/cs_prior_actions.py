"""cs-prior-actions: the prior actions that a template names are completed before it is sent.

A case is an issued desktop message whose template names prior actions. Wanted before the first press of Send, on its
work item: PRIOR_ACTION_DONE with this template for each of their numbers (1, 2 …). A prior action without a message
breaks nothing.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import has_step, judge_step, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-prior-actions"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Messages available through desktop messaging"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message whose template names prior actions."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    for code, template in sorted(log.templates.items()):
        actions = list(template.get("prior_actions") or ())
        before = "true"
        for number, action in enumerate(actions, 1):
            done = has_step(Event.PRIOR_ACTION_DONE, f"s.value = {number} AND s.template = {code}")
            # Each message is judged once: at the first action that is missing, or at the last one.
            last = number == len(actions)
            condition = f"m.template = {code} AND {before}"
            lacking = f'before the prior action "{action}" of its template was done'
            judge_step(log, tally, condition if last else f"{condition} AND NOT {done}", done, lacking)
            before = f"{before} AND {done}"
    return tally.close()
