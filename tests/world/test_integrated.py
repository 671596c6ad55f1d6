"""Integrated Service Officers in whole runs: routing, claims, pre call notifications, offers; without the rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from sim.clock import HOUR
from sim.history import Event, History
from sim.messages import IntegratedWork, ProcessKind, System, unpack_payment_type
from sim.tables import messages_table
from tests.world.loads import Row, Zones, by_message, load, run

CALM = {
    "behaviour.step_skipped": 0.0,
    "integrated.work_per_year": 60.0,
    "integrated.referrals_per_year": 6.0,
    "integrated.officers": 12,
    "integrated.wrong_text_share": 0.0,
    "integrated.precall_share": 0.9,
    "debt.debtors": 0.3,
    "cuba.notices_per_year": 2.0,
}
FIRST_ISO, LAST_ISO = 10_001, 10_500
GRANT, REJECT = 1, 2
PAYMENTS = {
    1: ("JobSeeker Payment", "132 850"), 2: ("Age Pension", "132 300"), 3: ("Youth Allowance", "132 490"),
    4: ("Parenting Payment", "136 150"), 5: ("Disability Support Pension", "132 717"),
}  # fmt: skip
SCT, CENTRELINK, PROGRESSION, SME, OTHER = (int(work) for work in IntegratedWork)


@cache
def history(**changes: Any) -> History:
    """A calm week of all programmes in which no step is skipped, but for `changes`, whose names have __ for a dot."""
    parameters = {**CALM, **{name.replace("__", "."): value for name, value in changes.items()}}
    return run(load(customers=400, parameters=parameters, faults=(), programmes=ALL))


ALL = ("child_support", "customer_first", "debt_recovery")


def of(found: History, *events: Event, system: int | None = None) -> list[Row]:
    """The rows of these events, of one system if it is named."""
    return [row for row in found.select(*events) if system is None or row["system"] == system]


def by_ref(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """The rows of every work item."""
    out: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        out[row["ref"]].append(row)
    return out


def wanted(work: int, mutual: bool, current: bool, main_issue_claim: bool) -> int:
    """`cf-route`, test after test, in the words of policy.md E."""
    if work == SCT:
        return System.PLUTO
    if not mutual:
        return System.CUSTOMER_FIRST
    if not current:
        return System.PLUTO
    if work in (CENTRELINK, PROGRESSION, SME) or main_issue_claim:
        return System.CUSTOMER_FIRST
    return System.PLUTO


def routes(found: History) -> list[tuple[Row, int]]:
    """Every routing decision with the one that the policy asks for."""
    mutual = {row["customer"] for row in found.select(Event.MUTUAL_CUSTOMER_SET)}
    current = {row["customer"]: bool(row["value"]) for row in found.select(Event.CENTRELINK_RECORDED)}
    main = {row["ref"] for row in found.select(Event.MAIN_ISSUE_SET)}
    return [
        (
            row,
            wanted(row["other"], row["customer"] in mutual, current.get(row["customer"], False), row["ref"] in main),
        )
        for row in found.select(Event.ROUTED)
    ]


# Routing


def test_officers_who_skip_nothing_route_by_the_policy() -> None:
    decisions = routes(history())
    assert [row for row, policy in decisions if row["value"] != policy] == []
    seen = Counter((row["other"], row["value"]) for row, _ in decisions)
    # Every kind of work, and both systems where both are possible.
    assert {work for work, _ in seen} == {SCT, CENTRELINK, PROGRESSION, SME, OTHER}
    assert {system for work, system in seen if work == SCT} == {System.PLUTO}
    assert all(
        {system for work, system in seen if work == one} == {System.PLUTO, System.CUSTOMER_FIRST}
        for one in (CENTRELINK, PROGRESSION, SME, OTHER)
    )


def test_officers_who_skip_tests_route_wrongly_now_and_then() -> None:
    decisions = routes(history(behaviour__step_skipped=0.3))
    wrong = sum(row["value"] != policy for row, policy in decisions)
    assert 0.02 < wrong / len(decisions) < 0.4


def test_each_system_sends_to_whom_it_knows() -> None:
    found = history(behaviour__step_skipped=0.3)
    child_support = {row["customer"] for row in found.select(Event.MOBILE_RECORDED)}
    centrelink = {row["customer"] for row in found.select(Event.CENTRELINK_RECORDED)}
    for row in found.select(Event.ISSUED):
        known = child_support if row["system"] in (System.PLUTO, System.CUBA) else centrelink
        assert row["customer"] in known
    assert child_support - centrelink
    assert centrelink - child_support


def test_integrated_work_has_a_queue_of_its_own() -> None:
    by_kind: dict[bool, Counter[bool]] = {True: Counter(), False: Counter()}
    for row in history().select(Event.WORK_STARTED):
        integrated = row["value"] == ProcessKind.INTEGRATED
        by_kind[integrated][FIRST_ISO <= row["officer"] <= LAST_ISO] += 1
    assert set(by_kind[True]) == {True}
    assert set(by_kind[False]) == {False}


# Claims


def claims(found: History) -> list[tuple[Row, bool, bool, list[Row]]]:
    """Each finalised claim: its row, whether the CCM was available, whether mail is online, and the rows of its work
    item from then on."""
    ccm = {row["ref"]: row["value"] == 1 for row in found.select(Event.CCM_SET)}
    online = {row["customer"]: row["value"] == 2 for row in found.select(Event.MAIL_CHANNEL_RECORDED)}
    rows = by_ref(row for row in found.select() if row["ref"] and row["event"] != Event.WORK_ARRIVED)
    ended = {row["ref"] for row in found.select(Event.WORK_ENDED)}
    return [
        (row, ccm[row["ref"]], online[row["customer"]], [one for one in rows[row["ref"]] if one["seq"] > row["seq"]])
        for row in found.select(Event.CLAIM_FINALISED)
        if row["ref"] in ended
    ]


def test_every_claim_has_its_message_or_its_reason() -> None:
    kinds: Counter[str] = Counter()
    for claim, ccm, online, rows in claims(history()):
        outcome, payment = claim["value"], claim["other"]
        pressed = [row for row in rows if row["event"] == Event.SEND_PRESSED]
        by_hand = [row for row in pressed if row["officer"]]
        automatic = [row for row in pressed if not row["officer"]]
        withheld = [row["value"] for row in rows if row["event"] == Event.CLAIM_MESSAGE_WITHHELD]
        answered = any(row["event"] == Event.CALL_ANSWERED for row in rows)
        template = 303 if outcome == GRANT else 304
        assert [row["time"] for row in automatic] == ([claim["time"]] if ccm else [])
        if ccm:
            expected: list[int] = [1]
        elif outcome == GRANT:
            expected = [2] if online else []
        else:
            assert any(row["event"] == Event.CALL_ATTEMPTED for row in rows), "nobody was called"
            expected = [3] if answered else []
        assert withheld == expected
        assert len(by_hand) == (0 if expected else 1)
        for row in pressed:
            assert (row["template"], row["system"]) == (template, System.CUSTOMER_FIRST)
            assert unpack_payment_type(row["value"]) == payment
        kinds[f"{outcome} {expected}"] += 1
    assert set(kinds) == {"1 [1]", "1 [2]", "1 []", "2 [1]", "2 [3]", "2 []"}


def test_claim_messages_name_the_payment_and_its_number() -> None:
    found = history()
    payment = {row["message"]: unpack_payment_type(row["value"]) for row in found.select(Event.SEND_PRESSED)}
    checked: Counter[int] = Counter()
    for row in found.select(Event.ARRIVED):
        if row["template"] in (303, 304):
            sender, text = found.contents[row["value"]]
            name, number = PAYMENTS[payment[row["message"]]]
            assert sender == "CENTRELINK"
            assert f"claim for {name}" in text
            assert (f"call us on {number}." in text) == (row["template"] == 304)
            checked[row["template"]] += 1
    assert min(checked[303], checked[304]) > 5


def test_steps_left_out_of_a_claim_show() -> None:
    found = history(behaviour__step_skipped=1.0)
    for claim, ccm, _, rows in claims(found):
        by_hand = [row for row in rows if row["event"] == Event.SEND_PRESSED and row["officer"]]
        # Nothing is found out, nothing is withheld, and what ought to be sent is forgotten in the end.
        assert by_hand == []
        assert not [row for row in rows if row["event"] in (Event.CLAIM_MESSAGE_WITHHELD, Event.CALL_ATTEMPTED)]
        assert ccm == any(row["event"] == Event.SEND_PRESSED for row in rows), claim
    some = history(behaviour__step_skipped=0.3)
    in_spite = [
        row
        for _, ccm, _, rows in claims(some)
        for row in rows
        if ccm and row["event"] == Event.SEND_PRESSED and row["officer"]
    ]
    assert in_spite, "an officer who does not look sends although the CCM is available"


# Desktop Messaging


def test_the_queued_text_is_shown_to_officers() -> None:
    found = history()
    told = by_message(found)
    officers = [row for row in found.select(Event.ISSUED) if row["system"] == System.CUSTOMER_FIRST]
    assert {bool(row["officer"]) for row in officers} == {True, False}
    for row in officers:
        shown = [one["value"] for one in told[row["message"]] if one["event"] == Event.INFO_SHOWN]
        texts = [found.contents[value] for value in shown]
        assert texts == ([("", "Electronic Message has been queued")] if row["officer"] else [])


def test_a_wrong_text_is_seen_in_the_preview_and_cancelled() -> None:
    found = history(integrated__wrong_text_share=1.0)
    events: dict[int, list[int]] = defaultdict(list)
    for row in found.select():
        if row["system"] == System.CUSTOMER_FIRST and row["officer"] and row["message"]:
            events[row["message"]].append(row["event"])
    cancelled = [message for message, seen in events.items() if Event.CANCELLED in seen]
    assert len(cancelled) > 50
    assert all(seen[-1] == Event.CANCELLED for message, seen in events.items() if message in cancelled)
    assert all(events[message][-2] == Event.PREVIEWED for message in cancelled)
    # What then goes is right: the same claims have the same texts as without any slip.
    sent = Counter(row["template"] for row in found.select(Event.SEND_PRESSED) if row["officer"] >= FIRST_ISO)
    assert set(sent) - {1, 2, *range(100, 200)} <= {301, 302, 303, 304, 305}
    for claim, _, _, rows in claims(found):
        for row in rows:
            if row["event"] == Event.SEND_PRESSED:
                assert row["template"] == 302 + claim["value"]


def test_what_was_cancelled_in_the_preview_is_a_row_of_the_messages_table() -> None:
    found = history(integrated__wrong_text_share=1.0)
    table = messages_table(found, load().read_policy().plain())
    rows = table[(table["system"] == "customer_first") & (table["outcome"] == "cancelled")]
    assert len(rows) == len(of(found, Event.CANCELLED, system=System.CUSTOMER_FIRST)) > 50
    assert (rows["customer_id"] > 0).all()
    assert (rows["officer_id"] >= FIRST_ISO).all()
    assert not rows["confirmation_asked"].any()


# Pre call notifications


def test_the_text_fits_the_work() -> None:
    found = history()
    work = {row["ref"]: row["other"] for row in found.select(Event.ROUTED)}
    seen: Counter[tuple[bool, int]] = Counter()
    for row in found.select(Event.ISSUED):
        if row["template"] in (301, 302):
            seen[work[row["ref"]] == SME, row["template"]] += 1
    assert set(seen) == {(True, 302), (False, 301)}


def test_promised_calls_are_attempted_in_time() -> None:
    found = history()
    zones = Zones(found)
    alerts = {row["message"]: row for row in found.select(Event.ISSUED) if row["template"] in (301, 302)}
    calls: dict[int, int] = {}
    for row in found.select(Event.CALL_ATTEMPTED):
        calls.setdefault(row["message"], row["time"])
    kept: Counter[tuple[int, bool]] = Counter()
    for row in found.select(Event.ACKNOWLEDGED):
        alert = alerts.get(row["message"])
        if alert is None or row["time"] > found.array()[-1, 0] - 24 * HOUR:
            continue
        zone, called = zones.at(row["customer"], row["time"]), calls.get(row["message"], 0)
        ends = zone.midnight(zone.day(row["time"]) + 1) if alert["template"] == 301 else row["time"] + 2 * HOUR + 1
        kept[alert["template"], row["time"] <= called < ends] += 1
    for template in (301, 302):
        assert kept[template, True] > 20
        assert kept[template, False] <= 0.05 * kept[template, True]


def test_calls_that_cannot_be_kept_go_to_the_team_leader() -> None:
    found = history(integrated__officers=4, handling__conversation_minutes=90.0, integrated__work_per_year=120.0)
    alerts = {row["message"] for row in found.select(Event.ISSUED) if row["template"] in (301, 302)}
    handed = [row for row in found.select(Event.HANDED_TO_TEAM_LEADER) if row["message"] in alerts]
    given = [row for row in found.select(Event.REASSIGNED) if row["message"] in alerts]
    assert len(handed) > 5
    assert given
    assert all(FIRST_ISO <= row["officer"] <= LAST_ISO for row in given)


def test_without_an_answer_a_letter_goes() -> None:
    found = history()
    refs = by_ref(row for row in found.select(Event.CALL_ATTEMPTED, Event.CALL_ANSWERED, Event.LETTER_SENT))
    alerts = {row["ref"] for row in found.select(Event.ISSUED) if row["template"] in (301, 302)}
    called = [rows for ref, rows in refs.items() if ref in alerts]
    assert len(called) > 20
    for rows in called:
        events = {row["event"] for row in rows}
        assert (Event.LETTER_SENT in events) != (Event.CALL_ANSWERED in events)


# Service offers


def test_offers_go_to_debtors_whom_nothing_bars() -> None:
    found = history()
    debts: dict[int, set[int]] = defaultdict(set)
    vulnerable: dict[int, set[int]] = defaultdict(set)
    offers = 0
    for row in found.select():
        customer, event = row["customer"], row["event"]
        if event == Event.DEBT_RAISED:
            debts[customer].add(row["ref"])
        elif event == Event.VULNERABILITY_SET:
            (vulnerable[customer].add if row["other"] else vulnerable[customer].discard)(row["value"])
        elif event == Event.ISSUED and row["template"] == 305:
            assert debts[customer]
            assert not vulnerable[customer]
            offers += 1
    assert offers > 10


# Programmes and draws


def test_without_customer_first_there_is_none_of_it() -> None:
    found = run(load(customers=200, parameters=CALM, faults=(), programmes=("child_support", "debt_recovery")))
    assert of(found, Event.ISSUED, Event.SEND_PRESSED, system=System.CUSTOMER_FIRST) == []
    assert of(found, Event.ROUTED, Event.CLAIM_FINALISED) == []
    assert not [row for row in found.select(Event.SHIFT_STARTED) if FIRST_ISO <= row["officer"] <= LAST_ISO]


def test_customer_first_runs_alone() -> None:
    found = run(load(customers=200, parameters=CALM, faults=(), programmes=("customer_first",)))
    assert {row["system"] for row in found.select(Event.ISSUED)} == {System.CUSTOMER_FIRST}
    assert of(found, Event.CLAIM_FINALISED)


@pytest.mark.parametrize("customer", [7, 44, 120])
def test_a_customers_work_is_the_same_alone(customer: int) -> None:
    wanted_events = (Event.WORK_ARRIVED, Event.MAIN_ISSUE_SET, Event.CCM_SET)

    def arrivals(found: History) -> list[tuple[int, ...]]:
        return [
            (row["time"], row["event"], row["ref"], row["value"])
            for row in found.select(*wanted_events)
            if row["customer"] == customer and row["ref"] // 1_000_000 % 10 == ProcessKind.INTEGRATED
        ]

    alone = run(load(customers=400, parameters=CALM, faults=(), programmes=ALL), only=[customer])
    assert arrivals(alone) == arrivals(history())
