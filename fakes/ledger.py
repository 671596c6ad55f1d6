"""What the sending systems of one programme know of their own messages, by customer.

Pluto and Cuba share one ledger, because with `cs-daily-limit.scope = child_support_sms` the automatic messages count
too.
"""

from enum import IntEnum

from sim.clock import Clock
from sim.messages import Channel, Status


class State(IntEnum):
    """Where an issued message is."""

    HELD = 1
    OUTBOX = 2
    IN_FLIGHT = 3
    SENT = 4
    WITHDRAWN = 5


class Record:
    """One issued message. Instants are ms UTC, -1 where they have not come yet.

    `due` is the instant from which it may be handed over, `held_at` the instant of its last hold (or of its issue).
    """

    __slots__ = (
        "bounced", "channel", "customer", "due", "failed", "fields", "held_at", "issued", "message", "officer", "ref",
        "sent", "service", "state", "status", "step", "system", "template", "text", "viewable",
    )  # fmt: skip

    def __init__(
        self, message: int, customer: int, system: int, template: int, service: int, channel: int, issued: int, due: int
    ) -> None:
        self.message = message
        self.customer = customer
        self.system = system
        self.template = template
        self.service = service
        self.channel = channel
        self.issued = self.held_at = issued
        self.due = due
        self.state = State.HELD
        self.status = Status.HELD
        self.sent = self.viewable = self.failed = self.bounced = -1
        self.officer = self.ref = self.step = self.fields = 0
        self.text = ""


class Ledger:
    """All records of a programme, and the counts that the limits need; those count SMS alone."""

    def __init__(self) -> None:
        self._by_customer: dict[int, list[Record]] = {}
        self._by_message: dict[int, Record] = {}

    def add(self, record: Record) -> None:
        """Enter an issued message."""
        self._by_customer.setdefault(record.customer, []).append(record)
        self._by_message[record.message] = record

    def of(self, customer: int) -> list[Record]:
        """The messages to this customer in the order of issue."""
        return self._by_customer.get(customer, [])

    def message(self, message: int) -> Record:
        """One message. Raises KeyError for an unknown one."""
        return self._by_message[message]

    def sent_on(self, customer: int, day: int, clock: Clock, systems: tuple[int, ...]) -> int:
        """How many messages of `systems` were sent to the customer on the local day `day`; bounced ones count."""
        records = self._by_customer.get(customer)
        if not records:
            return 0
        begin, end = clock.midnight(day), clock.midnight(day + 1)
        return sum(1 for record in records if begin <= record.sent < end and self._counts(record, systems))

    def waiting_for(self, customer: int, day: int, today: int, clock: Clock, systems: tuple[int, ...]) -> int:
        """How many are issued, not yet sent, and to be delivered on `day`: held ones by their due instant, those in
        the outbox or in flight count for `today`."""
        count = 0
        for record in self._by_customer.get(customer, ()):
            if not self._counts(record, systems):
                continue
            if record.state == State.HELD:
                count += clock.day(record.due) == day
            elif record.state in (State.OUTBOX, State.IN_FLIGHT):
                count += day == today
        return count

    def in_flight(self, customer: int, systems: tuple[int, ...]) -> int:
        """How many are handed over and not yet acknowledged."""
        return sum(
            1 for record in self.of(customer) if record.state == State.IN_FLIGHT and self._counts(record, systems)
        )

    def latest(self, customer: int, system: int, by_sent: bool) -> int:
        """The instant of issue (or of sent) of the newest message of `system` that was not withdrawn; -1 for none."""
        newest = -1
        for record in self.of(customer):
            if record.system == system and record.state != State.WITHDRAWN:
                newest = max(newest, record.sent if by_sent else record.issued)
        return newest

    @staticmethod
    def _counts(record: Record, systems: tuple[int, ...]) -> bool:
        return record.system in systems and record.channel == Channel.SMS
