"""From files to items: rows, names, times, and what is wrong told with file, line and field."""

from pathlib import Path

import pytest

from sim.clock import instant
from sim.errors import InputError
from sim.scenario.expand import read_scenarios
from tests.scenario.builder import HEAD, ONE, write

ROWS = (
    HEAD
    + """\
rows:
  early: {at: "07:59:59.999", outcome: held}
  on: {at: "08:00", outcome: sent}
each:
  zone: [Australia/Perth, Indian/Cocos]
customers:
  ana: {zone: $zone}
steps:
  - at: 2026-09-21 $at
    send: {customer: ana, template: payment_received}
    expect: {outcome: $outcome}
"""
)


def test_rows_and_each_make_items_with_readable_names(tmp_path: Path) -> None:
    items = read_scenarios(write(tmp_path, ROWS))
    assert [item.name for item in items] == ["early-Perth", "early-Cocos", "on-Perth", "on-Cocos"]
    starts = [item.times["steps", 0, "at"] for item in items]
    assert starts[2] == instant("2026-09-21T08:00:00+08:00")
    assert starts[1] == instant("2026-09-21T07:59:59.999+06:30")
    assert items[0].scenario.steps[0].expect is not None
    assert items[0].scenario.steps[0].expect.outcome == "held"
    assert items[0].line("steps", 0, "expect") == 15


def test_a_file_without_rows_is_one_item_named_after_it(tmp_path: Path) -> None:
    (item,) = read_scenarios(write(tmp_path, ONE, "quiet_evening.yaml"))
    assert item.name == "quiet_evening"
    assert item.messages == {"one": ("one",)}
    # It is watched from the agency day before the first step to the end of the second one after the last.
    assert item.start == instant("2026-09-20T00:00:00+10:00")
    assert item.until == instant("2026-09-24T00:00:00+10:00")


def test_times_follow_a_customer_who_moves(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
customers: {ana: {zone: Australia/Sydney}}
steps:
  - at: 2026-09-21 08:00
    record: {customer: ana, event: zone_recorded, value: Australia/Perth}
  - at: 2026-09-21 08:00
    send: {customer: ana, template: payment_received}
"""
    )
    (item,) = read_scenarios(write(tmp_path, text))
    assert item.times["steps", 1, "at"] - item.times["steps", 0, "at"] == 2 * 3_600_000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("customer: ana", "customer: anna", "9: steps[0].send.customer: unknown customer 'anna' (did you mean ana?)"),
        ("payment_received", "payment_recieved", "unknown template 'payment_recieved' (did you mean payment_received?"),
        ("outcome: held", "outcome: hold", "10: steps[0].expect.outcome: must be one of 'sent', 'held'"),
        ("20:00", "25:00", "8: steps[0].at: is no time of day"),
        ("2026-09-21 20:00", "2026-10-04 02:30 Australia/Sydney", "does not exist in Australia/Sydney"),
        ("2026-09-21 20:00", "2027-04-04 02:30 Australia/Sydney", "add first (2027-04-03T15:30:00.000Z) or second"),
        ("zone: Australia/Perth", "zone: Perth", "6: customers.ana.zone: must be one of Australia/Sydney"),
        ("{zone: Australia/Perth}", "{}", "a customer needs a zone or a state"),
        ("cs-send-window", "cs-send-windows", "4: rules[0]: unknown rule 'cs-send-windows' (did you mean cs-send-"),
        ("    one: {outcome", "    two: {outcome", "13: end.messages.two: unknown message 'two' (allowed: one)"),
        ("send: {as", "sent: {as", "9: steps[0].sent: unknown key (did you mean send?)"),
        ("customer: ana, t", "customer: ana, officer: bo, t", "unknown officer 'bo'"),
        ("due: next day 08:00", "lines: []", "steps[0]: send has no lines to expect"),
        ("title: A scenario", "policy: {cs-daily-limit.limt: 3}\ntitle: A scenario", "3: policy.cs-daily-limit.limt: "),
        ("$", "$", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    path = write(tmp_path, ONE.replace(old, new))
    if said is None:
        assert len(read_scenarios(path)) == 1
        return
    with pytest.raises(InputError) as caught:
        read_scenarios(path)
    text = str(caught.value)
    assert text.startswith(f"{path}:")
    assert said in text
    assert "\n" not in text


def test_a_step_before_its_predecessor_is_refused(tmp_path: Path) -> None:
    step = "\n  - at: 19:59\n    send: {customer: ana, template: payment_received}\nend:"
    with pytest.raises(InputError, match=r":11: steps\[1\].at: is before the step that precedes it"):
        read_scenarios(write(tmp_path, ONE.replace("\nend:", step)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("$zone", "$zones", "customers.ana.zone: no row has $zones (did you mean zone?)"),
        ("outcome: $outcome", "outcome: sent", "nothing in the file uses $outcome"),
        ("Indian/Cocos", "Australia/Perth", "two rows are both named 'early-Perth'"),
        ("[Australia/Perth, Indian/Cocos]", "[]", "each: must have at least one item"),
    ],
)
def test_rows_that_do_not_fit(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scenarios(write(tmp_path, ROWS.replace(old, new)))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("event: mobile_recorded, value: broken", "allowed: none, valid, invalid, overseas"),
        ("event: died, value: valid", "allowed: nothing"),
        ("event: restricted_access_set, value: 1", "allowed: true, false"),
        ("event: fdv_raised", "needs a process"),
        ("event: died, process: care", "has no process"),
        ("event: process_closed, process: care", "unknown process 'care'"),
    ],
)
def test_facts_take_only_their_own_values(tmp_path: Path, record: str, said: str) -> None:
    step = f"\n  - at: 21:00\n    record: {{customer: ana, {record}}}\nend:"
    with pytest.raises(InputError) as caught:
        read_scenarios(write(tmp_path, ONE.replace("\nend:", step)))
    assert said in str(caught.value)
