"""cs-send-window: inside 08:00–20:00 local an SMS goes at once; outside it is held and goes the next day."""

from sim.audit.log import Log
from sim.audit.send_window import judge_window
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-send-window"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: SMS will be sent instantly between 8:00am to 8:00pm (recipient local time) …"

SCOPE = "system IN ('pluto', 'cuba') AND channel = 'sms'"
"""Child Support's own SMS; the other systems' window is cf-window, and email has none."""


def audit(log: Log) -> RuleAudit:
    """Judge the window and its release rules for every SMS of Child Support (`sim.audit.send_window`)."""
    tally = Tally(log, RULE, ENFORCED_BY)
    judge_window(log, tally, SCOPE)
    return tally.close()
