"""What customers do about debt messages beside paying: opt out of Centrelink's messages, or ask about one.

A message that is asked about is looked up on the correspondence screens (`dr-view`).
"""

from fakes.centrelink_sender import CentrelinkSender
from fakes.protocols import Happening
from sim.clock import DAY, HOUR
from sim.draws import Purpose, exponential
from sim.history import Event
from sim.messages import Screen
from sim.world.agenda import Rank
from sim.world.world import World

_OPTS_OUT, _ASKS = 1, 2  # n of the agenda's keys of a message
_DELAY = 64  # n of the draws of delays, + the step of the message
_LATEST_DAYS = 7
_INBOUND_OFFICER = 0


class DebtReactions:
    """Reactions to messages that were delivered. `screens` is any of Centrelink's senders: they share the screens."""

    def __init__(self, world: World, screens: CentrelinkSender) -> None:
        self.world = world
        self.screens = screens
        self.draws = world.draws
        parameters = world.parameters
        self._opt_out: float = parameters["behaviour.opt_out_per_message"]
        self._opt_out_ms = float(parameters["behaviour.opt_out_hours"]) * HOUR
        self._asks: float = parameters["behaviour.views_debt_message"]

    def delivered(self, happening: Happening) -> None:
        """A debt message reached its recipient."""
        world = self.world
        record = world.centrelink_ledger.message(happening.message)
        ref, step, customer = record.ref, record.step, happening.customer
        if world.chance(Purpose.OPT_OUT_AFTER, ref, step, self._opt_out):
            delay = exponential(world.draws.uniform(Purpose.OPT_OUT_AFTER, ref, _DELAY + step), self._opt_out_ms)
            self._later(delay, happening.message, _OPTS_OUT, customer)
        if self.draws.uniform(Purpose.ASKS, ref, step) < self._asks:
            delay = self.draws.uniform(Purpose.ASKS, ref, _DELAY + step) * _LATEST_DAYS * DAY
            self._later(delay, happening.message, _ASKS, customer)

    def _later(self, delay: float, message: int, what: int, customer: int) -> None:
        world = self.world
        time = world.now + max(1, round(delay))
        if time < world.end:
            function = self._opts_out if what == _OPTS_OUT else self._looked_up
            world.agenda.call(time, Rank.ANSWER, message, what, function, customer, message)

    def _opts_out(self, customer: int, _: int) -> None:
        recipient = self.world.centrelink.recipient(customer)
        if not recipient.opted_out and not recipient.deceased:
            self.world.centrelink.record_opt_out(customer, _INBOUND_OFFICER, self.world.now)

    def _looked_up(self, customer: int, message: int) -> None:
        """Screen after screen, until the message is found; a screen that does not show it is recorded without it."""
        world = self.world
        for screen in Screen:
            found = any(line.message == message for line in self.screens.screen(customer, screen, world.now))
            world.note(Event.HAS_VIEWED, customer, value=screen, message=message if found else 0)
            if found:
                return
