"""cs-mobile-required: a mobile must be recorded and not marked Invalid."""

from sim.audit.log import Log
from sim.audit.recipient_checks import MOBILE_TESTS, judge_recipients
from sim.audit.verdicts import RuleAudit

RULE = "cs-mobile-required"
ENFORCED_BY = "system"
CLAUSE = "EM, Create SMS message in Pluto: ensure a mobile number is recorded; Error messages: the Invalid tick box"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal of an SMS by the mobile on record at that instant.

    In a foreign log a mobile that is `valid` without a date supports a message that went and is no proof against one
    that was refused (details are mended after a refusal); `invalid` and `none` without a date prove nothing.
    """
    return judge_recipients(log, RULE, MOBILE_TESTS)
