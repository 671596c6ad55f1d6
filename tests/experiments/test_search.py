"""The search for settings: what it proposes turns on the seed and on what it was told, and it finds what is good."""

import sys
from typing import Any

import pytest

from sim.errors import InputError
from sim.experiments.designs import Levels, Point, Range
from sim.experiments.search import BATCH, Search

SPACE: dict[str, Levels] = {"officers": Range(5, 30, whole=True), "rate": Range(0.1, 0.9), "closes": ["18:00", "20:00"]}


def cost_and_wait(point: Point) -> tuple[float, float]:
    """More officers cost more and leave less waiting; the rate matters little; an early close costs."""
    return point["officers"] + point["rate"], 60 / point["officers"] + (3 if point["closes"] == "18:00" else 0)


def hunted(rounds: int, seed: int = 3) -> list[Point]:
    search = Search(SPACE, 2, 8, seed)
    found: list[Point] = []
    for _ in range(rounds):
        points = search.ask()
        found += points
        told: list[Any] = []
        for point in points:
            cost, wait = cost_and_wait(point)
            told.append(None if point["officers"] == 7 else ((cost, wait), (wait - 5,)))
        search.tell(told)
    return found


def test_the_same_seed_proposes_the_same() -> None:
    first = hunted(4)
    assert first == hunted(4)
    assert first != hunted(4, seed=4)


def test_settings_lie_in_the_space_and_can_be_typed() -> None:
    for point in hunted(4):
        assert isinstance(point["officers"], int)
        assert 5 <= point["officers"] <= 30
        assert 0.1 <= point["rate"] <= 0.9
        assert len(str(point["rate"])) <= 6
        assert point["closes"] in SPACE["closes"]


def test_it_comes_to_settings_that_keep_the_target_at_little_cost() -> None:
    points = hunted(10)
    late = points[-3 * BATCH :]
    early = points[: 2 * BATCH]
    good = [
        sum(1 for point in part if 11 <= point["officers"] <= 16 and point["closes"] == "20:00")
        for part in (early, late)
    ]
    assert good[1] / len(late) > good[0] / len(early)
    assert min(cost_and_wait(point)[0] for point in points if cost_and_wait(point)[1] <= 5) < 13


def test_numbers_are_rounded_inwards() -> None:
    search = Search({"rate": Range(0.12351, 0.12359)}, 1, 8, 1)
    assert {point["rate"] for point in search.ask()} == {0.12351, 0.12359}


def test_without_optuna_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"pip install 'emsim\[search\]'"):
        Search(SPACE, 2, 8, 1)
