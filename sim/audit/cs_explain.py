"""cs-explain: a customer who asks why they got an SMS is told the four points."""

from sim.audit.codes import Event
from sim.audit.follow_ups import NOT_YET, blame, follow_ups_known, latest_due, lives, of
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-explain"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Check EM subscription: If a customer queries why they have received an SMS, explain"

POINTS = {
    1: "that messages concern their own circumstances",
    2: "that messages hold no personal information and no link",
    3: "that messages cannot be answered",
    4: "that a changed number or address must be told",
}


def audit(log: Log) -> RuleAudit:
    """Judge every customer who asked, a question a case: all four points are told, in whatever order and by whichever
    officer. What was left out is a breach when the work on the question ended, or when 5 business days of the log came
    after the question or the last point; before that it is unjudged.

    The other side: a point that the document does not have, or one that is told twice to one question, is a breach.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not follow_ups_known(log, tally, "what customers asked and were told"):
        return tally.close()
    due = latest_due(log)
    for life in lives(log, Event.EXPLANATION_ASKED, (Event.EXPLAINED, Event.WORK_ENDED)):
        asked, told = life[0], of(life, Event.EXPLAINED)
        points = [row.value for row in told]
        missing = [words for point, words in POINTS.items() if point not in points]
        opening = f"Customer {asked.customer} asked on {asked.local} agency time why they got an SMS and"
        if any(point not in POINTS for point in points) or len(set(points)) < len(points):
            blame(tally, asked, f"{opening} was told something twice or that is none of the four points.", told)
        elif not missing:
            tally.judged(asked.run_id)
        elif of(life, Event.WORK_ENDED) or life[-1].time <= due[asked.run_id]:
            blame(tally, asked, f"{opening} was not told {', nor '.join(missing)}.", told)
        else:
            tally.leave(asked.run_id, 1, NOT_YET)
    return tally.close()
