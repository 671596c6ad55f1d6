"""``emsim fit``: parameters from a log, written as a load, with the check that they make such a log."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli import options, output
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.fitting import Fit


class FitOptions(NamedTuple):
    """The options of ``emsim fit`` as they were given."""

    customers: Path | None
    population: int | None
    columns: list[str]
    times_in: str | None
    out: Path | None
    force: bool
    check_customers: int | None
    seed: int
    as_json: bool


def fit_log(path: Path, given: FitOptions) -> int:
    """Fit the log at `path`, write the load and the picture, and print what came of it. Raises InputError."""
    from sim.fitting import fit
    from sim.fitting.fits import check_place
    from sim.progress import live_if_wanted

    place = given.out if given.out is not None else Path(f"fitted-{path.name.partition('.')[0]}.yaml")
    picture = place.with_suffix(".png")
    check_place(place, given.force)
    check_picture(picture, place)
    mapping = options.columns(given.columns)
    with live_if_wanted() as progress:
        found = fit(
            path, given.customers, mapping=mapping, times_in=given.times_in, population=given.population,
            check_customers=given.check_customers, seed=given.seed, progress=progress,
        )  # fmt: skip
        drawn = found.picture()
    found.write(place, given.force)
    try:
        picture.write_bytes(drawn)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", picture) from None
    if given.as_json:
        output.emit_json({**found.to_json(), "out": str(place), "picture": str(picture)})
    else:
        output.emit_rich(*_shown(found), "", f"Load:     {place}  (emsim run {place})", f"Picture:  {picture}")
    return 0


def check_picture(picture: Path, place: Path) -> None:
    """Raises InputError when the picture would take the place of what is none of ours."""
    if picture.exists() and not place.exists():
        raise InputError("exists, and the picture of the fit would replace it; choose another --out", picture)


def _shown(found: "Fit") -> list["RenderableType"]:
    document = found.to_json()
    fitted = output.table(["parameter"], ["value", "95% interval", "default", "n"])
    for name, row in document["fitted"].items():
        value = row["value"] if isinstance(row["value"], str) else output.number(row["value"])
        default = row["default"] if isinstance(row["default"], str) else output.number(row["default"])
        fitted.add_row(
            name,
            value,
            output.interval(row),
            default,
            f"{row['n']:,}" if row["n"] or row["low"] is not None else "assumed",
        )
    figures = output.table(["what the log shows"], ["value", "95% interval", "n"])
    for row in document["figures"]:
        words = f"{row['name']}, {row['unit']}"
        figures.add_row(words, output.number(row["value"]), output.interval(row), f"{row['n']:,}")
    parts: list[RenderableType] = [f"Fitted to {found.about}", "", fitted, "", figures]
    parts += ["", *(f"{_few(row['parameters'])}: {row['why']}." for row in document["not_fitted"])]
    return [*parts, *_check(document), *(f"\n{caveat}." for caveat in found.caveats)]


def _few(names: list[str]) -> str:
    """Not more names than can be read."""
    return f"Not fitted: {', '.join(names[:4])}" + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _check(document: Mapping[str, Any]) -> list["RenderableType"]:
    check = document["check"]
    table = output.table(["the check", "log", "simulated"], ["distance", "p", "differs"])
    words = {None: "too few", True: "yes", False: "not seen"}
    for row in check["rows"]:
        numbers = [output.number(row["distance"]), output.number(row["p_value"])]
        table.add_row(row["what"], row["log"], row["simulated"], *numbers, words[row["differs"]])
    note = (
        f"Simulated: {check['customers']:,} customers, seed {check['seed']}. The distance is Kolmogorov and Smirnov's. "
        "p takes messages for independent; they come in clumps, so that a small p means less than it says, and "
        "distributions are said to differ only from a distance of 0.1 on; single numbers when their intervals do not "
        "meet."
    )
    return ["", table, f"\n{note}"]
