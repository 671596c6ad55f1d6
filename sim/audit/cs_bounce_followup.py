"""cs-bounce-followup: after a bounce back the number is checked; if it is not valid, `Invalid` is ticked in Cuba's
Individual Customer Details, and the SMS subscription ends.

A case is an SMS with a BOUNCED (Pluto's or Cuba's). Wanted: NUMBER_CHECKED for it by an officer, and where the number
was found not valid (value 2; 1 is valid) INVALID_TICKED for the customer from then on, with MOBILE_RECORDED = invalid
at the same instant. Where the mobile on record is not a valid one any more at the check, there is nothing to tick.

The policy gives no time. [assume] A bounce back, or a number found not valid, that nothing followed is a breach when
at least 5 business days (Monday to Friday without national public holidays, agency time) of the log came after it;
otherwise it is unjudged. A tick that is missing when the work item of the check ended is a breach at once.

The other side: a tick for a customer with a bounce back is a breach (and a case) when no check had found the number
not valid before (or the latest one found it valid), or when a valid number was put on record after that check.
"""

from collections import defaultdict
from typing import NamedTuple

from sim.audit.codes import MOBILE_STATUSES, Event
from sim.audit.follow_ups import NOT_YET, latest_due
from sim.audit.log import Log
from sim.audit.procedure_cases import ZONE, codes, prepare, steps_known, zone_join
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-bounce-followup"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Error messages"

_FOUND_VALID, _FOUND_INVALID = 1, 2
_TOLD = (Event.BOUNCED, Event.NUMBER_CHECKED, Event.INVALID_TICKED, Event.MOBILE_RECORDED)
_NO_FINDING = "the check does not say what was found"


class _Row(NamedTuple):
    run_id: int
    customer: int
    event: int
    time: int
    seq: int
    message: int
    officer: int
    ref: int
    value: int
    local: str

    @property
    def position(self) -> tuple[int, int]:
        """Where the row stands in the order of recording."""
        return self.time, self.seq


def audit(log: Log) -> RuleAudit:
    """Judge the rule on every bounce back of an SMS, and on every tick for their customers."""
    tally = Tally(log, RULE, ENFORCED_BY)
    if not steps_known(log, tally):
        return tally.close()
    judge = _Judge(log, tally)
    lives: dict[tuple[int, int], dict[int, list[_Row]]] = {}
    for row in (_Row(*values) for values in log.rows(_rows_sql())):
        lives.setdefault((row.run_id, row.customer), defaultdict(list))[row.event].append(row)
    for life in lives.values():
        bounces: dict[int, _Row] = {}
        for bounce in life[Event.BOUNCED]:
            bounces.setdefault(bounce.message, bounce)
        for bounce in bounces.values():
            judge.bounce(bounce, life)
        for tick in life[Event.INVALID_TICKED]:
            judge.tick(tick, life)
    return tally.close()


def _rows_sql() -> str:
    """All that is told of customers with a bounced SMS, in order."""
    return f"""
        WITH bounced AS (
            SELECT DISTINCT e.run_id, e.message, m.customer FROM events AS e JOIN messages AS m USING (run_id, message)
            WHERE e.event = {Event.BOUNCED} AND m.channel = 'sms'
        )
        SELECT e.run_id, e.customer, e.event, e.time, e.seq, e.message, e.officer, e.ref, e.value,
            local_text(e.time, {ZONE})
        FROM (
            SELECT * FROM events SEMI JOIN (SELECT DISTINCT run_id, customer FROM bounced) AS c USING (run_id, customer)
            WHERE event IN ({codes(_TOLD)}) AND (event <> {Event.BOUNCED} OR (run_id, message) IN (
                SELECT (run_id, message) FROM bounced))
        ) AS e {zone_join("e", "e.time")}
        ORDER BY e.run_id, e.time, e.seq
    """


class _Judge:
    """Judges one customer's rows after the other's; keeps what is the same for all."""

    def __init__(self, log: Log, tally: Tally) -> None:
        prepare(log)
        self._tally = tally
        self._due = latest_due(log)
        ended = f"SELECT run_id, ref, max(time) FROM events WHERE event = {Event.WORK_ENDED} AND ref > 0 GROUP BY ALL"
        self._ended = {(run_id, ref): time for run_id, ref, time in log.rows(ended)}

    def bounce(self, bounce: _Row, life: dict[int, list[_Row]]) -> None:
        """One bounced message: checked, and ticked when that found the number not valid?"""
        checks = [
            row
            for row in life[Event.NUMBER_CHECKED]
            if row.message == bounce.message and row.officer and row.position > bounce.position
        ]
        if not checks:
            self._overdue(bounce, bounce, "was not followed by a check of the number")
            return
        check = checks[0]
        if check.value not in (_FOUND_VALID, _FOUND_INVALID):
            self._tally.leave(bounce.run_id, 1, _NO_FINDING)
        elif check.value == _FOUND_VALID or _mobile_at(life, check.time) != MOBILE_STATUSES["valid"]:
            self._tally.judged(bounce.run_id)
        else:
            self._found_invalid(bounce, check, life)

    def _found_invalid(self, bounce: _Row, check: _Row, life: dict[int, list[_Row]]) -> None:
        ticks = [
            row
            for row in life[Event.INVALID_TICKED]
            if row.position > check.position and row.message in (0, bounce.message)
        ]
        if not ticks:
            why = "had its number found not valid, but Invalid was not ticked"
            if self._ended.get((check.run_id, check.ref), -1) >= check.time:
                self._breach(bounce, why, [check])
            else:
                self._overdue(bounce, check, why)
        elif _mobile_at(life, ticks[0].time) != MOBILE_STATUSES["invalid"]:
            why = "had Invalid ticked, but the mobile on record did not become invalid"
            self._breach(bounce, why, [check, ticks[0]])
        else:
            self._tally.judged(bounce.run_id)

    def tick(self, tick: _Row, life: dict[int, list[_Row]]) -> None:
        """One tick: had a check found the number not valid?"""
        if not any(bounce.position < tick.position for bounce in life[Event.BOUNCED]):
            return
        checks = [row for row in life[Event.NUMBER_CHECKED] if row.value and row.position < tick.position]
        renewed = [row.time for row in life[Event.MOBILE_RECORDED] if row.value == MOBILE_STATUSES["valid"]]
        if not checks or checks[-1].value != _FOUND_INVALID:
            why = "although the latest check had not found the number not valid" if checks else "without a check"
        elif any(checks[-1].time < time < tick.time for time in renewed):
            why = "although a valid number was recorded after the check that found the old one not valid"
        else:
            return
        self._tally.judged(tick.run_id)
        latest = [bounce.message for bounce in life[Event.BOUNCED] if bounce.position < tick.position][-1]
        self._tally.breach(
            tick.customer,
            [tick.message or latest],
            f"Invalid was ticked for customer {tick.customer} on {tick.local} (local) {why}.",
            tick.time,
            [tick.seq],
            tick.run_id,
        )

    def _overdue(self, bounce: _Row, since: _Row, why: str) -> None:
        if since.time <= self._due[bounce.run_id]:
            self._breach(bounce, why, [since] if since is not bounce else [])
        else:
            self._tally.leave(bounce.run_id, 1, NOT_YET)

    def _breach(self, bounce: _Row, why: str, rows: list[_Row]) -> None:
        self._tally.judged(bounce.run_id)
        self._tally.breach(
            bounce.customer,
            [bounce.message],
            f"The message to customer {bounce.customer} that bounced back on {bounce.local} (local) {why}.",
            bounce.time,
            [bounce.seq, *(row.seq for row in rows)],
            bounce.run_id,
        )


def _mobile_at(life: dict[int, list[_Row]], time: int) -> int:
    """The status of the mobile on record at `time`; records of that millisecond apply."""
    records = [row.value for row in life[Event.MOBILE_RECORDED] if row.time <= time]
    return records[-1] if records else MOBILE_STATUSES["none"]
