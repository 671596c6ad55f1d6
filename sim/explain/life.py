"""What happened to a message, a line an event, in words."""

from collections.abc import Callable, Mapping

from sim.explain import words
from sim.explain.chronicle import Row
from sim.explain.explanation import Line
from sim.history import Content, Event
from sim.messages import Channel, ReportAction, ReportCase, Screen, Status, System, reason_names

_GATEWAY_ERRORS = {1: "unknown subscriber", 2: "not delivered in time"}
_EMAIL_ERRORS = {1: "unknown address", 2: "refused by the mail server"}


class Life:
    """Tells rows of a message; `zone` is the recipient's on record at the row, `contents` the exact words by code."""

    def __init__(self, contents: Mapping[int, Content], channel: int) -> None:
        self._contents = contents
        self._transport = words.SYSTEMS[System.EMAIL_EXCHANGE if channel == Channel.EMAIL else System.GATEWAY]
        self._errors = _EMAIL_ERRORS if channel == Channel.EMAIL else _GATEWAY_ERRORS

    def line(self, row: Row, zone: int) -> Line:
        """One row in words."""
        event = Event(row.event)
        tell = self._tellers.get(event)
        text = tell(self, row, zone) if tell else _PLAIN.get(event, event.name.lower().replace("_", " "))
        if row.officer and event in _BY_OFFICER:
            text += f" by officer {row.officer}"
        return Line(row.time, row.seq, zone, event.name.lower(), text)

    def _shown(self, row: Row, zone: int) -> str:
        content = self._contents.get(row.value)
        return f"the screen showed: {content.text}" if content else "the screen showed a text"

    def _issued(self, row: Row, zone: int) -> str:
        return "issued, to go at once" if row.value <= row.time else f"issued, due {words.local(row.value, zone)}"

    def _held(self, row: Row, zone: int) -> str:
        return f"held until {words.local(row.value, zone)}"

    def _held_again(self, row: Row, zone: int) -> str:
        why = {"send_window": "the window closed", "daily_limit": "the daily limit of that day is reached"}
        reasons = [why.get(name, name) for name in reason_names(row.reasons)] or ["the zone on record changed"]
        return f"held again until {words.local(row.value, zone)}: {', '.join(reasons)}"

    def _withdrawn(self, row: Row, zone: int) -> str:
        return f"withdrawn: {words.reasons_words(row.reasons)}"

    def _refused(self, row: Row, zone: int) -> str:
        return f"refused: {words.reasons_words(row.reasons)}"

    def _handed_over(self, row: Row, zone: int) -> str:
        return f"handed over to {self._transport}"

    def _arrived(self, row: Row, zone: int) -> str:
        content = self._contents.get(row.value)
        return f'arrived from {content.sender}: "{content.text}"' if content else "arrived"

    def _acknowledged(self, row: Row, zone: int) -> str:
        return f"sent: {self._transport} acknowledged it"

    def _claimed(self, row: Row, zone: int) -> str:
        status = words.STATUSES[Status.SENT_TO_OPEN_TEXT]
        return f"status {status}" if row.value == row.time else f"claimed as sent {words.local(row.value, zone)}"

    def _status(self, row: Row, zone: int) -> str:
        return f"status {words.STATUSES.get(Status(row.value), row.value)}"

    def _failed(self, row: Row, zone: int) -> str:
        return f"failed: {self._errors.get(row.value, f'error {row.value}')}"

    def _call(self, row: Row, zone: int) -> str:
        return f"call {'attempted' if row.event == Event.CALL_ATTEMPTED else 'answered'} on number {row.value}"

    def _report(self, row: Row, zone: int) -> str:
        return f"customer {row.customer or '(nobody on record)'} reported it ({_name(ReportCase(row.value))})"

    def _report_step(self, row: Row, zone: int) -> str:
        return f"report: {_name(ReportAction(row.value))}"

    def _viewed(self, row: Row, zone: int) -> str:
        return f"looked at on {_name(Screen(row.value))}"

    def _wrong(self, row: Row, zone: int) -> str:
        return f"an officer learned that it was meant for customer {row.other}"

    _tellers: Mapping[int, Callable[["Life", Row, int], str]] = {
        Event.INFO_SHOWN: _shown,
        Event.ISSUED: _issued,
        Event.HELD: _held,
        Event.HELD_AGAIN: _held_again,
        Event.WITHDRAWN: _withdrawn,
        Event.REFUSED: _refused,
        Event.HANDED_OVER: _handed_over,
        Event.ARRIVED: _arrived,
        Event.ACKNOWLEDGED: _acknowledged,
        Event.SENT_CLAIMED: _claimed,
        Event.STATUS_CLAIMED: _status,
        Event.FAILED: _failed,
        Event.CALL_ATTEMPTED: _call,
        Event.CALL_ANSWERED: _call,
        Event.REPORT_RECEIVED: _report,
        Event.REPORT_STEP: _report_step,
        Event.HAS_VIEWED: _viewed,
        Event.SENT_TO_WRONG_CUSTOMER: _wrong,
    }


def _name(code: ReportCase | ReportAction | Screen) -> str:
    return code.name.lower().replace("_", " ")


_BY_OFFICER = (
    Event.DIALOG_OPENED, Event.SEND_PRESSED, Event.CONFIRMED, Event.CANCELLED, Event.CALL_ATTEMPTED,
    Event.HANDED_TO_TEAM_LEADER, Event.REASSIGNED, Event.NUMBER_CHECKED, Event.REPORT_STEP,
)  # fmt: skip
_PLAIN = {
    Event.SEND_PRESSED: "Send pressed",
    Event.CONFIRMATION_ASKED: "asked whether to send another one within the hour",
    Event.CONFIRMED: "Send pressed on the question",
    Event.CANCELLED: "cancelled",
    Event.PICKED: "picked by the nightly run",
    Event.VIEWABLE: "viewable in Cuba's Letters List",
    Event.DELIVERED: "delivered",
    Event.BOUNCED: "a bounce back was created",
    Event.MARKED_ERROR: "Cuba's Letters List shows Error",
    Event.ANSWERED: "the customer answered it",
}
