"""A customer's timeline: every event in words that say what it says, in the local time of the zone then on record."""

from pathlib import Path

import pytest

from sim.scenario.expand import read_scenarios
from sim.scenario.session import Options, run_items
from sim.scenario.telling import report
from sim.scenario.timeline import timeline
from tests.scenario.builder import HEAD, write

RULES = Path(__file__).resolve().parents[2] / "scenarios" / "rules"
MOVES = (
    HEAD
    + """\
customers: {ana: {zone: Australia/Sydney, email: valid}, bob: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 20:00
    send: {as: one, customer: ana, template: payment_received}
    expect: {outcome: sent}
  - at: +1m
    record: {event: zone_recorded, customer: ana, value: Australia/Perth}
  - at: +1m
    record: {event: mobile_recorded, customer: ana, value: overseas, by: app}
  - at: +1m
    gateway: down
  - at: 2026-09-22 09:00
    send: {customer: ana, template: payment_received}
    expect: {outcome: refused, reasons: [opted_out]}
"""
)


def told(path: Path, row: str = "", customer: int = 1) -> list[str]:
    """The timeline of a customer in a row of a file, without its times."""
    items = [item for item in read_scenarios(path) if row in ("", item.name)]
    (result,) = run_items(items, Options())
    return [line.partition("  ")[2] for line in timeline(result.played, customer)]


def test_times_are_those_of_the_zone_on_record_and_failed_steps_are_marked(tmp_path: Path) -> None:
    (result,) = run_items(read_scenarios(write(tmp_path, MOVES)), Options())
    lines = report(result, "pytest one.yaml").splitlines()
    assert lines[0] == "line 9: steps[0].expect.outcome: expected sent, actual held (and 1 more)"
    ana = lines[lines.index("What happened to ana (customer 1), in local time:") + 1 :]
    assert ana[:12] == [
        "    2026-09-20T00:00:00.000+10:00  zone recorded Australia/Sydney",
        "    2026-09-20T00:00:00.000+10:00  mobile recorded valid",
        "    2026-09-20T00:00:00.000+10:00  email recorded valid",
        "    2026-09-21T20:00:00.000+10:00  send pressed one: payment_received",
        "    2026-09-21T20:00:00.000+10:00  issued one",
        "    2026-09-21T20:00:00.000+10:00  held one until 2026-09-22T08:00:00.000+10:00",
        "    2026-09-21T20:00:00.000+10:00  ^ steps[0] (line 7) failed",
        "    2026-09-21T18:01:00.000+08:00  zone recorded Australia/Perth",
        "    2026-09-21T18:01:00.000+08:00  held again one until 2026-09-22T08:00:00.000+08:00",
        "    2026-09-21T18:02:00.000+08:00  mobile recorded overseas in the app",
        "    2026-09-21T18:03:00.000+08:00  outage started",
        "    2026-09-22T09:00:00.000+08:00  send pressed #2: payment_received",
    ]
    bob = lines[lines.index("What happened to bob (customer 2), in local time:") + 1 :]
    assert bob[2:4] == [
        "    2026-09-21T18:00:00.000+08:00  ^ steps[0] (line 7) failed",
        "    2026-09-21T18:03:00.000+08:00  outage started",
    ]


@pytest.mark.parametrize(
    ("file", "row", "lines"),
    [
        ("debt/one_full_day_lies_between_two_messages.yaml", "full_day-Perth",
         ["debt raised due 2026-08-01", "arrangement set vol bkn", "repayment declined 2026-09-07",
          "arrangement set csh cur", "repayment due 2026-09-09", "nightly run of DMIS for 2026-09-14",
          "eligible overdue_payment", "suppressed overdue_payment by declined_payment (hierarchy)",
          "picked one: declined_payment", "suppressed overdue_payment by declined_payment (gap)",
          "suppressed ended overdue_payment by declined_payment (gap)",
          "picked on_the_day_after: overdue_payment"]),
        ("procedures/misdirected_reports_that_go_to_sas.yaml", "a_customer",
         ["mobile recorded none by an officer", "send pressed two: payment_received", "refused two (no_mobile)"]),
        ("centrelink/a_reject_message_after_an_unsuccessful_call.yaml", "called_in_vain",
         ["centrelink recorded current", "mail channel recorded post", "work arrived integrated",
          "ccm set not available", "claim finalised reject"]),
        ("procedures/the_promised_call_comes_in_time.yaml", "today-midnight-Sydney",
         ["send pressed alert: S001", "call attempted alert on number 1"]),
    ],
)  # fmt: skip
def test_what_is_told_of_shipped_scenarios(file: str, row: str, lines: list[str]) -> None:
    found = told(RULES / file, row)
    places = [found.index(line) for line in lines]
    assert places == sorted(places)


def test_other_customers_are_named() -> None:
    found = told(RULES / "procedures/misdirected_reports_that_go_to_sas.yaml", "a_customer", customer=2)
    assert "report received one number_right_message_not_theirs" in found
    assert "report step one escalate_to_sas" in found
    assert "sas found one that it was for ana" in found
    assert "number removed one from ana" in found
    assert not any("payment_received" in line for line in found)
