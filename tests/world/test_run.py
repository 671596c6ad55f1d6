"""Whole runs: what must hold of every history, read without the rules and the systems."""

from collections import Counter
from dataclasses import replace

import pytest

from fakes.machinery import OURS
from sim.clock import DAY, HOUR, MINUTE, clock, instant
from sim.draws import Draws, Purpose
from sim.history import COLUMNS, Event, History
from sim.messages import Channel, MobileStatus, Reason, Status, System
from sim.scenario.load import Fault
from sim.world.lives import moments
from tests.world.loads import BUSY, OUTAGE, Zones, busy_history, by_message, load, run

OPENS, CLOSES = 8 * HOUR, 20 * HOUR
TIME = COLUMNS.index("time")


@pytest.fixture(scope="module")
def history() -> History:
    """The busy run."""
    return busy_history()


def sms(history: History) -> dict[int, bool]:
    """For every issued message whether it is an SMS."""
    return {row["message"]: row["other"] == Channel.SMS for row in history.select(Event.ISSUED)}


def test_the_run_meets_everything_that_can_happen(history: History) -> None:
    found = {Event(row["event"]) for row in history.select()}
    life = {event for event in Event if 80 <= event <= 114}
    work = {event for event in Event if 40 <= event <= 64} - {Event.DETAILS_UPDATED}
    assert (life | work) - found <= {Event.CALL_PROMISE_DROPPED, Event.LETTER_SENT}
    assert {Event.OUTAGE_STARTED, Event.OUTAGE_ENDED, Event.NIGHTLY_RUN, Event.DIED, Event.ZONE_RECORDED} <= found


def test_nothing_happens_outside_the_observed_interval(history: History) -> None:
    one = load()
    times = history.array()[:, TIME]
    assert times.min() == one.starts == instant("2026-09-30T00:00:00+10:00")
    # The end is midnight with daylight saving: the eight days have 191 hours.
    assert one.ends == instant("2026-10-08T00:00:00+11:00")
    assert times.max() < one.ends
    assert one.ends - times.max() < 6 * HOUR
    assert (times[1:] >= times[:-1]).all()


def test_a_longer_run_only_adds(history: History) -> None:
    longer = run(load(days=10)).array()
    assert (longer[longer[:, TIME] < load().ends] == history.array()).all()


# A message's life: what may follow what. None is the beginning.
FOLLOWS: dict[Event | None, set[Event]] = {
    None: {Event.DIALOG_OPENED, Event.SEND_PRESSED},
    Event.DIALOG_OPENED: {Event.SEND_PRESSED},
    Event.SEND_PRESSED: {Event.REFUSED, Event.INFO_SHOWN, Event.ISSUED},
    Event.INFO_SHOWN: {Event.REFUSED, Event.CONFIRMATION_ASKED},
    Event.CONFIRMATION_ASKED: {Event.CONFIRMED, Event.CANCELLED},
    Event.CONFIRMED: {Event.ISSUED, Event.REFUSED, Event.INFO_SHOWN},
    Event.CANCELLED: set(),
    Event.REFUSED: set(),
    Event.ISSUED: {Event.HELD, Event.HELD_AGAIN, Event.HANDED_OVER, Event.WITHDRAWN},
    Event.HELD: {Event.HELD_AGAIN, Event.HANDED_OVER, Event.WITHDRAWN},
    Event.HELD_AGAIN: {Event.HELD_AGAIN, Event.HANDED_OVER, Event.WITHDRAWN},
    Event.WITHDRAWN: set(),
    Event.HANDED_OVER: {Event.ARRIVED},
    Event.ARRIVED: {Event.ACKNOWLEDGED},
    Event.ACKNOWLEDGED: {Event.SENT_CLAIMED},
    # Receipts come in their own time, before or after Cuba's list.
    Event.SENT_CLAIMED: {Event.DELIVERED, Event.FAILED, Event.VIEWABLE},
    Event.VIEWABLE: {Event.STATUS_CLAIMED},
    Event.STATUS_CLAIMED: {Event.DELIVERED, Event.FAILED, Event.BOUNCED},
    Event.DELIVERED: {Event.VIEWABLE},
    Event.FAILED: {Event.VIEWABLE, Event.BOUNCED},
    Event.BOUNCED: {Event.MARKED_ERROR},
    Event.MARKED_ERROR: {Event.STATUS_CLAIMED},
}


def test_every_message_lives_in_the_order_of_recording(history: History) -> None:
    for message, rows in by_message(history).items():
        last: Event | None = None
        for row in rows:
            event = Event(row["event"])
            if event in FOLLOWS:
                assert event in FOLLOWS[last], f"message {message}: {event.name} after {last and last.name}"
                last = event


def test_every_issued_message_is_sent_once_or_withdrawn_or_still_under_way(history: History) -> None:
    ends = Counter()
    for message, rows in by_message(history).items():
        count = Counter(Event(row["event"]) for row in rows)
        if not count[Event.ISSUED]:
            assert count[Event.HANDED_OVER] == 0
            continue
        assert count[Event.ISSUED] == 1
        over, gone = count[Event.HANDED_OVER], count[Event.WITHDRAWN]
        assert over + gone <= 1, f"message {message}"
        assert count[Event.ARRIVED] == over
        assert count[Event.ACKNOWLEDGED] == count[Event.SENT_CLAIMED] <= over
        assert count[Event.DELIVERED] + count[Event.FAILED] <= count[Event.ACKNOWLEDGED]
        assert count[Event.BOUNCED] == count[Event.MARKED_ERROR] <= count[Event.FAILED]
        if not over + gone:
            due = max(row["value"] for row in rows if row["event"] in (Event.ISSUED, Event.HELD, Event.HELD_AGAIN))
            assert due >= load().ends, f"message {message} was due and is lost"
        ends["sent" if over else "withdrawn" if gone else "held"] += 1
    assert min(ends[name] for name in ("sent", "withdrawn", "held")) > 0
    assert sum(ends.values()) == len(list(history.select(Event.ISSUED)))


def test_hand_overs_are_inside_the_window_and_no_earlier_than_due(history: History) -> None:
    zones, is_sms, due = Zones(history), sms(history), {}
    for row in history.select(Event.ISSUED, Event.HELD, Event.HELD_AGAIN, Event.HANDED_OVER):
        if row["event"] != Event.HANDED_OVER:
            due[row["message"]] = row["value"]
            continue
        assert row["time"] >= due[row["message"]]
        if is_sms[row["message"]]:
            assert OPENS <= zones.at(row["customer"], row["time"]).time_of_day(row["time"]) < CLOSES


def test_messages_are_held_exactly_when_they_are_issued_outside_the_window(history: History) -> None:
    zones, is_sms = Zones(history), sms(history)
    held = {row["message"]: row["value"] for row in history.select(Event.HELD)}
    for row in history.select(Event.ISSUED):
        day, of_day = zones.at(row["customer"], row["time"]).local(row["time"])
        outside = is_sms[row["message"]] and not OPENS <= of_day < CLOSES
        assert (row["message"] in held) == outside
        due = zones.at(row["customer"], row["time"]).at(day + 1, OPENS) if outside else row["time"]
        assert row["value"] == held.get(row["message"], row["time"]) == due


def test_no_more_than_five_desktop_messages_a_local_day(history: History) -> None:
    zones = Zones(history)
    desktop = {row["message"] for row in history.select(Event.ISSUED) if row["system"] == System.PLUTO}
    sent = Counter(
        (row["customer"], zones.at(row["customer"], row["time"]).day(row["time"]))
        for row in history.select(Event.ACKNOWLEDGED)
        if row["message"] in desktop
    )
    assert 3 <= max(sent.values()) <= 5


def test_an_outage_over_closing_time_holds_again_at_20_00_local(history: History) -> None:
    zones = Zones(history)
    again = [row for row in history.select(Event.HELD_AGAIN) if row["reasons"] == Reason.SEND_WINDOW]
    assert len(again) >= 5
    for row in again:
        zone = zones.at(row["customer"], row["time"])
        day, of_day = zone.local(row["time"])
        assert of_day == CLOSES
        assert row["value"] == zone.at(day + 1, OPENS)
        assert OUTAGE.starts <= row["time"] < OUTAGE.ends
    assert len({row["time"] for row in again}) >= 2  # in more than one zone
    is_sms = sms(history)
    over = [row["time"] for row in history.select(Event.HANDED_OVER) if is_sms[row["message"]]]
    assert not [time for time in over if OUTAGE.starts <= time < OUTAGE.ends]


def test_zone_changes_compute_due_instants_anew(history: History) -> None:
    zones = Zones(history)
    moved = [row for row in history.select(Event.HELD_AGAIN) if row["reasons"] == 0]
    assert moved
    recorded = {(row["customer"], row["time"]) for row in history.select(Event.ZONE_RECORDED)}
    for row in moved:
        assert (row["customer"], row["time"]) in recorded
        zone = zones.at(row["customer"], row["time"])
        assert row["value"] == max(row["time"], zone.at(zone.day(row["value"]), OPENS))


def test_bounce_backs_come_with_the_next_agency_days_run(history: History) -> None:
    agency = clock("Australia/Sydney")
    failed = {row["message"]: row["time"] for row in history.select(Event.FAILED)}
    bounced = {row["message"]: row["time"] for row in history.select(Event.BOUNCED)}
    assert len(bounced) > 5
    for message, time in failed.items():
        run_at = agency.at(agency.day(time) + 1, 6 * HOUR)
        assert bounced.get(message, run_at) == run_at
        assert (message in bounced) == (run_at < load().ends)
    claims = {row["message"] for row in history.select(Event.STATUS_CLAIMED) if row["value"] == Status.BOUNCE_BACK}
    assert claims == set(bounced)


def test_no_sms_to_somebody_who_may_not_get_one(history: History) -> None:
    # The facts in the order of recording, folded by hand; at one instant facts are recorded before hand-overs.
    barred: dict[int, set[str]] = {}
    is_sms, checked = sms(history), 0
    flags = {Event.OPT_OUT_RECORDED: "opted out", Event.DIED: "dead", Event.EMPLOYER_SET: "employer",
             Event.RESTRICTED_ACCESS_SET: "restricted"}  # fmt: skip
    for row in history.select():
        facts, event = barred.setdefault(row["customer"], set()), Event(row["event"])
        if event in flags:
            facts.add(flags[event])
        elif event == Event.MOBILE_RECORDED:
            facts.discard("mobile")
            facts |= {"mobile"} if row["value"] != MobileStatus.VALID else set()
        elif event == Event.HANDED_OVER and is_sms[row["message"]]:
            assert not facts, f"message {row['message']} to somebody {facts}"
            checked += 1
    assert checked > 400
    assert any("dead" in facts for facts in barred.values())


def test_officers_do_one_thing_at_a_time_and_only_in_their_shifts(history: History) -> None:
    at_work: dict[int, int] = {}
    on_shift: dict[int, bool] = {}
    items = 0
    for row in history.select(Event.SHIFT_STARTED, Event.SHIFT_ENDED, Event.WORK_STARTED, Event.WORK_ENDED):
        officer, event = row["officer"], row["event"]
        if event == Event.SHIFT_STARTED:
            assert not on_shift.get(officer)
            on_shift[officer] = True
        elif event == Event.SHIFT_ENDED:
            assert on_shift[officer]
            assert officer not in at_work
            on_shift[officer] = False
        elif event == Event.WORK_STARTED:
            assert on_shift[officer]
            assert officer not in at_work
            at_work[officer] = row["ref"]
        else:
            assert at_work.pop(officer) == row["ref"]
            items += 1
    assert items > 300
    assert len({officer for officer in on_shift if officer < 1000}) > 20


def test_every_work_item_that_starts_has_arrived(history: History) -> None:
    arrived: set[int] = set()
    for row in history.select(Event.WORK_ARRIVED, Event.WORK_STARTED):
        if row["event"] == Event.WORK_ARRIVED:
            assert row["ref"] not in arrived, "one work item arrives twice"
            arrived.add(row["ref"])
        else:
            assert row["ref"] in arrived


def test_a_fact_at_the_instant_at_which_an_outage_ends_comes_first() -> None:
    # Somebody has the mobile removed at a known instant of an evening on which a message waits for the gateway.
    parameters = {"cuba.notices_per_year": 1000.0, "behaviour.removes_mobile_per_year": 50.0}
    quiet = load(days=2, customers=1_000, parameters=parameters, zones=("Australia/Perth",), faults=())
    evening = (instant("2026-09-30T21:00:00+10:00"), instant("2026-09-30T21:59:00+10:00"))
    removals = {
        customer: moments(Draws(1), Purpose.REMOVE_MOBILE, customer, 50.0, quiet.starts, quiet.ends)
        for customer in range(1, 1_001)
    }
    tried = 0
    for customer, times in removals.items():
        if not times or not evening[0] < times[0] < evening[1]:
            continue
        outage = Fault("gateway_outage", times[0] - 2 * HOUR, 120)
        history = run(replace(quiet, faults=(outage,)), only=[customer])
        waiting = {row["message"] for row in history.select(Event.ISSUED) if row["time"] <= times[0]}
        over = {row["message"] for row in history.select(Event.HANDED_OVER) if row["time"] == times[0]}
        gone = {row["message"] for row in history.select(Event.WITHDRAWN) if row["time"] == times[0]}
        assert over == set()
        assert gone <= waiting
        tried += len(gone)
    assert tried > 0


def test_a_broken_rule_reaches_the_systems() -> None:
    # `rules` replaces what the systems decide by: without a window nothing is held.
    history = run(load(days=2, faults=()), machinery=OURS.with_rules(inside_window=lambda *_: 1))
    assert list(history.select(Event.HELD)) == []
    assert len(list(history.select(Event.ISSUED))) > 50


def test_without_messages_there_is_still_a_history() -> None:
    history = run(load(days=1, customers=1, parameters={}, faults=()))
    events = {Event(row["event"]) for row in history.select() if row["customer"] == 1}
    assert {Event.ZONE_RECORDED, Event.MOBILE_RECORDED, Event.NUMBERS_RECORDED} <= events


def test_every_zone_has_its_opening(history: History) -> None:
    # Held messages go at 08:00 local or, as fast as the bind takes them, right after.
    zones = Zones(history)
    held = {row["message"] for row in history.select(Event.HELD)}
    released = [row for row in history.select(Event.HANDED_OVER) if row["message"] in held]
    assert len(released) > 100
    names = set()
    for row in released:
        zone = zones.at(row["customer"], row["time"])
        assert OPENS <= zone.time_of_day(row["time"]) < OPENS + 30 * MINUTE
        names.add(zone.name)
    assert len(names) > 6


def test_busy_values_are_parameters() -> None:
    assert set(BUSY) <= set(load().read_parameters())
    assert load().ends - load().starts == 8 * DAY - HOUR
