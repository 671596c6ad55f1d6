"""cs-misdirected: what officers do when somebody reports a message that was not for them (EM table 2, steps 6–8)."""

from sim.audit.codes import MOBILE_STATUSES, REPORT_ACTIONS, REPORT_CASES, Event
from sim.audit.follow_ups import NOT_YET, Life, Told, blame, follow_ups_known, latest_due, lives, of
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-misdirected"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Customer has received a message incorrectly (table 2, steps 6–8)"

_CUSTOMER = ("note_content_and_number", "check_number")
_ASKED = ("ask_content_and_time", "check_subscription")
_OTHERS = ("note_content_and_number", "ask_name_and_contact", "ask_content_and_time", "check_representative")
_TO_SAS = ("escalate_to_sas", "report_incident", "remove_number")
ACTIONS: dict[str, tuple[str, ...]] = {
    "number_wrong_on_record": (*_CUSTOMER, "update_details", *_ASKED, "apologise", "check_case_notes"),
    "not_subscribed": (*_CUSTOMER, *_ASKED, "apologise"),
    "wants_out": (*_CUSTOMER, *_ASKED, "record_opt_out", "check_case_notes"),
    "another_sms_was_meant": (
        *_CUSTOMER, *_ASKED, "check_case_notes", "apologise", "explain_correct_reason",
    ),
    "number_right_message_not_theirs": (*_CUSTOMER, *_ASKED, "apologise", "check_case_notes", *_TO_SAS),
    "representative": (*_OTHERS, "explain_purpose"),
    "no_relationship": (*_OTHERS, "apologise", "advise_investigation", *_TO_SAS),
}  # fmt: skip
"""What the document asks for, in its order, by what is behind the report. Step 6 comes first in all. In step 7 the
number is checked (and updated), content and time are asked for, the subscription is looked up; the bullets follow as
they stand, the case notes for those who are subscribed. In step 8 a representative's number stands on the record with
good reason."""

_NAMES = {code: name for name, code in REPORT_ACTIONS.items()}
_CASES = {code: name for name, code in REPORT_CASES.items()}
_AFTER_FINDING = ("report_incident", "remove_number")
_BY_EVENT = {
    Event.ESCALATED: "escalate_to_sas",
    Event.INCIDENT_REPORTED: "report_incident",
    Event.NUMBER_REMOVED: "remove_number",
}
_PARTS = {1: "number", 2: "content", 4: "time"}
_TOLD = (
    Event.REPORT_STEP, Event.REPORT_CLOSED, Event.ESCALATED, Event.SAS_FOUND, Event.INCIDENT_REPORTED,
    Event.NUMBER_REMOVED,
)  # fmt: skip
_WITH_SAS = "the Specialised Assessment Services Team has not answered yet"
_NO_CASE = "the report does not say what is behind it"


def audit(log: Log) -> RuleAudit:
    """Judge every report, a report a case, by what is behind it (which the log tells and the officer finds out).

    Wanted are the actions of `ACTIONS`, each once and in that order. A report that was closed lacks what was not done;
    one that is open lacks what was passed over, and from 5 business days of the log after the last step on all of the
    officer's part. While the Specialised Assessment Services (SAS) Team searches, the rest is unjudged. Also wanted:

    - the escalation includes number, content and time;
    - SAS names the customer to whom the message was sent, before the incident is reported and the number removed;
    - the incident stands reported, and the number comes off the record of the customer whom SAS named (unless that
      record got another number since the message was sent);
    - updated details and an opt-out are on record when the officer did them.

    The other side: an action that the case does not ask for (an opt-out that nobody wanted, an escalation of what is a
    representative's) is a breach, with or without its step. One report is one breach, whatever is wrong with it.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not follow_ups_known(log, tally, "who reported a message and what was done about it"):
        return tally.close()
    due, records = latest_due(log), _Records(log)
    for life in lives(log, Event.REPORT_RECEIVED, _TOLD):
        report = life[0]
        case = _CASES.get(report.value)
        if case is None:
            tally.leave(report.run_id, 1, _NO_CASE)
            continue
        overdue = life[-1].time <= due[report.run_id]
        found = [*_actions(life, case, overdue), *_escalation(life, records), *_effects(life, case, records)]
        if found:
            opening = f"The report of {report.local} agency time ({case.replace('_', ' ')})"
            blame(tally, report, f"{opening}: {'; '.join(found)}.", life[1:])
        elif of(life, Event.REPORT_CLOSED) or _done(life) == list(ACTIONS[case]):
            tally.judged(report.run_id)
        else:
            tally.leave(report.run_id, 1, _WITH_SAS if _searching(life) else NOT_YET)
    return tally.close()


def _done(life: Life) -> list[str]:
    return [_NAMES.get(row.value, str(row.value)) for row in of(life, Event.REPORT_STEP)]


def _searching(life: Life) -> bool:
    return bool(of(life, Event.ESCALATED)) and not of(life, Event.SAS_FOUND)


def _actions(life: Life, case: str, overdue: bool) -> list[str]:
    """What is wrong with the steps themselves."""
    wanted, done = list(ACTIONS[case]), _done(life)
    recorded = [action for event, action in _BY_EVENT.items() if of(life, event)]
    found = [f"nothing asks for '{_words(action)}'" for action in dict.fromkeys([*done, *recorded])
             if action not in wanted]  # fmt: skip
    found += [f"'{_words(action)}' was done twice" for action in wanted if done.count(action) > 1]
    places = [wanted.index(action) for action in dict.fromkeys(done) if action in wanted]
    if places != sorted(places):
        found.append("the steps were not done in order")
    if of(life, Event.REPORT_CLOSED) or (overdue and not _searching(life)):
        expected = wanted
    else:
        expected = wanted[: max(places, default=-1) + 1]
    if _searching(life):
        expected = [action for action in expected if action not in _AFTER_FINDING]
    found += [f"'{_words(action)}' was left out" for action in expected if action not in done]
    return found


def _escalation(life: Life, records: "_Records") -> list[str]:
    """What is wrong with what went to SAS and came back."""
    found: list[str] = []
    escalations, findings = of(life, Event.ESCALATED), of(life, Event.SAS_FOUND)
    if "escalate_to_sas" in _done(life) and not escalations:
        found.append("nothing was escalated")
    for escalation in escalations[:1]:
        lacking = [name for part, name in _PARTS.items() if not escalation.value & part]
        if lacking:
            found.append(f"the escalation lacked the {' and the '.join(lacking)}")
    intended = records.recipient(life[0])
    for finding in findings[:1]:
        if not finding.other or intended not in (0, finding.other):
            found.append(f"SAS named customer {finding.other}, the message was sent to customer {intended}")
    since = min((row.seq for row in findings), default=None)
    early = [
        row for row in life
        if (row.event in (Event.INCIDENT_REPORTED, Event.NUMBER_REMOVED)
            or (row.event == Event.REPORT_STEP and _NAMES.get(row.value) in _AFTER_FINDING))
        and (since is None or row.seq < since)
    ]  # fmt: skip
    if early:
        found.append("the incident was reported or the number removed before SAS had named a customer")
    return found


def _effects(life: Life, case: str, records: "_Records") -> list[str]:
    """Steps that were taken and changed nothing."""
    found: list[str] = []
    for step in of(life, Event.REPORT_STEP):
        action = _NAMES.get(step.value)
        if action == "update_details" and not records.mobiles(step, step.customer, step.time):
            found.append("no mobile was put on record when the details were updated")
        if action == "record_opt_out" and not records.opted_out(step):
            found.append("no opt-out was on record when it was actioned")
        if action == "report_incident" and not of(life, Event.INCIDENT_REPORTED):
            found.append("no incident stands reported")
        if action == "remove_number" and not of(life, Event.NUMBER_REMOVED):
            found.append("no number was removed")
    if "remove_number" not in ACTIONS[case]:
        return found
    named = [row.other for row in of(life, Event.SAS_FOUND)]
    for removal in of(life, Event.NUMBER_REMOVED):
        if named and removal.other not in named:
            found.append(f"the number was removed from customer {removal.other}'s record, SAS named {named[0]}")
        elif not records.came_off(life[0], removal):
            found.append(f"the number is still on customer {removal.other}'s record")
    return found


def _words(action: str) -> str:
    return action.replace("_", " ").replace("sas", "SAS")


class _Records:
    """What the registers say of the reported messages and of those who are concerned."""

    def __init__(self, log: Log) -> None:
        reported = f"SELECT run_id, message FROM events WHERE event = {Event.REPORT_RECEIVED}"
        self._messages: dict[tuple[int, int], tuple[int, int | None]] = {
            (run_id, message): (customer, sent)
            for run_id, message, customer, sent in log.rows(f"""
                SELECT m.run_id, m.message, coalesce(m.customer, 0), m.sent_ms FROM messages AS m
                SEMI JOIN ({reported}) AS r ON r.run_id = m.run_id AND r.message = m.message""")
        }
        concerned = f"""
            SELECT run_id, customer FROM events WHERE event IN ({Event.REPORT_RECEIVED}, {Event.REPORT_STEP})
            UNION SELECT run_id, other FROM events WHERE event = {Event.NUMBER_REMOVED}"""
        self._mobiles: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for run_id, customer, time, value in log.rows(f"""
            SELECT e.run_id, e.customer, e.time, e.value FROM events AS e
            SEMI JOIN ({concerned}) AS c ON c.run_id = e.run_id AND c.customer = e.customer
            WHERE e.event = {Event.MOBILE_RECORDED} ORDER BY e.run_id, e.seq"""):
            self._mobiles.setdefault((run_id, customer), []).append((time, value))
        opted = log.rows(f"""
            SELECT e.run_id, e.seq FROM (
                SELECT * FROM events WHERE event = {Event.REPORT_STEP} AND value = {REPORT_ACTIONS["record_opt_out"]}
            ) AS e ASOF JOIN (SELECT * FROM facts WHERE fact = 'opted_out') AS f
                ON f.run_id = e.run_id AND f.customer_id = CAST(e.customer AS VARCHAR) AND e.time >= f.from_ms
            WHERE f.value = 1""")
        self._opted_out = frozenset(opted)

    def recipient(self, report: Told) -> int:
        """The customer to whom the reported message was sent; 0 when it is not in the log."""
        return self._messages.get((report.run_id, report.message), (0, None))[0]

    def mobiles(self, row: Told, customer: int, since: int) -> list[int]:
        """The states of the customer's mobile that were recorded from `since` up to the millisecond of `row`."""
        told = self._mobiles.get((row.run_id, customer), [])
        return [value for time, value in told if since <= time <= row.time]

    def opted_out(self, step: Told) -> bool:
        """Whether an opt-out was on record at this step."""
        return (step.run_id, step.seq) in self._opted_out

    def came_off(self, report: Told, removal: Told) -> bool:
        """Whether the number to which the message was sent stands on that record no more."""
        sent = self._messages.get((report.run_id, report.message), (0, None))[1]
        if sent is None or self.mobiles(removal, removal.other, sent):
            return True
        before = [value for time, value in self._mobiles.get((removal.run_id, removal.other), []) if time < sent]
        return not before or before[-1] == MOBILE_STATUSES["none"]
