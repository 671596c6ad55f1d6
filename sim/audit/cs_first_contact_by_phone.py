"""cs-first-contact-by-phone: a customer who has never contacted Child Support gets one phone attempt on all available
numbers before an SMS is sent.

A case is an issued desktop message to a customer of whom NEVER_CONTACTED is recorded and who has not been in contact
since: by CUSTOMER_CONTACTED_US or by answering a call (CALL_ANSWERED). Wanted before the first press of Send: a
round, that is an attempt by any officer on each of the numbers 1 … NUMBERS_RECORDED, as they were when its last call
was made or as they are at the press. One round is enough for ever [read]; a customer without a number needs none.
NEVER_CONTACTED at the start is taken to say that there was no round before the log began. Automatic messages are not
an officer's and are no cases. Calling without need breaks nothing.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import CONTACTS, Case, blame, cases, codes, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-first-contact-by-phone"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Customer contact and SMS limits"

_NEVER = f"EXISTS (FROM events AS n WHERE n.event = {Event.NEVER_CONTACTED} AND n.run_id = m.run_id \
AND n.customer = m.customer)"
_PRESS = -1
_STEPS = (Event.CALL_ATTEMPTED, _PRESS)


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every issued desktop message to a customer who never contacted Child Support."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    concerned = cases(log, _NEVER)
    told = (Event.NEVER_CONTACTED, Event.NUMBERS_RECORDED, Event.CALL_ATTEMPTED, *CONTACTS)
    rows = log.rows(f"""
        SELECT run_id, customer, event, time, seq, value FROM events
        SEMI JOIN (SELECT run_id, customer FROM events WHERE event = {Event.NEVER_CONTACTED}) AS never
            USING (run_id, customer)
        WHERE event IN ({codes(told)})
    """)
    lives: dict[tuple[int, int], list[tuple[int, bool, int, int, int, Case | None]]] = {}
    for case in concerned:
        lives[case.run_id, case.customer] = []
    for case in concerned:
        row = (case.pressed_ms, True, case.pressed_seq, _PRESS, 0, case)
        lives[case.run_id, case.customer].append(row)
    for run_id, customer, event, time, seq, value in rows:
        if (run_id, customer) in lives:
            # Facts of a millisecond apply before the steps in it.
            lives[run_id, customer].append((time, event in _STEPS, seq, event, value, None))
    for life in lives.values():
        _judge(tally, sorted(life, key=lambda row: row[:3]))
    return tally.close()


def _judge(tally: Tally, life: list[tuple[int, bool, int, int, int, Case | None]]) -> None:
    """Follow one customer through their numbers, calls, contacts and messages, in order."""
    never = round_done = False
    numbers = 0
    tried: set[int] = set()
    for _, _, _, event, value, case in life:
        if case is not None:
            if not never:
                continue
            tally.judged(case.run_id)
            reached = _tried(tried, numbers)
            if not round_done and reached < numbers:
                lacking = f"to someone who never contacted Child Support with {reached} of {numbers} numbers tried"
                blame(tally, case, lacking)
        elif event == Event.NEVER_CONTACTED:
            never = True
        elif event == Event.NUMBERS_RECORDED:
            numbers = value
        elif event == Event.CALL_ATTEMPTED:
            tried.add(value)
            round_done = round_done or 0 < numbers == _tried(tried, numbers)
        else:
            never = False


def _tried(tried: set[int], numbers: int) -> int:
    """How many of the numbers 1 … `numbers` are among `tried`."""
    return sum(number in tried for number in range(1, numbers + 1))
