"""The registers of a replay: Cuba and Centrelink's, told again each change that a history holds of them.

They are ours, with a history that keeps nothing. A customer is entered by the first fact about them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from fakes.centrelink import Centrelink, Standing
from fakes.cuba import Cuba, Process
from fakes.debts import CUSTOMER_LEVEL, DebtBook
from fakes.ledger import Ledger
from sim.clock import AGENCY_ZONE, clock
from sim.history import Event, History
from sim.messages import EmailStatus, MobileStatus, Recipient, Service, SpecialisedArea, Vulnerability

VULNERABLE, DISASTER = "vulnerable", "disaster"
"""Names that `Registers.as_if` knows besides the fields of a Recipient."""
_AS_IF = -1  # the ref of a disaster that is there for one request
_ARRANGEMENT = 10  # an arrangement is written as Arrangement × 10 + ArrangementStatus


class Fact(NamedTuple):
    """A change of a register: the columns of its row, and for two rows that belong together the value of the second
    (`ends`)."""

    event: int
    customer: int
    other: int = 0
    ref: int = 0
    value: int = 0
    ends: int = 0


class _Forgetful(History):
    """A history that keeps nothing."""

    def append(self, *row: int, **columns: int) -> None:
        """Nothing is kept."""


class _Cuba(Cuba):
    """Cuba, where flags that a run sets at its start alone can also change later."""

    def knows(self, customer: int) -> bool:
        """Whether this customer is on Child Support's record."""
        return customer in self._recipients

    def set_flag(self, customer: int, name: str, value: int) -> None:
        """Set one of the fields of the Recipient."""
        self._replace(customer, **{name: value})

    def put(self, customer: int, recipient: Recipient) -> None:
        """Put the whole Recipient on record."""
        self._recipients[customer] = recipient


class _Centrelink(Centrelink):
    """Centrelink's register, filled fact by fact."""

    def set_flag(self, customer: int, name: str, value: int) -> None:
        """Set one of the fields of the Recipient."""
        self._replace(customer, **{name: value})

    def put(self, customer: int, recipient: Recipient) -> None:
        """Put the whole Recipient on record."""
        self._recipients[customer] = recipient

    def set_standing(self, customer: int, name: str, value: int) -> None:
        """Set `current`, `mutual`, `mail`, `postcodes` or `withholdings`."""
        getattr(self, f"_{name}")[customer] = value


class Registers:
    """Both registers at the start of a replay, when they know nobody."""

    def __init__(self) -> None:
        nowhere = _Forgetful()
        self.ledger = Ledger()
        self.cuba = _Cuba(nowhere, self.ledger)
        self.centrelink = _Centrelink(nowhere)
        self.debts: DebtBook = self.centrelink.debts
        self._agency = clock(AGENCY_ZONE)
        self._own: dict[int, dict[str, int]] = {}  # the agency's own facts, which go into both registers

    def tell(self, fact: Fact, now: int) -> None:
        """Record a fact at `now` (ms UTC). Raises KeyError for an event that is none of `FACTS`."""
        _TELL[fact.event](self, fact, now)

    def recipient(self, customer: int) -> Recipient:
        """The customer as Child Support has them on record, or else Centrelink. Raises KeyError for an unknown one."""
        return (self.cuba if self.cuba.knows(customer) else self.centrelink).recipient(customer)

    @contextmanager
    def as_if(self, customer: int, said: Mapping[str, int]) -> Iterator[None]:
        """For the time of the block, with these fields on both records of the customer, VULNERABLE, and a DISASTER
        where they live; other names are passed over."""
        before: list[tuple[_Cuba | _Centrelink, Recipient]] = []
        for register in (self.cuba, self.centrelink):
            if register.knows(customer):
                before.append((register, register.recipient(customer)))
                for name in Recipient._fields:
                    if name in said:
                        register.set_flag(customer, name, said[name])
        vulnerable = VULNERABLE in said and not self.centrelink.is_vulnerable(customer)
        if vulnerable:
            self.centrelink.set_vulnerability(customer, Vulnerability.SERIOUS_ILLNESS, True, 0)
        if DISASTER in said:
            postcode = self.centrelink.postcode(customer)
            self.debts.declare_disaster(_AS_IF, postcode, postcode, 0, 0)
        try:
            yield
        finally:
            if vulnerable:
                self.centrelink.set_vulnerability(customer, Vulnerability.SERIOUS_ILLNESS, False, 0)
            if DISASTER in said:
                self.debts.end_disaster(_AS_IF, 0)
            for register, recipient in before:
                register.put(customer, recipient)

    def today(self, now: int) -> int:
        """The agency date."""
        return self._agency.day(now)

    def in_cuba(self, customer: int, now: int) -> _Cuba:
        """Cuba, with this customer on record there."""
        if not self.cuba.knows(customer):
            known = _BLANK._replace(**self._own.get(customer, {}))
            self.cuba.enter(customer, known, 0, SpecialisedArea.NONE, False, False, now)
        return self.cuba

    def in_centrelink(self, customer: int, now: int) -> _Centrelink:
        """Centrelink's register, with this customer on record there."""
        register = self.centrelink
        if not register.knows(customer):
            register.enter(customer, _NO_STANDING, now, alone=False)
            for name, value in self._own.get(customer, {}).items():
                register.set_flag(customer, name, value)
        return register

    def set_own(self, customer: int, name: str, value: int) -> None:
        """A fact of the agency's own: zone, death, restricted access."""
        self._own.setdefault(customer, {})[name] = value
        if self.cuba.knows(customer):
            self.cuba.set_flag(customer, name, value)
        if self.centrelink.knows(customer):
            self.centrelink.set_flag(customer, name, value)


_BLANK = Recipient(0, MobileStatus.NONE, EmailStatus.NONE, 0, 0, 0, 0, 0, 0)
_NO_STANDING = Standing(0, 0, 0, MobileStatus.NONE, 0, 0, 1, 0)
_Tell = Callable[[Registers, Fact, int], None]


# The agency's own, and Child Support's


def _own(name: str) -> _Tell:
    return lambda told, fact, now: told.set_own(fact.customer, name, fact.value)


def _died(told: Registers, fact: Fact, now: int) -> None:
    told.set_own(fact.customer, "deceased", 1)


def _recorded(name: str) -> _Tell:
    return lambda told, fact, now: told.in_cuba(fact.customer, now).set_flag(fact.customer, name, fact.value)


def _flag(name: str, flag: int) -> _Tell:
    return lambda told, fact, now: told.in_cuba(fact.customer, now).set_flag(fact.customer, name, flag)


def _service(flag: int) -> _Tell:
    def tell(told: Registers, fact: Fact, now: int) -> None:
        name = "reminder_ended" if fact.value == Service.REMINDER else "general_ended"
        told.in_cuba(fact.customer, now).set_flag(fact.customer, name, flag)

    return tell


def _opened(told: Registers, fact: Fact, now: int) -> None:
    told.cuba.open_process(Process(fact.ref, fact.value, fact.customer, fact.other, False), now)


# Centrelink's


def _standing(name: str) -> _Tell:
    return lambda told, fact, now: told.in_centrelink(fact.customer, now).set_standing(fact.customer, name, fact.value)


def _centrelink_mobile(told: Registers, fact: Fact, now: int) -> None:
    told.in_centrelink(fact.customer, now).set_flag(fact.customer, "mobile", fact.value)


def _centrelink_opt_out(flag: int) -> _Tell:
    return lambda told, fact, now: told.in_centrelink(fact.customer, now).set_flag(fact.customer, "opted_out", flag)


def _vulnerable(told: Registers, fact: Fact, now: int) -> None:
    told.in_centrelink(fact.customer, now).set_vulnerability(fact.customer, fact.value, bool(fact.other), now)


# Debts


def _arranged(told: Registers, fact: Fact, now: int) -> None:
    arrangement, status = divmod(fact.value, _ARRANGEMENT)
    told.debts.set_arrangement(fact.ref, arrangement, status, now)


def _repaid(told: Registers, fact: Fact, now: int) -> None:
    """A repayment was made: none is due until the next one is recorded."""
    told.debts.repay(fact.ref, now)
    told.debts.set_repayment_due(fact.ref, 0, now)


def _written_off(told: Registers, fact: Fact, now: int) -> None:
    if fact.other == CUSTOMER_LEVEL:
        told.debts.write_off_customer(fact.customer, fact.value, fact.ends, now)
    else:
        told.debts.write_off(fact.ref, fact.value, fact.ends, now)


def _write_off_ended(told: Registers, fact: Fact, now: int) -> None:
    if fact.other == CUSTOMER_LEVEL:
        told.debts.end_customer_write_off(fact.customer, told.today(now), now)
    else:
        told.debts.end_write_off(fact.ref, told.today(now), now)


_CHILD_SUPPORTS: dict[int, _Tell] = {
    Event.MOBILE_RECORDED: _recorded("mobile"),
    Event.EMAIL_RECORDED: _recorded("email"),
    Event.EMPLOYER_SET: _recorded("employer"),
    Event.OPT_OUT_RECORDED: _flag("opted_out", 1),
    Event.OPT_OUT_LIFTED: _flag("opted_out", 0),
    Event.SERVICE_ENDED: _service(1),
    Event.SERVICE_RESTORED: _service(0),
    Event.PROCESS_OPENED: _opened,
    Event.PROCESS_CLOSED: lambda told, fact, now: told.cuba.close_process(fact.ref, now),
    Event.FDV_RAISED: lambda told, fact, now: told.cuba.raise_fdv(fact.ref, fact.customer, now),
    Event.FDV_DISCUSSED: lambda told, fact, now: told.cuba.discuss_fdv(fact.ref, 0, now),
}
_CENTRELINKS: dict[int, _Tell] = {
    Event.CENTRELINK_RECORDED: _standing("current"),
    Event.CENTRELINK_MOBILE_RECORDED: _centrelink_mobile,
    Event.CENTRELINK_OPT_OUT_RECORDED: _centrelink_opt_out(1),
    Event.CENTRELINK_OPT_OUT_LIFTED: _centrelink_opt_out(0),
    Event.MAIL_CHANNEL_RECORDED: _standing("mail"),
    Event.MUTUAL_CUSTOMER_SET: _standing("mutual"),
    Event.POSTCODE_RECORDED: _standing("postcodes"),
    Event.WITHHOLDINGS_ELIGIBLE_SET: _standing("withholdings"),
    Event.VULNERABILITY_SET: _vulnerable,
    Event.DEBT_RAISED: lambda told, fact, now: told.debts.raise_debt(fact.customer, fact.ref, fact.value, now),
    Event.DEBT_PAID: lambda told, fact, now: told.debts.pay(fact.ref, now),
    Event.ARRANGEMENT_SET: _arranged,
    Event.REPAYMENT_DUE: lambda told, fact, now: told.debts.set_repayment_due(fact.ref, fact.value, now),
    Event.REPAYMENT_MADE: _repaid,
    Event.REPAYMENT_DECLINED: lambda told, fact, now: told.debts.decline(fact.ref, fact.value, now),
    Event.WRITE_OFF_SET: _written_off,
    Event.WRITE_OFF_ENDED: _write_off_ended,
    Event.HARDSHIP_PAUSE_COMPLETED: lambda told, fact, now: told.debts.complete_hardship(fact.ref, now),
    Event.PAUSE_STARTED: lambda told, fact, now: told.debts.start_pause(fact.ref, fact.other, fact.value, now),
    Event.PAUSE_ENDED: lambda told, fact, now: told.debts.end_pause(fact.ref, told.today(now), now),
    Event.RECOVERY_RESTARTED: lambda told, fact, now: told.debts.restart_recovery(fact.ref, told.today(now), now),
    Event.DISASTER_DECLARED: lambda told, fact, now: told.debts.declare_disaster(
        fact.ref, fact.value, fact.other, fact.ends, now
    ),
    Event.DISASTER_ENDED: lambda told, fact, now: told.debts.end_disaster(fact.ref, now),
    Event.WITHHOLDABLE_PAYMENT_SET: lambda told, fact, now: told.debts.set_withholdable(fact.ref, fact.value, now),
    Event.XCSHSMS_SET: lambda told, fact, now: told.debts.set_xcshsms(fact.ref, fact.value, now),
    Event.AUTO_SETUP_CEASED: lambda told, fact, now: told.debts.cease_by_disaster(fact.ref, fact.value, now),
}
_AGENCYS: dict[int, _Tell] = {
    Event.ZONE_RECORDED: _own("zone"),
    Event.DIED: _died,
    Event.RESTRICTED_ACCESS_SET: _own("restricted_access"),
}
_TELL = _AGENCYS | _CHILD_SUPPORTS | _CENTRELINKS

AGENCY_FACTS = frozenset(_AGENCYS)
"""The facts of the agency's own, which go into both registers."""
CHILD_SUPPORT_FACTS = frozenset(_CHILD_SUPPORTS)
"""The facts that Child Support's systems alone turn on."""
CENTRELINK_FACTS = frozenset(_CENTRELINKS)
"""The facts that Centrelink's systems alone turn on."""
FACTS = frozenset(_TELL)
"""All events that are told to the registers; no rule of a system turns on any other fact."""
SECOND_ROWS: dict[int, int] = {Event.WRITE_OFF_ENDS: Event.WRITE_OFF_SET, Event.DISASTER_ENDS: Event.DISASTER_DECLARED}
"""Events that complete the row before them: their value is its `ends`."""
