"""Faults of the daily limit: another number, another day, another count, and what is done about the sixth."""

from fakes.broken.fault import Fault, child_support, handing_over, misreading
from fakes.dispatch import Dispatch
from fakes.ledger import Ledger, Record, State
from fakes.machinery import OURS, Machinery
from fakes.pluto import Pluto
from fakes.protocols import Happening
from fakes.sender import Sender
from sim.clock import AGENCY_ZONE, DAY, Clock, clock
from sim.history import Event
from sim.messages import Decision, Reason, Request, Status
from sim.policy.limits import ATTEMPT_DAY, DELIVERY_DAY, EITHER_DAY, daily_limit_reached, limit_at_hand_over

_RULE = "cs-daily-limit"


def _counted_in(zone: str) -> type[Sender]:
    """Days are those of `zone` and not the recipient's, when Send is pressed and at hand-over."""
    other = clock(zone)

    class OtherDispatch(Dispatch):
        def _limit_is_full(self, customer: int, day: int, here: Clock) -> bool:
            return super()._limit_is_full(customer, other.day(self._now), other)

    class Other(Sender):
        dispatch_class = OtherDispatch

        def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
            return super()._limit_reached(request, now, other, inside)

    return Other


class _Rolling(Pluto):
    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        lately = [record for record in self.ledger.of(request.customer) if record.sent > now - DAY]
        return int(sum(record.system == self.system for record in lately) >= self.values.limit)


class _IssuedThatDay(Pluto):
    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        today = [record for record in self.ledger.of(request.customer) if here.day(record.issued) == here.day(now)]
        return int(sum(record.system == self.system for record in today) >= self.values.limit)


class _ForgetsBounced(Pluto):
    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        whole, self.ledger = self.ledger, Ledger()
        for record in whole.of(request.customer):
            if record.failed < 0:
                self.ledger.add(record)
        reached = super()._limit_reached(request, now, here, inside)
        self.ledger = whole
        return reached


class _CountsWithdrawn(Pluto):
    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        today = here.day(now)
        records = self.ledger.of(request.customer)
        withdrawn = sum(record.state == State.WITHDRAWN and here.day(record.due) == today for record in records)
        sent = self.ledger.sent_on(request.customer, today, here, self.counted)
        full = withdrawn > 0 and sent + withdrawn >= self.values.limit
        return super()._limit_reached(request, now, here, inside) or int(full)


class _CountsPresses(Pluto):
    """Refused and cancelled messages take room too."""

    _presses: dict[int, list[int]]

    def handle(self, request: Request, now: int) -> Decision:
        if not request.confirmed:
            self._presses = self.__dict__.get("_presses", {})
            self._presses.setdefault(request.customer, []).append(now)
        return super().handle(request, now)

    def _limit_reached(self, request: Request, now: int, here: Clock, inside: bool) -> int:
        presses = self.__dict__.get("_presses", {}).get(request.customer, [])
        before = sum(here.day(press) == here.day(now) for press in presses) - 1
        return super()._limit_reached(request, now, here, inside) or int(before >= self.values.limit)


class _WithdrawsTheSixth(Dispatch):
    def _hold_again(self, record: Record, due: int, now: int, reason: int, happened: list[Happening]) -> None:
        if reason != Reason.DAILY_LIMIT:
            super()._hold_again(record, due, now, reason, happened)
            return
        record.state, record.status = State.WITHDRAWN, Status.WITHDRAWN
        happened.append(self._happening(now, Event.WITHDRAWN, record, reasons=reason))


class _HoldsOnToAFullDay(Dispatch):
    def _next_room(self, record: Record, here: Clock, day: int) -> int:
        return self._opening(here, record.customer, day + 1)


def _with_limit(more: int) -> Machinery:
    """Ours, whose limit is `more` than the policy's."""
    return OURS.with_rules(
        daily_limit_reached=lambda sent, on_delivery, held, limit, counts: daily_limit_reached(
            sent, on_delivery, held, limit + more, counts
        ),
        limit_at_hand_over=lambda sent, limit, counts: limit_at_hand_over(sent, limit + more, counts),
    )


def _counting(name: str, reading: int, what: str) -> Fault:
    """The limit by one reading of what counts, whatever is in force."""
    machinery = OURS.with_rules(
        daily_limit_reached=lambda sent, on_delivery, held, limit, counts: daily_limit_reached(
            sent, on_delivery, held, limit, reading
        ),
        limit_at_hand_over=lambda sent, limit, counts: limit_at_hand_over(sent, limit, reading),
    )
    return Fault(name, _RULE, what, machinery)


FAULTS = (
    Fault("six_a_day", _RULE, "Six messages a day are let through.", _with_limit(1)),
    Fault("four_a_day", _RULE, "The fifth message of a day is refused.", _with_limit(-1)),
    Fault("limit_in_utc", _RULE, "The days of the limit are those of UTC.", child_support(_counted_in("Etc/UTC"))),
    Fault(
        "limit_in_agency_time",
        _RULE,
        "The days of the limit are those of agency time.",
        child_support(_counted_in(AGENCY_ZONE)),
    ),
    Fault(
        "limit_over_24_hours",
        _RULE,
        "Send counts the messages of the last 24 hours and not those of the local day.",
        OURS._replace(pluto=_Rolling),
    ),
    Fault(
        "limit_by_day_of_issue",
        _RULE,
        "Send counts only what was issued on that day.",
        OURS._replace(pluto=_IssuedThatDay),
    ),
    Fault(
        "limit_not_tested_at_hand_over",
        _RULE,
        "The limit is not tested again at hand-over.",
        OURS.with_rules(limit_at_hand_over=lambda sent, limit, counts: 0),
    ),
    Fault("limit_forgets_bounced", _RULE, "Bounced messages do not count.", OURS._replace(pluto=_ForgetsBounced)),
    Fault("limit_counts_withdrawn", _RULE, "Withdrawn messages count.", OURS._replace(pluto=_CountsWithdrawn)),
    Fault(
        "limit_counts_every_press",
        _RULE,
        "Refused and cancelled messages count.",
        OURS._replace(pluto=_CountsPresses),
    ),
    Fault(
        "sixth_withdrawn_at_hand_over",
        _RULE,
        "What exceeds the limit at hand-over is withdrawn and not held on.",
        handing_over(_WithdrawsTheSixth),
    ),
    Fault(
        "held_on_to_a_full_day",
        _RULE,
        "What exceeds the limit at hand-over is held on to the next day, full or not.",
        handing_over(_HoldsOnToAFullDay),
    ),
    _counting("takes_either_day", EITHER_DAY, "The limit is always that of the reading either_day."),
    _counting("takes_delivery_day", DELIVERY_DAY, "The limit is always that of the reading delivery_day."),
    _counting("takes_attempt_day", ATTEMPT_DAY, "The limit is always that of the reading attempt_day."),
    Fault(
        "takes_desktop_alone",
        _RULE,
        "Automatic messages never count for the limit, whatever its scope.",
        misreading(cs_daily_limit__scope="desktop"),
    ),
    Fault(
        "takes_all_child_support_sms",
        _RULE,
        "Automatic messages always count for the limit, whatever its scope.",
        misreading(cs_daily_limit__scope="child_support_sms"),
    ),
)
