"""cs-fields: a pre call alert has a contact time; a template that asks for an answer by a date has a By date."""

from sim.audit.codes import Reason
from sim.audit.dialog_checks import judge_dialog
from sim.audit.log import Log
from sim.audit.two_sided import Test
from sim.audit.verdicts import RuleAudit

RULE = "cs-fields"
ENFORCED_BY = "system"
CLAUSE = "EM, Create SMS message in Pluto: contact time (In the next hour, Today), By date"


def audit(log: Log) -> RuleAudit:
    """Judge every issue and refusal by the fields that its template declares: none is left out, and a By date does not
    lie before the recipient's local day. A field that the template does not declare is not looked at.

    (What the dialog shows of the last message is not in a history.)
    """
    missing = " OR ".join(_empty(name, name in log.columns) for name in ("contact_time", "by_date"))
    late = "coalesce(by_date < day, FALSE)" if "by_date" in log.columns else "NULL"
    past = f"CASE WHEN NOT needs_by_date THEN FALSE WHEN needs_by_date THEN {late} END"
    tests = (
        Test(
            Reason.MISSING_FIELD, missing, "TRUE", "a field that its template declares was empty",
            "no field that its template declares was empty", ("template",),
        ),
        Test(
            Reason.BY_DATE_IN_PAST, past, "TRUE", "its By date had passed", "its By date had not passed",
            ("template",),
        ),
    )  # fmt: skip
    return judge_dialog(log, RULE, tests)


def _empty(name: str, present: bool) -> str:
    """SQL: the template declares the field and it is empty. Without the column it may have been filled in."""
    found = f"{name} IS NULL" if present else "NULL"
    return f"CASE WHEN NOT needs_{name} THEN FALSE WHEN needs_{name} THEN {found} END"
