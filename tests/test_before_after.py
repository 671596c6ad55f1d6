"""A policy that changes within a run: its days before and after, beside those of a twin without the change."""

from functools import cache
from typing import Any

import pandas as pd
import pytest

import sim
from sim.clock import AGENCY_ZONE, clock, instant
from sim.errors import InputError
from sim.metrics import metrics
from sim.metrics.before_after import MEASURES, before_after, frame
from sim.report import render_report
from sim.runs import Run, plan
from sim.summary import notebook_html
from tests.synthetic import audit_json
from tests.test_report import Page
from tests.world.loads import load

CHANGES = [{"from": "2026-10-05", "policy": {"cs-daily-limit.limit": 1}}]  # a Monday: five days before, three after
START, CHANGE, END = (instant(f"2026-{day}") for day in ("09-30T00:00+10:00", "10-05T00:00+11:00", "10-08T00:00+11:00"))
SEGMENTS = [(START, CHANGE, {}), (CHANGE, END, {"cs-daily-limit.limit": 1})]


@cache
def twins() -> Run:
    """The busy days with a limit of 1 from Monday on, and the run without the change; not to be changed."""
    return sim.run(load(customers=300), changes=CHANGES, twin=True)


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """A messages table of these rows; what they do not say is empty."""
    usual = {
        "system": "pluto", "channel": "sms", "outcome": "sent", "reasons": "", "confirmation_asked": False,
        "held_again": 0, "issued_at": None, "sent_at": None, "due_at": None,
    }  # fmt: skip
    made = pd.DataFrame([{**usual, **row} for row in rows])
    for name in ("issued_at", "sent_at", "due_at"):
        made[name] = pd.to_datetime(made[name], utc=True, format="ISO8601").astype("datetime64[ms, UTC]")
    return made


def sent(day: str, count: int, hours: int = 0) -> list[dict[str, Any]]:
    """Messages issued at noon of a day in October and sent so many hours later."""
    issued = f"2026-10-{day}T12:00:00+11:00"
    return [{"issued_at": issued, "sent_at": f"2026-10-{day}T{12 + hours}:00:00+11:00"}] * count


def row(found: dict[str, Any], what: str) -> dict[str, Any]:
    (one,) = [row for row in found["rows"] if row["what"] == what]
    return one


def test_a_day_is_one_of_the_agency_and_its_mean_counts_days_without_anything() -> None:
    messages = table(
        *sent("05", 2), *sent("07", 4),
        # The last millisecond before the change, and its first.
        {"issued_at": "2026-10-04T23:59:59.999+11:00", "sent_at": "2026-10-04T23:59:59.999+11:00"},
        {"issued_at": "2026-10-05T00:00:00+11:00", "sent_at": "2026-10-05T00:00:00+11:00"},
    )  # fmt: skip
    found = before_after(messages, SEGMENTS)
    before, after = row(found, "SMS sent")["means"]
    assert (before["n"], before["mean"]) == (5, 0.2)  # 0, 0, 0, 0, 1
    assert (after["n"], after["mean"]) == (3, pytest.approx(7 / 3))  # 3, 0, 4
    # Student's t with two degrees of freedom, by hand: 4.3027 × 2.0817 ÷ √3.
    assert after["high"] == pytest.approx(7 / 3 + 5.171, abs=1e-3)
    assert after["low"] == 0.0, "a count is not negative"
    assert [one["days"] for one in found["segments"]] == [5, 3]


def test_each_measure_counts_its_own() -> None:
    noon, night = ({"issued_at": f"2026-10-05T{hour}:00+11:00"} for hour in (12, 21))
    messages = table(
        *sent("05", 1, hours=2),
        {**noon, "outcome": "refused", "reasons": "opted_out;daily_limit"},
        {**noon, "outcome": "refused", "reasons": "no_mobile"},
        {**noon, "outcome": "cancelled", "confirmation_asked": True},
        {**night, "outcome": "withdrawn", "due_at": "2026-10-06T08:00+11:00", "held_again": 2},
        {**night, "outcome": "suppressed", "system": "dmis"},
        {**night, "system": "cuba", "channel": "email", "sent_at": night["issued_at"]},
    )
    rows = before_after(messages, SEGMENTS)["rows"]
    found = {one["what"]: round(3 * one["means"][1]["mean"], 4) for one in rows}
    waited = found.pop("From issue to sent")
    assert found == {
        "SMS sent": 1, "SMS sent from Pluto": 1, "Refused by the daily limit": 1, "Refused": 2,
        "Cancelled at the one-hour question": 1, "One-hour question asked": 1, "Held at the issue": 1,
        "Held on or again": 1, "Withdrawn": 1,
    }  # fmt: skip
    assert {measure.what for measure in MEASURES} == {*found, "From issue to sent"}
    assert waited / 3 == 1.0  # the email at once, the SMS after two hours


def test_days_on_which_nothing_was_sent_have_no_wait() -> None:
    found = row(before_after(table(*sent("05", 1, 3), *sent("07", 1, 5)), SEGMENTS), "From issue to sent")
    assert found["means"][0] == {"n": 0, "mean": None, "low": None, "high": None}
    assert (found["means"][1]["n"], found["means"][1]["mean"]) == (2, 4.0)


def test_a_twin_is_compared_day_by_day() -> None:
    found = before_after(
        table(*sent("05", 3), *sent("06", 1), *sent("07", 2)), SEGMENTS, table(*sent("05", 2), *sent("06", 2))
    )
    before, after = row(found, "SMS sent")["differences"]
    assert before == {"n": 5, "mean": 0.0, "low": 0.0, "high": 0.0}
    assert after["mean"] == pytest.approx(2 / 3)  # +1, −1, +2
    assert after["low"] < 0 < after["high"]
    assert any("without the change" in note for note in found["notes"])
    tidy = frame(found)
    assert {"what", "unit", "from", "days", "mean", "low", "high", "difference_mean"} <= {*tidy.columns}
    assert len(tidy) == 2 * len(found["rows"])


# Runs


def test_the_twin_is_the_same_run_until_the_change_and_another_after_it() -> None:
    run = twins()
    assert run.twin is not None
    assert run.twin.manifest["seed"] == run.manifest["seed"]
    assert "changes" not in run.twin.policy
    found = run.before_after
    assert found is not None
    for one in found["rows"]:
        assert one["differences"][0]["mean"] in (0.0, None), one["what"]
    assert row(found, "Refused by the daily limit")["differences"][1]["mean"] > 0
    assert row(found, "SMS sent from Pluto")["differences"][1]["mean"] < 0
    assert found["segments"][1]["values"] == {"cs-daily-limit.limit": 1}
    assert clock(AGENCY_ZONE).isoformat(instant(found["segments"][1]["from"]))[:16] == "2026-10-05T00:00"


def test_without_a_change_there_is_nothing_to_compare() -> None:
    plain = sim.run(load(days=1, customers=20))
    assert plain.before_after is None
    assert plain.twin is None
    with pytest.raises(InputError, match="--twin: the policy of this load does not change"):
        plan(load(), twin=True)


def test_the_report_shows_what_changed_and_what_it_did() -> None:
    run = twins()
    numbers = metrics(run.history, run.messages_table, run.policy, run.parameters)
    arguments = ({"title": "x"}, audit_json(run.policy), numbers, {}, run.policy, run.parameters)
    page = render_report(*arguments, run.before_after)
    assert Page(page).open == [], "every tag is closed, in order"
    part = page.split("The policy changed within the run")[1].split("<h3>")[0]
    assert "2026-10-05" in part
    assert "cs-<wbr>daily-<wbr>limit" in part or "cs-daily-limit.limit" in part
    assert 'data-label="Before">5<' in part
    assert 'data-label="After">1<' in part
    assert "more than without the change" in part
    assert "Refused by the daily limit" in part
    assert "The policy changed within the run" not in render_report(*arguments)


def test_a_notebook_is_told_of_the_change() -> None:
    run = twins()
    numbers = metrics(run.history, run.messages_table, run.policy, run.parameters)
    shown = notebook_html(run.manifest, audit_json(run.policy), numbers)
    assert "from 2026-10-05 cs-daily-limit.limit = 1" in shown
