"""How far from the edges of their rules officers were: promises, calls, unanswered messages, concerns."""

from collections.abc import Callable, Iterable

from sim.audit.codes import DAY, PROCESS_KINDS, Event
from sim.audit.log import Log
from sim.audit.procedure_alerts import sent_alerts
from sim.audit.procedure_cases import ZONE, is_business_day, prepare, zone_join
from sim.scenario.coverage.messages import query

Distances = Callable[[Log], Iterable[tuple[int, int]]]

_NEAR_MS = 1_000


def concerns(which: str) -> Distances:
    """The issue of an SMS to the other party of a process less the instant at which concerns were raised on it, or
    discussed."""
    event = Event.FDV_RAISED if which == "raised" else Event.FDV_DISCUSSED
    return lambda log: query(log, f"""
        SELECT m.run_id, m.issued_ms - f.time FROM events AS f
        JOIN events AS p ON p.run_id = f.run_id AND p.ref = f.ref AND p.event = {Event.PROCESS_OPENED}
        JOIN messages AS m ON m.run_id = p.run_id AND m.customer = p.other
        WHERE f.event = {event} AND m.system = 'pluto' AND m.channel = 'sms'
            AND (m.accepted OR m.outcome = 'refused') AND abs(m.issued_ms - f.time) <= {_NEAR_MS}""")  # fmt: skip


def first_round(log: Log) -> list[tuple[int, int]]:
    """The numbers that were called before the first SMS to somebody who never contacted us, less those on record."""
    prepare(log)
    return query(log, f"""
        SELECT m.run_id,
            (SELECT count(DISTINCT c.value) FROM events AS c WHERE c.event = {Event.CALL_ATTEMPTED}
                AND c.run_id = m.run_id AND c.customer = m.customer AND (c.time, c.seq) < (m.pressed_ms, m.pressed_seq))
            - (SELECT arg_max(n.value, n.seq) FROM events AS n WHERE n.event = {Event.NUMBERS_RECORDED}
                AND n.run_id = m.run_id AND n.customer = m.customer AND n.time <= m.pressed_ms)
        FROM desktop_cases AS m SEMI JOIN (
            SELECT run_id, customer FROM events WHERE event = {Event.NEVER_CONTACTED}) AS never
            USING (run_id, customer)""")  # fmt: skip


def unanswered(log: Log) -> list[tuple[int, int]]:
    """The messages without an answer before an SMS less those after which another way is considered."""
    enough = int(log.value("cs-unanswered.messages"))
    return query(log, f"SELECT run_id, len(messages) - {enough} FROM unanswered", "unanswered")


def unanswered_age(log: Log) -> list[tuple[int, int]]:
    """The age of an earlier message that asks for an answer, at an SMS, less the days that count."""
    span = int(log.value("cs-unanswered.days")) * DAY
    prepare(log)
    return query(log, f"""
        SELECT m.run_id, m.issued_ms - o.issued_ms - {span} FROM desktop_cases AS m JOIN messages AS o
            ON o.run_id = m.run_id AND o.customer = m.customer AND o.accepted
        JOIN templates AS t ON t.code = o.template_code
        WHERE t.asks_answer AND abs(m.issued_ms - o.issued_ms - {span}) <= {_NEAR_MS}""")  # fmt: skip


# Attempts before a letter.


def attempts(log: Log) -> list[tuple[int, int]]:
    """The fewest attempts on a number before a letter less those that the circumstance asks for."""
    found = []
    for run_id, late, calls, _ in _letters(log):
        wanted = int(log.value(f"cs-contact-protocol.{'out_of_time_' if late else ''}attempts"))
        found.append((run_id, min(calls) - wanted))
    return found


def attempt_days(log: Log) -> list[tuple[int, int]]:
    """The business days of the attempts before the letter of an objection out of time, less those that it asks for."""
    wanted = int(log.value("cs-contact-protocol.out_of_time_over_days"))
    return [(run_id, min(days) - wanted) for run_id, late, _, days in _letters(log) if late]


def _letters(log: Log) -> list[tuple[int, bool, list[int], list[int]]]:
    """Of each letter to somebody with a number: the run, whether it is about an objection out of time, and by number
    the attempts before it and their business days."""
    prepare(log)
    rows = log.rows(f"""
        WITH letters AS (
            SELECT e.*, coalesce((SELECT arg_max(n.value, n.seq) FROM events AS n
                WHERE n.event = {Event.NUMBERS_RECORDED} AND n.run_id = e.run_id AND n.customer = e.customer
                    AND n.time <= e.time), 0) AS numbers
            FROM events AS e WHERE e.event = {Event.LETTER_SENT}
        ), calls AS (
            SELECT c.*, local_day(c.time, {ZONE}) AS day FROM (
                SELECT * FROM events WHERE event = {Event.CALL_ATTEMPTED}) AS c {zone_join("c", "c.time")}
        ), late AS (
            SELECT w.run_id, w.ref FROM events AS w JOIN events AS o
                ON o.run_id = w.run_id AND o.ref = w.other AND o.event = {Event.OBJECTION_OUT_OF_TIME}
            WHERE w.event IN ({Event.WORK_ARRIVED}, {Event.WORK_STARTED}) AND w.value = {PROCESS_KINDS["objection"]}
            UNION SELECT run_id, ref FROM events WHERE event = {Event.OBJECTION_OUT_OF_TIME}
        )
        SELECT l.run_id, l.numbers, (l.run_id, l.ref) IN (SELECT (run_id, ref) FROM late),
            list((c.value, c.day)) FILTER (WHERE c.value IS NOT NULL)
        FROM letters AS l LEFT JOIN calls AS c ON c.run_id = l.run_id AND c.ref = l.ref AND c.customer = l.customer
            AND (c.time, c.seq) < (l.time, l.seq)
        WHERE l.numbers > 0 GROUP BY l.run_id, l.seq, l.numbers, l.ref ORDER BY l.run_id, l.seq""")
    found = []
    for run_id, numbers, late, made in rows:
        by_number = [[day for number, day in made or () if number == one] for one in range(1, numbers + 1)]
        days = [len({day for day in called if is_business_day(day)}) for called in by_number]
        found.append((run_id, bool(late), [len(called) for called in by_number], days))
    return found


# Promises.


def promise(system: str, hour: bool) -> Distances:
    """The promised call less the last instant that keeps the promise, of minutes or hours (`hour`) or of the day."""

    def distances(log: Log) -> list[tuple[int, int]]:
        return [
            (alert.run_id, call.time - alert.end)
            for alert in sent_alerts(log, system)
            if alert.promise_end is not None and alert.hour == hour
            for call in alert.calls
        ]

    return distances


def handed_over(log: Log) -> list[tuple[int, int]]:
    """The hand-over of a call to the Team Leader less the last instant at which it is in time."""
    return [
        (alert.run_id, step.time - alert.end)
        for alert in sent_alerts(log)
        if alert.promise_end is not None
        for step in alert.handed
    ]
