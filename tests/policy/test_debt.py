"""`dr-eligibility`, `dr-hierarchy`, `dr-similar`, `dr-one-nudge`, `dr-vulnerable`, `dr-disaster-pause`, `dr-kind`,
`dr-view`: every condition just before, on and just after its bounds, every pair of the hierarchy, every way to lose."""

from itertools import combinations, product

import pytest

from sim.messages import Arrangement, ArrangementStatus, Reason, System, WriteOff, reason_names
from sim.policy.debt import (
    DebtFacts,
    DebtValues,
    barred_reasons,
    completed_since,
    conditions,
    debt_values,
    is_nudge,
    messages_met,
    nudge_allows,
    pick,
    screens,
    similar_allows,
    suppressed_reasons,
    template_of,
    winner,
)
from sim.policy.policy import load_policy

T = 740_000
"""The agency date of the run."""
VALUES = debt_values(load_policy())
ALL, NUDGES_ONLY = 0, 1
PREVIOUS_DAYS, DAYS_APART = 0, 1
VOL, CSH, IRR = Arrangement.VOL, Arrangement.CSH, Arrangement.IRR
PND, CUR, BKN, CEASED = ArrangementStatus.PND, ArrangementStatus.CUR, ArrangementStatus.BKN, ArrangementStatus.CEASED
WUN, NCE, DOS = WriteOff.WUN, WriteOff.NCE, WriteOff.DOS
TEMPORARY, PERMANENT = WriteOff.TEMPORARY, WriteOff.PERMANENT

# A debt that meets the conditions of the message, and of no other.
MEETS = {
    1: DebtFacts(pause_completed=1),
    2: DebtFacts(arrangement=VOL, arrangement_status=BKN, declined_day=T - 8),
    3: DebtFacts(arrangement=CSH, arrangement_status=CUR, repayment_due_day=T - 6),
    4: DebtFacts(pause_ended_day=T - 1, recovery_restarted_day=T - 1),
    5: DebtFacts(due_day=T - 3),
    6: DebtFacts(debt_write_off=TEMPORARY, write_off_ends_day=T + 5),
    7: DebtFacts(current_customer=1, withholdings_eligible=1, debt_write_off=TEMPORARY, write_off_ends_day=T + 5),
    8: DebtFacts(arrangement=VOL, arrangement_status=CEASED, auto_setup_day=T + 5),
    9: DebtFacts(due_day=T + 7),
}

Row = tuple[int, dict[str, int], int]

# Message, what differs from MEETS, met. Days on both sides of each bound.
BOUNDS: list[Row] = [
    *((2, {"declined_day": T - days}, met) for days, met in ((6, 0), (7, 1), (8, 1), (10, 1), (11, 0), (0, 0))),
    *((3, {"repayment_due_day": T - days}, met) for days, met in ((4, 0), (5, 1), (6, 1), (7, 1), (8, 0))),
    *((4, {"pause_ended_day": T - days, "recovery_restarted_day": T - days}, met)
      for days, met in ((-1, 0), (0, 1), (1, 1), (2, 1), (3, 0))),
    *((5, {"due_day": T - days}, met) for days, met in ((-1, 0), (0, 0), (1, 1), (2, 1), (7, 1), (8, 0))),
    *((message, {name: T + days}, met)
      for message, name in ((6, "write_off_ends_day"), (7, "write_off_ends_day"), (8, "auto_setup_day"))
      for days, met in ((-5, 0), (3, 0), (4, 1), (5, 1), (6, 1), (7, 0))),
    *((9, {"due_day": T + days}, met) for days, met in ((-1, 0), (0, 1), (1, 1), (14, 1), (15, 0))),
    # A day that is not known is within no bounds, however wide.
    *((message, {name: 0}, 0) for message, name in (
        (2, "declined_day"), (3, "repayment_due_day"), (4, "pause_ended_day"), (5, "due_day"),
        (6, "write_off_ends_day"), (7, "write_off_ends_day"), (8, "auto_setup_day"), (9, "due_day"))),
]  # fmt: skip

CONDITIONS: list[Row] = [
    *((message, {}, 1) for message in range(1, 10)),
    *((message, {"paid": 1}, 0) for message in range(1, 10)),
    # 1: the pause service since the last run, not XCSHSMS.
    (1, {"pause_completed": 0}, 0),
    (1, {"xcshsms": 1}, 0),
    *((message, {"xcshsms": 1}, 1) for message in range(2, 10)),
    # 2: VOL, BKN, and the exclusions.
    *((2, {"arrangement": kind}, int(kind == VOL)) for kind in Arrangement),
    *((2, {"arrangement_status": status}, int(status == BKN)) for status in ArrangementStatus),
    # 3: CSH or IRR; PND, BKN or CUR; the same exclusions.
    *((3, {"arrangement": kind}, int(kind in (CSH, IRR))) for kind in Arrangement),
    *((3, {"arrangement_status": status}, int(status in (PND, CUR, BKN))) for status in ArrangementStatus),
    *((message, {"debt_write_off": code}, int(code == 0)) for message in (2, 3) for code in WriteOff),
    *((message, {"customer_write_off": code}, int(code in (0, WUN, NCE, DOS)))
      for message in (2, 3) for code in WriteOff),
    *((message, {"withholdable_payment": 1}, 0) for message in (2, 3)),
    *((message, {"withholdable_payment": 1}, 1) for message in (1, 4, 5, 6, 7, 8, 9)),
    # 4: ended and restarted, by the day of the run.
    (4, {"recovery_restarted_day": 0}, 0),
    (4, {"recovery_restarted_day": T - 2}, 0),
    (4, {"recovery_restarted_day": T}, 1),
    (4, {"recovery_restarted_day": T + 1}, 0),
    # 5 and 9: no arrangement, not written off at either level.
    *((message, {"arrangement": kind, "arrangement_status": CUR}, int(kind == 0))
      for message in (5, 6, 9) for kind in Arrangement),
    *((message, {"arrangement": VOL, "arrangement_status": status}, int(status == CEASED))
      for message in (5, 6, 9) for status in ArrangementStatus),
    *((message, {level: code}, int(code == 0))
      for message in (5, 9) for level in ("debt_write_off", "customer_write_off") for code in WriteOff),
    *((5, {"withholdings_eligible": eligible}, 1) for eligible in (0, 1)),
    *((9, {"withholdings_eligible": eligible}, 1 - eligible) for eligible in (0, 1)),
    # 6 and 7: former or current customer; a write-off of either level that ends.
    (6, {"current_customer": 1}, 0),
    (6, {"withholdings_eligible": 1}, 1),
    (7, {"current_customer": 0}, 0),
    (7, {"withholdings_eligible": 0}, 0),
    (7, {"arrangement": VOL, "arrangement_status": CUR}, 1),
    *((message, {"debt_write_off": 0}, 0) for message in (6, 7)),
    *((message, {"debt_write_off": 0, "customer_write_off": DOS}, 1) for message in (6, 7)),
    *((8, {"current_customer": current}, 1) for current in (0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("message", "facts", "met"), [*BOUNDS, *CONDITIONS])
def test_conditions(message: int, facts: dict[str, int], met: int) -> None:
    assert conditions(message, MEETS[message]._replace(**facts), T, VALUES) == met


def test_the_debts_above_meet_one_message_each() -> None:
    assert {message: messages_met(facts, T, VALUES) for message, facts in MEETS.items()} == {
        message: 1 << message for message in range(1, 10)
    }
    assert messages_met(DebtFacts(), T, VALUES) == 0


def test_a_debt_may_meet_several() -> None:
    facts = MEETS[4]._replace(due_day=T - 3, pause_completed=1)
    assert messages_met(facts, T, VALUES) == (1 << 1) + (1 << 4) + (1 << 5)
    assert messages_met(facts._replace(paid=1), T, VALUES) == 0


@pytest.mark.parametrize("message", [-1, 0, 10])
def test_there_are_nine_messages(message: int) -> None:
    with pytest.raises(ValueError, match="is not a DMIS message"):
        conditions(message, DebtFacts(), T, VALUES)


def test_changed_bounds_are_the_ones_that_count() -> None:
    names = {2: "declined", 3: "overdue", 4: "restarted", 5: "debt_overdue", 6: "restarts",
             7: "withholdings_restart", 8: "auto_setup", 9: "due_soon"}  # fmt: skip
    for message, name in names.items():
        never = VALUES._replace(**{name: (100, 101)})
        met = [other for other in range(1, 10) if conditions(other, MEETS[other], T, never)]
        assert met == [other for other in range(1, 10) if other != message], name


# Completed, last run, this run, new to it. At the very instant of a run facts come first.
@pytest.mark.parametrize(("completed", "last_run", "run", "new"), [
    (-1, 999, 2_000, 0), (998, 999, 2_000, 0), (999, 999, 2_000, 0), (1_000, 999, 2_000, 1), (1_999, 999, 2_000, 1),
    (2_000, 999, 2_000, 1), (2_001, 999, 2_000, 0),
])  # fmt: skip
def test_what_was_completed_since_the_last_run(completed: int, last_run: int, run: int, new: int) -> None:
    assert completed_since(completed, last_run, run) == new


# Recipient's reasons, nudge, vulnerable, disaster, reading, reasons.
BARRED = [
    (0, 1, 0, 0, ALL, []),
    (0, 1, 1, 0, ALL, ["vulnerable"]),
    (0, 0, 1, 0, ALL, ["vulnerable"]),
    (0, 1, 1, 0, NUDGES_ONLY, ["vulnerable"]),
    (0, 0, 1, 0, NUDGES_ONLY, []),
    (0, 1, 0, 0, NUDGES_ONLY, []),
    (0, 1, 0, 1, ALL, ["disaster_pause"]),
    (0, 0, 0, 1, NUDGES_ONLY, ["disaster_pause"]),
    (0, 0, 1, 1, NUDGES_ONLY, ["disaster_pause"]),
    (0, 1, 1, 1, ALL, ["vulnerable", "disaster_pause"]),
    (Reason.OPTED_OUT, 1, 0, 0, ALL, ["opted_out"]),
    (Reason.OPTED_OUT | Reason.NO_MOBILE, 0, 1, 1, ALL, ["opted_out", "no_mobile", "vulnerable", "disaster_pause"]),
]


@pytest.mark.parametrize(("recipient", "nudge", "vulnerable", "disaster", "kinds", "reasons"), BARRED)
def test_who_gets_no_debt_message(
    recipient: int, nudge: int, vulnerable: int, disaster: int, kinds: int, reasons: list[str]
) -> None:
    assert reason_names(barred_reasons(int(recipient), nudge, vulnerable, disaster, kinds)) == reasons


PAIRS = list(combinations(range(1, 10), 2))


@pytest.mark.parametrize(("higher", "lower"), PAIRS)
def test_of_every_pair_the_higher_is_picked(higher: int, lower: int) -> None:
    mask = (1 << higher) + (1 << lower)
    assert pick(mask, VALUES.order) == higher
    assert pick(mask, VALUES.order[::-1]) == lower
    # Whoever is put first wins, whatever its number.
    assert pick(mask, (lower, *(each for each in VALUES.order if each != lower))) == lower


def test_the_pick_of_one_of_all_and_of_none() -> None:
    assert len(PAIRS) == 36
    assert VALUES.order == (1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert [pick(1 << message, VALUES.order) for message in range(1, 10)] == list(range(1, 10))
    assert pick(0b11_1111_1110, VALUES.order) == 1
    assert pick(0, VALUES.order) == 0


# Local days since the similar message, days of the rule, may go with previous_days, with days_apart.
@pytest.mark.parametrize(("between", "days", "previous", "apart"), [
    (-1, 7, 1, 1), (0, 7, 0, 0), (1, 7, 0, 0), (6, 7, 0, 0), (7, 7, 0, 1), (8, 7, 1, 1), (30, 7, 1, 1),
    (0, 1, 0, 0), (1, 1, 0, 1), (2, 1, 1, 1), (-1, 0, 1, 1), (0, 0, 1, 1), (1, 0, 1, 1),
])  # fmt: skip
def test_similar_messages(between: int, days: int, previous: int, apart: int) -> None:
    assert similar_allows(between, days, PREVIOUS_DAYS) == previous
    assert similar_allows(between, days, DAYS_APART) == apart


@pytest.mark.parametrize(("nudges", "enabled", "allowed"), [
    (0, 1, 1), (1, 1, 0), (2, 1, 0), (0, 0, 1), (1, 0, 1), (2, 0, 1),
])  # fmt: skip
def test_one_nudge_a_day(nudges: int, enabled: int, allowed: int) -> None:
    assert nudge_allows(nudges, enabled) == allowed


def test_pause_applied_is_a_confirmation_and_the_others_are_nudges() -> None:
    assert [is_nudge(message, VALUES) for message in range(1, 10)] == [0, 1, 1, 1, 1, 1, 1, 1, 1]


# Message, pick, its similar test, the pick's gap and nudge tests, reasons.
LOSES = [
    (4, 4, 1, 1, 1, []),
    (5, 4, 1, 1, 1, ["hierarchy"]),
    # Nothing takes the place of a pick that is stopped.
    (5, 4, 1, 0, 1, ["hierarchy"]),
    (5, 4, 1, 1, 0, ["hierarchy"]),
    (4, 4, 1, 0, 1, ["gap"]),
    (4, 4, 1, 1, 0, ["one_nudge"]),
    (4, 4, 1, 0, 0, ["gap", "one_nudge"]),
    # What is similar is not in the contest, whoever wins it.
    (3, 4, 0, 1, 1, ["similar"]),
    (3, 4, 0, 0, 0, ["similar"]),
    (3, 0, 0, 1, 1, ["similar"]),
]


@pytest.mark.parametrize(("message", "picked", "similar_ok", "gap_ok", "nudge_ok", "reasons"), LOSES)
def test_why_a_message_is_suppressed(
    message: int, picked: int, similar_ok: int, gap_ok: int, nudge_ok: int, reasons: list[str]
) -> None:
    assert reason_names(suppressed_reasons(message, picked, similar_ok, gap_ok, nudge_ok)) == reasons


def test_of_all_that_are_eligible_one_is_sent_or_none() -> None:
    for eligible, similar, gap_ok, nudge_ok in product(range(0, 1 << 4), range(0, 1 << 4), (0, 1), (0, 1)):
        contest = [message for message in (1, 2, 3, 4) if eligible >> (message - 1) & 1]
        allowed = {message: similar >> (message - 1) & 1 for message in contest}
        picked = pick(sum(1 << message for message in contest if allowed[message]), VALUES.order)
        sent = [each for each in contest if not suppressed_reasons(each, picked, allowed[each], gap_ok, nudge_ok)]
        assert sent == ([picked] if picked and gap_ok and nudge_ok else []), (eligible, similar)


@pytest.mark.parametrize(("reasons", "template"), [
    (0, 0), (Reason.SIMILAR, 403), (Reason.HIERARCHY, 404), (Reason.GAP, 405), (Reason.ONE_NUDGE, 502),
    (Reason.GAP | Reason.ONE_NUDGE, 405), (Reason.VULNERABLE, 0),
])  # fmt: skip
def test_to_which_template_a_message_lost(reasons: int, template: int) -> None:
    assert winner(int(reasons), picked=4, similar_template=403, last_template=405, nudge_template=502) == template


def test_templates_of_the_messages() -> None:
    templates = load_policy().templates
    assert [template_of(message) for message in range(1, 10)] == list(range(401, 410))
    assert all(templates[template_of(message)].system == System.DMIS for message in range(1, 10))


OUTBOUND, HISTORY, SUMMARY = 1, 2, 3


@pytest.mark.parametrize(("system", "days", "expected"), [
    (System.CUSTOMER_FIRST, 0, (OUTBOUND, HISTORY)), (System.CUSTOMER_FIRST, 3_000, (OUTBOUND, HISTORY)),
    (System.DMIS, 0, (HISTORY, SUMMARY)), (System.DMIS, 3_000, (HISTORY, SUMMARY)),
    (System.SAP, 0, (HISTORY, SUMMARY)), (System.SAP, 119, (HISTORY, SUMMARY)), (System.SAP, 120, ()),
    (System.SAP, 121, ()), (System.PLUTO, 0, ()), (System.CUBA, 0, ()),
])  # fmt: skip
def test_where_a_sent_message_is_seen(system: int, days: int, expected: tuple[int, ...]) -> None:
    assert screens(system, days, VALUES.sap_days) == expected


HOUR = 3_600_000


def test_values_that_the_rules_take() -> None:
    assert DebtValues(
        run_ms=4 * HOUR, due_ms=10 * HOUR, sap_due_ms=9 * HOUR, sap_nudge_days_before=1,
        order=(1, 2, 3, 4, 5, 6, 7, 8, 9), nudges=0b11_1111_1100, gap=0, one_nudge=1,
        similar_days=(0, 7, 7, 7, 7, 7, 7, 7, 7, 7), similar_group=(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), similar_boundary=0,
        vulnerable_kinds=0, due_after_issue_days=28, declined=(7, 10), overdue=(5, 7), restarted=(0, 2),
        debt_overdue=(1, 7), restarts=(4, 6), withholdings_restart=(4, 6), auto_setup=(4, 6), due_soon=(0, 14),
        declined_arrangements=0b10, declined_states=0b1000, overdue_arrangements=0b1100, overdue_states=0b1110,
        harmless_write_offs=0b1110, sap_days=120,
    ) == VALUES  # fmt: skip


def test_changed_values_reach_the_rules() -> None:
    order = ["debt_due_soon", *load_policy().value("dr-hierarchy.order")[:-1]]
    changed = debt_values(load_policy({
        "dr-eligibility.run_at": "05:30", "dr-hierarchy.due_at": "09:15", "dr-kind.sap_due_at": "08:45",
        "dr-kind.sap_nudge_days_before": "2", "dr-hierarchy.order": ",".join(order),
        "dr-gap.reading": "business_day", "dr-one-nudge.enabled": "no", "dr-similar.days": "14",
        "dr-similar.boundary": "days_apart", "dr-vulnerable.kinds": "nudges_only",
        "dr-eligibility.due_after_issue_days": "30", "dr-eligibility.declined_from_days": "1",
        "dr-eligibility.due_soon_to_days": "21", "dr-view.sap_days": "60",
    }))  # fmt: skip
    assert changed == VALUES._replace(
        run_ms=5 * HOUR + HOUR // 2, due_ms=9 * HOUR + HOUR // 4, sap_due_ms=8 * HOUR + 3 * HOUR // 4,
        sap_nudge_days_before=2, order=(9, 1, 2, 3, 4, 5, 6, 7, 8), gap=2, one_nudge=0,
        similar_days=(0, *[14] * 9), similar_boundary=1, vulnerable_kinds=1, due_after_issue_days=30,
        declined=(1, 10), due_soon=(0, 21), sap_days=60,
    )  # fmt: skip
    assert debt_values(load_policy({"dr-gap.reading": "hours_24"})).gap == 1
