"""Two-party cases: who pays whom, and who raised family and domestic violence (FDV) concerns.

The two parents of a pair (`sim.population.customers`) have a case with each other. Some payers have a second case,
with the payee of another pair among the `NEIGHBOURHOOD` pairs around; so who has a case with whom turns on ids alone,
and a partner beyond the simulated population only drops that case.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.draws import Draws, Purpose
from sim.population.customers import Role, pair_of, pair_role

NEIGHBOURHOOD = 32
"""Pairs (64 ids) among which the other party of a second case is drawn; the blocks of pairs are fixed."""

# Ordinals of the draws of one pair under Purpose.EXTRA_CASE.
_HAS_SECOND, _OTHER_PAIR, _APPLICANT, _SECOND_APPLICANT = range(4)


class Case(NamedTuple):
    """A child support case. `applicant` (the payer or the payee) applied for it.

    Pair k has the case 2k-1; the second case of its payer is 2k.
    """

    id: int
    payer: int
    payee: int
    applicant: int


class CaseModel:
    """The cases of one seed and one set of parameters."""

    def __init__(self, draws: Draws, parameters: Mapping[str, Any]) -> None:
        self._draws = draws
        self._employers: float = parameters["population.employers"]
        self._payee_applies: float = parameters["population.payee_applies"]
        # Each pair of parents has one case; what the ratio asks for beyond it falls to the pair's payer.
        self._second: float = 2 * parameters["population.cases_per_parent"] - 1
        self._blocks: dict[int, list[Case]] = {}

    def cases(self, n: int) -> list[Case]:
        """Every case whose two parties are among customers 1 … `n`, by case id."""
        blocks = range(self._block_of(max(n, 1)) + 1)
        return [case for block in blocks for case in self._block(block) if max(case.payer, case.payee) <= n]

    def of(self, customer_id: int, n: int | None = None) -> list[Case]:
        """The cases of one customer, by case id; only those with a partner up to `n`, when it is given."""
        return [
            case
            for case in self._block(self._block_of(customer_id))
            if customer_id in (case.payer, case.payee) and (n is None or max(case.payer, case.payee) <= n)
        ]

    @staticmethod
    def _block_of(customer_id: int) -> int:
        return (pair_of(customer_id) - 1) // NEIGHBOURHOOD

    def _block(self, block: int) -> list[Case]:
        found = self._blocks.get(block)
        if found is None:
            found = self._blocks[block] = list(self._make(block))
        return found

    def _make(self, block: int) -> Iterator[Case]:
        first = block * NEIGHBOURHOOD + 1
        parties = [self._parties(pair) for pair in range(first, first + NEIGHBOURHOOD)]
        for position, own in enumerate(parties):
            if own is None:
                continue
            pair = first + position
            payer, payee = own
            yield Case(2 * pair - 1, payer, payee, self._applicant(pair, _APPLICANT, payer, payee))
            if self._draws.uniform(Purpose.EXTRA_CASE, pair, _HAS_SECOND) < self._second:
                others = [other for other in parties if other is not None and other is not own]
                if others:
                    u = self._draws.uniform(Purpose.EXTRA_CASE, pair, _OTHER_PAIR)
                    payee = others[int(u * len(others))][1]
                    yield Case(2 * pair, payer, payee, self._applicant(pair, _SECOND_APPLICANT, payer, payee))

    def _parties(self, pair: int) -> tuple[int, int] | None:
        """(payer, payee) of a pair of parents; None for employers."""
        odd, even = 2 * pair - 1, 2 * pair
        role = pair_role(self._draws, self._employers, odd)
        if role == Role.EMPLOYER:
            return None
        return (odd, even) if role == Role.PAYER else (even, odd)

    def _applicant(self, pair: int, ordinal: int, payer: int, payee: int) -> int:
        return payee if self._draws.uniform(Purpose.EXTRA_CASE, pair, ordinal) < self._payee_applies else payer


def fdv_raised(draws: Draws, parameters: Mapping[str, Any], case_id: int, party: int, process_ordinal: int) -> bool:
    """Whether the party (Role.PAYER or Role.PAYEE) of a case raises FDV concerns on its process number
    `process_ordinal` (0, 1, 2 … in the case). Raises ValueError for another role."""
    if party not in (Role.PAYER, Role.PAYEE):
        raise ValueError(f"a case has a payer and a payee (value {party})")
    name = "population.fdv_raised_by_payee" if party == Role.PAYEE else "population.fdv_raised_by_payer"
    share: float = parameters[name]
    return draws.uniform(Purpose.FDV_RAISED, case_id, 2 * process_ordinal + (party == Role.PAYEE)) < share
