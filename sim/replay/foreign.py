"""Somebody else's log as a stream: what can be rebuilt from a messages table and its companion of customers.

Requests are its rows at the instants at which they were issued; opt-outs, deaths and mobiles come from the companion.
What the log does not hold is assumed as nothing that stands in the way of a message, and each assumption is counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import Any

from sim.audit import Log
from sim.clock import DAY, MINUTE, ZONES, Clock, clock
from sim.history import Event
from sim.messages import (
    Channel,
    ContactTime,
    EmailStatus,
    MobileStatus,
    Reason,
    Request,
    Service,
    System,
    Vulnerability,
)
from sim.policy.content import PAYMENTS
from sim.policy.policy import Policy
from sim.policy.templates import Template
from sim.replay.registers import DISASTER, VULNERABLE, Fact
from sim.replay.stream import FDV, USUAL_MS, Answer, Input, Kind, Stream, Transports, Turn

LONGEST_ACKNOWLEDGEMENT = 10 * MINUTE
"""A longer wait than this is not the gateway's acknowledgement: it is a hold, a backlog or an outage."""
_WATCHED_AFTER = 10 * DAY  # what is held when the log ends is released within it
_NOT_THROTTLED = 1_000.0  # messages a second
_UNKNOWN_TEMPLATE = 999
_CHILD_SUPPORT = (System.PLUTO, System.CUBA)
_BATCHES = (System.DMIS, System.SAP)
_CONTACT_TIMES = {"next_hour": ContactTime.NEXT_HOUR, "today": ContactTime.TODAY}
_CHANNELS = {"sms": Channel.SMS, "email": Channel.EMAIL, "mygov": Channel.MYGOV}
_SERVICES = {"reminder": Service.REMINDER, "general": Service.GENERAL}

_COLUMNS = (
    "row_id", "message_id", "customer_id", "officer_id", "system", "channel", "template", "template_code", "service",
    "kind", "contact_time", "by_date", "timezone", "confirmation_asked", "confirmed", "outcome", "reasons",
    "pressed_ms", "issued_ms", "issued_res", "due_ms", "release_ms", "handed_ms", "sent_ms", "sent_res",
)  # fmt: skip

# What a refusal in the log says of the recipient, where the companion says nothing: the fact of the companion that
# would (Child Support's, Centrelink's), and the Recipient's fields that make our tests agree.
_SAID: dict[int, tuple[tuple[str, str], dict[str, int]]] = {
    Reason.OPTED_OUT: (("opted_out", "centrelink_opted_out"), {"opted_out": 1}),
    Reason.DECEASED: (("deceased", "deceased"), {"deceased": 1}),
    Reason.RESTRICTED_ACCESS: (("restricted_access", "restricted_access"), {"restricted_access": 1}),
    Reason.EMPLOYER: (("employer", "employer"), {"employer": 1}),
    Reason.NO_MOBILE: (("mobile_status", "centrelink_mobile"), {"mobile": MobileStatus.NONE}),
    Reason.INVALID_MOBILE: (("mobile_status", "centrelink_mobile"), {"mobile": MobileStatus.INVALID}),
    Reason.OVERSEAS_MOBILE: (("mobile_status", "centrelink_mobile"), {"mobile": MobileStatus.OVERSEAS}),
    Reason.VULNERABLE: (("", "vulnerable"), {VULNERABLE: 1}),
    Reason.DISASTER_PAUSE: (("", ""), {DISASTER: 1}),
    Reason.SERVICE_UNSUBSCRIBED: (("", ""), {"reminder_ended": 1, "general_ended": 1, "email": EmailStatus.NONE}),
}

ASSUMPTIONS: Mapping[str, str] = {
    "recipients": "customers of whom no record was given: a valid mobile, alive, not opted out, no bar",
    "centrelink": "customers of Centrelink's messages: no disaster pause, and vulnerable only where the record says so",
    "said": "refusals and withdrawals for what the log does not show otherwise (access, a record): taken as it says",
    "templates": "messages without a template that the policy knows: one that asks for no fields stands for it",
    "debts": "debt messages without such a template, and suppressed ones: not replayed",
    "fields": "messages without a contact time, by date or payment type that they need: a valid one",
    "moves": "customers seen in another zone than before: moved when the first message there was issued",
    "delays": "sent messages whose acknowledgement is not to be told from a wait: the usual delay",
    "twice": "further rows of one message: left out of the replay",
    "stopped": "messages that the officer stopped before Send: not replayed",
}
"""What is assumed where the log is silent, in words."""
ALWAYS_ASSUMED = "no outage of the gateway, no backlog before it, and no message before the first one of the log"


@dataclass(frozen=True)
class Foreign:
    """A foreign log as a stream. `rows` are its messages by our number, with what it says became of each; `messages`
    and `customers` are its own ids; `withdrawn` are messages that were withdrawn for what nothing else shows; `assumed`
    counts by the names of `ASSUMPTIONS`."""

    log: Log
    stream: Stream
    rows: dict[int, dict[str, Any]]
    messages: dict[int, str]
    customers: dict[int, str]
    withdrawn: dict[int, bool]
    assumed: dict[str, int]


def read_foreign(
    path: Path, policy: Policy, customers: Path | None, mapping: Mapping[str, str], times_in: str | None
) -> Foreign:
    """The stream of a messages table (as `emsim audit` reads it). Raises InputError."""
    log = Log.from_messages(path, customers, policy=policy.plain(), mapping=mapping, times_in=times_in)
    return _Rebuilder(log, policy).rebuild()


class _Rebuilder:
    """Goes through the rows in the order of their issue."""

    def __init__(self, log: Log, policy: Policy) -> None:
        self.log = log
        self.assumed = dict.fromkeys(ASSUMPTIONS, 0)
        self._templates = policy.templates
        self._start = log.observed_from
        self._numbers: dict[str, int] = {}
        self._zones: dict[str, int] = {name: code for code, name in enumerate(ZONES)}
        self._zone_of: dict[int, int] = {}
        self._entered: dict[tuple[int, bool], bool] = {}
        self._ways: dict[tuple[int, Channel], bool] = {}
        self._opening: list[Input] = []
        self._inputs: list[Input] = []
        self._answers: dict[int, Answer] = {}
        self._said: dict[int, dict[str, int]] = {}
        self._withdrawn: dict[int, bool] = {}
        self._delays: dict[int, int] = {}
        self._rows: dict[int, dict[str, Any]] = {}

    def rebuild(self) -> Foreign:
        log = self.log
        seen: dict[str, bool] = {}
        for row in log.records(f"SELECT {', '.join(_COLUMNS)} FROM messages ORDER BY issued_ms, row_id"):
            if row["outcome"] == "suppressed":
                self.assumed["debts"] += 1
            elif row["message_id"] in seen:
                self.assumed["twice"] += 1
            else:
                seen[row["message_id"]] = True
                self._message(row)
        facts = list(self._facts())
        inputs = sorted([*self._opening, *facts, *self._inputs], key=lambda one: (one.time, one.turn))
        clocks: list[Clock] = [clock(name) for name in self._zones]
        stream = Stream(
            self._start, log.observed_to + _WATCHED_AFTER, inputs, self._answers, {}, self._transports(),
            len(self._rows), clocks, self._said,
        )  # fmt: skip
        messages = {number: str(row["message_id"]) for number, row in self._rows.items()}
        customers = {number: name for name, number in self._numbers.items()}
        return Foreign(log, stream, self._rows, messages, customers, self._withdrawn, self.assumed)

    # Messages

    def _message(self, row: dict[str, Any]) -> None:
        system = System[row["system"].upper()]
        reasons = row["reasons"] or 0
        if row["outcome"] == "cancelled" and system != System.PLUTO:
            self.assumed["stopped"] += 1
            return
        template = self._template(row, system, reasons)
        if template is None:
            self.assumed["debts"] += 1
            return
        number = len(self._rows) + 1
        self._rows[number] = row
        customer = self._customer(row, system)
        channel = _CHANNELS[row["channel"]]
        if system in _CHILD_SUPPORT:
            self._reached(customer, channel)
        access = int(not reasons & Reason.NO_ACCESS)
        self._take_as_said(number, row["outcome"], system, reasons)
        contact_time, by_date, payment = self._fields(row, customer, template, reasons)
        request = Request(
            number, customer, system, template.code, 0, 0, channel, contact_time, by_date, access,
            payment_type=payment,
        )  # fmt: skip
        issued = row["issued_ms"]
        pressed = row["pressed_ms"] if row["pressed_ms"] is not None else issued
        self._inputs.append(Input(min(pressed, issued), Turn.AFTER, Kind.PRESS, request))
        self._note_answer(row, number)
        self._note_delay(row, number)

    def _template(self, row: Mapping[str, Any], system: System, reasons: int) -> Template | None:
        """The template, or one that stands for it; None for a debt message whose rules would turn on it."""
        code = row["template_code"]
        if code is not None and code in self._templates:
            return self._templates[code]
        if reasons & Reason.UNKNOWN_TEMPLATE:
            return _NO_TEMPLATE
        if system in _BATCHES:
            return None
        self.assumed["templates"] += 1
        service = _SERVICES.get(row["service"] or "", Service.GENERAL)
        own = [one for one in self._templates.values() if one.system == system and not one.fields and not one.promise]
        own += [one for one in self._templates.values() if one.system == system]
        return next((one for one in own if one.service == service), own[0])

    def _customer(self, row: Mapping[str, Any], system: System) -> int:
        """Our number of the recipient, on record where this system looks, in the zone that the log gives."""
        name = row["customer_id"]
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        zone = self._zones.setdefault(row["timezone"], len(self._zones))
        known = self._zone_of.get(number)
        if known is None:
            self._open(Fact(Event.ZONE_RECORDED, number, value=zone))
        elif known != zone:
            self.assumed["moves"] += 1
            fact = Fact(Event.ZONE_RECORDED, number, value=zone)
            self._inputs.append(Input(row["issued_ms"], Turn.BEFORE, Kind.FACT, fact))
        self._zone_of[number] = zone
        of_child_support = system in _CHILD_SUPPORT
        if (number, of_child_support) not in self._entered:
            self._entered[number, of_child_support] = True
            self._enter(number, of_child_support)
        return number

    def _enter(self, number: int, of_child_support: bool) -> None:
        if of_child_support:
            self._open(Fact(Event.MOBILE_RECORDED, number, value=MobileStatus.NONE))
            return
        self.assumed["centrelink"] += 1
        for event, value in (
            (Event.CENTRELINK_RECORDED, 1),
            (Event.CENTRELINK_MOBILE_RECORDED, int(MobileStatus.VALID)),
            (Event.POSTCODE_RECORDED, 0),
        ):
            self._open(Fact(event, number, value=value))

    def _reached(self, number: int, channel: Channel) -> None:
        """There is a mobile on record of whoever gets an SMS, and an address of whoever gets an email."""
        if (number, channel) in self._ways:
            return
        self._ways[number, channel] = True
        if channel == Channel.EMAIL:
            self._open(Fact(Event.EMAIL_RECORDED, number, value=EmailStatus.VALID))
        else:
            self._open(Fact(Event.MOBILE_RECORDED, number, value=MobileStatus.VALID))

    def _open(self, fact: Fact) -> None:
        """Something that is on record from the start."""
        self._opening.append(Input(self._start, Turn.BEFORE, Kind.FACT, fact))

    def _take_as_said(self, number: int, outcome: str, system: System, reasons: int) -> None:
        """What the log says of the recipient in refusing or withdrawing this message, where the companion does not know
        better."""
        said: dict[str, int] = {}
        for bit, (names, fields) in _SAID.items():
            if reasons & bit and names[system not in _CHILD_SUPPORT] not in self.log.fact_names:
                said |= fields
        if reasons & Reason.FDV_UNDISCUSSED:
            said[FDV] = 1
        if said or reasons & Reason.NO_ACCESS:
            self.assumed["said"] += 1
        if said and outcome == "withdrawn":
            self._withdrawn[number] = True
        elif said:
            self._said[number] = said

    def _fields(self, row: Mapping[str, Any], customer: int, template: Template, reasons: int) -> tuple[int, int, int]:
        """Contact time, by date and payment type: those of the log, or valid ones where it is silent."""
        contact_time = int(_CONTACT_TIMES.get(row["contact_time"] or "", ContactTime.NONE))
        by_date = row["by_date"].toordinal() if row["by_date"] else 0
        payment, silent = 0, False
        if not reasons & Reason.MISSING_FIELD:
            if "contact_time" in template.fields and not contact_time:
                contact_time, silent = int(ContactTime.TODAY), True
            if "by_date" in template.fields and not by_date:
                here = clock(row["timezone"])
                by_date, silent = here.day(row["issued_ms"]), True
                if reasons & Reason.BY_DATE_IN_PAST:
                    by_date -= 1
            if "payment_type" in template.fields:
                payment, silent = next(iter(PAYMENTS)), True
        self.assumed["fields"] += silent
        return contact_time, by_date, payment

    # Answers of officers and of the gateway

    def _note_answer(self, row: Mapping[str, Any], number: int) -> None:
        """How the one-hour question was answered, should it be asked."""
        if row["system"] != "pluto":
            return
        if row["outcome"] == "cancelled":
            self._answers[number] = Answer.CANCELS
        elif row["confirmed"] or (row["confirmation_asked"] and row["outcome"] != "refused"):
            self._answers[number] = Answer.SENDS
        else:
            return
        self._inputs.append(Input(row["issued_ms"], Turn.AFTER, Kind.ANSWER, number))

    def _note_delay(self, row: Mapping[str, Any], number: int) -> None:
        """From the hand-over to the acknowledgement, where the log shows it."""
        if row["sent_ms"] is None:
            return
        handed = row["handed_ms"] if "handed_over_at" in self.log.columns else None
        for since in (handed, row["release_ms"], row["due_ms"], row["issued_ms"]):
            if since is not None and 0 <= row["sent_ms"] - since <= LONGEST_ACKNOWLEDGEMENT:
                self._delays[number] = max(1, row["sent_ms"] - since)
                return
        self.assumed["delays"] += 1

    def _transports(self) -> Transports:
        usual = median_low(self._delays.values()) if self._delays else USUAL_MS
        by_channel = {int(channel): usual for channel in (Channel.SMS, Channel.EMAIL)}
        return Transports(self._delays, {}, by_channel, [], _NOT_THROTTLED, _NOT_THROTTLED)

    # The companion

    def _facts(self) -> Iterator[Input]:
        """What is on record of the customers, from when on."""
        rows = self.log.rows("SELECT customer_id, fact, from_ms, value FROM facts ORDER BY from_ms, customer_id, fact")
        told: dict[int, bool] = {}
        for name, fact, since, value in rows:
            number = self._numbers.get(name)
            if number is None:
                continue
            told[number] = True
            if value is not None:
                found = self._fact(number, fact, value)
                if found is not None:
                    yield Input(max(since, self._start), Turn.BEFORE, Kind.FACT, found)
        self.assumed["recipients"] = len(self._numbers) - len(told)

    def _fact(self, number: int, fact: str, value: int) -> Fact | None:
        if fact in ("mobile_status", "opted_out", "employer") and (number, True) not in self._entered:
            return None
        if fact in ("centrelink_mobile", "centrelink_opted_out", "vulnerable") and (number, False) not in self._entered:
            return None
        if fact in ("mobile_status", "centrelink_mobile"):
            event = Event.MOBILE_RECORDED if fact == "mobile_status" else Event.CENTRELINK_MOBILE_RECORDED
            return Fact(event, number, value=value if value in _STATUSES else MobileStatus.VALID)
        if fact in ("opted_out", "centrelink_opted_out"):
            events = _OPT_OUTS if fact == "opted_out" else _CENTRELINK_OPT_OUTS
            return Fact(events[bool(value)], number)
        if fact == "vulnerable":
            return Fact(Event.VULNERABILITY_SET, number, int(value), value=Vulnerability.SERIOUS_ILLNESS)
        if fact == "deceased":
            return Fact(Event.DIED, number) if value else None
        event = Event.RESTRICTED_ACCESS_SET if fact == "restricted_access" else Event.EMPLOYER_SET
        return Fact(event, number, value=value)


_NO_TEMPLATE = Template(
    _UNKNOWN_TEMPLATE, "unknown", "", "", "", Service.GENERAL, (), False, False, (), True, ""
)  # fmt: skip
_STATUSES = tuple(int(status) for status in MobileStatus)
_OPT_OUTS = (Event.OPT_OUT_LIFTED, Event.OPT_OUT_RECORDED)
_CENTRELINK_OPT_OUTS = (Event.CENTRELINK_OPT_OUT_LIFTED, Event.CENTRELINK_OPT_OUT_RECORDED)
