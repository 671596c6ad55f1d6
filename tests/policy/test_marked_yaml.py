"""The YAML reader: narrow scalars, the line of every value, and one clear line for what cannot be read."""

from pathlib import Path

import pytest
from pydantic import Field

from sim.errors import InputError, shown
from sim.marked_yaml import Schema, check, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0491570006", "0491570006"),
        ("08:00", "08:00"),
        ("20:00", "20:00"),
        ("2026-09-21", "2026-09-21"),
        ("2026-09-29T19:40", "2026-09-29T19:40"),
        ("yes", "yes"),
        ("off", "off"),
        ("True", "True"),
        ("0x10", "0x10"),
        ("010", "010"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        (".5", ".5"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("7", 7),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("2.0", 2.0),
        ("1.5e3", 1500.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, "9" * 19),
    ],
)
def test_scalars_are_read_narrowly(written: str, read: object) -> None:
    found = parse_yaml(f"name: {written}", "f.yaml").data["name"]
    assert found == read
    assert type(found) is type(read)


def test_every_part_has_its_line() -> None:
    marked = parse_yaml("a: 1\nb:\n  - x\n  - c: 2\n    d: >-\n      long\n      text\ne: {f: 3}\n", "f.yaml")
    assert marked.data == {"a": 1, "b": ["x", {"c": 2, "d": "long text"}], "e": {"f": 3}}
    routes = [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c"), ("b", 1, "d"), ("e",), ("e", "f")]
    assert [marked.line(route) for route in routes] == [1, 1, 2, 3, 4, 4, 5, 8, 8]
    assert marked.line(("b", 1, "missing", 5)) == 4


def test_an_error_names_file_line_and_field() -> None:
    marked = parse_yaml("a:\n  - b: 1\n", "f.yaml")
    error = marked.error("is wrong", ("a", 0, "b"))
    assert (str(error), error.file, error.line, error.field) == ("f.yaml:2: a[0].b: is wrong", "f.yaml", 2, "a[0].b")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "f.yaml: is empty"),
        ("# only a comment\n", "f.yaml: is empty"),
        ("---\n...\n", "f.yaml: is empty"),
        ("a: 1\nb: [1\nc: 2\n", "f.yaml:3: is not valid YAML: did not find expected ',' or ']'"),
        ("a: 1\n\tb: 2\n", "f.yaml:2: is not valid YAML: found a tab character that violates indentation"),
        ("a: 1\nb: \x07\n", "f.yaml:2: holds a character that YAML does not allow"),
        ("a: 1\nb: \ud800\n", "f.yaml:2: holds a character that YAML does not allow"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: stands twice (first in line 1)"),
        ("a:\n  b: 1\n  b: 1\n", "f.yaml:3: a.b: stands twice (first in line 2)"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: holds more than one document"),
        ("a: !thing 1\n", "f.yaml:1: a: YAML tags are not allowed (value '!thing')"),
        ("? [a]\n: 1\n", "f.yaml:1: a key must be a plain name"),
        ("a: *b\n", "f.yaml:1: a: nothing is anchored as 'b' before this"),
        ("a: &b [*b]\n", "f.yaml:1: a[0]: nothing is anchored as 'b' before this"),
        ("a: " + "[" * 100_000, "f.yaml:1: is nested too deeply"),
        ("{a: " * 5_000, "f.yaml:1: is nested too deeply"),
    ],
)
def test_what_is_not_yaml_is_told_in_one_line(text: str, error: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "f.yaml")
    assert str(raised.value) == error


def test_an_alias_repeats_its_anchor_but_not_without_end() -> None:
    assert parse_yaml("a: &x [1, 2]\nb: *x\n", "f.yaml").data == {"a": [1, 2], "b": [1, 2]}
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    with pytest.raises(InputError, match=r"^f\.yaml:6: holds too many values \(allowed: 1000000\)$"):
        parse_yaml("\n".join(lines), "f.yaml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"a: 1\nb: \xff\xfe\n")
    for path, problem in (
        (tmp_path / "missing.yaml", f"{tmp_path}/missing.yaml: no such file"),
        (tmp_path, f"{tmp_path}: is a folder, not a file"),
        (binary, f"{binary}:2: is not text in UTF-8"),
    ):
        with pytest.raises(InputError) as raised:
            read_yaml(path)
        assert str(raised.value) == problem


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: two\r\n")
    marked = read_yaml(path)
    assert (marked.data, marked.line(("b",))) == ({"a": 1, "b": "two"}, 2)


class _Inner(Schema):
    count: int
    share: float = 0.5


class _Outer(Schema):
    name: str
    inner: list[_Inner]
    by_name: dict[str, _Inner] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name: a\ninner:\n  - count: 1\n    cuont: 2\n",
         "f.yaml:4: inner[0].cuont: unknown key (did you mean count?)"),
        ("name: a\ninner:\n  - count: 1\n    other: 2\n",
         "f.yaml:4: inner[0].other: unknown key (allowed: count, share)"),
        ("name: a\ninner:\n  - share: 0.1\n", "f.yaml:3: inner[0].count: is missing"),
        ("name: a\ninner:\n  - count: x\n", "f.yaml:3: inner[0].count: must be a whole number (value 'x')"),
        ("name: a\ninner:\n  - count: true\n", "f.yaml:3: inner[0].count: must be a whole number (value True)"),
        ("name: a\ninner:\n  - count: 1.0\n", "f.yaml:3: inner[0].count: must be a whole number (value 1.0)"),
        ("name: a\ninner:\n  - count: '1'\n", "f.yaml:3: inner[0].count: must be a whole number (value '1')"),
        ("name: 1\ninner: []\n", "f.yaml:1: name: must be text (value 1)"),
        ("name: a\ninner: 3\n", "f.yaml:2: inner: must be a list (value 3)"),
        ("name: a\ninner: [3]\n", "f.yaml:2: inner[0]: must be a mapping of names to values (value 3)"),
        ("name: a\ninner: []\nby_name: {x: {conut: 1}}\n",
         "f.yaml:3: by_name.x.count: is missing (and 1 more)"),
        ("- 1\n", "f.yaml:1: must be a mapping of names to values (value [1])"),
        ("inner:\n  - count: x\nname: 1\nnmae: 2\n",
         "f.yaml:2: inner[0].count: must be a whole number (value 'x') (and 2 more)"),
    ],
)  # fmt: skip
def test_a_schema_names_line_and_field(text: str, error: str) -> None:
    with pytest.raises(InputError) as raised:
        check(_Outer, parse_yaml(text, "f.yaml"))
    assert str(raised.value) == error


def test_an_error_is_one_line_whatever_it_quotes() -> None:
    error = InputError(f"is wrong\n(value {shown('a' * 100 + chr(10))})", "a\nb.yaml", 3, "x\ny")
    assert "\n" not in str(error)
    assert str(error).startswith("a b.yaml:3: x y: is wrong (value 'aaaa")
    assert len(shown("a" * 100)) == 60
