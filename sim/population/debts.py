"""Who owes what at the start: debts by customer, each a pure function of (seed, customer, number of the debt).

Days are counted from the first day of the run: 0 is that day, -3 is three days before it.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from sim.draws import Choice, Draws, Purpose, exponential
from sim.messages import Arrangement, ArrangementStatus, WriteOff
from sim.population.centrelink import Member

MOST_AT_START = 3
"""A customer has at most so many debts at the start; later ones have numbers from there on."""
_LONG_OVERDUE = 400
"""The oldest debt without an arrangement fell due so many days before the start."""


class Situation(IntEnum):
    """How a debt stands at the start."""

    NEW = 1  # not due yet, nothing arranged
    ARRANGED = 2  # repaid by arrangement, or withheld from the customer's payment
    UNARRANGED = 3  # overdue, nothing arranged
    WRITTEN_OFF = 4
    PAUSED = 5  # after the Situational Hardship pause service
    BROKEN = 6  # a direct debit was declined lately


_SITUATIONS: tuple[tuple[Situation, str], ...] = tuple(
    (situation, f"debt.start_{situation.name.lower()}") for situation in Situation
)
_KINDS: tuple[tuple[Arrangement, str], ...] = (
    (Arrangement.VOL, "debt.by_vol"),
    (Arrangement.CSH, "debt.by_csh"),
    (Arrangement.IRR, "debt.by_irr"),
)
WRITE_OFF_CODES: tuple[tuple[WriteOff, str], ...] = tuple(
    (code, f"debt.write_off_{code.name.lower()}") for code in WriteOff if code
)
# Ordinals of the draws about one debt.
_WITHHOLDABLE, _XCSHSMS, _KIND, _DUE, _ENDS, _CODE, _LEFT, _INTERVAL_OFFSET, _DECLINED, _PENDING = range(10)


class OpeningDebt(NamedTuple):
    """One debt at the start (or as it is raised: then `situation` is NEW and the days are counted from that day).

    `number` is 0, 1, 2 … for the customer. `withholdable`, `xcshsms`: flags. `arrangement`, `status`: codes as on
    record. `repayment_due`: day of the next repayment. `declined`: the day of a declined debit. `write_off` with the
    day on which it ends. `pause_ends`: day. `instalments`: how many are left to pay. None: there is no such day.
    """

    number: int
    situation: int
    due: int
    withholdable: int
    xcshsms: int
    arrangement: int
    status: int
    repayment_due: int | None
    declined: int | None
    write_off: int
    write_off_ends: int | None
    pause_ends: int | None
    instalments: int


class DebtModel:
    """The debts of one seed and one set of parameters."""

    def __init__(self, draws: Draws, parameters: Mapping[str, Any], due_after_issue_days: int) -> None:
        self._u = draws.uniform
        self._parameters = parameters
        self._due_after = due_after_issue_days
        self._debtors: float = parameters["debt.debtors"]
        more = [parameters["debt.two_debts"], parameters["debt.three_debts"]]
        self._count = Choice([max(0.0, 1.0 - sum(more)), *more])
        self._situation = Choice([parameters[name] for _, name in _SITUATIONS])
        self._kind = Choice([parameters[name] for _, name in _KINDS])
        self._code = Choice([parameters[name] for _, name in WRITE_OFF_CODES])
        self._interval: int = parameters["debt.instalment_days"]
        self._raised: float = parameters["debt.raised_per_year"]
        self._raised_again: float = parameters["debt.raised_again_per_year"]

    def is_debtor(self, customer: int) -> bool:
        """Whether this customer of Centrelink owes something at the start."""
        return self._u(Purpose.DEBTOR, customer) < self._debtors

    def raised_per_year(self, customer: int) -> float:
        """How many new debts a year are raised for this customer; more for those who have one."""
        return self._raised_again if self.is_debtor(customer) else self._raised

    def at_start(self, member: Member) -> list[OpeningDebt]:
        """The debts of this customer at the start, oldest number first."""
        if not self.is_debtor(member.id):
            return []
        count = 1 + self._count(self._u(Purpose.DEBTS, member.id))
        return [self._opening(member, number) for number in range(count)]

    def raised(self, member: Member, number: int) -> OpeningDebt:
        """Debt number `number` of the customer as it is raised; days are counted from that day."""
        return self._debt(member, number, Situation.NEW)._replace(due=self._due_after)

    def arrangement_kind(self, customer: int, number: int, ordinal: int) -> int:
        """How the customer chooses to repay (VOL, CSH or IRR) at the arrangement number `ordinal` for this debt."""
        return _KINDS[self._kind(self._detail(customer, number, _KIND, ordinal))][0]

    def write_off_code(self, customer: int, number: int) -> int:
        """The code with which this debt is written off, when it is."""
        return WRITE_OFF_CODES[self._code(self._detail(customer, number, _CODE))][0]

    def write_off_days(self, customer: int, number: int, code: int) -> int | None:
        """How many days a write-off lasts; None for a permanent one."""
        if code == WriteOff.PERMANENT:
            return None
        mean = float(self._parameters["debt.write_off_days"])
        return 7 + int(exponential(self._detail(customer, number, _ENDS), mean))

    def _opening(self, member: Member, number: int) -> OpeningDebt:
        situation = _SITUATIONS[self._situation(self._u(Purpose.SITUATION, member.id, number))][0]
        debt = self._debt(member, number, situation)
        past = -1 - int(self._detail(member.id, number, _DUE) * _LONG_OVERDUE)
        if situation == Situation.NEW:
            return debt._replace(due=int(self._detail(member.id, number, _DUE) * self._due_after))
        if situation == Situation.ARRANGED:
            return self._arranged(member, debt._replace(due=past))
        if situation == Situation.WRITTEN_OFF:
            code = self.write_off_code(member.id, number)
            return debt._replace(due=past, write_off=code, write_off_ends=self.write_off_days(member.id, number, code))
        if situation == Situation.PAUSED:
            ends = 1 + int(self._detail(member.id, number, _ENDS) * int(self._parameters["debt.hardship_pause_days"]))
            return self._arranged(member, debt._replace(due=past))._replace(repayment_due=None, pause_ends=ends)
        if situation == Situation.BROKEN:
            declined = -1 - int(self._detail(member.id, number, _DECLINED) * self._interval)
            return debt._replace(
                due=past - self._due_after, withholdable=0, arrangement=Arrangement.VOL, status=ArrangementStatus.BKN,
                repayment_due=declined, declined=declined,
            )  # fmt: skip
        # Nothing is withheld for it either, or it would be repaid in that way.
        return debt._replace(due=past, withholdable=0)

    def _arranged(self, member: Member, debt: OpeningDebt) -> OpeningDebt:
        if debt.withholdable:
            return debt._replace(arrangement=Arrangement.WITHHOLDINGS, status=ArrangementStatus.CUR)
        pending = self._detail(member.id, debt.number, _PENDING) < self._parameters["debt.pending"]
        return debt._replace(
            arrangement=self.arrangement_kind(member.id, debt.number, 0),
            status=ArrangementStatus.PND if pending else ArrangementStatus.CUR,
            repayment_due=int(self._detail(member.id, debt.number, _INTERVAL_OFFSET) * self._interval),
        )

    def _debt(self, member: Member, number: int, situation: Situation) -> OpeningDebt:
        parameters = self._parameters
        withheld = member.withholdings and (
            self._detail(member.id, number, _WITHHOLDABLE) < parameters["debt.on_withholdable_payment"]
        )
        left = exponential(self._detail(member.id, number, _LEFT), float(parameters["debt.instalments_left"]))
        return OpeningDebt(
            number=number,
            situation=int(situation),
            due=0,
            withholdable=int(withheld),
            xcshsms=int(self._detail(member.id, number, _XCSHSMS) < parameters["debt.xcshsms"]),
            arrangement=int(Arrangement.NONE),
            status=int(ArrangementStatus.NONE),
            repayment_due=None,
            declined=None,
            write_off=int(WriteOff.NONE),
            write_off_ends=None,
            pause_ends=None,
            instalments=1 + int(left),
        )

    def _detail(self, customer: int, number: int, what: int, ordinal: int = 0) -> float:
        return self._u(Purpose.DEBT_DETAIL, customer, (number * 1_000 + ordinal) * 16 + what)
