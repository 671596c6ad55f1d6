"""Who is on Centrelink's record: a pure function of (seed, id, parameters), as with all customers.

Parents on income support are current customers, and mutual customers because they are in Child Support too; some other
parents are former ones. Some pairs are in Centrelink alone: whole pairs, so that no Child Support case loses a party.
Employers are on no record of Centrelink's.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.clock import ZONES
from sim.draws import Draws, Purpose
from sim.messages import MobileStatus, Vulnerability
from sim.population.customers import STATES, Customer, pair_of

POST, ONLINE = 1, 2
"""How a customer gets mail (the codes of MAIL_CHANNEL_RECORDED)."""

POSTCODES: dict[str, tuple[int, int]] = {
    "NSW": (2000, 2599),
    "VIC": (3000, 3999),
    "QLD": (4000, 4899),
    "SA": (5000, 5749),
    "WA": (6000, 6797),
    "TAS": (7000, 7470),
    "NT": (800, 886),
    "ACT": (2600, 2618),
}
"""First and last postcode by state, from the ranges that Australia Post assigns (parts of some are left out)."""
ZONE_POSTCODES: dict[str, int] = {
    "Australia/Broken_Hill": 2880,
    "Australia/Lord_Howe": 2898,
    "Pacific/Norfolk": 2899,
    "Australia/Lindeman": 4741,
    "Australia/Eucla": 6443,
    "Indian/Christmas": 6798,
    "Indian/Cocos": 6799,
}
"""The postcode of the places that keep another time than their state."""

_VULNERABILITIES: tuple[tuple[Vulnerability, str], ...] = tuple(
    (vulnerability, f"population.vulnerable_{vulnerability.name.lower()}") for vulnerability in Vulnerability
)


class Member(NamedTuple):
    """A customer on Centrelink's record at the start. Flags are 0 or 1; `only`: in no other programme; `mobile` is a
    MobileStatus, `mail` is `POST` or `ONLINE`, `vulnerabilities` are codes of `Vulnerability`; `withholdings`: recovery
    by withholding from payments is possible."""

    id: int
    only: int
    current: int
    mutual: int
    zone: int
    mobile: int
    opted_out: int
    restricted_access: int
    mail: int
    postcode: int
    vulnerabilities: tuple[int, ...]
    withholdings: int


class CentrelinkModel:
    """Centrelink's customers of one seed and one set of parameters."""

    def __init__(self, draws: Draws, parameters: Mapping[str, Any]) -> None:
        self._u = draws.uniform
        self._only: float = parameters["population.centrelink_only"]
        self._former: float = parameters["population.former_centrelink"]
        self._former_only: float = parameters["population.former_centrelink_only"]
        self._online: float = parameters["population.centrelink_online_mail"]
        self._opted_out: float = parameters["population.centrelink_opted_out"]
        self._same_mobile: float = parameters["population.centrelink_same_mobile"]
        self._withholdings: float = parameters["population.withholdings_eligible"]
        self._vulnerable = [(vulnerability, parameters[name]) for vulnerability, name in _VULNERABILITIES]

    def is_only(self, customer: Customer) -> bool:
        """Whether this customer (with the other one of the pair) is in Centrelink and not in Child Support."""
        pair = pair_of(customer.id)
        return not customer.employer and self._u(Purpose.CENTRELINK_ONLY, pair) < self._only

    def member(self, customer: Customer) -> Member | None:
        """What Centrelink has on record of this customer; None for one that it does not know."""
        if customer.employer:
            return None
        only = self.is_only(customer)
        former = self._u(Purpose.FORMER, customer.id)
        if only:
            current = former >= self._former_only
        else:
            current = bool(customer.on_income_support)
            if not current and former >= self._former:
                return None
        eligible = current and self._u(Purpose.WITHHOLDINGS, customer.id) < self._withholdings
        return Member(
            id=customer.id,
            only=int(only),
            current=int(current),
            mutual=int(not only),
            zone=customer.zone,
            mobile=self._mobile(customer),
            opted_out=int(self._u(Purpose.OWN_OPT_OUT, customer.id) < self._opted_out),
            restricted_access=customer.restricted_access,
            mail=ONLINE if self._u(Purpose.MAIL, customer.id) < self._online else POST,
            postcode=self._postcode(customer),
            vulnerabilities=tuple(
                int(vulnerability)
                for vulnerability, share in self._vulnerable
                if self._u(Purpose.VULNERABILITY, customer.id, vulnerability) < share
            ),
            withholdings=int(eligible),
        )

    def _mobile(self, customer: Customer) -> int:
        """Mostly the one that Child Support has; otherwise a valid one where that has none that works, or none."""
        if self._u(Purpose.OWN_MOBILE, customer.id) < self._same_mobile:
            return customer.mobile
        return int(MobileStatus.NONE if customer.mobile == MobileStatus.VALID else MobileStatus.VALID)

    def _postcode(self, customer: Customer) -> int:
        zone = ZONES[customer.zone]
        if zone in ZONE_POSTCODES:
            return ZONE_POSTCODES[zone]
        first, last = POSTCODES[STATES[customer.state]]
        return first + int(self._u(Purpose.POSTCODE, customer.id) * (last - first + 1))
