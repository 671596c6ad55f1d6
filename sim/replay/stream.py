"""The recorded stream: everything that came to the systems from outside, in the order in which it came.

Facts of the registers, presses of Send with the officers' answers to the one-hour question, nightly runs, arrangements
to confirm, and how the transports answered. What the systems made of it is no part of it: a replay asks ours again,
under whatever policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from statistics import median_low
from typing import Any, NamedTuple

import numpy as np

from fakes.sap import INSTALMENT_NUDGE
from sim.clock import Clock, zone_clocks
from sim.history import Event, History
from sim.messages import Channel, Request, System, unpack_fields, unpack_payment_type
from sim.replay.registers import FACTS, SECOND_ROWS, Fact

_FULL_ACCESS = 3
_DONE_BY_MACHINES = frozenset(
    (Event.HELD_AGAIN, Event.WITHDRAWN, Event.HANDED_OVER, Event.ARRIVED, Event.ACKNOWLEDGED, Event.SENT_CLAIMED)
)
_NIGHTLY = (System.DMIS, System.SAP)
_READ = (
    *FACTS, *SECOND_ROWS, *_DONE_BY_MACHINES, Event.ELIGIBILITY_INJECTED, Event.CONFIRMED, Event.CANCELLED,
    Event.ACCESS_RECORDED, Event.SEND_PRESSED, Event.CONFIRMATION_ASKED, Event.NIGHTLY_RUN, Event.OUTAGE_STARTED,
    Event.OUTAGE_ENDED, Event.PICKED,
)  # fmt: skip


class Kind(IntEnum):
    """What an input is."""

    FACT = 1
    PRESS = 2
    ANSWER = 3
    NIGHT = 4
    OUTAGE_ENDED = 5


class Turn(IntEnum):
    """Which part of its millisecond an input belongs to."""

    BEFORE = 0  # before the systems do what is due at it: facts
    AFTER = 1  # after that
    TOGETHER = 2  # at once with the input before it: a batch


class Input(NamedTuple):
    """One thing that came to the systems at `time` (ms UTC). `what`: a Fact, a Request, the message whose question was
    answered, or the System whose night it is."""

    time: int
    turn: int
    kind: int
    what: Any


class Answer(IntEnum):
    """How an officer answered the one-hour question."""

    NONE = 0  # it was still open at the end
    SENDS = 1
    CANCELS = 2


class Transports(NamedTuple):
    """How the transports answered. `delays`: from the hand-over of a message to its acknowledgement, in ms;
    `unanswered`: messages handed over whose acknowledgement was not seen, and when (ms UTC); `usual`: the median delay
    by channel; `outages`: intervals (ms UTC, half open) in which the SMS gateway was down; rates in messages a
    second."""

    delays: Mapping[int, int]
    unanswered: Mapping[int, int]
    usual: Mapping[int, int]
    outages: list[tuple[int, int]]
    sms_rate: float
    email_rate: float


@dataclass(frozen=True)
class Stream:
    """What came to the systems from `start` up to `end` (ms UTC, half open).

    `answers` are those to the one-hour question, by message. `batch_ids` holds the message ids of what nightly batches
    sent, by (system, customer, template, time). `clocks` are the zones by code. `said` is what was on record of the
    recipient at single requests, where nothing but the answer to them shows it: fields of a Recipient, and FDV.
    """

    start: int
    end: int
    inputs: list[Input]
    answers: Mapping[int, Answer]
    batch_ids: dict[tuple[int, int, int, int], int]
    transports: Transports
    last_message: int
    clocks: list[Clock] = field(default_factory=zone_clocks)
    said: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    _new: list[tuple[int, int, int, int]] = field(default_factory=list)

    def batch_id(self, system: int, customer: int, template: int, time: int) -> int:
        """The id of what a nightly batch sends at `time`: the recorded one, or a new one that every replay of this
        stream gives it."""
        key = (system, customer, template, time)
        if key not in self.batch_ids:
            self._new.append(key)
            self.batch_ids[key] = self.last_message + len(self._new)
        return self.batch_ids[key]

    def is_recorded(self, message: int) -> bool:
        """Whether the recording has this message."""
        return message <= self.last_message

    def requests(self) -> Iterator[Request]:
        """The presses of Send and automatic sends, in order."""
        for one in self.inputs:
            if isinstance(one.what, Request):
                yield one.what


FDV = "fdv"
"""In `Stream.said`: concerns were not yet discussed with the applicant."""
USUAL_MS = 1_000
"""The acknowledgement delay where the recording shows none."""


def recorded(history: History, observed: tuple[int, int], sms_rate: float, email_rate: float) -> Stream:
    """The stream of a history. `observed`: ms UTC, half open; the rates are those of the senders' outboxes."""
    reader = _Reader()
    array = history.array()
    wanted = array[np.isin(array[:, 1], [int(event) for event in _READ])]
    for row in wanted[np.argsort(wanted[:, 0], kind="stable")].tolist():
        reader.read(row)
    messages = array[:, 5]
    return Stream(
        observed[0], observed[1], reader.inputs, reader.answers, reader.batch_ids,
        reader.transports(sms_rate, email_rate, observed[1]), int(messages.max()) if len(messages) else 0,
    )  # fmt: skip


def asked_of(recorder: int) -> int:
    """The system that a press of Send is asked of, by who recorded it: the world does so for Pluto's desktop."""
    return int(System.PLUTO) if recorder == System.WORLD else recorder


class _Reader:
    """Reads the rows of a history in order."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.answers: dict[int, Answer] = {}
        self.batch_ids: dict[tuple[int, int, int, int], int] = {}
        self._access: dict[int, int] = {}
        self._channels: dict[int, int] = {}
        self._handed: dict[int, int] = {}
        self._delays: dict[int, int] = {}
        self._outages: list[tuple[int, int]] = []
        self._down_since: int | None = None
        self._nights: dict[tuple[int, int], bool] = {}
        self._acted = -1  # the latest time at which anything but facts happened
        self._batch = (-1, -1)  # system and time of the batch that the row before belongs to

    def read(self, row: list[int]) -> None:
        """One row: time, event, customer, other, ref, message, officer, system, template, reasons, value."""
        time, event, customer, other, ref, message, officer, system, template, _, value = row
        if event in FACTS or event == Event.ELIGIBILITY_INJECTED:
            turn = Turn.AFTER if self._acted == time else Turn.BEFORE
            # What is injected is a template.
            told = template if event == Event.ELIGIBILITY_INJECTED else value
            self.inputs.append(Input(time, turn, Kind.FACT, Fact(event, customer, other, ref, told)))
            return
        if event in SECOND_ROWS:
            last = self.inputs[-1]
            assert isinstance(last.what, Fact)
            self.inputs[-1] = last._replace(what=last.what._replace(ends=value))
            return
        if event == Event.ACCESS_RECORDED:
            self._access[officer] = value
            return
        if event in (Event.OUTAGE_STARTED, Event.OUTAGE_ENDED):
            self._outage(time, event)
            return
        batch, self._batch = self._batch, (-1, -1)
        if event == Event.NIGHTLY_RUN:
            self._night(time, system)
        elif event == Event.SEND_PRESSED:
            self._press(row, batch)
        elif event == Event.PICKED:
            self.batch_ids[system, customer, template, time] = message
        elif event == Event.CONFIRMATION_ASKED:
            self.answers[message] = Answer.NONE
        elif event == Event.CONFIRMED or (event == Event.CANCELLED and message in self.answers):
            self.answers[message] = Answer.SENDS if event == Event.CONFIRMED else Answer.CANCELS
            self.inputs.append(Input(time, Turn.AFTER, Kind.ANSWER, message))
        elif event == Event.HANDED_OVER:
            self._handed.setdefault(message, time)
        elif event == Event.ACKNOWLEDGED and message in self._handed:
            self._delays.setdefault(message, time - self._handed[message])
        self._acted = time

    def transports(self, sms_rate: float, email_rate: float, end: int) -> Transports:
        """How the transports answered, once all rows are read."""
        if self._down_since is not None:
            self._outages.append((self._down_since, end))
        unanswered = {message: time for message, time in self._handed.items() if message not in self._delays}
        by_channel: dict[int, list[int]] = {int(Channel.SMS): [], int(Channel.EMAIL): []}
        for message, delay in self._delays.items():
            by_channel[self._channels.get(message, Channel.SMS)].append(delay)
        usual = {channel: median_low(delays) if delays else USUAL_MS for channel, delays in by_channel.items()}
        return Transports(self._delays, unanswered, usual, self._outages, sms_rate, email_rate)

    def _outage(self, time: int, event: int) -> None:
        if event == Event.OUTAGE_STARTED:
            self._down_since = time
            return
        # One that was there before the recording began is only seen to end.
        self._outages.append((0 if self._down_since is None else self._down_since, time))
        self._down_since = None
        self.inputs.append(Input(time, Turn.BEFORE, Kind.OUTAGE_ENDED, 0))

    def _night(self, time: int, system: int) -> None:
        if system in _NIGHTLY:
            self._nights[system, time] = True
            self.inputs.append(Input(time, Turn.AFTER, Kind.NIGHT, system))

    def _press(self, row: list[int], batch: tuple[int, int]) -> None:
        time, _, customer, other, ref, message, officer, recorder, template, _, value = row
        system = asked_of(recorder)
        if (system, time) in self._nights and (system == System.DMIS or template == INSTALMENT_NUDGE):
            self.batch_ids[system, customer, template, time] = message  # an answer to the night, and none of its causes
            return
        contact_time, by_date = unpack_fields(value)
        access = int(not officer or self._access.get(officer, _FULL_ACCESS) == _FULL_ACCESS)
        channel = self._channels[message] = other or int(Channel.SMS)
        request = Request(
            message, customer, system, template, officer, ref, channel, contact_time, by_date, access,
            payment_type=unpack_payment_type(value),
        )  # fmt: skip
        if not officer:
            self._batch = (system, time)
        turn = Turn.TOGETHER if not officer and batch == (system, time) else Turn.AFTER
        self.inputs.append(Input(time, turn, Kind.PRESS, request))
