"""cs-contact-protocol: phone contact comes first; a "please contact" letter is the fallback.

A case is a work item (of one customer) with a LETTER_SENT; its first letter is judged. Wanted before it, on the item:
call attempts on each of the customer's numbers, as many as the circumstance asks and on as many business days:

- none for a customer of an area where phone contact is not mandatory (Personalised Services);
- for an objection out of time (OBJECTION_OUT_OF_TIME on its process) 3 on each number, those on each number on at
  least 2 different business days of the customer;
- otherwise 1 on each number, on any day.

A business day is Monday to Friday without national public holidays. A customer without a number needs no attempt.

The other side: a letter is the fallback [doc], so one that follows a call which the customer answered on the same
item was sent without its cause. A letter without a work item, or whose item began before the log, is unjudged when
attempts are missing.
"""

from collections import defaultdict
from datetime import date
from typing import Any

from sim.audit.codes import AREAS, PROCESS_KINDS, Event
from sim.audit.log import Log
from sim.audit.procedure_cases import (
    ITEM_BEGAN_EARLIER,
    NO_ITEM,
    ZONE,
    codes,
    is_business_day,
    prepare,
    steps_known,
    zone_join,
)
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-contact-protocol"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Maximise customer contact; OB 277-01010000; OB 277-09170000"

_WORK = (Event.WORK_ARRIVED, Event.WORK_STARTED)


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every work item with a letter."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    prepare(log)
    exempt = {AREAS[name] for name in log.value("cs-contact-protocol.phone_optional_areas")}
    calls = _calls(log)
    for letter in log.records(_letters_sql()):
        made, answered = calls.get((letter["run_id"], letter["ref"], letter["customer"]), ({}, []))
        before = (letter["time"], letter["seq"])
        why = ""
        if any(position < before for position in answered):
            why = "although the customer had answered a call of the same work item"
        elif letter["area"] not in exempt:
            why = _lacking(log, letter, made, before)
            if why and not (letter["ref"] and letter["item_in_log"]):
                tally.leave(letter["run_id"], 1, ITEM_BEGAN_EARLIER if letter["ref"] else NO_ITEM)
                continue
        tally.judged(letter["run_id"])
        if why:
            tally.breach(
                letter["customer"],
                [],
                f"A letter was sent to customer {letter['customer']} on {letter['local']} (local) {why}.",
                letter["time"],
                [letter["seq"]],
                letter["run_id"],
            )
    return tally.close()


_Position = tuple[int, int]
_Attempts = dict[int, list[tuple[_Position, date]]]


def _lacking(log: Log, letter: dict[str, Any], made: _Attempts, before: _Position) -> str:
    """What the attempts `made` before the letter lack; empty when the protocol was followed."""
    which = "out_of_time_" if letter["out_of_time"] else ""
    attempts = int(log.value(f"cs-contact-protocol.{which}attempts"))
    days = int(log.value(f"cs-contact-protocol.{which or 'attempts_'}over_days"))
    for number in range(1, letter["numbers"] + 1):
        dates = [day for position, day in made.get(number, []) if position < before]
        if len(dates) < attempts:
            return f"after {len(dates)} of {attempts} call attempts on number {number}"
        # One attempt spreads over no more than one day, whatever the day.
        spread = len({day for day in dates if is_business_day(day)})
        if attempts and days > 1 and spread < days:
            return f"after call attempts on number {number} on {spread} of {days} business days"
    return ""


def _letters_sql() -> str:
    """The first letter of each work item and customer (every letter that names no item), with the customer's area and
    numbers and the item's process at that instant."""
    facts = "SELECT run_id, CAST(customer_id AS BIGINT) AS customer, from_ms, value FROM facts WHERE fact ="
    objection = PROCESS_KINDS["objection"]
    return f"""
        WITH letters AS (
            SELECT run_id, customer, ref, time, seq FROM events WHERE event = {Event.LETTER_SENT}
            QUALIFY ref = 0 OR row_number() OVER (PARTITION BY run_id, ref, customer ORDER BY time, seq) = 1
        ), items AS (
            SELECT run_id, ref, max(other) AS process, max(value) AS kind FROM events
            WHERE event IN ({codes(_WORK)}) AND ref > 0 GROUP BY run_id, ref
        ), late AS (
            SELECT run_id, ref, min(time) AS since FROM events
            WHERE event = {Event.OBJECTION_OUT_OF_TIME} GROUP BY run_id, ref
        )
        SELECT l.run_id, l.customer, l.ref, l.time, l.seq, coalesce(areas.value, 0) AS area,
            coalesce(numbers.value, 0) AS numbers, local_text(l.time, {ZONE}) AS local,
            items.ref IS NOT NULL AS item_in_log,
            coalesce(items.kind, {objection}) = {objection} AND coalesce(late.since <= l.time, false) AS out_of_time
        FROM letters AS l
        {zone_join("l", "l.time")}
        ASOF LEFT JOIN ({facts} 'area') AS areas
            ON l.run_id = areas.run_id AND l.customer = areas.customer AND l.time >= areas.from_ms
        ASOF LEFT JOIN ({facts} 'numbers') AS numbers
            ON l.run_id = numbers.run_id AND l.customer = numbers.customer AND l.time >= numbers.from_ms
        LEFT JOIN items ON items.run_id = l.run_id AND items.ref = l.ref
        LEFT JOIN late ON late.run_id = l.run_id AND late.ref = coalesce(nullif(items.process, 0), nullif(l.ref, 0))
        ORDER BY l.run_id, l.time, l.seq
    """


def _calls(log: Log) -> dict[tuple[int, int, int], tuple[_Attempts, list[_Position]]]:
    """For each (run, item, customer) with a letter: the attempts by number with their local days, and the answers."""
    found: dict[tuple[int, int, int], tuple[_Attempts, list[_Position]]] = defaultdict(lambda: (defaultdict(list), []))
    rows = log.rows(f"""
        SELECT c.run_id, c.ref, c.customer, c.event, c.value, c.time, c.seq, local_day(c.time, {ZONE})
        FROM (
            SELECT * FROM events SEMI JOIN (
                SELECT run_id, ref, customer FROM events WHERE event = {Event.LETTER_SENT} AND ref > 0
            ) AS l USING (run_id, ref, customer)
            WHERE event IN ({codes((Event.CALL_ATTEMPTED, Event.CALL_ANSWERED))})
        ) AS c {zone_join("c", "c.time")}
        ORDER BY c.run_id, c.time, c.seq
    """)
    for run_id, ref, customer, event, number, time, seq, day in rows:
        attempts, answers = found[run_id, ref, customer]
        if event == Event.CALL_ATTEMPTED:
            attempts[number].append(((time, seq), day))
        else:
            answers.append((time, seq))
    return found
