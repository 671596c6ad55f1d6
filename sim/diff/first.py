"""The first decision, in time, that came out differently: what each run decided, on which facts, by which value."""

from collections.abc import Mapping, Sequence

from sim.diff.difference import FactPair, First
from sim.diff.groups import OF_NIGHTS, Examples, explaining
from sim.diff.settings import Setting
from sim.diff.sides import Side
from sim.explain import Moment, words
from sim.replay.differences import Difference as Differs

_NOT_MADE = "not tested"


def first_of(
    differences: Sequence[Differs], settings: Sequence[Setting], examples: Examples, meant: Mapping[int, int]
) -> First | None:
    """The earliest of the differences, which are in the order of the first press; a decision may come long after it."""
    best: tuple[int, Differs, Moment | None, Moment | None] | None = None
    for one in differences:
        if best is not None and one.time >= best[0]:
            break
        pair = _parting(one, examples.first, examples.second, meant)
        time = min((moment.time for moment in pair if moment is not None), default=one.time)
        if best is None or time < best[0]:
            best = (time, one, *pair)
    if best is None:
        return None
    time, one, first, second = best
    example = examples.of(one)
    facts = _facts(first, second)
    rules = dict.fromkeys([one.rule, *(pair.rule for pair in facts)])
    explained = list(dict.fromkeys(setting for rule in rules for setting in explaining(rule, settings)))
    explained += [setting for setting in settings if setting.kind == "systems"]
    return First(example._replace(at=time), tuple(facts), tuple(explained), _note(first, second, settings, explained))


def _parting(one: Differs, first: Side, second: Side, meant: Mapping[int, int]) -> tuple[Moment | None, Moment | None]:
    """The moment of each run at which the two part; None where a run has none."""
    if one.change in OF_NIGHTS:
        day = first.explainer.law.agency.day(one.time)
        moments = []
        for side in (first, second):
            nightly = side.explainer.nightly(one.customer, one.template)
            moments.append(nightly.moment(day, with_earliest=False) if day in nightly.runs else None)
        return moments[0], moments[1]
    assert one.before is not None
    assert one.after is not None
    ours = first.explainer.moments(one.before.message)
    theirs = second.explainer.moments(meant[one.after.message])
    for ahead, (before, after) in enumerate(zip(ours, theirs, strict=False)):
        if (before.what, before.recorded) != (after.what, after.recorded) and not _alike(before, after):
            return ours[ahead], theirs[ahead]
    longer = ours if len(ours) > len(theirs) else theirs
    extra = longer[min(len(ours), len(theirs))] if len(ours) != len(theirs) else None
    return (extra, None) if longer is ours else (None, extra)


def _alike(before: Moment, after: Moment) -> bool:
    """Whether both went at once, each at its own instant."""
    decided, other = before.recorded, after.recorded
    return before.what == after.what and decided.outcome == other.outcome == "sent"


def _facts(first: Moment | None, second: Moment | None) -> list[FactPair]:
    """The checks that came out differently; where none did, those whose failure decided."""
    ours = {check.name: check for check in first.checks} if first else {}
    theirs = {check.name: check for check in second.checks} if second else {}
    names = dict.fromkeys([*ours, *theirs])
    unlike = [name for name in names if _passed(ours, name) is not _passed(theirs, name)]
    turned = [name for name in unlike if False in (_passed(ours, name), _passed(theirs, name))]
    if not turned:
        turned = [name for name in names if False in (_passed(ours, name), _passed(theirs, name))]
    found = []
    for name in turned:
        one, other = ours.get(name), theirs.get(name)
        either = one or other
        assert either is not None
        found.append(
            FactPair(
                name, either.rule, one.passed if one else None, one.facts if one else _NOT_MADE,
                other.passed if other else None, other.facts if other else _NOT_MADE,
            )
        )  # fmt: skip
    return found


def _passed(checks: Mapping[str, object], name: str) -> bool | None:
    return getattr(checks.get(name), "passed", None)


def _note(
    first: Moment | None, second: Moment | None, settings: Sequence[Setting], explained: Sequence[Setting]
) -> str:
    """What else is to be said: a system that broke its own policy, or that something before it differs."""
    for which, moment in (("first", first), ("second", second)):
        if moment is not None and moment.disagreement:
            return f"the {which} run did otherwise than its own policy says: {moment.disagreement}"
    if explained or first is None or second is None:
        return ""
    others = ", ".join(setting.name for setting in settings if setting.kind != "policy")
    because = f"; beside it differs {others}" if others else ""
    if first.time != second.time:
        side = "later" if second.time > first.time else "sooner"
        return f"the second run came to it {words.duration(second.time - first.time)} {side}{because}"
    return f"no value of these rules differs, so it follows from other differences{because}"
