"""The format of scenario and load files as a JSON Schema (draft-07), by which editors complete and check them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.clock import ZONES
from sim.policy.policy import load_policy
from sim.population.parameters import load_parameters
from sim.scenario.format import ScenarioFile
from sim.scenario.load_format import PROGRAMMES, LoadFile

FILE = "scenario.schema.json"
DRAFT = "http://json-schema.org/draft-07/schema#"
_PLACE: dict[str, Any] = {"type": "string", "pattern": r"\$[A-Za-z_]"}
_HEAD = ("emsim", "kind", "title", "policy", "rows", "each", "pairs")
"""The parts of a scenario in which no row stands in."""


def scenario_schema() -> dict[str, Any]:
    """The schema of both kinds. In a scenario, a text with `$name` is allowed wherever a row can stand in."""
    scenario, load = _scenario_definitions(), _load_definitions()
    both = [name for name in scenario if name in load and scenario[name] != load[name]]
    assert not both, both
    return {
        "$schema": DRAFT,
        "title": "emsim scenario or load",
        "type": "object",
        "required": ["emsim", "kind"],
        "properties": {"emsim": {"const": 1}, "kind": {"enum": ["scenario", "load"]}},
        "if": {"properties": {"kind": {"const": "load"}}, "required": ["kind"]},
        "then": {"$ref": f"#/definitions/{LoadFile.__name__}"},
        "else": {"$ref": f"#/definitions/{ScenarioFile.__name__}"},
        "definitions": {**scenario, **load},
    }


def schema_text() -> str:
    """The schema as it stands in `scenarios/scenario.schema.json`."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema into `folder`."""
    path = folder / FILE
    path.write_text(schema_text(), encoding="utf-8")
    return path


def _definitions(model: Any) -> dict[str, Any]:
    """The definitions of a model's parts, and its own under its name."""
    made = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    parts: dict[str, Any] = made.pop("$defs")
    return {**parts, model.__name__: made}


# A scenario.


def _scenario_definitions() -> dict[str, Any]:
    found = _definitions(ScenarioFile)
    policy = load_policy()
    rule, templates = {"enum": list(policy.rules)}, [template.id for template in policy.templates.values()]
    end, whole = found["End"]["properties"], found[ScenarioFile.__name__]["properties"]
    for field in (whole["rules"], end["breaks"], end["keeps"]):
        field["items"] = rule
    end["verdicts"]["propertyNames"] = {"anyOf": [rule, _PLACE]}
    whole["policy"]["propertyNames"] = {"enum": list(policy.names())}
    # A template is one of the policy's; of those that it does not know, `none` stands for all.
    for name in ("Asked", "Send"):
        found[name]["properties"]["template"] = {"title": "Template", "enum": [*templates, "none"]}
    for name, part in found.items():
        head = _HEAD if name == ScenarioFile.__name__ else ()
        fields = part.get("properties", {})
        part["properties"] = {key: field if key in head else _with_places(field) for key, field in fields.items()}
        if name != ScenarioFile.__name__:
            part["patternProperties"] = {r"^\$[A-Za-z_]": {}}  # a key may be a place too
    return found


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


# A load.


def _load_definitions() -> dict[str, Any]:
    found = _definitions(LoadFile)
    rules, policy = list(load_policy().rules), list(load_policy().names())
    whole, expect = found[LoadFile.__name__]["properties"], found["ExpectRow"]["properties"]
    _name(whole["policy"], policy)
    _name(found["ChangeRow"]["properties"]["policy"], policy)
    _name(whole["parameters"], load_parameters())
    _name(expect["verdicts"], rules)
    _name(expect["targets"], [rule.id for rule in load_policy().rules.values() if rule.enforced_by == "procedure"])
    expect["metrics"]["propertyNames"] = {"anyOf": [{"enum": _metrics()}, {"pattern": r"^[a-z0-9_]+\[[^\[\]]+\]$"}]}
    whole["zones"]["items"], whole["programmes"]["items"] = {"enum": list(ZONES)}, {"enum": list(PROGRAMMES)}
    return found


def _name(field: dict[str, Any], names: Iterable[str]) -> None:
    """The keys of this mapping are among `names`."""
    field["propertyNames"] = {"enum": list(names)}


def _metrics() -> list[str]:
    from sim.metrics.definitions import DEFINITIONS

    return list(DEFINITIONS)
