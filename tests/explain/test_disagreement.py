"""What explain rebuilds is what our systems recorded, and where a system is broken explain says so."""

from collections import Counter
from collections.abc import Callable

import pytest

import sim
from fakes.dispatch import Dispatch
from fakes.ledger import Record
from fakes.machinery import OURS, Machinery
from fakes.pluto import Pluto
from fakes.protocols import Happening
from sim.history import Event
from sim.messages import Reason
from sim.policy.bundle import RULES
from sim.runs import Run
from tests.explain.runs import READINGS, crowded_load, explained


@pytest.mark.parametrize("readings", READINGS)
def test_every_decision_is_rebuilt_as_it_was_recorded(readings: str) -> None:
    told = explained(readings)
    assert [(one.message, one.disagreements) for one in told if one.disagreements] == []
    assert sum(len(one.moments) for one in told) > 200


def test_every_kind_of_moment_is_met() -> None:
    met = Counter(
        (moment.what, moment.recorded.outcome) for name in READINGS for one in explained(name) for moment in one.moments
    )
    for what, outcome in (
        ("send", "sent"), ("send", "held"), ("send", "refused"), ("send", "needs_confirmation"),
        ("confirming_send", "sent"), ("confirming_send", "held"), ("hand_over", "handed_over"),
        ("hand_over", "withdrawn"), ("hand_over", "held_again"), ("closing", "held_again"),
        ("zone_change", "held_again"), ("nightly_run", "picked"),
    ):  # fmt: skip
        assert met[what, outcome] > 0, (what, outcome)


class SendsTwice(Dispatch):
    """Hands the first message of each customer over twice."""

    def _hand_over(self, record: Record, now: int, happened: list[Happening]) -> None:
        super()._hand_over(record, now, happened)
        if happened and happened[-1].event == Event.HANDED_OVER and record.message % 7 == 0:
            happened.append(happened[-1])


class Loses(Dispatch):
    """Forgets what it held for the next day."""

    def _hold(self, record: Record) -> None:
        if record.message % 5:
            super()._hold(record)


class Claims(Pluto):
    """Claims an instant at which nothing was sent."""

    def told(self, happening: Happening) -> list[Happening]:
        return [one._replace(value=one.value - 1) for one in super().told(happening)]


def with_dispatch(made: type[Dispatch]) -> Machinery:
    return OURS._replace(pluto=type("Other", (Pluto,), {"dispatch_class": made}))


BROKEN: dict[str, tuple[Machinery, str]] = {
    "asks nobody": (
        OURS.with_rules(needs_confirmation=lambda *_: 0), "it is needs confirmation; the run recorded sent",
    ),
    "no limit": (OURS.with_rules(daily_limit_reached=lambda *_: 0), "it is refused (daily_limit); the run recorded "),
    "always open": (OURS.with_rules(inside_window=lambda *_: 1), "it is held until "),
    "refuses everybody": (
        OURS.with_rules(dialog_reasons=lambda *_: int(Reason.OPTED_OUT)), "the run recorded refused (opted_out)",
    ),
    "no test at hand-over": (
        OURS.with_rules(hand_over_reasons=lambda *_: 0), "it is withdrawn (no_mobile); the run recorded handed over",
    ),
    "no limit at hand-over": (
        OURS.with_rules(limit_at_hand_over=lambda *_: 0, daily_limit_reached=lambda *_: 0),
        "it is held again (daily_limit) until ",
    ),
    "a day late": (OURS.with_rules(release_day_offset=lambda *_: 2), "the run recorded held "),
    "sends twice": (with_dispatch(SendsTwice), "It was handed over already, "),
    "loses what it holds": (with_dispatch(Loses), "and is not heard of again"),
    "claims what is not true": (OURS._replace(pluto=Claims), "which the transport did not record"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_system_is_told(name: str) -> None:
    machinery, words = BROKEN[name]
    run = sim.run(crowded_load("as it is"), machinery=machinery)
    told = (run.explain(message) for message in run.explainer.chronicle.messages.tolist())
    first = next((one for one in told if any(words in each for each in one.disagreements)), None)
    assert first is not None
    assert "DISAGREES WITH THE POLICY" in str(first)
    assert "Disagrees with the policy" in first._repr_html_()
    assert first.to_json()["agrees"] is False
    assert "The systems of this run were not ours" in str(first)


def debts(**functions: Callable[..., int]) -> Run:
    return sim.run(
        "debt_quarter", customers=320, days=40, set={"debt.two_debts": 0.6, "debt.debtors": 0.6},
        machinery=OURS.with_rules(**functions),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ({"pick": lambda mask, order: RULES.pick(mask, order[::-1])}, "it is suppressed (hierarchy) to "),
        ({"gap_allows": lambda *_: 1}, "it is suppressed (gap) to "),
        ({"similar_allows": lambda *_: 1}, "it is suppressed (similar) to "),
        ({"conditions": lambda *_: 0, "messages_met": lambda *_: 0}, ""),
    ],
    ids=["hierarchy", "gap", "similar", "nothing is eligible"],
)
def test_a_broken_night_is_told(functions: dict[str, Callable[..., int]], words: str) -> None:
    run = debts(**functions)
    table = run.messages_table
    ids = table.loc[table["system"] == "dmis", "message_id"].tolist()
    if words:
        assert any(words in each for message in ids for each in run.explain(message).disagreements)
        return
    assert ids == []
    picked = debts().messages_table.query("system == 'dmis' and outcome == 'sent'").iloc[0]
    night = picked["issued_at"].tz_convert("Australia/Sydney").date().isoformat()
    told = run.explain(f"{picked['customer_id']}/{picked['template']}/{night}")
    assert "it is picked; the run recorded not eligible" in told.disagreements[0]
