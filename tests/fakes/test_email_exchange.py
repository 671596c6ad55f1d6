"""The Email Exchange: arrivals, acknowledgements, receipts and errors; addresses at reserved domains only."""

import math
from statistics import NormalDist

import pytest

from fakes.email_exchange import EmailError, EmailExchange, EmailParameters
from fakes.people import EMAIL_DOMAINS, People
from fakes.protocols import Happening, Submission
from sim.clock import DAY, HOUR, SECOND
from sim.draws import Draws
from sim.history import Event, History, content_code
from sim.messages import System

START = 1_000_000
TEXT = "A new letter about child support is in your online account. Do not reply by SMS."
EXACT = EmailParameters(
    acknowledgement_ms=900.0,
    acknowledgement_sigma=0.0,
    delivered_share=1.0,
    receipt_seconds=20.0,
    receipt_sigma=0.0,
    error_known_seconds=600.0,
    error_known_sigma=0.0,
)
SPREAD = EXACT._replace(acknowledgement_sigma=0.6, receipt_sigma=1.2, delivered_share=0.9, error_known_sigma=2.0)


def exchange(parameters: EmailParameters = EXACT, *, works: bool = True) -> EmailExchange:
    """An exchange for addresses that all work, or none."""
    return EmailExchange(Draws(3), parameters, History().content, lambda _: works, People(1))


def submission(message: int) -> Submission:
    """A message whose cause is its own."""
    return Submission(message, message, int(System.CUBA), 203, "Child Supp", TEXT, 100 + message, 1)


def told(machine: EmailExchange, *events: int) -> list[Happening]:
    """All happenings of these events up to a late instant."""
    return [one for one in machine.advance(START + 100 * DAY) if one.event in events]


def test_a_message_arrives_is_acknowledged_and_delivered() -> None:
    machine = exchange()
    assert machine.next_due() is None
    machine.submit(submission(7), START)
    assert machine.next_due() == START
    assert [(one.time, one.event) for one in machine.advance(START)] == [(START, Event.ARRIVED)]
    assert machine.advance(START + 899) == []
    later = machine.advance(START + DAY)
    sent = START + 900
    assert [(one.time, one.event) for one in later] == [
        (sent, Event.ACKNOWLEDGED), (sent + 20 * SECOND, Event.DELIVERED),
    ]  # fmt: skip
    assert {(one.system, one.message, one.customer, one.template) for one in later} == {
        (System.EMAIL_EXCHANGE, 7, 7, 203)
    }


def test_what_arrives_are_the_exact_words_and_their_sender() -> None:
    machine = exchange()
    machine.submit(submission(7), START)
    (arrival,) = told(machine, Event.ARRIVED)
    assert arrival.value == content_code("Child Supp", TEXT)


@pytest.mark.parametrize(
    ("works", "delivered_share", "code"),
    [
        (False, 1.0, EmailError.UNKNOWN_ADDRESS),
        (False, 0.0, EmailError.UNKNOWN_ADDRESS),
        (True, 0.0, EmailError.REFUSED_BY_SERVER),
    ],
)
def test_an_error_becomes_known_after_sent(works: bool, delivered_share: float, code: EmailError) -> None:
    machine = exchange(EXACT._replace(delivered_share=delivered_share), works=works)
    machine.submit(submission(7), START)
    acknowledged, failed = told(machine, Event.ACKNOWLEDGED, Event.FAILED)
    assert failed.time == acknowledged.time + 600 * SECOND
    assert failed.value == code


def test_there_is_one_receipt_a_message() -> None:
    machine = exchange(SPREAD)
    for message in range(1, 2001):
        machine.submit(submission(message), START)
    receipts = told(machine, Event.DELIVERED, Event.FAILED)
    assert sorted(one.message for one in receipts) == list(range(1, 2001))
    failed = sum(one.event == Event.FAILED for one in receipts)
    # 10% of 2,000, within four standard deviations.
    assert abs(failed - 200) < 4 * math.sqrt(2000 * 0.1 * 0.9)


def test_latencies_are_lognormal_about_their_medians() -> None:
    machine = exchange(SPREAD)
    for message in range(1, 2001):
        machine.submit(submission(message), START)
    latencies = sorted(one.time - START for one in told(machine, Event.ACKNOWLEDGED))
    upper = 900 * math.exp(0.6 * NormalDist().inv_cdf(0.9))
    assert abs(latencies[1000] - 900) < 60
    assert abs(latencies[1800] - upper) < 150


def test_it_is_always_open() -> None:
    machine = exchange()
    assert all(machine.is_open(START + hour * HOUR) for hour in range(0, 24 * 60, 7))


def test_happenings_come_in_order() -> None:
    machine = exchange(SPREAD)
    for message in range(1, 200):
        machine.submit(submission(message), START)
    happened = machine.advance(START + 100 * DAY)
    assert [(one.time, one.message) for one in happened] == sorted((one.time, one.message) for one in happened)


def test_addresses_are_at_reserved_domains() -> None:
    machine = exchange()
    for customer in range(1, 50):
        envelope = machine.envelope(customer)
        assert envelope.sender.partition("@")[2] in EMAIL_DOMAINS
        assert envelope.recipient.partition("@")[2] in EMAIL_DOMAINS
        assert str(customer) in envelope.recipient
