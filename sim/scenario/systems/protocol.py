"""The protocol of `fakes.messaging` as models: what each verb gets, and what it may answer.

Every answer of a system under test is held against them, whether it is a Python object or speaks over HTTP, and the
published OpenAPI description is made from them. Instants are ms UTC, days ISO dates; customers, officers, debts,
processes and disasters are whole numbers.
"""

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from typing_extensions import TypeAliasType

from fakes.messaging import SUPPORTABLE
from sim.errors import shown
from sim.marked_yaml import Schema, field_name, plain_words
from sim.scenario.words import PaymentType, ReasonName, ReportActionName, Screen, Sends, WorkSort

Instant = Annotated[int, Field(description="An instant, ms UTC.")]
Message = Annotated[int | str, Field(description="The system's own id of a message; never used twice in a run.")]
Customer = Annotated[int, Field(ge=1)]
Channel = Literal["sms", "email", "mygov"]
Way = Literal["sms", "email"]
SystemName = Literal["pluto", "cuba", "customer_first", "dmis", "sap"]
StatusName = Literal["none", "held", "sent_to_open_text", "communication_sent", "bounce_back", "withdrawn"]
Supported = Annotated[str, Field(json_schema_extra={"enum": list(SUPPORTABLE)}), AfterValidator(lambda it: _known(it))]


def _known(name: str) -> str:
    if name not in SUPPORTABLE:
        raise ValueError(f"must be one of {', '.join(SUPPORTABLE)} (value {shown(name)})")
    return name


def _iso_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a date such as 2026-10-05 (value {shown(text)})") from None
    return text


Day = Annotated[str, AfterValidator(_iso_date), Field(json_schema_extra={"format": "date"})]

# What the verbs get


class Request(Schema):
    """A dialog, a preview or a press of Send; null where nothing was chosen. `template` may be one that does not exist;
    `channel` is null for an automatic message, whose way the system chooses; `officer` is 0 for nobody; `access` is 1
    when the officer can use both Cuba and Pluto."""

    system: Sends
    customer: Customer
    officer: Annotated[int, Field(ge=0)]
    template: str
    channel: Channel | None
    contact_time: Literal["In the next hour", "Today"] | None
    by_date: Day | None
    payment_type: PaymentType | None
    access: Literal[0, 1]


class Begin(Schema):
    """Start afresh, knowing nobody. `policy` holds the values that differ from the policy's defaults."""

    seed: int
    policy: dict[str, Any]


class Fact(Schema):
    """A change of the registers or of the gateway (customer 0 where it concerns nobody)."""

    name: str
    customer: Annotated[int, Field(ge=0)]
    fields: dict[str, str | int | bool | None]


class OfRequest(Schema):
    """What an officer has chosen in the dialog."""

    request: Request


class OfMessage(Schema):
    """A message by the id that the system gave it."""

    message: Message


class Listing(Schema):
    """A list or a screen of a customer, with the filters that are set."""

    screen: Screen
    customer: Customer
    filters: dict[Literal["status", "channel", "source", "issued_from", "issued_to"], str | int]


class OfCustomer(Schema):
    """A customer."""

    customer: Customer


class RunBatch(Schema):
    """The system whose nightly run it is."""

    system: Literal["sap", "dmis"]


class Advise(Schema):
    """What the officer asks. `fields` of `route`: work, main_issue_claim; of `claim`: outcome, ccm, reached, tried; of
    `report`: what is known of it (is_customer, number_right, subscribed, relevant, wants_out, another_meant,
    not_theirs, representative)."""

    topic: Literal["route", "claim", "report"]
    customer: Annotated[int, Field(ge=0)]
    fields: dict[str, WorkSort | Literal["grant", "reject"] | bool]


class Receipt(Schema):
    """What the transport tells of a message; `value` is an error code of `failed`, else 0."""

    message: Message
    event: Literal["acknowledged", "delivered", "failed"]
    value: int


class Nothing(Schema):
    """Nothing besides the time."""


# What the verbs answer


class _Decided(Schema):
    message: Message
    outcome: str
    reasons: list[ReasonName] = Field(description="All that fail, in the order of the tests; empty unless refused.")
    due: Instant | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "_Decided":
        if (self.outcome == "refused") != bool(self.reasons):
            raise ValueError("a refusal has reasons and nothing else has")
        if self.outcome in ("sent", "held") and self.due is None:
            raise ValueError("what was issued is due at an instant")
        return self


class Answer(_Decided):
    """What one press of Send gives. `due`: when it is to be handed over (null unless sent or held); `shown`: the text
    that the officer then sees; `channel`: the way it takes."""

    outcome: Literal["sent", "held", "refused", "needs_confirmation"]
    shown: str = ""
    channel: Channel = "sms"


class Dialog(Schema):
    """What the Generate Desktop Message dialog shows. What a system does not show may be missing."""

    name: str | None = None
    mobile: str | None = None
    groups: dict[str, list[str]] | None = Field(default=None, description="The templates by group.")
    contact_times: list[str] | None = None
    asks_by_date: bool | None = None
    last_message: str | None = None
    preview_enabled: bool | None = None
    send_enabled: bool | None = None
    red_text: str | None = None
    reasons: list[ReasonName] | None = None


class Documents(Schema):
    """The document descriptions of Create EM, each with its text options."""

    documents: dict[str, list[str]]


class PreviewOfEM(Schema):
    """The message as it would be sent (empty when it cannot be previewed) and the buttons below it."""

    text: str
    buttons: list[str]


class RouteAdvice(Schema):
    """From which system the officer is to send."""

    system: Literal["pluto", "customer_first"]


class ClaimAdvice(Schema):
    """The message about a finalised claim, or why there is to be none."""

    template: str | None
    withheld: Literal["ccm", "online_mail", "reached_by_phone"] | None


class ReportAdvice(Schema):
    """What the officer does with a report of a message that was not for its reader, in order."""

    actions: list[ReportActionName]


class Submitted(Schema):
    """A message is handed to the gateway or to the Email Exchange."""

    event: Literal["submitted"]
    message: Message
    customer: Customer
    sender: str
    text: str
    channel: Way


class Claim(Schema):
    """What a system says became of a message. `value`: the new due instant of `held_again`, the sent instant of
    `sent_claimed`; the others need none."""

    event: Literal["held_again", "withdrawn", "sent_claimed", "viewable", "bounced", "marked_error"]
    message: Message
    value: int = 0
    reasons: list[ReasonName] = Field(default_factory=list)


class StatusClaim(Schema):
    """Pluto shows another status for a message."""

    event: Literal["status_claimed"]
    message: Message
    value: StatusName
    reasons: list[ReasonName] = Field(default_factory=list)


class Begun(_Decided):
    """A message that the system sends by itself."""

    event: Literal["begun"]
    customer: Customer
    system: SystemName
    template: str
    channel: Way
    outcome: Literal["sent", "held", "refused"]


class Span(Schema):
    """A span of nightly runs begins (or changes) with the run of `day`, or ended with it: a debt message was eligible,
    or suppressed for these reasons by the template `winner`."""

    event: Literal["eligible", "eligible_ended", "suppressed", "suppressed_ended"]
    customer: Customer
    system: SystemName
    template: str
    day: Day
    reasons: list[ReasonName]
    winner: str | None


Told = TypeAliasType("Told", Annotated[Submitted | Claim | StatusClaim | Begun | Span, Field(discriminator="event")])
Line = dict[str, Any]
SCREEN_FIELDS: dict[str, tuple[str, ...]] = {
    "outbound_correspondence": ("message", "status", "source", "issued", "template", "text"),
    "letters_list": ("message", "status", "channel", "sent", "text"),
    "products_and_services": ("reminder", "general"),
    "individual_customer_details": ("mobile_status", "email_status", "invalid_ticked"),
    "customer_summary": ("name", "mobile", "email", "zone"),
    "desktop_messaging": ("name", "mobile", "messages"),
    "communication_history": ("message", "text_option", "issued", "status", "opened"),
    "centrelink_outbound_correspondence": ("message", "system", "template", "sent", "text"),
    "correspondence_history": ("message", "system", "template", "sent", "text"),
    "history_summary": ("message", "system", "template", "sent", "text"),
}
"""What scenarios look at in the lines of each screen; a line may hold more, and may lack what nobody expects."""


class Supports(Schema):
    """Which verbs the system has, and what it tells. `protocol`: the version of this description;
    `many_runs`: it keeps several runs apart, so that they may overlap."""

    protocol: Literal[1] = 1
    supports: list[Supported]
    many_runs: bool = False


class Call(NamedTuple):
    """What a verb gets besides the time, what it answers, and what it does in few words."""

    gets: type[Schema]
    answers: Any
    does: str


CALLS: dict[str, Call] = {
    "begin": Call(Begin, None, "Start afresh, knowing nobody."),
    "fact": Call(Fact, list[Told], "Learn of a change of the registers or of the gateway."),
    "open_dialog": Call(OfRequest, Dialog, "Show the Generate Desktop Message dialog."),
    "preview": Call(OfRequest, str, "Show the message as it would be sent; an empty text when it cannot be shown."),
    "send": Call(OfRequest, Answer, "One press of Send in Pluto, or one automatic send of Cuba."),
    "confirm": Call(OfMessage, Answer, "Send pressed on the one-hour question."),
    "cancel": Call(OfMessage, None, "Cancel pressed on the one-hour question."),
    "listing": Call(Listing, list[Line], "The lines of a list or screen, oldest first."),
    "create_em": Call(OfCustomer, Documents, "Create EM in Customer First."),
    "preview_em": Call(OfRequest, PreviewOfEM, "Preview EM in Customer First."),
    "send_em": Call(OfRequest, Answer, "Send Electronic Message in Customer First."),
    "run_batch": Call(RunBatch, list[Told], "The nightly run of SAP or DMIS."),
    "advise": Call(Advise, RouteAdvice | ClaimAdvice | ReportAdvice, "Say what the officer is to do."),
    "next_due": Call(Nothing, int | None, "The next instant at which `advance` has something to do, or null."),
    "advance": Call(Nothing, list[Told], "Do all that is due up to and including now."),
    "receipt": Call(Receipt, list[Told], "Hear from the transport what became of a message."),
}
"""Every verb but `supports`, in the order of the protocol."""


ADVICE: dict[str, type[Schema]] = {"route": RouteAdvice, "claim": ClaimAdvice, "report": ReportAdvice}
_STRICT = ConfigDict(strict=True)


def problem_of(verb: str, answer: object, topic: str = "") -> str:
    """What is wrong with an answer of this verb (and `topic`, of `advise`), in plain words; empty when it may be."""
    try:
        _checks(verb, topic).validate_python(answer)
    except ValidationError as error:
        return _first_problem(error, _expected(verb, topic))
    return ""


def problem_with(model: type[Schema], answer: object) -> str:
    """What is wrong with an answer that is to be of this model; empty when it may be."""
    try:
        model.model_validate(answer)
    except ValidationError as error:
        return _first_problem(error, model)
    return ""


def _first_problem(error: ValidationError, model: Any) -> str:
    problem = error.errors(include_url=False)[0]
    field, words = field_name(problem["loc"]), plain_words(problem, model)
    return f"{field}: {words}" if field else words


def _expected(verb: str, topic: str) -> Any:
    return ADVICE.get(topic, CALLS[verb].answers)


@cache
def _checks(verb: str, topic: str) -> "TypeAdapter[Any]":
    expected = _expected(verb, topic)
    if isinstance(expected, type) and issubclass(expected, Schema):
        return TypeAdapter(expected)
    return TypeAdapter(expected, config=_STRICT)
