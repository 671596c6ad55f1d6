"""The policy as data: every rule and every value of policy.yaml, checked, with what a planner changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from sim.errors import InputError, shown
from sim.marked_yaml import Marked, Schema, Step, check, read_yaml, suggestion
from sim.policy import settings
from sim.policy.templates import Template, TemplateRow

POLICY_FILE = Path(__file__).with_name("policy.yaml")
PREFIXES = ("cs-", "cf-", "dr-", "calendar.")
"""How the names of policy values begin; every other name is a parameter's."""

Status = Literal["doc", "pub", "read", "assume"]
_TEMPLATES = "cs-templates.templates"
_DESCRIPTIONS = "cf-flow"

_DEBT_RANGES = (
    "declined", "overdue", "restarted", "debt_overdue", "recovery_restarts", "withholdings_restart", "auto_setup",
    "due_soon",
)  # fmt: skip
_NOT_MORE = (
    ("cs-precall.aim_from_minutes", "cs-precall.aim_to_minutes"),
    ("cs-precall.aim_to_minutes", "cs-precall.next_hour_minutes"),
    ("cs-status.viewable_min_minutes", "cs-status.viewable_max_minutes"),
    *((f"dr-eligibility.{name}_from_days", f"dr-eligibility.{name}_to_days") for name in _DEBT_RANGES),
)
"""Pairs of values of which the first may not exceed the second."""
_BEFORE = (("cs-send-window.opens", "cs-send-window.closes"), ("calendar.office_opens", "calendar.office_closes"))
"""Pairs of times of day of which the first comes before the second."""
_SPREAD = "cs-send-window.release_spread_minutes"
_ORDER = "dr-hierarchy.order"


@dataclass(frozen=True)
class Value:
    """One value of a rule, as in force. `minimum` and `maximum` bound numbers and times, `allowed` lists readings
    (the first is the default) or what a list may hold. Those that are `fixed`, exact words and tables are data that
    nobody sets for a run."""

    name: str
    value: Any
    default: Any
    kind: settings.Kind
    unit: str
    status: Status
    clause: str
    minimum: settings.Bound
    maximum: settings.Bound
    allowed: tuple[Any, ...]
    fixed: bool
    note: str


@dataclass(frozen=True)
class Rule:
    """A rule of the policy: who enforces it, where it stands, and its values by name. `readings` are ours where the
    documents leave room and nothing else can be chosen."""

    id: str
    title: str
    section: str
    enforced_by: Literal["system", "procedure", "content"]
    clause: str
    status: Status
    text: str
    readings: tuple[str, ...]
    values: dict[str, Value]


@dataclass(frozen=True)
class Policy:
    """All rules in the order of the policy, and the templates by code."""

    rules: dict[str, Rule]
    templates: dict[int, Template]

    def value(self, name: str) -> Any:
        """The value in force of ``RULE.NAME``. Raises InputError for an unknown name."""
        return self.setting(name).value

    def setting(self, name: str) -> Value:
        """The `Value` named ``RULE.NAME``, with its unit, status and clause. Raises InputError."""
        rule, _, value = name.partition(".")
        if rule not in self.rules:
            raise unknown_name(name, self.names(), "policy value")
        values = self.rules[rule].values
        if value not in values:
            known = f"allowed: {', '.join(f'{rule}.{each}' for each in values)}" if values else "it has none"
            raise InputError(f"unknown value of the rule {rule} ({known})", field=name)
        return values[value]

    def names(self) -> list[str]:
        """``RULE.NAME`` of every value, in the order of the policy."""
        return [f"{rule.id}.{name}" for rule in self.rules.values() for name in rule.values]

    def plain(self) -> dict[str, Any]:
        """The policy as JSON-able data: what is saved with a run, and all that the audit gets of it.

        `values` holds the values in force; `details` their default, unit, status, clause and what is allowed.
        """
        return {"schema": 1, "rules": {rule.id: _plain_rule(rule) for rule in self.rules.values()}}

    def hash(self) -> str:
        """SHA-256 (hex) of all values in force, as canonical JSON. Titles, texts about rules and units do not count."""
        return values_hash({name: self.value(name) for name in self.names()})


def _plain_rule(rule: Rule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "section": rule.section,
        "enforced_by": rule.enforced_by,
        "clause": rule.clause,
        "status": rule.status,
        "text": rule.text,
        "readings": list(rule.readings),
        "values": {name: value.value for name, value in rule.values.items()},
        "details": {name: _plain_details(value) for name, value in rule.values.items()},
    }


def _plain_details(value: Value) -> dict[str, Any]:
    details = {"default": value.default, "unit": value.unit, "status": value.status, "clause": value.clause}
    details |= {"minimum": value.minimum, "maximum": value.maximum, "allowed": list(value.allowed), "note": value.note}
    return {name: part for name, part in details.items() if part not in (None, "", [])}


def values_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of `values` as JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def unknown_name(name: str, known: Iterable[str], what: str) -> InputError:
    """The error for a name that nobody has, with close matches."""
    return InputError(f"unknown {what}{suggestion(name, known)}", field=name)


class _ValueRow(Schema):
    value: Any
    unit: str = ""
    status: Status | None = None
    clause: str = ""
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    allowed: list[Any] = Field(default_factory=list)
    fixed: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _possible(self) -> "_ValueRow":
        kind = settings.kind_of(self.value, self.allowed)
        settings.check(self.value, kind, self.minimum, self.maximum, self.allowed)
        if kind in ("whole", "decimal", "time") and (self.minimum is None or self.maximum is None):
            raise ValueError("a number or a time of day needs a minimum and a maximum")
        if kind == "reading" and self.value != self.allowed[0]:
            raise ValueError(f"the default must be the first that is allowed (value {shown(self.value)})")
        return self


class _RuleRow(Schema):
    title: str = Field(min_length=1)
    section: Literal["A", "B", "C", "D", "E", "F", "G"]
    enforced_by: Literal["system", "procedure", "content"]
    clause: str = Field(min_length=1)
    status: Status
    text: str = Field(min_length=1)
    readings: list[str] = Field(default_factory=list)
    values: dict[str, _ValueRow] = Field(default_factory=dict)


class _File(Schema):
    version: Literal[1] = Field(alias="schema")
    rules: dict[str, _RuleRow] = Field(min_length=1)


def load_policy(sets: Mapping[str, object] | None = None, path: Path | None = None) -> Policy:
    """The policy of `path` (default: ours), with the values of `sets` ("RULE.NAME": text or typed) in force.

    Raises InputError: for the file with its line, for a set value with its name as the field.
    """
    policy = _read_policy(Path(path or POLICY_FILE))
    rules = dict(policy.rules)
    for name, raw in (sets or {}).items():
        value = policy.setting(name)
        rule = rules[name.partition(".")[0]]
        if value.fixed:
            raise InputError("is fixed by its clause and cannot be set for a run", field=name)
        try:
            read = settings.read(raw, value.default, value.minimum, value.maximum, list(value.allowed))
        except ValueError as error:
            raise InputError(str(error), field=name) from None
        rules[rule.id] = replace(rule, values={**rule.values, value.name: replace(value, value=read)})
    changed = replace(policy, rules=rules)
    problem = _contradiction(changed, tuple(sets or ()))
    if problem:
        raise InputError(problem[1], field=problem[0])
    return changed


@lru_cache(maxsize=8)
def _read_policy(path: Path) -> Policy:
    marked = read_yaml(path)
    file = check(_File, marked)
    rules = {id: _rule(id, row) for id, row in file.rules.items()}
    policy = Policy(rules, _templates(marked, rules))
    problem = _contradiction(policy, ())
    if problem:
        raise marked.error(problem[1], _route(problem[0]))
    return policy


def _route(name: str) -> tuple[Step, ...]:
    rule, _, value = name.partition(".")
    return ("rules", rule, "values", value)


def _rule(id: str, row: _RuleRow) -> Rule:
    values = {}
    for name, part in row.values.items():
        values[name] = Value(
            name=name,
            value=part.value,
            default=part.value,
            kind=settings.kind_of(part.value, part.allowed),
            unit=part.unit,
            status=part.status or row.status,
            clause=part.clause or row.clause,
            minimum=part.minimum,
            maximum=part.maximum,
            allowed=tuple(part.allowed),
            fixed=part.fixed,
            note=part.note,
        )
    return Rule(
        id=id,
        title=row.title,
        section=row.section,
        enforced_by=row.enforced_by,
        clause=row.clause,
        status=row.status,
        text=row.text,
        readings=tuple(row.readings),
        values=values,
    )


def _templates(marked: Marked, rules: Mapping[str, Rule]) -> dict[int, Template]:
    rule, _, name = _TEMPLATES.partition(".")
    if rule not in rules or name not in rules[rule].values:
        raise marked.error("the templates are missing", _route(_TEMPLATES))
    at = (*_route(_TEMPLATES), "value")
    values = rules[rule].values
    in_customer_first = rules[_DESCRIPTIONS].values.get("document_descriptions") if _DESCRIPTIONS in rules else None
    found: dict[int, Template] = {}
    ids: list[str] = []
    for index, row in enumerate(check(list[TemplateRow], marked, at)):
        groups = in_customer_first if row.system == "customer_first" else None
        if row.in_dialog:
            groups = values.get("groups")
        for field, known in (("group", groups), ("kind", values.get("kinds"))):
            if known is not None and getattr(row, field) not in known.value:
                problem = f"must be one of {', '.join(known.value)} (value {shown(getattr(row, field))})"
                raise marked.error(problem, (*at, index, field))
        for field, taken in (("code", row.code in found), ("id", row.id in ids)):
            if taken:
                raise marked.error(f"stands twice (value {shown(getattr(row, field))})", (*at, index, field))
        found[row.code] = row.template()
        ids.append(row.id)
    return found


def _contradiction(policy: Policy, named: tuple[str, ...]) -> tuple[str, str] | None:
    """The first value that cannot stand beside another, and why; a value of `named` is blamed when one is in it."""
    known = frozenset(policy.names())
    for low, high in (*_NOT_MORE, *_BEFORE):
        if not known.issuperset((low, high)):
            continue
        first, second = policy.value(low), policy.value(high)
        strict = (low, high) in _BEFORE
        if first < second if strict else first <= second:
            continue
        if low in named or high not in named:
            return low, f"must be {'before' if strict else 'at most'} {high} ({second}) (value {first})"
        return high, f"must be {'after' if strict else 'at least'} {low} ({first}) (value {second})"
    return _unfit_spread(policy, known) or _unfit_order(policy, known)


def _unfit_spread(policy: Policy, known: frozenset[str]) -> tuple[str, str] | None:
    """Releases are spread within the window."""
    opens, closes = _BEFORE[0]
    if not known.issuperset((opens, closes, _SPREAD)):
        return None
    open_ms = settings.time_ms(policy.value(closes)) - settings.time_ms(policy.value(opens))
    spread = policy.value(_SPREAD)
    if spread * settings.MINUTE_MS <= open_ms:
        return None
    return _SPREAD, f"must be at most the {open_ms // settings.MINUTE_MS} minutes of the window (value {spread})"


def _unfit_order(policy: Policy, known: frozenset[str]) -> tuple[str, str] | None:
    """The hierarchy ranks every message."""
    if _ORDER not in known:
        return None
    value = policy.setting(_ORDER)
    lacking = [name for name in value.allowed if name not in value.value]
    return (_ORDER, f"must name every message (missing: {', '.join(lacking)})") if lacking else None
