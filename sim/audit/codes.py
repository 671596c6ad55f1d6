"""The fixed codes of a history, restated.

The audit takes nothing from the code that wrote the history, so the numbers stand here a second time
(`tests/audit/test_codes.py` holds them against the first).
"""

from enum import IntEnum


class Event(IntEnum):
    """What happened (the column `event`); what `value`, `ref` and `other` mean stands in the history's own file."""

    ZONE_RECORDED = 10
    MOBILE_RECORDED = 11
    EMAIL_RECORDED = 12
    OPT_OUT_RECORDED = 13
    OPT_OUT_LIFTED = 14
    SERVICE_ENDED = 15
    SERVICE_RESTORED = 16
    DIED = 17
    RESTRICTED_ACCESS_SET = 18
    EMPLOYER_SET = 19
    FDV_INDICATOR_SET = 20
    FDV_RAISED = 21
    FDV_DISCUSSED = 22
    PROCESS_OPENED = 23
    PROCESS_CLOSED = 24
    NEVER_CONTACTED = 25
    CUSTOMER_CONTACTED_US = 26
    NUMBERS_RECORDED = 27
    AREA_RECORDED = 28
    ACCESS_RECORDED = 29
    OBJECTION_OUT_OF_TIME = 30
    SHIFT_STARTED = 40
    SHIFT_ENDED = 41
    WORK_ARRIVED = 42
    WORK_STARTED = 43
    WORK_ENDED = 44
    SUBSCRIPTION_CHECKED = 45
    NOTEPAD_REVIEWED = 46
    CONSULTED = 47
    CONSULT_ANSWERED = 48
    AREA_INSTRUCTIONS_CHECKED = 49
    LIST_VIEWED = 50
    CASE_HISTORY_VIEWED = 51
    DETAILS_CHECKED = 52
    DETAILS_UPDATED = 53
    ALTERNATIVE_CONSIDERED = 54
    PRIOR_ACTION_DONE = 55
    PREVIEWED = 56
    CALL_ATTEMPTED = 57
    CALL_ANSWERED = 58
    HANDED_TO_TEAM_LEADER = 59
    REASSIGNED = 60
    LETTER_SENT = 61
    INVALID_TICKED = 62
    NUMBER_CHECKED = 63
    CALL_PROMISE_DROPPED = 64
    DIALOG_OPENED = 80
    SEND_PRESSED = 81
    CONFIRMATION_ASKED = 82
    CONFIRMED = 83
    CANCELLED = 84
    REFUSED = 85
    INFO_SHOWN = 86
    ISSUED = 100
    HELD = 101
    HELD_AGAIN = 102
    WITHDRAWN = 103
    HANDED_OVER = 104
    ARRIVED = 105
    ACKNOWLEDGED = 106
    SENT_CLAIMED = 107
    VIEWABLE = 108
    STATUS_CLAIMED = 109
    DELIVERED = 110
    FAILED = 111
    BOUNCED = 112
    MARKED_ERROR = 113
    ANSWERED = 114
    ELIGIBLE = 130
    PICKED = 131
    SUPPRESSED = 132
    NIGHTLY_RUN = 133
    OUTAGE_STARTED = 140
    OUTAGE_ENDED = 141


class Reason(IntEnum):
    """The bits of the column `reasons`, in the order of the tests in the dialog (policy.md B)."""

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


REASONS: dict[str, int] = {reason.name.lower(): int(reason) for reason in Reason}
"""The reasons by the names that the messages table uses."""


def reason_names(mask: int) -> list[str]:
    """The names of the bits of `mask`, in the order of the tests."""
    return [name for name, bit in REASONS.items() if mask & bit]


SYSTEMS = {
    "pluto": 1,
    "cuba": 2,
    "customer_first": 3,
    "dmis": 4,
    "sap": 5,
    "gateway": 6,
    "email_exchange": 7,
    "telephone": 8,
    "register": 9,
    "world": 10,
}
"""Who acts or records. The first five are the sending systems of the messages table."""

SENDING_SYSTEMS = ("pluto", "cuba", "customer_first", "dmis", "sap")
CHANNELS = {"sms": 1, "email": 2, "mygov": 3}
KINDS = {"desktop": 1, "automatic": 2, "nudge": 3, "confirmation": 4, "service_offer": 5}
OUTCOMES = ("sent", "held", "refused", "cancelled", "withdrawn", "suppressed")
SERVICES = {"reminder": 1, "general": 2}
MOBILE_STATUSES = {"none": 0, "valid": 1, "invalid": 2, "overseas": 3}
EMAIL_STATUSES = {"none": 0, "valid": 1, "invalid": 2}
CONTACT_TIMES = {"next_hour": 1, "today": 2}
STATUSES = {
    "held": 1,
    "sent_to_open_text": 2,
    "communication_sent": 3,
    "bounce_back": 4,
    "withdrawn": 5,
}
PROCESS_KINDS = {
    "new_registration": 1,
    "objection": 2,
    "change_of_assessment": 3,
    "change_of_care": 4,
    "payment": 5,
    "information_request": 6,
    "bounce_back_follow_up": 7,
    "integrated": 8,
    "misdirected_message": 9,
}
AREAS = {
    "none": 0,
    "personalised_services": 1,
    "specialised_assessment_services": 2,
    "change_of_assessment": 3,
    "objections": 4,
}

ZONES = (
    "Australia/Sydney",
    "Australia/Melbourne",
    "Australia/Hobart",
    "Australia/Brisbane",
    "Australia/Lindeman",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Perth",
    "Australia/Broken_Hill",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Pacific/Norfolk",
    "Indian/Christmas",
    "Indian/Cocos",
)
"""What ZONE_RECORDED's value indexes (policy.md G)."""

AGENCY_ZONE = "Australia/Sydney"
FIELD_BASE = 4
FIELD_MASK = (1 << 22) - 1
"""The declared fields are packed as ordinal of the By date × 4 + contact time in the lower 22 bits; a payment type,
which no message of Child Support has, stands above them."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ALWAYS = -(1 << 60)
"""The instant that stands for "since before the log began"."""
EVER = 1 << 60
"""The instant that stands for "after the log ended"."""
