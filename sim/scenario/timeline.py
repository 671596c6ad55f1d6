"""A customer's timeline in local time, as a failure shows it."""

from sim.clock import ZONES, clock
from sim.history import Event
from sim.messages import Status, reason_names
from sim.scenario.played import Played

_DUE = (Event.HELD, Event.HELD_AGAIN)
_QUIET = (Event.NUMBERS_RECORDED, Event.ACCESS_RECORDED)


def timeline(played: Played, customer: int) -> list[str]:
    """One line for each thing that happened, with the local time of the zone then on record and its offset."""
    labels = {attempt.number: label for label, attempt in played.attempts.items()}
    zone, lines = ZONES[0], []
    for row in played.history.select():
        if row["customer"] not in (customer, 0) or row["event"] in _QUIET:
            continue
        event = Event(row["event"])
        if event == Event.ZONE_RECORDED:
            zone = ZONES[row["value"]]
        if row["customer"] == 0 and event not in (Event.OUTAGE_STARTED, Event.OUTAGE_ENDED):
            continue
        message = f" {labels.get(row['message'], '#' + str(row['message']))}" if row["message"] else ""
        lines.append(f"{clock(zone).isoformat(row['time'])}  {event.name.lower()}{message}{_detail(played, row, zone)}")
    return lines


def _detail(played: Played, row: dict[str, int], zone: str) -> str:
    event, value = row["event"], row["value"]
    detail = ""
    if event in _DUE:
        detail = f" until {clock(zone).isoformat(value)}"
    elif event == Event.ZONE_RECORDED:
        detail = f" {zone}"
    elif event in (Event.INFO_SHOWN, Event.ARRIVED):
        content = played.history.contents[value]
        detail = f" {content.text!r}" + (f" from {content.sender!r}" if content.sender else "")
    elif event == Event.STATUS_CLAIMED:
        detail = f" {Status(value).name.lower()}"
    reasons = ", ".join(reason_names(row["reasons"]))
    return detail + (f" ({reasons})" if reasons else "")
