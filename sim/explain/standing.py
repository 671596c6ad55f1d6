"""How one customer stands at an instant: what is on record and what was issued, rebuilt from the history alone."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.clock import Clock
from sim.explain.chronicle import LIVES, Row
from sim.explain.debts import Debts
from sim.explain.law import CHILD_SUPPORT
from sim.explain.sendings import Sendings
from sim.history import Event
from sim.messages import EmailStatus, Recipient, Service

_ENDED = {int(Service.REMINDER): "reminder_ended", int(Service.GENERAL): "general_ended"}
_LIVES = frozenset(int(event) for event in LIVES)
_DEBTS = range(Event.DEBT_RAISED, Event.AUTO_SETUP_CEASED + 1)


class Fact(NamedTuple):
    """A value on record, and since when (ms UTC) it has been that value."""

    value: int
    since: int


class Process:
    """An open process; `raised` is the instant at which its applicant raised concerns that are not yet discussed."""

    __slots__ = ("applicant", "kind", "other", "raised", "ref")

    def __init__(self, row: Row) -> None:
        self.ref, self.kind, self.applicant, self.other = row.ref, row.value, row.customer, row.other
        self.raised = -1


class Standing:
    """What is known of `customer` (and of the access of `officer`) after the rows that were told so far."""

    def __init__(self, customer: int, agency: Clock, officer: int = 0) -> None:
        self.customer = customer
        self.officer = officer
        self.facts: dict[str, Fact] = {}
        self.vulnerabilities: dict[int, int] = {}  # Vulnerability: since when
        self.processes: dict[int, Process] = {}
        self.debts = Debts(agency)
        self.child_support = Sendings()
        self.centrelink = Sendings()

    # Telling

    def told(self, row: Row) -> None:
        """One more row of the history."""
        event = row.event
        if event in _LIVES:
            of_child_support = self.child_support.get(row.message) is not None or row.system in CHILD_SUPPORT
            (self.child_support if of_child_support else self.centrelink).told(row)
        elif event in _FACTS:
            if row.customer == self.customer:
                name, value = _FACTS[event](row)
                self._know(name, value, row.time)
        elif event == Event.ACCESS_RECORDED:
            if row.officer == self.officer:
                self._know("access", row.value, row.time)
        elif Event.FDV_RAISED <= event <= Event.PROCESS_CLOSED:
            self._process(row)
        elif event == Event.VULNERABILITY_SET:
            if row.other:
                self.vulnerabilities.setdefault(row.value, row.time)
            else:
                self.vulnerabilities.pop(row.value, None)
        elif event in _DEBTS:
            self.debts.told(row)

    def _know(self, name: str, value: int, time: int) -> None:
        known = self.facts.get(name)
        if known is None or known.value != value:
            self.facts[name] = Fact(value, time)

    def _process(self, row: Row) -> None:
        if row.event == Event.PROCESS_OPENED:
            self.processes[row.ref] = Process(row)
            return
        process = self.processes.get(row.ref)
        if process is None:
            return
        if row.event == Event.PROCESS_CLOSED:
            del self.processes[row.ref]
        elif row.event == Event.FDV_DISCUSSED:
            process.raised = -1
        elif row.customer == process.applicant:
            process.raised = row.time

    # Reading

    def value(self, name: str) -> int:
        """A fact's value; 0 for what is not on record."""
        known = self.facts.get(name)
        return known.value if known else 0

    def since(self, name: str) -> int:
        """Since when a fact has had its value; -1 for what is not on record."""
        known = self.facts.get(name)
        return known.since if known else -1

    def recipient(self, centrelink: bool = False) -> Recipient:
        """The customer as Child Support's register has them, or Centrelink's, which has a mobile and an opt-out of its
        own and neither email nor services nor employers."""
        if centrelink:
            return Recipient(
                self.value("zone"), self.value("centrelink_mobile"), EmailStatus.NONE,
                self.value("centrelink_opted_out"), self.value("deceased"), self.value("restricted_access"), 0, 0, 0,
            )  # fmt: skip
        return Recipient(
            self.value("zone"), self.value("mobile"), self.value("email"), self.value("opted_out"),
            self.value("deceased"), self.value("restricted_access"), self.value("employer"),
            self.value("reminder_ended"), self.value("general_ended"),
        )  # fmt: skip

    @property
    def is_centrelinks(self) -> bool:
        """Whether Centrelink has a record of the customer."""
        return "current" in self.facts

    def undiscussed(self) -> Process | None:
        """An open process that bars SMS to this customer as the other party (`cs-fdv`)."""
        return next(
            (one for one in self.processes.values() if one.other == self.customer and one.raised >= 0), None
        )  # fmt: skip


def standing_at(
    rows: Iterable[Row], customer: int, agency: Clock, now: int, seq: int, officer: int = 0, without: int = 0
) -> Standing:
    """How a customer stood for a test at the instant `now` that is recorded in the row `seq`.

    Facts of the same millisecond apply before the test, whenever they were recorded; of messages only what was recorded
    before it. `rows` are in (time, seq) order; the message `without` is left out.
    """
    standing = Standing(customer, agency, officer)
    for row in rows:
        if row.time > now:
            break
        if (row.seq < seq or row.time < now or row.is_fact) and (not without or row.message != without or row.is_fact):
            standing.told(row)
    return standing


def _ended(row: Row) -> tuple[str, int]:
    return _ENDED.get(row.value, ""), int(row.event == Event.SERVICE_ENDED)


_FACTS: dict[int, Callable[[Row], tuple[str, int]]] = {
    Event.ZONE_RECORDED: lambda row: ("zone", row.value),
    Event.MOBILE_RECORDED: lambda row: ("mobile", row.value),
    Event.EMAIL_RECORDED: lambda row: ("email", row.value),
    Event.OPT_OUT_RECORDED: lambda row: ("opted_out", 1),
    Event.OPT_OUT_LIFTED: lambda row: ("opted_out", 0),
    Event.SERVICE_ENDED: _ended,
    Event.SERVICE_RESTORED: _ended,
    Event.DIED: lambda row: ("deceased", 1),
    Event.RESTRICTED_ACCESS_SET: lambda row: ("restricted_access", row.value),
    Event.EMPLOYER_SET: lambda row: ("employer", row.value),
    Event.CENTRELINK_RECORDED: lambda row: ("current", row.value),
    Event.CENTRELINK_MOBILE_RECORDED: lambda row: ("centrelink_mobile", row.value),
    Event.CENTRELINK_OPT_OUT_RECORDED: lambda row: ("centrelink_opted_out", 1),
    Event.CENTRELINK_OPT_OUT_LIFTED: lambda row: ("centrelink_opted_out", 0),
    Event.POSTCODE_RECORDED: lambda row: ("postcode", row.value),
    Event.WITHHOLDINGS_ELIGIBLE_SET: lambda row: ("withholdings", row.value),
}
"""What each of these events puts on record of the customer: the fact's name, and its value."""
