"""The tests of the Generate Desktop Message dialog that turn on the request itself: access, channel, template, fields.

`prepare` works them out once, in the table ``dialog_checks``, a row for each Send that was accepted or refused and for
each one-hour question: run_id, row_id, message_id, customer_id, officer_id, system, channel, zone, moment, result,
reasons, at_ms, seq, day (local), access (1 Cuba + 2 Pluto; NULL: unknown), template_code, known (in the policy),
template_of (the system that sends it), needs_contact_time, needs_by_date, contact_time, by_date.
"""

from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.two_sided import Test, judge_tests
from sim.audit.verdicts import RuleAudit


def prepare(log: Log) -> None:
    """Make the table ``dialog_checks``."""
    if log.has_table("dialog_checks"):
        return
    # A run names every template by its code; what a foreign log names and the policy does not know is its own.
    known = "t.code IS NOT NULL" if log.has_events else "CASE WHEN t.code IS NOT NULL THEN TRUE END"
    needs = "coalesce(t.{0}, FALSE)" if log.has_events else "t.{0}"
    log.db.execute(f"""
        CREATE TEMP TABLE dialog_checks AS
        WITH instants AS (
            SELECT *, CASE WHEN accepted THEN 'accepted' ELSE 'refused' END AS result, issued_ms AS at_ms,
                attempt_seq AS seq, issued_day AS day
            FROM messages WHERE accepted OR outcome = 'refused'
            UNION ALL
            SELECT *, 'asked', asked_ms, asked_seq, local_day(asked_ms, issued_zone) FROM messages
            WHERE asked_ms IS NOT NULL
        ), access AS (
            SELECT run_id, officer, time, arg_max(value, seq) AS value FROM events
            WHERE event = {Event.ACCESS_RECORDED} GROUP BY run_id, officer, time
        )
        SELECT i.run_id, i.row_id, i.message_id, i.customer_id, i.officer_id, i.system, i.channel,
            i.issued_zone AS zone, 'issue' AS moment, i.result,
            CASE WHEN i.result = 'refused' THEN coalesce(i.reasons, 0) ELSE 0 END AS reasons,
            i.at_ms, i.seq, i.day, a.value AS access, i.template_code, {known} AS known, t.system AS template_of,
            {needs.format("needs_contact_time")} AS needs_contact_time,
            {needs.format("needs_by_date")} AS needs_by_date,
            i.contact_time, i.by_date
        FROM instants AS i
        ASOF LEFT JOIN access AS a ON a.run_id = i.run_id AND a.officer = i.officer AND i.at_ms >= a.time
        LEFT JOIN templates AS t ON t.code = i.template_code
    """)


CHILD_SUPPORT = "system IN ('pluto', 'cuba')"


def judge_dialog(log: Log, rule: str, tests: tuple[Test, ...], scope: str = CHILD_SUPPORT) -> RuleAudit:
    """Hold the tests of one rule against the checks of `scope` (SQL)."""
    prepare(log)
    known = log.columns | ({"access"} if log.has_events else set())
    return judge_tests(log, rule, f"(FROM dialog_checks WHERE {scope})", tests, known)
