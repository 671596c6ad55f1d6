"""cs-check-details against hand-written histories (which steps count stands in test_procedure_cases.py)."""

from sim.audit.codes import Event
from tests.audit.builder import MINUTE, offenders
from tests.audit.procedures import NOON, Procedures, counts


def test_each_message_needs_its_own_check_where_the_check_names_its_message() -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    history.step(Event.DETAILS_CHECKED, NOON - 1, message=1)
    history.sms(1)
    history.sms(2, NOON + MINUTE)
    audit = history.rule("cs-check-details")
    assert counts(audit) == (2, 1, 0)
    assert offenders(audit) == [2]


def test_updating_the_details_is_not_checking_them() -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    history.step(Event.DETAILS_UPDATED, NOON - 1)
    history.sms(1)
    assert counts(history.rule("cs-check-details")) == (1, 1, 0)


def test_a_check_without_a_message_breaks_nothing() -> None:
    history = Procedures()
    history.item(NOON - 10 * MINUTE)
    history.step(Event.DETAILS_CHECKED, NOON - 1)
    assert history.rule("cs-check-details").verdict == "not_exercised"
