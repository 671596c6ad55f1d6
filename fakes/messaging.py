"""The protocol of a whole messaging system: a few verbs, which are what QA replaces by another one.

All values are plain (whole numbers, texts, lists and dicts of them), so that the verbs can travel as JSON. Instants are
ms UTC, days ISO dates. Names of facts, events, reasons, outcomes, statuses, systems and templates are those of
`sim.history`, `sim.messages` and policy.yaml in lower case. Ours is `fakes.our_systems.OurMessagingSystem`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sim.messages import ContactTime

Plain = dict[str, Any]

VERBS: tuple[str, ...] = (
    # Pluto's desktop and Cuba's automatic EM.
    "open_dialog", "preview", "send", "confirm", "cancel", "listing",
    # Customer First's desktop.
    "create_em", "preview_em", "send_em",
    # The nightly runs of SAP and DMIS, and what officers are told to do.
    "run_batch", "advise",
)  # fmt: skip
"""What a system may leave out; expectations on a verb that it does not support stay unknown."""
TELLINGS: tuple[str, ...] = ("viewable", "bounced")
"""What a system may leave out of what it tells: that a message is viewable in Cuba (with its status), and bounce backs
(with status and mark). What turns on it (`cs-status`, `cs-bounce-back`) stays unknown then."""
SUPPORTABLE: tuple[str, ...] = VERBS + TELLINGS
CHILD_SUPPORT_SCREENS: tuple[str, ...] = (
    "outbound_correspondence", "letters_list", "products_and_services", "individual_customer_details",
    "customer_summary",
)  # fmt: skip
"""Pluto's and Cuba's."""
CENTRELINK_SCREENS: tuple[str, ...] = (
    "desktop_messaging", "communication_history", "centrelink_outbound_correspondence", "correspondence_history",
    "history_summary",
)  # fmt: skip
"""Customer First's, and the three on which a sent message can be found (`dr-view`)."""
SCREENS: tuple[str, ...] = CHILD_SUPPORT_SCREENS + CENTRELINK_SCREENS
BATCHES: tuple[str, ...] = ("sap", "dmis")
"""The systems with a nightly run, in the order in which they run."""
TOPICS: tuple[str, ...] = ("route", "claim", "report")
"""What officers may ask advice on."""
CONTACT_TIMES: dict[str | None, ContactTime] = {
    None: ContactTime.NONE,
    "In the next hour": ContactTime.NEXT_HOUR,
    "Today": ContactTime.TODAY,
}


class MessagingSystem(Protocol):
    """What stands under test. The player calls it with the simulated time `now`, which never runs backwards.

    `told` in the answers of `fact`, `advance`, `receipt` and `run_batch` is a list of what happened at `now`, in order:

    - ``{"event": "submitted", "message", "customer", "sender", "text", "channel"}`` hands a message to the transport;
    - ``{"event": "held_again" | "withdrawn" | "sent_claimed" | "viewable" | "status_claimed" | "bounced" |
      "marked_error", "message", "value", "reasons"}`` is a claim. `value` is the new due instant, the sent instant that
      is claimed, or the name of the status; `reasons` is a list of names;
    - ``{"event": "begun", "message", "customer", "system", "template", "channel", "outcome", "reasons", "due"}``: a
      message that the system sends by itself (a pick of DMIS, SAP's confirmations and nudges, an automatic claim
      message), with the outcome ``sent``, ``held`` or ``refused``;
    - ``{"event": "eligible" | "eligible_ended" | "suppressed" | "suppressed_ended", "customer", "system", "template",
      "day", "reasons", "winner"}``: a span of nightly runs begins (or changes) with the run of `day`, or ended with it.
      `winner` is a template or None.
    """

    def supports(self) -> Sequence[str]:
        """Which of `SUPPORTABLE` it has. Any verb but `supports` may still raise NotImplementedError for a call that it
        does not support (a screen, a policy value …): then nothing has happened, and what depends on it is unknown."""

    def begin(self, now: int, seed: int, policy: Mapping[str, object]) -> None:
        """Start afresh, knowing nobody. `policy` holds the values that differ from the policy's defaults."""

    def fact(self, now: int, name: str, customer: int, fields: Mapping[str, Any]) -> list[Plain]:
        """A change of the registers or of the gateway.

        A customer is new with the first `zone_recorded`, and new to Centrelink with the first `centrelink_recorded`.
        `fields` by name: `value`, `by`, `process`, `other` for people and processes (`opt_out_recorded` …); `debt` and
        the fields of the fact for debts (`arrangement_set`: arrangement, status; `write_off_set`: value, level, ends;
        …); first, last, ends for a `disaster_declared` (customer 0, as for `outage_started` and `outage_ended`);
        `claim_finalised`: outcome, payment_type, ccm; `eligibility_injected`: template (DMIS treats the customer as
        eligible for it from now on, whatever is on record). What is recorded at the first instant was true before.
        """

    def open_dialog(self, now: int, request: Plain) -> Plain:
        """What the Generate Desktop Message dialog shows: name, mobile, groups (of templates), contact_times,
        asks_by_date, last_message, preview_enabled, send_enabled, red_text, reasons.

        A request is ``{"system", "customer", "officer", "template", "channel", "contact_time", "by_date",
        "payment_type", "access"}``: names, ids, an ISO date, or None where nothing was chosen.
        """

    def preview(self, now: int, request: Plain) -> str:
        """The message as it would be sent; empty when it cannot be previewed."""

    def send(self, now: int, request: Plain) -> Plain:
        """One press of Send in Pluto, or one automatic send of Cuba: ``{"message": id, "outcome": "sent" | "held" |
        "refused" | "needs_confirmation", "reasons": [names], "due": instant or None, "shown": text, "channel": name}``.
        """

    def confirm(self, now: int, message: int | str) -> Plain:
        """Send pressed on the one-hour question; answers as `send`."""

    def cancel(self, now: int, message: int | str) -> None:
        """Cancel pressed on the one-hour question."""

    def listing(self, now: int, screen: str, customer: int, filters: Mapping[str, Any]) -> list[Plain]:
        """The lines of one of `SCREENS`, oldest first; each of a message names it (`message`)."""

    def create_em(self, now: int, customer: int) -> Plain:
        """Create EM in Customer First: ``{"documents": {document description: [text options]}}``."""

    def preview_em(self, now: int, request: Plain) -> Plain:
        """Preview EM: ``{"text", "buttons": [names]}``; the text is empty when it cannot be previewed."""

    def send_em(self, now: int, request: Plain) -> Plain:
        """Send Electronic Message in Customer First; answers as `send`, and `shown` is what the history then says."""

    def run_batch(self, now: int, system: str) -> list[Plain]:
        """The nightly run of one of `BATCHES`, once an agency date."""

    def advise(self, now: int, topic: str, customer: int, fields: Mapping[str, Any]) -> Plain:
        """What the officer is to do.

        ``route`` (work, main_issue_claim): ``{"system"}``. ``claim`` (outcome, ccm, reached, tried): ``{"template":
        name or None, "withheld": "ccm" | "online_mail" | "reached_by_phone" or None}``. ``report`` (the flags of
        `sim.policy.misdirected.ReportFacts`): ``{"actions": [names in order]}``.
        """

    def next_due(self) -> int | None:
        """The next instant at which `advance` has something to do."""

    def advance(self, now: int) -> list[Plain]:
        """Do all that is due up to and including `now`."""

    def receipt(self, now: int, message: int | str, event: str, value: int) -> list[Plain]:
        """Hear from the transport: ``acknowledged``, ``delivered``, or ``failed`` with an error code as `value`."""
