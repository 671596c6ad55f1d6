"""After the end of a run, as no further facts come: what still waits is handed over when it is due, and sent at once.

It is told as further rows of the history, so that whatever reads rows can go on.
"""

import heapq
from collections.abc import Iterator

from sim.explain import hand_over
from sim.explain.chronicle import Row
from sim.explain.law import Law
from sim.explain.sendings import Sending
from sim.explain.standing import Standing
from sim.history import Event
from sim.messages import Channel, System

FIRST_SEQ = 2**62
"""The `seq` of rows that nobody recorded."""
_FOR_EVER = 2**62


class Afterwards:
    """The messages that wait in `standing` at the instant `end`. What becomes of them is told to `standing` as well.

    With a limit of 0 what it binds waits for ever.
    """

    def __init__(self, law: Law, standing: Standing, end: int) -> None:
        self._law = law
        self._standing = standing
        self._waiting: list[tuple[int, int, int]] = []
        self._issued = 0
        for one in (*standing.child_support, *standing.centrelink):
            if one.waits:
                self._wait(end if one.handed_over >= 0 else max(one.due, end), one)

    def rows(self, until: int = _FOR_EVER) -> Iterator[Row]:
        """What happens up to and including the instant `until`, in order of time."""
        standing = self._standing
        while self._waiting and self._waiting[0][0] <= until:
            time, _, message = heapq.heappop(self._waiting)
            sending = standing.child_support.get(message) or standing.centrelink.get(message)
            assert sending is not None
            for row in self._step(sending, time):
                standing.told(row)
                yield row
                if row.event == Event.HELD_AGAIN:
                    self._wait(row.value, sending)

    def issue(self, system: System, template: int, now: int, due: int) -> None:
        """A batch issues a message of its own at `now`."""
        self._issued += 1
        customer = self._standing.customer
        row = Row(
            FIRST_SEQ, now, Event.ISSUED, customer, Channel.SMS, 0, FIRST_SEQ + self._issued, 0, system, template, 0,
            due,
        )  # fmt: skip
        self._standing.told(row)
        self._wait(due, Sending(row))

    def _wait(self, time: int, one: Sending) -> None:
        if self._law.values.limit > 0 or one.system not in self._law.counted or one.handed_over >= 0:
            heapq.heappush(self._waiting, (time, one.system, one.message))

    def _step(self, sending: Sending, now: int) -> Iterator[Row]:
        """A message that waits is acknowledged, handed over and acknowledged, held again, or withdrawn."""
        if sending.handed_over < 0:
            judged = hand_over.judge(self._law, sending, self._standing, now)
            yield _row(sending, now, judged.event, sending.system, judged.reasons, judged.due)
            if judged.event != Event.HANDED_OVER:
                return
        yield _row(sending, now, Event.ACKNOWLEDGED, System.GATEWAY)


def _row(sending: Sending, time: int, event: int, system: int, reasons: int = 0, value: int = 0) -> Row:
    return Row(
        FIRST_SEQ, time, event, sending.customer, 0, 0, sending.message, 0, system, sending.template, reasons, value
    )  # fmt: skip
