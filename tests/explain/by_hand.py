"""A history written by hand: one customer, one officer, and what happened, at local times."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sim.clock import ZONES, clock
from sim.explain import Explainer, Explanation
from sim.history import Event, History
from sim.messages import Channel, EmailStatus, MobileStatus, System, pack_fields
from sim.policy.policy import load_policy

PERTH, SYDNEY = "Australia/Perth", "Australia/Sydney"
PLAIN, ALERT = 102, 1
"""Templates of Pluto: payment_received has no field, S001 needs a contact time."""
CUSTOMER, OFFICER = 70, 7


class ByHand:
    """The history of a customer in `zone` from `start` to `end` (ISO dates, local midnights)."""

    def __init__(self, zone: str = PERTH, start: str = "2026-09-21", end: str = "2026-10-12") -> None:
        self.zone = zone
        self.history = History()
        self.start, self.end = self.time(f"{start}T00:00"), self.time(f"{end}T00:00")
        self._messages = 0
        self._rows: list[dict[str, int]] = []
        self.fact(self.start, Event.ZONE_RECORDED, value=ZONES.index(zone))
        self.fact(self.start, Event.MOBILE_RECORDED, value=MobileStatus.VALID)
        self.fact(self.start, Event.EMAIL_RECORDED, value=EmailStatus.VALID)
        self._rows.append({"time": self.start, "event": Event.ACCESS_RECORDED, "officer": OFFICER, "value": 3})

    def time(self, local: str | int) -> int:
        """The instant of a local ISO time; an instant as it is."""
        if isinstance(local, int):
            return local
        moment = datetime.fromisoformat(local)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return clock(self.zone).at(moment.toordinal(), (moment - midnight) // timedelta(milliseconds=1))

    def fact(self, at: str | int, event: Event, value: int = 0, **columns: int) -> None:
        """A fact of the register."""
        row = {"time": self.time(at), "event": event, "customer": CUSTOMER, "value": value, "system": System.REGISTER}
        self._rows.append({**row, **columns})

    def presses(self, at: str | int, template: int = PLAIN, by_date: int = 0, officer: int = OFFICER) -> int:
        """Send is pressed in Pluto, for the first time; the message's id."""
        self._messages += 1
        self._add(at, Event.SEND_PRESSED, self._messages, template, officer, System.WORLD,
                  other=Channel.SMS, value=pack_fields(0, by_date))  # fmt: skip
        return self._messages

    def refused(self, at: str | int, reasons: int, **request: int) -> int:
        """Send is pressed and refused."""
        message = self.presses(at, **request)
        self._add(at, Event.REFUSED, message, PLAIN, OFFICER, System.WORLD, reasons=reasons)
        return message

    def asked(self, at: str | int) -> int:
        """Send is pressed, and the question of the last hour shown."""
        message = self.presses(at)
        self._add(at, Event.CONFIRMATION_ASKED, message, PLAIN, OFFICER, System.WORLD)
        return message

    def issued(self, at: str | int, due: str | int | None = None) -> int:
        """Send is pressed and accepted; with `due` it is held until then."""
        message = self.presses(at)
        held = due is not None
        for event in (Event.ISSUED, Event.HELD) if held else (Event.ISSUED,):
            self._add(at, event, message, PLAIN, OFFICER, System.PLUTO, other=Channel.SMS,
                      value=self.time(at if due is None else due))  # fmt: skip
        return message

    def sent(self, at: str | int, after: int = 400) -> int:
        """Send is pressed, the message handed over at once, and acknowledged `after` ms later."""
        message = self.issued(at)
        self.goes(message, at, after)
        return message

    def goes(self, message: int, at: str | int, after: int = 400) -> None:
        """The message is handed over and acknowledged."""
        self._add(at, Event.HANDED_OVER, message, PLAIN, 0, System.PLUTO)
        self._add(self.time(at) + after, Event.ACKNOWLEDGED, message, PLAIN, 0, System.GATEWAY)

    def happens(self, at: str | int, event: Event, message: int, **columns: int) -> None:
        """Something else in the life of a message."""
        self._add(at, event, message, PLAIN, 0, System.PLUTO, **columns)

    def explain(self, message: int, sets: Mapping[str, object] | None = None) -> Explanation:
        """Explain a message under these values."""
        for row in sorted(self._rows, key=lambda row: row["time"]):
            self.history.append(**row)
        self._rows.clear()
        return Explainer(self.history, load_policy(sets).plain(), (self.start, self.end)).explain(message)

    def _add(
        self, at: str | int, event: Event, message: int, template: int, officer: int, system: int, **columns: int
    ) -> None:
        self._rows.append({
            "time": self.time(at), "event": event, "customer": CUSTOMER, "message": message, "officer": officer,
            "template": template, "system": system, **columns,
        })  # fmt: skip
