"""What a search for the best settings looks for: the least cost, and more or less of some metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.errors import InputError
from sim.experiments.schema import CostRow, ExperimentRow, FrontierRow, TargetRow, TermRow
from sim.experiments.variants import values_in_force
from sim.marked_yaml import Marked, Route, check, suggestion
from sim.metrics.definitions import DEFINITIONS
from sim.scenario.load import Load

COST = "cost"
"""What the cost is called beside the metrics."""

Direction = Literal["less", "more"]
"""Which is better."""


@dataclass(frozen=True)
class Term:
    """A part of the cost: `price` (in `unit`) for each unit of a metric, or of a policy value or parameter when
    `is_parameter`. `status` is pub or assume, or empty where the metric itself is the cost."""

    name: str
    is_parameter: bool
    price: float
    unit: str
    status: str
    source: str


@dataclass(frozen=True)
class Cost:
    """What a setting costs: the sum of its terms, in `unit`."""

    unit: str
    terms: tuple[Term, ...]

    def of(self, metrics: Mapping[str, Any], values: Mapping[str, Any]) -> float | None:
        """The cost of a run with these metrics, in whose variant policy and parameters have these `values`; None where
        a metric has no number."""
        numbers = [values[term.name] if term.is_parameter else metrics[term.name] for term in self.terms]
        if any(number is None or number != number for number in numbers):
            return None
        return float(sum(term.price * number for term, number in zip(self.terms, numbers, strict=True)))


@dataclass(frozen=True)
class Goal:
    """What `emsim frontier` looks for: little `cost`, and of each of the `objectives` less or more, in at most `runs`
    runs, of which each setting on the frontier gets up to `confirm` with seeds that the search has not seen. Less
    than one of the `steps` (by objective, or cost) is no difference. With `breaches_at_most` more runs than this share
    with a breach of a rule that must hold have to be ruled out."""

    cost: Cost
    objectives: Mapping[str, Direction]
    steps: Mapping[str, float]
    runs: int
    confirm: int
    breaches_at_most: float | None


def goal_of(file: ExperimentRow, marked: Marked, load: Load, metrics: Sequence[str]) -> Goal | None:
    """The goal of an experiment file; None when it names no cost. Raises InputError."""
    if file.cost is None:
        if file.frontier is not None:
            raise marked.error("needs a cost: name one beside it", ("frontier",))
        return None
    wanted = file.frontier or FrontierRow()
    for name in wanted.objectives:
        _check_metric(name, metrics, marked, ("frontier", "objectives", name))
    objectives: dict[str, Direction] = {**wanted.objectives} or _by_targets(file.targets)
    if not objectives:
        problem = "needs at least one metric as an objective, or a target that only one side bounds"
        raise marked.error(problem, ("frontier", "objectives"))
    for name in wanted.steps:
        if name not in (COST, *objectives):
            problem = f"is neither {COST} nor among the objectives{suggestion(name, objectives)}"
            raise marked.error(problem, ("frontier", "steps", name))
    cost = _cost(file.cost, marked, load, metrics)
    return Goal(cost, objectives, wanted.steps, wanted.runs, wanted.confirm, wanted.breaches_at_most)


def _by_targets(targets: Mapping[str, TargetRow]) -> dict[str, Direction]:
    """Metrics whose target is bounded on one side, which says what is better."""
    one_sided = {name: each for name, each in targets.items() if (each.least is None) != (each.most is None)}
    return {name: "less" if each.least is None else "more" for name, each in one_sided.items()}


def _cost(given: Any, marked: Marked, load: Load, metrics: Sequence[str]) -> Cost:
    if isinstance(given, str):
        _check_metric(given, metrics, marked, ("cost",))
        unit, _ = DEFINITIONS[given.partition("[")[0]]
        return Cost(unit, (Term(given, False, 1.0, unit, "", ""),))
    row = check(CostRow, marked, ("cost",))
    return Cost(row.unit, tuple(_term(each, marked, load, metrics, index) for index, each in enumerate(row.terms)))


def _term(row: TermRow, marked: Marked, load: Load, metrics: Sequence[str], index: int) -> Term:
    route: Route = ("cost", "terms", index)
    if row.metric is not None and row.parameter is None:
        _check_metric(row.metric, metrics, marked, (*route, "metric"))
        return Term(row.metric, False, row.price, row.unit, row.status, row.source)
    if row.parameter is None or row.metric is not None:
        raise marked.error("needs a metric or a parameter, one of both", route)
    try:
        value = values_in_force(load, {row.parameter: None})[row.parameter]
    except InputError as error:
        raise marked.error(error.problem, (*route, "parameter")) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise marked.error("is not a number, so it has no price", (*route, "parameter"))
    return Term(row.parameter, True, row.price, row.unit, row.status, row.source)


def _check_metric(name: str, metrics: Sequence[str], marked: Marked, route: Route) -> None:
    if name not in metrics:
        raise marked.error(f"is not among the metrics{suggestion(name, metrics)}", route)
