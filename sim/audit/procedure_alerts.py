"""Pre call alerts that were sent, what they promised, and what became of the promise.

Both texts are alerts: with the contact time `In the next hour` the call is promised within the policy's minutes, up
to and including the last; with `Today`, or a text that says so itself and has no contact time, by the end of the
customer's local day. The promise runs from sent (the gateway's acknowledgement) or from the issue
(`cs-precall.promise_from`); the local day is the one of that same instant, in the zone on record then.

Customer First's two texts are alerts too (`cf-precall`): one promises the call by the end of the local day of sent, the
other, for ARO/SME alone, within the policy's minutes of sent, the last included.

What became of it (`Alert.fate`), the first that applies:

- ``stale``: sent after its call was made, or after its promise ran out;
- ``kept``: a call that names the alert was attempted within the promise, both ends included, by any officer;
- ``dropped``: given up within the promise for a cause: the customer was in contact (their own contact or an answered
  call) after the issue, or had died;
- ``open``: the promise had not run out when the log ended;
- ``broken``: none of these. A call given up without a cause is broken.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.audit.codes import MINUTE, Event
from sim.audit.integrated import PRE_CALL_REVIEW
from sim.audit.log import Log
from sim.audit.procedure_cases import CONTACTS, codes, prepare

NOT_OVER = "the promise had not run out when the log ended"
NO_CONTACT_TIME = "the alert names no contact time"


class Step(NamedTuple):
    """Something done about an alert; `officer` is who did it (REASSIGNED: who calls now)."""

    time: int
    seq: int
    officer: int


@dataclass
class Alert:
    """One sent alert. Instants are ms UTC; `promise_end` is the last instant that keeps the promise, None when the
    alert named no contact time; `hour` is true for `In the next hour` and for the ARO/SME text; `zone` is the
    customer's at hand-over."""

    run_id: int
    message: int
    customer: int
    officer: int
    ref: int
    issued_ms: int
    sent_ms: int
    hour: bool
    promised_ms: int
    promise_end: int | None
    zone: str
    sent_text: str
    end_text: str
    observed_to: int
    calls: list[Step] = field(default_factory=list)
    drops: list[Step] = field(default_factory=list)
    handed: list[Step] = field(default_factory=list)
    reassigned: list[Step] = field(default_factory=list)
    workers: frozenset[int] = frozenset()
    settled_ms: int | None = None

    @property
    def fate(self) -> str:
        """What became of the promise; see the module's docstring. Not for an alert without a promise."""
        end = self.end
        if self.sent_ms > end or any(call.time < self.sent_ms for call in self.calls):
            return "stale"
        if self.calls_in_promise():
            return "kept"
        if any(drop.time <= end and self.settled_by(drop.time) for drop in self.drops):
            return "dropped"
        return "open" if end >= self.observed_to else "broken"

    @property
    def end(self) -> int:
        """`promise_end` of an alert that has one."""
        assert self.promise_end is not None
        return self.promise_end

    def calls_in_promise(self) -> list[Step]:
        """The attempts from sent to the promise's end, both included."""
        return [call for call in self.calls if self.sent_ms <= call.time <= self.end]

    def settled_by(self, time: int) -> bool:
        """Whether the call had lost its cause by `time`."""
        return self.settled_ms is not None and self.settled_ms <= time


_STEPS = {
    Event.CALL_ATTEMPTED: "calls",
    Event.CALL_PROMISE_DROPPED: "drops",
    Event.HANDED_TO_TEAM_LEADER: "handed",
    Event.REASSIGNED: "reassigned",
}


class HandOver(NamedTuple):
    """What became of a call that its own officer did not make, or handed over: `fault` says what was wrong of it (""
    when nothing was), NOT_OVER that it cannot be told yet; `steps` are the proof."""

    fault: str
    steps: tuple[Step, ...] = ()


def hand_over(alert: Alert) -> HandOver | None:
    """Judge the hand-over of an alert that is neither stale nor dropped; None when its own officer made the call within
    the promise and handed nothing over. What is wanted stands in `cs_precall_reassign`."""
    in_promise = alert.calls_in_promise()
    own = [call for call in in_promise if call.officer in alert.workers]
    if own and not alert.handed:
        return None
    over = alert.end < alert.observed_to
    if not alert.handed:
        if in_promise:
            return HandOver("made by another officer without the Team Leader", (in_promise[0],))
        return HandOver("neither made in time nor handed to the Team Leader" if over else NOT_OVER)
    handed = alert.handed[0]
    given = [step for step in alert.reassigned if step[:2] > handed[:2]]
    if own and own[0][:2] < handed[:2]:
        return HandOver("handed to the Team Leader after it had been made", (handed, own[0]))
    if handed.time > alert.end:
        return HandOver("handed to the Team Leader after the promise had run out", (handed,))
    if own or any(step.officer not in (0, alert.officer, handed.officer) for step in given):
        return HandOver("")
    if given:
        return HandOver("given back to the officer who could not make it", (handed, given[0]))
    if over:
        return HandOver("handed to the Team Leader but not given to another officer", (handed,))
    return HandOver(NOT_OVER)


def sent_alerts(log: Log, system: str = "pluto") -> list[Alert]:
    """All sent alerts of Pluto (or of Customer First) in order of sending, with what was done about each."""
    prepare(log)
    alerts = _alerts(log, system)
    by_message = {(alert.run_id, alert.message): alert for alert in alerts}
    rows = log.rows(f"""
        SELECT e.run_id, e.message, e.event, e.time, e.seq, e.officer FROM events AS e
        SEMI JOIN sent_alerts AS a ON a.run_id = e.run_id AND a.message = e.message
        WHERE e.event IN ({codes(_STEPS)}) ORDER BY e.run_id, e.time, e.seq
    """)
    for run_id, message, event, *step in rows:
        getattr(by_message[run_id, message], _STEPS[Event(event)]).append(Step(*step))
    _add_settled(log, by_message)
    _add_workers(log, alerts)
    return alerts


def _alerts(log: Log, system: str) -> list[Alert]:
    """The sent alerts themselves; fills ``sent_alerts``."""
    promised, zone = "sent_ms", "timezone"
    if system == "pluto":
        in_time = "t.needs_contact_time AND m.contact_time = 'next_hour'"
        length = int(log.value("cs-precall.next_hour_minutes")) * MINUTE
        if log.value("cs-precall.promise_from") != "sent":
            promised, zone = "issued_ms", "issued_zone"
    else:
        in_time = f"m.template_code = {PRE_CALL_REVIEW}"
        length = int(log.value("cf-precall.review_minutes")) * MINUTE
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE sent_alerts AS
        WITH alerts AS (
            SELECT m.*, {in_time} AS hour,
                m.{promised} AS promised_ms,
                CASE WHEN t.needs_contact_time AND m.contact_time IS NULL THEN NULL
                    WHEN {in_time} THEN m.{promised} + {length}
                    ELSE instant_at(local_day(m.{promised}, m.{zone}) + 1, 0, m.{zone}) - 1 END AS promise_end
            FROM messages AS m JOIN templates AS t ON t.code = m.template_code
            WHERE t.precall AND m.system = '{system}' AND m.sent_ms IS NOT NULL
        )
        SELECT a.run_id, a.message, a.customer, a.officer, a.ref, a.issued_ms, a.sent_ms,
            coalesce(a.hour, false) AS hour, a.promised_ms, a.promise_end, a.timezone,
            local_text(a.sent_ms, a.timezone) AS sent_text, local_text(a.promise_end, a.timezone) AS end_text,
            runs.observed_to
        FROM alerts AS a JOIN runs USING (run_id)
    """)
    rows = log.rows("SELECT * FROM sent_alerts ORDER BY run_id, sent_ms, message")
    return [Alert(*row) for row in rows]


def _add_settled(log: Log, by_message: dict[tuple[int, int], Alert]) -> None:
    """When the call of an alert that was dropped lost its cause."""
    rows = log.rows(f"""
        SELECT a.run_id, a.message, min(e.time) FROM sent_alerts AS a
        SEMI JOIN (SELECT run_id, message FROM events WHERE event = {Event.CALL_PROMISE_DROPPED}) AS dropped
            USING (run_id, message)
        JOIN events AS e ON e.run_id = a.run_id AND e.customer = a.customer
        WHERE e.event = {Event.DIED} OR (e.event IN ({codes(CONTACTS)}) AND e.time >= a.issued_ms)
        GROUP BY a.run_id, a.message
    """)
    for run_id, message, time in rows:
        by_message[run_id, message].settled_ms = time


def _add_workers(log: Log, alerts: list[Alert]) -> None:
    """Whose call it is: the officer who issued the alert, and those who had started its work item by then."""
    started: dict[tuple[int, int], set[int]] = defaultdict(set)
    for run_id, message, officer in log.rows(f"""
        SELECT DISTINCT a.run_id, a.message, e.officer FROM events AS e
        JOIN sent_alerts AS a ON a.run_id = e.run_id AND a.ref = e.ref
        WHERE e.event = {Event.WORK_STARTED} AND e.ref > 0 AND e.time <= a.issued_ms
    """):
        started[run_id, message].add(officer)
    for alert in alerts:
        alert.workers = frozenset(started.get((alert.run_id, alert.message), ())) | {alert.officer}
