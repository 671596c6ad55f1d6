"""cs-officer-access: an officer needs access to both Cuba and Pluto to issue an SMS."""

from sim.audit.codes import Reason
from sim.audit.dialog_checks import judge_dialog
from sim.audit.log import Log
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit

RULE = "cs-officer-access"
ENFORCED_BY = "system"
CLAUSE = "EM, Prepare to send EM to customer from desktop: to issue an SMS, Service Officers must have access to …"

BOTH = 3
"""1 Cuba + 2 Pluto."""


def audit(log: Log) -> RuleAudit:
    """Judge every desktop message that was issued and every refusal by the officer's access on record at that instant.

    Nobody sits at a desktop when Cuba sends by itself, so no automatic message is refused for want of access. A foreign
    log does not hold the officers' access.
    """
    fails = f"CASE system WHEN 'pluto' THEN access <> {BOTH} ELSE FALSE END"
    failed, held = "the officer did not have access to both Cuba and Pluto", "the officer had access to Cuba and Pluto"
    return judge_dialog(log, RULE, (Test(Reason.NO_ACCESS, fails, "system = 'pluto'", failed, held, ("access",)),))
