"""A run's events as the tables that the rules read: facts, and one row a message.

Nothing that the sending system says of itself is believed here where the transport recorded better: *sent* is the
acknowledgement, the words are those that arrived.
"""

import duckdb

from sim.audit.codes import (
    AGENCY_ZONE,
    ALWAYS,
    CHANNELS,
    CONTACT_TIMES,
    DEBT_KINDS,
    FIELD_BASE,
    FIELD_MASK,
    ORDINAL_OF_EPOCH,
    PAYMENT_SHIFT,
    SENDING_SYSTEMS,
    SERVICES,
    SYSTEMS,
    ZONES,
    Event,
)
from sim.audit.schema import RESOLVED, fill_local_times

# What each event of the register says of a customer: (fact, value in SQL).
_FACT_EVENTS: dict[Event, tuple[str, str]] = {
    Event.ZONE_RECORDED: ("zone", "value"),
    Event.MOBILE_RECORDED: ("mobile_status", "value"),
    Event.EMAIL_RECORDED: ("email_status", "value"),
    Event.OPT_OUT_RECORDED: ("opted_out", "1"),
    Event.OPT_OUT_LIFTED: ("opted_out", "0"),
    Event.DIED: ("deceased", "1"),
    Event.RESTRICTED_ACCESS_SET: ("restricted_access", "value"),
    Event.EMPLOYER_SET: ("employer", "value"),
    Event.FDV_INDICATOR_SET: ("fdv_indicator", "value"),
    Event.NUMBERS_RECORDED: ("numbers", "value"),
    Event.AREA_RECORDED: ("area", "value"),
}
_DEFAULT_FACTS = (
    "mobile_status", "email_status", "opted_out", "deceased", "restricted_access", "employer", "reminder_ended",
    "general_ended", "fdv_indicator", "area",
)  # fmt: skip


def build_facts(db: duckdb.DuckDBPyConnection) -> None:
    """Fill `facts` from `events`. Of several records at one millisecond the last one counts.

    What a history does not record holds its default since always: nobody is opted out, dead or barred.
    """
    named = " ".join(f"WHEN {event} THEN '{fact}'" for event, (fact, _) in _FACT_EVENTS.items())
    valued = " ".join(f"WHEN {event} THEN {value}" for event, (_, value) in _FACT_EVENTS.items())
    services = f"CASE value WHEN {SERVICES['reminder']} THEN 'reminder_ended' ELSE 'general_ended' END"
    events = ", ".join(str(int(event)) for event in _FACT_EVENTS)
    db.execute(f"""
        INSERT INTO facts
        SELECT run_id, CAST(customer AS VARCHAR), fact, time, 1, said, seq FROM (
            SELECT *, CASE event {named} ELSE {services} END AS fact,
                CASE event {valued} WHEN {Event.SERVICE_ENDED} THEN 1 ELSE 0 END AS said
            FROM events
            WHERE customer > 0 AND event IN ({events}, {Event.SERVICE_ENDED}, {Event.SERVICE_RESTORED})
        )
        QUALIFY row_number() OVER (PARTITION BY run_id, customer, fact, time ORDER BY seq DESC) = 1
    """)
    defaults = ", ".join(f"('{fact}')" for fact in _DEFAULT_FACTS)
    db.execute(f"""
        INSERT INTO facts
        SELECT run_id, CAST(customer AS VARCHAR), fact, {ALWAYS}, 1, 0, -1
        FROM (SELECT DISTINCT run_id, customer FROM events WHERE customer > 0)
        CROSS JOIN (VALUES {defaults}) AS names(fact)
    """)
    zones = ", ".join(f"({code}, '{name}')" for code, name in enumerate(ZONES))
    db.execute(f"INSERT INTO zones VALUES {zones}")


def _first(event: Event, column: str = "time") -> str:
    return f"arg_min({column}, seq) FILTER (WHERE event = {event})"


def _names(column: str, codes: dict[str, int]) -> str:
    """SQL that gives a code's name."""
    return f"CASE {column} " + " ".join(f"WHEN {code} THEN '{name}'" for name, code in codes.items()) + " END"


KIND = f"""CASE zoned.system WHEN 'pluto' THEN 'desktop' WHEN 'cuba' THEN 'automatic' ELSE
    CASE WHEN templates.kind IN ({", ".join(f"'{kind}'" for kind in DEBT_KINDS)}) THEN templates.kind
        WHEN zoned.system <> 'customer_first' THEN NULL WHEN officer > 0 THEN 'desktop' ELSE 'automatic' END END"""
"""SQL: the kind of a message; a debt message has that of its template (`dr-kind`)."""

_LIFE = (Event.SEND_PRESSED, Event.REFUSED, Event.CANCELLED, Event.ISSUED, Event.ARRIVED, Event.ACKNOWLEDGED)


def _lives_sql() -> str:
    """One row a message: the first instant of each step of its life."""
    told = f"event IN ({Event.SEND_PRESSED}, {Event.ISSUED})"
    return f"""
        SELECT run_id, message,
            min(seq) AS row_id,
            arg_min(customer, seq) FILTER (WHERE customer > 0) AS customer,
            coalesce(arg_max(officer, seq) FILTER (WHERE {told} AND officer > 0), 0) AS officer,
            coalesce(arg_max(ref, seq) FILTER (WHERE {told} AND ref > 0), 0) AS ref,
            arg_max(system, seq) FILTER (WHERE event = {Event.ISSUED}) AS issued_system,
            arg_max(system, seq) FILTER (WHERE event = {Event.SEND_PRESSED}) AS pressed_system,
            arg_max(template, seq) FILTER (WHERE {told} AND template > 0) AS template_code,
            arg_max(other, seq) FILTER (WHERE {told} AND other > 0) AS channel_code,
            arg_max(value, seq) FILTER (WHERE event = {Event.SEND_PRESSED}) AS fields,
            {_first(Event.SEND_PRESSED)} AS pressed_ms,
            {_first(Event.CONFIRMATION_ASKED)} AS asked_ms,
            count(*) FILTER (WHERE event = {Event.CONFIRMED}) > 0 AS confirmed,
            {_first(Event.REFUSED)} AS refused_ms,
            {_first(Event.REFUSED, "reasons")} AS refused_reasons,
            {_first(Event.CANCELLED)} AS cancelled_ms,
            {_first(Event.ISSUED)} AS accepted_ms,
            {_first(Event.ISSUED, "value")} AS issued_due,
            {_first(Event.HELD, "value")} AS held_due,
            arg_max(value, seq) FILTER (WHERE event IN ({Event.HELD}, {Event.HELD_AGAIN})) AS last_due,
            {_first(Event.WITHDRAWN)} AS withdrawn_ms,
            {_first(Event.WITHDRAWN, "reasons")} AS withdrawn_reasons,
            {_first(Event.HANDED_OVER)} AS offered_ms,
            {_first(Event.ARRIVED)} AS arrived_ms,
            {_first(Event.ARRIVED, "value")} AS content,
            {_first(Event.ACKNOWLEDGED)} AS sent_ms,
            min(seq) FILTER (WHERE event IN ({Event.ISSUED}, {Event.REFUSED}, {Event.CANCELLED})) AS attempt_seq,
            min(seq) FILTER (WHERE event = {Event.CONFIRMATION_ASKED}) AS asked_seq,
            min(seq) FILTER (WHERE event IN ({Event.HANDED_OVER}, {Event.ARRIVED})) AS handed_seq,
            min(seq) FILTER (WHERE event = {Event.ACKNOWLEDGED}) AS sent_seq,
            min(seq) FILTER (WHERE event = {Event.WITHDRAWN}) AS withdrawn_seq,
            count(*) FILTER (WHERE event = {Event.ARRIVED}) AS arrivals,
            count(*) FILTER (WHERE event = {Event.ACKNOWLEDGED}) AS acknowledgements,
            {_first(Event.VIEWABLE)} AS viewable_ms,
            {_first(Event.DELIVERED)} AS delivered_ms,
            {_first(Event.FAILED)} AS failed_ms,
            {_first(Event.BOUNCED)} AS bounced_ms
        FROM events WHERE message > 0
        GROUP BY run_id, message
        HAVING count(*) FILTER (WHERE event IN ({", ".join(str(int(event)) for event in _LIFE)})) > 0
    """


def _zoned_sql() -> str:
    """The lives with outcome, system, channel and the zones in which their days are counted, as two common tables."""
    outcome = """CASE WHEN sent_ms IS NOT NULL THEN 'sent' WHEN withdrawn_ms IS NOT NULL THEN 'withdrawn'
        WHEN refused_ms IS NOT NULL THEN 'refused' WHEN cancelled_ms IS NOT NULL THEN 'cancelled'
        WHEN accepted_ms IS NOT NULL THEN 'held' END"""
    senders = {name: SYSTEMS[name] for name in SENDING_SYSTEMS}
    # A press of Send is a request, which the world records; what an officer sends from the desktop is Pluto's.
    asked_of = f"CASE pressed_system WHEN {SYSTEMS['world']} THEN {SYSTEMS['pluto']} ELSE pressed_system END"
    sender = f"coalesce(issued_system, {asked_of})"
    rows = f"""
        SELECT lives.*, {outcome} AS outcome,
            coalesce(accepted_ms, refused_ms, cancelled_ms, asked_ms, pressed_ms, arrived_ms, sent_ms) AS issued_ms,
            coalesce(arrived_ms, offered_ms, sent_ms) AS handed_ms,
            {_names(sender, senders)} AS system,
            {_names("coalesce(nullif(channel_code, 0), 1)", CHANNELS)} AS channel
        FROM lives
    """
    zoned = f"""
        SELECT rows.*, coalesce(at_issue.name, '{AGENCY_ZONE}') AS issued_zone,
            coalesce(at_end.name, at_issue.name, '{AGENCY_ZONE}') AS timezone
        FROM rows
        {_zone_join("at_issue", "rows.issued_ms")}
        {_zone_join("at_end", "coalesce(rows.handed_ms, rows.withdrawn_ms, rows.last_due, rows.issued_ms)")}
    """
    return f"rows AS ({rows}), zoned AS ({zoned})"


def build_messages(db: duckdb.DuckDBPyConnection) -> None:
    """Fill `messages` from `events` (facts must be there: the zones come from them)."""
    db.execute(f"CREATE TEMP TABLE lives AS {_lives_sql()}")
    resolutions = ", ".join(f"1 AS {name}_res" for name in RESOLVED)
    fields = f"(fields & {FIELD_MASK})"
    contact = _names(f"{fields} % {FIELD_BASE}", CONTACT_TIMES)
    db.execute(f"""
        INSERT INTO messages BY NAME
        WITH zone_facts AS (
            SELECT run_id, customer_id, from_ms, zones.name FROM facts JOIN zones ON zones.code = facts.value
            WHERE fact = 'zone'
        ), {_zoned_sql()}
        SELECT zoned.run_id, row_id, CAST(message AS VARCHAR) AS message_id, CAST(customer AS VARCHAR) AS customer_id,
            CAST(officer AS VARCHAR) AS officer_id, message, customer, officer, ref, zoned.system AS system, channel,
            FALSE AS channel_assumed,
            coalesce(templates.id, CAST(template_code AS VARCHAR)) AS template, template_code,
            templates.service AS service, {KIND} AS kind,
            contents.sender AS sender, contents.text AS text, {contact} AS contact_time,
            CASE WHEN {fields} >= {FIELD_BASE}
                THEN DATE '1970-01-01' + CAST({fields} // {FIELD_BASE} - {ORDINAL_OF_EPOCH} AS INTEGER) END AS by_date,
            nullif(fields >> {PAYMENT_SHIFT}, 0) AS payment_code,
            timezone, issued_zone, asked_ms IS NOT NULL AS confirmation_asked,
            CASE WHEN asked_ms IS NOT NULL THEN confirmed END AS confirmed, outcome,
            CASE outcome WHEN 'refused' THEN refused_reasons WHEN 'withdrawn' THEN withdrawn_reasons ELSE 0 END
                AS reasons,
            accepted_ms IS NOT NULL OR sent_ms IS NOT NULL AS accepted, arrivals, acknowledgements,
            attempt_seq, asked_seq, handed_seq, sent_seq, withdrawn_seq, pressed_ms, asked_ms, issued_ms,
            coalesce(held_due, CASE WHEN issued_due > accepted_ms THEN issued_due END) AS due_ms,
            coalesce(last_due, CASE WHEN issued_due > accepted_ms THEN issued_due END) AS release_ms,
            handed_ms, sent_ms, viewable_ms, delivered_ms, failed_ms, bounced_ms, withdrawn_ms,
            {resolutions}
        FROM zoned
        LEFT JOIN templates ON templates.code = template_code
        LEFT JOIN contents ON contents.code = content
        ORDER BY zoned.run_id, row_id
    """)
    db.execute("DROP TABLE lives")
    fill_local_times(db)


def _zone_join(name: str, instant: str) -> str:
    """An ASOF join that gives the zone on record at `instant` as `name`.name."""
    return (
        f"ASOF LEFT JOIN zone_facts AS {name} ON rows.run_id = {name}.run_id "
        f"AND CAST(rows.customer AS VARCHAR) = {name}.customer_id AND {instant} >= {name}.from_ms"
    )
