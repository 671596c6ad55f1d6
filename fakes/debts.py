"""Debts as Centrelink's register holds them: due days, arrangements, repayments, write-offs, pauses and disasters.

Days are agency-time ordinals (`date.toordinal`), 0 where there is none. Every change is a row of the history.
"""

from sim.history import Event, History
from sim.messages import Arrangement, ArrangementStatus, System, WriteOff

HARDSHIP, DISASTER = 1, 2
"""What a recovery pause is for (`other` of PAUSE_STARTED)."""
DEBT_LEVEL, CUSTOMER_LEVEL = 1, 2
"""What a write-off is of (`other` of WRITE_OFF_SET)."""


class Debt:
    """One debt as it stands now. `due` is a day; `repayment_due` is the day of the earliest repayment not made."""

    __slots__ = (
        "arrangement", "auto_setup_ends", "customer", "declined", "due", "hardship_completed", "is_paid",
        "pause_ended", "pause_ends", "ref", "repayment_due", "restarted", "status", "withholdable", "write_off",
        "write_off_ends", "xcshsms",
    )  # fmt: skip

    def __init__(self, ref: int, customer: int, due: int) -> None:
        self.ref = ref
        self.customer = customer
        self.due = due
        self.is_paid = False
        self.arrangement = int(Arrangement.NONE)
        self.status = int(ArrangementStatus.NONE)
        self.repayment_due = 0
        self.declined = 0
        self.write_off = int(WriteOff.NONE)
        self.write_off_ends = 0
        self.pause_ends = 0
        self.pause_ended = 0  # the day on which a pause or write-off last ended
        self.restarted = 0  # the day on which recovery restarted last
        self.hardship_completed = -1  # the instant (ms UTC) at which the hardship pause service was last completed
        self.auto_setup_ends = 0
        self.withholdable = 0
        self.xcshsms = 0


class Disaster:
    """A declared disaster: the postcodes from `first` to `last`; `ends` is the day on which its pause is to end."""

    __slots__ = ("ends", "first", "last", "ref")

    def __init__(self, ref: int, first: int, last: int, ends: int) -> None:
        self.ref, self.first, self.last, self.ends = ref, first, last, ends


class DebtBook:
    """All debts, customer-level write-offs and disasters. Every change takes the instant at which it is recorded."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._debts: dict[int, Debt] = {}
        self._of: dict[int, list[Debt]] = {}
        self._write_offs: dict[int, tuple[int, int]] = {}
        self._repayments: dict[int, dict[int, None]] = {}
        self._changed: dict[int, None] = {}
        self._disasters: dict[int, Disaster] = {}

    # Reading

    def debt(self, ref: int) -> Debt:
        """One debt. Raises KeyError for an unknown one."""
        return self._debts[ref]

    def of(self, customer: int) -> list[Debt]:
        """The customer's debts in the order in which they were raised, paid ones included."""
        return self._of.get(customer, [])

    def customer_write_off(self, customer: int) -> tuple[int, int]:
        """The customer-level write-off: (a WriteOff, the day on which it is to end); zeros for none."""
        return self._write_offs.get(customer, (0, 0))

    def repayments_due(self, day: int) -> list[Debt]:
        """The unpaid debts whose next repayment is due on this day, by ref."""
        return [self._debts[ref] for ref in sorted(self._repayments.get(day, ())) if not self._debts[ref].is_paid]

    def take_changed(self) -> list[int]:
        """The customers with a change to their debts since this was last asked."""
        changed, self._changed = list(self._changed), {}
        return changed

    def in_disaster(self, postcode: int) -> int:
        """1 when a disaster pause covers this postcode now (`dr-disaster-pause`)."""
        return int(any(one.first <= postcode <= one.last for one in self._disasters.values()))

    # Debts

    def raise_debt(self, customer: int, ref: int, due: int, now: int) -> None:
        """A debt was raised; it is due on the day `due`."""
        debt = Debt(ref, customer, due)
        self._debts[ref] = debt
        self._of.setdefault(customer, []).append(debt)
        self._fact(now, Event.DEBT_RAISED, debt, due)

    def pay(self, ref: int, now: int) -> None:
        """The debt was paid in full."""
        debt = self._debts[ref]
        debt.is_paid = True
        self._fact(now, Event.DEBT_PAID, debt)

    def set_withholdable(self, ref: int, flag: int, now: int) -> None:
        """The debt is, or is no longer, on a withholdable payment."""
        debt = self._debts[ref]
        debt.withholdable = flag
        self._fact(now, Event.WITHHOLDABLE_PAYMENT_SET, debt, flag)

    def set_xcshsms(self, ref: int, flag: int, now: int) -> None:
        """Set or remove the attribute that excludes the debt from Pause applied."""
        debt = self._debts[ref]
        debt.xcshsms = flag
        self._fact(now, Event.XCSHSMS_SET, debt, flag)

    # Arrangements and repayments

    def set_arrangement(self, ref: int, arrangement: int, status: int, now: int) -> None:
        """An arrangement (Arrangement, ArrangementStatus) was set up or changed, or it broke or ceased."""
        debt = self._debts[ref]
        debt.arrangement, debt.status = int(arrangement), int(status)
        self._fact(now, Event.ARRANGEMENT_SET, debt, arrangement * 10 + status)

    def set_repayment_due(self, ref: int, day: int, now: int) -> None:
        """The next repayment is due on this day (0: none is)."""
        debt = self._debts[ref]
        self._repayments.get(debt.repayment_due, {}).pop(ref, None)
        debt.repayment_due = day
        if day:
            self._repayments.setdefault(day, {})[ref] = None
        self._fact(now, Event.REPAYMENT_DUE, debt, day)

    def repay(self, ref: int, now: int) -> None:
        """A repayment was made."""
        self._fact(now, Event.REPAYMENT_MADE, self._debts[ref])

    def decline(self, ref: int, day: int, now: int) -> None:
        """A direct debit was declined on this day."""
        debt = self._debts[ref]
        debt.declined = day
        self._fact(now, Event.REPAYMENT_DECLINED, debt, day)

    # Write-offs

    def write_off(self, ref: int, code: int, ends: int, now: int) -> None:
        """Write one debt off (a WriteOff); `ends` is the day on which that is to end (0: never)."""
        debt = self._debts[ref]
        debt.write_off, debt.write_off_ends = int(code), ends
        self._fact(now, Event.WRITE_OFF_SET, debt, code, DEBT_LEVEL)
        if ends:
            self._fact(now, Event.WRITE_OFF_ENDS, debt, ends, DEBT_LEVEL)

    def end_write_off(self, ref: int, today: int, now: int) -> None:
        """A debt-level write-off ended."""
        debt = self._debts[ref]
        debt.write_off, debt.write_off_ends, debt.pause_ended = int(WriteOff.NONE), 0, today
        self._fact(now, Event.WRITE_OFF_ENDED, debt, other=DEBT_LEVEL)

    def write_off_customer(self, customer: int, code: int, ends: int, now: int) -> None:
        """Write off at customer level, for all debts (a WriteOff); `ends` as for one debt."""
        self._write_offs[customer] = (int(code), ends)
        self._append(now, Event.WRITE_OFF_SET, customer, 0, code, CUSTOMER_LEVEL)
        if ends:
            self._append(now, Event.WRITE_OFF_ENDS, customer, 0, ends, CUSTOMER_LEVEL)

    def end_customer_write_off(self, customer: int, today: int, now: int) -> None:
        """A customer-level write-off ended."""
        self._write_offs.pop(customer, None)
        for debt in self.of(customer):
            debt.pause_ended = today
        self._append(now, Event.WRITE_OFF_ENDED, customer, 0, 0, CUSTOMER_LEVEL)

    # Pauses and recovery

    def complete_hardship(self, ref: int, now: int) -> None:
        """The customer completed the Situational Hardship pause service for this debt."""
        debt = self._debts[ref]
        debt.hardship_completed = now
        self._fact(now, Event.HARDSHIP_PAUSE_COMPLETED, debt)

    def start_pause(self, ref: int, kind: int, ends: int, now: int) -> None:
        """Recovery pauses (`HARDSHIP` or `DISASTER`) until the day `ends`."""
        debt = self._debts[ref]
        debt.pause_ends = ends
        self._fact(now, Event.PAUSE_STARTED, debt, ends, kind)

    def cease_by_disaster(self, ref: int, ends: int, now: int) -> None:
        """A disaster pause ceased the arrangement; its previous rate is reinstated when the pause ends."""
        debt = self._debts[ref]
        debt.status, debt.auto_setup_ends = int(ArrangementStatus.CEASED), ends
        self._fact(now, Event.ARRANGEMENT_SET, debt, debt.arrangement * 10 + debt.status)
        self._fact(now, Event.AUTO_SETUP_CEASED, debt, ends)

    def end_pause(self, ref: int, today: int, now: int) -> None:
        """A pause ended."""
        debt = self._debts[ref]
        debt.pause_ends, debt.auto_setup_ends, debt.pause_ended = 0, 0, today
        self._fact(now, Event.PAUSE_ENDED, debt)

    def restart_recovery(self, ref: int, today: int, now: int) -> None:
        """Recovery restarted."""
        debt = self._debts[ref]
        debt.restarted = today
        self._fact(now, Event.RECOVERY_RESTARTED, debt)

    # Disasters

    def declare_disaster(self, ref: int, first: int, last: int, ends: int, now: int) -> None:
        """A disaster was declared for the postcodes `first` to `last`; its pause is to end on the day `ends`."""
        self._disasters[ref] = Disaster(ref, first, last, ends)
        self._append(now, Event.DISASTER_DECLARED, 0, ref, first, last)
        self._append(now, Event.DISASTER_ENDS, 0, ref, ends)

    def end_disaster(self, ref: int, now: int) -> None:
        """A disaster pause ended."""
        del self._disasters[ref]
        self._append(now, Event.DISASTER_ENDED, 0, ref)

    def _fact(self, now: int, event: int, debt: Debt, value: int = 0, other: int = 0) -> None:
        self._append(now, event, debt.customer, debt.ref, value, other)

    def _append(self, now: int, event: int, customer: int, ref: int, value: int = 0, other: int = 0) -> None:
        if customer:
            self._changed[customer] = None
        self._history.append(now, event, customer, other, ref, system=System.REGISTER, value=int(value))
