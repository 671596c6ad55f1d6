"""What the procedure rules share: the issued desktop messages, and the steps that officers took before each.

A *step* of a message is something that its officer recorded on the message's work item (`ref`) about its customer,
from the item's first WORK_STARTED up to the first press of Send, in the order of recording. Where the item went
through several hands the item is the link: the steps of every officer who started it, or to whom a Team Leader gave
it, count. A step that names a message counts for that message alone (and needs no work item).

A step that is missing is a breach only where the whole item lies in the log. A message without a work item, or whose
item began before the log did, is unjudged when a step is missing.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sim.audit.codes import AGENCY_ZONE, Event
from sim.audit.log import Log
from sim.audit.verdicts import Tally

if TYPE_CHECKING:
    import holidays

STEPS = (
    Event.NOTEPAD_REVIEWED,
    Event.CONSULTED,
    Event.CONSULT_ANSWERED,
    Event.LIST_VIEWED,
    Event.CASE_HISTORY_VIEWED,
    Event.DETAILS_CHECKED,
    Event.ALTERNATIVE_CONSIDERED,
    Event.PRIOR_ACTION_DONE,
    Event.PREVIEWED,
)
"""What officers record before they send."""

CONTACTS = (Event.CUSTOMER_CONTACTED_US, Event.CALL_ANSWERED)
"""How a customer comes to have been in contact with Child Support: their own contact, or a call that they answered."""

NO_ITEM = "the message names no work item, so that its officer's steps cannot be found"
ITEM_BEGAN_EARLIER = "the start of the work item is not in the log"


class Case(NamedTuple):
    """One issued desktop SMS. Instants are ms UTC; `pressed` is the first press of Send and `issued` the one that was
    accepted, both with the seq of their rows; `issued_text` is the local time of issue for sentences; `item_in_log` is
    1 when the arrival or the start of its work item is in the log."""

    run_id: int
    message: int
    customer: int
    officer: int
    ref: int
    template: int
    pressed_ms: int
    pressed_seq: int
    issued_ms: int
    issued_seq: int
    issued_text: str
    item_in_log: int


_SELECT = ", ".join(f"m.{name}" for name in Case._fields)


def codes(events: Iterable[Event]) -> str:
    """Event codes for an SQL list."""
    return ", ".join(str(int(event)) for event in events)


def steps_known(log: Log, tally: Tally, concerned: str = "kind = 'desktop'") -> bool:
    """Whether the log holds what officers did; without it the rule is unknown wherever a message that it concerns (SQL;
    by default a desktop message) was issued."""
    if log.has_events:
        return True
    if log.number(f"SELECT count(*) FROM messages WHERE accepted AND {concerned}"):
        tally.missing("what officers did besides sending is not in this log")
    return False


def prepare(log: Log) -> None:
    """Work out, once a log, the tables ``desktop_cases`` (a row an issued desktop SMS, the fields of `Case` and
    started_ms, started_seq), ``desktop_steps`` (run_id, message, event, seq, time, value, template, step_message) and
    ``customer_zones`` (run_id, customer, from_ms, zone)."""
    if log.number("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'desktop_cases'"):
        return
    log.db.execute("""
        CREATE TEMP TABLE customer_zones AS
        SELECT run_id, CAST(customer_id AS BIGINT) AS customer, from_ms, zones.name AS zone
        FROM facts JOIN zones ON zones.code = facts.value WHERE fact = 'zone'
    """)
    log.db.execute(f"""
        CREATE TEMP TABLE desktop_cases AS
        WITH presses AS (
            SELECT run_id, message, time, seq FROM events
            WHERE event IN ({codes((Event.SEND_PRESSED, Event.ISSUED))}) AND message > 0
            QUALIFY row_number() OVER (PARTITION BY run_id, message ORDER BY time, seq) = 1
        ), issues AS (
            SELECT run_id, message, time, seq FROM events WHERE event = {Event.ISSUED}
            QUALIFY row_number() OVER (PARTITION BY run_id, message ORDER BY time, seq) = 1
        ), items AS (
            SELECT run_id, ref, min(time) FILTER (WHERE event = {Event.WORK_STARTED}) AS started_ms,
                arg_min(seq, (time, seq)) FILTER (WHERE event = {Event.WORK_STARTED}) AS started_seq
            FROM events WHERE event IN ({codes((Event.WORK_ARRIVED, Event.WORK_STARTED))}) AND ref > 0
            GROUP BY run_id, ref
        )
        SELECT m.run_id, m.message, m.customer, m.officer, m.ref, coalesce(m.template_code, 0) AS template,
            presses.time AS pressed_ms, presses.seq AS pressed_seq, issues.time AS issued_ms, issues.seq AS issued_seq,
            local_text(issues.time, m.issued_zone) AS issued_text,
            CAST(items.ref IS NOT NULL AS INTEGER) AS item_in_log, items.started_ms, items.started_seq
        FROM messages AS m
        JOIN issues USING (run_id, message)
        JOIN presses USING (run_id, message)
        LEFT JOIN items ON items.run_id = m.run_id AND items.ref = m.ref
        WHERE m.system = 'pluto' AND m.channel = 'sms'
    """)
    log.db.execute(f"""
        CREATE TEMP TABLE desktop_steps AS
        WITH workers AS (
            SELECT DISTINCT run_id, ref, officer FROM events
            WHERE event IN ({codes((Event.WORK_STARTED, Event.REASSIGNED))}) AND ref > 0 AND officer > 0
        ), steps AS (
            SELECT run_id, event, seq, time, value, template, message, customer, officer, ref
            FROM events WHERE event IN ({codes(STEPS)})
        ), found AS (
            SELECT m.*, e.event, e.seq, e.time, e.value, e.template AS step_template, e.message AS step_message
            FROM desktop_cases AS m
            JOIN steps AS e ON e.run_id = m.run_id AND e.ref = m.ref AND e.customer IN (0, m.customer)
            LEFT JOIN workers AS w ON w.run_id = e.run_id AND w.ref = e.ref AND w.officer = e.officer
            WHERE m.ref > 0 AND e.message = 0
                AND (e.officer = m.officer OR w.officer IS NOT NULL OR e.event = {Event.CONSULT_ANSWERED})
                AND (m.started_ms IS NULL OR (e.time, e.seq) > (m.started_ms, m.started_seq))
            UNION ALL
            SELECT m.*, e.event, e.seq, e.time, e.value, e.template, e.message
            FROM desktop_cases AS m JOIN steps AS e ON e.run_id = m.run_id AND e.message = m.message
        )
        SELECT run_id, message, event, seq, time, value, step_template AS template, step_message FROM found
        WHERE (time, seq) < (pressed_ms, pressed_seq)
    """)


def zone_join(table: str, instant: str) -> str:
    """An ASOF join that gives the zone on record at `instant` for the customer of `table` as ``zoned.zone``."""
    return (
        f"ASOF LEFT JOIN customer_zones AS zoned ON {table}.run_id = zoned.run_id "
        f"AND {table}.customer = zoned.customer AND {instant} >= zoned.from_ms"
    )


ZONE = f"coalesce(zoned.zone, '{AGENCY_ZONE}')"
"""The zone that `zone_join` found; agency time for a customer whose zone is not in the log."""


def cases(log: Log, condition: str = "true") -> list[Case]:
    """The issued desktop messages for which `condition` (SQL; the case is ``m``) holds, in order of issue."""
    prepare(log)
    rows = log.rows(f"""
        SELECT {_SELECT} FROM desktop_cases AS m WHERE {condition} ORDER BY m.run_id, m.issued_ms, m.issued_seq
    """)
    return [Case(*row) for row in rows]


def has_step(event: Event, also: str = "true") -> str:
    """SQL that is true when the case ``m`` has a step `event` for which `also` (SQL; the step is ``s``) holds."""
    return (
        f"EXISTS (FROM desktop_steps AS s WHERE s.run_id = m.run_id AND s.message = m.message "
        f"AND s.event = {int(event)} AND {also})"
    )


def judge_step(log: Log, tally: Tally, condition: str, done: str, lacking: str, by_message: bool = False) -> None:
    """Judge a rule that asks for steps before each message that meets `condition`.

    `done` (SQL) says that the steps were taken; `lacking` ends the sentence "… was sent to customer 7 on … ". With
    `by_message` the step names its message, so that no work item is needed to find it.
    """
    prepare(log)
    tally.judged_rows(f"desktop_cases AS m WHERE ({condition}) AND ({done})")
    for case in cases(log, f"({condition}) AND NOT ({done})"):
        if by_message or whole_item(tally, case):
            tally.judged(case.run_id)
            blame(tally, case, lacking)


def whole_item(tally: Tally, case: Case) -> bool:
    """Whether a step that is not found was not taken; where that cannot be said the case is left unjudged."""
    if case.ref and case.item_in_log:
        return True
    tally.leave(case.run_id, 1, ITEM_BEGAN_EARLIER if case.ref else NO_ITEM)
    return False


def blame(tally: Tally, case: Case, lacking: str, proof: Iterable[int] = (), events: Iterable[int] = ()) -> None:
    """A breach by one issued message; `proof` are further messages, `events` further seqs."""
    tally.breach(
        case.customer,
        [case.message, *proof],
        f"An SMS was issued to customer {case.customer} on {case.issued_text} (local) {lacking}.",
        case.issued_ms,
        [case.issued_seq, *events],
        case.run_id,
    )


def is_business_day(day: date) -> bool:
    """Monday to Friday, but not a national public holiday (the holidays of single states do not count)."""
    return day.weekday() < 5 and day not in _national_holidays(day.year)


def business_days_before(day: date, count: int) -> date:
    """The day from which `count` business days lie before `day`."""
    while count:
        day -= timedelta(days=1)
        count -= is_business_day(day)
    return day


@cache
def _national_holidays(year: int) -> "holidays.HolidayBase":
    import holidays

    return holidays.country_holidays("AU", years=year)
