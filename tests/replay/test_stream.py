"""What a history's rows become in the recorded stream: the order within a millisecond, answers, outages, delays."""

from typing import Any

import pytest

from sim.history import Event, History
from sim.messages import Channel, Request, System, WriteOff, pack_fields
from sim.replay.registers import Fact
from sim.replay.stream import USUAL_MS, Answer, Input, Kind, Stream, Turn, recorded

NOW = 1_000_000
WHO, OFFICER, TEMPLATE = 7, 101, 102


def stream(*rows: dict[str, Any]) -> Stream:
    return recorded(History.of([{"time": NOW, **row} for row in rows]), (0, 2 * NOW), 10.0, 1.0)


def row(event: Event, **columns: int) -> dict[str, int]:
    return {"event": event, "customer": WHO, **columns}


def press(message: int = 1, **columns: int) -> dict[str, int]:
    given = {"message": message, "officer": OFFICER, "system": System.WORLD, "template": TEMPLATE}
    return row(Event.SEND_PRESSED, **{**given, **columns})


OPT_OUT = row(Event.OPT_OUT_RECORDED)
HANDED = row(Event.HANDED_OVER, message=1, system=System.PLUTO)


def kinds(found: Stream) -> list[tuple[int, int]]:
    return [(one.kind, one.turn) for one in found.inputs]


@pytest.mark.parametrize(
    ("rows", "turns"),
    [
        ([OPT_OUT], [Turn.BEFORE]),
        ([OPT_OUT, HANDED], [Turn.BEFORE]),
        ([HANDED, OPT_OUT], [Turn.AFTER]),
        ([{**HANDED, "time": NOW - 1}, OPT_OUT], [Turn.BEFORE]),
        ([press(), OPT_OUT], [Turn.AFTER, Turn.AFTER]),
        ([OPT_OUT, press()], [Turn.BEFORE, Turn.AFTER]),
    ],
)
def test_facts_come_before_what_the_systems_do_unless_they_were_recorded_after_it(
    rows: list[dict[str, int]], turns: list[Turn]
) -> None:
    assert [one.turn for one in stream(*rows).inputs] == turns


def test_what_a_batch_sends_is_sent_at_once() -> None:
    batch = [press(number, officer=0, system=System.CUBA) for number in (1, 2)]
    assert kinds(stream(*batch)) == [(Kind.PRESS, Turn.AFTER), (Kind.PRESS, Turn.TOGETHER)]
    later = [batch[0], {**batch[1], "time": NOW + 1}]
    assert kinds(stream(*later)) == [(Kind.PRESS, Turn.AFTER), (Kind.PRESS, Turn.AFTER)]


def test_a_press_is_a_request_with_its_fields_and_the_officers_access() -> None:
    fields = pack_fields(2, 739_900, 3)
    access = row(Event.ACCESS_RECORDED, customer=0, officer=OFFICER, value=1)
    (one,) = stream(access, press(value=fields, other=Channel.MYGOV, ref=5)).inputs
    assert one == Input(NOW, Turn.AFTER, Kind.PRESS, Request(
        1, WHO, System.PLUTO, TEMPLATE, OFFICER, 5, Channel.MYGOV, 2, 739_900, 0, payment_type=3
    ))  # fmt: skip
    (other,) = stream(press()).inputs
    assert (other.what.access, other.what.channel) == (1, Channel.SMS)


@pytest.mark.parametrize(
    ("rows", "answers", "inputs"),
    [
        ([], {}, 1),
        ([row(Event.CONFIRMATION_ASKED, message=1)], {1: Answer.NONE}, 1),
        ([row(Event.CONFIRMATION_ASKED, message=1), row(Event.CONFIRMED, message=1)], {1: Answer.SENDS}, 2),
        ([row(Event.CONFIRMATION_ASKED, message=1), row(Event.CANCELLED, message=1)], {1: Answer.CANCELS}, 2),
        # Cancel in Customer First's preview answers no question.
        ([row(Event.CANCELLED, message=2)], {}, 1),
    ],
)
def test_answers_to_the_question(rows: list[dict[str, int]], answers: dict[int, Answer], inputs: int) -> None:
    found = stream(press(), *rows)
    assert (found.answers, len(found.inputs)) == (answers, inputs)


def test_two_rows_that_belong_together_are_one_fact() -> None:
    set_off = row(Event.WRITE_OFF_SET, ref=3, other=1, value=WriteOff.TEMPORARY)
    (one,) = stream(set_off, row(Event.WRITE_OFF_ENDS, ref=3, other=1, value=739_950)).inputs
    assert one.what == Fact(Event.WRITE_OFF_SET, WHO, 1, 3, WriteOff.TEMPORARY, 739_950)


def test_nightly_runs_are_inputs_and_what_they_send_is_none() -> None:
    night = {"event": Event.NIGHTLY_RUN, "system": System.DMIS, "value": 739_900}
    sent = press(4, officer=0, system=System.DMIS, template=409)
    found = stream(night, row(Event.PICKED, message=4, system=System.DMIS, template=409), sent)
    assert kinds(found) == [(Kind.NIGHT, Turn.AFTER)]
    assert found.batch_id(System.DMIS, WHO, 409, NOW) == 4
    # What no recording has gets a number of its own, the same for every replay.
    new = [found.batch_id(System.DMIS, who, 409, NOW) for who in (8, 9, 8)]
    assert new == [5, 6, 5]
    assert [found.is_recorded(number) for number in (4, 5)] == [True, False]


@pytest.mark.parametrize(
    ("rows", "outages"),
    [
        ([(Event.OUTAGE_STARTED, 10), (Event.OUTAGE_ENDED, 20)], [(10, 20)]),
        ([(Event.OUTAGE_ENDED, 20)], [(0, 20)]),
        ([(Event.OUTAGE_STARTED, 10)], [(10, 2 * NOW)]),
        ([(Event.OUTAGE_ENDED, 5), (Event.OUTAGE_STARTED, 10), (Event.OUTAGE_ENDED, 20)], [(0, 5), (10, 20)]),
    ],
)
def test_outages(rows: list[tuple[Event, int]], outages: list[tuple[int, int]]) -> None:
    found = stream(*({"event": event, "time": time, "system": System.GATEWAY} for event, time in rows))
    assert found.transports.outages == outages
    assert len(found.inputs) == sum(event == Event.OUTAGE_ENDED for event, _ in rows)


def test_the_transports_answer_as_they_did() -> None:
    rows = []
    for message, delay in ((1, 300), (2, 500), (3, 900), (4, None)):
        rows += [press(message), {**HANDED, "message": message}]
        if delay is not None:
            rows.append(row(Event.ACKNOWLEDGED, message=message, time=NOW + delay))
    found = stream(*rows).transports
    assert found.delays == {1: 300, 2: 500, 3: 900}
    assert found.unanswered == {4: NOW}
    assert found.usual == {Channel.SMS: 500, Channel.EMAIL: USUAL_MS}
    assert (found.sms_rate, found.email_rate) == (10.0, 1.0)
