"""Experiment files: a load, the factors that are changed, the design, how many runs, and what is measured.

A factor is any policy value or parameter by the name that ``--set`` takes. The first variant of every experiment is the
load itself: all differences are taken to it, run by run with the same seed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import InputError, shown
from sim.experiments.designs import Levels
from sim.experiments.goal import Goal, goal_of
from sim.experiments.lengths import ANY_PRECISION, Precision
from sim.experiments.observed import WHOLE_RUN
from sim.experiments.schema import MOST_REPLICATIONS, MOST_RUNS, MOST_VARIANTS, ExperimentRow, ReplicationsRow
from sim.experiments.variants import Variant, check_levels, grid_size, space_of, unchanged, variants_of
from sim.marked_yaml import Marked, Route, check, read_yaml, suggestion
from sim.metrics.definitions import DEFINITIONS
from sim.policy.policy import load_policy
from sim.scenario.load import Load, load_file

MSER5 = "mser5"
"""A warm-up that is chosen from the first run."""
RULE_METRICS = ("rule_cases", "rule_breaches", "rule_unjudged", "rule_breach_rate")
"""Metrics whose groups are rules."""

_PACKAGE = Path(__file__).parents[1]
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_METRIC = re.compile(r"(?P<metric>[a-z0-9_]+)(\[(?P<group>[^\[\]]+)\])?")


@dataclass(frozen=True)
class Replications:
    """How many runs a variant gets: `least`, and with a `metric` as many as its mean on the unchanged load needs to
    reach the `precision`, but no more than `most`."""

    least: int
    most: int
    metric: str = ""
    precision: Precision = ANY_PRECISION


@dataclass(frozen=True)
class Target:
    """What a metric's mean should keep to; None where it may be anything."""

    least: float | None
    most: float | None


@dataclass(frozen=True)
class Experiment:
    """A checked experiment. Run `r` (from 0) of every variant has the seed ``load.seed + r``. `load` has everything in
    force that all variants share, and `source` is what ``emsim run`` takes for the load below it; `warm_up_days` is
    None when it is chosen from the first run. `space` is empty for the design list. With `audited` the rules that must
    hold are judged in every run."""

    name: str
    title: str
    load: Load
    source: str
    factors: tuple[str, ...]
    space: Mapping[str, Levels]
    design: str
    variants: tuple[Variant, ...]
    replications: Replications
    metrics: tuple[str, ...]
    targets: Mapping[str, Target]
    goal: Goal | None
    warm_up_days: int | None
    cool_down_days: int
    confidence: float
    quantiles: tuple[float, ...]
    audited: bool


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
    searched: bool = False,
) -> Experiment:
    """The experiment of a file, or the shipped one of a bare name; what is given replaces what the file says.

    With `searched` it must have a goal, and where settings must be searched for (a Latin hypercube, or a grid of any
    size) the load itself is its only variant. Raises InputError that names file, line and field.
    """
    path = _path(path_or_name)
    marked = read_yaml(path)
    file = check(ExperimentRow, marked)
    load = _base(file, marked, path).with_overrides(customers=customers, days=days)
    metrics = tuple(_metric(name, marked, ("metrics", index)) for index, name in enumerate(file.metrics))
    wanted = _replications(file, marked, replications)
    warm_up = _warm_up(file, marked, load, metrics)
    if wanted.metric and wanted.metric not in metrics:
        raise marked.error("is not among the metrics", ("replications", "metric"))
    for name in file.targets:
        if name not in metrics:
            raise marked.error(f"is not among the metrics{suggestion(name, metrics)}", ("targets", name))
    goal = goal_of(file, marked, load, metrics)
    if searched and goal is None:
        raise marked.error("is missing: what is looked for is the least cost", ("cost",))
    if searched and not file.audit:
        raise marked.error("must be true: a setting has to keep the rules (value false)", ("audit",))
    space, variants = _settings(file, marked, load, searched)
    return Experiment(
        name=file.name,
        title=file.title,
        load=load,
        source=_source(file.base.load, path),
        factors=tuple(file.factors),
        space=space,
        design=file.design,
        variants=variants,
        replications=wanted,
        metrics=metrics,
        targets={name: Target(target.least, target.most) for name, target in file.targets.items()},
        goal=goal,
        warm_up_days=warm_up,
        cool_down_days=file.cool_down_days,
        confidence=file.confidence,
        quantiles=tuple(file.quantiles),
        audited=file.audit,
    )


def _path(path_or_name: Path | str) -> Path:
    if not isinstance(path_or_name, str) or not _BARE_NAME.fullmatch(path_or_name):
        return Path(path_or_name)
    shipped = shipped_experiments()
    if path_or_name not in shipped:
        names = ", ".join(shipped)
        raise InputError(f"no experiment has this name (allowed: {names}, or the path of a file)", path_or_name)
    return shipped[path_or_name]


def within(experiment: Experiment, runs: int | None) -> Experiment:
    """The experiment with a goal to be reached in so many runs; None leaves what the file says. Raises InputError."""
    if experiment.goal is None:
        raise InputError("names no cost, and what is looked for is the least", experiment.name, field="cost")
    if runs is None:
        return experiment
    if not _is_whole(runs, MOST_RUNS):
        raise InputError(f"must be a whole number from 1 to {MOST_RUNS} (value {shown(runs)})", field="runs")
    return replace(experiment, goal=replace(experiment.goal, runs=runs))


def metric_and_group(name: str) -> tuple[str, str]:
    """``queue_age_p95[released]`` as ("queue_age_p95", "released"); the group is "all" when none is named."""
    match = _METRIC.fullmatch(name)
    if match is None:
        raise ValueError(f"must look like METRIC or METRIC[GROUP] (value {shown(name)})")
    return match["metric"], match["group"] or "all"


def _source(name: str, path: Path) -> str:
    """A load as the experiment at `path` names it: a load that ships, or a file beside the experiment."""
    return name if _BARE_NAME.fullmatch(name) else str(path.parent / name)


def _base(file: ExperimentRow, marked: Marked, path: Path) -> Load:
    try:
        load = load_file(_source(file.base.load, path))
    except InputError as error:
        raise marked.error(str(error), ("base", "load")) from None
    try:
        load = load.with_overrides(customers=file.base.customers, days=file.base.days, sets=file.base.set)
    except InputError as error:
        raise marked.error(error.problem, ("base", "set", error.field or "")) from None
    return load if file.seed is None else replace(load, seed=file.seed)


def _settings(
    file: ExperimentRow, marked: Marked, load: Load, searched: bool
) -> tuple[Mapping[str, Levels], tuple[Variant, ...]]:
    try:
        base = unchanged(load, file.factors)
    except InputError as error:
        raise marked.error(error.problem, ("factors", error.field or "")) from None
    space = space_of(file, marked, base)
    large = file.design == "grid" and (grid_size(space) or 0) > MOST_VARIANTS
    if searched and (large or file.design == "latin_hypercube"):
        check_levels(marked, load, base, space)
        return space, (base,)
    return space, variants_of(file, marked, load, base, space)


def _metric(name: str, marked: Marked, route: Route) -> str:
    try:
        metric, group = metric_and_group(name)
    except ValueError as error:
        raise marked.error(str(error), route) from None
    if metric not in DEFINITIONS:
        raise marked.error(f"unknown metric{suggestion(metric, DEFINITIONS)} (value {shown(name)})", route)
    rules = load_policy().rules
    if metric in RULE_METRICS and group not in rules:
        problem = f"must name a rule, as in {metric}[cs-precall]{suggestion(group, rules)} (value {shown(name)})"
        raise marked.error(problem, route)
    return name


def _replications(file: ExperimentRow, marked: Marked, given: int | None) -> Replications:
    """As the file has them, or as `given`."""
    number = file.replications
    if isinstance(number, dict):
        read = check(ReplicationsRow, marked, ("replications",))
        if read.most < read.least:
            raise marked.error(f"must be at least {read.least} (value {read.most})", ("replications", "most"))
        if (read.precision is None) == (read.half_width is None):
            problem = "needs either precision (a share of the mean) or half_width (in the unit of the metric)"
            raise marked.error(problem, ("replications",))
        half, share = read.half_width, read.precision
        precision = Precision(half, relative=False) if half is not None else Precision(share or 0.0)
        wanted = Replications(read.least, read.most, read.metric, precision)
    elif _is_whole(number):
        wanted = Replications(number, number)
    else:
        allowed = f"a whole number from 1 to {MOST_REPLICATIONS}, or a mapping with metric, precision and most"
        raise marked.error(f"must be {allowed} (value {shown(number)})", ("replications",))
    if given is None:
        return wanted
    if not _is_whole(given):
        problem = f"must be a whole number from 1 to {MOST_REPLICATIONS} (value {shown(given)})"
        raise InputError(problem, field="replications")
    return Replications(given, given)


def _is_whole(value: object, most: int = MOST_REPLICATIONS) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _warm_up(file: ExperimentRow, marked: Marked, load: Load, metrics: Sequence[str]) -> int | None:
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
