"""What a load file may hold (`kind: load`), as models whose errors name file, line and field.

The same models are published as a JSON Schema (`sim.scenario.schema`).
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from sim.marked_yaml import Schema
from sim.scenario.words import Verdict

PROGRAMMES = ("child_support", "customer_first", "debt_recovery")
"""What a load may be restricted to. With debt recovery alone the customers are Centrelink's debtors."""
MOST_DAYS = 400
MOST_CUSTOMERS = 2_000_000
MOST_SEED = 2**63 - 1
POSTCODES = (200, 9999)


class FaultRow(Schema):
    """Something that breaks: a gateway that acknowledges nothing for some minutes, or a disaster, whose pause of debt
    messages covers the postcodes (first and last) for some days."""

    kind: Literal["gateway_outage", "disaster"]
    starts: str
    minutes: int | None = Field(default=None, ge=1, le=MOST_DAYS * 1440)
    days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    postcodes: list[int] | None = Field(default=None, min_length=2, max_length=2)

    @model_validator(mode="after")
    def _complete(self) -> "FaultRow":
        needed = {"gateway_outage": ("minutes",), "disaster": ("days", "postcodes")}[self.kind]
        for name in ("minutes", "days", "postcodes"):
            given = getattr(self, name) is not None
            if given != (name in needed):
                raise ValueError(f"{self.kind} {'has no' if given else 'needs'} {name} (it has {', '.join(needed)})")
        if self.postcodes is not None and not POSTCODES[0] <= self.postcodes[0] <= self.postcodes[1] <= POSTCODES[1]:
            raise ValueError(f"postcodes are a first and a last one from {POSTCODES[0]} to {POSTCODES[1]}")
        return self


class ChangeRow(Schema):
    """Policy values (names as for ``--set``) that are in force from midnight of a date in agency time on."""

    start: str = Field(alias="from")
    policy: dict[str, Any] = Field(min_length=1)


class BoundsRow(Schema):
    """What a metric must keep to, the bounds included."""

    least: float | None = Field(default=None, alias="min", allow_inf_nan=False)
    most: float | None = Field(default=None, alias="max", allow_inf_nan=False)

    @model_validator(mode="after")
    def _bounds(self) -> "BoundsRow":
        if self.least is None and self.most is None:
            raise ValueError("needs min or max, or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"min must not be more than max (values {self.least:g} and {self.most:g})")
        return self


class ExpectRow(Schema):
    """What must come of the run. `verdict` is that of the whole audit, `verdicts` are those of single rules, `targets`
    the greatest breach rates of procedures, which then count; `metrics` are named METRIC or METRIC[GROUP]."""

    verdict: Verdict | None = None
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    targets: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, BoundsRow] = Field(default_factory=dict)


class LoadFile(Schema):
    """A load. `policy` and `parameters` are what differs from the defaults (names as for ``--set``)."""

    emsim: Literal[1]
    kind: Literal["load"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)
    title: str = Field(min_length=1, max_length=200)
    start: str
    days: int = Field(ge=1, le=MOST_DAYS)
    customers: int = Field(ge=1, le=MOST_CUSTOMERS)
    seed: int = Field(ge=0, le=MOST_SEED)
    policy: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    changes: list[ChangeRow] = Field(default_factory=list)
    faults: list[FaultRow] = Field(default_factory=list)
    zones: list[str] = Field(default_factory=list)
    programmes: list[str] = Field(default_factory=lambda: list(PROGRAMMES), min_length=1)
    expect: ExpectRow | None = None
