"""Reading somebody else's table: CSV or Parquet into named columns of plain values, with the line of every row."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.errors import InputError, shown

DELIMITERS = (",", ";", "\t", "|")
_EMPTY = frozenset({"", "null", "nan", "nat", "\\n"})


@dataclass
class Column:
    """One column. `values` are texts, None where the cell is empty; for `kind` ``instant`` they are ms UTC, for
    ``naive`` ms as the wall clock of an unnamed zone shows them."""

    name: str
    values: list[Any]
    kind: str = "text"


@dataclass
class Table:
    """A file's columns by the names that we use, and where each row stands."""

    path: Path
    columns: dict[str, Column]
    lines: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).values) if self.columns else 0

    def error(self, problem: str, row: int, name: str) -> InputError:
        """Bad input in the cell of this row and column; a Parquet file has rows instead of lines."""
        theirs = self.columns[name].name if name in self.columns else name
        if self.lines:
            return InputError(problem, self.path, self.lines[row], theirs)
        return InputError(f"row {row + 1}: {problem}", self.path, None, theirs)

    def cells(self, name: str) -> Iterator[tuple[int, Any]]:
        """(row, value) of a column's cells that are not empty."""
        return ((row, value) for row, value in enumerate(self.columns[name].values) if value is not None)


def read_table(path: Path, known: Sequence[str], mapping: Mapping[str, str]) -> Table:
    """Read the columns of `known` from a CSV or Parquet file; others are ignored.

    Names are compared without regard to case, with spaces as underscores; `mapping` ({ours: theirs}) comes first.
    Raises InputError for a file that is missing, empty, binary, not UTF-8, or not a table.
    """
    try:
        start = path.read_bytes()[:4] if path.is_file() else None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path) from error
    if start is None:
        raise InputError("is a folder, not a file" if path.is_dir() else "no such file", path)
    if start == b"PAR1":
        return _read_parquet(path, known, mapping)
    return _read_csv(path, known, mapping)


def plain_name(name: str) -> str:
    """A column's name as it is compared: lower case, spaces and hyphens as underscores."""
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def _chosen(path: Path, header: Sequence[str], known: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """The position of each of our columns in the file's header."""
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        positions.setdefault(plain_name(name), []).append(position)
    chosen: dict[str, int] = {}
    for ours, theirs in mapping.items():
        if ours not in known:
            close = get_close_matches(ours, known, 3) or known
            raise InputError(f"unknown column {shown(ours)} (allowed {', '.join(close)})", None, None, "--map")
        exact = [position for position, name in enumerate(header) if name == theirs]
        found = exact or positions.get(plain_name(theirs), [])
        if not found:
            there = ", ".join(name.strip() for name in header)
            raise InputError(f"no column {shown(theirs)} for {ours} (the file has {there})", path, 1, "--map")
        chosen[ours] = found[0]
    for ours in known:
        found = positions.get(ours, [])
        if ours in chosen or not found:
            continue
        if len(found) > 1:
            raise InputError(f"the column occurs {len(found)} times", path, 1, ours)
        chosen[ours] = found[0]
    return chosen


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if not data.strip():
        raise InputError("the file is empty", path)
    if data[:4] == b"PK\x03\x04":
        raise InputError("is a workbook or an archive (allowed CSV in UTF-8, or Parquet)", path)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError("is UTF-16 text (allowed CSV in UTF-8, or Parquet)", path)
    if b"\0" in data:
        raise InputError("is a binary file (allowed CSV in UTF-8, or Parquet)", path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"is not UTF-8 (byte {data[error.start]:#04x}; allowed CSV in UTF-8)", path, line) from None


def _rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every row that is not blank; a quoted text may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if fields and any(value.strip() for value in fields):
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"not a readable CSV row: {error}", path, line) from None


def _read_csv(path: Path, known: Sequence[str], mapping: Mapping[str, str]) -> Table:
    text = _decoded(path)
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = _rows(path, text, delimiter)
    _, header = next(rows)
    chosen = _chosen(path, header, known, mapping)
    values: dict[str, list[Any]] = {ours: [] for ours in chosen}
    lines: list[int] = []
    for line, fields in rows:
        if len(fields) > len(header) and not any(fields[len(header) :]):
            fields = fields[: len(header)]
        if len(fields) != len(header):
            raise InputError(f"{len(fields)} fields (the header has {len(header)})", path, line)
        lines.append(line)
        for ours, position in chosen.items():
            cell = fields[position].strip()
            values[ours].append(None if cell.lower() in _EMPTY else cell)
    columns = {ours: Column(header[position].strip(), values[ours]) for ours, position in chosen.items()}
    return Table(path, columns, lines)


def _read_parquet(path: Path, known: Sequence[str], mapping: Mapping[str, str]) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # One file, not a data set: folders named like `key=value` on its way would add columns.
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"not readable as Parquet: {' '.join(str(error).split())}", path) from None
    chosen = _chosen(path, table.column_names, known, mapping)
    columns = {ours: _parquet_column(path, table.column_names[at], table.column(at)) for ours, at in chosen.items()}
    return Table(path, columns)


def _parquet_column(path: Path, name: str, data: Any) -> Column:
    import pyarrow as pa

    kind = data.type
    if pa.types.is_dictionary(kind):
        data = pa.chunked_array([chunk.dictionary_decode() for chunk in data.chunks], kind.value_type)
        kind = data.type
    if pa.types.is_timestamp(kind):
        milliseconds = data.cast(pa.timestamp("ms", kind.tz), safe=False).cast(pa.int64())
        return Column(name, milliseconds.to_pylist(), "instant" if kind.tz else "naive")
    if pa.types.is_floating(kind):
        return Column(name, [None if value is None or value != value else f"{value:g}" for value in data.to_pylist()])
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise InputError(f"holds {kind} (allowed text, numbers, booleans, timestamps)", path, None, name)
    texts = (None if value is None else str(value).strip() for value in data.to_pylist())
    return Column(name, [None if value is None or value.lower() in _EMPTY else value for value in texts])
