"""Team queues: who gets which work is decided by priority, waiting time and ids, never by who asked first."""

from collections.abc import Iterator
from itertools import permutations

import pytest
import simpy

from sim.world.agenda import Agenda, Rank
from sim.world.teams import TeamQueue

START = 1_000


class Room:
    """A queue with officers who write down what they are given."""

    def __init__(self) -> None:
        self.agenda = Agenda(START)
        self.queue: TeamQueue[str] = TeamQueue(self.agenda)
        self.given: list[tuple[int, int, str | None]] = []

    def officer(self, number: int, busy: int = 100, times: int = 9) -> None:
        """An officer who takes up to `times` items and is busy with each for `busy` ms."""

        def works() -> Iterator[simpy.Event]:
            for _ in range(times):
                item = yield self.queue.take(number)
                self.given.append((self.agenda.now - START, number, item))
                yield self.agenda.at(self.agenda.now + busy, Rank.STAFF, number)

        self.agenda.process(works())

    def put(self, after: int, item: str, priority: int, ref: int) -> None:
        """Work that arrives `after` ms."""
        self.agenda.call(START + after, Rank.ARRIVAL, ref, 0, self.queue.put, item, priority, ref)

    def run(self, ms: int = 10_000) -> list[tuple[int, int, str | None]]:
        """What everybody was given: (ms, officer, item)."""
        self.agenda.run(until=self.agenda.now + ms)
        return self.given


def test_priority_then_the_longest_wait_then_the_smallest_ref() -> None:
    room = Room()
    for after, item, priority, ref in [
        (0, "late ref", 3, 30), (0, "early ref", 3, 20), (1, "later", 3, 10), (2, "urgent", 1, 99),
        (3, "middling", 2, 1),
    ]:  # fmt: skip
        room.put(after, item, priority, ref)
    room.agenda.run(until=START + 10)
    assert len(room.queue) == 5
    room.officer(1)
    assert [item for _, _, item in room.run()] == ["urgent", "middling", "early ref", "late ref", "later"]
    assert len(room.queue) == 0


def test_refs_alone_decide_among_what_arrives_together() -> None:
    for refs in permutations((11, 12, 13)):
        room = Room()
        for ref in refs:
            room.put(0, str(ref), 3, ref)
        room.agenda.run(until=START + 10)
        room.officer(1)
        assert [item for _, _, item in room.run()] == ["11", "12", "13"]


@pytest.mark.parametrize("began", list(permutations((4, 5, 6))))
def test_the_idle_officer_with_the_smallest_id_takes_it_at_once(began: tuple[int, ...]) -> None:
    room = Room()
    for number in began:
        room.officer(number)
    for after, ref in ((5, 1), (5, 2), (6, 3), (105, 4)):
        room.put(after, f"item {ref}", 3, ref)
    assert room.run() == [(5, 4, "item 1"), (5, 5, "item 2"), (6, 6, "item 3"), (105, 4, "item 4")]


def test_work_is_kept_while_everybody_is_busy() -> None:
    room = Room()
    room.officer(1)
    for ref in (1, 2, 3):
        room.put(ref, f"item {ref}", 3, ref)
    assert room.run() == [(1, 1, "item 1"), (101, 1, "item 2"), (201, 1, "item 3")]


def test_what_arrives_as_an_officer_becomes_free_is_theirs() -> None:
    room = Room()
    room.officer(2)
    room.put(0, "first", 3, 1)
    room.put(100, "second", 3, 2)
    assert room.run() == [(0, 2, "first"), (100, 2, "second")]


def test_dismissing_ends_a_wait_without_an_item() -> None:
    room = Room()
    room.officer(1, times=2)
    room.officer(2, times=1)
    room.agenda.call(START + 50, Rank.STAFF, 1, 7, room.queue.dismiss, 1)
    room.put(60, "work", 3, 1)
    room.put(200, "more", 3, 2)
    # Officer 1 went home at 50 and so the work is given to officer 2.
    assert room.run() == [(50, 1, None), (60, 2, "work"), (200, 1, "more")]


def test_dismissing_somebody_who_does_not_wait_changes_nothing() -> None:
    room = Room()
    room.queue.dismiss(1)
    room.officer(1)
    room.put(10, "work", 3, 1)
    room.agenda.call(START + 20, Rank.STAFF, 1, 7, room.queue.dismiss, 1)  # busy then
    room.put(200, "more", 3, 2)
    assert room.run() == [(10, 1, "work"), (200, 1, "more")]


def test_each_item_is_given_once() -> None:
    room = Room()
    for number in range(1, 6):
        room.officer(number, busy=7, times=100)
    for ref in range(1, 201):
        room.put(ref // 2, str(ref), 1 + ref % 3, ref)
    items = [item for _, _, item in room.run(2_000) if item is not None]
    assert sorted(items) == sorted(str(ref) for ref in range(1, 201))
