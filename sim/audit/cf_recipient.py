"""cf-recipient: Customer First sends only to a valid Australian mobile of somebody alive, not opted out, not barred."""

from sim.audit.centrelink_checks import judge_causeless, judge_centrelink, recipient_tests
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit

RULE = "cf-recipient"
ENFORCED_BY = "system"
CLAUSE = "OB Centrelink letters online and Electronic Messaging"

SCOPE = "system = 'customer_first'"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal of Customer First by what Centrelink has on record then: its
    own mobile and its own opt-out; death and restricted access are the agency's.

    Also reported here: what was refused or withdrawn without a reason, or for one that only Child Support knows. In a
    foreign log the companion's mobile and opt-out are Centrelink's where the log has none of Child Support's messages.
    """
    return judge_centrelink(log, RULE, SCOPE, recipient_tests(log), lambda tally: judge_causeless(log, tally, SCOPE))
