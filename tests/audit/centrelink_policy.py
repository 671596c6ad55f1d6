"""The policy values of sections E and F as numbers and texts, for the tests of the audit."""

from typing import Any

PRE_CALL, PRE_CALL_REVIEW, CLAIM_GRANT, CLAIM_REJECT, SERVICE_OFFER = 301, 302, 303, 304, 305
PAUSE_APPLIED, DECLINED, OVERDUE, RESTARTED, DEBT_OVERDUE, WILL_RESTART, WITHHOLDINGS, AUTO_SETUP, DUE_SOON = range(
    401, 410
)
ARRANGEMENT_CONFIRMATION, INSTALMENT_NUDGE = 501, 502

_MESSAGES = {
    "pause_applied": ("Immediate SMS Debt Refresh – Pause applied", "Your repayments are paused."),
    "declined_payment": ("Declined payment", "A direct debit was declined."),
    "overdue_payment": ("Overdue payment", "A repayment is overdue."),
    "recovery_restarted": ("Recovery Restarted", "Recovery of your debt has started again."),
    "debt_overdue": ("Debt Overdue", "Your debt is overdue."),
    "recovery_will_restart": ("Recovery will Restart", "Recovery of your debt will start again soon."),
    "withholdings_will_restart": ("Withholdings will Restart", "Withholdings will start again soon."),
    "withholdings_will_restart_auto": ("Withholdings will Restart (Auto Setup)", "Repayments will start again soon."),
    "debt_due_soon": ("Debt due Soon", "Your debt is due soon."),
}


def _template(code: int, id_: str, system: str, kind: str, title: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "id": id_,
        "system": system,
        "group": "Debt recovery",
        "title": title,
        "kind": kind,
        "service": "general",
        "fields": [],
        "asks_answer": False,
        "promise": "",
        "precall": bool(more.get("promise")),
        "prior_actions": [],
        "desktop": system == "customer_first",
        "text": f"{text} Do not reply by SMS.",
        **more,
    }


TEMPLATES: list[dict[str, Any]] = [
    _template(
        PRE_CALL, "clk_pre_call", "customer_first", "pre_call_advice", "CLK pre call notification",
        "A Services Australia Service Officer will call you today from a private number. Please answer this call.",
        promise="today",
    ),
    _template(
        PRE_CALL_REVIEW, "clk_pre_call_review", "customer_first", "pre_call_advice",
        "CLK pre call notification - ARO/SME only",
        "We will call this number in the next 2 hours to discuss the decision you want reviewed. Calls may show as a "
        "private number. Please answer.", promise="two_hours",
    ),
    _template(
        CLAIM_GRANT, "claim_grant", "customer_first", "claim_outcome", "Claim Finalised – Grant",
        "Your claim for {payment_type} has been completed. We will contact you with the outcome.",
        fields=["payment_type"],
    ),
    _template(
        CLAIM_REJECT, "claim_reject", "customer_first", "claim_outcome", "Claim Finalised – Reject",
        "We tried to contact you to discuss the outcome of your recent claim for {payment_type}. Please call us on "
        "{phone_number}.", fields=["payment_type", "phone_number"],
    ),
    _template(
        SERVICE_OFFER, "repayment_service_offer", "customer_first", "service_offer", "Help to manage repayments",
        "We have services that can help you manage your repayments.",
    ),
    *(
        _template(400 + level, name, "dmis", "confirmation" if level == 1 else "nudge", title, text)
        for level, (name, (title, text)) in enumerate(_MESSAGES.items(), 1)
    ),
    _template(
        ARRANGEMENT_CONFIRMATION, "arrangement_confirmation", "sap", "confirmation", "Arrangement set up or changed",
        "Your repayment arrangement is set up or changed.",
    ),
    _template(
        INSTALMENT_NUDGE, "instalment_nudge", "sap", "nudge", "Instalment due", "Your next repayment is due soon.",
    ),
]  # fmt: skip

VALUES: dict[str, dict[str, Any]] = {
    "cf-flow": {
        "sender": "CENTRELINK",
        "sender_systems": ["customer_first", "dmis", "sap"],
        "queued_text": "Electronic Message has been queued",
    },
    "cf-precall": {"review_minutes": 120},
    "cf-claim-grant": {
        "payments": [
            {"code": 1, "name": "JobSeeker Payment", "phone": "132 850"},
            {"code": 2, "name": "Age Pension", "phone": "132 300"},
            {"code": 3, "name": "Youth Allowance", "phone": "132 490"},
            {"code": 4, "name": "Parenting Payment", "phone": "136 150"},
            {"code": 5, "name": "Disability Support Pension", "phone": "132 717"},
        ]
    },
    "dr-kind": {
        "confirmations": ["pause_applied"],
        "nudges": list(_MESSAGES)[1:],
        "sap_nudge_days_before": 1,
        "sap_due_at": "09:00",
    },
    "dr-hierarchy": {
        "order": list(_MESSAGES),
        "titles": {name: title for name, (title, _) in _MESSAGES.items()},
        "due_at": "10:00",
    },
    "dr-gap": {"reading": "full_day"},
    "dr-one-nudge": {"enabled": True},
    "dr-similar": {
        "days": 7,
        "days_of": {},
        "groups": {name: name for name in _MESSAGES},
        "boundary": "previous_days",
    },
    "dr-vulnerable": {
        "kinds": "all",
        "vulnerabilities": [
            "family_and_domestic_violence",
            "homelessness",
            "serious_illness",
            "recent_bereavement",
            "natural_disaster",
        ],
    },
    "dr-eligibility": {
        "run_at": "04:00",
        "declined_arrangements": ["VOL"],
        "declined_arrangement_states": ["BKN"],
        "declined_from_days": 7,
        "declined_to_days": 10,
        "harmless_write_offs": ["WUN", "NCE", "DOS"],
        "overdue_repayments": ["CSH", "IRR"],
        "overdue_from_days": 5,
        "overdue_to_days": 7,
        "overdue_arrangement_states": ["PND", "BKN", "CUR"],
        "restarted_from_days": 0,
        "restarted_to_days": 2,
        "due_after_issue_days": 28,
        "debt_overdue_from_days": 1,
        "debt_overdue_to_days": 7,
        "recovery_restarts_from_days": 4,
        "recovery_restarts_to_days": 6,
        "withholdings_restart_from_days": 4,
        "withholdings_restart_to_days": 6,
        "auto_setup_from_days": 4,
        "auto_setup_to_days": 6,
        "due_soon_from_days": 0,
        "due_soon_to_days": 14,
    },
    "dr-view": {
        "customer_first_screens": ["Outbound Correspondence", "Correspondence History"],
        "dmis_screens": ["Correspondence History", "History Summary (HS)"],
        "sap_screens": ["Correspondence History", "History Summary (HS)"],
        "sap_days": 120,
    },
}
