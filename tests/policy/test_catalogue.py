"""Every default value of the policy, pinned by hand to its status and clause.

The tables below restate policy.md. They are written by hand and never generated from policy.yaml: they are what keeps a
slip in that file from passing unseen into rules and audit alike.
"""

import pytest

from sim.policy.policy import Policy, load_policy

# Section, who enforces, rule, status; in the order of the policy.
RULES = """
A system cs-subscription doc
A system cs-recipient-barred doc
A system cs-mobile-required doc
A system cs-opt-out doc
A system cs-officer-access doc
A system cs-channel doc
A procedure cs-fdv-indicator doc
A procedure cs-fdv doc
A procedure cs-first-contact-by-phone doc
A procedure cs-unanswered doc
A procedure cs-check-history doc
A procedure cs-check-details doc
A procedure cs-contact-protocol doc
A procedure cs-specialised-area doc
A system cs-self-service doc
A procedure cs-explain doc
B system cs-daily-limit doc
B system cs-hourly-confirmation doc
B system cs-send-window doc
B system cs-window-at-gateway read
B system cs-release-recheck read
B system cs-once read
B system cs-info-messages doc
C system cs-templates doc
C procedure cs-prior-actions doc
C system cs-fields doc
C procedure cs-preview doc
C content cs-content doc
C content cs-sender doc
C procedure cs-precall doc
C procedure cs-precall-reassign pub
D system cs-status doc
D procedure cs-no-resend doc
D system cs-bounce-back doc
D procedure cs-bounce-followup doc
D procedure cs-wrong-customer doc
D procedure cs-misdirected doc
D system cs-email doc
E system cf-recipient pub
E system cf-window assume
E procedure cf-route doc
E system cf-flow doc
E procedure cf-precall doc
E procedure cf-claim-grant doc
E procedure cf-claim-reject doc
F system dr-kind doc
F system dr-recipient assume
F system dr-hierarchy doc
F system dr-gap doc
F system dr-one-nudge doc
F system dr-similar doc
F system dr-vulnerable doc
F system dr-disaster-pause pub
F system dr-eligibility pub
F system dr-view doc
G system calendar assume
"""

LIMITS = "EM, Customer contact and SMS limits"
SEND = "EM, Send new desktop message"
ERRORS = "EM, Error messages"
CREATE = "EM, Create SMS message in Pluto"
DETAILS = "EM, View details"
SUBSCRIPTION = "EM, Check EM subscription"
FDV = "EM, Check for family and domestic violence (FDV)"
DESKTOP = "EM, Prepare to send EM to customer from desktop"
MESSAGES = "EM, Messages available through desktop messaging"
PROTOCOL = "EM, Maximise customer contact"
OUTBOUND = "EM, Check outbound correspondence in Pluto or Cuba"
MISDIRECTED = "EM, Customer has received a message incorrectly"
SEVERAL = "DR, Eligibility for multiple debt recovery SMS messages"
PRINCIPLES = "DR, Principles of SMS use in debt recovery"
VIEWING = "DR, Viewing SMS messages sent to a customer"
CONDITIONS = "OB 107-23071302 Resources"
RESTART = "OB 133-04110000"
DECIDING = "EM, Deciding whether to issue an SMS from Pluto or Customer First"
FLOW = "EM, Sending a pre call notification using Customer First"
PRE_CALL = "EM, Centrelink pre call SMS notification messages"
OUTCOMES = "EM, Centrelink claim outcome messages"
GSM = "3GPP TS 23.038 and 23.040"
SENDER_IDS = "ACMA sender id rules"
S001 = "OB 133-21022317 Resources (S001)"
CENTRELINK = "OB Centrelink letters online and Electronic Messaging"
NOBODY = "nobody says"

HIERARCHY = [
    "pause_applied", "declined_payment", "overdue_payment", "recovery_restarted", "debt_overdue",
    "recovery_will_restart", "withholdings_will_restart", "withholdings_will_restart_auto", "debt_due_soon",
]  # fmt: skip

VALUES: list[tuple[str, object, str, str]] = [
    ("cs-subscription.services", ["Reminder", "General"], "doc", SUBSCRIPTION),
    ("cs-subscription.reminders_belong_to", "Reminder", "read", SUBSCRIPTION),
    ("cs-subscription.others_belong_to", "General", "read", SUBSCRIPTION),
    ("cs-recipient-barred.barred", ["restricted_access", "employer", "overseas_mobile"], "doc", DESKTOP),
    ("cs-opt-out.reach", "all_em", "read", SUBSCRIPTION),
    ("cs-opt-out.text", "Customer has an SMS opt out recorded", "doc", ERRORS),
    ("cs-officer-access.needs", ["Cuba", "Pluto"], "doc", DESKTOP),
    ("cs-channel.approved", ["sms"], "doc", MESSAGES),
    ("cs-channel.not_approved", ["mygov"], "doc", MESSAGES),
    ("cs-channel.not_approved_refused", True, "read", MESSAGES),
    ("cs-fdv-indicator.consulted", ["Service Support Officer", "Team Leader"], "doc", FDV),
    ("cs-fdv.enforced", False, "doc", FDV),
    ("cs-fdv.processes", ["new_registration", "objection", "change_of_assessment", "change_of_care"], "doc", FDV),
    ("cs-first-contact-by-phone.rounds", 1, "read", LIMITS),
    ("cs-unanswered.messages", 2, "read", LIMITS),
    ("cs-unanswered.days", 14, "doc", LIMITS),
    ("cs-contact-protocol.attempts", 1, "assume", PROTOCOL),
    ("cs-contact-protocol.attempts_over_days", 1, "assume", PROTOCOL),
    ("cs-contact-protocol.out_of_time_attempts", 3, "pub", "OB 277-09170000"),
    ("cs-contact-protocol.out_of_time_over_days", 2, "pub", "OB 277-09170000"),
    ("cs-contact-protocol.phone_optional_areas", ["personalised_services"], "pub", "OB 277-01010000"),
    ("cs-specialised-area.areas", ["personalised_services", "specialised_assessment_services", "change_of_assessment",
                                   "objections"], "assume", FDV),
    ("cs-self-service.takes_effect", "at once", "assume", SUBSCRIPTION),
    ("cs-daily-limit.limit", 5, "doc", LIMITS),
    ("cs-daily-limit.counts", "either_day", "read", LIMITS),
    ("cs-daily-limit.scope", "desktop", "read", LIMITS),
    ("cs-daily-limit.text", "This customer has already received 5 desktop messages today", "doc", ERRORS),
    ("cs-hourly-confirmation.minutes", 60, "doc", SEND),
    ("cs-hourly-confirmation.from", "issued", "read", SEND),
    ("cs-hourly-confirmation.boundary", "exclusive", "read", SEND),
    ("cs-hourly-confirmation.text", "A desktop message has already been sent to this customer in the last hour. Are "
     "you sure you want to send another one?", "doc", ERRORS),
    ("cs-send-window.opens", "08:00", "doc", SEND),
    ("cs-send-window.closes", "20:00", "doc", SEND),
    ("cs-send-window.release", "next_day", "read", SEND),
    ("cs-send-window.release_spread_minutes", 0, "assume", SEND),
    ("cs-info-messages.tests_in_order", [
        "no_access", "channel_not_approved", "opted_out", "deceased", "restricted_access", "employer", "no_mobile",
        "invalid_mobile", "overseas_mobile", "service_unsubscribed", "fdv_undiscussed", "unknown_template",
        "missing_field", "by_date_in_past", "daily_limit"], "read", ERRORS),
    ("cs-templates.groups", ["Payment information", "Provide/request information", "Request for contact"], "doc",
     CREATE),
    ("cs-templates.kinds", ["pre_call_advice", "reminder", "confirmation", "request", "notice", "claim_outcome",
                            "service_offer", "nudge"], "doc", MESSAGES),
    ("cs-fields.contact_times", ["In the next hour", "Today"], "doc", CREATE),
    ("cs-fields.contact_words", ["within the hour", "today"], "pub", S001),
    ("cs-fields.past_by_date_refused", True, "read", CREATE),
    ("cs-content.agency_numbers", ["131 272", "132 850", "132 300", "132 490", "136 150", "132 717"], "assume",
     SUBSCRIPTION),
    ("cs-content.gsm_alone", 160, "pub", GSM),
    ("cs-content.gsm_part", 153, "pub", GSM),
    ("cs-content.ucs2_alone", 70, "pub", GSM),
    ("cs-content.ucs2_part", 67, "pub", GSM),
    ("cs-sender.sender", "Child Supp", "doc", SEND),
    ("cs-sender.shortest", 2, "pub", SENDER_IDS),
    ("cs-sender.longest", 11, "pub", SENDER_IDS),
    ("cs-precall.next_hour_minutes", 60, "doc", CREATE),
    ("cs-precall.aim_from_minutes", 10, "doc", CREATE),
    ("cs-precall.aim_to_minutes", 25, "doc", CREATE),
    ("cs-precall.promise_from", "sent", "read", CREATE),
    ("cs-status.viewable_min_minutes", 2, "assume", DETAILS),
    ("cs-status.viewable_max_minutes", 5, "assume", DETAILS),
    ("cs-status.sent_text", "Sent to open text", "doc", DETAILS),
    ("cs-status.viewable_text", "Communication sent", "doc", DETAILS),
    ("cs-status.held_text", "Held", "assume", DETAILS),
    ("cs-status.cuba_status", "Sent", "doc", DETAILS),
    ("cs-status.cuba_channel", "SMS", "doc", DETAILS),
    ("cs-status.pluto_filters", ["Letter Status", "Source", "Date Range"], "doc", OUTBOUND),
    ("cs-status.cuba_filters", ["Letter Status", "Channel"], "doc", OUTBOUND),
    ("cs-bounce-back.run_at", "06:00", "assume", ERRORS),
    ("cs-bounce-back.pluto_text", "Bounce Back (BB)", "doc", ERRORS),
    ("cs-bounce-back.cuba_text", "Error", "doc", ERRORS),
    ("cs-bounce-followup.tick_box", "Invalid", "doc", ERRORS),
    ("cs-wrong-customer.steps", ["call the customer", "tell them", "apologise"], "doc", SEND),
    ("cs-misdirected.escalated_to", "Specialised Assessment Services (SAS) Team", "doc", MISDIRECTED),
    ("cs-misdirected.escalated_with", ["number", "content", "time"], "doc", MISDIRECTED),
    ("cs-misdirected.told_by_sas", ["report the incident", "remove the number from the other record"], "doc",
     MISDIRECTED),
    ("cs-email.preferred", "sms", "assume", ERRORS),
    ("cs-email.at_any_hour", True, "assume", ERRORS),
    ("cf-recipient.own_opt_out", True, "assume", CENTRELINK),
    ("cf-recipient.restricted_access_barred", True, "assume", CENTRELINK),
    ("cf-window.send_window_holds", True, "assume", SEND),
    ("cf-window.daily_limit_holds", False, "read", SEND),
    ("cf-window.hourly_confirmation_holds", False, "read", SEND),
    ("cf-route.pluto_work_item", "SCT Disagreed Referral Intray", "doc",
     DECIDING),
    ("cf-route.tests_in_order", [
        "disagreed_referral_to_pluto", "not_mutual_customer_to_customer_first", "not_centrelink_customer_to_pluto",
        "centrelink_work_or_claim_progression_or_sme_to_customer_first", "otherwise_pluto"], "read",
     DECIDING),
    ("cf-route.claim_outcomes_only_in", "Customer First", "doc", OUTCOMES),
    ("cf-flow.sender", "CENTRELINK", "doc", FLOW),
    ("cf-flow.sender_systems", ["customer_first", "dmis", "sap"], "assume", FLOW),
    ("cf-flow.document_descriptions", ["Pre call notification", "Claim Finalised – Grant", "Claim Finalised – Reject",
                                       "Debt recovery"], "assume", FLOW),
    ("cf-flow.queued_text", "Electronic Message has been queued", "doc", FLOW),
    ("cf-flow.shown_on", ["Desktop Messaging", "Customer Details, Communication History"], "doc", FLOW),
    ("cf-precall.review_minutes", 120, "doc", PRE_CALL),
    ("cf-precall.text", "A Services Australia Service Officer will call you today from a private number. Please answer "
     "this call. Do not reply by SMS.", "doc", PRE_CALL),
    ("cf-precall.review_text", "We will call this number in the next 2 hours to discuss the decision you want "
     "reviewed. Calls may show as a private number. Please answer. Do not reply by SMS.", "doc",
     PRE_CALL),
    ("cf-claim-grant.text", "Your claim for [PAYMENT TYPE] has been completed. We will contact you with the outcome. "
     "Do not reply by SMS.", "doc", OUTCOMES),
    ("cf-claim-reject.text", "We tried to contact you to discuss the outcome of your recent claim for [PAYMENT TYPE]. "
     "Please call us on [PHONE NUMBER*]. Do not reply by SMS.", "doc", OUTCOMES),
    ("dr-kind.kinds", ["confirmation", "service_offer", "nudge"], "doc", PRINCIPLES),
    ("dr-kind.confirmations", ["pause_applied"], "read", PRINCIPLES),
    ("dr-kind.nudges", HIERARCHY[1:], "read", PRINCIPLES),
    ("dr-kind.sap_nudge_days_before", 1, "assume", PRINCIPLES),
    ("dr-kind.sap_due_at", "09:00", "assume", PRINCIPLES),
    ("dr-hierarchy.order", HIERARCHY, "doc", SEVERAL),
    ("dr-hierarchy.failed_pick", "nothing is sent", "read", SEVERAL),
    ("dr-hierarchy.due_at", "10:00", "assume", SEVERAL),
    ("dr-gap.reading", "full_day", "read", SEVERAL),
    ("dr-gap.business_days", ["monday", "tuesday", "wednesday", "thursday", "friday"], "pub", CONDITIONS),
    ("dr-gap.waiting", 1, "read", SEVERAL),
    ("dr-one-nudge.enabled", True, "doc", SEVERAL),
    ("dr-one-nudge.nudges", 1, "doc", SEVERAL),
    ("dr-similar.days", 7, "pub", "OB 107-23071302 (Declined and Overdue)"),
    ("dr-similar.days_of", {}, "assume", SEVERAL),
    ("dr-similar.groups", {name: name for name in HIERARCHY}, "assume", SEVERAL),
    ("dr-similar.boundary", "previous_days", "read", SEVERAL),
    ("dr-vulnerable.kinds", "all", "read", PRINCIPLES),
    ("dr-eligibility.run_at", "04:00", "assume", CONDITIONS),
    ("dr-eligibility.tests_in_order", [
        "recipient", "vulnerability", "disaster", "conditions", "similar", "hierarchy", "gap", "one_nudge"], "read",
     CONDITIONS),
    ("dr-eligibility.pause_applied_excluded_by", ["XCSHSMS"], "pub", CONDITIONS),
    ("dr-eligibility.declined_arrangements", ["VOL"], "pub", CONDITIONS),
    ("dr-eligibility.declined_arrangement_states", ["BKN"], "pub", CONDITIONS),
    ("dr-eligibility.declined_from_days", 7, "pub", CONDITIONS),
    ("dr-eligibility.declined_to_days", 10, "pub", CONDITIONS),
    ("dr-eligibility.harmless_write_offs", ["WUN", "NCE", "DOS"], "pub", CONDITIONS),
    ("dr-eligibility.overdue_repayments", ["CSH", "IRR"], "pub", CONDITIONS),
    ("dr-eligibility.overdue_from_days", 5, "pub", CONDITIONS),
    ("dr-eligibility.overdue_to_days", 7, "assume", CONDITIONS),
    ("dr-eligibility.overdue_arrangement_states", ["PND", "BKN", "CUR"], "pub", CONDITIONS),
    ("dr-eligibility.restarted_from_days", 0, "assume", CONDITIONS),
    ("dr-eligibility.restarted_to_days", 2, "assume", CONDITIONS),
    ("dr-eligibility.due_after_issue_days", 28, "pub", "OB 107-05010000"),
    ("dr-eligibility.debt_overdue_from_days", 1, "assume", CONDITIONS),
    ("dr-eligibility.debt_overdue_to_days", 7, "assume", CONDITIONS),
    ("dr-eligibility.recovery_restarts_from_days", 4, "assume", CONDITIONS),
    ("dr-eligibility.recovery_restarts_to_days", 6, "pub", RESTART),
    ("dr-eligibility.withholdings_restart_from_days", 4, "assume", CONDITIONS),
    ("dr-eligibility.withholdings_restart_to_days", 6, "pub", RESTART),
    ("dr-eligibility.auto_setup_from_days", 4, "assume", CONDITIONS),
    ("dr-eligibility.auto_setup_to_days", 6, "pub", RESTART),
    ("dr-eligibility.due_soon_from_days", 0, "pub", RESTART),
    ("dr-eligibility.due_soon_to_days", 14, "pub", RESTART),
    ("dr-view.screens", ["Outbound Correspondence", "Correspondence History", "History Summary (HS)"], "doc", VIEWING),
    ("dr-view.customer_first_screens", ["Outbound Correspondence", "Correspondence History"], "assume", VIEWING),
    ("dr-view.dmis_screens", ["Correspondence History", "History Summary (HS)"], "assume", VIEWING),
    ("dr-view.sap_screens", ["Correspondence History", "History Summary (HS)"], "assume", VIEWING),
    ("dr-view.sap_days", 120, "pub", "OB 111-14000000"),
    ("calendar.agency_zone", "Australia/Sydney", "assume", NOBODY),
    ("calendar.office_days", ["monday", "tuesday", "wednesday", "thursday", "friday"], "assume", NOBODY),
    ("calendar.office_opens", "08:00", "assume", NOBODY),
    ("calendar.office_closes", "17:00", "assume", NOBODY),
    ("calendar.closed_on_state_holidays", True, "assume", NOBODY),
]  # fmt: skip

ELSEWHERE = {
    "cs-explain.points",
    "cs-templates.templates",
    "cf-claim-grant.payments",
    "dr-hierarchy.titles",
    "dr-vulnerable.vulnerabilities",
    "calendar.zones",
    "calendar.state_zones",
}
"""Values that tests of their own hold, below."""

# Every name that may be set for a run and has named readings, with all of them; the first is the default.
READINGS = {
    "cs-opt-out.reach": ["all_em", "sms_only"],
    "cs-daily-limit.counts": ["either_day", "delivery_day", "attempt_day"],
    "cs-daily-limit.scope": ["desktop", "child_support_sms"],
    "cs-hourly-confirmation.from": ["issued", "sent"],
    "cs-hourly-confirmation.boundary": ["exclusive", "inclusive"],
    "cs-send-window.release": ["next_day", "next_opening"],
    "cs-precall.promise_from": ["sent", "issued"],
    "dr-gap.reading": ["full_day", "hours_24", "business_day"],
    "dr-similar.boundary": ["previous_days", "days_apart"],
    "dr-vulnerable.kinds": ["all", "nudges_only"],
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def test_every_rule_stands_in_the_order_of_the_policy_with_who_enforces_it(policy: Policy) -> None:
    expected = [tuple(line.split()) for line in RULES.strip().splitlines()]
    assert [(rule.section, rule.enforced_by, rule.id, rule.status) for rule in policy.rules.values()] == expected
    assert len(expected) == 56


@pytest.mark.parametrize(("name", "value", "status", "clause"), VALUES, ids=[row[0] for row in VALUES])
def test_default_value(policy: Policy, name: str, value: object, status: str, clause: str) -> None:
    found = policy.setting(name)
    assert (found.value, found.default, found.status, found.clause) == (value, value, status, clause)
    assert type(found.value) is type(value)


def test_no_value_is_left_out_above(policy: Policy) -> None:
    assert sorted(policy.names()) == sorted({row[0] for row in VALUES} | ELSEWHERE)
    assert len({row[0] for row in VALUES}) == len(VALUES)


def test_named_readings(policy: Policy) -> None:
    values = {name: policy.setting(name) for name in policy.names()}
    assert {name: list(value.allowed) for name, value in values.items() if value.kind == "reading"} == READINGS


def test_every_named_reading_can_be_chosen() -> None:
    for name, readings in READINGS.items():
        for reading in readings:
            assert load_policy({name: reading}).value(name) == reading
