"""cs-subscription: EM stops at death and when the message's service was ended; nobody else is refused in its name."""

from sim.audit.codes import Reason
from sim.audit.log import Log
from sim.audit.recipient_checks import SUBSCRIPTION_TESTS, judge_recipients
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-subscription"
ENFORCED_BY = "system"
CLAUSE = "EM, Check EM subscription"


def audit(log: Log) -> RuleAudit:
    """Judge every issue, refusal, hand-over and withdrawal by the death and the ended services on record then.

    The contact detail itself is judged by cs-mobile-required and the opt-out by cs-opt-out. A refusal that names no
    reason at all, or only reasons that no rule of Child Support knows, is reported here: whoever is subscribed and not
    refused by a rule gets the message. (In a run; a foreign log may leave reasons out.)
    """

    def refused_for_nothing(tally: Tally) -> None:
        if not log.has_events:
            return
        # A refusal because of the window is judged by cs-send-window, all other reasons by the rules that give them.
        rows = log.rows(f"""
            SELECT run_id, message_id, customer_id, issued_ms, attempt_seq, local_text(issued_ms, issued_zone)
            FROM messages WHERE system IN ('pluto', 'cuba') AND outcome = 'refused'
                AND reasons % {2 * Reason.SEND_WINDOW} = 0
            ORDER BY run_id, row_id""")
        for run_id, message, customer, at_ms, seq, local in rows:
            why = f"Refused on {local} local time without a reason that any rule gives."
            tally.breach(customer, [message], why, at_ms, [seq], run_id)

    return judge_recipients(log, RULE, SUBSCRIPTION_TESTS, refused_for_nothing)
