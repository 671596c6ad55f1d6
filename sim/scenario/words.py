"""The words that scenario files are written in: names, times, and the policy's terms as they may stand in a file."""

from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sim.clock import STATE_ZONES, ZONES
from sim.errors import shown


def _one_of(names: Iterable[str]) -> Callable[[str], str]:
    known = list(names)

    def checked(text: str) -> str:
        if text not in known:
            raise ValueError(f"must be one of {', '.join(known)} (value {shown(text)})")
        return text

    return checked


Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
Time = Annotated[str, Field(min_length=3, max_length=60)]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Postcode = Annotated[int, Field(ge=200, le=9999)]
Zone = Annotated[str, AfterValidator(_one_of(ZONES)), Field(json_schema_extra={"enum": list(ZONES)})]
State = Annotated[str, AfterValidator(_one_of(STATE_ZONES)), Field(json_schema_extra={"enum": list(STATE_ZONES)})]

Verdict = Literal["pass", "fail", "unknown", "not_exercised"]
Mobile = Literal["none", "valid", "invalid", "overseas"]
Email = Literal["none", "valid", "invalid"]
ServiceName = Literal["reminder", "general"]
Mail = Literal["post", "online"]
Area = Literal[
    "none", "personalised_services", "specialised_assessment_services", "change_of_assessment", "objections",
]  # fmt: skip
Vulnerable = Literal[
    "family_and_domestic_violence", "homelessness", "serious_illness", "recent_bereavement", "natural_disaster",
]  # fmt: skip
ArrangementName = Literal["none", "vol", "csh", "irr", "withholdings"]
ArrangementState = Literal["none", "pnd", "cur", "bkn", "ceased"]
WriteOffName = Literal["none", "wun", "nce", "dos", "temporary", "permanent"]
PauseName = Literal["hardship", "disaster"]
PaymentType = Literal[
    "JobSeeker Payment", "Age Pension", "Youth Allowance", "Parenting Payment", "Disability Support Pension",
]  # fmt: skip
WorkSort = Literal["sct_disagreed_referral", "centrelink_work_type", "claim_progression", "sme_review", "other"]
ReportCaseName = Literal[
    "number_wrong_on_record", "not_subscribed", "wants_out", "another_sms_was_meant",
    "number_right_message_not_theirs", "representative", "no_relationship",
]  # fmt: skip
ReportActionName = Literal[
    "note_content_and_number", "ask_content_and_time", "ask_name_and_contact", "check_number", "update_details",
    "check_subscription", "check_case_notes", "apologise", "record_opt_out", "explain_correct_reason",
    "escalate_to_sas", "check_representative", "explain_purpose", "advise_investigation", "report_incident",
    "remove_number",
]  # fmt: skip
Sends = Literal["pluto", "cuba", "customer_first"]
Reports = Literal["delivered", "failed", "nothing", "twice"]
Answer = Literal["sent", "held", "refused", "cancelled", "needs_confirmation"]
LastOutcome = Literal["sent", "held", "refused", "cancelled", "withdrawn", "needs_confirmation", "nothing"]
ReasonName = Literal[
    "no_access", "channel_not_approved", "opted_out", "deceased", "restricted_access", "employer", "no_mobile",
    "invalid_mobile", "overseas_mobile", "service_unsubscribed", "fdv_undiscussed", "unknown_template",
    "missing_field", "by_date_in_past", "daily_limit", "send_window", "vulnerable", "disaster_pause", "similar",
    "hierarchy", "gap", "one_nudge", "not_a_centrelink_customer",
]  # fmt: skip
Screen = Literal[
    "outbound_correspondence", "letters_list", "products_and_services", "individual_customer_details",
    "customer_summary", "desktop_messaging", "communication_history", "centrelink_outbound_correspondence",
    "correspondence_history", "history_summary",
]  # fmt: skip
Fact = Literal[
    "zone_recorded", "mobile_recorded", "email_recorded", "opt_out_recorded", "opt_out_lifted", "service_ended",
    "service_restored", "died", "restricted_access_set", "employer_set", "fdv_indicator_set", "fdv_raised",
    "fdv_discussed", "process_opened", "process_closed", "customer_contacted_us", "numbers_recorded",
    "invalid_ticked", "area_recorded",
    "centrelink_recorded", "centrelink_mobile_recorded", "centrelink_opt_out_recorded", "centrelink_opt_out_lifted",
    "mail_channel_recorded", "mutual_customer_set", "vulnerability_set", "postcode_recorded",
    "withholdings_eligible_set",
    "debt_raised", "debt_paid", "arrangement_set", "repayment_due", "repayment_made", "repayment_declined",
    "write_off_set", "write_off_ended", "hardship_pause_completed", "pause_started", "pause_ended",
    "recovery_restarted", "withholdable_payment_set", "xcshsms_set", "auto_setup_ceased", "disaster_declared",
    "disaster_ended", "eligibility_injected",
]  # fmt: skip
Deed = Literal[
    "work_arrived", "work_started", "work_ended", "subscription_checked", "notepad_reviewed", "consulted",
    "consult_answered", "area_instructions_checked", "list_viewed", "case_history_viewed", "details_checked",
    "details_updated", "alternative_considered", "prior_action_done", "handed_to_team_leader", "reassigned",
    "letter_sent", "number_checked", "call_promise_dropped", "answered", "apologised", "explanation_asked",
    "explained", "sent_to_wrong_customer", "claim_message_withheld",
]  # fmt: skip
"""What an officer, or a customer, does besides what has a step of its own."""
