"""Two-party cases: the published ratio, roles, ids, and that who is paired turns on ids alone."""

import math

import pytest

from sim.draws import Draws
from sim.population.cases import NEIGHBOURHOOD, Case, CaseModel, fdv_raised
from sim.population.customers import Role, customers, pair_of
from sim.population.parameters import Parameters, load_parameters

SEED, SIZE = 7, 20_000
SIGMAS = 4.0


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return load_parameters()


@pytest.fixture(scope="module")
def cases(parameters: Parameters) -> list[Case]:
    return CaseModel(Draws(SEED), parameters).cases(SIZE)


def test_cases_per_parent_is_the_published_ratio(parameters: Parameters, cases: list[Case]) -> None:
    parents = sum(person.role != Role.EMPLOYER for person in customers(Draws(SEED), parameters, SIZE))
    second = sum(case.id % 2 == 0 for case in cases)
    share = 2 * parameters["population.cases_per_parent"] - 1
    payers = parents / 2
    # The last block of pairs may lose a few second cases to partners beyond the population.
    margin = SIGMAS * math.sqrt(payers * share * (1 - share)) + NEIGHBOURHOOD
    assert second == pytest.approx(payers * share, abs=margin)
    assert len(cases) / parents == pytest.approx(0.633, abs=0.012)


def test_a_ratio_of_one_half_gives_every_pair_one_case_and_of_one_every_payer_two() -> None:
    for ratio, each in ((0.5, 1), (1.0, 2)):
        sets = {"population.cases_per_parent": ratio, "population.employers": 0}
        found = CaseModel(Draws(SEED), load_parameters(sets)).cases(10 * 2 * NEIGHBOURHOOD)
        payers = [case.payer for case in found]
        assert len(set(payers)) == 10 * NEIGHBOURHOOD
        assert {payers.count(payer) for payer in payers} == {each}


def test_a_case_has_a_payer_a_payee_and_one_of_them_applied(parameters: Parameters, cases: list[Case]) -> None:
    roles = {person.id: person.role for person in customers(Draws(SEED), parameters, SIZE)}
    assert {(roles[case.payer], roles[case.payee]) for case in cases} == {(Role.PAYER, Role.PAYEE)}
    assert all(case.applicant in (case.payer, case.payee) for case in cases)
    share = parameters["population.payee_applies"]
    payees = sum(case.applicant == case.payee for case in cases)
    assert payees == pytest.approx(share * len(cases), abs=SIGMAS * math.sqrt(len(cases) * share * (1 - share)))


def test_every_parent_has_a_case(parameters: Parameters, cases: list[Case]) -> None:
    parties = {party for case in cases for party in (case.payer, case.payee)}
    parents = {person.id for person in customers(Draws(SEED), parameters, SIZE) if not person.employer}
    assert parties == parents


def test_case_ids_are_unique_ascending_and_tell_the_payers_pair(cases: list[Case]) -> None:
    ids = [case.id for case in cases]
    assert ids == sorted(set(ids))
    assert ids[0] >= 1
    assert all(pair_of(case.payer) == (case.id + 1) // 2 for case in cases)


def test_second_cases_are_with_another_pair_of_the_neighbourhood(cases: list[Case]) -> None:
    second = [case for case in cases if case.id % 2 == 0]
    assert all(pair_of(case.payer) != pair_of(case.payee) for case in second)
    assert all(
        (pair_of(case.payer) - 1) // NEIGHBOURHOOD == (pair_of(case.payee) - 1) // NEIGHBOURHOOD for case in second
    )
    assert all(pair_of(case.payer) == pair_of(case.payee) for case in cases if case.id % 2 == 1)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 1_000])
def test_fewer_customers_only_drop_cases(size: int, parameters: Parameters, cases: list[Case]) -> None:
    found = CaseModel(Draws(SEED), parameters).cases(size)
    assert found == [case for case in cases if case.payer <= size and case.payee <= size]


@pytest.mark.parametrize("number", [1, 2, 64, 65, 4_321, 19_999, 20_000])
def test_the_cases_of_one_customer(number: int, parameters: Parameters, cases: list[Case]) -> None:
    alone = CaseModel(Draws(SEED), parameters)
    assert alone.of(number, SIZE) == [case for case in cases if number in (case.payer, case.payee)]
    assert set(alone.of(number, SIZE)) <= set(alone.of(number))


def test_a_partner_beyond_the_population_drops_the_case(parameters: Parameters) -> None:
    model = CaseModel(Draws(SEED), parameters)
    assert len(model.of(1)) >= 1
    assert model.of(1, 1) == []


@pytest.mark.parametrize(
    ("party", "name"),
    [(Role.PAYEE, "population.fdv_raised_by_payee"), (Role.PAYER, "population.fdv_raised_by_payer")],
)
def test_concerns_are_raised_in_the_shares_given(party: Role, name: str, parameters: Parameters) -> None:
    draws, count, share = Draws(SEED), 20_000, parameters[name]
    raised = sum(fdv_raised(draws, parameters, case_id, party, 0) for case_id in range(1, count + 1))
    assert raised == pytest.approx(count * share, abs=SIGMAS * math.sqrt(count * share * (1 - share)))


def test_concerns_are_drawn_anew_for_each_process_and_party() -> None:
    even = load_parameters({"population.fdv_raised_by_payee": 0.5, "population.fdv_raised_by_payer": 0.5})
    draws = Draws(SEED)
    answers = {
        (party, ordinal): [fdv_raised(draws, even, case_id, party, ordinal) for case_id in range(1, 201)]
        for party in (Role.PAYER, Role.PAYEE)
        for ordinal in (0, 1)
    }
    assert len({tuple(answer) for answer in answers.values()}) == 4
    assert [fdv_raised(Draws(SEED), even, case_id, Role.PAYEE, 1) for case_id in range(1, 201)] == answers[
        (Role.PAYEE, 1)
    ]


def test_only_parties_raise_concerns(parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="payer and a payee"):
        fdv_raised(Draws(1), parameters, 1, Role.EMPLOYER, 0)
