"""Somebody else's log as a stream: what is rebuilt, what is assumed and counted, and how far our systems agree."""

import json
from pathlib import Path
from typing import Any

import pytest

import sim.replay
from sim.clock import HOUR, MINUTE, SECOND, instant
from sim.policy.policy import load_policy
from sim.replay.differences import Change
from sim.replay.fates import of_replay
from sim.replay.foreign import Foreign, read_foreign
from sim.replay.other_values import WhatIf
from sim.replay.systems import replay

DATA = Path(__file__).resolve().parents[1] / "audit" / "data"
HEAD = "message_id,customer_id,system,timezone,issued_at,outcome,sent_at"
DAY = "2026-10-06T"


def row(message: str, at: str, outcome: str = "sent", sent: str | None = None, customer: str = "70") -> str:
    """A message of Pluto to somebody in Perth, sent a second after it was asked for unless it says otherwise."""
    gone = sent if sent is not None else f"{at[:-2]}01" if outcome == "sent" else ""
    return f"{message},{customer},pluto,Australia/Perth,{DAY}{at}+08:00,{outcome},{gone and f'{DAY}{gone}+08:00'}"


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "log.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def foreign(path: Path, **given: Any) -> Foreign:
    return read_foreign(path, load_policy(), given.get("customers"), given.get("mapping", {}), given.get("times_in"))


def disagreements(found: WhatIf) -> dict[str, tuple[str, str]]:
    """(change, rule) by the log's message id."""
    return {found.teller.message(one.message): (str(one.change), one.rule) for one in found.disagreements}


# Agreement with two kept logs, whose breaches the audit's own tests name.


def test_our_systems_decide_otherwise_exactly_where_the_audit_finds_a_breach() -> None:
    found = sim.replay.whatif(DATA / "by_hand.csv", customers=DATA / "by_hand_customers.csv")
    assert disagreements(found) == {
        "P3": ("asked", "cs-hourly-confirmation"),
        "P5": ("held", "cs-send-window"),
        "P11": ("let through", "cs-opt-out"),
        "U3": ("not held", "cs-send-window"),
        "F3": ("held", "cf-window"),
        "F4": ("refused", "cf-recipient"),
        "D2": ("refused", "dr-gap"),
        "D7": ("refused", "dr-similar"),
        "D9": ("refused", "dr-one-nudge"),
        "D10": ("refused", "dr-vulnerable"),
        "D11": ("refused", "dr-recipient"),
    }
    assert found.messages == 33
    assert found.assumed["debts"] == 5


def test_an_export_with_other_names_and_minutes() -> None:
    options = json.loads((DATA / "export.expected.json").read_text(encoding="utf-8"))["options"]
    found = sim.replay.whatif(DATA / "export.csv", mapping=options["mapping"], times_in=options["times_in"])
    assert disagreements(found) == {
        "L-0006": ("refused", "cs-daily-limit"),
        "L-0008": ("held", "cs-send-window"),
        "L-0012": ("let through", "cs-daily-limit"),
        "D-0003": ("refused", "dr-gap"),
        "D-0007": ("refused", "dr-similar"),
        "S-0001": ("refused", "dr-one-nudge"),
    }


def test_a_runs_own_table_is_agreed_with_where_facts_do_not_change(tmp_path: Path) -> None:
    """A foreign log has no changes of records and no outage, so a load without them is taken."""
    calm = {"behaviour.moves_zone_per_year": 0.0, "population.opted_out": 0.0}
    run = sim.run("four_weeks", customers=1500, days=6, set=calm)
    path = tmp_path / "messages.parquet"
    run.messages_table.to_parquet(path)
    found = sim.replay.whatif(path)
    assert found.messages > 250
    assert len(found.disagreements) <= 0.02 * found.messages


# One message at a time


def _times(*hours: int) -> list[str]:
    return [row(str(number), f"{hour:02d}:30:00") for number, hour in enumerate(hours, 1)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (_times(9, 11, 13, 15, 17), {}),
        (_times(9, 11, 13, 15, 17, 19), {"6": ("refused", "cs-daily-limit")}),
        ([row("1", "19:59:59")], {}),
        ([row("1", "20:00:00")], {"1": ("held", "cs-send-window")}),
        ([row("1", "09:00:00", "refused")], {"1": ("let through", "")}),
        ([row("1", "09:00:00", sent="09:10:00")], {}),
        ([row("1", "09:00:00", sent="09:10:02")], {"1": ("not held", "cs-send-window")}),
        # The hour's question cannot be told from a log without its column.
        ([row("1", "09:00:00"), row("2", "09:30:00")], {}),
    ],
    ids=["five", "six", "closing", "closed", "refused for nothing", "ten minutes", "longer", "question"],
)
def test_agreement_message_by_message(tmp_path: Path, rows: list[str], expected: dict[str, Any]) -> None:
    assert disagreements(sim.replay.whatif(written(tmp_path, *rows))) == expected


def test_the_question_where_the_log_has_its_column(tmp_path: Path) -> None:
    rows = [f"{row('1', '09:00:00')},false", f"{row('2', '09:30:00')},false", f"{row('3', '11:30:00')},true"]
    found = sim.replay.whatif(written(tmp_path, *rows, head=f"{HEAD},confirmation_asked"))
    assert disagreements(found) == {
        "2": ("asked", "cs-hourly-confirmation"), "3": ("not asked", "cs-hourly-confirmation"),
    }  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_for_what_only_the_log_knows_is_taken_as_said(tmp_path: Path, known: bool) -> None:
    path = written(tmp_path, f"{row('1', '09:00:00', 'refused')},opted_out", row("2", "10:00:00") + ",",
                   head=f"{HEAD},reasons")  # fmt: skip
    people = tmp_path / "people.csv"
    people.write_text("customer_id,sms_opt_out_at\n70,\n", encoding="utf-8")
    found = sim.replay.whatif(path, customers=people if known else None)
    assert found.assumed["said"] == (not known)
    assert disagreements(found) == ({"1": ("let through", "cs-opt-out")} if known else {})


def test_the_companions_opt_out_and_death_count_from_their_instants(tmp_path: Path) -> None:
    path = written(tmp_path, row("1", "09:00:00"), row("2", "11:00:00"), row("3", "13:00:00"))
    people = tmp_path / "people.csv"
    people.write_text(
        f"customer_id,sms_opt_out_at,sms_opt_out_lifted_at\n70,{DAY}10:00:00+08:00,{DAY}12:00:00+08:00\n",
        encoding="utf-8",
    )
    found = sim.replay.whatif(path, customers=people)
    assert disagreements(found) == {"2": ("refused", "cs-opt-out")}
    assert found.assumed["recipients"] == 0


def test_assumptions_are_counted(tmp_path: Path) -> None:
    rows = [
        row("1", "09:00:00"),
        row("2", "10:00:00").replace("Perth", "Eucla"),
        row("2", "10:00:00", sent="10:00:09"),
        row("3", "11:00:00", "cancelled").replace("pluto", "customer_first"),
        row("4", "12:00:00").replace("pluto", "dmis"),
        row("5", "13:00:00", sent="19:00:00"),
        row("6", "14:00:00", customer="71").replace("pluto", "customer_first"),
    ]
    found = foreign(written(tmp_path, *rows))
    assert found.assumed == {
        "recipients": 2, "centrelink": 1, "said": 0, "templates": 4, "debts": 1, "fields": 0, "moves": 2, "delays": 1,
        "twice": 1, "stopped": 1,
    }  # fmt: skip


def test_a_zone_that_we_do_not_cover(tmp_path: Path) -> None:
    path = written(tmp_path, row("1", "09:00:00").replace("Australia/Perth", "Pacific/Auckland"))
    found = foreign(path)  # 14:00 in Auckland
    told = of_replay(replay(found.stream, load_policy()))
    assert told.fates[1].sent == instant("2026-10-06T09:00:01+08:00")
    later = foreign(written(tmp_path, row("1", "16:00:00").replace("Australia/Perth", "Pacific/Auckland")))
    told = of_replay(replay(later.stream, load_policy()))
    assert told.fates[1].due == instant("2026-10-07T08:00:00+13:00")


def test_delays_are_those_of_the_log(tmp_path: Path) -> None:
    path = written(tmp_path, row("1", "09:00:00", sent="09:00:07"), row("2", "21:00:00", "held"),
                   row("3", "11:00:00", sent="18:00:00"))  # fmt: skip
    transports = foreign(path).stream.transports
    assert transports.delays == {1: 7 * SECOND}
    assert transports.usual[1] == 7 * SECOND


def test_what_is_held_when_the_log_ends_is_no_disagreement(tmp_path: Path) -> None:
    found = sim.replay.whatif(written(tmp_path, row("1", "09:00:00"), row("2", "21:00:00", "held")))
    assert found.disagreements == []
    assert found.base.fates[2].due - found.base.fates[2].pressed == 11 * HOUR
    other = sim.replay.whatif(
        written(tmp_path, f"{row('1', '09:00:00')},", f"{row('2', '21:00:00', 'held')},2026-10-09T08:00:00+08:00",
                head=f"{HEAD},due_at")
    )  # fmt: skip
    (one,) = other.disagreements
    assert (one.change, one.by_ms) == (Change.HELD_LESS, -48 * HOUR)


def test_minutes_are_not_read_as_instants(tmp_path: Path) -> None:
    path = written(tmp_path, row("1", "09:00:00").replace(":00:01", ":00:00"))
    found = foreign(path)
    assert found.stream.transports.delays == {1: 1}
    assert abs(of_replay(replay(found.stream, load_policy())).fates[1].sent - instant(f"{DAY}09:00+08:00")) < MINUTE
