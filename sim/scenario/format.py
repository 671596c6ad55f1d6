"""What a scenario file may hold (`kind: scenario`), as models whose errors name file, line and field.

One file is one scenario, or one for each of its `rows`, `each` and `pairs`: there ``$name`` stands for a value of the
row, and ``$name.part`` for a part of it. The steps are in `sim.scenario.steps`. The same models are published as a JSON
Schema (`sim.scenario.schema`).
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.marked_yaml import Schema
from sim.scenario.steps import Step
from sim.scenario.words import (
    Area,
    ArrangementName,
    ArrangementState,
    Date,
    Email,
    LastOutcome,
    Mail,
    Mobile,
    Name,
    PauseName,
    Postcode,
    ReasonName,
    Reports,
    ServiceName,
    State,
    Time,
    Verdict,
    Vulnerable,
    WriteOffName,
    Zone,
)


class AtCentrelink(Schema):
    """What is on Centrelink's record of a customer at the start. Mutual: in both programmes."""

    current: bool = True
    mutual: bool = True
    mobile: Mobile = "valid"
    opted_out: bool = False
    mail: Mail = "post"
    postcode: Postcode = 2000
    withholdings: bool = False
    vulnerabilities: list[Vulnerable] = Field(default_factory=list)


class Debt(Schema):
    """A debt at the start, and what had just been recorded of it. Days are agency dates."""

    due: Date
    paid: bool = False
    arrangement: ArrangementName = "none"
    status: ArrangementState = "none"
    repayment_due: Date | None = None
    declined: Date | None = None
    withholdable: bool = False
    xcshsms: bool = False
    write_off: WriteOffName = "none"
    write_off_ends: Date | None = None
    pause: PauseName | None = None
    pause_ends: Date | None = None
    hardship_completed: bool = False
    pause_ended: bool = False
    recovery_restarted: bool = False
    auto_setup_ends: Date | None = None


class Customer(Schema):
    """What is on record of a customer at the start, and what becomes of messages to them (`reports`). `injected`: DMIS
    treats the customer as eligible for these templates, whatever is on record (`none` is passed over)."""

    zone: Zone | None = None
    state: State | None = None
    child_support: bool = True
    mobile: Mobile = "valid"
    email: Email = "none"
    numbers: int | None = Field(default=None, ge=0, le=9)
    opted_out: bool = False
    deceased: bool = False
    restricted_access: bool = False
    employer: bool = False
    ended: list[ServiceName] = Field(default_factory=list)
    fdv_indicator: bool = False
    never_contacted: bool = False
    area: Area = "none"
    centrelink: AtCentrelink | None = None
    debts: dict[Name, Debt] = Field(default_factory=dict)
    injected: list[str] = Field(default_factory=list)
    reports: Reports = "delivered"
    acknowledged_after: str = "1ms"
    reported_after: str | None = None

    @model_validator(mode="after")
    def _has_a_zone(self) -> "Customer":
        if (self.zone is None) == (self.state is None):
            raise ValueError("a customer needs a zone or a state, one of the two")
        if self.debts and self.centrelink is None:
            raise ValueError("a customer with debts needs a part centrelink (empty, {}, takes the defaults)")
        return self


class Officer(Schema):
    """An officer; `access` is what they can use."""

    access: Literal["both", "cuba", "pluto", "none"] = "both"


class MessageEnd(Schema):
    """What became of a message in the end. `arrivals`: how often the transport received it."""

    outcome: LastOutcome | None = None
    reasons: list[ReasonName] | None = None
    handed_over: Time | None = None
    bounced: Time | Literal["never"] | None = None
    arrivals: int | None = Field(default=None, ge=0)
    channel: Literal["sms", "email"] | None = None
    sender: str | None = None
    template: str | None = None
    text: str | None = None


class End(Schema):
    """What must be true in the end. `arrived`: how many messages reached each customer, bounced ones included;
    `only`: nothing but these messages arrived; `breaks`: system and content rules (and procedures) that the audit must
    find broken, where no other system or content rule may be; `keeps`: procedures that it must not find broken;
    `verdicts`: what the audit must say of a rule in this scenario, the whole of it."""

    messages: dict[Name, MessageEnd] = Field(default_factory=dict)
    arrived: dict[Name, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    only: list[Name] | None = None
    breaks: list[str] = Field(default_factory=list)
    keeps: list[str] = Field(default_factory=list)
    verdicts: dict[str, Verdict] = Field(default_factory=dict)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of whose audit something is expected."""
        return (*self.breaks, *self.keeps, *self.verdicts)


class Pairs(Schema):
    """Every pair of the things in `of`, in their order: the first of it is named by `as`[0], the second by `as`[1]."""

    names: list[Name] = Field(alias="as", min_length=2, max_length=2)
    of: dict[Name, dict[str, Any]] = Field(min_length=2)


class ScenarioFile(Schema):
    """A scenario. `rules` are the rules that it exercises; `policy` is what differs from the policy's defaults; the
    run is watched from `start` (by default the agency date before the first step's, or that one where there are debts)
    until `until` (by default two days after the last step)."""

    emsim: Literal[1]
    kind: Literal["scenario"]
    title: str = Field(min_length=1, max_length=200)
    rules: list[str] = Field(min_length=1)
    policy: dict[str, str | int | float | bool] = Field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = Field(default_factory=dict)
    each: dict[str, list[Any]] = Field(default_factory=dict)
    pairs: Pairs | None = None
    customers: dict[Name, Customer] = Field(min_length=1)
    officers: dict[Name, Officer] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)
    start: Time | None = None
    until: Time | None = None
    end: End = Field(default_factory=End)
