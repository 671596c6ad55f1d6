"""Cuba's automatic EM: a batch each evening that sends what has come due since the one before."""

from sim.clock import DAY
from sim.draws import Purpose
from sim.history import Event
from sim.messages import Outcome, Request, System
from sim.policy.settings import time_ms
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.desktop import record_issue
from sim.world.lives import moments
from sim.world.machines import Machines
from sim.world.refs import AUTOMATIC, process_ref
from sim.world.world import World

_MONTH = 30 * DAY
_REMINDER_ORDINAL = 500  # monthly reminders and notices have ordinals apart
_STEP = 1


class Automatic:
    """Collects what is due for each evening's batch, and runs the batches."""

    def __init__(self, world: World, machines: Machines) -> None:
        self.world = world
        self.machines = machines
        parameters = world.parameters
        self._batch_at = time_ms(parameters["cuba.batch_at"])
        self._notices: float = parameters["cuba.notices_per_year"]
        self._reminded: float = parameters["cuba.payment_reminder_share"]
        automatic = [template for template in world.templates.values() if template.system == System.CUBA]
        self._monthly = next(template.code for template in automatic if template.group == "Payment information")
        self._others = [template.code for template in automatic if template.code != self._monthly]
        self._due: dict[int, list[tuple[int, int, int]]] = {}

    def collect(self, customer: Customer) -> None:
        """Work out this customer's automatic messages of the whole run."""
        world, draws = self.world, self.world.draws
        if customer.role == Role.EMPLOYER:
            return
        for ordinal, time in enumerate(
            moments(draws, Purpose.AUTOMATIC_NOTICE, customer.id, self._notices, world.start, world.end)
        ):
            u = draws.uniform(Purpose.AUTOMATIC_NOTICE, customer.id, 2 * _REMINDER_ORDINAL + ordinal)
            self._add(time, customer.id, ordinal, self._others[int(u * len(self._others))])
        if customer.role == Role.PAYER:
            u = draws.uniform(Purpose.AUTOMATIC_NOTICE, customer.id, 4 * _REMINDER_ORDINAL)
            if draws.uniform(Purpose.AUTOMATIC_NOTICE, customer.id, 4 * _REMINDER_ORDINAL + 1) < self._reminded:
                time, ordinal = world.start + int(u * _MONTH), _REMINDER_ORDINAL
                while time < world.end:
                    self._add(time, customer.id, ordinal, self._monthly)
                    time, ordinal = time + _MONTH, ordinal + 1

    def schedule(self) -> None:
        """Put the evenings' batches on the agenda."""
        world = self.world
        for day in sorted(self._due):
            time = world.agency.at(day, self._batch_at)
            if world.start <= time < world.end:
                world.agenda.call(time, Rank.NIGHTLY, System.CUBA, 0, self._run, day)

    def _add(self, time: int, customer: int, ordinal: int, template: int) -> None:
        day, time_of_day = self.world.agency.local(time)
        batch = day if time_of_day <= self._batch_at else day + 1
        self._due.setdefault(batch, []).append((customer, ordinal, template))

    def _run(self, day: int) -> None:
        world = self.world
        world.history.append(world.now, Event.NIGHTLY_RUN, system=System.CUBA, value=day)
        for customer, ordinal, template in sorted(self._due.pop(day)):
            request = Request(
                world.next_message(), customer, System.CUBA, template, ref=process_ref(customer, AUTOMATIC, ordinal),
                channel=world.automatic.channel(customer), fdv_undiscussed=world.cuba.fdv_undiscussed(customer),
                step=_STEP,
            )  # fmt: skip
            self._record(Event.SEND_PRESSED, request, 0)
            decision = self.machines.send(request)
            if decision.outcome == Outcome.REFUSED:
                self._record(Event.REFUSED, request, decision.reasons)
            else:
                record_issue(world, request, decision)

    def _record(self, event: int, request: Request, reasons: int) -> None:
        world = self.world
        other = request.channel if event == Event.SEND_PRESSED else 0
        world.history.append(
            world.now,
            event,
            request.customer,
            other,
            request.ref,
            request.message,
            0,
            System.CUBA,
            request.template,
            reasons,
        )
