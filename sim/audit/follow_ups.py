"""What the rules share that ask officers to follow something up: a report, a question, a slip, a bounce back.

What belongs to one follow-up carries one `ref`. The policy gives no time for it. [assume] What was not done is a breach
at once when the follow-up was closed without it, and otherwise when at least 5 business days (Monday to Friday without
national public holidays, agency time) of the log came after the last that happened; before that it is unjudged.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sim.audit.codes import AGENCY_ZONE, Event
from sim.audit.log import Log
from sim.audit.procedure_cases import business_days_before, codes
from sim.audit.verdicts import Tally

BUSINESS_DAYS = 5
NOT_YET = f"fewer than {BUSINESS_DAYS} business days of the log come after it"


class Told(NamedTuple):
    """One row of a follow-up; `local` is the agency's local time of it, for sentences."""

    run_id: int
    ref: int
    event: int
    time: int
    seq: int
    customer: int
    other: int
    message: int
    officer: int
    value: int
    local: str


Life = list[Told]


def lives(log: Log, begins: Event, events: Iterable[Event]) -> list[Life]:
    """The rows of each ref that has a `begins`: that one, and what of `events` came after it, in order."""
    rows = log.rows(f"""
        WITH begun AS (
            SELECT run_id, ref, time, seq FROM events WHERE event = {begins} AND ref > 0
            QUALIFY row_number() OVER (PARTITION BY run_id, ref ORDER BY time, seq) = 1
        )
        SELECT e.run_id, e.ref, e.event, e.time, e.seq, e.customer, e.other, e.message, e.officer, e.value,
            local_text(e.time, '{AGENCY_ZONE}')
        FROM events AS e JOIN begun AS b ON b.run_id = e.run_id AND b.ref = e.ref AND (e.time, e.seq) >= (b.time, b.seq)
        WHERE e.event IN ({codes((begins, *events))}) ORDER BY b.run_id, b.time, b.seq, e.time, e.seq""")
    found: dict[tuple[int, int], Life] = {}
    for row in (Told(*values) for values in rows):
        found.setdefault((row.run_id, row.ref), []).append(row)
    return list(found.values())


def of(life: Life, event: Event) -> Life:
    """The rows of one event."""
    return [row for row in life if row.event == event]


def latest_due(log: Log) -> dict[int, int]:
    """For each run the last instant after which a whole `BUSINESS_DAYS` business days of its log follow."""
    zone = f"'{AGENCY_ZONE}'"
    ends = log.rows(f"SELECT DISTINCT local_day(observed_to, {zone}) FROM runs")
    days = [(end, business_days_before(end, BUSINESS_DAYS)) for (end,) in ends]
    moved = " ".join(f"WHEN DATE '{end}' THEN DATE '{day}'" for end, day in days)
    due = f"CASE local_day(observed_to, {zone}) {moved} END"
    rows = log.rows(f"SELECT run_id, instant_at({due}, time_of_day(observed_to, {zone}), {zone}) FROM runs")
    return {int(run_id): int(instant) for run_id, instant in rows}


def follow_ups_known(log: Log, tally: Tally, what: str) -> bool:
    """Whether the log holds what people said and officers did (`what`, for the sentence); without it the rule is
    unknown wherever Child Support sent an SMS."""
    if log.has_events:
        return True
    sms = "channel = 'sms' AND system IN ('pluto', 'cuba')"
    if log.number(f"SELECT count(*) FROM messages WHERE {sms} AND sent_ms IS NOT NULL"):
        tally.missing(f"{what} is not in this log")
    return False


def blame(tally: Tally, begun: Told, why: str, rows: Iterable[Told] = ()) -> None:
    """A breach (and its case) of the follow-up that `begun` began; `rows` are further proof."""
    tally.judged(begun.run_id)
    seqs = [begun.seq, *(row.seq for row in rows)]
    tally.breach(begun.customer, [begun.message], why, begun.time, seqs, begun.run_id)
