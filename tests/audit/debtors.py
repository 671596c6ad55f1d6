"""What the tests of section F share: debtors, DMIS's and SAP's nightly runs, and what came of them.

The runs are made at 04:00 agency time on every date of the log. Days are dates such as ``2026-10-06``.
"""

from datetime import date, timedelta
from typing import Any

from sim.audit.codes import SYSTEMS, ZONES, Event
from tests.audit.builder import SYDNEY, Builder, at, policy
from tests.audit.centrelink_policy import INSTALMENT_NUDGE, TEMPLATES

DEBTOR, DEBT = 1, 50
POSTCODE = 2480


def ordinal(day: str) -> int:
    """The ordinal of a date."""
    return date.fromisoformat(day).toordinal()


def run_at(day: str) -> int:
    """The instant of the nightly run of an agency date."""
    return at(f"{day} 04:00")


def after(day: str, days: int) -> str:
    """The date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


class Debtors(Builder):
    """One debtor on Centrelink's record, in `zone`, and the nightly runs; no debt yet."""

    def __init__(
        self, zone: str = SYDNEY, start: str = "2026-09-21 00:00", end: str = "2026-10-19 00:00", runs: bool = True,
        **changes: Any,
    ) -> None:  # fmt: skip
        super().__init__(start, end, policy(**changes))
        self.zone = zone
        if runs:
            day = start[:10]
            while at(f"{day} 04:00") < self.end:
                for system in ("sap", "dmis"):
                    self.event(run_at(day), Event.NIGHTLY_RUN, system=SYSTEMS[system], value=ordinal(day))
                day = after(day, 1)
        self.debtor(DEBTOR, zone)

    def debtor(self, customer: int, zone: str = SYDNEY, mobile: int = 1, time: int | None = None) -> None:
        """Centrelink's record of a current customer."""
        moment = self.start if time is None else time
        self.fact(moment, Event.ZONE_RECORDED, customer, ZONES.index(zone))
        self.fact(moment, Event.CENTRELINK_RECORDED, customer, 1)
        self.fact(moment, Event.CENTRELINK_MOBILE_RECORDED, customer, mobile)
        self.fact(moment, Event.POSTCODE_RECORDED, customer, POSTCODE)

    def debt(self, event: Event, time: int, value: int = 0, ref: int = DEBT, **columns: int) -> None:
        """A fact of a debt."""
        self.fact(time, event, columns.pop("customer", DEBTOR), value, ref=ref, **columns)

    def eligible(self, template: int, first: str, last: str | None = None, customer: int = DEBTOR) -> None:
        """Found eligible in the runs from `first` to `last` (None: to the end of the log)."""
        row = {"customer": customer, "template": template, "system": SYSTEMS["dmis"]}
        self.event(run_at(first), Event.ELIGIBLE, value=ordinal(first), **row)
        if last is not None:
            self.event(run_at(after(last, 1)), Event.ELIGIBLE_ENDED, value=ordinal(last), **row)

    def suppressed(
        self, template: int, first: str, last: str | None, reasons: int, winner: int = 0, customer: int = DEBTOR
    ) -> None:
        """Suppressed in one manner in the runs from `first` to `last` (None: to the end of the log)."""
        system = SYSTEMS["sap" if template == INSTALMENT_NUDGE else "dmis"]
        row = {"customer": customer, "template": template, "reasons": reasons, "other": winner, "system": system}
        self.event(run_at(first), Event.SUPPRESSED, value=ordinal(first), **row)
        if last is not None:
            self.event(run_at(after(last, 1)), Event.SUPPRESSED_ENDED, value=ordinal(last), **row)

    def planned(
        self, message: int, template: int, day: str, *, customer: int = DEBTOR, sent: int | None = 0,
        due: str | None = None, zone: str = "", picked: bool = True,
    ) -> None:  # fmt: skip
        """A message that a nightly run plans for its time of the local `day` and that is sent then.

        `sent`: another instant of sending; None: never. `due`: another local time of the due instant. DMIS's messages
        are `picked` first.
        """
        system = "sap" if template == INSTALMENT_NUDGE else "dmis"
        local = due or ("09:00" if system == "sap" else "10:00")
        due_ms = at(f"{day} {local}", zone or self.zone)
        row = {"customer": customer, "message": message, "template": template, "system": SYSTEMS[system]}
        if picked and system == "dmis":
            self.event(run_at(day), Event.PICKED, value=ordinal(day), **row)
        self.press(message, customer, run_at(day), template=template, system=system)
        self.issue(message, customer, run_at(day), due_ms, system=system, template=template)
        if sent is not None:
            self.went(message, template, sent or due_ms, customer)

    def night(self, template: int, day: str, message: int, **more: Any) -> None:
        """Eligible on one night alone, picked and sent."""
        self.eligible(template, day, day, customer=more.get("customer", DEBTOR))
        self.planned(message, template, day, **more)

    def went(self, message: int, template: int, time: int, customer: int = DEBTOR) -> None:
        """Handed over at `time` and sent."""
        text = next(entry["text"] for entry in TEMPLATES if entry["code"] == template)
        system = "sap" if template >= 500 else "dmis" if template >= 400 else "customer_first"
        self.deliver(
            message, customer, time, text=text, sender="CENTRELINK", template=template, system=system, viewable=None
        )
