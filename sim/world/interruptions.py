"""What interrupts recovery of a debt: hardship pauses and write-offs; each ends, and recovery restarts."""

from typing import TYPE_CHECKING

from fakes.debts import HARDSHIP
from sim.clock import HOUR
from sim.draws import Purpose
from sim.messages import ArrangementStatus
from sim.population.debts import DebtModel, OpeningDebt
from sim.world.debt_lives import DebtLife, Timetable
from sim.world.lives import moments
from sim.world.world import World

if TYPE_CHECKING:
    from sim.world.repayment import Repayment

ENDS_AT = 1 * HOUR
"""Agency time at which pauses and write-offs end: before the nightly run."""
_RESTARTS = 6  # n of a draw of the delay is the day × 8 + this, beside those of repayment


class Interruptions:
    """Pauses and write-offs; `repayment` goes on when they end."""

    def __init__(self, world: World, timetable: Timetable, model: DebtModel) -> None:
        self.world = world
        self.book = world.centrelink.debts
        self.timetable = timetable
        self.repayment: Repayment
        self._model = model
        self._at_once: float = world.parameters["debt.restarts_at_once"]
        self._per_year: float = world.parameters["debt.hardship_per_year"]
        self._pause_days: int = world.parameters["debt.hardship_pause_days"]

    def open(self, life: DebtLife, opening: OpeningDebt) -> None:
        """A debt comes to be known: what interrupts it at the start, and its later hardship pauses."""
        today, world = self.timetable.today, self.world
        if opening.write_off:
            ends = 0 if opening.write_off_ends is None else today + opening.write_off_ends
            self._write_off(life, opening.write_off, ends)
        elif opening.pause_ends is not None:
            self._pause(life, today + opening.pause_ends)
        ref = life.debt.ref
        times = moments(self.timetable.draws, Purpose.HARDSHIP, ref, self._per_year, world.now, world.end)
        for time in times:
            self.timetable.whatever(life, time, self._completes_hardship)

    def begin(self, life: DebtLife) -> None:
        """The debt moves to a state in which nothing is due: no repayment, and nothing to act on."""
        self.timetable.move_on(life)
        life.interrupted = True
        if life.debt.repayment_due:
            self.book.set_repayment_due(life.debt.ref, 0, self.world.now)

    def restart(self, life: DebtLife) -> None:
        """The interruption has ended: recovery restarts today, or on the next day."""
        u = self.timetable.draws.uniform(Purpose.DELAY, life.debt.ref, self.timetable.today * 8 + _RESTARTS)
        if u < self._at_once:
            self._restarts(life)
        else:
            self.timetable.on(life, self.timetable.today + 1, ENDS_AT, self._restarts)

    def writes_off(self, life: DebtLife) -> None:
        """A debt that was overdue for long is written off."""
        code = self._model.write_off_code(life.member.id, life.number)
        days = self._model.write_off_days(life.member.id, life.number, code)
        self._write_off(life, code, 0 if days is None else self.timetable.today + days)

    def _write_off(self, life: DebtLife, code: int, ends: int) -> None:
        self.begin(life)
        self.book.write_off(life.debt.ref, code, ends, self.world.now)
        if ends:
            self.timetable.on(life, ends, ENDS_AT, self._write_off_ends)

    def _write_off_ends(self, life: DebtLife) -> None:
        self.book.end_write_off(life.debt.ref, self.timetable.today, self.world.now)
        self.restart(life)

    def _completes_hardship(self, life: DebtLife) -> None:
        """The customer completes the Situational Hardship pause service, unless recovery is interrupted already."""
        if life.interrupted:
            return
        self.book.complete_hardship(life.debt.ref, self.world.now)
        self._pause(life, self.timetable.today + self._pause_days)

    def _pause(self, life: DebtLife, ends: int) -> None:
        debt, now = life.debt, self.world.now
        self.begin(life)
        if debt.status == ArrangementStatus.BKN:
            self.book.set_arrangement(debt.ref, debt.arrangement, ArrangementStatus.CEASED, now)
        self.book.start_pause(debt.ref, HARDSHIP, ends, now)
        self.timetable.on(life, ends, ENDS_AT, self._pause_ends)

    def _pause_ends(self, life: DebtLife) -> None:
        self.book.end_pause(life.debt.ref, self.timetable.today, self.world.now)
        self.restart(life)

    def _restarts(self, life: DebtLife) -> None:
        life.interrupted = False
        self.book.restart_recovery(life.debt.ref, self.timetable.today, self.world.now)
        self.repayment.carry_on(life)
