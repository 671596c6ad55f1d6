"""An SMS that an officer sends to the wrong customer by a slip, and the call with the apology (`cs-wrong-customer`)."""

from fakes.protocols import Happening
from sim.clock import HOUR
from sim.draws import Purpose, exponential
from sim.history import Event
from sim.messages import Outcome, ProcessKind
from sim.population.customers import Role
from sim.world.agenda import Rank
from sim.world.calls import Calls
from sim.world.desktop import Sent
from sim.world.office import FOLLOW_UP, URGENT, Desk, Office, Steps
from sim.world.refs import report_ref
from sim.world.steps import Step
from sim.world.world import WorkItem, World

_NEIGHBOURHOOD = 100
"""Ids among which the wrong customer is drawn: names that stand near each other in a list."""
_NOTICED = 4  # n of the agenda's keys of a message
_PARTS = 4
_SLIPS, _WHO, _DELAY = range(3)
_FIRST_ROUND, _SECOND_ROUND = 9, 10


class WrongCustomer:
    """Slips, how officers learn of them, and what they then do."""

    def __init__(self, world: World, office: Office, calls: Calls) -> None:
        self.world = world
        self.office = office
        self.calls = calls
        parameters = world.parameters
        self._share: float = parameters["misdirected.wrong_customer_share"]
        self._noticed_ms = float(parameters["misdirected.wrong_customer_noticed_hours"]) * HOUR
        self._skipped: float = parameters["behaviour.step_skipped"]
        self._slips: dict[int, tuple[WorkItem, int, int]] = {}

    def addressed(self, item: WorkItem, step: int) -> WorkItem:
        """The work item with the customer whom the officer has before them when sending message `step`."""
        world = self.world
        if self._u(item, step, _SLIPS) >= self._share:
            return item
        first = item.customer - item.customer % _NEIGHBOURHOOD
        chosen = first + int(self._u(item, step, _WHO) * _NEIGHBOURHOOD)
        known = world.customers.get(chosen)
        if known is None or chosen == item.customer or known.role == Role.EMPLOYER:
            return item
        return item._replace(customer=chosen)

    def sent_to(self, item: WorkItem, to: WorkItem, sent: Sent, step: int) -> None:
        """A message of `item` went to the customer of `to`."""
        if sent.outcome in (Outcome.SENT, Outcome.HELD):
            self.world.misaddressed[sent.message] = True
            self._slips[sent.message] = (item, to.customer, step)

    def acknowledged(self, happening: Happening) -> None:
        """Such a message was sent: after a while an officer learns of it."""
        slip = self._slips.get(happening.message)
        if slip is None:
            return
        item, _, step = slip
        world = self.world
        time = world.now + max(1, round(exponential(self._u(item, step, _DELAY), self._noticed_ms)))
        if time < world.end:
            world.agenda.call(time, Rank.REMINDER, happening.message, _NOTICED, self._noticed, happening.message)

    def _noticed(self, message: int) -> None:
        item, customer, step = self._slips[message]
        world, ref = self.world, report_ref(item.ref, step)
        officer = world.ledger.message(message).officer
        world.note(Event.SENT_TO_WRONG_CUSTOMER, customer, ref, officer, message=message, other=item.customer)
        self.office.put(WorkItem(ref, ProcessKind.MISDIRECTED_MESSAGE, customer, message=message), URGENT)

    def serve(self, desk: Desk, item: WorkItem) -> Steps:
        """Call that customer, tell them and apologise; once more on the next business day, then by letter."""
        world = self.world
        if world.cuba.recipient(item.customer).deceased or self._skips(item):
            return
        round_ = _SECOND_ROUND if item.stage else _FIRST_ROUND
        if (yield from self.calls.round(desk, item, item.customer, round_)):
            world.note(Event.APOLOGISED, item.customer, item.ref, desk.id, message=item.message)
        elif item.stage:
            yield world.pause(desk.id, world.duration("letter", item.ref, Step.APOLOGY_CALL))
            world.note(Event.LETTER_SENT, item.customer, item.ref, desk.id, message=item.message)
        else:
            opens = self.office.next_opening(desk.officer.team, world.now)
            again = item._replace(stage=1)
            world.agenda.call(opens, Rank.ARRIVAL, item.ref, 1, self.office.put, again, FOLLOW_UP, False)

    def _skips(self, item: WorkItem) -> bool:
        return not item.stage and self.world.chance(Purpose.STEP_SKIPPED, item.ref, Step.APOLOGY_CALL, self._skipped)

    def _u(self, item: WorkItem, step: int, part: int) -> float:
        return self.world.draws.uniform(Purpose.WRONG_CUSTOMER, item.ref, step * _PARTS + part)
