"""Against theory: a team queue with c officers, exponential work and service waits as long as Erlang C says.

The mean wait of independent replications (after a warm-up) must cover the formula's mean with its t interval, and the
interval must be narrow. A team that loses capacity must fall outside.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import simpy
from scipy.stats import t as student

from sim.clock import MINUTE
from sim.draws import Draws, Purpose, exponential
from sim.world.agenda import Agenda, Rank
from sim.world.teams import TeamQueue

SERVICE = 10 * MINUTE
WARM_UP, MEASURED = 600, 2_400
CONFIDENCE = 0.99


def erlang_c(servers: int, load: float) -> float:
    """The mean wait in units of the mean service time; `load` is the utilisation."""
    offered = servers * load
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    waits = blocked / (1 - load * (1 - blocked))
    return waits / (servers * (1 - load))


Service = Callable[[int, int, float], float]


def as_drawn(officer: int, customer: int, duration: float) -> float:
    """An officer who works as the model says."""
    return duration


def one_is_slow(officer: int, customer: int, duration: float) -> float:
    """Officer 1 takes half as long again as everybody else."""
    return duration * 1.5 if officer == 1 else duration


class DozingQueue(TeamQueue[int]):
    """A queue that loses capacity: idle officers are not told of work and find it only when they look again."""

    LOOK_AGAIN = 3 * MINUTE

    def put(self, item: int, priority: int, ref: int) -> None:
        """Add work after the idle officers' nap."""
        agenda = self._agenda
        agenda.call(int(agenda.now) + self.LOOK_AGAIN, Rank.ARRIVAL, ref, 1, super().put, item, priority, ref)


def mean_wait(
    seed: int, servers: int, load: float, service: Service, queue_type: type[TeamQueue[int]] = TeamQueue
) -> float:
    """One replication: the mean wait in units of the mean service time, after the warm-up."""
    agenda, draws = Agenda(0), Draws(seed)
    queue = queue_type(agenda)
    arrived: list[int] = []
    waits: list[int] = []

    def officer(number: int) -> Iterator[simpy.Event]:
        while True:
            customer = yield queue.take(number)
            if customer >= WARM_UP:
                waits.append(int(agenda.now) - arrived[customer])
            drawn = exponential(draws.uniform(Purpose.SERVICE_TEST, customer + 1), SERVICE)
            duration = max(1, round(service(number, customer, drawn)))
            yield agenda.at(int(agenda.now) + duration, Rank.STAFF, number)

    for number in range(1, servers + 1):
        agenda.process(officer(number))
    time, between = 0.0, SERVICE / (servers * load)
    for customer in range(WARM_UP + MEASURED):
        time += exponential(draws.uniform(Purpose.ARRIVAL_TEST, customer + 1), between)
        arrived.append(round(time))
        agenda.call(round(time), Rank.ARRIVAL, customer + 1, 0, queue.put, customer, 3, customer + 1)
    agenda.run(until=round(time) + 10_000 * SERVICE)
    assert len(waits) == MEASURED
    return float(np.mean(waits)) / SERVICE


def interval(means: list[float]) -> tuple[float, float]:
    """The t interval of the mean of independent replications."""
    half = student.ppf((1 + CONFIDENCE) / 2, len(means) - 1) * np.std(means, ddof=1) / math.sqrt(len(means))
    return float(np.mean(means) - half), float(np.mean(means) + half)


# Officers, utilisation, replications, and how wide the interval may be beside the mean.
CASES = [(1, 0.5, 12, 0.15), (3, 0.7, 14, 0.2), (10, 0.8, 16, 0.3)]


@pytest.mark.parametrize(("servers", "load", "replications", "width"), CASES)
def test_the_mean_wait_is_erlangs(servers: int, load: float, replications: int, width: float) -> None:
    expected = erlang_c(servers, load)
    low, high = interval([mean_wait(seed, servers, load, as_drawn) for seed in range(replications)])
    assert low <= expected <= high
    assert (high - low) / 2 < width * expected, "too wide to prove anything"


@pytest.mark.parametrize(
    ("service", "queue_type"), [(one_is_slow, TeamQueue), (as_drawn, DozingQueue)], ids=["slow officer", "dozing queue"]
)
def test_a_team_that_loses_capacity_is_told_apart(service: Service, queue_type: type[TeamQueue[int]]) -> None:
    expected = erlang_c(3, 0.7)
    low, _ = interval([mean_wait(seed, 3, 0.7, service, queue_type) for seed in range(14)])
    assert low > expected


# Written out by hand: M/M/1 waits rho / (1 - rho); M/M/2 waits rho² / (1 - rho²).
@pytest.mark.parametrize(
    ("servers", "load", "expected"), [(1, 0.5, 1.0), (1, 0.9, 9.0), (2, 0.5, 1 / 3), (2, 0.8, 0.64 / 0.36)]
)
def test_the_formula(servers: int, load: float, expected: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(expected, rel=1e-12)
