"""Names, mobiles and addresses of people who do not exist, made only when one is shown.

Names come from Faker (en_AU), seeded by the run's seed and the customer. Numbers never do: Faker's Australian numbers
may belong to somebody. The only mobiles ever shown are the 30 that ACMA keeps for fiction (policy.md H); a customer
needs no number of their own, only its status. Email addresses are at domains that RFC 2606 reserves.
"""

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from sim.draws import Draws, Purpose
from sim.messages import MobileStatus

if TYPE_CHECKING:
    from faker import Faker

FICTION_MOBILES: tuple[str, ...] = (
    "0491 570 006", "0491 570 110", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159", "0491 570 313",
    "0491 570 737", "0491 571 266", "0491 571 491", "0491 571 804", "0491 572 549", "0491 572 665", "0491 572 983",
    "0491 573 087", "0491 573 770", "0491 574 118", "0491 574 632", "0491 575 254", "0491 575 789", "0491 576 398",
    "0491 576 801", "0491 577 426", "0491 577 644", "0491 578 148", "0491 578 888", "0491 578 957", "0491 579 212",
    "0491 579 455", "0491 579 760",
)  # fmt: skip
"""The 30 mobiles that ACMA keeps for creative works (policy.md H). Many customers share one."""

OVERSEAS_TEXT = "overseas number on record"
NO_MOBILE_TEXT = "no mobile on record"
EMAIL_DOMAINS: tuple[str, ...] = ("example.com", "example.net", "example.org")


class ReservedOutcome(IntEnum):
    """What becomes of a message to a reserved number."""

    DELIVERED = 1
    BOUNCED = 2
    LATE = 3
    NEVER_REPORTED = 4


RESERVED_OUTCOMES: dict[str, ReservedOutcome] = {
    "0491 570 006": ReservedOutcome.DELIVERED,
    "0491 570 110": ReservedOutcome.BOUNCED,
    "0491 570 156": ReservedOutcome.LATE,
    "0491 570 157": ReservedOutcome.NEVER_REPORTED,
}
"""Numbers that choose an outcome when a scenario gives one of them to a customer, so that a test need not wait for
luck: delivered at once, failed, delivered late, or with no delivery receipt at all. They say nothing about customers of
a generated population, whose outcomes are drawn."""

# Officers and customers are numbered apart; the ordinal of the draw keeps their names apart.
_CUSTOMER, _OFFICER = 0, 1


def reserved_outcome(number: str) -> ReservedOutcome | None:
    """The outcome that `number` chooses (spaces do not matter), None when it chooses none."""
    digits = number.replace(" ", "")
    return _OUTCOME_OF_DIGITS.get(digits)


_OUTCOME_OF_DIGITS = {number.replace(" ", ""): outcome for number, outcome in RESERVED_OUTCOMES.items()}


@cache
def _faker() -> "Faker":
    # Faker takes a fifth of a second to load and most runs show no name.
    from faker import Faker

    return Faker("en_AU")


class People:
    """What is shown of the people of one seed. Every answer is a function of (seed, id) alone."""

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed)

    def name(self, customer_id: int) -> str:
        """Given name and family name of a customer."""
        return self._name(customer_id, _CUSTOMER)

    def officer_name(self, officer_id: int) -> str:
        """Given name and family name of an officer, Team Leader or Service Support Officer (`Officer.name_key`)."""
        return self._name(officer_id, _OFFICER)

    def mobile(self, customer_id: int) -> str:
        """One of `FICTION_MOBILES`, by id."""
        return FICTION_MOBILES[(customer_id - 1) % len(FICTION_MOBILES)]

    def email(self, customer_id: int) -> str:
        """An address at a reserved domain, different for every customer."""
        words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in self.name(customer_id))
        domain = EMAIL_DOMAINS[customer_id % len(EMAIL_DOMAINS)]
        return f"{'.'.join(words.lower().split())}.{customer_id}@{domain}"

    def shown_number(self, customer_id: int, status: int) -> str:
        """What the Mobile field shows for this MobileStatus: a fiction mobile, or words in place of a number."""
        if status == MobileStatus.OVERSEAS:
            return OVERSEAS_TEXT
        if status == MobileStatus.NONE:
            return NO_MOBILE_TEXT
        return self.mobile(customer_id)

    def _name(self, key: int, whose: int) -> str:
        faker = _faker()
        faker.seed_instance(int(self._draws.uniform(Purpose.NAME, key, whose) * 2**53))
        return f"{faker.first_name()} {faker.last_name()}"
