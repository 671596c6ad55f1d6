"""Centrelink's register: what it answers, and one event for each fact."""

import pytest

from fakes.centrelink import Centrelink, Standing
from sim.history import Event, History
from sim.messages import Arrangement, ArrangementStatus, MobileStatus, Vulnerability, WriteOff

NOW = 1_780_000_000_000
STANDING = Standing(
    current=1, mutual=1, zone=7, mobile=int(MobileStatus.VALID), opted_out=1, restricted_access=1, mail=2,
    postcode=6000, vulnerabilities=(3,), withholdings=1,
)  # fmt: skip


def entered(alone: bool, **facts: int) -> tuple[Centrelink, History]:
    history = History()
    register = Centrelink(history)
    register.enter(1, STANDING._replace(**facts), NOW, alone=alone)
    return register, history


def names(history: History) -> list[str]:
    return [Event(row["event"]).name for row in history.select()]


def test_the_agencys_own_facts_are_recorded_once_and_here_only_when_no_other_register_holds_the_customer() -> None:
    shared, alone = names(entered(alone=False)[1]), names(entered(alone=True)[1])
    assert [name for name in alone if name not in shared] == ["ZONE_RECORDED", "RESTRICTED_ACCESS_SET"]
    assert shared == [
        "CENTRELINK_RECORDED", "CENTRELINK_MOBILE_RECORDED", "MAIL_CHANNEL_RECORDED", "POSTCODE_RECORDED",
        "MUTUAL_CUSTOMER_SET", "CENTRELINK_OPT_OUT_RECORDED", "WITHHOLDINGS_ELIGIBLE_SET", "VULNERABILITY_SET",
    ]  # fmt: skip


def test_what_it_answers() -> None:
    register, _ = entered(alone=True)
    recipient = register.recipient(1)
    assert (recipient.zone, recipient.mobile, recipient.opted_out, recipient.restricted_access) == (7, 1, 1, 1)
    assert (register.is_current(1), register.is_mutual(1), register.mail(1), register.postcode(1)) == (1, 1, 2, 6000)
    assert (register.is_vulnerable(1), register.withholdings_eligible(1), register.fdv_undiscussed(1)) == (1, 1, 0)
    assert register.knows(1)
    assert not register.knows(2)
    assert (register.is_current(2), register.is_vulnerable(2)) == (0, 0)
    with pytest.raises(KeyError):
        register.recipient(2)


def test_changes_count_from_when_they_are_recorded() -> None:
    register, history = entered(alone=True)
    before = len(history)
    register.record_mobile(1, MobileStatus.NONE, 4, NOW + 1)
    register.lift_opt_out(1, 9, NOW + 2)
    register.record_opt_out(1, 9, NOW + 3)
    register.hear_zone(1, 0, NOW + 4, alone=True)
    register.hear_death(1, NOW + 5, alone=True)
    rows = list(history.select())[before:]
    assert [(Event(row["event"]).name, row["time"] - NOW, row["value"], row["officer"]) for row in rows] == [
        ("CENTRELINK_MOBILE_RECORDED", 1, 0, 0),
        ("CENTRELINK_OPT_OUT_LIFTED", 2, 0, 9),
        ("CENTRELINK_OPT_OUT_RECORDED", 3, 0, 9),
        ("ZONE_RECORDED", 4, 0, 0),
        ("DIED", 5, 0, 0),
    ]
    recipient = register.recipient(1)
    assert (recipient.mobile, recipient.opted_out, recipient.zone, recipient.deceased) == (0, 1, 0, 1)


def test_facts_that_another_register_records_are_heard_without_a_row() -> None:
    register, history = entered(alone=False)
    before = len(history)
    register.hear_zone(1, 0, NOW + 4, alone=False)
    register.hear_death(1, NOW + 5, alone=False)
    assert len(history) == before
    assert (register.recipient(1).zone, register.recipient(1).deceased) == (0, 1)


def test_a_vulnerability_is_recorded_when_it_changes_and_the_last_one_lifted_ends_it() -> None:
    register, history = entered(alone=True)
    before = len(history)
    register.set_vulnerability(1, Vulnerability.SERIOUS_ILLNESS, True, NOW)  # stands already
    register.set_vulnerability(1, Vulnerability.HOMELESSNESS, True, NOW)
    register.set_vulnerability(1, Vulnerability.SERIOUS_ILLNESS, False, NOW)
    assert register.is_vulnerable(1)
    register.set_vulnerability(1, Vulnerability.HOMELESSNESS, False, NOW)
    register.set_vulnerability(1, Vulnerability.HOMELESSNESS, False, NOW)
    assert not register.is_vulnerable(1)
    rows = list(history.select(Event.VULNERABILITY_SET))[1:]
    assert [(row["value"], row["other"]) for row in rows] == [(2, 1), (3, 0), (2, 0)]
    assert len(history) == before + 3


def test_a_debts_changes_are_rows_and_what_it_stands_at() -> None:
    register, history = entered(alone=True)
    book, before = register.debts, len(history)
    book.raise_debt(1, 50, 739_000, NOW)
    book.set_arrangement(50, Arrangement.VOL, ArrangementStatus.PND, NOW)
    book.set_repayment_due(50, 739_010, NOW)
    book.decline(50, 739_010, NOW)
    book.write_off(50, WriteOff.WUN, 739_050, NOW)
    book.end_write_off(50, 739_050, NOW)
    book.restart_recovery(50, 739_051, NOW)
    rows = [(Event(row["event"]).name, row["ref"], row["value"], row["other"]) for row in history.select()][before:]
    assert rows == [
        ("DEBT_RAISED", 50, 739_000, 0), ("ARRANGEMENT_SET", 50, 11, 0), ("REPAYMENT_DUE", 50, 739_010, 0),
        ("REPAYMENT_DECLINED", 50, 739_010, 0), ("WRITE_OFF_SET", 50, 1, 1), ("WRITE_OFF_ENDS", 50, 739_050, 1),
        ("WRITE_OFF_ENDED", 50, 0, 1), ("RECOVERY_RESTARTED", 50, 0, 0),
    ]  # fmt: skip
    debt = book.debt(50)
    assert (debt.arrangement, debt.status, debt.repayment_due, debt.declined) == (1, 1, 739_010, 739_010)
    assert (debt.write_off, debt.write_off_ends, debt.pause_ended, debt.restarted) == (0, 0, 739_050, 739_051)


def test_a_customer_level_write_off_is_of_all_debts() -> None:
    register, history = entered(alone=True)
    book = register.debts
    book.raise_debt(1, 50, 739_000, NOW)
    book.raise_debt(1, 51, 739_000, NOW)
    book.write_off_customer(1, WriteOff.TEMPORARY, 739_040, NOW)
    assert book.customer_write_off(1) == (4, 739_040)
    book.end_customer_write_off(1, 739_040, NOW)
    assert book.customer_write_off(1) == (0, 0)
    assert [debt.pause_ended for debt in book.of(1)] == [739_040, 739_040]
    levels = [row["other"] for row in history.select(Event.WRITE_OFF_SET, Event.WRITE_OFF_ENDED)]
    assert levels == [2, 2]


def test_who_changed_is_told_once() -> None:
    register, _ = entered(alone=True)
    book = register.debts
    book.raise_debt(1, 50, 739_000, NOW)
    book.set_xcshsms(50, 1, NOW)
    assert book.take_changed() == [1]
    assert book.take_changed() == []


def test_repayments_are_found_by_the_day_on_which_they_are_due() -> None:
    register, _ = entered(alone=True)
    book = register.debts
    for ref in (52, 50, 51):
        book.raise_debt(1, ref, 739_000, NOW)
        book.set_repayment_due(ref, 739_010, NOW)
    book.set_repayment_due(51, 739_011, NOW)
    book.pay(52, NOW)
    assert [debt.ref for debt in book.repayments_due(739_010)] == [50]
    assert [debt.ref for debt in book.repayments_due(739_011)] == [51]
    assert book.repayments_due(739_012) == []
