"""Reading a run folder (design.md, "Run folder") and the messages table that a run saved."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.audit.codes import REASONS
from sim.audit.log import Log, observed_instant, read_json
from sim.audit.schema import EVENT_COLUMNS, INSTANTS, MESSAGE_COLUMNS
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = "1"

# Columns of a saved messages table that hold instants, and where they go.
TIME_COLUMNS = {
    f"{name}_at": f"{name}_ms" for name in INSTANTS if name not in ("pressed", "asked", "handed", "withdrawn")
}


def read_run(path: Path) -> Log:
    """The log of a run folder. Raises InputError with the file and what is wrong with it."""
    manifest = read_json(path / "manifest.json")
    policy = read_json(path / "policy.json")
    if not isinstance(policy, dict) or not isinstance(policy.get("rules"), dict):
        raise InputError("not the values of a policy (allowed {schema, rules})", str(path / "policy.json"))
    observed = manifest.get("observed") if isinstance(manifest, dict) else None
    if not isinstance(observed, dict) or not {"from", "to"} <= set(observed):
        raise InputError(
            "the observed interval is missing (allowed {from, to})", str(path / "manifest.json"), None, "observed"
        )
    span = [observed_instant(observed[key], path / "manifest.json", f"observed.{key}") for key in ("from", "to")]
    log = Log(policy)
    contents = _read_events(log, path / "events.parquet")
    log.db.execute("INSERT INTO runs VALUES (1, ?, ?)", span)
    log.observed_from, log.observed_to = span
    log.fill_from_events(contents)
    take_claims(log, _read_table(path / "messages.parquet").to_pandas())
    return log


def _read_table(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except FileNotFoundError:
        raise InputError("no such file; a run folder holds it", str(path)) from None
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"not readable as Parquet: {' '.join(str(error).split())}", str(path)) from error


def _read_events(log: Log, path: Path) -> dict[int, tuple[str, str]]:
    table = _read_table(path)
    metadata = table.schema.metadata or {}
    version = metadata.get(b"emsim_schema", b"").decode()
    if version != SCHEMA_VERSION:
        raise InputError(
            f"schema version {version or 'none'} (allowed {SCHEMA_VERSION})", str(path), None, "emsim_schema"
        )
    missing = [name for name in EVENT_COLUMNS if name not in table.column_names]
    if missing:
        raise InputError(f"columns are missing: {', '.join(missing)}", str(path))
    log.db.register("given_events", table)
    log.db.execute(f"INSERT INTO events SELECT 1, {', '.join(EVENT_COLUMNS)} FROM given_events")
    log.db.unregister("given_events")
    try:
        contents = json.loads(metadata[b"emsim_contents"])
    except (KeyError, ValueError):
        raise InputError("the exact words are missing from its metadata", str(path), None, "emsim_contents") from None
    return {int(code): (sender, text) for code, (sender, text) in contents.items()}


def take_claims(log: Log, frame: "pd.DataFrame", run_id: int = 1) -> None:
    """Put a run's own messages table into ``claims``. Instants become ms UTC; absent columns stay NULL."""
    import pandas as pd

    frame = frame.reset_index(drop=True)
    given = pd.DataFrame({"row_id": range(len(frame))})
    given["run_id"] = run_id
    for name in frame.columns:
        if name in TIME_COLUMNS:
            given[TIME_COLUMNS[name]] = _to_ms(frame[name])
        elif name == "reasons":
            given[name] = [mask_of(str(text or "").split(";")) for text in frame[name]]
        elif name in ("message_id", "customer_id", "officer_id"):
            given[name] = frame[name].astype(str)
        elif name in MESSAGE_COLUMNS and name not in ("row_id", "run_id"):
            given[name] = frame[name]
    log.db.register("given_claims", given)
    log.db.execute("INSERT INTO claims BY NAME SELECT * FROM given_claims")
    log.db.unregister("given_claims")
    log.has_claims = True


def mask_of(names: Sequence[str]) -> int:
    """The bit mask of reasons by name; names that nobody knows count as no reason."""
    return sum(REASONS.get(name.strip(), 0) for name in names)


def _to_ms(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """ms UTC (nullable integers) of a column of timestamps."""
    import pandas as pd

    moments = pd.to_datetime(column, utc=True)
    milliseconds = moments.astype("datetime64[ms, UTC]").astype("int64").astype("Int64")
    return milliseconds.where(moments.notna())
