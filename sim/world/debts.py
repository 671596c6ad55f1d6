"""Debts in the world: those at the start, those raised later, and everything that befalls them and their debtors."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fakes.protocols import Happening
from sim.clock import DAY
from sim.draws import Purpose, exponential
from sim.history import Event
from sim.messages import System, Vulnerability, WriteOff
from sim.policy.debt import debt_values
from sim.population.centrelink import Member
from sim.population.debts import MOST_AT_START, DebtModel, OpeningDebt
from sim.world.agenda import Rank
from sim.world.debt_lives import DebtLife, Timetable
from sim.world.debt_reactions import DebtReactions
from sim.world.disasters import Disasters
from sim.world.interruptions import Interruptions
from sim.world.lives import moments
from sim.world.machines import Machines
from sim.world.nightly_debt import NightlyDebt
from sim.world.refs import DEBT_ROLE, item_ref, process_ref
from sim.world.repayment import Repayment
from sim.world.world import World

if TYPE_CHECKING:
    from sim.scenario.load import Fault

_NUDGING = (System.DMIS, System.SAP)
_NUDGE = "nudge"
# n of the agenda's keys of a customer, apart from those of `sim.world.lives` and `sim.world.addresses`.
_RAISED, _VULNERABLE, _LIFTED, _WRITE_OFF_ENDS = 800_000, 801_000, 802_000, 803_000
_WHICH, _HOW_LONG = 500_000, 600_000  # n of draws about a vulnerability that comes later, + its ordinal
_PASSING = tuple(one for one in Vulnerability if one != Vulnerability.NATURAL_DISASTER)
_CUSTOMER_LEVEL = 900_000  # n of the draws about a customer-level write-off


def debt_model(world: World) -> DebtModel:
    """The debts of the world's seed and parameters."""
    return DebtModel(world.draws, world.parameters, debt_values(world.policy).due_after_issue_days)


def raised_at(world: World, model: DebtModel, customer: int) -> list[int]:
    """The instants at which new debts of this customer are raised during the run."""
    draws, rate = world.draws, model.raised_per_year(customer)
    return moments(draws, Purpose.DEBT_RAISED, customer, rate, world.start, world.end)


def debtors(world: World, customers: Iterable[int]) -> list[int]:
    """Those who would owe something at the start, or come to owe something in the run, were they Centrelink's."""
    model = debt_model(world)
    return [one for one in customers if model.is_debtor(one) or raised_at(world, model, one)]


class Debts:
    """All debtors of a run. Everybody is entered, then `start` begins."""

    def __init__(self, world: World, machines: Machines, model: DebtModel) -> None:
        self.world = world
        self.book = world.centrelink.debts
        self.model = model
        self.timetable = Timetable(world)
        self.nightly = NightlyDebt(world, machines, world.dmis, world.sap)
        self.interruptions = Interruptions(world, self.timetable, model)
        self.repayment = Repayment(world, self.timetable, model, self.nightly.confirm, self.interruptions.writes_off)
        self.interruptions.repayment = self.repayment
        self.disasters = Disasters(world, self.timetable, self.interruptions, self.repayment.of, self.nightly.confirm)
        self._debtors: list[int] = []
        self._reactions = DebtReactions(world, world.dmis)
        machines.on(Event.DELIVERED, self._delivered, _NUDGING)

    def enter(self, member: Member) -> None:
        """Enter the customer's debts, and put on the agenda what befalls the customer."""
        world = self.world
        openings = self.model.at_start(member)
        raised = raised_at(world, self.model, member.id)
        if not openings and not raised:
            return
        self._debtors.append(member.id)
        if openings:
            self._customer_level(member)
        for opening in openings:
            self._opens(member, opening)
        for ordinal, time in enumerate(raised):
            world.agenda.call(
                time, Rank.FACT, member.id, _RAISED + ordinal, self._raised, member, MOST_AT_START + ordinal
            )
        rate = float(world.parameters["debt.vulnerable_per_year"])
        times = moments(self.timetable.draws, Purpose.VULNERABLE_LATER, member.id, rate, world.start, world.end, 1_000)
        for ordinal, time in enumerate(times):
            world.agenda.call(time, Rank.FACT, member.id, _VULNERABLE + ordinal, self._vulnerable, member.id, ordinal)

    def start(self, disasters: Sequence["Fault"] = ()) -> None:
        """Disasters (those of chance, and those given) and the nightly runs."""
        self.disasters.schedule(self._debtors, disasters)
        self.nightly.schedule()

    def _raised(self, member: Member, number: int) -> None:
        if not self.world.centrelink.recipient(member.id).deceased:
            self._opens(member, self.model.raised(member, number))

    def _opens(self, member: Member, opening: OpeningDebt) -> None:
        """A debt comes on record with all that is known of it, and its life begins."""
        now, today, book = self.world.now, self.timetable.today, self.book
        ref = item_ref(process_ref(member.id, 0, opening.number), DEBT_ROLE)
        book.raise_debt(member.id, ref, today + opening.due, now)
        if opening.withholdable:
            book.set_withholdable(ref, 1, now)
        if opening.xcshsms:
            book.set_xcshsms(ref, 1, now)
        if opening.declined is not None:
            book.decline(ref, today + opening.declined, now)
        if opening.arrangement:
            book.set_arrangement(ref, opening.arrangement, opening.status, now)
        next_repayment = 0
        if opening.repayment_due is not None:
            next_repayment = today + opening.repayment_due
            book.set_repayment_due(ref, next_repayment, now)
        life = DebtLife(book.debt(ref), member, opening)
        self.repayment.add(life)
        self.interruptions.open(life, opening)
        if not life.interrupted:
            self.repayment.carry_on(life, next_repayment)

    def _customer_level(self, member: Member) -> None:
        """Some debtors are written off at customer level at the start."""
        uniform, purpose = self.timetable.draws.uniform, Purpose.SITUATION
        world, now = self.world, self.world.now
        if uniform(purpose, member.id, _CUSTOMER_LEVEL) >= world.parameters["debt.customer_write_off"]:
            return
        code = self.model.write_off_code(member.id, _CUSTOMER_LEVEL)
        days = self.model.write_off_days(member.id, _CUSTOMER_LEVEL, code)
        ends = self.timetable.today + days if days is not None and code == WriteOff.TEMPORARY else 0
        self.book.write_off_customer(member.id, code, ends, now)
        if ends:
            time = world.agency.midnight(ends)
            if time < world.end:
                world.agenda.call(time, Rank.FACT, member.id, _WRITE_OFF_ENDS, self._write_off_ends, member.id)

    def _write_off_ends(self, customer: int) -> None:
        now, today = self.world.now, self.timetable.today
        self.book.end_customer_write_off(customer, today, now)
        for life in self.repayment.of(customer):
            if not life.interrupted and not life.debt.is_paid:
                self.book.restart_recovery(life.debt.ref, today, now)

    def _vulnerable(self, customer: int, ordinal: int) -> None:
        """A circumstance comes on record, and is lifted after a while."""
        world, uniform = self.world, self.timetable.draws.uniform
        purpose = Purpose.VULNERABLE_LATER
        which = _PASSING[int(uniform(purpose, customer, _WHICH + ordinal) * len(_PASSING))]
        world.centrelink.set_vulnerability(customer, which, True, world.now)
        mean = float(world.parameters["debt.vulnerable_days"]) * DAY
        lifted = world.now + max(1, int(exponential(uniform(purpose, customer, _HOW_LONG + ordinal), mean)))
        if lifted < world.end:
            world.agenda.call(lifted, Rank.FACT, customer, _LIFTED + ordinal, self._lifted, customer, which)

    def _lifted(self, customer: int, which: int) -> None:
        self.world.centrelink.set_vulnerability(customer, which, False, self.world.now)

    def _delivered(self, happening: Happening) -> None:
        if self.world.templates[happening.template].kind == _NUDGE:
            self.repayment.nudged(happening)
        self._reactions.delivered(happening)
