"""One debt's life as the world keeps it: what is open, what has been nudged, and the events that are still to come.

Days are agency-time ordinals, instants ms UTC. An event belongs to the state in which it was put on the agenda: once
the debt has moved on (its `epoch`) or is paid, or the customer has died, the event is nothing any more.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from fakes.debts import Debt
from sim.clock import DAY
from sim.draws import Purpose, exponential
from sim.population.centrelink import Member
from sim.population.debts import OpeningDebt
from sim.world.agenda import Rank
from sim.world.world import World


class Open(IntEnum):
    """What the debtor might act on now."""

    NOTHING = 0
    BEFORE_DUE = 1  # the debt is due soon, with nothing arranged
    OVERDUE = 2  # it is overdue, with nothing arranged
    MISSED = 3  # an instalment was declined or missed


class DebtLife:
    """`debt` as on record, with what only the world knows: how many `instalments` are left, and what is `open`, named
    by the day `spell`, with its draw `u` and the share `base` who act on it without a nudge."""

    __slots__ = (
        "arrangements", "base", "debt", "epoch", "instalments", "interrupted", "member", "nudged", "nudged_day",
        "number", "open", "spell", "ticks", "u",
    )  # fmt: skip

    def __init__(self, debt: Debt, member: Member, opening: OpeningDebt) -> None:
        self.debt = debt
        self.member = member
        self.number = opening.number
        self.instalments = opening.instalments
        self.arrangements = 0  # how many were set up: the ordinal of the next
        self.interrupted = False  # paused, or written off
        self.open = Open.NOTHING
        self.u = self.base = 0.0
        self.spell = 0
        self.nudged = False  # since what is open was opened
        self.nudged_day = 0
        self.epoch = self.ticks = 0


def acts(u: float, base: float, nudged: bool, effect: float) -> bool:
    """Whether a debtor with the draw `u` acts, of whom the share `base` does without a nudge.

    After a nudge the share `effect` of the others does too; an effect below 0 takes that share of `base` away. The same
    draw decides in both cases, so runs with different effects differ only by the effect.
    """
    if nudged:
        base += effect * (1.0 - base if effect >= 0 else base)
    return u < base


class Timetable:
    """Puts events of debts on the agenda, and draws how long people take."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draws = world.draws

    @property
    def today(self) -> int:
        """The agency date."""
        return self.world.agency.day(self.world.now)

    def at(self, life: DebtLife, time: int, function: Callable[..., None], *arguments: Any) -> None:
        """Call `function(life, *arguments)` at `time`, unless the debt has moved on by then."""
        world = self.world
        time = max(time, world.now)
        if time >= world.end:
            return
        # Numbered by debt, so two events of one debt at one instant happen in the order in which they were decided.
        life.ticks += 1
        world.agenda.call(
            time, Rank.FACT, life.debt.ref, life.ticks, self._happen, life, life.epoch, function, arguments
        )

    def whatever(self, life: DebtLife, time: int, function: Callable[..., None]) -> None:
        """Call `function(life)` at `time` in whatever state the debt is by then."""
        life.ticks += 1
        self.world.agenda.call(time, Rank.FACT, life.debt.ref, life.ticks, self._if_it_matters, life, function, ())

    def on(self, life: DebtLife, day: int, time_of_day: int, function: Callable[..., None], *arguments: Any) -> None:
        """The same at an agency time of day."""
        self.at(life, self.world.agency.daily(day, time_of_day), function, *arguments)

    def after(self, life: DebtLife, purpose: Purpose, n: int, mean_days: float) -> int:
        """An instant after now, exponential with this mean, drawn by the debt and `n`."""
        u = self.draws.uniform(purpose, life.debt.ref, n)
        return self.world.now + max(1, int(exponential(u, mean_days * DAY)))

    @staticmethod
    def move_on(life: DebtLife) -> None:
        """The debt comes into another state: nothing is open, and what was on the agenda for it is nothing any more."""
        life.epoch += 1
        life.open, life.nudged = Open.NOTHING, False

    def _happen(self, life: DebtLife, epoch: int, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if life.epoch == epoch:
            self._if_it_matters(life, function, arguments)

    def _if_it_matters(self, life: DebtLife, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if not life.debt.is_paid and not self.world.centrelink.recipient(life.member.id).deceased:
            function(life, *arguments)
