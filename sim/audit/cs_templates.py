"""cs-templates: every message is one of the policy's templates; officers choose among those of the desktop."""

from sim.audit.codes import Reason
from sim.audit.dialog_checks import judge_dialog
from sim.audit.log import Log
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit

RULE = "cs-templates"
ENFORCED_BY = "system"
CLAUSE = "EM, Messages available through desktop messaging; Create SMS message in Pluto: Group, Type"


def audit(log: Log) -> RuleAudit:
    """Judge every issue and refusal of every system by its template: a desktop message needs one that an officer may
    choose there, an automatic one a template of Cuba's own; Customer First, DMIS and SAP send theirs. Whoever has
    chosen one of these is not refused as unknown_template.

    A template that the policy does not know is unknown in a run. In a foreign log it may be the agency's own (S003 and
    later exist, and their texts are not known to us), so the case is left. The words are judged by cs-content.
    """
    fails = "CASE WHEN known THEN template_of <> system WHEN NOT known THEN TRUE END"
    failed, held = "its template is none that this system may send", "its template is known"
    test = Test(Reason.UNKNOWN_TEMPLATE, fails, "TRUE", failed, held, ("template",))
    return judge_dialog(log, RULE, (test,), "TRUE")
