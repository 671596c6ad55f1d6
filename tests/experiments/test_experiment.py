"""Experiment files: what they mean, and how mistakes in them are told."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.designs import Range
from sim.experiments.executors import Serial
from sim.experiments.experiment import Replications, Target, metric_and_group, read_experiment, shipped_experiments
from sim.experiments.lengths import Precision
from sim.experiments.sweep import sweep
from sim.policy.policy import load_policy
from tests.experiments.files import changed, experiment, write


def test_the_load_itself_comes_first_and_no_point_twice(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    assert [dict(each.sets) for each in found.variants] == [{}, {"staff.officers": 7}, {"staff.officers": 9}]
    assert [each.label for each in found.variants] == ["as it is", "staff.officers=7", "staff.officers=9"]
    assert dict(found.variants[0].values) == {"staff.officers": 8}
    assert (found.load.customers, found.load.days, found.load.seed) == (60, 3, 1)


def test_options_replace_what_the_file_says(tmp_path: Path) -> None:
    found = read_experiment(write(tmp_path), replications=4, customers=70, days=2)
    assert found.replications == Replications(4, 4)
    assert (found.load.customers, found.load.days) == (70, 2)


def test_a_grid_of_policy_values_and_parameters(tmp_path: Path) -> None:
    text = changed(design="grid").replace(
        "  staff.officers: [7, 8, 9]", '  staff.officers: [7, 8]\n  cs-send-window.closes: ["19:00", "20:00"]'
    )
    found = read_experiment(write(tmp_path, text))
    assert [each.label for each in found.variants] == [
        "as it is",
        "staff.officers=7, cs-send-window.closes=19:00",
        "staff.officers=7",
        "cs-send-window.closes=19:00",
    ]


def test_a_list_of_variants(tmp_path: Path) -> None:
    text = changed(design="list").replace("  staff.officers: [7, 8, 9]", "  staff.officers:\n  cs-daily-limit.limit:")
    text += "variants:\n  - {staff.officers: 4, cs-daily-limit.limit: 3}\n  - {staff.officers: 2}\n"
    found = read_experiment(write(tmp_path, text))
    assert [dict(each.sets) for each in found.variants[1:]] == [
        {"staff.officers": 4, "cs-daily-limit.limit": 3},
        {"staff.officers": 2},
    ]


def test_a_latin_hypercube_keeps_whole_numbers_whole(tmp_path: Path) -> None:
    text = changed(design="latin_hypercube", points="6")
    text = text.replace("[7, 8, 9]", "{from: 10, to: 50}")
    found = read_experiment(write(tmp_path, text))
    numbers = [each.sets["staff.officers"] for each in found.variants[1:]]
    assert len(numbers) == 6
    assert all(isinstance(number, int) and 10 <= number <= 50 for number in numbers)


def test_a_latin_hypercube_of_values_that_are_no_numbers(tmp_path: Path) -> None:
    text = changed(design="latin_hypercube", points="8")
    text = text.replace("  staff.officers: [7, 8, 9]", SPACE)
    found = read_experiment(write(tmp_path, text))
    assert found.space == {
        "cs-send-window.closes": ("19:00", "20:00"),
        "cs-daily-limit.counts": ("delivery_day", "attempt_day"),
        "gateway.delivered_share": Range(0.9, 1.0),
    }
    assert len(found.variants) == 9
    for name, number in (("19:00", 4), ("20:00", 4)):
        assert sum(each.values["cs-send-window.closes"] == name for each in found.variants[1:]) == number


SPACE = """  cs-send-window.closes: ["19:00", "20:00"]
  cs-daily-limit.counts: [delivery_day, attempt_day]
  gateway.delivered_share: {from: 0.9, to: 1.0}"""


def test_chosen_replications_targets_and_warm_up(tmp_path: Path) -> None:
    found = experiment(
        tmp_path,
        replications="{metric: work_wait_median, precision: 0.1, most: 9}",
        targets="{work_wait_median: {most: 2}}",
        warm_up_days="mser5",
    )
    assert found.replications == Replications(3, 9, "work_wait_median", Precision(0.1))
    assert found.targets == {"work_wait_median": Target(None, 2)}
    assert found.warm_up_days is None
    again = experiment(tmp_path, replications="{metric: work_wait_median, half_width: 0.5, least: 4, most: 9}")
    assert again.replications == Replications(4, 9, "work_wait_median", Precision(0.5, relative=False))


def test_quantiles_and_the_audit(tmp_path: Path) -> None:
    assert (experiment(tmp_path).quantiles, experiment(tmp_path).audited) == ((0.5,), True)
    found = experiment(tmp_path, quantiles="[0.5, 0.9]", audit="false")
    assert (found.quantiles, found.audited) == ((0.5, 0.9), False)


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ({"design": "random"}, 13, "design: must be one of"),
        ({"replicatons": "3"}, 18, "replicatons: unknown key (did you mean replications?)"),
        ({"replications": "0"}, 14, "replications: must be a whole number from 1 to 10000, or a mapping"),
        (
            {"replications": "{metric: sent, precision: 0.1, most: 9}"},
            14,
            "replications.metric: is not among the metrics",
        ),
        ({"replications": "{metric: sent, precision: 2, most: 9}"}, 14, "replications.precision: must be less than 1"),
        ({"metrics": "[rule_breaches]"}, 15, "metrics[0]: must name a rule, as in rule_breaches[cs-precall]"),
        (
            {"metrics": '["rule_cases[cs-onc]"]'},
            15,
            "metrics[0]: must name a rule, as in rule_cases[cs-precall] (did you mean cs-once?",
        ),
        ({"replications": "{metric: sent, most: 9}"}, 14, "replications: needs either precision"),
        (
            {"replications": "{metric: sent, precision: 0.1, half_width: 1, most: 9}"},
            14,
            "replications: needs either precision",
        ),
        ({"quantiles": "[0.5, 1]"}, 18, "quantiles[1]: must be less than 1"),
        ({"audit": "maybe"}, 18, "audit: must be"),
        ({"metrics": "[wrk_wait_median]"}, 15, "metrics[0]: unknown metric (did you mean work_wait_median"),
        ({"metrics": '["sent[pluto"]'}, 15, "metrics[0]: must look like METRIC or METRIC[GROUP]"),
        ({"targets": "{sent: {most: 3}}"}, 18, "targets.sent: is not among the metrics"),
        ({"warm_up_days": "two"}, 18, "warm_up_days: must be a whole number of days from 0 on, or mser5"),
        (
            {"warm_up_days": "2", "cool_down_days": "1"},
            18,
            "warm_up_days: warm-up and cool-down leave nothing of 3 days",
        ),
        ({"warm_up_days": "1", "metrics": "[work_items]"}, 15, "metrics[0]: is measured over whole runs"),
        ({"points": "4"}, 18, "points: is only for the design latin_hypercube"),
        ({"variants": "[{staff.officers: 4}]"}, 18, "variants: is only for the design list"),
        ({"design": "latin_hypercube"}, 1, "points: is missing"),
        ({"seed": "-1"}, 18, "seed: must be at least 0"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, changes: dict[str, str], line: int, words: str) -> None:
    text = changed(**changes)
    if "metrics" in changes:
        text = text.replace("  - work_wait_median\n  - sent[pluto]\n", "")
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_experiment(path)
    assert str(caught.value).startswith(f"{path}:{line}: {words}")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("staff.officers: [", "staff.oficers: [", 12, "factors.staff.oficers: neither a policy value nor a parameter"),
        ("[7, 8, 9]", "[2, 0]", 12, "factors.staff.officers: must be"),
        ("[7, 8, 9]", "3", 12, "factors.staff.officers: must be a list of values"),
        ("    staff.officers: 8", "    staff.officers: none", 10, "base.set.staff.officers: must be"),
        ("four_weeks", "five_weeks", 6, "base.load: five_weeks: no load has this name"),
        ("four_weeks", "other.yaml", 6, "base.load: "),
        ("customers: 60", "customers: 0", 7, "base.customers: must be at least 1"),
        *(
            (
                "staff.officers: [7, 8, 9]\ndesign: one_at_a_time",
                f"{factor}\npoints: 4\ndesign: latin_hypercube",
                12,
                words,
            )
            for factor, words in (
                ("staff.officers: 7", "factors.staff.officers: must be a list of values, or a range as {from: LOW"),
                (
                    "staff.officers: {from: 7.5, to: 9}",
                    "factors.staff.officers.from: must be a whole number (value 7.5)",
                ),
                ("staff.officers: {from: 9, to: 9}", "factors.staff.officers.to: must be more than 9"),
                ("staff.officers: {from: 7}", "factors.staff.officers.to: is missing"),
                ("cs-send-window.closes: {from: 7, to: 9}", "factors.cs-send-window.closes: is not a number"),
                ("cs-send-window.closes: [25:00, 20:00]", "factors.cs-send-window.closes: must be"),
            )
        ),
    ],
)
def test_mistakes_in_the_base_and_the_factors(tmp_path: Path, before: str, after: str, line: int, words: str) -> None:
    path = write(tmp_path, changed().replace(before, after, 1))
    with pytest.raises(InputError) as caught:
        read_experiment(path)
    assert str(caught.value).startswith(f"{path}:{line}: {words}")


def test_values_that_are_not_possible_together(tmp_path: Path) -> None:
    text = changed().replace("  staff.officers: [7, 8, 9]", '  cs-send-window.closes: ["07:00"]')
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=r"small.yaml:12: factors"):
        read_experiment(path)


@pytest.mark.parametrize("name", ["sent", "queue_age_p95[released]", "rule_breaches[cs-daily-limit]"])
def test_metric_names(name: str) -> None:
    metric, group = metric_and_group(name)
    assert name == (metric if group == "all" else f"{metric}[{group}]")


LIMIT, OFFICERS, GAP = "cs-daily-limit.limit", "staff.officers", "dr-gap.reading"


class TestShipped:
    def test_every_question_of_capacity_has_its_file(self) -> None:
        assert {
            "confirmation", "daily_limit", "dmis_gap", "frontier_search", "frontier_staffing", "gateway", "officers",
            "precall_effect", "release_spread", "sensitivity", "tornado", "what_if", "window",
        } <= set(shipped_experiments())  # fmt: skip

    @pytest.mark.parametrize("name", list(shipped_experiments()))
    def test_they_can_be_read_by_name(self, name: str) -> None:
        found = read_experiment(name)
        assert found.name == name
        assert len(found.variants) >= 3
        assert 5000 <= found.load.customers <= 10_000

    @pytest.mark.parametrize(
        ("name", "factor", "least", "most"),
        [
            ("daily_limit", LIMIT, 3, 8),
            ("officers", OFFICERS, 10, 18),  # 14, 30% fewer and 30% more
            ("precall_effect", "behaviour.precall_effect", 0.0, 0.047),
            ("release_spread", "cs-send-window.release_spread_minutes", 0, 120),
            ("window", "cs-send-window.opens", "07:00", "09:00"),
            ("window", "cs-send-window.closes", "19:00", "21:00"),
            ("confirmation", "cs-hourly-confirmation.minutes", 30, 120),
            ("gateway", "gateway.rate_per_second", 0.05, 0.7),
        ],
    )
    def test_what_they_try(self, name: str, factor: str, least: object, most: object) -> None:
        values = [each.values[factor] for each in read_experiment(name).variants]
        assert (min(values), max(values)) == (least, most)

    def test_all_readings_of_the_gap_are_tried(self) -> None:
        values = [each.values[GAP] for each in read_experiment("dmis_gap").variants]
        assert set(values) == set(load_policy().setting(GAP).allowed or ())

    def test_a_planners_question_is_asked_as_a_whole(self) -> None:
        found = read_experiment("what_if")
        assert dict(found.variants[-1].sets) == {LIMIT: 4, "cs-send-window.closes": "19:00", OFFICERS: 9}
        assert found.variants[0].values[OFFICERS] == 10, "10% more"

    @pytest.mark.parametrize("name", ["frontier_search", "frontier_staffing"])
    def test_those_for_a_frontier_name_what_is_assumed(self, name: str) -> None:
        goal = read_experiment(name, searched=True).goal
        assert goal is not None
        assert all(term.status == "assume" and term.source for term in goal.cost.terms)

    @pytest.mark.parametrize("name", list(shipped_experiments()))
    def test_the_first_and_the_last_variant_can_be_run(self, name: str) -> None:
        found = read_experiment(name, replications=1, customers=20, days=6)
        ends = replace(found, variants=(found.variants[0], found.variants[-1]), audited=False)
        with Serial() as here:
            done = sweep(ends, None, here)
        assert done.summary["failed"] == 0
        assert len(done.results) == 2

    def test_an_unknown_name(self) -> None:
        with pytest.raises(InputError, match=r"no experiment has this name .allowed: confirmation, daily_limit"):
            read_experiment("daily_limits")
