"""Claim outcome messages (`cf-claim-grant`, `cf-claim-reject`): sent when and only when the conditions hold.

A claim is finalised on a work item (CLAIM_FINALISED). Whether the CCM is available for it, and how the customer gets
mail, are the facts on record at that instant. Phone contact was unsuccessful when a call was attempted on the work item
before the message and none was answered; what was not tried was not unsuccessful.

A message is sent by an officer when Send was pressed: what the system then refuses is `cf-recipient`'s. That none was
sent is told only once the work item has ended.
"""

from typing import Any

from sim.audit.codes import AGENCY_ZONE, Event
from sim.audit.integrated import CLAIM_GRANT, GRANTED, REJECTED, fact_join, item_join
from sim.audit.log import Log
from sim.audit.verdicts import Tally

POST = 1
"""How the customer gets mail (the value of the fact mail_channel; 2 is online)."""

NO_CLAIMS = "what became of claims is not in this log"
NO_CCM = "whether the CCM was available is not in the log"
NO_MAIL = "how the customer gets mail is not in the log"
NOT_ENDED = "the work item had not ended when the log did"

_NAMES = {GRANTED: "Grant", REJECTED: "Reject"}


def judge_claims(log: Log, tally: Tally, outcome: int, template: int) -> None:
    """Judge each claim that was finalised with `outcome`, and each message of `template` (the one that this outcome
    has); a message without its claim is a case of its own."""
    if not log.has_events:
        perhaps = f"coalesce(template_code = {template}, system = 'customer_first')"
        if log.number(f"SELECT count(*) FROM messages WHERE accepted AND {perhaps}"):
            tally.missing(NO_CLAIMS)
        return
    _prepare(log, template)
    for claim in log.records(f"SELECT * FROM claims_finalised WHERE outcome = {outcome} ORDER BY run_id, seq"):
        _judge_claim(tally, claim, template)
    for row in log.records(f"""
        SELECT p.*, c.outcome, local_text(p.time, p.zone) AS local
        FROM claim_presses AS p LEFT JOIN claims_finalised AS c
            ON c.run_id = p.run_id AND c.ref = p.ref AND c.customer = p.customer AND c.time <= p.time
        WHERE c.outcome IS DISTINCT FROM {outcome} ORDER BY p.run_id, p.seq"""):
        tally.judged(row["run_id"])
        ended = f"with the outcome {_NAMES[row['outcome']]}" if row["outcome"] in _NAMES else ""
        what = f"after a claim that was finalised {ended}" if ended else "without a claim that was finalised"
        why = f"Claim Finalised – {_NAMES[outcome]} was sent on {row['local']} local time {what}."
        tally.breach(row["customer"], [row["message"]], why, row["time"], [row["seq"]], row["run_id"])


def _prepare(log: Log, template: int) -> None:
    """Make ``claim_presses`` (each press of Send, and each automatic send, of `template`) and ``claims_finalised`` (a
    row a claim: its facts; of the officer's and of the automatic presses the first one's message, seq and time, how
    many were issued, which payments they named; what was done by phone up to the officer's; when the item ended)."""
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE claim_presses AS
        SELECT m.run_id, m.message, m.customer, m.officer, m.ref, m.accepted, m.payment_code, e.seq, e.time,
            m.issued_zone AS zone
        FROM (FROM events WHERE event = {Event.SEND_PRESSED} AND template = {template}) AS e
        JOIN messages AS m ON m.run_id = e.run_id AND m.message = e.message
        QUALIFY row_number() OVER (PARTITION BY m.run_id, m.message ORDER BY e.seq) = 1""")
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE claims_finalised AS
        WITH claims AS (
            SELECT run_id, customer, ref, seq, time, value AS outcome, other AS payment FROM events
            WHERE event = {Event.CLAIM_FINALISED}
            QUALIFY row_number() OVER (PARTITION BY run_id, customer, ref ORDER BY seq) = 1
        ), sent AS (
            SELECT c.run_id, c.seq,
                min(p.seq) FILTER (WHERE p.officer > 0) AS by_hand_seq,
                arg_min(p.message, p.seq) FILTER (WHERE p.officer > 0) AS by_hand,
                min(p.seq) FILTER (WHERE p.officer = 0) AS automatic_seq,
                arg_min(p.message, p.seq) FILTER (WHERE p.officer = 0) AS automatic,
                list(p.message ORDER BY p.seq) FILTER (WHERE p.accepted) AS issued,
                arg_min(p.message, p.seq) FILTER (WHERE p.payment_code IS DISTINCT FROM c.payment) AS other_payment
            FROM claims AS c JOIN claim_presses AS p
                ON p.run_id = c.run_id AND p.ref = c.ref AND p.customer = c.customer AND p.time >= c.time
            GROUP BY ALL
        ), done AS (
            SELECT c.run_id, c.seq,
                count(*) FILTER (WHERE e.event = {Event.CALL_ATTEMPTED} AND {_before("e")}) AS attempts,
                count(*) FILTER (WHERE e.event = {Event.CALL_ANSWERED} AND {_before("e")}) AS answers,
                min(e.time) FILTER (WHERE e.event = {Event.WORK_ENDED} AND e.time >= c.time) AS ended
            FROM claims AS c LEFT JOIN sent USING (run_id, seq)
            JOIN events AS e ON e.run_id = c.run_id AND e.ref = c.ref AND e.customer = c.customer
            WHERE e.event IN ({Event.CALL_ATTEMPTED}, {Event.CALL_ANSWERED}, {Event.WORK_ENDED})
            GROUP BY ALL
        )
        SELECT c.*, ccm.value AS ccm, mail.value AS mail, s.by_hand, s.by_hand_seq, s.automatic, s.automatic_seq,
            s.issued, s.other_payment, coalesce(d.attempts, 0) AS attempts, coalesce(d.answers, 0) AS answers, d.ended,
            local_text(c.time, coalesce(zones.name, '{AGENCY_ZONE}')) AS local
        FROM claims AS c
        {item_join("ccm", Event.CCM_SET, "c", "c.time")}
        {fact_join("mail", "mail_channel", "c", "c.time")}
        {fact_join("zone_told", "zone", "c", "c.time")} LEFT JOIN zones ON zones.code = zone_told.value
        LEFT JOIN sent AS s ON s.run_id = c.run_id AND s.seq = c.seq
        LEFT JOIN done AS d ON d.run_id = c.run_id AND d.seq = c.seq""")


def _before(event: str) -> str:
    """SQL: an event before the officer's first Send, any one when there was none."""
    return f"({event}.seq < sent.by_hand_seq OR sent.by_hand_seq IS NULL)"


def _judge_claim(tally: Tally, claim: dict[str, Any], template: int) -> None:
    """One claim: the officer's message, the automatic one, the payment that is named, and that it goes once."""
    bar, unknown = _bar(claim, template)
    sent = claim["by_hand"] is not None or claim["automatic"] is not None
    if unknown:
        tally.leave(claim["run_id"], 1, unknown)
        return
    fault, message, seq = _fault(claim, bar)
    if not fault and not sent and bar is None and claim["ended"] is None:
        tally.leave(claim["run_id"], 1, NOT_ENDED)
        return
    tally.judged(claim["run_id"])
    if fault:
        outcome = _NAMES[claim["outcome"]]
        why = f"A claim was finalised on {claim['local']} local time with the outcome {outcome}; {fault}."
        events = [claim["seq"]] if seq is None else [claim["seq"], seq]
        tally.breach(claim["customer"], [message], why, claim["time"], events, claim["run_id"])


def _bar(claim: dict[str, Any], template: int) -> tuple[str | None, str]:
    """Why an officer is not to send (None: is to send), and what keeps this from being known."""
    if claim["ccm"] is None:
        return None, NO_CCM
    if claim["ccm"]:
        return "the CCM was available", ""
    if template == CLAIM_GRANT:
        if claim["mail"] is None:
            return None, NO_MAIL
        return (None if claim["mail"] == POST else "the customer got mail online"), ""
    if not claim["attempts"]:
        return "phone contact was not tried before", ""
    return ("the customer was reached by phone" if claim["answers"] else None), ""


def _fault(claim: dict[str, Any], bar: str | None) -> tuple[str, int | None, int | None]:
    """What was wrong, the message that it was wrong of, and the seq of its Send."""
    by_hand, automatic = claim["by_hand"], claim["automatic"]
    if by_hand is not None and bar:
        return f"an officer sent its message though {bar}", by_hand, claim["by_hand_seq"]
    if automatic is not None and not claim["ccm"]:
        return "its message went automatically though the CCM was not available", automatic, claim["automatic_seq"]
    if automatic is None and claim["ccm"]:
        return "the CCM was available, and no message went automatically", None, None
    if by_hand is None and bar is None and claim["ended"] is not None:
        return "the conditions of its message held, and no officer sent it", None, None
    if claim["other_payment"] is not None:
        return "its message names another payment than the claim", claim["other_payment"], None
    if claim["issued"] and len(claim["issued"]) > 1:
        return "its message went more than once", claim["issued"][1], None
    return "", None, None
