"""Run folders: where they may be written, how they are written whole or not at all, and how they are read back.

A run folder holds the files of `FILES`; `plots/` holds a picture a plot. It is written in a hidden folder beside its
place and swapped in by renaming, so that a run that was killed leaves nothing at that place.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1
MANIFEST = "manifest.json"
POLICY = "policy.json"
EVENTS = "events.parquet"
MESSAGES = "messages.parquet"
CUSTOMERS = "customers.parquet"
OFFICERS = "officers.parquet"
AUDIT = "audit.json"
BREACHES = "breaches.parquet"
METRICS = "metrics.json"
PLOTS = "plots"
REPORT = "report.html"
FILES = (MANIFEST, POLICY, EVENTS, MESSAGES, CUSTOMERS, OFFICERS, AUDIT, BREACHES, METRICS, PLOTS, REPORT)
"""What a run folder holds, by name."""


def default_place(load: str, seed: int) -> Path:
    """``runs/LOAD-seedN`` under the current directory."""
    return Path("runs") / f"{load}-seed{seed}"


@contextmanager
def writing(out: Path, force: bool = False) -> Iterator[Path]:
    """A new hidden folder beside `out` to write into; when the block ends well, it takes the place of `out`.

    When the block is left by an exception (Ctrl-C too) nothing stays behind. Raises InputError, before the block is
    entered, when `out` exists and may not be replaced or when nothing can be written there.
    """
    place = Path(os.path.realpath(out))
    _check_free(place, out, force)
    made: list[Path] = []
    part = place.parent / f".{place.name}.{os.getpid()}.part"
    try:
        _make_parents(place.parent, made)
        if part.exists():
            shutil.rmtree(part)
        part.mkdir()
    except OSError as error:
        _remove_empty(made)
        raise InputError(f"cannot write there ({error.strerror}: {error.filename})", out) from None
    try:
        yield part
        _check_free(place, out, force)
        _swap_in(part, place)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        _remove_empty(made)
        raise


def _check_free(place: Path, shown: Path, force: bool) -> None:
    try:
        if not os.path.lexists(place):
            return
        if not place.is_dir():
            raise InputError("is a file, not a run folder", shown)
        ours = is_run_folder(place)
    except OSError as error:
        raise InputError(f"cannot be looked at ({error.strerror})", shown) from None
    if not ours:
        raise InputError(
            f"exists and holds no {MANIFEST} of emsim, so it is never replaced; choose another place",
            shown,
        )
    if not force:
        raise InputError("exists; add --force to replace this run, or choose another place", shown)


def _make_parents(folder: Path, made: list[Path]) -> None:
    missing = [folder, *folder.parents]
    for parent in reversed(missing[: next(i for i, path in enumerate(missing) if path.exists())]):
        parent.mkdir(exist_ok=True)
        made.append(parent)


def _remove_empty(made: list[Path]) -> None:
    for parent in reversed(made):
        with suppress(OSError):
            parent.rmdir()


def _swap_in(part: Path, place: Path) -> None:
    old = place.parent / f".{place.name}.{os.getpid()}.old"
    if place.exists():
        place.rename(old)
    try:
        part.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def is_run_folder(path: Path) -> bool:
    """Whether `path` is a folder that holds a manifest of emsim (of whatever schema version)."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("program") == "emsim"


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write plain data as readable JSON with a final newline; NaN and infinities are refused (ValueError)."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """The JSON object in the file `name` of a run folder. Raises InputError."""
    path = folder / name
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file: the run folder is not whole", path) from None
    except json.JSONDecodeError as error:
        raise InputError(f"is not JSON ({error.msg})", path, error.lineno) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", path) from None
    if not isinstance(data, dict):
        raise InputError("must hold a JSON object", path)
    return data


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder. Raises InputError when there is none or its schema version is another."""
    if not folder.exists():
        raise InputError("no such run folder", folder)
    if not folder.is_dir():
        raise InputError("is a file, not a run folder", folder)
    if not (folder / MANIFEST).exists():
        raise InputError(f"holds no {MANIFEST}, so it is not a run folder", folder)
    manifest = read_json(folder, MANIFEST)
    if manifest.get("program") != "emsim":
        raise InputError("was not written by emsim", folder / MANIFEST, field="program")
    if manifest.get("schema") != SCHEMA:
        raise InputError(
            f"this emsim reads schema version {SCHEMA}, not {manifest.get('schema')}", folder / MANIFEST, field="schema"
        )
    return manifest


def write_table(path: Path, frame: "pd.DataFrame") -> None:
    """Write a table as Parquet, with the schema version in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"emsim_schema": str(SCHEMA).encode()})
    pq.write_table(table, path, compression="zstd")


def read_table(folder: Path, name: str) -> "pd.DataFrame":
    """The table in the file `name` of a run folder. Raises InputError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(folder / name)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"is not a table that emsim wrote ({error})", folder / name) from None
    version = (table.schema.metadata or {}).get(b"emsim_schema", b"none").decode()
    if version != str(SCHEMA):
        raise InputError(f"this emsim reads schema version {SCHEMA}, not {version}", folder / name)
    frame: pd.DataFrame = table.to_pandas()
    return frame
