"""What a scenario file may hold (`kind: scenario`), as models whose errors name file, line and field.

One file is one scenario, or one for each of its `rows` and `each`: there ``$name`` stands for a value of the row.
The same models are published as a JSON Schema (`sim.scenario.schema`).
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.clock import STATE_ZONES, ZONES
from sim.errors import shown
from sim.marked_yaml import Schema


def _one_of(names: Iterable[str]) -> Callable[[str], str]:
    known = list(names)

    def checked(text: str) -> str:
        if text not in known:
            raise ValueError(f"must be one of {', '.join(known)} (value {shown(text)})")
        return text

    return checked


Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
Time = Annotated[str, Field(min_length=3, max_length=60)]
Zone = Annotated[str, AfterValidator(_one_of(ZONES)), Field(json_schema_extra={"enum": list(ZONES)})]
State = Annotated[str, AfterValidator(_one_of(STATE_ZONES)), Field(json_schema_extra={"enum": list(STATE_ZONES)})]
Mobile = Literal["none", "valid", "invalid", "overseas"]
Email = Literal["none", "valid", "invalid"]
ServiceName = Literal["reminder", "general"]
Reports = Literal["delivered", "failed", "nothing", "twice"]
Answer = Literal["sent", "held", "refused", "cancelled", "needs_confirmation"]
LastOutcome = Literal["sent", "held", "refused", "cancelled", "withdrawn", "needs_confirmation"]
ReasonName = Literal[
    "no_access", "channel_not_approved", "opted_out", "deceased", "restricted_access", "employer", "no_mobile",
    "invalid_mobile", "overseas_mobile", "service_unsubscribed", "fdv_undiscussed", "unknown_template",
    "missing_field", "by_date_in_past", "daily_limit",
]  # fmt: skip
Screen = Literal[
    "outbound_correspondence", "letters_list", "products_and_services", "individual_customer_details",
    "customer_summary",
]  # fmt: skip
Fact = Literal[
    "zone_recorded", "mobile_recorded", "email_recorded", "opt_out_recorded", "opt_out_lifted", "service_ended",
    "service_restored", "died", "restricted_access_set", "employer_set", "fdv_indicator_set", "fdv_raised",
    "fdv_discussed", "process_opened", "process_closed", "customer_contacted_us", "numbers_recorded",
    "invalid_ticked",
]  # fmt: skip


class Customer(Schema):
    """What is on record of a customer at the start, and what becomes of messages to them (`reports`)."""

    zone: Zone | None = None
    state: State | None = None
    mobile: Mobile = "valid"
    email: Email = "none"
    opted_out: bool = False
    deceased: bool = False
    restricted_access: bool = False
    employer: bool = False
    ended: list[ServiceName] = Field(default_factory=list)
    fdv_indicator: bool = False
    never_contacted: bool = False
    reports: Reports = "delivered"
    acknowledged_after: str = "1ms"
    reported_after: str | None = None

    @model_validator(mode="after")
    def _has_a_zone(self) -> "Customer":
        if (self.zone is None) == (self.state is None):
            raise ValueError("a customer needs a zone or a state, one of the two")
        return self


class Officer(Schema):
    """An officer; `access` is what they can use."""

    access: Literal["both", "cuba", "pluto", "none"] = "both"


class Asked(Schema):
    """A dialog, a preview or a press of Send."""

    customer: Name
    template: str
    officer: Name | None = None
    system: Literal["pluto", "cuba"] = "pluto"
    channel: Literal["sms", "email", "mygov"] | None = None
    contact_time: Literal["In the next hour", "Today"] | None = None
    by_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None


class Send(Asked):
    """`as` names the message; `times` presses Send so often; `answer` is what the officer says to the one-hour
    question, should it be asked (without it, it stays open for a later step)."""

    name: Name | None = Field(default=None, alias="as")
    times: int = Field(default=1, ge=1, le=50)
    answer: Literal["send", "cancel"] | None = None


class Record(Schema):
    """A change of a register. `value`: the zone, status, service, kind of process, number, or true and false."""

    customer: Name
    event: Fact
    value: str | bool | int | None = None
    by: Literal["officer", "online_account", "app", "phone"] | None = None
    process: Name | None = None
    other: Name | None = None


class Look(Schema):
    """A list or a screen, with its filters."""

    screen: Screen
    customer: Name
    status: str | None = None
    channel: str | None = None
    source: str | None = None
    issued_from: Time | None = None
    issued_to: Time | None = None


class ReportsOf(Schema):
    """From now on: what becomes of messages to this customer."""

    customer: Name
    reports: Reports = "delivered"
    acknowledged_after: str = "1ms"
    reported_after: str | None = None


class Expect(Schema):
    """What a step must answer. Lines of a list are compared in order, each in the fields that are written."""

    outcome: Answer | None = None
    reasons: list[ReasonName] | None = None
    shown: str | None = None
    due: Time | None = None
    text: str | None = None
    lines: list[dict[str, Any]] | None = None
    preview_enabled: bool | None = None
    send_enabled: bool | None = None
    red_text: str | None = None
    last_message: str | None = None
    contact_times: list[str] | None = None
    asks_by_date: bool | None = None


_ANSWER = ("outcome", "reasons", "shown", "due")
ALLOWED: dict[str, tuple[str, ...]] = {
    "send": _ANSWER,
    "confirm": _ANSWER,
    "cancel": (),
    "open_dialog": (
        "reasons", "preview_enabled", "send_enabled", "red_text", "last_message", "contact_times", "asks_by_date",
    ),
    "preview": ("text",),
    "look": ("lines",),
    "record": (),
    "gateway": (),
    "reports": (),
}  # fmt: skip
"""The verbs of a step and what can be expected of each."""


class Step(Schema):
    """One thing that happens at one time; `at` is written as `sim.scenario.times` says."""

    at: Time
    send: Send | None = None
    confirm: Name | None = None
    cancel: Name | None = None
    open_dialog: Asked | None = None
    preview: Asked | None = None
    look: Look | None = None
    record: Record | None = None
    gateway: Literal["down", "up"] | None = None
    reports: ReportsOf | None = None
    expect: Expect | None = None

    @property
    def verb(self) -> str:
        """The one verb of this step."""
        return next(verb for verb in ALLOWED if getattr(self, verb) is not None)

    @model_validator(mode="after")
    def _one_verb(self) -> "Step":
        verbs = [verb for verb in ALLOWED if getattr(self, verb) is not None]
        if len(verbs) != 1:
            found = ", ".join(verbs) or "nothing"
            raise ValueError(f"a step does one thing (found {found}; allowed: {', '.join(ALLOWED)})")
        expected = self.expect.model_fields_set if self.expect else set()
        wrong = sorted(expected - set(ALLOWED[verbs[0]]))
        if wrong:
            allowed = ", ".join(ALLOWED[verbs[0]]) or "nothing"
            raise ValueError(f"{verbs[0]} has no {wrong[0]} to expect (allowed: {allowed})")
        return self


class MessageEnd(Schema):
    """What became of a message in the end. `arrivals`: how often the transport received it."""

    outcome: LastOutcome | None = None
    reasons: list[ReasonName] | None = None
    handed_over: Time | None = None
    bounced: Time | Literal["never"] | None = None
    arrivals: int | None = Field(default=None, ge=0)
    channel: Literal["sms", "email"] | None = None
    sender: str | None = None
    text: str | None = None


class End(Schema):
    """What must be true in the end. `arrived`: how many messages reached each customer, bounced ones included;
    `only`: nothing but these messages arrived; `breaks`: system and content rules (and procedures) that the audit must
    find broken, where no other system or content rule may be; `keeps`: procedures that it must not find broken."""

    messages: dict[Name, MessageEnd] = Field(default_factory=dict)
    arrived: dict[Name, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    only: list[Name] | None = None
    breaks: list[str] = Field(default_factory=list)
    keeps: list[str] = Field(default_factory=list)


class ScenarioFile(Schema):
    """A scenario. `rules` are the rules that it exercises; `policy` is what differs from the policy's defaults; the
    run is watched until `until` (by default two days after the last step)."""

    emsim: Literal[1]
    kind: Literal["scenario"]
    title: str = Field(min_length=1, max_length=200)
    rules: list[str] = Field(min_length=1)
    policy: dict[str, str | int | float | bool] = Field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = Field(default_factory=dict)
    each: dict[str, list[Any]] = Field(default_factory=dict)
    customers: dict[Name, Customer] = Field(min_length=1)
    officers: dict[Name, Officer] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)
    until: Time | None = None
    end: End = Field(default_factory=End)
