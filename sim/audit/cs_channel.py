"""cs-channel: only SMS is issued from the desktop; the myGov messages that Pluto shows are not approved."""

from sim.audit.codes import Reason
from sim.audit.dialog_checks import judge_dialog
from sim.audit.log import Log
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit

RULE = "cs-channel"
ENFORCED_BY = "system"
CLAUSE = "EM, Messages available through desktop messaging: only use SMS messages. Do not use myGov messages …"


def audit(log: Log) -> RuleAudit:
    """Judge every desktop message that was issued and every refusal by the channel that was chosen."""
    fails = "system = 'pluto' AND channel <> 'sms'"
    failed, held = "its channel is not approved on the desktop", "its channel is approved"
    test = Test(Reason.CHANNEL_NOT_APPROVED, fails, "system = 'pluto'", failed, held, ("channel",))
    return judge_dialog(log, RULE, (test,))
