"""Changes of the registers in a scenario: what each takes, what the system is told, what the history holds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, get_args

from sim.clock import ZONES
from sim.errors import shown
from sim.history import Event
from sim.messages import (
    Arrangement,
    ArrangementStatus,
    EmailStatus,
    MobileStatus,
    ProcessKind,
    Service,
    SpecialisedArea,
    Vulnerability,
    WriteOff,
)
from sim.scenario.steps import Record
from sim.scenario.words import Fact

Fields = dict[str, Any]
Change = tuple[str, Fields]
"""The name of a fact and its fields, as `MessagingSystem.fact` takes them."""
Row = dict[str, int]
"""Columns of the history's row of a fact: event, value, other, ref, template."""

DEBT_LEVEL, CUSTOMER_LEVEL = 1, 2
_BY = ("", "officer", "online_account", "app", "phone")
_DAY = "a date such as 2026-10-05"
_NUMBER = "a whole number"
_PAUSES: dict[object, int] = {"hardship": 1, "disaster": 2}


def _names(kinds: Iterable[Any]) -> dict[object, int]:
    return {kind.name.lower(): int(kind) for kind in kinds}


_FLAG: dict[object, int] = {True: 1, False: 0}
_NOTHING: dict[object, int] = {None: 0}
_VALUES: dict[str, dict[object, int] | str] = {
    "zone_recorded": {zone: code for code, zone in enumerate(ZONES)},
    "mobile_recorded": _names(MobileStatus),
    "email_recorded": _names(EmailStatus),
    "service_ended": _names((Service.REMINDER, Service.GENERAL)),
    "service_restored": _names((Service.REMINDER, Service.GENERAL)),
    "process_opened": _names(list(ProcessKind)[:4]),
    "restricted_access_set": _FLAG,
    "employer_set": {True: 1},
    "fdv_indicator_set": _FLAG,
    "numbers_recorded": {number: number for number in range(10)},
    "area_recorded": _names(SpecialisedArea),
    "centrelink_recorded": _FLAG,
    "centrelink_mobile_recorded": _names(MobileStatus),
    "mail_channel_recorded": {"post": 1, "online": 2},
    "mutual_customer_set": _FLAG,
    "vulnerability_set": _names(Vulnerability),
    "postcode_recorded": _NUMBER,
    "withholdings_eligible_set": _FLAG,
    "debt_raised": _DAY,
    "repayment_due": _DAY,
    "repayment_declined": _DAY,
    "write_off_set": _names(WriteOff),
    "pause_started": _PAUSES,
    "withholdable_payment_set": _FLAG,
    "xcshsms_set": _FLAG,
}
"""The values that a fact takes, with their codes; facts that are not here take none."""


class _Form(NamedTuple):
    """The fields of a fact besides customer and value: those it needs, and those it may have."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


_DEBT = _Form(("debt",))
_FORMS: dict[str, _Form] = {
    "mobile_recorded": _Form(may=("by",)),
    "email_recorded": _Form(may=("by",)),
    "centrelink_mobile_recorded": _Form(may=("by",)),
    "process_opened": _Form(("process",), ("other", "out_of_time")),
    "process_closed": _Form(("process",)),
    "fdv_raised": _Form(("process",)),
    "fdv_discussed": _Form(("process",)),
    "vulnerability_set": _Form(may=("lifted",)),
    "debt_raised": _DEBT,
    "debt_paid": _DEBT,
    "arrangement_set": _Form(("debt", "arrangement", "status")),
    "repayment_due": _DEBT,
    "repayment_made": _DEBT,
    "repayment_declined": _DEBT,
    "write_off_set": _Form(may=("debt", "ends")),
    "write_off_ended": _Form(may=("debt",)),
    "hardship_pause_completed": _DEBT,
    "pause_started": _Form(("debt", "ends")),
    "pause_ended": _DEBT,
    "recovery_restarted": _DEBT,
    "withholdable_payment_set": _DEBT,
    "xcshsms_set": _DEBT,
    "auto_setup_ceased": _Form(("debt", "arrangement", "ends")),
    "disaster_declared": _Form(("disaster", "first", "last", "ends")),
    "disaster_ended": _Form(("disaster",)),
    "eligibility_injected": _Form(("template",)),
}
_NO_CUSTOMER = ("disaster_declared", "disaster_ended")
_EXTRA = (
    "by", "process", "other", "out_of_time", "debt", "arrangement", "status", "ends", "lifted", "disaster", "first",
    "last", "template",
)  # fmt: skip
_NAMED = ("process", "other", "debt", "disaster")


def told_forms() -> dict[str, tuple[str, tuple[str, ...]]]:
    """What a system is told of each fact: its values in words (empty when it has none), and its other fields, of which
    a fact may lack some."""
    forms: dict[str, tuple[str, tuple[str, ...]]] = {}
    for name in [fact for fact in get_args(Fact) if fact != "invalid_ticked"]:
        form, allowed = _FORMS.get(name, _Form()), _VALUES.get(name, _NOTHING)
        values = allowed if isinstance(allowed, str) else "" if None in allowed else ", ".join(map(_word, allowed))
        forms[name] = values, form.needs + form.may
    for name in ("write_off_set", "write_off_ended"):
        forms[name] = forms[name][0], (*forms[name][1], "level")
    forms["auto_setup_ceased"] = "", ("debt", "ends")
    return {
        **forms,
        "never_contacted": ("", ()),
        "claim_finalised": ("", ("outcome", "payment_type", "ccm")),
        "outage_started": ("", ()),
        "outage_ended": ("", ()),
    }


def check_record(record: Record) -> tuple[str, str]:
    """The field at fault and what is wrong with it; two empty texts when the fact can be recorded."""
    event, form = record.event, _FORMS.get(record.event, _Form())
    if (record.customer is None) != (event in _NO_CUSTOMER):
        return "customer", f"{event} {'concerns no single customer' if event in _NO_CUSTOMER else 'needs a customer'}"
    for name in _EXTRA:
        given = getattr(record, name) is not None
        if name in form.needs and not given:
            return name, f"{event} needs {'an' if name[0] in 'aeo' else 'a'} {name}"
        if given and name not in form.needs and name not in form.may:
            return name, f"{event} has no {name}"
    if event == "write_off_set" and record.ends is None and record.value == "temporary":
        return "ends", "a temporary write-off needs the day on which it ends"
    return "value", _wrong_value(record)


def _wrong_value(record: Record) -> str:
    allowed, value = _VALUES.get(record.event, _NOTHING), record.value
    if allowed == _DAY:
        # A repayment that is due on no day any more is written without one.
        if (value is None and record.event == "repayment_due") or _is_day(value):
            return ""
    elif allowed == _NUMBER:
        if isinstance(value, int) and not isinstance(value, bool):
            return ""
    elif any(type(one) is type(value) and one == value for one in allowed):  # True and 1 are equal
        return ""
    named = allowed if isinstance(allowed, str) else ", ".join(map(_word, allowed))
    return f"{record.event} cannot have this value (value {shown(value)}; allowed: {named})"


def _word(value: object) -> str:
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def changes(record: Record, number: Callable[[str], int], refs: Callable[[str, str], int]) -> list[Change]:
    """What a step records; `number` gives a customer's id, `refs` the id of a process, debt or disaster by its sort."""
    if record.event == "invalid_ticked":
        return [("invalid_ticked", {}), ("mobile_recorded", {"value": "invalid", "by": "officer"})]
    fields: Fields = {} if record.value is None else {"value": record.value}
    for name in _EXTRA:
        given = getattr(record, name)
        if given is not None:
            if name in _NAMED:
                given = number(given) if name == "other" else refs(name, given)
            fields[name] = given
    if record.event == "repayment_due":
        fields.setdefault("value", None)
    if record.event == "write_off_set" or record.event == "write_off_ended":
        fields["level"] = "debt" if record.debt else "customer"
    if record.event == "auto_setup_ceased":
        ceased = {"debt": fields["debt"], "arrangement": fields.pop("arrangement"), "status": "ceased"}
        return [("arrangement_set", ceased), ("auto_setup_ceased", fields)]
    return [(record.event, fields)]


def rows(change: Change, template: Callable[[str], int]) -> list[Row]:
    """The history's rows of a fact; `template` gives a template's code."""
    name, fields = change
    found = [_row(name, fields)]
    if name == "process_opened" and fields.get("out_of_time"):
        found.append({"event": int(Event.OBJECTION_OUT_OF_TIME), "ref": fields["process"]})
    if name == "write_off_set" and fields.get("ends"):
        ends = {"event": int(Event.WRITE_OFF_ENDS), "value": _day(fields["ends"])}
        found.append({**ends, "ref": fields.get("debt", 0), "other": _level(fields)})
    if name == "disaster_declared":
        ends = {"event": int(Event.DISASTER_ENDS), "value": _day(fields["ends"])}
        found.append({**ends, "ref": fields["disaster"]})
    if name == "eligibility_injected":
        found[0]["template"] = template(fields["template"])
    return found


def _row(name: str, fields: Fields) -> Row:
    allowed, value, other = _VALUES.get(name, _NOTHING), fields.get("value"), fields.get("other", 0)
    if allowed == _DAY:
        code = _day(value)
    elif isinstance(allowed, str):
        code = int(value or 0)
    else:
        code = allowed.get(value, 0)
    ref = next((fields[sort] for sort in ("process", "debt", "disaster") if sort in fields), 0)
    if name in ("mobile_recorded", "email_recorded", "centrelink_mobile_recorded"):
        ref = _BY.index(fields.get("by", ""))
    elif name == "arrangement_set":
        kind, status = Arrangement[fields["arrangement"].upper()], ArrangementStatus[fields["status"].upper()]
        code = kind * 10 + status
    elif name in ("write_off_set", "write_off_ended"):
        other = _level(fields)
    elif name == "pause_started":
        code, other = _day(fields["ends"]), code
    elif name == "auto_setup_ceased":
        code = _day(fields["ends"])
    elif name == "disaster_declared":
        code, other = fields["first"], fields["last"]
    elif name == "vulnerability_set":
        other = int(not fields.get("lifted", False))
    return {"event": int(Event[name.upper()]), "value": int(code), "other": other, "ref": ref}


def _day(text: str | None) -> int:
    return date.fromisoformat(text).toordinal() if text else 0


def _level(fields: Mapping[str, Any]) -> int:
    return CUSTOMER_LEVEL if fields["level"] == "customer" else DEBT_LEVEL
