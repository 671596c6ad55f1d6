"""Warm-up and cool-down: what counts of a run."""

import pandas as pd
import pytest

import sim
from sim.clock import DAY, HOUR, MINUTE
from sim.errors import InputError
from sim.experiments.observed import observed_metrics, waiting_by_hour
from sim.experiments.units import chosen_days
from sim.history import Event, History
from sim.runs import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run("four_weeks", customers=150, days=5, set={"staff.officers": 8})


def started_by_hand(run: Run, begin: int, end: int) -> list[float]:
    """Hours from arrival to first start of the work items that arrived in [begin, end)."""
    arrived: dict[int, int] = {}
    waits: dict[int, float] = {}
    for row in run.history.select(Event.WORK_ARRIVED, Event.WORK_STARTED):
        if row["event"] == Event.WORK_ARRIVED:
            arrived.setdefault(row["ref"], row["time"])
        elif row["ref"] in arrived and begin <= arrived[row["ref"]] < end:
            waits.setdefault(row["ref"], (row["time"] - arrived[row["ref"]]) / HOUR)
    return list(waits.values())


@pytest.mark.parametrize(("warm_up", "cool_down"), [(1, 1), (2, 0), (0, 2)])
def test_what_begins_in_the_observed_part_counts(run: Run, warm_up: int, cool_down: int) -> None:
    starts, ends = run.observed
    begin, end = starts + warm_up * DAY, ends - cool_down * DAY
    found = observed_metrics(run, run.audit.to_json(0)["rules"], warm_up, cool_down)
    table = run.messages_table
    low, high = (pd.Timestamp(each, unit="ms", tz="UTC") for each in (begin, end))
    mine = table[(table["issued_at"] >= low) & (table["issued_at"] < high) & (table["channel"] == "sms")]
    assert found.value("sent") == mine["sent_at"].notna().sum() > 0
    waits = started_by_hand(run, begin, end)
    assert len(waits) > 3
    assert found.value("work_wait_median") == pytest.approx(float(pd.Series(waits).median()), abs=1e-6)
    shifts = [row for row in run.history.select(Event.SHIFT_STARTED) if begin <= row["time"] < end]
    assert found.value("shift_hours") < run.metrics.value("shift_hours")
    assert shifts
    assert 0 < found.value("officer_utilisation") < 1


def test_rules_are_judged_over_the_whole_run(run: Run) -> None:
    trimmed = observed_metrics(run, run.audit.to_json(0)["rules"], 1, 1)
    for rule in ("cs-send-window", "cs-once"):
        assert trimmed.value("rule_cases", rule) == run.metrics.value("rule_cases", rule)


def test_without_either_nothing_is_left_out(run: Run) -> None:
    assert observed_metrics(run, run.audit.to_json(0)["rules"], 0, 0).to_json() == run.metrics.to_json()


def test_waiting_work_is_counted_at_the_end_of_each_hour() -> None:
    def row(time: int, event: Event, ref: int) -> dict[str, int]:
        return {"time": time, "event": event, "ref": ref}

    history = History.of([
        row(0, Event.WORK_ARRIVED, 1),
        row(10 * MINUTE, Event.WORK_ARRIVED, 2),
        row(HOUR - 1, Event.WORK_STARTED, 1),
        row(HOUR, Event.WORK_STARTED, 2),
        row(HOUR + MINUTE, Event.WORK_STARTED, 1),
        row(2 * HOUR, Event.WORK_ARRIVED, 3),
    ])  # fmt: skip
    assert waiting_by_hour(history, 0, 3 * HOUR) == [1, 0, 1]


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (5, 1), (20, 1), (24, 1), (25, 2), (50, 3)])
def test_the_warm_up_is_chosen_in_whole_days(hours: int, days: int) -> None:
    assert chosen_days(hours) == days


def test_a_queue_that_does_not_settle_has_no_warm_up() -> None:
    with pytest.raises(InputError, match="mser5 finds no end of the warm-up"):
        chosen_days(None)
