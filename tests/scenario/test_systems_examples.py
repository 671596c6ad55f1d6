"""The examples of `scenarios/systems/`, tested for real: what they support passes, what they do not is unknown, and the
same systems with one thing broken fail."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.expand import Item, read_scenarios
from sim.scenario.session import Options, Result, run_items
from sim.scenario.stage import staged
from sim.scenario.systems.settings import PythonObject, shipped_systems, system_named

RULES = Path(__file__).resolve().parents[2] / "scenarios" / "rules"
FILES = (
    "limits/sixth_of_a_day_is_refused.yaml",
    "limits/reading_decides_over_the_evening.yaml",
    "limits/bounced_ones_count.yaml",
    "window/edges_of_the_window.yaml",
    "window/outage_over_the_closing_holds_again.yaml",
    "window/automatic_ones_are_held_too.yaml",
    "window/the_next_day_in_both_readings.yaml",
    "confirmation/asked_up_to_the_hour_and_not_after.yaml",
    "recipients/opt_out_survives_a_new_number.yaml",
    "recipients/barred_recipients_are_refused_with_their_reason.yaml",
    "recipients/opt_out_disables_the_buttons.yaml",
    "release/facts_of_the_hand_over_decide.yaml",
    "after_sending/a_failure_bounces_the_next_day.yaml",
    "after_sending/lists_filter.yaml",
)
UNKNOWN = "the system does not "


@cache
def items() -> tuple[Item, ...]:
    """Some scenarios of each area."""
    return tuple(item for name in FILES for item in read_scenarios(RULES / name))


def outcomes(results: list[Result]) -> dict[str, tuple[list[str], list[str]]]:
    """What failed and what is unknown, by scenario."""
    found = {}
    for result in results:
        item = result.played.item
        found[f"{item.path.stem}::{item.name}"] = ([one.where for one in result.failures], result.unknown)
    return found


@cache
def of_small() -> dict[str, tuple[list[str], list[str]]]:
    return outcomes(run_items(items(), Options("small")))


def test_the_small_system_passes_what_it_supports_and_the_rest_is_unknown() -> None:
    found = of_small()
    assert {name: failures for name, (failures, _) in found.items() if failures} == {}
    passed = [name for name, (_, unknown) in found.items() if not unknown]
    assert len(passed) >= 50
    unknown = {name.partition("::")[0]: why for name, (_, why) in found.items() if why}
    assert all(reason.startswith(UNKNOWN) for why in unknown.values() for reason in why)
    assert unknown["automatic_ones_are_held_too"] == ["the system does not support send: it has Pluto's desktop only"]
    assert unknown["opt_out_disables_the_buttons"] == ["the system does not support open_dialog"]
    assert "the system does not support listing" in unknown["lists_filter"]
    assert unknown["the_next_day_in_both_readings"] == [
        "the system does not support begin: it cannot be set to cs-send-window.release"
    ]


def test_as_a_server_in_a_process_of_its_own_it_does_the_same() -> None:
    assert outcomes(run_items(items(), Options("small_http"))) == of_small()


def test_ours_by_path_under_a_bound_clock_plays_the_same_histories() -> None:
    histories = []
    for name in ("ours", "fakes.our_systems:OurMessagingSystem"):
        with staged(name, 1, {}) as stage:
            histories.append([stage.play(item).history.fingerprint() for item in items()])
    assert histories[0] == histories[1]


def test_what_ships_can_be_named() -> None:
    assert sorted(shipped_systems()) == ["small", "small_http"]


def _small() -> Any:
    found = system_named("small")
    assert isinstance(found, PythonObject)
    return found.make


def _broken(**methods: Callable[..., Any]) -> Callable[[], Any]:
    return type("Broken", (_small(),), methods)


def _sees_utc(self: Any, customer: int) -> Any:
    return self.clock().tzinfo


def _says_it_was_sent_earlier(self: Any, now: int, message: int, event: str, value: int) -> Any:
    told = super(type(self), self).receipt(now, message, event, value)
    return [{**one, "value": one["value"] - 1} if one["event"] == "sent_claimed" else one for one in told]


def _never_hands_over(self: Any, message: Any) -> list[Any]:
    message.due += timedelta(days=1)
    return []


BROKEN: dict[str, tuple[Callable[[], Any], str]] = {
    "unlimited": (lambda: _broken(_limit_reached=lambda self, customer: False)(), "sixth_of_a_day_is_refused"),
    "never_asks": (
        lambda: _broken(_sent_within_the_hour=lambda self, customer: False)(), "asked_up_to_the_hour_and_not_after",
    ),
    "everywhere_utc": (lambda: _broken(_zone=_sees_utc)(), "edges_of_the_window"),
    "bars_nobody": (
        lambda: _broken(_bars=lambda self, record, service, by_sms=True: [])(),
        "barred_recipients_are_refused_with_their_reason",
    ),
    "lies": (lambda: _broken(receipt=_says_it_was_sent_earlier)(), "sixth_of_a_day_is_refused"),
    "keeps_them": (lambda: _broken(_hand_over=_never_hands_over)(), "edges_of_the_window"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_variant_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made, caught_by = BROKEN[name]
    monkeypatch.setattr(f"{__name__}.broken", made, raising=False)
    chosen = [item for item in items() if item.path.stem == caught_by]
    assert [one for one in of_small() if one.startswith(caught_by)], "they are among those that pass"
    results = run_items(chosen, Options(f"{__name__}:broken"))
    assert any(result.failures for result in results)
    assert all(not result.played.broken for result in results), "it is caught by what it does"


def test_a_lie_is_found_by_what_the_gateway_received(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.broken", BROKEN["lies"][0], raising=False)
    chosen = [item for item in items() if item.path.stem == "sixth_of_a_day_is_refused"][:1]
    (result,) = run_items(chosen, Options(f"{__name__}:broken"))
    assert [failure.where for failure in result.failures] == ["audit of cs-once"]
