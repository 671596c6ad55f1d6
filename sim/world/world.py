"""What all processes of the world share: the agenda, the history, the systems, the people and the draws."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import simpy

from fakes.cuba_automatic import CubaAutomatic
from fakes.customer_first import CustomerFirst
from fakes.dmis import Dmis
from fakes.ledger import Ledger
from fakes.machinery import Machinery
from fakes.pluto import Pluto
from fakes.protocols import SendingSystem, Transport
from fakes.sap import Sap
from fakes.sms_gateway import SmsGateway
from fakes.telephone import Telephone
from sim.clock import AGENCY_ZONE, MINUTE, Clock, clock, zone_clocks
from sim.draws import Draws, Purpose, lognormal
from sim.history import History
from sim.messages import System
from sim.policy.policy import Policy
from sim.policy.templates import Template
from sim.policy.values import RuleValues, rule_values
from sim.population.cases import CaseModel
from sim.population.customers import Customer
from sim.world.agenda import Agenda, Rank
from sim.world.registers import Registers


class WorkItem(NamedTuple):
    """One piece of work about one customer.

    `ref` names the cause (see `sim.world.refs`) and keys all its draws; `process` is the ref of the process it belongs
    to (0: none), `role` 1 for its applicant and 2 for the other party; `round` counts follow-ups; `stage` is 1 when
    the item came back for the last round of calls; `message` is the one that bounced, for a bounce-back follow-up.
    """

    ref: int
    kind: int
    customer: int
    process: int = 0
    role: int = 0
    round: int = 0
    stage: int = 0
    message: int = 0


class World:
    """The shared state of one run. Everything that happens is written to `history`."""

    def __init__(
        self,
        agenda: Agenda,
        draws: Draws,
        policy: Policy,
        parameters: Mapping[str, Any],
        start: int,
        end: int,
        machinery: Machinery,
    ) -> None:
        self.agenda = agenda
        self.machinery = machinery
        self.draws = draws
        self.parameters = parameters
        self.start = start
        self.end = end
        self.adopt(policy)
        self.templates: Mapping[int, Template] = policy.templates
        self.agency: Clock = clock(AGENCY_ZONE)
        self.clocks = zone_clocks()
        self.history = History()
        self.ledger = Ledger()
        self.cuba = machinery.cuba(self.history, self.ledger)
        self.customers: dict[int, Customer] = {}  # those in Child Support
        self.centrelink = machinery.centrelink(self.history)
        self.centrelink_ledger = Ledger()
        self.registers = Registers(self.cuba, self.centrelink, self.customers)
        self.senders: dict[System, SendingSystem] = {}
        self.transports: dict[System, Transport] = {}
        self.cases: CaseModel
        self.gateway: SmsGateway
        self.pluto: Pluto
        self.automatic: CubaAutomatic
        self.telephone: Telephone
        self.customer_first: CustomerFirst
        self.dmis: Dmis
        self.sap: Sap
        self.disconnected: dict[int, bool] = {}
        self.dead_addresses: dict[int, bool] = {}
        self.strangers: dict[int, int] = {}  # who reads what is sent to this customer's mobile (0: nobody on record)
        self.misaddressed: dict[int, bool] = {}  # messages that went to the wrong customer
        self._messages = 0
        self._sigma: float = parameters["handling.sigma"]
        self._medians = {
            name.removeprefix("handling.").removesuffix("_minutes"): float(value) * MINUTE
            for name, value in parameters.items()
            if name.startswith("handling.") and name.endswith("_minutes")
        }

    def adopt(self, policy: Policy) -> None:
        """Let officers follow these values of the policy from now on."""
        self.policy = policy
        self.values: RuleValues = rule_values(policy)

    @property
    def now(self) -> int:
        """The simulated instant, ms UTC."""
        return int(self.agenda.now)

    def next_message(self) -> int:
        """A new message id: 1, 2, 3 … in the order in which messages are begun."""
        self._messages += 1
        return self._messages

    @property
    def messages(self) -> int:
        """How many messages have been begun."""
        return self._messages

    def clock_of(self, customer: int) -> Clock:
        """The calendar of the zone now on record of a customer."""
        return self.clocks[self.registers.recipient(customer).zone]

    def chance(self, purpose: Purpose, ref: int, n: int, share: float) -> bool:
        """Whether something of this probability happens for this cause."""
        return self.draws.uniform(purpose, ref, n) < share

    def duration(self, name: str, ref: int, n: int) -> int:
        """How long a step takes, in ms (at least 1); `name` is a parameter `handling.NAME_minutes`."""
        return max(
            1, round(lognormal(self.draws.uniform(Purpose.STEP_DURATION, ref, n), self._medians[name], self._sigma))
        )

    def pause(self, officer: int, duration: int) -> simpy.Event:
        """An officer is busy for `duration` ms."""
        return self.agenda.at(self.now + duration, Rank.STAFF, officer)

    def note(
        self,
        event: int,
        customer: int = 0,
        ref: int = 0,
        officer: int = 0,
        value: int = 0,
        message: int = 0,
        template: int = 0,
        other: int = 0,
        reasons: int = 0,
    ) -> None:
        """Record at this instant what an officer did, or what a system answered to the world."""
        self.history.append(
            self.now, event, customer, other, ref, message, officer, System.WORLD, template, reasons, value
        )
