"""The Generate Desktop Message dialog and the hand-over: all tests in the order of policy.md B, all failures carried.

The bits of `sim.messages.Reason` stand in the order of the tests, so a mask is an ordered list and its lowest bit is
the first reason.
"""

from sim.messages import Channel, ContactTime, Reason, Recipient, Request
from sim.policy.limits import CHILD_SUPPORT_SMS
from sim.policy.recipients import recipient_reasons
from sim.policy.values import RuleValues

_SMS = int(Channel.SMS)
_NEXT_HOUR = int(ContactTime.NEXT_HOUR)
_TODAY = int(ContactTime.TODAY)
_NO_ACCESS = int(Reason.NO_ACCESS)
_CHANNEL_NOT_APPROVED = int(Reason.CHANNEL_NOT_APPROVED)
_OPTED_OUT = int(Reason.OPTED_OUT)
_FDV_UNDISCUSSED = int(Reason.FDV_UNDISCUSSED)
_UNKNOWN_TEMPLATE = int(Reason.UNKNOWN_TEMPLATE)
_MISSING_FIELD = int(Reason.MISSING_FIELD)
_BY_DATE_IN_PAST = int(Reason.BY_DATE_IN_PAST)
_DAILY_LIMIT = int(Reason.DAILY_LIMIT)


def field_reasons(needs_contact_time: int, needs_by_date: int, contact_time: int, by_date: int, today: int) -> int:
    """MISSING_FIELD and BY_DATE_IN_PAST as they apply (`cs-fields`).

    `contact_time` is a `ContactTime`; `by_date` and `today` (the recipient's local day) are ordinals, `by_date` 0 when
    empty. Today itself is not in the past. A field that the template does not ask for is not looked at.
    """
    reasons = 0
    if needs_contact_time and contact_time not in (_NEXT_HOUR, _TODAY):
        reasons |= _MISSING_FIELD
    if needs_by_date:
        if by_date <= 0:
            reasons |= _MISSING_FIELD
        elif by_date < today:
            reasons |= _BY_DATE_IN_PAST
    return reasons


def dialog_reasons(
    request: Request,
    recipient: Recipient,
    service: int,
    known_template: int,
    missing_field: int,
    by_date_in_past: int,
    limit_reached: int,
    values: RuleValues,
) -> int:
    """All tests that fail for a desktop message at the instant of Send; 0 when it may be issued.

    `service`: the one the template belongs to. `known_template`: 1 when an officer may choose it. The three flags
    before `values` come from `field_reasons` and `daily_limit_reached`. An opt-out disables Send whatever else is
    wrong, so it is tested on every channel here, also where it would leave email alone.
    """
    reasons = recipient_reasons(recipient, service, request.channel, values.opt_out_reach)
    if not request.access:
        reasons |= _NO_ACCESS
    if request.channel != _SMS:
        reasons |= _CHANNEL_NOT_APPROVED
    if recipient.opted_out:
        reasons |= _OPTED_OUT
    if values.fdv_enforced and request.fdv_undiscussed:
        reasons |= _FDV_UNDISCUSSED
    reasons |= _template_reasons(known_template, missing_field, by_date_in_past)
    if limit_reached:
        reasons |= _DAILY_LIMIT
    return reasons


def automatic_reasons(
    request: Request,
    recipient: Recipient,
    service: int,
    known_template: int,
    missing_field: int,
    by_date_in_past: int,
    limit_reached: int,
    values: RuleValues,
) -> int:
    """All tests that fail for an automatic message of Cuba; 0 when it may be issued. Arguments as `dialog_reasons`.

    Nobody sits at a desktop, so access and the approved channel are not tested; `cs-fdv` binds SMS; the daily limit
    binds SMS when `cs-daily-limit.scope` is `child_support_sms`.
    """
    reasons = hand_over_reasons(recipient, service, request.channel, request.fdv_undiscussed, values)
    reasons |= _template_reasons(known_template, missing_field, by_date_in_past)
    if limit_reached and request.channel == _SMS and values.scope == CHILD_SUPPORT_SMS:
        reasons |= _DAILY_LIMIT
    return reasons


def hand_over_reasons(
    recipient: Recipient, service: int, channel: int, fdv_undiscussed: int, values: RuleValues
) -> int:
    """Why a message that is due must be withdrawn, on the facts of this instant; 0 when none (`cs-release-recheck`).

    The daily limit is not among them: it holds a message on (`limit_at_hand_over`) and never withdraws it.
    """
    reasons = recipient_reasons(recipient, service, channel, values.opt_out_reach)
    if values.fdv_enforced and fdv_undiscussed and channel == _SMS:
        reasons |= _FDV_UNDISCUSSED
    return reasons


def _template_reasons(known_template: int, missing_field: int, by_date_in_past: int) -> int:
    reasons = 0
    if not known_template:
        reasons |= _UNKNOWN_TEMPLATE
    if missing_field:
        reasons |= _MISSING_FIELD
    if by_date_in_past:
        reasons |= _BY_DATE_IN_PAST
    return reasons
