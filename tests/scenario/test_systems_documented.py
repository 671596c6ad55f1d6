"""What QA reads about the protocol is what holds: the README of `scenarios/systems/`, and the OpenAPI description.

``python -m tests.scenario.test_systems_documented`` writes both anew.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from fakes.messaging import SCREENS, VERBS, MessagingSystem
from fakes.our_systems import OurMessagingSystem
from sim.scenario.expand import read_scenarios
from sim.scenario.facts import told_forms
from sim.scenario.session import Options, run_items
from sim.scenario.stage import Stage
from sim.scenario.systems.openapi import FILE, openapi, openapi_text, write_openapi
from sim.scenario.systems.plug import Plugged
from sim.scenario.systems.protocol import CALLS, SCREEN_FIELDS, problem_of, problem_with
from sim.scenario.systems.reference import reference_markdown
from sim.scenario.systems.settings import Command, Patience, system_file
from tests.scenario.builder import HEAD, ONE, write

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "systems"
RULES = FOLDER.parent / "rules"
README = FOLDER / "README.md"
START, END = "<!-- reference: start -->\n", "<!-- reference: end -->\n"


def text() -> str:
    return README.read_text(encoding="utf-8")


def renewed(readme: str) -> str:
    """The README with the tables as they are now."""
    head, rest = readme.split(START)
    _, tail = rest.split(END)
    return f"{head}{START}\n{reference_markdown()}\n{END}{tail}"


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text(), re.MULTILINE | re.DOTALL)
    return str(found)


# The README


def test_the_tables_are_those_of_the_models() -> None:
    assert text() == renewed(text()), "run: python -m tests.scenario.test_systems_documented"
    assert renewed(text().replace("| `confirm` |", "| `confirms` |")) == text()


def test_every_verb_is_described_with_the_arguments_of_the_protocol() -> None:
    """The models take what the methods of `MessagingSystem` take, in the same order."""
    methods = [name for name in vars(MessagingSystem) if not name.startswith("_") and name != "supports"]
    assert sorted(CALLS) == sorted(methods)
    assert set(VERBS) < set(CALLS)
    for verb, call in CALLS.items():
        arguments = [name for name in inspect.signature(getattr(MessagingSystem, verb)).parameters if name != "self"]
        timed = [] if verb == "next_due" else ["now"]
        assert arguments == [*timed, *call.gets.model_fields], verb


def test_the_smallest_system_has_at_most_forty_lines_and_does_what_is_said(tmp_path: Path) -> None:
    code = block("python")
    assert len(code.splitlines()) <= 40
    write(tmp_path, code, "smallest.py")
    send = HEAD + "customers: {ana: {zone: Australia/Perth}}\nsteps:\n  - at: 2026-09-21 10:00\n    "
    sends = send + "send: {as: one, customer: ana, template: payment_received}\n    expect: {outcome: sent}\n"
    texts = {
        "sent": sends + "end: {messages: {one: {outcome: sent, arrivals: 1}}}\n",
        "held": ONE,
        "automatic": sends.replace("ana, template", "ana, system: cuba, template"),
        "list": send + "look: {screen: letters_list, customer: ana}\n    expect: {lines: []}\n",
    }
    items = [item for name, one in texts.items() for item in read_scenarios(write(tmp_path, one, f"{name}.yaml"))]
    sent, held, automatic, listing = run_items(items, Options(f"{tmp_path / 'smallest.py'}:Smallest"))
    # Its text is not the one of the template, which the audit finds.
    assert [failure.where for failure in sent.failures] == ["audit of cs-content"]
    assert sent.unknown == []
    assert "steps[0].expect.outcome" in [failure.where for failure in held.failures]
    assert automatic.unknown == ["the system does not support send: it has Pluto's desktop only"]
    assert listing.unknown == ["the system does not support listing"]
    assert automatic.failures == listing.failures == []


def test_the_file_of_the_readme_holds_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "serve").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "serve").chmod(0o755)
    found = system_file(write(tmp_path, block("yaml")))
    assert found == Command(("./serve", "--port", "{port}"), tmp_path, 0, Patience())


def test_files_that_the_readme_names_exist() -> None:
    named = set(re.findall(r"\b[a-z_]+\.(?:py|yaml)\b|\bmessaging_system\.openapi\.yaml\b", text()))
    ours = {name for name in named if not name.startswith(("mine", "smallest", "openapi"))}
    assert {"small.py", "small_http.py", "small_http.yaml", FILE} <= ours
    assert [name for name in sorted(ours) if not (FOLDER / name).is_file()] == []


# The OpenAPI description


def test_the_published_description_is_current_and_valid() -> None:
    assert (FOLDER / FILE).read_text(encoding="utf-8") == openapi_text(), (
        "run: python -m tests.scenario.test_systems_documented"
    )
    published = yaml.safe_load(openapi_text())
    assert published["openapi"].startswith("3.1.")
    validate(published)


def test_it_has_every_verb_with_the_simulated_time_and_a_key() -> None:
    described = openapi()
    assert list(described["paths"]) == ["/supports", *(f"/{verb}" for verb in CALLS)]
    for verb in CALLS:
        post = described["paths"][f"/{verb}"]["post"]
        reference = post["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = described["components"]["schemas"][reference.rpartition("/")[2]]
        assert schema["required"][:2] == ["run", "now"], verb
        assert post["parameters"] == [{"$ref": "#/components/parameters/Key"}]


# What passes between emsim and a system is what is described, and plain JSON

Checks = Callable[[str, dict[str, Any], Any], None]


class Watched:
    """Ours behind a wire: every call and every answer must survive being written as JSON, and is shown to `checks`."""

    def __init__(self, checks: Checks) -> None:
        self._system, self._checks = OurMessagingSystem(), checks

    def __getattr__(self, verb: str) -> Any:
        method = getattr(self._system, verb)
        if verb == "supports":
            return method

        def call(*given: Any) -> Any:
            sent = json.loads(json.dumps(given))
            assert sent == list(given), given
            answer = method(*sent)
            back = json.loads(json.dumps(answer))
            assert back == answer, answer
            names = list(inspect.signature(method).parameters)
            self._checks(verb, dict(zip(names, sent, strict=True)), back)
            return back

        return call


def _watch(checks: Checks, paths: Iterator[Path]) -> None:
    made: Any = Watched
    stage = Stage(Plugged(lambda: made(checks)), 1, {})
    for path in sorted(paths):
        for item in read_scenarios(path):
            played = stage.play(item)
            assert not played.broken, played.broken


def test_all_that_the_shipped_scenarios_say_is_described() -> None:
    facts, screens, seen = told_forms(), set(), set()

    def checks(verb: str, given: dict[str, Any], answer: Any) -> None:
        seen.add(verb)
        gets = {name: value for name, value in given.items() if name != "now"}
        assert problem_with(CALLS[verb].gets, gets) == "", (verb, gets)
        if verb == "fact":
            assert set(given["fields"]) <= {"value", *facts[given["name"]][1]}, given
        if verb == "listing" and answer:
            screens.add(given["screen"])
            assert sorted(answer[0]) == sorted(SCREEN_FIELDS[given["screen"]]), answer[0]

    _watch(checks, RULES.rglob("*.yaml"))
    assert seen == set(CALLS)
    assert set(SCREEN_FIELDS) == set(SCREENS)
    assert len(screens) >= 8


def test_the_description_accepts_what_passes_and_refuses_what_the_models_refuse() -> None:
    described = openapi()
    asked: dict[str, tuple[dict[str, Any], Any]] = {}
    areas = ("centrelink", "confirmation", "after_sending", "message")
    paths = (path for area in areas for path in sorted((RULES / area).glob("*.yaml")))
    _watch(lambda verb, given, answer: asked.setdefault(verb, (given, answer)), paths)
    assert len(asked) >= 10
    for verb, (given, answer) in asked.items():
        gets, answers = _checker(described, verb, "gets"), _checker(described, verb, "answers")
        body = {"run": "1", "now": 0, **given}
        gets.validate(body)
        answers.validate(answer)
        with pytest.raises(jsonschema.ValidationError):
            gets.validate({**body, "colour": "blue"})
        for wrong in (17.5, [3], {"colour": "blue"}):
            assert problem_of(verb, wrong) != ""
            with pytest.raises(jsonschema.ValidationError):
                answers.validate(wrong)


def _checker(described: dict[str, Any], verb: str, side: str) -> Any:
    post = described["paths"][f"/{verb}"]["post"]
    content = post["requestBody"] if side == "gets" else post["responses"]["200"]
    schema = content["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**schema, "components": described["components"]})


@pytest.mark.parametrize(
    ("verb", "answer", "problem"),
    [
        ("send", {"message": 1, "outcome": "sent", "reasons": [], "due": 5}, ""),
        ("send", {"message": "a1", "outcome": "refused", "reasons": ["opted_out"]}, ""),
        ("send", {"outcome": "sent", "reasons": [], "due": 5}, "message: is missing"),
        ("send", {"message": True, "outcome": "sent", "reasons": [], "due": 5}, "message.int: must be a whole number"),
        ("send", {"message": 1, "outcome": "sent", "reasons": []}, "what was issued is due at an instant"),
        ("send", {"message": 1, "outcome": "refused", "reasons": []}, "a refusal has reasons and nothing else has"),
        ("send", {"message": 1, "outcome": "held", "reasons": ["gap"], "due": 5}, "a refusal has reasons"),
        ("send", {"message": 1, "outcome": "refused", "reasons": ["tired"]}, "reasons[0]: must be one of"),
        ("advance", [{"event": "sings"}], "[0]: must have one of these as 'event': 'submitted', 'held_again'"),
        ("advance", [{"event": "submitted", "message": 1}], "[0].submitted.customer: is missing"),
        ("advance", [{"event": "viewable", "message": 1, "value": "now"}], "[0].viewable.value: must be a whole"),
        ("advance", {"event": "viewable"}, "must be a list"),
        ("next_due", "5", "must be a whole number"),
        ("begin", {}, "must be empty"),
        ("preview", None, "must be text"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_in_plain_words(verb: str, answer: Any, problem: str) -> None:
    found = problem_of(verb, answer)
    assert found.startswith(problem) if problem else found == "", found


if __name__ == "__main__":
    README.write_text(renewed(text()), encoding="utf-8")
    write_openapi(FOLDER)
