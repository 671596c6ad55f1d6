"""The published schema: it is current, it is a schema, and it takes what ships and refuses what is wrong."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.marked_yaml import parse_yaml, read_yaml
from sim.scenario.schema import FILE, scenario_schema, schema_text
from tests.scenario.builder import ONE

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
SHIPPED = sorted([*(SCENARIOS / "rules").rglob("*.yaml"), *(SCENARIOS / "loads").rglob("*.yaml")])
LOAD = (SCENARIOS / "loads" / "limit_of_three.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(scenario_schema())


def problems(validator: jsonschema.Draft7Validator, data: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(data)]


def test_the_published_schema_is_current() -> None:
    assert (SCENARIOS / FILE).read_text(encoding="utf-8") == schema_text()


def test_it_is_valid_against_the_draft_07_meta_schema() -> None:
    schema = scenario_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(schema)
    assert "$defs" not in schema_text()


def test_every_shipped_scenario_and_load_is_valid_and_names_it(validator: jsonschema.Draft7Validator) -> None:
    assert len(SHIPPED) > 100
    for file in SHIPPED:
        assert problems(validator, read_yaml(file).data) == [], file
        up = "../" * (len(file.relative_to(SCENARIOS).parts) - 1)
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={up}{FILE}", file


def test_places_stand_for_anything(validator: jsonschema.Draft7Validator) -> None:
    text = ONE.replace("zone: Australia/Perth", "zone: $zone").replace("20:00\n", "$at\n")
    text = text.replace("{outcome: held, due: next day 08:00}", "$answer").replace(
        "customers:", "rules_: 1\ncustomers:"
    )
    assert problems(validator, parse_yaml(text.replace("rules_: 1\n", ""), "a.yaml").data) == []
    assert problems(validator, parse_yaml(text, "a.yaml").data) != []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (ONE, "kind: scenario", "kind: scenaro"),
        (ONE, "emsim: 1", "emsim: 2"),
        (ONE, "title: A scenario for a test", "titel: A scenario for a test"),
        (ONE, "cs-send-window", "cs-sent-window"),
        (ONE, "Australia/Perth", "Australia/Berth"),
        (ONE, "outcome: held", "outcome: hold"),
        (ONE, "send: {as", "sent: {as"),
        (ONE, "template: payment_received", "template: payment_recieved"),
        (ONE, "template: payment_received", "template: payment_received, times: 0"),
        (ONE, "\nend:", "\npolicy: {cs-daily-limit.limt: 3}\nend:"),
        (ONE, "\nend:", "\nend:\n  verdicts: {cs-once: good}"),
        (ONE, "\nend:", "\nend:\n  verdicts: {cs-onse: pass}"),
        (ONE, "\nend:", "\nend:\n  breaks: [cs-onse]"),
        (LOAD, "days: 14", "days: 0"),
        (LOAD, "days: 14", "days: 14\nweeks: 2"),
        (LOAD, "programmes: [child_support]", "programmes: [child_suport]"),
        (LOAD, "cs-daily-limit.limit: 3", "cs-daily-limit.limt: 3"),
        (LOAD, "work.busy_day_share: 0.05", "work.busy_day_shares: 0.05"),
        (LOAD, "verdict: pass", "verdict: good"),
        (LOAD, "cs-info-messages: pass", "cs-info-message: pass"),
        (LOAD, "customer_days_over_limit: {max: 0}", "customer_day_over_limit: {max: 0}"),
        (LOAD, "customer_days_over_limit: {max: 0}", "customer_days_over_limit: {most: 0}"),
        (LOAD, "expect:", "faults: [{kind: fire, starts: 2026-08-11T10:00}]\nexpect:"),
        (LOAD, "expect:", "changes: [{from: 2026-08-11, policy: {cs-daily-limit.limt: 4}}]\nexpect:"),
        (LOAD, "expect:", "zones: [Australia/Berth]\nexpect:"),
        (LOAD, "  verdicts:", "  targets: {cs-daily-limit: 0.1}\n  verdicts:"),
    ],
)
def test_what_is_wrong_is_refused(validator: jsonschema.Draft7Validator, text: str, old: str, new: str) -> None:
    assert old in text
    assert problems(validator, parse_yaml(text, "a.yaml").data) == []
    assert problems(validator, parse_yaml(text.replace(old, new, 1), "a.yaml").data) != []
