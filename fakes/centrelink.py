"""Centrelink's register: who is a customer there, and what the rules of its messages turn on.

It stands beside Cuba. A customer may be in one of them or in both (a mutual customer). Zone, death and restricted
access are the agency's own facts: both registers hold them and the history has one event for each, written by Cuba
where the customer is in Child Support and by this register otherwise. Mobile and opt-out are Centrelink's own.
"""

from typing import NamedTuple

from fakes.debts import DebtBook
from sim.history import Event, History
from sim.messages import EmailStatus, Recipient, System


class Standing(NamedTuple):
    """What a customer is to Centrelink at the start: flags are 0 or 1, `mobile` is a MobileStatus, `mail` is 1 by post
    or 2 online, `vulnerabilities` are codes of `sim.messages.Vulnerability`, `withholdings` tells whether recovery by
    withholding from payments is possible."""

    current: int
    mutual: int
    zone: int
    mobile: int
    opted_out: int
    restricted_access: int
    mail: int
    postcode: int
    vulnerabilities: tuple[int, ...] = ()
    withholdings: int = 0


class Centrelink:
    """The register. Every change takes the instant at which it is recorded (ms UTC) and counts from then on."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._recipients: dict[int, Recipient] = {}
        self._current: dict[int, bool] = {}
        self._mutual: dict[int, bool] = {}
        self._mail: dict[int, int] = {}
        self._postcodes: dict[int, int] = {}
        self._vulnerabilities: dict[int, list[int]] = {}
        self._withholdings: dict[int, bool] = {}
        self.debts = DebtBook(history)

    # Entering and reading

    def enter(self, customer: int, standing: Standing, now: int, *, alone: bool) -> None:
        """Enter a customer with the facts that are true at the start of a run. `alone`: no other register holds the
        customer, so the agency's own facts are recorded here."""
        self._recipients[customer] = Recipient(
            standing.zone, standing.mobile, EmailStatus.NONE, standing.opted_out, 0, standing.restricted_access, 0, 0, 0
        )
        self._current[customer], self._mutual[customer] = bool(standing.current), bool(standing.mutual)
        self._mail[customer], self._postcodes[customer] = standing.mail, standing.postcode
        self._withholdings[customer] = bool(standing.withholdings)
        record = self._fact
        if alone:
            record(now, Event.ZONE_RECORDED, customer, standing.zone)
            if standing.restricted_access:
                record(now, Event.RESTRICTED_ACCESS_SET, customer, 1)
        record(now, Event.CENTRELINK_RECORDED, customer, standing.current)
        record(now, Event.CENTRELINK_MOBILE_RECORDED, customer, standing.mobile)
        record(now, Event.MAIL_CHANNEL_RECORDED, customer, standing.mail)
        record(now, Event.POSTCODE_RECORDED, customer, standing.postcode)
        if standing.mutual:
            record(now, Event.MUTUAL_CUSTOMER_SET, customer, 1)
        if standing.opted_out:
            record(now, Event.CENTRELINK_OPT_OUT_RECORDED, customer)
        if standing.withholdings:
            record(now, Event.WITHHOLDINGS_ELIGIBLE_SET, customer, 1)
        for vulnerability in standing.vulnerabilities:
            self.set_vulnerability(customer, vulnerability, True, now)

    def knows(self, customer: int) -> bool:
        """Whether this customer is, or was, a Centrelink customer."""
        return customer in self._recipients

    def recipient(self, customer: int) -> Recipient:
        """The facts of this customer as recorded now, with Centrelink's own mobile and opt-out. Raises KeyError for
        an unknown customer."""
        return self._recipients[customer]

    def fdv_undiscussed(self, customer: int) -> int:
        """Always 0: `cs-fdv` is a rule of Child Support's messages."""
        return 0

    def is_current(self, customer: int) -> int:
        """1 for a current Centrelink customer, 0 for a former one or none."""
        return int(self._current.get(customer, False))

    def is_mutual(self, customer: int) -> int:
        """1 for a Child Support mutual customer."""
        return int(self._mutual.get(customer, False))

    def mail(self, customer: int) -> int:
        """How the customer gets mail: 1 by post, 2 online."""
        return self._mail[customer]

    def postcode(self, customer: int) -> int:
        """The postcode on record."""
        return self._postcodes[customer]

    def vulnerabilities(self, customer: int) -> list[int]:
        """The vulnerabilities on record (codes of `Vulnerability`), in the order in which they were set."""
        return list(self._vulnerabilities.get(customer, ()))

    def is_vulnerable(self, customer: int) -> int:
        """1 when any vulnerability is on record."""
        return int(bool(self._vulnerabilities.get(customer)))

    def withholdings_eligible(self, customer: int) -> int:
        """1 when recovery by withholding from payments is possible."""
        return int(self._withholdings.get(customer, False))

    # Changes of facts

    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        """Record a mobile's status (a MobileStatus) on Centrelink's record; `by` is a `fakes.cuba.ContactChange`."""
        self._replace(customer, mobile=int(status))
        self._fact(now, Event.CENTRELINK_MOBILE_RECORDED, customer, status, ref=by)

    def record_opt_out(self, customer: int, officer: int, now: int) -> None:
        """Record an opt-out of Centrelink's messages; it holds until it is lifted."""
        self._replace(customer, opted_out=1)
        self._fact(now, Event.CENTRELINK_OPT_OUT_RECORDED, customer, officer=officer)

    def lift_opt_out(self, customer: int, officer: int, now: int) -> None:
        """Lift an opt-out."""
        self._replace(customer, opted_out=0)
        self._fact(now, Event.CENTRELINK_OPT_OUT_LIFTED, customer, officer=officer)

    def set_vulnerability(self, customer: int, vulnerability: int, is_set: bool, now: int) -> None:
        """Set or lift a vulnerability (a code of `Vulnerability`); nothing happens when it stands so already."""
        held = self._vulnerabilities.setdefault(customer, [])
        if is_set == (vulnerability in held):
            return
        if is_set:
            held.append(vulnerability)
        else:
            held.remove(vulnerability)
        self._fact(now, Event.VULNERABILITY_SET, customer, vulnerability, other=int(is_set))

    def set_current(self, customer: int, flag: int, now: int) -> None:
        """The customer becomes a current one (1), or a former one (0)."""
        self._current[customer] = bool(flag)
        self._fact(now, Event.CENTRELINK_RECORDED, customer, flag)

    def set_mutual(self, customer: int, flag: int, now: int) -> None:
        """The customer becomes a Child Support mutual customer (1), or is none any more (0)."""
        self._mutual[customer] = bool(flag)
        self._fact(now, Event.MUTUAL_CUSTOMER_SET, customer, flag)

    def set_mail(self, customer: int, channel: int, now: int) -> None:
        """How the customer gets mail from now on: 1 by post, 2 online."""
        self._mail[customer] = channel
        self._fact(now, Event.MAIL_CHANNEL_RECORDED, customer, channel)

    def set_postcode(self, customer: int, postcode: int, now: int) -> None:
        """Record the postcode of a new address."""
        self._postcodes[customer] = postcode
        self._fact(now, Event.POSTCODE_RECORDED, customer, postcode)

    def set_withholdings(self, customer: int, flag: int, now: int) -> None:
        """Recovery by withholding from payments becomes possible (1), or is so no more (0)."""
        self._withholdings[customer] = bool(flag)
        self._fact(now, Event.WITHHOLDINGS_ELIGIBLE_SET, customer, flag)

    # The agency's own facts. `alone`: no other register records this one.

    def hear_death(self, customer: int, now: int, *, alone: bool) -> None:
        """A death was recorded."""
        self._replace(customer, deceased=1)
        if alone:
            self._fact(now, Event.DIED, customer)

    def hear_zone(self, customer: int, zone: int, now: int, *, alone: bool) -> None:
        """The time zone of a new address was recorded."""
        self._replace(customer, zone=zone)
        if alone:
            self._fact(now, Event.ZONE_RECORDED, customer, zone)

    def hear_restricted_access(self, customer: int, flag: bool) -> None:
        """The customer became a Restricted Access Customer, or is none any more; Cuba records it."""
        self._replace(customer, restricted_access=int(flag))

    def _replace(self, customer: int, **changes: int) -> None:
        self._recipients[customer] = self._recipients[customer]._replace(**changes)

    def _fact(
        self, now: int, event: int, customer: int, value: int = 0, other: int = 0, ref: int = 0, officer: int = 0
    ) -> None:
        self._history.append(now, event, customer, other, ref, 0, officer, System.REGISTER, value=int(value))
