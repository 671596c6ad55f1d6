"""The words of the policy as fixed codes and frozen values.

Every enum has fixed integer codes: they are written into histories and must never be renumbered.
The names are the policy's own (policy.md, "Words").
"""

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
    NOT_A_CENTRELINK_CUSTOMER = 1 << 22


def reason_names(mask: int) -> list[str]:
    """The names of the bits of `mask`, lowest bit (the first test that failed) first."""
    return [reason.name.lower() for reason in _REASONS if mask & reason and reason.name]


_REASONS: tuple[Reason, ...] = tuple(Reason)


class ProcessKind(IntEnum):
    """Why a customer is contacted; the first four are processes with an applicant (`cs-fdv`)."""

    NEW_REGISTRATION = 1
    OBJECTION = 2
    CHANGE_OF_ASSESSMENT = 3
    CHANGE_OF_CARE = 4
    PAYMENT = 5
    INFORMATION_REQUEST = 6
    BOUNCE_BACK_FOLLOW_UP = 7
    INTEGRATED = 8  # an Integrated Service Officer's work item
    MISDIRECTED_MESSAGE = 9  # somebody reports a message


class SpecialisedArea(IntEnum):
    """Areas whose instructions are checked before contact (`cs-specialised-area`)."""

    NONE = 0
    PERSONALISED_SERVICES = 1
    SPECIALISED_ASSESSMENT_SERVICES = 2
    CHANGE_OF_ASSESSMENT = 3
    OBJECTIONS = 4


class Vulnerability(IntEnum):
    """Circumstances that exclude from debt messages (`dr-vulnerable`; the list is ours [assume])."""

    FAMILY_AND_DOMESTIC_VIOLENCE = 1
    HOMELESSNESS = 2
    SERIOUS_ILLNESS = 3
    RECENT_BEREAVEMENT = 4
    NATURAL_DISASTER = 5


class Arrangement(IntEnum):
    """How a debt is repaid (`dr-eligibility`)."""

    NONE = 0
    VOL = 1  # voluntary direct debit
    CSH = 2  # cash
    IRR = 3  # irregular
    WITHHOLDINGS = 4


class ArrangementStatus(IntEnum):
    """Where an arrangement stands (`dr-eligibility`)."""

    NONE = 0
    PND = 1  # pending
    CUR = 2  # current
    BKN = 3  # broken
    CEASED = 4


class WriteOff(IntEnum):
    """Write-off codes; WUN, NCE and DOS do not exclude from messages 2 and 3 (`dr-eligibility`)."""

    NONE = 0
    WUN = 1
    NCE = 2
    DOS = 3
    TEMPORARY = 4
    PERMANENT = 5


class Screen(IntEnum):
    """Where a sent debt message can be seen (`dr-view`)."""

    OUTBOUND_CORRESPONDENCE = 1
    CORRESPONDENCE_HISTORY = 2
    HISTORY_SUMMARY = 3


class IntegratedWork(IntEnum):
    """What an Integrated Service Officer's work item is (`cf-route`)."""

    SCT_DISAGREED_REFERRAL = 1  # `SCT Disagreed Referral Intray`
    CENTRELINK_WORK_TYPE = 2
    CLAIM_PROGRESSION = 3
    SME_REVIEW = 4
    OTHER = 5


class ReportCase(IntEnum):
    """What is behind a report of a message that was not for its reader (EM table 2, steps 6–8)."""

    NUMBER_WRONG_ON_RECORD = 1
    NOT_SUBSCRIBED = 2
    WANTS_OUT = 3
    ANOTHER_SMS_WAS_MEANT = 4
    NUMBER_RIGHT_MESSAGE_NOT_THEIRS = 5
    REPRESENTATIVE = 6
    NO_RELATIONSHIP = 7


class ReportAction(IntEnum):
    """What the officer does with such a report, in the words of EM table 2."""

    NOTE_CONTENT_AND_NUMBER = 1
    ASK_CONTENT_AND_TIME = 2
    ASK_NAME_AND_CONTACT = 3
    CHECK_NUMBER = 4
    UPDATE_DETAILS = 5
    CHECK_SUBSCRIPTION = 6
    CHECK_CASE_NOTES = 7
    APOLOGISE = 8
    RECORD_OPT_OUT = 9
    EXPLAIN_CORRECT_REASON = 10
    ESCALATE_TO_SAS = 11
    CHECK_REPRESENTATIVE = 12
    EXPLAIN_PURPOSE = 13
    ADVISE_INVESTIGATION = 14
    REPORT_INCIDENT = 15
    REMOVE_NUMBER = 16


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
    `cs-fdv` forbids this message at this instant (judged by the caller from the register); `step` is the ordinal of
    this message within its cause `ref`, so that draws are keyed by the cause and never by a message; `payment_type` is
    the code of the one that a claim message names.
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
    payment_type: int = 0


class Decision(NamedTuple):
    """The answer to a Request: `outcome` (SENT means "goes at once", i.e. into the outbox now), all `reasons` that
    failed as a bit mask, and the instant `due` (ms UTC) at which it is to be handed over (0 when refused)."""

    outcome: int
    reasons: int
    due: int


_FIELD_BASE = 4
_PAYMENT_SHIFT = 22


def pack_fields(contact_time: int, by_date: int, payment_type: int = 0) -> int:
    """The declared fields of a message as one integer: `payment_type` (code) × 2**22 + `by_date` (ordinal day) × 4 +
    `contact_time`."""
    return (payment_type << _PAYMENT_SHIFT) + by_date * _FIELD_BASE + contact_time


def unpack_fields(value: int) -> tuple[int, int]:
    """The (contact_time, by_date) of `pack_fields`."""
    rest = value & ((1 << _PAYMENT_SHIFT) - 1)
    return rest % _FIELD_BASE, rest // _FIELD_BASE


def unpack_payment_type(value: int) -> int:
    """The payment type code of `pack_fields` (0: none)."""
    return value >> _PAYMENT_SHIFT
