"""Hand-written histories and policy values for the tests of the audit.

Nothing here comes from the rules, the systems or the world: the values stand as numbers, and a message's life is
written out event by event.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sim.audit import Audit, judge
from sim.audit.codes import CHANNELS, CONTACT_TIMES, SYSTEMS, ZONES, Event
from sim.audit.log import Given, Log
from sim.audit.schema import EVENT_COLUMNS
from sim.audit.text import content_code
from sim.audit.verdicts import RuleAudit
from tests.audit import centrelink_policy

SYDNEY = "Australia/Sydney"
HOUR = 3_600_000
MINUTE = 60_000

S001, S002, PAYMENT_OVERDUE, DOCUMENTS_RECEIVED, PLEASE_CALL, REMINDER = 1, 2, 101, 102, 103, 201

TEMPLATES: list[dict[str, Any]] = [
    {
        "code": S001,
        "id": "S001",
        "group": "Request for contact",
        "title": "Pre call alert",
        "kind": "pre_call_advice",
        "service": "general",
        "fields": ["contact_time"],
        "asks_answer": False,
        "promise": "contact_time",
        "precall": True,
        "prior_actions": [],
        "desktop": True,
        "text": "A Services Australia Service Officer will call you {contact_time} from a private number. "
        "Please answer this call. Do not reply by SMS.",
    },
    {
        "code": S002,
        "id": "S002",
        "group": "Request for contact",
        "title": "Pre call objection",
        "kind": "pre_call_advice",
        "service": "general",
        "fields": [],
        "asks_answer": False,
        "promise": "today",
        "precall": True,
        "prior_actions": [],
        "desktop": True,
        "text": "We will call you today from a private number about an objection. Please answer this call. "
        "Do not reply by SMS.",
    },
    {
        "code": PAYMENT_OVERDUE,
        "id": "payment_overdue",
        "group": "Payment information",
        "title": "Payment overdue",
        "kind": "reminder",
        "service": "reminder",
        "fields": ["by_date"],
        "asks_answer": True,
        "promise": "",
        "precall": False,
        "prior_actions": [],
        "desktop": True,
        "text": "A child support payment is overdue. Please pay or call us by {by_date}. Do not reply by SMS.",
    },
    {
        "code": DOCUMENTS_RECEIVED,
        "id": "documents_received",
        "group": "Provide/request information",
        "title": "Documents received",
        "kind": "confirmation",
        "service": "general",
        "fields": [],
        "asks_answer": False,
        "promise": "",
        "precall": False,
        "prior_actions": ["record the documents", "check that they are complete"],
        "desktop": True,
        "text": "We have received your documents. Do not reply by SMS.",
    },
    {
        "code": PLEASE_CALL,
        "id": "please_call",
        "group": "Request for contact",
        "title": "Please call",
        "kind": "request",
        "service": "general",
        "fields": [],
        "asks_answer": True,
        "promise": "",
        "precall": False,
        "prior_actions": [],
        "desktop": True,
        "text": "Please call Child Support on 131 272 about your case. Do not reply by SMS.",
    },
    {
        "code": REMINDER,
        "id": "payment_reminder",
        "group": "Payment information",
        "title": "Payment reminder",
        "kind": "reminder",
        "service": "reminder",
        "fields": [],
        "asks_answer": False,
        "promise": "",
        "precall": False,
        "prior_actions": [],
        "desktop": False,
        "text": "Your child support payment is due soon. Do not reply by SMS.",
    },
    *centrelink_policy.TEMPLATES,
]

_VALUES: dict[str, dict[str, Any]] = {
    "cs-opt-out": {"reach": "all_em", "text": "Customer has an SMS opt out recorded"},
    "cs-fdv": {
        "enforced": False,
        "processes": ["new_registration", "objection", "change_of_assessment", "change_of_care"],
    },
    "cs-first-contact-by-phone": {"rounds": 1},
    "cs-unanswered": {"messages": 2, "days": 14},
    "cs-contact-protocol": {
        "attempts": 1,
        "attempts_over_days": 1,
        "out_of_time_attempts": 3,
        "out_of_time_over_days": 2,
        "phone_optional_areas": ["personalised_services"],
    },
    "cs-specialised-area": {
        "areas": [
            "personalised_services",
            "specialised_assessment_services",
            "change_of_assessment",
            "objections",
        ]
    },
    "cs-daily-limit": {
        "limit": 5,
        "counts": "either_day",
        "scope": "desktop",
        "text": "This customer has already received 5 desktop messages today",
    },
    "cs-hourly-confirmation": {
        "minutes": 60,
        "from": "issued",
        "boundary": "exclusive",
        "text": "A desktop message has already been sent to this customer in the last hour. "
        "Are you sure you want to send another one?",
    },
    "cs-send-window": {"opens": "08:00", "closes": "20:00", "release": "next_day", "release_spread_minutes": 0},
    "cs-templates": {"templates": TEMPLATES},
    "cs-precall": {
        "promise_from": "sent",
        "next_hour_minutes": 60,
        "aim_from_minutes": 10,
        "aim_to_minutes": 25,
    },
    "cs-status": {"viewable_min_minutes": 2, "viewable_max_minutes": 5},
    "cs-bounce-back": {"run_at": "06:00"},
    "cs-content": {"agency_numbers": ["131 272", "132 850", "132 300", "132 490", "136 150", "132 717"]},
    "cs-sender": {"sender": "Child Supp", "shortest": 2, "longest": 11},
    **centrelink_policy.VALUES,
}


def policy(**changes: Any) -> dict[str, Any]:
    """Plain policy values; `changes` by name with ``__`` between rule and value (``cs_daily_limit__limit=4``)."""
    rules = {rule: {"values": dict(values)} for rule, values in _VALUES.items()}
    for name, value in changes.items():
        rule, _, key = name.partition("__")
        rules[rule.replace("_", "-")]["values"][key] = value
    return rules


def at(text: str, zone: str = SYDNEY, fold: int = 0) -> int:
    """ms UTC of a local time such as ``2026-09-22 19:59:59.999``."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return (moment - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(milliseconds=1)


class Builder:
    """A history under construction, observed from `start` to `end` (local times in `zone`, by default Sydney).

    Every method appends events in the order of the calls and gives back nothing; `event` writes any single row.
    """

    def __init__(
        self,
        start: str = "2026-09-21 00:00",
        end: str = "2026-10-19 00:00",
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.start, self.end = at(start), at(end)
        self.values = values or policy()
        self.events: list[dict[str, int]] = []
        self.contents: dict[int, tuple[str, str]] = {}
        self.zones: dict[int, str] = {}

    def event(self, time: int, event: Event, **columns: int) -> None:
        """One row as it is; `time` is ms UTC, columns that are not named are 0."""
        self.events.append({"time": time, "event": int(event), **columns})

    def content(self, sender: str, text: str) -> int:
        """Remember exact words and return their code."""
        code = content_code(sender, text)
        self.contents[code] = (sender, text)
        return code

    def customer(
        self, customer: int, zone: str = SYDNEY, mobile: int = 1, time: int | None = None, numbers: int = 1
    ) -> None:
        """The register's facts of a customer at the start: zone, mobile (a MobileStatus), how many phone numbers."""
        moment = self.start if time is None else time
        self.zones[customer] = zone
        self.fact(moment, Event.ZONE_RECORDED, customer, ZONES.index(zone))
        self.fact(moment, Event.MOBILE_RECORDED, customer, mobile)
        self.fact(moment, Event.NUMBERS_RECORDED, customer, numbers)

    def fact(self, time: int, event: Event, customer: int, value: int = 0, **columns: int) -> None:
        """A record of the register."""
        self.event(time, event, customer=customer, value=value, system=SYSTEMS["register"], **columns)

    def officer(self, officer: int, access: int = 3) -> None:
        """An officer's access: 1 Cuba + 2 Pluto."""
        self.event(self.start, Event.ACCESS_RECORDED, officer=officer, value=access, system=SYSTEMS["register"])

    def text_of(self, template: int, contact_time: str = "", by_date: str = "") -> str:
        """The words of a template with its fields filled in; `by_date` is already worded."""
        text = next(entry["text"] for entry in TEMPLATES if entry["code"] == template)
        worded = {"next_hour": "within the hour", "today": "today", "": ""}[contact_time]
        return text.replace("{contact_time}", worded).replace("{by_date}", by_date)

    def press(
        self,
        message: int,
        customer: int,
        time: int,
        *,
        template: int = DOCUMENTS_RECEIVED,
        system: str = "pluto",
        officer: int = 9,
        ref: int = 0,
        channel: str = "sms",
        contact_time: str = "",
        by_date: int = 0,
    ) -> None:
        """The first press of Send."""
        fields = by_date * 4 + CONTACT_TIMES.get(contact_time, 0)
        self.event(
            time,
            Event.SEND_PRESSED,
            message=message,
            customer=customer,
            template=template,
            officer=officer if system == "pluto" else 0,
            ref=ref,
            other=CHANNELS[channel],
            value=fields,
            system=SYSTEMS["world" if system == "pluto" else system],
        )

    def refuse(self, message: int, customer: int, time: int, reasons: int, **pressed: Any) -> None:
        """An attempt that was refused."""
        self.press(message, customer, time, **pressed)
        self.event(time, Event.REFUSED, message=message, customer=customer, reasons=reasons, system=SYSTEMS["world"])

    def ask(self, message: int, customer: int, time: int, answered: int | None = None, confirmed: bool = True) -> None:
        """The one-hour question, and perhaps its answer at `answered`."""
        words = self.values["cs-hourly-confirmation"]["values"]["text"]
        row = {"message": message, "customer": customer, "system": SYSTEMS["world"]}
        self.event(time, Event.INFO_SHOWN, value=self.content("", words), **row)
        self.event(time, Event.CONFIRMATION_ASKED, **row)
        if answered is not None:
            self.event(answered, Event.CONFIRMED if confirmed else Event.CANCELLED, **row)

    def issue(
        self, message: int, customer: int, time: int, due: int | None = None, system: str = "pluto", **told: Any
    ) -> None:
        """The Send that was accepted; with `due` the message is held until then."""
        row = {"message": message, "customer": customer, "system": SYSTEMS[system]}
        told.setdefault("template", DOCUMENTS_RECEIVED)
        self.event(time, Event.ISSUED, value=time if due is None else due, other=CHANNELS["sms"], **row, **told)
        if due is not None:
            self.event(time, Event.HELD, value=due, **row)

    def deliver(
        self,
        message: int,
        customer: int,
        time: int,
        *,
        text: str | None = None,
        sender: str = "Child Supp",
        template: int = DOCUMENTS_RECEIVED,
        system: str = "pluto",
        latency: int = 50,
        viewable: int | None = 3 * MINUTE,
        contact_time: str = "",
        by_date_words: str = "",
    ) -> None:
        """Hand over at `time`; sent `latency` ms later; viewable in Cuba `viewable` ms after that (None: never)."""
        words = self.text_of(template, contact_time, by_date_words) if text is None else text
        row = {"message": message, "customer": customer}
        self.event(time, Event.HANDED_OVER, system=SYSTEMS[system], **row)
        self.event(time, Event.ARRIVED, system=SYSTEMS["gateway"], value=self.content(sender, words), **row)
        sent = time + latency
        self.event(sent, Event.ACKNOWLEDGED, system=SYSTEMS["gateway"], **row)
        self.event(sent, Event.SENT_CLAIMED, system=SYSTEMS[system], value=sent, **row)
        if viewable is not None:
            self.event(sent + viewable, Event.VIEWABLE, system=SYSTEMS["cuba"], **row)
            if system == "pluto":
                self.event(sent + viewable, Event.STATUS_CLAIMED, system=SYSTEMS["pluto"], value=3, **row)

    def send(self, message: int, customer: int, time: int, *, held_until: int | None = None, **more: Any) -> None:
        """A whole ordinary message: issued at `time`, handed over then or at `held_until`, viewable after."""
        pressed = {key: more.pop(key) for key in ("officer", "ref", "channel", "by_date") if key in more}
        shared = {key: more[key] for key in ("template", "system") if key in more}
        contact = {"contact_time": more["contact_time"]} if "contact_time" in more else {}
        self.press(message, customer, time, **pressed, **shared, **contact)
        self.issue(message, customer, time, held_until, **shared)
        self.deliver(message, customer, time if held_until is None else held_until, **more)

    def given(self, messages: Any = None) -> Given:
        """The history, its events in order of time (those of one instant in the order of the calls)."""
        import pandas as pd

        columns = list(EVENT_COLUMNS[1:])
        ordered = sorted(self.events, key=lambda row: row["time"])
        rows = [[row.get(column, 0) for column in columns] for row in ordered]
        frame = pd.DataFrame(rows, columns=columns, dtype="int64")
        frame.insert(0, "seq", range(len(frame)))
        return Given(frame, self.contents, messages, (self.start, self.end))

    def log(self, messages: Any = None) -> Log:
        """The history as a log."""
        return Log.from_histories([self.given(messages)], self.values)

    def audit(self) -> Audit:
        """All rules."""
        return judge(self.log())

    def rule(self, rule: str) -> RuleAudit:
        """One rule; a crashed check raises."""
        return judge_one(self.log(), rule)


def judge_one(log: Log, rule: str) -> RuleAudit:
    """Judge one rule without the net for crashes."""
    from importlib import import_module

    module = import_module(f"sim.audit.{rule.replace('-', '_')}")
    result = module.audit(log)
    assert isinstance(result, RuleAudit)
    return result


def offenders(audit: RuleAudit) -> list[int | str]:
    """The messages that broke the rule, in order of time."""
    return [breach.messages[0] for breach in audit.evidence]


def expect(rule: str, table: Mapping[Any, tuple[Builder, list[int]]]) -> RuleAudit:
    """Judge the histories of a table in one batch: {row: (history, the messages that broke the rule)}.

    They have the same policy. Gives back the audit of all of them, so that counts can be looked at.
    """
    builders = [built for built, _ in table.values()]
    assert all(built.values == builders[0].values for built in builders)
    audit = judge_one(Log.from_histories([built.given() for built in builders], builders[0].values), rule)
    found: dict[Any, list[int | str]] = {row: [] for row in table}
    for breach in audit.evidence:
        found[list(table)[breach.run_id - 1]] += breach.messages[:1] or ["no message"]
    assert found == {row: wrong for row, (_, wrong) in table.items()}
    return audit
