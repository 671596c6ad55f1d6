"""What a search looks for, as experiment files say it."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.experiment import read_experiment
from sim.experiments.goal import Cost, Term
from tests.experiments.files import changed, experiment, write

COST = """cost:
  unit: Australian dollars
  terms:
    - metric: sent[pluto]
      price: 0.5
      unit: Australian dollars a message
      status: assume
      source: our choice
    - parameter: staff.officers
      price: 100.0
      unit: Australian dollars an officer
      status: assume
      source: our choice
"""


def test_a_cost_of_metrics_and_parameters(tmp_path: Path) -> None:
    goal = read_experiment(write(tmp_path, changed(targets="{work_wait_median: {most: 2}}") + COST)).goal
    assert goal is not None
    assert goal.objectives == {"work_wait_median": "less"}
    assert goal.cost.of({"sent[pluto]": 10}, {"staff.officers": 7}) == 705
    assert goal.cost.of({"sent[pluto]": None}, {"staff.officers": 7}) is None
    assert goal.cost.of({"sent[pluto]": float("nan")}, {"staff.officers": 7}) is None
    assert (goal.runs, goal.confirm, goal.breaches_at_most) == (200, 0, None)


def test_a_metric_may_be_the_cost(tmp_path: Path) -> None:
    wanted = "{objectives: {work_wait_median: more}, steps: {cost: 2}, runs: 12, confirm: 3, breaches_at_most: 0.5}"
    goal = experiment(tmp_path, cost="sent[pluto]", frontier=wanted).goal
    assert goal is not None
    assert goal.cost == Cost("messages", (Term("sent[pluto]", False, 1.0, "messages", "", ""),))
    assert (goal.objectives, goal.steps) == ({"work_wait_median": "more"}, {"cost": 2})
    assert (goal.runs, goal.confirm, goal.breaches_at_most) == (12, 3, 0.5)


@pytest.mark.parametrize(
    ("target", "direction"),
    [("{most: 2}", "less"), ("{least: 2}", "more"), ("{least: 1, most: 2}", None)],
)
def test_a_target_says_what_is_better_when_one_side_is_open(tmp_path: Path, target: str, direction: str | None) -> None:
    targets = f"{{work_wait_median: {target}}}"
    if direction is None:
        with pytest.raises(InputError, match=r"small.yaml:1: frontier.objectives: needs at least one metric"):
            experiment(tmp_path, cost="sent[pluto]", targets=targets)
    else:
        goal = experiment(tmp_path, cost="sent[pluto]", targets=targets).goal
        assert goal is not None
        assert goal.objectives == {"work_wait_median": direction}


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("- metric: sent[pluto]", "- metric: sent", 22, "cost.terms[0].metric: is not among the metrics"),
        ("- parameter: staff.off", "- parameter: staff.of", 27, "cost.terms[1].parameter: neither a policy value nor"),
        ("staff.officers\n      price", "staff.starts\n      price", 27, "cost.terms[1].parameter: is not a number"),
        ("    - parameter", "    - metric: sent[pluto]\n      parameter", 27, "cost.terms[1]: needs a metric or a"),
        ("    - parameter: staff.officers\n      price", "    - price", 27, "cost.terms[1]: needs a metric or a"),
        ("0.5", "cheap", 23, "cost.terms[0].price: must be a number"),
        ("status: assume", "status: sure", 25, "cost.terms[0].status: must be one of 'pub' or 'assume'"),
        ("      source: our choice\n    -", "    -", 22, "cost.terms[0].source: is missing"),
        ("targets:", "frontier: {objectives: {sent: less}}\ntargets:", 18, "frontier.objectives.sent: is not among"),
        ("targets:", "frontier: {objectives: {work_wait_median: up}}\ntargets:", 18, "frontier.objectives.work_wait_"),
        ("targets:", "frontier: {steps: {sent: 1}}\ntargets:", 18, "frontier.steps.sent: is neither cost nor among"),
        ("targets:", "frontier: {steps: {cost: 0}}\ntargets:", 18, "frontier.steps.cost: must be more than 0"),
        ("targets:", "frontier: {breaches_at_most: 0}\ntargets:", 18, "frontier.breaches_at_most: must be more than 0"),
        (COST, "", 1, "cost: is missing: what is looked for is the least cost"),
        (COST, "frontier: {runs: 3}\n", 19, "frontier: needs a cost"),
        (COST, "cost: sent\n", 19, "cost: is not among the metrics"),
        (COST, "cost: 3\n", 19, "cost: must be a mapping"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, before: str, after: str, line: int, words: str) -> None:
    text = changed(targets="{work_wait_median: {most: 2}}") + COST
    path = write(tmp_path, text.replace(before, after, 1))
    with pytest.raises(InputError) as caught:
        read_experiment(path, searched=True)
    assert str(caught.value).startswith(f"{path}:{line}: {words}")


def test_a_grid_that_is_too_large_for_a_sweep_can_be_searched(tmp_path: Path) -> None:
    officers = ", ".join(map(str, range(5, 60)))
    text = changed(design="grid", cost="sent[pluto]", targets="{work_wait_median: {most: 2}}")
    window = '  cs-send-window.closes: ["18:00", "19:00", "20:00", "21:00"]'
    factors = f"[{officers}]\n  cs-daily-limit.limit: [3, 4, 5, 6, 7]\n{window}"
    path = write(tmp_path, text.replace("[7, 8, 9]", factors))
    with pytest.raises(InputError, match=r"small.yaml:11: factors: make a grid of 1100 variants .allowed: 1000"):
        read_experiment(path)
    found = read_experiment(path, searched=True)
    assert [variant.label for variant in found.variants] == ["as it is"]
    assert found.space["cs-daily-limit.limit"] == (3, 4, 5, 6, 7)
    path = write(tmp_path, text.replace("[7, 8, 9]", factors.replace('"18:00"', '"18:70"')))
    with pytest.raises(InputError, match=r"small.yaml:14: factors.cs-send-window.closes: must be a time"):
        read_experiment(path, searched=True)
