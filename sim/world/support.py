"""Team Leaders, who give calls to other officers, and Service Support Officers, who answer questions."""

from sim.history import Event
from sim.world.calls import Calls
from sim.world.office import Desk, Office, Steps
from sim.world.promises import Promise
from sim.world.steps import Step
from sim.world.world import World


class Support:
    """The work of those whom officers turn to."""

    def __init__(self, world: World, office: Office, calls: Calls) -> None:
        self.world = world
        self.office = office
        self.calls = calls

    def leader_day(self, desk: Desk) -> Steps:
        """A Team Leader's shift: calls that could not be made in time go to another officer."""
        while self.world.now < desk.shift_ends:
            promise: Promise | None = yield self.office.leaders.take(desk.id)
            if promise is None:
                continue
            item = promise.item
            yield self.world.pause(desk.id, self.world.duration("reassign", item.ref, Step.REASSIGN))
            self.calls.reassign(promise)

    def support_day(self, desk: Desk) -> Steps:
        """A Service Support Officer's shift: questions are answered in the order of asking."""
        while self.world.now < desk.shift_ends:
            question = yield self.office.support.take(desk.id)
            if question is None:
                continue
            if not question.open:  # the officer gave up waiting: seen, and set aside
                yield self.world.pause(desk.id, self.world.duration("check", question.ref, Step.CONSULT))
                continue
            yield self.world.pause(desk.id, self.world.duration("consult", question.ref, Step.CONSULT))
            self.world.note(Event.CONSULT_ANSWERED, question.customer, question.ref, desk.id, value=1)
            self.office.answer(question)

    def leave(self, desk: Desk) -> None:
        """At the end of the shift what waits stays in the queue for the next member of staff."""
