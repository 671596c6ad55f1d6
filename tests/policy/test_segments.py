"""A policy that changes within a run: how it is saved, and what was in force when."""

import json

import pytest

from sim.clock import instant
from sim.errors import InputError
from sim.policy.policy import load_policy
from sim.policy.saved import saved_policy
from sim.policy.segments import hash_of, only_one, segments, with_changes, without_changes_of

START, FIRST, SECOND, END = (instant(f"2026-10-{day}T13:00:00Z") for day in (18, 25, 28, 31))
BASE = load_policy({"cs-daily-limit.limit": 6})
CHANGED = [
    (FIRST, load_policy({"cs-daily-limit.limit": 4})),
    (SECOND, load_policy({"cs-daily-limit.limit": 4, "cs-send-window.closes": "19:00"})),
]


def test_a_policy_that_does_not_change_is_saved_as_ever() -> None:
    assert with_changes(BASE, []) == BASE.plain()
    assert hash_of(BASE, []) == BASE.hash()
    (only,) = segments(BASE.plain(), (START, END))
    assert (only.starts, only.ends, only.policy, only.values) == (START, END, BASE.plain(), {})
    only_one(BASE.plain())


def test_what_changes_stands_beside_what_was_in_force_at_the_start() -> None:
    plain = json.loads(json.dumps(with_changes(BASE, CHANGED)))
    assert plain["rules"] == BASE.plain()["rules"]
    assert plain["changes"] == [
        {"from": "2026-10-25T13:00:00.000Z", "values": {"cs-daily-limit.limit": 4}},
        {"from": "2026-10-28T13:00:00.000Z", "values": {"cs-send-window.closes": "19:00"}},
    ]


def test_each_segment_has_its_whole_policy() -> None:
    found = segments(with_changes(BASE, CHANGED), (START, END))
    assert [(one.starts, one.ends) for one in found] == [(START, FIRST), (FIRST, SECOND), (SECOND, END)]
    for one, policy in zip(found, (BASE, CHANGED[0][1], CHANGED[1][1]), strict=True):
        values = {name: rule["values"] for name, rule in one.policy["rules"].items()}
        assert values == {name: rule["values"] for name, rule in policy.plain()["rules"].items()}
        assert "changes" not in one.policy
        assert saved_policy(one.policy).hash() == policy.hash()


def test_the_hash_turns_on_what_changes_and_when() -> None:
    hashes = {
        hash_of(BASE, []),
        hash_of(BASE, CHANGED),
        hash_of(BASE, CHANGED[:1]),
        hash_of(BASE, [(SECOND, CHANGED[0][1])]),
        hash_of(CHANGED[0][1], CHANGED[:1]),
    }
    assert len(hashes) == 5
    assert hash_of(BASE, CHANGED) == hash_of(BASE, CHANGED)


def test_values_can_be_held_all_along() -> None:
    plain = with_changes(BASE, CHANGED)
    kept = without_changes_of(["cs-daily-limit.limit"], plain)
    assert [change["values"] for change in kept["changes"]] == [{"cs-send-window.closes": "19:00"}]
    assert "changes" not in without_changes_of(["cs-daily-limit.limit", "cs-send-window.closes"], plain)
    assert len(plain["changes"]) == 2


def test_what_needs_one_policy_refuses_one_that_changes() -> None:
    for refuses in (only_one, saved_policy):
        with pytest.raises(InputError, match="policy changes within this run"):
            refuses(with_changes(BASE, CHANGED))
