"""What came of a sweep, for Python and notebooks: its table, its summary and its pictures."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.pictures import SweepPlotter
    from sim.experiments.sliders import Sliders


class Sweep:
    """What came of a sweep.

    ``results``  a row a (variant, replication), a failed run with its error (``results.parquet``).
    ``summary``  means, differences, bounds and notes as plain data (``summary.json``).
    ``folder``   where it was written; None in memory.
    ``made``     how many runs were made for it now.
    """

    def __init__(
        self, results: "pd.DataFrame", summary: dict[str, Any], made: int = 0, folder: Path | None = None
    ) -> None:
        self.results = results
        self.summary = summary
        self.made = made
        self.folder = folder

    @property
    def notes(self) -> list[str]:
        """What to mind."""
        found: list[str] = self.summary["notes"]
        return found

    @cached_property
    def plot(self) -> "SweepPlotter":
        """The pictures of the sweep: ``done.plot.effect("sent[pluto]")``; ``dir(done.plot)`` names them."""
        from sim.experiments.pictures import SweepPlotter

        return SweepPlotter(self.summary, self.results)

    def frame(self) -> "pd.DataFrame":
        """A row a variant and metric: the factors in force, mean with its interval, and the difference to the load as
        it is, paired by seed and unpaired, each with its interval."""
        import pandas as pd

        rows = []
        for variant in self.summary["variants"]:
            factors = self.summary["experiment"]["factors"] | variant["set"]
            for metric, cell in variant["metrics"].items():
                found = variant.get("differences", {}).get(metric)
                row = {"variant": variant["label"], **factors, "metric": metric, **_interval("", cell), "n": cell["n"]}
                row |= {"difference": None, "differs": None} if found is None else {
                    "difference": found["paired"]["mean"], "differs": found["differs"],
                }  # fmt: skip
                for kind in ("paired", "unpaired"):
                    row |= _interval(f"{kind}_", found[kind] if found else {}, ends_only=True)
                rows.append(row)
        return pd.DataFrame(rows)

    def sliders(self) -> "Sliders":
        """Sliders over the factors for a notebook: what each setting gave, with nothing run again."""
        from sim.experiments.sliders import Sliders

        return Sliders(self)

    def __repr__(self) -> str:
        described = self.summary["experiment"]
        runs, failed = self.summary["runs"], self.summary["failed"]
        lost = f", {failed} failed" if failed else ""
        return f"<Sweep of {described['name']}: {len(self.summary['variants'])} variants, {runs} runs{lost}>"

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<li>{escape(note)}.</li>" for note in self.notes)
        title = escape(self.summary["experiment"]["title"])
        return f"<p><b>{title}</b><br>{escape(repr(self))}</p>{self.frame().to_html(index=False)}<ul>{notes}</ul>"


def _interval(prefix: str, cell: dict[str, Any], ends_only: bool = False) -> dict[str, Any]:
    names = ("low", "high") if ends_only else ("mean", "low", "high")
    return {f"{prefix}{name}": cell.get(name) for name in names}
