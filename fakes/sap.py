"""SAP: confirms arrangements as they are set up or changed, and nudges the day before an instalment is due."""

from typing import NamedTuple

from fakes.centrelink_sender import CentrelinkSender, CentrelinkSurroundings
from fakes.debts import Debt
from sim.clock import AGENCY_ZONE, clock
from sim.messages import Arrangement, ArrangementStatus, Reason, Recipient, Request, System
from sim.policy.templates import Template

CONFIRMATION, INSTALMENT_NUDGE = 501, 502
_BY_INSTALMENTS = (Arrangement.VOL, Arrangement.CSH, Arrangement.IRR)
_IN_FORCE = (ArrangementStatus.PND, ArrangementStatus.CUR)
_OVER = (ArrangementStatus.NONE, ArrangementStatus.CEASED)


class Reminders(NamedTuple):
    """Who is to be nudged on a local day, and who is not, as (customer, template of the nudge that is in the way)."""

    day: int
    customers: list[int]
    suppressed: list[tuple[int, int]]


class Sap(CentrelinkSender):
    """The system. `plan` is asked once an agency date; what it names is then asked of `handle`."""

    system = System.SAP

    def __init__(self, around: CentrelinkSurroundings) -> None:
        super().__init__(around)
        self._agency = clock(AGENCY_ZONE)

    def confirms(self, before: tuple[int, int], after: tuple[int, int]) -> bool:
        """Whether an arrangement that is now (Arrangement, ArrangementStatus) `after` was set up or changed, so that it
        is confirmed (`dr-kind`): it is in force, and was not, or is of another kind."""
        return after[1] in _IN_FORCE and (before[1] in _OVER or after[0] != before[0])

    def plan(self, now: int) -> Reminders:
        """The nudges of the agency date of `now`: instalments that are due so many days later, one nudge a customer."""
        day = self._agency.day(now)
        reminders = Reminders(day, [], [])
        due = self.register.debts.repayments_due(day + self.debt_values.sap_nudge_days_before)
        for customer in sorted({debt.customer: None for debt in due if _by_instalments(debt)}):
            in_the_way = self.nudge_in_the_way(customer, INSTALMENT_NUDGE, self._due_day(customer, now))
            if in_the_way:
                reminders.suppressed.append((customer, in_the_way))
            else:
                reminders.customers.append(customer)
        return reminders

    def _further_tests(self, request: Request, recipient: Recipient, template: Template | None, now: int) -> int:
        """The one nudge a day, tested again at the issue: nothing gets round it."""
        if template is None or template.system != self.system:
            return 0
        in_the_way = self.nudge_in_the_way(request.customer, template.code, self._due_day(request.customer, now))
        return Reason.ONE_NUDGE if in_the_way else 0

    def _plan(self, request: Request, now: int) -> tuple[int, int] | None:
        if request.template != INSTALMENT_NUDGE:
            return None
        return self._agency.day(now), self.debt_values.sap_due_ms

    def _due_day(self, customer: int, now: int) -> int:
        """The local day on which a nudge that is planned now would be due."""
        due = self.due(customer, (self._agency.day(now), self.debt_values.sap_due_ms), now)
        return self.clocks[self.register.recipient(customer).zone].day(due)


def _by_instalments(debt: Debt) -> bool:
    return debt.arrangement in _BY_INSTALMENTS and debt.status in _IN_FORCE
