"""A small messaging system of somebody else: Pluto's part of Child Support, as an example of a system under test.

It shares nothing with emsim but the protocol (README.md, here), and asks `datetime.now()` for the time: emsim binds the
wall clock to the simulated one while it runs. It has no lists, no dialog and no automatic messages; expectations on
those stay unknown.

    pytest scenarios/rules/limits scenarios/rules/window --emsim-system small
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(20)
AN_HOUR, FEW_MINUTES = timedelta(hours=1), timedelta(minutes=3)
AGENCY, NIGHTLY_RUN = ZoneInfo("Australia/Sydney"), time(6)
SENDER = "Child Supp"
ASKS = (
    "A desktop message has already been sent to this customer in the last hour. "
    "Are you sure you want to send another one?"
)
OPTED_OUT = "Customer has an SMS opt out recorded"
TOO_MANY = "This customer has already received 5 desktop messages today"
CONTACT_TIMES = {"In the next hour": "within the hour", "Today": "today"}

END = "Do not reply by SMS."
REMINDERS = {
    "payment_overdue": f"A child support payment is overdue. Please pay it or contact us by {{by_date}}. {END}",
    "information_reminder": (
        "We have not received the documents or information we asked for. Please provide them by {by_date}. " + END
    ),
    "contact_reminder": f"We still need to speak with you. Please call us by {{by_date}}. {END}",
}
OTHERS = {
    "S001": (
        "A Services Australia Service Officer will call you {contact_time} from a private number. "
        "Please answer this call. " + END
    ),
    "S002": f"We will call you today from a private number about an objection. Please answer this call. {END}",
    "payment_received": f"We have received your payment. You do not need to do anything. {END}",
    "payment_details_request": f"Please update your payment details with us by {{by_date}}. {END}",
    "information_request": (
        "We need documents or information from you. Please provide what we asked for by {by_date}. " + END
    ),
    "documents_received": ("We have received your documents. We will contact you if we need anything else. " + END),
    "receipt_number_recorded": (
        "We have recorded the information you gave us. Your receipt number is in your online account. " + END
    ),
    "contact_request": f"We need to speak with you. Please call us by {{by_date}}. {END}",
    "contact_attempted": f"We tried to call you but could not reach you. Please call us by {{by_date}}. {END}",
}
TEXTS = {**REMINDERS, **OTHERS}


@dataclass
class Message:
    """One message, from the press of Send on."""

    number: int
    customer: int
    service: str
    text: str
    issued: datetime
    due: datetime
    state: str = "waiting"  # then submitted, sent, or withdrawn
    sent: datetime | None = None
    failed: bool = False


class Small:
    """The system. `clock` gives the time; the wall clock unless somebody knows better."""

    def __init__(self, clock=lambda: datetime.now(UTC)):
        self.clock = clock

    def supports(self):
        return ["preview", "send", "confirm", "cancel", "viewable", "bounced"]

    def begin(self, now, seed, policy):
        unknown = [name for name in policy if name != "cs-daily-limit.limit"]
        if unknown:
            raise NotImplementedError(f"it cannot be set to {', '.join(unknown)}")
        self.limit = int(policy.get("cs-daily-limit.limit", 5))
        self.open = True  # the gateway
        self.records = {}  # customer: what is on record
        self.messages = {}  # number: Message
        self.asked = {}  # number: the request that waits for an answer to the question
        self.timers = []  # (when, number, what)

    # The registers

    def fact(self, now, name, customer, fields):
        if name in ("outage_started", "outage_ended"):
            self.open = name == "outage_ended"
            return []
        record = self.records.setdefault(customer, {"mobile": "none", "ended": set()})
        if name == "zone_recorded":
            moved = "zone" in record
            record["zone"] = ZoneInfo(fields["value"])
            return self._moved(customer) if moved else []
        if name == "mobile_recorded":
            record["mobile"] = fields["value"]
        elif name in ("opt_out_recorded", "opt_out_lifted"):
            record["opted_out"] = name == "opt_out_recorded"
        elif name == "died":
            record["deceased"] = True
        elif name in ("restricted_access_set", "employer_set"):
            record[name.removesuffix("_set")] = fields["value"]
        elif name == "service_ended":
            record["ended"].add(fields["value"])
        elif name == "service_restored":
            record["ended"].discard(fields["value"])
        return []  # nothing else matters here

    def _moved(self, customer):
        """Messages that wait are due at the opening where their customer lives now."""
        now, told = self.clock(), []
        for message in self.messages.values():
            if message.customer == customer and message.state == "waiting" and message.due > now:
                local = message.issued.astimezone(self._zone(customer))
                told += self._hold(message, max(now, self._opening(customer, local.date() + timedelta(1))))
        return told

    # The desktop

    def preview(self, now, request):
        return "" if self._reasons(request) else self._text(request)

    def send(self, now, request):
        if request["system"] != "pluto":
            raise NotImplementedError("it has Pluto's desktop only")
        number = len(self.messages) + len(self.asked) + 1
        reasons = self._reasons(request)
        if reasons:
            self.asked[number] = None
            return self._answer(number, "refused", reasons=reasons, shown=self._red_text(reasons))
        if self._sent_within_the_hour(request["customer"]):
            self.asked[number] = request
            return self._answer(number, "needs_confirmation", shown=ASKS)
        return self._issue(number, request)

    def confirm(self, now, message):
        request = self.asked[message]
        reasons = self._reasons(request)
        if reasons:
            return self._answer(message, "refused", reasons=reasons, shown=self._red_text(reasons))
        del self.asked[message]
        return self._issue(message, request)

    def cancel(self, now, message):
        pass  # nothing was issued

    def _issue(self, number, request):
        now, customer = self.clock(), request["customer"]
        inside, due = self._due(customer, now)
        service = self._service(request["template"])
        self.messages[number] = Message(number, customer, service, self._text(request), now, due)
        return self._answer(number, "sent" if inside else "held", due=due)

    @staticmethod
    def _answer(number, outcome, reasons=(), due=None, shown=""):
        milliseconds = None if due is None else _milliseconds(due)
        return {"message": number, "outcome": outcome, "reasons": list(reasons), "due": milliseconds, "shown": shown}

    def _reasons(self, request):
        """All that stands against this message, in the order of the dialog's tests."""
        record, template = self.records[request["customer"]], request["template"]
        found = [] if request["access"] else ["no_access"]
        by_sms = request["channel"] in (None, "sms")
        found += [] if by_sms else ["channel_not_approved"]
        found += self._bars(record, self._service(template), by_sms)
        found += self._fields_wrong(request, record["zone"])
        return found + (["daily_limit"] if self._limit_reached(request["customer"]) else [])

    @staticmethod
    def _service(template):
        return "reminder" if template in REMINDERS else "general"

    @staticmethod
    def _bars(record, service, by_sms=True):
        """What stands against a recipient, at the Send and again at the hand-over."""
        bars = ("opted_out", "deceased", "restricted_access", "employer") if by_sms else ("opted_out", "deceased")
        found = [name for name in bars if record.get(name)]
        bad = {"none": "no_mobile", "invalid": "invalid_mobile", "overseas": "overseas_mobile"}
        if by_sms and record["mobile"] in bad:
            found.append(bad[record["mobile"]])
        return found + (["service_unsubscribed"] if service in record["ended"] else [])

    def _fields_wrong(self, request, zone):
        text = TEXTS.get(request["template"])
        if text is None:
            return ["unknown_template"]
        for field in ("contact_time", "by_date"):
            if f"{{{field}}}" in text and not request[field]:
                return ["missing_field"]
        today = self.clock().astimezone(zone).date()
        past = "{by_date}" in text and date.fromisoformat(request["by_date"]) < today
        return ["by_date_in_past"] if past else []

    def _text(self, request):
        text = TEXTS[request["template"]]
        if request["contact_time"]:
            text = text.replace("{contact_time}", CONTACT_TIMES[request["contact_time"]])
        if request["by_date"]:
            day = date.fromisoformat(request["by_date"])
            text = text.replace("{by_date}", f"{day.day} {day:%B %Y}")
        return text

    def _red_text(self, reasons):
        if "opted_out" in reasons:
            return OPTED_OUT
        return TOO_MANY if reasons[0] == "daily_limit" else ""

    # Days, hours and the limit

    def _zone(self, customer):
        return self.records[customer]["zone"]

    def _opening(self, customer, day):
        return datetime.combine(day, OPENS, self._zone(customer)).astimezone(UTC)

    def _due(self, customer, now):
        """Whether the window is open, and when a message that is issued now goes."""
        local = now.astimezone(self._zone(customer))
        inside = OPENS <= local.time() < CLOSES
        return inside, now if inside else self._opening(customer, local.date() + timedelta(1))

    def _of(self, customer):
        return [message for message in self.messages.values() if message.customer == customer]

    def _sent_within_the_hour(self, customer):
        now = self.clock()
        return any(m.state != "withdrawn" and now - m.issued < AN_HOUR for m in self._of(customer))

    def _sent_on(self, customer, day):
        zone = self._zone(customer)
        return sum(m.sent is not None and m.sent.astimezone(zone).date() == day for m in self._of(customer))

    def _waiting_for(self, customer, day):
        zone, now, found = self._zone(customer), self.clock(), 0
        for message in self._of(customer):
            if message.state in ("waiting", "submitted"):
                found += max(message.due, now).astimezone(zone).date() == day
        return found

    def _limit_reached(self, customer):
        now, zone = self.clock(), self._zone(customer)
        today = now.astimezone(zone).date()
        delivery = self._due(customer, now)[1].astimezone(zone).date()
        there = self._sent_on(customer, delivery) + self._waiting_for(customer, delivery)
        return self._sent_on(customer, today) >= self.limit or there >= self.limit

    # Time, and the gateway

    def next_due(self):
        now = self.clock()
        dues = [when for when, _, _ in self.timers]
        for message in self.messages.values():
            if message.state == "waiting":
                overdue = message.due <= now
                # During an outage it is looked at again when the window closes.
                dues.append(self._closing(message.customer) if overdue and not self.open else message.due)
        return min(map(_milliseconds, dues), default=None)

    def _closing(self, customer):
        local = self.clock().astimezone(self._zone(customer))
        day = local.date() + timedelta(local.time() >= CLOSES)
        return datetime.combine(day, CLOSES, local.tzinfo).astimezone(UTC)

    def advance(self, now):
        return self._timers_ran_out() + [
            told
            for message in sorted(self.messages.values(), key=lambda message: (message.due, message.number))
            if message.state == "waiting" and message.due <= self.clock()
            for told in self._hand_over(message)
        ]

    def _hand_over(self, message):
        """Test it again on what is on record now, and offer it to the gateway."""
        customer, now = message.customer, self.clock()
        today = now.astimezone(self._zone(customer)).date()
        inside, due = self._due(customer, now)
        if not inside:
            early = now.astimezone(self._zone(customer)).time() < OPENS
            return self._hold(message, self._opening(customer, today) if early else due, ["send_window"])
        if not self.open:
            return []
        bars = self._bars(self.records[customer], message.service)
        if bars:
            message.state = "withdrawn"
            return [{"event": "withdrawn", "message": message.number, "reasons": bars}]
        flying = sum(one.state == "submitted" for one in self._of(customer))
        if self._sent_on(customer, today) + flying >= self.limit:
            day = today + timedelta(1)
            while self._waiting_for(customer, day) >= self.limit:
                day += timedelta(1)
            return self._hold(message, self._opening(customer, day), ["daily_limit"])
        message.state = "submitted"
        told = {"event": "submitted", "message": message.number, "customer": customer, "sender": SENDER}
        return [{**told, "text": message.text, "channel": "sms"}]

    @staticmethod
    def _hold(message, due, reasons=()):
        if due == message.due:
            return []
        message.due = due
        told = {"event": "held_again", "message": message.number, "value": _milliseconds(due)}
        return [{**told, "reasons": list(reasons)}]

    def receipt(self, now, message, event, value):
        one = self.messages[message]
        if event == "acknowledged":
            one.state, one.sent = "sent", self.clock()
            self.timers.append((one.sent + FEW_MINUTES, message, "viewable"))
            return [{"event": "sent_claimed", "message": message, "value": _milliseconds(one.sent)}]
        if event == "failed" and not one.failed:
            one.failed = True
            day = self.clock().astimezone(AGENCY).date() + timedelta(1)
            self.timers.append((datetime.combine(day, NIGHTLY_RUN, AGENCY).astimezone(UTC), message, "bounced"))
        return []

    def _timers_ran_out(self):
        now, told = self.clock(), []
        due = sorted(timer for timer in self.timers if timer[0] <= now)
        self.timers = [timer for timer in self.timers if timer[0] > now]
        for _, message, what in due:
            told.append({"event": what, "message": message})
            if what == "bounced":
                told.append({"event": "marked_error", "message": message})
            status = "bounce_back" if what == "bounced" else "communication_sent"
            told.append({"event": "status_claimed", "message": message, "value": status})
        return told


def _milliseconds(moment):
    return round(moment.timestamp() * 1000)


make = Small
