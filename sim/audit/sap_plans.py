"""When SAP confirms and nudges (policy.md F): the other half of `dr-kind`, judged in a run.

- An arrangement is confirmed on the agency date on which it is set up or changed: recorded in force when none was, or
  of another kind. That a broken one is in force again may be confirmed; nothing else is.
- A nudge goes so many days (policy data) before an instalment of an arrangement in force is due: once a customer and
  agency date, planned for the policy's time of that local day, and at no other time. (One that another nudge keeps from
  going is judged by `dr-one-nudge`; who may not get one, by the recipient rules.)
- Service offers are sent by officers.

What was true at the start of the log is not new.
"""

from sim.audit.codes import AGENCY_ZONE, ARRANGEMENT_STATUSES, ARRANGEMENTS, Event
from sim.audit.debt_runs import agency_ordinal, planned_due
from sim.audit.debt_runs import prepare as prepare_nights
from sim.audit.debt_states import prepare as prepare_states
from sim.audit.log import Log
from sim.audit.verdicts import Tally

_IN_FORCE = f"({ARRANGEMENT_STATUSES['pnd']}, {ARRANGEMENT_STATUSES['cur']})"
_BY_INSTALMENTS = f"({ARRANGEMENTS['vol']}, {ARRANGEMENTS['csh']}, {ARRANGEMENTS['irr']})"


def judge_plans(log: Log, tally: Tally) -> None:
    """Judge SAP's confirmations and nudges, and who sent service offers."""
    prepare_states(log)
    prepare_nights(log)
    _judge_confirmations(log, tally)
    _judge_nudges(log, tally)
    _judge_offers(log, tally)


def _judge_confirmations(log: Log, tally: Tally) -> None:
    """SAP's confirmations against the arrangements that were set up or changed, by customer and agency date."""
    arrangement, before = "value // 10", "lag(value // 10, 1, 0) OVER life"
    status, status_before = "value % 10", "lag(value % 10, 1, 0) OVER life"
    over = f"(0, {ARRANGEMENT_STATUSES['ceased']})"
    rows = log.rows(f"""
        WITH changes AS (
            SELECT run_id, customer, time, seq, {status} IN {_IN_FORCE} AS in_force,
                {status} IN {_IN_FORCE} AND ({status_before} IN {over} OR {arrangement} <> {before}) AS is_new
            FROM events WHERE event = {Event.ARRANGEMENT_SET}
            WINDOW life AS (PARTITION BY run_id, ref ORDER BY time, seq)
        ), days AS (
            SELECT c.run_id, c.customer, local_day(c.time, '{AGENCY_ZONE}') AS day,
                count(*) FILTER (WHERE is_new AND c.time > runs.observed_from) AS wanted,
                count(*) FILTER (WHERE in_force) AS allowed,
                min(c.time) AS at_ms, min(c.seq) AS seq
            FROM changes AS c JOIN runs USING (run_id) GROUP BY ALL
        ), sent AS (
            SELECT m.run_id, m.customer, local_day(m.pressed_ms, '{AGENCY_ZONE}') AS day, count(*) AS sends,
                min(m.pressed_ms) AS at_ms, min(m.attempt_seq) AS seq, arg_max(m.message, m.attempt_seq) AS message
            FROM messages AS m JOIN templates AS t ON t.code = m.template_code
            WHERE m.system = 'sap' AND t.kind = 'confirmation' GROUP BY ALL
        )
        SELECT coalesce(d.run_id, s.run_id), coalesce(d.customer, s.customer), s.message,
            coalesce(s.at_ms, d.at_ms) AS at_ms, coalesce(s.seq, d.seq),
            coalesce(d.wanted, 0), coalesce(d.allowed, 0), coalesce(s.sends, 0),
            local_text(coalesce(s.at_ms, d.at_ms), '{AGENCY_ZONE}')
        FROM days AS d FULL JOIN sent AS s ON s.run_id = d.run_id AND s.customer = d.customer AND s.day = d.day
        WHERE coalesce(d.wanted, 0) + coalesce(s.sends, 0) > 0 ORDER BY 1, 4, 5""")
    for run_id, customer, message, at_ms, seq, wanted, allowed, sends, local in rows:
        tally.judged(run_id, max(wanted, sends))
        if sends < wanted:
            why = f"SAP did not confirm an arrangement that was set up or changed on {local} agency time."
            tally.breach(customer, [], why, at_ms, [seq], run_id)
        elif sends > allowed:
            why = f"SAP confirmed an arrangement on {local} agency time although none was set up or changed that day."
            tally.breach(customer, [message], why, at_ms, [seq], run_id)


def _judge_nudges(log: Log, tally: Tally) -> None:
    """SAP's nudges against the instalments that are due on the day after, by customer and agency date."""
    ahead = int(log.value("dr-kind.sap_nudge_days_before"))
    due = planned_due(log, "day", "pressed_ms", "issued_zone", log.time_of_day("dr-kind.sap_due_at"))
    rows = log.rows(f"""
        WITH debts AS (SELECT DISTINCT run_id, customer, ref FROM debt_states), wanted AS (
            SELECT n.run_id, d.customer, n.day, any_value(n.run_ms) AS run_ms, any_value(n.seq) AS seq,
                bool_or(s.arrangement IN {_BY_INSTALMENTS} AND s.status IN {_IN_FORCE}) AS wanted
            FROM nightly_runs AS n JOIN debts AS d USING (run_id)
            ASOF JOIN debt_states AS s ON s.run_id = n.run_id AND s.ref = d.ref AND n.run_ms >= s.time
            WHERE n.system = 'sap' AND s.raised AND NOT s.paid AND s.repayment_due = n.day + {ahead} GROUP BY ALL
        ), tried AS (
            SELECT *, {due} AS due_right FROM (
                SELECT m.*, {agency_ordinal("m.pressed_ms")} AS day FROM messages AS m
                JOIN templates AS t ON t.code = m.template_code WHERE m.system = 'sap' AND t.kind = 'nudge'
            )
        ), presses AS (
            SELECT run_id, customer, day, count(*) AS sends, min(pressed_ms) AS at_ms, min(attempt_seq) AS seq,
                arg_max(message, attempt_seq) AS message,
                bool_and(NOT accepted OR coalesce(due_ms, issued_ms) = due_right) AS in_time
            FROM tried GROUP BY ALL
        ), stopped AS (
            SELECT run_id, customer, day FROM debt_nights WHERE system = 'sap' AND suppressed_seq IS NOT NULL
        )
        SELECT coalesce(w.run_id, p.run_id), coalesce(w.customer, p.customer), p.message,
            coalesce(p.at_ms, w.run_ms) AS at_ms, coalesce(p.seq, w.seq), CASE
            WHEN p.sends IS NULL AND s.day IS NULL AND w.wanted THEN 'did not nudge before an instalment was due'
            WHEN p.sends > 0 AND w.day IS NULL THEN 'nudged although no instalment was due on the day to come'
            WHEN p.sends > 1 THEN 'nudged more than once'
            WHEN NOT p.in_time THEN 'nudged for another time than the one planned' END,
            local_text(coalesce(p.at_ms, w.run_ms), '{AGENCY_ZONE}')
        FROM wanted AS w
        FULL JOIN presses AS p ON p.run_id = w.run_id AND p.customer = w.customer AND p.day = w.day
        LEFT JOIN stopped AS s ON s.run_id = w.run_id AND s.customer = w.customer AND s.day = w.day
        WHERE w.wanted OR p.sends > 0 ORDER BY 1, 4, 5""")
    for run_id, customer, message, at_ms, seq, what, local in rows:
        tally.judged(run_id)
        if what:
            tally.breach(customer, [message], f"SAP {what} ({local} agency time).", at_ms, [seq], run_id)


def _judge_offers(log: Log, tally: Tally) -> None:
    rows = log.rows("""
        SELECT run_id, message, customer, issued_ms, attempt_seq, local_text(issued_ms, issued_zone) FROM messages
        WHERE kind = 'service_offer' AND accepted AND officer = 0 ORDER BY run_id, row_id""")
    for run_id, message, customer, at_ms, seq, local in rows:
        why = f"A service offer of {local} local time was sent by no officer."
        tally.breach(customer, [message], why, at_ms, [seq], run_id)
