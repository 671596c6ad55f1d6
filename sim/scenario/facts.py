"""Changes of the registers in a scenario: what each takes, what the system is told, what the history holds."""

from collections.abc import Callable, Iterable
from typing import Any

from sim.clock import ZONES
from sim.errors import shown
from sim.history import Event
from sim.messages import EmailStatus, MobileStatus, ProcessKind, Service
from sim.scenario.format import Customer, Record

Change = tuple[str, dict[str, Any]]
"""The name of a fact and its fields, as `MessagingSystem.fact` takes them."""

_BY = ("", "officer", "online_account", "app", "phone")


def _names(kinds: Iterable[Any]) -> dict[object, int]:
    return {kind.name.lower(): int(kind) for kind in kinds}


_FLAG: dict[object, int] = {True: 1, False: 0}
_NOTHING: dict[object, int] = {None: 0}
_VALUES: dict[str, dict[object, int]] = {
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
}
_PROCESS = ("process_opened", "process_closed", "fdv_raised", "fdv_discussed")


def check_value(record: Record) -> None:
    """Raises ValueError when the fact cannot have this value, or names no process where it needs one."""
    allowed = _VALUES.get(record.event, _NOTHING)
    # True and 1 are equal, and so the types are compared too.
    if not any(type(value) is type(record.value) and value == record.value for value in allowed):
        named = ", ".join("nothing" if value is None else str(value).lower() if value in (True, False) and
                          isinstance(value, bool) else str(value) for value in allowed)  # fmt: skip
        raise ValueError(f"{record.event} cannot have this value (value {shown(record.value)}; allowed: {named})")
    if (record.event in _PROCESS) != (record.process is not None):
        needs = "needs a process" if record.event in _PROCESS else "has no process"
        raise ValueError(f"{record.event} {needs}")


def changes(record: Record, number: Callable[[str], int], process: Callable[[str], int]) -> list[Change]:
    """What a step records; `number` gives a customer's id, `process` that of a process."""
    if record.event == "invalid_ticked":
        return [("invalid_ticked", {}), ("mobile_recorded", {"value": "invalid", "by": "officer"})]
    fields: dict[str, Any] = {}
    for name, value in (("value", record.value), ("by", record.by)):
        if value is not None:
            fields[name] = value
    if record.process is not None:
        fields["process"] = process(record.process)
    if record.other is not None:
        fields["other"] = number(record.other)
    return [(record.event, fields)]


def at_start(customer: Customer, zone: str) -> list[Change]:
    """What is on record of a customer at the start; defaults are not written."""
    found: list[Change] = [
        ("zone_recorded", {"value": zone}),
        ("mobile_recorded", {"value": customer.mobile}),
        ("numbers_recorded", {"value": 0 if customer.mobile == "none" else 1}),
    ]
    if customer.email != "none":
        found.append(("email_recorded", {"value": customer.email}))
    for flag, name in ((customer.opted_out, "opt_out_recorded"), (customer.deceased, "died"),
                       (customer.never_contacted, "never_contacted")):  # fmt: skip
        if flag:
            found.append((name, {}))
    for name, flag in (
        ("restricted_access_set", customer.restricted_access),
        ("employer_set", customer.employer),
        ("fdv_indicator_set", customer.fdv_indicator),
    ):
        if flag:
            found.append((name, {"value": True}))
    found += [("service_ended", {"value": service}) for service in customer.ended]
    return found


def row_fields(change: Change) -> dict[str, int]:
    """The columns of the history's row of this fact: event, value, other, ref."""
    name, fields = change
    allowed = _VALUES.get(name, _NOTHING)
    ref = fields.get("process", 0) or _BY.index(fields.get("by", ""))
    return {"event": int(Event[name.upper()]), "value": allowed.get(fields.get("value"), 0),
            "other": fields.get("other", 0), "ref": ref}  # fmt: skip
