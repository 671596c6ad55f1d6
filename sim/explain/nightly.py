"""Explaining a debt message on the nights on which it was eligible, picked or suppressed, and from when it could go."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sim.explain import nights, releases, words
from sim.explain.afterwards import Afterwards
from sim.explain.centrelink import INSTALMENT_NUDGE, counted_day, recipient_reasons
from sim.explain.checks import Teller
from sim.explain.checks_nightly import night_checks, reminder_checks
from sim.explain.chronicle import Row, last_nights
from sim.explain.earliest import while_words
from sim.explain.explanation import Check, Decided, Earliest, Moment
from sim.explain.law import Law
from sim.explain.nights import Night, Reminder
from sim.explain.standing import Standing, standing_at
from sim.history import Event
from sim.messages import Reason, System
from sim.policy.calendar import business_day_before
from sim.policy.debt import template_of
from sim.policy.debt_values import BUSINESS_DAY

_GAP_DAYS = 20
"""The gap between debt messages is over by then: no reading of it lasts over more than a run of public holidays."""
GOES, LOSES, NOT_ELIGIBLE = "picked", "suppressed", "not_eligible"


class Recorded(NamedTuple):
    """What the run recorded of one night of a template: picked, or why and to which template it lost."""

    picked: bool
    reasons: int
    winner: int


class Nightly:
    """The nights of one template (`template` is its code) for one customer. `around` are the rows of
    `Chronicle.about`, `recorded` what the run recorded by agency date; the run is [start, end)."""

    def __init__(
        self, law: Law, around: list[Row], customer: int, template: int, recorded: dict[int, Recorded], start: int,
        end: int,
    ) -> None:  # fmt: skip
        self.law = law
        self.around = around
        self.customer = customer
        self.template = template
        self.recorded = recorded
        self.start, self.end = start, end
        self.system = System.SAP if template == INSTALMENT_NUDGE else System.DMIS
        self.runs = {row.value: row for row in around if row.event == Event.NIGHTLY_RUN and row.system == self.system}

    # One night

    def moment(self, day: int, with_earliest: bool = True) -> Moment:
        """The run of the agency date `day`, which the history must hold."""
        run = self.runs[day]
        standing = self._standing(run)
        tell = Teller(self.law, standing, run.time, self.start)
        checks, decided = self._judged(tell, run.time)
        found = self.recorded.get(day)
        recorded = Decided(NOT_ELIGIBLE)
        if found is not None:
            recorded = Decided(GOES if found.picked else LOSES, found.reasons, 0, found.winner)
        earliest = None
        if with_earliest and recorded.outcome != GOES:
            earliest = self.earliest(day)
        title = f"{words.SYSTEMS[self.system]}'s nightly run of {words.day_words(day)}"
        return Moment(
            "nightly_run", run.time, run.seq, tell.zone, title, tuple(checks), decided, recorded,
            self._difference(decided, recorded), earliest,
        )  # fmt: skip

    def night(self, day: int) -> tuple[Teller, Night]:
        """DMIS's run of the agency date `day` as the rules see it."""
        run = self.runs[day]
        standing = self._standing(run)
        return Teller(self.law, standing, run.time, self.start), self._night(standing, run.time)

    def agrees(self, day: int) -> bool:
        """Whether the rebuilt decision of a night is the recorded one."""
        return not self.moment(day, with_earliest=False).disagreement

    def _standing(self, run: Row) -> Standing:
        return standing_at(self.around, self.customer, self.law.agency, run.time, run.seq)

    def _judged(self, tell: Teller, now: int) -> tuple[list[Check], Decided]:
        if self.system == System.SAP:
            reminder = nights.judge_sap(self.law, tell.standing, now)
            return list(reminder_checks(tell, reminder)), _decided_sap(reminder)
        night = self._night(tell.standing, now)
        number = self.template - template_of(0)
        return list(night_checks(tell, night, number)), _decided(night, number)

    def _night(self, standing: Standing, now: int) -> Night:
        return nights.judge(self.law, standing, now, last_nights(self.around, System.DMIS, now))

    def _difference(self, decided: Decided, recorded: Decided) -> str:
        if decided == recorded:
            return ""
        return f"By the policy of this run it is {self._words(decided)}; the run recorded {self._words(recorded)}"

    def _words(self, decided: Decided) -> str:
        text = decided.outcome.replace("_", " ")
        if decided.reasons:
            text += f" ({words.reasons_words(decided.reasons)})"
        winner = self.law.templates.get(decided.winner)
        return f"{text} to {winner.title}" if winner else text

    # From when it could go

    def earliest(self, day: int) -> Earliest:
        """The first nightly run after the agency date `day` at which the message would be sent."""
        lost: dict[str, int] = {}
        standing, judged = Standing(self.customer, self.law.agency), 0
        for now, standing, decided, due in self._later(day):
            judged += 1
            if decided.outcome == GOES:
                run_day = self.law.agency.day(now)
                return Earliest(now, standing.value("zone"), due, now >= self.end, run_day=run_day)
            for name in words.reasons_words(decided.reasons).split(", ") if decided.outcome == LOSES else ():
                lost[name] = lost.get(name, 0) + 1
        zone = standing.value("zone")
        barred = recipient_reasons(self.law, standing, self.law.templates.get(self.template)) if judged else 0
        if barred:
            return Earliest(-1, zone, never=while_words(barred))
        if lost:
            each = ", ".join(f"{name} ({words.count(number, 'night')})" for name, number in lost.items())
            return Earliest(-1, zone, never=f"again while it is eligible, for it loses: {each}")
        return Earliest(-1, zone, never="again, for no later run meets its conditions")

    def _later(self, day: int) -> Iterator[tuple[int, Standing, Decided, int]]:
        """(instant, standing, decision, due instant) of every run after the date `day`: the recorded ones on the facts
        of the run, then those that would follow, with what they themselves would send."""
        for later, run in sorted(self.runs.items()):
            if later > day:
                standing = self._standing(run)
                yield run.time, standing, self._decided(standing, run.time), self._due(standing, run.time)
        standing = Standing(self.customer, self.law.agency)
        for row in self.around:
            standing.told(row)
        afterwards = Afterwards(self.law, standing, self.end)
        first = self.law.agency.day(self.end)
        last_run = last_nights(self.around, System.DMIS, self.end)
        for later in range(max(first, day + 1), self._last_day(standing, first)):
            now = self.law.agency.at(later, self.law.debt.run_ms)
            if now < self.end:
                continue
            for _ in afterwards.rows(now):
                pass  # told to `standing`
            decided, due = self._goes_on(standing, afterwards, now, last_run)
            yield now, standing, decided, due
            last_run = now

    def _decided(self, standing: Standing, now: int) -> Decided:
        """What comes of the message at a run: SAP plans its nudge and is then put to the tests of the recipient."""
        if self.system == System.DMIS:
            return _decided(self._night(standing, now), self.template - template_of(0))
        return self._after_plan(standing, nights.judge_sap(self.law, standing, now))

    def _after_plan(self, standing: Standing, reminder: Reminder) -> Decided:
        planned = _decided_sap(reminder)
        barred = recipient_reasons(self.law, standing, self.law.templates[INSTALMENT_NUDGE])
        return Decided(LOSES, barred) if barred and planned.outcome == GOES else planned

    def _goes_on(self, standing: Standing, afterwards: Afterwards, now: int, last_run: int) -> tuple[Decided, int]:
        """A night after the end: SAP's run, then DMIS's; what they send is issued. The decision about this template."""
        due = self._due(standing, now)
        reminder = nights.judge_sap(self.law, standing, now)
        planned = self._after_plan(standing, reminder)
        if planned.outcome == GOES:
            afterwards.issue(System.SAP, INSTALMENT_NUDGE, now, reminder.due)
        night = nights.judge(self.law, standing, now, last_run)
        if night.goes:
            afterwards.issue(System.DMIS, template_of(night.goes), now, night.due)
        if self.system == System.SAP:
            return planned, due
        return _decided(night, self.template - template_of(0)), due

    def _due(self, standing: Standing, now: int) -> int:
        of_sap = self.system == System.SAP
        time_of_day = self.law.debt.sap_due_ms if of_sap else self.law.debt.due_ms
        clock = self.law.clocks[standing.value("zone")]
        return releases.planned(self.law, clock, self.customer, (self.law.agency.day(now), time_of_day))

    def _last_day(self, standing: Standing, first: int) -> int:
        """The first agency date at which no day of a debt meets a condition any more."""
        days = [first]
        for debt in standing.debts:
            facts = debt.facts
            days += [facts.due_day, facts.repayment_due_day, facts.declined_day, facts.write_off_ends_day,
                     facts.auto_setup_day, facts.pause_ended_day, facts.recovery_restarted_day]  # fmt: skip
        values = self.law.debt
        after = max(last for _, last in (values.declined, values.overdue, values.restarted, values.debt_overdue))
        return max(*days, standing.debts.write_off_ends) + after + 1

    # Until when a rule stops it

    def free_from(self, day: int, reason: Reason) -> int:
        """The first local day on which `dr-gap` or `dr-similar` would not stop the message any more, counted from what
        stops it on the night `day`; 0 when nothing does."""
        tell, night = self.night(day)
        number = night.picked if reason == Reason.GAP else self.template - template_of(0)
        found = night.obstacles.get(number)
        stops = found and (found.gap if reason == Reason.GAP else found.similar)
        if not stops:
            return 0
        law, clock = self.law, self.law.clocks[tell.zone]
        last = counted_day(law, tell.standing, stops)
        for ahead in range(1, max(law.debt.similar_days) + _GAP_DAYS):
            due = releases.planned(law, clock, self.customer, (day + ahead, law.debt.due_ms))
            due_day = clock.day(due)
            if reason == Reason.GAP:
                before = business_day_before(due_day) if law.debt.gap == BUSINESS_DAY else 0
                free = law.rules.gap_allows(last, stops.due, due_day, due, law.debt.gap, before, 0)
            else:
                free = law.rules.similar_allows(due_day - last, law.debt.similar_days[number],
                                                law.debt.similar_boundary)  # fmt: skip
            if free:
                return due_day
        return 0


def _decided(night: Night, number: int) -> Decided:
    if number == night.goes:
        return Decided(GOES)
    if number not in night.lost:
        return Decided(NOT_ELIGIBLE)
    lost = night.lost[number]
    return Decided(LOSES, lost.reasons, 0, lost.winner)


def _decided_sap(reminder: Reminder) -> Decided:
    if not reminder.is_due:
        return Decided(NOT_ELIGIBLE)
    if reminder.lost.reasons:
        return Decided(LOSES, reminder.lost.reasons, 0, reminder.lost.winner)
    return Decided(GOES)


def iso_day(day: int) -> str:
    """The ISO date of an ordinal."""
    return date.fromordinal(day).isoformat()
