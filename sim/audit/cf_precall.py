"""cf-precall: after a pre call notification of Customer First the call is attempted within what the SMS promised.

A case is a sent notification; what it promised and what can become of that stands in `sim.audit.procedure_alerts`. A
broken promise is a breach, and so is a call that was given up without a cause. Where the promise was kept by somebody
else, or was handed over, the way there is judged with it: the officer who cannot call tells the Team Leader within the
promise ("at once" has no measure), who gives the call to another officer.

Stale notifications are counted in `notes` and are neither broken nor kept; one whose promise had not run out when the
log ended is unjudged. `notes`: kept, broken, dropped (given up for a cause), stale, handed_over.
"""

from collections import Counter

from sim.audit.integrated import PRE_CALL, PRE_CALL_REVIEW
from sim.audit.log import Log
from sim.audit.procedure_alerts import NOT_OVER, Alert, Step, hand_over, sent_alerts
from sim.audit.procedure_cases import steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cf-precall"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Centrelink pre call SMS notification messages"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every sent pre call notification."""
    tally = Tally(log, RULE, ENFORCED_BY)
    texts = f"{PRE_CALL}, {PRE_CALL_REVIEW}"
    concerned = f"system = 'customer_first' AND coalesce(template_code IN ({texts}), TRUE)"
    if not steps_known(log, tally, concerned):
        return tally.close()
    count: Counter[str] = Counter()
    for alert in sent_alerts(log, "customer_first"):
        fate = alert.fate
        count[fate] += 1
        count["handed_over"] += bool(alert.handed)
        if fate == "open":
            tally.leave(alert.run_id, 1, NOT_OVER)
            continue
        tally.judged(alert.run_id)
        if fate == "broken":
            _blame(tally, alert, _what(log, alert), (*alert.drops, *alert.calls[:1], *alert.handed[:1]))
        elif fate == "kept":
            found = hand_over(alert)
            if found and found.fault and found.fault != NOT_OVER:
                _blame(tally, alert, f"which was {found.fault}", found.steps)
    tally.notes = {name: count[name] for name in ("kept", "broken", "dropped", "stale", "handed_over")}
    return tally.close()


def _what(log: Log, alert: Alert) -> str:
    told = "; the Team Leader was told" if alert.handed else "; the Team Leader was not told"
    if alert.calls:
        return f"which was first attempted on {log.local_text(alert.calls[0].time, alert.zone)}{told}"
    return f"which was {'given up without a cause' if alert.drops else 'never attempted'}{told}"


def _blame(tally: Tally, alert: Alert, what: str, steps: tuple[Step, ...]) -> None:
    tally.breach(
        alert.customer,
        [alert.message],
        f"The notification sent to customer {alert.customer} on {alert.sent_text} (local) promised a call by "
        f"{alert.end_text}, {what}.",
        alert.sent_ms,
        [step.seq for step in steps],
        alert.run_id,
    )
