"""YAML with the line of every value, and schemas whose errors name that line.

Scalars are read narrowly: `true`, `false`, decimal whole numbers and decimals are typed, everything else that is
not quoted stays text. So 0491570006, 08:00, 2026-09-21, yes and 0x10 are texts, and no number is misread.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sim.errors import InputError, shown

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+([eE][-+][0-9]+)?")
_MOST_NODES = 1_000_000
_MOST_DEEP = 50
_LONGEST_NUMBER = 30

Step = str | int
Route = tuple[Step, ...]
T = TypeVar("T")


class Schema(BaseModel):
    """The base of all file schemas: unknown keys and wrong types are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Marked:
    """Plain data (dicts, lists, texts, numbers, booleans, None) and where each part of it stands."""

    data: Any
    file: str
    lines: Mapping[Route, int]

    def line(self, route: Sequence[Step] = ()) -> int:
        """The line (from 1) of the part at `route`; of the nearest part around it when it does not exist."""
        steps = tuple(route)
        while steps not in self.lines and steps:
            steps = steps[:-1]
        return self.lines.get(steps, 1)

    def error(self, problem: str, route: Sequence[Step] = ()) -> InputError:
        """An `InputError` that names this file, the line and the field of `route`."""
        return InputError(problem, self.file, self.line(route), field_name(route) or None)


def field_name(route: Sequence[Step]) -> str:
    """`("faults", 0, "kind")` as an error names it: ``faults[0].kind``."""
    text = ""
    for step in route:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_yaml(path: Path | str) -> Marked:
    """Read one YAML document. Raises InputError when the file cannot be read or is not YAML."""
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", path) from None
    except IsADirectoryError:
        raise InputError("is a folder, not a file", path) from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})", path) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("is not text in UTF-8", path, line) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Marked:
    """Read one YAML document from `text`; `file` is its name in errors. Raises InputError."""
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(f"is not valid YAML: {error.problem}", file, mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"holds a character that YAML does not allow (#x{ord(error.character):04x})"
                         if isinstance(error.character, str) else "is not text", file, line) from None
    except RecursionError:
        raise InputError("is nested too deeply", file) from None
    finally:
        if loader is not None:
            loader.dispose()
    if node is None:
        raise InputError("is empty", file)
    reader = _Reader(file)
    return Marked(reader.read(node, ()), file, reader.lines)


class _Reader:
    """Turns YAML nodes into plain data and notes the line of each."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Route, int] = {}

    def read(self, node: Any, route: Route) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(route, line)
        # An alias may stand for what holds it, or multiply without end.
        if len(route) > _MOST_DEEP:
            raise InputError("is nested too deeply", self.file, line)
        if len(self.lines) > _MOST_NODES:
            raise InputError("holds too many values", self.file, line)
        if not node.tag.startswith(_STANDARD):
            raise self._error(f"unknown YAML tag {node.tag!r}", line, route)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, route)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*route, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, route)

    def _mapping(self, node: Any, route: Route) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key must be a plain name", line, route)
            key = str(key_node.value)
            if key in found:
                first = self.lines[(*route, key)]
                raise self._error(f"stands twice (first in line {first})", line, (*route, key))
            self.lines[(*route, key)] = line
            found[key] = self.read(value_node, (*route, key))
        return found

    def _scalar(self, node: Any, route: Route) -> Any:
        text, tag = str(node.value), node.tag.removeprefix(_STANDARD)
        if node.style:
            return text
        if tag == "null":
            return None
        if tag == "bool" and text in ("true", "false"):
            return text == "true"
        if tag == "int" and _WHOLE.fullmatch(text):
            if len(text) > _LONGEST_NUMBER:
                raise self._error("the number is too long", node.start_mark.line + 1, route)
            return int(text)
        if tag == "float" and _DECIMAL.fullmatch(text):
            return float(text)
        return text

    def _error(self, problem: str, line: int, route: Route) -> InputError:
        return InputError(problem, self.file, line, field_name(route) or None)


def check(schema: type[T], marked: Marked, at: Route = ()) -> T:
    """The part of `marked` at `at` as a `schema` (a model, or a list of one).

    Raises InputError for the first thing (by line) that the schema refuses.
    """
    data = marked.data
    for step in at:
        data = data[step]
    try:
        return TypeAdapter(schema).validate_python(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        first = min(problems, key=lambda problem: marked.line((*at, *problem["loc"])))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise marked.error(_plain_words(first, schema) + more, (*at, *first["loc"])) from None


_MUST = {
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must look like {pattern}",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} items",
    "literal_error": "must be one of {expected}",
}


def _plain_words(problem: Any, schema: Any) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        name = str(problem["loc"][-1])
        return "unknown key" + suggestion(name, _keys_at(schema, problem["loc"][:-1]))
    if kind == "value_error":
        return str(context["error"])
    words = _MUST[kind].format(**context) if kind in _MUST else problem["msg"]
    return f"{words} (value {shown(problem['input'])})"


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to add to "unknown …": close matches among `known`, or all of them when they are few."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f" (did you mean {' or '.join(close)}?)"
    return f" (allowed: {', '.join(names)})" if 0 < len(names) <= 12 else ""


def _keys_at(model: Any, route: Sequence[Step]) -> list[str]:
    """The keys that the schema allows at `route`."""
    for step in route:
        if isinstance(model, type) and issubclass(model, BaseModel):
            known = model.model_fields
            model = next((field.annotation for name, field in known.items() if step in (name, field.alias)), None)
        elif get_origin(model) in (list, dict):
            model = get_args(model)[-1]
        model = next((part for part in get_args(model) if _is_schema(part)), model) if _is_union(model) else model
    if not _is_schema(model):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _is_schema(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _is_union(model: Any) -> bool:
    return get_origin(model) is not None and get_origin(model) not in (list, dict)
