"""The debts of one customer and the disasters of the country, as on record at an instant."""

from collections.abc import Iterator

from sim.clock import Clock
from sim.explain.chronicle import Row
from sim.history import Event
from sim.messages import Arrangement, ArrangementStatus
from sim.policy.debt import DebtFacts

_CUSTOMER_LEVEL = 2
_BY_INSTALMENTS = (Arrangement.VOL, Arrangement.CSH, Arrangement.IRR)
_IN_FORCE = (ArrangementStatus.PND, ArrangementStatus.CUR)


class Debt:
    """One debt: `facts` as its conditions see them, without what is the customer's; `completed` is the instant (ms UTC)
    at which the hardship pause service was last completed, -1 for never."""

    __slots__ = ("completed", "facts", "ref")

    def __init__(self, ref: int, due_day: int) -> None:
        self.ref = ref
        self.facts = DebtFacts(due_day=due_day)
        self.completed = -1

    def set(self, **changes: int) -> None:
        """Replace some of its facts."""
        self.facts = self.facts._replace(**changes)

    def nudged_for(self, day: int) -> bool:
        """Whether an instalment of an arrangement in force is due on this day (`dr-kind`: SAP's nudge)."""
        facts = self.facts
        by_instalments = facts.arrangement in _BY_INSTALMENTS and facts.arrangement_status in _IN_FORCE
        return not facts.paid and facts.repayment_due_day == day and by_instalments


class Debts:
    """All debts of a customer in the order in which they were raised, the write-off at customer level, disasters."""

    def __init__(self, agency: Clock) -> None:
        self._agency = agency
        self._by_ref: dict[int, Debt] = {}
        self.write_off, self.write_off_ends = 0, 0
        self.disasters: dict[int, Row] = {}

    def __iter__(self) -> Iterator[Debt]:
        return iter(self._by_ref.values())

    def disaster_of(self, postcode: int) -> Row | None:
        """The declaration of a disaster whose pause covers this postcode now."""
        return next((row for row in self.disasters.values() if row.value <= postcode <= row.other), None)

    def told(self, row: Row) -> None:
        """One more row about a debt of the customer, or about a disaster."""
        if row.event == Event.DISASTER_DECLARED:
            self.disasters[row.ref] = row
        elif row.event == Event.DISASTER_ENDED:
            self.disasters.pop(row.ref, None)
        elif row.event == Event.DEBT_RAISED:
            self._by_ref[row.ref] = Debt(row.ref, row.value)
        elif row.other == _CUSTOMER_LEVEL and Event.WRITE_OFF_SET <= row.event <= Event.WRITE_OFF_ENDED:
            self._customer_level(row)
        elif row.ref in self._by_ref:
            self._of_debt(self._by_ref[row.ref], row)

    def _customer_level(self, row: Row) -> None:
        if row.event == Event.WRITE_OFF_SET:
            self.write_off, self.write_off_ends = row.value, 0
        elif row.event == Event.WRITE_OFF_ENDS:
            self.write_off_ends = row.value
        else:
            self.write_off, self.write_off_ends = 0, 0
            for debt in self:
                debt.set(pause_ended_day=self._agency.day(row.time))

    def _of_debt(self, debt: Debt, row: Row) -> None:
        event, value, today = row.event, row.value, self._agency.day(row.time)
        if event == Event.ARRANGEMENT_SET:
            debt.set(arrangement=value // 10, arrangement_status=value % 10)
        elif event == Event.WRITE_OFF_SET:
            debt.set(debt_write_off=value, write_off_ends_day=0)
        elif event == Event.WRITE_OFF_ENDED:
            debt.set(debt_write_off=0, write_off_ends_day=0, pause_ended_day=today)
        elif event == Event.HARDSHIP_PAUSE_COMPLETED:
            debt.completed = row.time
        elif event == Event.PAUSE_ENDED:
            debt.set(auto_setup_day=0, pause_ended_day=today)
        elif event == Event.RECOVERY_RESTARTED:
            debt.set(recovery_restarted_day=today)
        elif event == Event.DEBT_PAID:
            debt.set(paid=1)
        elif event in _VALUES:
            debt.set(**{_VALUES[event]: value})


_VALUES: dict[int, str] = {
    Event.REPAYMENT_DUE: "repayment_due_day",
    Event.REPAYMENT_DECLINED: "declined_day",
    Event.WRITE_OFF_ENDS: "write_off_ends_day",
    Event.AUTO_SETUP_CEASED: "auto_setup_day",
    Event.WITHHOLDABLE_PAYMENT_SET: "withholdable_payment",
    Event.XCSHSMS_SET: "xcshsms",
}
