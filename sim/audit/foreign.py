"""Somebody else's log: a messages table as CSV or Parquet (design.md, "messages table") and its companion of customers.

Only the required columns must be there, extra ones are ignored. Input that cannot be what it says is refused in one
line; evidence against the system is not: a message that was sent twice, one `sent` without an instant, and times that
run backwards are what an audit is for.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.audit.cells import (
    Instants,
    are_numbers,
    booleans,
    choices,
    dates,
    instants,
    reasons,
    required,
    whole_numbers,
    zones,
)
from sim.audit.codes import ALWAYS, CHANNELS, CONTACT_TIMES, KINDS, MOBILE_STATUSES, OUTCOMES, SENDING_SYSTEMS, SERVICES
from sim.audit.files import Table, read_table
from sim.audit.log import Cells, Log
from sim.audit.recipient_checks import UNDATED_VALID
from sim.audit.schema import MESSAGE_COLUMNS, RESOLVED
from sim.audit.template_names import kind_of, template_code, template_names
from sim.errors import InputError, shown

REQUIRED = ("message_id", "customer_id", "system", "timezone", "issued_at", "outcome", "sent_at")
TIMES = {
    "issued_at": "issued",
    "due_at": "due",
    "release_at": "release",
    "sent_at": "sent",
    "viewable_at": "viewable",
    "delivered_at": "delivered",
    "failed_at": "failed",
    "bounced_at": "bounced",
    # Not of the format; our own messages table has them.
    "attempted_at": "pressed",
    "handed_over_at": "handed",
    "withdrawn_at": "withdrawn",
}
KNOWN = (
    *REQUIRED, "officer_id", "channel", "template", "service", "kind", "sender", "confirmation_asked", "confirmed",
    "reasons", "contact_time", "by_date", "text", "nights", *(name for name in TIMES if name not in REQUIRED),
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "customer_id", "timezone", "mobile_status", "mobile_status_from", "sms_opt_out_at", "sms_opt_out_lifted_at",
    "deceased_at", "restricted_access", "employer", "vulnerable", "vulnerable_from", "centrelink_mobile_status",
    "centrelink_mobile_status_from", "centrelink_opt_out_at", "centrelink_opt_out_lifted_at",
)  # fmt: skip
_RECORDS = {
    "child_support": ("mobile_status", "opted_out", "mobile_status", "sms_opt_out"),
    "centrelink": ("centrelink_mobile", "centrelink_opted_out", "centrelink_mobile_status", "centrelink_opt_out"),
}
"""Whose record: the facts of the mobile and the opt-out, and the columns that hold them."""
_OWN = frozenset({"attempted_at", "handed_over_at", "withdrawn_at", "nights"})  # not of the format
_PLANNED = frozenset({"due", "release"})  # instants that lie ahead and show nothing of what was observed
_CONTACT_WORDS = {"in_the_next_hour": "next_hour", "within_the_hour": "next_hour"}
_KIND_OF = {"pluto": "desktop", "cuba": "automatic"}


def read_messages(
    path: Path,
    customers: Path | None,
    policy: Mapping[str, Any],
    mapping: Mapping[str, str],
    times_in: str | None,
) -> Log:
    """The log of a messages table. Raises InputError with file, line, column, value and what is allowed."""
    log = Log(policy)
    table = read_table(path, KNOWN, mapping)
    missing = [name for name in REQUIRED if name not in table.columns]
    if missing:
        hint = "name them with --map OURS=THEIRS, or add them"
        line = 1 if table.lines else None
        raise InputError(f"required columns are missing: {', '.join(missing)} ({hint})", path, line)
    if not len(table):
        raise InputError("the file has no rows", path)
    times = {TIMES[name]: instants(table, name, times_in) for name in TIMES if name in table.columns}
    columns = _message_columns(log, table, times)
    _check_duplicates(table, columns["outcome"])
    _insert(log, "messages", columns)
    log.columns = frozenset(table.columns)
    _note_columns(log, table, times)
    log.numeric_messages = are_numbers(columns["message_id"])
    log.numeric_customers = are_numbers(columns["customer_id"])
    seen = [column.ms for name, column in times.items() if name not in _PLANNED]
    observed = [value for values in seen for value in values if value is not None]
    log.observed_from, log.observed_to = min(observed), max(observed) + 1
    log.db.execute("INSERT INTO runs VALUES (1, ?, ?)", [log.observed_from, log.observed_to])
    log.finish_messages()
    if customers is not None:
        _read_customers(log, customers, times_in)
    return log


def _note_columns(log: Log, table: Table, times: Mapping[str, Instants]) -> None:
    """What the file's columns are like, for its profile."""
    for name in KNOWN:
        if name in table.columns:
            told = [res for res in times[TIMES[name]].res if res is not None] if name in TIMES else []
            log.cells[name] = Cells(table.columns[name].values.count(None), min(told, default=None))
    log.missing_columns = tuple(name for name in KNOWN if name not in table.columns and name not in _OWN)


def _message_columns(log: Log, table: Table, times: Mapping[str, Instants]) -> dict[str, list[Any]]:
    """The columns of the table ``messages``."""
    rows = len(table)
    present = table.columns
    columns: dict[str, list[Any]] = {
        "run_id": [1] * rows,
        "row_id": list(range(rows)),
        "line": list(table.lines) or [None] * rows,
        "message_id": required(table, "message_id"),
        "customer_id": required(table, "customer_id"),
        "system": choices(table, "system", SENDING_SYSTEMS),
        "timezone": zones(table, "timezone", _icu_zones(log)),
        "outcome": choices(table, "outcome", OUTCOMES),
    }
    for name in ("system", "outcome", "issued_at"):
        required(table, name)
    columns["issued_zone"] = columns["timezone"]
    for name in ("officer_id", "template", "sender", "text"):
        if name in present:
            columns[name] = present[name].values
    for name in ("confirmation_asked", "confirmed"):
        if name in present:
            columns[name] = booleans(table, name)
    if "reasons" in present:
        columns["reasons"] = reasons(table, "reasons")
    if "nights" in present:
        columns["nights"] = whole_numbers(table, "nights")
    if "by_date" in present:
        columns["by_date"] = dates(table, "by_date")
    if "contact_time" in present:
        columns["contact_time"] = choices(table, "contact_time", tuple(CONTACT_TIMES), _CONTACT_WORDS)
    if "service" in present:
        columns["service"] = choices(table, "service", tuple(SERVICES))
    for name, column in times.items():
        columns[f"{name}_ms"] = column.ms
        if name in RESOLVED:
            columns[f"{name}_res"] = column.res
    _add_defaults(log, table, columns)
    return columns


def _add_defaults(log: Log, table: Table, columns: dict[str, list[Any]]) -> None:
    """What follows from other columns where the log does not say it."""
    present = table.columns
    channels = choices(table, "channel", tuple(CHANNELS)) if "channel" in present else [None] * len(table)
    columns["channel"] = [channel or "sms" for channel in channels]
    columns["channel_assumed"] = [
        channel is None and system == "cuba" for channel, system in zip(channels, columns["system"], strict=True)
    ]
    if "handed_ms" not in columns:
        columns["handed_ms"], columns["handed_res"] = columns["sent_ms"], columns["sent_res"]
    columns["accepted"] = [
        outcome in ("sent", "held", "withdrawn") or sent is not None
        for outcome, sent in zip(columns["outcome"], columns["sent_ms"], strict=True)
    ]
    if "template" in columns:
        names = template_names(log.policy, log.templates)
        named = zip(columns["system"], columns["template"], strict=True)
        columns["template_code"] = [template_code(names, system, name) for system, name in named]
        if "service" not in columns:
            of = {code: str(template["service"]).lower() for code, template in log.templates.items()}
            columns["service"] = [code and of[code] for code in columns["template_code"]]
    kinds = choices(table, "kind", tuple(KINDS)) if "kind" in present else [None] * len(table)
    codes = columns.get("template_code", [None] * len(table))
    columns["kind"] = [
        kind or _KIND_OF.get(system) or kind_of(log.templates.get(code))
        for kind, system, code in zip(kinds, columns["system"], codes, strict=True)
    ]


def _icu_zones(log: Log) -> frozenset[str]:
    return frozenset(name for (name,) in log.rows("SELECT name FROM pg_timezone_names()"))


def _check_duplicates(table: Table, outcomes: list[str]) -> None:
    """Two rows of one message are evidence when both were sent, and bad input otherwise."""
    first: dict[str, int] = {}
    for row, message in enumerate(table.columns["message_id"].values):
        before = first.setdefault(message, row)
        if before != row and not (outcomes[row] == outcomes[before] == "sent"):
            where = f"line {table.lines[before]}" if table.lines else f"row {before + 1}"
            problem = f"the message is in {where} already (value {shown(message)}; allowed once, or twice as sent)"
            raise table.error(problem, row, "message_id")


def _insert(log: Log, name: str, columns: Mapping[str, list[Any]]) -> None:
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(), "BIGINT": pa.int64(), "INTEGER": pa.int32(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
    }  # fmt: skip
    arrays = {column: pa.array(values, kinds[MESSAGE_COLUMNS[column]]) for column, values in columns.items()}
    log.db.register("given_rows", pa.table(arrays))
    log.db.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given_rows")
    log.db.unregister("given_rows")


def _read_customers(log: Log, path: Path, times_in: str | None) -> None:
    """The companion table: what it says of each customer, as facts.

    An undated `mobile_status` holds for the whole log for `overseas`; `valid` supports what was sent; `invalid` and
    `none` prove nothing, because a number is marked after the messages that did not reach it.
    """
    table = read_table(path, CUSTOMER_COLUMNS, {})
    if "customer_id" not in table.columns:
        raise InputError("required column is missing: customer_id", path, 1 if table.lines else None)
    customers = required(table, "customer_id")
    seen: dict[str, int] = {}
    for row, customer in enumerate(customers):
        if seen.setdefault(customer, row) != row:
            problem = f"the customer is there already (value {shown(customer)}; allowed once)"
            raise table.error(problem, row, "customer_id")
    facts = [*_dated_facts(table, times_in), *_flag_facts(table, times_in)]
    for mobile, opted_out, status, opt_out in _records(log, table):
        facts += _mobile_facts(table, times_in, mobile, status)
        facts += _opt_out_facts(table, times_in, opted_out, opt_out)
    _insert_facts(log, customers, facts)
    log.fact_names = frozenset(fact for _, fact, _, _, _ in facts)


def _insert_facts(log: Log, customers: list[str], facts: "list[_Fact]") -> None:
    import pyarrow as pa

    rows = {
        "run_id": pa.array([1] * len(facts), pa.int32()),
        "customer_id": pa.array([customers[row] for row, *_ in facts], pa.string()),
        "fact": pa.array([fact for _, fact, *_ in facts], pa.string()),
        "from_ms": pa.array([start for _, _, start, _, _ in facts], pa.int64()),
        "from_res": pa.array([res for *_, res, _ in facts], pa.int64()),
        "value": pa.array([value for *_, value in facts], pa.int64()),
        "seq": pa.array([0] * len(facts), pa.int64()),
    }
    log.db.register("given_facts", pa.table(rows))
    log.db.execute("INSERT INTO facts BY NAME SELECT * FROM given_facts")
    log.db.unregister("given_facts")


_Fact = tuple[int, str, int, int, int | None]


def _records(log: Log, table: Table) -> list[tuple[str, str, str, str]]:
    """Which facts come from which columns. Centrelink has a record of its own: where the table does not give it, its
    mobile and opt-out are those of the table only in a log that holds no message of Child Support."""
    if any(name.startswith("centrelink_") for name in table.columns):
        return list(_RECORDS.values())
    found = []
    if log.number("SELECT count(*) FROM messages WHERE system IN ('pluto', 'cuba')"):
        found.append(_RECORDS["child_support"])
    else:
        found.append((*_RECORDS["centrelink"][:2], *_RECORDS["child_support"][2:]))
    return found


def _mobile_facts(table: Table, times_in: str | None, fact: str, name: str) -> list[_Fact]:
    if name not in table.columns:
        return []
    statuses = choices(table, name, tuple(MOBILE_STATUSES))
    since = instants(table, f"{name}_from", times_in) if f"{name}_from" in table.columns else None
    undated = {"overseas": MOBILE_STATUSES["overseas"], "valid": UNDATED_VALID}
    facts: list[_Fact] = []
    for row, status in enumerate(statuses):
        start = since.ms[row] if since else None
        if start is None or status is None:
            facts.append((row, fact, ALWAYS, 1, undated.get(status or "")))
        else:
            assert since is not None
            facts.append((row, fact, ALWAYS, 1, None))
            facts.append((row, fact, start, since.res[row] or 1, MOBILE_STATUSES[status]))
    return facts


def _opt_out_facts(table: Table, times_in: str | None, fact: str, name: str) -> list[_Fact]:
    """Opt-outs. Of one that was lifted before the one in the table nobody knows the beginning."""
    if f"{name}_at" not in table.columns:
        return []
    starts = instants(table, f"{name}_at", times_in)
    lifted = f"{name}_lifted_at"
    ends = instants(table, lifted, times_in) if lifted in table.columns else Instants(len(table))
    facts: list[_Fact] = []
    for row, (start, end) in enumerate(zip(starts.ms, ends.ms, strict=True)):
        earlier = end is not None and (start is None or end <= start)
        facts.append((row, fact, ALWAYS, 1, None if earlier else 0))
        if end is not None:
            facts.append((row, fact, end, ends.res[row] or 1, 0))
        if start is not None and start != end:
            facts.append((row, fact, start, starts.res[row] or 1, 1))
    return facts


def _dated_facts(table: Table, times_in: str | None) -> list[_Fact]:
    """Deaths."""
    if "deceased_at" not in table.columns:
        return []
    deaths = instants(table, "deceased_at", times_in)
    facts: list[_Fact] = [(row, "deceased", ALWAYS, 1, 0) for row in range(len(table))]
    for row, start in enumerate(deaths.ms):
        if start is not None:
            facts.append((row, "deceased", start, deaths.res[row] or 1, 1))
    return facts


def _flag_facts(table: Table, times_in: str | None) -> list[_Fact]:
    """Booleans hold for the whole log. A `vulnerable` with a date (`vulnerable_from`) holds since then, and what was
    before is not known."""
    facts: list[_Fact] = []
    for name in ("restricted_access", "employer", "vulnerable"):
        if name not in table.columns:
            continue
        dated = f"{name}_from" in table.columns
        since = instants(table, f"{name}_from", times_in) if dated else Instants(len(table))
        for row, value in enumerate(booleans(table, name)):
            known, start = None if value is None else int(value), since.ms[row]
            facts.append((row, name, ALWAYS, 1, known if start is None else None))
            if start is not None:
                facts.append((row, name, start, since.res[row] or 1, known))
    return facts
