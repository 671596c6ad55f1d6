"""Random draws keyed by who and why.

There is no generator and so no state to share: a draw is a pure function of (seed, purpose, entity, n). The entity is
a customer or a work item, never an officer, an event or a message; `n` is the ordinal of the *cause* (the third
objection, the second call attempt). So a changed limit leaves every exogenous draw as it was, and a customer's draws
are the same simulated alone or among 20,000.

The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators",
OOPSLA), applied once for each part of the key. One draw gives one variate, by inverse CDF with `math` functions.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import accumulate
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_GOLDEN = 0x9E37_79B9_7F4A_7C15
_NORMAL = NormalDist()


class Purpose(IntEnum):
    """Why a number is drawn. Codes are fixed for ever: changing one changes every run."""

    STATE = 1
    ZONE = 2
    ROLE = 3
    MOBILE = 4
    EMAIL = 5
    OPT_OUT_AT_START = 6
    RESTRICTED = 7
    EMPLOYER = 8
    FDV_INDICATOR = 9
    FDV_RAISED = 10
    AREA = 11
    NUMBERS = 12
    CONTACTED_BEFORE = 13
    ACTIVITY = 14
    EXTRA_CASE = 15
    NAME = 16
    DEATH = 20
    WORK_ARRIVAL = 21
    WORK_DETAIL = 22
    CHANGE_DETAILS = 23
    CHANGE_CHANNEL = 24
    SPONTANEOUS_OPT_OUT = 25
    AUTOMATIC_NOTICE = 26
    ZONE_MOVE = 27
    REMOVE_MOBILE = 28
    OPT_OUT_LIFTED = 29
    SERVICE_RESTORED = 30
    CALL_ANSWER = 40
    RESPONSE = 41
    RESPONSE_DELAY = 42
    OPT_OUT_AFTER = 43
    DELIVERY = 44
    DELIVERY_DELAY = 45
    ACKNOWLEDGEMENT = 46
    CUBA_DELAY = 47
    STEP_DURATION = 60
    STEP_SKIPPED = 61
    OFFICER_CHOICE = 62
    CALL_DELAY = 63
    CALL_DURATION = 64
    ARRIVAL_TEST = 90
    SERVICE_TEST = 91
    # Centrelink's customers and their debts
    CENTRELINK_ONLY = 200  # entity: pair
    FORMER = 201
    MAIL = 202
    POSTCODE = 203
    VULNERABILITY = 204
    WITHHOLDINGS = 205
    OWN_MOBILE = 206
    OWN_OPT_OUT = 207
    DEBTOR = 210
    DEBTS = 211
    SITUATION = 212
    DEBT_DETAIL = 213
    DEBT_RAISED = 220
    HARDSHIP = 221
    VULNERABLE_LATER = 222
    CHOICE_BY_DUE = 223
    INSTALMENT = 224
    CATCH_UP = 225
    OVERDUE = 226
    DELAY = 227
    RENEGOTIATION = 228
    DISASTER = 229  # entity: ordinal of the disaster
    DISASTER_EFFECT = 230
    ASKS = 231  # entity: the cause of the message
    # Integrated Service Officers, the SAS Team, strangers
    SEAT = 240  # entity: OfficerRole
    WORK = 241  # entity: work item; n: what is drawn of it
    READER = 242  # entity: customer whose number somebody else has
    REACTION = 243  # entity: cause of the message; n: step and what is drawn
    WRONG_CUSTOMER = 244  # entity: work item; n: step
    # Statistics of sweeps
    RESAMPLE = 300  # entity: resample; n: its element


def _mix(value: int) -> int:
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
    return value ^ (value >> 31)


def draw(seed: int, purpose: int, entity: int, n: int = 0) -> float:
    """A number strictly between 0 and 1 for this key; uniform over keys."""
    # 52 bits, so that the largest does not round up to 1.
    return ((_mix(_mix(_mix(_mix(seed & _MASK) ^ purpose) ^ entity) ^ n) >> 12) + 0.5) * 2.0**-52


def table(seed: int, purpose: int, entities: range, numbers: int) -> "np.ndarray":
    """``draw(seed, purpose, entity, n)`` for these entities and n from 0 on: a row an entity, `numbers` columns."""
    import numpy as np

    def mixed(z: np.ndarray) -> np.ndarray:
        z = z + np.uint64(_GOLDEN)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
        z = z ^ (z >> np.uint64(31))
        return z

    prefix = np.uint64(_mix(_mix(seed & _MASK) ^ purpose))
    rows = mixed(prefix ^ np.arange(entities.start, entities.stop, entities.step, dtype=np.uint64))
    cells = mixed(rows[:, None] ^ np.arange(numbers, dtype=np.uint64)[None, :])
    found: np.ndarray = ((cells >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return found


class Draws:
    """`draw` with the seed bound and the first two rounds kept for each purpose (the same numbers, faster)."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._prefix = {int(purpose): _mix(_mix(seed & _MASK) ^ purpose) for purpose in Purpose}

    def uniform(self, purpose: int, entity: int, n: int = 0) -> float:
        """A number strictly between 0 and 1; equals ``draw(seed, purpose, entity, n)``."""
        # `_mix` twice, written out: nothing is called as often as this.
        z = ((self._prefix[purpose] ^ entity) + _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        z = ((z ^ (z >> 31) ^ n) + _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        return (((z ^ (z >> 31)) >> 12) + 0.5) * 2.0**-52


def exponential(u: float, mean: float) -> float:
    """The exponential variate of `u`, in the unit of `mean`."""
    return -mean * math.log1p(-u)


def lognormal(u: float, median: float, sigma: float) -> float:
    """The lognormal variate of `u` with this median; `sigma` is the standard deviation of its logarithm."""
    return median * math.exp(sigma * _NORMAL.inv_cdf(u))


def mean_one_weight(u: float, sigma: float) -> float:
    """A positive weight with mean 1 (lognormal); the spread of activity among people."""
    return math.exp(sigma * _NORMAL.inv_cdf(u) - sigma * sigma / 2)


def between(u: float, low: float, high: float) -> float:
    """The uniform variate of `u` between `low` and `high`."""
    return low + (high - low) * u


class Choice:
    """A discrete distribution: `choice(u)` is the index whose share of the weights holds `u`."""

    def __init__(self, weights: Sequence[float]) -> None:
        if not weights or not min(weights) >= 0 or not 0 < sum(weights) < math.inf:
            raise ValueError(f"weights must be non-negative with a positive sum, not {list(weights)}")
        self._bounds = list(accumulate(weights))
        self._last = max(index for index, weight in enumerate(weights) if weight > 0)

    def __call__(self, u: float) -> int:
        return min(bisect_right(self._bounds, u * self._bounds[-1]), self._last)
