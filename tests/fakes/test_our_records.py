"""What our registers make of the facts of the protocol."""

import pytest

from fakes.centrelink import Centrelink
from fakes.cuba import Cuba
from fakes.ledger import Ledger
from fakes.our_records import OurRecords
from sim.history import History

ZONE = {"value": "Australia/Perth"}


@pytest.mark.parametrize(
    ("fact", "fields", "field"),
    [("died", {}, "deceased"), ("restricted_access_set", {"value": True}, "restricted_access")],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_fact_of_the_agencys_own_is_on_both_records_whichever_comes_first(
    fact: str, fields: dict[str, object], field: str, first: bool
) -> None:
    records = OurRecords(Cuba(History(), Ledger()), Centrelink(History()))
    own, there = (fact, fields), ("centrelink_recorded", {"value": True})
    for name, given in (("zone_recorded", ZONE), *((own, there) if first else (there, own))):
        records.take(name, 1, given, 0)
    assert getattr(records.cuba.recipient(1), field) == 1
    assert getattr(records.centrelink.recipient(1), field) == 1
