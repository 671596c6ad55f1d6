"""Faults at hand-over: the window there, the tests that are made again, and that every message goes exactly once."""

from fakes.broken.fault import CHILD_SUPPORT, Fault, handing_over
from fakes.dispatch import Dispatch
from fakes.ledger import Record, State
from fakes.machinery import OURS
from fakes.protocols import Happening
from sim.clock import DAY, Clock
from sim.history import Event
from sim.messages import EmailStatus, Reason, Recipient, Status
from sim.policy.dialog import hand_over_reasons
from sim.policy.values import RuleValues

_AT_GATEWAY, _RECHECK, _ONCE = "cs-window-at-gateway", "cs-release-recheck", "cs-once"


class _OpenAtHandOver(Dispatch):
    def _is_open_for(self, record: Record, time_of_day: int) -> bool:
        return True


class _NotLookedAtWhenClosing(Dispatch):
    """Only when its slot comes is it seen that the window has closed."""

    def _closes_for(self, record: Record, here: Clock, now: int) -> int:
        return now + 365 * DAY


class _HeldADayTooLong(Dispatch):
    def _hold_again(self, record: Record, due: int, now: int, reason: int, happened: list[Happening]) -> None:
        if reason == Reason.SEND_WINDOW:
            here = self._clock(record.customer)
            due = self._opening(here, record.customer, here.day(due) + 1)
        super()._hold_again(record, due, now, reason, happened)


class _WithdrawsWhatWaits(Dispatch):
    def _hold_for_window(
        self, record: Record, here: Clock, day: int, time_of_day: int, now: int, happened: list[Happening]
    ) -> None:
        record.state, record.status = State.WITHDRAWN, Status.WITHDRAWN
        happened.append(self._happening(now, Event.WITHDRAWN, record, reasons=Reason.SEND_WINDOW))


class _LosesWhatWaits(Dispatch):
    def _hold_for_window(
        self, record: Record, here: Clock, day: int, time_of_day: int, now: int, happened: list[Happening]
    ) -> None:
        record.state = State.OUTBOX


class _ZoneOfTheIssue(Dispatch):
    def zone_changed(self, customer: int, now: int) -> list[Happening]:
        return []


class _LosesHeld(Dispatch):
    def _to_outbox(self, record: Record, now: int) -> None:
        if now > record.issued:
            record.state = State.OUTBOX
        else:
            super()._to_outbox(record, now)


class _SendsHeldTwice(Dispatch):
    def _hand_over(self, record: Record, now: int, happened: list[Happening]) -> None:
        super()._hand_over(record, now, happened)
        is_second = record in self.__dict__.setdefault("_seconds", [])
        if record.state == State.IN_FLIGHT and record.due > record.issued and not is_second:
            self.__dict__["_seconds"].append(record)
            self._to_outbox(record, now)


class _KeepsAndSays(Dispatch):
    """Says that it handed over, and does not."""

    def _hand_over(self, record: Record, now: int, happened: list[Happening]) -> None:
        if record.message % 7 == 0:
            record.state = State.IN_FLIGHT
        else:
            super()._hand_over(record, now, happened)


def _but(reason: Reason) -> object:
    """The tests at hand-over without the one that gives this reason."""

    def reasons(recipient: Recipient, service: int, channel: int, fdv: int, values: RuleValues) -> int:
        return hand_over_reasons(recipient, service, channel, fdv, values) & ~int(reason)

    return reasons


def _wants_an_email(recipient: Recipient, service: int, channel: int, fdv: int, values: RuleValues) -> int:
    reasons = hand_over_reasons(recipient, service, channel, fdv, values)
    return reasons if recipient.email == EmailStatus.VALID else reasons | int(Reason.SERVICE_UNSUBSCRIBED)


FAULTS = (
    Fault(
        "window_not_tested_at_hand_over",
        _AT_GATEWAY,
        "What waits in the outbox goes after 20:00 too.",
        handing_over(_OpenAtHandOver),
    ),
    Fault(
        "not_held_again_at_closing",
        _AT_GATEWAY,
        "What waits at 20:00 is held again only when its turn comes, and not at that instant.",
        handing_over(_NotLookedAtWhenClosing),
    ),
    Fault(
        "held_again_a_day_too_long",
        _AT_GATEWAY,
        "What waits at 20:00 is due on the day after the following one.",
        handing_over(_HeldADayTooLong),
    ),
    Fault(
        "withdrawn_at_closing",
        _AT_GATEWAY,
        "What waits at 20:00 is withdrawn and not held again.",
        handing_over(_WithdrawsWhatWaits),
    ),
    Fault(
        "not_tested_at_hand_over",
        _RECHECK,
        "A held message is released without being tested again.",
        OURS.with_rules(hand_over_reasons=lambda *_: 0),
    ),
    *(
        Fault(
            f"{name}_at_hand_over_ignored",
            _RECHECK,
            f"At hand-over {what} is not looked at again.",
            OURS.with_rules(hand_over_reasons=_but(reason)),
        )
        for name, what, reason in (
            ("opt_out", "an opt-out", Reason.OPTED_OUT),
            ("death", "a death", Reason.DECEASED),
            ("removed_mobile", "whether a mobile is still on record", Reason.NO_MOBILE),
            ("ended_service", "an ended service", Reason.SERVICE_UNSUBSCRIBED),
        )
    ),
    Fault(
        "withdrawn_without_a_cause",
        _RECHECK,
        "At hand-over whoever has no valid email on record counts as unsubscribed.",
        OURS.with_rules(hand_over_reasons=_wants_an_email),
    ),
    Fault(
        "move_does_not_change_the_due_instant",
        _RECHECK,
        "When the recipient moves, a held message stays due at the opening of the old zone.",
        handing_over(_ZoneOfTheIssue),
    ),
    Fault("held_message_lost", _ONCE, "A held message is never heard of again.", handing_over(_LosesHeld)),
    Fault("held_message_sent_twice", _ONCE, "A held message is sent twice.", handing_over(_SendsHeldTwice)),
    Fault(
        "lost_at_closing",
        _ONCE,
        "What waits at 20:00 is never heard of again.",
        handing_over(_LosesWhatWaits, CHILD_SUPPORT),
    ),
    Fault(
        "every_seventh_lost",
        _ONCE,
        "Every seventh message is not handed over when its turn comes.",
        handing_over(_KeepsAndSays),
    ),
)
