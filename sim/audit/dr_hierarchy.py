"""dr-hierarchy: of several DMIS messages that are eligible for a customer on a day, the highest is sent."""

from itertools import groupby
from typing import NamedTuple

from sim.audit.codes import AGENCY_ZONE, Reason
from sim.audit.debt_attempts import rank
from sim.audit.debt_runs import prepare
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-hierarchy"
ENFORCED_BY = "system"
CLAUSE = "DR, Eligibility for multiple debt recovery SMS messages: the following hierarchy is applied"

STOPS_THE_PICK = int(Reason.GAP | Reason.ONE_NUDGE)
CONTEST = STOPS_THE_PICK | int(Reason.HIERARCHY)


class _Entry(NamedTuple):
    """One message of one customer on one night. `rank` is its place in the hierarchy; `pick` its message id, 0 when it
    was not picked; `suppressed` tells whether a suppression was recorded."""

    run_id: int
    customer: str
    day: object
    template: int
    title: str
    rank: int
    reasons: int
    winner: int
    suppressed: bool
    pick: int
    at_ms: int
    seq: int
    local: str


def audit(log: Log) -> RuleAudit:
    """Judge every night on which a customer was eligible for a message of DMIS, a customer and night a case.

    Of the eligible messages that were not suppressed for their recipient, a vulnerability, a disaster pause or a
    similar message, the highest is picked and sent; every other is suppressed by the hierarchy with the pick as its
    winner. When the gap or the nudge limit stops the pick, nothing is sent that day. Whoever was eligible is picked or
    suppressed. What DMIS issues was picked in a nightly run, once, and is due at the policy's time of that local day.

    A foreign log is judged by the rows of DMIS with one agency date of issue: two that go, one that goes although a
    higher one was suppressed in the contest, and one suppressed by the hierarchy without a higher one. A suppressed row
    stands for as many nights as its column `nights` says, else for one.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if log.has_events:
        _judge_nights(log, tally)
        _judge_issues(log, tally)
    else:
        _judge_rows(log, tally)
    return tally.close()


def _judge_nights(log: Log, tally: Tally) -> None:
    prepare(log)
    rows = log.rows(f"""
        SELECT n.run_id, n.customer_id, n.day, n.template, coalesce(t.id, CAST(n.template AS VARCHAR)),
            coalesce({rank(log, "n.template")}, 99), n.reasons, n.winner, n.suppressed_seq IS NOT NULL,
            coalesce(n.pick, 0), n.run_ms, coalesce(n.pick_seq, n.suppressed_seq, n.eligible_seq),
            local_text(n.run_ms, '{AGENCY_ZONE}')
        FROM debt_nights AS n LEFT JOIN templates AS t ON t.code = n.template
        WHERE n.system = 'dmis' AND n.eligible
        ORDER BY n.run_id, n.customer_id, n.day, 6, n.template""")
    for (run_id, *_), night in groupby((_Entry(*row) for row in rows), key=lambda entry: entry[:3]):
        tally.judged(run_id)
        _judge_night(tally, list(night))


def _judge_night(tally: Tally, night: list[_Entry]) -> None:
    contestants = [entry for entry in night if not entry.reasons & ~CONTEST]
    for entry in night:
        if entry.pick and entry.reasons & ~CONTEST:
            _blame(tally, entry, f"{entry.title} was picked although it was suppressed")
    if not contestants:
        return
    top, losers = contestants[0], contestants[1:]
    if not top.pick and not top.suppressed:
        _blame(tally, top, f"{top.title} was the highest eligible message, and was neither picked nor suppressed")
    elif top.pick and top.suppressed:
        _blame(tally, top, f"{top.title} was picked although it was suppressed")
    elif top.reasons & Reason.HIERARCHY and not any(loser.pick for loser in losers):
        _blame(tally, top, f"{top.title} was suppressed by the hierarchy although no higher message was eligible")
    for loser in losers:
        if loser.pick:
            _blame(tally, loser, f"{loser.title} was picked although {top.title} stands higher")
        elif loser.reasons != Reason.HIERARCHY:
            _blame(tally, loser, f"{loser.title} lost to {top.title} and was not suppressed by the hierarchy alone")
        elif loser.winner != top.template:
            _blame(tally, loser, f"{loser.title} was suppressed with another winner than {top.title}")


def _blame(tally: Tally, entry: _Entry, what: str) -> None:
    messages = [entry.pick] if entry.pick else []
    why = f"In the nightly run of {entry.local} agency time {what}."
    tally.breach(entry.customer, messages, why, entry.at_ms, [entry.seq], entry.run_id)


def _judge_issues(log: Log, tally: Tally) -> None:
    """What DMIS issued was picked, and what it picked was issued (or refused, which other rules judge), for the time
    that the policy plans."""
    rows = log.rows("""
        WITH picks AS (
            SELECT run_id, pick AS message, min(due_ms) AS due_ms, min(pick_seq) AS seq, min(run_ms) AS run_ms,
                any_value(customer_id) AS customer_id, any_value(zone) AS zone, count(*) AS times
            FROM debt_nights WHERE system = 'dmis' AND pick IS NOT NULL GROUP BY ALL
        ), issued AS (
            SELECT * FROM messages WHERE system = 'dmis' AND (accepted OR outcome = 'refused')
        )
        SELECT coalesce(p.run_id, m.run_id), coalesce(p.message, m.message), coalesce(p.customer_id, m.customer_id),
            coalesce(m.issued_ms, p.run_ms) AS at_ms, coalesce(m.attempt_seq, p.seq) AS seq, CASE
            WHEN p.message IS NULL THEN 'was issued without having been picked in a nightly run'
            WHEN m.message IS NULL THEN 'was picked and never issued'
            WHEN p.times > 1 THEN 'was picked more than once'
            ELSE 'is due at another time than the one planned' END AS what,
            local_text(at_ms, coalesce(m.issued_zone, p.zone)) AS local
        FROM picks AS p FULL JOIN issued AS m ON m.run_id = p.run_id AND m.message = p.message
        WHERE (p.message IS NULL AND m.accepted) OR m.message IS NULL OR p.times > 1
            OR (m.accepted AND coalesce(m.due_ms, m.issued_ms) <> p.due_ms)
        ORDER BY 1, at_ms, seq""")
    for run_id, message, customer, at_ms, seq, what, local in rows:
        tally.judged(run_id)
        why = f"A message of DMIS of {local} local time {what}."
        tally.breach(customer, [message], why, at_ms, [seq], run_id)


# A foreign log.


def _judge_rows(log: Log, tally: Tally) -> None:
    rows = log.number("SELECT count(*) FROM messages WHERE system = 'dmis'")
    if rows and "template" not in log.columns:
        tally.missing("the log has no column template")
        return
    order = rank(log, "template_code")
    tally.leave_rows(f"messages WHERE system = 'dmis' AND {order} IS NULL", "its template is none of the nine messages")
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE planned_rows AS
        SELECT * FROM (
            SELECT *, {order} AS place, coalesce(reasons, 0) AS why, outcome IN ('sent', 'held', 'withdrawn') AS goes,
                unnest(generate_series(0, greatest(coalesce(nights, 1), 1) - 1)) AS night,
                CAST(local_day(issued_ms, '{AGENCY_ZONE}') + CAST(night AS INTEGER) AS DATE) AS run_day
            FROM messages WHERE system = 'dmis' AND channel = 'sms'
        ) WHERE place IS NOT NULL AND (goes OR outcome = 'suppressed')
    """)
    tally.judged_rows("planned_rows", "count(DISTINCT (customer_id, run_day))")
    _report_rows(log, tally)


_WHY = {
    "two": "Goes although {other}, which stands higher, goes on the same day (issued on {local} local time).",
    "passed over": "Goes although {other}, which stands higher, was suppressed in the contest of the same day (issued "
    "on {local} local time).",
    "no winner": "Suppressed by the hierarchy on {local} local time although no higher message was eligible that day.",
}


def _report_rows(log: Log, tally: Tally) -> None:
    early = ~CONTEST
    rows = log.records(f"""
        WITH pairs AS (
            SELECT a.run_id, a.row_id, a.run_day, arg_min(b.template, b.place) FILTER (WHERE b.goes) AS higher,
                arg_min(b.message_id, b.place) FILTER (WHERE b.goes) AS higher_id,
                arg_min(b.template, b.place) FILTER (WHERE NOT b.goes) AS stopped,
                arg_min(b.message_id, b.place) FILTER (WHERE NOT b.goes) AS stopped_id,
                count(*) FILTER (WHERE b.goes OR b.why & {STOPS_THE_PICK} > 0) AS winners
            FROM planned_rows AS a JOIN planned_rows AS b
                ON b.run_id = a.run_id AND b.customer_id = a.customer_id AND b.run_day = a.run_day
                AND b.place < a.place AND (b.goes OR (b.why > 0 AND b.why & {early} = 0))
            GROUP BY ALL
        )
        SELECT a.*, CASE WHEN a.goes AND higher_id IS NOT NULL THEN 'two' WHEN a.goes AND stopped_id IS NOT NULL
                THEN 'passed over' WHEN NOT a.goes AND coalesce(winners, 0) = 0 THEN 'no winner' END AS finding,
            CASE WHEN higher_id IS NOT NULL THEN higher ELSE stopped END AS other,
            CASE WHEN higher_id IS NOT NULL THEN higher_id ELSE stopped_id END AS other_id,
            local_text(a.issued_ms, a.issued_zone) AS local
        FROM planned_rows AS a LEFT JOIN pairs USING (run_id, row_id, run_day)
        WHERE (a.goes AND (higher_id IS NOT NULL OR stopped_id IS NOT NULL))
            OR (NOT a.goes AND a.why & {Reason.HIERARCHY} > 0 AND a.why & {early} = 0 AND coalesce(winners, 0) = 0)
        ORDER BY run_id, a.issued_ms, row_id, run_day""")
    for row in rows:
        why = _WHY[row["finding"]].format(**row)
        tally.breach(row["customer_id"], [row["message_id"], row["other_id"]], why, row["issued_ms"], (), row["run_id"])
