"""cs-precall: after a pre call alert the call is attempted within what the SMS promised.

A case is a sent alert; what it promised and what can become of that stands in `sim.audit.procedure_alerts`. A broken
promise is a breach, and so is, on the other side, a call that was given up without a cause. Stale alerts are counted
in `notes` and are neither broken nor kept; an alert whose promise had not run out when the log ended is unjudged.

`notes`: kept, broken, dropped (given up for a cause), stale, and for `In the next hour` the promised calls that were
made (hour_calls), those of them 10 to 25 minutes (policy data, both ends included) after the promise began
(hour_calls_in_aim), and their share (aim_share, None without calls).
"""

from collections import Counter

from sim.audit.codes import MINUTE
from sim.audit.log import Log
from sim.audit.procedure_alerts import NO_CONTACT_TIME, NOT_OVER, Alert, sent_alerts
from sim.audit.procedure_cases import steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-precall"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Create SMS message in Pluto; OB 133-21022317 Resources (S001, S002)"


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every sent alert."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    aim = range(
        int(log.value("cs-precall.aim_from_minutes")) * MINUTE, int(log.value("cs-precall.aim_to_minutes")) * MINUTE + 1
    )
    count: Counter[str] = Counter()
    for alert in sent_alerts(log):
        if alert.promise_end is None:
            tally.leave(alert.run_id, 1, NO_CONTACT_TIME)
            continue
        fate = alert.fate
        count[fate] += 1
        if fate == "open":
            tally.leave(alert.run_id, 1, NOT_OVER)
            continue
        tally.judged(alert.run_id)
        if fate == "broken":
            _blame(log, tally, alert)
        elif fate == "kept" and alert.hour:
            count["hour_calls"] += 1
            count["hour_calls_in_aim"] += alert.calls_in_promise()[0].time - alert.promised_ms in aim
    tally.notes = {name: count[name] for name in ("kept", "broken", "dropped", "stale", "hour_calls")}
    tally.notes["hour_calls_in_aim"] = count["hour_calls_in_aim"]
    tally.notes["aim_share"] = count["hour_calls_in_aim"] / count["hour_calls"] if count["hour_calls"] else None
    return tally.close()


def _blame(log: Log, tally: Tally, alert: Alert) -> None:
    if alert.calls:
        what = f"was first attempted on {log.local_text(alert.calls[0].time, alert.zone)}"
    elif alert.drops:
        what = "was given up without a cause"
    else:
        what = "was never attempted"
    tally.breach(
        alert.customer,
        [alert.message],
        f"The alert sent to customer {alert.customer} on {alert.sent_text} (local) promised a call by "
        f"{alert.end_text}, which {what}.",
        alert.sent_ms,
        [step.seq for step in (*alert.drops, *alert.calls[:1])],
        alert.run_id,
    )
