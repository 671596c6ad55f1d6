"""cf-route: the work item, the customer and the main issue decide whether Pluto or Customer First sends."""

from sim.audit.codes import AGENCY_ZONE, INTEGRATED_WORK, SYSTEMS, Event
from sim.audit.integrated import CLAIM_GRANT, CLAIM_REJECT, PRE_CALL, PRE_CALL_REVIEW, fact_join, item_join
from sim.audit.log import Log
from sim.audit.procedure_cases import ITEM_BEGAN_EARLIER, codes, steps_known
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cf-route"
ENFORCED_BY = "procedure"
CLAUSE = "EM, Deciding whether to issue an SMS from Pluto or Customer First"

_NAMES = {SYSTEMS["pluto"]: "Pluto", SYSTEMS["customer_first"]: "Customer First"}
_WORK = {code: name.replace("_", " ") for name, code in INTEGRATED_WORK.items()}
_CLAIMS = f"{CLAIM_GRANT}, {CLAIM_REJECT}"
_CONCERNED = (
    "(kind = 'desktop' OR (system = 'customer_first' AND kind IS DISTINCT FROM 'automatic')) "
    f"AND coalesce(template_code NOT IN ({_CLAIMS}), TRUE)"
)


def audit(log: Log) -> RuleAudit:
    """Judge:

    - each decision that an officer recorded: the system is worked out anew from the facts on record at that instant, in
      the policy's order, and the first test that answers decides. Where the main issue would decide and the start of
      the work item is not in the log, the decision is left;
    - each message that an officer then issued on the item: it goes from the system last decided on, and a pre call text
      of Customer First is the ARO/SME one for an SME work item and the other for the rest;
    - each claim outcome message, in any log: it goes from Customer First.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    _judge_claims(log, tally)
    if steps_known(log, tally, _CONCERNED):
        _judge_decisions(log, tally)
        _judge_messages(log, tally)
    return tally.close()


def _judge_decisions(log: Log, tally: Tally) -> None:
    pluto, customer_first = SYSTEMS["pluto"], SYSTEMS["customer_first"]
    listed = ", ".join(
        str(INTEGRATED_WORK[name]) for name in ("centrelink_work_type", "claim_progression", "sme_review")
    )
    log.db.execute(f"""
        CREATE OR REPLACE TEMP TABLE routed AS
        WITH decisions AS (
            SELECT run_id, customer, ref, seq, time, value AS chosen, other AS work FROM events
            WHERE event = {Event.ROUTED}
        ), begun AS (
            SELECT run_id, ref, min(time) AS time FROM events
            WHERE event IN ({codes((Event.WORK_ARRIVED, Event.WORK_STARTED))}) AND ref > 0 GROUP BY ALL
        )
        SELECT d.*, coalesce(zones.name, '{AGENCY_ZONE}') AS zone, CASE
            WHEN d.work = {INTEGRATED_WORK["sct_disagreed_referral"]} THEN {pluto}
            WHEN coalesce(mutual.value, 0) = 0 THEN {customer_first}
            WHEN coalesce(current.value, 0) = 0 THEN {pluto}
            WHEN d.work IN ({listed}) OR issue.value = 1 THEN {customer_first}
            WHEN issue.value IS NULL AND coalesce(begun.time > d.time, TRUE) THEN NULL
            ELSE {pluto} END AS due_system
        FROM decisions AS d
        {fact_join("zone_told", "zone", "d", "d.time")} LEFT JOIN zones ON zones.code = zone_told.value
        {fact_join("mutual", "mutual", "d", "d.time")}
        {fact_join("current", "centrelink_current", "d", "d.time")}
        {item_join("issue", Event.MAIN_ISSUE_SET, "d", "d.time")}
        LEFT JOIN begun ON begun.run_id = d.run_id AND begun.ref = d.ref
    """)
    tally.leave_rows("routed WHERE due_system IS NULL", ITEM_BEGAN_EARLIER)
    tally.judged_rows("routed WHERE due_system IS NOT NULL")
    rows = log.rows("""
        SELECT run_id, customer, seq, time, chosen, work, due_system, local_text(time, zone)
        FROM routed WHERE chosen <> due_system ORDER BY run_id, seq""")
    for run_id, customer, seq, time, chosen, work, due, local in rows:
        why = (
            f"On {local} local time {_NAMES.get(chosen, 'another system')} was chosen for a work item "
            f"({_WORK.get(work, 'of an unknown sort')}) of customer {customer}, which goes to {_NAMES[due]}."
        )
        tally.breach(customer, [], why, time, [seq], run_id)


def _judge_messages(log: Log, tally: Tally) -> None:
    systems = f"CASE m.system WHEN 'pluto' THEN {SYSTEMS['pluto']} ELSE {SYSTEMS['customer_first']} END"
    sme = f"r.work = {INTEGRATED_WORK['sme_review']}"
    rows = log.rows(f"""
        WITH sent AS (
            SELECT m.* FROM messages AS m
            WHERE m.accepted AND m.officer > 0 AND m.system IN ('pluto', 'customer_first')
                AND coalesce(m.template_code, 0) NOT IN ({_CLAIMS})
        )
        SELECT m.run_id, m.message_id, m.customer_id, m.issued_ms, m.attempt_seq, r.seq, r.chosen, CASE
            WHEN r.chosen <> {systems} THEN 'system'
            WHEN m.template_code = {PRE_CALL_REVIEW} AND NOT {sme} THEN 'review'
            WHEN m.template_code = {PRE_CALL} AND {sme} THEN 'ordinary' ELSE 'right' END,
            local_text(m.issued_ms, m.issued_zone)
        FROM sent AS m ASOF JOIN routed AS r
            ON r.run_id = m.run_id AND r.ref = m.ref AND m.attempt_seq >= r.seq
        WHERE r.customer = m.customer
        ORDER BY m.run_id, m.row_id""")
    for run_id, message, customer, at_ms, seq, routed_seq, chosen, finding, local in rows:
        tally.judged(run_id)
        why = {
            "system": f"Issued on {local} local time though {_NAMES.get(chosen, 'another')} was chosen.",
            "review": f"Issued on {local} local time with the ARO/SME text, for another work item.",
            "ordinary": f"Issued on {local} local time for an SME work item, and not with the ARO/SME text.",
        }.get(finding)
        if why:
            tally.breach(customer, [message], why, at_ms, [seq, routed_seq], run_id)


def _judge_claims(log: Log, tally: Tally) -> None:
    rows = log.rows(f"""
        SELECT run_id, message_id, customer_id, system, issued_ms, attempt_seq, local_text(issued_ms, issued_zone)
        FROM messages WHERE accepted AND template_code IN ({_CLAIMS}) ORDER BY run_id, row_id""")
    for run_id, message, customer, system, at_ms, seq, local in rows:
        tally.judged(run_id)
        if system != "customer_first":
            why = f"A claim outcome message issued on {local} local time by {system}, and not from Customer First."
            tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)
