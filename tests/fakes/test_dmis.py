"""DMIS: what each of the nine messages arises from, and what keeps one from going."""

from collections.abc import Callable
from typing import Any

import pytest

from sim.clock import instant
from sim.history import Event
from sim.messages import Arrangement, ArrangementStatus, MobileStatus, Vulnerability, WriteOff
from tests.fakes.centrelink_bench import CentrelinkBench, day, iso, with_customer

VOL, CSH, IRR = Arrangement.VOL, Arrangement.CSH, Arrangement.IRR
PND, CUR, BKN = ArrangementStatus.PND, ArrangementStatus.CUR, ArrangementStatus.BKN
START = "2026-06-01T00:00:00+10:00"  # a Monday
LONG_AGO = "2025-06-01"


def bench(start: str = START, **options: Any) -> CentrelinkBench:
    return with_customer(start, **options)


def due_soon(made: CentrelinkBench, due: str = "2026-07-01") -> int:
    """A debt about which DMIS has one message, Debt due Soon, in the fortnight before it is due."""
    return made.debt(due)


# What each message arises from: the first and the last run at which it is eligible, from facts recorded before.


def pause_applied(made: CentrelinkBench) -> None:
    ref = made.debt(LONG_AGO)
    made.at("2026-06-10T09:00:00+10:00")
    made.book.complete_hardship(ref, made.now)
    made.book.start_pause(ref, 1, day("2026-07-20"), made.now)


def declined(made: CentrelinkBench) -> None:
    ref = made.arranged(LONG_AGO, VOL, BKN)
    made.book.decline(ref, day("2026-06-04"), made.now)


def overdue_repayment(made: CentrelinkBench) -> None:
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-05")


def overdue_irregular(made: CentrelinkBench) -> None:
    made.arranged(LONG_AGO, IRR, PND, "2026-06-05")


def restarted(made: CentrelinkBench) -> None:
    ref = made.debt(LONG_AGO)
    made.at("2026-06-10T01:00:00+10:00")
    made.book.end_pause(ref, day("2026-06-10"), made.now)
    made.book.restart_recovery(ref, day("2026-06-10"), made.now)


def overdue(made: CentrelinkBench) -> None:
    made.debt("2026-06-09")


def write_off_ends(made: CentrelinkBench) -> None:
    made.book.write_off(made.debt(LONG_AGO), WriteOff.TEMPORARY, day("2026-06-16"), made.now)


def auto_setup(made: CentrelinkBench) -> None:
    ref = made.arranged(LONG_AGO, Arrangement.WITHHOLDINGS, CUR)
    made.book.cease_by_disaster(ref, day("2026-06-16"), made.now)


def soon(made: CentrelinkBench) -> None:
    made.debt("2026-06-24")


FORMER = {"current": 0}
WITHHELD = {"withholdings": 1}


@pytest.mark.parametrize(
    ("arises", "standing", "template", "first", "last"),
    [
        (pause_applied, {}, 401, "2026-06-11", "2026-06-11"),
        (declined, {}, 402, "2026-06-11", "2026-06-14"),
        (overdue_repayment, {}, 403, "2026-06-10", "2026-06-12"),
        (overdue_irregular, {}, 403, "2026-06-10", "2026-06-12"),
        (restarted, {}, 404, "2026-06-10", "2026-06-12"),
        (overdue, {}, 405, "2026-06-10", "2026-06-16"),
        (write_off_ends, FORMER, 406, "2026-06-10", "2026-06-12"),
        (write_off_ends, WITHHELD, 407, "2026-06-10", "2026-06-12"),
        (auto_setup, WITHHELD, 408, "2026-06-10", "2026-06-12"),
        (soon, {}, 409, "2026-06-10", "2026-06-24"),
    ],
)
def test_each_message_arises_from_its_facts(
    arises: Callable[[CentrelinkBench], None], standing: dict[str, int], template: int, first: str, last: str
) -> None:
    made = CentrelinkBench(START)
    made.customer(**standing)
    before, after = (day("2026-06-02"), day("2026-07-05"))
    if arises not in (pause_applied, restarted):
        arises(made)
    begins: list[int] = []
    ends: list[int] = []
    for ordinal in range(before, after):
        if ordinal == day("2026-06-10") and arises is restarted:
            arises(made)
        night = made.run(iso(ordinal))
        if ordinal == day("2026-06-10") and arises is pause_applied:
            arises(made)
        mine = [span for span in night.spans if span.template == template]
        begins += [span.day for span in mine if span.event == Event.ELIGIBLE]
        ends += [span.day for span in mine if span.event == Event.ELIGIBLE_ENDED]
    assert begins == [day(first)]
    assert ends == [day(last)]
    assert template in [one for night in made.nights for _, one in night.picks]


# Who does not get it


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        ({"opted_out": 1}, ["opted_out"]),
        ({"restricted_access": 1}, ["restricted_access"]),
        ({"mobile": int(MobileStatus.NONE)}, ["no_mobile"]),
        ({"mobile": int(MobileStatus.INVALID)}, ["invalid_mobile"]),
        ({"mobile": int(MobileStatus.OVERSEAS)}, ["overseas_mobile"]),
        ({"vulnerabilities": (int(Vulnerability.HOMELESSNESS),)}, ["vulnerable"]),
        ({"opted_out": 1, "vulnerabilities": (1, 3)}, ["opted_out", "vulnerable"]),
    ],
)
def test_who_is_barred_is_suppressed_with_all_reasons_and_no_winner(
    standing: dict[str, object], reasons: list[str]
) -> None:
    made = CentrelinkBench(START)
    made.customer(**standing)
    due_soon(made, "2026-06-10")
    assert made.run("2026-06-02").picks == []
    assert made.suppressed() == [(409, reasons, 0)]


def test_the_dead_get_none() -> None:
    made = bench()
    due_soon(made, "2026-06-10")
    made.centrelink.hear_death(1, made.now, alone=True)
    assert made.run("2026-06-02").picks == []
    assert made.suppressed() == [(409, ["deceased"], 0)]


@pytest.mark.parametrize(("kinds", "picks"), [("all", []), ("nudges_only", [(1, 401)])])
def test_a_vulnerable_customer_gets_a_confirmation_only_when_nudges_alone_are_barred(
    kinds: str, picks: list[tuple[int, int]]
) -> None:
    made = CentrelinkBench(START, {"dr-vulnerable.kinds": kinds})
    made.customer(vulnerabilities=(int(Vulnerability.SERIOUS_ILLNESS),))
    pause_applied(made)
    assert made.run("2026-06-11").picks == picks


def test_a_disaster_covers_its_postcodes_and_no_others() -> None:
    made = CentrelinkBench(START)
    for number, postcode in enumerate((1999, 2000, 2050, 2099, 2100), start=1):
        made.customer(number, postcode=postcode)
        made.debt("2026-06-10", number)
    made.book.declare_disaster(1, 2000, 2099, day("2026-06-05"), made.now)
    assert [customer for customer, _ in made.run("2026-06-02").picks] == [1, 5]
    made.book.end_disaster(1, made.now)
    assert [customer for customer, _ in made.run("2026-06-03").picks] == [2, 3, 4]


# The contest


def test_the_highest_goes_and_the_others_lose_to_it() -> None:
    made = bench()
    overdue_repayment(made)
    due_soon(made, "2026-06-12")
    made.at("2026-06-09T12:00:00+10:00")
    assert made.run("2026-06-10").picks == [(1, 403)]
    assert made.suppressed() == [(409, ["hierarchy"], 403)]


def test_the_order_is_the_policys() -> None:
    order = [
        "debt_due_soon", "pause_applied", "declined_payment", "overdue_payment", "recovery_restarted", "debt_overdue",
        "recovery_will_restart", "withholdings_will_restart", "withholdings_will_restart_auto",
    ]  # fmt: skip
    made = bench(sets={"dr-hierarchy.order": order})
    overdue_repayment(made)
    due_soon(made, "2026-06-12")
    made.at("2026-06-09T12:00:00+10:00")
    assert made.run("2026-06-10").picks == [(1, 409)]
    assert made.suppressed() == [(403, ["hierarchy"], 409)]


def test_a_pick_that_fails_the_gap_lets_no_other_go() -> None:
    made = bench()
    due_soon(made, "2026-06-23")
    assert made.days("2026-06-09", "2026-06-09") == {"2026-06-09": [409]}
    made.debt("2026-06-09", ref=900)  # overdue from the 10th, when a debt due soon is still similar
    assert made.run("2026-06-10").picks == []
    assert made.suppressed() == [(405, ["gap"], 409), (409, ["similar"], 409)]


@pytest.mark.parametrize(
    ("reading", "first", "goes"),
    [
        ("full_day", "2026-06-10", "2026-06-12"),
        ("hours_24", "2026-06-10", "2026-06-11"),
        ("business_day", "2026-06-10", "2026-06-12"),  # a Wednesday: Thursday's previous business day is the day itself
        ("full_day", "2026-06-12", "2026-06-14"),
        ("business_day", "2026-06-12", "2026-06-16"),  # a Friday: on Monday Friday is the business day before
    ],
)
def test_the_gap_by_its_readings(reading: str, first: str, goes: str) -> None:
    made = bench(sets={"dr-gap.reading": reading})
    made.at_instant(instant(f"{first}T00:00:00+10:00"))
    made.debt(iso(day(first) + 10))
    assert made.run(first).picks == [(1, 409)]
    made.at(f"{first}T12:00:00+10:00")
    made.debt(iso(day(first) - 1), ref=900)  # overdue for a week
    picked = made.days(iso(day(first) + 1), iso(day(first) + 6))
    assert next(iter(picked.items())) == (goes, [405])


def test_a_national_holiday_is_no_business_day() -> None:
    # Anzac Day 2028 is a Tuesday: on Wednesday the previous business day is Monday.
    made = bench("2028-04-24T00:00:00+10:00", sets={"dr-gap.reading": "business_day"})
    made.debt("2028-05-05")
    made.debt("2028-04-24", ref=900)
    assert made.days("2028-04-24", "2028-04-29") == {"2028-04-24": [409], "2028-04-27": [405]}


@pytest.mark.parametrize(("boundary", "again"), [("previous_days", "2026-06-18"), ("days_apart", "2026-06-17")])
def test_a_similar_message_keeps_it_back_for_seven_days(boundary: str, again: str) -> None:
    made = bench(sets={"dr-similar.boundary": boundary})
    made.debt("2026-06-24")
    assert list(made.days("2026-06-10", "2026-06-20")) == ["2026-06-10", again]


def test_messages_of_one_group_are_similar() -> None:
    made = bench()
    alone = made.dmis.debt_values.similar_group
    made.dmis.debt_values = made.dmis.debt_values._replace(similar_group=(*alone[:9], 5))  # 9 goes with 5
    made.debt("2026-06-12")
    assert made.days("2026-06-11", "2026-06-19") == {"2026-06-11": [409], "2026-06-19": [405]}


@pytest.mark.parametrize(("enabled", "picks"), [(True, []), (False, [(1, 409)])])
def test_an_instalment_nudge_stands_in_the_way_of_a_nudge(enabled: bool, picks: list[tuple[int, int]]) -> None:
    made = bench(sets={"dr-one-nudge.enabled": enabled})
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-11")
    due_soon(made, "2026-06-12")
    assert made.run("2026-06-10").picks == picks
    assert made.reminders[-1].customers == [1]
    assert made.suppressed() == ([] if picks else [(409, ["one_nudge"], 502)])


def test_an_instalment_nudge_does_not_stand_in_the_way_of_a_confirmation() -> None:
    made = bench()
    made.arranged(LONG_AGO, CSH, CUR, "2026-06-12")
    pause_applied(made)
    assert made.run("2026-06-11").picks == [(1, 401)]
    assert made.reminders[-1].customers == [1]


def test_a_message_that_failed_keeps_others_back_and_becomes_no_bounce_back() -> None:
    made = bench(works=False)
    made.debt("2026-06-24")
    assert list(made.days("2026-06-10", "2026-06-18")) == ["2026-06-10", "2026-06-18"]
    told = [one.event for one in made.told]
    assert Event.FAILED in told
    assert Event.BOUNCED not in told
