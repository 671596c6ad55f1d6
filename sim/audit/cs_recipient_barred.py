"""cs-recipient-barred: no SMS to a Restricted Access Customer, to an overseas mobile, or to an employer."""

from sim.audit.log import Log
from sim.audit.recipient_checks import BAR_TESTS, judge_recipients
from sim.audit.verdicts import RuleAudit

RULE = "cs-recipient-barred"
ENFORCED_BY = "system"
CLAUSE = "EM, Prepare to send EM to customer from desktop: SMS messages cannot be sent at this time to …"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal of an SMS by the bars on record at that instant.

    In a foreign log `restricted_access`, `employer` and an overseas mobile without a date hold for the whole log.
    """
    return judge_recipients(log, RULE, BAR_TESTS)
