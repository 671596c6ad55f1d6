"""dr-recipient: debt messages go to the same recipients as Customer First's messages."""

from sim.audit.centrelink_checks import judge_causeless, judge_centrelink, recipient_tests
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit

RULE = "dr-recipient"
ENFORCED_BY = "system"
CLAUSE = "OB Centrelink letters online and Electronic Messaging"

SCOPE = "(system IN ('dmis', 'sap') OR kind = 'service_offer')"


def audit(log: Log) -> RuleAudit:
    """Judge every debt message by what Centrelink has on record: at each nightly run for which it met its conditions
    (let into the contest, or suppressed as one that may not be sent), at its issue or refusal, and at its hand-over or
    withdrawal. Service offers are debt messages and are judged here too.

    Also reported here: what DMIS and SAP refused or withdrew without a reason that any rule of theirs gives.
    """
    return judge_centrelink(
        log,
        RULE,
        SCOPE,
        recipient_tests(log),
        lambda tally: judge_causeless(log, tally, "system IN ('dmis', 'sap')"),
    )
