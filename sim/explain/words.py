"""Instants, days and codes in words: always with the local time and its offset."""

from datetime import date
from typing import Any

from sim.clock import MINUTE, SECOND, ZONES, Clock, clock
from sim.messages import Channel, EmailStatus, MobileStatus, Outcome, Status, System, Vulnerability, reason_names

# Not `strftime`: that speaks the language of the machine.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYSTEMS = {
    System.PLUTO: "Pluto", System.CUBA: "Cuba", System.CUSTOMER_FIRST: "Customer First", System.DMIS: "DMIS",
    System.SAP: "SAP", System.GATEWAY: "the SMS gateway", System.EMAIL_EXCHANGE: "the Email Exchange",
}  # fmt: skip
STATUSES = {
    Status.HELD: "Held", Status.SENT_TO_OPEN_TEXT: "Sent to open text", Status.WITHDRAWN: "Withdrawn",
    Status.COMMUNICATION_SENT: "Communication sent", Status.BOUNCE_BACK: "Bounce Back (BB)",
}  # fmt: skip
CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: "email", Channel.MYGOV: "myGov"}


def day_words(day: int) -> str:
    """An ordinal day: ``Mon 5 Oct 2026``."""
    shown = date.fromordinal(day)
    return f"{_DAYS[shown.weekday()]} {shown.day} {_MONTHS[shown.month - 1]} {shown.year}"


def of_day(time_of_day: int) -> str:
    """A time of day: ``08:00``, with seconds and milliseconds where there are any."""
    minutes, rest = divmod(time_of_day, MINUTE)
    seconds, ms = divmod(rest, SECOND)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    if rest:
        text += f":{seconds:02}" + (f".{ms:03}" if ms else "")
    return text


def offset(local: Clock, time: int) -> str:
    """The offset from UTC at an instant: ``+10:30``."""
    minutes = local.offset(time) // MINUTE
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def local(time: int, zone: int | str) -> str:
    """An instant in a zone (its code or name): ``Mon 5 Oct 2026 14:03:12.345 +11:00``."""
    calendar = clock(zone if isinstance(zone, str) else ZONES[zone])
    day, time_of_day = calendar.local(time)
    return f"{day_words(day)} {of_day(time_of_day)} {offset(calendar, time)}"


def iso(time: int, zone: int | str) -> str:
    """An instant in a zone as ISO 8601 with its offset, to the millisecond."""
    return clock(zone if isinstance(zone, str) else ZONES[zone]).isoformat(time)


def zone_name(zone: int) -> str:
    """The IANA name of a zone's code."""
    return ZONES[zone]


def duration(ms: int) -> str:
    """A length of time in its two largest units: ``1 h 5 min``, ``12.345 s``."""
    seconds, rest = divmod(abs(ms), SECOND)
    if seconds < 60:
        return f"{seconds}.{rest:03} s" if rest else f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"


def count(number: int, one: str, many: str = "") -> str:
    """``1 message``, ``2 messages``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def outcome_name(outcome: int) -> str:
    """An Outcome's name in lower case."""
    return Outcome(outcome).name.lower()


def reasons_words(mask: int) -> str:
    """The reasons of a mask, in the order of the tests; ``none``."""
    return ", ".join(reason_names(mask)) or "none"


def mobile_words(status: int) -> str:
    """What is on record as the mobile."""
    return {
        MobileStatus.NONE: "no mobile on record", MobileStatus.VALID: "a valid mobile on record",
        MobileStatus.INVALID: "mobile marked Invalid", MobileStatus.OVERSEAS: "an overseas mobile on record",
    }[MobileStatus(status)]  # fmt: skip


def email_words(status: int) -> str:
    """What is on record as the email address."""
    return {
        EmailStatus.NONE: "no email on record", EmailStatus.VALID: "a valid email on record",
        EmailStatus.INVALID: "an invalid email on record",
    }[EmailStatus(status)]  # fmt: skip


def vulnerability_words(code: int) -> str:
    """A vulnerability's name."""
    return Vulnerability(code).name.lower().replace("_", " ")


def value_words(value: Any) -> str:
    """A value of the policy or a parameter, as ``--set`` takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
