"""Sweeps without simulating: rows made up from variant and seed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Self

import pytest

from sim.errors import InputError
from sim.experiments.pictures import SweepPlotter
from sim.experiments.sweep import Estimate
from sim.experiments.units import Pilot, Row, Unit, WarmUp, chosen_days, failed

WAITING = [9] * 5 + [1, 2, 1, 2, 3] * 11
"""A queue that settles."""


def row(work: Unit) -> Row:
    """Waits of 10 plus 2 a variant, and the same luck for every variant of a seed; ten messages, one more a variant."""
    luck = (work.load.seed * 37 % 11 - 5) / 10
    numbers = {"work_wait_median": 10 + 2 * work.variant + luck, "sent[pluto]": 10 + work.variant, "sent": 30}
    return {
        "unit": work.key, "variant": work.variant, "replication": work.replication, "seed": work.load.seed,
        "error": "", "fingerprint": f"{work.load.seed:x}", "verdict": "pass", "breaches": 0,
        **{name: numbers[name] for name in work.metrics},
    }  # fmt: skip


class MadeUp:
    """An executor that makes rows up, in reverse order; it is interrupted after `stops_after` of them."""

    def __init__(
        self, stops_after: int | None = None, fails: frozenset[int] = frozenset(), warm_up_hours: int | None = 5,
        workers: int = 1,
    ) -> None:  # fmt: skip
        self.workers = workers
        self.done: list[tuple[int, int]] = []
        self._stops_after = stops_after
        self._fails = fails
        self._warm_up_hours = warm_up_hours

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is under way."""

    def pilot(self, work: Unit) -> Pilot:
        """The first run: its queue settles after `warm_up_hours`, or never."""
        days = work.warm_up_days
        if days is None and self._warm_up_hours is None:
            return Pilot(failed(work, InputError("too short")), WarmUp(0, None, []), 2.0)
        if days is None:
            days = chosen_days(self._warm_up_hours)
        warm_up = WarmUp(days, self._warm_up_hours, WAITING)
        return Pilot(row(replace(work, warm_up_days=days)), warm_up, 2.0)

    def rows(self, units: Iterable[Unit], count: int) -> Iterator[Row]:
        """The rows of these units, the last first."""
        given = list(units)
        assert len(given) == count
        for work in reversed(given):
            if len(self.done) == self._stops_after:
                raise KeyboardInterrupt
            self.done.append((work.variant, work.replication))
            made = row(work)
            if work.variant in self._fails:
                made |= {"error": "it broke", "breaches": None, **dict.fromkeys(work.metrics)}
            yield made


class Told:
    """Remembers what a sweep tells."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.totals: list[int] = []
        self.estimate: Estimate | None = None

    def estimated(self, estimate: Estimate) -> None:
        """Keep it."""
        self.estimate = estimate

    def planned(self, runs: int) -> None:
        """Keep the total."""
        self.totals.append(runs)

    def done(self, row: Row) -> None:
        """Keep the row."""
        self.rows.append(row)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time of a sweep that is made up."""
    monkeypatch.setattr(SweepPlotter, "pngs", lambda plotter: {"effect_of_nothing": b"\x89PNG"})
