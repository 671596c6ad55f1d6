"""dr-kind: every debt message is a confirmation, a service offer or a nudge, as its template is."""

from sim.audit.codes import DEBT_KINDS, DEBT_MESSAGES, DMIS_CODE
from sim.audit.log import Log
from sim.audit.sap_plans import judge_plans
from sim.audit.verdicts import RuleAudit, Tally

RULE = "dr-kind"
ENFORCED_BY = "system"
CLAUSE = "DR, Principles of SMS use in debt recovery: confirmation, service offer and nudge messages"

SERVICE_OFFER, ARRANGEMENT_CONFIRMATION, INSTALMENT_NUDGE = 305, 501, 502
KINDS: dict[int, str] = {
    SERVICE_OFFER: "service_offer",
    ARRANGEMENT_CONFIRMATION: "confirmation",
    INSTALMENT_NUDGE: "nudge",
    **{
        DMIS_CODE + level: "confirmation" if name == "pause_applied" else "nudge"
        for level, name in enumerate(DEBT_MESSAGES, 1)
    },
}
"""The kind of each debt message by its code. Of DMIS's nine Pause applied is a confirmation, the others are nudges."""
SENDERS = {"dmis": ("confirmation", "nudge"), "sap": ("confirmation", "nudge"), "customer_first": ("service_offer",)}
"""What each system sends: officers send the service offers from Customer First."""

_NAMED = ", ".join(f"'{kind}'" for kind in DEBT_KINDS)
_ASSIGNED = " ".join(f"WHEN {code} THEN '{kind}'" for code, kind in KINDS.items())
_SENT_BY = " ".join(
    f"WHEN '{system}' THEN kind IN ({', '.join(repr(kind) for kind in kinds)})" for system, kinds in SENDERS.items()
)


def audit(log: Log) -> RuleAudit:
    """Judge every debt message that was issued or suppressed, a message a case: all of DMIS's and SAP's, and what
    Customer First sends with a debt message's template or calls by one of the three kinds.

    It has exactly one of the three kinds, that of its template, and one that its system sends (DMIS and SAP
    confirmations and nudges, Customer First service offers). A system's message with another system's template, or one
    that is no debt message, has none. In a run the kind is the one that the run's own table gives, and the template's
    where there is no such table. The other side: nothing but a debt message is called a nudge, a confirmation or a
    service offer.

    A foreign log that gives the kind and no template (or the reverse) is judged by what it gives; which of the three a
    message should be is then unjudged, as it is for a template that the policy does not know.

    A run shows too whether SAP confirms and nudges when it should, and only then (`sim.audit.sap_plans`).
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    log.db.execute(f"CREATE OR REPLACE TEMP TABLE kind_findings AS {_sql(log)}")
    unknown = "which kind its template is, or which kind it is called, is not known"
    tally.count_findings("kind_findings", {"unknown": unknown})
    rows = log.rows("""
        SELECT run_id, finding, customer_id, message_id, coalesce(kind, 'of no kind'), coalesce(template, 'none'),
            coalesce(assigned, 'of no kind'), system, issued_ms, local_text(issued_ms, issued_zone) AS local, seq
        FROM kind_findings WHERE finding NOT IN ('right', 'unknown') ORDER BY run_id, row_id""")
    for run_id, finding, customer, message, kind, template, assigned, system, at_ms, local, seq in rows:
        what = _WHY[finding].format(
            kind=kind.replace("_", " "), template=template, assigned=assigned.replace("_", " "), system=system
        )
        why = f"Issued on {local} local time {what}."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
    if log.has_events:
        judge_plans(log, tally)
    return tally.close()


_WHY = {
    "no kind": "as a debt message that is {kind}, and that is none of the three kinds",
    "other kind": "as {kind}, while its template {template} is {assigned}",
    "no debt template": "as a debt message with the template {template}, which is none",
    "other system": "as {kind}, which {system} does not send",
}


def _sql(log: Log) -> str:
    kind, claims = "m.kind", ""
    if log.has_claims:
        kind = "coalesce(c.kind, m.kind)"
        claims = "LEFT JOIN claims AS c ON c.run_id = m.run_id AND c.message_id = m.message_id"
    # In a run a template of another kind leaves the message without one; a foreign log just may not say it.
    unnamed = f"coalesce(kind NOT IN ({_NAMED}), {str(log.has_events).upper()})"
    return f"""
        WITH told AS (
            SELECT m.* EXCLUDE (kind), {kind} AS kind, CASE m.template_code {_ASSIGNED} END AS assigned,
                m.attempt_seq AS seq
            FROM messages AS m {claims}
            WHERE m.accepted OR m.outcome = 'suppressed'
        ), bound AS (
            SELECT * FROM told
            WHERE system IN ('dmis', 'sap') OR assigned IS NOT NULL OR kind IN ({_NAMED})
        )
        SELECT *, CASE
            WHEN {unnamed} THEN 'no kind'
            WHEN template_code IS NOT NULL AND assigned IS NULL THEN 'no debt template'
            WHEN kind IS NOT NULL AND assigned IS NOT NULL AND kind <> assigned THEN 'other kind'
            WHEN kind IS NOT NULL AND NOT coalesce(CASE system {_SENT_BY} END, FALSE) THEN 'other system'
            WHEN kind IS NULL OR assigned IS NULL THEN 'unknown'
            ELSE 'right' END AS finding
        FROM bound ORDER BY run_id, row_id"""
