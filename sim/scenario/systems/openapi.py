"""The protocol over HTTP as an OpenAPI 3.1 description, made from its models."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, TypeAdapter, create_model

import sim
from sim.marked_yaml import Schema
from sim.scenario.systems.protocol import CALLS, Call, Instant, Supports

FILE = "messaging_system.openapi.yaml"
_HEAD = "# Made from sim/scenario/systems/protocol.py; python -m tests.scenario.test_systems_documented renews it.\n"
_REF = "#/components/schemas/{model}"
_JSON = "application/json"
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same for every try of one call, and never used for another one.",
    "schema": {"type": "string"},
}
_ABOUT = (
    "What a messaging system answers when emsim tests it (scenarios/systems/README.md). A session begins with "
    "GET /supports, every scenario with POST /begin and a new `run`. Times are ms UTC; `now` is the simulated time and "
    "never runs backwards within a run: a system goes by it and not by the wall clock. A call that is not answered in "
    "time is made again with the same Idempotency-Key: the system does it once and gives the same answer. When the "
    "last try is not answered, its outcome is unknown. Answers with other fields or other values than described here "
    "fail the scenario."
)


class Timed(Schema):
    """What every call carries besides what its verb gets."""

    run: str = Field(description="Which run it belongs to; a run begins with `begin`.")
    now: Instant = Field(description="The simulated time, ms UTC.")


class NotSupported(Schema):
    """Why the system does not do this; nothing has happened."""

    why: str = ""


def openapi() -> dict[str, Any]:
    """The whole description."""
    calls = {verb: create_model(_name(verb), __base__=(call.gets, Timed), __doc__=call.gets.__doc__)
             for verb, call in CALLS.items()}  # fmt: skip
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        ("supports", "validation", TypeAdapter(Supports)), ("unsupported", "validation", TypeAdapter(NotSupported)),
    ]  # fmt: skip
    adapters += [(f"{verb} gets", "validation", TypeAdapter(model)) for verb, model in calls.items()]
    adapters += [(f"{verb} answers", "validation", TypeAdapter(call.answers)) for verb, call in CALLS.items()]
    schemas, shared = TypeAdapter.json_schemas(adapters, ref_template=_REF)
    paths: dict[str, Any] = {"/supports": _supports(schemas["supports", "validation"])}
    for verb, call in CALLS.items():
        gets, answers = schemas[f"{verb} gets", "validation"], schemas[f"{verb} answers", "validation"]
        paths[f"/{verb}"] = _path(verb, call, gets, answers, schemas["unsupported", "validation"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "A messaging system under test", "version": sim.__version__, "description": _ABOUT},
        "servers": [{"url": "http://127.0.0.1:8080", "description": "Loopback addresses only."}],
        "paths": paths,
        "components": {"parameters": {"Key": _KEY}, "schemas": _plain(shared["$defs"])},
    }


def openapi_text() -> str:
    """The description as it stands in `scenarios/systems/`."""
    return _HEAD + yaml.safe_dump(openapi(), sort_keys=False, allow_unicode=True, width=110)


def write_openapi(folder: Path) -> Path:
    """Write the description into `folder`."""
    path = folder / FILE
    path.write_text(openapi_text(), encoding="utf-8")
    return path


def _name(verb: str) -> str:
    return "".join(part.capitalize() for part in verb.split("_")) + "Call"


def _supports(answers: Any) -> dict[str, Any]:
    said = "What the system supports; also the health check. The others answer 501, or are never asked for."
    return {
        "get": {
            "operationId": "supports",
            "summary": said,
            "responses": {"200": _response("What it supports.", answers)},
        }
    }


def _path(verb: str, call: Call, gets: Any, answers: Any, unsupported: Any) -> dict[str, Any]:
    responses = {
        "200": _response("The answer.", answers),
        "501": _response("The system does not support this; what depends on it is unknown.", unsupported),
        "503": {"description": "Try again."},
    }
    if call.answers is None:
        responses["204"] = {"description": "The same as null."}
    return {
        "post": {
            "operationId": verb,
            "summary": call.does,
            "parameters": [{"$ref": "#/components/parameters/Key"}],
            "requestBody": {"required": True, "content": {_JSON: {"schema": gets}}},
            "responses": dict(sorted(responses.items())),
        }
    }


def _response(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": _plain(schema)}}}


def _plain(part: Any) -> Any:
    """The same without the titles that repeat a field's name, and with descriptions on one line."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _plain(one) for key, one in part.items() if not (key == "title" and isinstance(one, str))}
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    return kept
