"""Unit and meaning of every metric, and the names of its groups by system."""

SYSTEMS = {"pluto": "Pluto", "cuba": "Cuba", "customer_first": "Customer First", "dmis": "DMIS", "sap": "SAP"}
"""The sending systems by their names."""

DEFINITIONS: dict[str, tuple[str, str]] = {
    "rule_cases": ("cases", "How often a rule could be judged, by rule."),
    "rule_breaches": ("breaches", "How often it was broken."),
    "rule_unjudged": ("cases", "Cases that what is on record cannot settle."),
    "rule_breach_rate": ("share of cases", "Breaches a judged case."),
    "messages": ("messages", "Messages by what became of them in the end."),
    "sent": ("messages", "SMS that the gateway acknowledged, by sending system."),
    "refusals": ("messages", "Refused messages by their reason: the first test that failed."),
    "refusals_all_reasons": ("messages", "Refused messages by every test that failed; one message may count often."),
    "withdrawals": ("messages", "Held messages that were withdrawn, by every test that failed at hand-over."),
    "confirmations": ("messages", "The one-hour question: how often asked, confirmed, then sent, and cancelled."),
    "customer_days": (
        "customer-days",
        "Customers and local days on which this many SMS of the kind that the daily limit counts were sent.",
    ),
    "customer_days_over_limit": ("customer-days", "Customer-days with more of them than the daily limit allows."),
    "messages_a_customer_day_mean": ("messages", "SMS a customer-day, over customer-days with at least one."),
    "messages_a_customer_day_max": ("messages", "The most SMS that one customer got on one local day."),
    "delivered_share": ("share of SMS sent", "SMS that the gateway reported as delivered, by sending system."),
    "bounce_rate": ("share of SMS sent", "Child Support SMS that became a bounce back, by sending system."),
    "bounced_then_invalid": ("share of bounce backs", "Bounce backs followed by Invalid before the next one."),
    "time_to_invalid_median": ("hours", "From the bounce back to Invalid, the median."),
    "time_to_invalid_p95": ("hours", "From the bounce back to Invalid, for 95 in 100 no longer than this."),
    "sms_parts": ("parts", "SMS parts sent, by sending system."),
    "sms_cost": ("Australian dollars", "What those parts cost at the price a part of the parameters."),
    "response_rate": ("share of SMS sent", "Answered SMS among those that ask for an answer, by template."),
    "response_delay_median": ("hours", "From sent to the answer, the median."),
    "opt_outs": ("customers", "Customers who opted out of either programme's messages while observed."),
    "opt_out_rate": ("share of customers", "Customers who opted out after an SMS, among those who got one."),
    "held_share": (
        "share of messages issued",
        "Messages issued outside the window and therefore held, by zone; without those that DMIS and SAP plan ahead.",
    ),
    "hold_time_median": ("minutes", "From issue to hand-over of held messages, the median, by zone."),
    "hold_time_p95": ("minutes", "From issue to hand-over of held messages; for 95 in 100 no longer than this."),
    "releases_at_opening_mean": ("messages", "Held messages that become due together at an opening, on average."),
    "releases_at_opening_max": ("messages", "The most held messages that became due in the same minute."),
    "releases_busiest_minute": ("messages a minute", "The most held messages handed over in one minute."),
    "held_again": (
        "holds",
        "How often messages were held once more, by why: still waiting at closing time, the daily limit, or a "
        "recipient who had moved to another zone.",
    ),
    "held_over_clock_change": (
        "messages",
        "Held messages between whose issue and release the recipient's clocks changed, by zone.",
    ),
    "queue_age_median": (
        "seconds",
        "Hand-over to the gateway minus the due instant, the median; by whether a message was released, went at once, "
        "or was planned ahead by DMIS or SAP.",
    ),
    "queue_age_p95": ("seconds", "Hand-over minus the due instant; for 95 in 100 no longer than this."),
    "queue_age_max": ("seconds", "Hand-over minus the due instant, the longest."),
    "alerts_sent": ("messages", "Pre call alerts sent, by what they promised."),
    "stale_alerts": ("messages", "Alerts sent after their call was made or their promise had run out."),
    "alerts_without_call": ("messages", "Alerts sent after which no call was attempted while observed."),
    "call_delay_median": ("minutes", "From sent to the promised call attempt, the median, by promise."),
    "call_delay_in_aim": ("share of calls", "Calls within the aim (10 to 25 minutes by default) after the alert."),
    "phone_first_cases": ("customers", "Never-contacted customers whose first SMS an officer sent from Pluto."),
    "phone_first_rate": ("share of customers", "Those who had been called on all numbers before it."),
    "work_items": ("work items", "Work items that arrived, were started and were ended."),
    "work_wait_median": ("hours", "From arrival to start, nights and weekends included, the median; by kind and team."),
    "work_wait_p95": ("hours", "From arrival to start, nights included; for 95 in 100 no longer than this."),
    "shift_hours": ("hours", "Rostered time of officers (not of leaders and support) while observed."),
    "work_hours": ("hours", "Rostered time in which an officer had a work item open."),
    "officer_utilisation": ("share of shift time", "Work time by shift time: of all, the spread, and by team."),
    # Email.
    "emails": ("emails", "Emails that the Email Exchange acknowledged, by template."),
    "email_delivered_share": ("share of emails sent", "Emails that the Email Exchange reported as delivered."),
    "email_bounces": ("emails", "Emails that became a bounce back."),
    "email_bounce_rate": ("share of emails sent", "Emails that became a bounce back, of those sent."),
    # Integrated Service Officers.
    "routed": ("work items", "Where Integrated Service Officers sent from, by system."),
    "routed_by_work": ("work items", "Where they sent from, by what the work item was and the system."),
    "routed_right": ("share of decisions", "Decisions that the audit of `cf-route` bears out."),
    "claims": ("claims", "New claims finalised, by outcome."),
    "claim_messages": (
        "claims",
        "What was sent about them, by outcome: a message by an officer, or withheld and why, or refused, or nothing.",
    ),
    "claim_messages_automatic": ("messages", "Claim messages that Customer First sent by itself, by template."),
    # Debt recovery.
    "debt_messages": ("messages", "Debt messages sent by Customer First, DMIS and SAP, by kind."),
    "nudges": ("messages", "Nudges sent, by template."),
    "nudges_a_day": ("messages", "Nudges sent by local day; `all` is the mean from the first such day to the last."),
    "nudges_a_customer_day_max": ("messages", "The most nudges that one customer got on one local day."),
    "suppressions": ("spans", "Spans of nights in which an eligible message was suppressed in one manner, by reason."),
    "suppressed_nights": ("nights", "Nightly runs in which an eligible debt message was suppressed, by reason."),
    "hierarchy_losses": ("nights", "Nightly runs in which a message lost to another by the hierarchy: winner > loser."),
    "suppressed_waits": (
        "waits",
        "Nights in a row in which a DMIS message lost to the hierarchy, the gap or the nudge limit, by how that ended: "
        "sent, lapsed (its conditions were over, or a bar came up) or still waiting.",
    ),
    "suppressed_wait_median": ("nights", "How long suppressed messages waited, the median, by message."),
    "suppressed_wait_p95": ("nights", "How long suppressed messages waited; for 95 in 100 no longer than this."),
    "suppressed_wait_max": ("nights", "How long suppressed messages waited, the longest, by message."),
    "suppressed_then_sent": ("share of waits that ended", "Waits that ended with the message being sent, by message."),
    "payment_cases": (
        "cases",
        "Customers and nights on which a nudge was first due to them, with none in the seven days before, by whether "
        "one was sent that day; and by the message that was due.",
    ),
    "payment_rate": ("share of cases", "A payment within seven days of such a night."),
    "action_rate": ("share of cases", "A payment or a new arrangement within seven days of such a night."),
    "payment_difference": (
        "share of cases, difference",
        "Payment rate with a nudge less the one without, each message compared with itself, and the ends of its 95% "
        "interval. It is no trial: who got no nudge was barred or stopped by another rule, and may differ in more.",
    ),
    # Misdirected messages.
    "reports": ("reports", "Reports of a message that was not for its reader, by what was behind them."),
    "reports_closed": ("reports", "Reports that were closed while observed."),
    "report_time_median": ("hours", "From such a report to its close, nights and weekends included, the median."),
    "report_time_p95": ("hours", "From such a report to its close; for 95 in 100 no longer than this."),
    "escalations": ("reports", "Reports that went to the Specialised Assessment Services (SAS) Team."),
    "escalation_time_median": ("hours", "From the escalation until the SAS Team named whom it was for, the median."),
    "numbers_removed": ("numbers", "Mobiles taken off another customer's record after a report."),
    "incidents_reported": ("incidents", "Incidents reported after a message reached somebody else."),
    "wrong_customer": ("messages", "SMS that an officer learnt had gone to the wrong customer."),
    "wrong_customer_apologised": ("share of those messages", "That customer was called, told and given an apology."),
    "explanations_asked": ("questions", "Customers who asked why they got an SMS."),
    "explained_fully": ("share of questions", "Told all four points."),
}
"""Unit and meaning of every metric, in the order in which they are shown."""
