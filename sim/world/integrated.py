"""Integrated Service Officers: their work items, the choice between Pluto and Customer First, pre call notifications,
claim outcomes and service offers (policy.md E; EM table 3).
"""

from typing import NamedTuple

import simpy

from sim.clock import HOUR
from sim.draws import Choice, Purpose
from sim.history import Event
from sim.messages import ContactTime, IntegratedWork, Outcome, ProcessKind, System
from sim.policy.content import PAYMENTS
from sim.policy.routing import GRANTED, PRE_CALL, PRE_CALL_REVIEW, REJECTED, SERVICE_OFFER
from sim.population.customers import Customer, Role
from sim.world.agenda import Rank
from sim.world.arrivals import WeeklyProfile, arrival_times
from sim.world.calls import Calls
from sim.world.desktop_messaging import DesktopMessaging
from sim.world.office import ORDINARY, URGENT, Desk, Office, Steps
from sim.world.procedure import Procedure
from sim.world.refs import item_ref, process_ref
from sim.world.steps import Step
from sim.world.world import WorkItem, World

_ROLE = 1
_ONLINE = 2
_CALL_ROUND = 11
_LAST_HOURS_OF_SHIFT = {PRE_CALL: HOUR, PRE_CALL_REVIEW: 2 * HOUR}
_TODAY_STEP, _CLAIM_STEP, _AUTOMATIC_STEP, _OFFER_STEP = 1, 2, 3, 4
# What is drawn of a work item (n of WORK).
_WORK, _MAIN_ISSUE, _CLAIM, _OUTCOME, _CCM, _PAYMENT, _OFFER, _ALERT = range(8)
_CLAIMS = (IntegratedWork.CENTRELINK_WORK_TYPE, IntegratedWork.CLAIM_PROGRESSION)


class Task(NamedTuple):
    """What a work item is about. `outcome` is that of a claim to be finalised (0: none), `payment` its type; `ccm` and
    `main_issue_claim` are flags; `offers`: a debtor is to be told of the services for repaying."""

    work: int
    main_issue_claim: int
    outcome: int
    payment: int
    ccm: int
    offers: bool


class Integrated:
    """The Integrated Service Officers' procedure. One object serves all of them."""

    def __init__(
        self, world: World, office: Office, desktop: DesktopMessaging, calls: Calls, procedure: Procedure
    ) -> None:
        self.world = world
        self.office = office
        self.rules = world.machinery.rules
        self.desktop = desktop
        self.calls = calls
        self.procedure = procedure
        parameters = world.parameters
        self._skipped: float = parameters["behaviour.step_skipped"]
        self._rate: float = parameters["integrated.work_per_year"]
        self._referrals: float = parameters["integrated.referrals_per_year"]
        self._choice = Choice([parameters[f"integrated.weight_{work.name.lower()}"] for work in IntegratedWork])
        self._share = {name: float(parameters[f"integrated.{name}"]) for name in (
            "main_issue_claim_share", "claim_finalised_share", "granted_share", "ccm_share", "service_offer_share",
            "precall_share",
        )}  # fmt: skip
        self._tasks: dict[int, Task] = {}

    # Work arrives

    def schedule(self, customer: Customer, profile: WeeklyProfile) -> None:
        """Put this customer's work items on the agenda."""
        world = self.world
        if world.centrelink.knows(customer.id):
            rate = self._rate
        elif customer.id in world.customers and customer.role != Role.EMPLOYER:
            rate = self._referrals
        else:
            return
        times = arrival_times(
            world.draws, profile, customer.id, ProcessKind.INTEGRATED, rate * customer.activity, world.end
        )
        for ordinal, time in enumerate(times):
            ref = item_ref(process_ref(customer.id, ProcessKind.INTEGRATED, ordinal), _ROLE)
            world.agenda.call(max(time, world.start), Rank.ARRIVAL, ref, 0, self._arrive, ref, customer.id)

    def _arrive(self, ref: int, customer: int) -> None:
        world = self.world
        if world.registers.recipient(customer).deceased:
            return
        task = self._tasks[ref] = self._task(ref, customer)
        if task.main_issue_claim:
            world.note(Event.MAIN_ISSUE_SET, customer, ref, value=1)
        if task.outcome:
            world.note(Event.CCM_SET, customer, ref, value=task.ccm)
        item = WorkItem(ref, ProcessKind.INTEGRATED, customer)
        self.office.put(item, URGENT if task.main_issue_claim else ORDINARY)

    def _task(self, ref: int, customer: int) -> Task:
        world = self.world
        if not world.centrelink.knows(customer):
            return Task(IntegratedWork.SCT_DISAGREED_REFERRAL, 0, 0, 0, 0, False)
        work = list(IntegratedWork)[self._choice(self._u(ref, _WORK))]
        if work == IntegratedWork.SCT_DISAGREED_REFERRAL and customer not in world.customers:
            work = IntegratedWork.CENTRELINK_WORK_TYPE  # such referrals are Child Support's
        main_issue = work == IntegratedWork.CLAIM_PROGRESSION or self._is(ref, _MAIN_ISSUE, "main_issue_claim_share")
        outcome = 0
        if work in _CLAIMS and self._is(ref, _CLAIM, "claim_finalised_share"):
            outcome = GRANTED if self._is(ref, _OUTCOME, "granted_share") else REJECTED
        owes = any(not debt.is_paid for debt in world.centrelink.debts.of(customer))
        return Task(
            work,
            int(main_issue),
            outcome,
            list(PAYMENTS)[int(self._u(ref, _PAYMENT) * len(PAYMENTS))] if outcome else 0,
            int(self._is(ref, _CCM, "ccm_share")),
            owes and not outcome and self._is(ref, _OFFER, "service_offer_share"),
        )

    # One work item

    def serve(self, desk: Desk, item: WorkItem) -> Steps:
        """One work item: a claim, a service offer, or a contact."""
        if item.stage:
            yield from self.procedure.last_round(desk, item)
            return
        task = self._tasks.get(item.ref)
        if task is None:  # the follow-up to a request that went from Pluto
            yield from self.procedure.contact(desk, item)
            return
        if self.world.registers.recipient(item.customer).deceased:
            return
        if task.outcome:
            yield from self._claim(desk, item, task)
        elif task.offers:
            yield from self.desktop.send(desk, item, self.world.templates[SERVICE_OFFER], _OFFER_STEP)
        elif self._routed(desk, item, task) == System.CUSTOMER_FIRST:
            yield from self._contact(desk, item, task)
        else:
            yield from self.procedure.contact(desk, item)

    def _routed(self, desk: Desk, item: WorkItem, task: Task) -> int:
        """From which system to send. A customer whom that system does not know is sent from the other one."""
        world, customer = self.world, item.customer
        chosen = self._route(item, task)
        self._note(Event.ROUTED, desk, item, chosen, task.work)
        if chosen == System.PLUTO and customer not in world.customers:
            chosen = System.CUSTOMER_FIRST
        elif chosen == System.CUSTOMER_FIRST and not world.centrelink.knows(customer):
            chosen = System.PLUTO
        else:
            return chosen
        self._note(Event.ROUTED, desk, item, chosen, task.work)
        return chosen

    def _route(self, item: WorkItem, task: Task) -> int:
        """The four tests of `cf-route` in order. A test that the officer leaves out answers nothing."""
        centrelink, customer = self.world.centrelink, item.customer
        work, main_issue = task.work, task.main_issue_claim
        mutual, current = centrelink.is_mutual(customer), centrelink.is_current(customer)
        if work == IntegratedWork.SCT_DISAGREED_REFERRAL and self._skips(item, Step.ROUTE):
            work = IntegratedWork.OTHER
        if self._skips(item, Step.ROUTE + 1):
            mutual = 1
        if self._skips(item, Step.ROUTE + 2):
            current = 1
        if work != IntegratedWork.SCT_DISAGREED_REFERRAL and self._skips(item, Step.ROUTE + 3):
            work, main_issue = IntegratedWork.OTHER, 0
        return self.rules.route(work, mutual, current, main_issue)

    # A contact from Customer First

    def _contact(self, desk: Desk, item: WorkItem, task: Task) -> Steps:
        """A pre call notification and the call that it promises, or the call at once."""
        world, values = self.world, self.world.values
        code = PRE_CALL if self._skips(item, Step.ROUTE + 4) else self.rules.pre_call_template(task.work)
        time_of_day = world.clock_of(item.customer).time_of_day(world.now)
        late = desk.shift_ends - world.now < _LAST_HOURS_OF_SHIFT[code]
        closed = not values.opens_ms <= time_of_day < values.closes_ms
        if late or closed or not self._is(item.ref, _ALERT, "precall_share"):
            yield from self._phone(desk, item)
            return
        sent = yield from self.desktop.send(desk, item, world.templates[code], _TODAY_STEP)
        if sent.outcome not in (Outcome.SENT, Outcome.HELD):
            yield from self._phone(desk, item)
            return
        code = world.centrelink_ledger.message(sent.message).template
        if code in _LAST_HOURS_OF_SHIFT:
            contact_time = ContactTime.NEXT_HOUR if code == PRE_CALL_REVIEW else ContactTime.TODAY
            self.calls.promised(desk, item, sent.message, contact_time, code)

    def _phone(self, desk: Desk, item: WorkItem) -> Steps:
        if not (yield from self.calls.round(desk, item, item.customer, _CALL_ROUND)):
            yield from self.procedure.letter(desk, item)

    # A claim is finalised

    def _claim(self, desk: Desk, item: WorkItem, task: Task) -> Steps:
        """Finalise the claim, then find out whether a message is to be sent by hand."""
        world, rules, outcome = self.world, self.rules, task.outcome
        yield self._pause(desk, item, "claim", Step.CLAIM)
        self._note(Event.CLAIM_FINALISED, desk, item, outcome, task.payment)
        automatic = rules.automatic_claim_message(outcome, task.ccm)
        if automatic:
            self.desktop.automatic(item, world.templates[automatic], _AUTOMATIC_STEP, task.payment)
        # What the officer has found out; a step left out is taken for granted.
        ccm = 0 if self._skips(item, Step.CLAIM + 1) else task.ccm
        online = int(world.centrelink.mail(item.customer) == _ONLINE)
        if outcome == GRANTED and self._skips(item, Step.CLAIM + 2):
            online = 0
        reached = 0
        if outcome == REJECTED and not ccm and not self._skips(item, Step.CLAIM + 3):
            reached = int((yield from self.calls.round(desk, item, item.customer, _CALL_ROUND)))
        withheld = rules.claim_withheld(outcome, ccm, online, reached)
        if withheld:
            self._note(Event.CLAIM_MESSAGE_WITHHELD, desk, item, withheld)
            return
        code = rules.claim_message(outcome, ccm, online, reached, 1)
        if code and not self._skips(item, Step.CLAIM + 4):
            yield from self.desktop.send(desk, item, world.templates[code], _CLAIM_STEP, task.payment)

    # Small words

    def _u(self, ref: int, n: int) -> float:
        return self.world.draws.uniform(Purpose.WORK, ref, n)

    def _is(self, ref: int, n: int, name: str) -> bool:
        return self._u(ref, n) < self._share[name]

    def _skips(self, item: WorkItem, step: int) -> bool:
        return self.world.chance(Purpose.STEP_SKIPPED, item.ref, step, self._skipped)

    def _pause(self, desk: Desk, item: WorkItem, name: str, step: int) -> simpy.Event:
        return self.world.pause(desk.id, self.world.duration(name, item.ref, step))

    def _note(self, event: Event, desk: Desk, item: WorkItem, value: int = 0, other: int = 0) -> None:
        self.world.note(event, item.customer, item.ref, desk.id, value, other=other)
