"""Explaining one message by its id: every Send and every hand-over judged anew, beside what the run recorded."""

from typing import Any

from sim.explain import centrelink, child_support, hand_over, releases, words
from sim.explain.checks import Teller, hand_over_checks, send_checks
from sim.explain.checks_centrelink import hand_over_checks as centrelink_hand_over_checks
from sim.explain.checks_centrelink import send_checks as centrelink_send_checks
from sim.explain.chronicle import Row
from sim.explain.earliest import Judged, earliest_send, judge
from sim.explain.explanation import Check, Decided, Moment
from sim.explain.law import CHILD_SUPPORT, Law
from sim.explain.sendings import Sending
from sim.explain.standing import Standing, standing_at
from sim.history import Event
from sim.messages import Channel, Outcome, Reason, Request, System, unpack_fields, unpack_payment_type

_HAND_OVERS = (Event.HANDED_OVER, Event.WITHDRAWN, Event.HELD_AGAIN)
_WORDS = {Event.HANDED_OVER: "handed_over", Event.WITHDRAWN: "withdrawn", Event.HELD_AGAIN: "held_again"}
NOTHING = Decided("nothing")
"""No decision at all."""


class Subject:
    """One message: its `rows`, the request that it is, and the rows that its tests can turn on (`around`)."""

    def __init__(self, law: Law, rows: list[Row], around: list[Row], request: Request, start: int, end: int) -> None:
        self.law = law
        self.rows = rows
        self.around = around
        self.request = request
        self.start, self.end = start, end
        self.of_child_support = request.system in CHILD_SUPPORT

    # The moments

    def moments(self) -> list[Moment]:
        """Every instant at which the message was put to the rules, in order."""
        found = []
        presses = [row for row in self.rows if row.event in (Event.SEND_PRESSED, Event.CONFIRMED)]
        if not presses:  # nobody is seen to have pressed Send, and yet it was issued
            presses = [row for row in self.rows if row.event == Event.ISSUED][:1]
        for row in presses:
            found.append(self._send(row))
        for row in self.rows:
            if row.event in _HAND_OVERS:
                found.append(self._zone_change(row) if _is_zone_change(row) else self._hand_over(row))
        return sorted(found, key=lambda moment: (moment.time, moment.seq))

    def standing(self, row: Row, without: int = 0) -> Standing:
        """How the customer stood when this row was recorded."""
        request = self.request
        return standing_at(
            self.around, request.customer, self.law.agency, row.time, row.seq, request.officer, without
        )  # fmt: skip

    def _send(self, row: Row) -> Moment:
        confirmed = row.event == Event.CONFIRMED
        request = self.request._replace(confirmed=int(confirmed))
        standing = self.standing(row)
        judged = judge(self.law, request, standing, row.time)
        decided = Decided(words.outcome_name(judged.outcome), judged.reasons, judged.due)
        recorded = self._answer(row)
        earliest = None
        if recorded.outcome != "sent" or decided.outcome != "sent":
            earliest = earliest_send(self.law, self.around, request, row.time, self.end)
        tell = Teller(self.law, standing, row.time, self.start)
        what = "confirming_send" if confirmed else "send"
        by = "Send pressed on the question" if confirmed else "Send pressed" if request.officer else "Issued by itself"
        title = f"{by} in {words.SYSTEMS[System(request.system)]}" if request.officer else by
        return Moment(
            what, row.time, row.seq, tell.zone, title, tuple(self._send_checks(tell, judged)), decided, recorded,
            _difference(tell, decided, recorded), earliest,
        )  # fmt: skip

    def _send_checks(self, tell: Teller, judged: Judged) -> list[Check]:
        if isinstance(judged, child_support.Judged):
            return list(send_checks(tell, judged))
        return list(centrelink_send_checks(tell, judged))

    def _answer(self, press: Row) -> Decided:
        """What the system answered to a press of Send."""
        for row in self.rows:
            if row.seq < press.seq or (row.event == Event.CONFIRMED and row.seq > press.seq):
                continue
            if row.event == Event.REFUSED:
                return Decided("refused", row.reasons)
            if row.event == Event.CONFIRMATION_ASKED:
                return Decided("needs_confirmation")
            if row.event == Event.ISSUED:
                return Decided("held" if row.value > row.time else "sent", 0, row.value)
        return NOTHING

    def _hand_over(self, row: Row) -> Moment:
        standing = self.standing(row)
        tell = Teller(self.law, standing, row.time, self.start)
        own = standing.child_support if self.of_child_support else standing.centrelink
        sending = own.get(row.message)
        contradiction = _out_of_turn(tell, sending, row)
        judged = hand_over.judge(self.law, sending or Sending(row), standing, row.time)
        checks = hand_over_checks if self.of_child_support else centrelink_hand_over_checks
        decided = Decided(_WORDS[Event(judged.event)], judged.reasons, judged.due)
        due = row.value if row.event == Event.HELD_AGAIN else 0
        recorded = Decided(_WORDS[Event(row.event)], row.reasons, due)
        closing = row.event == Event.HELD_AGAIN and row.reasons == Reason.SEND_WINDOW
        earliest = None
        if row.event != Event.HANDED_OVER:
            earliest = earliest_send(self.law, self.around, self.request, row.time, self.end)
        return Moment(
            "closing" if closing else "hand_over", row.time, row.seq, tell.zone,
            "The window closed on it" if closing else "Hand-over", tuple(checks(tell, judged)), decided, recorded,
            contradiction or _difference(tell, decided, recorded), earliest,
        )  # fmt: skip

    def _zone_change(self, row: Row) -> Moment:
        """The zone on record changed while it was held: the due instant is computed anew."""
        standing = self.standing(row)
        tell = Teller(self.law, standing, row.time, self.start)
        own = standing.child_support if self.of_child_support else standing.centrelink
        sending = own.get(row.message) or Sending(row)
        clock = self.law.clocks[tell.zone]
        due = max(row.time, releases.due_anew(self.law, clock, sending, self._plan(sending)))
        decided, recorded = Decided("held_again", 0, due), Decided("held_again", 0, row.value)
        saw: dict[str, Any] = {"zone": clock.name, "due_before": tell.iso(sending.due), "due": tell.iso(due)}
        facts = f"the zone on record is now {clock.name}; was due {tell.at(sending.due)}, is due {tell.at(due)}"
        check = Check("zone", "cs-release-recheck" if self.of_child_support else "cf-window", True, saw, facts)
        return Moment(
            "zone_change", row.time, row.seq, tell.zone, "The zone on record changed", (check,), decided, recorded,
            _difference(tell, decided, recorded),
        )  # fmt: skip

    def _plan(self, sending: Sending) -> releases.Plan | None:
        """What a batch meant the message for, when that is what it was held for."""
        plan = centrelink.plan_of(self.law, sending.system, sending.template, sending.issued)
        issued = next((row for row in self.rows if row.event == Event.ISSUED), None)
        if plan is None or issued is None:
            return None
        clock = self.law.clocks[self.standing(issued).value("zone")]
        return plan if issued.value == releases.planned(self.law, clock, sending.customer, plan) else None

    # The end

    def outcome(self) -> str:
        """The final outcome, as the messages table has it."""
        events = [row.event for row in self.rows]
        for event, outcome in (
            (Event.ACKNOWLEDGED, Outcome.SENT), (Event.WITHDRAWN, Outcome.WITHDRAWN), (Event.REFUSED, Outcome.REFUSED),
            (Event.CANCELLED, Outcome.CANCELLED), (Event.ISSUED, Outcome.HELD), (Event.HANDED_OVER, Outcome.HELD),
        ):  # fmt: skip
            if event in events:
                return words.outcome_name(outcome)
        return "never_sent"

    def contradictions(self) -> list[str]:
        """What the run did otherwise than the policy says, outside its decisions: a message that is lost, a claim of
        another instant than the transport's."""
        found = []
        zone = self.standing(self.rows[-1]).value("zone")
        sent = [row.time for row in self.rows if row.event == Event.ACKNOWLEDGED]
        for row in self.rows:
            if row.event == Event.SENT_CLAIMED and row.value not in sent:
                found.append(
                    f"It is claimed as sent {words.local(row.value, zone)}, which the transport did not record"
                )
        return found + self._lost(zone)

    def _lost(self, zone: int) -> list[str]:
        last = [row for row in self.rows if Event.ISSUED <= row.event <= Event.HANDED_OVER]
        if not last or last[-1].event not in (Event.ISSUED, Event.HELD, Event.HELD_AGAIN):
            return []
        due = last[-1].value
        clock = self.law.clocks[zone]
        closes = clock.daily(clock.day(due), self.law.values.closes_ms)
        if self.request.channel != Channel.SMS or closes >= self.end:
            return []
        return [
            f"It was due {words.local(due, zone)} and is not heard of again: by the policy it is handed over then, or "
            f"held again when the window closes, {words.local(closes, zone)}"
        ]


def request_of(law: Law, rows: list[Row]) -> Request:
    """The request that a message's rows are about; `access` and concerns are judged later."""
    named = (Event.SEND_PRESSED, Event.ISSUED, Event.DIALOG_OPENED, Event.CANCELLED, Event.HANDED_OVER)
    first = next((row for event in named for row in rows if row.event == event), rows[0])
    fields = next((row.value for row in rows if row.event in (Event.SEND_PRESSED, Event.DIALOG_OPENED)), 0)
    channel = next((row.other for row in rows if row.event in (Event.SEND_PRESSED, Event.ISSUED)), 0)
    systems = [row.system for row in rows if row.event in (Event.ISSUED, Event.SEND_PRESSED, Event.HANDED_OVER)]
    template = law.templates.get(first.template)
    systems.append(template.system if template else System.PLUTO)
    system = next(one for one in systems if System.PLUTO <= one <= System.SAP)
    return Request(
        first.message, first.customer, system, first.template, first.officer, first.ref, channel or Channel.SMS,
        *unpack_fields(fields), payment_type=unpack_payment_type(fields),
    )  # fmt: skip


def _is_zone_change(row: Row) -> bool:
    return row.event == Event.HELD_AGAIN and not row.reasons


def _out_of_turn(tell: Teller, sending: Sending | None, row: Row) -> str:
    """What is wrong with a hand-over whatever the rules say of its instant."""
    if sending is None:
        return "It was never issued"
    done = (("withdrawn", sending.withdrawn), ("handed over", sending.handed_over), ("sent", sending.sent))
    for verb, time in done:
        if time >= 0:
            return f"It was {verb} already, {tell.at(time)}: by the policy a message is sent once or withdrawn"
    if row.time < sending.due and row.event != Event.HELD_AGAIN:
        return f"It is due {tell.at(sending.due)} and not before"
    return ""


def _difference(tell: Teller, decided: Decided, recorded: Decided) -> str:
    """Where the rebuilt decision and the recorded one part, in words; empty when they agree."""
    if decided == recorded:
        return ""
    ours, theirs = (decided_words(tell, one) for one in (decided, recorded))
    return f"By the policy of this run it is {ours}; the run recorded {theirs}"


def decided_words(tell: Teller, decided: Decided) -> str:
    """A decision in words."""
    text = decided.outcome.replace("_", " ")
    if decided.reasons:
        text += f" ({words.reasons_words(decided.reasons)})"
    if decided.due and decided.outcome in ("held", "held_again"):
        text += f" until {tell.at(decided.due)}"
    return text
