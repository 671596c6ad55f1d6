"""Which steps belong to a message, and what the procedure rules say where steps cannot be seen."""

from datetime import date
from importlib import import_module
from itertools import product

import pytest

from sim.audit import PROCEDURES
from sim.audit.codes import Event
from sim.audit.log import Log
from sim.audit.procedure_cases import business_days_before, is_business_day
from sim.policy.policy import load_policy
from tests.audit.builder import MINUTE
from tests.audit.procedures import (
    BREACH,
    COLLEAGUE,
    CUSTOMER,
    JUDGED_WELL,
    NO_CASE,
    NOON,
    OFFICER,
    UNJUDGED,
    Procedures,
    counts,
    values,
)

STARTED = NOON - 10 * MINUTE

# (what, step's time, columns, expected): a DETAILS_CHECKED on item 70, started at 11:50, message pressed at 12:00.
STEPS = [
    ("during the item", NOON - MINUTE, {}, JUDGED_WELL),
    ("in the millisecond before the press", NOON - 1, {}, JUDGED_WELL),
    ("after the press", NOON + 1, {}, BREACH),
    ("before the item was started", STARTED - 1, {}, BREACH),
    ("just after the item was started", STARTED + 1, {}, JUDGED_WELL),
    ("on another item", NOON - MINUTE, {"ref": 71}, BREACH),
    ("about another customer", NOON - MINUTE, {"customer": 2}, BREACH),
    ("by somebody else", NOON - MINUTE, {"officer": COLLEAGUE}, BREACH),
    ("for this message", NOON - MINUTE, {"message": 1}, JUDGED_WELL),
    ("for this message, without the item", NOON - MINUTE, {"message": 1, "ref": 0}, JUDGED_WELL),
    ("for another message", NOON - MINUTE, {"message": 2}, BREACH),
]


@pytest.mark.parametrize(("what", "time", "columns", "expected"), STEPS, ids=[row[0] for row in STEPS])
def test_a_step_counts_for_its_item_officer_and_time(
    what: str, time: int, columns: dict[str, int], expected: tuple[int, int, int]
) -> None:
    history = Procedures()
    history.item(STARTED)
    history.step(Event.DETAILS_CHECKED, time, **columns)
    history.sms(1)
    assert counts(history.rule("cs-check-details")) == expected, what


@pytest.mark.parametrize(("first", "expected"), [("step", JUDGED_WELL), ("press", BREACH)])
def test_steps_of_the_same_millisecond_stand_in_the_order_of_recording(
    first: str, expected: tuple[int, int, int]
) -> None:
    history = Procedures()
    history.item(STARTED)
    if first == "step":
        history.step(Event.DETAILS_CHECKED, NOON)
    history.sms(1)
    if first == "press":
        history.step(Event.DETAILS_CHECKED, NOON)
    assert counts(history.rule("cs-check-details")) == expected


@pytest.mark.parametrize("link", [Event.WORK_STARTED, Event.REASSIGNED])
def test_work_that_was_handed_on_keeps_its_steps(link: Event) -> None:
    history = Procedures()
    history.item(STARTED, officer=COLLEAGUE)
    history.step(Event.DETAILS_CHECKED, STARTED + 1, officer=COLLEAGUE)
    history.step(link, STARTED + MINUTE, officer=OFFICER)
    history.sms(1)
    assert counts(history.rule("cs-check-details")) == JUDGED_WELL


def test_steps_count_up_to_the_first_press_and_not_to_the_confirming_one() -> None:
    history = Procedures()
    history.item(STARTED)
    history.press(1, CUSTOMER, NOON, officer=OFFICER, ref=70)
    history.ask(1, CUSTOMER, NOON, answered=NOON + MINUTE)
    history.step(Event.DETAILS_CHECKED, NOON + 1)
    history.issue(1, CUSTOMER, NOON + MINUTE)
    assert counts(history.rule("cs-check-details")) == BREACH


def test_one_step_serves_two_messages_of_the_item() -> None:
    history = Procedures()
    history.item(STARTED)
    history.step(Event.DETAILS_CHECKED, NOON - MINUTE)
    history.sms(1)
    history.sms(2, NOON + MINUTE)
    assert counts(history.rule("cs-check-details")) == (2, 0, 0)


@pytest.mark.parametrize(("ref", "why"), [(0, "names no work item"), (70, "start of the work item is not in the log")])
def test_a_missing_step_is_unjudged_where_the_item_is_not_whole(ref: int, why: str) -> None:
    history = Procedures()
    history.item(STARTED, ref=71)
    history.sms(1, ref=ref)
    audit = history.rule("cs-check-details")
    assert counts(audit) == UNJUDGED
    assert audit.verdict == "unknown"
    assert why in audit.why_unknown


def test_an_item_that_arrived_and_was_never_started_is_whole() -> None:
    history = Procedures()
    history.step(Event.WORK_ARRIVED, STARTED, officer=0)
    history.sms(1)
    assert counts(history.rule("cs-check-details")) == BREACH


def test_refused_and_automatic_messages_are_no_cases() -> None:
    history = Procedures()
    history.item(STARTED)
    history.refuse(1, CUSTOMER, NOON, 1, officer=OFFICER, ref=70)
    history.send(2, CUSTOMER, NOON, system="cuba")
    audit = history.rule("cs-check-details")
    assert counts(audit) == NO_CASE
    assert audit.verdict == "not_exercised"


def foreign_log(*issued_ms: int) -> Log:
    """A log without a history: desktop messages of Pluto and Customer First, and nothing else."""
    log = Log(values())
    for number, (time, system) in enumerate(product(issued_ms, ("pluto", "customer_first")), 1):
        log.db.execute(
            "INSERT INTO messages (run_id, row_id, message_id, customer_id, system, channel, kind, accepted, "
            "issued_ms, sent_ms) VALUES (1, ?, ?, '1', ?, 'sms', 'desktop', true, ?, ?)",
            [number, str(number), system, time, time],
        )
    return log


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_without_a_history_a_procedure_is_unknown_and_never_passes(name: str) -> None:
    module = import_module(f"sim.audit.{name}")
    audit = module.audit(foreign_log(NOON))
    assert (audit.verdict, audit.cases) == ("unknown", 0)
    assert audit.why_unknown
    assert module.audit(foreign_log()).verdict == "not_exercised"


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_an_empty_history_exercises_nothing(name: str) -> None:
    module = import_module(f"sim.audit.{name}")
    assert (name.replace("_", "-"), "procedure") == (module.RULE, module.ENFORCED_BY)
    assert module.CLAUSE
    assert module.audit(Procedures().log()).verdict == "not_exercised"


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_the_policy_itself_holds_the_values_that_the_rules_ask_for(name: str) -> None:
    history = Procedures()
    history.values = load_policy().plain()["rules"]
    history.item(STARTED)
    history.sms(1)
    audit = import_module(f"sim.audit.{name}").audit(history.log())
    assert audit.verdict in ("pass", "fail", "not_exercised")


BUSINESS_DAYS = [
    (date(2026, 10, 2), True),  # Friday
    (date(2026, 10, 3), False),
    (date(2026, 10, 4), False),
    (date(2026, 10, 5), True),  # Labour Day in some states only
    (date(2026, 12, 25), False),
    (date(2027, 1, 1), False),
    (date(2027, 1, 26), False),
    (date(2027, 1, 27), True),
]


@pytest.mark.parametrize(("day", "expected"), BUSINESS_DAYS, ids=[str(row[0]) for row in BUSINESS_DAYS])
def test_business_days(day: date, expected: bool) -> None:
    assert is_business_day(day) is expected


def test_business_days_are_counted_backwards_over_a_weekend_and_a_holiday() -> None:
    assert business_days_before(date(2026, 10, 7), 5) == date(2026, 9, 30)
    assert business_days_before(date(2027, 1, 4), 1) == date(2026, 12, 31)
