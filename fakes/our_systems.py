"""Our messaging system behind the verbs of `fakes.messaging`: both registers, and the five sending systems."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.dmis import Span
from fakes.ledger import Ledger
from fakes.machinery import OURS, Machinery
from fakes.messaging import CENTRELINK_SCREENS, CONTACT_TIMES, SUPPORTABLE, Plain
from fakes.our_records import OurRecords
from fakes.people import People
from fakes.protocols import Checked, Happening, Submission
from fakes.sap import CONFIRMATION, INSTALMENT_NUDGE
from fakes.sender import Surroundings
from sim.clock import zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import (
    Channel,
    Decision,
    IntegratedWork,
    Outcome,
    Reason,
    ReportAction,
    Request,
    Screen,
    Status,
    System,
    reason_names,
)
from sim.policy.content import PAYMENTS
from sim.policy.misdirected import ReportFacts
from sim.policy.policy import load_policy
from sim.policy.routing import GRANTED, REJECTED, WITHHELD_CCM, WITHHELD_ONLINE, WITHHELD_REACHED

CLAIM_OUTCOMES = {"grant": GRANTED, "reject": REJECTED}
WITHHELD = {WITHHELD_CCM: "ccm", WITHHELD_ONLINE: "online_mail", WITHHELD_REACHED: "reached_by_phone"}
PAYMENT_TYPES = {name: code for code, (name, _) in PAYMENTS.items()}

_SMS_PER_SECOND = 1000.0
"""The bind takes a message a millisecond, so that instants in scenarios are plain to see."""
_ONLINE = 2
_SCREENS = {
    "centrelink_outbound_correspondence": Screen.OUTBOUND_CORRESPONDENCE,
    "correspondence_history": Screen.CORRESPONDENCE_HISTORY,
    "history_summary": Screen.HISTORY_SUMMARY,
}
_SPANS = {
    Event.ELIGIBLE: "eligible", Event.ELIGIBLE_ENDED: "eligible_ended", Event.SUPPRESSED: "suppressed",
    Event.SUPPRESSED_ENDED: "suppressed_ended",
}  # fmt: skip


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


class _Automatic(NamedTuple):
    """A message that a system is to send by itself once all facts of this instant are on record."""

    time: int
    customer: int
    system: System
    template: int
    payment_type: int = 0


class OurMessagingSystem:
    """All our systems. `machinery` may be a bundle in which one part is another one."""

    def __init__(self, machinery: Machinery = OURS) -> None:
        self._machinery = machinery
        self._rules = machinery.rules

    def supports(self) -> tuple[str, ...]:
        return SUPPORTABLE

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> None:
        made, people, clocks = self._machinery, People(seed), zone_clocks()
        self._policy = load_policy(policy)
        self._codes = {template.id: template.code for template in self._policy.templates.values()}
        self._names = {code: name for name, code in self._codes.items()}
        self._sms, self._email = _Offers(Channel.SMS), _Offers(Channel.EMAIL)
        ledger = Ledger()
        self._cuba = made.cuba(History(), ledger)
        around = Surroundings(
            made.rules, self._policy, self._cuba, ledger, self._sms, clocks, Draws(seed), _SMS_PER_SECOND
        )
        self._pluto = made.pluto(around, people)
        self._automatic = made.automatic(around, self._email)
        self._centrelink = made.centrelink(History())
        theirs = CentrelinkSurroundings(
            made.rules, self._policy, self._centrelink, Ledger(), self._sms, clocks, _SMS_PER_SECOND
        )
        self._customer_first = made.customer_first(theirs, people)
        self._dmis, self._sap = made.dmis(theirs), made.sap(theirs)
        self._systems = {
            System.PLUTO: Checked(self._pluto),
            System.CUBA: Checked(self._automatic),
            System.CUSTOMER_FIRST: Checked(self._customer_first),
            System.DMIS: Checked(self._dmis),
            System.SAP: Checked(self._sap),
        }
        self._records = OurRecords(self._cuba, self._centrelink)
        self._requests: dict[int, Request] = {}
        self._waiting: list[_Automatic] = []
        self._sap_suppressed: list[tuple[int, int]] = []
        self._begins = now

    # Facts

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        if name in ("outage_started", "outage_ended"):
            self._sms.open = name == "outage_ended"
            return self.advance(now) if self._sms.open else []
        if name == "claim_finalised":
            self._finalised(customer, fields, now)
        elif name == "eligibility_injected":
            self._dmis.inject(customer, self._codes[fields["template"]])
        elif name == "arrangement_set":
            debt = self._centrelink.debts.debt(fields["debt"])
            before = debt.arrangement, debt.status
            self._records.take(name, customer, fields, now)
            if now > self._begins and self._sap.confirms(before, (debt.arrangement, debt.status)):
                self._waiting.append(_Automatic(now, customer, System.SAP, CONFIRMATION))
        else:
            self._records.take(name, customer, fields, now)
        if name != "zone_recorded":
            return []
        told = [one for system in self._systems.values() for one in system.zone_changed(customer, now)]
        return self._plain(told)

    def _finalised(self, customer: int, fields: Mapping[str, Any], now: int) -> None:
        outcome = CLAIM_OUTCOMES[fields["outcome"]]
        template = self._rules.automatic_claim_message(outcome, int(fields["ccm"]))
        if template:
            payment = PAYMENT_TYPES[fields["payment_type"]]
            self._waiting.append(_Automatic(now, customer, System.CUSTOMER_FIRST, template, payment))

    # Pluto and Cuba

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
        if screen in CENTRELINK_SCREENS:
            return self._centrelink_screen(now, screen, customer)
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

    # Customer First, and what officers are told to do

    def _centrelink_screen(self, now: int, screen: str, customer: int) -> list[Plain]:
        if screen == "desktop_messaging":
            shown = self._customer_first.desktop_messaging(customer)
            return [{"name": shown.name, "mobile": shown.mobile, "messages": len(shown.history)}]
        if screen == "communication_history":
            return [line._asdict() for line in self._customer_first.communication_history(customer)]
        return [
            {**line._asdict(), "system": System(line.system).name.lower(), "template": self._names[line.template]}
            for line in self._customer_first.screen(customer, _SCREENS[screen], now)
        ]

    def create_em(self, now: int, customer: int) -> Plain:
        desktop = self._customer_first
        documents = {document: list(desktop.text_options(document).values()) for document in desktop.create_em()}
        return {"documents": documents}

    def preview_em(self, now: int, request: Plain) -> Plain:
        asked = self._request(request, 0)
        try:
            preview = self._customer_first.preview_em(asked)
        except (KeyError, ValueError):
            return {"text": "", "buttons": []}
        return {"text": preview.text, "buttons": list(preview.buttons)}

    def send_em(self, now: int, request: Plain) -> Plain:
        return self.send(now, request)

    def advise(self, now: int, topic: str, customer: int, fields: Mapping[str, Any]) -> Plain:
        rules, register = self._rules, self._centrelink
        if topic == "route":
            work = IntegratedWork[fields["work"].upper()]
            mutual, current = register.is_mutual(customer), register.is_current(customer)
            system = rules.route(work, mutual, current, int(fields["main_issue_claim"]))
            return {"system": System(system).name.lower()}
        if topic == "claim":
            outcome, ccm = CLAIM_OUTCOMES[fields["outcome"]], int(fields["ccm"])
            online = int(register.mail(customer) == _ONLINE)
            reached, tried = int(fields["reached"]), int(fields["tried"])
            template = rules.claim_message(outcome, ccm, online, reached, tried)
            withheld = rules.claim_withheld(outcome, ccm, online, reached)
            return {"template": self._names.get(template), "withheld": WITHHELD.get(withheld)}
        actions = rules.actions(ReportFacts(**{name: int(flag) for name, flag in fields.items()}))
        return {"actions": [ReportAction(action).name.lower() for action in actions]}

    # Nightly runs

    def run_batch(self, now: int, system: str) -> list[Plain]:
        if system == "sap":
            return self._instalments(now)
        night = self._dmis.run(now)
        told = [self._span(span, "dmis") for span in night.spans]
        for customer, template in night.picks:
            told.append(self._begin_message(_Automatic(now, customer, System.DMIS, template)))
        return told

    def _instalments(self, now: int) -> list[Plain]:
        reminders, before = self._sap.plan(now), self._sap_suppressed
        self._sap_suppressed = reminders.suppressed
        ended, begun, nudge = Event.SUPPRESSED_ENDED, Event.SUPPRESSED, INSTALMENT_NUDGE
        spans = [Span(ended, who, nudge, Reason.ONE_NUDGE, winner, reminders.day - 1) for who, winner in before]
        spans += [
            Span(begun, who, nudge, Reason.ONE_NUDGE, winner, reminders.day) for who, winner in reminders.suppressed
        ]
        told = [self._span(span, "sap") for span in spans]
        for customer in reminders.customers:
            told.append(self._begin_message(_Automatic(now, customer, System.SAP, INSTALMENT_NUDGE)))
        return told

    def _span(self, span: Span, system: str) -> Plain:
        return {
            "event": _SPANS[Event(span.event)], "customer": span.customer, "system": system,
            "template": self._names[span.template], "day": date.fromordinal(span.day).isoformat(),
            "reasons": reason_names(span.reasons), "winner": self._names.get(span.winner),
        }  # fmt: skip

    def _begin_message(self, automatic: _Automatic) -> Plain:
        message = len(self._requests) + 1
        asked = Request(
            message, automatic.customer, automatic.system, automatic.template, ref=message, step=message,
            payment_type=automatic.payment_type,
        )  # fmt: skip
        self._requests[message] = asked
        decision = self._systems[automatic.system].handle(asked, automatic.time)
        return {
            "event": "begun", "message": message, "customer": asked.customer,
            "system": System(asked.system).name.lower(), "template": self._names[asked.template], "channel": "sms",
            **_outcome(decision),
        }  # fmt: skip

    # Time, and the transport

    def next_due(self) -> int | None:
        dues = [due for system in self._systems.values() if (due := system.next_due()) is not None]
        return min([*dues, *(one.time for one in self._waiting)], default=None)

    def advance(self, now: int) -> list[Plain]:
        waiting, self._waiting = self._waiting, []
        begun = [self._begin_message(one._replace(time=now)) for one in waiting]
        return begun + self._plain([one for system in self._systems.values() for one in system.advance(now)])

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        asked = self._requests[int(message)]
        heard = Happening(now, Event[event.upper()], asked.message, asked.customer, System.GATEWAY, 0, 0, value)
        return self._plain(self._systems[System(asked.system)].told(heard))

    # Small words

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
            PAYMENT_TYPES.get(request["payment_type"] or "", 0),
        )  # fmt: skip

    def _press(self, asked: Request, now: int) -> Plain:
        decision = self._systems[System(asked.system)].handle(asked, now)
        return {
            "message": asked.message,
            **_outcome(decision),
            "shown": self._shown(asked, decision),
            "channel": Channel(asked.channel).name.lower(),
        }

    def _shown(self, asked: Request, decision: Decision) -> str:
        issued = decision.outcome in (Outcome.SENT, Outcome.HELD)
        if asked.system == System.CUSTOMER_FIRST:
            return self._customer_first.queued_text if issued else ""
        if asked.system != System.PLUTO:
            return ""
        if decision.outcome == Outcome.NEEDS_CONFIRMATION:
            return self._pluto.confirmation_text
        return self._pluto.message_shown(decision.reasons)

    def _plain(self, told: Sequence[Happening]) -> list[Plain]:
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


def _outcome(decision: Decision) -> Plain:
    return {
        "outcome": Outcome(decision.outcome).name.lower(),
        "reasons": reason_names(decision.reasons),
        "due": decision.due or None,
    }


def _claim(told: Happening) -> Plain:
    value: int | str = told.value
    if told.event == Event.STATUS_CLAIMED:
        value = Status(told.value).name.lower()
    return {
        "event": Event(told.event).name.lower(), "message": told.message, "value": value,
        "reasons": reason_names(told.reasons),
    }  # fmt: skip
