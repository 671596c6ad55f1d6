"""Who is on Centrelink's record, and who owes what: shares, pairs, and what never goes together."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from math import sqrt
from typing import Any

import pytest

from sim.draws import Draws
from sim.messages import Arrangement, ArrangementStatus, WriteOff
from sim.population.centrelink import POSTCODES, ZONE_POSTCODES, CentrelinkModel, Member
from sim.population.customers import Customer, CustomerModel, partner_of
from sim.population.debts import MOST_AT_START, DebtModel, OpeningDebt, Situation
from sim.population.parameters import load_parameters

N = 20_000
DUE_AFTER = 28


@cache
def people(seed: int = 1) -> tuple[dict[int, Customer], dict[int, Member]]:
    draws, parameters = Draws(seed), load_parameters()
    customers = {one.id: one for one in CustomerModel(draws, parameters).customers(N)}
    model = CentrelinkModel(draws, parameters)
    found = {number: model.member(customer) for number, customer in customers.items()}
    return customers, {number: member for number, member in found.items() if member is not None}


@cache
def debts() -> dict[int, list[OpeningDebt]]:
    model = DebtModel(Draws(1), load_parameters(), DUE_AFTER)
    return {number: found for number, member in people()[1].items() if (found := model.at_start(member))}


def near(found: float, share: float, of: int) -> bool:
    """Within four standard deviations of a share among `of` draws."""
    return abs(found - share) < 4 * sqrt(share * (1 - share) / of)


# Centrelink's customers


def test_who_is_in_centrelink_alone_is_so_with_the_other_one_of_the_pair() -> None:
    customers, members = people()
    alone = {number for number, member in members.items() if member.only}
    assert {partner_of(number) for number in alone} == alone
    eligible = [one for one in customers.values() if not one.employer]
    # Drawn by pair: half as many draws as customers.
    assert near(len(alone) / len(eligible), 0.15, len(eligible) // 2)


def test_parents_on_income_support_are_current_and_mutual_customers() -> None:
    customers, members = people()
    for number, customer in customers.items():
        member = members.get(number)
        if customer.employer:
            assert member is None
        elif member is not None and member.only:
            assert not member.mutual
        elif customer.on_income_support:
            assert member is not None
            assert (member.current, member.mutual) == (1, 1)
        elif member is not None:
            assert (member.current, member.mutual) == (0, 1)


def test_shares_of_former_customers_mail_and_withholdings() -> None:
    customers, members = people()
    others = [
        number
        for number, one in customers.items()
        if not one.employer and not one.on_income_support and not (number in members and members[number].only)
    ]
    assert near(sum(number in members for number in others) / len(others), 0.3, len(others))
    alone = [member for member in members.values() if member.only]
    assert near(sum(not member.current for member in alone) / len(alone), 0.25, len(alone))
    everyone = list(members.values())
    assert near(sum(member.mail == 2 for member in everyone) / len(everyone), 0.7, len(everyone))
    current = [member for member in everyone if member.current]
    assert near(sum(member.withholdings for member in current) / len(current), 0.55, len(current))
    assert not any(member.withholdings for member in everyone if not member.current)


def test_mobiles_are_mostly_those_that_child_support_has() -> None:
    customers, members = people()
    same = sum(member.mobile == customers[number].mobile for number, member in members.items())
    assert near(same / len(members), 0.97, len(members))


def test_postcodes_lie_in_the_state_or_are_those_of_the_place() -> None:
    customers, members = people()
    ranges = list(POSTCODES.values())
    places = {*ZONE_POSTCODES.values()}
    met = set()
    for number, member in members.items():
        if member.postcode in places and customers[number].state >= len(ranges):
            met.add(member.postcode)
            continue
        low, high = ranges[customers[number].state]
        assert low <= member.postcode <= high or member.postcode in places
    assert {2899, 6798, 6799} & met


# Debts


def test_the_published_share_of_customers_has_a_debt() -> None:
    members = people()[1]
    assert near(len(debts()) / len(members), 829_266 / 5_500_000, len(members))


def test_how_many_debts_a_debtor_has() -> None:
    counts = Counter(len(found) for found in debts().values())
    assert set(counts) == {1, 2, MOST_AT_START}
    assert near(counts[2] / len(debts()), 0.22, len(debts()))
    assert near(counts[3] / len(debts()), 0.08, len(debts()))
    assert all([debt.number for debt in found] == [*range(len(found))] for found in debts().values())


def test_every_situation_occurs_as_often_as_its_weight() -> None:
    everything = [debt for found in debts().values() for debt in found]
    counts = Counter(debt.situation for debt in everything)
    weights = {situation: load_parameters()[f"debt.start_{situation.name.lower()}"] for situation in Situation}
    for situation, weight in weights.items():
        share = weight / sum(weights.values())
        assert near(counts[situation] / len(everything), share, len(everything)), situation.name


IN_FORCE = (ArrangementStatus.PND, ArrangementStatus.CUR)


def test_a_new_debt_is_due_within_the_days_after_issue_and_stands_alone() -> None:
    new = of_situation(Situation.NEW)
    assert {debt.due for debt in new} == set(range(DUE_AFTER))
    assert all(debt.arrangement == debt.write_off == 0 and debt.pause_ends is None for debt in new)


def test_an_arrangement_is_in_force_and_its_next_instalment_within_the_interval() -> None:
    members = people()[1]
    arranged = of_situation(Situation.ARRANGED)
    assert {debt.arrangement for debt in arranged} == {1, 2, 3, 4}
    for debt in arranged:
        assert debt.status in IN_FORCE
        withheld = debt.arrangement == Arrangement.WITHHOLDINGS
        assert withheld == bool(debt.withholdable)
        assert (debt.repayment_due is None) == withheld
        assert withheld or 0 <= (debt.repayment_due or 0) < 14
    for number, found in debts().items():
        assert members[number].withholdings or not any(debt.withholdable for debt in found)


def test_a_broken_arrangement_was_declined_lately_and_nothing_is_withheld() -> None:
    broken = of_situation(Situation.BROKEN)
    assert broken
    for debt in broken:
        assert (debt.arrangement, debt.status, debt.withholdable) == (Arrangement.VOL, ArrangementStatus.BKN, 0)
        assert debt.declined == debt.repayment_due
        assert -14 <= (debt.declined or 0) <= -1


def test_write_offs_have_codes_and_an_end_but_for_permanent_ones() -> None:
    written_off = of_situation(Situation.WRITTEN_OFF)
    assert {debt.write_off for debt in written_off} == {1, 2, 3, 4, 5}
    for debt in written_off:
        assert (debt.write_off_ends is None) == (debt.write_off == WriteOff.PERMANENT)
        assert debt.write_off_ends is None or debt.write_off_ends >= 7


def test_a_pause_ends_within_its_length() -> None:
    assert {debt.pause_ends for debt in of_situation(Situation.PAUSED)} <= {*range(1, 29)}


def test_a_debt_raised_later_is_new_and_due_after_its_issue() -> None:
    model = DebtModel(Draws(1), load_parameters(), 35)
    member = next(iter(people()[1].values()))
    raised = model.raised(member, MOST_AT_START)
    assert (raised.number, raised.situation, raised.due) == (MOST_AT_START, Situation.NEW, 35)


def test_debtors_get_new_debts_more_often() -> None:
    model = DebtModel(Draws(1), load_parameters(), DUE_AFTER)
    rates = {model.is_debtor(number): model.raised_per_year(number) for number in people()[1]}
    assert rates == {True: 0.6, False: 0.12}


# Draws


def test_a_customers_debts_do_not_depend_on_anybody_else_or_on_other_parameters() -> None:
    number, expected = next(iter(debts().items()))
    other: Mapping[str, Any] = load_parameters({"debt.debtors": 0.9, "debt.hardship_per_year": 9.0})
    model = DebtModel(Draws(1), other, DUE_AFTER)
    assert model.at_start(people()[1][number]) == expected


@pytest.mark.parametrize("seed", [2, 3])
def test_another_seed_gives_other_debtors(seed: int) -> None:
    other = {number for number in range(1, 2_000) if DebtModel(Draws(seed), load_parameters(), 28).is_debtor(number)}
    ours = {number for number in range(1, 2_000) if DebtModel(Draws(1), load_parameters(), 28).is_debtor(number)}
    assert other != ours


def of_situation(situation: Situation) -> list[OpeningDebt]:
    return [debt for found in debts().values() for debt in found if debt.situation == situation]
