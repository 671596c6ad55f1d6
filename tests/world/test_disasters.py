"""Disasters that a load gives."""

from datetime import date

from sim.clock import HOUR
from sim.history import Event
from sim.messages import Reason
from sim.scenario.load import Fault
from tests.world.loads import run
from tests.world.test_debts import AGENCY, load


def test_a_disaster_that_a_load_gives_stops_the_messages_to_its_postcodes_while_it_lasts() -> None:
    starts = AGENCY.at(date(2026, 9, 14).toordinal(), 9 * HOUR)
    ends = AGENCY.at(date(2026, 9, 28).toordinal(), 0)
    fault = Fault("disaster", starts, days=14, postcodes=(2000, 4999))
    given = load(days=40, customers=400, sets={"debt.disasters_per_year": 0.0}, faults=(fault,))
    history = run(given)
    (declared,) = history.select(Event.DISASTER_DECLARED)
    assert (declared["time"], declared["value"], declared["other"]) == (starts, 2000, 4999)
    (ended,) = history.select(Event.DISASTER_ENDED)
    assert AGENCY.day(ended["time"]) == AGENCY.day(ends)
    assert ended["ref"] == declared["ref"]
    postcodes = {row["customer"]: row["value"] for row in history.select(Event.POSTCODE_RECORDED)}
    touched = {customer for customer, postcode in postcodes.items() if 2000 <= postcode <= 4999}
    handed = [row for row in history.select(Event.HANDED_OVER) if row["customer"] in touched]
    assert any(row["time"] < starts for row in handed)
    assert any(row["time"] >= ended["time"] for row in handed)
    assert [row for row in handed if starts <= row["time"] < ended["time"]] == []
    elsewhere = [row for row in history.select(Event.HANDED_OVER) if row["customer"] not in touched]
    assert any(starts <= row["time"] < ended["time"] for row in elsewhere)
    stopped = [row for row in history.select(Event.SUPPRESSED) if row["reasons"] & Reason.DISASTER_PAUSE]
    assert stopped
    assert {row["customer"] for row in stopped} <= touched
