"""Faults of the one-hour question: when it is asked, of what, and what becomes of the answer."""

from fakes.broken.fault import Fault, misreading
from fakes.ledger import State
from fakes.machinery import OURS
from fakes.pluto import Pluto
from sim.messages import Decision, Outcome, Request, System
from sim.policy.limits import needs_confirmation

_RULE = "cs-hourly-confirmation"


class _AsksOfWithdrawn(Pluto):
    def _needs_confirmation(self, customer: int, now: int) -> bool:
        withdrawn = [record for record in self.ledger.of(customer) if record.state == State.WITHDRAWN]
        asked = any(now - record.issued < self.values.confirm_ms for record in withdrawn)
        return asked or super()._needs_confirmation(customer, now)


class _AsksOfAutomatic(Pluto):
    def _needs_confirmation(self, customer: int, now: int) -> bool:
        last = self.ledger.latest(customer, System.CUBA, by_sent=False)
        asked = needs_confirmation(now, last, self.values.confirm_ms, 0)
        return bool(asked) or super()._needs_confirmation(customer, now)


class _AsksOfSentAlone(Pluto):
    def _needs_confirmation(self, customer: int, now: int) -> bool:
        held = [record for record in self.ledger.of(customer) if record.state == State.HELD]
        asked = super()._needs_confirmation(customer, now)
        return asked and not any(now - record.issued < self.values.confirm_ms for record in held)


class _NeverContent(Pluto):
    def handle(self, request: Request, now: int) -> Decision:
        return super().handle(request._replace(confirmed=0), now)


class _ConfirmedWithoutTests(Pluto):
    """Reasons that came up between the question and the answer are not looked at."""

    def handle(self, request: Request, now: int) -> Decision:
        if not request.confirmed:
            return super().handle(request, now)
        issue = self.look(request, now)
        due = now if issue.inside else self.dispatch.release_after(request.customer, now)
        self._issue(request, issue, now, due)
        return Decision(Outcome.SENT if issue.inside else Outcome.HELD, 0, due)


FAULTS = (
    Fault("never_asks", _RULE, "Nothing is ever asked.", OURS.with_rules(needs_confirmation=lambda *_: 0)),
    Fault(
        "always_asks",
        _RULE,
        "The question is asked whenever any message was issued before.",
        OURS.with_rules(needs_confirmation=lambda now, last, confirm_ms, inclusive: int(last >= 0)),
    ),
    Fault(
        "asks_within_half_an_hour",
        _RULE,
        "The question is asked within 30 minutes and not within 60.",
        misreading(cs_hourly_confirmation__minutes=30),
    ),
    Fault(
        "asks_at_the_hour",
        _RULE,
        "Exactly 60 minutes later it is always asked: the boundary is always inclusive.",
        misreading(cs_hourly_confirmation__boundary="inclusive"),
    ),
    Fault(
        "does_not_ask_at_the_hour",
        _RULE,
        "Exactly 60 minutes later it is never asked: the boundary is always exclusive.",
        misreading(cs_hourly_confirmation__boundary="exclusive"),
    ),
    Fault(
        "hour_always_from_sent",
        _RULE,
        "The hour always runs from sent.",
        misreading(cs_hourly_confirmation__from="sent"),
    ),
    Fault(
        "hour_always_from_issued",
        _RULE,
        "The hour always runs from the issue.",
        misreading(cs_hourly_confirmation__from="issued"),
    ),
    Fault("asks_of_withdrawn", _RULE, "A withdrawn message makes Send ask.", OURS._replace(pluto=_AsksOfWithdrawn)),
    Fault("asks_of_automatic", _RULE, "An automatic message makes Send ask.", OURS._replace(pluto=_AsksOfAutomatic)),
    Fault(
        "does_not_ask_of_held",
        _RULE,
        "A message that is still held does not make Send ask.",
        OURS._replace(pluto=_AsksOfSentAlone),
    ),
    Fault("asks_again_and_again", _RULE, "Send on the question only asks again.", OURS._replace(pluto=_NeverContent)),
    Fault(
        "confirmed_without_tests",
        "cs-daily-limit",
        "Send on the question goes on without the other tests being made again.",
        OURS._replace(pluto=_ConfirmedWithoutTests),
    ),
)
