"""A whole messaging system behind a few verbs: what QA replaces by another one, and ours behind the same verbs.

All values are plain (whole numbers, texts, lists and dicts of them), so that the verbs can travel as JSON. Instants are
ms UTC. Names of facts, events, reasons, outcomes and statuses are those of `sim.history` and `sim.messages` in lower
case. Ours is Child Support's: Cuba as the register, Pluto, and Cuba's automatic EM; the systems of Centrelink join it
by further entries in `_systems` and further verbs in `supports`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from fakes.cuba import ContactChange, Cuba, Process
from fakes.cuba_automatic import CubaAutomatic
from fakes.ledger import Ledger
from fakes.people import People
from fakes.pluto import Pluto
from fakes.protocols import Checked, Happening, Submission
from fakes.sender import Surroundings
from sim.clock import ZONES, zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import (
    Channel,
    ContactTime,
    Decision,
    EmailStatus,
    MobileStatus,
    Outcome,
    ProcessKind,
    Reason,
    Recipient,
    Request,
    Service,
    SpecialisedArea,
    Status,
    System,
    reason_names,
)
from sim.policy.bundle import RULES, Rules
from sim.policy.policy import load_policy

Plain = dict[str, Any]

VERBS: tuple[str, ...] = ("open_dialog", "preview", "send", "confirm", "cancel", "listing")
"""What a system may leave out; expectations on a verb that it does not support stay unknown."""
SCREENS: tuple[str, ...] = (
    "outbound_correspondence", "letters_list", "products_and_services", "individual_customer_details",
    "customer_summary",
)  # fmt: skip
CONTACT_TIMES: dict[str | None, ContactTime] = {
    None: ContactTime.NONE,
    "In the next hour": ContactTime.NEXT_HOUR,
    "Today": ContactTime.TODAY,
}


class MessagingSystem(Protocol):
    """What stands under test. The player calls it with the simulated time `now`, which never runs backwards.

    `told` in the answers of `fact`, `advance` and `receipt` is a list of what happened at `now`, in order:
    ``{"event": "submitted", "message", "customer", "sender", "text", "channel"}`` hands a message to the transport;
    ``{"event": "held_again" | "withdrawn" | "sent_claimed" | "viewable" | "status_claimed" | "bounced" |
    "marked_error", "message", "value", "reasons"}`` is a claim. `value` is the new due instant, the sent instant that
    is claimed, or the name of the status; `reasons` is a list of names.
    """

    def supports(self) -> Sequence[str]:
        """Which of `VERBS` it has."""

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> None:
        """Start afresh, knowing nobody. `policy` holds the values that differ from the policy's defaults."""

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        """A change of the registers (`opt_out_recorded` …; `fields`: `value`, `by`, `process`, `other`), or of the
        gateway (`outage_started`, `outage_ended`; customer 0). A customer is new with the first `zone_recorded`."""

    def open_dialog(self, now: int, request: Plain) -> Plain:
        """What the Generate Desktop Message dialog shows: name, mobile, contact_times, asks_by_date, last_message,
        preview_enabled, send_enabled, red_text, reasons.

        A request is ``{"system", "customer", "officer", "template", "channel", "contact_time", "by_date", "access"}``:
        names, ids, an ISO date, or None where nothing was chosen.
        """

    def preview(self, now: int, request: Plain) -> str:
        """The message as it would be sent; empty when it cannot be previewed."""

    def send(self, now: int, request: Plain) -> Plain:
        """One press of Send: ``{"message": id, "outcome": "sent" | "held" | "refused" | "needs_confirmation",
        "reasons": [names], "due": instant or None, "shown": text, "channel": name}``."""

    def confirm(self, now: int, message: int | str) -> Plain:
        """Send pressed on the one-hour question; answers as `send`."""

    def cancel(self, now: int, message: int | str) -> None:
        """Cancel pressed on the one-hour question."""

    def listing(self, now: int, screen: str, customer: int, filters: Mapping[str, Any]) -> list[Plain]:
        """The lines of one of `SCREENS`, oldest first."""

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do."""

    def advance(self, now: int) -> list[Plain]:
        """Do all that is due up to and including `now`."""

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        """Hear from the transport: ``acknowledged``, ``delivered``, or ``failed`` with an error code as `value`."""


class _Offers:
    """The transport as our systems see it: what they hand over is told by the next answer."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.open = True
        self.offered: dict[int, Submission] = {}

    def is_open(self, now: int) -> bool:
        return self.open

    def submit(self, submission: Submission, now: int) -> None:
        self.offered[submission.message] = submission

    def next_due(self) -> int | None:
        return None

    def advance(self, now: int) -> list[Happening]:
        return []


class _Register(Cuba):
    """Cuba, where flags that a run sets at its start alone can also change later."""

    def record_flags(self, customer: int, **flags: bool) -> None:
        """Set or lift `restricted_access`, or set `employer`."""
        self._replace(customer, **{name: int(flag) for name, flag in flags.items()})


class OurMessagingSystem:
    """Child Support's systems. `rules` may be a bundle in which one function is another one."""

    def __init__(self, rules: Rules = RULES) -> None:
        self._rules = rules

    def supports(self) -> tuple[str, ...]:
        return VERBS

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> None:
        draws, ledger = Draws(seed), Ledger()
        self._policy = load_policy(policy)
        self._codes = {template.id: template.code for template in self._policy.templates.values()}
        self._cuba = _Register(History(), ledger)
        self._known: list[int] = []
        self._sms, self._email = _Offers(Channel.SMS), _Offers(Channel.EMAIL)
        around = Surroundings(
            self._rules, self._policy, self._cuba, ledger, self._sms, zone_clocks(), draws, _SMS_PER_SECOND
        )
        self._pluto = Pluto(around, People(seed))
        self._automatic = CubaAutomatic(around, self._email)
        self._systems = {System.PLUTO: Checked(self._pluto), System.CUBA: Checked(self._automatic)}
        self._requests: dict[int, Request] = {}

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        if name in ("outage_started", "outage_ended"):
            self._sms.open = name == "outage_ended"
            return self.advance(now) if self._sms.open else []
        if name == "zone_recorded" and customer not in self._known:
            self._enter(customer, ZONES.index(fields["value"]), now)
            return []
        if name in _FACTS:  # the others turn no rule of a system
            _FACTS[name](self._cuba, customer, fields, now)
        if name != "zone_recorded":
            return []
        told = [one for system in self._systems.values() for one in system.zone_changed(customer, now)]
        return self._plain(told)

    def open_dialog(self, now: int, request: Plain) -> Plain:
        view = self._pluto.open_dialog(self._request(request, 0), now)
        shown = view._asdict()
        return {**shown, "contact_times": list(view.contact_times), "reasons": reason_names(view.reasons)}

    def preview(self, now: int, request: Plain) -> str:
        asked = self._request(request, 0)
        view = self._pluto.open_dialog(asked, now)
        if not view.preview_enabled or view.reasons & (Reason.UNKNOWN_TEMPLATE | Reason.MISSING_FIELD):
            return ""
        return self._pluto.preview(asked)

    def send(self, now: int, request: Plain) -> Plain:
        asked = self._request(request, len(self._requests) + 1)
        self._requests[asked.message] = asked
        return self._press(asked, now)

    def confirm(self, now: int, message: int | str) -> Plain:
        asked = self._requests[int(message)]
        return self._press(asked._replace(confirmed=1, fdv_undiscussed=self._cuba.fdv_undiscussed(asked.customer)), now)

    def cancel(self, now: int, message: int | str) -> None:
        """Nothing was issued, so nothing is to be undone."""

    def listing(self, now: int, screen: str, customer: int, filters: Mapping[str, Any]) -> list[Plain]:
        if screen == "letters_list":
            return [letter._asdict() for letter in self._cuba.letters_list(customer, **filters)]
        if screen == "products_and_services":
            services = self._cuba.products_and_services(customer)
            return [{name.lower(): status for name, status in services.items()}]
        if screen == "individual_customer_details":
            details = self._cuba.individual_customer_details(customer)
            names = {"mobile_status": details.mobile_status.name, "email_status": details.email_status.name}
            return [{**{key: name.lower() for key, name in names.items()}, "invalid_ticked": details.invalid_ticked}]
        if screen == "customer_summary":
            return [self._pluto.customer_summary(customer)._asdict()]
        lines = [line._asdict() for line in self._pluto.outbound_correspondence(customer, **filters)]
        return [{"text": line.pop("opened"), **line} for line in lines]

    def next_due(self) -> int | None:
        dues = [due for system in self._systems.values() if (due := system.next_due()) is not None]
        return min(dues, default=None)

    def advance(self, now: int) -> list[Plain]:
        return self._plain([one for system in self._systems.values() for one in system.advance(now)])

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        asked = self._requests[int(message)]
        heard = Happening(now, Event[event.upper()], asked.message, asked.customer, System.GATEWAY, 0, 0, value)
        return self._plain(self._systems[System(asked.system)].told(heard))

    def _enter(self, customer: int, zone: int, now: int) -> None:
        recipient = Recipient(zone, MobileStatus.NONE, EmailStatus.NONE, 0, 0, 0, 0, 0, 0)
        self._cuba.enter(customer, recipient, 0, SpecialisedArea.NONE, False, False, now)
        self._known.append(customer)

    def _request(self, request: Plain, message: int) -> Request:
        customer, system = request["customer"], System[request["system"].upper()]
        channel = request["channel"]
        if channel is None:
            way = self._automatic.channel(customer) if system == System.CUBA else Channel.SMS
        else:
            way = Channel[channel.upper()]
        by_date = request["by_date"]
        return Request(
            message, customer, system, self._codes.get(request["template"], 0), request["officer"], 1, way,
            CONTACT_TIMES[request["contact_time"]], date.fromisoformat(by_date).toordinal() if by_date else 0,
            request["access"], self._cuba.fdv_undiscussed(customer), 0, message,
        )  # fmt: skip

    def _press(self, asked: Request, now: int) -> Plain:
        decision = self._systems[System(asked.system)].handle(asked, now)
        return {
            "message": asked.message,
            "outcome": Outcome(decision.outcome).name.lower(),
            "reasons": reason_names(decision.reasons),
            "due": decision.due or None,
            "shown": self._shown(asked, decision),
            "channel": Channel(asked.channel).name.lower(),
        }

    def _shown(self, asked: Request, decision: Decision) -> str:
        if asked.system != System.PLUTO:
            return ""
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            return self._pluto.confirmation_text
        return self._pluto.message_shown(decision.reasons)

    def _plain(self, told: list[Happening]) -> list[Plain]:
        return [self._submitted(one) if one.event == Event.HANDED_OVER else _claim(one) for one in told]

    def _submitted(self, told: Happening) -> Plain:
        for offers in (self._sms, self._email):
            offer = offers.offered.pop(told.message, None)
            if offer is not None:
                break
        else:
            raise AssertionError(f"handed over without an offer: {told}")
        return {
            "event": "submitted", "message": told.message, "customer": told.customer, "sender": offer.sender,
            "text": offer.text, "channel": offers.channel.name.lower(),
        }  # fmt: skip


_SMS_PER_SECOND = 1000.0
"""The bind takes a message a millisecond, so that instants in scenarios are plain to see."""


def _claim(told: Happening) -> Plain:
    value: int | str = told.value
    if told.event == Event.STATUS_CLAIMED:
        value = Status(told.value).name.lower()
    return {
        "event": Event(told.event).name.lower(), "message": told.message, "value": value,
        "reasons": reason_names(told.reasons),
    }  # fmt: skip


def _open_process(cuba: _Register, customer: int, fields: Mapping[str, Any], now: int) -> None:
    kind = ProcessKind[fields["value"].upper()]
    cuba.open_process(Process(fields["process"], kind, customer, fields["other"], False), now)


def _by(fields: Mapping[str, Any]) -> int:
    return ContactChange[fields.get("by", "officer").upper()]


_FACTS: dict[str, Callable[[_Register, int, Mapping[str, Any], int], None]] = {
    "zone_recorded": lambda cuba, who, fields, now: cuba.record_zone(who, ZONES.index(fields["value"]), now),
    "mobile_recorded": lambda cuba, who, fields, now: cuba.record_mobile(
        who, MobileStatus[fields["value"].upper()], _by(fields), now
    ),
    "email_recorded": lambda cuba, who, fields, now: cuba.record_email(
        who, EmailStatus[fields["value"].upper()], _by(fields), now
    ),
    "opt_out_recorded": lambda cuba, who, fields, now: cuba.record_opt_out(who, 0, now),
    "opt_out_lifted": lambda cuba, who, fields, now: cuba.lift_opt_out(who, 0, now),
    "service_ended": lambda cuba, who, fields, now: cuba.end_service(who, Service[fields["value"].upper()], now),
    "service_restored": lambda cuba, who, fields, now: cuba.restore_service(who, Service[fields["value"].upper()], now),
    "died": lambda cuba, who, fields, now: cuba.record_death(who, now),
    "restricted_access_set": lambda cuba, who, fields, now: cuba.record_flags(who, restricted_access=fields["value"]),
    "employer_set": lambda cuba, who, fields, now: cuba.record_flags(who, employer=fields["value"]),
    "process_opened": _open_process,
    "process_closed": lambda cuba, who, fields, now: cuba.close_process(fields["process"], now),
    "fdv_raised": lambda cuba, who, fields, now: cuba.raise_fdv(fields["process"], who, now),
    "fdv_discussed": lambda cuba, who, fields, now: cuba.discuss_fdv(fields["process"], 0, now),
}
