"""The format of scenario files as a JSON Schema (draft-07), by which editors complete and check them."""

import json
from pathlib import Path
from typing import Any

from sim.policy.policy import load_policy
from sim.scenario.format import ScenarioFile

FILE = "scenario.schema.json"
_PLACE: dict[str, Any] = {"type": "string", "pattern": r"\$[A-Za-z_]"}
_HEAD = ("emsim", "kind", "title", "rules", "policy", "rows", "each", "pairs")


def scenario_schema() -> dict[str, Any]:
    """The schema. Wherever a row can stand in, a text with `$name` is allowed too."""
    made = ScenarioFile.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = {name: _open(part, part) for name, part in made.pop("$defs").items()}
    rules = list(load_policy().rules)
    made["properties"]["rules"]["items"] = {"enum": rules}
    for name in ("breaks", "keeps"):
        definitions["End"]["properties"][name]["anyOf"][0]["items"] = {"anyOf": [{"enum": rules}, _PLACE]}
    properties = {name: part if name in _HEAD else _with_places(part) for name, part in made.pop("properties").items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "emsim scenario",
        **{key: value for key, value in made.items() if key != "title"},
        "properties": properties,
        "definitions": definitions,
    }


def schema_text() -> str:
    """The schema as it stands in `scenarios/scenario.schema.json`."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema into `folder`."""
    path = folder / FILE
    path.write_text(schema_text(), encoding="utf-8")
    return path


def _open(part: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """A model whose fields may each be a place of a row."""
    fields = {name: _with_places(field) for name, field in model.get("properties", {}).items()}
    return {**part, "properties": fields}


def _with_places(field: dict[str, Any]) -> dict[str, Any]:
    """This field, or a text with a place in it; plain texts take one anyway."""
    if field.get("type") == "string" and "enum" not in field and "pattern" not in field:
        return field
    kept: dict[str, Any] = {key: field[key] for key in ("title", "description", "default") if key in field}
    rest = {key: value for key, value in field.items() if key not in kept}
    return {**kept, "anyOf": [_inside(rest), _PLACE]}


def _inside(field: dict[str, Any]) -> dict[str, Any]:
    """The same for the items of a list and the values of a mapping."""
    found = dict(field)
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = {"anyOf": [found[key], _PLACE]}
    if "patternProperties" in found:
        found["patternProperties"] = {
            pattern: {"anyOf": [part, _PLACE]} for pattern, part in found["patternProperties"].items()
        }
    return found
