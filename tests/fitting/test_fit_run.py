"""A run made with known parameters gives them back."""

from collections import Counter
from pathlib import Path

import pytest

import sim
from sim.fitting import Fit, fit
from sim.fitting.estimates import Estimate, Findings
from sim.fitting.evidence import Evidence
from sim.fitting.load_text import as_load, frame_of
from sim.population.parameters import load_parameters
from sim.scenario.load import load_file
from tests.fitting.logs import CHANGED, found, made

SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(made(1), seed=31)


def test_intervals_hold_the_true_values_about_as_often_as_they_say() -> None:
    """Over several seeds, and for every parameter that a run of Child Support allows, changed or not."""
    truth = load_parameters(CHANGED)
    inside, tried = Counter[str](), Counter[str]()
    for seed in SEEDS:
        for name, one in found(seed).estimates.items():
            if one.low is None:
                assert one.value == truth[name], name
                continue
            assert one.high is not None
            tried[name] += 1
            inside[name] += one.low <= truth[name] <= one.high
    assert len(tried) >= 25
    # 95% would be 0.95 × 150 or more; chance allows for 3 standard deviations fewer (and more would be cautious).
    total = sum(tried.values())
    assert sum(inside.values()) >= 0.95 * total - 3 * (0.95 * 0.05 * total) ** 0.5
    # No parameter is off in most runs: with 95% each, fewer than 3 of 5 happen once in a thousand.
    assert [name for name in tried if inside[name] < 3 * tried[name] / len(SEEDS)] == []


def test_what_was_changed_is_told_from_the_default(fitted: Fit) -> None:
    told = fitted.findings.estimates
    defaults = load_parameters()
    apart = [
        name for name in CHANGED
        if told[name].low is None or not told[name].low <= defaults[name] <= told[name].high
    ]  # fmt: skip
    # At this size not each of them; but those with hundreds of cases must be.
    assert {
        "gateway.delivered_share", "gateway.receipt_delay_seconds.median", "gateway.receipt_delay_seconds.sigma",
        "behaviour.opt_out_per_message", "population.opted_out", "work.payment_per_year", "work.objection_per_year",
        "work.office_hours_share", "cuba.notices_per_year", "cuba.payment_reminder_share", "cuba.batch_at",
        "staff.officers",
    } <= set(apart)  # fmt: skip


def test_planted_a_default_in_place_of_the_truth_is_not_covered() -> None:
    """The coverage above can fail: the defaults are no truth of these runs."""
    defaults = load_parameters()
    inside = total = 0
    for seed in SEEDS:
        for name, one in found(seed).estimates.items():
            if name in CHANGED and one.low is not None and one.high is not None:
                total += 1
                inside += one.low <= defaults[name] <= one.high
    assert inside < 0.4 * total


def test_the_load_is_that_of_the_run_with_the_fitted_values(fitted: Fit) -> None:
    run, load = made(1).manifest["load"], fitted.load
    assert (load.start.isoformat(), load.days, load.customers) == (run["start"], run["days"], run["customers"])
    assert load.programmes == ("child_support",)
    assert load.parameters["cuba.batch_at"] == "19:30"
    assert load.parameters["staff.officers"] == 12
    assert load.parameters == fitted.findings.values(load_parameters())


@pytest.mark.parametrize(("customers", "officers", "rate"), [(500, 12, None), (250, 6, 0.35), (50, 6, 0.07)])
def test_staff_and_throughput_shrink_with_the_customers_of_a_check(
    fitted: Fit, customers: int, officers: int, rate: float | None
) -> None:
    small = as_load(frame_of(fitted.evidence), fitted.findings, customers, 1)
    assert small.customers == customers
    assert small.parameters["staff.officers"] == officers  # fewer would leave a team empty
    assert small.parameters.get("gateway.rate_per_second") == rate


def test_the_simulated_run_is_like_the_log(fitted: Fit) -> None:
    judged = {row.what: row for row in fitted.compared}
    assert {"issued a customer and year, pluto", "held, cuba", "desktop messages by hour of the week",
            "sent to delivered (SMS)", "time held, all systems"} <= judged.keys()  # fmt: skip
    assert not any(row.differs for row in fitted.compared)
    assert fitted.caveats == []


def test_a_log_held_against_a_run_of_other_parameters_differs(fitted: Fit) -> None:
    """The check can fail: the default load is not what this log was made with."""
    from sim.fitting.comparison import compare

    other = Evidence.of_run(made(2, ()), "the default")
    differ = {row.what for row in compare(fitted.evidence, other) if row.differs}
    assert {"issued a customer and year, pluto", "sent to delivered (SMS)"} <= differ


def test_the_file_holds_the_load(fitted: Fit, tmp_path: Path) -> None:
    path = tmp_path / "fitted.yaml"
    fitted.write(path)
    read = load_file(path)
    assert read == fitted.load
    text = path.read_text(encoding="utf-8")
    for name, one in fitted.findings.estimates.items():
        above, value = text.split(f"\n  {name}: ")[0].rpartition("# fitted:")[2], fitted.load.parameters[name]
        assert f"default {load_parameters().details[name].default}" in above.replace("\n  # ", " "), name
        assert str(value) in text
        assert one.low is None or f"{one.low:.4g}" in above
    assert "handling.{" in text, "what was not fitted is listed with why"


def test_what_broke_in_the_run_breaks_in_the_load(tmp_path: Path) -> None:
    path = tmp_path / "fitted.yaml"
    run = sim.run("disaster_pause", customers=400, days=12)
    found = fit(run, check_customers=400)
    found.write(path)
    why = {name: one.why for one in found.findings.missing for name in one.names}
    assert "nobody but debtors" in why["debt.debtors"]
    assert "nobody of Child Support" in why["population.opted_out"]
    load = load_file(path)
    assert [fault.plain() for fault in load.faults] == run.manifest["load"]["faults"]
    assert {fault.kind for fault in load.faults} == {"disaster"}
    assert load.programmes == ("debt_recovery",)


def test_what_changed_in_the_policy_of_the_run_changes_in_the_load(tmp_path: Path) -> None:
    path = tmp_path / "fitted.yaml"
    changes = [{"from": "2026-09-25", "policy": {"cs-daily-limit.limit": 4, "cs-send-window.closes": "19:00"}}]
    run = sim.run("four_weeks", customers=200, days=7, changes=changes, set={"cs-daily-limit.limit": 6})
    fit(run, check_customers=40).write(path)
    load = load_file(path)
    assert dict(load.policy) == {"cs-daily-limit.limit": 6}
    assert [(change.start.isoformat(), dict(change.policy)) for change in load.changes] == [
        (one["from"], one["policy"]) for one in changes
    ]


def test_the_same_log_and_seed_give_the_same_file() -> None:
    texts = [fit(made(1), seed=seed, check_customers=60).text() for seed in (31, 31, 32)]
    assert texts[0] == texts[1] != texts[2]


def test_nothing_seen_keeps_the_default_and_says_how_far_it_reaches() -> None:
    nothing = Findings([Estimate("population.deaths_per_year", 0.0, 0.0, 0.05, 0, "in 60 customer years")])
    nothing.leave_out_nothings(load_parameters(), but=())
    assert not nothing.estimates
    (missing,) = nothing.missing
    assert "at most 0.05" in missing.why
    # Where the default is impossible, nothing is what was found.
    nothing = Findings([Estimate("work.payment_per_year", 0.0, 0.0, 0.05, 0, "in 60 customer years")])
    nothing.leave_out_nothings(load_parameters(), but=())
    assert nothing.estimates["work.payment_per_year"].value == 0.0
