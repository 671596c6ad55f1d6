"""What a message may say (policy.md C): rendering a template, counting parts, and the checks of content and sender.

Unlike the other rules these work on texts.
"""

import re
from datetime import date
from functools import lru_cache

from gsm0338 import Codec
from phonenumbers import Leniency, PhoneNumberMatcher

from sim.messages import ContactTime, System
from sim.policy.templates import Template

SENDER = "Child Supp"
"""What a customer sees as the sender of an SMS from Child Support (`cs-sender`)."""

CENTRELINK_SENDER = "CENTRELINK"
"""The sender of an SMS from Customer First, DMIS or SAP (`cf-flow`)."""

SENDERS = {
    int(System.PLUTO): SENDER,
    int(System.CUBA): SENDER,
    int(System.CUSTOMER_FIRST): CENTRELINK_SENDER,
    int(System.DMIS): CENTRELINK_SENDER,
    int(System.SAP): CENTRELINK_SENDER,
}
"""The sender by sending `System`."""

PAYMENTS = {
    1: ("JobSeeker Payment", "132 850"),
    2: ("Age Pension", "132 300"),
    3: ("Youth Allowance", "132 490"),
    4: ("Parenting Payment", "136 150"),
    5: ("Disability Support Pension", "132 717"),
}
"""Name and enquiry line of each payment type that a claim message may name (`cf-claim-grant.payments`)."""

AGENCY_NUMBERS = ("131 272", *(line for _, line in PAYMENTS.values()))
"""Telephone numbers of the agency that a message may name: the enquiry lines of Child Support and of the payments."""

SENDER_LENGTH = (2, 11)
"""Fewest and most characters of a sender id."""

_CONTACT_WORDS = {int(ContactTime.NEXT_HOUR): "within the hour", int(ContactTime.TODAY): "today"}
# Not `strftime("%B")`: that speaks the language of the machine.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

# Units of one message alone and of each part of a longer one (3GPP TS 23.038, 23.040).
_GSM_ALONE, _GSM_PART = 160, 153
_UCS2_ALONE, _UCS2_PART = 70, 67
_GSM = Codec()

_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+")
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_URL = re.compile(
    rf"\b[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|\b(?:{_LABEL}\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{{2,}})\b(?:/\S*)?|\b\d+(?:\.\d+){{3}}\b",
    re.IGNORECASE,
)
# Five or more digits in a row, two groups of three or more, three groups of two or more, four digits beside letters:
# all of them name somebody or something. So does a customer reference number, 123 456 789A. A year does not.
_REFERENCE_NUMBER = re.compile(r"\b\d{3}[\s-]?\d{3}[\s-]?\d{3}[a-z]\b", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"\d{5,}|\b\d{3,}(?:[\s-]\d{3,})+|\b\d{2,}(?:[\s-]\d{2,}){2,}|\b(?=\w*[^\W\d_])(?=(?:[^\W\d]*\d){4})\w+",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"\brepl(?:y|ies|ying)\b"
    r"|\b(?:text|sms|message)\s+(?:us|me|back|stop|(?-i:YES|NO|Y|N|START|HELP))\b"
    r"|\brespond\s+(?:to\s+this|by\s+(?:sms|text|message)|with)\b"
    r"|\b(?:tell|contact|let)\s+us\s+(?:know\s+)?by\s+(?:sms|text|message)\b"
    r"|\banswer\s+this\s+(?:sms|text|message)\b"
    r"|\bsend\s+(?:us\s+)?(?:back\s+)?(?:an?\s+)?(?:sms|text|message)\b",
    re.IGNORECASE,
)
_NOT_TO = re.compile(r"\b(?:do not|don['’]t|can ?not|can['’]t|unable to|never|no)(?:\s+\w+\s+or)?\s*$", re.IGNORECASE)


def date_words(day: int) -> str:
    """The ordinal `day` as a message shows it: ``16 October 2026``."""
    shown = date.fromordinal(day)
    return f"{shown.day} {_MONTHS[shown.month - 1]} {shown.year}"


def render(template: Template, contact_time: int, by_date: int, payment_type: int = 0) -> str:
    """The text of `template` with its declared fields filled in.

    `contact_time` is a `ContactTime`, `by_date` an ordinal day, `payment_type` a code of `PAYMENTS`, which gives the
    phone number too. Raises ValueError when a field that the template declares is empty; what it does not declare is
    not looked at.
    """
    text = template.text
    if "contact_time" in template.fields:
        words = _CONTACT_WORDS.get(contact_time)
        if words is None:
            raise ValueError(f"template {template.id} needs a contact time")
        text = text.replace("{contact_time}", words)
    if "by_date" in template.fields:
        if by_date <= 0:
            raise ValueError(f"template {template.id} needs a By date")
        text = text.replace("{by_date}", date_words(by_date))
    if "payment_type" in template.fields or "phone_number" in template.fields:
        if payment_type not in PAYMENTS:
            raise ValueError(f"template {template.id} needs a payment type")
        name, line = PAYMENTS[payment_type]
        for field, words in (("payment_type", name), ("phone_number", line)):
            if field in template.fields:
                text = text.replace(f"{{{field}}}", words)
    return text


@lru_cache(maxsize=65_536)
def parts(text: str) -> int:
    """How many SMS parts carry `text`: at least 1.

    GSM-7: 160 septets alone, 153 a part; characters of the extension table take two. Anything outside that alphabet
    makes the whole message UCS-2: 70 units of 16 bits alone, 67 a part. No character is split between two parts.
    """
    try:
        units = [len(_GSM.encode(character)[0]) for character in text]
        alone, part = _GSM_ALONE, _GSM_PART
    except UnicodeEncodeError:
        units = [2 if ord(character) > 0xFFFF else 1 for character in text]
        alone, part = _UCS2_ALONE, _UCS2_PART
    if sum(units) <= alone:
        return 1
    count, used = 1, 0
    for unit in units:
        if used + unit > part:
            count, used = count + 1, 0
        used += unit
    return count


def content_problems(
    text: str,
    template: Template,
    contact_time: int,
    by_date: int,
    agency_numbers: tuple[str, ...] = AGENCY_NUMBERS,
    payment_type: int = 0,
) -> list[str]:
    """What is wrong with a rendered message (`cs-content`); empty when nothing is.

    It must be exactly what the template and its declared fields give, and hold no URL or domain, no email address, no
    telephone number but the agency's, no identifier and no invitation to reply. One short sentence a problem.
    """
    problems = []
    try:
        expected: str | None = render(template, contact_time, by_date, payment_type)
    except ValueError as error:
        expected = None
        problems.append(str(error))
    if expected is not None and text != expected:
        problems.append(f"the text differs from template {template.id}")
    rest = text.replace(date_words(by_date), " ") if by_date > 0 else text
    rest = _taken(problems, "an email address", _EMAIL, rest)
    rest = _taken(problems, "a URL or domain", _URL, rest)
    rest = _taken(problems, "an identifier", _REFERENCE_NUMBER, rest)
    rest = _without_telephone_numbers(problems, rest, agency_numbers)
    _taken(problems, "an identifier", _IDENTIFIER, rest)
    if _invites_reply(text):
        problems.append("the text invites a reply")
    return problems


def sender_problems(sender: str, expected: str = SENDER) -> list[str]:
    """What is wrong with a sender's name (`cs-sender`); empty when nothing is. The length is counted in characters."""
    problems = []
    fewest, most = SENDER_LENGTH
    if not fewest <= len(sender) <= most:
        problems.append(f"the sender {sender!r} has {len(sender)} characters ({fewest} to {most} are allowed)")
    if sender != expected:
        problems.append(f"the sender is {sender!r}, not {expected!r}")
    return problems


def _taken(problems: list[str], what: str, pattern: re.Pattern[str], text: str) -> str:
    """Note the first find of `pattern`, and return `text` without any, so that nothing is reported as two things."""
    found = pattern.search(text)
    if found:
        problems.append(f"the text holds {what}: {found.group()!r}")
    return pattern.sub(" ", text)


def _without_telephone_numbers(problems: list[str], text: str, agency_numbers: tuple[str, ...]) -> str:
    allowed = {_digits(number) for number in agency_numbers}
    strangers = []
    for match in list(PhoneNumberMatcher(text, "AU", leniency=Leniency.VALID)):
        if _digits(match.raw_string) not in allowed:
            strangers.append(match.raw_string)
        text = text.replace(match.raw_string, " ", 1)
    if strangers:
        problems.append(f"the text holds a telephone number that is not the agency's: {strangers[0]!r}")
    return text


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _invites_reply(text: str) -> bool:
    return any(not _NOT_TO.search(text[: found.start()]) for found in _REPLY.finditer(text))
