"""cs-content: no personal information, no link, no invitation to reply: a template, its fields and nothing else."""

from typing import Any

from sim.audit.log import Log
from sim.audit.text import Fields, differs_from, problems
from sim.audit.verdicts import RuleAudit, Tally

RULE = "cs-content"
ENFORCED_BY = "content"
CLAUSE = "EM, Check EM subscription: messages will not contain any personal information or hyperlinks to any website"


def audit(log: Log) -> RuleAudit:
    """Judge the words of every message of every system that reached the transport (a run) or that the log holds, a
    message a case: they are exactly those of its template with the declared fields filled in as they were chosen, and
    hold no link, no email address, no telephone number but the agency's, no identifier and no invitation to reply.

    Where a foreign log leaves a field out, any of its values will do. Where it names a template that the policy does
    not know, what varies cannot be told: a breach is found, and otherwise the case is left.
    """
    tally = Tally(log, RULE, ENFORCED_BY)
    groups = log.records("""
        SELECT text, template_code, template, contact_time, by_date, payment_code, histogram(run_id) AS runs
        FROM messages WHERE handed_ms IS NOT NULL
        GROUP BY ALL ORDER BY ALL""")
    if groups and "text" not in log.columns:
        tally.missing("the log has no column text")
        return tally.close()
    agency_numbers = tuple(str(number) for number in log.value("cs-content.agency_numbers"))
    payments = log.value("cf-claim-grant.payments")
    for group in groups:
        text, template = group["text"], log.templates.get(group["template_code"])
        if text is None:
            _leave(tally, group, "the words are not in the log")
            continue
        found = list(problems(text, agency_numbers))
        chosen = Fields(group["contact_time"], group["by_date"], group["payment_code"])
        if template and differs_from(template, text, chosen, payments):
            found.insert(0, f"it is not the text of template {template['id']} with its fields filled in")
        if found:
            _report(log, tally, group, found)
        elif template is None:
            _leave(tally, group, "the template is not one of the policy's")
        else:
            for run_id, messages in group["runs"].items():
                tally.judged(run_id, messages)
    return tally.close()


def _leave(tally: Tally, group: dict[str, Any], why: str) -> None:
    for run_id, messages in group["runs"].items():
        tally.leave(run_id, messages, why)


def _report(log: Log, tally: Tally, group: dict[str, Any], found: list[str]) -> None:
    rows = log.rows("""
        SELECT run_id, message_id, customer_id, handed_ms, handed_seq, local_text(handed_ms, timezone)
        FROM messages WHERE handed_ms IS NOT NULL AND text = $text
            AND template_code IS NOT DISTINCT FROM $template_code AND template IS NOT DISTINCT FROM $template
            AND contact_time IS NOT DISTINCT FROM $contact_time AND by_date IS NOT DISTINCT FROM $by_date
            AND payment_code IS NOT DISTINCT FROM $payment_code
        ORDER BY run_id, row_id""", {name: group[name] for name in _KEYS})  # fmt: skip
    for run_id, message, customer, at_ms, seq, local in rows:
        tally.judged(run_id)
        why = f"Sent on {local} local time; of {group['text']!r}: {', '.join(found)}."
        tally.breach(customer, [message], why, at_ms, [] if seq is None else [seq], run_id)


_KEYS = ("text", "template_code", "template", "contact_time", "by_date", "payment_code")
