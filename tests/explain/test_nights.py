"""Debt messages on their nights: what lost to what, and the first run at which it could go, held against the real DMIS
and SAP on the facts of each night."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from sim.clock import DAY
from sim.explain import Explanation, Moment
from sim.policy.policy import load_policy
from sim.runs import Run
from tests.explain.runs import DEBT_READINGS, Facts, indebted

_MOST_OF_A_KIND = 2
CODES = {template.id: template.code for template in load_policy().templates.values()}


@cache
def facts(readings: str) -> Facts:
    return Facts(indebted(readings))


def suppressed(run: Run) -> list[int]:
    """The ids of the suppressed rows of the messages table."""
    table = run.messages_table
    return table.loc[table["outcome"] == "suppressed", "message_id"].tolist()


def chosen(run: Run) -> Iterator[tuple[Explanation, Moment]]:
    """Suppressed messages, some of every kind."""
    seen = Counter[tuple[object, ...]]()
    for message in suppressed(run):
        told = run.explain(message)
        (moment, *_), found = told.moments, told.earliest
        assert found is not None
        kind = (told.about["system"], moment.recorded.reasons, found.at < 0, found.after_run)
        seen[kind] += 1
        if seen[kind] <= _MOST_OF_A_KIND:
            yield told, moment


def night(known: Facts, customer: int, time: int) -> tuple[list[int], dict[int, tuple[int, int]]]:
    """What the real systems do at a night of the run, before they have done it."""
    return known.systems(customer, time, at_night=True).night()


def nights_to_come(known: Facts, customer: int, until: int) -> Iterator[tuple[int, list[int]]]:
    """(instant, templates that go) of every night after the run up to `until`, as the systems go on by themselves."""
    end = known.run.observed[1]
    systems = known.systems(customer, end)
    law = known.run.explainer.law
    for day in range(law.agency.day(end), law.agency.day(until) + 1):
        time = law.agency.at(day, law.debt.run_ms)
        systems.until(time)
        yield time, systems.night()[0]


@pytest.mark.parametrize("readings", DEBT_READINGS)
def test_it_is_picked_then_and_on_no_night_before(readings: str) -> None:
    run, known, kinds = indebted(readings), facts(readings), Counter[str]()
    end = run.observed[1]
    for told, moment in chosen(run):
        found, customer, template = told.earliest, told.about["customer"], CODES[told.about["template"]]
        assert found is not None
        where = (told.message, told.summary)
        _, lost = night(known, customer, moment.time)
        assert lost[template] == (moment.recorded.reasons, moment.recorded.winner), where
        runs = run.explainer.nightly(customer, template).runs.values()
        in_run = [row.time for row in runs if row.time > moment.time and not 0 <= found.at < row.time]
        for time in dict.fromkeys([*in_run[:2], *in_run[2:-3:5], *in_run[-3:]]):
            assert (template in night(known, customer, time)[0]) == (time == found.at), (*where, time)
        if found.after_run or found.at < 0:
            until = found.at if found.at >= 0 else end + 9 * DAY
            for time, goes in nights_to_come(known, customer, until):
                assert (template in goes) == (time == found.at), (*where, time)
        kinds["never" if found.at < 0 else "after the run" if found.after_run else "in the run"] += 1
    assert kinds["never"] >= 5, kinds
    assert kinds["in the run"] >= 2, kinds
    assert kinds["after the run"] >= 1, kinds


def test_due_then_in_local_time() -> None:
    """A nightly message of a later run is due at 10:00 where the customer lives on that agency date."""
    run = indebted("as it is")
    found = [told.earliest for told, _ in chosen(run) if told.about["system"] == "dmis"]
    due = [one for one in found if one is not None and one.at >= 0]
    assert due
    law = run.explainer.law
    for one in due:
        clock = law.clocks[one.zone]
        assert clock.local(one.due) == (one.run_day, 10 * 3_600_000)
        assert law.agency.local(one.at) == (one.run_day, 4 * 3_600_000)


@pytest.mark.parametrize("readings", DEBT_READINGS)
def test_every_night_is_rebuilt_as_it_was_recorded(readings: str) -> None:
    run = indebted(readings)
    told = [run.explain(message) for message in run.messages_table["message_id"].tolist()[::3]]
    assert [one.disagreements for one in told if one.disagreements] == []
    by_system = Counter(one.about["system"] for one in told)
    assert by_system["dmis"] > 30
    assert by_system["sap"] > 30
