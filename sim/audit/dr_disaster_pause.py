"""dr-disaster-pause: no debt message goes out while a disaster pause covers the customer's postcode."""

from sim.audit.centrelink_checks import SYSTEMS, disaster_test, judge_centrelink
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit

RULE = "dr-disaster-pause"
ENFORCED_BY = "system"
CLAUSE = "OB 107-23071302 Resources: debt messages and disaster pauses"


def audit(log: Log) -> RuleAudit:
    """Judge every debt message (of DMIS, SAP, and service offers) at the nightly run, at its issue and at hand-over by
    the disasters that were declared and had not ended then, and the postcode on record. A foreign log holds neither.
    """
    return judge_centrelink(log, RULE, SYSTEMS, (disaster_test(),))
