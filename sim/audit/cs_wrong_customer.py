"""cs-wrong-customer: who got an SMS by mistake is called, told, and gets an apology."""

from sim.audit.codes import Event
from sim.audit.follow_ups import NOT_YET, Life, blame, follow_ups_known, latest_due, lives, of
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-wrong-customer"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Send new desktop message: if an SMS is sent to the wrong customer, call that customer and apologise"

_TOLD = (Event.CALL_ATTEMPTED, Event.CALL_ANSWERED, Event.APOLOGISED, Event.LETTER_SENT, Event.WORK_ENDED)
_DEAD = "the customer's death is on record, there is nobody to call"


def audit(log: Log) -> RuleAudit:
    """Judge every message of which an officer learned that it went to the wrong customer, a message a case.

    Wanted: a call to that customer that was answered, and an apology from then on. A customer who answered no attempt
    gets a letter [assume: the fallback of the contact protocol]. A breach: an apology without an answered call; a
    letter before any attempt (unless no number is on record); a call that was answered without an apology; work that
    ended without either, or 5 business days of the log in which neither came. Before that, and where the customer has
    died, it is unjudged. Slips that nobody noticed are not in any log.

    The other side: an apology about a message that nobody reported and of which no officer learned that it went to the
    wrong customer is a breach (and a case).
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not follow_ups_known(log, tally, "to whom a message was meant to go"):
        return tally.close()
    due, dead = latest_due(log), _told_of(log, "deceased", "= 1")
    unreachable = _told_of(log, "numbers", "= 0")
    for life in lives(log, Event.SENT_TO_WRONG_CUSTOMER, _TOLD):
        noticed = life[0]
        who = (noticed.run_id, noticed.customer)
        lacking = _lacking(life, who in unreachable)
        if not lacking:
            tally.judged(noticed.run_id)
        elif lacking == _NOT_DONE and who in dead:
            tally.leave(noticed.run_id, 1, _DEAD)
        elif lacking == _NOT_DONE and not _given_up(life) and life[-1].time > due[noticed.run_id]:
            tally.leave(noticed.run_id, 1, NOT_YET)
        else:
            why = f"Customer {noticed.customer} got an SMS meant for customer {noticed.other}, as was known on "
            blame(tally, noticed, f"{why}{noticed.local} agency time, {lacking}.", life[1:])
    _causeless(log, tally)
    return tally.close()


_NOT_DONE = "and was neither called with an apology nor, as nobody answered, sent a letter"


def _lacking(life: Life, unreachable: bool) -> str:
    """What was done wrong or is not done, as the end of a sentence; empty when all is done."""
    answers, attempts = of(life, Event.CALL_ANSWERED), of(life, Event.CALL_ATTEMPTED)
    apologies, letters = of(life, Event.APOLOGISED), of(life, Event.LETTER_SENT)
    customer = life[0].customer
    if any(row.customer != customer for row in (*answers, *apologies, *letters)):
        return "and somebody else got the call or the apology"
    if apologies and (not answers or apologies[0].seq < answers[0].seq):
        return "and the apology stands there without a call that was answered"
    if letters and not attempts and not unreachable:
        return "and got a letter without an attempt to call"
    if apologies or (letters and not answers):
        return ""
    return "and answered the call without getting an apology" if answers and _given_up(life) else _NOT_DONE


def _given_up(life: Life) -> bool:
    """Work on it ended and nothing shows that it goes on: no attempt at all, or an answered one."""
    ended = of(life, Event.WORK_ENDED)
    return bool(ended) and (not of(life, Event.CALL_ATTEMPTED) or bool(of(life, Event.CALL_ANSWERED)))


def _told_of(log: Log, fact: str, value: str) -> set[tuple[int, int]]:
    """(run, customer) of whom this was on record at any time."""
    rows = log.rows(f"SELECT run_id, CAST(customer_id AS BIGINT) FROM facts WHERE fact = '{fact}' AND value {value}")
    return set(rows)


def _causeless(log: Log, tally: Tally) -> None:
    causes = f"{Event.SENT_TO_WRONG_CUSTOMER}, {Event.REPORT_RECEIVED}"
    rows = log.rows(f"""
        SELECT a.run_id, a.customer, a.message, a.time, a.seq FROM events AS a ANTI JOIN (
            SELECT run_id, ref FROM events WHERE event IN ({causes})
        ) AS c ON c.run_id = a.run_id AND c.ref = a.ref
        WHERE a.event = {Event.APOLOGISED} ORDER BY a.run_id, a.seq""")
    for run_id, customer, message, at_ms, seq in rows:
        tally.judged(run_id)
        why = f"Customer {customer} got an apology for a message that nobody reported and that went to the right one."
        tally.breach(customer, [message], why, at_ms, [seq], run_id)
