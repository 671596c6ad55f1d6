"""When SAP confirms and nudges (dr-kind): against hand-written histories, both ways."""

from sim.audit.codes import ARRANGEMENT_STATUSES, ARRANGEMENTS, Event, Reason
from tests.audit.builder import HOUR, at, expect
from tests.audit.centrelink_policy import ARRANGEMENT_CONFIRMATION, INSTALMENT_NUDGE, SERVICE_OFFER
from tests.audit.debtors import DEBTOR, Debtors, after, ordinal, run_at

DAY = "2026-09-29"
NOON = at(f"{DAY} 12:00")
NO_MESSAGE = ["no message"]


def debtor(**changes) -> Debtors:
    built = Debtors(**changes)
    built.debt(Event.DEBT_RAISED, built.start, ordinal(after(DAY, 200)))
    return built


def arranged(built: Debtors, time: int, kind: str = "csh", status: str = "cur", ref: int = 50) -> Debtors:
    built.debt(Event.ARRANGEMENT_SET, time, ARRANGEMENTS[kind] * 10 + ARRANGEMENT_STATUSES[status], ref=ref)
    return built


def confirmed(built: Debtors, time: int, message: int = 1) -> Debtors:
    built.press(message, DEBTOR, time, template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.issue(message, DEBTOR, time, template=ARRANGEMENT_CONFIRMATION, system="sap")
    built.went(message, ARRANGEMENT_CONFIRMATION, time)
    return built


def test_an_arrangement_that_is_set_up_is_confirmed():
    table = {
        "confirmed": (confirmed(arranged(debtor(), NOON), NOON), []),
        "not confirmed": (arranged(debtor(), NOON), NO_MESSAGE),
        "later that day": (confirmed(arranged(debtor(), NOON), at(f"{DAY} 19:59")), []),
        "on the next day": (confirmed(arranged(debtor(), NOON), at(f"{after(DAY, 1)} 09:00")), [*NO_MESSAGE, 1]),
        "without one": (confirmed(debtor(), NOON), [1]),
        "pending": (confirmed(arranged(debtor(), NOON, status="pnd"), NOON), []),
        "true at the start": (arranged(debtor(), at("2026-09-21 00:00")), []),
    }
    expect("dr-kind", table)


def test_what_is_a_change():
    def then(kind: str, status: str, confirm: bool) -> Debtors:
        built = arranged(arranged(debtor(), at("2026-09-21 00:00")), NOON, kind, status)
        return confirmed(built, NOON) if confirm else built

    table = {
        "another kind": (then("vol", "cur", False), NO_MESSAGE),
        "another kind confirmed": (then("vol", "cur", True), []),
        "broken": (then("csh", "bkn", False), []),
        "broken and confirmed": (then("csh", "bkn", True), [1]),
        "ceased and confirmed": (then("csh", "ceased", True), [1]),
    }
    expect("dr-kind", table)
    again = arranged(arranged(debtor(), at("2026-09-21 00:00"), status="bkn"), NOON)
    both = confirmed(arranged(arranged(debtor(), at("2026-09-21 00:00"), status="bkn"), NOON), NOON)
    ceased = arranged(arranged(debtor(), at("2026-09-21 00:00"), status="ceased"), NOON)
    expect("dr-kind", {"made good": (again, []), "confirmed": (both, []), "set up anew": (ceased, NO_MESSAGE)})


def due(day: str, *, told: int | None = None, status: str = "cur", kind: str = "csh", **changes) -> Debtors:
    """An instalment is due on `day`, recorded at the start unless `told` says when."""
    built = arranged(debtor(**changes), at("2026-09-21 00:00"), kind, status)
    built.debt(Event.REPAYMENT_DUE, built.start if told is None else told, ordinal(day))
    return built


def nudged(built: Debtors, day: str = DAY, **more) -> Debtors:
    built.planned(1, INSTALMENT_NUDGE, day, **more)
    return built


def test_the_day_before_an_instalment_is_due():
    table = {days: (nudged(due(after(DAY, days))), [] if days == 1 else [*NO_MESSAGE, 1]) for days in (-1, 0, 1)}
    table["nobody nudged"] = due(after(DAY, 1)), NO_MESSAGE
    table["told at the run"] = nudged(due(after(DAY, 1), told=run_at(DAY))), []
    table["told after the run"] = nudged(due(after(DAY, 1), told=run_at(DAY) + 1)), [1]
    expect("dr-kind", table)


def test_whose_instalments():
    def paid() -> Debtors:
        built = due(after(DAY, 1))
        built.debt(Event.DEBT_PAID, run_at(DAY) - HOUR)
        return built

    table = {
        "pending": (due(after(DAY, 1), status="pnd"), NO_MESSAGE),
        "broken": (due(after(DAY, 1), status="bkn"), []),
        "broken and nudged": (nudged(due(after(DAY, 1), status="bkn")), []),
        "withholdings": (due(after(DAY, 1), kind="withholdings"), []),
        "paid": (paid(), []),
        "paid and nudged": (nudged(paid()), [1]),
    }
    expect("dr-kind", table)


def test_once_at_its_time_or_stopped_with_a_reason():
    twice = nudged(due(after(DAY, 1)))
    twice.planned(2, INSTALMENT_NUDGE, DAY)
    early = nudged(due(after(DAY, 1)), due="08:59:59.999")
    refused = due(after(DAY, 1))
    refused.refuse(1, DEBTOR, run_at(DAY), Reason.OPTED_OUT, template=INSTALMENT_NUDGE, system="sap")
    stopped = due(after(DAY, 1))
    stopped.suppressed(INSTALMENT_NUDGE, DAY, DAY, Reason.ONE_NUDGE, 403)
    table = {"twice": (twice, [2]), "early": (early, [1]), "refused": (refused, []), "suppressed": (stopped, [])}
    expect("dr-kind", table)


def test_how_many_days_before_is_data():
    table = {
        "two": (nudged(due(after(DAY, 2), dr_kind__sap_nudge_days_before=2)), []),
        "one": (due(after(DAY, 1), dr_kind__sap_nudge_days_before=2), NO_MESSAGE),
    }
    expect("dr-kind", table)


def test_officers_send_service_offers():
    def offer(officer: int) -> Debtors:
        built = debtor()
        built.press(1, DEBTOR, NOON, template=SERVICE_OFFER, system="customer_first", officer=officer)
        built.issue(1, DEBTOR, NOON, template=SERVICE_OFFER, system="customer_first", officer=officer)
        return built

    expect("dr-kind", {"by an officer": (offer(9), []), "by itself": (offer(0), [1])})
