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
    ELIGIBLE_ENDED = 134
    SUPPRESSED_ENDED = 135
    OUTAGE_STARTED = 140
    OUTAGE_ENDED = 141
    ELIGIBILITY_INJECTED = 142
    CENTRELINK_RECORDED = 150
    CENTRELINK_MOBILE_RECORDED = 151
    CENTRELINK_OPT_OUT_RECORDED = 152
    CENTRELINK_OPT_OUT_LIFTED = 153
    MAIL_CHANNEL_RECORDED = 154
    MUTUAL_CUSTOMER_SET = 155
    VULNERABILITY_SET = 156
    POSTCODE_RECORDED = 157
    WITHHOLDINGS_ELIGIBLE_SET = 158
    DEBT_RAISED = 160
    DEBT_PAID = 161
    ARRANGEMENT_SET = 162
    REPAYMENT_DUE = 163
    REPAYMENT_MADE = 164
    REPAYMENT_DECLINED = 165
    WRITE_OFF_SET = 166
    WRITE_OFF_ENDS = 167
    WRITE_OFF_ENDED = 168
    HARDSHIP_PAUSE_COMPLETED = 169
    PAUSE_STARTED = 170
    PAUSE_ENDED = 171
    RECOVERY_RESTARTED = 172
    DISASTER_DECLARED = 173
    DISASTER_ENDS = 174
    DISASTER_ENDED = 175
    WITHHOLDABLE_PAYMENT_SET = 176
    XCSHSMS_SET = 177
    AUTO_SETUP_CEASED = 178
    HAS_VIEWED = 179
    ROUTED = 180
    CLAIM_FINALISED = 181
    CCM_SET = 182
    MAIN_ISSUE_SET = 183
    CLAIM_MESSAGE_WITHHELD = 184
    REPORT_RECEIVED = 190
    REPORT_STEP = 191
    REPORT_CLOSED = 192
    ESCALATED = 193
    SAS_FOUND = 194
    INCIDENT_REPORTED = 195
    NUMBER_REMOVED = 196
    APOLOGISED = 197
    EXPLAINED = 198
    EXPLANATION_ASKED = 199
    SENT_TO_WRONG_CUSTOMER = 200
    NUMBER_REASSIGNED = 201


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
DEBT_KINDS = ("confirmation", "service_offer", "nudge")
"""The kinds of debt message (`dr-kind`)."""
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
VULNERABILITIES = {
    "family_and_domestic_violence": 1,
    "homelessness": 2,
    "serious_illness": 3,
    "recent_bereavement": 4,
    "natural_disaster": 5,
}
ARRANGEMENTS = {"none": 0, "vol": 1, "csh": 2, "irr": 3, "withholdings": 4}
ARRANGEMENT_STATUSES = {"none": 0, "pnd": 1, "cur": 2, "bkn": 3, "ceased": 4}
WRITE_OFFS = {"none": 0, "wun": 1, "nce": 2, "dos": 3, "temporary": 4, "permanent": 5}
SCREENS = {"outbound_correspondence": 1, "correspondence_history": 2, "history_summary": 3}
INTEGRATED_WORK = {
    "sct_disagreed_referral": 1,
    "centrelink_work_type": 2,
    "claim_progression": 3,
    "sme_review": 4,
    "other": 5,
}
REPORT_CASES = {
    "number_wrong_on_record": 1,
    "not_subscribed": 2,
    "wants_out": 3,
    "another_sms_was_meant": 4,
    "number_right_message_not_theirs": 5,
    "representative": 6,
    "no_relationship": 7,
}
REPORT_ACTIONS = {
    "note_content_and_number": 1,
    "ask_content_and_time": 2,
    "ask_name_and_contact": 3,
    "check_number": 4,
    "update_details": 5,
    "check_subscription": 6,
    "check_case_notes": 7,
    "apologise": 8,
    "record_opt_out": 9,
    "explain_correct_reason": 10,
    "escalate_to_sas": 11,
    "check_representative": 12,
    "explain_purpose": 13,
    "advise_investigation": 14,
    "report_incident": 15,
    "remove_number": 16,
}
DEBT_MESSAGES = (
    "pause_applied",
    "declined_payment",
    "overdue_payment",
    "recovery_restarted",
    "debt_overdue",
    "recovery_will_restart",
    "withholdings_will_restart",
    "withholdings_will_restart_auto",
    "debt_due_soon",
)
"""The nine DMIS messages in the order of policy.md F: message n has the template code 400 + n."""
DMIS_CODE = 400

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
PAYMENT_SHIFT = 22
FIELD_MASK = (1 << PAYMENT_SHIFT) - 1
"""The declared fields are packed as ordinal of the By date × 4 + contact time in the lower 22 bits; the payment type of
a claim message stands above them."""
ORDINAL_OF_EPOCH = 719_163
"""`date(1970, 1, 1).toordinal()`: the days of a history are such ordinals."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ALWAYS = -(1 << 60)
"""The instant that stands for "since before the log began"."""
EVER = 1 << 60
"""The instant that stands for "after the log ended"."""
