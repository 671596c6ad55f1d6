"""The format of experiment files: what may stand in them, before anything is made of it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.marked_yaml import Schema
from sim.scenario.load_format import MOST_CUSTOMERS, MOST_DAYS, MOST_SEED

MOST_REPLICATIONS = 10_000
MOST_VARIANTS = 1000
MOST_RUNS = 1_000_000


class BaseRow(Schema):
    """The load, and what differs from it in every variant."""

    load: str = Field(min_length=1)
    customers: int | None = Field(default=None, ge=1, le=MOST_CUSTOMERS)
    days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    set: dict[str, Any] = Field(default_factory=dict)


class RangeRow(Schema):
    """A factor of which any number between two others may be taken."""

    low: float = Field(alias="from", allow_inf_nan=False)
    high: float = Field(alias="to", allow_inf_nan=False)


class ReplicationsRow(Schema):
    """How precise the mean of a metric must be."""

    least: int = Field(default=3, ge=3, le=MOST_REPLICATIONS)
    most: int = Field(ge=3, le=MOST_REPLICATIONS)
    metric: str
    precision: float | None = Field(default=None, gt=0, lt=1)
    half_width: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class TargetRow(Schema):
    """Bounds of a metric's mean."""

    least: float | None = Field(default=None, allow_inf_nan=False)
    most: float | None = Field(default=None, allow_inf_nan=False)


class TermRow(Schema):
    """A part of the cost: so much for each unit of a metric or of a parameter."""

    metric: str | None = None
    parameter: str | None = None
    price: float = Field(allow_inf_nan=False)
    unit: str = Field(min_length=1, max_length=80)
    status: Literal["pub", "assume"]
    source: str = Field(min_length=1, max_length=400)


class CostRow(Schema):
    """What a setting costs: the sum of its terms."""

    unit: str = Field(min_length=1, max_length=80)
    terms: list[TermRow] = Field(min_length=1)


class FrontierRow(Schema):
    """What `emsim frontier` looks for."""

    objectives: dict[str, Literal["less", "more"]] = Field(default_factory=dict)
    steps: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default_factory=dict)
    runs: int = Field(default=200, ge=1, le=MOST_RUNS)
    confirm: int = Field(default=0, ge=0, le=MOST_REPLICATIONS)
    breaches_at_most: float | None = Field(default=None, gt=0, le=1)


class ExperimentRow(Schema):
    """The whole file."""

    emsim: Literal[1]
    kind: Literal["experiment"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    base: BaseRow
    factors: dict[str, Any] = Field(min_length=1)
    design: Literal["grid", "one_at_a_time", "latin_hypercube", "list"]
    points: int | None = Field(default=None, ge=2, le=MOST_VARIANTS)
    variants: list[dict[str, Any]] = Field(default_factory=list, max_length=MOST_VARIANTS)
    replications: Any
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED - MOST_REPLICATIONS)
    metrics: list[str] = Field(min_length=1)
    targets: dict[str, TargetRow] = Field(default_factory=dict)
    cost: Any = None
    frontier: FrontierRow | None = None
    warm_up_days: Any = 0
    cool_down_days: int = Field(default=0, ge=0, le=MOST_DAYS)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    quantiles: list[Annotated[float, Field(gt=0, lt=1)]] = Field(default=[0.5], max_length=9)
    audit: bool = True
