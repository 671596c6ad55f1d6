"""dr-eligibility against hand-written histories: every bound of the nine conditions from both sides, and the runs."""

from collections.abc import Callable

import pytest

from sim.audit.codes import ARRANGEMENT_STATUSES, ARRANGEMENTS, WRITE_OFFS, Event
from tests.audit.builder import HOUR, expect
from tests.audit.centrelink_policy import (
    AUTO_SETUP,
    DEBT_OVERDUE,
    DECLINED,
    DUE_SOON,
    OVERDUE,
    PAUSE_APPLIED,
    RESTARTED,
    WILL_RESTART,
    WITHHOLDINGS,
)
from tests.audit.debtors import DEBTOR, Debtors, after, ordinal, run_at

DAY = "2026-09-29"
LAST_NIGHT = "2026-09-28"
NO_MESSAGE = ["no message"]
Given = Callable[[Debtors], None]


def day(offset: int) -> int:
    """The ordinal of the day so many days after DAY."""
    return ordinal(after(DAY, offset))


def arrangement(kind: str, status: str) -> int:
    return ARRANGEMENTS[kind] * 10 + ARRANGEMENT_STATUSES[status]


def history(*given: Given, due: int = 200, end: str = "2026-09-30 00:00") -> Debtors:
    """A debt due so many days after DAY, and what else is given, all of it since the night before (the only other run
    in the log lies before)."""
    built = Debtors(start=f"{DAY} 00:00", end=end)
    built.debt(Event.DEBT_RAISED, built.start, day(due))
    for tell in given:
        tell(built)
    return built


def says(event: Event, value: int = 0, other: int = 0, ref: int = 50, at_ms: int | None = None) -> Given:
    """One fact of the debt, at the start of the log unless told otherwise."""
    return lambda built: built.debt(event, built.start if at_ms is None else at_ms, value, other=other, ref=ref)


def about(event: Event, value: int = 0) -> Given:
    """One fact of the customer."""
    return lambda built: built.fact(built.start, event, DEBTOR, value)


def judge(template: int, table: dict[str, tuple[Debtors, bool]]) -> None:
    """Each history is judged as it was told (nobody found eligible) and with the message found eligible that night."""
    silent = {name: (built, NO_MESSAGE if met else []) for name, (built, met) in table.items()}
    expect("dr-eligibility", silent)
    for built, _ in table.values():
        built.eligible(template, DAY, None)
    expect("dr-eligibility", {name: (built, [] if met else NO_MESSAGE) for name, (built, met) in table.items()})


VOL_BKN = says(Event.ARRANGEMENT_SET, arrangement("vol", "bkn"))


def declined(days: int) -> Given:
    return says(Event.REPAYMENT_DECLINED, day(-days))


def write_off(code: str, level: int, ends: int | None = None) -> Given:
    def tell(built: Debtors) -> None:
        ref = 50 if level == 1 else 0
        built.debt(Event.WRITE_OFF_SET, built.start, WRITE_OFFS[code], ref=ref, other=level)
        if ends is not None:
            built.debt(Event.WRITE_OFF_ENDS, built.start, day(ends), ref=ref, other=level)

    return tell


def test_declined_payment():
    table = {f"{days} days": (history(VOL_BKN, declined(days)), 7 <= days <= 10) for days in (6, 7, 10, 11)}
    for kind, status in (("csh", "bkn"), ("irr", "bkn"), ("vol", "cur"), ("vol", "pnd"), ("vol", "ceased")):
        told = says(Event.ARRANGEMENT_SET, arrangement(kind, status))
        table[f"{kind} {status}"] = history(told, declined(8)), False
    table["withholdable"] = history(VOL_BKN, declined(8), says(Event.WITHHOLDABLE_PAYMENT_SET, 1)), False
    table["written off"] = history(VOL_BKN, declined(8), write_off("wun", 1)), False
    for code in ("wun", "nce", "dos", "temporary", "permanent"):
        harmless = code in ("wun", "nce", "dos")
        table[f"customer level {code}"] = history(VOL_BKN, declined(8), write_off(code, 2)), harmless
    table["paid"] = history(VOL_BKN, declined(8), says(Event.DEBT_PAID)), False
    table["the latest counts"] = history(VOL_BKN, declined(8), declined(2)), False
    judge(DECLINED, table)


def test_overdue_payment():
    def due(days: int) -> Given:
        return says(Event.REPAYMENT_DUE, day(-days))

    csh = says(Event.ARRANGEMENT_SET, arrangement("csh", "cur"))
    table = {f"{days} days": (history(csh, due(days)), 5 <= days <= 7) for days in (4, 5, 7, 8)}
    for kind, status, met in (
        ("irr", "pnd", True), ("csh", "bkn", True), ("vol", "cur", False), ("csh", "ceased", False),
        ("withholdings", "cur", False),
    ):  # fmt: skip
        told = says(Event.ARRANGEMENT_SET, arrangement(kind, status))
        table[f"{kind} {status}"] = history(told, due(6)), met
    table["repaid"] = history(csh, due(6), says(Event.REPAYMENT_MADE)), False
    table["withholdable"] = history(csh, due(6), says(Event.WITHHOLDABLE_PAYMENT_SET, 1)), False
    table["no longer withholdable"] = (
        history(csh, due(6), *(says(Event.WITHHOLDABLE_PAYMENT_SET, flag) for flag in (1, 0))), True,
    )  # fmt: skip
    judge(OVERDUE, table)


def test_recovery_restarted():
    def ended(days: int, event: Event = Event.PAUSE_ENDED, other: int = 0) -> Given:
        return says(event, other=other, at_ms=run_at(after(DAY, -days)) - HOUR)

    def restarted(days: int) -> Given:
        return says(Event.RECOVERY_RESTARTED, at_ms=run_at(after(DAY, -days)) - HOUR)

    def long(*given: Given) -> Debtors:
        built = Debtors(start="2026-09-25 00:00", end="2026-09-30 00:00", runs=False)
        built.debt(Event.DEBT_RAISED, built.start, day(200))
        built.event(run_at(DAY), Event.NIGHTLY_RUN, system=4, value=ordinal(DAY))
        for tell in given:
            tell(built)
        return built

    table = {f"{days} days": (long(ended(days), restarted(days)), days <= 2) for days in (0, 1, 2, 3)}
    table["restarted later"] = long(ended(2), restarted(1)), True
    table["restarted before"] = long(restarted(3), ended(2)), False
    table["not restarted"] = long(ended(1)), False
    table["a write-off"] = long(ended(1, Event.WRITE_OFF_ENDED, 1), restarted(1)), True
    silent = {name: (built, ["no message"] * (4 + met)) for name, (built, met) in table.items()}
    expect("dr-eligibility", silent)  # four runs are missing in each
    for built, _ in table.values():
        built.eligible(RESTARTED, DAY, None)
    expect("dr-eligibility", {name: (b, ["no message"] * (4 + (not met))) for name, (b, met) in table.items()})


def test_debt_overdue_and_debt_due_soon():
    judge(DEBT_OVERDUE, {f"{days} days": (history(due=-days), 1 <= days <= 7) for days in (1, 7, 8)})
    soon = {f"in {days} days": (history(due=days), days <= 14) for days in (0, 14, 15)}
    cur, ceased = (says(Event.ARRANGEMENT_SET, arrangement("csh", status)) for status in ("cur", "ceased"))
    soon |= {
        "an arrangement": (history(cur, due=5), False),
        "one that ceased": (history(ceased, due=5), True),
        "written off": (history(write_off("wun", 1), due=5), False),
        "at customer level": (history(write_off("dos", 2), due=5), False),
        "withholdings": (history(about(Event.WITHHOLDINGS_ELIGIBLE_SET, 1), due=5), False),
        "paid": (history(says(Event.DEBT_PAID), due=5), False),
    }
    judge(DUE_SOON, soon)


FORMER = about(Event.CENTRELINK_RECORDED, 0)


def test_recovery_will_restart():
    table = {
        f"in {days} days": (history(FORMER, write_off("temporary", 1, days)), 4 <= days <= 6) for days in (3, 4, 6, 7)
    }
    table["current"] = history(write_off("temporary", 1, 5)), False
    cur = says(Event.ARRANGEMENT_SET, arrangement("csh", "cur"))
    table["an arrangement"] = history(FORMER, cur, write_off("temporary", 1, 5)), False
    table["customer level"] = history(FORMER, write_off("wun", 2, 5)), True
    table["without an end"] = history(FORMER, write_off("permanent", 1)), False
    judge(WILL_RESTART, table)


def test_withholdings_will_restart():
    eligible = about(Event.WITHHOLDINGS_ELIGIBLE_SET, 1)
    table = {
        f"in {days} days": (history(eligible, write_off("temporary", 1, days)), 4 <= days <= 6) for days in (3, 4, 6, 7)
    }
    table["former"] = history(eligible, FORMER, write_off("temporary", 1, 5)), False
    silent = {name: (built, NO_MESSAGE if met else []) for name, (built, met) in table.items() if name != "former"}
    expect("dr-eligibility", silent)
    judge(WITHHOLDINGS, {name: row for name, row in table.items() if name != "former"})


def test_auto_setup():
    def auto(days: int) -> Given:
        return says(Event.AUTO_SETUP_CEASED, day(days))

    table = {f"in {days} days": (history(auto(days)), 4 <= days <= 6) for days in (3, 4, 6, 7)}
    table["the pause has ended"] = history(auto(5), says(Event.PAUSE_ENDED)), False
    judge(AUTO_SETUP, table)


def test_pause_applied():
    def completed(offset: int) -> Given:
        return says(Event.HARDSHIP_PAUSE_COMPLETED, at_ms=run_at(DAY) + offset)

    def nights(*given: Given) -> Debtors:
        built = Debtors(start=f"{LAST_NIGHT} 00:00", end="2026-09-30 00:00")
        built.debt(Event.DEBT_RAISED, built.start, day(200))
        for tell in given:
            tell(built)
        return built

    day_ms = 24 * HOUR
    table = {
        "at the run": (nights(completed(0)), True),
        "after it": (nights(completed(1)), False),
        "after the last run": (nights(completed(-day_ms + 1)), True),
        "excluded": (nights(says(Event.XCSHSMS_SET, 1), completed(-HOUR)), False),
    }
    judge(PAUSE_APPLIED, table)


def test_any_of_several_debts_will_do():
    built = history(says(Event.DEBT_RAISED, day(5), ref=51), due=200)
    judge(DUE_SOON, {"the second": (built, True)})


def test_two_levels_of_write_off_that_disagree_are_left():
    built = history(FORMER, write_off("temporary", 1, 5), write_off("temporary", 2, 30))
    audit = built.rule("dr-eligibility")
    assert (audit.breaches, audit.unjudged) == (0, 1)


def test_what_is_picked_or_suppressed_was_eligible():
    picked = history(due=5)
    picked.planned(1, DUE_SOON, DAY)
    suppressed = history()
    suppressed.suppressed(DUE_SOON, DAY, None, 1 << 18, DUE_SOON)
    expect("dr-eligibility", {"picked": (picked, [1]), "suppressed": (suppressed, NO_MESSAGE)})


@pytest.mark.parametrize(("offset", "times", "wrong"), [(0, 1, 0), (0, 0, 1), (0, 2, 1), (1, 1, 2), (HOUR, 1, 2)])
def test_the_run_is_made_once_a_date_at_its_time(offset, times, wrong):
    built = Debtors(start=f"{DAY} 00:00", end="2026-09-30 00:00", runs=False)
    built.debt(Event.DEBT_RAISED, built.start, day(200))
    for _ in range(times):
        built.event(run_at(DAY) + offset, Event.NIGHTLY_RUN, system=4, value=ordinal(DAY))
    assert built.rule("dr-eligibility").breaches == wrong


def test_the_run_is_made_on_the_days_of_daylight_saving_too():
    built = Debtors(start="2026-10-03 00:00", end="2026-10-06 00:00")
    built.debt(Event.DEBT_RAISED, built.start, day(200))
    assert built.rule("dr-eligibility").breaches == 0
    assert run_at("2026-10-05") - run_at("2026-10-04") == 24 * HOUR
    assert run_at("2026-10-04") - run_at("2026-10-03") == 23 * HOUR


def test_without_debts_no_run_is_asked_for():
    assert Debtors(runs=False).rule("dr-eligibility").verdict == "not_exercised"
