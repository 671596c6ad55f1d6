"""cs-opt-out: an opt-out holds from the instant it is recorded, through every change of details, until it is lifted."""

from sim.audit.log import Log
from sim.audit.recipient_checks import judge_recipients, opt_out_test
from sim.audit.verdicts import RuleAudit

RULE = "cs-opt-out"
ENFORCED_BY = "system"
CLAUSE = "EM, Check EM subscription; Error messages: Customer has an SMS opt out recorded"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal by the opt-out on record at that instant, in the reading of
    its reach. (Which words the officer saw is judged by cs-info-messages.)"""
    return judge_recipients(log, RULE, (opt_out_test(log),))
