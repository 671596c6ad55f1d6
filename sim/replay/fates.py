"""What became of each message, and why each debt message was suppressed on each night: read from rows.

The rows of a recording and those of a replay are folded by the same code, so that they can be held against each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.history import Event, History
from sim.messages import Outcome
from sim.replay.stream import asked_of
from sim.replay.systems import Outcomes, Row

_MESSAGES = (
    Event.SEND_PRESSED, Event.CONFIRMATION_ASKED, Event.CONFIRMED, Event.CANCELLED, Event.REFUSED, Event.ISSUED,
    Event.HELD, Event.HELD_AGAIN, Event.WITHDRAWN, Event.ACKNOWLEDGED,
)  # fmt: skip
_SPANS = (Event.ELIGIBLE, Event.ELIGIBLE_ENDED, Event.SUPPRESSED, Event.SUPPRESSED_ENDED)
_NEVER = -1
NOT_WAITING = -1
"""In a decision, of what goes at once or not at all."""


class Hold(NamedTuple):
    """Held again: until when (ms UTC), and why (a mask of Reason; 0: the zone on record changed)."""

    due: int
    reasons: int


class Fate(NamedTuple):
    """What became of one press of Send, or one automatic send. Instants are ms UTC, -1 for what did not happen.

    `pressed`: the first press; `decided`: the press that was answered last; `answer`: an Outcome, as the system gave it
    (CANCELLED: the officer stopped at the question); `due`: the first due instant; `final`: the Outcome in the end;
    `reasons`: of a refusal or a withdrawal.
    """

    message: int
    customer: int
    system: int
    template: int
    pressed: int
    decided: int = _NEVER
    asked: bool = False
    answer: int = Outcome.NEEDS_CONFIRMATION
    reasons: int = 0
    due: int = _NEVER
    holds: tuple[Hold, ...] = ()
    final: int = Outcome.NEEDS_CONFIRMATION
    sent: int = _NEVER

    @property
    def accepted(self) -> bool:
        """Whether it was issued."""
        return self.answer in (Outcome.SENT, Outcome.HELD)

    @property
    def held(self) -> bool:
        """Whether it had to wait for another instant, at its issue or later."""
        return self.answer == Outcome.HELD or bool(self.holds)

    @property
    def last_due(self) -> int:
        """The instant for which it waited in the end."""
        return self.holds[-1].due if self.holds else self.due

    def decision(self) -> tuple[object, ...]:
        """What was decided of it; the queue before the gateway, which may move with other messages, is no part."""
        waits = self.last_due if self.held else NOT_WAITING
        return self.asked, self.answer, self.reasons, waits, self.final == Outcome.WITHDRAWN


class Night(NamedTuple):
    """A debt message that was suppressed on a night: why (a mask of Reason), and the template to which it lost (0)."""

    reasons: int
    winner: int


@dataclass(frozen=True)
class Told:
    """Everything that was decided: fates by message id, in the order of the first press; suppressed messages by
    (customer, template, agency day of the run)."""

    fates: dict[int, Fate]
    nights: dict[tuple[int, int, int], Night]


def of_history(history: History) -> Told:
    """What a recording says."""
    array = history.array()
    wanted = array[np.isin(array[:, 1], [int(event) for event in (*_MESSAGES, *_SPANS, Event.NIGHTLY_RUN)])]
    rows = []
    for time, event, who, other, _, message, _, system, template, reasons, value in wanted[
        np.argsort(wanted[:, 0], kind="stable")
    ].tolist():
        rows.append(Row(time, event, who, message, asked_of(system), template, reasons, value, other))
    return _told(rows)


def of_replay(outcomes: Outcomes) -> Told:
    """What a replay says."""
    return _told(outcomes.rows)


def _told(rows: Iterable[Row]) -> Told:
    fates: dict[int, Fate] = {}
    spans = _Spans()
    for row in rows:
        if row.message:
            _add(fates, row)
        else:
            spans.add(row)
    return Told(fates, spans.nights())


def _add(fates: dict[int, Fate], row: Row) -> None:
    message, event, time = row.message, row.event, row.time
    known = fates.get(message)
    if event == Event.SEND_PRESSED:
        if known is None:
            fates[message] = Fate(message, row.customer, row.system, row.template, time, time)
        return
    if known is None:  # a dialog that was left without a press of Send
        return
    if event == Event.CONFIRMATION_ASKED:
        changed = known._replace(asked=True)
    elif event == Event.CONFIRMED:
        changed = known._replace(decided=time)
    elif event == Event.CANCELLED:
        changed = known._replace(answer=Outcome.CANCELLED, final=Outcome.CANCELLED, decided=time)
    elif event == Event.REFUSED:
        changed = known._replace(answer=Outcome.REFUSED, final=Outcome.REFUSED, reasons=row.reasons)
    elif event == Event.ISSUED:
        changed = known._replace(answer=Outcome.SENT, final=Outcome.HELD, due=row.value)
    elif event == Event.HELD:
        changed = known._replace(answer=Outcome.HELD)
    elif event == Event.HELD_AGAIN:
        changed = known._replace(holds=(*known.holds, Hold(row.value, row.reasons)))
    elif event == Event.WITHDRAWN:
        changed = known._replace(final=Outcome.WITHDRAWN, reasons=row.reasons)
    elif event == Event.ACKNOWLEDGED and known.sent == _NEVER:
        changed = known._replace(final=Outcome.SENT, sent=time)
    else:
        return
    fates[message] = changed


class _Spans:
    """Suppressions as nights, from spans that begin, change and end."""

    def __init__(self) -> None:
        self._nights: dict[tuple[int, int, int], Night] = {}
        self._open: dict[tuple[int, int], tuple[int, int, Night]] = {}
        self._last_run: dict[int, int] = {}

    def add(self, row: Row) -> None:
        if row.event == Event.NIGHTLY_RUN:
            self._last_run[row.system] = row.value
        elif row.event == Event.SUPPRESSED:
            self._close(row.customer, row.template, row.value - 1)
            span = (row.value, row.system, Night(row.reasons, row.other))
            self._open[row.customer, row.template] = span
        elif row.event == Event.SUPPRESSED_ENDED:
            self._close(row.customer, row.template, row.value)

    def nights(self) -> dict[tuple[int, int, int], Night]:
        """All nights; a span that has not ended runs to the last run of its system."""
        for (customer, template), (_, system, _) in list(self._open.items()):
            self._close(customer, template, self._last_run.get(system, 0))
        return self._nights

    def _close(self, customer: int, template: int, last: int) -> None:
        first, _, night = self._open.pop((customer, template), (0, 0, Night(0, 0)))
        for day in range(first, last + 1) if first else ():
            self._nights[customer, template, day] = night
