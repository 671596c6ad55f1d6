"""The history as rows that can be looked up: those of one message, and those that can matter to one customer."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.history import COLUMNS, Event, History
from sim.messages import System
from sim.tables.columns import Flags, Ints, Rows

FACTS: tuple[Event, ...] = tuple(
    event for event in Event if event <= Event.OBJECTION_OUT_OF_TIME or 150 <= event <= Event.AUTO_SETUP_CEASED
)
"""Facts of the registers: those of a millisecond apply before its tests (policy.md, "Words")."""
LIVES: tuple[Event, ...] = tuple(event for event in Event if Event.ISSUED <= event <= Event.ANSWERED)
"""Events of a message's life, from its issue on."""
_EVERYBODYS = (
    Event.NIGHTLY_RUN, Event.DISASTER_DECLARED, Event.DISASTER_ENDED, Event.OUTAGE_STARTED, Event.OUTAGE_ENDED,
)  # fmt: skip
_IS_FACT = frozenset(int(event) for event in FACTS)


class Row(NamedTuple):
    """A row of the history (`sim.history`)."""

    seq: int
    time: int
    event: int
    customer: int
    other: int
    ref: int
    message: int
    officer: int
    system: int
    template: int
    reasons: int
    value: int

    @property
    def is_fact(self) -> bool:
        """Whether it is a fact of a register."""
        return self.event in _IS_FACT


class Chronicle:
    """A history in (time, seq) order."""

    def __init__(self, history: History) -> None:
        self.rows = Rows(history)

    @cached_property
    def messages(self) -> Ints:
        """The ids of all messages, sorted."""
        found = np.unique(self.rows.column["message"])
        return found[found > 0]

    def of_message(self, message: int) -> list[Row]:
        """All rows that name this message."""
        return self._taken(self.rows.column["message"] == message)

    def of_nights(self, customer: int) -> list[Row]:
        """The rows of nightly runs about this customer: eligible, picked, suppressed, the ends of these, and what SAP
        was asked to send."""
        event = self.rows.column["event"]
        nightly = (event >= Event.ELIGIBLE) & (event <= Event.SUPPRESSED_ENDED) & (event != Event.NIGHTLY_RUN)
        of_sap = (event == Event.SEND_PRESSED) & (self.rows.column["system"] == System.SAP)
        return self._taken((nightly | of_sap) & (self.rows.column["customer"] == customer))

    def about(self, customer: int, officer: int = 0) -> list[Row]:
        """The rows that a test of a message to this customer can turn on: facts of the registers (processes on which
        the customer is the other party and the access of `officer` included), the lives of messages to the customer,
        nightly runs, disasters and outages."""
        column = self.rows.column
        event = column["event"]
        relevant = self._relevant
        chosen = relevant & (column["customer"] == customer)
        processes = column["ref"][(event == Event.PROCESS_OPENED) & (column["other"] == customer)]
        if len(processes):
            steps = (event >= Event.FDV_RAISED) & (event <= Event.PROCESS_CLOSED)
            chosen |= steps & np.isin(column["ref"], processes)
        if officer:
            chosen |= (event == Event.ACCESS_RECORDED) & (column["officer"] == officer)
        return self._taken(chosen | self._everybodys)

    @cached_property
    def _relevant(self) -> Flags:
        return np.isin(self.rows.column["event"], [int(event) for event in (*FACTS, *LIVES)])

    @cached_property
    def _everybodys(self) -> Flags:
        return np.isin(self.rows.column["event"], [int(event) for event in _EVERYBODYS])

    def _taken(self, chosen: Flags) -> list[Row]:
        positions = np.flatnonzero(chosen)
        columns = [self.rows.seq[positions], *(self.rows.column[name][positions] for name in COLUMNS)]
        return [Row(*row) for row in np.stack(columns, axis=1).tolist()]


def last_nights(rows: list[Row], system: System, before: int) -> int:
    """The instant of the last nightly run of `system` before the instant `before`, −1 without one."""
    return max((row.time for row in rows if row.event == Event.NIGHTLY_RUN and row.system == system
                and row.time < before), default=-1)  # fmt: skip
