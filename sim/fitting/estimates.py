"""What a fit says: parameters with their intervals, figures that no parameter holds, and what could not be told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sim.fitting.intervals import Interval
from sim.population.parameters import Parameters


class Estimate(NamedTuple):
    """A parameter's value from the log. `low` and `high` are None for what was counted outright; `n` is what it rests
    on, `method` how, and in what sense it stands for the parameter."""

    name: str
    value: Any
    low: float | None
    high: float | None
    n: int
    method: str


class Figure(NamedTuple):
    """Something that the log shows and no parameter holds."""

    name: str
    value: float
    low: float | None
    high: float | None
    n: int
    unit: str
    method: str


class Missing(NamedTuple):
    """Parameters that keep their default, which is an assumption, and why the log cannot tell them."""

    names: tuple[str, ...]
    why: str


Finding = Estimate | Figure | Missing


def estimate(name: str, found: Interval, n: int, method: str) -> Estimate:
    """An estimate with its interval."""
    return Estimate(name, found.value, found.low, found.high, n, method)


def figure(name: str, found: Interval, n: int, unit: str, method: str) -> Figure:
    """A figure with its interval."""
    return Figure(name, found.value, found.low, found.high, n, unit, method)


class Findings:
    """Everything that was found in a log, in the order of finding; a parameter is estimated once."""

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self.estimates: dict[str, Estimate] = {}
        self.figures: list[Figure] = []
        self.missing: list[Missing] = []
        self.add(found)

    def add(self, found: Iterable[Finding]) -> None:
        """Take further findings; an estimate takes the place of an earlier one of its parameter."""
        for one in found:
            if isinstance(one, Estimate):
                self.estimates[one.name] = one
            elif isinstance(one, Figure):
                self.figures.append(one)
            else:
                self.missing.append(one)

    def leave_out_nothings(self, parameters: Parameters, but: Iterable[str]) -> None:
        """Where nothing at all was seen and the default is as possible, the default stays: a short log is no proof that
        something never happens. Not for `but`."""
        kept = set(but)
        for name, one in list(self.estimates.items()):
            default = parameters.details[name].default
            if name not in kept and one.value == 0 and one.high is not None and 0 < default <= one.high:
                why = f"none was seen, which says no more than that it is at most {one.high:.4g} ({one.method})"
                self.missing.append(Missing((name,), why))
                del self.estimates[name]

    def values(self, parameters: Parameters) -> dict[str, Any]:
        """The fitted values as a load takes them: of each parameter's type, within its bounds."""
        return {name: possible(one.value, name, parameters) for name, one in self.estimates.items()}

    def unnamed(self, parameters: Parameters) -> Iterator[str]:
        """The parameters of which nothing was said."""
        said = {*self.estimates, *(name for one in self.missing for name in one.names)}
        return (name for name in parameters if name not in said)


def possible(value: Any, name: str, parameters: Parameters) -> Any:
    """`value` as the parameter `name` can hold it: rounded to six digits or whole, and within its bounds."""
    known = parameters.details[name]
    if known.kind not in ("whole", "decimal"):
        return value
    low, high = known.minimum, known.maximum
    number = round(value) if known.kind == "whole" else float(f"{value:.6g}")
    number = number if low is None else max(number, low)
    return number if high is None else min(number, high)


def plain(found: Findings, parameters: Parameters) -> Mapping[str, Any]:
    """The findings as JSON-able data."""
    values = found.values(parameters)
    return {
        "fitted": {
            name: {
                "value": values[name], "low": one.low, "high": one.high, "n": one.n,
                "default": parameters.details[name].default, "unit": parameters.details[name].unit,
                "method": one.method,
            }
            for name, one in found.estimates.items()
        },
        "figures": [one._asdict() for one in found.figures],
        "not_fitted": [{"parameters": list(one.names), "why": one.why} for one in found.missing],
    }  # fmt: skip
