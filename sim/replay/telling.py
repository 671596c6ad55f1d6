"""One difference told in plain sentences, in the local time of the customer."""

from collections.abc import Mapping
from datetime import date

from sim.clock import AGENCY_ZONE, DAY, HOUR, MINUTE, SECOND, Clock, clock
from sim.history import Event
from sim.messages import Outcome, System
from sim.policy.templates import Template
from sim.replay.differences import Change, Difference, why
from sim.replay.fates import Fate, Told
from sim.replay.stream import Kind, Stream

SYSTEM_NAMES = {
    System.PLUTO: "Pluto", System.CUBA: "Cuba", System.CUSTOMER_FIRST: "Customer First", System.DMIS: "DMIS",
    System.SAP: "SAP",
}  # fmt: skip
_NIGHTLY = (Change.SUPPRESSED, Change.RELEASED, Change.LATER_NIGHT, Change.EARLIER_NIGHT)


class Teller:
    """Tells the differences of one stream. `names` are what a foreign log calls its customers and messages."""

    def __init__(
        self,
        stream: Stream,
        templates: Mapping[int, Template],
        customers: Mapping[int, str] | None = None,
        messages: Mapping[int, str] | None = None,
    ) -> None:
        self._stream = stream
        self._templates = templates
        self._customers = customers or {}
        self._messages = messages or {}
        self._zones: dict[int, list[tuple[int, int]]] = {}
        for one in stream.inputs:
            if one.kind == Kind.FACT and one.what.event == Event.ZONE_RECORDED:
                self._zones.setdefault(one.what.customer, []).append((one.time, one.what.value))

    def customer(self, customer: int) -> str:
        """What the customer is called."""
        return self._customers.get(customer, str(customer))

    def message(self, message: int) -> str:
        """What the message is called; empty for one that the recording has not."""
        if not self._stream.is_recorded(message):
            return ""
        return self._messages.get(message, str(message))

    def clock_at(self, customer: int, time: int) -> Clock:
        """The calendar of the zone that was on record of the customer."""
        zones = self._zones.get(customer, [])
        since = [zone for begin, zone in zones if begin <= time] or [zone for _, zone in zones[:1]]
        return self._stream.clocks[since[-1]] if since else clock(AGENCY_ZONE)

    def story(self, one: Difference, before: str, after: str, told: Told) -> str:
        """What happens under the policy called `before` and under `after`; `told` is the replay under the former."""
        here = self.clock_at(one.customer, one.time)
        place = here.name.rpartition("/")[2].replace("_", " ")
        title = self._title(one.template)
        head = f"Customer {self.customer(one.customer)} in {place}, {title!r} of {SYSTEM_NAMES[System(one.system)]}"
        offset = here.isoformat(one.time)[-6:]
        if one.change in _NIGHTLY:
            night = date.fromordinal(clock(AGENCY_ZONE).day(one.time))
            both = f"{before} {self._on_night(one.before, one, here)}, {after} {self._on_night(one.after, one, here)}"
            return f"{head}, run of {_day(night)}: {both}{_by(one)}."
        asked = f"asked at {_text(here, one.time, year=True)} ({offset})"
        if one.change in (Change.ASKED, Change.NOT_ASKED):
            asked += self._earlier(one, told, here)
        assert one.before is not None
        assert one.after is not None
        both = f"{before} {_does(one.before, here)}, {after} {_does(one.after, here)}"
        return f"{head}: {asked}; {both}{_by(one)}."

    def _on_night(self, fate: Fate | None, one: Difference, here: Clock) -> str:
        if fate is not None:
            return f"sends it, due {_text(here, fate.last_due)}" if fate.accepted else _does(fate, here)
        if one.night is None:
            return "does not send it (its conditions are not met that night)"
        to = f", lost to {self._title(one.night.winner)!r}" if one.night.winner else ""
        return f"does not send it ({why(one.night.reasons)}{to})"

    def _earlier(self, one: Difference, told: Told, here: Clock) -> str:
        """The message before, from which the hour runs."""
        earlier = [
            fate
            for fate in told.fates.values()
            if fate.customer == one.customer and fate.accepted and fate.decided < one.time
            and fate.system == System.PLUTO
        ]  # fmt: skip
        if not earlier:
            return ""
        last = max(earlier, key=lambda fate: fate.decided)
        sent = f" and sent {_text(here, last.sent)}" if last.sent >= 0 else ""
        return f" (the message before was issued {_text(here, last.decided)}{sent})"

    def _title(self, template: int) -> str:
        found = self._templates.get(template)
        return (found.title or found.id) if found else "unknown template"


def _does(fate: Fate, here: Clock) -> str:
    """What a policy does with a message, as the end of a sentence."""
    if fate.answer == Outcome.REFUSED:
        return f"refuses it ({why(fate.reasons)})"
    if fate.answer == Outcome.CANCELLED:
        return "asks the one-hour question and the officer cancels"
    if fate.answer == Outcome.NEEDS_CONFIRMATION:
        return "asks the one-hour question, which stays open"
    question = "asks the one-hour question and then " if fate.asked else ""
    does = f"holds it until {_text(here, fate.last_due)}" if fate.held else "sends it at once"
    if fate.final == Outcome.WITHDRAWN:
        does += f" and withdraws it then ({why(fate.reasons)})" if fate.held else f", withdrawn ({why(fate.reasons)})"
    return question + does


def _by(one: Difference) -> str:
    return f": {duration(abs(one.by_ms))} {'later' if one.by_ms > 0 else 'sooner'}" if one.by_ms else ""


def duration(ms: int) -> str:
    """A length of time as a reader takes it in: ``24 h``, ``1.5 h``, ``3 days``, ``12 min``."""
    for unit, name, least in ((DAY, "days", 2 * DAY), (HOUR, "h", HOUR), (MINUTE, "min", MINUTE)):
        if ms >= least:
            return f"{ms / unit:.3g} {name}"
    return f"{ms / SECOND:.3g} s"


def _text(here: Clock, time: int, year: bool = False) -> str:
    day, of_day = here.local(time)
    seconds = of_day // SECOND
    milliseconds = f".{of_day % SECOND:03d}" if of_day % SECOND else ""
    of_clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{milliseconds}"
    return f"{_day(date.fromordinal(day), year)} {of_clock}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(day: date, year: bool = True) -> str:
    """``Tue 6 Oct 2026``, whatever the locale."""
    text = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if year else text
