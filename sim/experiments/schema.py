"""The format of experiment files: what may stand in them, before anything is made of it.

The same models are published as a JSON Schema (`experiment_schema`), by which editors complete and check the files.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.marked_yaml import Schema
from sim.scenario.load_format import MOST_CUSTOMERS, MOST_DAYS, MOST_SEED

MOST_REPLICATIONS = 10_000
MOST_VARIANTS = 1000
MOST_RUNS = 1_000_000


FILE = "experiment.schema.json"
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Share = Annotated[float, Field(gt=0, lt=1)]


class BaseRow(Schema):
    """The load, and what differs from it in every variant."""

    load: str = Field(min_length=1, description="A load that ships, or a file beside this one.")
    customers: int | None = Field(default=None, ge=1, le=MOST_CUSTOMERS)
    days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    set: dict[str, Any] = Field(default_factory=dict, description="Policy values and parameters by the names of --set.")


class RangeRow(Schema):
    """A factor of which any number between two others may be taken."""

    low: float = Field(alias="from", allow_inf_nan=False)
    high: float = Field(alias="to", allow_inf_nan=False)


class ReplicationsRow(Schema):
    """How precise the mean of a metric must be."""

    least: int = Field(default=3, ge=3, le=MOST_REPLICATIONS)
    most: int = Field(ge=3, le=MOST_REPLICATIONS)
    metric: str
    precision: float | None = Field(
        default=None, gt=0, lt=1, description="Half of the interval as a share of the mean."
    )
    half_width: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="The same in the metric's unit."
    )


class TargetRow(Schema):
    """Bounds of a metric's mean."""

    least: float | None = Field(default=None, allow_inf_nan=False)
    most: float | None = Field(default=None, allow_inf_nan=False)


class TermRow(Schema):
    """A part of the cost: so much for each unit of a metric or of a parameter."""

    metric: str | None = None
    parameter: str | None = Field(default=None, description="A policy value or parameter that is a number.")
    price: float = Field(allow_inf_nan=False)
    unit: str = Field(min_length=1, max_length=80, description="What the price is in.")
    status: Literal["pub", "assume"] = Field(description="Whether the price is published or assumed.")
    source: str = Field(min_length=1, max_length=400)


class CostRow(Schema):
    """What a setting costs: the sum of its terms."""

    unit: str = Field(min_length=1, max_length=80)
    terms: list[TermRow] = Field(min_length=1)


class FrontierRow(Schema):
    """What `emsim frontier` looks for."""

    objectives: dict[str, Literal["less", "more"]] = Field(
        default_factory=dict,
        description="Metrics besides the cost, and what is better; by default those with a target.",
    )
    steps: dict[str, _Positive] = Field(
        default_factory=dict, description="By objective, or cost: less than this is no difference."
    )
    runs: int = Field(default=200, ge=1, le=MOST_RUNS, description="How many runs at most.")
    confirm: int = Field(
        default=0, ge=0, le=MOST_REPLICATIONS, description="How often what is unbeaten is run again with other seeds."
    )
    breaches_at_most: float | None = Field(
        default=None, gt=0, le=1, description="The greatest share of runs with a breach that is not to be ruled out."
    )


class ExperimentRow(Schema):
    """An experiment: a load, what is changed about it, how often it is run, and what is measured."""

    emsim: Literal[1]
    kind: Literal["experiment"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    base: BaseRow
    factors: dict[str, Any] = Field(
        min_length=1, description="Policy values and parameters with the values to try (a range for latin_hypercube)."
    )
    design: Literal["grid", "one_at_a_time", "latin_hypercube", "list"]
    points: int | None = Field(default=None, ge=2, le=MOST_VARIANTS, description="Settings of a latin_hypercube.")
    variants: list[dict[str, Any]] = Field(
        default_factory=list, max_length=MOST_VARIANTS, description="Settings of the design list."
    )
    replications: Any = Field(description="How many runs each variant gets, or how precise a metric must be.")
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED - MOST_REPLICATIONS, description="The first run's seed.")
    metrics: list[str] = Field(min_length=1, description="As METRIC or METRIC[GROUP].")
    targets: dict[str, TargetRow] = Field(default_factory=dict, description="By metric: what its mean should keep to.")
    cost: Any = Field(default=None, description="What a setting costs, for emsim frontier: a metric, or a sum.")
    frontier: FrontierRow | None = None
    warm_up_days: Any = Field(default=0, description="Days left out at the start.")
    cool_down_days: int = Field(default=0, ge=0, le=MOST_DAYS, description="Days left out at the end.")
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    quantiles: list[_Share] = Field(default=[0.5], max_length=9, description="Shares of the quantiles over runs.")
    audit: bool = Field(default=True, description="Whether the rules are judged in every run.")


_BY_HAND: dict[str, tuple[Any, ...]] = {
    "factors": ({"type": "array"}, RangeRow, {"type": "null"}),
    "replications": ({"type": "integer", "minimum": 1}, ReplicationsRow),
    "cost": ({"type": "string"}, CostRow),
    "warm_up_days": ({"type": "integer", "minimum": 0}, {"const": "mser5"}),
}
"""What is read by hand, and of which shapes it may be."""


def experiment_schema() -> dict[str, Any]:
    """The format as a JSON Schema (draft-07)."""
    template = "#/definitions/{model}"
    made = ExperimentRow.model_json_schema(by_alias=True, ref_template=template)
    definitions = made.pop("$defs")
    for name, shapes in _BY_HAND.items():
        shown = []
        for shape in shapes:
            if isinstance(shape, dict):
                shown.append(shape)
                continue
            model = shape.model_json_schema(by_alias=True, ref_template=template)
            definitions |= {**model.pop("$defs", {}), shape.__name__: model}
            shown.append({"$ref": template.format(model=shape.__name__)})
        field = made["properties"][name]
        if name == "factors":
            field["additionalProperties"] = {"anyOf": shown}
        else:
            field["anyOf"] = shown
    head = {"$schema": "http://json-schema.org/draft-07/schema#", **made, "title": "emsim experiment"}
    return {**head, "definitions": dict(sorted(definitions.items()))}


def schema_text() -> str:
    """The schema as it stands in `scenarios/experiment.schema.json`."""
    return json.dumps(experiment_schema(), indent=2, ensure_ascii=False) + "\n"
