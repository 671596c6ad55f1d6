"""Debt recovery (policy.md F): eligibility, hierarchy, gap, nudge limit, similar messages, suppression, screens.

A *message* is a number from 1 to 9: the nine DMIS messages in the order of the policy, whatever order of the hierarchy
is in force; its template's code is 400 more. A mask of messages has bit ``1 << message``. Days are ordinals
(`date.toordinal`), 0 for none; instants are ms UTC. Scalar and pure, but for `debt_values`, which reads the policy.
"""

from typing import Final, NamedTuple

from sim.messages import Arrangement, ArrangementStatus, Reason, Screen, System, WriteOff
from sim.policy.debt_values import (
    BUSINESS_DAY,
    DAYS_APART,
    HOURS_24,
    MESSAGES,
    NUDGES_ONLY,
    DebtValues,
    debt_values,
)

__all__ = [
    "MESSAGES",
    "DebtFacts",
    "DebtValues",
    "barred_reasons",
    "completed_since",
    "conditions",
    "debt_values",
    "gap_allows",
    "is_nudge",
    "messages_met",
    "nudge_allows",
    "pick",
    "previous_business_day",
    "screens",
    "similar_allows",
    "suppressed_reasons",
    "template_of",
    "winner",
]

_DMIS_TEMPLATES: Final = 400
_DAY_MS: Final = 86_400_000
_WEEK: Final = 7
_FRIDAY: Final = 5

_NO_ARRANGEMENT = int(Arrangement.NONE)
_CEASED = int(ArrangementStatus.CEASED)
_NOT_WRITTEN_OFF = int(WriteOff.NONE)
_VULNERABLE = int(Reason.VULNERABLE)
_DISASTER_PAUSE = int(Reason.DISASTER_PAUSE)
_SIMILAR = int(Reason.SIMILAR)
_HIERARCHY = int(Reason.HIERARCHY)
_GAP = int(Reason.GAP)
_ONE_NUDGE = int(Reason.ONE_NUDGE)
_CUSTOMER_FIRST = int(System.CUSTOMER_FIRST)
_DMIS = int(System.DMIS)
_SAP = int(System.SAP)
_OUTBOUND = int(Screen.OUTBOUND_CORRESPONDENCE)
_HISTORY = int(Screen.CORRESPONDENCE_HISTORY)
_SUMMARY = int(Screen.HISTORY_SUMMARY)


class DebtFacts(NamedTuple):
    """One debt of one customer as the run sees it. Days are agency-time ordinals, 0 for none; the rest codes or flags.

    Several debts of one customer are judged one by one; a message is eligible when one of them meets its conditions.
    """

    current_customer: int = 0  # 1 a current Centrelink customer, 0 a former one
    withholdings_eligible: int = 0  # 1: the customer is eligible for withholdings
    paid: int = 0  # 1: nothing is owed any more
    due_day: int = 0  # the day on which the debt is due
    arrangement: int = 0  # an Arrangement
    arrangement_status: int = 0  # an ArrangementStatus
    repayment_due_day: int = 0  # the day on which the earliest repayment that was not made was due
    declined_day: int = 0  # the day on which the latest repayment was declined
    withholdable_payment: int = 0  # 1: the debt is on a withholdable payment
    debt_write_off: int = 0  # the WriteOff in force at the debt's level
    customer_write_off: int = 0  # the WriteOff in force at the customer's level
    write_off_ends_day: int = 0  # the day on which the write-off in force is to end (of two levels: the later day)
    pause_completed: int = 0  # 1: the Situational Hardship pause service was completed since the last run
    xcshsms: int = 0  # 1: the debt attribute XCSHSMS is set
    pause_ended_day: int = 0  # the day on which the latest pause or temporary write-off ended
    recovery_restarted_day: int = 0  # the day on which recovery last restarted
    auto_setup_day: int = 0  # the end of the disaster pause that ceased the arrangement; its rate is reinstated then


def template_of(message: int) -> int:
    """The code of the template of DMIS message 1–9."""
    return _DMIS_TEMPLATES + message


def is_nudge(message: int, values: DebtValues) -> int:
    """1 when DMIS message 1–9 is a nudge, 0 when it is a confirmation (`dr-kind`)."""
    return (values.nudges >> message) & 1


def completed_since(completed: int, last_run: int, run: int) -> int:
    """1 when something that was completed at the instant `completed` (-1: never) is new to the run at `run`.

    A completion at the very instant of a run belongs to it, because facts apply before a test. `last_run`: the instant
    of the run before, or of the start of observation minus one.
    """
    return int(last_run < completed <= run)


def barred_reasons(recipient_reasons: int, nudge: int, vulnerable: int, disaster_pause: int, kinds: int) -> int:
    """Why this customer gets no debt message of this sort: at the run, at the issue and again at hand-over.

    `recipient_reasons`: from `centrelink_reasons` (`dr-recipient`). `nudge`: 1 for a nudge. `vulnerable`: 1 while an
    excluding vulnerability is on record (`dr-vulnerable`, whose reading `kinds` spares what is no nudge with
    NUDGES_ONLY). `disaster_pause`: 1 while a disaster pause covers the customer's postcode (`dr-disaster-pause`).
    """
    reasons = recipient_reasons
    if vulnerable and (nudge or kinds != NUDGES_ONLY):
        reasons |= _VULNERABLE
    if disaster_pause:
        reasons |= _DISASTER_PAUSE
    return reasons


def conditions(message: int, facts: DebtFacts, run_day: int, values: DebtValues) -> int:
    """1 when this debt meets the conditions of DMIS message 1–9 on the agency date `run_day` (`dr-eligibility`).

    A debt that is paid meets none [read]. "No arrangement": none is in force, and a ceased one is not in force [read].
    Raises ValueError for any other message.
    """
    if facts.paid:
        met = False
    elif message == 1:
        met = facts.pause_completed != 0 and facts.xcshsms == 0
    elif message == 2:
        met = _declined(facts, run_day, values)
    elif message == 3:
        met = _overdue_repayment(facts, run_day, values)
    elif message == 4:
        met = _restarted(facts, run_day, values)
    elif message == 5:
        met = _between(run_day - facts.due_day, values.debt_overdue, facts.due_day) and _nothing_stands(facts)
    elif message == 6:
        met = not facts.current_customer and _without_arrangement(facts) and _ends(facts, run_day, values.restarts)
    elif message == 7:
        customer = facts.current_customer != 0 and facts.withholdings_eligible != 0
        met = customer and _ends(facts, run_day, values.withholdings_restart)
    elif message == 8:
        met = _between(facts.auto_setup_day - run_day, values.auto_setup, facts.auto_setup_day)
    elif message == 9:
        soon = _between(facts.due_day - run_day, values.due_soon, facts.due_day)
        met = soon and not facts.withholdings_eligible and _nothing_stands(facts)
    else:
        raise ValueError(f"{message} is not a DMIS message (1 to 9)")
    return int(met)


def messages_met(facts: DebtFacts, run_day: int, values: DebtValues) -> int:
    """The mask of all DMIS messages whose `conditions` this debt meets."""
    mask = 0
    for message in range(1, len(MESSAGES) + 1):
        mask |= conditions(message, facts, run_day, values) << message
    return mask


def similar_allows(days_between: int, days: int, boundary: int) -> int:
    """1 when a message may go although a similar one went before (`dr-similar`).

    `days_between`: local days from the day of the similar message (sent, or due when it waits) to the day on which this
    one is due; negative when there was none. `days`: how many days the rule looks back; 0 switches it off. With
    `previous_days` the message may go again from `days` + 1 on, with DAYS_APART from `days` on.
    """
    if days_between < 0 or days == 0:
        return 1
    if boundary == DAYS_APART:
        return int(days_between >= days)
    return int(days_between > days)


def pick(eligible_mask: int, order: tuple[int, ...]) -> int:
    """The highest message of `order` that is in the mask, 0 when none is (`dr-hierarchy`)."""
    for message in order:
        if eligible_mask >> message & 1:
            return message
    return 0


def gap_allows(
    last_day: int, last_ms: int, due_day: int, due_ms: int, reading: int, previous_business_day: int, waiting: int
) -> int:
    """1 when the gap since the latest DMIS message to this customer is wide enough (`dr-gap`).

    `last_day`, `last_ms`: the recipient's local day and the due instant of the latest DMIS message that was sent or
    waits; the day is the one on which it was sent, or is due while it waits; 0 for none. Bounced ones count, withdrawn
    ones do not. `due_day`, `due_ms`: the same of the planned one. `previous_business_day`: the one before `due_day`,
    looked at with BUSINESS_DAY alone. `waiting`: 1 while a planned message still waits; then none may be planned.
    """
    if waiting:
        return 0
    if last_day == 0:
        return 1
    if reading == HOURS_24:
        return int(due_ms - last_ms >= _DAY_MS)
    if reading == BUSINESS_DAY:
        return int(last_day < previous_business_day)
    return int(due_day - last_day >= 2)


def previous_business_day(day: int, national_holidays: frozenset[int]) -> int:
    """The last day before `day` that is a Monday to Friday and not among the national public holidays (ordinals)."""
    before = day - 1
    # Ordinal 1 is a Monday, so the remainder is 1 on Mondays, 6 on Saturdays and 0 on Sundays.
    while not 1 <= before % _WEEK <= _FRIDAY or before in national_holidays:
        before -= 1
    return before


def nudge_allows(nudges_that_day: int, enabled: int) -> int:
    """1 when one more nudge may go to this customer on the local day on which it is due (`dr-one-nudge`).

    `nudges_that_day`: nudges of DMIS and SAP that were sent on that day or wait for it. Asked for nudges alone:
    confirmations and service offers neither count nor are stopped.
    """
    return int(not enabled or nudges_that_day < 1)


def suppressed_reasons(message: int, picked: int, similar_ok: int, gap_ok: int, nudge_ok: int) -> int:
    """Why an eligible DMIS message loses, as a mask of `Reason`; 0 when it is sent.

    `picked`: the hierarchy's pick among those that pass `similar_allows`. `similar_ok`: of this message; `gap_ok` and
    `nudge_ok`: of the pick. What fails SIMILAR is not in the contest. What is not the pick loses to it by HIERARCHY,
    also when the pick is then stopped, because nothing takes its place that day. The pick may fail GAP and ONE_NUDGE.
    """
    if not similar_ok:
        return _SIMILAR
    if message != picked:
        return _HIERARCHY
    return (0 if gap_ok else _GAP) | (0 if nudge_ok else _ONE_NUDGE)


def winner(reasons: int, picked: int, similar_template: int, last_template: int, nudge_template: int) -> int:
    """The template to which a suppressed message lost: of the rule of the lowest bit in `reasons`.

    SIMILAR: the similar message that went before; HIERARCHY: the pick (message 1–9); GAP: the latest DMIS message;
    ONE_NUDGE: the nudge of that day. The others are template codes. 0 when `reasons` holds none of these.
    """
    if reasons & _SIMILAR:
        return similar_template
    if reasons & _HIERARCHY:
        return template_of(picked)
    if reasons & _GAP:
        return last_template
    return nudge_template if reasons & _ONE_NUDGE else 0


def screens(system: int, days_since_sent: int, sap_days: int) -> tuple[int, ...]:
    """Where a sent debt message can be found (`dr-view`), as `Screen` codes.

    `days_since_sent`: local days since the day on which it was sent; SAP's are archived from `sap_days` on.
    """
    if system == _CUSTOMER_FIRST:
        return _OUTBOUND, _HISTORY
    if system == _DMIS or (system == _SAP and days_since_sent < sap_days):
        return _HISTORY, _SUMMARY
    return ()


def _between(days: int, bounds: tuple[int, int], known: int) -> bool:
    """`days` lies within both bounds, which are inside; never so when the day that it was counted from is not known."""
    return known != 0 and bounds[0] <= days <= bounds[1]


def _without_arrangement(facts: DebtFacts) -> bool:
    return facts.arrangement == _NO_ARRANGEMENT or facts.arrangement_status == _CEASED


def _nothing_stands(facts: DebtFacts) -> bool:
    """No arrangement, and not written off at either level."""
    written_off = facts.debt_write_off != _NOT_WRITTEN_OFF or facts.customer_write_off != _NOT_WRITTEN_OFF
    return _without_arrangement(facts) and not written_off


def _excluded(facts: DebtFacts, values: DebtValues) -> bool:
    """The exclusions of messages 2 and 3."""
    if facts.debt_write_off != _NOT_WRITTEN_OFF or facts.withholdable_payment:
        return True
    customer_level = facts.customer_write_off
    return customer_level != _NOT_WRITTEN_OFF and not values.harmless_write_offs >> customer_level & 1


def _declined(facts: DebtFacts, run_day: int, values: DebtValues) -> bool:
    if not values.declined_arrangements >> facts.arrangement & 1:
        return False
    if not values.declined_states >> facts.arrangement_status & 1 or _excluded(facts, values):
        return False
    return _between(run_day - facts.declined_day, values.declined, facts.declined_day)


def _overdue_repayment(facts: DebtFacts, run_day: int, values: DebtValues) -> bool:
    if not values.overdue_arrangements >> facts.arrangement & 1:
        return False
    if not values.overdue_states >> facts.arrangement_status & 1 or _excluded(facts, values):
        return False
    return _between(run_day - facts.repayment_due_day, values.overdue, facts.repayment_due_day)


def _restarted(facts: DebtFacts, run_day: int, values: DebtValues) -> bool:
    ended = facts.pause_ended_day
    since = facts.recovery_restarted_day
    return _between(run_day - ended, values.restarted, ended) and ended <= since <= run_day


def _ends(facts: DebtFacts, run_day: int, bounds: tuple[int, int]) -> bool:
    """A write-off is in force and ends within these days after the run."""
    in_force = facts.debt_write_off != _NOT_WRITTEN_OFF or facts.customer_write_off != _NOT_WRITTEN_OFF
    return in_force and _between(facts.write_off_ends_day - run_day, bounds, facts.write_off_ends_day)
