"""cs-window-at-gateway: the window is tested at hand-over; what waits at closing is held again at that instant."""

from sim.audit.gateway_window import count_cases, find, report_breaches
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-window-at-gateway"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: the window is the recipient's local time, so it is tested where the SMS leaves"


def audit(log: Log) -> RuleAudit:
    """Judge for every SMS of every system, a message a case:

    - it is handed over inside the window (`sent_at` stands for the hand-over where a log has no better);
    - in a run: it does not wait past a closing without being held again at that very instant, due at the opening of the
      following local day, and it is not held for the window while that is open. A hold at another instant is right
      where the recipient moved to a zone whose window is closed, or where the message fell due while it was closed;
    - in a foreign log: a message that was held twice (`release_at` on a later day than `due_at`) is not due outside.

    Waiting inside the window is no breach.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    find(log, "TRUE")
    count_cases(log, tally)
    report_breaches(log, tally)
    return tally.close()
