"""Faults of who may get a message: each bar ignored, and each bar where there is none."""

from collections.abc import Callable

from fakes.broken.fault import Fault, misreading
from fakes.cuba import ContactChange, Cuba
from fakes.machinery import OURS, Machinery
from fakes.pluto import Pluto
from fakes.sender import Issue
from sim.clock import HOUR
from sim.messages import Channel, Decision, EmailStatus, MobileStatus, Reason, Recipient, Request
from sim.policy.dialog import automatic_reasons, dialog_reasons, hand_over_reasons

Extra = Callable[[Request, Recipient], int]
_BARRED, _MOBILE, _OPT_OUT, _SUBSCRIPTION = (
    "cs-recipient-barred", "cs-mobile-required", "cs-opt-out", "cs-subscription",
)  # fmt: skip


def _without(*reasons: Reason) -> Machinery:
    """Ours, which tests none of these, neither when Send is pressed nor at hand-over."""
    kept = ~sum(int(reason) for reason in reasons)
    return OURS.with_rules(
        dialog_reasons=lambda *given: dialog_reasons(*given) & kept,
        automatic_reasons=lambda *given: automatic_reasons(*given) & kept,
        hand_over_reasons=lambda *given: hand_over_reasons(*given) & kept,
    )


def _with(extra: Extra) -> Machinery:
    """Ours, where Pluto refuses for what `extra` gives as well."""
    return OURS.with_rules(
        dialog_reasons=lambda request, recipient, *others: (
            dialog_reasons(request, recipient, *others) | extra(request, recipient)
        )
    )


def _when(reason: Reason, is_so: Callable[[Request, Recipient], bool]) -> Machinery:
    return _with(lambda request, recipient: int(reason) if is_so(request, recipient) else 0)


class _OptOutGoesWithTheNumber(Cuba):
    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        super().record_mobile(customer, status, by, now)
        self._replace(customer, opted_out=0)


class _OptOutUndoneOnline(Cuba):
    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        super().record_mobile(customer, status, by, now)
        if by in (ContactChange.ONLINE_ACCOUNT, ContactChange.APP):
            self._replace(customer, opted_out=0)


class _OptOutForEver(Cuba):
    def lift_opt_out(self, customer: int, officer: int, now: int) -> None:
        super().lift_opt_out(customer, officer, now)
        self._replace(customer, opted_out=1)


class _OnlineChangesLater(Cuba):
    """What is told online or by the app waits for the officers' next look, which never comes."""

    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        before = self.recipient(customer).mobile
        super().record_mobile(customer, status, by, now)
        if by in (ContactChange.ONLINE_ACCOUNT, ContactChange.APP):
            self._replace(customer, mobile=before)


class _BothServicesEnd(Cuba):
    def end_service(self, customer: int, service: int, now: int) -> None:
        super().end_service(customer, service, now)
        self._replace(customer, reminder_ended=1, general_ended=1)


class _ServiceNeverRestored(Cuba):
    def restore_service(self, customer: int, service: int, now: int) -> None:
        super().restore_service(customer, service, now)
        self._set_service(customer, service, 1)


class _ButtonsStayEnabled(Pluto):
    def _enabled(self, issue: Issue) -> bool:
        return True


class _OfficeHoursAlone(Pluto):
    """An officer's access is only good from 09:00 to 15:00 of the recipient."""

    def handle(self, request: Request, now: int) -> Decision:
        time_of_day = self.clocks[self.register.recipient(request.customer).zone].time_of_day(now)
        good = 9 * HOUR <= time_of_day < 15 * HOUR
        return super().handle(request._replace(access=request.access and int(good)), now)


FAULTS = (
    Fault("opt_out_ignored", _OPT_OUT, "An opt-out stops nothing.", _without(Reason.OPTED_OUT)),
    Fault(
        "opt_out_goes_with_the_number",
        _OPT_OUT,
        "An opt-out is lost when another mobile is recorded.",
        OURS._replace(cuba=_OptOutGoesWithTheNumber),
    ),
    Fault(
        "opt_out_for_ever",
        _OPT_OUT,
        "An opt-out that was lifted still stops messages.",
        OURS._replace(cuba=_OptOutForEver),
    ),
    Fault(
        "opt_out_always_stops_email",
        _OPT_OUT,
        "An opt-out always stops email too.",
        misreading(cs_opt_out__reach="all_em"),
    ),
    Fault(
        "opt_out_never_stops_email",
        _OPT_OUT,
        "An opt-out never stops email.",
        misreading(cs_opt_out__reach="sms_only"),
    ),
    Fault(
        "opt_out_leaves_the_buttons",
        _OPT_OUT,
        "With an opt-out Preview and Send stay enabled; Send refuses all the same.",
        OURS._replace(pluto=_ButtonsStayEnabled),
    ),
    Fault(
        "opt_out_undone_online",
        "cs-self-service",
        "A new mobile told online or by the app undoes an opt-out.",
        OURS._replace(cuba=_OptOutUndoneOnline),
    ),
    Fault(
        "online_changes_later",
        "cs-self-service",
        "A mobile told online or by the app does not take effect.",
        OURS._replace(cuba=_OnlineChangesLater),
    ),
    Fault("overseas_allowed", _BARRED, "SMS go to overseas mobiles.", _without(Reason.OVERSEAS_MOBILE)),
    Fault("employers_allowed", _BARRED, "SMS go to employers.", _without(Reason.EMPLOYER)),
    Fault(
        "restricted_access_allowed",
        _BARRED,
        "SMS go to Restricted Access Customers.",
        _without(Reason.RESTRICTED_ACCESS),
    ),
    Fault(
        "bars_all_without_email",
        _BARRED,
        "Whoever has no email on record counts as a Restricted Access Customer.",
        _when(Reason.RESTRICTED_ACCESS, lambda request, recipient: recipient.email == EmailStatus.NONE),
    ),
    Fault("no_mobile_needed", _MOBILE, "An SMS is issued without a mobile on record.", _without(Reason.NO_MOBILE)),
    Fault(
        "invalid_mobile_allowed", _MOBILE, "A mobile marked Invalid does for an SMS.", _without(Reason.INVALID_MOBILE)
    ),
    Fault(
        "overseas_taken_for_invalid",
        _MOBILE,
        "An overseas mobile is refused as an invalid one as well.",
        _when(Reason.INVALID_MOBILE, lambda request, recipient: recipient.mobile == MobileStatus.OVERSEAS),
    ),
    Fault("dead_get_messages", _SUBSCRIPTION, "A recorded death stops nothing.", _without(Reason.DECEASED)),
    Fault(
        "ended_service_ignored",
        _SUBSCRIPTION,
        "Messages of a service that was ended go on.",
        _without(Reason.SERVICE_UNSUBSCRIBED),
    ),
    Fault(
        "both_services_end",
        _SUBSCRIPTION,
        "When one service ends the other ends with it.",
        OURS._replace(cuba=_BothServicesEnd),
    ),
    Fault(
        "service_never_restored",
        _SUBSCRIPTION,
        "A service that was restored still counts as ended.",
        OURS._replace(cuba=_ServiceNeverRestored),
    ),
    Fault(
        "no_access_needed",
        "cs-officer-access",
        "An officer issues SMS with access to one of the two systems.",
        _without(Reason.NO_ACCESS),
    ),
    Fault(
        "access_by_day_alone",
        "cs-officer-access",
        "An officer with access to both systems is refused before 09:00 and from 15:00 on.",
        OURS._replace(pluto=_OfficeHoursAlone),
    ),
    Fault(
        "mygov_allowed",
        "cs-channel",
        "myGov messages are issued from the desktop.",
        _without(Reason.CHANNEL_NOT_APPROVED),
    ),
    Fault(
        "sms_to_email_holders_refused",
        "cs-channel",
        "SMS is refused as a channel that is not approved where the customer has an email on record.",
        _when(
            Reason.CHANNEL_NOT_APPROVED,
            lambda request, recipient: request.channel == Channel.SMS and recipient.email == EmailStatus.VALID,
        ),
    ),
    Fault(
        "concerns_always_enforced",
        "cs-info-messages",
        "The system refuses the other party of undiscussed concerns although the policy leaves that to officers.",
        _when(Reason.FDV_UNDISCUSSED, lambda request, recipient: bool(request.fdv_undiscussed)),
    ),
)
