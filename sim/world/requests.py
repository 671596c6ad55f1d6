"""What customers do with messages: answer them, or not, or opt out; and what the office does about silence."""

from fakes.ledger import Record
from fakes.protocols import Happening
from sim.clock import DAY, HOUR
from sim.draws import Purpose, exponential, lognormal
from sim.history import Event
from sim.messages import Channel, ProcessKind, System
from sim.policy.procedures import counts_as_unanswered
from sim.world.agenda import Rank
from sim.world.office import FOLLOW_UP, URGENT, Office
from sim.world.refs import ROUNDS, bounce_ref, next_round
from sim.world.world import WorkItem, World

_ANSWERS, _OPTS_OUT = 1, 2
_MANY_DAYS = 28 * DAY
_INBOUND_OFFICER = 0


class Requests:
    """Messages that ask for an answer, their answers, and the follow-ups to those that get none."""

    def __init__(self, world: World, office: Office) -> None:
        self.world = world
        self.office = office
        parameters = world.parameters
        self._response_share: float = parameters["behaviour.response_share"]
        self._response_ms = float(parameters["behaviour.response_hours"]) * HOUR
        self._response_sigma: float = parameters["behaviour.response_sigma"]
        self._follow_up_ms = round(float(parameters["work.follow_up_days"]) * DAY)
        self._follow_up_share: float = parameters["work.follow_up_share"]
        self._opt_out: float = parameters["behaviour.opt_out_per_message"]
        self._many: int = parameters["behaviour.opt_out_many_messages"]
        self._many_factor: float = parameters["behaviour.opt_out_many_factor"]
        self._opt_out_ms = float(parameters["behaviour.opt_out_hours"]) * HOUR
        self._asked: dict[int, list[int]] = {}
        self._followed: dict[int, bool] = {}

    def asked(self, item: WorkItem, message: int) -> None:
        """A message that asks for an answer was issued; after a while the office looks whether one came."""
        world = self.world
        self._asked.setdefault(item.customer, []).append(world.now)
        look = world.now + self._follow_up_ms
        if look < world.end:
            world.agenda.call(look, Rank.REMINDER, message, 0, self._follow_up, item, world.now)

    def unanswered(self, customer: int, now: int) -> int:
        """How many messages to the customer are unanswered at `now` in the sense of `cs-unanswered`."""
        window = self.world.values.unanswered_ms
        last = self.world.cuba.last_contact(customer)
        return sum(counts_as_unanswered(issued, last, now, window) for issued in self._asked.get(customer, ()))

    def delivered(self, happening: Happening) -> None:
        """A message reached its recipient, who may answer it, and may opt out."""
        world, record = self.world, self.world.ledger.message(happening.message)
        if self._read_by_another(record):
            return
        template = world.templates[record.template]
        draws, ref, step = world.draws, record.ref, record.step
        if template.asks_answer and world.chance(Purpose.RESPONSE, ref, step, self._response_share):
            delay = lognormal(draws.uniform(Purpose.RESPONSE_DELAY, ref, step), self._response_ms, self._response_sigma)
            self._later(round(delay), happening.message, _ANSWERS, self._answers, happening.message, happening.customer)
        recent = sum(1 for other in world.ledger.of(record.customer) if other.sent > world.now - _MANY_DAYS)
        share = self._opt_out * (self._many_factor if recent >= self._many else 1.0)
        if world.chance(Purpose.OPT_OUT_AFTER, ref, step, share):
            delay = exponential(draws.uniform(Purpose.OPT_OUT_AFTER, ref, 64 + step), self._opt_out_ms)
            self._later(round(delay), happening.message, _OPTS_OUT, self._opts_out, happening.customer)

    def bounced(self, happening: Happening) -> None:
        """A bounce back was created: somebody checks the number."""
        record = self.world.ledger.message(happening.message)
        ref = bounce_ref(record.ref, record.step)
        item = WorkItem(ref, ProcessKind.BOUNCE_BACK_FOLLOW_UP, record.customer, message=record.message)
        self.office.put(item, URGENT)

    def _read_by_another(self, record: Record) -> bool:
        """Whether somebody else got it: a stranger who has the number, or the wrong customer."""
        world = self.world
        to_stranger = record.channel == Channel.SMS and record.customer in world.strangers
        return to_stranger or record.message in world.misaddressed

    def _later(self, delay: int, message: int, n: int, function: object, *arguments: int) -> None:
        world = self.world
        time = world.now + max(1, delay)
        if time < world.end:
            assert callable(function)
            world.agenda.call(time, Rank.ANSWER, message, n, function, *arguments)

    def _answers(self, message: int, customer: int) -> None:
        world = self.world
        if world.cuba.recipient(customer).deceased:
            return
        world.history.append(world.now, Event.ANSWERED, customer, message=message, system=System.WORLD)
        world.cuba.record_contact(customer, world.now)

    def _opts_out(self, customer: int) -> None:
        recipient = self.world.cuba.recipient(customer)
        if not recipient.opted_out and not recipient.deceased:
            self.world.cuba.record_opt_out(customer, _INBOUND_OFFICER, self.world.now)

    def _follow_up(self, item: WorkItem, asked_at: int) -> None:
        world = self.world
        answered = world.cuba.last_contact(item.customer) >= asked_at
        if (
            answered
            or item.round >= ROUNDS
            or item.ref in self._followed
            or world.cuba.recipient(item.customer).deceased
        ):
            return
        self._followed[item.ref] = True
        if world.chance(Purpose.WORK_DETAIL, item.ref, item.round + 1, self._follow_up_share):
            again = item._replace(ref=next_round(item.ref), round=item.round + 1, stage=0)
            self.office.put(again, FOLLOW_UP)
