"""cs-check-details: name and contact information are checked in the dialog before sending.

A case is an issued desktop message. Wanted before the first press of Send: DETAILS_CHECKED, for the message itself or
on its work item for the same customer. Wrong details are to be updated in Customer Summary first; a history does not
say what the dialog showed, so only the check itself is judged. Checking or updating without sending breaks nothing.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import has_step, judge_step, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-check-details"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Create SMS message in Pluto"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if steps_known(log, tally):
        judge_step(
            log, tally, "true", has_step(Event.DETAILS_CHECKED), "without a check of the name and contact information"
        )
    return tally.close()
