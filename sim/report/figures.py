"""The numbers of the report: a few key figures in plain words, and all of them in a table."""

from collections.abc import Mapping
from typing import Any

from sim.report.words import shown

ALL = "all"


class _Numbers:
    """Reads numbers from the metrics' JSON."""

    def __init__(self, metrics_json: Mapping[str, Any]) -> None:
        self._metrics = metrics_json.get("metrics", {})

    def raw(self, metric: str, group: str = ALL) -> Any:
        """The number, or None."""
        return self._metrics.get(metric, {}).get("values", {}).get(group)

    def text(self, metric: str, group: str = ALL) -> str:
        """The number as a reader wants it."""
        return shown(self.raw(metric, group), self._metrics.get(metric, {}).get("unit", ""))

    def seconds(self, metric: str, group: str = ALL) -> str:
        """A length given in seconds, in a unit that suits it."""
        return _length(self.raw(metric, group), 1)

    def minutes(self, metric: str, group: str = ALL) -> str:
        """A length given in minutes, in a unit that suits it."""
        return _length(self.raw(metric, group), 60)

    def hours(self, metric: str, group: str = ALL) -> str:
        """A length given in hours, in a unit that suits it."""
        return _length(self.raw(metric, group), 3600)


def _length(value: Any, unit_seconds: int) -> str:
    if value is None:
        return "–"
    seconds = value * unit_seconds
    for size, name in ((86_400 * 2, "days"), (3_600 * 2, "hours"), (60 * 2, "minutes")):
        if seconds >= size:
            return f"{2 * seconds / size:,.1f} {name}"
    if seconds < 1:
        return "less than a second"
    return f"{seconds:,.1f} seconds"


def key_figures(metrics_json: Mapping[str, Any]) -> list[dict[str, str]]:
    """(number, what it counts, one sentence more) of the figures that a stranger should see first."""
    n = _Numbers(metrics_json)
    rows = (*_about_messages(n, metrics_json), *_about_people(n))
    return [{"number": number, "what": what, "more": more} for number, what, more in rows]


def _about_messages(n: _Numbers, metrics_json: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    return (
        (
            n.text("sent"),
            "SMS sent",
            f"Officers sent {n.text('sent', 'pluto')} and Cuba by itself {n.text('sent', 'cuba')}: "
            f"{n.text('sms_parts')} parts for {n.text('sms_cost')}.",
        ),
        (n.text("refusals"), "messages refused", f"Most often: {_most_often(n, metrics_json)}."),
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
            "of SMS bounced back",
            f"After {n.text('bounced_then_invalid')} of the bounce-backs the number was ticked invalid, "
            f"{n.hours('time_to_invalid_median')} later in the median.",
        ),
    )


def _about_people(n: _Numbers) -> tuple[tuple[str, str, str], ...]:
    return (
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
    )


def _most_often(n: _Numbers, metrics_json: Mapping[str, Any]) -> str:
    reasons = metrics_json.get("metrics", {}).get("refusals", {}).get("values", {})
    first = [name for name in reasons if name != ALL][:2]
    return ", ".join(f"{name.replace('_', ' ')} ({n.text('refusals', name)})" for name in first) or "none"


def all_numbers(metrics_json: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every metric but those of the rules, which the audit's table shows: name, unit, meaning and values by group."""
    return [
        {
            "name": name,
            "unit": metric["unit"],
            "what": metric["what"],
            "values": [(group, shown(value, metric["unit"])) for group, value in metric["values"].items()],
        }
        for name, metric in metrics_json.get("metrics", {}).items()
        if not name.startswith("rule_")
    ]
