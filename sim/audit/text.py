"""Exact words, restated: the code that a history has for them, and what a message may say (`cs-content`)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

CONTACT_WORDS = {"next_hour": "within the hour", "today": "today"}
"""How the contact time of a pre call alert reads in its text."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DATE = rf"\b(?:[1-9]|[12]\d|3[01]) (?:{'|'.join(MONTHS)}) \d{{4}}\b"

_EMAIL = re.compile(r"[^\s@,;:()<>]+@[^\s@,;:()<>]*\w")
_LINK = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S+|\bwww\.\S+|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    # A domain ends in letters of one case; `today.Please` is a full stop without a space behind it.
    r"|\b(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:[a-z]{2,}|[A-Z]{2,})\b(?:/\S*)?"
)
# A reference number (123 456 789A), five digits on end, or groups of digits that together are six or more.
_IDENTIFIER = re.compile(
    r"\b\d{3}[ -]?\d{3}[ -]?\d{3}[A-Za-z]\b|\d{5,}|\b\d{2,4}(?:[ -]\d{2,4}){2,}\b|\b\d{3,4}[ -]\d{3,4}\b"
    r"|\b[A-Za-z]+\d{4,}\w*"
)
_REPLY = re.compile(
    r"\brepl(?:y|ies|ying)\b|\b(?:text|sms|message) (?:us|me|back|STOP|YES|NO|Y|N|HELP)\b"
    r"|\brespond (?:to this|with|by (?:sms|text|message))|\banswer this (?:sms|text|message)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:do not|don['’]t|cannot|can not|can['’]t|not|never|unable to) (?:\w+ or )?$", re.IGNORECASE)


def content_code(sender: str, text: str) -> int:
    """The 63-bit code of `text` and the sender's name: the first 8 bytes of the SHA-256 of `sender`, a zero byte and
    `text` (UTF-8), big-endian, with the top bit cleared."""
    digest = hashlib.sha256(sender.encode() + b"\0" + text.encode()).digest()
    return int.from_bytes(digest[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF


def date_words(day: date) -> str:
    """A By date as a message shows it: ``16 October 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


class Fields(NamedTuple):
    """The declared fields of one message as they were chosen; None for one that is not known. `payment` is the code of
    the payment that a claim message names."""

    contact_time: str | None = None
    by_date: date | None = None
    payment: int | None = None


def differs_from(
    template: Mapping[str, Any], text: str, chosen: Fields, payments: Sequence[Mapping[str, Any]] = ()
) -> bool:
    """Whether `text` is anything but the template with its declared fields filled in. A field that is not known may
    hold any of its values; what the template does not declare cannot vary. Name and enquiry line of a payment belong
    together (`payments`: code, name, phone)."""
    fields = template.get("fields") or ()
    if not {"payment_type", "phone_number"} & set(fields):
        return _differs(template, text, chosen, {})
    known = [payment for payment in payments if chosen.payment is None or payment["code"] == chosen.payment]
    return all(
        _differs(template, text, chosen, {"{payment_type}": payment["name"], "{phone_number}": payment["phone"]})
        for payment in known
    )


def _differs(template: Mapping[str, Any], text: str, chosen: Fields, payment: Mapping[str, str]) -> bool:
    fields = template.get("fields") or ()
    patterns = {
        "{contact_time}": CONTACT_WORDS.get(chosen.contact_time or "", "|".join(CONTACT_WORDS.values())),
        "{by_date}": date_words(chosen.by_date) if chosen.by_date else _DATE,
        **{name: re.escape(words) for name, words in payment.items()},
    }
    wanted = re.escape(template["text"])
    for name, pattern in patterns.items():
        if name.strip("{}") in fields:
            wanted = wanted.replace(re.escape(name), f"(?:{pattern})")
    return re.fullmatch(wanted, text) is None


@cache
def problems(text: str, agency_numbers: tuple[str, ...]) -> tuple[str, ...]:
    """What no message may hold, whatever its template: a link, an email address, a telephone number that is not the
    agency's, an identifier, an invitation to reply. One phrase each."""
    found = []
    rest = re.sub(_DATE, " ", text)
    for number in agency_numbers:
        rest = re.sub(r"(?<!\d)" + r"[ -]?".join(re.sub(r"\D", "", number)) + r"(?!\d)", " ", rest)
    for what, pattern in (("an email address", _EMAIL), ("a link", _LINK)):
        if match := pattern.search(rest):
            found.append(f"it holds {what} ({match.group()})")
            rest = pattern.sub(" ", rest)
    telephone = _telephone_number(rest)
    if telephone:
        found.append(f"it holds a telephone number that is not the agency's ({telephone})")
    elif match := _IDENTIFIER.search(rest):
        found.append(f"it holds an identifier ({match.group()})")
    if any(not _NEGATED.search(text[: match.start()]) for match in _REPLY.finditer(text)):
        found.append("it invites a reply")
    return tuple(found)


def _telephone_number(text: str) -> str:
    if sum(character.isdigit() for character in text) < 6:
        return ""
    from phonenumbers import Leniency, PhoneNumberMatcher

    match = next(iter(PhoneNumberMatcher(text, "AU", leniency=Leniency.VALID)), None)
    return match.raw_string if match else ""
