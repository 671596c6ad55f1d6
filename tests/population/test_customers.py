"""Customers: shares as published or assumed, independence of the population's size, zones, bad shares."""

import math
from collections import Counter
from collections.abc import Callable

import pytest

from sim.clock import ZONES, zone_code
from sim.draws import Draws
from sim.errors import InputError
from sim.messages import EmailStatus, MobileStatus, SpecialisedArea
from sim.population.customers import (
    OTHER_TERRITORIES,
    STATES,
    Customer,
    CustomerModel,
    Role,
    customer,
    customers,
    partner_of,
)
from sim.population.figures import figures
from sim.population.parameters import Parameters, load_parameters

SEED, SIZE = 7, 20_000
# Wide enough that one share in about 16,000 would fall outside by chance.
SIGMAS = 4.0


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return load_parameters()


@pytest.fixture(scope="module")
def everyone(parameters: Parameters) -> list[Customer]:
    return customers(Draws(SEED), parameters, SIZE)


def assert_share(count: int, of: int, share: float) -> None:
    margin = SIGMAS * math.sqrt(of * share * (1 - share))
    assert abs(count - of * share) <= margin, f"{count} of {of}, expected {of * share:.0f} ± {margin:.0f}"


SHARES: list[tuple[str, Callable[[Customer], bool], Callable[[Customer], bool]]] = [
    ("population.no_mobile", lambda c: c.mobile == MobileStatus.NONE, lambda c: True),
    ("population.invalid_mobile", lambda c: c.mobile == MobileStatus.INVALID, lambda c: True),
    ("population.overseas_mobile", lambda c: c.mobile == MobileStatus.OVERSEAS, lambda c: True),
    ("population.no_email", lambda c: c.email == EmailStatus.NONE, lambda c: True),
    ("population.invalid_email", lambda c: c.email == EmailStatus.INVALID, lambda c: True),
    ("population.opted_out", lambda c: bool(c.opted_out), lambda c: True),
    ("population.never_contacted", lambda c: bool(c.never_contacted), lambda c: True),
    ("population.employers", lambda c: bool(c.employer), lambda c: c.id % 2 == 1),
    ("population.restricted_access", lambda c: bool(c.restricted_access), lambda c: not c.employer),
    ("population.fdv_indicator", lambda c: bool(c.fdv_indicator), lambda c: not c.employer),
    (
        "population.area_personalised_services",
        lambda c: c.area == SpecialisedArea.PERSONALISED_SERVICES,
        lambda c: not c.employer,
    ),
    (
        "population.area_specialised_assessment_services",
        lambda c: c.area == SpecialisedArea.SPECIALISED_ASSESSMENT_SERVICES,
        lambda c: not c.employer,
    ),
    (
        "population.area_change_of_assessment",
        lambda c: c.area == SpecialisedArea.CHANGE_OF_ASSESSMENT,
        lambda c: not c.employer,
    ),
    ("population.area_objections", lambda c: c.area == SpecialisedArea.OBJECTIONS, lambda c: not c.employer),
    ("population.two_numbers", lambda c: c.numbers == 2, lambda c: c.mobile != MobileStatus.NONE),
    ("population.three_numbers", lambda c: c.numbers == 3, lambda c: c.mobile != MobileStatus.NONE),
    ("population.payees_on_income_support", lambda c: bool(c.on_income_support), lambda c: c.role == Role.PAYEE),
    ("population.payers_on_income_support", lambda c: bool(c.on_income_support), lambda c: c.role == Role.PAYER),
    ("population.zone_norfolk", lambda c: ZONES[c.zone] == "Pacific/Norfolk", lambda c: True),
    ("population.zone_christmas", lambda c: ZONES[c.zone] == "Indian/Christmas", lambda c: True),
    ("population.zone_cocos", lambda c: ZONES[c.zone] == "Indian/Cocos", lambda c: True),
    (
        "population.zone_broken_hill",
        lambda c: ZONES[c.zone] == "Australia/Broken_Hill",
        lambda c: STATES[c.state] == "NSW",
    ),
    ("population.zone_lord_howe", lambda c: ZONES[c.zone] == "Australia/Lord_Howe", lambda c: STATES[c.state] == "NSW"),
    ("population.zone_lindeman", lambda c: ZONES[c.zone] == "Australia/Lindeman", lambda c: STATES[c.state] == "QLD"),
    ("population.zone_eucla", lambda c: ZONES[c.zone] == "Australia/Eucla", lambda c: STATES[c.state] == "WA"),
]


@pytest.mark.parametrize(("name", "counted", "among"), SHARES, ids=[row[0] for row in SHARES])
def test_shares_are_those_of_the_parameters(
    name: str,
    counted: Callable[[Customer], bool],
    among: Callable[[Customer], bool],
    parameters: Parameters,
    everyone: list[Customer],
) -> None:
    group = [person for person in everyone if among(person)]
    assert_share(sum(counted(person) for person in group), len(group), parameters[name])


@pytest.mark.parametrize("state", STATES[:OTHER_TERRITORIES])
def test_states_are_shared_out_as_the_bureau_of_statistics_counts_them(state: str, everyone: list[Customer]) -> None:
    counts = {name: figures()[f"state_{name.lower()}"].low for name in STATES[:OTHER_TERRITORIES]}
    in_states = [person for person in everyone if person.state != OTHER_TERRITORIES]
    found = sum(STATES[person.state] == state for person in in_states)
    assert_share(found, len(in_states), counts[state] / sum(counts.values()))


def test_every_zone_is_lived_in_at_the_default_size(everyone: list[Customer]) -> None:
    living = Counter(person.zone for person in everyone)
    assert min(living[zone] for zone in range(len(ZONES))) >= 2


def test_each_state_keeps_its_own_zones(everyone: list[Customer]) -> None:
    zones = {state: set[str]() for state in STATES}
    for person in everyone:
        zones[STATES[person.state]].add(ZONES[person.zone])
    assert zones == {
        "NSW": {"Australia/Sydney", "Australia/Broken_Hill", "Australia/Lord_Howe"},
        "VIC": {"Australia/Melbourne"},
        "QLD": {"Australia/Brisbane", "Australia/Lindeman"},
        "SA": {"Australia/Adelaide"},
        "WA": {"Australia/Perth", "Australia/Eucla"},
        "TAS": {"Australia/Hobart"},
        "NT": {"Australia/Darwin"},
        "ACT": {"Australia/Sydney"},
        "OT": {"Pacific/Norfolk", "Indian/Christmas", "Indian/Cocos"},
    }


@pytest.mark.parametrize("number", [1, 2, 63, 64, 65, 12_345, 20_000])
def test_a_customer_is_the_same_alone_or_among_many(
    number: int, parameters: Parameters, everyone: list[Customer]
) -> None:
    assert customer(Draws(SEED), parameters, number) == everyone[number - 1]
    assert everyone[number - 1].id == number


def test_another_seed_makes_other_people(parameters: Parameters, everyone: list[Customer]) -> None:
    others = customers(Draws(SEED + 1), parameters, 1_000)
    assert sum(one.activity == other.activity for one, other in zip(everyone, others, strict=False)) == 0
    assert sum(one.zone == other.zone for one, other in zip(everyone, others, strict=False)) < 500


def test_one_share_changed_leaves_every_other_fact(parameters: Parameters, everyone: list[Customer]) -> None:
    changed = customers(Draws(SEED), load_parameters({"population.opted_out": 0.5}), 1_000)
    assert [person._replace(opted_out=0) for person in changed] == [
        person._replace(opted_out=0) for person in everyone[:1_000]
    ]
    # Whoever had opted out at the lower share has at the higher one.
    assert all(after.opted_out >= before.opted_out for before, after in zip(everyone, changed, strict=False))


def test_activity_has_mean_one(parameters: Parameters, everyone: list[Customer]) -> None:
    sigma = parameters["population.activity_sigma"]
    margin = SIGMAS * math.sqrt((math.exp(sigma**2) - 1) / SIZE)
    assert sum(person.activity for person in everyone) / SIZE == pytest.approx(1, abs=margin)
    assert min(person.activity for person in everyone) > 0


def test_numbers_are_one_to_three_and_none_only_without_a_mobile(everyone: list[Customer]) -> None:
    with_mobile = {person.numbers for person in everyone if person.mobile != MobileStatus.NONE}
    without = {person.numbers for person in everyone if person.mobile == MobileStatus.NONE}
    assert with_mobile == {1, 2, 3}
    assert without == {0, 1, 2}


def test_pairs_are_a_payer_and_a_payee_or_two_employers(everyone: list[Customer]) -> None:
    pairs = Counter(
        tuple(sorted((person.role, everyone[partner_of(person.id) - 1].role))) for person in everyone if person.id % 2
    )
    assert set(pairs) == {(Role.PAYER, Role.PAYEE), (Role.EMPLOYER, Role.EMPLOYER)}
    assert {bool(person.employer) for person in everyone if person.role == Role.EMPLOYER} == {True}
    odd_payers = sum(person.role == Role.PAYER for person in everyone if person.id % 2)
    assert_share(odd_payers, pairs[(Role.PAYER, Role.PAYEE)], 0.5)


def test_employers_are_no_parents(everyone: list[Customer]) -> None:
    employers = [person for person in everyone if person.employer]
    assert {
        (person.area, person.fdv_indicator, person.restricted_access, person.on_income_support) for person in employers
    } == {(0, 0, 0, 0)}


def test_zones_chosen_keep_everybody_there(parameters: Parameters) -> None:
    lord_howe, perth = zone_code("Australia/Lord_Howe"), zone_code("Australia/Perth")
    assert {person.zone for person in CustomerModel(Draws(1), parameters, [lord_howe]).customers(50)} == {lord_howe}
    both = {person.zone for person in CustomerModel(Draws(1), parameters, [perth, lord_howe]).customers(2_000)}
    assert both == {lord_howe, perth}


@pytest.mark.parametrize(
    ("sets", "named"),
    [
        ({"population.no_mobile": 0.6, "population.overseas_mobile": 0.5}, "population.overseas_mobile"),
        ({"population.no_email": 0.98}, "population.no_email"),
        ({"population.two_numbers": 1.0}, "population.three_numbers"),
        ({"population.area_objections": 1.0}, "population.area_objections"),
        ({"population.zone_broken_hill": 1.0}, "population.zone_broken_hill"),
        ({"population.zone_norfolk": 1.0}, "population.zone_norfolk"),
        ({f"population.state_{state.lower()}": 0 for state in STATES[:OTHER_TERRITORIES]}, "population.state"),
    ],
)
def test_impossible_shares_are_refused_by_name(sets: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named) as refused:
        CustomerModel(Draws(1), load_parameters(sets))
    assert "\n" not in str(refused.value)


def test_zones_in_which_nobody_lives_are_refused(parameters: Parameters) -> None:
    with pytest.raises(InputError, match="nobody lives"):
        CustomerModel(Draws(1), load_parameters({"population.zone_eucla": 0}), [zone_code("Australia/Eucla")])
    with pytest.raises(InputError, match="nobody lives"):
        CustomerModel(Draws(1), parameters, [])


@pytest.mark.parametrize("number", [0, -1])
def test_ids_start_at_one(number: int, parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="start at 1"):
        customer(Draws(1), parameters, number)


def test_published_figures_are_the_defaults_of_their_parameters(parameters: Parameters) -> None:
    linked = [figure for figure in figures().values() if figure.parameter]
    assert len(linked) == 11
    for figure in linked:
        detail = parameters.details[figure.parameter]
        assert (detail.default, detail.status) == (figure.low, "pub"), figure.name
    assert parameters["population.no_mobile"] == pytest.approx(1 - figures()["adults_with_a_mobile"].low)


def test_figures_sum() -> None:
    known = figures()
    states = sum(known[f"state_{state.lower()}"].low for state in STATES[:OTHER_TERRITORIES])
    assert states == pytest.approx(27_531.9, abs=0.05)
    assert known["cases_per_parent"].low == pytest.approx(known["cases"].low / known["parents"].low, abs=5e-4)
    assert all(figure.low <= figure.high and figure.source and figure.unit for figure in known.values())
