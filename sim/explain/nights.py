"""The nightly runs of DMIS and SAP for one customer, judged on the facts of the run (policy.md F).

DMIS: recipient, vulnerability, disaster, conditions, similar; the hierarchy picks one; then gap and one nudge. SAP: an
instalment that is due soon, and one nudge. SAP comes first on the same night.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sim.explain import centrelink
from sim.explain.centrelink import INSTALMENT_NUDGE, Obstacles
from sim.explain.law import Law
from sim.explain.standing import Standing
from sim.messages import Reason
from sim.policy.debt import MESSAGES, DebtFacts, template_of

NUMBERS = range(1, len(MESSAGES) + 1)


class Lost(NamedTuple):
    """Why an eligible message is not sent (a mask of Reason), and the template to which it lost (0: none)."""

    reasons: int
    winner: int


class Night(NamedTuple):
    """One nightly run of DMIS for one customer. `met` is the mask of messages whose conditions a debt meets, `facts`
    the debts as the conditions saw them; `barred` and `obstacles` are by message, as far as the tests came; `picked` is
    the hierarchy's pick among those that pass (0: none), `goes` what is sent (0: nothing); `lost` the others of the
    mask. `due` is when a message of this night would be due, on the recipient's local day `due_day`."""

    time: int
    day: int
    due: int
    due_day: int
    facts: tuple[DebtFacts, ...]
    met: int
    barred: dict[int, int]
    obstacles: dict[int, Obstacles]
    picked: int
    goes: int
    lost: dict[int, Lost]


def judge(law: Law, standing: Standing, now: int, last_run: int) -> Night:
    """Judge the run at `now`; `last_run` is the instant of the one before (-1: none)."""
    day = law.agency.day(now)
    due = centrelink.due_of(law, standing, (day, law.debt.due_ms), now)
    due_day = law.clocks[standing.value("zone")].day(due)
    facts = tuple(debt_facts(law, standing, now, last_run))
    met = 0
    for one in facts:
        met |= law.rules.messages_met(one, day, law.debt)
    barred: dict[int, int] = {}
    obstacles: dict[int, Obstacles] = {}
    for message in NUMBERS:
        if met >> message & 1:
            template = law.templates[template_of(message)]
            barred[message] = centrelink.recipient_reasons(law, standing, template)
            if not barred[message]:
                obstacles[message] = centrelink.obstacles_of(law, standing, template, due_day, due)
    allowed = sum(1 << message for message, found in obstacles.items() if not found.similar)
    picked = law.rules.pick(allowed, law.debt.order)
    goes, lost = _contest(law, barred, obstacles, picked)
    return Night(now, day, due, due_day, facts, met, barred, obstacles, picked, goes, lost)


def _contest(
    law: Law, barred: dict[int, int], obstacles: dict[int, Obstacles], picked: int
) -> tuple[int, dict[int, Lost]]:
    lost = {message: Lost(reasons, 0) for message, reasons in barred.items() if reasons}
    stopped = obstacles.get(picked, centrelink.NOTHING)
    goes = 0
    for message, found in obstacles.items():
        reasons = law.rules.suppressed_reasons(
            message, picked, int(not found.similar), int(not stopped.gap), int(not stopped.nudge)
        )
        if not reasons:
            goes = message
            continue
        earlier = [one.template if one else 0 for one in (found.similar, stopped.gap, stopped.nudge)]
        lost[message] = Lost(reasons, law.rules.winner(reasons, picked, *earlier))
    return goes, lost


def debt_facts(law: Law, standing: Standing, now: int, last_run: int) -> Iterator[DebtFacts]:
    """Every debt of the customer as the conditions see it at a run."""
    debts = standing.debts
    for debt in debts:
        done = debt.completed
        yield debt.facts._replace(
            current_customer=standing.value("current"),
            withholdings_eligible=standing.value("withholdings"),
            customer_write_off=debts.write_off,
            write_off_ends_day=max(debt.facts.write_off_ends_day, debts.write_off_ends),
            pause_completed=law.rules.completed_since(done, last_run, now) if done >= 0 else 0,
        )


class Reminder(NamedTuple):
    """SAP's part of a night for one customer: whether an instalment is to be nudged for (of the agency date
    `instalment`), and what stands in the way of the nudge."""

    time: int
    due: int
    due_day: int
    instalment: int
    is_due: bool
    obstacles: Obstacles
    lost: Lost


def judge_sap(law: Law, standing: Standing, now: int) -> Reminder:
    """Judge SAP's run at `now`."""
    day = law.agency.day(now)
    due = centrelink.due_of(law, standing, (day, law.debt.sap_due_ms), now)
    due_day = law.clocks[standing.value("zone")].day(due)
    instalment = day + law.debt.sap_nudge_days_before
    is_due = any(debt.nudged_for(instalment) for debt in standing.debts)
    obstacles = centrelink.obstacles_of(law, standing, law.templates[INSTALMENT_NUDGE], due_day, due)
    lost = Lost(0, 0)
    if is_due and obstacles.nudge:
        lost = Lost(int(Reason.ONE_NUDGE), obstacles.nudge.template)
    return Reminder(now, due, due_day, instalment, is_due, obstacles, lost)
