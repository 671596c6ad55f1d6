"""Two runs held against each other by meaning: the first decision that parts them, and who came out differently, how
and why.

>>> from sim.diff import diff
>>> diff(sim.load_run("before"), sim.load_run("after"))
"""

from typing import TYPE_CHECKING

from sim.diff.causes import pair
from sim.diff.difference import Difference, Example
from sim.diff.first import first_of
from sim.diff.groups import Examples, grouped
from sim.diff.population import same_people
from sim.diff.settings import Setting, differing
from sim.diff.sides import Side, kept, numbered
from sim.diff.totals import totals
from sim.explain import words
from sim.messages import System
from sim.progress import Progress, Silent
from sim.replay.differences import compare
from sim.replay.systems import ALL_SYSTEMS

if TYPE_CHECKING:
    from sim.diff.causes import Pairs
    from sim.runs import Run

__all__ = ["Difference", "diff"]

LIMIT = 3
"""How many examples of each manner of difference are told."""


def diff(first: "Run", second: "Run", limit: int = LIMIT, progress: Progress | None = None) -> Difference:
    """Compare two runs, with at most `limit` examples of each manner of difference."""
    tell = progress or Silent()
    settings = differing((first.policy, second.policy), (first.manifest, second.manifest))
    if first.manifest["fingerprint"] == second.manifest["fingerprint"]:
        return _alike(settings)
    tell.stage("looking at the people")
    strangers = _strangers(first, second, settings)
    if strangers:
        tell.stage("counting")
        numbers = tuple(totals(first.messages_table, second.messages_table))
        notes = (*strangers, "So only totals can be compared")
        return Difference("totals", tuple(settings), None, None, (), 0, (0, 0), 0, 0, 0, numbers, notes)
    return _by_message(first, second, settings, limit, tell)


def _alike(settings: list[Setting]) -> Difference:
    notes = ("The histories are the same, row by row",)
    if settings:
        notes = ("The histories are the same, row by row: no decision turned on what differs",)
    kind = "same_history" if settings else "identical"
    return Difference(kind, tuple(settings), None, None, (), 0, (0, 0), 0, 0, 0, (), notes)


def _strangers(first: "Run", second: "Run", settings: list[Setting]) -> list[str]:
    """Why the two runs are not about the same people; empty when they are."""
    of_load = {setting.name: setting for setting in settings if setting.kind == "load"}
    told = []
    if "seed" in of_load:
        told.append(f"Different seeds: {of_load['seed'].first} and {of_load['seed'].second}")
    for name in ("start", "customers", "zones"):
        if name in of_load:
            told.append(f"Different {name}: {of_load[name].first} and {of_load[name].second}")
    if not told and not same_people(first.history, second.history, first.observed[0]):
        told.append("Different populations: the facts on record at the start are not the same")
    return told


def _by_message(first: "Run", second: "Run", settings: list[Setting], limit: int, tell: Progress) -> Difference:
    tell.stage("matching messages by their causes")
    end = min(first.observed[1], second.observed[1])
    ours, theirs = Side(first, end), Side(second, end)
    pairs = pair(ours.history, theirs.history)
    tell.stage("comparing decisions")
    before = kept(ours.told, pairs.only_first)
    after, meant = numbered(kept(theirs.told, pairs.only_second), pairs)
    compared = compare(before, after, ALL_SYSTEMS)
    both = [(before.fates[one], after.fates[one]) for one in before.fates if one in after.fates]
    alike = [(one, other) for one, other in both if one.decision() == other.decision()]
    shifted = sum(one.pressed != other.pressed for one, other in alike)
    moved = sum(one.pressed == other.pressed and one.sent != other.sent for one, other in alike)
    examples = Examples(ours, theirs, meant)
    tell.stage("explaining the first difference")
    differences = compared.differences
    alone = (len(ours.told.fates) - len(before.fates), len(theirs.told.fates) - len(after.fates))
    notes = [] if first.observed == second.observed else [
        f"They end at different instants: both are compared up to {words.local(end, first.explainer.law.agency.name)}"
    ]  # fmt: skip
    if not settings:
        notes.append("Nothing that the manifests hold differs: the programs must, though their versions are one")
    return Difference(
        "comparable", tuple(settings), first_of(differences, settings, examples, meant),
        _first_request(ours, theirs, pairs), tuple(grouped(differences, settings, examples, limit)), len(both), alone,
        shifted, moved, compared.other_nights, tuple(totals(ours.messages(), theirs.messages())), tuple(notes),
    )  # fmt: skip


def _first_request(ours: Side, theirs: Side, pairs: "Pairs") -> Example | None:
    """The first request, in time, that one run alone made, or that they made at different instants."""
    candidates: list[tuple[int, int | None, int | None]] = [
        *((ours.told.fates[one].pressed, one, None) for one in pairs.only_first),
        *((theirs.told.fates[one].pressed, None, one) for one in pairs.only_second),
    ]
    for mine, yours in pairs.second_of.items():
        times = (ours.told.fates[mine].pressed, theirs.told.fates[yours].pressed)
        if times[0] != times[1]:
            candidates.append((min(times), mine, yours))
    if not candidates:
        return None
    time, one, other = min(candidates, key=lambda each: each[0])
    side, message = (ours, one) if one is not None else (theirs, other)
    assert message is not None
    fate = side.told.fates[message]
    zone = ours.zone(fate.customer, time)
    told = [
        f"pressed {words.local(side.told.fates[each].pressed, zone)}" if each is not None else "not made"
        for side, each in ((ours, one), (theirs, other))
    ]
    return Example(
        time, zone, fate.customer, words.SYSTEMS[System(fate.system)], ours.title(fate.template), one, other, *told
    )  # fmt: skip
