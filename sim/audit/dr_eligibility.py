"""dr-eligibility: each DMIS message has its own conditions, tested once an agency date in the nightly run."""

from sim.audit.codes import AGENCY_ZONE, SYSTEMS, Event
from sim.audit.debt_runs import day_of
from sim.audit.debt_states import prepare
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-eligibility"
ENFORCED_BY = "system"
CLAUSE = "OB 107-23071302 Resources; DR, Eligibility for multiple debt recovery SMS messages"


def audit(log: Log) -> RuleAudit:
    """Judge every message of DMIS and customer on every night on which it was found eligible, or should have been: the
    nine conditions are worked out anew from the facts on record at the run (`sim.audit.debt_states`) and held against
    the spans of eligibility, both ways. What was picked or suppressed was eligible.

    The run is made once on every agency date, at the policy's time. In a foreign log the facts of debts are missing.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.has_events:
        if log.number("SELECT count(*) FROM messages WHERE system = 'dmis'"):
            tally.missing("the facts of debts are not in this log")
        return tally.close()
    prepare(log)
    _judge_nights(log, tally)
    _judge_runs(log, tally)
    return tally.close()


_WHY = {
    "not found": "{title} was not found eligible in the nightly run of {run_day} (agency date) although a debt met its "
    "conditions.",
    "not met": "{title} was found eligible in the nightly run of {run_day} (agency date) although no debt met its "
    "conditions.",
    "not eligible": "{title} was {what} in the nightly run of {run_day} (agency date) without being eligible.",
}


def _judge_nights(log: Log, tally: Tally) -> None:
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE eligibility_findings AS
        WITH found AS (SELECT * FROM debt_nights WHERE system = 'dmis'), both_sides AS (
            SELECT coalesce(n.run_id, e.run_id) AS run_id, coalesce(n.customer_id, e.customer_id) AS customer_id,
                coalesce(n.template, e.template) AS template, coalesce(n.day, e.day) AS day,
                n.pick, n.eligible_seq, n.pick_seq, n.suppressed_seq, coalesce(n.eligible, FALSE) AS eligible,
                e.day IS NOT NULL AND e.met IS NULL AS unsure, coalesce(e.met, FALSE) AS met,
                (coalesce(n.run_id, e.run_id), coalesce(n.customer_id, e.customer_id), coalesce(n.template, e.template))
                    IN (SELECT (run_id, CAST(customer AS VARCHAR), template) FROM events
                        WHERE event = {Event.ELIGIBILITY_INJECTED}) AS injected
            FROM found AS n FULL JOIN expected_nights AS e ON e.run_id = n.run_id
                AND e.customer_id = n.customer_id AND e.template = n.template AND e.day = n.day
        )
        SELECT b.*, coalesce(t.id, CAST(b.template AS VARCHAR)) AS title, {day_of("b.day")} AS run_day,
            CASE WHEN pick IS NULL THEN 'suppressed' ELSE 'picked' END AS what,
            coalesce(pick_seq, eligible_seq, suppressed_seq) AS show_seq,
            CASE WHEN injected THEN 'injected' WHEN unsure THEN 'unsure'
                WHEN met AND NOT eligible THEN 'not found'
                WHEN eligible AND NOT met THEN 'not met'
                WHEN NOT eligible THEN 'not eligible' ELSE 'right' END AS finding
        FROM both_sides AS b LEFT JOIN templates AS t ON t.code = b.template
    """)
    left = {
        "unsure": "written off at two levels that end on different days",
        "injected": "a test made the customer eligible, whatever is on record",
    }
    tally.count_findings("eligibility_findings", left)
    rows = log.records("""
        SELECT f.*, n.run_ms FROM eligibility_findings AS f LEFT JOIN nightly_runs AS n
            ON n.run_id = f.run_id AND n.day = f.day AND n.system = 'dmis'
        WHERE finding NOT IN ('right', 'unsure', 'injected') ORDER BY f.run_id, f.day, f.customer_id, f.template""")
    for row in rows:
        events = [] if row["show_seq"] is None else [row["show_seq"]]
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["pick"]], why, row["run_ms"], events, row["run_id"])


def _judge_runs(log: Log, tally: Tally) -> None:
    """Once on every agency date of the log, where there are debts at all."""
    at = log.time_of_day("dr-eligibility.run_at")
    rows = log.rows(f"""
        WITH concerned AS (
            SELECT DISTINCT run_id FROM events WHERE event = {Event.DEBT_RAISED}
        ), days AS (
            SELECT run_id, unnest(generate_series(local_day(observed_from, '{AGENCY_ZONE}'),
                local_day(observed_to - 1, '{AGENCY_ZONE}'), INTERVAL 1 DAY)) AS day
            FROM runs SEMI JOIN concerned USING (run_id)
        ), wanted AS (
            SELECT run_id, instant_at(day, {at}, '{AGENCY_ZONE}') AS run_ms FROM days JOIN runs USING (run_id)
            WHERE run_ms >= observed_from AND run_ms < observed_to
        ), made AS (
            SELECT run_id, time AS run_ms, min(seq) AS seq, count(*) AS times FROM events
            WHERE event = {Event.NIGHTLY_RUN} AND system = {SYSTEMS["dmis"]} GROUP BY ALL
        )
        SELECT coalesce(w.run_id, m.run_id), coalesce(w.run_ms, m.run_ms) AS at_ms, m.seq, CASE
            WHEN m.run_ms IS NULL THEN 'was not made' WHEN w.run_ms IS NULL THEN 'was made at another time'
            ELSE 'was made more than once' END,
            local_text(at_ms, '{AGENCY_ZONE}')
        FROM wanted AS w FULL JOIN made AS m ON m.run_id = w.run_id AND m.run_ms = w.run_ms
        WHERE w.run_ms IS NULL OR m.run_ms IS NULL OR m.times > 1 ORDER BY 1, 2""")
    for run_id, at_ms, seq, what, local in rows:
        tally.judged(run_id)
        why = f"The nightly run of {local} agency time {what}."
        tally.breach(0, [], why, at_ms, [] if seq is None else [seq], run_id)
