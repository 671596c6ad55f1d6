"""The published schema, and that every shipped scenario is one."""

import json
from pathlib import Path

import pytest

from sim.cli.validate_command import validate
from sim.scenario.schema import FILE, scenario_schema, schema_text
from tests.scenario.builder import ONE, write

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "scenarios" / "rules"


def test_the_published_schema_is_current() -> None:
    assert (ROOT / "scenarios" / FILE).read_text(encoding="utf-8") == schema_text()


def test_it_is_draft_07_and_every_reference_leads_somewhere() -> None:
    schema = scenario_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    text = json.dumps(schema)
    assert "$defs" not in text
    for name in ("Send", "Step", "Customer", "Expect", "End"):
        assert f'"#/definitions/{name}"' in text or name == "Step"
        assert schema["definitions"][name]["additionalProperties"] is False
    assert "as" in schema["definitions"]["Send"]["properties"]
    assert "cs-daily-limit" in schema["properties"]["rules"]["items"]["enum"]


def test_every_scenario_names_the_schema_and_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(RULES.rglob("*.yaml"))
    assert len(files) >= 40
    for file in files:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../../scenario.schema.json", file
    assert validate(files, as_json=True) == 0
    counts = [row["scenarios"] for row in json.loads(capsys.readouterr().out)["files"]]
    assert sum(counts) >= 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE.replace("customer: ana", "customer: bob"), ":9: steps[0].send.customer: unknown customer 'bob'"),
        (
            ONE.replace("kind: scenario", "kind: scenaro"),
            ":2: kind: must be one of scenario, load, experiment (value 'scenaro')",
        ),
        (ONE.replace("emsim: 1", "emsim: 2"), ":1: emsim: must be 1 (value 2)"),
        ("- a\n", "emsim: must be 1 (value None)"),
    ],
)
def test_validate_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    good, bad = write(tmp_path, ONE), write(tmp_path, text, "bad.yaml")
    assert validate([bad, good], as_json=False) == 2
    first, second = capsys.readouterr().out.splitlines()
    assert said in first
    assert second == f"{good}: 1 scenario(s)"
