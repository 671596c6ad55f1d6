"""Centrelink's register, DMIS, SAP and the gateway on one clock that a test moves by hand: no SimPy, no luck.

The gateway is the one of `tests.fakes.builder`: it acknowledges after a millisecond and delivers everything. Days are
written as ISO dates, times as ISO texts with an offset.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fakes.centrelink import Centrelink, Standing
from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.dmis import Dmis, Night
from fakes.ledger import Ledger
from fakes.protocols import Checked, Happening
from fakes.sap import Reminders, Sap
from fakes.sms_gateway import SmsGateway
from sim.clock import AGENCY_ZONE, HOUR, ZONES, clock, instant, zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import Arrangement, ArrangementStatus, Decision, MobileStatus, Outcome, Request, System, reason_names
from sim.policy.bundle import RULES, Rules
from sim.policy.policy import load_policy
from tests.fakes.builder import GATEWAY, SYDNEY

RUN_AT = 4 * HOUR
STANDING = Standing(
    current=1, mutual=0, zone=ZONES.index(SYDNEY), mobile=int(MobileStatus.VALID), opted_out=0, restricted_access=0,
    mail=1, postcode=2000,
)  # fmt: skip
_AGENCY = clock(AGENCY_ZONE)
_MOST_STEPS = 10_000


def day(text: str) -> int:
    """The ordinal of an ISO date."""
    return date.fromisoformat(text).toordinal()


def iso(ordinal: int) -> str:
    """The ISO date of an ordinal."""
    return date.fromordinal(ordinal).isoformat()


class CentrelinkBench:
    """The clock is `now` (ms UTC); `told` is all that the systems told so far, `nights` what the runs found."""

    def __init__(
        self,
        start: str,
        sets: Mapping[str, object] | None = None,
        *,
        rules: Rules = RULES,
        outages: Sequence[tuple[str, str]] = (),
        works: bool = True,
    ) -> None:
        self.now = instant(start)
        self.history = History()
        self.ledger = Ledger()
        self.centrelink = Centrelink(self.history)
        self.book = self.centrelink.debts
        self._outages = [(instant(starts), instant(ends)) for starts, ends in outages]
        self.gateway = SmsGateway(Draws(1), GATEWAY, self.history.content, lambda _: works, self._outages)
        around = CentrelinkSurroundings(
            rules, load_policy(sets), self.centrelink, self.ledger, self.gateway, zone_clocks(), GATEWAY.rate_per_second
        )
        self.dmis, self.sap = Dmis(around), Sap(around)
        self.senders = {System.DMIS: Checked(self.dmis), System.SAP: Checked(self.sap)}
        self.told: list[Happening] = []
        self.nights: list[Night] = []
        self.reminders: list[Reminders] = []
        self._messages = 0

    # People and debts

    def customer(self, number: int = 1, zone: str = SYDNEY, **facts: Any) -> int:
        """Enter a current customer with a valid mobile; `facts` replace fields of the Standing."""
        self.centrelink.enter(number, STANDING._replace(zone=ZONES.index(zone), **facts), self.now, alone=True)
        return number

    def debt(self, due: str, customer: int = 1, ref: int = 0) -> int:
        """Raise a debt; its ref is 101, 102 … for customer 1 unless it is given."""
        ref = ref or 100 * customer + 1 + len(self.book.of(customer))
        self.book.raise_debt(customer, ref, day(due), self.now)
        return ref

    def arranged(self, due: str, kind: Arrangement, status: ArrangementStatus, next_repayment: str = "") -> int:
        """A debt of customer 1 with an arrangement; `next_repayment` is a day."""
        ref = self.debt(due)
        self.book.set_arrangement(ref, kind, status, self.now)
        if next_repayment:
            self.book.set_repayment_due(ref, day(next_repayment), self.now)
        return ref

    # Time

    def at(self, moment: str) -> list[Happening]:
        """Let time pass up to and including `moment`; what the systems told on the way."""
        end = instant(moment)
        assert end >= self.now
        before = len(self.told)
        for _ in range(_MOST_STEPS):
            due = self._next()
            if due is None or due > end:
                self.now = end
                return self.told[before:]
            self.now = max(due, self.now)
            self._step()
        raise AssertionError(f"the systems ask again and again to be advanced at {self.now}")

    def run(self, text: str) -> Night:
        """The nightly run of an agency date, at 04:00: SAP's nudges, then DMIS; what they name is sent."""
        time = _AGENCY.at(day(text), RUN_AT)
        self.at_instant(time)
        reminders = self.sap.plan(time)
        self.reminders.append(reminders)
        for customer in reminders.customers:
            self.send(System.SAP, 502, customer)
        night = self.dmis.run(time)
        self.nights.append(night)
        for customer, template in night.picks:
            self.send(System.DMIS, template, customer)
        return night

    def at_instant(self, time: int) -> list[Happening]:
        """As `at`, for an instant."""
        return self.at(_AGENCY.isoformat(time))

    def days(self, first: str, last: str) -> dict[str, list[int]]:
        """Run every night from the first to the last date, and let the last day pass until 20:00 in Sydney; the
        templates picked by date, where there were any."""
        picked = {}
        for ordinal in range(day(first), day(last) + 1):
            text = iso(ordinal)
            night = self.run(text)
            if night.picks:
                picked[text] = [template for _, template in night.picks]
        self.at_instant(_AGENCY.at(day(last), 20 * HOUR))
        return picked

    # Messages

    def send(self, system: System, template: int, customer: int = 1, **fields: Any) -> Decision:
        """Ask a system for a message now."""
        self._messages += 1
        request = Request(self._messages, customer, system, template, ref=self._messages, **fields)
        return self.senders[system].handle(request, self.now)

    def handed_over(self) -> list[tuple[str, int]]:
        """When (in Sydney) which template was handed over."""
        return [(_AGENCY.isoformat(one.time), one.template) for one in self.told if one.event == Event.HANDED_OVER]

    def of(self, event: Event) -> list[Happening]:
        """All that was told of this event."""
        return [one for one in self.told if one.event == event]

    def withdrawn(self) -> list[tuple[int, list[str]]]:
        """Which template was withdrawn and why."""
        return [(one.template, reason_names(one.reasons)) for one in self.told if one.event == Event.WITHDRAWN]

    def suppressed(self) -> list[tuple[int, list[str], int]]:
        """(template, reasons, winner) of every suppression that the last run began or changed."""
        return [
            (span.template, reason_names(span.reasons), span.winner)
            for span in self.nights[-1].spans
            if span.event == Event.SUPPRESSED
        ]

    def _next(self) -> int | None:
        dues = [due for machine in (self.gateway, *self.senders.values()) if (due := machine.next_due()) is not None]
        dues += [ends for _, ends in self._outages if ends > self.now]
        return min(dues, default=None)

    def _step(self) -> None:
        self._hear()
        for sender in self.senders.values():
            self.told += sender.advance(self.now)
            self._hear()

    def _hear(self) -> None:
        for happening in self.gateway.advance(self.now):
            self.told.append(happening)
            if happening.event in (Event.ACKNOWLEDGED, Event.DELIVERED, Event.FAILED):
                system = System(self.ledger.message(happening.message).system)
                self.told += self.senders[system].told(happening)


def with_customer(start: str, **options: Any) -> CentrelinkBench:
    """A bench on which customer 1 is entered."""
    made = CentrelinkBench(start, **options)
    made.customer()
    return made


def accepted(decision: Decision) -> bool:
    """Whether a system took the message."""
    return decision.outcome in (Outcome.SENT, Outcome.HELD)
