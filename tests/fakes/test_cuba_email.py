"""Cuba's automatic EM by email (`cs-email`): who gets it, at any hour, and bounce backs on the next agency day."""

from typing import Any

import pytest

from fakes.cuba_automatic import CubaAutomatic
from fakes.email_exchange import EmailExchange, EmailParameters
from fakes.people import People
from fakes.protocols import Checked
from fakes.sender import Surroundings
from sim.clock import HOUR, MINUTE, SECOND, instant, zone_clocks
from sim.draws import Draws
from sim.history import Event
from sim.messages import Channel, Decision, EmailStatus, MobileStatus, Outcome, Reason, Service, System, reason_names
from sim.policy.bundle import RULES
from sim.policy.policy import load_policy
from sim.policy.recipients import preferred_channel
from tests.fakes.builder import AUTOMATIC_NOTICE, AUTOMATIC_REMINDER, GATEWAY, PERTH, RECIPIENT, Bench

EXACT = EmailParameters(
    acknowledgement_ms=1.0,
    acknowledgement_sigma=0.0,
    delivered_share=1.0,
    receipt_seconds=20.0,
    receipt_sigma=0.0,
    error_known_seconds=60.0,
    error_known_sigma=0.0,
)
NOON = "2026-09-28T12:00:00+10:00"
NONE, VALID, INVALID, OVERSEAS = (int(status) for status in MobileStatus)
NO_EMAIL, GOOD_EMAIL, BAD_EMAIL = (int(status) for status in EmailStatus)
SMS, EMAIL = int(Channel.SMS), int(Channel.EMAIL)


class EmailBench(Bench):
    """The bench with an Email Exchange; `dead` are the customers whose address nobody has any more."""

    def __init__(self, start: str, sets: dict[str, object] | None = None, rate: float = 1000.0, **options: Any) -> None:
        super().__init__(start, sets, **options)
        self.dead: list[int] = []
        draws = Draws(1)
        self.exchange = EmailExchange(
            draws, EXACT, self.history.content, lambda customer: customer not in self.dead, People(1)
        )
        around = Surroundings(
            RULES, load_policy(sets), self.cuba, self.ledger, self.gateway, zone_clocks(), draws,
            GATEWAY.rate_per_second,
        )  # fmt: skip
        self.automatic = CubaAutomatic(around, self.exchange, rate)
        self.senders[System.CUBA] = Checked(self.automatic)

    def notice(self, customer: int = 1, template: int = AUTOMATIC_NOTICE) -> Decision:
        """The batch sends a notice by the channel that Cuba prefers."""
        return self.send(customer, template, System.CUBA, officer=0, channel=self.automatic.channel(customer))

    def _next(self) -> int | None:
        dues = [due for due in (super()._next(), self.exchange.next_due()) if due is not None]
        return min(dues, default=None)

    def _hear(self) -> None:
        super()._hear()
        for happening in self.exchange.advance(self.now):
            self.told.append(happening)
            if happening.event in (Event.ACKNOWLEDGED, Event.DELIVERED, Event.FAILED):
                self.told += self.senders[System.CUBA].told(happening)


@pytest.mark.parametrize(
    ("mobile", "email", "channel"),
    [
        (VALID, GOOD_EMAIL, SMS),  # SMS is preferred
        (VALID, NO_EMAIL, SMS),
        (VALID, BAD_EMAIL, SMS),
        (NONE, GOOD_EMAIL, EMAIL),
        (INVALID, GOOD_EMAIL, EMAIL),
        (OVERSEAS, GOOD_EMAIL, EMAIL),
        (NONE, NO_EMAIL, SMS),  # and refused: there is nothing to send to
        (NONE, BAD_EMAIL, SMS),
        (INVALID, BAD_EMAIL, SMS),
    ],
)
def test_email_is_for_those_without_a_usable_mobile(mobile: int, email: int, channel: int) -> None:
    assert preferred_channel(RECIPIENT._replace(mobile=mobile, email=email)) == channel


def test_without_an_exchange_everything_is_sms() -> None:
    bench = Bench(NOON)
    bench.customer(mobile=NONE)
    assert bench.automatic.channel(1) == SMS


@pytest.mark.parametrize("hour", [0, 3, 7, 8, 19, 20, 23])
def test_email_goes_at_any_hour(hour: int) -> None:
    bench = EmailBench(f"2026-09-28T{hour:02}:00:00+10:00")
    bench.customer(mobile=NONE)
    issued = bench.now
    assert bench.notice() == Decision(Outcome.SENT, 0, issued)
    bench.later(SECOND)
    assert bench.times(Event.HANDED_OVER) == [issued]
    assert bench.of(Event.ARRIVED)[0].system == System.EMAIL_EXCHANGE
    assert bench.times(Event.HELD_AGAIN) == []


def test_sms_beside_it_waits_for_the_window() -> None:
    bench = EmailBench("2026-09-28T21:00:00+10:00")
    bench.customer(1)
    bench.customer(2, mobile=NONE)
    assert bench.notice(1).outcome == Outcome.HELD
    assert bench.notice(2).outcome == Outcome.SENT
    bench.until("2026-09-29T09:00:00+10:00")
    assert [one.customer for one in bench.of(Event.HANDED_OVER)] == [2, 1]


def test_a_throttled_outbox_crosses_closing_time() -> None:
    # One a minute from 19:58 on: the later ones go after 20:00, and nothing is held again.
    bench = EmailBench("2026-09-28T19:58:00+10:00", rate=1 / 60)
    for customer in range(1, 7):
        bench.customer(customer, mobile=NONE)
        assert bench.notice(customer).outcome == Outcome.SENT
    start = bench.now
    bench.later(HOUR)
    assert bench.times(Event.HANDED_OVER) == [start + n * MINUTE for n in range(6)]
    assert bench.of(Event.HELD_AGAIN) == []


def test_an_outage_of_the_gateway_holds_no_email_up() -> None:
    bench = EmailBench(NOON, outages=[("2026-09-28T11:00:00+10:00", "2026-09-28T15:00:00+10:00")])
    bench.customer(1)
    bench.customer(2, mobile=INVALID)
    bench.notice(1)
    bench.notice(2)
    bench.later(HOUR)
    assert [one.customer for one in bench.of(Event.ACKNOWLEDGED)] == [2]
    bench.later(3 * HOUR)
    assert [one.customer for one in bench.of(Event.ACKNOWLEDGED)] == [2, 1]


@pytest.mark.parametrize(
    ("facts", "reach", "reasons"),
    [
        ({"opted_out": 1}, "all_em", ["opted_out"]),
        ({"opted_out": 1}, "sms_only", []),
        ({"deceased": 1}, "sms_only", ["deceased"]),
        ({"general_ended": 1}, "all_em", ["service_unsubscribed"]),
        ({"reminder_ended": 1}, "all_em", []),
        ({"restricted_access": 1}, "all_em", []),  # a bar of SMS
        ({"employer": 1}, "all_em", []),
    ],
)
def test_who_may_not_get_email(facts: dict[str, int], reach: str, reasons: list[str]) -> None:
    bench = EmailBench(NOON, {"cs-opt-out.reach": reach})
    bench.customer(mobile=NONE, **facts)
    decision = bench.notice()
    assert reason_names(decision.reasons) == reasons
    assert decision.outcome == (Outcome.REFUSED if reasons else Outcome.SENT)


def test_an_opt_out_takes_no_mobile_off_the_record() -> None:
    # Opted out of SMS alone, with a valid mobile: SMS stays the channel, and it is refused.
    bench = EmailBench(NOON, {"cs-opt-out.reach": "sms_only"})
    bench.customer(opted_out=1)
    decision = bench.notice()
    assert (decision.outcome, decision.reasons) == (Outcome.REFUSED, Reason.OPTED_OUT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("opt-out", "opted_out"),
        ("address", "service_unsubscribed"),
        ("service", "service_unsubscribed"),
        ("death", "deceased"),
    ],
)
def test_waiting_email_is_tested_again_at_hand_over(change: str, reason: str) -> None:
    bench = EmailBench(NOON, rate=1 / 60)
    bench.customer(1, mobile=NONE)
    bench.customer(2, mobile=NONE)
    bench.notice(1)
    bench.notice(2)
    bench.later(SECOND)
    if change == "opt-out":
        bench.cuba.record_opt_out(2, 7, bench.now)
    elif change == "address":
        bench.cuba.record_email(2, EmailStatus.INVALID, 1, bench.now)
    elif change == "service":
        bench.cuba.end_service(2, Service.GENERAL, bench.now)
    else:
        bench.cuba.record_death(2, bench.now)
    bench.later(HOUR)
    assert [one.customer for one in bench.of(Event.HANDED_OVER)] == [1]
    (withdrawn,) = bench.of(Event.WITHDRAWN)
    assert (withdrawn.customer, reason_names(withdrawn.reasons)) == (2, [reason])


@pytest.mark.parametrize(
    ("sent", "bounced"),
    [
        # The error becomes known a minute later; the run is at 06:00 in Sydney on the agency day after that.
        ("2026-09-28T12:00:00+10:00", "2026-09-29T06:00:00+10:00"),
        ("2026-09-28T23:58:59+10:00", "2026-09-29T06:00:00+10:00"),
        ("2026-09-28T23:59:00+10:00", "2026-09-30T06:00:00+10:00"),
        ("2026-09-29T02:00:00+10:00", "2026-09-30T06:00:00+10:00"),  # not by the run of the same day
        ("2026-10-03T12:00:00+10:00", "2026-10-04T06:00:00+11:00"),  # daylight saving starts
    ],
)
def test_email_bounces_with_the_next_agency_days_run(sent: str, bounced: str) -> None:
    bench = EmailBench(sent)
    bench.customer(mobile=NONE, zone=PERTH)
    bench.dead = [1]
    bench.notice()
    bench.until(instant(bounced) + HOUR)
    assert len(bench.of(Event.FAILED)) == 1
    assert bench.times(Event.BOUNCED) == bench.times(Event.MARKED_ERROR) == [instant(bounced)]
    (letter,) = bench.cuba.letters_list(1, channel="Email")
    assert (letter.status, letter.channel) == ("Error", "Email")
    assert bench.cuba.letters_list(1, channel="SMS") == []


def test_delivered_email_does_not_bounce() -> None:
    bench = EmailBench(NOON)
    bench.customer(mobile=NONE)
    bench.notice()
    bench.later(48 * HOUR)
    assert len(bench.of(Event.DELIVERED)) == 1
    assert bench.of(Event.BOUNCED) == []
    assert bench.cuba.letters_list(1)[0].status == "Sent"


def test_email_does_not_count_towards_the_daily_limit() -> None:
    # With the wider scope automatic SMS count. Five emails leave room for all five SMS of the day.
    bench = EmailBench(NOON, {"cs-daily-limit.scope": "child_support_sms"})
    bench.customer(mobile=NONE)
    assert [bench.notice(1, AUTOMATIC_REMINDER).outcome for _ in range(5)] == [Outcome.SENT] * 5
    bench.later(MINUTE)
    bench.cuba.record_mobile(1, MobileStatus.VALID, 1, bench.now)
    assert [bench.notice().outcome for _ in range(6)] == [Outcome.SENT] * 5 + [Outcome.REFUSED]
