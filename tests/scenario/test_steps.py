"""Steps of officers, registers, batches and reports: what a file may not say, and what is written into the history."""

from pathlib import Path

import pytest

from fakes.our_systems import OurMessagingSystem
from sim.clock import instant
from sim.errors import InputError
from sim.history import Event
from sim.messages import System
from sim.scenario.conversation import Conversation
from sim.scenario.expand import read_scenarios
from sim.scenario.played import Played
from sim.scenario.player import play
from tests.scenario.builder import HEAD, write

DEBTS = (
    HEAD
    + """\
customers:
  ana:
    zone: Australia/Perth
    centrelink: {}
    debts: {owed: {due: 2026-10-12}}
steps:
"""
)
PAIRS = (
    HEAD
    + """\
pairs:
  as: [one, other]
  of: {a: {text: payment_received}, b: {text: documents_received}, c: {text: receipt_number_recorded}}
customers: {ana: {zone: Australia/Perth}}
steps:
  - at: 2026-09-21 12:00
    send: {as: $one, customer: ana, template: $one.text}
  - at: +2h
    send: {as: $other, customer: ana, template: $other.text}
"""
)


def played(folder: Path, text: str) -> Played:
    (item,) = read_scenarios(write(folder, text))
    return play(item, Conversation(OurMessagingSystem()))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("record: {event: debt_paid, customer: ana}", "steps[0].record.debt: debt_paid needs a debt"),
        ("record: {event: debt_paid, customer: ana, debt: owned}", "unknown debt 'owned' (did you mean owed?)"),
        ("record: {event: debt_raised, customer: ana, debt: owed, value: 2026-10-12}", "another debt has this name"),
        ("record: {event: debt_raised, customer: ana, debt: b, value: soon}", "allowed: a date such as 2026-10-05"),
        ("record: {event: debt_raised, customer: ana, debt: b, value: 2026-02-30}", "(value '2026-02-30'"),
        ("record: {event: died, customer: ana, debt: owed}", "record.debt: died has no debt"),
        ("record: {event: died}", "record.customer: died needs a customer"),
        (
            "record: {event: arrangement_set, customer: ana, debt: owed, arrangement: vol}",
            "record.status: arrangement_set needs a status",
        ),
        (
            "record: {event: write_off_set, customer: ana, value: temporary}",
            "record.ends: a temporary write-off needs the day on which it ends",
        ),
        (
            "record: {event: write_off_set, customer: ana, value: gone}",
            "allowed: none, wun, nce, dos, temporary, permanent",
        ),
        ("record: {event: disaster_ended, disaster: flood}", "unknown disaster 'flood'"),
        ("record: {event: mutual_customer_set, customer: ana, value: 1}", "(value 1; allowed: true, false)"),
        ("record: {event: eligibility_injected, customer: ana, template: nudge}", "unknown template 'nudge'"),
        ("act: {does: list_viewed, customer: ana, work: w}", "allowed: pluto, cuba)"),
        ("act: {does: list_viewed, customer: ana, value: pluto}", "act.work: list_viewed needs a work"),
        ("act: {does: explained, message: one, work: w, value: 1}", "unknown message 'one'"),
        ("follow_report: {report: call}", "follow_report.report: unknown report 'call'"),
        ("run_batch: weekly", "steps[0].run_batch: must be one of 'nightly', 'sap' or 'dmis' (value 'weekly')"),
        ("run_batch: nightly, expect: {picked: {bob: debt_due_soon}}", "expect.picked.bob: unknown customer 'bob'"),
        ("run_batch: nightly, begins: {one: bob}", "begins.one: unknown customer 'bob'"),
        ("run_batch: nightly, expect: {outcome: sent}", "run_batch has no outcome to expect"),
        ("route: {customer: ana, work: w, sort: easy}", "route.sort: must be one of 'sct_disagreed_referral'"),
    ],
)
def test_what_cannot_be_is_told_with_its_field(tmp_path: Path, step: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scenarios(write(tmp_path, f"{DEBTS}  - {{at: 2026-10-05 12:00, {step}}}\n"))
    assert said in str(caught.value)
    assert "one.yaml:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_debts_need_a_record_at_centrelink(tmp_path: Path) -> None:
    text = DEBTS.replace("    centrelink: {}\n", "") + "  - {at: 2026-10-05 12:00, run_batch: nightly}\n"
    with pytest.raises(InputError, match="a customer with debts needs a part centrelink"):
        read_scenarios(write(tmp_path, text))


# Pairs


def test_every_pair_is_an_item_named_after_both(tmp_path: Path) -> None:
    items = read_scenarios(write(tmp_path, PAIRS))
    assert [item.name for item in items] == ["a-b", "a-c", "b-c"]
    first = items[2].scenario.steps[0].send
    assert first is not None
    assert (first.name, first.template) == ("b", "documents_received")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("$one.text", "$one.words", "$one.words stands for nothing: there is no part 'words'"),
        ("pairs:", "rows: {x: {a: 1}}\npairs:", "pairs: stands beside rows"),
        ("as: [one, other]", "as: [one]", "pairs.as: must have at least 2 item"),
    ],
)
def test_pairs_that_cannot_be_made(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scenarios(write(tmp_path, PAIRS.replace(old, new)))
    assert said in str(caught.value)


# Nightly runs


def test_the_runs_come_by_themselves_but_for_the_date_on_which_the_file_makes_one(tmp_path: Path) -> None:
    text = DEBTS + "  - {at: 2026-10-05 05:30, run_batch: dmis}\n"
    runs = played(tmp_path, text).history.select(Event.NIGHTLY_RUN)
    made = [(row["time"], row["system"]) for row in runs]
    four, half_past_five = "2026-10-{:02}T04:00:00+11:00", instant("2026-10-05T05:30:00+11:00")
    assert made == [
        (instant(four.format(5)), System.SAP),
        (half_past_five, System.DMIS),
        *((instant(four.format(day)), system) for day in (6, 7) for system in (System.SAP, System.DMIS)),
    ]


def test_without_debts_there_are_no_nightly_runs(tmp_path: Path) -> None:
    text = HEAD + "customers: {ana: {zone: Australia/Perth}}\nsteps:\n  - {at: 2026-10-05 12:00, gateway: up}\n"
    assert list(played(tmp_path, text).history.select(Event.NIGHTLY_RUN)) == []


def test_a_system_without_nightly_runs_leaves_their_messages_unknown(tmp_path: Path) -> None:
    class Pluto(OurMessagingSystem):
        def supports(self) -> tuple[str, ...]:
            return ("send",)

    text = DEBTS + "  - {at: 2026-10-05 04:00, run_batch: nightly, begins: {one: ana}, expect: {picked: {}}}\n"
    (item,) = read_scenarios(write(tmp_path, text + "end: {messages: {one: {outcome: sent}}}\n"))
    from sim.scenario.expectations import judge_steps

    findings = judge_steps(play(item, Conversation(Pluto())))
    assert findings.failures == []
    assert findings.unknown == ["the system does not support run_batch"]


# Receipts


@pytest.mark.parametrize(
    ("event", "bounces", "status"),
    [("failed", 1, "Bounce Back (BB)"), ("delivered", 0, "Communication sent")],
)
def test_the_gateway_tells_what_the_file_says(tmp_path: Path, event: str, bounces: int, status: str) -> None:
    text = (
        HEAD
        + f"""\
customers: {{ana: {{zone: Australia/Perth, reports: nothing}}}}
steps:
  - at: 2026-09-21 12:00
    send: {{as: one, customer: ana, template: payment_received}}
  - at: "14:00"
    receipt: {{message: one, event: {event}}}
  - at: 2026-09-22 12:00
    look: {{screen: outbound_correspondence, customer: ana}}
"""
    )
    found = played(tmp_path, text)
    assert len(list(found.history.select(Event.BOUNCED))) == bounces
    assert [line["status"] for line in found.results[2]] == [status]


# Procedures


def test_a_work_item_arrives_and_begins_when_it_is_first_met(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - {at: 2026-09-21 12:00, act: {does: list_viewed, customer: ana, work: item, value: cuba}}
  - {at: +1m, send: {as: one, customer: ana, template: payment_received, work: item}}
  - {at: +1m, call: {customer: ana, work: item, message: one, answered: true}}
"""
    )
    rows = [row for row in played(tmp_path, text).history.select() if row["ref"] == 1001]
    assert [Event(row["event"]).name for row in rows][:5] == [
        "WORK_ARRIVED", "WORK_STARTED", "LIST_VIEWED", "SEND_PRESSED", "ISSUED",
    ]  # fmt: skip
    assert [row["message"] for row in rows if row["event"] in (Event.CALL_ATTEMPTED, Event.CALL_ANSWERED)] == [1, 1]
    assert {row["value"] for row in rows if row["event"] == Event.LIST_VIEWED} == {2}


def test_a_report_takes_effect_on_the_records(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
customers: {ana: {zone: Australia/Perth}}
steps:
  - {at: 2026-09-21 12:00, send: {as: one, customer: ana, template: payment_received}}
  - {at: "13:00", report: {as: call, message: one, case: wants_out, customer: ana}}
  - {at: "13:05", follow_report: {report: call}}
  - {at: "13:05", send: {as: two, customer: ana, template: payment_received}}
"""
    )
    found = played(tmp_path, text)
    assert found.results[3][0]["reasons"] == ["opted_out"]
    names = [Event(row["event"]).name for row in found.history.select() if row["ref"] == 2001]
    assert (names[0], names[-1]) == ("REPORT_RECEIVED", "REPORT_CLOSED")
