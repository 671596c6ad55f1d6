"""Centrelink messages from Integrated Service Officers (policy.md E): recipients, routing, claim messages, promises.

Scalar and pure: integers and named tuples of integers in, integers out. Flags are 0 or 1.
"""

from typing import Final

from sim.messages import IntegratedWork, MobileStatus, Reason, Recipient, System

PRE_CALL: Final = 301
"""The template code of the pre call notification: the call comes today."""
PRE_CALL_REVIEW: Final = 302
"""The template code of the pre call notification for ARO/SME alone: the call comes in the next two hours."""
CLAIM_GRANT: Final = 303
"""The template code of Claim Finalised – Grant."""
CLAIM_REJECT: Final = 304
"""The template code of Claim Finalised – Reject."""
SERVICE_OFFER: Final = 305
"""The template code of the service offer in debt recovery."""

GRANTED: Final = 1
"""A new claim was finalised with the outcome Grant."""
REJECTED: Final = 2
"""A new claim was finalised with the outcome Reject."""

WITHHELD_CCM: Final = 1
"""No claim message from an officer: the CCM is available, and a message goes automatically."""
WITHHELD_ONLINE: Final = 2
"""No Grant message: the customer gets mail online, and with it the letter at once."""
WITHHELD_REACHED: Final = 3
"""No Reject message: the customer was reached by phone."""

_PLUTO = int(System.PLUTO)
_CUSTOMER_FIRST = int(System.CUSTOMER_FIRST)
_SCT_DISAGREED_REFERRAL = int(IntegratedWork.SCT_DISAGREED_REFERRAL)
_CENTRELINK_WORK_TYPE = int(IntegratedWork.CENTRELINK_WORK_TYPE)
_CLAIM_PROGRESSION = int(IntegratedWork.CLAIM_PROGRESSION)
_SME_REVIEW = int(IntegratedWork.SME_REVIEW)
_NO_NUMBER = int(MobileStatus.NONE)
_INVALID_NUMBER = int(MobileStatus.INVALID)
_OVERSEAS_NUMBER = int(MobileStatus.OVERSEAS)
_OPTED_OUT = int(Reason.OPTED_OUT)
_DECEASED = int(Reason.DECEASED)
_RESTRICTED_ACCESS = int(Reason.RESTRICTED_ACCESS)
_NO_MOBILE = int(Reason.NO_MOBILE)
_INVALID_MOBILE = int(Reason.INVALID_MOBILE)
_OVERSEAS_MOBILE = int(Reason.OVERSEAS_MOBILE)
_NOT_A_CENTRELINK_CUSTOMER = int(Reason.NOT_A_CENTRELINK_CUSTOMER)


def centrelink_reasons(recipient: Recipient, centrelink: int) -> int:
    """All recipient tests that fail for a Centrelink SMS, as a mask of `Reason` (`cf-recipient`, `dr-recipient`).

    `recipient`: Centrelink's own record, with its own mobile and opt-out; Child Support's opt-out, services and bar of
    employers do not reach here. `centrelink`: 1 when Centrelink has a record of the customer, current or former: debts
    outlive a payment. Without a record there is NOT_A_CENTRELINK_CUSTOMER beside whatever else fails.
    """
    reasons = 0
    if recipient.opted_out:
        reasons |= _OPTED_OUT
    if recipient.deceased:
        reasons |= _DECEASED
    if recipient.restricted_access:
        reasons |= _RESTRICTED_ACCESS
    if recipient.mobile == _NO_NUMBER:
        reasons |= _NO_MOBILE
    elif recipient.mobile == _INVALID_NUMBER:
        reasons |= _INVALID_MOBILE
    elif recipient.mobile == _OVERSEAS_NUMBER:
        reasons |= _OVERSEAS_MOBILE
    if not centrelink:
        reasons |= _NOT_A_CENTRELINK_CUSTOMER
    return reasons


def route(work: int, is_mutual: int, is_current_centrelink: int, main_issue_claim: int) -> int:
    """The `System` from which an Integrated Service Officer sends, PLUTO or CUSTOMER_FIRST (`cf-route`).

    `work`: an `IntegratedWork`. `is_mutual`: a Child Support mutual customer. `is_current_centrelink`: a current
    Centrelink customer. `main_issue_claim`: the customer's main issue is claim progression, whatever the work item.
    The tests are made in the order of the policy, and the first that answers decides.
    """
    if work == _SCT_DISAGREED_REFERRAL:
        return _PLUTO
    if not is_mutual:
        return _CUSTOMER_FIRST
    if not is_current_centrelink:
        return _PLUTO
    if main_issue_claim or work in (_CENTRELINK_WORK_TYPE, _CLAIM_PROGRESSION, _SME_REVIEW):
        return _CUSTOMER_FIRST
    return _PLUTO


def pre_call_template(work: int) -> int:
    """The template of the pre call notification in Customer First: the ARO/SME text for an SME work item (`cf-route`),
    the other for the rest."""
    return PRE_CALL_REVIEW if work == _SME_REVIEW else PRE_CALL


def review_promise_end(template: int, sent: int, end_of_local_day: int, review_ms: int) -> int:
    """The last instant at which the call of a Centrelink pre call notification keeps its promise (`cf-precall`).

    `sent`: the gateway's acknowledgement, ms UTC. `end_of_local_day`: the first instant of the recipient's local day
    after the one of `sent`. The ARO/SME text promises up to and including `review_ms` after sent, the other text the
    local day of sent.
    """
    if template == PRE_CALL_REVIEW:
        return sent + review_ms
    return end_of_local_day - 1


def claim_message(outcome: int, ccm_available: int, mail_online: int, phone_reached: int, phone_tried: int) -> int:
    """The template that an officer sends when a new claim is finalised, 0 for none (`cf-claim-grant`,
    `cf-claim-reject`).

    `outcome`: GRANTED or REJECTED. Grant: the CCM is not available and the customer gets mail by post. Reject: the CCM
    is not available and phone contact was unsuccessful, so it was tried (`phone_tried`) and nobody was reached.
    """
    if ccm_available:
        return 0
    if outcome == GRANTED:
        return 0 if mail_online else CLAIM_GRANT
    if outcome == REJECTED:
        return CLAIM_REJECT if phone_tried and not phone_reached else 0
    return 0


def claim_withheld(outcome: int, ccm_available: int, mail_online: int, phone_reached: int) -> int:
    """Why no claim message is to be sent: WITHHELD_CCM, WITHHELD_ONLINE (Grant), WITHHELD_REACHED (Reject), or 0.

    The CCM comes first. 0 for a rejected claim whose customer was not called yet: the call comes first, and it decides.
    """
    if ccm_available:
        return WITHHELD_CCM
    if outcome == GRANTED and mail_online:
        return WITHHELD_ONLINE
    if outcome == REJECTED and phone_reached:
        return WITHHELD_REACHED
    return 0


def automatic_claim_message(outcome: int, ccm_available: int) -> int:
    """The template that goes automatically for a finalised claim: with the CCM available, and never without it.

    Its words are not published; it is the same as the officers' [assume]. 0 for none.
    """
    if not ccm_available:
        return 0
    if outcome == GRANTED:
        return CLAIM_GRANT
    return CLAIM_REJECT if outcome == REJECTED else 0
