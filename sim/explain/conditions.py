"""The conditions of the nine debt messages in words, with their days (policy.md F, the table of eligibility)."""

from sim.explain.law import Law
from sim.explain.words import count, day_words
from sim.messages import Arrangement, ArrangementStatus, WriteOff
from sim.policy.debt import DebtFacts


def condition_words(law: Law, message: int, facts: DebtFacts, run_day: int) -> str:
    """What the conditions of DMIS message 1–9 saw of one debt at a run, in the order of the policy."""
    if facts.paid:
        return "the debt is paid"
    debt = law.debt
    if message == 1:
        done = "completed" if facts.pause_completed else "not completed"
        return f"hardship pause service {done} since the last run; XCSHSMS {'set' if facts.xcshsms else 'not set'}"
    if message in (2, 3):
        name, day, bounds = ("repayment declined", facts.declined_day, debt.declined) if message == 2 else (
            "repayment due", facts.repayment_due_day, debt.overdue
        )  # fmt: skip
        withholdable = "on a withholdable payment" if facts.withholdable_payment else "not on a withholdable payment"
        parts = [_arrangement(facts), _before(name, day, run_day, bounds), _write_offs(facts), withholdable]
    elif message == 4:
        restarted = facts.recovery_restarted_day
        parts = [
            _before("pause or write-off ended", facts.pause_ended_day, run_day, debt.restarted),
            f"recovery restarted {day_words(restarted)}" if restarted else "recovery not restarted",
        ]
    elif message in (5, 9):
        bounds = debt.debt_overdue if message == 5 else debt.due_soon
        tell = _before if message == 5 else _after
        parts = [tell("due", facts.due_day, run_day, bounds), _arrangement(facts), _write_offs(facts)]
        if message == 9:
            parts.insert(1, _withholdings(facts))
    elif message == 8:
        parts = [_after("the disaster pause ends", facts.auto_setup_day, run_day, debt.auto_setup)]
    else:
        parts = [_customer(message, facts), _write_offs(facts)]
        bounds = debt.restarts if message == 6 else debt.withholdings_restart
        parts.append(_after("the write-off ends", facts.write_off_ends_day, run_day, bounds))
    return "; ".join(parts)


def _before(what: str, day: int, run_day: int, bounds: tuple[int, int]) -> str:
    """``repayment declined Sat 3 Oct 2026, 8 days before the run (7 to 10)``."""
    if not day:
        return f"{what}: no such day"
    return f"{what} {day_words(day)}, {_days(run_day - day, 'before')} ({bounds[0]} to {bounds[1]})"


def _after(what: str, day: int, run_day: int, bounds: tuple[int, int]) -> str:
    if not day:
        return f"{what}: no such day"
    return f"{what} {day_words(day)}, {_days(day - run_day, 'after')} ({bounds[0]} to {bounds[1]})"


def _days(days: int, side: str) -> str:
    if days < 0:
        days, side = -days, "after" if side == "before" else "before"
    return f"{count(days, 'day')} {side} the run"


def _arrangement(facts: DebtFacts) -> str:
    if facts.arrangement == Arrangement.NONE:
        return "no arrangement"
    return f"arrangement {Arrangement(facts.arrangement).name} {ArrangementStatus(facts.arrangement_status).name}"


def _write_offs(facts: DebtFacts) -> str:
    levels = ((facts.debt_write_off, "the debt"), (facts.customer_write_off, "the customer"))
    found = [f"{who} written off ({WriteOff(code).name})" for code, who in levels if code != WriteOff.NONE]
    return ", ".join(found) or "not written off"


def _withholdings(facts: DebtFacts) -> str:
    return "eligible for withholdings" if facts.withholdings_eligible else "not eligible for withholdings"


def _customer(message: int, facts: DebtFacts) -> str:
    who = "a current customer" if facts.current_customer else "a former customer"
    return f"{who}, {_arrangement(facts) if message == 6 else _withholdings(facts)}"
