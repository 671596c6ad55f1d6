"""The checks of a Send and of a hand-over of Child Support's messages in words, in the order of the tests."""

from collections.abc import Iterator
from typing import Any

from sim.explain import child_support, hand_over, releases, words
from sim.explain.explanation import Check
from sim.explain.law import Law
from sim.explain.standing import Standing
from sim.messages import Channel, ContactTime, Outcome, Reason, Service, System
from sim.policy.templates import Template

_DAILY_LIMIT, _WINDOW, _HOUR = "cs-daily-limit", "cs-send-window", "cs-hourly-confirmation"
_CONTACT_TIMES = {ContactTime.NEXT_HOUR: "In the next hour", ContactTime.TODAY: "Today"}


class Teller:
    """What stands on record, in words: `start` is the first instant of the run, so that what was true before it is told
    so."""

    def __init__(self, law: Law, standing: Standing, now: int, start: int) -> None:
        self.law, self.standing, self.now, self.start = law, standing, now, start
        self.zone = standing.value("zone")

    def at(self, time: int) -> str:
        """An instant in the recipient's local time."""
        return words.local(time, self.zone)

    def iso(self, time: int) -> str | None:
        """The same for programs; None for -1."""
        return words.iso(time, self.zone) if time >= 0 else None

    def since(self, name: str) -> str:
        """Since when a fact has had its value."""
        return self.since_time(self.standing.since(name))

    def since_time(self, time: int) -> str:
        """``since Mon 5 Oct 2026 09:12 +11:00``, or since the start of the run."""
        return "since the start of the run" if time <= self.start else f"since {self.at(time)}"

    def flag(self, reason: Reason, rule: str, fact: str, clear: str, stands: str, mask: int) -> Check:
        """A check of a flag on record: what it says when it is clear, and when it stands."""
        value = self.standing.value(fact)
        since = self.standing.since(fact)
        facts = f"{stands} {self.since(fact)}" if value else clear
        return check(reason, rule, mask, {fact: bool(value), "since": self.iso(since)}, facts)

    def mobile(self, fact: str = "mobile") -> tuple[dict[str, Any], str]:
        """The mobile on record, for programs and in words."""
        status, since = self.standing.value(fact), self.standing.since(fact)
        saw = {"mobile": words.mobile_words(status), "since": self.iso(since)}
        return saw, f"{words.mobile_words(status)} {self.since(fact)}"


def check(reason: Reason, rule: str, mask: int, saw: dict[str, Any], facts: str) -> Check:
    """The check whose failure gives this reason."""
    return Check(str(reason.name).lower(), rule, not mask & int(reason), saw, facts)


def recipient_checks(tell: Teller, channel: int, service: int, mask: int) -> Iterator[Check]:
    """The tests of the recipient (policy.md A) that this channel is put to; `mask` holds those that failed."""
    is_sms = channel == Channel.SMS
    opt_out = tell.flag(
        Reason.OPTED_OUT, "cs-opt-out", "opted_out", "no opt-out on record", "an opt-out on record", mask
    )  # fmt: skip
    if tell.standing.value("opted_out") and opt_out.passed:
        opt_out = opt_out._replace(facts=f"{opt_out.facts}; it does not reach email (cs-opt-out.reach = sms_only)")
    yield opt_out
    yield tell.flag(Reason.DECEASED, "cs-subscription", "deceased", "no death on record", "a death on record", mask)
    if is_sms:
        barred = "cs-recipient-barred"
        yield tell.flag(
            Reason.RESTRICTED_ACCESS, barred, "restricted_access", "no restricted access", "restricted access", mask
        )  # fmt: skip
        yield tell.flag(Reason.EMPLOYER, barred, "employer", "not an employer", "an employer", mask)
        saw, facts = tell.mobile()
        yield check(Reason.NO_MOBILE, "cs-mobile-required", mask, saw, facts)
        yield check(Reason.INVALID_MOBILE, "cs-mobile-required", mask, saw, facts)
        yield check(Reason.OVERSEAS_MOBILE, barred, mask, saw, facts)
    yield _service(tell, channel, service, mask)


def _service(tell: Teller, channel: int, service: int, mask: int) -> Check:
    name = Service(service).name.capitalize() if service else "none"
    fact = f"{name.lower()}_ended"
    ended = bool(tell.standing.value(fact))
    saw: dict[str, Any] = {"service": name, "ended": ended, "since": tell.iso(tell.standing.since(fact))}
    facts = f"the service {name} was ended {tell.since(fact)}" if ended else f"the service {name} is not ended"
    if channel == Channel.EMAIL:
        saw["email"] = words.email_words(tell.standing.value("email"))
        facts += f"; {saw['email']}"
    return check(Reason.SERVICE_UNSUBSCRIBED, "cs-subscription", mask, saw, facts)


def _concerns(tell: Teller, mask: int) -> Check:
    process = tell.standing.undiscussed()
    saw: dict[str, Any] = {"process": None, "raised": None}
    facts = "no open process whose applicant's concerns are not discussed"
    if process is not None:
        saw = {"process": process.ref, "raised": tell.iso(process.raised)}
        facts = (
            f"on process {process.ref} the applicant, customer {process.applicant}, raised concerns "
            f"{tell.since_time(process.raised)}, not discussed with them yet"
        )
    return check(Reason.FDV_UNDISCUSSED, "cs-fdv", mask, saw, facts)


def send_checks(tell: Teller, judged: child_support.Judged) -> Iterator[Check]:
    """Every rule that this Send was put to, in order: the tests of the dialog, the question, the window."""
    law, asked, mask = tell.law, judged.request, judged.reasons
    is_pluto, is_sms = asked.system == System.PLUTO, asked.channel == Channel.SMS
    if is_pluto:
        yield _access(tell, mask)
        channel = words.CHANNELS[Channel(asked.channel)]
        approved = channel if is_sms else f"{channel}, which is visible and not approved"
        yield check(Reason.CHANNEL_NOT_APPROVED, "cs-channel", mask, {"channel": channel}, approved)
    service = int(judged.template.service) if judged.template else 0
    yield from recipient_checks(tell, asked.channel, service, mask)
    if law.values.fdv_enforced and (is_pluto or is_sms):
        yield _concerns(tell, mask)
    yield from _template(tell, judged)
    if is_pluto or (is_sms and asked.system in law.counted):
        yield _limit(tell, judged)
    if is_pluto:
        yield _question(tell, judged)
    yield _window(tell, judged)


def _access(tell: Teller, mask: int) -> Check:
    access = tell.standing.value("access")
    systems = [name for bit, name in ((1, "Cuba"), (2, "Pluto")) if access & bit]
    who = f"officer {tell.standing.officer}"
    facts = f"{who} has access to {' and '.join(systems) or 'neither Cuba nor Pluto'}"
    saw = {"officer": tell.standing.officer, "cuba": bool(access & 1), "pluto": bool(access & 2)}
    return check(Reason.NO_ACCESS, "cs-officer-access", mask, saw, facts)


def _template(tell: Teller, judged: child_support.Judged) -> Iterator[Check]:
    asked, template, mask = judged.request, judged.template, judged.reasons
    name = template.id if template else f"code {asked.template}"
    chosen = "an officer may choose" if asked.system == System.PLUTO else "Cuba sends by itself"
    known = child_support.is_known(asked, template)
    facts = f"{name} is {'one' if known else 'none'} that {chosen}"
    yield check(Reason.UNKNOWN_TEMPLATE, "cs-templates", mask, {"template": name, "known": known}, facts)
    saw, facts = _fields(judged, template)
    yield check(Reason.MISSING_FIELD, "cs-fields", mask, saw, facts)
    if template is not None and "by_date" in template.fields:
        today = tell.law.clocks[tell.zone].day(judged.now)
        facts = f"{facts}; today is {words.day_words(today)}" if asked.by_date else "no By date to be tested"
        yield check(Reason.BY_DATE_IN_PAST, "cs-fields", mask, saw, facts)


def _fields(judged: child_support.Judged, template: Template | None) -> tuple[dict[str, Any], str]:
    asked = judged.request
    contact = _CONTACT_TIMES.get(ContactTime(asked.contact_time))
    by_date = words.day_words(asked.by_date) if asked.by_date else None
    parts = []
    for field, label, value in (("contact_time", "contact time", contact), ("by_date", "By date", by_date)):
        if template is not None and field in template.fields:
            parts.append(f"{label} {value or 'left empty'}")
    return {"contact_time": contact, "by_date": by_date}, ", ".join(parts) or "the template asks for no field"


def _limit(tell: Teller, judged: child_support.Judged) -> Check:
    counts, values = judged.counts, tell.law.values
    same = counts.attempt_day == counts.delivery_day
    today, delivery = words.day_words(counts.attempt_day), words.day_words(counts.delivery_day)
    facts = f"{counts.sent_on_attempt_day} sent today ({today})"
    if same:
        facts += f", {counts.waiting_for_delivery_day} waiting"
    else:
        ahead = counts.sent_on_delivery_day
        facts += f", {counts.waiting_for_delivery_day} held for {delivery}" + (f", {ahead} sent on it" if ahead else "")
    reading = str(tell.law.policy.value("cs-daily-limit.counts"))
    scope = str(tell.law.policy.value("cs-daily-limit.scope"))
    saw = {
        "local_day": today, "delivery_day": delivery, "sent_today": counts.sent_on_attempt_day,
        "sent_on_delivery_day": counts.sent_on_delivery_day,
        "waiting_for_delivery_day": counts.waiting_for_delivery_day, "limit": values.limit, "counts": reading,
        "scope": scope,
    }  # fmt: skip
    return check(
        Reason.DAILY_LIMIT, _DAILY_LIMIT, judged.reasons, saw, f"{facts}, limit {values.limit} ({reading}, {scope})"
    )  # fmt: skip


def _question(tell: Teller, judged: child_support.Judged) -> Check:
    values, last = tell.law.values, judged.last
    by_sent = values.confirm_from == 1
    verb = "sent" if by_sent else "issued"
    boundary = str(tell.law.policy.value("cs-hourly-confirmation.boundary"))
    since = (last.sent if by_sent else last.issued) if last else -1
    ends = since + values.confirm_ms if last else -1
    saw: dict[str, Any] = {
        "last_message": last.message if last else None, "last_at": tell.iso(since), "from": verb, "boundary": boundary,
        "asks_until": tell.iso(ends), "confirmed": bool(judged.request.confirmed),
    }  # fmt: skip
    facts = f"no desktop message {verb} to this customer before"
    if last:
        facts = (
            f"message {last.message} was {verb} {tell.at(since)}, {words.duration(judged.now - since)} before; "
            f"it asks until {tell.at(ends)} ({boundary})"
        )
    if judged.request.confirmed:
        facts += "; answered with Send"
    passed = None if judged.reasons else not judged.asks or bool(judged.request.confirmed)
    return Check("hourly_confirmation", _HOUR, passed, saw, _reached(passed, facts))


def _window(tell: Teller, judged: child_support.Judged) -> Check:
    passed = judged.is_open if judged.outcome in (Outcome.SENT, Outcome.HELD) else None
    return window_check(tell, _WINDOW, judged.request.channel, judged.now, passed, judged.due)


def window_check(tell: Teller, rule: str, channel: int, now: int, passed: bool | None, due: int) -> Check:
    """The send window at `now`; `due` is until when it holds what it stops (0: not told)."""
    values, clock = tell.law.values, tell.law.clocks[tell.zone]
    bounds = f"{words.of_day(values.opens_ms)}–{words.of_day(values.closes_ms)}"
    time_of_day = words.of_day(clock.time_of_day(now))
    saw = {"local": tell.iso(now), "time_of_day": time_of_day, "window": bounds, "due": tell.iso(due or -1)}
    if channel == Channel.EMAIL:
        return Check("window", "cs-email", passed, saw, "email goes at any hour")
    inside = releases.is_open(tell.law, channel, clock.time_of_day(now))
    facts = f"{time_of_day} {words.offset(clock, now)} is {'inside' if inside else 'outside'} {bounds}"
    if due and passed is False:
        reading = f" ({tell.law.policy.value('cs-send-window.release')})" if rule == _WINDOW else ""
        facts += f"; due {tell.at(due)}{reading}"
    return Check("window", rule, passed, saw, _reached(passed, facts))


def _reached(passed: bool | None, facts: str) -> str:
    return f"not reached ({facts})" if passed is None else facts


def hand_over_checks(tell: Teller, judged: hand_over.Judged) -> Iterator[Check]:
    """The tests at a hand-over of Child Support's message: window, recipient, limit."""
    law, sending = tell.law, judged.sending
    yield window_check(tell, "cs-window-at-gateway", sending.channel, judged.now, judged.is_open, judged.due)
    if not judged.is_open:
        return
    template = law.templates.get(sending.template)
    yield from recipient_checks(tell, sending.channel, int(template.service) if template else 0, judged.bars)
    if law.values.fdv_enforced and sending.channel == Channel.SMS:
        yield _concerns(tell, judged.bars)
    if judged.is_limited and not judged.bars:
        day, limit = words.day_words(judged.day), law.values.limit
        saw = {"local_day": day, "sent_today": judged.sent, "in_flight": judged.in_flight, "limit": limit}
        facts = f"{judged.sent} sent today ({day}), {judged.in_flight} in flight, limit {limit}"
        full = judged.reasons & Reason.DAILY_LIMIT
        if full:
            facts += f"; held on until {tell.at(judged.due)}"
        yield check(Reason.DAILY_LIMIT, _DAILY_LIMIT, full, saw, facts)
