"""The messages issued to one customer, as their sending systems have them on record at an instant."""

from collections.abc import Iterator

from sim.clock import Clock
from sim.explain.chronicle import Row
from sim.history import Event
from sim.messages import Channel


class Sending:
    """One issued message. Instants are ms UTC, -1 where they have not come. `due` is the instant from which it may be
    handed over, `held_at` that of its last hold (or of its issue)."""

    __slots__ = (
        "channel", "customer", "due", "handed_over", "held_at", "issued", "message", "sent", "system", "template",
        "withdrawn",
    )  # fmt: skip

    def __init__(self, row: Row) -> None:
        self.message, self.customer, self.system, self.template = row.message, row.customer, row.system, row.template
        self.channel = row.other
        self.issued = self.held_at = row.time
        self.due = row.value
        self.handed_over = self.sent = self.withdrawn = -1

    def is_held(self, now: int) -> bool:
        """Whether it still waits for its due instant."""
        return self.withdrawn < 0 and self.handed_over < 0 and self.sent < 0 and self.due > now

    @property
    def waits(self) -> bool:
        """Whether it is issued, not withdrawn and not sent."""
        return self.withdrawn < 0 and self.sent < 0

    def told(self, row: Row) -> None:
        """One more row of its life."""
        if row.event == Event.HELD_AGAIN:
            self.due = row.value
            if row.reasons:  # a zone that changed computes the due instant anew and is no hold
                self.held_at = row.time
        elif row.event == Event.WITHDRAWN:
            self.withdrawn = row.time
        elif row.event == Event.HANDED_OVER:
            self.handed_over = row.time
        elif row.event == Event.ACKNOWLEDGED:
            self.sent = row.time


class Sendings:
    """The messages of some systems to one customer, in the order of issue. The counts are of SMS alone, on the local
    days of a clock."""

    def __init__(self) -> None:
        self._by_message: dict[int, Sending] = {}

    def __iter__(self) -> Iterator[Sending]:
        return iter(self._by_message.values())

    def get(self, message: int) -> Sending | None:
        """One of them; None when it is not among them."""
        return self._by_message.get(message)

    def told(self, row: Row) -> None:
        """A row of the life of one of them: ISSUED makes it one."""
        if row.event == Event.ISSUED:
            self._by_message[row.message] = Sending(row)
        elif row.message in self._by_message:
            self._by_message[row.message].told(row)

    def sent_on(self, day: int, clock: Clock, systems: tuple[int, ...]) -> int:
        """How many were sent on this day; bounced ones count."""
        begin, end = clock.midnight(day), clock.midnight(day + 1)
        return sum(1 for one in self._counted(systems) if begin <= one.sent < end)

    def waiting_for(self, day: int, clock: Clock, systems: tuple[int, ...], now: int) -> int:
        """How many wait to be sent on this day: held ones by their due instant; those whose due instant has come, and
        those handed over and not yet acknowledged, count for the day of `now`."""
        today = clock.day(now)
        return sum(
            1 for one in self._counted(systems)
            if one.waits and (clock.day(one.due) if one.is_held(now) else today) == day
        )  # fmt: skip

    def in_flight(self, systems: tuple[int, ...]) -> int:
        """How many are handed over and not yet acknowledged."""
        return sum(1 for one in self._counted(systems) if one.waits and one.handed_over >= 0)

    def latest(self, system: int, by_sent: bool) -> Sending | None:
        """The newest one of `system` by its issue, or by the instant at which it was sent; withdrawn ones, and those
        not yet sent where that is asked, do not count."""
        own = [one for one in self if one.system == system and one.withdrawn < 0]
        own = [one for one in own if not by_sent or one.sent >= 0]
        return max(own, key=lambda one: one.sent if by_sent else one.issued, default=None)

    def _counted(self, systems: tuple[int, ...]) -> Iterator[Sending]:
        return (one for one in self if one.system in systems and one.channel == Channel.SMS)
