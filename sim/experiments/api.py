"""Experiments from Python and notebooks: what ``emsim sweep``, ``frontier`` and ``compare`` do, as values.

>>> import sim
>>> done = sim.sweep("daily_limit", replications=4, customers=500, days=5)   # nothing is written without out=…
>>> done.results, done.frame(), done.notes, done.plot.effect("sent[pluto]")
>>> again = sim.load_sweep("runs/sweep-daily_limit")
>>> best = sim.frontier("frontier_staffing", replications=3, customers=5000, days=5)
>>> best.points, best.cheapest, best.commands(0), best.plot.frontier()
>>> sim.compare("runs/sweep-daily_limit", "runs/sweep-fewer_officers").frame()
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import folder
from sim.errors import InputError
from sim.experiments import compare as comparing
from sim.experiments import frontier as looking
from sim.experiments import sweep as sweeping
from sim.experiments.executors import executor
from sim.experiments.experiment import Experiment, read_experiment, within
from sim.experiments.points import Frontier
from sim.experiments.results import Sweep
from sim.experiments.store import RESULTS, read_summary

if TYPE_CHECKING:
    import pandas as pd


def sweep(
    experiment: Experiment | Path | str,
    *,
    replications: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    workers: int | None = 1,
    dask: str | None = None,
    out: Path | str | None = None,
    resume: bool = False,
    tell: sweeping.Tell | None = None,
) -> Sweep:
    """Run every variant of an experiment several times: a shipped one by name, a file, or an `Experiment`.

    `replications`, `customers` and `days` replace what a file says. The runs are made here, in as many processes as
    `workers` (None: one a core; more than one need ``if __name__ == "__main__":`` in a script), or on the cluster of a
    `dask` scheduler. With `out` the results are written there as well, and `resume` goes on with what was left there.
    Raises InputError.
    """
    experiment = _read(experiment, (replications, customers, days), "sweep")
    with executor(None if dask is not None and workers == 1 else workers, dask) as carrying_out:
        return sweeping.sweep(experiment, None if out is None else Path(out), carrying_out, tell, resume)


def frontier(
    experiment: Experiment | Path | str,
    *,
    runs: int | None = None,
    replications: int | None = None,
    customers: int | None = None,
    days: int | None = None,
    workers: int | None = 1,
    dask: str | None = None,
    out: Path | str | None = None,
    resume: bool = False,
    tell: sweeping.Tell | None = None,
) -> Frontier:
    """Find the settings of an experiment that meet all targets at least cost, in at most so many `runs`.

    The experiment has a cost: a shipped one by name, a file, or an `Experiment` read with ``searched=True``. All else
    is as for `sweep`. Raises InputError.
    """
    experiment = within(_read(experiment, (replications, customers, days), "frontier"), runs)
    with executor(None if dask is not None and workers == 1 else workers, dask) as carrying_out:
        return looking.frontier(experiment, None if out is None else Path(out), carrying_out, tell, resume)


def load_sweep(path: Path | str) -> Sweep:
    """Read the folder of a sweep or a frontier. Raises InputError when it is neither, or not finished."""
    place = Path(path)
    summary = read_summary(place)
    kind = Frontier if "frontier" in summary else Sweep
    return kind(folder.read_table(place, RESULTS), summary, folder=place)


def _read(
    experiment: Experiment | Path | str, given: tuple[int | None, int | None, int | None], field: str
) -> Experiment:
    """An experiment with what is `given` in place of what its file says: replications, customers, days."""
    if not isinstance(experiment, Experiment):
        replications, customers, days = given
        return read_experiment(experiment, replications, customers, days, searched=field == "frontier")
    if any(each is not None for each in given):
        raise InputError("replications, customers and days replace what a file says; this one was read", field=field)
    return experiment


class Comparison:
    """Two runs, or two sweeps, side by side. ``found`` is what ``emsim compare --json`` prints."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    @property
    def notes(self) -> list[str]:
        """What to mind."""
        notes: list[str] = self.found["notes"]
        return notes

    def frame(self) -> "pd.DataFrame":
        """A row a metric (of sweeps: and variant): both values, the difference, its paired interval and whether it
        `differs`, and `stands` among all of them."""
        import pandas as pd

        rows = []
        for each in self.found["rows"]:
            row = {name: each[name] for name in ("variant", "metric", "unit", "first", "second")}
            found = each["difference"]
            if found is not None:
                row |= {"difference": found["paired"]["mean"], "low": found["paired"]["low"]}
                row |= {"high": found["paired"]["high"], "differs": found["differs"], "stands": found["stands"]}
            elif each["first"] is not None and each["second"] is not None:
                row["difference"] = each["second"] - each["first"]
            rows.append(row)
        frame = pd.DataFrame(rows)
        return frame if self.found["kind"] == "sweeps" else frame.drop(columns="variant")

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<li>{escape(note)}.</li>" for note in self.notes)
        return f"{self.frame().to_html(index=False)}<ul>{notes}</ul>"


def compare(first: Path | str, second: Path | str) -> Comparison:
    """What differs from `first` to `second`, two run folders or two folders of sweeps. Raises InputError."""
    return Comparison(comparing.compare(Path(first), Path(second)))
