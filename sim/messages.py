"""The words of the policy as fixed codes and frozen values.

Every enum has fixed integer codes: they are written into histories and must never be renumbered.
The names are the policy's own (policy.md, "Words").
"""

from collections.abc import Iterator
from enum import IntEnum, IntFlag
from typing import NamedTuple


class System(IntEnum):
    """Who acts or records. 1–5 are the sending systems of the messages table."""

    NONE = 0
    PLUTO = 1
    CUBA = 2
    CUSTOMER_FIRST = 3
    DMIS = 4
    SAP = 5
    GATEWAY = 6
    EMAIL_EXCHANGE = 7
    TELEPHONE = 8
    REGISTER = 9
    WORLD = 10


class Channel(IntEnum):
    """How an electronic message travels. Only SMS is approved on the desktop (`cs-channel`)."""

    SMS = 1
    EMAIL = 2
    MYGOV = 3


class Service(IntEnum):
    """The two services of the Products and Services window (`cs-subscription`)."""

    NONE = 0
    REMINDER = 1
    GENERAL = 2


class Kind(IntEnum):
    """What sort of message it is (policy.md, "Words"; `dr-kind`)."""

    DESKTOP = 1
    AUTOMATIC = 2
    NUDGE = 3
    CONFIRMATION = 4
    SERVICE_OFFER = 5


class Outcome(IntEnum):
    """What became of a message; the final one in the messages table."""

    SENT = 1
    HELD = 2
    REFUSED = 3
    CANCELLED = 4
    WITHDRAWN = 5
    SUPPRESSED = 6
    NEEDS_CONFIRMATION = 7


class MobileStatus(IntEnum):
    """What is on record in the Mobile field of Individual Customer Details."""

    NONE = 0
    VALID = 1
    INVALID = 2
    OVERSEAS = 3


class EmailStatus(IntEnum):
    """What is on record as the email address."""

    NONE = 0
    VALID = 1
    INVALID = 2


class ContactTime(IntEnum):
    """The promise of a pre call alert (`cs-fields`); shown as `In the next hour` and `Today`."""

    NONE = 0
    NEXT_HOUR = 1
    TODAY = 2


class Status(IntEnum):
    """A message's status as Pluto shows it (`cs-status`, `cs-bounce-back`)."""

    NONE = 0
    HELD = 1
    SENT_TO_OPEN_TEXT = 2
    COMMUNICATION_SENT = 3
    BOUNCE_BACK = 4
    WITHDRAWN = 5


class Reason(IntFlag):
    """Why a message was refused, withdrawn, held on or suppressed.

    Bits 0–14 stand in the order of the tests in the Generate Desktop Message dialog (policy.md B);
    the lowest bit that is set is *the* reason of an outcome.
    """

    NO_ACCESS = 1 << 0
    CHANNEL_NOT_APPROVED = 1 << 1
    OPTED_OUT = 1 << 2
    DECEASED = 1 << 3
    RESTRICTED_ACCESS = 1 << 4
    EMPLOYER = 1 << 5
    NO_MOBILE = 1 << 6
    INVALID_MOBILE = 1 << 7
    OVERSEAS_MOBILE = 1 << 8
    SERVICE_UNSUBSCRIBED = 1 << 9
    FDV_UNDISCUSSED = 1 << 10
    UNKNOWN_TEMPLATE = 1 << 11
    MISSING_FIELD = 1 << 12
    BY_DATE_IN_PAST = 1 << 13
    DAILY_LIMIT = 1 << 14
    SEND_WINDOW = 1 << 15
    VULNERABLE = 1 << 16
    DISASTER_PAUSE = 1 << 17
    SIMILAR = 1 << 18
    HIERARCHY = 1 << 19
    GAP = 1 << 20
    ONE_NUDGE = 1 << 21


def reason_names(mask: int) -> list[str]:
    """The names of the bits of `mask`, lowest bit (the first test that failed) first."""
    return [reason.name.lower() for reason in _REASONS if mask & reason and reason.name]


_REASONS: tuple[Reason, ...] = tuple(Reason)


def reasons_iter(mask: int) -> Iterator[Reason]:
    """The single reasons of `mask` in the order of the tests."""
    return (reason for reason in _REASONS if mask & reason)


class ProcessKind(IntEnum):
    """Why a customer is contacted; the first four are processes with an applicant (`cs-fdv`)."""

    NEW_REGISTRATION = 1
    OBJECTION = 2
    CHANGE_OF_ASSESSMENT = 3
    CHANGE_OF_CARE = 4
    PAYMENT = 5
    INFORMATION_REQUEST = 6
    BOUNCE_BACK_FOLLOW_UP = 7


class SpecialisedArea(IntEnum):
    """Areas whose instructions are checked before contact (`cs-specialised-area`)."""

    NONE = 0
    PERSONALISED_SERVICES = 1
    SPECIALISED_ASSESSMENT_SERVICES = 2
    CHANGE_OF_ASSESSMENT = 3
    OBJECTIONS = 4


class Recipient(NamedTuple):
    """What the registers know of a customer at one instant: all that the recipient rules turn on.

    Plain integers so that the rules compile: flags are 0 or 1, `mobile` is a MobileStatus, `email` an EmailStatus,
    `zone` an index of `sim.clock.ZONES`.
    """

    zone: int
    mobile: int
    email: int
    opted_out: int
    deceased: int
    restricted_access: int
    employer: int
    reminder_ended: int
    general_ended: int


class Request(NamedTuple):
    """One press of Send (or an automatic send): what a sending system is asked to do.

    `by_date` is a proleptic Gregorian ordinal (`date.toordinal`) or 0; `confirmed` is 1 when the officer answered the
    one-hour question with Send; `access` is 1 when the officer has both Cuba and Pluto; `fdv_undiscussed` is 1 when
    `cs-fdv` forbids this message at this instant (judged by the caller from the register); `step` is the ordinal of this
    message within its cause `ref`, so that draws are keyed by the cause and never by a message.
    """

    message: int
    customer: int
    system: int
    template: int
    officer: int = 0
    ref: int = 0
    channel: int = Channel.SMS
    contact_time: int = ContactTime.NONE
    by_date: int = 0
    access: int = 1
    fdv_undiscussed: int = 0
    confirmed: int = 0
    step: int = 0


class Decision(NamedTuple):
    """The answer to a Request: `outcome` (SENT means "goes at once", i.e. into the outbox now), all `reasons` that
    failed as a bit mask, and the instant `due` (ms UTC) at which it is to be handed over (0 when refused)."""

    outcome: int
    reasons: int
    due: int


_FIELD_BASE = 4


def pack_fields(contact_time: int, by_date: int) -> int:
    """The declared fields of a message as one integer: `by_date` (ordinal day) × 4 + `contact_time`."""
    return by_date * _FIELD_BASE + contact_time


def unpack_fields(value: int) -> tuple[int, int]:
    """The inverse of `pack_fields`: (contact_time, by_date)."""
    return value % _FIELD_BASE, value // _FIELD_BASE
