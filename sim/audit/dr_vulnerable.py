"""dr-vulnerable: customers with an excluding vulnerability do not get debt messages."""

from sim.audit.centrelink_checks import SYSTEMS, judge_centrelink, vulnerable_test
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit

RULE = "dr-vulnerable"
ENFORCED_BY = "system"
CLAUSE = "DR, Principles of SMS use in debt recovery: customers with certain vulnerabilities will not receive …"


def audit(log: Log) -> RuleAudit:
    """Judge every debt message (of DMIS, SAP, and service offers) at the nightly run, at its issue and at hand-over by
    the vulnerabilities on record then: none goes while one excludes it, and none is stopped as `vulnerable` without
    one. With the reading `nudges_only` confirmations and service offers go all the same. Another message of Customer
    First is never stopped for it.

    A foreign log's flag `vulnerable` has no date and holds for the whole log.
    """
    return judge_centrelink(log, RULE, SYSTEMS, (vulnerable_test(log),))
