"""A small, plausible history for tests of tables, metrics, plots and report: no world, no systems, no rules.

A few officers in Sydney and Perth work through cases of customers in several zones over a daylight-saving change. Cuba
sends reminders in the evening, so that messages are held and released together. `history()` is the same every time.
`tests.synthetic_rest` tells of Centrelink, debts, reports and email.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.clock import DAY, HOUR, MINUTE, SECOND, ZONES, clock, instant
from sim.draws import draw
from sim.history import Event, History
from sim.messages import Channel, ContactTime, MobileStatus, ProcessKind, Reason, Status, System, pack_fields
from sim.policy.policy import load_policy
from sim.population.parameters import load_parameters
from tests.synthetic_rest import TEXTS as OTHER_TEXTS
from tests.synthetic_rest import tell_the_rest

OPENS, CLOSES = 8 * HOUR, 20 * HOUR
TEXTS = {
    1: "A Services Australia Service Officer will call you within the hour from a private number. "
    "Please answer this call. Do not reply by SMS.",
    101: "Please call us on 131 272 about your payment. Do not reply by SMS.",
    201: "Your child support payment is due soon. Do not reply by SMS.",
    **OTHER_TEXTS,
}
FIRST_OF_CENTRELINK = 300
KINDS = (ProcessKind.PAYMENT, ProcessKind.OBJECTION, ProcessKind.CHANGE_OF_CARE, ProcessKind.INFORMATION_REQUEST)


@dataclass
class Message:
    """One message on its way: what the queue and the transport need to know of it."""

    id: int
    customer: int
    officer: int
    system: int
    template: int
    issued: int
    due: int
    ref: int
    called: int = 0


@dataclass
class Story:
    """Writes the rows of a made-up run; `history` puts them in order of time."""

    seed: int = 1
    customers: int = 60
    days: int = 16
    start: date = date(2026, 10, 1)
    officers: tuple[str, ...] = ("Australia/Sydney", "Australia/Perth", "Australia/Sydney")
    rate_a_second: float = 0.5
    everything: bool = True  # False: Child Support alone
    rows: list[dict[str, int]] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    issued_at: dict[int, int] = field(default_factory=dict)
    messages: int = 0
    items: int = 0

    def add(self, time: int, event: Event, **columns: int) -> None:
        """One row of the history."""
        self.rows.append({"time": time, "event": int(event), **{name: int(value) for name, value in columns.items()}})

    def u(self, purpose: int, entity: int, n: int = 0) -> float:
        """A number between 0 and 1, the same every time."""
        return draw(self.seed, purpose, entity, n)

    def zone(self, customer: int) -> str:
        """Two in three customers live in the three big cities, the others anywhere."""
        if self.u(1, customer) < 0.66:
            return ZONES[int(self.u(2, customer) * 3)]
        return ZONES[customer % len(ZONES)]

    @property
    def begin(self) -> int:
        """The start of observation: midnight in Sydney."""
        return clock(ZONES[0]).midnight(self.start.toordinal())

    def facts(self) -> None:
        """What the register knows at the start."""
        for customer in range(1, self.customers + 1):
            zone = ZONES.index(self.zone(customer))
            self.add(self.begin, Event.ZONE_RECORDED, customer=customer, value=zone, system=System.REGISTER)
            status = MobileStatus.OVERSEAS if customer % 29 == 0 else MobileStatus.VALID
            self.add(self.begin, Event.MOBILE_RECORDED, customer=customer, value=status, system=System.REGISTER)
            self.add(self.begin, Event.NUMBERS_RECORDED, customer=customer, value=1 + customer % 2)
            if customer % 5 == 0:
                self.add(self.begin, Event.NEVER_CONTACTED, customer=customer)
        self.add(self.begin, Event.OPT_OUT_RECORDED, customer=7, system=System.REGISTER)
        for officer, zone_name in enumerate(self.officers, start=1):
            place = {"other": ZONES.index(zone_name), "ref": officer % 2}
            self.add(self.begin, Event.ACCESS_RECORDED, officer=officer, value=3, **place)

    def shifts(self) -> None:
        """Officers work from eight to five of their own zone, Monday to Friday."""
        for day in range(self.start.toordinal(), self.start.toordinal() + self.days):
            if date.fromordinal(day).weekday() >= 5:
                continue
            for officer, zone in enumerate(self.officers, start=1):
                start, end = clock(zone).at(day, 8 * HOUR), clock(zone).at(day, 17 * HOUR)
                self.add(start, Event.SHIFT_STARTED, officer=officer, value=(end - start) // SECOND)
                self.add(end, Event.SHIFT_ENDED, officer=officer)
                self.shift(officer, day, start, end)

    def shift(self, officer: int, day: int, start: int, end: int) -> None:
        """One officer's day: work items one after another, of six to thirty minutes."""
        now = start + 5 * MINUTE
        while now < end - 45 * MINUTE:
            self.items += 1
            customer = 1 + int(self.u(3, self.items) ** 2 * self.customers)
            now = self.work(officer, customer, now) + int(self.u(4, self.items) * 20 * MINUTE)

    def work(self, officer: int, customer: int, now: int) -> int:
        """One work item: looked into, called about or written about. Returns when it ended."""
        item, kind = self.items, KINDS[self.items % len(KINDS)]
        who = {"customer": customer, "officer": officer, "ref": item}
        self.add(now - int(self.u(5, item) * 5 * HOUR), Event.WORK_ARRIVED, customer=customer, ref=item, value=kind)
        self.add(now, Event.WORK_STARTED, value=kind, **who)
        if customer % 5 == 0 and item % 3:
            for number in range(1, 2 + customer % 2):
                self.add(now + number * MINUTE, Event.CALL_ATTEMPTED, value=number, **who)
        template = 1 if item % 2 else 101
        now += 3 * MINUTE
        message = self.dialog(now, template, who)
        if message and template == 1:
            message.called = now + int((6 + self.u(6, item) * 26) * MINUTE)
            self.add(message.called, Event.CALL_ATTEMPTED, value=1, message=message.id, **who)
            now = message.called
            if self.u(7, item) < 0.5:
                self.add(now, Event.CALL_ANSWERED, value=1, message=message.id, **who)
        now += 4 * MINUTE
        self.add(now, Event.WORK_ENDED, value=kind, **who)
        return now

    def dialog(self, now: int, template: int, who: dict[str, int]) -> Message | None:
        """The Generate Desktop Message dialog; returns the message when one was issued."""
        self.messages += 1
        who = {**who, "message": self.messages, "template": template}
        fields = pack_fields(ContactTime.NEXT_HOUR, 0) if template == 1 else 0
        self.add(now - MINUTE, Event.DIALOG_OPENED, value=fields, system=System.WORLD, **who)
        self.add(now, Event.SEND_PRESSED, other=Channel.SMS, value=fields, system=System.WORLD, **who)
        reasons = self.reasons(who["customer"])
        if reasons:
            self.add(now, Event.REFUSED, reasons=reasons, system=System.WORLD, **who)
            return None
        if now - self.issued_at.get(who["customer"], 0) < HOUR:
            self.add(now, Event.CONFIRMATION_ASKED, system=System.WORLD, **who)
            now += 10 * SECOND
            if self.messages % 2:
                self.add(now, Event.CANCELLED, system=System.WORLD, **who)
                return None
            self.add(now, Event.CONFIRMED, system=System.WORLD, **who)
        self.issued_at[who["customer"]] = now
        return self.issue(now, System.PLUTO, template, **{k: who[k] for k in ("customer", "officer", "ref")})

    def reasons(self, customer: int) -> int:
        """Why this customer gets nothing."""
        return (Reason.OPTED_OUT if customer == 7 else 0) | (Reason.OVERSEAS_MOBILE if customer % 29 == 0 else 0)

    def issue(
        self, now: int, system: int, template: int, customer: int, officer: int = 0, ref: int = 0, due: int = 0
    ) -> Message:
        """Accepted: at once inside the window, held to the next day outside, or planned for `due`."""
        day, of_day = clock(self.zone(customer)).local(now)
        inside = OPENS <= of_day < CLOSES and not due
        due = due or (now if inside else clock(self.zone(customer)).at(day + 1, OPENS))
        message = Message(self.messages, customer, officer, system, template, now, due, ref)
        who = {"customer": customer, "officer": officer, "ref": ref, "message": message.id, "template": template}
        self.add(now, Event.ISSUED, other=Channel.SMS, value=due, system=system, **who)
        if not inside:
            self.add(now, Event.HELD, value=due, system=system, **who)
        self.waiting.append(message)
        return message

    def reminders(self) -> None:
        """Cuba sends a reminder to each third customer at 21:00 in Sydney, and to a few at ten in the morning."""
        for day in range(self.start.toordinal(), self.start.toordinal() + self.days):
            for customer in range(1, self.customers + 1):
                if (customer + day) % 3 or self.reasons(customer):
                    continue
                now = clock(ZONES[0]).at(day, (21 if customer % 4 else 10) * HOUR) + customer
                self.messages += 1
                who = {"customer": customer, "message": self.messages, "template": 201}
                self.add(now, Event.SEND_PRESSED, other=Channel.SMS, system=System.CUBA, **who)
                self.issue(now, System.CUBA, 201, customer)

    def lives(self, history: History) -> None:
        """The outbox, one message at a time, and what becomes of each."""
        free, end = 0, self.begin + self.days * DAY
        for message in sorted(self.waiting, key=lambda message: (message.due, message.id)):
            if message.due > message.issued and self.u(12, message.id) < 0.02:
                who = {"customer": message.customer, "message": message.id}
                self.add(message.due, Event.WITHDRAWN, reasons=Reason.OPTED_OUT, **who)
                continue
            handed = max(free, message.due)
            if handed >= end:
                continue
            free = handed + int(SECOND / self.rate_a_second)
            who = {"customer": message.customer, "message": message.id}
            sender = "Child Supp" if message.template < FIRST_OF_CENTRELINK else "CENTRELINK"
            code = history.content(sender, TEXTS[message.template])
            self.add(handed, Event.HANDED_OVER, system=message.system, **who)
            self.add(handed, Event.ARRIVED, system=System.GATEWAY, value=code, **who)
            sent = handed + 350
            self.add(sent, Event.ACKNOWLEDGED, system=System.GATEWAY, **who)
            self.add(sent, Event.SENT_CLAIMED, system=message.system, value=sent, **who)
            if message.template >= FIRST_OF_CENTRELINK:
                self.add(sent + 6 * SECOND, Event.DELIVERED, system=System.GATEWAY, **who)
                continue
            self.add(sent + 3 * MINUTE, Event.VIEWABLE, system=System.CUBA, **who)
            self.add(
                sent + 3 * MINUTE, Event.STATUS_CLAIMED, system=System.PLUTO, value=Status.COMMUNICATION_SENT, **who
            )
            if self.u(8, message.id) < 0.06:
                self.bounce(message, sent + 20 * MINUTE)
            elif self.u(9, message.id) < 0.98:
                self.add(sent + 6 * SECOND, Event.DELIVERED, system=System.GATEWAY, **who)
                self.after(message, sent)

    def after(self, message: Message, sent: int) -> None:
        """A customer who got it answers, or has had enough."""
        if message.template == 101 and self.u(10, message.id) < 0.3:
            self.add(sent + 5 * HOUR, Event.ANSWERED, customer=message.customer, message=message.id)
        if self.u(11, message.id) < 0.004:
            self.add(sent + HOUR, Event.OPT_OUT_RECORDED, customer=message.customer, system=System.REGISTER)

    def bounce(self, message: Message, failed: int) -> None:
        """The error becomes a bounce back at 06:00 of the next agency day, and an officer looks into it."""
        who = {"customer": message.customer, "message": message.id}
        self.add(failed, Event.FAILED, system=System.GATEWAY, value=1, **who)
        agency = clock(ZONES[0])
        night = agency.at(agency.day(failed) + 1, 6 * HOUR)
        if night >= self.begin + self.days * DAY:
            return
        self.add(night, Event.BOUNCED, system=message.system, **who)
        self.add(night, Event.STATUS_CLAIMED, system=System.PLUTO, value=Status.BOUNCE_BACK, **who)
        self.add(night, Event.MARKED_ERROR, system=System.CUBA, **who)
        if message.id % 2:
            self.add(night + 5 * HOUR, Event.NUMBER_CHECKED, officer=1, **who)
            self.add(night + 5 * HOUR, Event.INVALID_TICKED, officer=1, customer=message.customer)


def history(**settings: Any) -> History:
    """The made-up history; `settings` are fields of `Story`."""
    story, made = Story(**settings), History()
    story.facts()
    story.shifts()
    story.reminders()
    if story.everything:
        tell_the_rest(story, made)
    story.lives(made)
    end = story.begin + story.days * DAY
    for row in sorted(story.rows, key=lambda row: row["time"]):
        if story.begin <= row["time"] < end:
            made.append(**row)
    return made


def policy_plain() -> dict[str, Any]:
    """The policy as it is saved with a run."""
    return load_policy().plain()


def parameters_plain() -> dict[str, Any]:
    """The parameters as they are saved with a run."""
    return load_parameters().plain()


def audit_json(policy: dict[str, Any]) -> dict[str, Any]:
    """An audit of every rule of the policy with made-up counts: each verdict occurs, two rules have evidence."""
    verdicts = ("pass", "pass", "pass", "not_exercised", "pass", "unknown", "pass")
    rules: dict[str, Any] = {}
    for number, (rule, row) in enumerate(policy["rules"].items()):
        cases = 0 if verdicts[number % 7] in ("unknown", "not_exercised") else 13 * (number + 1) ** 2
        rules[rule] = {
            "verdict": verdicts[number % 7],
            "enforced_by": row["enforced_by"],
            "cases": cases,
            "breaches": 0,
            "unjudged": 4 if verdicts[number % 7] == "unknown" else 0,
            "why_unknown": "no facts about the customers are on record" if verdicts[number % 7] == "unknown" else None,
            "evidence": [],
            "notes": {},
        }
    for rule, breaches in (("cs-send-window", 2), ("cs-unanswered", 1)):
        why = "sent at 20:00:00.350 local (Australia/Perth), outside 08:00–20:00"
        evidence = [
            {"customer_id": 10 + n, "messages": [100 + n, 99], "events": [5], "at": "2026-10-01T12:00:00Z", "why": why}
            for n in range(breaches)
        ]
        if rule in rules:
            rules[rule] |= {"verdict": "fail", "cases": 900, "breaches": breaches, "evidence": evidence}
    return {"verdict": "fail", "crashed": [], "rules": rules}


def manifest() -> dict[str, Any]:
    """What a report is told of the run it is about."""
    return {
        "load": "four_weeks",
        "title": "Four weeks of Child Support messaging",
        "seed": 7,
        "customers": 60,
        "days": 6,
        "start": "2026-10-01",
        "set": {"cs-daily-limit.limit": "4"},
        "version": "0.1.0",
        "policy_hash": "a" * 64,
        "parameters_hash": "c" * 64,
        "fingerprint": "b" * 64,
        "observed_from": "2026-09-30T14:00:00.000Z",
        "observed_to": "2026-10-06T13:00:00.000Z",
        "messages": 345,
        "events": 4567,
    }


def rows(*lines: tuple[str, Event, dict[str, int]]) -> Iterator[dict[str, int]]:
    """Rows for `History.of` from (ISO instant, event, columns)."""
    for when, event, columns in lines:
        yield {"time": instant(when), "event": int(event), **columns}
