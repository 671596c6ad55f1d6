"""People: stable invented names, only the numbers kept for fiction, only reserved domains."""

import os
import re
import subprocess
import sys

import pytest

from fakes.people import (
    EMAIL_DOMAINS,
    FICTION_MOBILES,
    RESERVED_OUTCOMES,
    People,
    ReservedOutcome,
    reserved_outcome,
)
from sim.messages import MobileStatus
from sim.population.figures import figures

# policy.md H, number by number: the prefix and its last three digits.
ACMA = {
    "0491 570": "006 110 156 157 158 159 313 737",
    "0491 571": "266 491 804",
    "0491 572": "549 665 983",
    "0491 573": "087 770",
    "0491 574": "118 632",
    "0491 575": "254 789",
    "0491 576": "398 801",
    "0491 577": "426 644",
    "0491 578": "148 888 957",
    "0491 579": "212 455 760",
}


def test_the_mobiles_are_the_thirty_kept_for_fiction() -> None:
    kept = [f"{prefix} {last}" for prefix, lasts in ACMA.items() for last in lasts.split()]
    assert list(FICTION_MOBILES) == kept
    assert len(kept) == figures()["fiction_mobiles"].low == 30


def test_only_fiction_mobiles_are_shown_and_all_of_them() -> None:
    people = People(3)
    assert {people.mobile(number) for number in range(1, 1_001)} == set(FICTION_MOBILES)
    assert people.mobile(17) == People(4).mobile(17)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (MobileStatus.VALID, FICTION_MOBILES[4]),
        (MobileStatus.INVALID, FICTION_MOBILES[4]),
        (MobileStatus.OVERSEAS, "overseas number on record"),
        (MobileStatus.NONE, "no mobile on record"),
    ],
)
def test_what_the_mobile_field_shows(status: MobileStatus, text: str) -> None:
    assert People(3).shown_number(5, status) == text


def test_names_are_stable_whatever_was_asked_before() -> None:
    one, other = People(3), People(3)
    names = [one.name(number) for number in range(1, 51)]
    other.officer_name(1)
    assert [other.name(number) for number in range(50, 0, -1)] == names[::-1]
    assert all(re.fullmatch(r"\S+ \S+", name) for name in names)


def test_names_differ_from_seed_to_seed_and_from_person_to_person() -> None:
    names = [[People(seed).name(number) for number in range(1, 51)] for seed in (3, 4)]
    assert sum(one == other for one, other in zip(*names, strict=True)) <= 2
    assert len(set(names[0])) >= 45


def test_an_officer_is_not_the_customer_of_the_same_number() -> None:
    people = People(3)
    assert sum(people.name(number) == people.officer_name(number) for number in range(1, 51)) <= 2
    assert people.officer_name(9001) == People(3).officer_name(9001)


def test_addresses_are_at_reserved_domains_and_each_customers_own() -> None:
    people = People(3)
    addresses = [people.email(number) for number in range(1, 301)]
    assert len(set(addresses)) == 300
    assert all(re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*@[a-z.]+", address) for address in addresses)
    assert {address.split("@")[1] for address in addresses} == set(EMAIL_DOMAINS)
    assert set(EMAIL_DOMAINS) <= {"example.com", "example.net", "example.org"}


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("0491 570 006", ReservedOutcome.DELIVERED),
        ("0491570006", ReservedOutcome.DELIVERED),
        ("0491 570 110", ReservedOutcome.BOUNCED),
        ("0491 570 156", ReservedOutcome.LATE),
        ("0491 570 157", ReservedOutcome.NEVER_REPORTED),
        ("0491 570 158", None),
        ("", None),
    ],
)
def test_reserved_numbers_choose_an_outcome(number: str, outcome: ReservedOutcome | None) -> None:
    assert reserved_outcome(number) == outcome


def test_every_outcome_has_a_number_kept_for_fiction() -> None:
    assert set(RESERVED_OUTCOMES) <= set(FICTION_MOBILES)
    assert sorted(RESERVED_OUTCOMES.values()) == sorted(ReservedOutcome)


def test_names_do_not_depend_on_the_process_and_faker_is_loaded_only_for_a_name() -> None:
    code = (
        "import sys; from fakes.people import People; people = People(3); people.mobile(1); "
        "print('faker' in sys.modules); print(people.name(1)); print(people.officer_name(1))"
    )
    expected = ["False", People(3).name(1), People(3).officer_name(1)]
    for hash_seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        shown = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        )
        assert shown.stdout.splitlines() == expected
