"""cs-sender: Child Support's SMS appear as `Child Supp`, Centrelink's as `CENTRELINK`; 2 to 11 characters."""

from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-sender"
ENFORCED_BY = "content"
CLAUSE = "EM, Send new desktop message: the sender of the SMS will appear as ‘Child Supp’ to the customer"


def audit(log: Log) -> RuleAudit:
    """Judge every SMS that was sent, a message a case, by the sender that reached the transport (a run) or that the log
    names: exactly the policy's for Pluto and Cuba, `CENTRELINK` for Centrelink's systems (`cf-flow`), and 2 to 11
    characters for all."""
    tally = Tally(log, RULE, ENFORCED_BY)
    expected = dict.fromkeys(log.value("cf-flow.sender_systems"), str(log.value("cf-flow.sender")))
    expected |= dict.fromkeys(("pluto", "cuba"), str(log.value("cs-sender.sender")))
    shortest, longest = int(log.value("cs-sender.shortest")), int(log.value("cs-sender.longest"))
    rows = log.rows("""
        SELECT run_id, message_id, customer_id, system, CASE WHEN NOT channel_assumed THEN sender END,
            handed_ms, handed_seq,
            local_text(handed_ms, timezone)
        FROM messages WHERE channel = 'sms' AND handed_ms IS NOT NULL ORDER BY run_id, row_id""")
    if rows and "sender" not in log.columns:
        tally.missing("the log has no column sender")
        return tally.close()
    for run_id, message, customer, system, sender, at_ms, seq, local in rows:
        if sender is None:
            tally.leave(run_id, 1, "the log does not name the sender")
            continue
        tally.judged(run_id)
        problem = ""
        if sender != expected.get(system, sender):
            problem = f"its sender was {sender!r} and not {expected[system]!r}"
        elif not shortest <= len(sender) <= longest:
            problem = f"its sender {sender!r} has {len(sender)} characters ({shortest} to {longest} are allowed)"
        if problem:
            events = [] if seq is None else [seq]
            tally.breach(customer, [message], f"Sent on {local} local time; {problem}.", at_ms, events, run_id)
    return tally.close()
