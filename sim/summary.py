"""The numbers of a run that somebody wants first, in plain words: for the terminal and for notebooks."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sim.metrics import Metrics

NOTHING = "–"


def key_numbers(metrics: Metrics) -> list[tuple[str, str]]:
    """(name, value in words) of the key numbers of a run, in the order of a message's life."""
    number = _Numbers(metrics)
    return [
        ("Sent", f"{number.count('sent')} SMS ({number.count('sent', 'pluto')} by officers, "
                 f"{number.count('sent', 'cuba')} automatic)"),
        ("Refused", f"{number.count('refusals')}, most often {number.largest('refusals')}"),
        ("Held", f"{number.share('held_share')} of what was issued, "
                 f"usually for {number.hours('hold_time_median', 60)}"),
        ("Released together", f"up to {number.count('releases_at_opening_max')} in one minute; "
                              f"gateway queue {number.seconds('queue_age_p95')} (95 in 100), "
                              f"{number.seconds('queue_age_max')} (longest)"),
        ("One-hour question", f"asked {number.count('confirmations', 'asked')} times, "
                              f"{number.count('confirmations', 'cancelled')} cancelled"),
        ("Most on one day", f"{number.count('messages_a_customer_day_max')} SMS to one customer"),
        ("Bounce backs", f"{number.share('bounce_rate')} of SMS sent"),
        ("Pre call alerts", f"{number.count('alerts_sent')}, {number.share('call_delay_in_aim', 'next_hour')} of "
                            f"next-hour calls within the aim; {number.count('stale_alerts')} stale"),
        ("Answers", f"{number.share('response_rate')} of SMS that ask for one; "
                    f"{number.count('opt_outs')} customers opted out"),
        ("Work", f"{number.count('work_items', 'arrived')} items, "
                 f"waiting {number.hours('work_wait_p95')} or less for 95 in 100; "
                 f"officers busy {number.share('officer_utilisation')} of their shifts"),
        ("Cost", f"{number.count('sms_parts')} SMS parts, {number.money('sms_cost')}"),
    ]  # fmt: skip


def notebook_html(manifest: Mapping[str, Any], audit: Mapping[str, Any], metrics: Metrics) -> str:
    """A run as a notebook shows it: what was run, the key numbers, and the audit (its JSON) rule by rule."""
    load = manifest["load"]
    values = manifest["sets"]["policy"] | manifest["sets"]["parameters"]
    changed = ", ".join(f"{name} = {value}" for name, value in values.items()) or "nothing"
    head = (
        f"<h3>{escape(load['title'])}</h3><p>{load['customers']:,} customers, {load['days']} days from "
        f"{load['start']}, seed {manifest['seed']}; changed: {escape(changed)}.<br>"
        f"Fingerprint <code>{manifest['fingerprint'][:16]}…</code>. Verdict: <b>{audit['verdict']}</b>.</p>"
    )
    rules = [
        (rule, judged["enforced_by"], judged["verdict"], f"{judged['cases']:,}", f"{judged['breaches']:,}")
        for rule, judged in audit["rules"].items()
    ]
    return head + _html_table((), key_numbers(metrics)) + _html_table(
        ("rule", "enforced by", "verdict", "cases", "breaches"), rules
    )


def _html_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def cells(tag: str, texts: tuple[str, ...]) -> str:
        inner = "".join(f"<{tag} style='text-align: left'>{escape(text)}</{tag}>" for text in texts)
        return f"<tr>{inner}</tr>"

    body = "".join(cells("td", row) for row in rows)
    return f"<table>{cells('th', heads) if heads else ''}{body}</table>"


class _Numbers:
    """Metrics as text; a dash where there is nothing to tell."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def count(self, metric: str, group: str = "all") -> str:
        """A count with thousands set apart; 0 where nothing was counted."""
        return f"{self._metrics.value(metric, group) or 0:,.0f}"

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
        frame = self._metrics.frame()
        groups = frame[(frame["metric"] == metric) & (frame["group"] != "all")].dropna(subset="value")
        if groups.empty:
            return NOTHING
        return str(groups.sort_values(["value", "group"], ascending=[False, True])["group"].iloc[0]).replace("_", " ")
