"""Facts of a history in the words of scenario files: as a part of a customer or a debt, or as a step."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sim.clock import ZONES
from sim.history import Event
from sim.messages import (
    Arrangement,
    ArrangementStatus,
    EmailStatus,
    MobileStatus,
    Service,
    Vulnerability,
    WriteOff,
)
from sim.replay.registers import Fact

Data = dict[str, Any]
_Words = Callable[[Fact], Data]

MAIL = {1: "post", 2: "online"}
PAUSES = {1: "hardship", 2: "disaster"}


def day_text(ordinal: int) -> str:
    """An agency date as scenario files write it."""
    return date.fromordinal(ordinal).isoformat()


def arrangement(value: int) -> Data:
    """The parts of an arrangement, from its code in a history."""
    kind, status = divmod(value, 10)
    return {"arrangement": Arrangement(kind).name.lower(), "status": ArrangementStatus(status).name.lower()}


def _mobile(fact: Fact) -> str:
    return MobileStatus(fact.value).name.lower()


def _write_off(fact: Fact) -> Data:
    found: Data = {"value": WriteOff(fact.value).name.lower()}
    return {**found, "ends": day_text(fact.ends)} if fact.ends else found


def _debt_write_off(fact: Fact) -> Data:
    found: Data = {"write_off": WriteOff(fact.value).name.lower()}
    return {**found, "write_off_ends": day_text(fact.ends)} if fact.ends else found


OF_A_CUSTOMER: Mapping[int, _Words] = {
    Event.MOBILE_RECORDED: lambda fact: {"mobile": _mobile(fact)},
    Event.EMAIL_RECORDED: lambda fact: {"email": EmailStatus(fact.value).name.lower()},
    Event.OPT_OUT_RECORDED: lambda fact: {"opted_out": True},
    Event.DIED: lambda fact: {"deceased": True},
    Event.RESTRICTED_ACCESS_SET: lambda fact: {"restricted_access": bool(fact.value)},
    Event.EMPLOYER_SET: lambda fact: {"employer": bool(fact.value)},
}
"""What is on record of a customer at the start."""

AT_CENTRELINK: Mapping[int, _Words] = {
    Event.CENTRELINK_RECORDED: lambda fact: {"current": bool(fact.value)},
    Event.CENTRELINK_MOBILE_RECORDED: lambda fact: {"mobile": _mobile(fact)},
    Event.CENTRELINK_OPT_OUT_RECORDED: lambda fact: {"opted_out": True},
    Event.POSTCODE_RECORDED: lambda fact: {"postcode": fact.value} if fact.value else {},
    Event.WITHHOLDINGS_ELIGIBLE_SET: lambda fact: {"withholdings": bool(fact.value)},
}
"""What is on Centrelink's record of them, as far as a rule of a system turns on it."""

OF_A_DEBT: Mapping[int, _Words] = {
    Event.ARRANGEMENT_SET: lambda fact: arrangement(fact.value),
    Event.REPAYMENT_DUE: lambda fact: {"repayment_due": day_text(fact.value)} if fact.value else {},
    Event.REPAYMENT_DECLINED: lambda fact: {"declined": day_text(fact.value)},
    Event.WITHHOLDABLE_PAYMENT_SET: lambda fact: {"withholdable": bool(fact.value)},
    Event.XCSHSMS_SET: lambda fact: {"xcshsms": bool(fact.value)},
    Event.WRITE_OFF_SET: _debt_write_off,
    Event.PAUSE_STARTED: lambda fact: {"pause": PAUSES[fact.other], "pause_ends": day_text(fact.value)},
    Event.HARDSHIP_PAUSE_COMPLETED: lambda fact: {"hardship_completed": True},
    Event.AUTO_SETUP_CEASED: lambda fact: {"auto_setup_ends": day_text(fact.value)},
    Event.DEBT_PAID: lambda fact: {"paid": True},
}
"""What is on record of a debt at the start."""

RECORDED: Mapping[int, _Words] = {
    Event.ZONE_RECORDED: lambda fact: {"value": ZONES[fact.value]},
    Event.MOBILE_RECORDED: lambda fact: {"value": _mobile(fact)},
    Event.EMAIL_RECORDED: lambda fact: {"value": EmailStatus(fact.value).name.lower()},
    Event.SERVICE_ENDED: lambda fact: {"value": Service(fact.value).name.lower()},
    Event.SERVICE_RESTORED: lambda fact: {"value": Service(fact.value).name.lower()},
    Event.RESTRICTED_ACCESS_SET: lambda fact: {"value": bool(fact.value)},
    Event.EMPLOYER_SET: lambda fact: {"value": True},
    Event.CENTRELINK_RECORDED: lambda fact: {"value": bool(fact.value)},
    Event.CENTRELINK_MOBILE_RECORDED: lambda fact: {"value": _mobile(fact)},
    Event.MAIL_CHANNEL_RECORDED: lambda fact: {"value": MAIL[fact.value]},
    Event.MUTUAL_CUSTOMER_SET: lambda fact: {"value": bool(fact.value)},
    Event.POSTCODE_RECORDED: lambda fact: {"value": fact.value},
    Event.WITHHOLDINGS_ELIGIBLE_SET: lambda fact: {"value": bool(fact.value)},
    Event.VULNERABILITY_SET: lambda fact: {
        "value": Vulnerability(fact.value).name.lower(), **({} if fact.other else {"lifted": True}),
    },
    Event.ARRANGEMENT_SET: lambda fact: arrangement(fact.value),
    Event.REPAYMENT_DUE: lambda fact: {"value": day_text(fact.value)} if fact.value else {},
    Event.REPAYMENT_DECLINED: lambda fact: {"value": day_text(fact.value)},
    Event.WITHHOLDABLE_PAYMENT_SET: lambda fact: {"value": bool(fact.value)},
    Event.XCSHSMS_SET: lambda fact: {"value": bool(fact.value)},
    Event.WRITE_OFF_SET: _write_off,
    Event.PAUSE_STARTED: lambda fact: {"value": PAUSES[fact.other], "ends": day_text(fact.value)},
    Event.DISASTER_DECLARED: lambda fact: {
        "disaster": f"disaster_{fact.ref}", "first": fact.value, "last": fact.other, "ends": day_text(fact.ends),
    },
    Event.DISASTER_ENDED: lambda fact: {"disaster": f"disaster_{fact.ref}"},
}  # fmt: skip
"""What a step says of a fact besides its name, its customer and its debt."""
