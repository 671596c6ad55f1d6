"""cs-hourly-confirmation: within the last hour of a desktop message, Send asks first; only an explicit Send goes on."""

from sim.audit.codes import EVER, MINUTE, Event
from sim.audit.log import Log
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-hourly-confirmation"
ENFORCED_BY = "system"
CLAUSE = "EM, Send new desktop message: Only send one desktop message to the same customer in a one hour timeframe …"

LONGEST_ANSWER = 15 * MINUTE
"""How long, at most, we take an officer to look at the question. A foreign log has only the confirming Send."""

DESKTOP = "system = 'pluto' AND kind = 'desktop' AND channel = 'sms'"


def audit(log: Log) -> RuleAudit:
    """Judge every desktop message that was issued, and every question that was asked, a message a case:

    - not asked although a desktop message was issued (or sent, by the reading `from`) within the hour before the Send;
      one that had been withdrawn by then does not count;
    - asked although there was none (left when that hour began before observation);
    - issued although the question was not answered with Send;
    - in a run, neither issued nor refused at the instant at which it was answered with Send, for that goes on.

    Refused attempts are not judged: refusals come first. A run has the instant of the question. In a foreign log with
    only `issued_at`, the first Send of a message that was asked lies up to 15 minutes before it [assume]; where that,
    or the resolution, leaves the answer open, the case is left. `notes` counts the confirmed ones: "only one an hour"
    is also what officers are told.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    if not log.number(f"SELECT count(*) FROM messages WHERE {DESKTOP} AND (accepted OR confirmation_asked)"):
        return tally.close()
    if not {"confirmation_asked", "confirmed"} <= log.columns:
        tally.missing("the log has no columns confirmation_asked and confirmed")
    _find(log)
    tally.count_findings("hour_findings", _LEFT)
    tally.notes["confirmed"] = log.number(f"SELECT count(*) FROM messages WHERE {DESKTOP} AND accepted AND confirmed")
    _report(log, tally)
    if log.has_events:
        _report_unheard(log, tally)
    return tally.close()


_LEFT = {
    "no column": "whether the question was asked is not in the log",
    "coarse": "the times do not tell whether a message was issued within the hour before the Send",
    "unobserved": "the hour before the question began before observation",
}
_WHY = {
    "not asked": "Issued on {local} local time without the question, {age} after the desktop message before it.",
    "not confirmed": "Issued on {local} local time although the question was not answered with Send.",
    "no cause": "Asked on {local} local time although no desktop message had been issued within the hour.",
}


def _find(log: Log) -> None:
    hour = int(log.value("cs-hourly-confirmation.minutes")) * MINUTE
    # Ages below `hour` ask; in the reading `inclusive` the hour itself does too.
    limit = hour + (log.value("cs-hourly-confirmation.boundary") == "inclusive")
    by_sent = log.value("cs-hourly-confirmation.from") == "sent"
    first, slack = ("sent_ms", "sent_res") if by_sent else ("issued_ms", "issued_res")
    instants = {"first": first, "slack": slack, "seq": "sent_seq" if by_sent else "attempt_seq"}
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE hour_sends AS
        SELECT run_id, row_id, message_id, customer_id, accepted, confirmation_asked AS asked, confirmed,
            coalesce(asked_seq, attempt_seq) AS seq, issued_zone AS zone,
            coalesce(asked_ms, pressed_ms, issued_ms) AS at_ms,
            CASE WHEN asked_ms IS NOT NULL OR pressed_ms IS NOT NULL THEN coalesce(asked_ms, pressed_ms)
                WHEN confirmation_asked THEN issued_ms - {LONGEST_ANSWER} ELSE issued_ms END AS earliest,
            coalesce(asked_ms, pressed_ms, issued_ms) + issued_res - 1 AS latest
        FROM messages WHERE {DESKTOP} AND (accepted OR confirmation_asked)
    """)
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE hour_before AS
        SELECT a.run_id, a.row_id, m.message_id AS other, m.{first} AS other_ms,
            {_surely(log, limit, instants)} AS sure
        FROM hour_sends AS a JOIN messages AS m
            ON m.run_id = a.run_id AND m.customer_id = a.customer_id AND m.row_id <> a.row_id
        WHERE m.system = 'pluto' AND m.kind = 'desktop' AND m.channel = 'sms' AND m.accepted
            AND {_perhaps(log, limit, instants)}
    """)
    log.db.execute("""
        CREATE OR REPLACE TEMP TABLE hour_findings AS
        WITH prior AS (
            SELECT run_id, row_id, bool_or(sure) AS sure, arg_max(other, other_ms) AS other, max(other_ms) AS other_ms
            FROM hour_before GROUP BY run_id, row_id
        )
        SELECT a.*, prior.other, prior.other_ms, CASE
            WHEN asked IS NULL THEN 'no column'
            WHEN asked AND accepted AND NOT confirmed THEN 'not confirmed'
            WHEN asked AND prior.other IS NULL AND a.earliest - limits.hour < runs.observed_from THEN 'unobserved'
            WHEN asked AND prior.other IS NULL THEN 'no cause'
            WHEN NOT asked AND prior.sure THEN 'not asked'
            WHEN prior.sure OR prior.other IS NULL THEN 'right'
            ELSE 'coarse' END AS finding
        FROM hour_sends AS a JOIN runs USING (run_id)
        LEFT JOIN prior ON prior.run_id = a.run_id AND prior.row_id = a.row_id
        CROSS JOIN (SELECT CAST(? AS BIGINT) AS hour) AS limits""", [hour])  # fmt: skip


def _surely(log: Log, limit: int, instants: dict[str, str]) -> str:
    """SQL: `m` was certainly issued (sent) before the Send `a`, and less than the limit ago."""
    if log.has_events:
        return "TRUE"
    names = {**instants, "limit": limit}
    counted = f"(m.outcome <> 'withdrawn' OR coalesce(m.withdrawn_ms, m.release_ms, m.due_ms, {-EVER}) > a.latest)"
    return "m.{first} + m.{slack} <= a.earliest AND a.latest - m.{first} < {limit} AND ".format(**names) + counted


def _perhaps(log: Log, limit: int, instants: dict[str, str]) -> str:
    """SQL: `m` may count for the Send `a`; in a run, where the order of events is known, it does."""
    names = {**instants, "limit": limit}
    if log.has_events:
        return (
            "m.{seq} < a.seq AND a.at_ms - m.{first} < {limit} AND (m.withdrawn_seq IS NULL OR m.withdrawn_seq > a.seq)"
        ).format(**names)
    gone = "m.withdrawn_ms IS NOT NULL AND m.withdrawn_ms < a.earliest"
    return (
        "m.{first} <= a.latest AND a.earliest - (m.{first} + m.{slack} - 1) < {limit} "
        f"AND NOT ({gone})"
    ).format(**names)  # fmt: skip


def _report(log: Log, tally: Tally) -> None:
    rows = log.records("""
        SELECT *, local_text(at_ms, zone) AS local FROM hour_findings
        WHERE finding IN ('not asked', 'not confirmed', 'no cause') ORDER BY run_id, at_ms, row_id""")
    for row in rows:
        between = None if row["other_ms"] is None else row["at_ms"] - row["other_ms"]
        age = "" if between is None else f"{between // MINUTE} minutes {between % MINUTE / 1000:.3f} seconds"
        why = _WHY[row["finding"]].format(local=row["local"], age=age)
        named = [row["message_id"], row["other"] if row["finding"] == "not asked" else None]
        events = [] if row["seq"] is None else [row["seq"]]
        tally.breach(row["customer_id"], named, why, row["at_ms"], events, row["run_id"])


def _report_unheard(log: Log, tally: Tally) -> None:
    """Send on the question, and the system did not go on."""
    rows = log.rows(f"""
        SELECT e.run_id, m.message_id, m.customer_id, e.time, e.seq, local_text(e.time, m.issued_zone)
        FROM events AS e JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
        WHERE e.event = {Event.CONFIRMED} AND m.system = 'pluto' AND NOT EXISTS (
            FROM events AS o WHERE o.run_id = e.run_id AND o.message = e.message AND o.time = e.time AND o.seq > e.seq
                AND o.event IN ({Event.ISSUED}, {Event.REFUSED}))
        ORDER BY e.run_id, e.time, e.seq""")
    for run_id, message, customer, at_ms, seq, local in rows:
        why = f"The question was answered with Send on {local} local time, and nothing was issued or refused."
        tally.breach(customer, [message], why, at_ms, [seq], run_id)
