"""Each debt's state over time, and the nights on which it meets the conditions of the nine messages (policy.md F).

`prepare` makes, once a log of a run, ``expected_nights``: run_id, customer_id, template, day, met (TRUE: one of the
customer's debts meets the conditions of the message at the nightly run of that agency date; NULL: the policy does not
say, because a debt is written off at two levels that end on different days).

Read so: a debt that is paid meets none; an arrangement that has ceased is none; the latest repayment that was declined,
and the earliest that was not made, count; a write-off that has ended was a temporary one; recovery restarted when that
was recorded at the end of the pause or after it; a completion at the instant of a run belongs to that run.
"""

from typing import Any

from sim.audit.codes import ARRANGEMENT_STATUSES, ARRANGEMENTS, DMIS_CODE, WRITE_OFFS, Event
from sim.audit.debt_runs import agency_ordinal
from sim.audit.debt_runs import prepare as prepare_nights
from sim.audit.log import Log

_OWN = (
    Event.DEBT_RAISED, Event.DEBT_PAID, Event.ARRANGEMENT_SET, Event.REPAYMENT_DUE, Event.REPAYMENT_MADE,
    Event.REPAYMENT_DECLINED, Event.HARDSHIP_PAUSE_COMPLETED, Event.PAUSE_ENDED, Event.RECOVERY_RESTARTED,
    Event.WITHHOLDABLE_PAYMENT_SET, Event.XCSHSMS_SET, Event.AUTO_SETUP_CEASED,
)  # fmt: skip
_WRITE_OFF = (Event.WRITE_OFF_SET, Event.WRITE_OFF_ENDS, Event.WRITE_OFF_ENDED)
_OF_CUSTOMER = (Event.CENTRELINK_RECORDED, Event.WITHHOLDINGS_ELIGIBLE_SET)
_CUSTOMER_LEVEL = 2


def _codes(events: tuple[Event, ...]) -> str:
    return ", ".join(str(int(event)) for event in events)


def prepare(log: Log) -> None:
    """Make ``debt_states`` (a row a debt and instant of change) and ``expected_nights``."""
    if log.has_table("expected_nights"):
        return
    prepare_nights(log)
    log.db.execute(f"CREATE TEMP TABLE debt_states AS {_states()}")
    conditions = [f"({sql})" for sql in _conditions(log)]
    templates = [DMIS_CODE + number for number in range(1, len(conditions) + 1)]
    log.db.execute(f"""
        CREATE TEMP TABLE expected_nights AS
        WITH facing AS (
            SELECT n.run_id, n.day, n.run_ms, n.previous_ms, d.customer, d.ref
            FROM nightly_runs AS n JOIN (SELECT DISTINCT run_id, customer, ref FROM debt_states) AS d USING (run_id)
            WHERE n.system = 'dmis'
        ), judged AS (
            SELECT f.run_id, f.day, f.customer, unnest([{", ".join(conditions)}]) AS met,
                unnest({templates}) AS template
            FROM facing AS f ASOF JOIN debt_states AS d
                ON d.run_id = f.run_id AND d.ref = f.ref AND f.run_ms >= d.time
            WHERE d.raised AND NOT d.paid
        )
        SELECT run_id, CAST(customer AS VARCHAR) AS customer_id, template, day,
            CASE WHEN bool_or(coalesce(met, FALSE)) THEN TRUE END AS met
        FROM judged WHERE met IS NULL OR met GROUP BY ALL
    """)


def _latest(event: Event, value: str = "value", condition: str = "TRUE") -> str:
    """SQL: what the latest such event says, NULL when there was none."""
    return f"last_value(CASE WHEN event = {event} AND {condition} THEN {value} END IGNORE NULLS) OVER life"


def _either(cases: dict[Event, str], condition: str = "TRUE") -> str:
    """SQL: what the latest of several events says."""
    whens = " ".join(f"WHEN {event} THEN {value}" for event, value in cases.items())
    return f"last_value(CASE WHEN {condition} THEN CASE event {whens} END END IGNORE NULLS) OVER life"


def _states() -> str:
    """SQL: a row for each debt and instant at which anything about it was recorded; flags and codes are 0 and days NULL
    until something is known."""

    def level(condition: str, name: str) -> str:
        code = {Event.WRITE_OFF_SET: "value", Event.WRITE_OFF_ENDED: "0"}
        ends = {Event.WRITE_OFF_SET: "0", Event.WRITE_OFF_ENDS: "value", Event.WRITE_OFF_ENDED: "0"}
        return (
            f"coalesce({_either(code, condition)}, 0) AS {name}_write_off, "
            f"coalesce({_either(ends, condition)}, 0) AS {name}_ends"
        )

    ended = {Event.PAUSE_ENDED: "time", Event.WRITE_OFF_ENDED: "time"}
    auto = {Event.AUTO_SETUP_CEASED: "value", Event.PAUSE_ENDED: "0"}
    repayment = {Event.REPAYMENT_DUE: "value", Event.REPAYMENT_MADE: "0"}
    return f"""
        WITH debts AS (
            SELECT DISTINCT run_id, customer, ref FROM events WHERE event = {Event.DEBT_RAISED}
        ), told AS (
            SELECT run_id, customer, ref, time, seq, event, value, other FROM events
            WHERE event IN ({_codes(_OWN)}) OR (event IN ({_codes(_WRITE_OFF)}) AND other <> {_CUSTOMER_LEVEL})
            UNION ALL
            SELECT e.run_id, e.customer, d.ref, e.time, e.seq, e.event, e.value, e.other
            FROM events AS e JOIN debts AS d ON d.run_id = e.run_id AND d.customer = e.customer
            WHERE e.event IN ({_codes(_OF_CUSTOMER)})
                OR (e.event IN ({_codes(_WRITE_OFF)}) AND e.other = {_CUSTOMER_LEVEL})
        )
        SELECT run_id, customer, ref, time,
            coalesce({_latest(Event.DEBT_RAISED, "TRUE")}, FALSE) AS raised,
            coalesce({_latest(Event.DEBT_PAID, "TRUE")}, FALSE) AS paid,
            {_latest(Event.DEBT_RAISED)} AS due,
            coalesce({_latest(Event.ARRANGEMENT_SET)}, 0) // 10 AS arrangement,
            coalesce({_latest(Event.ARRANGEMENT_SET)}, 0) % 10 AS status,
            nullif({_either(repayment)}, 0) AS repayment_due,
            nullif({_latest(Event.REPAYMENT_DECLINED)}, 0) AS declined,
            coalesce({_latest(Event.WITHHOLDABLE_PAYMENT_SET)}, 0) AS withholdable,
            coalesce({_latest(Event.XCSHSMS_SET)}, 0) AS xcshsms,
            {level(f"other <> {_CUSTOMER_LEVEL}", "debt")},
            {level(f"other = {_CUSTOMER_LEVEL}", "customer")},
            {_latest(Event.HARDSHIP_PAUSE_COMPLETED, "time")} AS hardship_ms,
            {_either(ended)} AS ended_ms,
            {_latest(Event.RECOVERY_RESTARTED, "time")} AS restarted_ms,
            nullif({_either(auto)}, 0) AS auto_ends,
            coalesce({_latest(Event.CENTRELINK_RECORDED)}, 0) AS current,
            coalesce({_latest(Event.WITHHOLDINGS_ELIGIBLE_SET)}, 0) AS withholdings
        FROM told
        WINDOW life AS (PARTITION BY run_id, ref ORDER BY time, seq ROWS UNBOUNDED PRECEDING)
        QUALIFY row_number() OVER (PARTITION BY run_id, ref, time ORDER BY seq DESC) = 1"""


def _conditions(log: Log) -> list[str]:
    """SQL for each of the nine messages, on a state ``d`` and the night ``f``; NULL where the policy does not say."""

    def value(name: str) -> Any:
        return log.value(f"dr-eligibility.{name}")

    def between(days: str, name: str) -> str:
        return f"coalesce({days} BETWEEN {int(value(f'{name}_from_days'))} AND {int(value(f'{name}_to_days'))}, FALSE)"

    def among(column: str, name: str, words: dict[str, int]) -> str:
        return f"{column} IN ({', '.join(str(words[each.lower()]) for each in value(name))})"

    no_arrangement = f"(d.arrangement = 0 OR d.status = {ARRANGEMENT_STATUSES['ceased']})"
    not_written_off = "d.debt_write_off = 0 AND d.customer_write_off = 0"
    harmless = among("d.customer_write_off", "harmless_write_offs", WRITE_OFFS)
    included = f"d.debt_write_off = 0 AND d.withholdable = 0 AND (d.customer_write_off = 0 OR {harmless})"
    declined = f"{among('d.arrangement', 'declined_arrangements', ARRANGEMENTS)} AND {included} AND " + among(
        "d.status", "declined_arrangement_states", ARRANGEMENT_STATUSES
    )
    overdue = f"{among('d.arrangement', 'overdue_repayments', ARRANGEMENTS)} AND {included} AND " + among(
        "d.status", "overdue_arrangement_states", ARRANGEMENT_STATUSES
    )

    def ends(name: str) -> str:
        """A write-off in force ends within these days; two in force must agree on the answer."""
        debt = f"(d.debt_write_off > 0 AND d.debt_ends > 0 AND {between('d.debt_ends - f.day', name)})"
        customer = f"(d.customer_write_off > 0 AND d.customer_ends > 0 AND {between('d.customer_ends - f.day', name)})"
        both = "d.debt_write_off > 0 AND d.customer_write_off > 0"
        return f"(CASE WHEN {both} AND {debt} <> {customer} THEN NULL ELSE {debt} OR {customer} END)"

    restarted = "coalesce(d.restarted_ms >= d.ended_ms, FALSE)"
    return [
        "coalesce(d.hardship_ms > coalesce(f.previous_ms, -1), FALSE) AND d.xcshsms = 0",
        f"{declined} AND {between('f.day - d.declined', 'declined')}",
        f"{overdue} AND {between('f.day - d.repayment_due', 'overdue')}",
        f"{between('f.day - ' + agency_ordinal('d.ended_ms'), 'restarted')} AND {restarted}",
        f"{between('f.day - d.due', 'debt_overdue')} AND {no_arrangement} AND {not_written_off}",
        f"d.current = 0 AND {no_arrangement} AND {ends('recovery_restarts')}",
        f"d.current = 1 AND d.withholdings = 1 AND {ends('withholdings_restart')}",
        between("d.auto_ends - f.day", "auto_setup"),
        f"d.withholdings = 0 AND {no_arrangement} AND {not_written_off} AND {between('d.due - f.day', 'due_soon')}",
    ]
