"""The tables that every rule reads, and the local times in them.

Local times come from the ICU data inside DuckDB, not from the time-zone code of the simulation: two sources that a test
holds against each other. Every table has a `run_id`, so that many runs can be judged in one batch.

``events``    the columns of a history and ``run_id``; empty for a foreign log.
``messages``  a row a message (`MESSAGE_COLUMNS`); for a run it is derived from the events, never from its own table.
``claims``    the run's own messages table as it was saved; absent columns are NULL; empty for a foreign log.
``facts``     what was on record about a customer from an instant on: run_id, customer_id, fact, from_ms, from_res,
              value (NULL: unknown from then on), seq.
``zones``     code, name: what a fact `zone` means.
``runs``      run_id, observed_from, observed_to (ms UTC).
``contents``  code, sender, text: the exact words of a history.
``templates`` code, id, system, group_name, kind, service, needs_contact_time, needs_by_date, asks_answer, precall,
              desktop, text.
"""

import duckdb

EVENT_COLUMNS = (
    "seq", "time", "event", "customer", "other", "ref", "message", "officer", "system", "template", "reasons", "value",
)  # fmt: skip

LOCAL = ("issued", "due", "release", "handed", "sent")
"""The instants whose local day (`…_day`, DATE) and time of day (`…_tod`, ms since midnight) stand in `messages`."""

INSTANTS = (
    "pressed", "asked", "issued", "due", "release", "handed", "sent", "viewable", "delivered", "failed", "bounced",
    "withdrawn",
)  # fmt: skip

RESOLVED = (*LOCAL, "viewable", "failed", "bounced")
"""The instants that have a resolution of their own: the true instant lies in [ms, ms + res)."""

MESSAGE_COLUMNS: dict[str, str] = {
    "run_id": "INTEGER",
    "row_id": "BIGINT",  # a number for each row, in the order of the log
    "line": "BIGINT",  # of the CSV file; NULL elsewhere
    "message_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "officer_id": "VARCHAR",
    "message": "BIGINT",  # the ids as the history has them; NULL in a foreign log
    "customer": "BIGINT",
    "officer": "BIGINT",
    "ref": "BIGINT",
    "system": "VARCHAR",
    "channel": "VARCHAR",
    "channel_assumed": "BOOLEAN",  # SMS by default, in a foreign log: what Cuba sends may be an email
    "template": "VARCHAR",  # as the log names it
    "template_code": "BIGINT",  # NULL when the policy does not know it
    "service": "VARCHAR",
    "kind": "VARCHAR",
    "sender": "VARCHAR",
    "text": "VARCHAR",
    "contact_time": "VARCHAR",
    "by_date": "DATE",
    "payment_code": "BIGINT",  # code of the payment that a claim message names
    "timezone": "VARCHAR",  # of the recipient, at hand-over
    "issued_zone": "VARCHAR",  # of the recipient, at issue
    "confirmation_asked": "BOOLEAN",
    "confirmed": "BOOLEAN",
    "outcome": "VARCHAR",
    "reasons": "BIGINT",  # bit mask; NULL when the log has no such column
    "nights": "BIGINT",  # how many nightly runs a suppressed row stands for; NULL: one
    "accepted": "BOOLEAN",  # issued: sent, held or withdrawn later
    "arrivals": "BIGINT",  # how often the transport recorded it (1 for a sent row of a foreign log)
    "acknowledgements": "BIGINT",
    "attempt_seq": "BIGINT",  # the event that answered the Send; NULL in a foreign log, as those that follow
    "asked_seq": "BIGINT",
    "handed_seq": "BIGINT",
    "sent_seq": "BIGINT",
    "withdrawn_seq": "BIGINT",
    **{f"{name}_ms": "BIGINT" for name in INSTANTS},
    **{f"{name}_res": "BIGINT" for name in RESOLVED},
    **{f"{name}_day": "DATE" for name in LOCAL},
    **{f"{name}_tod": "BIGINT" for name in LOCAL},
}

TEMPLATE_COLUMNS = (
    "code", "id", "system", "group_name", "kind", "service", "needs_contact_time", "needs_by_date", "asks_answer",
    "precall", "desktop", "text",
)  # fmt: skip

_TABLES = f"""
CREATE TABLE runs (run_id INTEGER, observed_from BIGINT, observed_to BIGINT);
CREATE TABLE events (run_id INTEGER, {", ".join(f"{name} BIGINT" for name in EVENT_COLUMNS)});
CREATE TABLE messages ({", ".join(f"{name} {kind}" for name, kind in MESSAGE_COLUMNS.items())});
CREATE TABLE claims ({", ".join(f"{name} {kind}" for name, kind in MESSAGE_COLUMNS.items())});
CREATE TABLE facts (
    run_id INTEGER, customer_id VARCHAR, fact VARCHAR, from_ms BIGINT, from_res BIGINT, value BIGINT, seq BIGINT
);
CREATE TABLE zones (code BIGINT, name VARCHAR);
CREATE TABLE contents (code BIGINT, sender VARCHAR, text VARCHAR);
CREATE TABLE templates (
    code BIGINT, id VARCHAR, system VARCHAR, group_name VARCHAR, kind VARCHAR, service VARCHAR,
    needs_contact_time BOOLEAN, needs_by_date BOOLEAN, asks_answer BOOLEAN, precall BOOLEAN, desktop BOOLEAN,
    text VARCHAR
);
"""

_MACROS = """
CREATE MACRO local_time(ms, zone) AS timezone(zone, make_timestamptz(CAST(ms * 1000 AS BIGINT)));
CREATE MACRO local_day(ms, zone) AS CAST(local_time(ms, zone) AS DATE);
CREATE MACRO time_of_day(ms, zone) AS
    CAST(epoch_ms(local_time(ms, zone)) - 86400000 * floor(epoch_ms(local_time(ms, zone)) / 86400000.0) AS BIGINT);
CREATE MACRO local_text(ms, zone) AS strftime(local_time(ms, zone), '%a %d %b %Y %H:%M:%S.%g');
CREATE MACRO instant_at(day, tod, zone) AS
    epoch_ms(timezone(zone, CAST(day AS TIMESTAMP) + to_milliseconds(CAST(tod AS BIGINT))));
"""


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection in UTC with the empty tables and the macros for local times; it uses all cores unless `threads`
    says how many.

    `local_time(ms, zone)` TIMESTAMP · `local_day(ms, zone)` DATE · `time_of_day(ms, zone)` ms since midnight as the
    wall clock shows it · `local_text(ms, zone)` for sentences · `instant_at(day, tod, zone)` ms UTC.
    """
    db = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    if threads is not None:
        db.execute(f"SET threads = {threads}")
    db.execute("SET TimeZone = 'UTC'")
    db.execute(_TABLES)
    db.execute(_MACROS)
    return db


def fill_local_times(db: duckdb.DuckDBPyConnection, table: str = "messages") -> None:
    """Work out the `…_day` and `…_tod` columns of `table`: issue in the zone of the issue, the rest in the zone of the
    hand-over."""
    parts = []
    for name in LOCAL:
        zone = "issued_zone" if name == "issued" else "timezone"
        parts.append(f"{name}_day = local_day({name}_ms, {zone}), {name}_tod = time_of_day({name}_ms, {zone})")
    db.execute(f"UPDATE {table} SET {', '.join(parts)}")
