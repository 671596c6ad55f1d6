"""The numbers of a run that somebody wants first, in plain words: for the terminal and for notebooks."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sim.metrics import SYSTEMS, Metrics

NOTHING = "–"


def key_numbers(metrics: Metrics) -> list[tuple[str, str]]:
    """(name, value in words) of the key numbers of a run, in the order of a message's life.

    What did not happen at all (no debt message, no report) has no line.
    """
    number = _Numbers(metrics)
    rows = [*_messages(number), *_programmes(number), *_people(number)]
    return [(name, value) for name, value, happened in rows if happened]


_Row = tuple[str, str, bool]


def _messages(number: "_Numbers") -> list[_Row]:
    together = (
        f"up to {number.count('releases_at_opening_max')} in one minute; gateway queue "
        f"{number.seconds('queue_age_p95')} (95 in 100), {number.seconds('queue_age_max')} (longest)"
    )
    question = (
        f"asked {number.count('confirmations', 'asked')} times, {number.count('confirmations', 'cancelled')} cancelled"
    )
    held = f"{number.share('held_share')} of what was issued, usually for {number.hours('hold_time_median', 60)}"
    most = f"{number.count('messages_a_customer_day_max')} desktop messages to one customer"
    return [
        ("Sent", f"{number.count('sent')} SMS ({number.parts('sent')})", True),
        ("Emails", number.count("emails"), number.any("emails")),
        ("Refused", f"{number.count('refusals')}, most often {number.largest('refusals')}", number.any("refusals")),
        ("Held", held, number.any("held_share")),
        ("Released together", together, number.any("releases_at_opening_max")),
        ("One-hour question", question, number.any("confirmations", "asked")),
        ("Most on one day", most, number.any("messages_a_customer_day_max")),
        ("Bounce backs", f"{number.share('bounce_rate')} of SMS sent", number.any("bounce_rate")),
        ("Cost", f"{number.count('sms_parts')} SMS parts, {number.money('sms_cost')}", number.any("sms_parts")),
    ]


def _programmes(number: "_Numbers") -> list[_Row]:
    debt = (
        f"{number.count('debt_messages')} sent; {number.count('suppressions')} times one was suppressed for a night or "
        f"more, most often by {number.largest('suppressions')}"
    )
    reports = (
        f"{number.count('reports')} reports, closed in {number.hours('report_time_median')} (median), "
        f"{number.count('escalations')} escalated"
    )
    claims = f"{number.count('claims')} finalised, most often {number.largest('claim_messages')}"
    return [
        ("Debt messages", debt, number.any("debt_messages")),
        ("Claims", claims, number.any("claims")),
        ("Misdirected", reports, number.any("reports")),
    ]


def _people(number: "_Numbers") -> list[_Row]:
    alerts = (
        f"{number.count('alerts_sent')}, {number.share('call_delay_in_aim', 'next_hour')} of next-hour calls "
        f"within the aim; {number.count('stale_alerts')} stale"
    )
    answers = f"{number.share('response_rate')} of SMS that ask for one; {number.count('opt_outs')} customers opted out"
    work = (
        f"{number.count('work_items', 'arrived')} items, waiting {number.hours('work_wait_p95')} or less "
        f"for 95 in 100; officers busy {number.share('officer_utilisation')} of their shifts"
    )
    return [
        ("Pre call alerts", alerts, number.any("alerts_sent")),
        ("Answers", answers, number.any("response_rate")),
        ("Work", work, number.any("work_items", "arrived")),
    ]


def notebook_html(manifest: Mapping[str, Any], audit: Mapping[str, Any], metrics: Metrics) -> str:
    """A run as a notebook shows it: what was run, the key numbers, and the audit (its JSON) rule by rule."""
    load = manifest["load"]
    values = manifest["sets"]["policy"] | manifest["sets"]["parameters"]
    told = [_told(values)] if values else []
    told += [f"from {change['from']} {_told(change['policy'])}" for change in load.get("changes", [])]
    changed = "; ".join(told) or "nothing"
    head = (
        f"<h3>{escape(load['title'])}</h3><p>{load['customers']:,} customers, {load['days']} days from "
        f"{load['start']}, seed {manifest['seed']}; changed: {escape(changed)}.<br>"
        f"Fingerprint <code>{manifest['fingerprint'][:16]}…</code>. Verdict: <b>{audit['verdict']}</b>.</p>"
    )
    rules = [
        (rule, judged["enforced_by"], judged["verdict"], f"{judged['cases']:,}", f"{judged['breaches']:,}")
        for rule, judged in audit["rules"].items()
    ]
    return (
        head
        + _html_table((), key_numbers(metrics))
        + _html_table(("rule", "enforced by", "verdict", "cases", "breaches"), rules)
    )


def _told(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _html_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def cells(tag: str, texts: tuple[str, ...]) -> str:
        inner = "".join(f"<{tag} style='text-align: left'>{escape(text)}</{tag}>" for text in texts)
        return f"<tr>{inner}</tr>"

    body = "".join(cells("td", row) for row in rows)
    return f"<table>{cells('th', heads) if heads else ''}{body}</table>"


# Groups whose bare name would not tell a stranger what it is.
_WORDS = SYSTEMS | {"similar": "a similar message in the days before", "one_nudge": "another nudge that day"}


class _Numbers:
    """Metrics as text; a dash where there is nothing to tell."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def count(self, metric: str, group: str = "all") -> str:
        """A count with thousands set apart; 0 where nothing was counted."""
        return f"{self._metrics.value(metric, group) or 0:,.0f}"

    def any(self, metric: str, group: str = "all") -> bool:
        """Whether there is something to tell."""
        return bool(self._metrics.value(metric, group))

    def parts(self, metric: str) -> str:
        """The groups of a count, the greatest first."""
        groups = self._groups(metric)
        return ", ".join(f"{number:,.0f} {name}" for name, number in groups) or NOTHING

    def share(self, metric: str, group: str = "all") -> str:
        """A share in hundredths."""
        value = self._metrics.value(metric, group)
        return NOTHING if value is None else f"{value:.1%}"

    def hours(self, metric: str, units_an_hour: int = 1) -> str:
        """A duration in hours."""
        value = self._metrics.value(metric)
        return NOTHING if value is None else f"{value / units_an_hour:,.1f} hours"

    def seconds(self, metric: str) -> str:
        """A duration in seconds, in minutes or in hours, whichever reads best."""
        value = self._metrics.value(metric)
        if value is None:
            return NOTHING
        if value < 120:
            return f"{value:.0f} s"
        return f"{value / 60:,.0f} minutes" if value < 7_200 else f"{value / 3600:,.1f} hours"

    def money(self, metric: str) -> str:
        """Australian dollars."""
        value = self._metrics.value(metric)
        return NOTHING if value is None else f"${value:,.2f}"

    def largest(self, metric: str) -> str:
        """The group with the greatest number, in words."""
        groups = self._groups(metric)
        return groups[0][0] if groups else NOTHING

    def _groups(self, metric: str) -> list[tuple[str, float]]:
        frame = self._metrics.frame()
        found = frame[(frame["metric"] == metric) & (frame["group"] != "all")].dropna(subset="value")
        names = [_WORDS.get(name, name.replace("_", " ")) for name in found["group"].astype(str)]
        groups = list(zip(names, found["value"].astype(float), strict=True))
        return sorted(groups, key=lambda group: (-group[1], group[0]))
