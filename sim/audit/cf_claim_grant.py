"""cf-claim-grant: Claim Finalised – Grant goes when the policy's conditions hold, and only then."""

from sim.audit.claims import judge_claims
from sim.audit.integrated import CLAIM_GRANT, GRANTED
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cf-claim-grant"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Centrelink claim outcome messages"


def audit(log: Log) -> RuleAudit:
    """Judge each claim that was finalised with the outcome Grant (`sim.audit.claims`).

    An officer sends the message when the CCM is not available and the customer gets mail by post, and otherwise not;
    with the CCM available one goes automatically, and otherwise none does. It names the claim's payment and goes once.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    judge_claims(log, tally, GRANTED, CLAIM_GRANT)
    return tally.close()
