"""The audit as a JUnit XML file: a test case a rule, so that a build server shows it like any other test."""

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.audit.verdicts import Audit, Breach, RuleAudit

SHOWN = 20
"""How many breaches the text of a failure lists."""

# What XML 1.0 cannot hold, not even escaped.
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


def write_junit(audit: "Audit", path: Path) -> None:
    """Write the file. A rule that failed is a failure, a check that crashed an error, an unknown or not exercised rule
    is skipped; a procedure that failed without a target is a pass with its breaches in the output, as in the top
    verdict. Raises InputError when the place cannot be written."""
    suite = ElementTree.Element("testsuite", name="emsim audit", tests=str(len(audit.rules)))
    counts = {"failure": 0, "error": 0, "skipped": 0}
    for rule, found in audit.rules.items():
        case = ElementTree.SubElement(suite, "testcase", classname=f"emsim.audit.{found.enforced_by}", name=rule)
        kind = _kind(audit, rule, found)
        if kind:
            counts[kind] += 1
            ElementTree.SubElement(case, kind, message=_clean(_headline(found))).text = _clean(_listed(found))
        elif found.evidence:
            ElementTree.SubElement(case, "system-out").text = _clean(f"{_headline(found)}\n{_listed(found)}")
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    suite.set("skipped", str(counts["skipped"]))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    try:
        ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path) from error


def _kind(audit: "Audit", rule: str, found: "RuleAudit") -> str | None:
    if rule in audit.crashed:
        return "error"
    if found.verdict in ("unknown", "not_exercised"):
        return "skipped"
    return "failure" if audit.counted_verdict(rule) == "fail" else None


def _headline(found: "RuleAudit") -> str:
    text = f"{found.verdict}: {found.breaches} breaches in {found.cases} cases, {found.unjudged} unjudged"
    return f"{text}; {found.why_unknown}" if found.why_unknown else text


def _listed(found: "RuleAudit") -> str:
    lines = [_line(breach) for breach in found.evidence[:SHOWN]]
    if found.breaches > SHOWN:
        lines.append(f"and {found.breaches - SHOWN} more")
    return "\n".join(lines)


def _line(breach: "Breach") -> str:
    messages = ", ".join(str(message) for message in breach.messages) or "none"
    return f"customer {breach.customer_id}, messages {messages}: {breach.why}"


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)
