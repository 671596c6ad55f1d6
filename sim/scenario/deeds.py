"""What officers do in a scenario apart from sending: calls, steps of the procedure, routing, claims, and reports of
messages that were not for their readers."""

from typing import TYPE_CHECKING, Any

from fakes.messaging import Plain
from sim.history import Event
from sim.messages import IntegratedWork, ProcessKind, ReportAction, ReportCase, System
from sim.policy.content import PAYMENTS
from sim.policy.misdirected import ReportFacts, facts_of_case
from sim.scenario.acts import FORMS
from sim.scenario.steps import Act, Call, Claim, Follow, Misdirected, Route, SasFinds

if TYPE_CHECKING:
    from sim.scenario.player import Player

_PAYMENT_CODES = {name: code for code, (name, _) in PAYMENTS.items()}
_OUTCOMES = {"grant": 1, "reject": 2}
_INCLUDED = {"number": 1, "content": 2, "time": 4}
_AFTER_FINDING = ("report_incident", "remove_number")
_BEGINS_WORK = ("work_arrived", "work_started")


class _Report:
    """A report as it stands: who reported what, what is advised, and how far it has come."""

    def __init__(self, ref: int, reporter: int, message: int, actions: list[str] | None) -> None:
        self.ref = ref
        self.reporter = reporter
        self.message = message
        self.actions = actions or []
        self.intended = 0
        self.escalated = False


class Deeds:
    """The officers of one scenario. Every method records what was done at the player's instant."""

    def __init__(self, player: "Player") -> None:
        self.player = player
        self.refs = player.refs
        self._reports: dict[str, _Report] = {}
        self.payments: dict[int, int] = {}  # customer: the payment type of the claim that was last finalised
        self._kinds: dict[int, int] = {}  # work item: its kind, once it has begun

    def work(self, name: str | None, customer: int, officer: int, kind: int = ProcessKind.PAYMENT) -> int:
        """The ref of a work item (0 without a name); it arrives and is started when it is first met."""
        if name is None:
            return 0
        ref = self.refs.ref("work", name)
        if ref not in self._kinds:
            self._kinds[ref] = int(kind)
            self.player.row(Event.WORK_ARRIVED, customer, ref=ref, value=kind)
            self.player.row(Event.WORK_STARTED, customer, ref=ref, value=kind, officer=officer)
        return ref

    def act(self, act: Act) -> None:
        """One deed of `sim.scenario.acts`."""
        form, player = FORMS[act.does], self.player
        attempt = player.attempt_named(act.message) if act.message else None
        if act.message and attempt is None:
            return
        customer = self.refs.customer(act.customer) if act.customer else attempt.customer if attempt else 0
        officer = 0 if form.by_customer else self.refs.officer(act.officer)
        value = (form.values or {}).get(act.value, 0)
        ref = self._ref(act, customer, officer, value)
        other = self.refs.customer(act.other) if act.other else 0
        if act.process:
            other = self.refs.ref("process", act.process)
        template = player.codes[act.template] if act.template else 0
        if act.does in ("work_arrived", "work_started", "work_ended"):
            value = self._kinds.setdefault(ref, value or int(ProcessKind.PAYMENT))
        player.row(
            form.event, customer, other=other, ref=ref, officer=officer, value=value, template=template,
            message=attempt.number if attempt else 0,
        )  # fmt: skip

    def _ref(self, act: Act, customer: int, officer: int, kind: int) -> int:
        if act.work and (act.does in _BEGINS_WORK or act.does == "explanation_asked"):
            return self.refs.ref("work", act.work)
        return self.work(act.work, customer, officer, kind if act.does == "work_ended" else ProcessKind.PAYMENT)

    def call(self, call: Call) -> None:
        """A call attempt; a customer who answers has been in contact with the agency."""
        customer, officer = self.refs.customer(call.customer), self.refs.officer(call.officer)
        attempt = self.player.attempt_named(call.message) if call.message else None
        ref = self.work(call.work, customer, officer) or (attempt.ref if attempt else 0)
        for event in (Event.CALL_ATTEMPTED, Event.CALL_ANSWERED)[: 1 + call.answered]:
            self.player.row(
                event, customer, ref=ref, officer=officer, value=call.number,
                message=attempt.number if attempt else 0,
            )  # fmt: skip
        if call.answered:
            self.player.change(customer, ("customer_contacted_us", {}))

    # Integrated Service Officers

    def route(self, route: Route) -> Plain | None:
        """From which system to send: what the officer is told, and what they then choose."""
        player, customer, officer = self.player, self.refs.customer(route.customer), self.refs.officer(route.officer)
        ref = self.work(route.work, customer, officer, ProcessKind.INTEGRATED)
        if route.main_issue_claim:
            player.row(Event.MAIN_ISSUE_SET, customer, ref=ref, value=1)
        fields = {"work": route.sort, "main_issue_claim": route.main_issue_claim}
        advice = player.advise("route", customer, fields)
        chosen = route.choose or (advice or {}).get("system")
        if chosen:
            work = IntegratedWork[route.sort.upper()]
            player.row(Event.ROUTED, customer, other=work, ref=ref, officer=officer, value=System[chosen.upper()])
        return advice

    def claim(self, claim: Claim) -> Plain | None:
        """A claim is finalised; the answer is what the officer is told to do about its message."""
        player, customer, officer = self.player, self.refs.customer(claim.customer), self.refs.officer(claim.officer)
        ref = self.work(claim.work, customer, officer, ProcessKind.INTEGRATED)
        player.claim_refs[customer], self.payments[customer] = ref, _PAYMENT_CODES[claim.payment_type]
        player.row(Event.CCM_SET, customer, ref=ref, value=int(claim.ccm))
        player.row(
            Event.CLAIM_FINALISED, customer, other=_PAYMENT_CODES[claim.payment_type], ref=ref, officer=officer,
            value=_OUTCOMES[claim.outcome],
        )  # fmt: skip
        told = {"outcome": claim.outcome, "payment_type": claim.payment_type, "ccm": claim.ccm}
        player.tell_fact("claim_finalised", customer, told)
        fields = {"outcome": claim.outcome, "ccm": claim.ccm, "reached": claim.reached, "tried": claim.tried}
        return player.advise("claim", customer, fields)

    # Reports of misdirected messages (EM table 2, steps 6–8)

    def report(self, report: Misdirected) -> Plain | None:
        """Somebody reports a message; the answer is what the officer is told to do."""
        player = self.player
        attempt = player.attempt_named(report.message)
        if attempt is None:
            return None
        reporter = self.refs.customer(report.customer) if report.customer else 0
        ref, case = self.refs.ref("report", report.name), ReportCase[report.case.upper()]
        player.row(Event.REPORT_RECEIVED, reporter, ref=ref, value=case, message=attempt.number)
        facts: dict[str, Any] = dict(zip(ReportFacts._fields, map(bool, facts_of_case(case)), strict=True))
        advice = player.advise("report", reporter, facts)
        actions = advice["actions"] if advice else None
        self._reports[report.name] = _Report(ref, reporter, attempt.number, actions)
        return advice

    def follow(self, follow: Follow) -> None:
        """An officer does what is advised (or what the step lists), up to what waits for the SAS Team."""
        report = self._reports.get(follow.report)
        if report is None:
            return
        officer = self.refs.officer(follow.officer)
        for action in self._due(report) if follow.does is None else follow.does:
            self._note(Event.REPORT_STEP, report, officer, ReportAction[action.upper()])
            self._takes_effect(action, report, officer, sum(_INCLUDED[part] for part in follow.includes))
        waits = report.escalated and not report.intended
        if not waits if follow.close is None else follow.close:
            self._note(Event.REPORT_CLOSED, report, officer)

    @staticmethod
    def _due(report: _Report) -> list[str]:
        """What is to be done now: what follows the finding once it is there, and what comes before it till then."""
        return [action for action in report.actions if (action in _AFTER_FINDING) == bool(report.intended)]

    def finds(self, finds: SasFinds) -> None:
        """The Specialised Assessment Services (SAS) Team names the customer for whom the message was intended."""
        report = self._reports.get(finds.report)
        if report is not None:
            report.intended = self.refs.customer(finds.customer)
            self._note(Event.SAS_FOUND, report, self.refs.officer(None), other=report.intended)

    def _takes_effect(self, action: str, report: _Report, officer: int, included: int) -> None:
        change = self.player.change
        if action == "update_details":
            change(report.reporter, ("mobile_recorded", {"value": "valid", "by": "officer"}))
        elif action == "apologise":
            self._note(Event.APOLOGISED, report, officer)
        elif action == "record_opt_out":
            change(report.reporter, ("opt_out_recorded", {}))
        elif action == "escalate_to_sas":
            report.escalated = True
            self._note(Event.ESCALATED, report, officer, included)
        elif action == "report_incident":
            self._note(Event.INCIDENT_REPORTED, report, officer)
        elif action == "remove_number":
            self._note(Event.NUMBER_REMOVED, report, officer, other=report.intended)
            if report.intended:
                change(report.intended, ("mobile_recorded", {"value": "none", "by": "officer"}))

    def _note(self, event: int, report: _Report, officer: int, value: int = 0, other: int = 0) -> None:
        self.player.row(
            event, report.reporter, other=other, ref=report.ref, officer=officer, value=value, message=report.message
        )
