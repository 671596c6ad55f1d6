"""dr-similar: a DMIS message is not sent again when it, or one of its group, was sent in the days before."""

from sim.audit.codes import DAY, DEBT_MESSAGES, DMIS_CODE, Reason
from sim.audit.contest import Contest, judge
from sim.audit.debt_attempts import AFTER_SIMILAR
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-similar"
ENFORCED_BY = "system"
CLAUSE = (
    "DR, Eligibility for multiple debt recovery SMS messages: whether a similar message was sent in the last 7 days"
)


def audit(log: Log) -> RuleAudit:
    """Judge every message of DMIS that met its conditions at a nightly run, a message and night a case (in a foreign
    log every row of DMIS), by local days: `previous_days` lets a message go again on the day after the days that the
    rule looks back, `days_apart` on the last of them.

    A message that waits counts on its due day; withdrawn ones do not count, bounced ones do. What was stopped for its
    recipient, a vulnerability or a disaster pause is not asked for this. A suppression names the similar message as its
    winner.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    rows = log.number("SELECT count(*) FROM messages WHERE system = 'dmis'")
    if rows and "template" not in log.columns:
        tally.missing("the log has no column template")
        return tally.close()
    if not log.has_events:
        unknown = "messages WHERE system = 'dmis' AND template_code IS NULL AND outcome IN ('sent', 'held')"
        tally.leave_rows(unknown, "the template is not one of the policy's")
    judge(log, tally, _test(log))
    return tally.close()


def _test(log: Log) -> Contest:
    groups, days_of = dict(log.value("dr-similar.groups")), dict(log.value("dr-similar.days_of"))
    days = {name: int(days_of.get(name, log.value("dr-similar.days"))) for name in DEBT_MESSAGES}
    codes = {name: DMIS_CODE + number for number, name in enumerate(DEBT_MESSAGES, start=1)}

    def group(template: str) -> str:
        cases = " ".join(f"WHEN {code} THEN '{groups.get(name, name)}'" for name, code in codes.items())
        return f"CASE {template} {cases} END"

    reach = "CASE a.template " + " ".join(f"WHEN {code} THEN {days[name]}" for name, code in codes.items()) + " END"
    last = (
        f"{reach} - 1"
        if log.value("dr-similar.boundary") == "days_apart"
        else f"CASE {reach} WHEN 0 THEN -1 ELSE {reach} END"
    )
    between = "datediff('day', e.counted_day, a.due_day)"
    same = f"{group('e.template')} = {group('a.template')}"
    stages = int(Reason.SIMILAR | AFTER_SIMILAR)
    return Contest(
        reason=Reason.SIMILAR,
        scope="a.system = 'dmis'",
        blocks=f"e.system = 'dmis' AND {same} AND {between} BETWEEN 0 AND {last}",
        asked=f"(a.goes OR a.source = 'night') AND a.reasons & {~stages} = 0",
        winner_told=f"a.reasons & {~stages} = 0",
        reach_ms=(max(days.values()) + 2) * DAY,
        words="a similar message",
    )
