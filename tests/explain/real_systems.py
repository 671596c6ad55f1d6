"""Our systems as they stood for one customer at an instant of a run: filled from the rows of the history by other code
than the one under test, and then really asked.

What waits at the end of a run is driven on by the systems themselves; their transport acknowledges at once.
"""

from collections.abc import Callable
from typing import Any

from fakes.centrelink import Centrelink, Standing
from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.cuba import Cuba, Process
from fakes.cuba_automatic import CubaAutomatic
from fakes.customer_first import CustomerFirst
from fakes.dispatch import Dispatch
from fakes.dmis import Dmis
from fakes.ledger import Ledger, Record, State
from fakes.people import People
from fakes.pluto import Pluto
from fakes.protocols import Happening, Submission
from fakes.sap import Sap
from fakes.sender import Surroundings
from sim.clock import AGENCY_ZONE, clock, zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import Decision, Reason, Recipient, Request, System
from sim.policy.bundle import RULES
from sim.policy.policy import Policy

Row = dict[str, int]
_FACTS = {int(event) for event in Event if event <= Event.OBJECTION_OUT_OF_TIME or 150 <= event <= 178}
_CHILD_SUPPORT = (System.PLUTO, System.CUBA)
_NUDGE = 502
_CUSTOMER_LEVEL = 2


class AtOnce:
    """A transport that takes everything and acknowledges it at the same instant."""

    def __init__(self) -> None:
        self.taken: list[Submission] = []

    def is_open(self, now: int) -> bool:
        return True

    def submit(self, submission: Submission, now: int) -> None:
        self.taken.append(submission)

    def next_due(self) -> int | None:
        return None

    def advance(self, now: int) -> list[Happening]:
        return []


class _Cuba(Cuba):
    def flag(self, customer: int, **flags: int) -> None:
        self._replace(customer, **flags)


class _Centrelink(Centrelink):
    def flag(self, customer: int, **flags: int) -> None:
        self._replace(customer, **flags)


class RealSystems:
    """The systems on the facts of `rows` (all rows of the history, in order) up to and including `time`, of `customer`
    alone; the message `without` was never sent. `officer` is the one whose access is asked for."""

    def __init__(
        self, policy: Policy, rows: list[Row], customer: int, time: int, officer: int = 0, without: int = 0
    ) -> None:
        self.customer, self.officer, self.access = customer, officer, 0
        self.now = time
        self._templates = policy.templates
        self.transport = AtOnce()
        self.ledgers = {True: Ledger(), False: Ledger()}
        self.cuba = _Cuba(History(), self.ledgers[True])
        self.centrelink = _Centrelink(History())
        self._records: dict[int, Record] = {}
        self._early: list[Row] = []  # the agency's own facts that come before Centrelink's record
        told = [row for row in rows if row["time"] <= time and not (without and row["message"] == without)]
        of_child_support = any(row["event"] == Event.MOBILE_RECORDED and row["customer"] == customer for row in told)
        if of_child_support:
            self.cuba.enter(customer, Recipient(0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0, False, False, 0)
        self.in_child_support = of_child_support
        for row in told:
            self._tell(row)
        self.senders = self._senders(policy)
        self.dmis._last_run = max(
            (row["time"] for row in told if row["event"] == Event.NIGHTLY_RUN and row["system"] == System.DMIS
             and row["time"] < time), default=-1,
        )  # fmt: skip
        for record in self._records.values():
            self.ledgers[record.system in _CHILD_SUPPORT].add(record)

    def _senders(self, policy: Policy) -> dict[System, Any]:
        clocks, transport = zone_clocks(), self.transport
        around = Surroundings(RULES, policy, self.cuba, self.ledgers[True], transport, clocks, Draws(1), 1e6)
        other = CentrelinkSurroundings(RULES, policy, self.centrelink, self.ledgers[False], transport, clocks, 1e6)
        self.dmis = Dmis(other)
        made: dict[System, Any] = {
            System.PLUTO: Pluto(around, People(1)), System.CUBA: CubaAutomatic(around, transport),
            System.CUSTOMER_FIRST: CustomerFirst(other, People(1)), System.DMIS: self.dmis, System.SAP: Sap(other),
        }  # fmt: skip
        for sender in made.values():
            sender.dispatch._interval = 0  # what is due together goes together
        return made

    # Asking

    def ask(self, request: Request, confirmed: int = 0) -> Decision:
        """Press Send now, for the first time or on the question."""
        asked = request._replace(
            message=10**9, confirmed=confirmed, access=int(self.access == 3),
            fdv_undiscussed=self.cuba.fdv_undiscussed(self.customer),
        )  # fmt: skip
        decision: Decision = self.senders[System(request.system)].handle(asked, self.now)
        return decision

    def night(self) -> tuple[list[int], dict[int, tuple[int, int]]]:
        """The nightly run of now: the templates that go, and why and to which template each other eligible one lost."""
        sap = self.senders[System.SAP]
        reminders = sap.plan(self.now)
        goes = []
        lost: dict[int, tuple[int, int]] = {}
        if reminders.suppressed:
            lost[_NUDGE] = (int(Reason.ONE_NUDGE), reminders.suppressed[0][1])
        for customer in reminders.customers:
            goes += self._send(System.SAP, _NUDGE, customer)
        found = self.dmis.run(self.now)
        for span in found.spans:
            if span.event == Event.SUPPRESSED:
                lost[span.template] = (int(span.reasons), span.winner)
        for customer, template in found.picks:
            goes += self._send(System.DMIS, template, customer)
        return goes, lost

    def _send(self, system: System, template: int, customer: int) -> list[int]:
        message = 10**9 + len(self._records) + len(self.transport.taken) + self.now % 10**6
        decision = self.senders[system].handle(Request(message, customer, system, template, ref=1), self.now)
        return [template] if not decision.reasons else []

    # Time passes after the end of the run

    def go_on(self) -> None:
        """From now on what waits is handed over when it is due."""
        for record in self._records.values():
            if record.state in (State.HELD, State.OUTBOX):
                sender = self.senders[System(record.system)]
                dispatch: Dispatch = sender._route(record.channel) if hasattr(sender, "_route") else sender.dispatch
                record.state = State.HELD
                dispatch._hold(record)
            elif record.state == State.IN_FLIGHT:
                record.state, record.sent = State.SENT, self.now

    def until(self, time: int) -> None:
        """Let time pass up to and including `time`."""
        for _ in range(100_000):
            dues = [due for one in self.senders.values() if (due := one.next_due()) is not None and due <= time]
            if not dues:
                self.now = time
                return
            self.now = max(self.now, min(dues))
            for sender in self.senders.values():
                sender.advance(self.now)
                for one in self.transport.taken:
                    heard = Happening(self.now, Event.ACKNOWLEDGED, one.message, one.customer, System.GATEWAY)
                    self.senders[System(one.system)].told(heard)
                self.transport.taken.clear()
        raise AssertionError("time does not pass")

    # Telling

    def _tell(self, row: Row) -> None:
        event = row["event"]
        if event in _LIVES:
            if row["customer"] == self.customer:
                self._live(row)
        elif event == Event.ACCESS_RECORDED:
            if row["officer"] == self.officer:
                self.access = row["value"]
        elif event in (Event.PROCESS_OPENED, Event.FDV_RAISED, Event.FDV_DISCUSSED, Event.PROCESS_CLOSED):
            self._process(row)
        elif event in (Event.DISASTER_DECLARED, Event.DISASTER_ENDED):
            self._disaster(row)
        elif event in _FACTS and row["customer"] == self.customer:
            if event in _CHILD_SUPPORTS and self.in_child_support:
                _CHILD_SUPPORTS[event](self.cuba, row)
            if event in _CENTRELINKS:
                self._centrelink(row)

    def _centrelink(self, row: Row) -> None:
        register, who = self.centrelink, self.customer
        if not register.knows(who):
            if row["event"] != Event.CENTRELINK_RECORDED:
                self._early.append(row)
                return
            register.enter(who, Standing(row["value"], 0, 0, 0, 0, 0, 1, 0), 0, alone=True)
            for earlier in self._early:
                _CENTRELINKS[earlier["event"]](register, earlier)
            return
        _CENTRELINKS[row["event"]](register, row)

    def _process(self, row: Row) -> None:
        known = self.cuba._processes
        if row["event"] == Event.PROCESS_OPENED and row["other"] == self.customer:
            self.cuba.open_process(Process(row["ref"], row["value"], row["customer"], row["other"], False), 0)
        elif row["ref"] in known:
            if row["event"] == Event.FDV_RAISED:
                self.cuba.raise_fdv(row["ref"], row["customer"], 0)
            elif row["event"] == Event.FDV_DISCUSSED:
                self.cuba.discuss_fdv(row["ref"], 0, 0)
            elif row["event"] == Event.PROCESS_CLOSED:
                self.cuba.close_process(row["ref"], 0)

    def _disaster(self, row: Row) -> None:
        book = self.centrelink.debts
        if row["event"] == Event.DISASTER_DECLARED:
            book.declare_disaster(row["ref"], row["value"], row["other"], 0, 0)
        else:
            book.end_disaster(row["ref"], 0)

    def _live(self, row: Row) -> None:
        message, event, time = row["message"], row["event"], row["time"]
        if event == Event.ISSUED:
            service = self._templates[row["template"]].service
            record = Record(
                message, self.customer, row["system"], row["template"], service, row["other"], time, row["value"]
            )  # fmt: skip
            record.state = State.HELD if row["value"] > self.now else State.OUTBOX
            record.text = "text"
            self._records[message] = record
            return
        record = self._records.get(message)  # type: ignore[assignment]
        if record is None:
            return
        if event == Event.HELD_AGAIN:
            record.due = row["value"]
            record.held_at = time if row["reasons"] else record.held_at
            record.state = State.HELD if record.due > self.now else State.OUTBOX
        elif event == Event.WITHDRAWN:
            record.state = State.WITHDRAWN
        elif event == Event.HANDED_OVER:
            record.state = State.IN_FLIGHT
        elif event == Event.ACKNOWLEDGED:
            record.state, record.sent = State.SENT, time


_LIVES = (Event.ISSUED, Event.HELD_AGAIN, Event.WITHDRAWN, Event.HANDED_OVER, Event.ACKNOWLEDGED)
_Of = Callable[[Any, Row], object]
_CHILD_SUPPORTS: dict[int, _Of] = {
    Event.ZONE_RECORDED: lambda cuba, row: cuba.record_zone(row["customer"], row["value"], 0),
    Event.MOBILE_RECORDED: lambda cuba, row: cuba.record_mobile(row["customer"], row["value"], 1, 0),
    Event.EMAIL_RECORDED: lambda cuba, row: cuba.record_email(row["customer"], row["value"], 1, 0),
    Event.OPT_OUT_RECORDED: lambda cuba, row: cuba.record_opt_out(row["customer"], 0, 0),
    Event.OPT_OUT_LIFTED: lambda cuba, row: cuba.lift_opt_out(row["customer"], 0, 0),
    Event.SERVICE_ENDED: lambda cuba, row: cuba.end_service(row["customer"], row["value"], 0),
    Event.SERVICE_RESTORED: lambda cuba, row: cuba.restore_service(row["customer"], row["value"], 0),
    Event.DIED: lambda cuba, row: cuba.record_death(row["customer"], 0),
    Event.RESTRICTED_ACCESS_SET: lambda cuba, row: cuba.flag(row["customer"], restricted_access=row["value"]),
    Event.EMPLOYER_SET: lambda cuba, row: cuba.flag(row["customer"], employer=row["value"]),
}


def _agency_day(row: Row) -> int:
    return clock(AGENCY_ZONE).day(row["time"])


def _write_off(register: Centrelink, row: Row) -> None:
    book, who, at_customer = register.debts, row["customer"], row["other"] == _CUSTOMER_LEVEL
    if row["event"] == Event.WRITE_OFF_SET:
        (book.write_off_customer if at_customer else book.write_off)(who if at_customer else row["ref"],
                                                                     row["value"], 0, 0)  # fmt: skip
    elif row["event"] == Event.WRITE_OFF_ENDS:
        code = book.customer_write_off(who)[0] if at_customer else book.debt(row["ref"]).write_off
        (book.write_off_customer if at_customer else book.write_off)(who if at_customer else row["ref"],
                                                                     code, row["value"], 0)  # fmt: skip
    else:
        (book.end_customer_write_off if at_customer else book.end_write_off)(who if at_customer else row["ref"],
                                                                             _agency_day(row), 0)  # fmt: skip


_CENTRELINKS: dict[int, _Of] = {
    Event.CENTRELINK_RECORDED: lambda one, row: one._current.__setitem__(row["customer"], bool(row["value"])),
    Event.ZONE_RECORDED: lambda one, row: one.hear_zone(row["customer"], row["value"], 0, alone=True),
    Event.DIED: lambda one, row: one.hear_death(row["customer"], 0, alone=True),
    Event.RESTRICTED_ACCESS_SET: lambda one, row: one.flag(row["customer"], restricted_access=row["value"]),
    Event.CENTRELINK_MOBILE_RECORDED: lambda one, row: one.record_mobile(row["customer"], row["value"], 1, 0),
    Event.CENTRELINK_OPT_OUT_RECORDED: lambda one, row: one.record_opt_out(row["customer"], 0, 0),
    Event.CENTRELINK_OPT_OUT_LIFTED: lambda one, row: one.lift_opt_out(row["customer"], 0, 0),
    Event.VULNERABILITY_SET: lambda one, row: one.set_vulnerability(
        row["customer"], row["value"], bool(row["other"]), 0
    ),
    Event.POSTCODE_RECORDED: lambda one, row: one._postcodes.__setitem__(row["customer"], row["value"]),
    Event.WITHHOLDINGS_ELIGIBLE_SET: lambda one, row: one._withholdings.__setitem__(row["customer"], row["value"]),
    Event.DEBT_RAISED: lambda one, row: one.debts.raise_debt(row["customer"], row["ref"], row["value"], 0),
    Event.DEBT_PAID: lambda one, row: one.debts.pay(row["ref"], 0),
    Event.ARRANGEMENT_SET: lambda one, row: one.debts.set_arrangement(
        row["ref"], row["value"] // 10, row["value"] % 10, 0
    ),
    Event.REPAYMENT_DUE: lambda one, row: one.debts.set_repayment_due(row["ref"], row["value"], 0),
    Event.REPAYMENT_DECLINED: lambda one, row: one.debts.decline(row["ref"], row["value"], 0),
    Event.WRITE_OFF_SET: _write_off,
    Event.WRITE_OFF_ENDS: _write_off,
    Event.WRITE_OFF_ENDED: _write_off,
    Event.HARDSHIP_PAUSE_COMPLETED: lambda one, row: one.debts.complete_hardship(row["ref"], row["time"]),
    Event.PAUSE_ENDED: lambda one, row: one.debts.end_pause(row["ref"], _agency_day(row), 0),
    Event.RECOVERY_RESTARTED: lambda one, row: one.debts.restart_recovery(row["ref"], _agency_day(row), 0),
    Event.WITHHOLDABLE_PAYMENT_SET: lambda one, row: one.debts.set_withholdable(row["ref"], row["value"], 0),
    Event.XCSHSMS_SET: lambda one, row: one.debts.set_xcshsms(row["ref"], row["value"], 0),
    Event.AUTO_SETUP_CEASED: lambda one, row: one.debts.cease_by_disaster(row["ref"], row["value"], 0),
}
