"""Centrelink's own facts of a run, in the table ``facts`` beside Child Support's.

Zone, death and restricted access are the agency's and stand there already. Of Centrelink's record: ``centrelink`` (1 on
record), ``centrelink_current`` (1 current, 0 former), ``centrelink_mobile`` (as `codes.MOBILE_STATUSES`),
``centrelink_opted_out``, ``mail_channel`` (1 post, 2 online), ``mutual``, ``postcode``, ``withholdings_eligible``. Two
are worked out: ``vulnerable`` (any of the policy's vulnerabilities is on record) and ``disaster`` (a declared disaster
that has not ended covers the postcode on record).
"""

from collections.abc import Iterable

import duckdb

from sim.audit.codes import ALWAYS, EVER, VULNERABILITIES, Event

_EVENTS: dict[Event, tuple[str, str]] = {
    Event.CENTRELINK_RECORDED: ("centrelink_current", "value"),
    Event.CENTRELINK_MOBILE_RECORDED: ("centrelink_mobile", "value"),
    Event.CENTRELINK_OPT_OUT_RECORDED: ("centrelink_opted_out", "1"),
    Event.CENTRELINK_OPT_OUT_LIFTED: ("centrelink_opted_out", "0"),
    Event.MAIL_CHANNEL_RECORDED: ("mail_channel", "value"),
    Event.MUTUAL_CUSTOMER_SET: ("mutual", "value"),
    Event.POSTCODE_RECORDED: ("postcode", "value"),
    Event.WITHHOLDINGS_ELIGIBLE_SET: ("withholdings_eligible", "value"),
}
_DEFAULTS = (
    "centrelink", "centrelink_current", "centrelink_mobile", "centrelink_opted_out", "mutual", "withholdings_eligible",
    "vulnerable", "disaster",
)  # fmt: skip


def build_centrelink_facts(db: duckdb.DuckDBPyConnection, vulnerabilities: Iterable[str]) -> None:
    """Add Centrelink's facts to `facts` from `events`; `vulnerabilities` are the names of those that exclude.

    Of several records at one millisecond the last one counts. Whoever is not on record has no number, is no customer,
    and is not vulnerable.
    """
    told = [
        f"SELECT run_id, customer, '{fact}' AS fact, time, {value} AS value, seq FROM events WHERE event = {event}"
        for event, (fact, value) in _EVENTS.items()
    ]
    told.append(
        f"SELECT run_id, customer, 'centrelink', time, 1, seq FROM events WHERE event = {Event.CENTRELINK_RECORDED}"
    )
    kinds = ", ".join(str(VULNERABILITIES[name]) for name in vulnerabilities)
    if kinds:
        told.append(f"SELECT * FROM ({_vulnerable(kinds)})")
    told.append(f"SELECT * FROM ({_disaster()})")
    db.execute(f"""
        INSERT INTO facts
        SELECT run_id, CAST(customer AS VARCHAR), fact, time, 1, value, seq FROM ({" UNION ALL ".join(told)})
        WHERE customer > 0
        QUALIFY row_number() OVER (PARTITION BY run_id, customer, fact, time ORDER BY seq DESC) = 1
    """)
    defaults = ", ".join(f"('{fact}')" for fact in _DEFAULTS)
    db.execute(f"""
        INSERT INTO facts
        SELECT run_id, CAST(customer AS VARCHAR), fact, {ALWAYS}, 1, 0, -1
        FROM (SELECT DISTINCT run_id, customer FROM events WHERE customer > 0)
        CROSS JOIN (VALUES {defaults}) AS names(fact)
    """)


def _vulnerable(kinds: str) -> str:
    """SQL: 1 while any of these vulnerabilities is on record, 0 from the end of the last one."""
    return f"""
        WITH told AS (
            SELECT run_id, customer, time, seq, other - coalesce(lag(other) OVER one, 0) AS change FROM events
            WHERE event = {Event.VULNERABILITY_SET} AND value IN ({kinds})
            WINDOW one AS (PARTITION BY run_id, customer, value ORDER BY time, seq)
        )
        SELECT run_id, customer, 'vulnerable' AS fact, time,
            CASE WHEN sum(change) OVER (PARTITION BY run_id, customer ORDER BY time, seq) > 0 THEN 1 ELSE 0 END, seq
        FROM told"""


def _disaster() -> str:
    """SQL: 1 while a declared disaster covers the postcode on record, 0 afterwards."""
    return f"""
        WITH disasters AS (
            SELECT d.run_id, d.ref, d.seq, d.value AS first, d.other AS last, d.time AS starts,
                coalesce(min(e.time), {EVER}) AS ends
            FROM events AS d LEFT JOIN events AS e
                ON e.run_id = d.run_id AND e.ref = d.ref AND e.event = {Event.DISASTER_ENDED} AND e.time >= d.time
            WHERE d.event = {Event.DISASTER_DECLARED} GROUP BY ALL
        ), homes AS (
            SELECT run_id, customer, value AS postcode, time AS starts,
                coalesce(lead(time) OVER (PARTITION BY run_id, customer ORDER BY time, seq), {EVER}) AS ends
            FROM events WHERE event = {Event.POSTCODE_RECORDED}
        ), covered AS (
            SELECT h.run_id, h.customer, d.seq, greatest(h.starts, d.starts) AS starts, least(h.ends, d.ends) AS ends
            FROM homes AS h JOIN disasters AS d
                ON d.run_id = h.run_id AND h.postcode BETWEEN d.first AND d.last
                AND greatest(h.starts, d.starts) < least(h.ends, d.ends)
        ), changes AS (
            SELECT run_id, customer, starts AS time, 1 AS change, seq FROM covered
            UNION ALL SELECT run_id, customer, ends, -1, seq FROM covered WHERE ends < {EVER}
        ), steps AS (
            SELECT run_id, customer, time, sum(change) AS change, max(seq) AS seq FROM changes GROUP BY ALL
        )
        SELECT run_id, customer, 'disaster' AS fact, time,
            CASE WHEN sum(change) OVER (PARTITION BY run_id, customer ORDER BY time) > 0 THEN 1 ELSE 0 END, seq
        FROM steps"""
