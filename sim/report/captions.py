"""What each picture shows, in words, and which pictures belong together."""

CAPTIONS = {
    "audit_at_a_glance": (
        "The audit at a glance",
        "Every rule with its verdict, how many cases were judged, how many broke the rule (and their share), and "
        "how many could not be judged. Look for ✗ (broken) and ? (cannot be told); a dot means none.",
    ),
    "sends_by_hour": (
        "When messages left",
        "Each row is a time zone and each column an hour of the day there; the darker a cell, the larger its share of "
        "the zone's messages. The dashed lines are the send window. Nothing may stand in the grey outside them; what "
        "does is counted in red. A dark column after the opening is what waited overnight; SAP and DMIS plan "
        "theirs for a time of day.",
    ),
    "held_and_released": (
        "Held and released through the day",
        "Above, messages by the customer's local time at which they were issued: blue ones could go, orange ones were "
        "outside the window and had to wait. Below, when held messages were handed to the gateway: nearly all of them "
        "when the window opens. What SAP and DMIS plan for a time of day is not among them.",
    ),
    "gateway_queue": (
        "The gateway's queue when the window opens",
        "How many messages were due and not yet handed over, minute by minute around the opening that releases most. "
        "Thin lines are single days, the dark blue line is the median day, the orange-red line the busiest. The slope "
        "is the gateway's throughput.",
    ),
    "customer_days": (
        "Messages a customer gets on a day",
        "How many customer-days had one, two, three … messages. The scale is logarithmic: each step up is ten times as "
        "many. Bars right of the dashed line exceed the daily limit.",
    ),
    "call_delay": (
        "Calls after alerts that promise one within the hour",
        "How long after the alert the officer called. Green bars lie within the aim; the dashed line is the end of the "
        "promise. Calls made before the alert was sent stand at the far left: those alerts came too late, they were "
        "stale.",
    ),
    "bounce_backs": (
        "Delivery errors and bounce-backs by day",
        "Light bars: errors that became known on that day. Dark bars: bounce-backs that the nightly run created from "
        "the errors of the day before, so the dark bars repeat the light ones one day later.",
    ),
    "officer_load": (
        "Officers through the day",
        "The blue line is how many officers are on shift on an average working day; the orange area is how many of "
        "them have work open. The gap between them is free time.",
    ),
    "nudges_a_day": (
        "Nudges by day and kind",
        "Each bar is a local day. Above, what SAP sent the day before an instalment; below, what DMIS sent after its "
        "nightly run, by message. The first day stands out because everybody whose conditions were met before "
        "observation began gets the message then; a day without nudges and a high one after it are an outage.",
    ),
    "suppressed_by_winner": (
        "What suppressed debt messages",
        "Each row is a message that was eligible and did not go, counted in nights; the darker, the more "
        "(logarithmic). Left, the message to which it lost by the hierarchy: a correct system has numbers below the "
        "grey diagonal alone. Right, nights lost to another rule: the gap, the nudge limit, a similar message a few "
        "days before, or a bar (opted out, no usable mobile, vulnerable, disaster pause).",
    ),
    "suppressed_waits": (
        "How long suppressed messages wait",
        "For how many nights in a row a message had to give way to others (hierarchy, gap, nudge limit): the white "
        "dot is the median, the dark bar covers 95 in 100, the light bar ends at the longest. A low message with a "
        "long bar and few sent in the end is starved by those above it.",
    ),
    "payment_after_nudge": (
        "Payment after a nudge, and without",
        "A case is a customer and the night on which a nudge was first due, with none in the seven days before. Blue: "
        "a nudge was sent that day; orange-red: none was, because the customer was barred or another rule stopped it. "
        "The lines are 95% intervals. Each message is compared with itself, because messages differ in how many pay "
        "anyhow; still it is no trial, and the two groups may differ in more than the nudge.",
    ),
    "claims_and_routing": (
        "Routing and claim messages",
        "Above, from which system officers sent, by what the work item was; whether each choice was right is for the "
        "audit of cf-route. Below, what became of the officer's message about each finalised claim: where the CCM is "
        "available a message goes by itself, with online mail the letter is there at once, and who was reached by "
        "phone needs none.",
    ),
    "misdirected_reports": (
        "Reports of misdirected messages",
        "Left, how many people reported a message that was not for them, by what was behind it, and whether the "
        "Specialised Assessment Services (SAS) Team had to find out for whom it was. Right, a point for each closed "
        "report, on a logarithmic scale: the time from the report to its close, nights and weekends included.",
    ),
}
"""Heading and caption of each picture; the caption is its alternative text too."""

GROUPS = (
    ("Sending", ("sends_by_hour", "held_and_released", "gateway_queue")),
    ("Child Support and its officers", ("customer_days", "call_delay", "bounce_backs", "officer_load")),
    ("Debt recovery", ("nudges_a_day", "suppressed_by_winner", "suppressed_waits", "payment_after_nudge")),
    ("Integrated Service Officers", ("claims_and_routing",)),
    ("Misdirected messages", ("misdirected_reports",)),
)
"""The pictures by what they are about; a picture of the audit stands with the audit."""
