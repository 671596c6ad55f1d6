"""cs-email: automatic EM goes by email to those with an email and no usable mobile, at any hour; SMS is preferred."""

from sim.audit import cs_bounce_back
from sim.audit.codes import EMAIL_STATUSES, MOBILE_STATUSES, SYSTEMS, Event, Reason, reason_names
from sim.audit.log import Log
from sim.audit.recipient_checks import UNDATED_VALID, prepare
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-email"
ENFORCED_BY = "system"
CLAUSE = "EM, Error messages: at the SMS delivery or Email Exchange"

_SMS_ONLY = (
    Reason.RESTRICTED_ACCESS, Reason.EMPLOYER, Reason.NO_MOBILE, Reason.INVALID_MOBILE, Reason.OVERSEAS_MOBILE,
    Reason.FDV_UNDISCUSSED, Reason.DAILY_LIMIT, Reason.SEND_WINDOW,
)  # fmt: skip
"""Reasons of rules that bind SMS alone."""


def audit(log: Log) -> RuleAudit:
    """Judge every automatic message of Cuba that was issued or refused, a message a case:

    - at its issue (or refusal) the channel is email where a valid email and no usable mobile (none, Invalid, overseas)
      is on record, and SMS otherwise: there is no email beside a usable mobile or without a valid address. An opt-out
      takes no mobile off the record;
    - an email is never held, whatever the hour, nor refused or withdrawn for what binds SMS alone (the bars, the
      mobile, the daily limit, the window; an opt-out only in the reading `sms_only`); with `all_em` none is issued or
      sent against an opt-out on record;
    - in a run the Email Exchange records an email's arrival and the gateway an SMS's;
    - an email bounces as an SMS does: what `cs-bounce-back` finds wrong with an email is a breach here too.

    A foreign log knows the mobile where it has a table of customers, and never the email: an email beside a usable
    mobile is a breach and an SMS to one is right, the rest of the channels is unjudged. `release_at` or `due_at` of an
    email later than its issue is a breach, as is one whose outcome is held.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    prepare(log)
    log.db.execute(f"CREATE OR REPLACE TEMP TABLE email_findings AS {_sql(log)}")
    rank = "CASE finding WHEN 'right' THEN 2 WHEN 'unknown' THEN 1 ELSE 0 END"
    worst = f"SELECT run_id, arg_min(finding, {rank}) AS finding FROM email_findings GROUP BY run_id, row_id"
    tally.count_findings(f"({worst})", {"unknown": "what was on record, or the channel, is not known"})
    rows = log.rows("""
        SELECT run_id, finding, customer_id, message_id, result, reasons, at_ms, seq, local_text(at_ms, zone) AS local
        FROM email_findings WHERE finding NOT IN ('right', 'unknown') ORDER BY run_id, at_ms, row_id, finding""")
    for run_id, finding, customer, message, result, reasons, at_ms, seq, local in rows:
        done = "Issued" if result == "accepted" else result.capitalize()
        named = ", ".join(reason_names(reasons & _sms_only(log)))
        why = f"{done} on {local} local time {_WHY[finding].format(reasons=named)}."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
    _bounces(log, tally)
    return tally.close()


_WHY = {
    "sms": "as an SMS although no usable mobile and a valid email were on record",
    "mobile": "as an email although a usable mobile was on record",
    "no address": "as an email although no valid email was on record",
    "channel": "neither as an SMS nor as an email",
    "held": "as an email and held, which email never is",
    "stopped": "as an email for what binds SMS alone ({reasons})",
    "opted out": "as an email although an opt-out was recorded",
    "transport": "by a transport that is not its channel's",
}


def _sms_only(log: Log) -> int:
    """The mask of the reasons that never stop an email."""
    mask = sum(int(reason) for reason in _SMS_ONLY)
    return mask if _reaches_email(log) else mask | Reason.OPTED_OUT


def _reaches_email(log: Log) -> bool:
    return bool(log.value("cs-opt-out.reach") == "all_em")


def _bounces(log: Log, tally: Tally) -> None:
    """The bounce backs of emails."""
    by_email = "system = 'cuba' AND channel = 'email'"
    emails = frozenset(
        (run_id, log.give_message(message))
        for run_id, message in log.rows(f"SELECT run_id, message_id FROM messages WHERE {by_email}")
    )
    for breach in cs_bounce_back.audit(log).evidence if emails else ():
        if (breach.run_id, breach.messages[0]) in emails:
            tally.breach(breach.customer_id, breach.messages, breach.why, breach.at_ms, breach.events, breach.run_id)


def _sql(log: Log) -> str:
    """A row a finding: run_id, row_id, message_id, customer_id, zone, result, reasons, at_ms, seq, finding."""
    same = "run_id, row_id, message_id, customer_id, zone, result, reasons, at_ms, seq"
    checks = "recipient_checks WHERE system = 'cuba'"
    usable = f"mobile_status IN ({MOBILE_STATUSES['valid']}, {UNDATED_VALID})"
    address = f"email_status = {EMAIL_STATUSES['valid']}"
    stopped = f"reasons & {_sms_only(log)} > 0"
    opted_out = "opted_out = 1" if _reaches_email(log) else "FALSE"
    parts = [
        f"""SELECT {same}, CASE WHEN channel_assumed THEN 'unknown'
                WHEN channel = 'sms' THEN CASE WHEN {usable} OR NOT ({address}) THEN 'right'
                    WHEN NOT ({usable}) AND {address} THEN 'sms' ELSE 'unknown' END
                WHEN channel = 'email' THEN CASE WHEN mobile_status = {MOBILE_STATUSES["valid"]} THEN 'mobile'
                    WHEN NOT ({address}) THEN 'no address'
                    WHEN NOT ({usable}) AND {address} THEN 'right' ELSE 'unknown' END
                ELSE 'channel' END AS finding
            FROM {checks} AND moment = 'issue' AND result IN ('accepted', 'refused')""",
        f"""SELECT {same}, CASE WHEN result IN ('refused', 'withdrawn') THEN
                    CASE WHEN {stopped} THEN 'stopped' ELSE 'right' END
                WHEN {opted_out} THEN 'opted out' ELSE 'right' END
            FROM {checks} AND channel = 'email'""",
        _held(log),
    ]
    if log.has_events:
        parts.append(_transports())
    return " UNION ALL ".join(parts)


def _held(log: Log) -> str:
    later = "coalesce(release_ms, due_ms) > issued_ms + issued_res - 1"
    held = later if log.has_events else f"({later}) OR outcome = 'held'"
    return f"""
        SELECT run_id, row_id, message_id, customer_id, issued_zone AS zone, 'accepted' AS result, 0 AS reasons,
            issued_ms AS at_ms, attempt_seq AS seq, CASE WHEN {held} THEN 'held' ELSE 'right' END AS finding
        FROM messages WHERE system = 'cuba' AND channel = 'email' AND accepted"""


def _transports() -> str:
    return f"""
        SELECT m.run_id, m.row_id, m.message_id, m.customer_id, m.timezone AS zone, 'sent' AS result, 0 AS reasons,
            e.time AS at_ms, e.seq, CASE WHEN e.system = CASE m.channel WHEN 'email' THEN {SYSTEMS["email_exchange"]}
                ELSE {SYSTEMS["gateway"]} END THEN 'right' ELSE 'transport' END AS finding
        FROM messages AS m JOIN events AS e ON e.run_id = m.run_id AND e.message = m.message
        WHERE m.system = 'cuba' AND m.channel <> 'mygov' AND e.event = {Event.ARRIVED}"""
