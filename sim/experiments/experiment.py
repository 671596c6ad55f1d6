"""Experiment files: a load, the factors that are changed, the design, how many runs, and what is measured.

A factor is any policy value or parameter by the name that ``--set`` takes. The first variant of every experiment is the
load itself: all differences are taken to it, run by run with the same seed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.errors import InputError, shown
from sim.experiments import designs
from sim.experiments.observed import WHOLE_RUN
from sim.marked_yaml import Marked, Route, Schema, Step, check, read_yaml, suggestion
from sim.metrics.definitions import DEFINITIONS
from sim.scenario.load import MOST_CUSTOMERS, MOST_DAYS, MOST_SEED, Load, load_file, split_sets

MSER5 = "mser5"
"""A warm-up that is chosen from the first run."""
MOST_REPLICATIONS = 10_000
MOST_VARIANTS = 1000

_PACKAGE = Path(__file__).parents[1]
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_METRIC = re.compile(r"(?P<metric>[a-z0-9_]+)(\[(?P<group>[^\[\]]+)\])?")


@dataclass(frozen=True)
class Variant:
    """One setting of the factors: `sets` is what differs from the load (none for the load itself), `values` has every
    factor's value in force."""

    label: str
    sets: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Replications:
    """How many runs a variant gets: `least`, and with a `metric` as many as its mean on the unchanged load needs for a
    relative half-width of `precision`, but no more than `most`."""

    least: int
    most: int
    metric: str = ""
    precision: float = 0.0


@dataclass(frozen=True)
class Target:
    """What a metric's mean should keep to; None where it may be anything."""

    least: float | None
    most: float | None


@dataclass(frozen=True)
class Experiment:
    """A checked experiment. Run `r` (from 0) of every variant has the seed ``load.seed + r``. `load` has everything in
    force that all variants share; `warm_up_days` is None when it is chosen from the first run."""

    name: str
    title: str
    load: Load
    factors: tuple[str, ...]
    design: str
    variants: tuple[Variant, ...]
    replications: Replications
    metrics: tuple[str, ...]
    targets: Mapping[str, Target]
    warm_up_days: int | None
    cool_down_days: int
    confidence: float


class _Base(Schema):
    load: str = Field(min_length=1)
    customers: int | None = Field(default=None, ge=1, le=MOST_CUSTOMERS)
    days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    set: dict[str, Any] = Field(default_factory=dict)


class _Range(Schema):
    low: float = Field(alias="from", allow_inf_nan=False)
    high: float = Field(alias="to", allow_inf_nan=False)


class _Replications(Schema):
    least: int = Field(default=3, ge=3, le=MOST_REPLICATIONS)
    most: int = Field(ge=3, le=MOST_REPLICATIONS)
    metric: str
    precision: float = Field(gt=0, lt=1)


class _Target(Schema):
    least: float | None = Field(default=None, allow_inf_nan=False)
    most: float | None = Field(default=None, allow_inf_nan=False)


class _File(Schema):
    emsim: Literal[1]
    kind: Literal["experiment"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    base: _Base
    factors: dict[str, Any] = Field(min_length=1)
    design: Literal["grid", "one_at_a_time", "latin_hypercube", "list"]
    points: int | None = Field(default=None, ge=2, le=MOST_VARIANTS)
    variants: list[dict[str, Any]] = Field(default_factory=list, max_length=MOST_VARIANTS)
    replications: Any
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED - MOST_REPLICATIONS)
    metrics: list[str] = Field(min_length=1)
    targets: dict[str, _Target] = Field(default_factory=dict)
    warm_up_days: Any = 0
    cool_down_days: int = Field(default=0, ge=0, le=MOST_DAYS)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)


def shipped_experiments() -> dict[str, Path]:
    """The experiments that come with emsim, by name, in alphabetical order."""
    installed = _PACKAGE / "shipped" / "experiments"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "scenarios" / "experiments"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read_experiment(
    path_or_name: Path | str,
    replications: int | None = None,
    customers: int | None = None,
    days: int | None = None,
) -> Experiment:
    """The experiment of a file, or the shipped one of a bare name; what is given replaces what the file says.

    Raises InputError that names file, line and field.
    """
    path = Path(path_or_name)
    if isinstance(path_or_name, str) and _BARE_NAME.fullmatch(path_or_name):
        shipped = shipped_experiments()
        if path_or_name not in shipped:
            names = ", ".join(shipped)
            raise InputError(f"no experiment has this name (allowed: {names}, or the path of a file)", path_or_name)
        path = shipped[path_or_name]
    marked = read_yaml(path)
    file = check(_File, marked)
    load = _base(file, marked, path).with_overrides(customers=customers, days=days)
    metrics = tuple(_metric(name, marked, ("metrics", index)) for index, name in enumerate(file.metrics))
    wanted = _replications(file, marked)
    if replications is not None:
        if not _is_whole(replications):
            problem = f"must be a whole number from 1 to {MOST_REPLICATIONS} (value {shown(replications)})"
            raise InputError(problem, field="replications")
        wanted = Replications(replications, replications)
    warm_up = _warm_up(file, marked, load, metrics)
    if wanted.metric and wanted.metric not in metrics:
        raise marked.error("is not among the metrics", ("replications", "metric"))
    for name in file.targets:
        if name not in metrics:
            raise marked.error(f"is not among the metrics{suggestion(name, metrics)}", ("targets", name))
    return Experiment(
        name=file.name,
        title=file.title,
        load=load,
        factors=tuple(file.factors),
        design=file.design,
        variants=_variants(file, marked, load),
        replications=wanted,
        metrics=metrics,
        targets={name: Target(target.least, target.most) for name, target in file.targets.items()},
        warm_up_days=warm_up,
        cool_down_days=file.cool_down_days,
        confidence=file.confidence,
    )


def metric_and_group(name: str) -> tuple[str, str]:
    """``queue_age_p95[released]`` as ("queue_age_p95", "released"); the group is "all" when none is named."""
    match = _METRIC.fullmatch(name)
    if match is None:
        raise ValueError(f"must look like METRIC or METRIC[GROUP] (value {shown(name)})")
    return match["metric"], match["group"] or "all"


def _base(file: _File, marked: Marked, path: Path) -> Load:
    name = file.base.load
    try:
        load = load_file(name if _BARE_NAME.fullmatch(name) else path.parent / name)
    except InputError as error:
        raise marked.error(str(error), ("base", "load")) from None
    try:
        load = load.with_overrides(customers=file.base.customers, days=file.base.days, sets=file.base.set)
    except InputError as error:
        raise marked.error(error.problem, ("base", "set", error.field or "")) from None
    return load if file.seed is None else replace(load, seed=file.seed)


def _metric(name: str, marked: Marked, route: Route) -> str:
    try:
        metric, _ = metric_and_group(name)
    except ValueError as error:
        raise marked.error(str(error), route) from None
    if metric not in DEFINITIONS:
        raise marked.error(f"unknown metric{suggestion(metric, DEFINITIONS)} (value {shown(name)})", route)
    return name


def _replications(file: _File, marked: Marked) -> Replications:
    if isinstance(file.replications, dict):
        read = check(_Replications, marked, ("replications",))
        if read.most < read.least:
            raise marked.error(f"must be at least {read.least} (value {read.most})", ("replications", "most"))
        return Replications(read.least, read.most, read.metric, read.precision)
    number = file.replications
    if not _is_whole(number):
        allowed = f"a whole number from 1 to {MOST_REPLICATIONS}, or a mapping with metric, precision and most"
        raise marked.error(f"must be {allowed} (value {shown(number)})", ("replications",))
    return Replications(number, number)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_REPLICATIONS


def _warm_up(file: _File, marked: Marked, load: Load, metrics: Sequence[str]) -> int | None:
    given = file.warm_up_days
    route: Route = ("warm_up_days",)
    chosen = given == MSER5
    if not chosen and (isinstance(given, bool) or not isinstance(given, int) or given < 0):
        raise marked.error(f"must be a whole number of days from 0 on, or {MSER5} (value {shown(given)})", route)
    # MSER-5 never leaves out more than half of a run.
    left_out = (load.days + 1) // 2 if chosen else given
    if left_out + file.cool_down_days >= load.days:
        raise marked.error(f"warm-up and cool-down leave nothing of {load.days} days", route)
    if chosen or given or file.cool_down_days:
        for index, name in enumerate(metrics):
            if metric_and_group(name)[0] in WHOLE_RUN:
                problem = f"is measured over whole runs: it allows no warm-up and no cool-down (value {shown(name)})"
                raise marked.error(problem, ("metrics", index))
    return None if chosen else given


def _variants(file: _File, marked: Marked, load: Load) -> tuple[Variant, ...]:
    """The load itself, then the points of the design; a point that sets nothing new is not run twice."""
    try:
        base = _values(load, file.factors)
    except InputError as error:
        raise marked.error(error.problem, ("factors", error.field or "")) from None
    found = [Variant("as it is", {}, base)]
    for point, route in _points(file, marked, load):
        try:
            values = base | _values(load.with_overrides(sets=point), point)
        except InputError as error:
            inner: tuple[Step, ...] = (*route, error.field) if error.field in point else route
            raise marked.error(error.problem, inner) from None
        sets = {name: value for name, value in values.items() if value != base[name]}
        if any(known.sets == sets for known in found):
            continue
        found.append(Variant(", ".join(f"{name}={_text(value)}" for name, value in sets.items()), sets, values))
    if len(found) > MOST_VARIANTS:
        raise marked.error(f"has {len(found)} variants (allowed: {MOST_VARIANTS})", ("factors",))
    return tuple(found)


def _values(load: Load, names: Mapping[str, Any]) -> dict[str, Any]:
    """The values in force of these policy values and parameters. Raises InputError for an unknown name."""
    policy, _ = split_sets(dict.fromkeys(names))
    rules, parameters = load.read_policy(), load.read_parameters()
    return {name: rules.value(name) if name in policy else parameters[name] for name in names}


def _points(file: _File, marked: Marked, load: Load) -> list[tuple[designs.Point, Route]]:
    """The points of the design, each with the part of the file that an error in it names."""
    if file.variants and file.design != "list":
        raise marked.error("is only for the design list", ("variants",))
    if file.points is not None and file.design != "latin_hypercube":
        raise marked.error("is only for the design latin_hypercube", ("points",))
    if file.design == "list":
        return _listed(file, marked)
    route: Route = ("factors",)
    if file.design == "latin_hypercube":
        return [(point, route) for point in _hypercube(file, marked, load)]
    levels = {name: _levels(name, values, marked) for name, values in file.factors.items()}
    if file.design == "one_at_a_time":
        return [(point, route) for point in designs.one_at_a_time(levels)]
    size = 1
    for values in levels.values():
        size *= len(values)
    if size > MOST_VARIANTS:
        raise marked.error(f"make a grid of {size} variants (allowed: {MOST_VARIANTS})", route)
    return [(point, route) for point in designs.grid(levels)]


def _levels(name: str, values: Any, marked: Marked) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise marked.error(f"must be a list of values (value {shown(values)})", ("factors", name))
    return values


def _listed(file: _File, marked: Marked) -> list[tuple[designs.Point, Route]]:
    if not file.variants:
        raise marked.error("the design list needs variants", ("design",))
    for name, note in file.factors.items():
        if note is not None:
            raise marked.error("has its values under variants: leave it empty here", ("factors", name))
    for index, point in enumerate(file.variants):
        for name in point:
            if name not in file.factors:
                problem = f"is not among the factors{suggestion(name, file.factors)}"
                raise marked.error(problem, ("variants", index, name))
    return [(point, ("variants", index)) for index, point in enumerate(file.variants)]


def _hypercube(file: _File, marked: Marked, load: Load) -> list[designs.Point]:
    if file.points is None:
        raise marked.error("is missing: how many points the design latin_hypercube has", ("points",))
    ranges, whole = {}, set()
    base = _values(load, dict.fromkeys(file.factors))
    for name in file.factors:
        read = check(_Range, marked, ("factors", name))
        if isinstance(base[name], bool) or not isinstance(base[name], int | float):
            raise marked.error("is not a number, so it has no range", ("factors", name))
        if read.low >= read.high:
            raise marked.error(f"must be more than {read.low} (value {read.high})", ("factors", name, "to"))
        ranges[name] = (read.low, read.high)
        if isinstance(base[name], int):
            whole.add(name)
    points = designs.latin_hypercube(ranges, file.points, load.seed)
    return [{name: round(value) if name in whole else value for name, value in point.items()} for point in points]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
