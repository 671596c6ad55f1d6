"""The steps of a scenario file: what an officer, a customer, a batch, the gateway or the calendar does, and what each
must answer. All of it is in the models' fields; their errors name file, line and field."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.marked_yaml import Schema
from sim.scenario.words import (
    Answer,
    ArrangementName,
    ArrangementState,
    Date,
    Deed,
    Fact,
    Name,
    PaymentType,
    Postcode,
    ReasonName,
    ReportActionName,
    ReportCaseName,
    Reports,
    Screen,
    Sends,
    Time,
    WorkSort,
)


class Asked(Schema):
    """A dialog, a preview or a press of Send. `work` names the work item on which it is done."""

    customer: Name
    template: str
    officer: Name | None = None
    work: Name | None = None
    system: Sends = "pluto"
    channel: Literal["sms", "email", "mygov"] | None = None
    contact_time: Literal["In the next hour", "Today"] | None = None
    by_date: Date | None = None
    payment_type: PaymentType | None = None


class Send(Asked):
    """`as` names the message; `times` presses Send so often; `answer` is what the officer says to the one-hour
    question, should it be asked (without it, it stays open for a later step); `previewed`: the officer looked at the
    preview of this message before (in Customer First always, unless it says false)."""

    name: Name | None = Field(default=None, alias="as")
    times: int = Field(default=1, ge=1, le=50)
    answer: Literal["send", "cancel"] | None = None
    previewed: bool | None = None


class Record(Schema):
    """A change of a register. `value`: the zone, status, service, kind of process, number, day, or true and false; the
    other fields belong to single facts (`sim.scenario.facts`)."""

    event: Fact
    customer: Name | None = None
    value: str | bool | int | None = None
    by: Literal["officer", "online_account", "app", "phone"] | None = None
    process: Name | None = None
    other: Name | None = None
    out_of_time: bool | None = None
    debt: Name | None = None
    arrangement: ArrangementName | None = None
    status: ArrangementState | None = None
    ends: Date | None = None
    lifted: bool | None = None
    disaster: Name | None = None
    first: Postcode | None = None
    last: Postcode | None = None
    template: str | None = None


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


class Receipt(Schema):
    """The gateway tells, now, what became of this message, whatever it was to tell by itself."""

    message: Name
    event: Literal["acknowledged", "delivered", "failed"]


class Act(Schema):
    """Something that an officer or a customer does. `value`: the kind of work, the list, the number of the prior action
    or of the point explained, whether the number works, or why no claim message is sent."""

    does: Deed
    customer: Name | None = None
    officer: Name | None = None
    work: Name | None = None
    message: Name | None = None
    other: Name | None = None
    process: Name | None = None
    template: str | None = None
    value: str | int | None = None


class Call(Schema):
    """A call attempt on one of the customer's numbers; `message` is the alert that promised it."""

    customer: Name
    officer: Name | None = None
    work: Name | None = None
    message: Name | None = None
    number: int = Field(default=1, ge=1, le=9)
    answered: bool = False


class Route(Schema):
    """An Integrated Service Officer decides from which system to send (`cf-route`): as advised, or `choose`."""

    customer: Name
    work: Name
    sort: WorkSort
    main_issue_claim: bool = False
    officer: Name | None = None
    choose: Literal["pluto", "customer_first"] | None = None


class Claim(Schema):
    """A new claim is finalised on a work item. `tried`, `reached`: whether the customer was called, and spoken to."""

    customer: Name
    work: Name
    outcome: Literal["grant", "reject"]
    payment_type: PaymentType
    ccm: bool
    tried: bool = False
    reached: bool = False
    officer: Name | None = None


class Misdirected(Schema):
    """Somebody reports a message that was not for them (no `customer`: nobody on record); `case` is behind it."""

    name: Name = Field(alias="as")
    message: Name
    case: ReportCaseName
    customer: Name | None = None


Included = Literal["number", "content", "time"]


class Follow(Schema):
    """An officer works on a report: does what is advised, or only what `does` lists. `includes`: what an escalation
    names. It is closed unless the Specialised Assessment Services (SAS) Team is still to answer."""

    report: Name
    officer: Name | None = None
    does: list[ReportActionName] | None = None
    includes: list[Included] = Field(default=["number", "content", "time"])
    close: bool | None = None


class SasFinds(Schema):
    """The SAS Team has found for whom the message was intended."""

    report: Name
    customer: Name


class Lost(Schema):
    """Why an eligible debt message does not go, and the template that is in the way."""

    reasons: list[ReasonName]
    winner: str | None = None


class Expect(Schema):
    """What a step must answer. Lines of a list are compared in order, each in the fields that are written. `picked`,
    `eligible` and `suppressed` are all that a nightly run leaves, by customer."""

    outcome: Answer | None = None
    reasons: list[ReasonName] | None = None
    shown: str | None = None
    due: Time | None = None
    text: str | None = None
    buttons: list[str] | None = None
    lines: list[dict[str, Any]] | None = None
    preview_enabled: bool | None = None
    send_enabled: bool | None = None
    red_text: str | None = None
    last_message: str | None = None
    contact_times: list[str] | None = None
    asks_by_date: bool | None = None
    groups: dict[str, list[str]] | None = None
    documents: dict[str, list[str]] | None = None
    picked: dict[Name, str] | None = None
    eligible: dict[Name, list[str]] | None = None
    suppressed: dict[Name, dict[str, Lost]] | None = None
    system: Literal["pluto", "customer_first"] | None = None
    template: str | None = None
    withheld: Literal["ccm", "online_mail", "reached_by_phone"] | None = None
    actions: list[ReportActionName] | None = None


_ANSWER = ("outcome", "reasons", "shown", "due")
ALLOWED: dict[str, tuple[str, ...]] = {
    "send": _ANSWER,
    "confirm": _ANSWER,
    "cancel": (),
    "open_dialog": (
        "reasons", "preview_enabled", "send_enabled", "red_text", "last_message", "contact_times", "asks_by_date",
        "groups",
    ),
    "preview": ("text", "buttons"),
    "create_em": ("documents",),
    "look": ("lines",),
    "record": (),
    "act": (),
    "call": (),
    "route": ("system",),
    "finalise_claim": ("template", "withheld"),
    "report": ("actions",),
    "follow_report": (),
    "sas_finds": (),
    "run_batch": ("picked", "eligible", "suppressed"),
    "gateway": (),
    "reports": (),
    "receipt": (),
}  # fmt: skip
"""The verbs of a step and what can be expected of each."""
FACTS = ("record", "gateway", "reports")
"""The verbs that come before everything else of their instant."""


class Step(Schema):
    """One thing that happens at one time; `at` is written as `sim.scenario.times` says. `begins` names the messages
    that the systems begin by themselves for these customers at this instant: {name: customer}."""

    at: Time
    send: Send | None = None
    confirm: Name | None = None
    cancel: Name | None = None
    open_dialog: Asked | None = None
    preview: Asked | None = None
    create_em: Annotated[Name | None, Field(description="The customer for whom Create EM is selected.")] = None
    look: Look | None = None
    record: Record | None = None
    act: Act | None = None
    call: Call | None = None
    route: Route | None = None
    finalise_claim: Claim | None = None
    report: Misdirected | None = None
    follow_report: Follow | None = None
    sas_finds: SasFinds | None = None
    run_batch: Literal["nightly", "sap", "dmis"] | None = None
    gateway: Literal["down", "up"] | None = None
    reports: ReportsOf | None = None
    receipt: Receipt | None = None
    begins: dict[Name, Name] = Field(default_factory=dict)
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
