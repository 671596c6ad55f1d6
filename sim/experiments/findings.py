"""What the runs of a frontier say: which settings meet the targets, which no other beats, and how sure that is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.experiment import Experiment
from sim.experiments.goal import COST, Goal
from sim.experiments.pareto import Floats, unbeaten, unbeaten_shares
from sim.experiments.replay import command
from sim.experiments.statistics import breach_bound, mean_interval
from sim.experiments.summary import difference, verdict

if TYPE_CHECKING:
    import pandas as pd

SURELY, PERHAPS, NO = "surely", "perhaps", "no"
"""Whether a setting meets all targets: all intervals lie wholly inside, or one does not, or one lies wholly outside."""

_FEW_SEEDS = 10
"""With fewer, drawing them anew says little."""

Judged = dict[str, Any]
"""A setting and what its runs say (`judge`)."""


def judge(experiment: Experiment, goal: Goal, table: "pd.DataFrame", variants: Iterable[int]) -> list[Judged]:
    """What the runs of a results table (with a column of the cost) say of each of these variants.

    `metrics` holds a cell for the cost, the objectives and the metrics with a target, `differences` how they
    differ from the load as it is; `targets` and `compliance` are met, missed or uncertain; `verdict` is all of these in
    one word.
    """
    base = table[table["variant"] == 0].set_index("replication")
    return [_judged(experiment, goal, base, table[table["variant"] == index], index) for index in variants]


def _judged(experiment: Experiment, goal: Goal, base: "pd.DataFrame", rows: "pd.DataFrame", index: int) -> Judged:
    confidence = experiment.confidence
    rows = rows.set_index("replication")
    whole = rows[rows["error"] == ""]
    names = dict.fromkeys([COST, *goal.objectives, *experiment.targets])
    metrics = {name: _cell(whole[name].dropna().tolist(), confidence) for name in names}
    targets = {name: verdict(metrics[name], target) for name, target in experiment.targets.items()}
    breaches = _breaches(whole["breaches"].dropna().tolist(), confidence)
    compliance = _compliance(breaches, goal)
    return {
        "variant": index,
        "label": experiment.variants[index].label,
        "set": dict(experiment.variants[index].sets),
        "runs": len(whole),
        "failed": len(rows) - len(whole),
        "seeds": rows["seed"].tolist(),
        "metrics": metrics,
        "differences": {
            name: difference(_known(base, name), _known(rows, name), confidence) for name in (names if index else ())
        },
        "breaches": breaches,
        "compliance": compliance,
        "targets": targets,
        "verdict": _together([compliance, *targets.values()], len(whole), len(rows)),
    }


def frontier_of(judged: Sequence[Judged], goal: Goal) -> dict[int, list[str]]:
    """The places in `judged` of the settings that no other beats, cheapest first, each with the labels of those as good
    (the one that changes the fewest factors stands for them). What beats another is also as sure to meet the targets.
    Only what surely or perhaps meets them counts, unless nothing does."""
    values = _in_steps(_compared(judged, goal), goal)
    values = np.column_stack([values, [_doubt(each) for each in judged]])
    known = [place for place in range(len(judged)) if not np.isnan(values[place]).any()]
    possible = [place for place in known if judged[place]["verdict"] != NO] or known
    groups: dict[tuple[float, ...], list[int]] = {}
    for row in unbeaten(values[possible]):
        place = possible[row]
        groups.setdefault(tuple(values[place].tolist()), []).append(place)
    found = {}
    for group in sorted(groups):
        first, *others = sorted(groups[group], key=lambda place: (len(judged[place]["set"]), judged[place]["variant"]))
        found[first] = [judged[place]["label"] for place in others]
    return found


def _doubt(judged: Judged) -> int:
    return (SURELY, PERHAPS, NO).index(judged["verdict"])


def surety(judged: Sequence[Judged], table: "pd.DataFrame", goal: Goal) -> list[float] | None:
    """How often each of the `judged` is unbeaten by the others that may meet the targets, when the seeds of `table` are
    drawn anew (their verdicts staying as they are); None with too few seeds."""
    seeds = sorted(set(table["replication"]))
    by_variant = {variant: rows.set_index("replication").reindex(seeds) for variant, rows in table.groupby("variant")}
    runs = np.full((len(judged), len(seeds), 1 + len(goal.objectives)), np.nan)
    possible = {each["variant"] for each in judged if each["verdict"] != NO} or {each["variant"] for each in judged}
    for column, (name, sign) in enumerate(_signs(goal)):
        base = by_variant[0][name].to_numpy(dtype=float)
        origin = np.zeros(len(seeds)) if np.isnan(base).all() else base
        for place, each in enumerate(judged):
            if each["variant"] in possible:
                runs[place, :, column] = sign * (by_variant[each["variant"]][name].to_numpy(dtype=float) - origin)
    doubts = [_doubt(each) for each in judged]
    return unbeaten_shares(runs, lambda means: np.column_stack([_in_steps(means, goal), doubts]))


def _compared(judged: Sequence[Judged], goal: Goal) -> Floats:
    """What is compared: of cost and objectives (less being better) the differences to the load as it is, seed by seed,
    or the means where its runs gave no number; NaN where a setting has none. A row a setting."""
    found = np.full((len(judged), 1 + len(goal.objectives)), np.nan)
    for column, (name, sign) in enumerate(_signs(goal)):
        means = [each["metrics"][name]["mean"] for each in judged]
        apart = [_difference(each, name) for each in judged]
        chosen = means if all(each is None for each in apart) else apart
        found[:, column] = [np.nan if each is None else sign * each for each in chosen]
    return found


def _difference(judged: Judged, name: str) -> float | None:
    if judged["variant"] == 0:
        return None if judged["metrics"][name]["mean"] is None else 0.0
    found: float | None = judged["differences"][name]["paired"]["mean"]
    return found


def worth(judged: Judged, experiment: Experiment, goal: Goal) -> tuple[list[float], list[float]] | None:
    """What a search is told of a setting: the means of cost and objectives (less is better), and by how much each bound
    of a target is missed (0 or less where it is kept); None when a number is missing."""
    missed = [float(judged["breaches"]["runs_with_any"])]
    for name, target in experiment.targets.items():
        mean = judged["metrics"][name]["mean"]
        if mean is None:
            return None
        missed += [mean - target.most] if target.most is not None else []
        missed += [target.least - mean] if target.least is not None else []
    means = [(judged["metrics"][name]["mean"], sign) for name, sign in _signs(goal)]
    return None if any(mean is None for mean, _ in means) else ([sign * mean for mean, sign in means], missed)


def _signs(goal: Goal) -> list[tuple[str, int]]:
    return [(COST, 1), *((name, 1 if better == "less" else -1) for name, better in goal.objectives.items())]


def _in_steps(values: Floats, goal: Goal) -> Floats:
    """Numbers of cost and objectives (the last axis) to the nearest step, where there is one."""
    steps = np.array([goal.steps.get(name, 0.0) for name, _ in _signs(goal)])
    whole = np.where(steps > 0, steps, 1.0)
    found: Floats = np.where(steps > 0, np.round(values / whole) * whole, values)
    return found


def _known(rows: "pd.DataFrame", name: str) -> dict[int, float]:
    """A metric's numbers by replication (the index of `rows`)."""
    column = rows[name].dropna()
    return dict(zip(column.index.tolist(), column.tolist(), strict=True))


def _cell(values: Sequence[float], confidence: float) -> dict[str, Any]:
    found = mean_interval(values, confidence)
    return {"n": found.n, "mean": found.estimate, "low": found.low, "high": found.high}


def _breaches(counts: Sequence[int], confidence: float) -> dict[str, Any]:
    """Runs with a breach of a rule that must hold, and the greatest share of such runs that these do not rule out."""
    breached = sum(1 for count in counts if count)
    bound = breach_bound(breached, len(counts), confidence) if counts else None
    return {"runs_with_any": breached, "share_of_runs_at_most": bound}


def _compliance(found: dict[str, Any], goal: Goal) -> str:
    if found["runs_with_any"]:
        return "missed"
    bound, allowed = found["share_of_runs_at_most"], goal.breaches_at_most
    return "met" if bound is not None and (allowed is None or bound <= allowed) else "uncertain"


def _together(verdicts: Iterable[str], whole: int, runs: int) -> str:
    """A run that failed leaves doubt; nothing speaks for a setting of which no run is whole."""
    found = list(verdicts)
    if "missed" in found or not whole:
        return NO
    return PERHAPS if "uncertain" in found or whole < runs else SURELY


class Tries(NamedTuple):
    """How settings were tried: `whole` when all were, `possible` how many there are (None: no end of them),
    `impossible` how often one was proposed that cannot be, `replications` the runs of each, `confirmed` the further
    runs of those on the frontier, and `left_out` how many of these got none for want of runs."""

    whole: bool
    possible: int | None
    impossible: int
    replications: int
    confirmed: int
    left_out: int


def found(
    experiment: Experiment,
    goal: Goal,
    table: "pd.DataFrame",
    tried: Sequence[Judged],
    tries: Tries,
    kept: Sequence[int],
) -> dict[str, Any]:
    """All that a frontier says, as plain data: the part `frontier` of ``summary.json``.

    `points` are the settings on the frontier that were `kept` (as variants), cheapest first; one that was run again and
    beaten, or missed a target then, stays among them and is no longer `on_frontier`. `as_it_is` is the load itself,
    judged by the same seeds.
    """
    broken = _breach_note(table, experiment.confidence)
    alike = {place: same for place, same in frontier_of(tried, goal).items() if tried[place]["variant"] in kept}
    judged = chosen = [tried[place] for place in alike]
    base = tried[0]
    if tries.confirmed:
        table = table[table["replication"] >= tries.replications]
        base, *judged = judge(experiment, goal, table, [0, *(each["variant"] for each in judged)])
    out = [each["verdict"] == NO and before["verdict"] != NO for each, before in zip(judged, chosen, strict=True)]
    still = [place for place in frontier_of(judged, goal) if not out[place]]
    compared = judged if tries.confirmed else tried
    shares = dict(zip([each["variant"] for each in compared], surety(compared, table, goal) or [], strict=False))
    points = [
        {
            **each,
            "same": same,
            "on_frontier": place in still,
            "unbeaten_share": shares.get(each["variant"]),
            "commands": _commands(experiment, each),
        }
        for place, (each, same) in enumerate(zip(judged, alike.values(), strict=True))
    ]
    points.sort(key=_cost)
    sure = [place for place, point in enumerate(points) if point["on_frontier"] and point["verdict"] == SURELY]
    return {
        "cost": {"unit": goal.cost.unit, "terms": [asdict(term) for term in goal.cost.terms]},
        "objectives": dict(goal.objectives),
        "steps": dict(goal.steps),
        "breaches_at_most": goal.breaches_at_most,
        "runs": goal.runs,
        **tries._asdict(),
        "cheapest": sure[0] if sure else None,
        "points": points,
        "as_it_is": base,
        "tried": [_short(each) for each in tried],
        "notes": [*_notes(experiment, table, points, tried, tries), broken],
    }


def _commands(experiment: Experiment, judged: Judged) -> list[str]:
    """The command that makes each run of a setting again."""
    index = judged["variant"]
    places = [f"runs/{experiment.name}-{index}-seed{seed}" for seed in judged["seeds"]]
    made = [
        command(experiment, experiment.variants[index], *each) for each in zip(judged["seeds"], places, strict=True)
    ]
    return made


def _short(judged: Judged) -> dict[str, Any]:
    """A setting that was tried, for tables and pictures of all of them."""
    means = {name: each["mean"] for name, each in judged["metrics"].items()}
    return {"variant": judged["variant"], "label": judged["label"], "means": means, "verdict": judged["verdict"]}


def _cost(judged: Judged) -> float:
    mean = judged["metrics"][COST]["mean"]
    return inf if mean is None else mean


def _notes(
    experiment: Experiment, table: "pd.DataFrame", points: Sequence[Judged], tried: Sequence[Judged], tries: Tries
) -> list[str]:
    notes = []
    level = f"{experiment.confidence:.0%}"
    if all(each["verdict"] == NO for each in tried):
        missed = Counter(name for each in tried for name, word in _targets(each).items() if word == "missed")
        names = ", ".join(f"{name} ({count} of {len(tried)})" for name, count in missed.most_common())
        notes.append(f"No setting that was tried meets all targets; what they miss: {names}. Shown is what is unbeaten")
    if not tries.whole:
        of_all = f" of {tries.possible:,}" if tries.possible else ""
        notes.append(f"{len(tried)}{of_all} settings were tried: there may be better ones")
    if tries.impossible:
        notes.append(f"{tries.impossible} of the settings that were proposed are not possible together: passed over")
    if tries.confirmed:
        lost = sum(1 for point in points if not point["on_frontier"])
        notes.append(
            f"The frontier was run again with {tries.confirmed} seeds that the choice had not seen, and is judged by "
            f"those alone; {lost} of {len(points)} settings were beaten or missed a target then"
        )
        if tries.left_out:
            notes.append(
                f"{tries.left_out} settings between them were not run again for want of runs, and are left out"
            )
    elif len(tried) > 1:
        notes.append("The settings were chosen and judged by the same runs, which flatters the chosen a little")
    held = sum(len(each["targets"]) for each in points)
    if held > 1:
        wrong = (1 - experiment.confidence) * held
        notes.append(f"{held} intervals at {level} are held against targets: about {wrong:.1f} of them miss the mean")
    seeds = table["replication"].nunique()
    if 1 < seeds < _FEW_SEEDS:
        notes.append(f"How often a setting stays unbeaten is from {seeds} seeds drawn anew, which is rough")
    if experiment.warm_up_days != 0 or experiment.cool_down_days:
        notes.append("The commands make the same runs; what they measure has no warm-up and cool-down left out")
    return notes


def _targets(judged: Judged) -> dict[str, str]:
    return {**judged["targets"], "rules that must hold": judged["compliance"]}


def _breach_note(table: "pd.DataFrame", confidence: float) -> str:
    judged = table["breaches"].dropna()
    runs, breached = len(judged), int((judged > 0).sum())
    if breached:
        return f"A rule that must hold was broken in {breached} of {runs} runs: settings with such a run are out"
    bound = f", so in at most {breach_bound(0, runs, confidence):.1%} of runs if all settings are alike" if runs else ""
    return f"No rule that must hold was broken in {runs} runs{bound}"
