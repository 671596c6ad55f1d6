"""What came of a frontier, for Python and notebooks: a sweep of the settings that were tried, and its points."""

from typing import TYPE_CHECKING, Any

from sim.experiments.results import Sweep

if TYPE_CHECKING:
    import pandas as pd


class Frontier(Sweep):
    """What came of a frontier: a sweep whose summary says under `frontier` what was found.

    ``plot.frontier()`` shows it; ``results`` has a row a run, ``frame()`` a row a setting and metric.
    """

    @property
    def found(self) -> dict[str, Any]:
        """What was looked for and found, as plain data (``summary.json``, `frontier`)."""
        found: dict[str, Any] = self.summary["frontier"]
        return found

    @property
    def notes(self) -> list[str]:
        """What to mind."""
        return [*self.found["notes"], *super().notes]

    @property
    def cheapest(self) -> dict[str, Any] | None:
        """The setting on the frontier that surely meets all targets at least cost: what differs from the load; None
        when none does."""
        place = self.found["cheapest"]
        return None if place is None else dict(self.found["points"][place]["set"])

    @property
    def points(self) -> "pd.DataFrame":
        """A row a setting on the frontier, cheapest first: the factors in force, whether it meets all targets, cost and
        metrics with the ends of their intervals, how often it stays unbeaten when seeds are drawn anew, the settings as
        good, and the command that makes its first run again."""
        import pandas as pd

        rows = []
        for point in self.found["points"]:
            row = {"setting": point["label"], **self.summary["experiment"]["factors"], **point["set"]}
            row |= {"meets": point["verdict"], "on_frontier": point["on_frontier"]}
            for name, cell in point["metrics"].items():
                row |= {name: cell["mean"], f"{name} low": cell["low"], f"{name} high": cell["high"]}
            row |= {"unbeaten": point["unbeaten_share"], "breaches at most": point["breaches"]["share_of_runs_at_most"]}
            row |= {"as good": "; ".join(point["same"]), "command": next(iter(point["commands"]), "")}
            rows.append(row)
        return pd.DataFrame(rows)

    def commands(self, point: int = 0) -> list[str]:
        """The command of each run behind a point, counted from 0."""
        found: list[str] = self.found["points"][point]["commands"]
        return found

    def __repr__(self) -> str:
        described, found = self.summary["experiment"], self.found
        tried = f"{len(found['tried'])} settings tried, {len(found['points'])} on the frontier"
        return f"<Frontier of {described['name']}: {tried}, {self.summary['runs']} runs>"

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<li>{escape(note)}.</li>" for note in self.notes)
        title = escape(self.summary["experiment"]["title"])
        return f"<p><b>{title}</b><br>{escape(repr(self))}</p>{self.points.to_html(index=False)}<ul>{notes}</ul>"
