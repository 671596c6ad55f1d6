"""Systems that are wrong altogether: they refuse everybody, hold everything, or take one zone for all."""

from typing import Any

from fakes.broken.fault import Fault, child_support, given
from fakes.machinery import OURS
from fakes.sender import Issue, Sender
from sim.clock import clock
from sim.messages import Reason, Request

_ALL_OUT = int(Reason.OPTED_OUT)


class _HoldsEverything(Sender):
    def look(self, request: Request, now: int) -> Issue:
        return super().look(request, now)._replace(inside=False)


class _SaysHeldAndSends(Sender):
    def _issue(self, request: Request, issue: Issue, now: int, due: int) -> None:
        super()._issue(request, issue, now, now)

    def look(self, request: Request, now: int) -> Issue:
        return super().look(request, now)._replace(inside=False)


def _ten_hours_ahead(around: Any) -> Any:
    return around._replace(clocks=[clock("Etc/GMT-10") for _ in around.clocks])


FAULTS = (
    Fault(
        "utc_plus_10_for_all",
        "cs-send-window",
        "All recipients are taken to live at UTC+10.",
        given(_ten_hours_ahead),
    ),
    Fault(
        "refuses_everybody",
        "cs-opt-out",
        "Everybody is refused as opted out.",
        OURS.with_rules(
            dialog_reasons=lambda *_: _ALL_OUT,
            automatic_reasons=lambda *_: _ALL_OUT,
            centrelink_reasons=lambda *_: _ALL_OUT,
        ),
    ),
    Fault(
        "holds_everything",
        "cs-send-window",
        "Whatever Child Support issues is held to the next day.",
        child_support(_HoldsEverything),
    ),
    Fault(
        "says_held_and_sends",
        "cs-send-window",
        "Whatever Child Support issues is said to be held, and goes at once.",
        child_support(_SaysHeldAndSends),
    ),
    Fault(
        "suppresses_all_debt_messages",
        "dr-gap",
        "Every debt message of DMIS loses to the gap.",
        OURS.with_rules(suppressed_reasons=lambda *_: int(Reason.GAP)),
    ),
    Fault(
        "nobody_is_eligible",
        "dr-eligibility",
        "No debt ever meets the conditions of a message.",
        OURS.with_rules(messages_met=lambda *_: 0),
    ),
)
