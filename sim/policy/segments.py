"""The plain policy of a run whose values change in the middle: how it is saved, and what is in force when.

A policy that changes is saved as it is at the start, with what changes beside it: ``changes``, in order of time, each
with ``from`` (ISO 8601, UTC) and ``values`` (name: value from then on).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sim.clock import instant, utc
from sim.errors import InputError
from sim.policy.policy import Policy, values_hash


class Segment(NamedTuple):
    """From `starts` to `ends` (ms UTC, half open) the plain `policy` is in force; `values` (name: value) are those in
    which it differs from the one before."""

    starts: int
    ends: int
    policy: dict[str, Any]
    values: dict[str, Any]


def with_changes(policy: Policy, changed: Sequence[tuple[int, Policy]]) -> dict[str, Any]:
    """The plain form of a policy that is replaced by others, each from an instant (ms UTC) on."""
    plain = policy.plain()
    if not changed:
        return plain
    before, changes = policy, []
    for starts, after in changed:
        values = {name: after.value(name) for name in after.names() if after.value(name) != before.value(name)}
        changes.append({"from": utc(starts), "values": values})
        before = after
    return {**plain, "changes": changes}


def hash_of(policy: Policy, changed: Sequence[tuple[int, Policy]]) -> str:
    """The hash of a policy; of one that changes, of all its values and when they are in force."""
    if not changed:
        return policy.hash()
    return values_hash({"": policy.hash(), **{utc(starts): after.hash() for starts, after in changed}})


def segments(plain: Mapping[str, Any], observed: tuple[int, int]) -> list[Segment]:
    """What is in force when in the observed interval; one segment for a policy that does not change."""
    changes = plain.get("changes", [])
    edges = [observed[0], *(instant(change["from"]) for change in changes), observed[1]]
    policy = {name: part for name, part in plain.items() if name != "changes"}
    found = [Segment(edges[0], edges[1], policy, {})]
    for number, change in enumerate(changes, 1):
        policy = _changed(policy, change["values"])
        found.append(Segment(edges[number], edges[number + 1], policy, dict(change["values"])))
    return found


def without_changes_of(names: Iterable[str], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The plain policy in which these values do not change: what it says of them at the start holds all along."""
    if "changes" not in plain:
        return dict(plain)
    kept = set(names)
    changes = [
        {**change, "values": {name: value for name, value in change["values"].items() if name not in kept}}
        for change in plain["changes"]
    ]
    changes = [change for change in changes if change["values"]]
    rest = {name: part for name, part in plain.items() if name != "changes"}
    return {**rest, "changes": changes} if changes else rest


def only_one(plain: Mapping[str, Any]) -> None:
    """Raises InputError for a policy that changes within its run, where one is needed for the whole of it."""
    changes = plain.get("changes", [])
    if changes:
        names = ", ".join(changes[0]["values"])
        since = changes[0]["from"]
        raise InputError(f"the policy changes within this run ({names} from {since}), and one for all is needed here")


def _changed(policy: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    rules = dict(policy["rules"])
    for name, value in values.items():
        rule, _, key = name.partition(".")
        rules[rule] = {**rules[rule], "values": {**rules[rule]["values"], key: value}}
    return {**policy, "rules": rules}
