"""Refs: the numbers that name causes, and by which draws are keyed.

A ref is made of its customer, the kind of work, the ordinal of that kind's arrival for that customer, the party and the
follow-up round, so it does not depend on what happened to get through to whom:

    customer × 10,000,000 + kind × 1,000,000 + ordinal × 1,000 + role × 100 + round × 10 + step

`step` is 0 but for a bounce-back follow-up, whose ref is that of the cause of the bounced message plus its step. Kind 9
is a report of a misdirected message, kind 8 an Integrated Service Officer's work. On a busy day the further items have
roles of their own. Kind 0 is what systems do by themselves, told apart by the role: 0 Cuba's automatic EM, 3 DMIS (the
ordinal is the day of the run), 4 SAP, 5 a debt (the ordinal is its number).
"""

from typing import Any, NamedTuple

AUTOMATIC = 0
DMIS_ROLE, SAP_ROLE, DEBT_ROLE = 3, 4, 5
_REPORT = 9
_CUSTOMER = 10_000_000
_KIND = 1_000_000
_ORDINAL = 1_000
_ROLE = 100
_ROUND = 10
ORDINALS = 1_000
"""How many arrivals of one kind a customer may have in a run."""
ROUNDS = 9


def process_ref(customer: int, kind: int, ordinal: int) -> int:
    """The ref of arrival number `ordinal` (0, 1, 2 …) of this kind for this customer."""
    return customer * _CUSTOMER + kind * _KIND + ordinal * _ORDINAL


def item_ref(process: int, role: int, round_: int = 0) -> int:
    """The ref of the work item for one party of an arrival, in a follow-up round."""
    return process + role * _ROLE + round_ * _ROUND


def bounce_ref(cause: int, step: int) -> int:
    """The ref of the follow-up to the bounce-back of message `step` of the cause."""
    return cause + step


def report_ref(cause: int, step: int) -> int:
    """The ref of what a person asks or reports about message `step` of the cause, or of its going to the wrong one.

    The ordinal stays, the role becomes the cause's kind, the round its role, and the last digit message and round.
    """
    customer, rest = divmod(cause, _CUSTOMER)
    kind, rest = divmod(rest, _KIND)
    ordinal, rest = divmod(rest, _ORDINAL)
    role, round_ = rest // _ROLE, rest % _ROLE // _ROUND
    return process_ref(customer, _REPORT, ordinal) + kind * _ROLE + role * _ROUND + (step + 3 * round_) % _ROUND


class Parts(NamedTuple):
    """What a ref is made of (but the customer); integers, or arrays of them."""

    kind: Any
    ordinal: Any
    role: Any
    round: Any


def parts(ref: Any) -> Parts:
    """The parts of a ref, or of an array of refs."""
    rest = ref % _CUSTOMER
    return Parts(rest // _KIND, rest % _KIND // _ORDINAL, rest % _ORDINAL // _ROLE, rest % _ROLE // _ROUND)


def next_round(item: int) -> int:
    """The ref of the follow-up to a work item."""
    return item + _ROUND
