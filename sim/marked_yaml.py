"""YAML with the line of every value, and schemas whose errors name that line.

Scalars are read narrowly: `true`, `false`, decimal whole numbers and decimals are typed, everything else that is
not quoted stays text. So 0491570006, 08:00, 2026-09-21, yes and 0x10 are texts, and no number is misread.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sim.errors import InputError, shown

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?")
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_VALUES = 1_000_000
_MOST_DEEP = 50
_LONGEST_NUMBER = 18
_FEW = 12
_MUCH_WORSE = 0.1

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
    try:
        reader = _Reader(yaml.parse(text, Loader=_Loader), file)
        return Marked(reader.document(), file, reader.lines)
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise InputError(f"is not valid YAML: {error.problem}", file, line) from None
    except (yaml.YAMLError, UnicodeError):
        # The parser does not say where; it allows no control characters but tab and line ends.
        found = _CONTROL.search(text)
        line = None if found is None else text.count("\n", 0, found.start()) + 1
        raise InputError("holds a character that YAML does not allow", file, line) from None


class _Reader:
    """Turns YAML events into plain data and notes the line of each part.

    Events, not nodes: composing nodes recurses in C, where input that is nested deeply ends the process.
    """

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self.events = events
        self.file = file
        self.lines: dict[Route, int] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def document(self) -> Any:
        """The only document of the stream."""
        self._next(yaml.StreamStartEvent)
        if not isinstance(next(self.events), yaml.DocumentStartEvent):
            raise InputError("is empty", self.file)
        data = self._part(next(self.events), ())
        self._next(yaml.DocumentEndEvent)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise InputError("holds more than one document", self.file, _line(after))
        if data is None:
            raise InputError("is empty", self.file)
        return data

    def _next(self, expected: type) -> None:
        event = next(self.events)
        assert isinstance(event, expected), event

    def _part(self, event: Any, route: Route) -> Any:
        line = _line(event)
        self.lines.setdefault(route, line)
        if len(route) > _MOST_DEEP:
            raise InputError("is nested too deeply", self.file, line)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, route, line)
        if event.tag is not None:
            raise self._error(f"YAML tags are not allowed (value {shown(event.tag)})", line, route)
        before = self._count
        self._add(1, line)
        if isinstance(event, yaml.ScalarEvent):
            data = _scalar(event.value) if event.implicit[0] else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            data = [self._part(item, (*route, index)) for index, item in enumerate(self._until(yaml.SequenceEndEvent))]
        else:
            data = self._mapping(route)
        if event.anchor is not None:
            self._anchors[event.anchor] = data, self._count - before
        return data

    def _alias(self, event: Any, route: Route, line: int) -> Any:
        if event.anchor not in self._anchors:
            raise self._error(f"nothing is anchored as {shown(event.anchor)} before this", line, route)
        data, size = self._anchors[event.anchor]
        self._add(size, line)
        return data

    def _add(self, size: int, line: int) -> None:
        self._count += size
        if self._count > _MOST_VALUES:
            raise InputError(f"holds too many values (allowed: {_MOST_VALUES})", self.file, line)

    def _until(self, end: type) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _mapping(self, route: Route) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._until(yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error("a key must be a plain name", line, route)
            key = str(event.value)
            if key in found:
                first = self.lines[(*route, key)]
                raise self._error(f"stands twice (first in line {first})", line, (*route, key))
            self.lines[(*route, key)] = line
            found[key] = self._part(next(self.events), (*route, key))
        return found

    def _error(self, problem: str, line: int, route: Route) -> InputError:
        return InputError(problem, self.file, line, field_name(route) or None)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(text: str) -> Any:
    """What a text without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return text


def check(schema: type[T], marked: Marked, at: Route = ()) -> T:
    """The part of `marked` at `at` as a `schema` (a model, or a list or dict of one).

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
        raise marked.error(plain_words(first, schema) + more, (*at, *first["loc"])) from None


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
    "union_tag_invalid": "must have one of these as {discriminator}: {expected_tags}",
    "none_required": "must be empty",
}


def plain_words(problem: Any, schema: Any) -> str:
    """What pydantic found wrong with a value of this schema, as a user is told."""
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
    ratios = [difflib.SequenceMatcher(None, other, name).ratio() for other in close]
    close = [other for other, ratio in zip(close, ratios, strict=True) if ratio > ratios[0] - _MUCH_WORSE]
    if close:
        return f" (did you mean {' or '.join(close)}?)"
    return f" (allowed: {', '.join(names)})" if 0 < len(names) <= _FEW else ""


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
