"""Two runs held against each other: what parts them first, and what came out differently, found by other means too."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd
import pytest

import sim
from fakes.machinery import OURS
from sim.diff import Difference, diff
from sim.diff.telling import plain_text
from sim.history import COLUMNS, Event, History
from sim.messages import Reason
from sim.runs import Run
from tests.explain.runs import CROWDED, crowded_load

TIME, EVENT, MESSAGE, REASONS, VALUE = (
    COLUMNS.index(name) for name in ("time", "event", "message", "reasons", "value")
)


def changed(sets: Mapping[str, object]) -> Run:
    return sim.run(crowded_load("as it is").with_overrides(sets=sets))


def edited(run: Run, edit: Callable[[np.ndarray], np.ndarray]) -> Run:
    """The run with another history, as if another program had made it."""
    history = History()
    history._chunks = [edit(run.history.array().copy())]
    history.contents = run.history.contents
    manifest = {**run.manifest, "fingerprint": history.fingerprint()}
    return Run(history, run.policy, manifest)


def by_cause(run: Run) -> pd.DataFrame:
    """What became of every message that was pressed, by its cause."""
    table = run.messages_table
    table = table[(table["message_id"] > 0) & table["attempted_at"].notna()].copy()
    for name in ("system", "template"):
        table[name] = table[name].astype(str)
    cause = ["customer_id", "system", "ref", "template"]
    table["number"] = table.groupby(cause).cumcount()
    return table.set_index([*cause, "number"])


def unlike(first: Run, second: Run) -> pd.DataFrame:
    """The matched messages of Child Support whose decision at the press of Send differs, in order of time."""
    both = by_cause(first).join(by_cause(second), suffixes=("", "_2"), how="inner")
    both = both[both.index.get_level_values("system").isin(["pluto", "cuba"])]
    refused = (both["outcome"] == "refused") != (both["outcome_2"] == "refused")
    asked = both["confirmation_asked"] != both["confirmation_asked_2"]
    return both[refused | asked].sort_values("attempted_at")


def found_by(difference: Difference, *changes: str) -> int:
    """How many messages came out differently in these manners."""
    return sum(group.messages for group in difference.groups if group.change in changes)


@cache
def of_limit() -> tuple[Run, Run, Difference]:
    first, second = changed({"cs-daily-limit.limit": 5}), changed({"cs-daily-limit.limit": 2})
    return first, second, diff(first, second)


class TestOfALimit:
    def test_the_first_divergent_decision_is_the_first_that_other_means_find(self) -> None:
        first, second, found = of_limit()
        expected = unlike(first, second).iloc[0]
        assert found.first is not None
        assert found.first.example.at == expected["attempted_at"].value // 1_000_000
        assert found.first.example.first_message == expected["message_id"]
        assert found.first.example.second_message == expected["message_id_2"]

    def test_it_is_explained_by_the_value_and_the_counters(self) -> None:
        *_, found = of_limit()
        assert found.first is not None
        assert [setting.name for setting in found.first.explained_by] == ["cs-daily-limit.limit"]
        (limit,) = [pair for pair in found.first.facts if pair.name == "daily_limit"]
        assert (limit.first_passed, limit.second_passed) == (True, False)
        assert limit.first.startswith("2 sent today")
        assert limit.first.endswith("limit 5 (either_day, desktop)")
        assert limit.second.endswith("limit 2 (either_day, desktop)")

    def test_every_difference_is_counted_in_its_group(self) -> None:
        first, second, found = of_limit()
        table = unlike(first, second)
        refused = (table["outcome_2"] == "refused") & (table["outcome"] != "refused")
        assert found_by(found, "refused") == refused.sum() > 20
        (group, *_) = found.groups
        assert (group.change, group.rule, group.reasons) == ("refused", "cs-daily-limit", "daily_limit")
        assert group.explained_by == ("cs-daily-limit.limit",)
        assert group.customers == table[refused].index.get_level_values("customer_id").nunique()

    def test_messages_are_matched_by_cause_though_their_ids_shift(self) -> None:
        first, second, found = of_limit()
        examples = [one for group in diff(first, second, limit=1000).groups for one in group.examples]
        shifted = [one for one in examples if one.first_message != one.second_message]
        assert len(shifted) > 5
        for one in shifted[:20]:
            assert one.first_message is not None
            assert one.second_message is not None
            about = [run.explain(message).about for run, message in ((first, one.first_message),
                     (second, one.second_message))]  # fmt: skip
            assert about[0] == about[1] or about[0]["officer"] != about[1]["officer"]
            assert about[0]["ref"] == about[1]["ref"]
        assert found.matched == len(by_cause(first).index.intersection(by_cause(second).index))

    def test_the_limit_of_examples(self) -> None:
        first, second, _ = of_limit()
        for limit in (0, 1, 7):
            groups = diff(first, second, limit).groups
            assert [len(group.examples) for group in groups] == [min(limit, group.messages) for group in groups]

    def test_seen_from_the_other_side(self) -> None:
        first, second, found = of_limit()
        back = diff(second, first)
        assert found.first is not None
        assert back.first is not None
        assert back.first.example.at == found.first.example.at
        assert back.first.example.first == found.first.example.second
        assert sum(group.messages for group in back.groups) == sum(group.messages for group in found.groups)
        assert 0 < found_by(back, "let through") <= found_by(found, "refused")


def test_the_same_run_twice_is_identical() -> None:
    first, _, _ = of_limit()
    again = changed({"cs-daily-limit.limit": 5})
    found = diff(first, again)
    assert (found.same, found.kind, found.groups) == (True, "identical", ())
    assert str(found) == "The runs are identical."


def test_a_value_on_which_nothing_turned() -> None:
    first, _, _ = of_limit()
    found = diff(first, changed({"cs-daily-limit.limit": 5, "dr-view.sap_days": 121}))
    assert (found.same, found.kind) == (False, "same_history")
    assert "no decision turned on what differs" in str(found)
    assert [setting.name for setting in found.settings] == ["dr-view.sap_days"]


def test_a_broken_system_is_said_to_break_its_own_policy() -> None:
    first, _, _ = of_limit()
    second = sim.run(
        crowded_load("as it is").with_overrides(sets={"cs-daily-limit.limit": 5}),
        machinery=OURS.with_rules(needs_confirmation=lambda *_: 0),
    )  # fmt: skip
    found = diff(first, second)
    assert found.first is not None
    assert found.first.note.startswith("the second run did otherwise than its own policy says: ")
    assert [setting.name for setting in found.first.explained_by] == ["replaced"]
    assert found_by(found, "not asked") > 10


def position(run: Run, event: Event, number: int = 0) -> int:
    return int(np.flatnonzero(run.history.array()[:, EVENT] == event)[number])


def test_a_single_decision_that_was_changed_is_found() -> None:
    run, _, _ = of_limit()
    place = position(run, Event.REFUSED, 17)

    def edit(rows: np.ndarray) -> np.ndarray:
        rows[place, REASONS] |= int(Reason.OPTED_OUT)
        return rows

    found = diff(run, edited(run, edit))
    row = run.history.array()[place]
    assert found.first is not None
    assert (found.first.example.at, found.first.example.first_message) == (row[TIME], row[MESSAGE])
    assert sum(group.messages for group in found.groups) == 1
    assert "opted_out" in found.first.example.second
    assert found.settings == ()


def test_the_first_in_time_is_a_decision_and_not_a_press() -> None:
    """A message is pressed first and withdrawn late; in between another one is decided otherwise."""
    run, _, _ = of_limit()
    rows = run.history.array()
    withdrawn = position(run, Event.WITHDRAWN)
    pressed = rows[(rows[:, MESSAGE] == rows[withdrawn, MESSAGE]) & (rows[:, EVENT] == Event.SEND_PRESSED)][0, TIME]
    refused = [place for place in np.flatnonzero(rows[:, EVENT] == Event.REFUSED)
               if pressed < rows[place, TIME] < rows[withdrawn, TIME]]  # fmt: skip

    def edit(both: np.ndarray) -> np.ndarray:
        both[withdrawn, REASONS] = int(Reason.DECEASED)
        both[refused[0], REASONS] = int(Reason.DECEASED)
        return both

    found = diff(run, edited(run, edit))
    assert found.first is not None
    assert found.first.example.at == rows[refused[0], TIME] < rows[withdrawn, TIME]

    def edit_one(one: np.ndarray) -> np.ndarray:
        one[withdrawn, REASONS] = int(Reason.DECEASED)
        return one

    alone = diff(run, edited(run, edit_one))
    assert alone.first is not None
    assert alone.first.example.at == rows[withdrawn, TIME]


def test_another_due_instant_is_found() -> None:
    run, _, _ = of_limit()
    place = position(run, Event.HELD_AGAIN)

    def edit(rows: np.ndarray) -> np.ndarray:
        rows[place, VALUE] += 3_600_000
        return rows

    found = diff(run, edited(run, edit))
    assert found.first is not None
    assert found.first.example.at == run.history.array()[place, TIME]
    assert found_by(found, "held longer") == 1
    (group,) = found.groups
    assert group.later_hours == 1.0


class TestNotTheSamePeople:
    def test_another_seed_is_said_first_and_totals_follow(self) -> None:
        first, _, _ = of_limit()
        second = sim.run(crowded_load("as it is").with_overrides(seed=6, sets={"cs-daily-limit.limit": 5}))
        found = diff(first, second)
        assert (found.kind, found.first, found.groups) == ("totals", None, ())
        assert str(found).splitlines()[0] == "Different seeds: 5 and 6."
        pluto = first.messages_table.query("system == 'pluto' and outcome == 'sent'")
        (total,) = [total for total in found.totals if total.what == "Pluto: sent"]
        assert total.first == len(pluto)

    def test_another_population_under_the_same_seed(self) -> None:
        first, _, _ = of_limit()
        found = diff(first, changed({"cs-daily-limit.limit": 5, "population.opted_out": 0.3}))
        assert found.kind == "totals"
        assert found.notes[0] == "Different populations: the facts on record at the start are not the same"

    def test_another_number_of_customers(self) -> None:
        first, _, _ = of_limit()
        second = sim.run(crowded_load("as it is").with_overrides(customers=50, sets={"cs-daily-limit.limit": 5}))
        assert diff(first, second).notes[0] == "Different customers: 250 and 50"


def test_a_shorter_run_is_compared_as_far_as_it_goes() -> None:
    first, _, _ = of_limit()
    second = sim.run(crowded_load("as it is").with_overrides(days=4, sets={"cs-daily-limit.limit": 5}))
    found = diff(first, second)
    assert (found.kind, found.first, found.groups, found.alone) == ("comparable", None, (), (0, 0))
    assert found.notes == (
        "They end at different instants: both are compared up to Sun 4 Oct 2026 00:00 +10:00",
    )  # fmt: skip
    assert all(total.first == total.second for total in found.totals)


def test_other_staff_shift_requests_and_that_is_told() -> None:
    first, _, _ = of_limit()
    found = diff(first, changed({"cs-daily-limit.limit": 5, "staff.officers": 12}))
    assert [setting.name for setting in found.settings] == ["staff.officers"]
    assert CROWDED["staff.officers"] == found.settings[0].first
    assert found.shifted > 20
    assert found.first_request is not None
    assert found.first is not None
    assert found.first_request.at <= found.first.example.at
    assert "beside it differs staff.officers" in found.first.note


@cache
def of_gap() -> tuple[Run, Run, Difference]:
    sets = {"debt.two_debts": 0.6, "debt.debtors": 0.6, "dr-similar.days": 1}
    first = sim.run("debt_quarter", customers=320, days=40, set=sets)
    second = sim.run("debt_quarter", customers=320, days=40, set={**sets, "dr-gap.reading": "business_day"})
    return first, second, diff(first, second)


class TestOfNights:
    def test_what_goes_on_a_later_night_is_paired(self) -> None:
        *_, found = of_gap()
        later = {group.rule: group for group in found.groups if group.change == "on a later night"}
        group = later["dr-gap"]
        assert group.explained_by == ("dr-gap.reading",)
        assert group.later_hours is not None
        assert group.later_hours >= 23
        one = group.examples[0]
        assert one.first.startswith("picked, held until ")
        assert one.second.startswith("suppressed (gap to ")
        assert "; picked by the run of " in one.second

    def test_the_first_night_is_explained(self) -> None:
        first, second, found = of_gap()
        assert found.first is not None
        assert [setting.name for setting in found.first.explained_by] == ["dr-gap.reading"]
        (gap,) = [pair for pair in found.first.facts if pair.name == "gap"]
        assert (gap.first_passed, gap.second_passed) == (True, False)
        picks = [
            {(row["customer"], row["template"], row["value"]): row["time"] for row in run.history.select(Event.PICKED)}
            for run in (first, second)
        ]
        alone = [time for key, time in {**picks[0], **picks[1]}.items() if (key in picks[0]) != (key in picks[1])]
        assert found.first.example.at == min(alone)


@pytest.mark.parametrize("width", [80, 120])
def test_the_text_fits_and_holds_every_group(width: int) -> None:
    for found in (of_limit()[2], of_gap()[2]):
        text = plain_text(found, width)
        assert max(len(line) for line in text.split("\n")) <= width
        assert "The first divergent decision" in text
        for group in found.groups:
            assert f"{group.change} ({group.rule}" in text


def test_json_has_stable_keys() -> None:
    *_, found = of_limit()
    data = found.to_json()
    assert list(data) == [
        "same", "kind", "settings", "first_divergent_decision", "first_other_request", "groups", "matched",
        "only_in_first", "only_in_second", "pressed_at_another_instant", "sent_at_another_instant",
        "nights_suppressed_for_another_reason", "totals", "notes",
    ]  # fmt: skip
    first = data["first_divergent_decision"]
    assert list(first) == [
        "at", "zone", "customer", "system", "template", "first_message", "second_message", "first", "second", "facts",
        "explained_by", "note",
    ]  # fmt: skip
    assert first["at"][-6] == "+"
    assert first["explained_by"][0] == {"kind": "policy", "name": "cs-daily-limit.limit", "first": 5, "second": 2}
