"""The audit: every rule of the policy that a log can show, judged apart from whoever wrote the log.

It takes nothing from the rules, the systems or the world (a test enforces it): each rule is restated here from the
policy's text, policy values come as plain data, local times from DuckDB's own ICU data.

>>> from sim.audit import Log, judge
>>> audit = judge(Log.from_run("runs/four_weeks-seed1"))
>>> audit.verdict, audit.frame(), audit.breaches_frame()
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType

from sim.audit.log import Log
from sim.audit.segments import Part, judge_parts
from sim.audit.verdicts import Audit, Breach, RuleAudit, Tally, crashed

__all__ = [
    "PROCEDURES", "RULE_MODULES", "Audit", "Breach", "Log", "Part", "RuleAudit", "Tally", "judge", "judge_parts",
    "rule_modules",
]  # fmt: skip

RULE_MODULES: tuple[str, ...] = (
    # A. Who may get a message.
    "cs_subscription",
    "cs_recipient_barred",
    "cs_mobile_required",
    "cs_opt_out",
    "cs_officer_access",
    "cs_channel",
    "cs_fdv_indicator",
    "cs_fdv",
    "cs_first_contact_by_phone",
    "cs_unanswered",
    "cs_check_history",
    "cs_check_details",
    "cs_contact_protocol",
    "cs_specialised_area",
    "cs_self_service",
    "cs_explain",
    # B. Limits and the window.
    "cs_daily_limit",
    "cs_hourly_confirmation",
    "cs_send_window",
    "cs_window_at_gateway",
    "cs_release_recheck",
    "cs_once",
    "cs_info_messages",
    # C. The message.
    "cs_templates",
    "cs_prior_actions",
    "cs_fields",
    "cs_preview",
    "cs_content",
    "cs_sender",
    "cs_precall",
    "cs_precall_reassign",
    # D. After sending.
    "cs_status",
    "cs_no_resend",
    "cs_bounce_back",
    "cs_bounce_followup",
    "cs_wrong_customer",
    "cs_misdirected",
    "cs_email",
    # E. Centrelink messages from Integrated Service Officers.
    "cf_recipient",
    "cf_window",
    "cf_route",
    "cf_flow",
    "cf_precall",
    "cf_claim_grant",
    "cf_claim_reject",
    # F. Debt recovery.
    "dr_kind",
    "dr_recipient",
    "dr_hierarchy",
    "dr_gap",
    "dr_one_nudge",
    "dr_similar",
    "dr_vulnerable",
    "dr_disaster_pause",
    "dr_eligibility",
    "dr_view",
)
"""One module a rule, in the order of the policy. Each has RULE, ENFORCED_BY, CLAUSE and ``audit(log) -> RuleAudit``."""

PROCEDURES = frozenset(
    {
        "cs_fdv_indicator",
        "cs_fdv",
        "cs_first_contact_by_phone",
        "cs_unanswered",
        "cs_check_history",
        "cs_check_details",
        "cs_contact_protocol",
        "cs_specialised_area",
        "cs_prior_actions",
        "cs_preview",
        "cs_precall",
        "cs_precall_reassign",
        "cs_no_resend",
        "cs_bounce_followup",
        "cs_explain",
        "cs_wrong_customer",
        "cs_misdirected",
        "cf_route",
        "cf_precall",
        "cf_claim_grant",
        "cf_claim_reject",
    }
)
"""The modules whose rules are told to officers and not enforced by a system."""


def rule_modules() -> list[ModuleType]:
    """The rule modules in policy order."""
    return [import_module(f"sim.audit.{name}") for name in RULE_MODULES]


def judge(log: Log, targets: Mapping[str, float] | None = None, rules: Iterable[str] | None = None) -> Audit:
    """Judge every rule (or only those of `rules`, by id) on `log`.

    `targets` gives procedure rules the greatest breach rate that is allowed. A check that fails for reasons of its own,
    or cannot be loaded, is *unknown* and is named in `Audit.crashed`; it never passes and never stops the others.
    """
    wanted = None if rules is None else {rule.replace("-", "_") for rule in rules}
    audits: list[RuleAudit] = []
    crashes: list[str] = []
    for name in RULE_MODULES:
        if wanted is not None and name not in wanted:
            continue
        rule = name.replace("_", "-")
        try:
            audits.append(import_module(f"sim.audit.{name}").audit(log))
        except Exception as error:
            enforced_by = "procedure" if name in PROCEDURES else "system"
            audits.append(crashed(rule, enforced_by, error))
            crashes.append(rule)
    return Audit(audits, crashes, targets)
