"""cs-precall-reassign: an officer who cannot make the promised call in time hands it to the Team Leader at once, who
gives it to another officer.

A case is a sent alert (its promise and fate: `sim.audit.procedure_alerts`) whose own officer made no call within the
promise, or whose call was handed to the Team Leader. Its own officer is the one who issued it, or anyone who had
started its work item by then. Stale alerts and calls that were given up for a cause are no cases. Wanted:
HANDED_TO_TEAM_LEADER up to the end of the promise ("at once" has no measure), and after it REASSIGNED to another
officer. An own call within the promise after handing over makes the second needless.

The other side: a call handed over after it had been made within the promise was handed over without a cause.

Unjudged: nothing was handed over, or nothing reassigned, when the promise had not run out at the end of the log.
"""

from sim.audit.log import Log
from sim.audit.procedure_alerts import NO_CONTACT_TIME, NOT_OVER, Alert, hand_over, sent_alerts
from sim.audit.procedure_cases import steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-precall-reassign"
ENFORCED_BY = "procedure"
CLAUSE = "OB 133-21022317 Resources (S001); EM table 3"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every sent alert that its own officer did not call about, or handed over."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    for alert in sent_alerts(log):
        if alert.promise_end is None:
            tally.leave(alert.run_id, 1, NO_CONTACT_TIME)
        elif alert.fate not in ("stale", "dropped"):
            _judge(tally, alert)
    return tally.close()


def _judge(tally: Tally, alert: Alert) -> None:
    found = hand_over(alert)
    if found is None:
        return
    if found.fault == NOT_OVER:
        tally.leave(alert.run_id, 1, NOT_OVER)
        return
    tally.judged(alert.run_id)
    if found.fault:
        tally.breach(
            alert.customer,
            [alert.message],
            f"The call promised to customer {alert.customer} by {alert.end_text} (local) was {found.fault}.",
            alert.sent_ms,
            [step.seq for step in found.steps],
            alert.run_id,
        )
