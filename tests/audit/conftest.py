"""Connections for the tests of the audit: opening a database costs more than most tests, so they share one.

Every log still has a database, a connection, temporary tables and settings of its own.
"""

from collections.abc import Iterator
from itertools import count

import duckdb
import pytest

_ROOT = duckdb.connect(":memory:")
_NUMBERS = count()


@pytest.fixture(autouse=True)
def _one_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    opened: list[tuple[str, duckdb.DuckDBPyConnection]] = []

    def connect(*_: object, **__: object) -> duckdb.DuckDBPyConnection:
        name = f"log_{next(_NUMBERS)}"
        cursor = _ROOT.cursor()
        cursor.execute(f"ATTACH ':memory:' AS {name}; USE {name}; SET threads = 1")
        opened.append((name, cursor))
        return cursor

    monkeypatch.setattr("sim.audit.schema.duckdb.connect", connect)
    yield
    for name, cursor in opened:
        cursor.close()
        _ROOT.execute(f"DETACH {name}")
