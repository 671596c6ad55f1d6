"""The rules as one bundle, handed to every system.

A broken system is ours with one function replaced: ``RULES._replace(inside_window=always_inside)``.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from sim.messages import Recipient, Request
from sim.policy import content, debt, dialog, limits, misdirected, procedures, recipients, routing, window
from sim.policy.debt import DebtFacts, DebtValues
from sim.policy.misdirected import ReportFacts
from sim.policy.templates import Template
from sim.policy.values import RuleValues


class RequiredAttempts(Protocol):
    """The type of `sim.policy.procedures.required_attempts`, whose last two arguments may be left out."""

    def __call__(
        self, area: int, process: int, out_of_time: int, usual: tuple[int, int] = ..., late: tuple[int, int] = ...
    ) -> tuple[int, int]: ...


class Render(Protocol):
    """The type of `sim.policy.content.render`, whose last argument may be left out."""

    def __call__(self, template: Template, contact_time: int, by_date: int, payment_type: int = ..., /) -> str: ...


class Rules(NamedTuple):
    """The functions of `sim.policy` that decide, under their own names. Arguments and answers stand with each."""

    recipient_reasons: Callable[[Recipient, int, int, int], int]
    service_ended: Callable[[Recipient, int], int]
    subscribed: Callable[[Recipient], int]
    preferred_channel: Callable[[Recipient], int]
    daily_limit_reached: Callable[[int, int, int, int, int], int]
    limit_at_hand_over: Callable[[int, int, int], int]
    needs_confirmation: Callable[[int, int, int, int], int]
    inside_window: Callable[[int, int, int], int]
    release_day_offset: Callable[[int, int, int, int], int]
    spread_offset: Callable[[int, int], int]
    field_reasons: Callable[[int, int, int, int, int], int]
    dialog_reasons: Callable[[Request, Recipient, int, int, int, int, int, RuleValues], int]
    automatic_reasons: Callable[[Request, Recipient, int, int, int, int, int, RuleValues], int]
    hand_over_reasons: Callable[[Recipient, int, int, int, RuleValues], int]
    fdv_undiscussed: Callable[[int, int, int], int]
    notepad_first: Callable[[int, int], int]
    counts_as_unanswered: Callable[[int, int, int, int], int]
    alternative_first: Callable[[int, int], int]
    phone_first: Callable[[int, int], int]
    required_attempts: RequiredAttempts
    promise_end: Callable[[int, int, int, int], int]
    promise_kept: Callable[[int, int, int], int]
    stale_alert: Callable[[int, int, int], int]
    reassign_call: Callable[[int, int], int]
    resend_barred: Callable[[int, int, int], int]
    bounce_day: Callable[[int], int]
    render: Render
    centrelink_reasons: Callable[[Recipient, int], int]
    route: Callable[[int, int, int, int], int]
    pre_call_template: Callable[[int], int]
    review_promise_end: Callable[[int, int, int, int], int]
    claim_message: Callable[[int, int, int, int, int], int]
    claim_withheld: Callable[[int, int, int, int], int]
    automatic_claim_message: Callable[[int, int], int]
    barred_reasons: Callable[[int, int, int, int, int], int]
    completed_since: Callable[[int, int, int], int]
    conditions: Callable[[int, DebtFacts, int, DebtValues], int]
    messages_met: Callable[[DebtFacts, int, DebtValues], int]
    similar_allows: Callable[[int, int, int], int]
    pick: Callable[[int, tuple[int, ...]], int]
    gap_allows: Callable[[int, int, int, int, int, int, int], int]
    nudge_allows: Callable[[int, int], int]
    suppressed_reasons: Callable[[int, int, int, int, int], int]
    winner: Callable[[int, int, int, int, int], int]
    screens: Callable[[int, int, int], tuple[int, ...]]
    actions: Callable[[ReportFacts], tuple[int, ...]]


RULES = Rules(
    recipient_reasons=recipients.recipient_reasons,
    service_ended=recipients.service_ended,
    subscribed=recipients.subscribed,
    preferred_channel=recipients.preferred_channel,
    daily_limit_reached=limits.daily_limit_reached,
    limit_at_hand_over=limits.limit_at_hand_over,
    needs_confirmation=limits.needs_confirmation,
    inside_window=window.inside_window,
    release_day_offset=window.release_day_offset,
    spread_offset=window.spread_offset,
    field_reasons=dialog.field_reasons,
    dialog_reasons=dialog.dialog_reasons,
    automatic_reasons=dialog.automatic_reasons,
    hand_over_reasons=dialog.hand_over_reasons,
    fdv_undiscussed=procedures.fdv_undiscussed,
    notepad_first=procedures.notepad_first,
    counts_as_unanswered=procedures.counts_as_unanswered,
    alternative_first=procedures.alternative_first,
    phone_first=procedures.phone_first,
    required_attempts=procedures.required_attempts,
    promise_end=procedures.promise_end,
    promise_kept=procedures.promise_kept,
    stale_alert=procedures.stale_alert,
    reassign_call=procedures.reassign_call,
    resend_barred=procedures.resend_barred,
    bounce_day=procedures.bounce_day,
    render=content.render,
    centrelink_reasons=routing.centrelink_reasons,
    route=routing.route,
    pre_call_template=routing.pre_call_template,
    review_promise_end=routing.review_promise_end,
    claim_message=routing.claim_message,
    claim_withheld=routing.claim_withheld,
    automatic_claim_message=routing.automatic_claim_message,
    barred_reasons=debt.barred_reasons,
    completed_since=debt.completed_since,
    conditions=debt.conditions,
    messages_met=debt.messages_met,
    similar_allows=debt.similar_allows,
    pick=debt.pick,
    gap_allows=debt.gap_allows,
    nudge_allows=debt.nudge_allows,
    suppressed_reasons=debt.suppressed_reasons,
    winner=debt.winner,
    screens=debt.screens,
    actions=misdirected.actions,
)
"""Our own rules, as policy.md has them."""
