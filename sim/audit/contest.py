"""Judging the tests that debt messages stand between themselves: similar messages, the gap, one nudge a day.

Each is a condition on an attempt and what went before it (`sim.audit.debt_attempts`). Both sides are judged: what went
although something was in the way; what was suppressed or refused in the rule's name with nothing in the way, or with
another winner than what was in the way.
"""

from typing import NamedTuple

from sim.audit.codes import Reason
from sim.audit.debt_attempts import prepare
from sim.audit.log import Log
from sim.audit.verdicts import Tally

ASKED = f"""(a.is_top AND (a.goes OR
    (a.source = 'night' AND a.result = 'suppressed' AND a.reasons & {Reason.HIERARCHY} = 0)))"""
"""SQL: the gap and the nudge limit were tested for this attempt, the pick of its night or a message of its own."""
BEFORE = "what could have stood in its way lies before the log"


class Contest(NamedTuple):
    """A test. SQL on ``debt_attempts`` a and ``earlier`` e:

    `scope`: attempts that it concerns; `blocks`: what stands in the way; `asked`: attempts that the test was made for
    (the stages before it let them through), so that they had to be stopped; `winner_told`: suppressions whose winner is
    this rule's; `reach_ms`: how far back what stands in the way may lie. `words`: what stood in the way, for sentences.
    """

    reason: Reason
    scope: str
    blocks: str
    asked: str
    winner_told: str
    reach_ms: int
    words: str


def judge(log: Log, tally: Tally, test: Contest) -> None:
    """Judge all attempts, an attempt a case."""
    prepare(log)
    named = f"a.reasons & {test.reason} > 0"
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE contest_findings AS
        WITH blocked AS (
            SELECT a.attempt, list(DISTINCT e.template) AS winners, arg_max(e.message_id, e.counted_day) AS proof,
                max(e.counted_day) AS counted_day
            FROM debt_attempts AS a JOIN earlier AS e ON e.attempt = a.attempt
            WHERE ({test.scope}) AND ({test.blocks}) GROUP BY a.attempt
        )
        SELECT a.*, b.proof, b.counted_day, CASE
            WHEN {named} AND b.attempt IS NULL AND a.at_ms - {test.reach_ms} < runs.observed_from THEN 'before'
            WHEN {named} AND b.attempt IS NULL THEN 'no cause'
            WHEN {named} AND a.source = 'night' AND ({test.winner_told}) AND NOT list_contains(b.winners, a.winner)
                THEN 'wrong winner'
            WHEN NOT ({named}) AND ({test.asked}) AND b.attempt IS NOT NULL
                THEN CASE WHEN a.goes THEN 'went' ELSE 'not named' END
            WHEN {named} OR ({test.asked}) THEN 'right' END AS finding
        FROM debt_attempts AS a JOIN runs USING (run_id) LEFT JOIN blocked AS b USING (attempt)
        WHERE {test.scope}
    """)
    tally.count_findings("contest_findings", {"before": BEFORE})
    _report(log, tally, test)


_WHY = {
    "no cause": "{result} as {name} on {local} local time although {words} was not in the way.",
    "wrong winner": "{result} as {name} on {local} local time by a message that was not in the way.",
    "went": "Planned on {local} local time for {due_day} although {words} was in the way (counted on {counted_day}).",
    "not named": "{result} on {local} local time without naming {name} although {words} was in the way.",
}


def _report(log: Log, tally: Tally, test: Contest) -> None:
    rows = log.records("""
        SELECT *, local_text(at_ms, zone) AS local FROM contest_findings
        WHERE finding NOT IN ('right', 'before') ORDER BY run_id, at_ms, attempt""")
    for row in rows:
        # A night on which nothing went has no message of its own, and the one in the way broke nothing.
        named = [row["message_id"], row["proof"]] if row["message_id"] is not None else []
        said = {**row, "result": row["result"].capitalize(), "name": test.reason.name.lower(), "words": test.words}
        why = _WHY[row["finding"]].format(**said)
        events = [] if row["show_seq"] is None else [row["show_seq"]]
        tally.breach(row["customer_id"], named, why, row["at_ms"], events, row["run_id"])
