"""The settings of an experiment: what its factors may be, and the variants that its design makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from sim.errors import InputError, shown
from sim.experiments import designs
from sim.experiments.designs import Levels, Point, Range
from sim.experiments.schema import MOST_VARIANTS, ExperimentRow, RangeRow
from sim.marked_yaml import Marked, Route, Step, check, suggestion
from sim.policy import settings
from sim.scenario.load import Load, split_sets


@dataclass(frozen=True)
class Variant:
    """One setting of the factors: `sets` is what differs from the load (none for the load itself), `values` has every
    factor's value in force."""

    label: str
    sets: Mapping[str, Any]
    values: Mapping[str, Any]


def values_in_force(load: Load, names: Mapping[str, Any]) -> dict[str, Any]:
    """The values in force of these policy values and parameters. Raises InputError for an unknown name."""
    policy, _ = split_sets(dict.fromkeys(names))
    rules, parameters = load.read_policy(), load.read_parameters()
    return {name: rules.value(name) if name in policy else parameters[name] for name in names}


def unchanged(load: Load, names: Mapping[str, Any]) -> Variant:
    """The load itself as a variant with these factors. Raises InputError for an unknown name."""
    return Variant("as it is", {}, values_in_force(load, names))


def variant_at(load: Load, base: Variant, point: Point) -> Variant:
    """The variant that differs from the `load` (whose own variant is `base`) by `point`.

    Raises InputError, with a name of `point` as its field where one is to blame, for what is not possible.
    """
    values = {**base.values, **values_in_force(load.with_overrides(sets=point), point)}
    sets = {name: value for name, value in values.items() if value != base.values[name]}
    label = ", ".join(f"{name}={text(value)}" for name, value in sets.items())
    return Variant(label or base.label, sets, values)


def space_of(file: ExperimentRow, marked: Marked, base: Variant) -> dict[str, Levels]:
    """What each factor may be; nothing for the design list, whose variants stand one by one."""
    if file.variants and file.design != "list":
        raise marked.error("is only for the design list", ("variants",))
    if file.points is not None and file.design != "latin_hypercube":
        raise marked.error("is only for the design latin_hypercube", ("points",))
    if file.design == "list":
        _check_list(file, marked)
        return {}
    if file.design == "latin_hypercube" and file.points is None:
        raise marked.error("is missing: how many points the design latin_hypercube has", ("points",))
    return {name: _levels(name, file, marked, base) for name in file.factors}


def variants_of(
    file: ExperimentRow, marked: Marked, load: Load, base: Variant, space: Mapping[str, Levels]
) -> tuple[Variant, ...]:
    """The load itself, then the points of the design; a point that sets nothing new is not run twice."""
    found = [base]
    for point, route in _points(file, marked, load, space):
        try:
            made = variant_at(load, base, point)
        except InputError as error:
            inner: tuple[Step, ...] = (*route, error.field) if error.field in point else route
            raise marked.error(error.problem, inner) from None
        if not any(known.sets == made.sets for known in found):
            found.append(made)
    if len(found) > MOST_VARIANTS:
        raise marked.error(f"has {len(found)} variants (allowed: {MOST_VARIANTS})", ("factors",))
    return tuple(found)


def check_levels(marked: Marked, load: Load, base: Variant, space: Mapping[str, Levels]) -> None:
    """Every value of the space is possible for its factor. Which are possible together is found out as they are tried.

    Raises InputError that names the factor.
    """
    parameters, policy = load.read_parameters().details, load.read_policy()
    for name, levels in space.items():
        try:
            load.with_overrides(sets={name: base.values[name]})
            known = parameters[name] if name in parameters else policy.setting(name)
            for value in levels.ends if isinstance(levels, Range) else levels:
                settings.read(value, known.default, known.minimum, known.maximum, list(known.allowed))
        except (InputError, ValueError) as error:
            problem = error.problem if isinstance(error, InputError) else str(error)
            raise marked.error(problem, ("factors", name)) from None


def grid_size(space: Mapping[str, Levels]) -> int | None:
    """How many settings the space has; None when one of its factors is a range."""
    levels = space.values()
    return None if any(isinstance(each, Range) for each in levels) else prod(len(each) for each in levels)


def _points(file: ExperimentRow, marked: Marked, load: Load, space: Mapping[str, Levels]) -> list[tuple[Point, Route]]:
    """The points of the design, each with the part of the file that an error in it names."""
    if file.design == "list":
        return [(point, ("variants", index)) for index, point in enumerate(file.variants)]
    route: Route = ("factors",)
    if file.design == "latin_hypercube":
        assert file.points is not None
        return [(point, route) for point in designs.latin_hypercube(space, file.points, load.seed)]
    levels = {name: each for name, each in space.items() if not isinstance(each, Range)}
    if file.design == "one_at_a_time":
        return [(point, route) for point in designs.one_at_a_time(levels)]
    size = grid_size(space)
    if size is None or size > MOST_VARIANTS:
        raise marked.error(f"make a grid of {size} variants (allowed: {MOST_VARIANTS})", route)
    return [(point, route) for point in designs.grid(levels)]


def _levels(name: str, file: ExperimentRow, marked: Marked, base: Variant) -> Levels:
    levels = file.factors[name]
    if isinstance(levels, list) and levels:
        return tuple(levels)
    if file.design != "latin_hypercube":
        raise marked.error(f"must be a list of values (value {shown(levels)})", ("factors", name))
    if not isinstance(levels, dict):
        problem = f"must be a list of values, or a range as {{from: LOW, to: HIGH}} (value {shown(levels)})"
        raise marked.error(problem, ("factors", name))
    read = check(RangeRow, marked, ("factors", name))
    value = base.values[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise marked.error("is not a number, so it has no range: name its values in a list", ("factors", name))
    if read.low >= read.high:
        raise marked.error(f"must be more than {read.low} (value {read.high})", ("factors", name, "to"))
    whole = isinstance(value, int)
    for end, number in (("from", read.low), ("to", read.high)):
        if whole and number != int(number):
            raise marked.error(f"must be a whole number (value {shown(number)})", ("factors", name, end))
    return Range(read.low, read.high, whole)


def _check_list(file: ExperimentRow, marked: Marked) -> None:
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


def text(value: Any) -> str:
    """A value of a factor as a label."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
