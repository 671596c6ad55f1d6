"""One value that a planner may change: its type, what is allowed, and how it is read from text.

Policy values and parameters are both settings. The type follows from the default: true or false, a whole number, a
decimal, a time of day (``08:00``), a reading (a text with `allowed`), exact words (a text without), a list of texts or
whole numbers, a table (a mapping, or a list of mappings). Words and tables are data, but not for ``--set``.
"""

import math
import re
from typing import Any, Literal

from sim.errors import shown

Kind = Literal["yes_no", "whole", "decimal", "time", "reading", "words", "list", "table"]
Bound = int | float | str | None

_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}
MINUTE_MS = 60_000
_DAY_MINUTES = 24 * 60


def time_ms(text: str) -> int:
    """A time of day as ms since midnight; ``24:00`` is the end of the day. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > _DAY_MINUTES:
        raise ValueError(f"{shown(text)} is not a time of day from 00:00 to 24:00")
    return (int(match[1]) * 60 + int(match[2])) * MINUTE_MS


def kind_of(default: object, allowed: list[Any] | None) -> Kind:
    """The type of a setting, from its default. Raises ValueError for what cannot be one."""
    match default:
        case bool():
            return "yes_no"
        case int():
            return "whole"
        case float():
            return "decimal"
        case str():
            return "reading" if allowed else "time" if _TIME.fullmatch(default) else "words"
        case dict():
            return "table"
        case list():
            return "table" if any(isinstance(item, dict) for item in default) else "list"
    raise ValueError(f"must be text, a number, true or false, a list or a table (value {shown(default)})")


def check(value: Any, kind: Kind, minimum: Bound, maximum: Bound, allowed: list[Any] | None) -> None:
    """Raises ValueError, with what is allowed, when `value` is not possible for a setting of this kind."""
    if kind in ("whole", "decimal", "time"):
        number, low, high = _number(value, kind), _number(minimum, kind), _number(maximum, kind)
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            raise ValueError(_must_be(kind, minimum, maximum, allowed, value))
    elif kind == "reading":
        if value not in (allowed or ()):
            raise ValueError(_must_be(kind, minimum, maximum, allowed, value))
    elif kind == "list":
        _check_list(value, allowed)


def _check_list(value: list[Any], allowed: list[Any] | None) -> None:
    seen: list[Any] = []
    for item in value:
        if allowed and item not in allowed:
            raise ValueError(f"must be a list of {', '.join(map(str, allowed))} (value {shown(item)})")
        if isinstance(item, bool) or not isinstance(item, str | int) or item == "":
            raise ValueError(f"must be a list of texts or whole numbers (value {shown(item)})")
        if item in seen:
            raise ValueError(f"names {shown(item)} twice")
        seen.append(item)


def read(raw: object, default: object, minimum: Bound, maximum: Bound, allowed: list[Any] | None) -> Any:
    """`raw` (text from a command line, or typed) as a value of the type of `default`.

    Lists are separated by commas; their order counts. Raises ValueError with what is allowed.
    """
    kind = kind_of(default, allowed)
    if kind in ("words", "table"):
        what = "exact words" if kind == "words" else "a table"
        raise ValueError(f"is {what} and cannot be set for a run")
    value = _typed(raw, kind, default)
    if value is None:
        raise ValueError(_must_be(kind, minimum, maximum, allowed, raw))
    check(value, kind, minimum, maximum, allowed)
    return value


def _typed(raw: object, kind: Kind, default: object) -> Any:
    """`raw` as the type of `kind`; None when it cannot be read so."""
    text = raw.strip() if isinstance(raw, str) else None
    if kind == "yes_no":
        return raw if isinstance(raw, bool) else _YES_NO.get((text or "").lower())
    if kind == "whole":
        if text is not None:
            return int(text) if _WHOLE.fullmatch(text) else None
        return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
    if kind == "decimal":
        return _decimal(raw if text is None else text)
    if kind == "list":
        items = raw if isinstance(raw, list | tuple) else None if text is None else text.split(",") if text else []
        return None if items is None else [_item(item, default) for item in items]
    return text


def _decimal(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _item(item: object, default: object) -> object:
    numbers = isinstance(default, list) and bool(default) and isinstance(default[0], int)
    if not isinstance(item, str):
        return item
    text = item.strip()
    return int(text) if numbers and _WHOLE.fullmatch(text) else text


def _number(value: Any, kind: Kind) -> float | None:
    """`value` as a number that can be compared; None when it is none."""
    if kind == "time":
        try:
            return time_ms(value) if isinstance(value, str) else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


_NOUNS: dict[Kind, str] = {
    "yes_no": "true or false (or yes or no)",
    "whole": "a whole number",
    "decimal": "a number",
    "time": "a time of day (HH:MM)",
    "reading": "one of",
    "words": "text",
    "list": "a list separated by commas",
    "table": "a table",
}


def _must_be(kind: Kind, minimum: Bound, maximum: Bound, allowed: list[Any] | None, value: object) -> str:
    noun = _NOUNS[kind]
    if allowed and kind in ("reading", "list"):
        noun += (" of " if kind == "list" else " ") + ", ".join(str(item) for item in allowed)
    elif minimum is not None and maximum is not None:
        noun += f" from {minimum} to {maximum}"
    elif minimum is not None:
        noun += f" of at least {minimum}"
    elif maximum is not None:
        noun += f" of at most {maximum}"
    return f"must be {noun} (value {shown(value)})"
