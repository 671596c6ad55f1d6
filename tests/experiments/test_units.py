"""Units of work: a row is what the run of that variant and seed gives, alone or audited together with others."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest

import sim
from fakes.machinery import OURS
from sim.experiments import units
from sim.experiments.lengths import mser5
from sim.experiments.observed import waiting_by_hour
from sim.experiments.units import (
    MOST_TOGETHER,
    Pilot,
    Row,
    Unit,
    WarmUp,
    carry_out,
    carry_out_all,
    chosen_days,
    pilot,
    simulate,
    unit,
)
from sim.runs import Run
from tests.experiments.files import experiment

METRICS = ("sent[pluto]", "rule_breaches[cs-precall]", "rule_cases[cs-once]", "routed_right")


@pytest.fixture
def work(tmp_path: Path) -> Unit:
    return replace(unit(experiment(tmp_path), 1, 0, 0), metrics=METRICS)


def with_seed(work: Unit, seed: int) -> Unit:
    return replace(work, replication=seed - 1, load=replace(work.load, seed=seed))


def test_runs_that_are_audited_together_give_the_rows_that_each_gives_alone(tmp_path: Path, work: Unit) -> None:
    """Two of one variant, one of another."""
    several = [with_seed(work, seed) for seed in (1, 2)]
    several += [replace(unit(experiment(tmp_path), 2, 0, 0), metrics=METRICS)]
    assert carry_out_all(several) == [carry_out(each) for each in several]


def test_the_numbers_of_rules_are_those_of_the_run(work: Unit) -> None:
    row = carry_out_all([with_seed(work, seed) for seed in (1, 2)])[1]
    load = with_seed(work, 2).load
    run = sim.run(load)
    rules = run.audit.rules
    assert row["rule_breaches[cs-precall]"] == rules["cs-precall"].breaches
    assert row["rule_cases[cs-once]"] == rules["cs-once"].cases > 0
    assert row["routed_right"] == run.metrics.value("routed_right")
    assert row["verdict"] == run.audit.verdict


def test_a_breach_is_told_of_its_own_run(work: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window of the second of three runs is open day and night."""
    open_all_day = OURS.with_rules(inside_window=lambda time_of_day, opens, closes: 1)

    def broken(work: Unit) -> Run:
        return sim.run(work.load, machinery=open_all_day) if work.load.seed == 2 else simulate(work)

    monkeypatch.setattr(units, "simulate", broken)
    longer = replace(work, load=replace(work.load, customers=300))
    rows = carry_out_all([with_seed(longer, seed) for seed in (1, 2, 3)])
    assert [row["verdict"] for row in rows] == ["pass", "fail", "pass"]
    assert [bool(row["breaches"]) for row in rows] == [False, True, False]


def test_what_goes_wrong_is_a_row(work: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("of all\nthings")

    monkeypatch.setattr("sim.runs.run", broken)
    row = carry_out(work)
    assert row["error"] == "ZeroDivisionError: of all things"
    assert (row["variant"], row["seed"], row["sent[pluto]"], row["breaches"]) == (1, 1, None, None)
    assert pilot(work) == Pilot(row, WarmUp(0, None, []), ANY)


def test_the_first_run_chooses_the_warm_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = unit(experiment(tmp_path, audit="false"), 0, 0, None)
    longer = replace(work, load=replace(work.load, days=6))
    found = pilot(longer)
    run = simulate(longer)
    assert found.warm_up.waiting == waiting_by_hour(run.history, *run.observed)
    assert found.warm_up.cut_hours == mser5(found.warm_up.waiting)
    assert found.warm_up.days == chosen_days(found.warm_up.cut_hours)
    assert found.row == carry_out(replace(longer, warm_up_days=found.warm_up.days))
    monkeypatch.setattr(units, "mser5", lambda series: None)
    assert "mser5 finds no end of the warm-up" in pilot(longer).row["error"]


def test_a_run_that_cannot_be_made_or_judged_stops_no_other(work: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is not made; the audit of the third crashes."""
    three = [with_seed(work, seed) for seed in (1, 2, 3)]
    alone = carry_out(three[1])
    judge = units._judged

    def cannot_be_made(work: Unit) -> Run:
        if work.load.seed == 1:
            raise MemoryError("too many")
        return simulate(work)

    def crashes(done: list[tuple[Unit, Run]]) -> list[units.Judged]:
        if any(each.load.seed == 3 for each, _ in done):
            raise RuntimeError("a check of the audit crashed: cs-once")
        return judge(done)

    monkeypatch.setattr(units, "simulate", cannot_be_made)
    monkeypatch.setattr(units, "_judged", crashes)
    rows = carry_out_all(three)
    assert [row["error"] for row in rows] == [
        "MemoryError: too many", "", "RuntimeError: a check of the audit crashed: cs-once",
    ]  # fmt: skip
    assert rows[1] == alone


def test_no_more_than_so_many_are_audited_together(work: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[int] = []

    def counted(done: list[tuple[Unit, Run]]) -> list[Row]:
        together.append(len(done))
        return [{"unit": each.key} for each, _ in done]

    monkeypatch.setattr(units, "_measured", counted)
    several = [with_seed(work, seed) for seed in range(1, MOST_TOGETHER + 3)]
    assert [row["unit"] for row in carry_out_all(several)] == [each.key for each in several]
    assert together == [MOST_TOGETHER, 2]
    together.clear()
    monkeypatch.setattr(units, "_MOST_EVENTS", 1000)
    carry_out_all(several[:4])
    assert len(together) > 1, "what has happened in a run counts"


def test_without_an_audit_no_rule_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = unit(experiment(tmp_path, audit="false"), 0, 0, 0)
    audited = carry_out(replace(work, audited=True))

    def never(*given: object, **named: object) -> None:
        raise AssertionError("an audit was made")

    monkeypatch.setattr("sim.runs.judge_log", never)
    row = carry_out(work)
    assert (row["verdict"], row["breaches"], row["error"]) == ("", None, "")
    assert row["sent[pluto]"] == audited["sent[pluto]"]
    assert row["unit"] != audited["unit"]


def test_a_run_writes_nothing_where_it_is_made(work: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert carry_out(work)["error"] == ""
    assert list((tmp_path / "empty").iterdir()) == []
