"""Automatic messages by email in whole runs (`cs-email`). Read without the rules."""

from functools import cache
from typing import Any

from sim.clock import HOUR, clock
from sim.history import Event, History
from sim.messages import Channel, EmailStatus, MobileStatus, System
from tests.world.loads import Zones, load, run

PARAMETERS = {
    "cuba.notices_per_year": 150.0,
    "population.no_mobile": 0.3,
    "population.invalid_mobile": 0.1,
    "population.overseas_mobile": 0.1,
    "email.dead_at_start": 0.1,
    "email.given_up_per_year": 3.0,
    "behaviour.step_skipped": 0.0,
}


@cache
def history(**changes: Any) -> History:
    """Eight days in which many have no usable mobile; `changes` have __ for a dot."""
    parameters = {**PARAMETERS, **{name.replace("__", "."): value for name, value in changes.items()}}
    return run(load(customers=400, parameters=parameters))


def test_the_channel_follows_what_is_on_record() -> None:
    mobile: dict[int, int] = {}
    email: dict[int, int] = {}
    seen: dict[int, int] = {Channel.SMS: 0, Channel.EMAIL: 0}
    for row in history().select(Event.MOBILE_RECORDED, Event.EMAIL_RECORDED, Event.SEND_PRESSED):
        if row["event"] == Event.MOBILE_RECORDED:
            mobile[row["customer"]] = row["value"]
        elif row["event"] == Event.EMAIL_RECORDED:
            email[row["customer"]] = row["value"]
        elif row["system"] == System.CUBA:
            usable = mobile[row["customer"]] == MobileStatus.VALID
            by_email = not usable and email.get(row["customer"], 0) == EmailStatus.VALID
            assert row["other"] == (Channel.EMAIL if by_email else Channel.SMS)
            seen[row["other"]] += 1
    assert min(seen.values()) > 100


def test_email_travels_by_the_exchange_at_once_and_at_any_hour() -> None:
    found, zones = history(), Zones(history())
    emails = {row["message"]: row for row in found.select(Event.ISSUED) if row["other"] == Channel.EMAIL}
    assert not {row["message"] for row in found.select(Event.HELD, Event.HELD_AGAIN)} & emails.keys()
    outside = 0
    for row in found.select(Event.ARRIVED, Event.ACKNOWLEDGED):
        by_email = row["message"] in emails
        assert row["system"] == (System.EMAIL_EXCHANGE if by_email else System.GATEWAY)
        if by_email and row["event"] == Event.ARRIVED:
            assert row["time"] - emails[row["message"]]["time"] < HOUR
            of_day = zones.at(row["customer"], row["time"]).time_of_day(row["time"])
            outside += not 8 * HOUR <= of_day < 20 * HOUR
    assert outside > 20


def test_dead_addresses_bounce_and_are_marked_invalid() -> None:
    found = history()
    agency = clock("Australia/Sydney")
    emails = {row["message"]: row["customer"] for row in found.select(Event.ISSUED) if row["other"] == Channel.EMAIL}
    failed = {row["message"]: row["time"] for row in found.select(Event.FAILED) if row["message"] in emails}
    bounced = {row["message"]: row["time"] for row in found.select(Event.BOUNCED) if row["message"] in emails}
    assert len(bounced) > 10
    for message, time in bounced.items():
        assert time == agency.at(agency.day(failed[message]) + 1, 6 * HOUR)
    checked = {row["message"] for row in found.select(Event.DETAILS_CHECKED)} & bounced.keys()
    invalid = {
        row["customer"]
        for row in found.select(Event.EMAIL_RECORDED)
        if row["value"] == EmailStatus.INVALID and row["time"] > found.array()[0, 0]
    }
    assert len(checked) > 5
    assert len(invalid) > 3
    assert invalid <= {emails[message] for message in bounced}


def test_the_gateway_out_of_service_does_not_stop_email() -> None:
    found = history()
    down = [row["time"] for row in found.select(Event.OUTAGE_STARTED, Event.OUTAGE_ENDED)]
    systems = {row["system"] for row in found.select(Event.ARRIVED) if down[0] < row["time"] < down[1]}
    assert systems == {System.EMAIL_EXCHANGE}


def test_a_told_address_works() -> None:
    found = history(email__dead_at_start=0.0, email__tells_new_address=1.0, email__delivered_share=1.0)
    emails = {row["message"] for row in found.select(Event.ISSUED) if row["other"] == Channel.EMAIL}
    assert len(emails) > 100
    assert not {row["message"] for row in found.select(Event.FAILED)} & emails
