"""The agenda: simultaneous events happen by (time, rank, entity, n), whoever was scheduled first."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
import simpy

from sim.world.agenda import Agenda, Rank

START = 1_790_000_000_000

# In the order in which they must happen: time, rank, entity, n.
KEYS = [
    (START, Rank.OUTAGE, 9, 0),
    (START, Rank.FACT, 1, 0),
    (START, Rank.FACT, 1, 1),
    (START, Rank.FACT, 2, 0),
    (START, Rank.FACT, 2_000_000, 5),
    (START, Rank.ANSWER, 1, 0),
    (START, Rank.TRANSPORT, 6, 0),
    (START, Rank.SYSTEM, 1, 0),
    (START, Rank.SYSTEM, 2, 0),
    (START, Rank.NIGHTLY, 2, 0),
    (START, Rank.REMINDER, 1, 0),
    (START, Rank.ARRIVAL, 20_009_999_999_999, 2**20 - 1),
    (START, Rank.STAFF, 1, 0),
    (START + 1, Rank.OUTAGE, 1, 0),
]


def order(keys: list[tuple[int, Rank, int, int]]) -> list[tuple[int, Rank, int, int]]:
    """The order in which events happen that were scheduled in the order of `keys`."""
    agenda, happened = Agenda(START), []
    for key in keys:
        agenda.call(*key, lambda key=key: happened.append(key))
    agenda.run(until=START + 10)
    return happened


def shuffles(keys: list[Any], count: int) -> Iterator[list[Any]]:
    """Rotations and strides of a list: every key comes first, last and next to every other."""
    size = len(keys)
    for stride in (stride for stride in range(1, size) if size % stride or stride == 1):
        for shift in range(0, size, max(1, size // count)):
            mixed = [keys[(shift + stride * place) % size] for place in range(size)]
            if len(set(mixed)) == size:
                yield mixed


def test_ties_have_a_total_order_that_does_not_depend_on_insertion() -> None:
    assert order(KEYS) == KEYS
    tried = list(shuffles(KEYS, 7))
    assert len(tried) > 40
    for mixed in tried:
        assert order(mixed) == KEYS
    for mixed in permutations(KEYS[:5]):
        assert order(list(mixed)) == KEYS[:5]


def test_the_ranks_put_facts_before_the_tests_that_turn_on_them() -> None:
    assert [rank.name for rank in sorted(Rank)] == [
        "OUTAGE", "FACT", "POLICY", "ANSWER", "TRANSPORT", "SYSTEM", "NIGHTLY", "REMINDER", "ARRIVAL", "STAFF",
    ]  # fmt: skip


def test_what_an_event_schedules_for_its_own_instant_still_happens_then() -> None:
    agenda, happened = Agenda(START), []

    def schedules() -> None:
        happened.append("system")
        agenda.call(agenda.now, Rank.STAFF, 1, 0, lambda: happened.append("staff"))
        agenda.call(agenda.now, Rank.FACT, 1, 0, lambda: happened.append("fact"))

    agenda.call(START, Rank.SYSTEM, 1, 0, schedules)
    agenda.call(START, Rank.ARRIVAL, 1, 0, lambda: happened.append("arrival"))
    agenda.run(until=START + 1)
    assert happened == ["system", "fact", "arrival", "staff"]


def test_two_events_with_one_key_are_a_fault() -> None:
    agenda = Agenda(START)
    for _ in range(2):
        agenda.call(START + 5, Rank.FACT, 7, 3, lambda: None)
    with pytest.raises(AssertionError, match="two events share the key"):
        agenda.run(until=START + 10)


@pytest.mark.parametrize("other", [(START + 6, Rank.FACT, 7, 3), (START + 5, Rank.ANSWER, 7, 3),
                                   (START + 5, Rank.FACT, 8, 3), (START + 5, Rank.FACT, 7, 4)])  # fmt: skip
def test_each_part_of_the_key_tells_events_apart(other: tuple[int, Rank, int, int]) -> None:
    agenda, happened = Agenda(START), []
    for key in (other, (START + 5, Rank.FACT, 7, 3)):
        agenda.call(*key, lambda key=key: happened.append(key))
    agenda.run(until=START + 10)
    assert happened == [(START + 5, Rank.FACT, 7, 3), other]


def test_the_past_is_refused() -> None:
    agenda = Agenda(START)
    agenda.run(until=START + 100)
    agenda.at(START + 100, Rank.FACT, 1)
    with pytest.raises(ValueError, match="FACT of 1 lies 1 ms in the past"):
        agenda.at(START + 99, Rank.FACT, 1)


def test_a_run_is_half_open_and_may_stop_on_the_way() -> None:
    def happened(stops: list[int]) -> list[int]:
        agenda, times = Agenda(START), []
        for time in (START, START + 1, START + 10, START + 19, START + 20):
            agenda.call(time, Rank.FACT, 1, 0, lambda: times.append(agenda.now - START))
        for stop in stops:
            agenda.run(until=stop)
        return times

    assert happened([START + 20]) == [0, 1, 10, 19]
    assert happened([START + 1, START + 10, START + 20]) == [0, 1, 10, 19]
    assert happened([START + 10]) == [0, 1]
    assert happened([START + 21]) == [0, 1, 10, 19, 20]


def test_processes_wait_for_keyed_events_and_get_their_values() -> None:
    agenda, told = Agenda(START), []

    def process(number: int) -> Iterator[simpy.Event]:
        value = yield agenda.at(START + 5, Rank.STAFF, number, value=f"for {number}")
        told.append((agenda.now - START, value))

    for number in (3, 1, 2):
        agenda.process(process(number))
    agenda.run(until=START + 10)
    assert told == [(5, "for 1"), (5, "for 2"), (5, "for 3")]


def test_an_event_that_nobody_triggered_can_be_triggered_later() -> None:
    agenda, told = Agenda(START), []
    event = simpy.Event(agenda)
    assert event.callbacks is not None
    event.callbacks.append(lambda event: told.append((agenda.now - START, event.value)))
    agenda.call(START + 3, Rank.SYSTEM, 1, 0, agenda.trigger, event, START + 7, Rank.STAFF, 1, 5, "answer")
    agenda.run(until=START + 10)
    assert told == [(7, "answer")]
