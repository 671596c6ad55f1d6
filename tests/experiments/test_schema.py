"""The published schema of experiments is the format as it is, and every shipped experiment names it."""

import json
from pathlib import Path

import pytest

from sim.cli.validate_command import validate
from sim.experiments.experiment import shipped_experiments
from sim.experiments.schema import FILE, ExperimentRow, experiment_schema, schema_text
from tests.experiments.files import changed, write

ROOT = Path(__file__).resolve().parents[2]


def test_the_published_schema_is_current() -> None:
    assert (ROOT / "scenarios" / FILE).read_text(encoding="utf-8") == schema_text()


def test_it_is_draft_07_and_every_reference_leads_somewhere() -> None:
    schema = experiment_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert set(schema["properties"]) == set(ExperimentRow.model_fields)
    assert set(schema["definitions"]["RangeRow"]["properties"]) == {"from", "to"}
    text = json.dumps(schema)
    assert "$defs" not in text
    named = {part.split('"')[0] for part in text.split("#/definitions/")[1:]}
    assert named <= set(schema["definitions"])
    assert {"CostRow", "RangeRow", "ReplicationsRow", "TermRow", "FrontierRow"} <= named


@pytest.mark.parametrize("name", list(shipped_experiments()))
def test_every_shipped_experiment_names_it_and_is_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = shipped_experiments()[name]
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../{FILE}"
    assert validate([path], as_json=False) == 0
    assert capsys.readouterr().out == f"{path}: experiment\n"


def test_validate_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, changed(frontier="{runs: 5}"))
    assert validate([path], as_json=False) == 2
    assert capsys.readouterr().out == f"{path}:18: frontier: needs a cost: name one beside it\n"
