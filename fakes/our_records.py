"""What our registers make of the facts of the protocol (`fakes.messaging`): each fact by name is one change of Cuba's
records, of Centrelink's, or of both."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fakes.centrelink import Centrelink, Standing
from fakes.cuba import ContactChange, Cuba, Process
from fakes.debts import DISASTER, HARDSHIP
from sim.clock import AGENCY_ZONE, ZONES, clock
from sim.messages import (
    Arrangement,
    ArrangementStatus,
    EmailStatus,
    MobileStatus,
    ProcessKind,
    Recipient,
    Service,
    SpecialisedArea,
    Vulnerability,
    WriteOff,
)

Fields = Mapping[str, Any]

MAIL = {"post": 1, "online": 2}
PAUSES = {"hardship": HARDSHIP, "disaster": DISASTER}


def day_of(text: str | None) -> int:
    """The ordinal of an ISO date; 0 for None."""
    return date.fromisoformat(text).toordinal() if text else 0


class OurRecords:
    """Cuba and Centrelink as the protocol's facts fill them. Everybody is in Cuba; in Centrelink is whoever was
    recorded there."""

    def __init__(self, cuba: Cuba, centrelink: Centrelink) -> None:
        self.cuba = cuba
        self.centrelink = centrelink
        self.debts = centrelink.debts
        self._zones: dict[int, int] = {}
        self._restricted: dict[int, bool] = {}
        self._agency = clock(AGENCY_ZONE)

    def take(self, name: str, customer: int, fields: Fields, now: int) -> None:
        """Record a fact; one that turns no rule of a system is passed over."""
        if name == "zone_recorded":
            self._zone(customer, ZONES.index(fields["value"]), now)
        elif name == "died":
            self.cuba.record_death(customer, now)
            if self.centrelink.knows(customer):
                self.centrelink.hear_death(customer, now, alone=False)
        elif name == "restricted_access_set":
            self._restricted[customer] = fields["value"]
            self.cuba.set_restricted_access(customer, fields["value"], now)
            if self.centrelink.knows(customer):
                self.centrelink.hear_restricted_access(customer, fields["value"])
        elif name == "centrelink_recorded":
            self._centrelink(customer, int(fields["value"]), now)
        elif name in _CUBA:
            _CUBA[name](self.cuba, customer, fields, now)
        elif name in _CENTRELINK:
            _CENTRELINK[name](self.centrelink, customer, fields, now)
        elif name in _DEBTS:
            _DEBTS[name](self, customer, fields, now)

    def today(self, now: int) -> int:
        """The agency date of an instant."""
        return self._agency.day(now)

    def _zone(self, customer: int, zone: int, now: int) -> None:
        if customer not in self._zones:
            recipient = Recipient(zone, MobileStatus.NONE, EmailStatus.NONE, 0, 0, 0, 0, 0, 0)
            self.cuba.enter(customer, recipient, 0, SpecialisedArea.NONE, False, False, now)
        else:
            self.cuba.record_zone(customer, zone, now)
        self._zones[customer] = zone
        if self.centrelink.knows(customer):
            self.centrelink.hear_zone(customer, zone, now, alone=False)

    def _centrelink(self, customer: int, current: int, now: int) -> None:
        if self.centrelink.knows(customer):
            self.centrelink.set_current(customer, current, now)
            return
        restricted = int(self._restricted.get(customer, False))
        standing = Standing(current, 0, self._zones[customer], MobileStatus.NONE, 0, restricted, MAIL["post"], 0)
        self.centrelink.enter(customer, standing, now, alone=False)
        if self.cuba.recipient(customer).deceased:
            self.centrelink.hear_death(customer, now, alone=False)


def _by(fields: Fields) -> int:
    return ContactChange[fields.get("by", "officer").upper()]


def _open_process(cuba: Cuba, customer: int, fields: Fields, now: int) -> None:
    kind = ProcessKind[fields["value"].upper()]
    late = bool(fields.get("out_of_time", False))
    cuba.open_process(Process(fields["process"], kind, customer, fields["other"], late), now)


_CUBA: dict[str, Callable[[Cuba, int, Fields, int], None]] = {
    "mobile_recorded": lambda cuba, who, fields, now: cuba.record_mobile(
        who, MobileStatus[fields["value"].upper()], _by(fields), now
    ),
    "email_recorded": lambda cuba, who, fields, now: cuba.record_email(
        who, EmailStatus[fields["value"].upper()], _by(fields), now
    ),
    "opt_out_recorded": lambda cuba, who, fields, now: cuba.record_opt_out(who, 0, now),
    "opt_out_lifted": lambda cuba, who, fields, now: cuba.lift_opt_out(who, 0, now),
    "service_ended": lambda cuba, who, fields, now: cuba.end_service(who, Service[fields["value"].upper()], now),
    "service_restored": lambda cuba, who, fields, now: cuba.restore_service(who, Service[fields["value"].upper()], now),
    "employer_set": lambda cuba, who, fields, now: cuba.set_employer(who, now),
    "process_opened": _open_process,
    "process_closed": lambda cuba, who, fields, now: cuba.close_process(fields["process"], now),
    "fdv_raised": lambda cuba, who, fields, now: cuba.raise_fdv(fields["process"], who, now),
    "fdv_discussed": lambda cuba, who, fields, now: cuba.discuss_fdv(fields["process"], 0, now),
}

_CENTRELINK: dict[str, Callable[[Centrelink, int, Fields, int], None]] = {
    "centrelink_mobile_recorded": lambda register, who, fields, now: register.record_mobile(
        who, MobileStatus[fields["value"].upper()], _by(fields), now
    ),
    "centrelink_opt_out_recorded": lambda register, who, fields, now: register.record_opt_out(who, 0, now),
    "centrelink_opt_out_lifted": lambda register, who, fields, now: register.lift_opt_out(who, 0, now),
    "mail_channel_recorded": lambda register, who, fields, now: register.set_mail(who, MAIL[fields["value"]], now),
    "mutual_customer_set": lambda register, who, fields, now: register.set_mutual(who, int(fields["value"]), now),
    "vulnerability_set": lambda register, who, fields, now: register.set_vulnerability(
        who, Vulnerability[fields["value"].upper()], not fields.get("lifted", False), now
    ),
    "postcode_recorded": lambda register, who, fields, now: register.set_postcode(who, fields["value"], now),
    "withholdings_eligible_set": lambda register, who, fields, now: register.set_withholdings(
        who, int(fields["value"]), now
    ),
}


def _set_arrangement(records: OurRecords, customer: int, fields: Fields, now: int) -> None:
    kind, status = Arrangement[fields["arrangement"].upper()], ArrangementStatus[fields["status"].upper()]
    records.debts.set_arrangement(fields["debt"], kind, status, now)


def _write_off(records: OurRecords, customer: int, fields: Fields, now: int) -> None:
    code, ends = WriteOff[fields["value"].upper()], day_of(fields.get("ends"))
    if fields.get("debt"):
        records.debts.write_off(fields["debt"], code, ends, now)
    else:
        records.debts.write_off_customer(customer, code, ends, now)


def _end_write_off(records: OurRecords, customer: int, fields: Fields, now: int) -> None:
    if fields.get("debt"):
        records.debts.end_write_off(fields["debt"], records.today(now), now)
    else:
        records.debts.end_customer_write_off(customer, records.today(now), now)


def _repay(records: OurRecords, customer: int, fields: Fields, now: int) -> None:
    records.debts.repay(fields["debt"], now)
    records.debts.set_repayment_due(fields["debt"], 0, now)


_DEBTS: dict[str, Callable[[OurRecords, int, Fields, int], None]] = {
    "debt_raised": lambda records, who, fields, now: records.debts.raise_debt(
        who, fields["debt"], day_of(fields["value"]), now
    ),
    "debt_paid": lambda records, who, fields, now: records.debts.pay(fields["debt"], now),
    "arrangement_set": _set_arrangement,
    "repayment_due": lambda records, who, fields, now: records.debts.set_repayment_due(
        fields["debt"], day_of(fields.get("value")), now
    ),
    "repayment_made": _repay,
    "repayment_declined": lambda records, who, fields, now: records.debts.decline(
        fields["debt"], day_of(fields["value"]), now
    ),
    "write_off_set": _write_off,
    "write_off_ended": _end_write_off,
    "hardship_pause_completed": lambda records, who, fields, now: records.debts.complete_hardship(fields["debt"], now),
    "pause_started": lambda records, who, fields, now: records.debts.start_pause(
        fields["debt"], PAUSES[fields["value"]], day_of(fields["ends"]), now
    ),
    "pause_ended": lambda records, who, fields, now: records.debts.end_pause(fields["debt"], records.today(now), now),
    "recovery_restarted": lambda records, who, fields, now: records.debts.restart_recovery(
        fields["debt"], records.today(now), now
    ),
    "withholdable_payment_set": lambda records, who, fields, now: records.debts.set_withholdable(
        fields["debt"], int(fields["value"]), now
    ),
    "xcshsms_set": lambda records, who, fields, now: records.debts.set_xcshsms(
        fields["debt"], int(fields["value"]), now
    ),
    "auto_setup_ceased": lambda records, who, fields, now: records.debts.cease_by_disaster(
        fields["debt"], day_of(fields["ends"]), now
    ),
    "disaster_declared": lambda records, who, fields, now: records.debts.declare_disaster(
        fields["disaster"], fields["first"], fields["last"], day_of(fields["ends"]), now
    ),
    "disaster_ended": lambda records, who, fields, now: records.debts.end_disaster(fields["disaster"], now),
}
