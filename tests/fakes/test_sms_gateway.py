"""The SMS gateway: throughput of a bind, acknowledgements, receipts, error codes, reserved outcomes, outages."""

import math
from statistics import NormalDist

import pytest

from fakes.people import ReservedOutcome
from fakes.protocols import Happening, Submission
from fakes.sms_gateway import LATE_FACTOR, ErrorCode, GatewayParameters, SmsGateway
from sim.clock import HOUR, SECOND
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import System
from tests.fakes.builder import GATEWAY

START = 1_000_000
TEXT = "We have received your payment."


def gateway(
    parameters: GatewayParameters = GATEWAY,
    *,
    works: bool = True,
    outages: list[tuple[int, int]] | None = None,
    reserved: dict[int, ReservedOutcome] | None = None,
) -> SmsGateway:
    """A gateway whose numbers all work, or none."""
    return SmsGateway(Draws(3), parameters, History().content, lambda _: works, outages, reserved)


def submission(message: int, customer: int = 1, system: int = System.PLUTO) -> Submission:
    """A message whose cause is its own."""
    return Submission(message, customer, int(system), 102, "Child Supp", TEXT, 100 + message, 1)


def told(machine: SmsGateway, event: int, until: int = START + 1000 * HOUR) -> list[Happening]:
    """All happenings of one event up to a late instant."""
    return [one for one in machine.advance(until) if one.event == event]


def test_the_life_of_one_message() -> None:
    history = History()
    machine = SmsGateway(Draws(3), GATEWAY, history.content, lambda _: True)
    assert machine.next_due() is None
    machine.submit(submission(1), START)
    assert machine.next_due() == START
    assert machine.advance(START - 1) == []
    code = history.content("Child Supp", TEXT)
    assert machine.advance(START) == [Happening(START, Event.ARRIVED, 1, 1, System.GATEWAY, 102, 0, code)]
    assert machine.next_due() == START + 1
    assert machine.advance(START + 1) == [Happening(START + 1, Event.ACKNOWLEDGED, 1, 1, System.GATEWAY, 102)]
    assert machine.advance(START + 1) == []
    assert machine.next_due() == START + 6001
    assert machine.advance(START + 10 * HOUR) == [Happening(START + 6001, Event.DELIVERED, 1, 1, System.GATEWAY, 102)]
    assert machine.next_due() is None


def test_what_comes_faster_than_the_bind_takes_it_waits() -> None:
    machine = gateway(GATEWAY._replace(rate_per_second=4.0))
    for message in range(1, 6):
        machine.submit(submission(message), START)
    machine.submit(submission(6), START + 2000)
    acknowledged = [one.time - START for one in told(machine, Event.ACKNOWLEDGED)]
    assert acknowledged == [1, 251, 501, 751, 1001, 2001]


def test_each_system_has_a_bind_of_its_own() -> None:
    machine = gateway(GATEWAY._replace(rate_per_second=1.0))
    for message, system in ((1, System.PLUTO), (2, System.CUBA), (3, System.PLUTO), (4, System.CUBA)):
        machine.submit(submission(message, system=system), START)
    acknowledged = {one.message: one.time - START for one in told(machine, Event.ACKNOWLEDGED)}
    assert acknowledged == {1: 1, 2: 1, 3: 1001, 4: 1001}


def test_arrivals_are_told_before_acknowledgements_and_by_message() -> None:
    machine = gateway()
    for message in (3, 1, 2):
        machine.submit(submission(message, system=message), START)
    order = [(one.event, one.message) for one in machine.advance(START + 1)]
    assert order == [(Event.ARRIVED, 1), (Event.ARRIVED, 2), (Event.ARRIVED, 3)] + [
        (Event.ACKNOWLEDGED, message) for message in (1, 2, 3)
    ]


def test_latency_is_lognormal_and_never_nothing() -> None:
    machine = gateway(GATEWAY._replace(rate_per_second=1e5, acknowledgement_ms=350.0, acknowledgement_sigma=0.5))
    for message in range(1, 4001):
        machine.submit(submission(message, system=message), START)
    latencies = [math.log((one.time - START) / 350) / 0.5 for one in told(machine, Event.ACKNOWLEDGED)]
    fitted = NormalDist.from_samples(latencies)
    # Standard errors of 4,000: 0.016 for the mean, 0.011 for the standard deviation.
    assert abs(fitted.mean) < 4 * 0.016
    assert abs(fitted.stdev - 1) < 4 * 0.011


@pytest.mark.parametrize(
    ("outcome", "event", "delay", "value"),
    [
        (ReservedOutcome.DELIVERED, Event.DELIVERED, 6 * SECOND, 0),
        (ReservedOutcome.LATE, Event.DELIVERED, 6 * SECOND * LATE_FACTOR, 0),
        (ReservedOutcome.BOUNCED, Event.FAILED, 1800 * SECOND, ErrorCode.EXPIRED),
        (ReservedOutcome.NEVER_REPORTED, None, 0, 0),
    ],
)
def test_reserved_recipients_choose_their_outcome(
    outcome: ReservedOutcome, event: Event | None, delay: int, value: int
) -> None:
    # Against a gateway that delivers nothing by itself.
    machine = gateway(GATEWAY._replace(delivered_share=0.0), reserved={1: outcome})
    machine.submit(submission(1), START)
    happened = machine.advance(START + 1000 * HOUR)
    assert [one.event for one in happened[:2]] == [Event.ARRIVED, Event.ACKNOWLEDGED]
    expected = [] if event is None else [Happening(START + 1 + delay, event, 1, 1, System.GATEWAY, 102, 0, value)]
    assert happened[2:] == expected


def test_a_number_that_does_not_work_fails_with_its_own_code() -> None:
    machine = gateway(works=False)
    machine.submit(submission(1), START)
    assert [one.value for one in told(machine, Event.FAILED)] == [ErrorCode.UNKNOWN_SUBSCRIBER]


def test_shares_of_outcomes() -> None:
    machine = gateway(GATEWAY._replace(delivered_share=0.9, never_reported_share=0.05))
    count = 6000
    for message in range(1, count + 1):
        machine.submit(submission(message), START)
    happened = machine.advance(START + 1000 * HOUR)
    events = [one.event for one in happened]
    failed, delivered = events.count(Event.FAILED), events.count(Event.DELIVERED)
    assert events.count(Event.ACKNOWLEDGED) == count
    assert {one.value for one in happened if one.event == Event.FAILED} == {ErrorCode.EXPIRED}
    for found, share in ((failed, 0.1), (delivered, 0.9 * 0.95), (count - failed - delivered, 0.9 * 0.05)):
        assert abs(found - count * share) < 4 * math.sqrt(count * share * (1 - share))


def test_each_message_is_reported_at_most_once() -> None:
    machine = gateway(GATEWAY._replace(delivered_share=0.5))
    for message in range(1, 301):
        machine.submit(submission(message), START)
    happened = machine.advance(START + 1000 * HOUR)
    for event in (Event.ARRIVED, Event.ACKNOWLEDGED):
        assert sorted(one.message for one in happened if one.event == event) == list(range(1, 301))
    receipts = [one.message for one in happened if one.event in (Event.DELIVERED, Event.FAILED)]
    assert sorted(receipts) == list(range(1, 301))
    assert [one.time for one in happened] == sorted(one.time for one in happened)


def test_what_becomes_of_a_message_turns_on_its_cause_alone() -> None:
    varied = GATEWAY._replace(delivered_share=0.5, acknowledgement_sigma=0.5, receipt_sigma=1.0, rate_per_second=1e5)
    crowd, alone = gateway(varied), gateway(varied)
    for message in range(1, 51):
        crowd.submit(submission(message, system=message), START)
    alone.submit(submission(37, system=37), START)
    assert [one for one in crowd.advance(START + 1000 * HOUR) if one.message == 37] == alone.advance(
        START + 1000 * HOUR
    )
    # Whoever else carries the message, and under whatever id, the cause decides.
    other = gateway(varied)
    other.submit(submission(37)._replace(message=1, system=System.CUBA), START)
    same = gateway(varied)
    same.submit(submission(37), START)
    life = [[(one.time, one.event) for one in machine.advance(START + 1000 * HOUR)] for machine in (other, same)]
    assert life[0] == life[1]


OUTAGES = [(START, START + 1000), (START + 1000, START + 1500), (START + 5000, START + 6000)]


@pytest.mark.parametrize(
    ("offset", "is_open"),
    [
        (-1, True), (0, False), (999, False), (1000, False), (1499, False), (1500, True), (4999, True), (5000, False),
        (5999, False), (6000, True),
    ],
)  # fmt: skip
def test_outages_are_half_open(offset: int, is_open: bool) -> None:
    machine = gateway(outages=OUTAGES[::-1])
    assert machine.is_open(START + offset) == is_open
    if is_open:
        machine.submit(submission(1), START + offset)
        assert machine.next_due() == START + offset
    else:
        with pytest.raises(ConnectionError):
            machine.submit(submission(1), START + offset)
        assert machine.next_due() is None


def test_overlapping_outages_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        gateway(outages=[(START, START + 1000), (START + 999, START + 2000)])
