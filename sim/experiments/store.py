"""The folder of a sweep: rows as they come while it runs, and its results when it is done.

While a sweep runs the folder holds `JOURNAL` alone, a line a run, so that a sweep that was stopped can go on. At the
end come results, pictures and, last, the summary; then the journal goes. Only the process that was called writes.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import folder
from sim.errors import InputError
from sim.experiments.experiment import Experiment
from sim.experiments.units import Row, WarmUp

if TYPE_CHECKING:
    import pandas as pd

JOURNAL = "unfinished.jsonl"
RESULTS = "results.parquet"
SUMMARY = "summary.json"
_KIND = "sweep"


class Memory:
    """The rows of a sweep that is not finished. `warm_up` is what the first run settled, None before."""

    def __init__(self) -> None:
        self.warm_up: WarmUp | None = None
        self.rows: dict[str, Row] = {}

    def settle(self, warm_up: WarmUp) -> None:
        """Keep the warm-up, and what the first run showed of it."""
        self.warm_up = warm_up

    def add(self, row: Row) -> None:
        """Keep a row, at once: what is kept is never run again."""
        self.rows[row["unit"]] = row


class Journal(Memory):
    """The same in a file at `place`, so that a sweep that was stopped can go on."""

    def __init__(self, place: Path, experiment: str) -> None:
        super().__init__()
        self._path = place / JOURNAL
        self._name = experiment

    def begin(self, resume: bool) -> None:
        """Make the folder, or with `resume` read what a stopped or finished sweep left there. Raises InputError."""
        place = self._path.parent
        try:
            place.mkdir(parents=True, exist_ok=True)
            left = sorted(path.name for path in place.iterdir())
            if left and not resume:
                raise InputError("exists; add --resume to go on with it, or choose another place", place)
            if SUMMARY in left:
                self._read_results(place)
            if JOURNAL in left:
                self._read(self._path.read_text(encoding="utf-8"))
            elif left and SUMMARY not in left:
                raise InputError("holds no sweep that could be resumed", place)
            self._rewrite()
        except OSError as error:
            raise InputError(f"cannot be used ({error.strerror})", place) from None

    def settle(self, warm_up: WarmUp) -> None:
        """Keep the warm-up, and what the first run showed of it."""
        super().settle(warm_up)
        self._rewrite()

    def add(self, row: Row) -> None:
        """Keep a row, at once: what is kept is never run again."""
        super().add(row)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def end(self) -> None:
        """The results are written: the journal is no longer needed."""
        self._path.unlink()

    def abandon(self) -> None:
        """Leave nothing behind when no run was made."""
        if not self.rows:
            self._path.unlink()
            with suppress(OSError):
                self._path.parent.rmdir()

    def _read_results(self, place: Path) -> None:
        summary = read_summary(place)
        self._check_name(summary["experiment"]["name"])
        self.warm_up = WarmUp(**summary["warm_up"])
        keep = ["unit", "variant", "replication", "seed", "error", "fingerprint", "verdict", "breaches"]
        keep += list(summary["experiment"]["metrics"])
        self._take(plain_rows(folder.read_table(place, RESULTS)[keep]))

    def _read(self, text: str) -> None:
        """Lines of JSON; the last is cut short where the process was killed while it wrote."""
        lines = text.split("\n")[:-1]
        try:
            head, *rows = (json.loads(line) for line in lines)
            name, warm_up = head["experiment"], head["warm_up"]
            self.warm_up = None if warm_up is None else WarmUp(**warm_up)
            self._take(rows)
        except (ValueError, KeyError, TypeError):
            raise InputError("is not the journal of a sweep", self._path) from None
        self._check_name(name)

    def _take(self, rows: Iterable[Row]) -> None:
        """Rows that failed are run again."""
        self.rows |= {row["unit"]: row for row in rows if not row["error"]}

    def _check_name(self, name: str) -> None:
        if name != self._name:
            raise InputError(f"holds a sweep of {name}, not of {self._name}; choose another place", self._path.parent)

    def _rewrite(self) -> None:
        head = {"program": "emsim", "kind": _KIND, "schema": folder.SCHEMA, "experiment": self._name}
        warm_up = None if self.warm_up is None else self.warm_up._asdict()
        lines = [json.dumps({**head, "warm_up": warm_up}), *map(json.dumps, self.rows.values())]
        part = self._path.with_suffix(".part")
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(part, self._path)


def results_table(experiment: Experiment, rows: Iterable[Row]) -> "pd.DataFrame":
    """A row a (variant, replication), in that order, with a column a factor (its value in force) and a metric."""
    import pandas as pd

    ordered = sorted(rows, key=lambda row: (row["variant"], row["replication"]))
    head = ("unit", "variant", "replication", "seed")
    columns: dict[str, Any] = {name: [row[name] for row in ordered] for name in head}
    for name in experiment.factors:
        values = [experiment.variants[row["variant"]].values[name] for row in ordered]
        columns[name] = [",".join(map(str, value)) if isinstance(value, list) else value for value in values]
    for name in ("error", "fingerprint", "verdict"):
        columns[name] = [row[name] for row in ordered]
    columns["breaches"] = pd.array([row["breaches"] for row in ordered], dtype="Int64")
    for name in experiment.metrics:
        columns[name] = pd.Series([row[name] for row in ordered], dtype="float64")
    return pd.DataFrame(columns)


def plain_rows(frame: "pd.DataFrame") -> list[Row]:
    """The rows of a results table as plain data, missing numbers as None."""
    columns = [str(name) for name in frame.columns]
    known = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in known.itertuples(index=False, name=None)]


def write_results(place: Path, table: "pd.DataFrame", summary: dict[str, Any], pictures: dict[str, bytes]) -> None:
    """Write results, pictures, the report and the summary; the summary comes last."""
    from sim.report import render_sweep

    part = place / f"{RESULTS}.part"
    folder.write_table(part, table)
    os.replace(part, place / RESULTS)
    (place / folder.PLOTS).mkdir(exist_ok=True)
    for old in (place / folder.PLOTS).glob("*.png"):
        if old.stem not in pictures:
            old.unlink()
    for name, png in pictures.items():
        (place / folder.PLOTS / f"{name}.png").write_bytes(png)
    (place / folder.REPORT).write_text(render_sweep(summary, pictures), encoding="utf-8")
    part = place / f"{SUMMARY}.part"
    folder.write_json(part, {"program": "emsim", "kind": _KIND, "schema": folder.SCHEMA, **summary})
    os.replace(part, place / SUMMARY)


def is_sweep(place: Path) -> bool:
    """Whether a folder holds the results of a sweep."""
    return (place / SUMMARY).is_file()


def read_summary(place: Path) -> dict[str, Any]:
    """The summary of a finished sweep. Raises InputError."""
    summary = folder.read_json(place, SUMMARY)
    if summary.get("program") != "emsim" or summary.get("kind") != _KIND:
        raise InputError("was not written by emsim sweep", place / SUMMARY)
    if summary.get("schema") != folder.SCHEMA:
        problem = f"this emsim reads schema version {folder.SCHEMA}, not {summary.get('schema')}"
        raise InputError(problem, place / SUMMARY, field="schema")
    return summary
