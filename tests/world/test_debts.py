"""Debt recovery in the world: what must hold of every run, read from its history alone."""

from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

import fakes.dmis
from fakes.machinery import OURS
from sim.clock import AGENCY_ZONE, HOUR, clock
from sim.history import Event, History
from sim.messages import Arrangement, ArrangementStatus, Reason, System
from sim.scenario.load import PROGRAMMES, Fault, Load
from sim.world import simulate
from sim.world.debt_lives import acts
from tests.world.loads import Row, Zones, run
from tests.world.loads import load as child_support

MANY_DEBTS = {
    "debt.debtors": 1.0,
    "debt.two_debts": 0.4,
    "debt.three_debts": 0.4,
    "debt.raised_again_per_year": 4.0,
    "debt.hardship_per_year": 1.5,
    "debt.disasters_per_year": 120.0,
    "debt.customer_write_off": 0.2,
    "population.deaths_per_year": 0.3,
    "population.centrelink_only": 0.6,
    "behaviour.opt_out_per_message": 0.05,
    "behaviour.moves_zone_per_year": 4.0,
}
"""Everything that is rare happens often, so that a small run meets it."""
NUDGES = {*range(402, 410), 502}
DMIS_TEMPLATES = range(401, 410)
AGENCY = clock(AGENCY_ZONE)


def load(days: int = 60, customers: int = 700, sets: dict[str, Any] | None = None, **changes: Any) -> Load:
    """Two months of debtors across the start of daylight saving, with a day on which the gateway is out."""
    starts = AGENCY.at(date(2026, 9, 16).toordinal(), 8 * HOUR)
    given: dict[str, Any] = {
        "parameters": {**MANY_DEBTS, **(sets or {})},
        "faults": (Fault("gateway_outage", starts, 13 * 60),),
        "programmes": ("debt_recovery",),
        **changes,
    }
    return Load("debts", "Debtors", date(2026, 8, 31), days, customers, 1, **given)


@cache
def debt_history() -> History:
    return run(load())


@pytest.fixture(scope="module")
def history() -> History:
    return debt_history()


def due_instants(history: History) -> dict[int, Row]:
    """By message of DMIS and SAP the row that says when it was last due; withdrawn ones are left out."""
    rows: dict[int, Row] = {}
    for row in history.select(Event.ISSUED, Event.HELD_AGAIN, Event.WITHDRAWN):
        if row["template"] < 401:
            continue
        if row["event"] == Event.WITHDRAWN:
            del rows[row["message"]]
        else:
            rows[row["message"]] = row
    return rows


def days_on_which_they_count(history: History) -> dict[int, list[tuple[int, int]]]:
    """By customer the (local day, template) of each message of DMIS and SAP: sent, or due while it waits."""
    zones = Zones(history)
    sent = {row["message"]: row["time"] for row in history.select(Event.ACKNOWLEDGED)}
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for message, row in due_instants(history).items():
        time = sent.get(message, row["value"])
        found[row["customer"]].append((zones.at(row["customer"], time).day(time), row["template"]))
    return {customer: sorted(days) for customer, days in found.items()}


# What occurs


def test_all_nine_messages_are_sent_and_those_of_sap(history: History) -> None:
    sent = Counter(row["template"] for row in history.select(Event.ACKNOWLEDGED))
    assert {template for template in sent if sent[template] > 0} == {*DMIS_TEMPLATES, 501, 502}


@pytest.mark.parametrize(
    "reason",
    [
        Reason.OPTED_OUT, Reason.NO_MOBILE, Reason.VULNERABLE, Reason.DISASTER_PAUSE, Reason.SIMILAR, Reason.HIERARCHY,
        Reason.GAP, Reason.ONE_NUDGE,
    ],
)  # fmt: skip
def test_every_rule_suppresses_something_and_names_its_winner(history: History, reason: Reason) -> None:
    rows = [row for row in history.select(Event.SUPPRESSED) if row["reasons"] & reason]
    assert rows
    between_messages = Reason.SIMILAR | Reason.HIERARCHY | Reason.GAP | Reason.ONE_NUDGE
    for row in rows:
        assert (row["other"] > 0) == bool(row["reasons"] & between_messages)


def test_the_nights_are_one_an_agency_date_at_four(history: History) -> None:
    first = load().start.toordinal()
    for system in (System.DMIS, System.SAP):
        nights = [row for row in history.select(Event.NIGHTLY_RUN) if row["system"] == system]
        assert [row["value"] for row in nights] == list(range(first, first + 60))
        assert {AGENCY.time_of_day(row["time"]) for row in nights} == {4 * HOUR}


# What never occurs


def test_a_full_day_lies_between_two_messages_of_dmis(history: History) -> None:
    gaps = Counter()
    for days in days_on_which_they_count(history).values():
        own = [day for day, template in days if template in DMIS_TEMPLATES]
        gaps.update(after - before for before, after in pairwise(own))
    assert gaps[2] > 0
    assert min(gaps) == 2


def test_a_similar_message_comes_on_the_eighth_day_at_the_earliest(history: History) -> None:
    apart = Counter()
    for days in days_on_which_they_count(history).values():
        for template in DMIS_TEMPLATES:
            apart.update(b - a for a, b in pairwise([day for day, one in days if one == template]))
    assert apart[8] > 0
    assert min(apart) == 8


def test_at_most_one_nudge_a_local_day(history: History) -> None:
    for customer, days in days_on_which_they_count(history).items():
        nudges = Counter(day for day, template in days if template in NUDGES)
        assert max(nudges.values(), default=0) <= 1, f"customer {customer}"


def test_nobody_barred_is_handed_a_debt_message(history: History) -> None:
    vulnerable: dict[int, set[int]] = defaultdict(set)
    places: dict[int, int] = {}
    declared: dict[int, tuple[int, int]] = {}
    barred: set[int] = set()
    handed_over = 0
    for row in history.select():
        event, customer = row["event"], row["customer"]
        if event == Event.VULNERABILITY_SET:
            (set.add if row["other"] else set.discard)(vulnerable[customer], row["value"])
        elif event == Event.POSTCODE_RECORDED:
            places[customer] = row["value"]
        elif event == Event.DISASTER_DECLARED:
            declared[row["ref"]] = (row["value"], row["other"])
        elif event == Event.DISASTER_ENDED:
            del declared[row["ref"]]
        elif event in (Event.DIED, Event.CENTRELINK_OPT_OUT_RECORDED):
            barred.add(customer)
        elif event == Event.HANDED_OVER:
            handed_over += 1
            assert customer not in barred
            assert not vulnerable[customer]
            assert not any(first <= places[customer] <= last for first, last in declared.values())
    assert handed_over > 1000


# Spans


def test_spans_begin_and_end_in_turn(history: History) -> None:
    for begins, ends in ((Event.ELIGIBLE, Event.ELIGIBLE_ENDED), (Event.SUPPRESSED, Event.SUPPRESSED_ENDED)):
        open_spans: dict[tuple[int, int], Row] = {}
        ended = 0
        for row in history.select(begins, ends):
            key = (row["customer"], row["template"])
            if row["event"] == begins:
                assert key not in open_spans
                open_spans[key] = row
                continue
            begun = open_spans.pop(key)
            assert begun["value"] <= row["value"]
            assert (begun["reasons"], begun["other"]) == (row["reasons"], row["other"])
            ended += 1
        assert ended > 100


def test_each_night_every_eligible_message_is_suppressed_or_goes(history: History) -> None:
    eligible: set[tuple[int, int]] = set()
    suppressed: set[tuple[int, int]] = set()
    picked: set[tuple[int, int]] = set()
    nights = 0
    changes = {
        Event.ELIGIBLE: (set.add, eligible),
        Event.ELIGIBLE_ENDED: (set.discard, eligible),
        Event.SUPPRESSED: (set.add, suppressed),
        Event.SUPPRESSED_ENDED: (set.discard, suppressed),
        Event.PICKED: (set.add, picked),
    }
    for row in history.select(*changes, Event.NIGHTLY_RUN):
        if row["event"] == Event.NIGHTLY_RUN:
            if row["system"] == System.SAP:  # the night before is over
                assert eligible == suppressed | picked
                assert not suppressed & picked
                nights, picked = nights + 1, set()
                changes[Event.PICKED] = (set.add, picked)
            continue
        change, spans = changes[Event(row["event"])]
        if row["template"] != 502:
            change(spans, (row["customer"], row["template"]))
    assert nights == 60


def test_looking_at_more_debts_than_could_matter_finds_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    few = load(days=30, customers=200)
    expected = run(few).fingerprint()
    monkeypatch.setattr(fakes.dmis, "_SPARE_DAYS", 200)
    assert run(few).fingerprint() == expected


# The life of debts


def test_what_is_announced_to_end_ends_on_that_day(history: History) -> None:
    announced: dict[tuple[Event, int], int] = {}
    ended = Counter()
    pairs = {Event.PAUSE_STARTED: Event.PAUSE_ENDED, Event.DISASTER_ENDS: Event.DISASTER_ENDED}
    for row in history.select():
        event = Event(row["event"])
        if event in pairs:
            announced[pairs[event], row["ref"]] = row["value"]
        elif event == Event.WRITE_OFF_ENDS and row["ref"]:
            announced[Event.WRITE_OFF_ENDED, row["ref"]] = row["value"]
        elif event in (*pairs.values(), Event.WRITE_OFF_ENDED) and row["ref"]:
            assert announced[event, row["ref"]] == AGENCY.day(row["time"])
            ended[event] += 1
    assert min(ended[event] for event in (*pairs.values(), Event.WRITE_OFF_ENDED)) > 0


def test_recovery_restarts_on_the_day_or_the_next(history: History) -> None:
    since: dict[int, int] = {}
    waits = Counter()
    for row in history.select(Event.PAUSE_ENDED, Event.WRITE_OFF_ENDED, Event.RECOVERY_RESTARTED):
        if row["event"] != Event.RECOVERY_RESTARTED:
            since[row["ref"]] = AGENCY.day(row["time"])
        elif row["ref"] in since:
            waits[AGENCY.day(row["time"]) - since.pop(row["ref"])] += 1
    assert set(waits) == {0, 1}
    assert waits[0] > waits[1]


def test_a_declined_debit_breaks_the_arrangement(history: History) -> None:
    rows = list(history.select(Event.REPAYMENT_DECLINED, Event.ARRANGEMENT_SET))
    broken = int(Arrangement.VOL) * 10 + int(ArrangementStatus.BKN)
    during = [place for place, row in enumerate(rows) if row["event"] == Event.REPAYMENT_DECLINED]
    assert len(during) > 10
    for place in during:
        following = rows[place + 1]
        assert (following["ref"], following["value"]) == (rows[place]["ref"], broken)
        assert rows[place]["value"] <= AGENCY.day(rows[place]["time"])


def test_sap_confirms_each_arrangement_that_is_set_up(history: History) -> None:
    pending = {int(kind) * 10 + int(ArrangementStatus.PND) for kind in Arrangement}
    set_up = [
        (row["time"], row["customer"])
        for row in history.select(Event.ARRANGEMENT_SET)
        if row["value"] in pending and row["time"] > load().starts
    ]
    asked = {(row["time"], row["customer"]) for row in history.select(Event.SEND_PRESSED) if row["template"] == 501}
    assert len(set_up) > 20
    assert set(set_up) <= asked


def test_nothing_happens_to_a_debt_that_is_paid(history: History) -> None:
    paid: set[int] = set()
    of_debts = range(Event.DEBT_RAISED, Event.DISASTER_DECLARED)
    for row in history.select():
        if row["event"] in of_debts and row["ref"]:
            assert row["ref"] not in paid, Event(row["event"]).name
            if row["event"] == Event.DEBT_PAID:
                paid.add(row["ref"])
    assert len(paid) > 50


@pytest.mark.parametrize(
    ("u", "base", "nudged", "effect", "pays"),
    [
        (0.0499, 0.05, False, 0.24, True),
        (0.05, 0.05, False, 0.24, False),
        (0.2779, 0.05, True, 0.24, True),  # 5% and 24% of the other 95%: 27.8%
        (0.2781, 0.05, True, 0.24, False),
        (0.2, 0.05, True, 0.0, False),
        (0.0249, 0.05, True, -0.5, True),  # half of the 5%
        (0.0251, 0.05, True, -0.5, False),
        (0.9999, 0.05, True, 1.0, True),
        (0.0, 0.05, True, -1.0, False),
    ],
)
def test_who_acts(u: float, base: float, nudged: bool, effect: float, pays: bool) -> None:
    assert acts(u, base, nudged, effect) == pays


def test_nudges_make_more_debtors_pay_or_fewer() -> None:
    paid = []
    for effect in (-0.8, 0.0, 0.8):
        one = load(sets={"behaviour.payment_nudge_effect": effect, "debt.hardship_per_year": 0.0})
        paid.append(sum(1 for _ in run(one).select(Event.REPAYMENT_MADE)))
    assert paid[0] < paid[1] < paid[2]


def test_a_customers_debts_are_the_same_alone_and_among_others() -> None:
    """Without an effect of nudges nothing of others reaches a debtor: what systems send may shift by milliseconds."""
    one = load(sets={"behaviour.payment_nudge_effect": 0.0, "behaviour.opt_out_per_message": 0.0}, faults=())
    everybody, chosen = run(one), 120
    debts = range(Event.CENTRELINK_RECORDED, Event.HAS_VIEWED)

    def facts(history: History) -> list[tuple[int, ...]]:
        return [
            (row["time"], row["event"], row["ref"], row["value"], row["other"])
            for row in history.select()
            if row["customer"] == chosen and row["event"] in debts
        ]

    alone = facts(run(one, only=[chosen]))
    assert len(alone) > 10
    assert alone == facts(everybody)


def test_the_same_seed_gives_the_same_history(history: History) -> None:
    assert run(load()).fingerprint() == history.fingerprint()
    assert run(Load(**{**vars(load()), "seed": 2})).fingerprint() != history.fingerprint()


# Programmes


def test_debt_recovery_alone_knows_debtors_and_no_officers(history: History) -> None:
    debtors = {row["customer"] for row in history.select(Event.DEBT_RAISED)}
    entered = {row["customer"] for row in history.select(Event.CENTRELINK_RECORDED)}
    may_come = {row["customer"] for row in history.select(Event.DIED)}
    assert debtors <= entered
    assert entered - debtors <= may_come  # who dies before the first debt is raised
    assert not list(history.select(Event.SHIFT_STARTED, Event.WORK_ARRIVED, Event.MOBILE_RECORDED))


def test_without_debt_recovery_there_is_no_run_of_dmis() -> None:
    history = run(child_support(days=2, customers=100))
    assert {row["system"] for row in history.select(Event.NIGHTLY_RUN)} <= {System.CUBA, System.PLUTO}
    assert not list(history.select(Event.CENTRELINK_RECORDED))


def test_customers_of_both_programmes_have_their_zone_recorded_once() -> None:
    one = child_support(days=2, customers=400, programmes=PROGRAMMES, parameters={})
    history = run(one)
    zones = Counter(row["customer"] for row in history.select(Event.ZONE_RECORDED))
    both = {row["customer"] for row in history.select(Event.MUTUAL_CUSTOMER_SET)}
    assert set(zones) == set(range(1, 401))
    moved = {row["customer"] for row in history.select(Event.ZONE_RECORDED) if row["time"] > one.starts}
    assert {zones[customer] for customer in both - moved} == {1}
    in_child_support = {row["customer"] for row in history.select(Event.MOBILE_RECORDED)}
    assert both <= in_child_support
    assert set(range(1, 401)) - in_child_support


def test_a_rule_that_is_replaced_reaches_dmis() -> None:
    few = load(days=20, customers=150, faults=())
    broken = simulate(
        few, few.read_policy(), few.read_parameters(), machinery=OURS.with_rules(similar_allows=lambda *_: 1)
    )
    apart = Counter()
    for days in days_on_which_they_count(broken).values():
        for template in DMIS_TEMPLATES:
            apart.update(b - a for a, b in pairwise([day for day, one in days if one == template]))
    assert min(apart) == 2
