"""Faults of what follows once a message was sent: statuses, lists, bounce backs, and email."""

from fakes.broken.fault import Fault, child_support, misreading
from fakes.cuba import Cuba, Letter
from fakes.dispatch import Dispatch
from fakes.ledger import Record
from fakes.machinery import OURS
from fakes.pluto import OutboundLine, Pluto
from fakes.protocols import Happening
from fakes.sender import Sender
from sim.clock import MINUTE
from sim.history import Event
from sim.messages import Channel, EmailStatus, Status

_STATUS, _BOUNCE, _EMAIL = "cs-status", "cs-bounce-back", "cs-email"
_LISTS = "A history holds that an officer looked at a list, not the lines that it showed."


class _NeverSentToOpenText(Sender):
    def told(self, happening: Happening) -> list[Happening]:
        return [one for one in super().told(happening) if one.event != Event.SENT_CLAIMED]


class _SentBeforeItWas(Sender):
    def told(self, happening: Happening) -> list[Happening]:
        return [
            one._replace(value=one.value - MINUTE) if one.event == Event.SENT_CLAIMED else one
            for one in super().told(happening)
        ]


class _NeverCommunicationSent(Sender):
    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        told: list[Happening] = []
        super()._ran_out(record, event, now, told)
        if event == Event.VIEWABLE and record.status == Status.COMMUNICATION_SENT:
            record.status = Status.SENT_TO_OPEN_TEXT
            told = [one for one in told if one.event != Event.STATUS_CLAIMED]
        happened += told


class _NeverInTheLetterList(Sender):
    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        if event != Event.VIEWABLE:
            super()._ran_out(record, event, now, happened)


class _TwoBounceBacks(Sender):
    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        super()._ran_out(record, event, now, happened)
        if event == Event.BOUNCED:
            super()._ran_out(record, event, now, happened)


class _BounceBackLost(Sender):
    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        if event != Event.BOUNCED or record.message % 3:
            super()._ran_out(record, event, now, happened)


class _BouncesWhatArrived(Sender):
    """What has no receipt yet when the list shows it is taken for failed."""

    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        super()._ran_out(record, event, now, happened)
        if event == Event.VIEWABLE and record.message % 5 == 0 and record.failed < 0:
            self.told(Happening(now, Event.FAILED, record.message, record.customer, self.system, record.template))


class _ErrorForgotten(Sender):
    """Cuba goes on showing `Sent`."""

    def _ran_out(self, record: Record, event: int, now: int, happened: list[Happening]) -> None:
        told: list[Happening] = []
        super()._ran_out(record, event, now, told)
        happened += [one for one in told if one.event != Event.MARKED_ERROR]


class _EmailKeepsHours(Dispatch):
    def _is_open_for(self, record: Record, time_of_day: int) -> bool:
        return self.values.opens_ms <= time_of_day < self.values.closes_ms


class _EmailKeepsHoursSender(Sender):
    dispatch_class = _EmailKeepsHours


class _UnfilteredPluto(Pluto):
    def outbound_correspondence(
        self,
        customer: int,
        status: str | None = None,
        source: str | None = None,
        issued_from: int | None = None,
        issued_to: int | None = None,
    ) -> list[OutboundLine]:
        return super().outbound_correspondence(customer)


class _UnfilteredCuba(Cuba):
    def letters_list(self, customer: int, status: str | None = None, channel: str | None = None) -> list[Letter]:
        return super().letters_list(customer)


FAULTS = (
    Fault(
        "open_text_status_skipped",
        _STATUS,
        "`Sent to open text` is never shown.",
        child_support(_NeverSentToOpenText),
    ),
    Fault(
        "communication_sent_skipped",
        _STATUS,
        "`Communication sent` is never shown.",
        child_support(_NeverCommunicationSent),
    ),
    Fault("never_in_the_letter_list", _STATUS, "Cuba never lists a message.", child_support(_NeverInTheLetterList)),
    Fault(
        "viewable_at_once",
        _STATUS,
        "Cuba lists a message within the first minute.",
        misreading(cs_status__viewable_min_minutes=0, cs_status__viewable_max_minutes=1),
    ),
    Fault(
        "viewable_late",
        _STATUS,
        "Cuba lists a message only after 10 minutes.",
        misreading(cs_status__viewable_min_minutes=10, cs_status__viewable_max_minutes=12),
    ),
    Fault(
        "pluto_list_unfiltered",
        _STATUS,
        "Pluto's list ignores its filters.",
        OURS._replace(pluto=_UnfilteredPluto),
        _LISTS,
    ),
    Fault(
        "cuba_list_unfiltered", _STATUS, "Cuba's list ignores its filters.", OURS._replace(cuba=_UnfilteredCuba), _LISTS
    ),
    Fault(
        "sent_claimed_too_early",
        "cs-once",
        "The system claims that a message was sent a minute before it was.",
        child_support(_SentBeforeItWas),
    ),
    Fault(
        "bounce_back_on_the_same_day",
        _BOUNCE,
        "A bounce back is created on the day on which the error became known.",
        OURS.with_rules(bounce_day=lambda day: day),
    ),
    Fault(
        "bounce_back_two_days_later",
        _BOUNCE,
        "A bounce back is created on the second day after the error became known.",
        OURS.with_rules(bounce_day=lambda day: day + 2),
    ),
    Fault("two_bounce_backs", _BOUNCE, "A failed message bounces twice.", child_support(_TwoBounceBacks)),
    Fault("bounce_back_lost", _BOUNCE, "Every third bounce back is lost.", child_support(_BounceBackLost)),
    Fault(
        "bounces_what_arrived",
        _BOUNCE,
        "Every fifth message bounces although no error is known.",
        child_support(_BouncesWhatArrived),
    ),
    Fault("cuba_shows_no_error", _BOUNCE, "Cuba never shows `Error`.", child_support(_ErrorForgotten)),
    Fault(
        "email_keeps_the_window",
        _EMAIL,
        "Email waits for the send window at hand-over.",
        child_support(_EmailKeepsHoursSender),
    ),
    Fault(
        "email_preferred",
        _EMAIL,
        "Automatic messages go by email wherever an email is on record.",
        OURS.with_rules(
            preferred_channel=lambda recipient: int(
                Channel.EMAIL if recipient.email == EmailStatus.VALID else Channel.SMS
            )
        ),
    ),
    Fault(
        "never_by_email",
        _EMAIL,
        "Automatic messages go by SMS alone.",
        OURS.with_rules(preferred_channel=lambda recipient: int(Channel.SMS)),
    ),
)
