"""What comes out differently between two replays of one stream: message by message and night by night."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from sim.clock import AGENCY_ZONE, clock
from sim.messages import Outcome, Reason, System, reason_names
from sim.replay.fates import Fate, Night, Told


class Change(StrEnum):
    """How a message comes out under the other policy. Every message has one."""

    REFUSED = "refused"
    LET_THROUGH = "let through"
    WITHDRAWN = "withdrawn"
    NOT_WITHDRAWN = "not withdrawn"
    HELD = "held"
    NOT_HELD = "not held"
    HELD_LONGER = "held longer"
    HELD_LESS = "held less"
    ASKED = "asked"
    NOT_ASKED = "not asked"
    SUPPRESSED = "suppressed"
    RELEASED = "released"
    LATER_NIGHT = "on a later night"
    EARLIER_NIGHT = "on an earlier night"
    OTHER_REASON = "other reason"


MEANINGS: Mapping[str, str] = {
    Change.REFUSED: "was issued, would be refused",
    Change.LET_THROUGH: "was refused, would be issued",
    Change.WITHDRAWN: "would be withdrawn at the hand-over",
    Change.NOT_WITHDRAWN: "was withdrawn at the hand-over, would go",
    Change.HELD: "went at once, would wait",
    Change.NOT_HELD: "waited, would go at once",
    Change.HELD_LONGER: "would wait for a later instant",
    Change.HELD_LESS: "would wait for an earlier instant",
    Change.ASKED: "the one-hour question would be asked",
    Change.NOT_ASKED: "the one-hour question would not be asked",
    Change.SUPPRESSED: "a debt message that went, and would not",
    Change.RELEASED: "a debt message that did not go, and would",
    Change.LATER_NIGHT: "a debt message that would wait",
    Change.EARLIER_NIGHT: "a debt message that would not wait as long",
    Change.OTHER_REASON: "was refused, and would be for other reasons",
}
"""What each change is, in words."""
_CENTRELINK = (System.CUSTOMER_FIRST, System.DMIS, System.SAP)
_CHILD_SUPPORTS_RULE: Mapping[int, str] = {
    Reason.NO_ACCESS: "cs-officer-access", Reason.CHANNEL_NOT_APPROVED: "cs-channel", Reason.OPTED_OUT: "cs-opt-out",
    Reason.DECEASED: "cs-subscription", Reason.RESTRICTED_ACCESS: "cs-recipient-barred",
    Reason.EMPLOYER: "cs-recipient-barred", Reason.NO_MOBILE: "cs-mobile-required",
    Reason.INVALID_MOBILE: "cs-mobile-required", Reason.OVERSEAS_MOBILE: "cs-recipient-barred",
    Reason.SERVICE_UNSUBSCRIBED: "cs-subscription", Reason.FDV_UNDISCUSSED: "cs-fdv",
    Reason.UNKNOWN_TEMPLATE: "cs-templates", Reason.MISSING_FIELD: "cs-fields", Reason.BY_DATE_IN_PAST: "cs-fields",
    Reason.DAILY_LIMIT: "cs-daily-limit", Reason.SEND_WINDOW: "cs-send-window",
}  # fmt: skip
_CENTRELINKS_RULE: Mapping[int, str] = {
    Reason.SEND_WINDOW: "cf-window", Reason.VULNERABLE: "dr-vulnerable", Reason.DISASTER_PAUSE: "dr-disaster-pause",
    Reason.SIMILAR: "dr-similar", Reason.HIERARCHY: "dr-hierarchy", Reason.GAP: "dr-gap",
    Reason.ONE_NUDGE: "dr-one-nudge",
}  # fmt: skip


class Difference(NamedTuple):
    """One message that comes out differently: `before` under the policy in force, `after` under the other (None: it was
    not sent at all; then `night` says why). `rule` is the one that decides it; `by_ms` how much later it goes (ms,
    negative: sooner; 0 when it does not go in both)."""

    change: Change
    customer: int
    system: int
    template: int
    time: int
    rule: str
    reasons: int
    by_ms: int
    before: Fate | None
    after: Fate | None
    night: Night | None = None

    @property
    def message(self) -> int:
        """The id of the message."""
        fate = self.before or self.after
        assert fate is not None
        return fate.message


class Compared(NamedTuple):
    """Two replays held against each other. `moved`: messages with the same decision that another queue before the
    gateway lets go at another instant, and by how much at most (ms); `other_nights`: nights on which a debt message is
    suppressed in both, for different reasons."""

    differences: list[Difference]
    moved: int
    moved_most_ms: int
    other_nights: int


def compare(before: Told, after: Told, systems: Iterable[int]) -> Compared:
    """What differs of the messages of `systems`, in the order of the first press."""
    of = frozenset(int(system) for system in systems)
    found: list[Difference] = []
    moved = most = 0
    gone: list[Fate] = []
    for message, fate in before.fates.items():
        if fate.system not in of:
            continue
        other = after.fates.get(message)
        if other is None:
            gone.append(fate)
        elif fate.decision() != other.decision():
            found.append(_difference(fate, other))
        elif fate.sent != other.sent and fate.sent >= 0 and other.sent >= 0:
            moved += 1
            most = max(most, abs(fate.sent - other.sent))
    come = [fate for message, fate in after.fates.items() if message not in before.fates and fate.system in of]
    found += _nightly(gone, come, before, after)
    found.sort(key=lambda one: (one.time, one.message))
    shared = before.nights.keys() & after.nights.keys()
    other_nights = sum(1 for key in shared if before.nights[key] != after.nights[key])
    return Compared(found, moved, most, other_nights)


def rule_of(system: int, reasons: int) -> str:
    """The rule behind the first of these reasons in a message of `system`; empty for none."""
    lowest = reasons & -reasons
    if not lowest:
        return ""
    if system in _CENTRELINK:
        return _CENTRELINKS_RULE.get(lowest, "dr-recipient" if system != System.CUSTOMER_FIRST else "cf-recipient")
    return _CHILD_SUPPORTS_RULE.get(lowest, "")


def why(reasons: int) -> str:
    """Reasons as words: ``daily limit, no mobile``."""
    return ", ".join(name.replace("_", " ") for name in reason_names(reasons))


def _difference(before: Fate, after: Fate) -> Difference:
    change, reasons = _change(before, after)
    by_question = change in (Change.ASKED, Change.NOT_ASKED)
    rule = "cs-hourly-confirmation" if by_question else rule_of(before.system, reasons)
    later_by = 0 if by_question else _later_by(before, after)  # the seconds of the question itself are no wait
    return Difference(
        change, before.customer, before.system, before.template, before.pressed, rule, reasons,
        later_by, before, after,
    )  # fmt: skip


def _change(before: Fate, after: Fate) -> tuple[Change, int]:
    """What changed, and the reasons that decide it."""
    if before.accepted and after.accepted:
        return _of_issued(before, after)
    if before.accepted:
        return (Change.REFUSED, after.reasons) if after.answer == Outcome.REFUSED else (Change.ASKED, 0)
    if after.accepted:
        return (Change.LET_THROUGH, before.reasons) if before.answer == Outcome.REFUSED else (Change.NOT_ASKED, 0)
    if before.answer == after.answer == Outcome.REFUSED:
        return Change.OTHER_REASON, before.reasons ^ after.reasons
    if after.answer == Outcome.REFUSED:
        return Change.REFUSED, after.reasons
    return Change.ASKED, 0


def _of_issued(before: Fate, after: Fate) -> tuple[Change, int]:
    was, now = (one.final == Outcome.WITHDRAWN for one in (before, after))
    if was != now:
        return (Change.WITHDRAWN, after.reasons) if now else (Change.NOT_WITHDRAWN, before.reasons)
    if before.held != after.held:
        return (Change.HELD, _held_by(after)) if after.held else (Change.NOT_HELD, _held_by(before))
    if before.held and before.last_due != after.last_due:
        later = after.last_due > before.last_due
        longer = after if later else before
        return Change.HELD_LONGER if later else Change.HELD_LESS, _held_by(longer)
    if was and before.reasons != after.reasons:
        return Change.OTHER_REASON, before.reasons ^ after.reasons
    return (Change.ASKED if after.asked else Change.NOT_ASKED), 0


def _held_by(fate: Fate) -> int:
    """Why a message waits: the limit when that held it on, else the window."""
    limited = any(hold.reasons & Reason.DAILY_LIMIT for hold in fate.holds)
    return int(Reason.DAILY_LIMIT if limited else Reason.SEND_WINDOW)


def _later_by(before: Fate, after: Fate) -> int:
    """How much later it goes (ms): by its due instants, so that queues do not count; 0 unless it goes in both."""
    if not (before.accepted and after.accepted):
        return 0
    return after.last_due - before.last_due


# What nightly batches send


def _nightly(gone: list[Fate], come: list[Fate], before: Told, after: Told) -> Iterator[Difference]:
    """Messages that only one of the two sends: the same one on another night, or none at all."""
    pairs: dict[tuple[int, int], tuple[list[Fate], list[Fate]]] = {}
    for place, fates in enumerate((gone, come)):
        for fate in fates:
            pairs.setdefault((fate.customer, fate.template), ([], []))[place].append(fate)
    for gone_here, come_here in pairs.values():
        for was, now in zip_longest(gone_here, come_here):
            yield _on_another_night(was, now, before, after)


def _on_another_night(was: Fate | None, now: Fate | None, before: Told, after: Told) -> Difference:
    first = was or now
    assert first is not None
    night, by = None, 0
    if was is None:
        change, night = Change.RELEASED, _night(before, first)
    elif now is None:
        change, night = Change.SUPPRESSED, _night(after, was)
    else:
        by = now.last_due - was.last_due if was.accepted and now.accepted else now.pressed - was.pressed
        change = Change.LATER_NIGHT if by > 0 else Change.EARLIER_NIGHT
        night = _night(after, was) if by > 0 else _night(before, now)
    reasons = night.reasons if night else 0
    rule = rule_of(first.system, reasons) if reasons else "dr-eligibility"
    return Difference(
        change, first.customer, first.system, first.template, first.pressed, rule, reasons, by, was, now, night
    )


def _night(told: Told, fate: Fate) -> Night | None:
    return told.nights.get((fate.customer, fate.template, clock(AGENCY_ZONE).day(fate.pressed)))
