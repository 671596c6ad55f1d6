"""Explaining the messages of one run: by id, by the id of a suppressed row, or by CUSTOMER/TEMPLATE/DATE."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import ZONES
from sim.errors import InputError, shown
from sim.explain import words
from sim.explain.checks_nightly import contest_words
from sim.explain.chronicle import Chronicle, Row
from sim.explain.explanation import Explanation, Line, Moment
from sim.explain.law import law_of
from sim.explain.life import Life
from sim.explain.message import Subject, request_of
from sim.explain.nightly import Nightly, Recorded
from sim.explain.summary import message_summary, night_summary
from sim.history import Event, History
from sim.messages import Channel, Reason, Request, System
from sim.policy.debt import MESSAGES, template_of
from sim.tables.nights import night_spans

if TYPE_CHECKING:
    import pandas as pd

_NIGHT = re.compile(r"([0-9]{1,18})/([A-Za-z0-9_]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})")
_INSTALMENT_NUDGE = 502
_NIGHTLY = (*(template_of(number) for number in range(1, len(MESSAGES) + 1)), _INSTALMENT_NUDGE)
_NEAR = 3


class _Span(NamedTuple):
    """A span of nights in which a message was suppressed in one manner (`sim.tables.nights`)."""

    customer: int
    template: int
    reasons: int
    winner: int
    first_day: int
    last_day: int


class Explainer:
    """Explains messages of a history by the policy that was saved with it. The run is [start, end), ms UTC; `replaced`
    names the parts of its systems that were not ours."""

    def __init__(
        self, history: History, policy_plain: dict[str, Any], observed: tuple[int, int], replaced: Sequence[str] = ()
    ) -> None:
        self.law = law_of(policy_plain)
        self.chronicle = Chronicle(history)
        self.start, self.end = observed
        self.replaced = list(replaced)
        self._contents = history.contents

    def explain(self, asked: int | str) -> Explanation:
        """Explain a message: its id; the negative id of a suppressed row of the messages table; or
        ``CUSTOMER/TEMPLATE/DATE``, a debt message at the nightly run of an agency date. Raises InputError."""
        text = str(asked).strip()
        if re.fullmatch(r"-?[0-9]{1,18}", text):
            number = int(text)
            return self._message(number) if number >= 0 else self._span(-number)
        found = _NIGHT.fullmatch(text)
        if found is None:
            raise InputError(
                "must be a message's id, the id of a suppressed row (below 0), or CUSTOMER/TEMPLATE/DATE such as "
                f"70/debt_due_soon/2026-10-05 (value {shown(asked)})",
                field="MESSAGE_ID",
            )
        return self._named(text, int(found[1]), found[2], found[3])

    # Messages

    def moments(self, message: int) -> list[Moment]:
        """The moments at which a message was put to the rules, in order. Raises InputError for an unknown one."""
        return self._moments(self._subject(message))[0]

    def _subject(self, message: int) -> Subject:
        rows = self.chronicle.of_message(message) if message else []
        if not rows:
            raise self._unknown(message)
        request = request_of(self.law, rows)
        around = self.chronicle.about(request.customer, request.officer)
        return Subject(self.law, rows, around, request, self.start, self.end)

    def _moments(self, subject: Subject) -> tuple[list[Moment], list[str]]:
        """The moments, that of the nightly run which named the message included, and what the message won against."""
        picked = self._pick(subject.request, subject.rows)
        if picked is None:
            return subject.moments(), []
        return [picked[0], *subject.moments()], picked[1]

    def _message(self, message: int) -> Explanation:
        subject = self._subject(message)
        request, rows = subject.request, subject.rows
        moments, contest = self._moments(subject)
        life = Life(self._contents, request.channel)
        zones = [row for row in subject.around if row.event == Event.ZONE_RECORDED
                 and row.customer == request.customer]  # fmt: skip
        lines = [life.line(row, _zone_at(zones, row)) for row in rows]
        outcome = subject.outcome()
        return Explanation(
            str(message), self._about(request, _zone_at(zones, rows[0])), outcome,
            message_summary(outcome, moments, lines), tuple(moments), tuple(lines),
            tuple(subject.contradictions()), (*contest, *self._notes()), self._names,
        )  # fmt: skip

    def _pick(self, request: Request, rows: list[Row]) -> tuple[Moment, list[str]] | None:
        """The nightly run that named this message, and what it won against."""
        if request.template not in _NIGHTLY or not rows:
            return None
        day = self.law.agency.day(rows[0].time)
        nightly = self.nightly(request.customer, request.template)
        if day not in nightly.runs or nightly.runs[day].time != rows[0].time:
            return None
        if request.system == System.SAP:
            return nightly.moment(day), []
        tell, night = nightly.night(day)
        others = contest_words(tell, night, request.template - template_of(0))
        return nightly.moment(day), [f"On that night {one}" for one in others] or ["It was the only one eligible"]

    def _about(self, request: Request, zone: int) -> dict[str, Any]:
        template = self.law.templates.get(request.template)
        return {
            "system": System(request.system).name.lower(),
            "channel": Channel(request.channel).name.lower(),
            "template": template.id if template else None,
            "title": template.title if template else None,
            "customer": request.customer,
            "officer": request.officer or None,
            "ref": request.ref or None,
            "timezone": ZONES[zone],
        }

    def _unknown(self, message: int) -> InputError:
        known = self.chronicle.messages
        if not len(known):
            return InputError("the run has no message at all", field="MESSAGE_ID")
        place = int(np.searchsorted(known, message))
        near = known[max(0, place - _NEAR) : place + _NEAR].tolist()
        return InputError(
            f"no message {message} (the run has {len(known):,}, from {known[0]} to {known[-1]}; "
            f"near it: {', '.join(map(str, near))})",
            field="MESSAGE_ID",
        )

    # Nights

    def nightly(self, customer: int, template: int) -> Nightly:
        """The nights of a template for a customer, with what was recorded of them."""
        recorded = {}
        for row in self.chronicle.of_nights(customer):
            picked = row.event == Event.PICKED or row.event == Event.SEND_PRESSED
            if picked and row.template == template:
                recorded[self.law.agency.day(row.time)] = Recorded(True, 0, 0)
        for span in self._spans_of(customer, template):
            for day in range(span.first_day, span.last_day + 1):
                recorded[day] = Recorded(False, span.reasons, span.winner)
        around = self.chronicle.about(customer)
        return Nightly(self.law, around, customer, template, recorded, self.start, self.end)

    @cached_property
    def _spans(self) -> "pd.DataFrame":
        return night_spans(self.chronicle.rows, Event.SUPPRESSED, Event.SUPPRESSED_ENDED)

    def _spans_of(self, customer: int, template: int) -> list[_Span]:
        spans = self._spans
        return _listed(spans[(spans["customer"] == customer) & (spans["template"] == template)])

    def _span(self, seq: int) -> Explanation:
        """A suppressed row of the messages table: a span of nights."""
        spans = self._spans
        found = spans[spans["seq"] == seq]
        if not len(found):
            ids = sorted(-seq for seq in spans["seq"].tolist())
            if not ids:
                raise InputError(f"no suppressed message {-seq}: the run suppressed none", field="MESSAGE_ID")
            near = sorted(sorted(ids, key=lambda one: abs(one + seq))[:_NEAR])
            raise InputError(
                f"no suppressed message {-seq} (the run has {len(ids):,}, from {ids[0]} to {ids[-1]}; near it: "
                f"{', '.join(map(str, near))})",
                field="MESSAGE_ID",
            )
        (span,) = _listed(found)
        return self._nights(str(-seq), span.customer, span.template, span.first_day, span.last_day)

    def _named(self, asked: str, customer: int, name: str, on: str) -> Explanation:
        """A debt message on one night, by customer, template and agency date."""
        codes = {self.law.templates[code].id: code for code in _NIGHTLY if code in self.law.templates}
        code = codes.get(name, int(name) if name.isdigit() else 0)
        if code not in codes.values():
            raise InputError(
                f"no nightly message {shown(name)} (allowed: {', '.join(codes)})", field="MESSAGE_ID"
            )  # fmt: skip
        try:
            day = date.fromisoformat(on).toordinal()
        except ValueError:
            raise InputError(f"no such date (value {shown(on)})", field="MESSAGE_ID") from None
        nightly = self.nightly(customer, code)
        if not any(row.event == Event.CENTRELINK_RECORDED for row in nightly.around):
            raise InputError(f"Centrelink has no customer {customer} in this run", field="MESSAGE_ID")
        if day not in nightly.runs:
            runs = sorted(nightly.runs)
            had = f"from {date.fromordinal(runs[0])} to {date.fromordinal(runs[-1])}" if runs else "none"
            raise InputError(f"no nightly run of {on} (the run has {had})", field="MESSAGE_ID")
        return self._nights(asked, customer, code, day, day)

    def _nights(self, asked: str, customer: int, template: int, first: int, last: int) -> Explanation:
        nightly = self.nightly(customer, template)
        moments = [nightly.moment(first)]
        unlike = [nightly.moment(day, with_earliest=False) for day in range(first + 1, last + 1) if day in nightly.runs]
        moments += [moment for moment in unlike if moment.disagreement]
        notes = []
        if last > first:
            same = len(unlike) - (len(moments) - 1)
            notes.append(f"The same on {words.count(same, 'later night')}, the last {words.day_words(last)}")
        if nightly.system == System.DMIS:
            tell, night = nightly.night(first)
            notes += [f"On that night {one}" for one in contest_words(tell, night, template - template_of(0))]
        free = {name: nightly.free_from(first, reason) for name, reason in (("gap", Reason.GAP),
                ("similar", Reason.SIMILAR)) if nightly.system == System.DMIS}  # fmt: skip
        request = Request(0, customer, nightly.system, template)
        return Explanation(
            asked, self._about(request, moments[0].zone), moments[0].recorded.outcome,
            night_summary(moments[0], free, self._titles), tuple(moments), tuple(self._later(nightly, first, template)),
            (), (*notes, *self._notes()), self._names,
        )  # fmt: skip

    def _later(self, nightly: Nightly, first: int, template: int) -> list[Line]:
        """What the nightly runs recorded of this template from that night on, until it went or was eligible no more."""
        life, lines = Life(self._contents, Channel.SMS), []
        zones = [row for row in nightly.around if row.event == Event.ZONE_RECORDED]
        for row in self.chronicle.of_nights(nightly.customer):
            if row.template != template or self.law.agency.day(row.time) < first:
                continue
            line = life.line(row, _zone_at(zones, row))
            winner = self._titles.get(row.other) if row.event in (Event.SUPPRESSED, Event.SUPPRESSED_ENDED) else None
            lines.append(line._replace(text=f"{line.text}, to {winner}") if winner else line)
            if row.event in (Event.ELIGIBLE_ENDED, Event.PICKED):
                break
        return lines

    # Words

    @property
    def _names(self) -> dict[int, str]:
        return {code: template.id for code, template in self.law.templates.items()}

    @property
    def _titles(self) -> dict[int, str]:
        return {code: template.title for code, template in self.law.templates.items()}

    def _notes(self) -> list[str]:
        if not self.replaced:
            return []
        return [f"The systems of this run were not ours: {', '.join(self.replaced)} replaced"]


def _listed(spans: "pd.DataFrame") -> list[_Span]:
    return [_Span(*row) for row in spans[list(_Span._fields)].to_numpy().tolist()]


def _zone_at(zones: list[Row], row: Row) -> int:
    """The zone on record at a row; a change of the same millisecond counts."""
    return next((one.value for one in reversed(zones) if one.time <= row.time), 0)
