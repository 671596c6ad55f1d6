"""The same seed gives the same history, and what happens of its own accord turns on nobody else and on no policy.

*Exogenous* is what is drawn for a customer alone: the facts at the start, work that arrives, changes in their life, and
automatic messages that come due. What officers share (queues) does shift between variants; that is the model.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.clock import AGENCY_ZONE, clock
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import System
from sim.population.customers import CustomerModel
from sim.world import simulation
from sim.world.arrivals import WeeklyProfile, arrival_times, kinds_of, weights_of
from tests.world.loads import BUSY, busy_history, load, run

ROOT = Path(__file__).resolve().parents[1]
PRINT_FINGERPRINT = "from tests.world.loads import busy_history; print(busy_history().fingerprint())"
# Refs end in role × 100 + round × 10 + step; the first matter of one's own has role 1, those of a busy day 3 and more.
_OTHER_PARTY = 2
_BY_OFFICER = 1


def fingerprint_elsewhere(hash_seed: str) -> str:
    """The fingerprint of the busy run in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PRINT_FINGERPRINT]
    answer = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return answer.stdout.strip()


@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_the_same_history_in_another_process_with_another_hash_seed(hash_seed: str) -> None:
    assert fingerprint_elsewhere(hash_seed) == busy_history().fingerprint()


def test_the_same_history_again_whatever_ran_in_between() -> None:
    one = load(customers=150, days=3)
    first = run(one).fingerprint()
    run(load(customers=90, days=2, seed=99))
    assert run(one).fingerprint() == first


def test_another_seed_is_another_history() -> None:
    prints = {run(load(customers=60, days=2, seed=seed)).fingerprint() for seed in range(1, 6)}
    assert len(prints) == 5


def test_progress_and_the_number_of_stops_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    one = load(customers=150, days=3)
    plain = run(one).fingerprint()
    told: list[tuple[int, int]] = []
    watched = run(one, progress=lambda now, messages: told.append((now, messages)))
    assert watched.fingerprint() == plain
    assert [now for now, _ in told] == sorted({now for now, _ in told})
    assert told[-1][0] == one.ends
    assert [messages for _, messages in told] == sorted(messages for _, messages in told)
    assert told[-1][1] == max(row["message"] for row in watched.select())
    monkeypatch.setattr(simulation, "_stops", lambda start, end: [end])
    assert run(one).fingerprint() == plain
    monkeypatch.setattr(simulation, "_stops", lambda start, end: [*range(start + 1, end, 1_234_567), end])
    assert run(one).fingerprint() == plain


def test_the_order_in_which_zones_are_named_does_not_matter() -> None:
    names = ("Australia/Perth", "Indian/Cocos", "Australia/Sydney")
    one, other = (run(load(customers=60, days=2, zones=zones)) for zones in (names, names[::-1]))
    assert one.fingerprint() == other.fingerprint()


Fact = tuple[int, ...]


def exogenous(history: History) -> dict[int, list[Fact]]:
    """By customer: (time, event, …) of all that is drawn for them alone, in the order of recording."""
    found: dict[int, list[Fact]] = {}
    start = int(history.array()[0, 0])
    for row in history.select():
        event, time, ref = row["event"], row["time"], row["ref"]
        fact: Fact | None = None
        if event == Event.WORK_ARRIVED and ref % 10 == 0 and ref // 10 % 10 == 0 and ref // 100 % 10 != _OTHER_PARTY:
            fact = (time, event, ref, row["value"])
        elif event == Event.SEND_PRESSED and row["system"] == System.CUBA:
            fact = (time, event, ref, row["template"])
        elif event in (Event.ZONE_RECORDED, Event.SERVICE_ENDED, Event.DIED) or (
            event in (Event.MOBILE_RECORDED, Event.EMAIL_RECORDED) and ref != _BY_OFFICER
        ):
            fact = (time, event, ref, row["value"])
        elif time == start and row["customer"] and row["system"] == System.REGISTER:
            fact = (time, event, row["value"])
        if fact is not None:
            found.setdefault(row["customer"], []).append(fact)
    return found


def alone(customer: int, **changes: Any) -> list[Fact]:
    """What happens of its own accord to one customer who is simulated alone."""
    return exogenous(run(load(**changes), only=[customer]))[customer]


@cache
def among_500() -> Mapping[int, list[Fact]]:
    """The same of everybody in the busy run."""
    return exogenous(busy_history())


def test_a_customer_alone_has_the_same_life_as_among_others() -> None:
    everybody = among_500()
    eventful = sorted(everybody, key=lambda customer: (-len(everybody[customer]), customer))[:10]
    start = load().starts
    # And some of those to whom something rare happens.
    rare = [
        next(
            customer
            for customer, facts in everybody.items()
            if any(fact[1] == event and fact[0] > start for fact in facts)
        )
        for event in (Event.DIED, Event.ZONE_RECORDED, Event.SERVICE_ENDED, Event.MOBILE_RECORDED, Event.EMAIL_RECORDED)
    ]
    chosen = [*eventful, *rare, min(everybody), max(everybody)]
    assert {Event.WORK_ARRIVED, Event.SEND_PRESSED} <= {fact[1] for customer in chosen for fact in everybody[customer]}
    for customer in chosen:
        assert alone(customer) == everybody[customer], f"customer {customer}"


def test_a_customer_alone_has_the_same_life_as_among_20_000() -> None:
    crowd = exogenous(run(load(days=1, customers=20_000, faults=())))
    assert len(crowd) > 15_000  # the others are not Child Support's
    eventful = sorted(crowd, key=lambda customer: (-len(crowd[customer]), customer))[:6]
    for customer in (*eventful, min(crowd), max(crowd)):
        assert alone(customer, days=1, customers=20_000, faults=()) == crowd[customer]


def test_arrivals_of_20_000_are_those_of_each_alone() -> None:
    one = load(customers=20_000)
    parameters = one.read_parameters()
    model = CustomerModel(Draws(one.seed), parameters)

    def arrivals(customer_id: int, draws: Draws, model: CustomerModel) -> list[tuple[int, int]]:
        customer = model.customer(customer_id)
        week = WeeklyProfile(weights_of(parameters), clock(AGENCY_ZONE), one.starts)
        return [
            (kind, time)
            for kind in kinds_of(customer.role)
            for time in arrival_times(
                draws, week, customer.id, kind,
                parameters[f"work.{kind.name.lower()}_per_year"] * customer.activity, one.ends,
            )
        ]  # fmt: skip

    everybody = model.customers(20_000)
    draws = Draws(one.seed)
    for customer_id in range(37, 20_000, 997):
        fresh = CustomerModel(Draws(one.seed), parameters)
        assert fresh.customer(customer_id) == everybody[customer_id - 1]
        assert arrivals(customer_id, Draws(one.seed), fresh) == arrivals(customer_id, draws, model)


VARIANTS: dict[str, dict[str, Any]] = {
    "limit": {"policy": {"cs-daily-limit.limit": 1}},
    "window": {"policy": {"cs-send-window.opens": "09:00", "cs-send-window.closes": "17:00"}},
    "release": {"policy": {"cs-send-window.release": "next_opening", "cs-send-window.release_spread_minutes": 30}},
    "confirmation": {"policy": {"cs-hourly-confirmation.minutes": 600}},
    "officers": {"parameters": {**BUSY, "staff.officers": 9}},
    "skipped steps": {"parameters": {**BUSY, "behaviour.step_skipped": 0.5}},
    "gateway": {"parameters": {**BUSY, "gateway.rate_per_second": 0.05, "gateway.delivered_share": 0.5}},
    "answers": {"parameters": {**BUSY, "behaviour.answered_share": 0.9, "behaviour.response_share": 0.9}},
    "no outage": {"faults": ()},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_changed_leaves_the_exogenous_draws_as_they_were(variant: str) -> None:
    other = run(load(**VARIANTS[variant]))
    assert other.fingerprint() != busy_history().fingerprint(), "the variant changes nothing at all"
    assert exogenous(other) == among_500()


def test_a_changed_rate_of_one_kind_leaves_the_others() -> None:
    other = exogenous(run(load(parameters={**BUSY, "work.payment_per_year": 30.0, "work.busy_day_share": 0.0})))
    plain = exogenous(run(load(parameters={**BUSY, "work.busy_day_share": 0.0})))
    payment = 5

    def rest(facts: list[Fact]) -> list[Fact]:
        return [fact for fact in facts if fact[1] != Event.WORK_ARRIVED or fact[3] != payment]

    assert {customer: rest(facts) for customer, facts in other.items()} == {
        customer: rest(facts) for customer, facts in plain.items()
    }
    assert other != plain


def first_steps(history: History) -> dict[int, tuple[int, ...]]:
    """By work item: how long its first steps took, and which template was chosen first."""
    started: dict[int, int] = {}
    checked: dict[int, int] = {}
    chosen: dict[int, int] = {}
    for row in history.select(Event.WORK_STARTED, Event.SUBSCRIPTION_CHECKED, Event.DIALOG_OPENED):
        ref = row["ref"]
        if row["event"] == Event.WORK_STARTED:
            started.setdefault(ref, row["time"])
        elif row["event"] == Event.SUBSCRIPTION_CHECKED:
            checked.setdefault(ref, row["time"] - started[ref])
        else:
            chosen.setdefault(ref, row["template"])
    return {ref: (checked[ref], chosen.get(ref, 0)) for ref in checked}


@pytest.mark.parametrize("variant", ["limit", "officers", "gateway", "confirmation"])
def test_work_items_have_the_same_draws_whoever_takes_them(variant: str) -> None:
    ours, theirs = first_steps(busy_history()), first_steps(run(load(**VARIANTS[variant])))
    both = ours.keys() & theirs.keys()
    assert len(both) > 150
    assert all(ours[ref][0] == theirs[ref][0] for ref in both)
    # A message of the first step that both sent has the same template; who was reached by phone first had none.
    sent = [ref for ref in both if ours[ref][1] and theirs[ref][1]]
    assert len(sent) > 80
    same = sum(ours[ref][1] == theirs[ref][1] for ref in sent)
    assert same / len(sent) > 0.9
