"""The log under audit: a run's history, a run's messages table alone, or somebody else's export.

All three end up in the same tables (`sim.audit.schema`), so that a rule is written once.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.audit.centrelink_facts import build_centrelink_facts
from sim.audit.codes import MINUTE, VULNERABILITIES
from sim.audit.from_events import build_facts, build_messages
from sim.audit.schema import EVENT_COLUMNS, TEMPLATE_COLUMNS, connect, fill_local_times
from sim.errors import InputError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class Content(NamedTuple):
    """What reached somebody's eyes: the sender's name and the exact words."""

    sender: str
    text: str


class Given(NamedTuple):
    """A history in memory; the fields are those of `Log.from_history`."""

    rows: Any
    contents: Mapping[int, tuple[str, str]]
    messages: "pd.DataFrame | None"
    observed: tuple[int, int]


class Cells(NamedTuple):
    """A column of a foreign log: how many cells are `empty`, and the finest `resolution` of its times in ms (None for
    what is no time)."""

    empty: int
    resolution: int | None


class Log:
    """A log in DuckDB tables, with the policy values it is judged by.

    ``db``              DuckDB connection in UTC; tables as in `sim.audit.schema`.
    ``policy``          {rule id: {"values": {name: value}, …}} as plain data.
    ``observed_from``, ``observed_to``  ms UTC, half open; of a batch the outermost (each run's: table ``runs``).
    ``has_events``      True for a run: instants, facts and steps are known from its history.
    ``columns``         the columns of the messages table that were really present (all of them for a run).
    ``fact_names``      the facts that are known at all (empty for a foreign log without a customers table).
    ``contents``        {code: Content} of the exact words in a history.
    ``cells``           {column: Cells} of a foreign log, in the order of the format; empty for a run.
    ``missing_columns`` the columns of the format that a foreign log does not have.
    ``numeric_customers``, ``numeric_messages``  ids are given back as numbers.
    ``counted``         ms UTC, from and to, half open: only findings of these instants count; None: all of them.
    """

    def __init__(self, policy: Mapping[str, Any], threads: int | None = None) -> None:
        self.policy: Mapping[str, Any] = policy.get("rules", policy)
        self.db = connect(threads)
        self.observed_from = 0
        self.observed_to = 0
        self.has_events = False
        self.has_claims = False
        self.columns: frozenset[str] = frozenset()
        self.fact_names: frozenset[str] = frozenset()
        self.contents: dict[int, Content] = {}
        self.cells: dict[str, Cells] = {}
        self.missing_columns: tuple[str, ...] = ()
        self.numeric_customers = False
        self.numeric_messages = False
        self.counted: tuple[int, int] | None = None
        self.templates = _templates(self.policy)
        self._fill_templates()

    # How a log is made.

    @classmethod
    def from_run(cls, path: Path | str) -> "Log":
        """Read a run folder. Raises InputError when it is not one."""
        from sim.audit.runs import read_run

        return read_run(Path(path))

    @classmethod
    def from_messages(
        cls,
        path: Path | str,
        customers: Path | str | None = None,
        *,
        policy: Mapping[str, Any],
        mapping: Mapping[str, str] | None = None,
        times_in: str | None = None,
    ) -> "Log":
        """Read a messages table, a CSV or Parquet file (ours or foreign), and perhaps its companion of customers.

        `mapping` gives the file's own names for our columns ({ours: theirs}); `times_in` is the IANA zone of times
        without an offset. Raises InputError for anything that cannot be read.
        """
        from sim.audit.foreign import read_messages

        return read_messages(
            Path(path), None if customers is None else Path(customers), policy, mapping or {}, times_in
        )

    @classmethod
    def from_history(
        cls,
        rows: Any,
        contents: Mapping[int, tuple[str, str]],
        messages: "pd.DataFrame | None",
        policy: Mapping[str, Any],
        observed: tuple[int, int],
    ) -> "Log":
        """Take a history in memory.

        `rows`: a DataFrame or Arrow table with the columns of a history, or an integer array (rows × 11 or 12 columns,
        with or without ``seq``). `contents`: {code: (sender, text)}. `messages`: the run's own messages table, held
        against the events; None when there is none. `observed`: ms UTC, from and to.
        """
        return cls.from_histories([Given(rows, contents, messages, observed)], policy)

    @classmethod
    def from_histories(
        cls, histories: "Sequence[Given]", policy: Mapping[str, Any], threads: int | None = None
    ) -> "Log":
        """Take many histories to be judged in one batch by one policy: their `run_id` is 1, 2 … in this order. Every
        breach names its run; cases are counted together."""
        from sim.audit.runs import take_claims

        log = cls(policy, threads)
        contents: dict[int, tuple[str, str]] = {}
        for run_id, given in enumerate(histories, 1):
            log.db.register("given_events", _as_frame(given.rows))
            log.db.execute(f"INSERT INTO events SELECT {run_id}, {', '.join(EVENT_COLUMNS)} FROM given_events")
            log.db.unregister("given_events")
            log.db.execute("INSERT INTO runs VALUES (?, ?, ?)", [run_id, *given.observed])
            contents.update(given.contents)
        log.observed_from = min(given.observed[0] for given in histories)
        log.observed_to = max(given.observed[1] for given in histories)
        log.fill_from_events(contents)
        for run_id, given in enumerate(histories, 1):
            if given.messages is not None:
                take_claims(log, given.messages, run_id)
        return log

    def fill_from_events(self, contents: Mapping[int, tuple[str, str]]) -> None:
        """Derive facts and messages from the table ``events``."""
        from sim.audit.schema import MESSAGE_COLUMNS

        self.has_events = True
        self.columns = frozenset(MESSAGE_COLUMNS)
        self.numeric_customers = self.numeric_messages = True
        self.contents = {int(code): Content(*content) for code, content in contents.items()}
        self._fill_contents()
        build_facts(self.db)
        build_centrelink_facts(self.db, self.vulnerabilities())
        build_messages(self.db)
        self.fact_names = frozenset(name for (name,) in self.rows("SELECT DISTINCT fact FROM facts"))

    # What rules ask.

    def value(self, name: str) -> Any:
        """A policy value by its full name (``cs-daily-limit.limit``). Raises KeyError when the policy lacks it."""
        rule, _, key = name.partition(".")
        return self.policy[rule]["values"][key]

    def time_of_day(self, name: str) -> int:
        """A policy value that is a time of day (``08:00``), in ms since midnight."""
        hour, minute, *rest = str(self.value(name)).split(":")
        seconds = int(rest[0]) if rest else 0
        return (int(hour) * 60 + int(minute)) * MINUTE + seconds * 1_000

    def vulnerabilities(self) -> tuple[str, ...]:
        """The vulnerabilities that exclude from debt messages (`dr-vulnerable`), those that can be recorded."""
        named = self.policy.get("dr-vulnerable", {}).get("values", {}).get("vulnerabilities", VULNERABILITIES)
        return tuple(name for name in named if name in VULNERABILITIES)

    def rows(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query as tuples."""
        return self.db.execute(sql, parameters).fetchall() if parameters else self.db.execute(sql).fetchall()

    def records(self, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query as dicts."""
        result = self.db.execute(sql, parameters) if parameters else self.db.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def number(self, sql: str) -> int:
        """The single number that a query gives (0 for NULL)."""
        found = self.db.execute(sql).fetchall()
        return int(found[0][0] or 0) if found else 0

    def times_of(self, events: Sequence[int]) -> list[int]:
        """The instants (ms UTC) of these events of a history, by their `seq`."""
        if not events:
            return []
        return [int(time) for (time,) in self.rows("SELECT time FROM events WHERE list_contains(?, seq)", [[*events]])]

    def has_table(self, name: str) -> bool:
        """Whether a rule has made this table already."""
        return bool(self.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]))

    def local_text(self, at_ms: int, zone: str) -> str:
        """A local time for a sentence, from the same ICU data as the rest of the audit."""
        return str(self.rows("SELECT local_text(?, ?)", [at_ms, zone])[0][0])

    @cached_property
    def events_frame(self) -> "pd.DataFrame":
        """All events as a DataFrame sorted by (run_id, time, seq); integers."""
        return self.db.execute("SELECT * FROM events ORDER BY run_id, time, seq").df()

    def give_customer(self, customer: object) -> int | str:
        """A customer's id as the log's reader knows it."""
        return _give(customer, self.numeric_customers)

    def give_message(self, message: object) -> int | str:
        """A message's id as the log's reader knows it."""
        return _give(message, self.numeric_messages)

    # Filling.

    def finish_messages(self) -> None:
        """Work out the local times once all rows are in ``messages``."""
        fill_local_times(self.db)

    def _fill_contents(self) -> None:
        rows = [(code, content.sender, content.text) for code, content in sorted(self.contents.items())]
        _insert(self.db, "contents", ("code", "sender", "text"), rows)

    def _fill_templates(self) -> None:
        rows = []
        for template in self.templates.values():
            fields = template.get("fields") or ()
            desktop = bool(template.get("desktop", True))
            rows.append(
                (
                    template["code"],
                    template["id"],
                    template.get("system", "pluto" if desktop else "cuba"),
                    template.get("group"),
                    template.get("kind"),
                    str(template["service"]).lower(),
                    "contact_time" in fields,
                    "by_date" in fields,
                    bool(template.get("asks_answer")),
                    bool(template.get("precall", template.get("promise"))),
                    desktop,
                    template["text"],
                )
            )
        _insert(self.db, "templates", TEMPLATE_COLUMNS, rows)


def _insert(db: "duckdb.DuckDBPyConnection", table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows into a table at once (one statement a row would cost a millisecond each)."""
    import pyarrow as pa

    if rows:
        db.register("given_rows", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))
        db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given_rows")
        db.unregister("given_rows")


def _templates(policy: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """The templates of `cs-templates` by code, however the plain policy lists them."""
    given = policy.get("cs-templates", {}).get("values", {}).get("templates", [])
    listed = given
    if isinstance(given, Mapping):
        listed = [{"id": name, **template} for name, template in given.items()]
    return {int(template["code"]): {**template, "code": int(template["code"])} for template in listed}


def _give(value: object, numeric: bool) -> int | str:
    return int(str(value)) if numeric else str(value)


def _as_frame(rows: Any) -> Any:
    """A history given as an integer array becomes a frame; frames and Arrow tables stay."""
    if not hasattr(rows, "ndim") or hasattr(rows, "columns"):
        return rows
    import pandas as pd

    if rows.shape[1] == len(EVENT_COLUMNS):
        return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    frame = pd.DataFrame(rows, columns=list(EVENT_COLUMNS[1:]))
    frame.insert(0, "seq", range(len(frame)))
    return frame


def observed_instant(text: str, file: Path, field: str) -> int:
    """ms UTC of a manifest's instant. Raises InputError for one without an offset or malformed."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
    except (ValueError, TypeError) as error:
        raise InputError(f"not an instant with an offset or Z (value {text!r})", str(file), None, field) from error
    return round(moment.timestamp() * 1000)


def read_json(path: Path) -> Any:
    """A JSON file of a run folder. Raises InputError when it is missing or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no such file; a run folder holds it", str(path)) from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"not readable as JSON: {' '.join(str(error).split())}", str(path)) from error
