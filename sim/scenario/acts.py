"""What officers and customers do in a scenario besides what has a verb of its own: its row in the history, and what the
step must name."""

from typing import NamedTuple

from sim.errors import shown
from sim.history import Event
from sim.messages import ProcessKind
from sim.scenario.steps import Act

_LISTS: dict[object, int] = {"pluto": 1, "cuba": 2}
_CONSULTS: dict[object, int] = {"support_officer": 1, "team_leader": 2}
_KINDS: dict[object, int] = {kind.name.lower(): int(kind) for kind in ProcessKind}
_UP_TO_NINE: dict[object, int] = {number: number for number in range(1, 10)}
_WITHHELD: dict[object, int] = {"ccm": 1, "online_mail": 2, "reached_by_phone": 3}
_NUMBERS: dict[object, int] = {"working": 1, "not_working": 2}


class Form(NamedTuple):
    """A deed's event, the values that it takes (none: no value), and the fields that it needs."""

    event: Event
    values: dict[object, int] | None = None
    needs: tuple[str, ...] = ()
    by_customer: bool = False


FORMS: dict[str, Form] = {
    "work_arrived": Form(Event.WORK_ARRIVED, _KINDS, ("customer", "work")),
    "work_started": Form(Event.WORK_STARTED, _KINDS, ("customer", "work")),
    "work_ended": Form(Event.WORK_ENDED, _KINDS, ("customer", "work")),
    "subscription_checked": Form(Event.SUBSCRIPTION_CHECKED, None, ("customer", "work")),
    "notepad_reviewed": Form(Event.NOTEPAD_REVIEWED, None, ("customer", "work")),
    "consulted": Form(Event.CONSULTED, _CONSULTS, ("customer", "work")),
    "consult_answered": Form(Event.CONSULT_ANSWERED, _CONSULTS, ("customer", "work")),
    "area_instructions_checked": Form(Event.AREA_INSTRUCTIONS_CHECKED, None, ("customer", "work")),
    "list_viewed": Form(Event.LIST_VIEWED, _LISTS, ("customer", "work")),
    "case_history_viewed": Form(Event.CASE_HISTORY_VIEWED, None, ("customer", "work")),
    "details_checked": Form(Event.DETAILS_CHECKED, None, ("customer", "work")),
    "details_updated": Form(Event.DETAILS_UPDATED, None, ("customer",)),
    "alternative_considered": Form(Event.ALTERNATIVE_CONSIDERED, None, ("customer", "work")),
    "prior_action_done": Form(Event.PRIOR_ACTION_DONE, _UP_TO_NINE, ("customer", "work", "template")),
    "handed_to_team_leader": Form(Event.HANDED_TO_TEAM_LEADER, None, ("message",)),
    "reassigned": Form(Event.REASSIGNED, None, ("message", "officer")),
    "letter_sent": Form(Event.LETTER_SENT, None, ("customer", "work")),
    "number_checked": Form(Event.NUMBER_CHECKED, _NUMBERS, ("message",)),
    "call_promise_dropped": Form(Event.CALL_PROMISE_DROPPED, None, ("message",)),
    "answered": Form(Event.ANSWERED, None, ("message",), by_customer=True),
    "apologised": Form(Event.APOLOGISED, None, ("message", "work")),
    "explanation_asked": Form(Event.EXPLANATION_ASKED, None, ("message", "work"), by_customer=True),
    "explained": Form(Event.EXPLAINED, {1: 1, 2: 2, 3: 3, 4: 4}, ("message", "work")),
    "sent_to_wrong_customer": Form(Event.SENT_TO_WRONG_CUSTOMER, None, ("message", "other", "work")),
    "claim_message_withheld": Form(Event.CLAIM_MESSAGE_WITHHELD, _WITHHELD, ("customer", "work")),
}


def check_act(act: Act) -> tuple[str, str]:
    """The field at fault and what is wrong with it; two empty texts when it can be done."""
    form = FORMS[act.does]
    for name in form.needs:
        if getattr(act, name) is None:
            return name, f"{act.does} needs {'an' if name[0] in 'aeo' else 'a'} {name}"
    if form.by_customer and act.officer is not None:
        return "officer", f"{act.does} is done by the customer"
    values = form.values if form.values is not None else {None: 0}
    if act.does in ("work_arrived", "work_started", "work_ended") and act.value is None:
        return "", ""
    if not any(type(one) is type(act.value) and one == act.value for one in values):
        named = ", ".join("nothing" if one is None else str(one) for one in values)
        return "value", f"{act.does} cannot have this value (value {shown(act.value)}; allowed: {named})"
    return "", ""
