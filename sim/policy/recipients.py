"""Who may get a message (policy.md A): the tests on the facts that the registers hold about a recipient.

Scalar and pure: integers and named tuples of integers in, a bit mask of `sim.messages.Reason` out.
"""

from sim.messages import Channel, EmailStatus, MobileStatus, Reason, Recipient, Service

ALL_EM = 0
"""`cs-opt-out.reach`: an opt-out stops every electronic message."""
SMS_ONLY = 1
"""`cs-opt-out.reach`: an opt-out stops SMS and leaves email."""

# Plain integers: an operation on members of an IntFlag costs about a microsecond each and does not compile.
_SMS = int(Channel.SMS)
_EMAIL = int(Channel.EMAIL)
_REMINDER = int(Service.REMINDER)
_GENERAL = int(Service.GENERAL)
_NO_NUMBER = int(MobileStatus.NONE)
_VALID_NUMBER = int(MobileStatus.VALID)
_INVALID_NUMBER = int(MobileStatus.INVALID)
_OVERSEAS_NUMBER = int(MobileStatus.OVERSEAS)
_VALID_EMAIL = int(EmailStatus.VALID)
_OPTED_OUT = int(Reason.OPTED_OUT)
_DECEASED = int(Reason.DECEASED)
_RESTRICTED_ACCESS = int(Reason.RESTRICTED_ACCESS)
_EMPLOYER = int(Reason.EMPLOYER)
_NO_MOBILE = int(Reason.NO_MOBILE)
_INVALID_MOBILE = int(Reason.INVALID_MOBILE)
_OVERSEAS_MOBILE = int(Reason.OVERSEAS_MOBILE)
_SERVICE_UNSUBSCRIBED = int(Reason.SERVICE_UNSUBSCRIBED)


def service_ended(recipient: Recipient, service: int) -> int:
    """1 when this service (a `Service`) was ended for the recipient (`cs-subscription`)."""
    if service == _REMINDER:
        return int(recipient.reminder_ended != 0)
    if service == _GENERAL:
        return int(recipient.general_ended != 0)
    return 0


def recipient_reasons(recipient: Recipient, service: int, channel: int, opt_out_reach: int) -> int:
    """All recipient tests that fail for a message of `service` on `channel`, as a mask of `Reason`.

    `cs-opt-out`, `cs-subscription` (death, the ended service), `cs-recipient-barred` and `cs-mobile-required`. The bars
    and the tests of the mobile concern SMS alone. An opt-out reaches every channel with `ALL_EM` and SMS alone with
    `SMS_ONLY`. An email without a valid address has no reason of its own: such a recipient is not subscribed by email,
    which is SERVICE_UNSUBSCRIBED.
    """
    reasons = 0
    if recipient.opted_out and (channel == _SMS or opt_out_reach == ALL_EM):
        reasons |= _OPTED_OUT
    if recipient.deceased:
        reasons |= _DECEASED
    if channel == _SMS:
        if recipient.restricted_access:
            reasons |= _RESTRICTED_ACCESS
        if recipient.employer:
            reasons |= _EMPLOYER
        if recipient.mobile == _NO_NUMBER:
            reasons |= _NO_MOBILE
        elif recipient.mobile == _INVALID_NUMBER:
            reasons |= _INVALID_MOBILE
        elif recipient.mobile == _OVERSEAS_NUMBER:
            reasons |= _OVERSEAS_MOBILE
    if service_ended(recipient, service) or (channel == _EMAIL and recipient.email != _VALID_EMAIL):
        reasons |= _SERVICE_UNSUBSCRIBED
    return reasons


def subscribed(recipient: Recipient) -> int:
    """1 when the customer is subscribed to electronic messages at all (`cs-subscription`).

    A valid mobile or a valid email is on record, and there is neither an opt-out nor a recorded death. An overseas
    mobile is on record and valid, so it subscribes; SMS to it is barred by another rule.
    """
    if recipient.opted_out or recipient.deceased:
        return 0
    mobile = recipient.mobile == _VALID_NUMBER or recipient.mobile == _OVERSEAS_NUMBER
    return int(mobile or recipient.email == _VALID_EMAIL)


def preferred_channel(recipient: Recipient) -> int:
    """The Channel of an automatic message to this recipient (`cs-email`).

    SMS is preferred. Email is for those with a valid address and no usable mobile: none on record, one that is marked
    Invalid, or an overseas one. Whether the message may then go is for the recipient rules: an opt-out takes no mobile
    off the record.
    """
    by_email = recipient.mobile != _VALID_NUMBER and recipient.email == _VALID_EMAIL
    return _EMAIL if by_email else _SMS
