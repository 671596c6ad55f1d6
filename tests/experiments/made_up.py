"""Sweeps without simulating: rows made up from variant and seed."""

from collections.abc import Iterator, Sequence
from typing import Self

import pytest

from sim.experiments import sweep as sweeping
from sim.experiments.units import Row, Unit


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

    def __init__(self, stops_after: int | None = None, fails: frozenset[int] = frozenset()) -> None:
        self.workers = 1
        self.done: list[tuple[int, int]] = []
        self._stops_after = stops_after
        self._fails = fails

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is under way."""

    def rows(self, units: Sequence[Unit]) -> Iterator[Row]:
        """The rows of these units, the last first."""
        for work in reversed(units):
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
        self.left: int | None = None

    def estimated(self, seconds_a_run: float, runs_left: int, bytes_left: int, workers: int) -> None:
        """Keep how many are left."""
        self.left = runs_left

    def planned(self, runs: int) -> None:
        """Keep the total."""
        self.totals.append(runs)

    def done(self, row: Row) -> None:
        """Keep the row."""
        self.rows.append(row)


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run, which a sweep makes itself, is made up too."""
    monkeypatch.setattr(sweeping, "simulate", lambda work: None)
    monkeypatch.setattr(sweeping, "measured", lambda work, run: row(work))
