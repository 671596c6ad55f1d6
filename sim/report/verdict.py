"""The audit as the report shows it: the summary and the table of rules."""

from collections.abc import Mapping
from typing import Any

from sim.report.words import GROUPS, VERDICTS

_FINDINGS = {
    "pass": "No system or content rule was broken.",
    "fail": "A rule that must never be broken was broken.",
    "unknown": "Nothing was found broken, but some rules could not be judged.",
    "not_exercised": "Nothing happened that a system or content rule is about.",
}


def summary(audit_json: Mapping[str, Any], policy_plain: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict in words, with the rules that decided it and how many system and content rules had which verdict."""
    verdict = audit_json.get("verdict", "not_exercised")
    rules = audit_json.get("rules", {})
    hard = [row for rule, row in rules.items() if _enforced_by(policy_plain, rule, row) != "procedure"]
    counts = {name: sum(row["verdict"] == name for row in hard) for name in VERDICTS}
    broken = [
        {"id": rule, "title": _title(policy_plain, rule), "breaches": row["breaches"]}
        for rule, row in rules.items()
        if row["verdict"] == "fail" and _enforced_by(policy_plain, rule, row) != "procedure"
    ]
    procedures = [row for rule, row in rules.items() if _enforced_by(policy_plain, rule, row) == "procedure"]
    return {
        "verdict": verdict,
        "sign": VERDICTS[verdict][0],
        "words": VERDICTS[verdict][1],
        "finding": _FINDINGS[verdict],
        "counts": [(VERDICTS[name][1], count, VERDICTS[name][2]) for name, count in counts.items()],
        "broken": broken,
        "procedures": len(procedures),
        "procedures_broken": sum(row["breaches"] > 0 for row in procedures),
        "crashed": list(audit_json.get("crashed", [])),
    }


def audit_groups(audit_json: Mapping[str, Any], policy_plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules by who enforces them, each group with its heading and rows."""
    groups = []
    for who, (heading, explanation) in GROUPS.items():
        rows = [
            _row(rule, row, policy_plain)
            for rule, row in audit_json.get("rules", {}).items()
            if _enforced_by(policy_plain, rule, row) == who
        ]
        if rows:
            groups.append({"who": who, "heading": heading, "explanation": explanation, "rows": rows})
    return groups


def _row(rule: str, row: Mapping[str, Any], policy_plain: Mapping[str, Any]) -> dict[str, Any]:
    sign, words, meaning = VERDICTS[row["verdict"]]
    cases, breaches = row["cases"], row["breaches"]
    about = policy_plain.get("rules", {}).get(rule, {})
    return {
        "id": rule,
        "title": about.get("title", ""),
        "text": about.get("text", ""),
        "clause": about.get("clause", ""),
        "enforced_by": _enforced_by(policy_plain, rule, row),
        "verdict": row["verdict"],
        "sign": sign,
        "words": words,
        "cases": cases,
        "breaches": breaches,
        "rate": f"{100 * breaches / cases:.2g}%" if cases and breaches else "",
        "unjudged": row["unjudged"],
        "why": _sentence(row.get("why_unknown") or ("" if row["verdict"] == "pass" else meaning)),
        "notes": [(name.replace("_", " "), _note(note)) for name, note in (row.get("notes") or {}).items()],
        "evidence": [_breach(breach) for breach in row.get("evidence", [])],
    }


def _sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _note(note: Any) -> str:
    if isinstance(note, float):
        return f"{note:.3g}"
    if isinstance(note, Mapping):
        return ", ".join(f"{name} {_note(part)}" for name, part in note.items())
    return "–" if note is None else str(note)


def _breach(breach: Mapping[str, Any]) -> dict[str, Any]:
    messages = [str(message) for message in breach.get("messages", [])]
    return {
        "customer": breach.get("customer_id"),
        "message": messages[0] if messages else None,
        "proof": ", ".join(messages[1:]),
        "at": breach.get("at") or "",
        "why": breach["why"],
    }


def _enforced_by(policy_plain: Mapping[str, Any], rule: str, row: Mapping[str, Any]) -> str:
    who = row.get("enforced_by") or policy_plain.get("rules", {}).get(rule, {}).get("enforced_by", "")
    return who if who in GROUPS else "procedure"


def _title(policy_plain: Mapping[str, Any], rule: str) -> str:
    return str(policy_plain.get("rules", {}).get(rule, {}).get("title", ""))
