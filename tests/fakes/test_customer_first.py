"""Customer First: Desktop Messaging's screens, who may get a message, and what holds for it and what does not."""

from typing import Any

import pytest

from fakes.centrelink import Centrelink, Standing
from fakes.centrelink_sender import CentrelinkSurroundings
from fakes.customer_first import CANCEL, SEND, CustomerFirst
from fakes.ledger import Ledger
from fakes.people import FICTION_MOBILES, NO_MOBILE_TEXT, People
from fakes.protocols import Checked, Happening
from fakes.sms_gateway import SmsGateway
from sim.clock import MINUTE, ZONES, instant, zone_clocks
from sim.draws import Draws
from sim.history import Event, History
from sim.messages import Decision, MobileStatus, Outcome, Reason, Request, Screen, System, Vulnerability, reason_names
from sim.policy.bundle import RULES
from sim.policy.policy import load_policy
from tests.fakes.builder import GATEWAY, PERTH, SYDNEY

PRE_CALL, REVIEW, GRANT, REJECT, OFFER = 301, 302, 303, 304, 305
BY_POST = 1
NOON = "2026-09-28T12:00:00+10:00"
TODAY_TEXT = (
    "A Services Australia Service Officer will call you today from a private number. Please answer this call. "
    "Do not reply by SMS."
)
REVIEW_TEXT = (
    "We will call this number in the next 2 hours to discuss the decision you want reviewed. Calls may show as a "
    "private number. Please answer. Do not reply by SMS."
)


class Desk:
    """Customer First on a clock that a test moves by hand."""

    def __init__(self, start: str = NOON, sets: dict[str, object] | None = None) -> None:
        self.now = instant(start)
        self.history = History()
        self.centrelink = Centrelink(self.history)
        self.ledger = Ledger()
        self.gateway = SmsGateway(Draws(1), GATEWAY, self.history.content, lambda _: True)
        around = CentrelinkSurroundings(
            RULES, load_policy(sets), self.centrelink, self.ledger, self.gateway, zone_clocks(), 1000.0
        )
        self.system = CustomerFirst(around, People(1))
        self.checked = Checked(self.system)
        self.told: list[Happening] = []
        self._messages = 0

    def customer(self, number: int = 1, zone: str = SYDNEY, **facts: Any) -> None:
        """Enter a current customer with a valid mobile and mail by post."""
        given: dict[str, Any] = {
            "current": 1, "mutual": 1, "zone": ZONES.index(zone), "mobile": int(MobileStatus.VALID), "opted_out": 0,
            "restricted_access": 0, "mail": BY_POST, "postcode": 2000, **facts,
        }  # fmt: skip
        self.centrelink.enter(number, Standing(**given), self.now, alone=True)

    def request(self, template: int = PRE_CALL, customer: int = 1, payment_type: int = 0) -> Request:
        """A press of Send Electronic Message."""
        self._messages += 1
        return Request(
            self._messages, customer, System.CUSTOMER_FIRST, template, 10_001, 80, step=self._messages,
            payment_type=payment_type,
        )  # fmt: skip

    def send(self, template: int = PRE_CALL, customer: int = 1, payment_type: int = 0) -> Decision:
        """Press Send Electronic Message now."""
        return self.checked.handle(self.request(template, customer, payment_type), self.now)

    def until(self, moment: str) -> list[Happening]:
        """Let time pass up to and including `moment`."""
        end, before = instant(moment), len(self.told)
        while True:
            dues = [due for due in (self.checked.next_due(), self.gateway.next_due()) if due is not None]
            if not dues or min(dues) > end:
                self.now = end
                return self.told[before:]
            self.now = max(self.now, min(dues))
            self.told += self.checked.advance(self.now)
            for happening in self.gateway.advance(self.now):
                self.told.append(happening)
                if happening.event in (Event.ACKNOWLEDGED, Event.FAILED):
                    self.told += self.checked.told(happening)

    def times(self, event: int) -> list[int]:
        """The instants at which this event was told."""
        return [one.time for one in self.told if one.event == event]


# The screens


def test_create_em_lists_document_descriptions_and_their_text_options() -> None:
    desk = Desk()
    assert desk.system.create_em() == [
        "Pre call notification", "Claim Finalised – Grant", "Claim Finalised – Reject", "Debt recovery",
    ]  # fmt: skip
    assert desk.system.text_options("Pre call notification") == {
        PRE_CALL: "CLK pre call notification",
        REVIEW: "CLK pre call notification - ARO/SME only",
    }
    with pytest.raises(KeyError):
        desk.system.text_options("Payment information")


@pytest.mark.parametrize(
    ("template", "payment_type", "text"),
    [
        (PRE_CALL, 0, TODAY_TEXT),
        (REVIEW, 0, REVIEW_TEXT),
        (
            GRANT, 2,
            "Your claim for Age Pension has been completed. We will contact you with the outcome. Do not reply by SMS.",
        ),
        (
            REJECT, 1,
            "We tried to contact you to discuss the outcome of your recent claim for JobSeeker Payment. Please call us "
            "on 132 850. Do not reply by SMS.",
        ),
    ],
)  # fmt: skip
def test_preview_em_shows_the_text_and_both_buttons(template: int, payment_type: int, text: str) -> None:
    desk = Desk()
    desk.customer()
    preview = desk.system.preview_em(desk.request(template, payment_type=payment_type))
    assert preview.text == text
    assert preview.buttons == ("Send Electronic Message", "Cancel") == (SEND, CANCEL)


def test_a_preview_needs_the_payment_type() -> None:
    desk = Desk()
    with pytest.raises(ValueError, match="payment type"):
        desk.system.preview_em(desk.request(GRANT))


def test_nothing_is_sent_by_looking() -> None:
    desk = Desk()
    desk.customer()
    desk.system.preview_em(desk.request())
    assert desk.system.desktop_messaging(1).history == []
    desk.until("2026-09-29T12:00:00+10:00")
    assert desk.told == []


def test_the_history_shows_the_message_as_queued_and_then_as_sent() -> None:
    desk = Desk("2026-09-28T21:00:00+10:00")
    desk.customer()
    desk.send()
    (line,) = desk.system.desktop_messaging(1).history
    assert line.status == "Electronic Message has been queued"
    assert (line.text_option, line.opened) == ("CLK pre call notification", TODAY_TEXT)
    assert desk.system.communication_history(1) == [line]
    desk.until("2026-09-29T08:01:00+10:00")
    assert [line.status for line in desk.system.communication_history(1)] == ["Sent"]


def test_a_withdrawn_message_is_shown_as_such() -> None:
    desk = Desk("2026-09-28T21:00:00+10:00")
    desk.customer()
    desk.send()
    desk.centrelink.record_opt_out(1, 10_001, desk.now)
    desk.until("2026-09-29T08:01:00+10:00")
    assert [line.status for line in desk.system.communication_history(1)] == ["Withdrawn"]


def test_the_screen_shows_the_name_and_a_number_kept_for_fiction() -> None:
    desk = Desk()
    desk.customer(1)
    desk.customer(2, mobile=int(MobileStatus.NONE))
    shown = desk.system.desktop_messaging(1)
    assert shown.mobile in FICTION_MOBILES
    assert len(shown.name.split()) >= 2
    assert desk.system.desktop_messaging(2).mobile == NO_MOBILE_TEXT
    with pytest.raises(KeyError):
        desk.system.desktop_messaging(3)


def test_what_arrives_comes_from_centrelink() -> None:
    desk = Desk()
    desk.customer()
    desk.send()
    desk.until("2026-09-28T12:01:00+10:00")
    (arrival,) = [one for one in desk.told if one.event == Event.ARRIVED]
    assert desk.history.contents[arrival.value] == ("CENTRELINK", TODAY_TEXT)


# Who may get one


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"current": 0}, []),  # a former customer is on record
        ({"mutual": 0}, []),
        ({"opted_out": 1}, ["opted_out"]),
        ({"restricted_access": 1}, ["restricted_access"]),
        ({"mobile": int(MobileStatus.NONE)}, ["no_mobile"]),
        ({"mobile": int(MobileStatus.INVALID)}, ["invalid_mobile"]),
        ({"mobile": int(MobileStatus.OVERSEAS)}, ["overseas_mobile"]),
        ({"opted_out": 1, "mobile": int(MobileStatus.NONE)}, ["opted_out", "no_mobile"]),
        ({"vulnerabilities": (int(Vulnerability.HOMELESSNESS),)}, []),  # a bar of debt messages
    ],
)
def test_recipients(facts: dict[str, Any], reasons: list[str]) -> None:
    desk = Desk()
    desk.customer(**facts)
    decision = desk.send()
    assert reason_names(decision.reasons) == reasons
    assert decision.outcome == (Outcome.REFUSED if reasons else Outcome.SENT)


def test_the_dead_get_nothing() -> None:
    desk = Desk()
    desk.customer()
    desk.centrelink.hear_death(1, desk.now, alone=True)
    assert reason_names(desk.send().reasons) == ["deceased"]


def test_nobody_whom_centrelink_does_not_know() -> None:
    desk = Desk()
    assert desk.send().reasons == Reason.NOT_A_CENTRELINK_CUSTOMER


@pytest.mark.parametrize(
    ("template", "payment_type", "reasons"),
    [
        (GRANT, 0, ["missing_field"]),
        (GRANT, 1, []),
        (GRANT, 5, []),
        (GRANT, 6, ["missing_field"]),
        (REJECT, 0, ["missing_field"]),
        (1, 0, ["unknown_template"]),  # Pluto's
        (401, 0, ["unknown_template"]),  # DMIS's
        (999, 0, ["unknown_template"]),
    ],
)
def test_texts(template: int, payment_type: int, reasons: list[str]) -> None:
    desk = Desk()
    desk.customer()
    assert reason_names(desk.send(template, payment_type=payment_type).reasons) == reasons


@pytest.mark.parametrize(
    ("kinds", "vulnerable", "disaster", "reasons"),
    [
        ("all", False, False, []),
        ("all", True, False, ["vulnerable"]),
        ("nudges_only", True, False, []),
        ("all", False, True, ["disaster_pause"]),
        ("all", True, True, ["vulnerable", "disaster_pause"]),
        ("nudges_only", True, True, ["disaster_pause"]),
    ],
)
def test_a_service_offer_is_a_debt_message(kinds: str, vulnerable: bool, disaster: bool, reasons: list[str]) -> None:
    desk = Desk(sets={"dr-vulnerable.kinds": kinds})
    desk.customer(vulnerabilities=(int(Vulnerability.SERIOUS_ILLNESS),) if vulnerable else ())
    if disaster:
        desk.centrelink.debts.declare_disaster(1, 2000, 2010, 740_000, desk.now)
    assert reason_names(desk.send(OFFER).reasons) == reasons
    assert desk.send(PRE_CALL).outcome == Outcome.SENT


def test_a_held_offer_is_withdrawn_when_a_disaster_pause_begins() -> None:
    desk = Desk("2026-09-28T21:00:00+10:00")
    desk.customer()
    assert desk.send(OFFER).outcome == desk.send(PRE_CALL).outcome == Outcome.HELD
    desk.centrelink.debts.declare_disaster(1, 2000, 2000, 740_000, desk.now)
    desk.until("2026-09-29T08:01:00+10:00")
    (withdrawn,) = [one for one in desk.told if one.event == Event.WITHDRAWN]
    assert (withdrawn.template, reason_names(withdrawn.reasons)) == (OFFER, ["disaster_pause"])
    assert [one.template for one in desk.told if one.event == Event.HANDED_OVER] == [PRE_CALL]


# The window holds, the limit and the question do not (`cf-window`)


@pytest.mark.parametrize(
    ("issued", "zone", "due"),
    [
        ("2026-09-28T07:59:59.999+10:00", SYDNEY, "2026-09-29T08:00:00+10:00"),
        ("2026-09-28T08:00:00+10:00", SYDNEY, None),
        ("2026-09-28T19:59:59.999+10:00", SYDNEY, None),
        ("2026-09-28T20:00:00+10:00", SYDNEY, "2026-09-29T08:00:00+10:00"),
        ("2026-09-28T09:30:00+10:00", PERTH, "2026-09-29T08:00:00+08:00"),
        ("2026-10-03T21:00:00+10:00", SYDNEY, "2026-10-04T08:00:00+11:00"),  # daylight saving starts overnight
        ("2027-04-03T21:00:00+11:00", SYDNEY, "2027-04-04T08:00:00+10:00"),  # and ends
    ],
)
def test_the_send_window(issued: str, zone: str, due: str | None) -> None:
    desk = Desk(issued)
    desk.customer(zone=zone)
    expected = Decision(Outcome.SENT, 0, instant(issued)) if due is None else Decision(Outcome.HELD, 0, instant(due))
    assert desk.send() == expected
    desk.until("2027-12-31T00:00:00+10:00")
    assert desk.times(Event.HANDED_OVER) == [instant(due or issued)]


def test_neither_limit_nor_question() -> None:
    desk = Desk(sets={"cs-daily-limit.scope": "child_support_sms", "cs-daily-limit.limit": "1"})
    desk.customer()
    assert [desk.send().outcome for _ in range(8)] == [Outcome.SENT] * 8
    desk.until("2026-09-28T12:01:00+10:00")
    assert len(desk.times(Event.ACKNOWLEDGED)) == 8


def test_a_sent_message_is_claimed_and_found_on_the_correspondence_screens() -> None:
    desk = Desk()
    desk.customer()
    desk.send(OFFER)
    desk.until("2026-09-28T12:01:00+10:00")
    assert desk.times(Event.SENT_CLAIMED) == desk.times(Event.ACKNOWLEDGED)
    shown = desk.system.screen(1, Screen.OUTBOUND_CORRESPONDENCE, desk.now)
    assert [line.template for line in shown] == [OFFER]
    assert desk.system.screen(1, Screen.HISTORY_SUMMARY, desk.now) == []


def test_moving_moves_the_due_instant() -> None:
    desk = Desk("2026-09-28T21:00:00+10:00")
    desk.customer()
    desk.send()
    desk.now += 5 * MINUTE
    desk.centrelink.hear_zone(1, ZONES.index(PERTH), desk.now, alone=True)
    (again,) = desk.checked.zone_changed(1, desk.now)
    assert (again.event, again.value) == (Event.HELD_AGAIN, instant("2026-09-29T08:00:00+08:00"))
    desk.until("2026-09-30T12:00:00+10:00")
    assert desk.times(Event.HANDED_OVER) == [instant("2026-09-29T08:00:00+08:00")]
