"""How far from the edges of their rules messages were: the window, the limit, the hour, facts, By dates, failures.

Each function gives what takes a judged log to (run, distance); the distances are in the unit of the edge.
"""

from collections.abc import Callable, Iterable

from sim.audit.codes import AGENCY_ZONE, DAY, MINUTE, Event
from sim.audit.log import Log

Distances = Callable[[Log], Iterable[tuple[int, int]]]

_NEAR_MS = 1_000
_SMS = "channel = 'sms' AND accepted"


def query(log: Log, sql: str, *tables: str) -> list[tuple[int, int]]:
    """The rows of `sql` (run_id, distance) that are known; none where one of `tables` was not made."""
    if not all(log.has_table(table) for table in tables):
        return []
    return [(run_id, int(distance)) for run_id, distance in log.rows(sql) if distance is not None]


def window(which: str, *systems: str) -> Distances:
    """The local time of an issue less that of the opening or the closing."""
    among = ", ".join(f"'{system}'" for system in systems)

    def distances(log: Log) -> list[tuple[int, int]]:
        edge = log.time_of_day(f"cs-send-window.{which}")
        return query(log, f"SELECT run_id, issued_tod - {edge} FROM messages WHERE {_SMS} AND system IN ({among})")

    return distances


def email_at_closing(log: Log) -> list[tuple[int, int]]:
    """The local time of an email's issue less that of the closing, which does not bind it."""
    edge = log.time_of_day("cs-send-window.closes")
    return query(log, f"SELECT run_id, issued_tod - {edge} FROM messages WHERE channel = 'email' AND accepted")


def outage_end(log: Log) -> list[tuple[int, int]]:
    """The local time at which an outage ended less that of the closing, for each message that waited through it."""
    edge = log.time_of_day("cs-send-window.closes")
    return query(log, f"""
        SELECT e.run_id, time_of_day(e.time, m.timezone) - {edge} FROM events AS e JOIN messages AS m
            ON m.run_id = e.run_id AND m.issued_ms < e.time AND coalesce(m.handed_ms >= e.time, TRUE)
        WHERE e.event = {Event.OUTAGE_ENDED} AND m.channel = 'sms' AND m.accepted""")  # fmt: skip


def limit(log: Log) -> list[tuple[int, int]]:
    """The number of an attempt on its day less the limit: the last that is allowed is on the edge."""
    most = int(log.value("cs-daily-limit.limit"))
    return query(
        log, f"SELECT run_id, greatest(attempt_least, delivery_least) + 1 - {most} FROM limit_findings",
        "limit_findings",
    )  # fmt: skip


def midnight(log: Log) -> list[tuple[int, int]]:
    """The instant of an attempt less the local midnight at which a full day ends."""
    most = int(log.value("cs-daily-limit.limit"))
    return query(log, f"""
        WITH close AS (
            SELECT a.run_id, a.row_id, a.customer_id, CASE WHEN tod < {DAY // 2} THEN tod ELSE tod - {DAY} END AS d,
                CASE WHEN tod < {DAY // 2} THEN CAST(a.day - 1 AS DATE) ELSE a.day END AS full_day
            FROM (SELECT *, time_of_day(at_ms, zone) AS tod FROM limit_attempts) AS a
            WHERE abs(CASE WHEN tod < {DAY // 2} THEN tod ELSE tod - {DAY} END) <= {_NEAR_MS}
        )
        SELECT c.run_id, c.d FROM close AS c WHERE {most} <= (
            SELECT count(*) FROM messages AS m WHERE m.run_id = c.run_id AND m.customer_id = c.customer_id
                AND m.row_id <> c.row_id AND m.accepted AND c.full_day IN (m.issued_day, m.due_day, m.sent_day))""",
        "limit_attempts")  # fmt: skip


def hour(log: Log) -> list[tuple[int, int]]:
    """The time since an earlier desktop message less the policy's minutes."""
    length = int(log.value("cs-hourly-confirmation.minutes")) * MINUTE
    first = "sent_ms" if log.value("cs-hourly-confirmation.from") == "sent" else "issued_ms"
    return query(log, f"""
        SELECT a.run_id, a.at_ms - m.{first} - {length} FROM hour_sends AS a JOIN messages AS m
            ON m.run_id = a.run_id AND m.customer_id = a.customer_id AND m.row_id <> a.row_id
        WHERE m.system = 'pluto' AND m.kind = 'desktop' AND m.channel = 'sms' AND m.accepted AND m.{first} < a.at_ms
            AND abs(a.at_ms - m.{first} - {length}) <= {_NEAR_MS}""", "hour_sends")  # fmt: skip


# Facts: the instant of a test less that of the record.


def _facts(log: Log, checks: str, facts: Iterable[str], condition: str) -> list[tuple[int, int]]:
    among = ", ".join(f"'{fact}'" for fact in facts)
    return query(log, f"""
        SELECT c.run_id, c.at_ms - f.from_ms FROM {checks} AS c
        JOIN runs USING (run_id)
        JOIN facts AS f ON f.run_id = c.run_id AND f.customer_id = c.customer_id
        WHERE f.fact IN ({among}) AND f.from_ms > runs.observed_from
            AND abs(c.at_ms - f.from_ms) <= {_NEAR_MS} AND ({condition})""", checks)  # fmt: skip


def facts(*names: str) -> Distances:
    """Tests of Child Support's messages against the records of these facts."""
    return lambda log: _facts(log, "recipient_checks", names, "TRUE")


def facts_at_release(log: Log) -> list[tuple[int, int]]:
    """Hand-overs of messages that were held against the records of all facts of their recipients."""
    known = (
        "mobile_status", "email_status", "opted_out", "deceased", "restricted_access", "employer", "reminder_ended",
        "general_ended", "zone",
    )  # fmt: skip
    return _facts(log, "recipient_checks", known, "c.moment = 'hand_over' AND c.was_held")


def centrelink_facts(system: str, *names: str) -> Distances:
    """Tests of the messages of Customer First, or (`dmis`) of all debt messages, against the records of facts."""
    systems = "('dmis', 'sap')" if system == "dmis" else f"('{system}')"
    return lambda log: _facts(log, "centrelink_checks", names, f"c.system IN {systems}")


def own_changes(log: Log) -> list[tuple[int, int]]:
    """Tests against changes of contact details that customers made themselves."""
    return query(log, f"""
        SELECT c.run_id, c.at_ms - change.time FROM recipient_checks AS c JOIN contact_changes AS change
            ON change.run_id = c.run_id AND change.customer_id = c.customer_id
        WHERE change.by_themselves AND abs(c.at_ms - change.time) <= {_NEAR_MS}""",
        "recipient_checks", "contact_changes")  # fmt: skip


# Days and midnights.


def by_date(log: Log) -> list[tuple[int, int]]:
    """The By date less the recipient's local day."""
    return query(log, """
        SELECT run_id, datediff('day', issued_day, by_date) FROM messages
        WHERE by_date IS NOT NULL AND (accepted OR outcome = 'refused')""")  # fmt: skip


def again(log: Log) -> list[tuple[int, int]]:
    """The minutes begun between the issue of the same template to the same customer and the instant at which the
    earlier one was viewable; negative before it."""
    return query(log, f"""
        SELECT run_id, CAST(sign(d + 0.5) AS INTEGER) * (abs(d) // {MINUTE} + 1) FROM (
            SELECT l.run_id, l.issued_ms - e.viewable_ms AS d FROM messages AS l JOIN messages AS e
                ON e.run_id = l.run_id AND e.customer_id = l.customer_id AND e.template = l.template
            WHERE l.system = 'pluto' AND e.system = 'pluto' AND l.accepted AND e.accepted
                AND e.issued_ms < l.issued_ms)""")  # fmt: skip


def failure(log: Log) -> list[tuple[int, int]]:
    """The instant at which an error became known less the nearest midnight in agency time."""
    return query(log, f"""
        SELECT run_id, CASE WHEN tod < {DAY // 2} THEN tod ELSE tod - {DAY} END FROM (
            SELECT run_id, time_of_day(failed_ms, '{AGENCY_ZONE}') AS tod FROM messages
            WHERE failed_ms IS NOT NULL AND system IN ('pluto', 'cuba'))""")  # fmt: skip
