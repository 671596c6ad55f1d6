"""Cuba: the Child Support register, as far as the documents show it to an officer.

It keeps the facts that the rules turn on and records each of them in the history: Individual Customer Details (mobile,
`Invalid`), Products and Services (`Reminder`, `General`), opt-outs, notepads, the FDV indicator, processes and their
applicants, and the Letters List. The recorded facts are all that a system may know of a person.
"""

from enum import IntEnum
from typing import NamedTuple

from fakes.ledger import Ledger
from sim.history import Event, History
from sim.messages import Channel, EmailStatus, MobileStatus, Recipient, Service, SpecialisedArea, System
from sim.policy.recipients import service_ended, subscribed


class ContactChange(IntEnum):
    """By what way contact details were changed (`ref` of MOBILE_RECORDED and EMAIL_RECORDED)."""

    OFFICER = 1
    ONLINE_ACCOUNT = 2
    APP = 3
    PHONE = 4


class CustomerDetails(NamedTuple):
    """The Individual Customer Details window."""

    mobile_status: MobileStatus
    invalid_ticked: bool
    email_status: EmailStatus
    numbers: int
    fdv_indicator: bool
    area: SpecialisedArea


class Letter(NamedTuple):
    """One entry of the Letters List; `text` is the message as it shows when the entry is opened."""

    message: int
    status: str
    channel: str
    sent: int
    text: str


class Process(NamedTuple):
    """An open process with its initiating party or applicant."""

    ref: int
    kind: int
    applicant: int
    other: int
    out_of_time: bool


class Cuba:
    """The register. Every change takes the instant at which it is recorded (ms UTC) and counts from then on."""

    def __init__(self, history: History, ledger: Ledger) -> None:
        self._history = history
        self._ledger = ledger
        self._recipients: dict[int, Recipient] = {}
        self._numbers: dict[int, int] = {}
        self._areas: dict[int, int] = {}
        self._fdv_indicator: dict[int, bool] = {}
        self._never_contacted: dict[int, bool] = {}
        self._notepads: dict[int, list[str]] = {}
        self._processes: dict[int, Process] = {}
        self._raised: dict[int, list[int]] = {}
        self._raised_by: dict[int, list[int]] = {}
        self._undiscussed: dict[int, int] = {}
        self._last_contact: dict[int, int] = {}

    # Entering and reading

    def enter(
        self, customer: int, recipient: Recipient, numbers: int, area: int, fdv_indicator: bool, never_contacted: bool,
        now: int,
    ) -> None:  # fmt: skip
        """Enter a customer with the facts that are true at the start of a run."""
        self._recipients[customer] = recipient
        self._numbers[customer] = numbers
        record = self._fact
        record(now, Event.ZONE_RECORDED, customer, value=recipient.zone)
        record(now, Event.MOBILE_RECORDED, customer, value=recipient.mobile)
        record(now, Event.NUMBERS_RECORDED, customer, value=numbers)
        if recipient.email != EmailStatus.NONE:
            record(now, Event.EMAIL_RECORDED, customer, value=recipient.email)
        if recipient.opted_out:
            record(now, Event.OPT_OUT_RECORDED, customer)
        if recipient.deceased:
            record(now, Event.DIED, customer)
        if recipient.restricted_access:
            record(now, Event.RESTRICTED_ACCESS_SET, customer, value=1)
        if recipient.employer:
            record(now, Event.EMPLOYER_SET, customer, value=1)
        for ended, service in (
            (recipient.reminder_ended, Service.REMINDER),
            (recipient.general_ended, Service.GENERAL),
        ):
            if ended:
                record(now, Event.SERVICE_ENDED, customer, value=service)
        if area:
            self._areas[customer] = area
            record(now, Event.AREA_RECORDED, customer, value=area)
        if fdv_indicator:
            self._fdv_indicator[customer] = True
            self.note(customer, "FDV indicator: see the concerns recorded before any contact.")
            record(now, Event.FDV_INDICATOR_SET, customer, value=1)
        if never_contacted:
            self._never_contacted[customer] = True
            record(now, Event.NEVER_CONTACTED, customer)

    def recipient(self, customer: int) -> Recipient:
        """The facts of this customer as recorded now. Raises KeyError for an unknown customer."""
        return self._recipients[customer]

    def fdv_undiscussed(self, customer: int) -> int:
        """1 when an open process bars SMS to this customer as the other party (`cs-fdv`)."""
        return 1 if self._undiscussed.get(customer) else 0

    def numbers(self, customer: int) -> int:
        """How many phone numbers are available for this customer."""
        return self._numbers[customer]

    def area(self, customer: int) -> int:
        """The specialised area that services this customer (a SpecialisedArea)."""
        return self._areas.get(customer, SpecialisedArea.NONE)

    def has_fdv_indicator(self, customer: int) -> bool:
        """Whether the FDV indicator is set."""
        return self._fdv_indicator.get(customer, False)

    def has_never_contacted(self, customer: int) -> bool:
        """Whether this customer has never contacted Child Support."""
        return self._never_contacted.get(customer, False)

    def last_contact(self, customer: int) -> int:
        """When the customer last contacted Child Support, or answered a call (ms UTC; -1: not since the start)."""
        return self._last_contact.get(customer, -1)

    def notepads(self, customer: int) -> list[str]:
        """The notepads of this customer, oldest first."""
        return list(self._notepads.get(customer, ()))

    def note(self, customer: int, text: str) -> None:
        """Add a notepad entry."""
        self._notepads.setdefault(customer, []).append(text)

    # Windows

    def individual_customer_details(self, customer: int) -> CustomerDetails:
        """The Individual Customer Details window."""
        recipient = self._recipients[customer]
        return CustomerDetails(
            MobileStatus(recipient.mobile),
            recipient.mobile == MobileStatus.INVALID,
            EmailStatus(recipient.email),
            self._numbers[customer],
            self.has_fdv_indicator(customer),
            SpecialisedArea(self.area(customer)),
        )

    def products_and_services(self, customer: int) -> dict[str, str]:
        """The status of the two services, as `Subscribed` or `Unsubscribed` (`cs-subscription`)."""
        recipient = self._recipients[customer]
        on = subscribed(recipient)
        return {
            name: "Subscribed" if on and not service_ended(recipient, service) else "Unsubscribed"
            for name, service in (("Reminder", Service.REMINDER), ("General", Service.GENERAL))
        }

    def letters_list(self, customer: int, status: str | None = None, channel: str | None = None) -> list[Letter]:
        """The Letters List, oldest first, filtered by letter status (`Sent`, `Error`) and channel (`SMS`, `Email`)."""
        letters = []
        for record in self._ledger.of(customer):
            if record.viewable < 0:
                continue
            shown = "Error" if record.bounced >= 0 else "Sent"
            by = "SMS" if record.channel == Channel.SMS else "Email"
            if status in (None, shown) and channel in (None, by):
                letters.append(Letter(record.message, shown, by, record.sent, record.text))
        return letters

    # Changes of facts

    def record_mobile(self, customer: int, status: int, by: int, now: int) -> None:
        """Record a mobile's status; removing it is MobileStatus.NONE. Never undoes an opt-out (`cs-self-service`)."""
        self._replace(customer, mobile=int(status))
        self._fact(now, Event.MOBILE_RECORDED, customer, ref=by, value=status)

    def tick_invalid(self, customer: int, officer: int, now: int) -> None:
        """Tick `Invalid` in Individual Customer Details; the SMS subscription ends with it (`cs-bounce-followup`)."""
        self._fact(now, Event.INVALID_TICKED, customer, officer=officer)
        self.record_mobile(customer, MobileStatus.INVALID, ContactChange.OFFICER, now)

    def record_email(self, customer: int, status: int, by: int, now: int) -> None:
        """Record an email address's status."""
        self._replace(customer, email=int(status))
        self._fact(now, Event.EMAIL_RECORDED, customer, ref=by, value=status)

    def record_opt_out(self, customer: int, officer: int, now: int) -> None:
        """Record an opt-out at the customer's request; it holds at once until it is lifted (`cs-opt-out`)."""
        self._replace(customer, opted_out=1)
        self._fact(now, Event.OPT_OUT_RECORDED, customer, officer=officer)

    def lift_opt_out(self, customer: int, officer: int, now: int) -> None:
        """Lift an opt-out."""
        self._replace(customer, opted_out=0)
        self._fact(now, Event.OPT_OUT_LIFTED, customer, officer=officer)

    def end_service(self, customer: int, service: int, now: int) -> None:
        """End one of the two services."""
        self._set_service(customer, service, 1)
        self._fact(now, Event.SERVICE_ENDED, customer, value=service)

    def restore_service(self, customer: int, service: int, now: int) -> None:
        """Restore one of the two services."""
        self._set_service(customer, service, 0)
        self._fact(now, Event.SERVICE_RESTORED, customer, value=service)

    def record_death(self, customer: int, now: int) -> None:
        """Record a death; facts count from when they are recorded, death included."""
        self._replace(customer, deceased=1)
        self._fact(now, Event.DIED, customer)

    def record_zone(self, customer: int, zone: int, now: int) -> None:
        """Record the time zone of a new address."""
        self._replace(customer, zone=zone)
        self._fact(now, Event.ZONE_RECORDED, customer, value=zone)

    def set_restricted_access(self, customer: int, flag: bool, now: int) -> None:
        """Make somebody a Restricted Access Customer, or lift that."""
        self._replace(customer, restricted_access=int(flag))
        self._fact(now, Event.RESTRICTED_ACCESS_SET, customer, value=int(flag))

    def set_employer(self, customer: int, now: int) -> None:
        """The customer turns out to be an employer."""
        self._replace(customer, employer=1)
        self._fact(now, Event.EMPLOYER_SET, customer, value=1)

    def record_contact(self, customer: int, now: int) -> None:
        """The customer contacted Child Support."""
        self._never_contacted[customer] = False
        self._last_contact[customer] = now
        self._fact(now, Event.CUSTOMER_CONTACTED_US, customer)

    # Processes and family and domestic violence concerns

    def open_process(self, process: Process, now: int) -> None:
        """Open a process with its applicant (`customer`) and other party."""
        ref, kind, applicant, other, out_of_time = process
        self._processes[ref] = process
        self._fact(now, Event.PROCESS_OPENED, applicant, other=other, ref=ref, value=kind)
        if out_of_time:
            self._fact(now, Event.OBJECTION_OUT_OF_TIME, applicant, ref=ref)

    def raise_fdv(self, ref: int, party: int, now: int) -> None:
        """A party raised FDV concerns on a process; the applicant's bar SMS to the other party until discussed."""
        process = self._processes[ref]
        if party in self._raised.get(ref, ()):
            return
        self._raised.setdefault(ref, []).append(party)
        self._raised_by.setdefault(party, []).append(ref)
        self.note(party, f"FDV concerns raised on process {ref}.")
        if party == process.applicant and process.other:
            self._undiscussed[process.other] = self._undiscussed.get(process.other, 0) + 1
        self._fact(now, Event.FDV_RAISED, party, ref=ref)

    def discuss_fdv(self, ref: int, officer: int, now: int) -> None:
        """The concerns were discussed with the applicant of the process; nothing is recorded when it is closed."""
        process = self._processes.get(ref)
        if process is None:
            return
        self._settle(process)
        self._fact(now, Event.FDV_DISCUSSED, process.applicant, other=process.other, ref=ref, officer=officer)

    def close_process(self, ref: int, now: int) -> None:
        """Close a process."""
        process = self._processes.pop(ref)
        self._settle(process)
        self._fact(now, Event.PROCESS_CLOSED, process.applicant, other=process.other, ref=ref)

    def has_raised_concerns(self, customer: int) -> bool:
        """Whether this customer raised FDV concerns on a process that is still open, discussed or not."""
        return any(ref in self._processes for ref in self._raised_by.get(customer, ()))

    def concerns_on(self, ref: int) -> list[int]:
        """The parties who raised concerns on this process that are not yet discussed."""
        return list(self._raised.get(ref, ()))

    def applicant(self, ref: int) -> int | None:
        """The applicant of an open process; None when it is closed or unknown."""
        process = self._processes.get(ref)
        return process.applicant if process else None

    def is_out_of_time(self, ref: int) -> bool:
        """Whether this open process is an objection out of time."""
        process = self._processes.get(ref)
        return process is not None and process.out_of_time

    def _settle(self, process: Process) -> None:
        if process.applicant in self._raised.pop(process.ref, []) and process.other:
            self._undiscussed[process.other] -= 1

    def _set_service(self, customer: int, service: int, ended: int) -> None:
        if service == Service.REMINDER:
            self._replace(customer, reminder_ended=ended)
        else:
            self._replace(customer, general_ended=ended)

    def _replace(self, customer: int, **changes: int) -> None:
        self._recipients[customer] = self._recipients[customer]._replace(**changes)

    def _fact(
        self, now: int, event: int, customer: int, other: int = 0, ref: int = 0, officer: int = 0, value: int = 0
    ) -> None:
        self._history.append(now, event, customer, other, ref, 0, officer, System.REGISTER, value=int(value))
