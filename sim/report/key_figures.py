"""The figures that a stranger should see first, in plain words, by what they are about."""

from collections.abc import Callable, Mapping
from typing import Any

from sim.metrics import SYSTEMS
from sim.report.figures import ALL, Numbers

Figure = tuple[str, str, str]
"""A number, what it counts, and one sentence more."""


def key_figures(metrics_json: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Groups of figures, each with its heading; what a run has nothing of is left out."""
    n = Numbers(metrics_json)
    return [
        {"heading": heading, "rows": [{"number": number, "what": what, "more": more} for number, what, more in rows(n)]}
        for heading, present, rows in _GROUPS
        if present(n)
    ]


def _messages(n: Numbers) -> list[Figure]:
    by_system = [f"{name} {n.text('sent', system)}" for system, name in SYSTEMS.items() if n.raw("sent", system)]
    found = [
        (n.text("sent"), "SMS sent", f"{_listed(by_system)}: {n.text('sms_parts')} parts for {n.text('sms_cost')}."),
        (n.text("refusals"), "messages refused", f"Most often: {_most_often(n, 'refusals')}."),
        (
            n.text("held_share"),
            "of issued messages held",
            f"They were issued outside the send window and waited {n.minutes('hold_time_median')} in the median.",
        ),
        (
            n.text("releases_at_opening_max"),
            "messages released at once",
            "At the busiest opening of the window. Of all released messages 95 in 100 waited at most "
            f"{n.seconds('queue_age_p95', 'released')} for the gateway.",
        ),
    ]
    if n.raw("emails"):
        found.append(
            (
                n.text("emails"),
                "automatic messages by email",
                f"To customers without a usable mobile; {n.text('email_bounce_rate')} bounced back.",
            )
        )
    return found


def _child_support(n: Numbers) -> list[Figure]:
    return [
        (
            n.text("confirmations", "asked"),
            "one-hour questions",
            "Officers were asked whether to send another message within the hour: "
            f"{n.text('confirmations', 'sent')} were sent and {n.text('confirmations', 'cancelled')} cancelled.",
        ),
        (
            n.text("messages_a_customer_day_max"),
            "messages to one customer in a day, at most",
            "Of the kind that the daily limit counts. Customer-days over the limit: "
            f"{n.text('customer_days_over_limit')}.",
        ),
        (
            n.text("bounce_rate"),
            "of Child Support SMS bounced back",
            f"After {n.text('bounced_then_invalid')} of the bounce-backs the number was ticked invalid, "
            f"{n.hours('time_to_invalid_median')} later in the median.",
        ),
        (
            n.text("call_delay_in_aim", "next_hour"),
            "of promised calls within the aim",
            f"Of those promised within the hour. {n.text('stale_alerts')} of {n.text('alerts_sent')} alerts were "
            "stale: sent when their call had been made or their promise had run out.",
        ),
        (
            n.text("phone_first_rate"),
            "of first SMS came after a phone round",
            f"{n.text('phone_first_cases')} customers who had never contacted the agency got a first SMS from an "
            "officer; this share had been called on all their numbers before.",
        ),
        (
            n.text("response_rate"),
            "of messages answered",
            f"Of those that ask for an answer; it came {n.hours('response_delay_median')} later in the median.",
        ),
        (
            n.text("opt_outs"),
            "customers opted out",
            f"After an SMS did so {n.text('opt_out_rate')} of the customers who got one.",
        ),
        (
            n.text("officer_utilisation"),
            "of officers' shift time with work open",
            f"Work items waited {n.hours('work_wait_median')} in the median and 95 in 100 at most "
            f"{n.hours('work_wait_p95')}, nights and weekends included.",
        ),
    ]


def _debt_recovery(n: Numbers) -> list[Figure]:
    return [
        (
            n.text("nudges"),
            "nudges sent",
            f"{n.text('nudges_a_day')} on an average day, at most {n.text('nudges_a_customer_day_max')} a day to one "
            f"customer. Confirmations: {n.count('debt_messages', 'confirmation')}, service offers: "
            f"{n.count('debt_messages', 'service_offer')}.",
        ),
        (
            n.text("suppressed_nights"),
            "nights on which an eligible message did not go",
            f"Most often: {_most_often(n, 'suppressed_nights')}. Lost to the hierarchy: "
            f"{n.count('suppressed_nights', 'hierarchy')}, to the gap: {n.count('suppressed_nights', 'gap')}, to the "
            f"nudge limit: {n.count('suppressed_nights', 'one_nudge')}.",
        ),
        (
            n.text("suppressed_wait_max"),
            "nights, the longest that a message gave way",
            f"Of {n.text('suppressed_waits')} waits for the hierarchy, the gap or the nudge limit; of those that ended "
            f"{n.text('suppressed_then_sent')} ended with the message being sent.",
        ),
        (
            _points(n.raw("payment_difference")),
            "points more pay after a nudge",
            f"95% interval {_points(n.raw('payment_difference', 'low'))} to "
            f"{_points(n.raw('payment_difference', 'high'))}: customers to whom a nudge was due, with it and without, "
            "each message compared with itself.",
        ),
    ]


def _integrated(n: Numbers) -> list[Figure]:
    judged = n.raw("routed_right") is not None
    right = f" The audit bears out {n.text('routed_right')} of the choices." if judged else ""
    return [
        (
            n.count("routed", "customer_first"),
            "work items went by Customer First",
            f"And {n.count('routed', 'pluto')} by Pluto.{right}",
        ),
        (
            n.text("claims"),
            "claims finalised",
            f"Officers sent {_sum(n, 'claim_messages', 'sent by an officer')} messages about them and withheld "
            f"{_sum(n, 'claim_messages', 'withheld')}; {n.text('claim_messages_automatic')} went by themselves.",
        ),
    ]


def _misdirected(n: Numbers) -> list[Figure]:
    return [
        (
            n.text("reports"),
            "reports of a message not for its reader",
            f"{n.text('reports_closed')} were closed, in the median {n.hours('report_time_median')} later; "
            f"{n.text('escalations')} went to the SAS Team.",
        ),
        (
            n.text("wrong_customer"),
            "messages to a wrong customer",
            f"{n.text('wrong_customer_apologised')} of those customers were called and given an apology. "
            f"{n.text('explanations_asked')} others asked why they got a message; {n.text('explained_fully')} were "
            "told all four points.",
        ),
    ]


_GROUPS: tuple[tuple[str, Callable[[Numbers], bool], Callable[[Numbers], list[Figure]]], ...] = (
    ("Messages", lambda n: True, _messages),
    ("Child Support", lambda n: n.any("sent", "pluto", "cuba") or n.any("work_items", "arrived"), _child_support),
    ("Debt recovery", lambda n: n.any("nudges", ALL) or n.any("suppressed_nights", ALL), _debt_recovery),
    ("Integrated Service Officers", lambda n: n.any("routed", ALL) or n.any("claims", ALL), _integrated),
    ("Misdirected messages", lambda n: n.any("reports", ALL) or n.any("wrong_customer", ALL), _misdirected),
)
"""Heading, whether the run has such figures, and the figures."""


def _listed(parts: list[str]) -> str:
    return ", ".join(parts) or "None"


def _most_often(n: Numbers, metric: str) -> str:
    names = [name for name in n.groups(metric) if name != ALL][:2]
    return ", ".join(f"{name.replace('_', ' ')} ({n.text(metric, name)})" for name in names) or "none"


def _sum(n: Numbers, metric: str, words: str) -> str:
    return f"{sum(int(n.raw(metric, name) or 0) for name in n.groups(metric) if words in name):,}"


def _points(share: Any) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
