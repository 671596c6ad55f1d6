"""dr-view against hand-written histories."""

import pytest

from sim.audit.codes import SCREENS, SYSTEMS, Event
from tests.audit.builder import MINUTE, SYDNEY, Builder, at, expect, judge_one, offenders, policy
from tests.audit.foreign_logs import HEADER, read, rows

OUTBOUND, HISTORY, SUMMARY = SCREENS.values()
SENT = at("2026-10-02 10:00")
LOOK = at("2026-10-05 12:00")
SHOWS = {"customer_first": (OUTBOUND, HISTORY), "dmis": (HISTORY, SUMMARY), "sap": (HISTORY, SUMMARY)}


def sent(system: str, time: int = SENT, zone: str = SYDNEY, days: int = 120) -> Builder:
    """Message 7 to customer 1."""
    built = Builder("2026-09-21 00:00", "2027-03-01 00:00", {**policy(), "dr-view": {"values": {"sap_days": days}}})
    built.customer(1, zone)
    built.customer(2)
    built.send(7, 1, time, system=system, sender="CENTRELINK", text="Pay.", template=401)
    return built


def looks(built: Builder, *seen: tuple[int, int], time: int = LOOK, customer: int = 1) -> Builder:
    """Screens that were looked at in one go, and what each gave."""
    for screen, message in seen:
        built.event(time, Event.HAS_VIEWED, customer=customer, value=screen, message=message, system=SYSTEMS["world"])
    return built


@pytest.mark.parametrize("system", SHOWS)
def test_screens_of_each_system(system):
    shown = SHOWS[system]
    table = {
        f"found on {screen}": (looks(sent(system), (screen, 7)), [] if screen in shown else [7])
        for screen in SCREENS.values()
    }
    first = min(shown)
    before = [(screen, 0) for screen in SCREENS.values() if screen < first]
    table["one after the other"] = (looks(sent(system), *before, (first, 7)), [])
    table["passed over"] = (looks(sent(system), (shown[0], 0), (shown[1], 7)), [7])
    expect("dr-view", table)


def test_what_cannot_be_found():
    table = {
        "before it was sent": (looks(sent("dmis"), (HISTORY, 7), time=SENT), [7]),
        "as it is sent": (looks(sent("dmis"), (HISTORY, 7), time=SENT + 50), []),
        "never sent": (looks(sent("dmis"), (HISTORY, 8)), [8]),
        "another customer's": (looks(sent("dmis"), (HISTORY, 7), customer=2), [7]),
        "a screen of no name": (looks(sent("dmis"), (9, 7)), [7]),
    }
    expect("dr-view", table)


@pytest.mark.parametrize(("zone", "instant"), [(SYDNEY, "2026-10-02 23:30"), ("Australia/Perth", "2026-10-02 23:30")])
def test_saps_messages_are_archived(zone, instant):
    """The 120th local day is 29 January 2027, the day of sending being the first."""
    last, after = at("2027-01-29 23:59:59.999", zone), at("2027-01-30 00:00", zone)
    nothing = [(screen, 0) for screen in SCREENS.values()]

    def history(system: str, time: int, *seen: tuple[int, int]) -> Builder:
        return looks(sent(system, at(instant, zone), zone), *seen, time=time)

    table = {
        "found on the last day": (history("sap", last, (OUTBOUND, 0), (HISTORY, 7)), []),
        "found later": (history("sap", after, (OUTBOUND, 0), (HISTORY, 7)), [7]),
        "not found on the last day": (history("sap", last, *nothing), ["no message"]),
        "not found later": (history("sap", after, *nothing), []),
        "DMIS's stay": (history("dmis", after, (OUTBOUND, 0), (HISTORY, 7)), []),
        "Customer First's stay": (history("customer_first", after, *nothing), ["no message"]),
    }
    audit = judge_one(table["not found later"][0].log(), "dr-view")
    assert (audit.verdict, audit.unjudged) == ("unknown", 3)
    found = {name: judge_one(built.log(), "dr-view") for name, (built, _) in table.items()}
    assert {name: bool(audit.breaches) for name, audit in found.items()} == {
        name: bool(wrong) for name, (_, wrong) in table.items()
    }


@pytest.mark.parametrize(("days", "wrong"), [(4, []), (3, [7])])
def test_the_days_are_policy(days, wrong):
    built = looks(sent("sap", days=days), (HISTORY, 7))
    assert offenders(judge_one(built.log(), "dr-view")) == wrong


def test_what_was_looked_for_is_not_known():
    table = {
        "nothing had been sent": (looks(sent("dmis"), (HISTORY, 0), time=SENT - MINUTE), "pass"),
        "one screen without a message": (looks(sent("dmis"), (HISTORY, 0)), "unknown"),
        "nobody looked": (sent("dmis"), "not_exercised"),
    }
    for name, (built, verdict) in table.items():
        assert judge_one(built.log(), "dr-view").verdict == verdict, name


@pytest.mark.parametrize(("system", "verdict"), [("dmis", "unknown"), ("pluto", "not_exercised")])
def test_a_foreign_log_does_not_tell(tmp_path, system, verdict):
    line = f"m1,c1,{system},{SYDNEY},2026-10-06T10:00:00.000+11:00,sent,2026-10-06T10:00:00.200+11:00"
    assert judge_one(read(tmp_path, rows(line, header=HEADER)), "dr-view").verdict == verdict
