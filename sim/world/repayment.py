"""How debts are repaid: before they are due, by arrangement and instalment, late, or not at all; and what a nudge does.

The draws are keyed by debt and by what is to be paid (the instalment's day, the day on which a spell began), so a nudge
more or less leaves every draw as it was.
"""

from collections.abc import Callable

from fakes.protocols import Happening
from sim.clock import DAY, HOUR, MINUTE
from sim.draws import Purpose, between, exponential
from sim.messages import Arrangement, ArrangementStatus
from sim.population.debts import DebtModel
from sim.world.debt_lives import DebtLife, Open, Timetable, acts
from sim.world.world import World

_BY_INSTALMENTS = (Arrangement.VOL, Arrangement.CSH, Arrangement.IRR)
_IN_FORCE = (ArrangementStatus.PND, ArrangementStatus.CUR)
_DEBIT_AT = 2 * HOUR  # direct debits are settled, and days end, before the nightly run
_DAY_ENDS_AT = 30 * MINUTE
_PAID_FROM, _PAID_TO = 7 * HOUR, 22 * HOUR
_NUDGE_LASTS = 2  # agency days before an instalment within which a nudge is remembered

# What is drawn of one spell or instalment (n of a draw is its day × 8 + one of these).
_ACTS, _WHEN, _HOW, _AFTER_NUDGE, _AGAIN, _WRITES_OFF, _HOUR_OF_DAY = range(7)


class Repayment:
    """Debtors at work. `confirms(life)` is called when an arrangement was set up or changed, `writes_off(life)` when a
    debt has been overdue for long."""

    def __init__(
        self,
        world: World,
        timetable: Timetable,
        model: DebtModel,
        confirms: Callable[[DebtLife], None],
        writes_off: Callable[[DebtLife], None],
    ) -> None:
        self.world = world
        self.book = world.centrelink.debts
        self.timetable = timetable
        self.draws = timetable.draws
        self._model = model
        self._confirms = confirms
        self._writes_off = writes_off
        self._lives: dict[int, list[DebtLife]] = {}
        parameters = world.parameters
        self._effect: float = parameters["behaviour.payment_nudge_effect"]
        self._effect_days = float(parameters["behaviour.payment_nudge_hours"]) / 24
        self._interval: int = parameters["debt.instalment_days"]
        self._kept = {
            int(Arrangement.VOL): parameters["debt.kept_vol"],
            int(Arrangement.CSH): parameters["debt.kept_csh"],
            int(Arrangement.IRR): parameters["debt.kept_irr"],
        }

    def add(self, life: DebtLife) -> None:
        """Nudges to the customer concern this debt from now on."""
        self._lives.setdefault(life.member.id, []).append(life)

    def of(self, customer: int) -> list[DebtLife]:
        """The customer's debts in the order in which they were raised."""
        return self._lives.get(customer, [])

    def carry_on(self, life: DebtLife, next_repayment: int = 0) -> None:
        """Go on from what is on record: at the start, when the debt was raised, or after an interruption.
        `next_repayment` is the day of the next instalment, when there is an arrangement (0: an interval from now)."""
        debt, today = life.debt, self.timetable.today
        self.timetable.move_on(life)
        if debt.status == ArrangementStatus.BKN:
            self._missed(life, debt.repayment_due)
        elif debt.arrangement in _BY_INSTALMENTS and debt.status in _IN_FORCE:
            self._next_instalment(life, next_repayment or today + self._interval)
        elif debt.arrangement == Arrangement.WITHHOLDINGS and debt.status in _IN_FORCE:
            return
        elif debt.due >= today:
            self._before_due(life)
        else:
            self._overdue(life)

    def nudged(self, happening: Happening) -> None:
        """A nudge reached the customer: it may move them to act on what is open."""
        now, today = self.world.now, self.timetable.today
        for life in self.of(happening.customer):
            life.nudged_day = today
            if life.debt.is_paid or life.open == Open.NOTHING or life.nudged:
                continue
            was = acts(life.u, life.base, False, self._effect)
            life.nudged = True
            if not was and acts(life.u, life.base, True, self._effect):
                u = self._u(Purpose.DELAY, life, life.spell * 8 + _AFTER_NUDGE)
                delay = int(exponential(u, self._effect_days * DAY))
                self.timetable.at(life, now + max(1, delay), self._acts_now)

    # Nothing arranged

    def _before_due(self, life: DebtLife) -> None:
        debt, parameters = life.debt, self.world.parameters
        base = parameters["debt.pays_by_due"] + parameters["debt.arranges_by_due"]
        self._open(life, Open.BEFORE_DUE, Purpose.CHOICE_BY_DUE, base, debt.due)
        day_ends = self.world.agency.midnight(debt.due + 1)
        u = self._u(Purpose.CHOICE_BY_DUE, life, debt.due * 8 + _WHEN)
        self.timetable.at(life, int(between(u, self.world.now, day_ends)), self._acts_unless_put_off)
        self.timetable.on(life, debt.due + 1, _DAY_ENDS_AT, self._falls_overdue)

    def _falls_overdue(self, life: DebtLife) -> None:
        self.timetable.move_on(life)
        self._overdue(life)

    def _overdue(self, life: DebtLife) -> None:
        """A spell without an arrangement begins; what can be withheld is withheld."""
        debt, parameters, today = life.debt, self.world.parameters, self.timetable.today
        if debt.withholdable and self.world.centrelink.withholdings_eligible(debt.customer):
            self.book.set_arrangement(debt.ref, Arrangement.WITHHOLDINGS, ArrangementStatus.CUR, self.world.now)
            self._confirms(life)
            return
        self._open(life, Open.OVERDUE, Purpose.OVERDUE, parameters["debt.acts_when_overdue"], today)
        when = self.timetable.after(life, Purpose.OVERDUE, today * 8 + _WHEN, float(parameters["debt.overdue_days"]))
        self.timetable.at(life, when, self._acts_unless_put_off)
        if self._u(Purpose.OVERDUE, life, today * 8 + _WRITES_OFF) < parameters["debt.written_off_share"]:
            days = int(parameters["debt.written_off_after_days"])
            self.timetable.on(life, today + days, _DAY_ENDS_AT, self._writes_off)

    # Acting

    def _acts_unless_put_off(self, life: DebtLife) -> None:
        if acts(life.u, life.base, life.nudged, self._effect):
            self._acts_now(life)

    def _acts_now(self, life: DebtLife) -> None:
        """Pay, arrange, or make good what was missed."""
        what, spell = life.open, life.spell
        if what == Open.NOTHING:
            return
        self.timetable.move_on(life)
        if what == Open.MISSED:
            self._makes_good(life)
            return
        parameters = self.world.parameters
        pays: float = parameters["debt.pays_in_full_after_nudge"]
        if what == Open.BEFORE_DUE and life.u < life.base:
            pays = parameters["debt.pays_by_due"] / life.base
        if self._u(Purpose.OVERDUE, life, spell * 8 + _HOW) < pays:
            self.book.repay(life.debt.ref, self.world.now)
            self.book.pay(life.debt.ref, self.world.now)
        else:
            self._arrange(life)

    def _arrange(self, life: DebtLife) -> None:
        """A new arrangement is set up; it is pending until its first instalment is paid."""
        life.arrangements += 1
        kind = self._model.arrangement_kind(life.member.id, life.number, life.arrangements)
        self.book.set_arrangement(life.debt.ref, kind, ArrangementStatus.PND, self.world.now)
        self._next_instalment(life, self.timetable.today + self._interval // 2 + 1)
        self._confirms(life)

    # Instalments

    def _next_instalment(self, life: DebtLife, day: int) -> None:
        debt = life.debt
        if debt.repayment_due != day:
            self.book.set_repayment_due(debt.ref, day, self.world.now)
        if debt.arrangement == Arrangement.VOL:
            self.timetable.on(life, day, _DEBIT_AT, self._debit, day)
        else:
            u = self._u(Purpose.INSTALMENT, life, day * 8 + _HOUR_OF_DAY)
            self.timetable.on(life, day, int(between(u, _PAID_FROM, _PAID_TO)), self._pays_or_not, day)

    def _debit(self, life: DebtLife, day: int) -> None:
        if self._keeps(life, day):
            self._paid(life, day)
            return
        now = self.world.now
        self.book.decline(life.debt.ref, day, now)
        self.book.set_arrangement(life.debt.ref, Arrangement.VOL, ArrangementStatus.BKN, now)
        self.timetable.move_on(life)
        self._missed(life, day)

    def _pays_or_not(self, life: DebtLife, day: int) -> None:
        if self._keeps(life, day):
            self._paid(life, day)
            return
        self.timetable.move_on(life)
        self._missed(life, day)
        broken = day + int(self.world.parameters["debt.broken_after_days"])
        self.timetable.on(life, broken, _DAY_ENDS_AT, self._breaks)

    def _keeps(self, life: DebtLife, day: int) -> bool:
        nudged = 0 <= day - life.nudged_day <= _NUDGE_LASTS
        u = self._u(Purpose.INSTALMENT, life, day * 8 + _ACTS)
        return acts(u, self._kept[life.debt.arrangement], nudged, self._effect)

    def _paid(self, life: DebtLife, day: int) -> None:
        """An instalment was paid: the last one pays the debt, the first one makes the arrangement current."""
        debt, now = life.debt, self.world.now
        self.book.repay(debt.ref, now)
        life.instalments -= 1
        if life.instalments <= 0:
            self.book.pay(debt.ref, now)
            return
        if debt.status != ArrangementStatus.CUR:
            self.book.set_arrangement(debt.ref, debt.arrangement, ArrangementStatus.CUR, now)
        while day <= self.timetable.today:
            day += self._interval
        self._next_instalment(life, day)

    def _missed(self, life: DebtLife, day: int) -> None:
        """An instalment was declined or missed on `day`; it may be made good until the arrangement ceases."""
        parameters = self.world.parameters
        self._open(life, Open.MISSED, Purpose.CATCH_UP, parameters["debt.caught_up"], day)
        when = self.timetable.after(life, Purpose.CATCH_UP, day * 8 + _WHEN, float(parameters["debt.catch_up_days"]))
        self.timetable.at(life, when, self._acts_unless_put_off)
        ceases = max(self.timetable.today + 1, day + int(parameters["debt.ceased_after_days"]))
        self.timetable.on(life, ceases, _DAY_ENDS_AT, self._ceases, day)

    def _makes_good(self, life: DebtLife) -> None:
        debt = life.debt
        was_broken = debt.status == ArrangementStatus.BKN
        self._paid(life, debt.repayment_due)
        if was_broken and not debt.is_paid:
            self._confirms(life)

    def _breaks(self, life: DebtLife) -> None:
        debt = life.debt
        self.book.set_arrangement(debt.ref, debt.arrangement, ArrangementStatus.BKN, self.world.now)

    def _ceases(self, life: DebtLife, day: int) -> None:
        """Nothing was made good: the arrangement ceases, and a new one is negotiated or not."""
        debt, parameters = life.debt, self.world.parameters
        self.book.set_arrangement(debt.ref, debt.arrangement, ArrangementStatus.CEASED, self.world.now)
        self.book.set_repayment_due(debt.ref, 0, self.world.now)
        self.timetable.move_on(life)
        self._overdue(life)
        share: float = parameters["debt.renegotiated_share"]
        if life.open and self._u(Purpose.RENEGOTIATION, life, day * 8) < share:
            mean = float(parameters["debt.renegotiated_days"])
            when = self.timetable.after(life, Purpose.RENEGOTIATION, day * 8 + _AGAIN, mean)
            self.timetable.at(life, when, self._renegotiates)

    def _renegotiates(self, life: DebtLife) -> None:
        self.timetable.move_on(life)
        self._arrange(life)

    # Draws

    def _open(self, life: DebtLife, what: Open, purpose: Purpose, base: float, day: int) -> None:
        """Something is open to act on; `day` names it: the due day, the day of the instalment, or that of the spell."""
        life.open, life.base, life.spell = what, base, day
        life.u = self._u(purpose, life, day * 8 + _ACTS)

    def _u(self, purpose: Purpose, life: DebtLife, n: int) -> float:
        return self.draws.uniform(purpose, life.debt.ref, n)
