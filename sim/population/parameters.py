"""The parameters of population, work, people and gateway: flat dotted names, each with its unit, status and source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from sim.errors import InputError
from sim.marked_yaml import Schema, check, read_yaml
from sim.policy import settings
from sim.policy.policy import unknown_name, values_hash

PARAMETERS_FILE = Path(__file__).with_name("parameters.yaml")


@dataclass(frozen=True)
class Parameter:
    """One parameter as in force. `minimum` and `maximum` bound numbers, `allowed` lists what a text may be. At its
    `neutral` value (None: it has none) a parameter changes nothing."""

    name: str
    value: Any
    default: Any
    kind: settings.Kind
    unit: str
    status: Literal["pub", "assume"]
    source: str
    minimum: settings.Bound
    maximum: settings.Bound
    allowed: tuple[Any, ...]
    neutral: Any
    note: str


@dataclass(frozen=True)
class Parameters(Mapping[str, Any]):
    """The values in force by name (``parameters["staff.officers"]``), in the order of the file.

    `details` holds each `Parameter` by name.
    """

    details: dict[str, Parameter]

    def __getitem__(self, name: str) -> Any:
        """The value in force. Raises KeyError for an unknown name."""
        return self.details[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.details)

    def __len__(self) -> int:
        return len(self.details)

    def plain(self) -> dict[str, Any]:
        """All parameters as JSON-able data: the value in force, default, unit, status, source, note and bounds."""
        return {"schema": 1, "parameters": {name: _plain(parameter) for name, parameter in self.details.items()}}

    def hash(self) -> str:
        """SHA-256 (hex) of all values in force, as canonical JSON. One at its neutral value does not count, so that a
        run keeps its hash when such a parameter is added."""
        return values_hash({name: one.value for name, one in self.details.items() if one.value != one.neutral})


def _plain(parameter: Parameter) -> dict[str, Any]:
    parts: dict[str, Any] = {"value": parameter.value, "default": parameter.default, "unit": parameter.unit}
    parts |= {"status": parameter.status, "source": parameter.source, "note": parameter.note}
    parts |= {"minimum": parameter.minimum, "maximum": parameter.maximum, "allowed": list(parameter.allowed)}
    return {name: part for name, part in parts.items() if part not in (None, "", []) or name in ("value", "default")}


class _Row(Schema):
    value: Any
    unit: str = Field(min_length=1)
    status: Literal["pub", "assume"]
    source: str = Field(min_length=1)
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    allowed: list[Any] = Field(default_factory=list)
    neutral: int | float | None = None
    note: str = ""

    @property
    def kind(self) -> settings.Kind:
        return settings.kind_of(self.value, self.allowed)

    @property
    def lowest(self) -> settings.Bound:
        """Numbers are not negative unless the file says so."""
        return 0 if self.minimum is None and self.kind in ("whole", "decimal") else self.minimum

    @model_validator(mode="after")
    def _possible(self) -> "_Row":
        settings.check(self.value, self.kind, self.lowest, self.maximum, self.allowed)
        return self


def load_parameters(sets: Mapping[str, object] | None = None, path: Path | None = None) -> Parameters:
    """The parameters of `path` (default: ours), with the values of `sets` (name: text or typed) in force.

    Raises InputError: for the file with its line, for a set value with its name as the field.
    """
    details = dict(_read_parameters(Path(path or PARAMETERS_FILE)))
    for name, raw in (sets or {}).items():
        if name not in details:
            raise unknown_name(name, details, "parameter")
        known = details[name]
        try:
            value = settings.read(raw, known.default, known.minimum, known.maximum, list(known.allowed))
        except ValueError as error:
            raise InputError(str(error), field=name) from None
        details[name] = replace(known, value=value)
    return Parameters(details)


@lru_cache(maxsize=8)
def _read_parameters(path: Path) -> dict[str, Parameter]:
    marked = read_yaml(path)
    rows = check(dict[str, _Row], marked)
    for name in rows:
        if "." not in name:
            raise marked.error("a parameter's name needs a section and a dot (such as staff.officers)", (name,))
    return {
        name: Parameter(
            name=name,
            value=row.value,
            default=row.value,
            kind=row.kind,
            unit=row.unit,
            status=row.status,
            source=row.source,
            minimum=row.lowest,
            maximum=row.maximum,
            allowed=tuple(row.allowed),
            neutral=row.neutral,
            note=row.note,
        )
        for name, row in rows.items()
    }
