"""The debt messages' nights: SAP's nudges and then the DMIS run at 04:00 agency time; SAP's confirmations by day.

SAP's batch is planned first, because its nudges are due an hour earlier: a pick of DMIS finds them and gives way
(`dr-one-nudge`).
"""

from collections.abc import Iterable

from fakes.dmis import Dmis, Span
from fakes.sap import CONFIRMATION, INSTALMENT_NUDGE, Sap
from sim.history import Event
from sim.messages import Channel, Outcome, Reason, Request, System
from sim.world.agenda import Rank
from sim.world.debt_lives import DebtLife
from sim.world.desktop import record_issue
from sim.world.machines import Machines
from sim.world.refs import AUTOMATIC, DMIS_ROLE, SAP_ROLE, item_ref, process_ref
from sim.world.world import World

_NUDGE_STEP, _FIRST_CONFIRMATION_STEP = 0, 1


class NightlyDebt:
    """Runs the two systems and records what they answer."""

    def __init__(self, world: World, machines: Machines, dmis: Dmis, sap: Sap) -> None:
        self.world = world
        self.machines = machines
        self.dmis = dmis
        self.sap = sap
        self._first_day = world.agency.day(world.start)
        self._suppressed_by: dict[int, int] = {}  # customers whose instalment nudge was suppressed by the last run

    def schedule(self) -> None:
        """Put a run on the agenda for every agency date of the interval."""
        world, at = self.world, self.dmis.debt_values.run_ms
        for day in range(self._first_day, world.agency.day(world.end - 1) + 1):
            time = world.agency.at(day, at)
            if world.start <= time < world.end:
                world.agenda.call(time, Rank.NIGHTLY, System.DMIS, 0, self._run)

    def confirm(self, life: DebtLife) -> None:
        """An arrangement was set up or changed: SAP confirms it, once all facts of the millisecond are on record."""
        life.ticks += 1
        self.world.agenda.call(self.world.now, Rank.NIGHTLY, life.debt.ref, life.ticks, self._confirm, life)

    def _confirm(self, life: DebtLife) -> None:
        world = self.world
        ref = self._ref(life.member.id, SAP_ROLE)
        step = _FIRST_CONFIRMATION_STEP + life.number
        self._send(Request(world.next_message(), life.member.id, System.SAP, CONFIRMATION, ref=ref, step=step))

    def _run(self) -> None:
        self._instalments()
        self._hierarchy()

    def _instalments(self) -> None:
        world = self.world
        reminders = self.sap.plan(world.now)
        world.history.append(world.now, Event.NIGHTLY_RUN, system=System.SAP, value=reminders.day)
        self._record(
            Span(Event.SUPPRESSED_ENDED, customer, INSTALMENT_NUDGE, Reason.ONE_NUDGE, winner, reminders.day - 1)
            for customer, winner in self._suppressed_by.items()
        )
        self._record(
            Span(Event.SUPPRESSED, customer, INSTALMENT_NUDGE, Reason.ONE_NUDGE, winner, reminders.day)
            for customer, winner in reminders.suppressed
        )
        self._suppressed_by = dict(reminders.suppressed)
        for customer in reminders.customers:
            ref = self._ref(customer, SAP_ROLE)
            self._send(Request(world.next_message(), customer, System.SAP, INSTALMENT_NUDGE, ref=ref, step=_NUDGE_STEP))

    def _hierarchy(self) -> None:
        world = self.world
        night = self.dmis.run(world.now)
        world.history.append(world.now, Event.NIGHTLY_RUN, system=System.DMIS, value=night.day)
        self._record(night.spans)
        for customer, template in night.picks:
            request = Request(world.next_message(), customer, System.DMIS, template, ref=self._ref(customer, DMIS_ROLE))
            world.history.append(
                world.now, Event.PICKED, customer, 0, request.ref, request.message, 0, System.DMIS, template, 0,
                night.day,
            )  # fmt: skip
            self._send(request)

    def _ref(self, customer: int, role: int) -> int:
        """The ref of what a system does by itself on this agency date."""
        ordinal = self.world.agency.day(self.world.now) - self._first_day
        return item_ref(process_ref(customer, AUTOMATIC, ordinal), role)

    def _record(self, spans: Iterable[Span]) -> None:
        world = self.world
        for event, customer, template, reasons, winner, day in spans:
            system = System.SAP if template == INSTALMENT_NUDGE else System.DMIS
            world.history.append(
                world.now, event, customer, winner, system=system, template=template, reasons=reasons, value=day
            )

    def _send(self, request: Request) -> None:
        """One automatic send: asked of its system, and the answer recorded."""
        world = self.world
        self._note(Event.SEND_PRESSED, request, 0, Channel.SMS)
        decision = self.machines.send(request)
        if decision.outcome == Outcome.REFUSED:
            self._note(Event.REFUSED, request, decision.reasons, 0)
        else:
            record_issue(world, request, decision)

    def _note(self, event: int, request: Request, reasons: int, other: int) -> None:
        world = self.world
        world.history.append(
            world.now, event, request.customer, other, request.ref, request.message, 0, request.system,
            request.template, reasons,
        )  # fmt: skip
