"""dr-gap: one full day lies between any two DMIS messages to a customer."""

from sim.audit.codes import DAY, Reason
from sim.audit.contest import ASKED, Contest, judge
from sim.audit.debt_attempts import prepare
from sim.audit.log import Log
from sim.audit.procedure_cases import business_days_before
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-gap"
ENFORCED_BY = "system"
CLAUSE = "DR, Eligibility for multiple debt recovery SMS messages: one full day between any two DMIS SMS messages"

_REACH_DAYS = {"full_day": 3, "hours_24": 3, "business_day": 9}


def audit(log: Log) -> RuleAudit:
    """Judge the pick of every nightly run of DMIS, a customer and night a case (in a foreign log every row of DMIS).

    `full_day`: sent on local day D, the next on D+2 at the earliest. `hours_24`: the due instants are at least 24
    elapsed hours apart. `business_day`: none on the previous business day nor since. A message that waits counts on its
    due day, and while one waits no other is planned; withdrawn ones do not count, bounced ones do.

    A foreign log is judged by the local days of sending; `hours_24` needs its due instants (`due_at`).
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    reading = str(log.value("dr-gap.reading"))
    rows = log.number("SELECT count(*) FROM messages WHERE system = 'dmis'")
    if rows and reading == "hours_24" and not log.has_events and "due_at" not in log.columns:
        tally.missing("the log has no column due_at")
        return tally.close()
    prepare(log)
    _business_days(log)
    apart = {
        "full_day": "datediff('day', e.counted_day, a.due_day) < 2",
        "hours_24": f"a.due_ms - e.due_ms < {DAY}",
        "business_day": "e.counted_day >= (SELECT b.previous FROM business_days AS b WHERE b.day = a.due_day)",
    }[reading]
    test = Contest(
        reason=Reason.GAP,
        scope="a.system = 'dmis'",
        blocks=f"e.system = 'dmis' AND (e.waits OR {apart})",
        asked=ASKED,
        winner_told="TRUE",
        reach_ms=_REACH_DAYS[reading] * DAY,
        words="another message of DMIS",
    )
    judge(log, tally, test)
    return tally.close()


def _business_days(log: Log) -> None:
    """Make the table ``business_days``: for each day on which something is due, the business day before it."""
    log.db.execute("CREATE OR REPLACE TEMP TABLE business_days (day DATE, previous DATE)")
    days = [day for (day,) in log.rows("SELECT DISTINCT due_day FROM debt_attempts WHERE system = 'dmis' ORDER BY 1")]
    if days:
        pairs = ", ".join(f"(DATE '{day}', DATE '{business_days_before(day, 1)}')" for day in days)
        log.db.execute(f"INSERT INTO business_days VALUES {pairs}")
