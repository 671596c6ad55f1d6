"""Synthetic customers: each a pure function of (seed, id, parameters), never of how many there are.

Ids 2k-1 and 2k are a *pair*: the two parents of a case, one of them its payer (`sim.population.cases`), or two
employers. So every parent has another party, whoever else is simulated.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from sim.clock import STATE_ZONES, ZONES, zone_code
from sim.draws import Choice, Draws, Purpose, mean_one_weight
from sim.errors import InputError
from sim.messages import MobileStatus, SpecialisedArea


class Role(IntEnum):
    """What a customer is to Child Support. Parents are payers or payees."""

    PAYER = 1
    PAYEE = 2
    EMPLOYER = 3


STATES: tuple[str, ...] = (*STATE_ZONES, "OT")
"""States and territories by index; `OT` is the other territories (Norfolk, Christmas and Cocos islands)."""

OTHER_TERRITORIES = STATES.index("OT")


class Customer(NamedTuple):
    """What the registers know of a customer at the start, and how much work they cause.

    `state` is an index of `STATES`, `zone` of `sim.clock.ZONES`; flags are 0 or 1; `numbers` is how many phone numbers
    are available (1–3; 0 is possible without a mobile); `activity` is a weight with mean 1 over customers. `role` is a
    `Role`, `mobile` a MobileStatus, `email` an EmailStatus, `area` a SpecialisedArea, all as plain integers.
    """

    id: int
    role: int
    state: int
    zone: int
    mobile: int
    email: int
    opted_out: int
    restricted_access: int
    employer: int
    area: int
    fdv_indicator: int
    numbers: int
    never_contacted: int
    activity: float
    on_income_support: int


# The parts of a state that keep another time, with the parameter that holds their share of the state's customers.
_ZONES_WITHIN: dict[str, tuple[tuple[str, str], ...]] = {
    "NSW": (
        ("Australia/Broken_Hill", "population.zone_broken_hill"),
        ("Australia/Lord_Howe", "population.zone_lord_howe"),
    ),
    "QLD": (("Australia/Lindeman", "population.zone_lindeman"),),
    "WA": (("Australia/Eucla", "population.zone_eucla"),),
}
# Other territories, with the parameter that holds their share of all customers.
_TERRITORIES: tuple[tuple[str, str], ...] = (
    ("Pacific/Norfolk", "population.zone_norfolk"),
    ("Indian/Christmas", "population.zone_christmas"),
    ("Indian/Cocos", "population.zone_cocos"),
)
_AREAS: tuple[str, ...] = tuple(f"population.area_{area.name.lower()}" for area in SpecialisedArea if area)
# Income support has no purpose of its own: it is the second draw of the role.
_ROLE, _INCOME_SUPPORT = 0, 1


def pair_of(customer_id: int) -> int:
    """The number k of the pair (2k-1, 2k) that `customer_id` belongs to."""
    return (customer_id + 1) // 2


def partner_of(customer_id: int) -> int:
    """The other id of the pair."""
    return customer_id + 1 if customer_id % 2 else customer_id - 1


def pair_role(draws: Draws, employer_share: float, customer_id: int) -> Role:
    """The role of `customer_id`; drawn for the pair, so that both are employers or one is the payer of the other."""
    pair = pair_of(customer_id)
    if draws.uniform(Purpose.EMPLOYER, pair) < employer_share:
        return Role.EMPLOYER
    odd_pays = draws.uniform(Purpose.ROLE, pair, _ROLE) < 0.5
    return Role.PAYER if odd_pays == bool(customer_id % 2) else Role.PAYEE


def rest(parameters: Mapping[str, Any], *names: str) -> float:
    """What the shares of these parameters leave of 1. Raises InputError when they exceed it."""
    total: float = sum(parameters[name] for name in names)
    if total > 1 + 1e-9:
        problem = f"shares that exclude each other add up to {total:g} (allowed: at most 1)"
        raise InputError(problem, field=", ".join(names))
    return max(0.0, 1.0 - total)


def _places(parameters: Mapping[str, Any], zones: Iterable[int] | None) -> list[tuple[int, int, float]]:
    """(state, zone, weight) of every place with customers; only those in `zones`, when it is given."""
    people = [parameters[f"population.state_{state.lower()}"] for state in STATES[:OTHER_TERRITORIES]]
    everyone = sum(people)
    on_land = rest(parameters, *(name for _, name in _TERRITORIES))
    if everyone <= 0 and on_land > 0:
        raise InputError("no state has any people", field="population.state_*")
    places: list[tuple[int, int, float]] = []
    for state, (name, count) in enumerate(zip(STATES, people, strict=False)):
        share = on_land * count / everyone if everyone > 0 else 0.0
        within = _ZONES_WITHIN.get(name, ())
        main = rest(parameters, *(parameter for _, parameter in within))
        places.append((state, zone_code(None, name), share * main))
        places.extend((state, zone_code(zone), share * parameters[parameter]) for zone, parameter in within)
    places.extend((OTHER_TERRITORIES, zone_code(zone), parameters[parameter]) for zone, parameter in _TERRITORIES)
    wanted = None if zones is None else {int(zone) for zone in zones}
    kept = [place for place in places if wanted is None or place[1] in wanted]
    if sum(weight for _, _, weight in kept) <= 0:
        named = ", ".join(ZONES[zone] for zone in sorted(wanted)) if wanted else "none"
        raise InputError(f"nobody lives in the zones chosen (value {named})", field="zones")
    return kept


class CustomerModel:
    """The customers of one seed and one set of parameters; `zones` (codes) keeps everyone in those zones.

    Raises InputError when shares that exclude each other exceed 1.
    """

    def __init__(self, draws: Draws, parameters: Mapping[str, Any], zones: Iterable[int] | None = None) -> None:
        self._draws = draws
        places = _places(parameters, zones)
        self._places = [(state, zone) for state, zone, _ in places]
        self._place = Choice([weight for _, _, weight in places])
        # Weights stand in the order of the codes of MobileStatus, EmailStatus and SpecialisedArea.
        mobiles = ("population.no_mobile", "population.invalid_mobile", "population.overseas_mobile")
        none, invalid, overseas = (parameters[name] for name in mobiles)
        self._mobile = Choice([none, rest(parameters, *mobiles), invalid, overseas])
        emails = ("population.no_email", "population.invalid_email")
        self._email = Choice([parameters[emails[0]], rest(parameters, *emails), parameters[emails[1]]])
        self._area = Choice([rest(parameters, *_AREAS), *(parameters[name] for name in _AREAS)])
        numbers = ("population.two_numbers", "population.three_numbers")
        self._numbers = Choice([rest(parameters, *numbers), *(parameters[name] for name in numbers)])
        self._employers: float = parameters["population.employers"]
        self._opted_out: float = parameters["population.opted_out"]
        self._restricted: float = parameters["population.restricted_access"]
        self._fdv_indicator: float = parameters["population.fdv_indicator"]
        self._never_contacted: float = parameters["population.never_contacted"]
        self._activity: float = parameters["population.activity_sigma"]
        self._income_support: dict[Role, float] = {
            Role.PAYER: parameters["population.payers_on_income_support"],
            Role.PAYEE: parameters["population.payees_on_income_support"],
            Role.EMPLOYER: 0.0,
        }

    def customer(self, customer_id: int) -> Customer:
        """The customer with this id (1, 2, 3 …). Employers have no area, FDV indicator or income support."""
        if customer_id < 1:
            raise ValueError(f"customer ids start at 1 (value {customer_id})")
        uniform = self._draws.uniform
        role = pair_role(self._draws, self._employers, customer_id)
        employer = role == Role.EMPLOYER
        state, zone = self._places[self._place(uniform(Purpose.STATE, customer_id))]
        mobile = self._mobile(uniform(Purpose.MOBILE, customer_id))
        numbers = 1 + self._numbers(uniform(Purpose.NUMBERS, customer_id))
        if mobile == MobileStatus.NONE:
            # One of the numbers that others have is their mobile.
            numbers -= 1
        return Customer(
            id=customer_id,
            role=int(role),
            state=state,
            zone=zone,
            mobile=mobile,
            email=self._email(uniform(Purpose.EMAIL, customer_id)),
            opted_out=int(uniform(Purpose.OPT_OUT_AT_START, customer_id) < self._opted_out),
            restricted_access=int(not employer and uniform(Purpose.RESTRICTED, customer_id) < self._restricted),
            employer=int(employer),
            area=0 if employer else self._area(uniform(Purpose.AREA, customer_id)),
            fdv_indicator=int(not employer and uniform(Purpose.FDV_INDICATOR, customer_id) < self._fdv_indicator),
            numbers=numbers,
            never_contacted=int(uniform(Purpose.CONTACTED_BEFORE, customer_id) < self._never_contacted),
            activity=mean_one_weight(uniform(Purpose.ACTIVITY, customer_id), self._activity),
            on_income_support=int(uniform(Purpose.ROLE, customer_id, _INCOME_SUPPORT) < self._income_support[role]),
        )

    def customers(self, n: int) -> list[Customer]:
        """Customers 1 … `n`, in order."""
        return [self.customer(customer_id) for customer_id in range(1, n + 1)]


def customer(draws: Draws, parameters: Mapping[str, Any], customer_id: int) -> Customer:
    """One customer; for many, keep a `CustomerModel`."""
    return CustomerModel(draws, parameters).customer(customer_id)


def customers(draws: Draws, parameters: Mapping[str, Any], n: int) -> list[Customer]:
    """Customers 1 … `n`, in order."""
    return CustomerModel(draws, parameters).customers(n)
