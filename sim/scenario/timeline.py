"""A customer's timeline in local time, as a failure shows it: the history's events in plain words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sim.clock import ZONES, Clock, clock
from sim.history import Event
from sim.messages import (
    Arrangement,
    ArrangementStatus,
    EmailStatus,
    IntegratedWork,
    MobileStatus,
    ProcessKind,
    ReportAction,
    ReportCase,
    Screen,
    Service,
    SpecialisedArea,
    Status,
    System,
    Vulnerability,
    WriteOff,
    reason_names,
)
from sim.scenario.played import Played

Row = Mapping[str, int]

_QUIET = (Event.NUMBERS_RECORDED, Event.ACCESS_RECORDED)
_FOR_ALL = (Event.OUTAGE_STARTED, Event.OUTAGE_ENDED)
_FOR_DEBTORS = (Event.NIGHTLY_RUN, Event.DISASTER_DECLARED, Event.DISASTER_ENDED)
_NIGHT = (Event.ELIGIBLE, Event.ELIGIBLE_ENDED, Event.PICKED, Event.SUPPRESSED, Event.SUPPRESSED_ENDED)
_SENT = (Event.SEND_PRESSED, *_NIGHT, Event.ELIGIBILITY_INJECTED)
"""Events whose template is told."""
_ABOUT = {
    Event.SAS_FOUND: "that it was for", Event.NUMBER_REMOVED: "from", Event.SENT_TO_WRONG_CUSTOMER: "meant for",
}  # fmt: skip
"""Events that name another customer, and how."""


def timeline(played: Played, customer: int, marks: Sequence[tuple[int, str]] = ()) -> list[str]:
    """One line for each thing that happened, with the local time of the zone then on record and its offset. `marks`
    are remarks with their instants (ms UTC), in order; each stands after what happened then."""
    rows = list(played.history.select())
    debts = (Event.DEBT_RAISED, *_NIGHT)
    has_debts = any(row["customer"] == customer and row["event"] in debts for row in rows)
    shown = (*_FOR_ALL, *(_FOR_DEBTORS if has_debts else ()))
    here, lines, waiting = clock(ZONES[0]), [], list(marks)
    for row in rows:
        concerned = row["customer"] == customer or (not row["customer"] and row["event"] in shown)
        if row["event"] in _QUIET or not concerned:
            continue
        while waiting and waiting[0][0] < row["time"]:
            lines.append(_remark(here, *waiting.pop(0)))
        if row["event"] == Event.ZONE_RECORDED:
            here = clock(ZONES[row["value"]])
        lines.append(f"{here.isoformat(row['time'])}  {_told(played, row, here)}")
    return lines + [_remark(here, *mark) for mark in waiting]


def _remark(here: Clock, time: int, text: str) -> str:
    return f"{here.isoformat(time)}  ^ {text}"


def _told(played: Played, row: Row, here: Clock) -> str:
    event = Event(row["event"])
    words = [event.name.lower().replace("_", " ")]
    template = _template(played, row["template"]) if event in _SENT and row["template"] else ""
    if row["message"]:
        labels = {attempt.number: label for label, attempt in played.attempts.items()}
        label = labels.get(row["message"]) or f"#{row['message']}"
        words.append(f"{label}: {template}" if template else label)
    elif template:
        words.append(template)
    detail = _content(played, row) if event in (Event.INFO_SHOWN, Event.ARRIVED) else ""
    if event in (Event.HELD, Event.HELD_AGAIN):
        detail = f"until {here.isoformat(row['value'])}"
    elif event in (Event.SUPPRESSED, Event.SUPPRESSED_ENDED) and row["other"]:
        detail = f"by {_template(played, row['other'])}"
    elif event in _ABOUT:
        names = {number: name for name, number in played.customers.items()}
        detail = f"{_ABOUT[event]} {names.get(row['other'], 'nobody on record')}"
    elif event in _DETAILS:
        detail = _DETAILS[event](row)
    reasons = ", ".join(reason_names(row["reasons"]))
    return " ".join([*words, *([detail] if detail else []), *([f"({reasons})"] if reasons else [])])


def _template(played: Played, code: int) -> str:
    return played.template_names.get(code, str(code))


def _content(played: Played, row: Row) -> str:
    content = played.history.contents[row["value"]]
    return repr(content.text) + (f" from {content.sender!r}" if content.sender else "")


# What `value`, `other` and `ref` say.


def _named(kinds: Callable[[int], object], column: str = "value") -> Callable[[Row], str]:
    """The name of a code."""
    return lambda row: str(getattr(kinds(row[column]), "name", row[column])).lower()


def _flag(row: Row) -> str:
    return "" if row["value"] else "lifted"


def _day(row: Row) -> str:
    return _date(row["value"])


def _date(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat() if ordinal else "none"


def _arrangement(row: Row) -> str:
    kind, status = divmod(row["value"], 10)
    return f"{Arrangement(kind).name} {ArrangementStatus(status).name}".lower()


def _mobile(row: Row) -> str:
    by = _BY.get(row["ref"], "")
    return _MOBILE(row) + (f" {by}" if by else "")


_BY = {1: "by an officer", 2: "in the online account", 3: "in the app", 4: "by phone"}
_MOBILE, _SERVICE, _PROCESS = _named(MobileStatus), _named(Service), _named(ProcessKind)

_DETAILS: Mapping[int, Callable[[Row], str]] = {
    Event.ZONE_RECORDED: lambda row: ZONES[row["value"]],
    Event.MOBILE_RECORDED: _mobile,
    Event.EMAIL_RECORDED: _named(EmailStatus),
    Event.SERVICE_ENDED: _SERVICE,
    Event.SERVICE_RESTORED: _SERVICE,
    Event.RESTRICTED_ACCESS_SET: _flag,
    Event.FDV_INDICATOR_SET: _flag,
    Event.PROCESS_OPENED: _PROCESS,
    Event.AREA_RECORDED: _named(SpecialisedArea),
    Event.WORK_ARRIVED: _PROCESS,
    Event.WORK_STARTED: _PROCESS,
    Event.WORK_ENDED: _PROCESS,
    Event.CALL_ATTEMPTED: lambda row: f"on number {row['value']}",
    Event.NUMBER_CHECKED: lambda row: {1: "working", 2: "not working"}.get(row["value"], ""),
    Event.LIST_VIEWED: lambda row: {1: "in Pluto", 2: "in Cuba"}.get(row["value"], ""),
    Event.STATUS_CLAIMED: _named(Status),
    Event.NIGHTLY_RUN: lambda row: f"of {System(row['system']).name} for {_date(row['value'])}",
    Event.CENTRELINK_RECORDED: lambda row: "current" if row["value"] else "former",
    Event.CENTRELINK_MOBILE_RECORDED: _MOBILE,
    Event.MAIL_CHANNEL_RECORDED: lambda row: {1: "post", 2: "online"}.get(row["value"], ""),
    Event.MUTUAL_CUSTOMER_SET: _flag,
    Event.VULNERABILITY_SET: lambda row: _named(Vulnerability)(row) + ("" if row["other"] else " lifted"),
    Event.POSTCODE_RECORDED: lambda row: str(row["value"]),
    Event.WITHHOLDINGS_ELIGIBLE_SET: _flag,
    Event.DEBT_RAISED: lambda row: f"due {_day(row)}",
    Event.ARRANGEMENT_SET: _arrangement,
    Event.REPAYMENT_DUE: _day,
    Event.REPAYMENT_DECLINED: _day,
    Event.WRITE_OFF_SET: lambda row: _named(WriteOff)(row) + {2: " for the customer"}.get(row["other"], ""),
    Event.WRITE_OFF_ENDS: _day,
    Event.PAUSE_STARTED: lambda row: {1: "hardship ", 2: "disaster "}.get(row["other"], "") + f"until {_day(row)}",
    Event.DISASTER_DECLARED: lambda row: f"for postcodes {row['value']} to {row['other']}",
    Event.AUTO_SETUP_CEASED: lambda row: f"until {_day(row)}",
    Event.HAS_VIEWED: _named(Screen),
    Event.ROUTED: lambda row: f"to {System(row['value']).name.lower()} ({_named(IntegratedWork, 'other')(row)})",
    Event.CLAIM_FINALISED: lambda row: {1: "grant", 2: "reject"}.get(row["value"], ""),
    Event.CCM_SET: lambda row: "available" if row["value"] else "not available",
    Event.REPORT_RECEIVED: _named(ReportCase),
    Event.REPORT_STEP: _named(ReportAction),
    Event.EXPLAINED: lambda row: f"point {row['value']}",
}
"""What a row says besides its event."""
