"""The two registers as the world keeps them in step: the agency's own facts go into both, with one event each.

A mobile told to one programme is passed on to the other [assume]; opt-outs are not.
"""

from collections.abc import Container

from fakes.centrelink import Centrelink
from fakes.cuba import Cuba
from sim.messages import Recipient


class Registers:
    """Cuba and Centrelink's register. `in_child_support` holds the customers whom Cuba knows."""

    def __init__(self, cuba: Cuba, centrelink: Centrelink, in_child_support: Container[int]) -> None:
        self._cuba = cuba
        self._centrelink = centrelink
        self._in_child_support = in_child_support

    def recipient(self, customer: int) -> Recipient:
        """The customer as Child Support has them on record, or else Centrelink. Raises KeyError for an unknown one."""
        register = self._cuba if customer in self._in_child_support else self._centrelink
        return register.recipient(customer)

    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        """The customer told the agency of a mobile; `by` is a `fakes.cuba.ContactChange`."""
        if customer in self._in_child_support:
            self._cuba.record_mobile(customer, status, by, now)
        if self._centrelink.knows(customer):
            self._centrelink.record_mobile(customer, status, by, now)

    def lift_opt_out(self, customer: int, officer: int, now: int) -> None:
        """The opt-out of the programme that answers for this customer (`recipient`) was lifted."""
        register = self._cuba if customer in self._in_child_support else self._centrelink
        register.lift_opt_out(customer, officer, now)

    def record_zone(self, customer: int, zone: int, now: int) -> None:
        """The zone of a new address was recorded."""
        alone = customer not in self._in_child_support
        if not alone:
            self._cuba.record_zone(customer, zone, now)
        if self._centrelink.knows(customer):
            self._centrelink.hear_zone(customer, zone, now, alone=alone)

    def record_death(self, customer: int, now: int) -> None:
        """A death was recorded."""
        alone = customer not in self._in_child_support
        if not alone:
            self._cuba.record_death(customer, now)
        if self._centrelink.knows(customer):
            self._centrelink.hear_death(customer, now, alone=alone)

    def record_contact(self, customer: int, now: int) -> None:
        """The customer phoned the agency; Child Support counts it as contact with itself."""
        if customer in self._in_child_support:
            self._cuba.record_contact(customer, now)
