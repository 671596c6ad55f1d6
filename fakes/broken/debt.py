"""Faults of debt recovery: kinds, recipients, the hierarchy, the gap, one nudge, similar messages, bars, screens."""

from dataclasses import replace
from typing import Any

from fakes.broken.fault import Fault, centrelink, given, misreading
from fakes.centrelink import Centrelink
from fakes.centrelink_sender import CentrelinkSender
from fakes.debts import DebtBook
from fakes.dmis import Dmis
from fakes.ledger import Ledger, Record
from fakes.machinery import OURS, Machinery
from fakes.sap import Reminders, Sap
from sim.history import History
from sim.messages import Reason, Recipient, Screen, System
from sim.policy.debt import MESSAGES, barred_reasons, pick, screens
from sim.policy.templates import Template

_KIND, _RECIPIENT, _HIERARCHY, _GAP, _NUDGE, _SIMILAR, _VULNERABLE, _DISASTER, _VIEW = (
    "dr-kind", "dr-recipient", "dr-hierarchy", "dr-gap", "dr-one-nudge", "dr-similar", "dr-vulnerable",
    "dr-disaster-pause", "dr-view",
)  # fmt: skip
_TITLES = (
    "Pause applied", "Declined payment", "Overdue payment", "Recovery Restarted", "Debt Overdue",
    "Recovery will Restart", "Withholdings will Restart", "Withholdings will Restart (Auto Setup)", "Debt due Soon",
)  # fmt: skip
_NEVER_TOGETHER = (
    "Recovery will Restart is for former customers and Withholdings will Restart for current ones, so no night of a "
    "history has both for one customer."
)
_PAUSE_APPLIED = 401


def _swapped(place: int) -> Fault:
    """The messages of two neighbouring places (from 0) in each other's."""
    order = list(range(1, len(MESSAGES) + 1))
    order[place], order[place + 1] = order[place + 1], order[place]
    machinery = OURS.with_rules(pick=lambda mask, _: pick(mask, tuple(order)))
    upper, lower = _TITLES[place], _TITLES[place + 1]
    hidden = _NEVER_TOGETHER if place == 5 else ""
    return Fault(
        f"hierarchy_{place + 1}_{place + 2}_swapped", _HIERARCHY, f"{lower} wins against {upper}.", machinery, hidden
    )


def _barred(kept: int = -1, **changed: int) -> Machinery:
    """Ours, where debt messages are barred by the recipient reasons in `kept` alone, and with these flags."""

    def barred(reasons: int, nudge: int, vulnerable: int, disaster_pause: int, kinds: int) -> int:
        flags = {"vulnerable": vulnerable, "disaster_pause": disaster_pause, **changed}
        return barred_reasons(reasons & kept, nudge, kinds=kinds, **flags)

    return OURS.with_rules(barred_reasons=barred)


class _CurrentAlone(CentrelinkSender):
    def recipient_reasons(self, customer: int, recipient: Recipient, template: Template | None) -> int:
        reasons = super().recipient_reasons(customer, recipient, template)
        return reasons if self.register.is_current(customer) else reasons | int(Reason.NOT_A_CENTRELINK_CUSTOMER)


class _BarsNotTestedAgain(CentrelinkSender):
    def _bars(self, record: Record, recipient: Recipient) -> int:
        return super()._bars(record, recipient) & ~int(Reason.VULNERABLE | Reason.DISASTER_PAUSE)


class _VulnerableForEver(Centrelink):
    def is_vulnerable(self, customer: int) -> int:
        return int(customer in self._vulnerabilities)


class _FirstVulnerabilityAlone(Centrelink):
    """Only family and domestic violence counts."""

    def is_vulnerable(self, customer: int) -> int:
        return int(1 in self.vulnerabilities(customer))


class _WholeStates(DebtBook):
    def in_disaster(self, postcode: int) -> int:
        return int(any(one.first // 1000 == postcode // 1000 for one in self._disasters.values()))


class _FirstPostcodeAlone(DebtBook):
    def in_disaster(self, postcode: int) -> int:
        return int(any(one.first == postcode for one in self._disasters.values()))


class _NeverOver(DebtBook):
    def end_disaster(self, ref: int, now: int) -> None:
        kept = self._disasters[ref]
        super().end_disaster(ref, now)
        self._disasters[ref] = kept


def _with_book(book: type[DebtBook]) -> Machinery:
    class Register(Centrelink):
        def __init__(self, history: History) -> None:
            super().__init__(history)
            self.debts = book(history)

    return OURS._replace(centrelink=Register)


class _GapForgetsBounced(Dmis):
    def _stopped(self, customer: int, picked: int, due_day: int, due_ms: int) -> tuple[int, int]:
        whole, self.ledger = self.ledger, Ledger()
        for record in whole.of(customer):
            if record.failed < 0 or record.system != self.system:
                self.ledger.add(record)
        stopped = super()._stopped(customer, picked, due_day, due_ms)
        self.ledger = whole
        return stopped


def _gap_of(days: int) -> Machinery:
    def allows(last_day: int, last_ms: int, due_day: int, due_ms: int, reading: int, before: int, waiting: int) -> int:
        return int(not waiting and (last_day == 0 or due_day - last_day >= days))

    return OURS.with_rules(gap_allows=allows)


def _gap_read_as(reading: int) -> Machinery:
    """The gap by one reading, whatever is in force."""
    return misreading(dr_gap__reading=("full_day", "hours_24", "business_day")[reading])


class _OfDmisAlone(CentrelinkSender):
    """SAP's nudges are not looked at, nor are DMIS's by SAP."""

    def nudge_in_the_way(self, customer: int, template: int, day: int) -> int:
        whole, self.ledger = self.ledger, Ledger()
        for record in whole.of(customer):
            if record.system == self.system:
                self.ledger.add(record)
        found = super().nudge_in_the_way(customer, template, day)
        self.ledger = whole
        return found


def _pause_applied_as_nudge(around: Any) -> Any:
    templates = dict(around.policy.templates)
    templates[_PAUSE_APPLIED] = replace(templates[_PAUSE_APPLIED], kind="nudge")
    return around._replace(policy=replace(around.policy, templates=templates))


class _ForgetsTheFirst(Sap):
    def plan(self, now: int) -> Reminders:
        reminders = super().plan(now)
        return reminders._replace(customers=reminders.customers[1:])


def _screens_of(system: System, *shown: Screen) -> Machinery:
    """Ours, where the messages of one system are found on these screens."""
    return OURS.with_rules(
        screens=lambda sender, days, sap_days: (
            tuple(map(int, shown)) if sender == system else screens(sender, days, sap_days)
        )
    )


def _archived(later: int) -> Machinery:
    return OURS.with_rules(screens=lambda sender, days, sap_days: screens(sender, days, sap_days + later))


FAULTS = (
    Fault(
        "sap_nudges_on_the_day",
        _KIND,
        "SAP nudges on the day on which the instalment is due.",
        misreading(dr_kind__sap_nudge_days_before=0),
    ),
    Fault(
        "sap_nudges_two_days_before",
        _KIND,
        "SAP nudges two days before an instalment is due.",
        misreading(dr_kind__sap_nudge_days_before=2),
    ),
    Fault("sap_at_10", _KIND, "SAP's nudges are due at 10:00.", misreading(dr_kind__sap_due_at="10:00")),
    Fault("sap_forgets_one", _KIND, "SAP forgets the first of a night's nudges.", OURS._replace(sap=_ForgetsTheFirst)),
    Fault(
        "pause_applied_is_a_nudge",
        _KIND,
        "Pause applied counts as a nudge.",
        given(_pause_applied_as_nudge, ("customer_first", "dmis", "sap")),
    ),
    Fault("debt_opt_outs_ignored", _RECIPIENT, "Debt messages go despite an opt-out.", _barred(~int(Reason.OPTED_OUT))),
    Fault("debtors_deaths_ignored", _RECIPIENT, "Debt messages go despite a death.", _barred(~int(Reason.DECEASED))),
    Fault(
        "debtors_mobiles_ignored",
        _RECIPIENT,
        "Debt messages go to mobiles that are marked Invalid.",
        _barred(~int(Reason.INVALID_MOBILE)),
    ),
    Fault(
        "former_customers_debts_forgotten",
        _RECIPIENT,
        "Former customers get no debt messages.",
        centrelink(_CurrentAlone, ("dmis", "sap")),
    ),
    *(_swapped(place) for place in range(len(MESSAGES) - 1)),
    Fault("dmis_at_11", _HIERARCHY, "DMIS's messages are due at 11:00.", misreading(dr_hierarchy__due_at="11:00")),
    Fault(
        "winner_not_named",
        _HIERARCHY,
        "What loses is recorded without the winner.",
        OURS.with_rules(winner=lambda *_: 0),
    ),
    Fault("no_gap", _GAP, "No gap is kept between DMIS's messages.", OURS.with_rules(gap_allows=lambda *_: 1)),
    Fault("gap_counted_from_the_day_before", _GAP, "The day after the last message is day enough.", _gap_of(1)),
    Fault("gap_counted_from_the_day_after", _GAP, "Two full days are kept and not one.", _gap_of(3)),
    Fault(
        "gap_forgets_bounced", _GAP, "Failed messages do not count for the gap.", OURS._replace(dmis=_GapForgetsBounced)
    ),
    Fault("gap_always_full_day", _GAP, "The gap is always that of full_day.", _gap_read_as(0)),
    Fault("gap_always_24_hours", _GAP, "The gap is always that of hours_24.", _gap_read_as(1)),
    Fault("gap_always_business_day", _GAP, "The gap is always that of business_day.", _gap_read_as(2)),
    Fault("two_nudges", _NUDGE, "Any number of nudges goes on a day.", OURS.with_rules(nudge_allows=lambda *_: 1)),
    Fault("nudges_of_own_system_alone", _NUDGE, "DMIS and SAP each count their own nudges.", centrelink(_OfDmisAlone)),
    Fault(
        "nudge_limit_never_off",
        _NUDGE,
        "One nudge a day is kept although the policy switched it off.",
        misreading(dr_one_nudge__enabled=True),
    ),
    Fault("similar_ignored", _SIMILAR, "Similar messages go night after night.", misreading(dr_similar__days=0)),
    Fault("similar_after_6_days", _SIMILAR, "Similar messages go a day too early.", misreading(dr_similar__days=6)),
    Fault("similar_after_8_days", _SIMILAR, "Similar messages go a day too late.", misreading(dr_similar__days=8)),
    Fault(
        "similar_always_on_the_seventh_day",
        _SIMILAR,
        "A similar message always goes again on D+7.",
        misreading(dr_similar__boundary="days_apart"),
    ),
    Fault(
        "similar_never_on_the_seventh_day",
        _SIMILAR,
        "A similar message never goes again on D+7.",
        misreading(dr_similar__boundary="previous_days"),
    ),
    Fault(
        "all_are_similar",
        _SIMILAR,
        "All nine messages count as similar to each other.",
        misreading(dr_similar__groups=dict.fromkeys(MESSAGES, MESSAGES[0])),
    ),
    Fault("vulnerable_not_excluded", _VULNERABLE, "A vulnerability excludes nobody.", _barred(vulnerable=0)),
    Fault(
        "vulnerable_for_ever",
        _VULNERABLE,
        "A vulnerability that was lifted still excludes.",
        OURS._replace(centrelink=_VulnerableForEver),
    ),
    Fault(
        "one_vulnerability_alone",
        _VULNERABLE,
        "Only family and domestic violence excludes.",
        OURS._replace(centrelink=_FirstVulnerabilityAlone),
    ),
    Fault(
        "vulnerable_never_get_confirmations",
        _VULNERABLE,
        "A vulnerability always excludes from every message.",
        misreading(dr_vulnerable__kinds="all"),
    ),
    Fault(
        "vulnerable_always_get_confirmations",
        _VULNERABLE,
        "A vulnerability only ever excludes from nudges.",
        misreading(dr_vulnerable__kinds="nudges_only"),
    ),
    Fault(
        "debt_bars_not_tested_again",
        _VULNERABLE,
        "Vulnerability and disaster are not looked at again at hand-over.",
        centrelink(_BarsNotTestedAgain),
    ),
    Fault("disaster_pause_ignored", _DISASTER, "A disaster pause stops nothing.", _barred(disaster_pause=0)),
    Fault(
        "disaster_pause_of_a_whole_state",
        _DISASTER,
        "A disaster pause stops messages to postcodes that it does not cover.",
        _with_book(_WholeStates),
    ),
    Fault(
        "disaster_pause_of_one_postcode",
        _DISASTER,
        "A disaster pause covers its first postcode alone.",
        _with_book(_FirstPostcodeAlone),
    ),
    Fault("disaster_pause_never_over", _DISASTER, "A disaster pause outlives its end.", _with_book(_NeverOver)),
    Fault("sap_archived_a_day_early", _VIEW, "SAP's messages are archived after 119 days.", _archived(-1)),
    Fault("sap_archived_a_day_late", _VIEW, "SAP's messages are archived after 121 days.", _archived(1)),
    Fault(
        "dmis_on_outbound_correspondence",
        _VIEW,
        "DMIS's messages are found on Outbound Correspondence.",
        _screens_of(System.DMIS, Screen.OUTBOUND_CORRESPONDENCE, Screen.CORRESPONDENCE_HISTORY),
    ),
    Fault(
        "dmis_not_in_the_history",
        _VIEW,
        "DMIS's messages are found on the History Summary alone.",
        _screens_of(System.DMIS, Screen.HISTORY_SUMMARY),
    ),
    Fault("sap_nowhere", _VIEW, "SAP's messages are found nowhere.", _screens_of(System.SAP)),
)
