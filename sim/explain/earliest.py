"""The earliest instant at which a Send that was refused or held would go: accepted, and due at once.

Between two candidate instants nothing changes that a rule could see, so it is enough to judge at each of them: changes
of facts, what became of the customer's other messages and the ends of the hours after them, the openings of the window,
and midnights, where the counts of a day begin anew. Up to the end of the run the facts are those on record at each
instant; after it none come, and what waits goes when it is due. The message in question is left out: it was not sent.
"""

from collections.abc import Iterable, Iterator

from sim.clock import DAY, Clock
from sim.explain import centrelink, child_support
from sim.explain.afterwards import Afterwards
from sim.explain.chronicle import Row
from sim.explain.explanation import Earliest
from sim.explain.law import CHILD_SUPPORT, Law
from sim.explain.standing import Standing
from sim.explain.words import day_words, local
from sim.history import Event
from sim.messages import Outcome, Reason, Request, System

Judged = child_support.Judged | centrelink.Judged

_WHILE: tuple[tuple[Reason, str], ...] = (
    (Reason.NO_ACCESS, "the officer lacks access"),
    (Reason.CHANNEL_NOT_APPROVED, "the channel is not approved"),
    (Reason.OPTED_OUT, "the opt-out stands"),
    (Reason.DECEASED, "a death is on record"),
    (Reason.RESTRICTED_ACCESS, "the restricted access is set"),
    (Reason.EMPLOYER, "the customer is an employer"),
    (Reason.NO_MOBILE, "no mobile is on record"),
    (Reason.INVALID_MOBILE, "the mobile is marked Invalid"),
    (Reason.OVERSEAS_MOBILE, "the mobile is an overseas one"),
    (Reason.SERVICE_UNSUBSCRIBED, "the service is ended, or the email is not valid"),
    (Reason.FDV_UNDISCUSSED, "the applicant's concerns are not discussed"),
    (Reason.UNKNOWN_TEMPLATE, "it names this template"),
    (Reason.MISSING_FIELD, "a field is left empty"),
    (Reason.BY_DATE_IN_PAST, "its By date is past"),
    (Reason.DAILY_LIMIT, "the daily limit is 0"),
    (Reason.VULNERABLE, "the vulnerability is on record"),
    (Reason.DISASTER_PAUSE, "the disaster pause covers the postcode"),
    (Reason.NOT_A_CENTRELINK_CUSTOMER, "Centrelink has no record of the customer"),
)


def judge(law: Law, request: Request, standing: Standing, now: int) -> Judged:
    """Judge this Send at `now` by the rules of its system."""
    if request.system in CHILD_SUPPORT:
        return child_support.judge(law, request, standing, now)
    return centrelink.judge(law, request, standing, now)


def earliest_send(law: Law, rows: list[Row], request: Request, after: int, end: int) -> Earliest:
    """The first instant after `after` at which this Send, pressed then for the first time, would be sent at once.

    `rows` are those of `Chronicle.about`; the run ends at `end` (both ms UTC).
    """
    asked = request._replace(confirmed=0)
    others = [row for row in rows if row.message != request.message]
    standing = Standing(request.customer, law.agency, request.officer)
    for row in others:
        standing.told(row)
    later = list(Afterwards(law, standing, end).rows())
    last_zone = standing.value("zone")
    standing = Standing(request.customer, law.agency, request.officer)
    told, confirmed_at, judged = iter([*others, *later]), -1, None
    waiting = next(told, None)
    for time in candidates(law, [*others, *later], request, after, end):
        while waiting is not None and waiting.time <= time:
            standing.told(waiting)
            waiting = next(told, None)
        judged = judge(law, asked, standing, time)
        if judged.outcome == Outcome.SENT:
            note = _outage(others, time, judged.recipient.zone)
            return Earliest(time, judged.recipient.zone, time, time >= end, "", note, confirmed_at)
        if judged.outcome == Outcome.NEEDS_CONFIRMATION and confirmed_at < 0 and judged.is_open:
            confirmed_at = time
    assert judged is not None
    return Earliest(-1, last_zone, never=never_words(law, judged), if_confirmed=confirmed_at)


def candidates(law: Law, rows: list[Row], request: Request, after: int, end: int) -> list[int]:
    """Every instant after `after` at which the answer to this Send could become another one, in order."""
    values = law.values
    found = [after + 1, end]
    zones = {0: law.agency}
    last = max(after, end)
    for row in rows:
        found.append(row.time)
        if row.event == Event.ZONE_RECORDED and row.customer == request.customer:
            zones[row.value] = law.clocks[row.value]
        if row.event in (Event.ISSUED, Event.HELD_AGAIN):
            found += [row.value, row.value + DAY]
            last = max(last, row.value)
        if row.event in (Event.ISSUED, Event.ACKNOWLEDGED):
            found.append(row.time + values.confirm_ms + values.confirm_inclusive)
        last = max(last, row.time)
    plan = _planned_time(law, request)
    reach = last + values.confirm_ms + (_reach(law, request) + 2) * DAY
    spread = law.rules.spread_offset(request.customer, values.spread_ms)
    for clock in zones.values():
        found += _daily(clock, after, reach, (0, values.opens_ms, *plan))
        # What a batch means for a time before the opening is due with the releases.
        found += (time + spread for time in _daily(clock, after, reach, (values.opens_ms,)) if plan)
    found += _daily(law.agency, after, reach, (0,))
    return sorted(dict.fromkeys(time for time in found if after < time <= reach))


def _daily(clock: Clock, after: int, until: int, times: Iterable[int]) -> Iterator[int]:
    return (clock.daily(day, time) for day in range(clock.day(after), clock.day(until) + 1) for time in times)


def _planned_time(law: Law, request: Request) -> tuple[int, ...]:
    plan = centrelink.plan_of(law, request.system, request.template, 0)
    return () if plan is None else (plan[1],)


def _reach(law: Law, request: Request) -> int:
    """For how many days after the last event a rule of this system looks back."""
    if request.system == System.DMIS:
        return max(law.debt.similar_days) + 10  # ten days without a business day there are not
    return 1


def never_words(law: Law, judged: Judged) -> str:
    """Why it would never go, on the facts that stay."""
    if judged.reasons == Reason.BY_DATE_IN_PAST and judged.request.by_date:
        return f"with its By date, {day_words(judged.request.by_date)}, which is past"
    return while_words(judged.reasons)


def while_words(reasons: int) -> str:
    """``while the opt-out stands and the mobile is marked Invalid``."""
    return "while " + " and ".join(words for reason, words in _WHILE if reasons & reason)


def _outage(rows: Iterable[Row], time: int, zone: int) -> str:
    """What to know when the gateway is down at this instant."""
    down = -1
    for row in rows:
        if row.time > time:
            break
        if row.event == Event.OUTAGE_STARTED:
            down = row.time
        elif row.event == Event.OUTAGE_ENDED:
            down = -1
    return f"the gateway is down then, since {local(down, zone)}: it would wait in the outbox" if down >= 0 else ""
