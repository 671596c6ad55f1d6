"""Messages that were not for the one who got them: reports, what officers do about them, and the SAS Team (EM table 2,
steps 6–8); customers who ask why they got a message (`cs-explain`).
"""

from collections.abc import Generator
from typing import Any, NamedTuple

import simpy

from fakes.cuba import ContactChange
from fakes.ledger import Record
from fakes.protocols import Happening
from sim.clock import HOUR, MINUTE
from sim.draws import Purpose, lognormal
from sim.history import Event
from sim.messages import Channel, MobileStatus, ProcessKind, ReportAction, ReportCase, Service
from sim.policy.misdirected import EXPLANATION_POINTS, facts_of_case
from sim.world.agenda import Rank
from sim.world.office import FOLLOW_UP, URGENT, Desk, Office, Steps
from sim.world.refs import report_ref
from sim.world.steps import Step
from sim.world.teams import TeamQueue
from sim.world.world import WorkItem, World
from sim.world.wrong_customer import WrongCustomer

_CALLS_US = 3  # n of the agenda's keys of a message
_PARTS = 8
# What is drawn of a delivered message (n of REACTION is step × _PARTS + one of these).
_REACTS, _DELAY, _WHICH, _HOUR = range(4)
_OPENS, _CLOSES = 8 * HOUR + 30 * MINUTE, 16 * HOUR + 30 * MINUTE
_NUMBER, _CONTENT, _TIME = 1, 2, 4
_AFTER_FINDING = (ReportAction.REPORT_INCIDENT, ReportAction.REMOVE_NUMBER)

Done = Generator[simpy.Event, Any, None]


class Report(NamedTuple):
    """Somebody's report of `message`, which was sent to `customer`; `reporter` is 0 for nobody on record. `case` is
    what is behind it; 0 for a customer who only asks why they got the message."""

    ref: int
    message: int
    customer: int
    reporter: int
    case: int


class Misdirected:
    """Who reports which message, and the officers' and the SAS Team's work on it."""

    def __init__(self, world: World, office: Office, wrong_customer: WrongCustomer) -> None:
        self.world = world
        self.wrong_customer = wrong_customer
        self.office = office
        self.rules = world.machinery.rules
        self.sas: TeamQueue[Report] = office.sas
        parameters = world.parameters
        self._skipped: float = parameters["behaviour.step_skipped"]
        self._strangers_report: float = parameters["misdirected.strangers_report_share"]
        self._representatives: float = parameters["misdirected.representative_share"]
        self._own_reports: float = parameters["misdirected.own_report_share"]
        self._wants_out: float = parameters["misdirected.wants_out_share"]
        self._another_meant: float = parameters["misdirected.another_meant_share"]
        self._asks_why: float = parameters["misdirected.asks_why_share"]
        self._delay_ms = float(parameters["misdirected.report_hours"]) * HOUR
        self._delay_sigma: float = parameters["misdirected.report_sigma"]
        self._reports: dict[int, Report] = {}
        self._escalated: dict[int, int] = {}

    # Who calls

    def delivered(self, happening: Happening) -> None:
        """An SMS reached somebody, who may call: a stranger, or the customer it was for."""
        world = self.world
        record = world.ledger.message(happening.message)
        if record.channel != Channel.SMS or happening.message in world.misaddressed:
            return
        u = self._u(record, _REACTS)
        if record.customer in world.strangers:
            if u < self._strangers_report:
                self._later(record, self._stranger_reports, record, world.strangers[record.customer])
        elif u < self._own_reports:
            self._later(record, self._customer_reports, record)
        elif u < self._own_reports + self._asks_why:
            self._later(record, self._asks, record)

    def _later(self, record: Record, function: Any, *arguments: Any) -> None:
        """Let somebody call at a time of day at which the office answers."""
        world = self.world
        delay = lognormal(self._u(record, _DELAY), self._delay_ms, self._delay_sigma)
        time = world.now + max(1, round(delay))
        day, time_of_day = world.agency.local(time)
        day += time_of_day >= _CLOSES
        if not _OPENS <= time_of_day < _CLOSES or (day - 1) % 7 >= 5:
            while (day - 1) % 7 >= 5:  # ordinal 1 was a Monday
                day += 1
            time = world.agency.at(day, _OPENS + round(self._u(record, _HOUR) * (_CLOSES - _OPENS)))
        if time < world.end:
            world.agenda.call(time, Rank.ANSWER, record.message, _CALLS_US, function, *arguments)

    def _stranger_reports(self, record: Record, reporter: int) -> None:
        world = self.world
        if reporter:
            known = world.cuba.recipient(reporter)
            wrong = (
                known.mobile != MobileStatus.VALID or world.disconnected.get(reporter) or reporter in world.strangers
            )
            case = ReportCase.NUMBER_WRONG_ON_RECORD if wrong else ReportCase.NUMBER_RIGHT_MESSAGE_NOT_THEIRS
            if known.deceased:
                return
        else:
            representative = self._u(record, _WHICH) < self._representatives
            case = ReportCase.REPRESENTATIVE if representative else ReportCase.NO_RELATIONSHIP
        self._received(record, reporter, case)

    def _customer_reports(self, record: Record) -> None:
        world, customer = self.world, record.customer
        recipient = world.cuba.recipient(customer)
        if recipient.deceased:
            return
        u = self._u(record, _WHICH)
        if u < self._wants_out and not recipient.opted_out:
            case = ReportCase.WANTS_OUT
        elif u < self._wants_out + self._another_meant:
            case = ReportCase.ANOTHER_SMS_WAS_MEANT
        else:
            case = ReportCase.NOT_SUBSCRIBED
            if not self.rules.service_ended(recipient, record.service) and not recipient.opted_out:
                # They ended the service themselves when the message had come, and call all the same.
                world.cuba.end_service(customer, record.service or Service.GENERAL, world.now)
        world.cuba.record_contact(customer, world.now)
        self._received(record, customer, case)

    def _asks(self, record: Record) -> None:
        """A customer asks why they got the message."""
        world = self.world
        if world.cuba.recipient(record.customer).deceased:
            return
        world.cuba.record_contact(record.customer, world.now)
        report = Report(report_ref(record.ref, record.step), record.message, record.customer, record.customer, 0)
        self._put(report, Event.EXPLANATION_ASKED)

    def _received(self, record: Record, reporter: int, case: ReportCase) -> None:
        report = Report(report_ref(record.ref, record.step), record.message, record.customer, reporter, int(case))
        self._put(report, Event.REPORT_RECEIVED)

    def _put(self, report: Report, event: Event) -> None:
        # Two follow-ups to one matter may share a ref (`report_ref`): one call about them is enough.
        if report.ref in self._reports:
            return
        self._reports[report.ref] = report
        self.world.note(event, report.reporter, report.ref, value=report.case, message=report.message)
        self.office.put(self._item(report), URGENT)

    @staticmethod
    def _item(report: Report) -> WorkItem:
        kind = ProcessKind.MISDIRECTED_MESSAGE
        return WorkItem(report.ref, kind, report.reporter, message=report.message)

    # What officers do

    def serve(self, desk: Desk, item: WorkItem) -> Steps:
        """One report, or what is left of it when the SAS Team has answered; an explanation; an apology."""
        report = self._reports.get(item.ref)
        if report is None:
            yield from self.wrong_customer.serve(desk, item)
        elif not report.case:
            yield from self._explain(desk, report)
        elif item.stage:
            yield from self._finish(desk, report)
        else:
            yield from self._follow(desk, report)

    def _follow(self, desk: Desk, report: Report) -> Done:
        escalated = False
        for action in self.rules.actions(facts_of_case(report.case)):
            if action in _AFTER_FINDING:
                break
            if self._skips(report, Step.REPORT + action):
                continue
            yield self._pause(desk, report, "report_step", Step.REPORT + action)
            self._note(Event.REPORT_STEP, desk, report, action)
            self._takes_effect(action, desk, report)
            escalated = escalated or action == ReportAction.ESCALATE_TO_SAS
        if not escalated:
            self._note(Event.REPORT_CLOSED, desk, report)

    def _takes_effect(self, action: int, desk: Desk, report: Report) -> None:
        cuba, now, reporter = self.world.cuba, self.world.now, report.reporter
        if action == ReportAction.UPDATE_DETAILS:
            cuba.record_mobile(reporter, MobileStatus.VALID, ContactChange.OFFICER, now)
            self.world.disconnected[reporter] = False
            self.world.strangers.pop(reporter, None)
        elif action == ReportAction.APOLOGISE:
            self._note(Event.APOLOGISED, desk, report)
        elif action == ReportAction.RECORD_OPT_OUT:
            cuba.record_opt_out(reporter, desk.id, now)
        elif action == ReportAction.ESCALATE_TO_SAS:
            included = sum(
                part for part in (_NUMBER, _CONTENT, _TIME) if not self._skips(report, Step.ESCALATION + part)
            )
            self._escalated[report.ref] = included
            self._note(Event.ESCALATED, desk, report, included)
            self.sas.put(report, URGENT, report.ref)

    def _finish(self, desk: Desk, report: Report) -> Done:
        """The SAS Team has found whom it was for: the incident is reported and the number comes off that record."""
        for action in _AFTER_FINDING:
            if self._skips(report, Step.REPORT + action):
                continue
            yield self._pause(desk, report, "report_step", Step.REPORT + action)
            self._note(Event.REPORT_STEP, desk, report, action)
            if action == ReportAction.REPORT_INCIDENT:
                self._note(Event.INCIDENT_REPORTED, desk, report)
            else:
                self._remove(desk, report)
        self._note(Event.REPORT_CLOSED, desk, report)

    def _remove(self, desk: Desk, report: Report) -> None:
        world, intended = self.world, report.customer
        self._note(Event.NUMBER_REMOVED, desk, report, other=intended)
        if world.strangers.pop(intended, None) is not None:
            world.cuba.record_mobile(intended, MobileStatus.NONE, ContactChange.OFFICER, world.now)

    def _explain(self, desk: Desk, report: Report) -> Done:
        for point in EXPLANATION_POINTS:
            if not self._skips(report, Step.EXPLAIN + point):
                yield self._pause(desk, report, "explain", Step.EXPLAIN + point)
                self._note(Event.EXPLAINED, desk, report, point)

    # The Specialised Assessment Services (SAS) Team

    def sas_day(self, desk: Desk) -> Steps:
        """A shift in the SAS Team: for each escalation, find out for whom the message was intended, and say so."""
        world = self.world
        while world.now < desk.shift_ends:
            report: Report | None = yield self.sas.take(desk.id)
            if report is None:
                continue
            yield self._pause(desk, report, "sas_search", Step.SEARCH)
            for part in (_NUMBER, _CONTENT, _TIME):
                if not self._escalated[report.ref] & part:  # what was left out is asked for
                    yield self._pause(desk, report, "sas_search", Step.ESCALATION + part)
            self._note(Event.SAS_FOUND, desk, report, other=report.customer)
            self.office.put(self._item(report)._replace(stage=1), FOLLOW_UP, False)

    # Small words

    def _u(self, record: Record, part: int) -> float:
        return self.world.draws.uniform(Purpose.REACTION, record.ref, record.step * _PARTS + part)

    def _skips(self, report: Report, step: int) -> bool:
        return self.world.chance(Purpose.STEP_SKIPPED, report.ref, step, self._skipped)

    def _pause(self, desk: Desk, report: Report, name: str, step: int) -> simpy.Event:
        return self.world.pause(desk.id, self.world.duration(name, report.ref, step))

    def _note(self, event: Event, desk: Desk, report: Report, value: int = 0, other: int = 0) -> None:
        self.world.note(event, report.reporter, report.ref, desk.id, value, report.message, other=other)
